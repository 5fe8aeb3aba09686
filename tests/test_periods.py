"""Periods as staff write them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.dates import MONTHS_IN, span_named, span_of


@pytest.mark.parametrize(("written", "name"), [
    ("2026", "2026"), ("2026年", "2026"), ("2026年度", "2026"),
    ("2026Q3", "2026Q3"), ("2026q3", "2026Q3"), ("2026-Q3", "2026Q3"), ("2026年第三季度", "2026Q3"), ("2026年3季度", "2026Q3"),
    ("2026 三季度", "2026Q3"), ("2026H1", "2026H1"), ("2026年上半年", "2026H1"), ("2026下半年", "2026H2"),
    ("2026-07", "2026-07"), ("2026-7", "2026-07"), ("2026.7", "2026-07"), ("2026/07", "2026-07"), ("2026年7月", "2026-07"),
    ("202607", "2026-07"), ("2026-07-01", "2026-07"), (" 2026Q3 ", "2026Q3"),
])
def test_what_staff_write_is_understood(written: str, name: str) -> None:
    span = span_named(written)
    assert span is not None
    assert span.name == name


@pytest.mark.parametrize("written", [
    "", "第三季度", "7月", "Q3", "2026Q5", "2026Q0", "2026-13", "2026-00", "2026H3", "20267", "2026-07-15", "0000", "上半年", "26Q3",
])
def test_what_names_no_period_is_none(written: str) -> None:
    assert span_named(written) is None


@given(st.sampled_from(sorted(MONTHS_IN)), st.dates(date(1900, 1, 1), date(2999, 1, 1)))
def test_a_span_is_found_by_its_own_name(period: str, day: date) -> None:
    assert span_named(span_of(period, day).name) == span_of(period, day)


@given(st.text(max_size=12))
def test_no_text_is_too_odd(written: str) -> None:
    span = span_named(written)
    assert span is None or span.start <= span.end
