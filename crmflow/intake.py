"""Files → books, on as many processes as there are; a reader that dies takes only its own file with it."""

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from crmflow.catalogue import Catalogue
from crmflow.config import Config, Files
from crmflow.customising.own import catalogue_of
from crmflow.customising.settings import AS_PRESCRIBED, Forms
from crmflow.model import Book, FileState, Finding, Where, WorkbookKind
from crmflow.parse.book import read_book
from crmflow.processes import Processes
from crmflow.workbook.peek import Hint, peek

CHUNK = 50
"""Files handed out at a time: one by one, the handing out costs more than the reading."""
GROUP, LAST = 200, 100
"""Files taken in at a time, while the processes read the next ones; the last groups are smaller, since nothing is read
meanwhile."""
AHEAD = 8
"""Chunks read ahead of what is taken in: what is read takes memory until then."""
DEADLY = (BrokenExecutor, MemoryError)

Chunk: TypeAlias = tuple[FileState, ...]
Job: TypeAlias = Callable[[Chunk], tuple[Book, ...]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a worker needs for its files; it can be pickled."""

    folder: Path
    limits: Files
    forms: Forms = AS_PRESCRIBED


def reading_of(config: Config) -> Reading:
    """How this company's workbooks are read."""
    return Reading(config.folders.workbooks, config.files, config.forms)


def read_chunk(reading: Reading, states: Chunk) -> tuple[Book, ...]:
    """Read some files in this process: what every executor runs."""
    catalogue = catalogue_of(reading.forms)
    return tuple(_read(reading, state, catalogue) for state in states)


def _read(reading: Reading, state: FileState, catalogue: Catalogue) -> Book:
    """One file; a mistake of ours costs that file only, while memory that runs out is for the caller to settle."""
    try:
        return read_book(reading.folder / state.path, state, catalogue, reading.limits)
    except MemoryError:
        raise
    except Exception:
        return _broken(state)


def _broken(state: FileState) -> Book:
    return Book(state, "", None, None, findings=(Finding("FILE_BROKE_READER", Where(state.path)),))


def peek_chunk(reading: Reading, states: Chunk) -> tuple[Hint, ...]:
    """What some files say of themselves."""
    return tuple(peek(reading.folder / state.path) for state in states)


def hints_of(
    states: Sequence[FileState], reading: Reading, processes: Processes,
    peek_at: Callable[[Reading, Chunk], tuple[Hint, ...]] = peek_chunk,
) -> Sequence[Hint]:
    """What the files say of themselves; where one of them kills who looks at it, nothing is known of any."""
    asked = [processes.submit(peek_at, reading, chunk) for chunk in _chunks(states)]
    try:
        return [hint for chunk in asked for hint in chunk.result()]
    except DEADLY:
        processes.renew()
        return [Hint()] * len(states)


def in_groups(
    states: Sequence[FileState], hints: Sequence[Hint], kinds: Sequence[WorkbookKind], catalogue: Catalogue
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
    for at, (state, hint) in enumerate(zip(states, hints, strict=True)):
        rank = min((ranks[form] for form in hint.forms if form in ranks), default=unknown)
        ranked.append((rank, first_at.setdefault(hint.workbook_id or state.path, at), state))
    ranked.sort(key=lambda one: one[:2])
    group: list[FileState] = []
    for index, (rank, claim, state) in enumerate(ranked):
        before = ranked[index - 1][:2] if index else (rank, claim)
        is_full = len(group) >= _room(len(ranked) - index + len(group)) and claim != before[1]
        if group and (rank != before[0] or is_full):
            yield tuple(group)
            group = []
        group.append(state)
    if group:
        yield tuple(group)


def _room(left: int) -> int:
    """How many of the files that are left are taken in together."""
    return min(GROUP, max(LAST, left // 2))


def read_books(
    states: Sequence[FileState], reading: Reading, processes: Processes,
    read: Callable[[Reading, Chunk], tuple[Book, ...]] = read_chunk,
) -> Iterator[Book]:
    """Read the files in order; ``read`` is what every process runs."""
    chunks = deque(_chunks(states))
    job = partial(read, reading)
    while chunks:
        yield from _in_parallel(chunks, job, processes)
        if chunks:
            yield from _one_by_one(chunks.popleft(), job)


def _chunks(states: Sequence[FileState]) -> Iterator[Chunk]:
    return (tuple(states[start : start + CHUNK]) for start in range(0, len(states), CHUNK))


def _in_parallel(chunks: deque[Chunk], job: Job, processes: Processes) -> Iterator[Book]:
    """Read chunks and take them off the queue, up to the first that a process died of."""
    waiting = iter(tuple(chunks))
    try:
        reading = deque(processes.submit(job, chunk) for chunk in islice(waiting, AHEAD))
        while reading:
            books = reading.popleft().result()
            reading.extend(processes.submit(job, chunk) for chunk in islice(waiting, 1))
            chunks.popleft()
            yield from books
    except DEADLY:
        processes.renew()


def _one_by_one(chunk: Chunk, job: Job) -> Iterator[Book]:
    """Read each file as a task of its own: the one that kills its process is reported, its neighbours are saved."""
    with Processes(1) as alone:
        for state in chunk:
            try:
                books = alone.submit(job, (state,)).result()
            except DEADLY:
                alone.renew()
                books = (_broken(state),)
            yield from books
