"""V7, V9, V9b, V10, D7: contacts by plan, reported and read (sections 4 and 5)."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.dates import day_of, shift_months, span_of
from crmflow.model import Accepted, Person, Stage, Value
from tests.owed import (
    CALENDAR,
    HEAD,
    MANAGER,
    PEOPLE,
    SERVICE,
    asked,
    changed,
    contact,
    cover,
    due,
    periods,
    row,
    sentence,
)


def plan(frequency: str, first: str, who: str = "王芳", with_whom: str = "钱进") -> Accepted:
    return row(
        "F6.contacts", "p1", key_person=with_whom, our_person=who, purpose="了解三期进度", method="visit",
        frequency=frequency, first_on=first, report_to="王芳",
    )


def visit(on: str, planned: bool = True, id: str = "k1", **values: Value) -> Accepted:
    standard: dict[str, Value] = {
        "date": on, "our_person": "王芳", "key_person": "钱进", "method": "visit", "on_site": True, "planned": planned,
    }
    return row("F10.reports", id, **(standard | values))


# V7


@pytest.mark.parametrize(
    ("frequency", "first", "expected"),
    [
        ("weekly", "2026-07-01", [("2026-07-06", "2026-07-12"), ("2026-07-13", "2026-07-19")]),
        ("fortnightly", "2026-07-01", [("2026-06-29", "2026-07-12"), ("2026-07-13", "2026-07-26")]),
        ("monthly", "2026-06-10", [("2026-06", "2026-06-30"), ("2026-07", "2026-07-31")]),
        ("quarterly", "2026-02-25", [("2026Q2", "2026-06-30"), ("2026Q3", "2026-09-30")]),
        ("half_yearly", "2026-02-25", [("2026H1", "2026-06-30"), ("2026H2", "2026-12-31")]),
        ("yearly", "2026-02-25", [("2026", "2026-12-31")]),
        ("once", "2026-07-20", [("2026-07-20", "2026-07-20")]),
        ("monthly", "2026-08-03", []),
    ],
)
def test_a_planned_contact_is_due_at_the_end_of_its_period(
    frequency: str, first: str, expected: list[tuple[str, str]]
) -> None:
    found = asked("V7", "2026-07-15", cover(), plan(frequency, first))
    assert [(one.period, str(one.due)) for one in found] == expected


def test_only_the_person_named_meeting_the_person_named_fulfils_the_plan() -> None:
    now, monthly = "2026-07-15", plan("monthly", "2026-07-01")
    assert due("V7", now, cover(), monthly, contact("2026-07-08", method="phone")) == []
    assert len(due("V7", now, cover(), monthly, contact("2026-07-08", "部长周"))) == 1
    assert len(due("V7", now, cover(), monthly, contact("2026-07-08", with_whom="赵建国"))) == 1
    assert len(due("V7", now, cover(), monthly, contact("2026-06-30"))) == 1


def test_a_contact_of_the_next_month_settles_the_one_before_late() -> None:
    june, july = asked("V7", "2026-07-15", cover(), plan("monthly", "2026-06-10"), contact("2026-07-08"))
    assert (june.met_on, july.met_on, june.until) == (date(2026, 7, 8), date(2026, 7, 8), date(2026, 7, 23))


def test_a_contact_that_was_missed_is_asked_for_until_the_next_one_is_announced() -> None:
    listed = {now: periods(due("V7", now, cover(), plan("monthly", "2026-06-10"))) for now in ("2026-07-23", "2026-07-24")}
    assert listed == {
        "2026-07-23": [("2026-06", Stage.AT_EXECUTIVE), ("2026-07", Stage.LATER)], "2026-07-24": [("2026-07", Stage.AHEAD)],
    }


def test_what_is_planned_once_may_be_done_earlier_in_its_month_and_is_dropped_a_month_later() -> None:
    once = plan("once", "2026-07-20")
    assert due("V7", "2026-07-21", cover(), once, contact("2026-07-03")) == []
    assert periods(due("V7", "2026-08-25", cover(), once)) == [("2026-07-20", Stage.AT_EXECUTIVE)]
    assert due("V7", "2026-08-26", cover(), once) == []


def test_a_frequency_that_the_company_leaves_out_is_not_asked_for() -> None:
    assert due("V7", "2026-07-15", cover(), plan("weekly", "2026-01-05"), config=changed("contacts", V7_ahead_working_days={})) == []


def test_the_sentence_names_person_way_and_purpose_of_a_planned_contact() -> None:
    [duty] = due("V7", "2026-07-30", cover(), plan("monthly", "2026-07-01"))
    assert (duty.owner, duty.stage) == (MANAGER.number, Stage.AHEAD)
    assert sentence(duty, "zh") == (
        "还有 1 个工作日（期限 2026-07-31）。按接触计划请联系 江南精密 的钱进（方式：拜访；目的：了解三期进度），"
        "之后在“接触记录”里登记；计划有变请改“附表6”。"
    )
    assert "By the contact plan please see 钱进, 江南精密 (Visit; purpose: 了解三期进度)" in sentence(duty, "en")


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat)
MADE = st.lists(st.builds(
    contact, DAYS, st.sampled_from(["王芳", "部长周"]), st.just("visit"), st.booleans(), st.sampled_from(["钱进", "赵建国"]),
), max_size=6)


@given(MADE, st.sampled_from([("monthly", "month"), ("quarterly", "quarter"), ("yearly", "year")]), DAYS, DAYS)
def test_a_planned_contact_is_met_exactly_when_it_was_made_by_the_end_of_the_next_period(
    made: Sequence[Accepted], often: tuple[str, str], first: str, now: str
) -> None:
    frequency, period = often
    for one in asked("V7", now, cover(), plan(frequency, first), *made):
        span = span_of(period, day_of(one.due) or date.max)
        end = span_of(period, span.end + timedelta(days=1)).end
        days = [day_of(c.values["date"]) for c in made if (c.values["our_person"], c.values["key_person"]) == ("王芳", "钱进")]
        in_time = [day for day in days if day and span.start <= day <= min(end, date.fromisoformat(now))]
        assert one.met_on == min(in_time, default=None)
        assert span.end >= date.fromisoformat(first)


@given(DAYS, DAYS, st.sampled_from([7, 14]))
def test_weeks_follow_one_another_from_the_monday_of_the_first_contact(first: str, now: str, length: int) -> None:
    found = asked("V7", now, cover(), plan("weekly" if length == 7 else "fortnightly", first))
    days, start, today = [day_of(one.due) for one in found], date.fromisoformat(first), date.fromisoformat(now)
    assert all(day and day.weekday() == 6 for day in days)
    monday = start - timedelta(days=start.weekday())
    expected = [monday + timedelta(days=n * length + length - 1) for n in range(60) if monday + timedelta(days=n * length) <= today]
    ahead = 1 if length == 7 else 2
    assert days == [
        day for day in expected
        if CALENDAR.add_working_days(CALENDAR.on_or_before(day + timedelta(days=length)), -ahead) > today
    ]


# D7


def test_a_contact_is_reported_within_three_working_days() -> None:
    made = visit("2026-07-09")
    assert [(d.period, d.due_at.date(), d.stage, d.owner) for d in due("D7", "2026-07-14", cover(), made)] == [
        ("2026-07-09", date(2026, 7, 14), Stage.DUE, MANAGER.number)
    ]
    assert due("D7", "2026-07-14", cover(), visit("2026-07-09", filed_on="2026-07-14")) == []
    assert len(due("D7", "2026-07-13", cover(), visit("2026-07-09", filed_on="2026-07-14"))) == 1


def test_a_report_that_is_missing_is_asked_for_until_the_end_of_the_next_month() -> None:
    made = visit("2026-07-09")
    assert len(due("D7", "2026-08-31", cover(), made)) == 1
    assert due("D7", "2026-09-01", cover(), made) == []
    assert due("D7", "2026-07-14", cover(), made, config=changed("deadlines", D7_working_days=0)) == []


def test_the_sentence_asks_for_the_row_to_be_completed() -> None:
    [duty] = due("D7", "2026-07-14", cover(), visit("2026-07-09"))
    assert sentence(duty, "zh") == (
        "今天到期（期限 2026-07-14）。2026-07-09 联系 江南精密 钱进的报告还没有交：请把“接触记录”里那一行写完，填“报告日期”。"
    )
    assert "fill in “Report filed on”" in sentence(duty, "en")


@given(DAYS, st.none() | DAYS, DAYS)
def test_a_report_is_met_exactly_when_it_was_filed_by_now(made: str, filed: str | None, now: str) -> None:
    found = asked("D7", now, cover(), visit(made, filed_on=filed))
    assert bool(found) == (shift_months(date.fromisoformat(now), -12).isoformat() <= made <= now)
    for one in found:
        assert one.met_on == (date.fromisoformat(filed) if filed and filed <= now else None)
        assert one.due == CALENDAR.add_working_days(date.fromisoformat(made), 3)


# V9


def test_the_superior_reads_the_report_of_a_planned_visit() -> None:
    filed = visit("2026-07-06", filed_on="2026-07-07")
    [duty] = due("V9", "2026-07-14", cover(), filed)
    assert (duty.owner, duty.due_at.date(), duty.stage) == (HEAD.number, date(2026, 7, 14), Stage.DUE)
    assert sentence(duty, "zh") == (
        "今天到期（期限 2026-07-14）。请审阅 王芳 2026-07-06 拜访 江南精密 钱进的报告，看过后在“接触记录”里填“审阅人”和“审阅日期”。"
    )
    assert "Please read the report by 王芳 on the visit to 江南精密 钱进 of 2026-07-06" in sentence(duty, "en")


def test_only_a_superiors_reading_counts() -> None:
    filed = visit("2026-07-06", filed_on="2026-07-07")
    read = filed._replace(values={**filed.values, "reviewed_on": date(2026, 7, 10)})
    by = {who: read._replace(values={**read.values, "reviewed_by": who}) for who in ("部长周", "傅总", "王芳", "售后赵")}
    assert {who for who, report in by.items() if not due("V9", "2026-07-14", cover(), report)} == {"部长周", "傅总"}


def test_no_reading_is_asked_for_before_the_report_is_there_or_outside_the_plan_or_of_the_chairman() -> None:
    assert due("V9", "2026-07-14", cover(), visit("2026-07-06")) == []
    assert due("V9", "2026-07-14", cover(), visit("2026-07-06", planned=False, filed_on="2026-07-07")) == []
    assert due("V9", "2026-07-14", cover(), visit("2026-07-06", method="phone", filed_on="2026-07-07")) == []
    assert due("V9", "2026-07-14", cover(), visit("2026-07-06", our_person="董大海", filed_on="2026-07-07")) == []


# V9b


def test_a_planned_visit_that_is_in_no_plan_is_pointed_out_and_never_overdue() -> None:
    stray = visit("2026-07-06")
    assert periods(due("V9b", "2026-07-07", cover(), stray)) == [("2026-07-06", Stage.AHEAD)]
    assert due("V9b", "2026-07-13", cover(), stray) == []
    assert due("V9b", "2026-07-07", cover(), stray, plan("monthly", "2026-07-06")) == []
    assert len(due("V9b", "2026-07-07", cover(), stray, plan("monthly", "2026-07-07"))) == 1
    assert due("V9b", "2026-07-07", cover(), visit("2026-07-06", planned=False)) == []
    assert due("V9b", "2026-07-07", cover(), stray, config=changed("contacts", V9_plan_working_days=0)) == []


def test_the_hint_says_both_ways_out() -> None:
    [duty] = due("V9b", "2026-07-07", cover(), visit("2026-07-06"))
    assert sentence(duty, "zh") == (
        "还有 4 个工作日（2026-07-13 前改好即可）。2026-07-06 拜访 江南精密 钱进记为“计划内”，“附表6”里却没有这个人的安排："
        "以后还要联系的请补上，原本没有计划的请把“计划内”改为“否”。"
    )
    assert "or set “Planned” to “No”" in sentence(duty, "en")


# V10


def test_a_visit_outside_the_plan_was_approved_before() -> None:
    stray = visit("2026-07-06", planned=False)
    [duty] = due("V10", "2026-07-07", cover(), stray)
    assert (duty.owner, duty.stage, duty.due_at.date()) == (MANAGER.number, Stage.OVERDUE, date(2026, 7, 6))
    assert due("V10", "2026-07-14", cover(), stray) == []
    approved = visit("2026-07-06", planned=False, approved_by="部长周", approved_on="2026-07-05")
    assert due("V10", "2026-07-07", cover(), approved) == []
    unsigned = visit("2026-07-06", planned=False, approved_on="2026-07-05")
    assert len(due("V10", "2026-07-07", cover(), unsigned)) == 1
    assert due("V10", "2026-07-07", cover(), visit("2026-07-06", planned=False, method="phone")) == []
    assert due("V10", "2026-07-07", cover(), stray, config=changed("contacts", V10_asked_working_days=0)) == []


def test_the_sentence_says_how_an_approval_is_entered() -> None:
    [duty] = due("V10", "2026-07-07", cover(), visit("2026-07-06", planned=False))
    assert sentence(duty, "zh") == (
        "已超过 1 个工作日（拜访日期 2026-07-06）。2026-07-06 拜访 江南精密 钱进不在计划内，请向安排的领导补办批准，"
        "在“接触记录”里填“批准人”和“批准日期”；下次请先批准再去。"
    )
    assert "Next time before you go" in sentence(duty, "en")


def test_somebody_unknown_is_answered_for_by_the_account_manager() -> None:
    stray = visit("2026-07-06", planned=False, our_person="没有这个人")
    assert [duty.owner for duty in due("V10", "2026-07-07", cover(), stray)] == [MANAGER.number]


REPORTED = st.builds(
    visit, DAYS, st.booleans(), st.just("k1"), our_person=st.sampled_from([one.name for one in PEOPLE]),
    method=st.sampled_from(["visit", "phone"]), filed_on=st.none() | DAYS, reviewed_on=st.none() | DAYS,
    reviewed_by=st.sampled_from([None, *(one.name for one in PEOPLE)]), approved_on=st.none() | DAYS,
    approved_by=st.sampled_from([None, HEAD.name]),
)


@given(REPORTED, DAYS)
def test_readings_and_approvals_are_met_exactly_when_the_row_says_so(report: Accepted, now: str) -> None:
    values, today = report.values, date.fromisoformat(now)

    def past(field: str) -> bool:
        day = day_of(values[field])
        return day is not None and day <= today

    people: dict[Value, Person] = {one.name: one for one in PEOPLE}
    reader = people.get(values["reviewed_by"])
    counts = reader and reader.name != values["our_person"] and reader not in (MANAGER, SERVICE)
    for one in asked("V9", now, cover(), report):
        assert values["planned"] and past("filed_on") and values["method"] == "visit"
        assert (one.met_on is not None) == bool(counts and past("reviewed_on"))
    for one in asked("V10", now, cover(), report):
        assert not values["planned"] and values["method"] == "visit"
        assert (one.met_on is not None) == bool(values["approved_by"] and past("approved_on"))
