"""Files → books, on as many processes as there are; a reader that dies takes only its own file with it."""

import gc
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TypeAlias

from crmflow.catalogue import Catalogue
from crmflow.config import Files
from crmflow.customising.own import catalogue_of
from crmflow.customising.settings import AS_PRESCRIBED, Forms
from crmflow.model import Book, FileState, Finding, Where, WorkbookKind
from crmflow.parse.book import read_book
from crmflow.workbook.peek import peek

if sys.platform == "linux":
    import resource

CHUNK = 50
"""Files handed out at a time: one by one, the handing out costs more than the reading."""
GROUP = 400
"""Files taken in at a time, while the processes read the next ones."""
MEMORY = 4 * 1024**3
"""Bytes of address space a reading process may take."""
DEADLY = (BrokenExecutor, MemoryError)

Chunk: TypeAlias = tuple[FileState, ...]
Job: TypeAlias = Callable[[Chunk], tuple[Book, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a worker needs for its files; it can be pickled."""

    folder: Path
    limits: Files
    forms: Forms = AS_PRESCRIBED


def read_chunk(reading: Reading, states: Chunk) -> tuple[Book, ...]:
    """Read some files in this process: what every executor runs."""
    catalogue = catalogue_of(reading.forms)
    return tuple(read_book(reading.folder / state.path, state, catalogue, reading.limits) for state in states)


def in_groups(
    states: Sequence[FileState], folder: Path, kinds: Sequence[WorkbookKind], catalogue: Catalogue
) -> Iterator[Chunk]:
    """The files in the order they are to be taken in: by kind, those that claim to be the same workbook side by side.

    What a group says is known before the next one is checked; files that
    give no hint of their kind come before the reports and registers, which
    name all others. Else they keep their order, so that the same files always
    come out the same.
    """
    ranks = {form.id: kinds.index(form.kind) * 2 for form in catalogue.forms}
    unknown = kinds.index(WorkbookKind.MONTHLY) * 2 - 1
    first_at: dict[str, int] = {}
    ranked = []
    for at, state in enumerate(states):
        hint = peek(folder / state.path)
        rank = min((ranks[form] for form in hint.forms if form in ranks), default=unknown)
        ranked.append((rank, first_at.setdefault(hint.workbook_id or state.path, at), state))
    ranked.sort(key=lambda one: one[:2])
    group: list[FileState] = []
    for index, (rank, claim, state) in enumerate(ranked):
        before = ranked[index - 1][:2] if index else (rank, claim)
        is_full = len(group) >= GROUP and claim != before[1]
        if group and (rank != before[0] or is_full):
            yield tuple(group)
            group = []
        group.append(state)
    if group:
        yield tuple(group)


def read_books(
    states: Sequence[FileState], reading: Reading, read: Callable[[Reading, Chunk], tuple[Book, ...]] = read_chunk
) -> Iterator[Book]:
    """Read the files in order; ``read`` is what every process runs."""
    chunks = deque(tuple(states[start : start + CHUNK]) for start in range(0, len(states), CHUNK))
    job = partial(read, reading)
    while chunks:
        yield from _in_parallel(chunks, job, reading.limits.workers or os.cpu_count() or 1)
        if chunks:
            yield from _one_by_one(chunks.popleft(), job)


def _in_parallel(chunks: deque[Chunk], job: Job, workers: int) -> Iterator[Book]:
    """Read chunks and take them off the queue, up to the first that a process died of."""
    with _pool(min(workers, len(chunks))) as pool:
        try:
            for future in [pool.submit(job, chunk) for chunk in chunks]:
                books = future.result()
                chunks.popleft()
                yield from books
        except DEADLY:
            pool.shutdown(cancel_futures=True)


def _one_by_one(chunk: Chunk, job: Job) -> Iterator[Book]:
    """Read each file as a task of its own: the one that kills its process is reported, its neighbours are saved."""
    waiting = deque(chunk)
    while waiting:
        with _pool(1) as pool:
            try:
                while waiting:
                    yield from pool.submit(job, (waiting[0],)).result()
                    waiting.popleft()
            except DEADLY:
                state = waiting.popleft()
                yield Book(state, "", None, None, findings=(Finding("FILE_BROKE_READER", Where(state.path)),))


def _pool(workers: int) -> Executor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_prepare)


def _prepare() -> None:
    """Make a process a reader: nothing it makes is worth collecting, and one that asks for absurd memory dies alone."""
    gc.disable()
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
