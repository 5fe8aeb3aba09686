"""Which workbooks lie in the folder, and which of them are copies that must not be read."""

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from stat import S_ISREG

from crmflow.model import FileState, Finding, Where

WORKBOOKS = (".xlsx", ".xlsm")
FOREIGN = (".xls", ".xlsb", ".et", ".wps", ".ods", ".numbers")
"""Spreadsheets that cannot be read as they are: staff are told to save them as .xlsx."""

BINS = frozenset({"$recycle.bin", "#recycle", "@recycle", "__macosx"})
"""Folders where servers and Windows keep what was thrown away."""

_COPY = re.compile(
    r"^(?:副本|复件|copy of )\s*(?:\(\d+\))?\s*[-_]?\s*"                           # WPS, older Windows
    r"|\s*(?:[(（]\d+[)）]"                                                        # browsers, WeChat, Windows
    r"|[(（][^()（）]*(?:conflicted copy|case conflict|冲突)[^()（）]*[)）]"            # Dropbox, Nextcloud
    r"|[-_ ](?:冲突|NSConflict|conflict).*|\.sync-conflict-[\w-]+"                   # Jianguoyun, Syncthing
    r"|[-_]?\s*的?(?:副本|复件)\d*|(?:\s-)?\scopy"                                  # Windows, macOS, Google Drive
    r"|-(?:DESKTOP|LAPTOP)-[A-Z0-9]+(?:-\d+)?)$",                                   # OneDrive
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Scan:
    """The files to read, and the findings about those that are not."""

    files: tuple[FileState, ...]
    findings: tuple[Finding, ...]


def scan(folder: Path) -> Scan:
    """Look through the folder and below; owner files (``~$``), hidden and unfinished ones are passed over."""
    seen = sorted(_look(folder), key=lambda one: one.path if isinstance(one, FileState) else one.where.file)
    states = [one for one in seen if isinstance(one, FileState)]
    paths = {state.path for state in states}
    readable: list[FileState] = []
    findings = [one for one in seen if isinstance(one, Finding)]
    for state in states:
        suffix = PurePosixPath(state.path).suffix.lower()
        if suffix in FOREIGN:
            findings.append(Finding("FILE_OLD_FORMAT", Where(state.path), facts={"format": suffix}))
        elif original := _original(state.path, paths):
            findings.append(Finding("SYNC_COPY", Where(state.path), facts={"original": original}))
        else:
            readable.append(state)
    return Scan(tuple(readable), tuple(findings))


def _look(folder: Path) -> Iterator[FileState | Finding]:
    """Every spreadsheet, and every folder below that may not be looked into."""
    pending = [(str(folder), "")]
    while pending:
        place, prefix = pending.pop()
        try:
            entries = list(os.scandir(place))
        except OSError as error:
            if not prefix:
                raise
            yield Finding("FILE_NOT_READABLE", Where(prefix), facts={"reason": error.strerror or str(error)})
            continue
        for entry in entries:
            if entry.name.startswith((".", "~$")) or entry.name.lower() in BINS:
                continue
            if entry.is_dir(follow_symlinks=False):
                pending.append((entry.path, f"{prefix}{entry.name}/"))
            elif entry.name.lower().endswith((*WORKBOOKS, *FOREIGN)) and (state := _state(entry, prefix)):
                yield state


def _state(entry: os.DirEntry[str], prefix: str) -> FileState | None:
    """What is known of a file; nothing when it is gone already, as while Excel saves it."""
    try:
        status = entry.stat()
    except FileNotFoundError:
        return None
    return FileState(prefix + entry.name, status.st_size, status.st_mtime_ns) if S_ISREG(status.st_mode) else None


def _original(path: str, paths: set[str]) -> str:
    """The file that ``path`` is a sync copy of, or a copy of such a copy, when that one is here too."""
    folder, slash, name = path.rpartition("/")
    stem, dot, suffix = name.rpartition(".")
    while (shorter := _COPY.sub("", stem, count=1)) != stem:
        stem = shorter
        if (original := f"{folder}{slash}{stem}{dot}{suffix}") in paths:
            return original
    return ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A file that says it is a certain workbook: its content and what it was made from."""

    path: str
    sha256: str
    parent: str


def settle_claims(claims: Sequence[Claim], standing: Claim | None) -> tuple[str | None, Mapping[str, Finding]]:
    """Which of several files is the workbook, and the findings about the others (decision 2).

    ``standing`` is the file that was accepted last. What was made from it, or
    is its own newer content, supersedes it; with neither, it stays; two such
    successors, or files that differ with nothing accepted before, are all held.
    """
    in_turn = sorted(claims, key=lambda claim: standing is None or claim.path != standing.path)
    rivals = tuple({claim.sha256: claim for claim in reversed(in_turn)}.values())
    chosen = rivals[0] if len(rivals) == 1 else _successor(rivals, standing)
    if chosen is None:
        return None, {
            claim.path: _told("BOTH_EDITED", claim, next(one for one in rivals if one.sha256 != claim.sha256))
            for claim in claims
        }
    return chosen.path, {
        claim.path: _told("SYNC_COPY", claim, chosen) for claim in claims if claim.path != chosen.path
    }


def _successor(rivals: Sequence[Claim], standing: Claim | None) -> Claim | None:
    """The one of several contents that follows the standing file, or is the standing file itself."""
    if standing is None:
        return None
    unchanged = [claim for claim in rivals if claim.sha256 == standing.sha256]
    later = [
        claim for claim in rivals
        if claim not in unchanged and (claim.parent == standing.sha256 or claim.path == standing.path)
    ]
    candidates = later or unchanged
    return candidates[0] if len(candidates) == 1 else None


def _told(code: str, claim: Claim, original: Claim) -> Finding:
    return Finding(code, Where(claim.path), facts={"original": original.path})
