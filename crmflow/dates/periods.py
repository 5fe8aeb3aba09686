"""Periods as staff write them: ``2026``, ``2026Q3``, ``2026年第三季度``, ``2026-07``, ``2026年上半年`` …"""

import re
from datetime import date
from functools import cache

from crmflow.dates.days import MONTHS_IN, Span, span_of

_YEAR = r"(\d{4})\s*年?度?\s*[-/.]?\s*"
_QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_HALVES = {"上": 1, "下": 2}
_WRITTEN = {
    "year": re.compile(r"(\d{4})\s*年?度?"),
    "quarter": re.compile(rf"{_YEAR}(?:Q|第?\s*(?=[1-4一二三四]\s*季))([1-4一二三四])\s*(?:季度?)?", re.IGNORECASE),
    "half_year": re.compile(rf"{_YEAR}(?:H(?=[12])|(?=[上下]半年))([12上下])(?:半年)?", re.IGNORECASE),
    "month": re.compile(r"(\d{4})(?:\s*[-/.年]\s*(?=\d)|(?=\d\d$))(\d{1,2})\s*(?:月|[-/.]0?1(?!\d))?"),
}
"""The year and the number of the span in it; a month that Excel took for a day is its first."""


@cache
def span_named(text: str) -> Span | None:
    """The year, half-year, quarter or month that a text names, in half-width characters; None when it names none."""
    for period, written in _WRITTEN.items():
        if match := written.fullmatch(text.strip()):
            year, number = int(match[1]), _number(match[2]) if match.lastindex == 2 else 1
            first = (number - 1) * MONTHS_IN[period] + 1
            return span_of(period, date(year, first, 1)) if year and 1 <= first <= 12 else None
    return None


def _number(text: str) -> int:
    return _QUARTERS.get(text) or _HALVES.get(text) or int(text)
