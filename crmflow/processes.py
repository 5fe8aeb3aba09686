"""Processes that work beside this one: started before they are needed, renewed when one dies, ended with this one.

On Linux they are copies of one process that has loaded what they will run, so that it is loaded once for all; elsewhere
each loads for itself.
"""

import gc
import os
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
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
STEPS_BACK = 5
"""How much nicer they are than the process that waits for them."""

TURN = 0.0005
"""Seconds until a thread gets its turn, for which what goes to and fro waits every 64 KB: ten times less than usual."""

TASKS = ("crmflow.intake", "crmflow.reports.todo", "crmflow.workshop")
"""The modules of what helping processes do in a run."""

Result = TypeVar("Result")


class Processes:
    """Up to ``wanted`` processes, 0 for one a processor, and one apart; none is there before there is a task for it.

    ``modules`` are those of the tasks to come.
    """

    def __init__(self, wanted: int, modules: Sequence[str] = ()) -> None:
        self._number = min(wanted or os.cpu_count() or 1, MOST)
        self._context = _context(modules)
        self._pool = self._made(self._number)
        self._apart = self._made(1)

    def _made(self, number: int) -> Executor:
        return ProcessPoolExecutor(number, self._context, _prepare)

    def __enter__(self) -> "Processes":
        self._turn = sys.getswitchinterval()
        sys.setswitchinterval(TURN)
        return self

    def __exit__(self, *_: object) -> None:
        """Wait until they have ended: where Python itself is ending meanwhile, it stumbles over them."""
        for pool in (self._pool, self._apart):
            pool.shutdown(cancel_futures=True)
        sys.setswitchinterval(self._turn)

    def submit(self, task: Callable[..., Result], *arguments: object) -> "Future[Result]":
        """Have a task done by the next process that is free."""
        return self._pool.submit(task, *arguments)

    def submit_apart(self, task: Callable[..., Result], *arguments: object) -> "Future[Result]":
        """Have a task done by one more process, which does nothing but such tasks, one after the other.

        What one of them has kept there is at hand for the next.
        """
        return self._apart.submit(task, *arguments)

    def renew(self) -> None:
        """Put new processes in the place of these, one of which has died; what they had left to do is dropped."""
        self._pool.shutdown(cancel_futures=True)
        self._pool = self._made(self._number)


def load_early() -> None:
    """Begin to load what helping processes will run while this one is still loading, where they share it."""
    if sys.platform == "linux" and _context(TASKS).get_start_method() == "forkserver":
        forkserver.ensure_running()


def _context(modules: Sequence[str]) -> BaseContext:
    """How processes are started: never as copies of this one, which has threads, locks and a database open."""
    if sys.platform != "linux" or len(os.fsencode(gettempdir())) > LONGEST_FOLDER:
        return get_context("spawn")
    copying = get_context("forkserver")
    copying.set_forkserver_preload(["crmflow.loading", *modules])
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
