"""Which workbooks lie in the folder, and which of them are copies that must not be read."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crmflow.model import FileState, Finding, Where

WORKBOOKS = (".xlsx", ".xlsm")
FOREIGN = (".xls", ".xlsb", ".et", ".wps", ".ods", ".numbers")
"""Spreadsheets that cannot be read as they are: staff are told to save them as .xlsx."""

_COPY = re.compile(
    r"(?:\s*[(（]\d+[)）]|\s*\((?:.*conflicted copy.*|.*冲突.*)\)|\s*-\s*副本(?:\s*[(（]\d+[)）])?|-冲突.*|-NSConflict-.*"
    r"|-DESKTOP-[A-Z0-9]+(?:-\d+)?|-LAPTOP-[A-Z0-9]+(?:-\d+)?| - Copy(?: \(\d+\))?|_conflict.*)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Scan:
    """The files to read, and the findings about those that are not."""

    files: tuple[FileState, ...]
    findings: tuple[Finding, ...]


def scan(folder: Path) -> Scan:
    """Look through the folder and below; owner files (``~$``), hidden and unfinished ones are passed over."""
    states = sorted(_states(folder), key=lambda state: state.path)
    paths = {state.path for state in states}
    readable: list[FileState] = []
    findings: list[Finding] = []
    for state in states:
        suffix = Path(state.path).suffix.lower()
        if suffix in FOREIGN:
            findings.append(Finding("FILE_OLD_FORMAT", Where(state.path), facts={"format": suffix}))
        elif original := _original(state.path, paths):
            findings.append(Finding("SYNC_COPY", Where(state.path), facts={"original": original}))
        else:
            readable.append(state)
    return Scan(tuple(readable), tuple(findings))


def _states(folder: Path) -> Iterator[FileState]:
    pending = [(str(folder), "")]
    while pending:
        place, prefix = pending.pop()
        with os.scandir(place) as entries:
            for entry in entries:
                if entry.name.startswith((".", "~$")):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    pending.append((entry.path, f"{prefix}{entry.name}/"))
                elif entry.name.lower().endswith((*WORKBOOKS, *FOREIGN)) and entry.is_file():
                    status = entry.stat()
                    yield FileState(prefix + entry.name, status.st_size, status.st_mtime_ns)


def _original(path: str, paths: set[str]) -> str:
    """The file that ``path`` is a sync copy of, when that one is here too."""
    stem, dot, suffix = path.rpartition(".")
    original = f"{_COPY.sub('', stem)}{dot}{suffix}"
    return original if original != path and original in paths else ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A file that says it is a certain workbook: its content and what it was made from."""

    path: str
    sha256: str
    parent: str


def settle_claims(claims: Sequence[Claim], standing: Claim | None) -> tuple[str | None, Mapping[str, Finding]]:
    """Which of several files is the workbook, and the findings about the others (decision 2).

    ``standing`` is the file that was accepted last, if it is still there. A
    file made from it supersedes it; otherwise the standing one stays; with
    neither, files that differ are both held.
    """
    if len(claims) == 1:
        return claims[0].path, {}
    if standing is not None:
        children = [claim for claim in claims if claim.parent and claim.parent == standing.sha256]
        chosen = children[0] if len(children) == 1 else None
        stays = next((claim for claim in claims if claim.path == standing.path), None)
        if chosen and (stays is None or stays.sha256 == standing.sha256):
            return chosen.path, _told("SYNC_COPY", claims, chosen.path)
        if stays and not children:
            return stays.path, _told("SYNC_COPY", claims, stays.path)
    if len({claim.sha256 for claim in claims}) == 1:
        return claims[0].path, _told("SYNC_COPY", claims, claims[0].path)
    return None, _told("BOTH_EDITED", claims, None)


def _told(code: str, claims: Sequence[Claim], chosen: str | None) -> Mapping[str, Finding]:
    return {
        claim.path: Finding(
            code, Where(claim.path),
            facts={"original": chosen or next(other.path for other in claims if other.path != claim.path)},
        )
        for claim in claims if claim.path != chosen
    }
