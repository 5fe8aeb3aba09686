"""What is put into a workbook: marks on cells, and a first sheet that lists them."""

from collections.abc import Mapping
from dataclasses import dataclass

from crmflow.model import Severity


class Unpatchable(Exception):
    """The package must not be changed (signed, shared) or cannot be (broken, not in UTF-8)."""


NAME = "crmflow"
"""Our name in notes, styles and formulas: what carries it is ours and may be taken away again."""
LIST_NAME = f"_{NAME}_list"
"""The defined name that tells our sheet, whatever its tab is called."""
NOTE_HEAD = f"【{NAME}】"
BULLETS: Mapping[Severity, str] = {Severity.ERROR: "●", Severity.WARNING: "○"}
"""The first character of every line of ours in a note."""

FILLS: Mapping[Severity, str] = {Severity.ERROR: "FFF4A9A3", Severity.WARNING: "FFFFE08B"}
"""Colours are ARGB, as in the package; nobody else's happen to be quite these."""
HELD_FILL = "FFFDEBE9"


@dataclass(frozen=True, slots=True)
class Mark:
    """A bad cell, such as ``B7``: how grave, and what to type, one line each.

    ``holds_row``: its whole row is not taken over, which is shown by a tint
    over the row.
    """

    sheet: str
    cell: str
    severity: Severity
    lines: tuple[str, ...]
    holds_row: bool = False


@dataclass(frozen=True, slots=True)
class ErrorColumn:
    """A column of the error sheet: its heading and its width in characters."""

    heading: str
    width: int


@dataclass(frozen=True, slots=True)
class ErrorLine:
    """A line of the error sheet; ``sheet`` and ``cell`` are where its link leads, empty for none."""

    severity: Severity
    texts: tuple[str, ...]
    sheet: str = ""
    cell: str = ""


@dataclass(frozen=True, slots=True)
class ErrorSheet:
    """The first sheet of the copy; the texts of ``link_column`` become links."""

    name: str
    title: str
    note: str
    columns: tuple[ErrorColumn, ...]
    lines: tuple[ErrorLine, ...]
    link_column: int = 0
