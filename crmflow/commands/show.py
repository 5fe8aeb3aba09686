"""How commands print: a table for people, one JSON document for programs."""

import json
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table


def as_json(document: Any) -> None:
    """One JSON document on standard output."""
    print(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on the terminal; what comes from cells is printed as it is, never as markup."""
    made = Table(title=escape(title), title_justify="left", header_style="bold", show_lines=False)
    for heading in headings:
        made.add_column(escape(heading), overflow="fold")
    for row in rows:
        made.add_row(*(escape(str(cell)) for cell in row))
    Console().print(made)


def line(text: str) -> None:
    """A plain sentence."""
    print(text)
