"""Processes that work beside this one: started before they are needed, renewed when one dies, ended with this one.

On Linux they are copies of one process that has loaded what they will run, so that it is loaded once for all; elsewhere
each loads for itself.
"""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import suppress
from multiprocessing import get_context, parent_process
from multiprocessing.context import BaseContext
from tempfile import gettempdir
from threading import Thread
from typing import TypeVar

if sys.platform == "linux":
    import resource
    from multiprocessing import forkserver

MEMORY = 4 * 1024**3
"""Bytes of address space a process may take."""
MOST = 61
"""Processes; Windows waits for no more."""
LONGEST_FOLDER = 70
"""Bytes of the temporary folder's name: the process that is copied has a socket there, whose name Linux limits."""
STEPS_BACK = 2
"""How much nicer they are than the process that waits for them."""

TASKS = ("crmflow.intake", "crmflow.reports.todo", "crmflow.workshop")
"""The modules of what helping processes do in a run."""

Result = TypeVar("Result")


class Processes:
    """Up to ``wanted`` processes, 0 for one a processor; none is there before there is a task for it.

    ``modules`` are those of the tasks to come.
    """

    def __init__(self, wanted: int, modules: Sequence[str] = ()) -> None:
        self._number = min(wanted or os.cpu_count() or 1, MOST)
        self._context = _context(modules)
        self._pool = self._made()

    def _made(self) -> Executor:
        return ProcessPoolExecutor(self._number, self._context, _prepare)

    def __enter__(self) -> "Processes":
        return self

    def __exit__(self, *_: object) -> None:
        """Let them end by themselves: nothing that was wanted of them is still to be done."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def submit(self, task: Callable[..., Result], *arguments: object) -> "Future[Result]":
        """Have a task done by the next process that is free."""
        return self._pool.submit(task, *arguments)

    def wake(self, task: Callable[..., object], *arguments: object, at_most: int = MOST) -> Thread:
        """Have a task done by each process, so that it has loaded what it takes before anybody waits for it.

        The first process is there only when all is loaded, so it is waited for in a thread.
        """
        waking = Thread(target=self._wake, args=(min(self._number, at_most), task, *arguments))
        waking.start()
        return waking

    def _wake(self, number: int, task: Callable[..., object], *arguments: object) -> None:
        # Where all is over before it began, or is beginning anew, there is nobody to wake.
        with suppress(RuntimeError):
            for _ in range(number):
                self.submit(task, *arguments)

    def renew(self) -> None:
        """Put new processes in the place of these, one of which has died; what they had left to do is dropped."""
        self._pool.shutdown(cancel_futures=True)
        self._pool = self._made()


def load_early() -> None:
    """Begin to load what helping processes will run while this one is still loading, where they share it."""
    if sys.platform == "linux" and _context(TASKS).get_start_method() == "forkserver":
        forkserver.ensure_running()


def _context(modules: Sequence[str]) -> BaseContext:
    """How processes are started: never as copies of this one, which has threads, locks and a database open."""
    if sys.platform != "linux" or len(os.fsencode(gettempdir())) > LONGEST_FOLDER:
        return get_context("spawn")
    copying = get_context("forkserver")
    copying.set_forkserver_preload(list(modules))
    return copying


def _prepare() -> None:
    """Nothing such a process makes is worth collecting, and one that asks for absurd memory is to die alone."""
    gc.disable()
    if sys.platform == "linux":
        os.nice(STEPS_BACK)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    _end_with_parent()


def _end_with_parent() -> None:
    """Make this process end as soon as the one that started it is gone; left alone, it would wait for work for ever."""
    Thread(target=_watch, daemon=True).start()


def _watch() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
