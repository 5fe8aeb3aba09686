"""One writing command at a time (decision 13)."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from crmflow.config import Config
from crmflow.store.base import advisory_lock


class Busy(Exception):
    """Another crmflow is at work on the same data."""


@contextmanager
def exclusive(config: Config, *, leave_no_trace: bool = False) -> Iterator[None]:
    """Hold the data folder, and a shared database, for one command; raises Busy when another holds them.

    With ``leave_no_trace`` a data folder that is not there yet is not made.
    """
    folder = config.folders.data
    if leave_no_trace and not folder.exists():
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(folder / "crmflow.lock", timeout=0).acquire()
    except Timeout as error:
        raise Busy from error
    with lock, advisory_lock(config.store_url) as is_ours:
        if not is_ours:
            raise Busy
        yield
