"""One writing command at a time (decision 13)."""

from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from crmflow.config import Config


class Busy(Exception):
    """Another crmflow is at work in the same data folder."""


@contextmanager
def exclusive(config: Config) -> Iterator[None]:
    """Hold the data folder for one writing command; raises Busy when another holds it."""
    config.folders.data.mkdir(parents=True, exist_ok=True)
    lock = FileLock(config.folders.data / "crmflow.lock", timeout=0)
    try:
        lock.acquire()
    except Timeout as error:
        raise Busy from error
    try:
        yield
    finally:
        lock.release()
