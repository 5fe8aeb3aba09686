"""How commands print: a table for people, one JSON document for programs."""

from collections.abc import Sequence
from typing import Any

import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table


def as_json(document: Any) -> None:
    """One JSON document on standard output."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    print(orjson.dumps(document, default=str, option=options).decode())


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
