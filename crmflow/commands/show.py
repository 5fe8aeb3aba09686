"""How commands print: a table for people, one JSON document for programs."""

import json
import os
import sys
from collections.abc import Callable, Sequence
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table


class _Terminal(Console):
    """Where tables go; that nobody reads on is for ``_put`` to settle."""

    def on_broken_pipe(self) -> None:
        """Tell it as any other output would."""
        raise BrokenPipeError


def as_json(document: Any) -> None:
    """One JSON document on standard output."""
    _put(print, json.dumps(document, ensure_ascii=False, indent=2, default=str))


def table(title: str, headings: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table on the terminal; what comes from cells is printed as it is, never as markup."""
    made = Table(title=escape(title), title_justify="left", header_style="bold", show_lines=False)
    for heading in headings:
        made.add_column(escape(heading), overflow="fold")
    for row in rows:
        made.add_row(*(escape(str(cell)) for cell in row))
    _put(_Terminal().print, made)


def line(text: str) -> None:
    """A plain sentence."""
    _put(print, text)


def _put(write: Callable[..., None], what: object) -> None:
    """Write to standard output; once nobody reads on, as after ``head``, the rest goes nowhere."""
    try:
        write(what)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
