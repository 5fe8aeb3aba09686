"""Rows of the sample, written as tables."""

from typing import Any, TypeAlias

Rows: TypeAlias = list[dict[str, Any]]
Archive: TypeAlias = dict[str, Rows]


def table(columns: str, *rows: tuple[Any, ...]) -> Rows:
    """Rows under the given field ids; None and missing tails stay empty."""
    names = columns.split()
    return [dict(zip(names, row, strict=False)) for row in rows]


def card(**values: Any) -> Rows:
    """One card."""
    return [values]
