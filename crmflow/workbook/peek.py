"""What a workbook says of itself in its defined names: a quick hint before it is read, never taken as the truth."""

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

from crmflow.workbook.guard import UNREADABLE

IDENTITY_NAME = "_crmflow_id"
LONGEST = 1_048_576
"""Bytes of the workbook's directory that are looked at."""

_IDENTITY = re.compile(rb'name="_crmflow_id"[^>]*>"?(?:&quot;)?([^"<&]+)')
_FORMS = re.compile(rb'name="block_(F\d+[a-z]?)_')


@dataclass(frozen=True, slots=True)
class Hint:
    """The workbook's id and the forms it seems to hold; empty for a file that says nothing."""

    workbook_id: str = ""
    forms: frozenset[str] = frozenset()


def peek(path: Path) -> Hint:
    """The hint of one file; whatever is wrong with it is for the reader to say."""
    try:
        with zipfile.ZipFile(path) as package, package.open("xl/workbook.xml") as part:
            names = part.read(LONGEST)
    except (*UNREADABLE, RuntimeError):
        return Hint()
    identity = _IDENTITY.search(names)
    return Hint(identity[1].decode("utf-8", "replace") if identity else "", frozenset(
        form.decode() for form in _FORMS.findall(names)
    ))
