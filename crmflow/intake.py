"""Files → books, on as many processes as there are; a reader that dies takes only its own file with it."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

from crmflow.catalogue import catalogue
from crmflow.config import Files
from crmflow.model import Book, FileState, Finding, Where
from crmflow.parse.book import read_book

CHUNK = 50
"""Files handed out at a time: one by one, the handing out costs more than the reading."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a worker needs for its files; it can be pickled."""

    folder: Path
    limits: Files


def read_books(states: Sequence[FileState], reading: Reading) -> Iterator[Book]:
    """Read the files, each once, in order."""
    chunks = [tuple(states[start : start + CHUNK]) for start in range(0, len(states), CHUNK)]
    workers = min(reading.limits.workers or os.cpu_count() or 1, len(chunks))
    if not chunks:
        return
    with _pool(workers) as pool:
        futures = [pool.submit(partial(read_chunk, reading), chunk) for chunk in chunks]
        for chunk, future in zip(chunks, futures, strict=True):
            yield from _result(future, chunk, reading)


def read_chunk(reading: Reading, states: Sequence[FileState]) -> tuple[Book, ...]:
    """Read some files in this process: what every executor runs."""
    return tuple(
        read_book(reading.folder / state.path, state, catalogue(), reading.limits) for state in states
    )


def _pool(workers: int) -> Executor:
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))


def _result(future: Future[tuple[Book, ...]], chunk: Sequence[FileState], reading: Reading) -> Iterator[Book]:
    try:
        yield from future.result()
    except (BrokenExecutor, MemoryError):
        for state in chunk:
            yield _alone(state, reading)


def _alone(state: FileState, reading: Reading) -> Book:
    """Read one file in a process of its own: the one that kills it is reported, its neighbours are saved."""
    try:
        with _pool(1) as pool:
            return pool.submit(read_chunk, reading, (state,)).result()[0]
    except (BrokenExecutor, MemoryError):
        return Book(state, "", None, None, findings=(Finding("FILE_BROKE_READER", Where(state.path)),))
