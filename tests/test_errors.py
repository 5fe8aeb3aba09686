"""Rows kept out with errors: the filing stands as with errors, and the duty is not passed up for a while (decision 9)."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.company import KeptOut
from crmflow.duties import duties, expectations
from crmflow.duties.situation import Situation
from crmflow.model import Duty, Expectation, Stage, Value
from tests.owed import CALENDAR, CODE, CONFIG, MANAGER, company, cover, graded


def kept(block: str, seen: str, period: str = "", **values: Value) -> KeptOut:
    whose = ("", MANAGER.number) if block.startswith("F20") else (CODE, MANAGER.number)
    return KeptOut(block, *whose, period, values, date.fromisoformat(seen))


def looked_at(now: str | datetime, *rows: KeptOut, verified: date | None = date(2026, 5, 4)) -> tuple[list[Expectation], list[Duty]]:
    facts = replace(company(cover(verified_on=verified)), kept_out=rows)
    moment = datetime.fromisoformat(now) if isinstance(now, str) else now
    situation = Situation(facts, graded(""), CONFIG, CALENDAR, moment)
    expected = tuple(expectations(situation))
    return list(expected), list(duties(expected, situation))


def errors(rule: str, now: str, *rows: KeptOut, **more: date) -> dict[str, date]:
    """The periods that wait for an error to be mended, with the day it was first seen."""
    return {one.period: one.error_since for one in looked_at(now, *rows, **more)[0] if one.rule == rule and one.error_since}


def test_a_cover_kept_out_is_an_error_of_the_quarter_that_it_was_verified_in() -> None:
    wrong = kept("F0.cover", "2026-09-29", verified_on=date(2026, 9, 28))
    assert errors("D2", "2026-10-09", wrong) == {"2026Q3": date(2026, 9, 29)}


def test_a_verification_made_up_for_in_the_next_quarter_is_of_both() -> None:
    wrong = kept("F0.cover", "2026-10-12", verified_on=date(2026, 10, 10))
    assert errors("D2", "2026-10-13", wrong) == {"2026Q3": date(2026, 10, 12), "2026Q4": date(2026, 10, 12)}


def test_an_error_that_has_nothing_to_do_with_a_new_verification_is_none() -> None:
    assert errors("D2", "2026-10-09", kept("F0.cover", "2026-05-20", verified_on=date(2026, 5, 4))) == {}


def test_where_the_day_cannot_be_read_the_day_it_was_seen_counts() -> None:
    assert errors("D2", "2026-10-09", kept("F0.cover", "2026-09-29", verified_on=None)) == {"2026Q3": date(2026, 9, 29)}


def test_a_report_kept_out_is_an_error_of_its_own_month_and_person() -> None:
    wrong = kept("F20.report", "2026-09-07", "2026-08", submitted_on=date(2026, 9, 7))
    assert errors("D1", "2026-09-10", wrong) == {"2026-08": date(2026, 9, 7)}
    assert errors("D1", "2026-09-10", replace(wrong, owner="5")) == {}
    assert errors("D2", "2026-09-10", wrong) == {}


def test_an_error_of_another_customer_or_block_is_none() -> None:
    wrong = kept("F0.cover", "2026-09-29", verified_on=date(2026, 9, 28))
    assert errors("D2", "2026-10-09", replace(wrong, customer="KH2")) == {}
    assert errors("D2", "2026-10-09", replace(wrong, block="F10.reports")) == {}


def test_what_is_met_has_no_error_and_of_several_the_first_counts() -> None:
    first = kept("F0.cover", "2026-09-28", verified_on=date(2026, 9, 28))
    assert errors("D2", "2026-10-09", first, verified=date(2026, 8, 3)) == {}
    assert errors("D2", "2026-10-09", replace(first, first_seen_on=date(2026, 9, 30)), first) == {"2026Q3": date(2026, 9, 28)}


@pytest.mark.parametrize(
    ("now", "without", "with_error"),
    [
        ("2026-10-08 09:00", Stage.OVERDUE, Stage.OVERDUE),
        ("2026-10-10 09:00", Stage.COPIED, Stage.OVERDUE),
        ("2026-10-12 23:59", Stage.COPIED, Stage.OVERDUE),
        ("2026-10-13 00:00", Stage.ESCALATED, Stage.COPIED),
        ("2026-10-14 09:00", Stage.ESCALATED, Stage.COPIED),
        ("2026-10-16 09:00", Stage.AT_HEAD, Stage.ESCALATED),
    ],
)
def test_the_two_working_days_after_an_error_was_seen_do_not_count(now: str, without: Stage, with_error: Stage) -> None:
    """Due on 30 September; the working days after are 8, 9, 10, 12, 13 … October."""
    def stage(*rows: KeptOut) -> Stage:
        return next(one.stage for one in looked_at(now, *rows)[1] if (one.rule, one.period) == ("D2", "2026Q3"))

    assert (stage(), stage(kept("F0.cover", "2026-10-08", verified_on=date(2026, 9, 30)))) == (without, with_error)


NOWS = st.datetimes(datetime(2026, 9, 1), datetime(2026, 12, 20)).map(lambda moment: moment.replace(microsecond=0))


@given(NOWS, st.integers(0, 40))
def test_an_error_never_takes_a_stage_back(now: datetime, days: int) -> None:
    """At the moment an error is first seen, and whenever it is mended later, the duty stands no lower than before."""
    wrong = kept("F0.cover", now.date().isoformat(), verified_on=date(2026, 9, 30))
    before, at = (
        {(one.rule, one.period): one.stage for one in looked_at(now, *rows)[1]} for rows in ((), (wrong,))
    )
    assert before == at
    later = now + timedelta(days=days)
    paused = {(one.rule, one.period): one for one in looked_at(later, wrong)[1]}
    for duty in looked_at(later)[1]:
        one = paused[duty.rule, duty.period]
        assert before.get((one.rule, one.period), Stage.LATER) <= one.stage <= duty.stage
        if one.next_change_at is not None:
            moved = {(two.rule, two.period): two.stage for two in looked_at(one.next_change_at, wrong)[1]}
            stood = {(two.rule, two.period): two.stage for two in looked_at(one.next_change_at - timedelta(seconds=1), wrong)[1]}
            assert stood.get((one.rule, one.period), one.stage) is one.stage
            assert moved.get((one.rule, one.period)) is not one.stage
