"""Rows kept out with errors that would otherwise be evidence (decision 9)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from crmflow.company import Company, KeptOut
from crmflow.dates import day_of, span_named
from crmflow.duties.rule import DutyRule
from crmflow.model import Expectation

KeptRows: TypeAlias = Mapping[tuple[str, str], Sequence[KeptOut]]
"""By block, and customer code or staff number."""


def kept_rows_of(company: Company) -> KeptRows:
    """The rows that are kept out with errors."""
    rows: dict[tuple[str, str], list[KeptOut]] = defaultdict(list)
    for row in company.kept_out:
        for whose in {row.customer, row.owner} - {""}:
            rows[row.block, whose].append(row)
    return rows


def with_errors(
    expected: Iterable[Expectation], rules: Mapping[str, DutyRule], rows: KeptRows
) -> Iterable[Expectation]:
    """The expectations, those that wait only for an error to be mended with the day it was first seen."""
    return _with_errors(expected, rules, rows) if rows else expected


def _with_errors(
    expected: Iterable[Expectation], rules: Mapping[str, DutyRule], rows: KeptRows
) -> Iterator[Expectation]:
    for one in expected:
        if one.met_on is None and (evidence := rules[one.rule].evidence):
            block, _, field = evidence.rpartition(".")
            near = rows.get((block, one.customer or one.owner), ())
            if days := [row.first_seen_on for row in near if _would_meet(row, field, one)]:
                yield one._replace(error_since=min(days))
                continue
        yield one


def _would_meet(row: KeptOut, field: str, one: Expectation) -> bool:
    """Whether the row is of the expectation's period and was typed in it, or in the time left to make up for it.

    Where the day itself cannot be read, it is the one on which the row was seen.
    """
    day, span = day_of(row.values.get(field)) or row.first_seen_on, span_named(one.period)
    start = span.start if span else date.min
    return row.period in ("", one.period) and start <= day <= (one.until or date.max)
