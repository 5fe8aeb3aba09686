"""D13, D13b: surveys and what follows from them (section 5)."""

from collections.abc import Sequence
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from crmflow.model import Accepted, Stage, Value
from tests.owed import MANAGER, SERVICE, asked, changed, cover, due, periods, row, sentence

NEW = cover(opened_on="2026-01-01")


def sale(on: str) -> Accepted:
    return row("F11.transactions", "t1", number="S1", date=on, amount=1000.0)


def ticket(on: str) -> Accepted:
    return row("F16.tickets", "f1", number="FW1", kind="repair", reported_at=f"{on} 09:00")


def survey(on: str, id: str = "m1", **values: Value) -> Accepted:
    return row("F13.surveys", id, date=on, overall=4, **values)


# D13


def test_a_served_customer_is_surveyed_in_the_half_year() -> None:
    for service in (sale("2026-02-15"), ticket("2026-02-15"), sale("2025-08-15")):
        [duty] = due("D13", "2026-06-30", NEW, service)
        assert (duty.period, duty.stage, duty.owner) == ("2026H1", Stage.DUE, MANAGER.number)
        assert due("D13", "2026-06-30", NEW, service, survey("2026-03-01")) == []


def test_nobody_is_surveyed_who_was_not_served_or_only_just() -> None:
    assert due("D13", "2026-06-30", NEW) == []
    assert due("D13", "2026-06-30", NEW, sale("2025-06-30")) == []
    assert due("D13", "2026-06-30", NEW, sale("2026-06-01")) == []
    assert periods(due("D13", "2026-12-31", NEW, sale("2026-06-01"))) == [("2026H2", Stage.DUE)]


def test_a_late_survey_settles_the_half_year_before_too() -> None:
    h1, h2 = asked("D13", "2026-08-15", cover(opened_on="2026-01-01"), sale("2026-02-15"), survey("2026-08-01"))
    assert (h1.period, h1.met_on, h2.period, h2.met_on) == ("2026H1", date(2026, 8, 1), "2026H2", date(2026, 8, 1))


def test_a_missed_survey_is_asked_for_until_the_next_one_is_announced() -> None:
    listed = {now: periods(due("D13", now, NEW, sale("2026-02-15"))) for now in ("2026-12-09", "2026-12-10")}
    assert listed == {
        "2026-12-09": [("2026H1", Stage.AT_EXECUTIVE), ("2026H2", Stage.LATER)], "2026-12-10": [("2026H2", Stage.AHEAD)],
    }


def test_a_company_may_ask_more_often_or_not_at_all() -> None:
    quarterly = changed("satisfaction", D13_every="quarter")
    assert [one.period for one in asked("D13", "2026-05-15", cover(), sale("2026-02-15"), config=quarterly)] == ["2026Q1", "2026Q2"]
    assert asked("D13", "2026-06-30", cover(), sale("2026-02-15"), config=changed("satisfaction", D13_every=None)) == []


def test_the_sentence_asks_for_the_survey() -> None:
    [duty] = due("D13", "2026-06-30", cover(), sale("2026-02-15"))
    assert sentence(duty, "zh") == "今天到期（期限 2026-06-30）。江南精密 这段时间有采购或服务，请做一次满意度调查，结果填到“满意度调查”。"
    assert "please ask how content they are" in sentence(duty, "en")


# D13b


def test_a_measure_is_carried_out_by_its_date_by_its_owner() -> None:
    plan: dict[str, Value] = {"measure": "本地备库", "measure_owner": "售后赵", "measure_due_on": "2026-07-31"}
    [duty] = due("D13b", "2026-07-29", cover(), survey("2026-06-18", **plan))
    assert (duty.owner, duty.stage) == (SERVICE.number, Stage.AHEAD)
    assert due("D13b", "2026-08-29", cover(), survey("2026-06-18", **plan, measure_done_on="2026-07-28")) == []
    assert due("D13b", "2026-08-29", cover(), survey("2026-06-18")) == []
    assert sentence(duty, "zh") == (
        "还有 2 个工作日（期限 2026-07-31）。江南精密 满意度低的改进措施“本地备库”请按期做完，做完在“满意度调查”里填“改进完成日期”。"
    )
    assert "fill in “Measure done on”" in sentence(duty, "en")


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat)


@given(st.lists(DAYS, max_size=4), st.lists(DAYS, max_size=4), DAYS)
def test_a_survey_is_met_exactly_when_one_was_made_by_the_end_of_the_next_half_year(
    sales: Sequence[str], surveys: Sequence[str], now: str
) -> None:
    rows = [*map(sale, sales), *(survey(day, f"m{n}") for n, day in enumerate(surveys))]
    found = {one.period: one for one in asked("D13", now, cover(opened_on="2026-01-01"), *rows)}
    spans = {"2026H1": ("2026-01-01", "2026-05-31"), "2026H2": ("2026-01-01", "2026-12-01")}
    begun = {"2026H1": "2026-01-01", "2026H2": "2026-07-01"}
    for period, (start, end) in spans.items():
        owed = begun[period] <= now and any(start <= day <= min(end, now) for day in sales)
        assert (period in found) == owed
        if owed:
            made = [day for day in surveys if begun[period] <= day <= now]
            assert found[period].met_on == (date.fromisoformat(min(made)) if made else None)


@given(DAYS, st.none() | DAYS, DAYS)
def test_a_measure_is_met_exactly_when_it_was_done_by_now(due_on: str, done: str | None, now: str) -> None:
    [one] = asked("D13b", now, cover(), survey("2026-01-01", measure="备库", measure_due_on=due_on, measure_done_on=done))
    assert one.met_on == (date.fromisoformat(done) if done and done <= now else None)
