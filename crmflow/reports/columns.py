"""Columns of the master's own sheets."""

from collections.abc import Mapping

from crmflow.declare import Kind
from crmflow.texts import phrase
from crmflow.workbook.table import Column


def column(
    name: str, width: int, language: str, kind: Kind = Kind.TEXT, fills: Mapping[str, str] | None = None
) -> Column:
    """A column headed by one of the master's phrases; ``fills`` are the colours of its cells by their text."""
    return Column(phrase(f"master.{name}", language), width, kind, fills or {})
