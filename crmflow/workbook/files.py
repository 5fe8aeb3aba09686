"""Outputs appear whole or not at all (decision 15)."""

import os
import re
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

TEMPORARY = re.compile(r"\.[0-9a-f]{32}\.tmp")
ABANDONED = 3600.0
"""Seconds after which nobody is still writing a file."""
ATTEMPTS = 6
FIRST_PAUSE = 0.05
"""Seconds before the second attempt; each later pause is twice as long, 1.6 s in all."""


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path`` to write to; it takes the place of ``path`` when the block ends well.

    While somebody holds ``path`` open on Windows the replacement is tried
    again for a while; then ``PermissionError`` goes to the caller and what
    was at ``path`` stays as it was.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{uuid4().hex}.tmp")
    try:
        yield temporary
        _flush(temporary)
        _replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def clear_away(folders: Iterable[Path], now: float) -> None:
    """Remove what a process that was killed in the middle of ``replacing`` left behind an hour or more before ``now``.

    ``now`` is in seconds since 1970, as the file system has it.
    """
    for folder in folders:
        for path in folder.glob(".*.tmp"):
            if TEMPORARY.fullmatch(path.name) and path.stat().st_mtime < now - ABANDONED:
                path.unlink(missing_ok=True)


def _flush(path: Path) -> None:
    with path.open("r+b") as file:
        os.fsync(file.fileno())


def _replace(temporary: Path, path: Path) -> None:
    for attempt in range(ATTEMPTS):
        try:
            temporary.replace(path)
            return
        except PermissionError:
            if attempt == ATTEMPTS - 1:
                raise
            time.sleep(FIRST_PAUSE * 2**attempt)
