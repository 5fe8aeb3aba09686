"""One writing command at a time, and one ``serve`` (decision 13)."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from crmflow.config import Config
from crmflow.store.base import advisory_lock

WRITING, SERVING = "crmflow", "serve"
"""What is held: the store, for one writing command; the heartbeat, for one ``serve``."""


class Busy(Exception):
    """Another crmflow is at work on the same data."""


class AlreadyServing(Exception):
    """Another ``serve`` keeps the same data; the message is its process id."""


@contextmanager
def exclusive(config: Config, *, leave_no_trace: bool = False) -> Iterator[None]:
    """Hold the data folder, and a shared database, for one command; raises Busy when another holds them.

    With ``leave_no_trace`` a data folder that is not there yet is not made.
    """
    folder = config.folders.data
    if leave_no_trace and not folder.exists():
        yield
        return
    try:
        lock = _take(folder, WRITING)
    except Timeout as error:
        raise Busy from error
    with lock, _signed(folder, WRITING), advisory_lock(config.store_url) as is_ours:
        if not is_ours:
            raise Busy
        yield


@contextmanager
def serving(config: Config) -> Iterator[None]:
    """Be the one ``serve`` of a data folder; raises AlreadyServing when there is one."""
    folder = config.folders.data
    try:
        lock = _take(folder, SERVING)
    except Timeout as error:
        raise AlreadyServing(_signature(folder, SERVING)) from error
    with lock, _signed(folder, SERVING):
        yield


def holder(config: Config, name: str) -> str | None:
    """The process id of who holds ``name`` now, empty when it is not known; None when nobody does."""
    folder = config.folders.data
    if not _lock(folder, name).exists():
        return None
    try:
        with _take(folder, name):
            return None
    except Timeout:
        return _signature(folder, name)


def _lock(folder: Path, name: str) -> Path:
    return folder / f"{name}.lock"


def _take(folder: Path, name: str) -> AbstractContextManager[object]:
    folder.mkdir(parents=True, exist_ok=True)
    return FileLock(_lock(folder, name), timeout=0).acquire()


@contextmanager
def _signed(folder: Path, name: str) -> Iterator[None]:
    """Say beside the lock whose it is: on Windows nobody else can read a locked file."""
    signature = folder / f"{name}.pid"
    signature.write_text(str(os.getpid()), encoding="ascii")
    try:
        yield
    finally:
        signature.unlink(missing_ok=True)


def _signature(folder: Path, name: str) -> str:
    try:
        return (folder / f"{name}.pid").read_text(encoding="ascii").strip()
    except OSError:
        return ""
