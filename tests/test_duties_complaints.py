"""Complaints: answered, told to the leader, analysed, settled, made good (C1–C5, C8)."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.company import Company
from crmflow.duties import DUTY_RULES, expectations
from crmflow.duties.situation import Situation
from crmflow.model import Accepted, Duty, Expectation, Person, Stage, Value
from crmflow.register import Terms, register
from tests.owed import (
    CALENDAR,
    CONFIG,
    HEAD,
    MANAGER,
    PEOPLE,
    SERVICE,
    VICE,
    changed,
    company,
    complaint,
    cover,
    due,
    sentence,
)

FINANCE = Person("6", "吴会计", "finance", superior="1", department="财务部")
STAFF = (*PEOPLE, FINANCE)


def tasks(rule: str, now: str, *rows: Accepted, **given: Any) -> list[tuple[str, str, str]]:
    """What is to be done by a rule: the task, the day or moment it is due, by whom."""
    found = due(rule, now, cover(), *rows, people=given.pop("people", STAFF), **given)
    return [(one.subject.partition(":")[2], _shown(one), one.owner) for one in found]


def _shown(duty: Duty) -> str:
    return str(duty.facts["due"])


# C1


def test_a_complaint_is_recorded_on_the_day_typed_and_never_a_duty() -> None:
    [one] = [one for one in _expected(company(cover(), complaint()), "2026-07-01 16:00") if one.rule == "C1"]
    assert (one.due, one.met_on, one.owner) == (date(2026, 7, 1), datetime(2026, 7, 1, 15), MANAGER.number)
    assert (DUTY_RULES["C1"].form, DUTY_RULES["C1"].evidence) == ("F12", "F12.complaints.received_at")
    assert due("C1", "2026-07-30", cover(), complaint()) == []


@pytest.mark.parametrize(("arrived", "status"), [("2026-07-03 18:00", "on_time"), ("2026-07-06 08:00", "late")])
def test_a_complaint_that_comes_days_after_it_was_received_was_recorded_late(arrived: str, status: str) -> None:
    arrivals = {("c1", date(2026, 7, 1)): datetime.fromisoformat(arrived)}
    terms = Terms({"C1": "F12"}, arrivals, CALENDAR, 2, date(2026, 1, 1), datetime(2026, 7, 10))
    [line] = register(_expected(company(cover(), complaint()), "2026-07-10"), terms)
    assert (line.form, line.owner, line.status) == ("F12", MANAGER.number, status)


# C2


@pytest.mark.parametrize(
    ("now", "stage"),
    [
        ("2026-07-01 15:00:00", Stage.AHEAD), ("2026-07-02 11:00:00", Stage.AHEAD),
        ("2026-07-02 15:00:00", Stage.AHEAD), ("2026-07-02 15:00:01", Stage.OVERDUE),
        ("2026-07-06 15:00:00", Stage.OVERDUE), ("2026-07-06 15:00:01", Stage.COPIED),
    ],
)
def test_the_clock_of_a_complaint_runs_out_to_the_second(now: str, stage: Stage) -> None:
    [duty] = due("C2", now, cover(), complaint())
    assert (duty.stage, duty.owner, duty.due_at) == (stage, SERVICE.number, datetime(2026, 7, 2, 15))


def test_the_first_response_stops_the_clock_once_it_has_happened() -> None:
    answered = complaint(first_response_at="2026-07-02 09:00")
    assert len(due("C2", "2026-07-02 08:59:59", cover(), answered)) == 1
    assert due("C2", "2026-07-02 09:00", cover(), answered) == []


def test_the_second_clock_runs_where_the_company_says_so() -> None:
    config = changed("complaints", C2_handled_hours=48)
    answered = complaint(first_response_at="2026-07-01 16:00")
    [duty] = due("C2", "2026-07-03 14:00", cover(), answered, config=config)
    assert (duty.subject, duty.due_at) == ("c1:handled", datetime(2026, 7, 3, 15))
    assert sentence(duty, "zh") == (
        "还有 1 小时（期限 2026-07-03 15:00）。江南精密 的投诉 TS01 请尽快处理完并结案，办好后在“投诉与反馈记录”里填写“结案时间”。"
    )
    closed = complaint(first_response_at="2026-07-01 16:00", closed_at="2026-07-03 10:00")
    assert due("C2", "2026-07-03 14:00", cover(), closed, config=config) == []


@pytest.mark.parametrize("kind", ["suggestion", "inquiry", "praise"])
def test_a_voice_that_is_no_complaint_has_no_clock(kind: str) -> None:
    assert due("C2", "2026-07-02", cover(), complaint(kind=kind)) == []


def test_a_complaint_that_is_still_to_come_has_no_clock() -> None:
    assert due("C2", "2026-07-01 14:59", cover(), complaint()) == []


def test_the_responsible_party_hears_of_a_complaint_at_once_and_again_before_it_is_due() -> None:
    [first] = due("C2", "2026-07-01 15:00", cover(), complaint())
    [again] = due("C2", "2026-07-02 11:00", cover(), complaint())
    assert (first.stage, first.period, first.next_change_at) == (Stage.AHEAD, "2026-07-01-24", datetime(2026, 7, 2, 11))
    assert (again.stage, again.period, again.urgent) == (Stage.AHEAD, "2026-07-01-4", True)


def test_in_office_hours_a_night_and_a_weekend_do_not_count() -> None:
    config = changed("complaints", C2_clock="office", C2_first_response_hours=4)
    friday = complaint("2026-07-03 16:30")
    [duty] = due("C2", "2026-07-03 16:30", cover(), friday, config=config)
    assert (duty.due_at, duty.stage) == (datetime(2026, 7, 6, 11, 30), Stage.AHEAD)


# C3


def severe(**values: Value) -> Accepted:
    return complaint(severity="serious", **values)


def test_the_head_hears_of_a_severe_complaint_at_once_for_some_days_and_nobody_above() -> None:
    [told] = due("C3", "2026-07-01 15:00", cover(), severe())
    assert (told.owner, told.stage, told.urgent, told.subject) == (HEAD.number, Stage.AHEAD, True, "c1:severe")
    assert [one.stage for one in due("C3", "2026-07-03 23:59", cover(), severe())] == [Stage.AHEAD]
    assert due("C3", "2026-07-04 00:00", cover(), severe()) == []


@pytest.mark.parametrize("severity", ["minor", "ordinary", None])
def test_of_another_complaint_the_head_is_not_told(severity: str | None) -> None:
    assert due("C3", "2026-07-01 16:00", cover(), complaint(severity=severity, upheld=True)) == []


def test_once_upheld_the_head_is_told_again_each_month_until_it_is_closed() -> None:
    def told(now: str, **values: Value) -> list[tuple[str, str, Stage]]:
        found = due("C3", now, cover(), severe(upheld=True, **values))
        return [(one.subject, one.period, one.stage) for one in found]

    assert told("2026-07-02 09:00") == told("2026-07-31 23:59") == [("c1:upheld", "2026-07-01", Stage.AHEAD)]
    assert told("2026-08-01 00:00") == [("c1:upheld", "2026-08-01", Stage.AHEAD)]
    assert told("2026-08-22 23:59", closed_at="2026-08-20 10:00") == [("c1:upheld", "2026-08-01", Stage.AHEAD)]
    assert told("2026-08-23 00:00", closed_at="2026-08-20 10:00") == []


def test_a_head_who_is_responsible_is_not_the_leader_of_it() -> None:
    [told] = due("C3", "2026-07-01 16:00", cover(), severe(responsible_party="部长周"))
    assert told.owner == VICE.number


def test_where_no_head_leads_the_responsible_party_it_is_the_account_managers() -> None:
    elsewhere = Person("7", "外协孙", "responsible_party", superior="2", department="售后部")
    [told] = due("C3", "2026-07-01 16:00", cover(), severe(responsible_party="外协孙"), people=(*PEOPLE, elsewhere))
    assert told.owner == HEAD.number


def test_zero_days_switch_the_telling_off() -> None:
    assert due("C3", "2026-07-01 16:00", cover(), severe(), config=changed("complaints", C3_told_days=0)) == []


# C4


WRITTEN: dict[str, Value] = {"cause_analysis": "间隙超差", "measures": "换轴承"}


def test_cause_and_measures_are_written_within_three_working_days() -> None:
    assert tasks("C4", "2026-07-01 16:00", complaint()) == [("analysis", "2026-07-06", SERVICE.number)]
    assert tasks("C4", "2026-07-08", complaint(cause_analysis="间隙超差")) == [("analysis", "2026-07-06", SERVICE.number)]


def test_once_they_are_written_the_leader_approves_them_and_hears_of_it_at_once() -> None:
    written = complaint(**WRITTEN, analysed_on="2026-07-10")
    assert tasks("C4", "2026-07-10 09:00", written) == [("approval", "2026-07-14", HEAD.number)]
    assert due("C4", "2026-07-10 09:00", cover(), written)[0].stage is Stage.AHEAD
    assert tasks("C4", "2026-07-03", complaint(**WRITTEN)) == [("approval", "2026-07-08", HEAD.number)]
    assert tasks("C4", "2026-07-08", complaint(**WRITTEN, approved_at="2026-07-07 10:00")) == []


def test_what_is_not_upheld_needs_no_measures() -> None:
    assert tasks("C4", "2026-07-08", complaint(upheld=False)) == []


# C5


def test_what_is_approved_is_agreed_with_the_customer_who_is_visited_afterwards() -> None:
    assert tasks("C5", "2026-07-07", complaint(**WRITTEN)) == []
    approved = complaint(approved_at="2026-07-07 10:00")
    assert tasks("C5", "2026-07-07 11:00", approved) == [("agreement", "2026-07-10", SERVICE.number)]
    agreed = complaint(approved_at="2026-07-07 10:00", agreed_at="2026-07-08 16:00")
    assert tasks("C5", "2026-07-09", agreed) == [("follow_up", "2026-07-22", SERVICE.number)]


def test_a_follow_up_counts_with_its_result() -> None:
    visit: dict[str, Value] = {"agreed_at": "2026-07-08 16:00", "follow_up_at": "2026-07-15 10:00"}
    assert len(tasks("C5", "2026-07-16", complaint(**visit))) == 1
    assert tasks("C5", "2026-07-16", complaint(**visit, follow_up_result="满意")) == []


def test_a_complaint_closed_without_asking_the_customer_is_still_followed_up() -> None:
    assert tasks("C5", "2026-07-09", complaint(closed_at="2026-07-08 17:00")) == [("follow_up", "2026-07-22", SERVICE.number)]


# C8


def test_an_upheld_complaint_needs_an_apology_and_its_compensation() -> None:
    assert tasks("C8", "2026-07-03", complaint()) == tasks("C8", "2026-07-03", complaint(upheld=False)) == []
    assert tasks("C8", "2026-07-03", complaint(upheld=True)) == [("apology", "2026-07-08", SERVICE.number)]
    assert len(tasks("C8", "2026-07-03", complaint(upheld=True, apology_on="2026-07-02"))) == 1
    assert tasks("C8", "2026-07-03", complaint(upheld=True, apology_on="2026-07-02", compensation=0.0)) == []


def test_what_finance_reads() -> None:
    owed = complaint(upheld=True, apology_on="2026-07-02", compensation=3000.0)
    [duty] = due("C8", "2026-07-08 09:00", cover(), owed, people=STAFF)
    assert "：请办理退款或赔付 3,000.00 元，办好后填“财务确认退款日期”。" in sentence(duty, "zh")
    assert "pay the refund or compensation of 3,000.00 yuan, then fill in “Refund confirmed on”." in sentence(duty, "en")


def test_finance_confirms_a_refund_and_hears_of_it_at_once() -> None:
    owed = complaint(upheld=True, apology_on="2026-07-02", compensation=3000.0, agreed_at="2026-07-08 16:00")
    assert tasks("C8", "2026-07-08 17:00", owed) == [("refund", "2026-07-22", FINANCE.number)]
    assert due("C8", "2026-07-08 17:00", cover(), owed, people=STAFF)[0].stage is Stage.AHEAD
    paid = complaint(upheld=True, apology_on="2026-07-02", compensation=3000.0, refund_confirmed_on="2026-07-20")
    assert tasks("C8", "2026-07-20", paid) == []


def test_of_several_in_finance_the_one_at_work_is_asked() -> None:
    away = Person("61", "吴会计", "finance", superior="1", leave_from=date(2026, 7, 1), leave_until=date(2026, 7, 31))
    other, gone = Person("62", "郑会计", "finance"), Person("60", "前会计", "finance", left_on=date(2026, 1, 1))
    owed = complaint(upheld=True, apology_on="2026-07-02", compensation=3000.0)
    assert tasks("C8", "2026-07-03", owed, people=(*PEOPLE, gone, away, other))[0][2] == "62"
    assert tasks("C8", "2026-08-03", owed, people=(*PEOPLE, gone, away, other))[0][2] == "61"
    assert tasks("C8", "2026-07-03", owed, people=PEOPLE)[0][2] == ""


@pytest.mark.parametrize(
    ("rule", "figures"),
    [
        ("C4", {"C4_analysis_working_days": 0, "C4_approval_working_days": 0}),
        ("C5", {"C5_agreement_working_days": 0, "C5_follow_up_working_days": 0}),
        ("C8", {"C8_apology_working_days": 0, "C8_refund_working_days": 0}),
    ],
)
def test_zero_switches_a_clock_off(rule: str, figures: dict[str, int]) -> None:
    row = complaint(measures="换轴承", upheld=True, compensation=1.0, approved_at="2026-07-07 10:00")
    assert tasks(rule, "2026-07-20", row) != []
    assert tasks(rule, "2026-07-20", row, config=changed("complaints", **figures)) == []


# what people read


@pytest.mark.parametrize(
    ("rule", "values", "zh", "en"),
    [
        ("C3", {"severity": "serious", "upheld": True, "content": "风机异响"},
         "江南精密 有一件严重投诉查明属实（编号 TS01，责任方 售后赵）：“风机异响”。请过问处理情况；不用填表，2026-08-01 起不再列出（还有 24 天）。",
         "A severe complaint is upheld: 江南精密, no TS01, responsible 售后赵: “风机异响”. Please see how it is handled. Nothing to fill "
         "in; not listed any more from 2026-08-01 on (Days left: 24)."),
        ("C4", {},
         "已超过 2 个工作日（期限 2026-07-06）。江南精密 2026-07-01 的投诉 TS01（登记在“投诉与反馈记录”）：请查明原因、定出措施，填“原因分析”和“处理措施”。",
         "Working days overdue: 2 (due 2026-07-06). Complaint TS01 of 江南精密, 2026-07-01 (in the complaints form): find the cause and decide what to do, and fill in "
         "“Cause analysis” and “Measures”."),
        ("C5", {"approved_at": "2026-07-07 10:00"},
         "还有 2 个工作日（期限 2026-07-10）。江南精密 2026-07-01 的投诉 TS01（登记在“投诉与反馈记录”）：措施已经批准，请与客户谈妥处理办法，填“与客户达成一致时间”。",
         "Working days left: 2 (due 2026-07-10). Complaint TS01 of 江南精密, 2026-07-01 (in the complaints form): the measures are approved; agree on them with the "
         "customer and fill in “Agreed with customer at”."),
    ],
)
def test_the_sentences_say_what_to_do_and_where_to_enter_it(rule: str, values: dict[str, Value], zh: str, en: str) -> None:
    [duty] = due(rule, "2026-07-08 09:00", cover(), complaint(**values))
    assert (sentence(duty, "zh"), sentence(duty, "en")) == (zh, en)


# all of them


def _expected(facts: Company, now: str) -> tuple[Expectation, ...]:
    return tuple(expectations(Situation(facts, {}, CONFIG, CALENDAR, datetime.fromisoformat(now))))


NOW = datetime(2026, 7, 20, 12)
TYPED = st.none() | st.datetimes(NOW - timedelta(days=20), NOW + timedelta(days=5)).map(lambda one: one.replace(microsecond=0))
FIELDS = {
    **dict.fromkeys(("first_response_at", "closed_at", "approved_at", "agreed_at", "follow_up_at"), TYPED),
    **dict.fromkeys(("apology_on", "refund_confirmed_on"), TYPED.map(lambda one: one.date() if one else None)),
    **dict.fromkeys(("cause_analysis", "measures", "follow_up_result"), st.sampled_from([None, "x"])),
    "upheld": st.sampled_from([None, True, False]), "compensation": st.sampled_from([None, 0.0, 100.0]),
}


@given(st.fixed_dictionaries(FIELDS))
def test_a_task_is_asked_and_met_just_as_the_regulation_says(values: dict[str, Value]) -> None:
    def has(*fields: str) -> bool:
        typed = [values[field] for field in fields]
        moments = [NOW if one == NOW.date() else one for one in typed]
        return all(one is not None and (not isinstance(one, date) or str(one) <= str(NOW)) for one in moments)

    upheld, money = values["upheld"] is True, values["compensation"] is not None and values["compensation"] != 0
    written = has("cause_analysis") and has("measures")
    asked_and_met = {
        "C1 recorded": (True, True),
        "C2 first_response": (True, has("first_response_at") or has("closed_at")),
        "C4 analysis": (values["upheld"] is not False, written),
        "C4 approval": (values["upheld"] is not False and written, has("approved_at")),
        "C5 agreement": (has("approved_at"), has("agreed_at")),
        "C5 follow_up": (has("agreed_at") or has("closed_at"), has("follow_up_at", "follow_up_result")),
        "C8 apology": (upheld, has("apology_on") and has("compensation")),
        "C8 refund": (upheld and money, has("refund_confirmed_on")),
    }
    row = complaint("2026-06-25 10:00", **values)
    found = {
        f"{one.rule} {one.subject.partition(':')[2]}": one.met_on is not None
        for one in _expected(company(cover(), row, people=STAFF), str(NOW)) if one.rule.startswith("C")
    }
    assert found == {task: met for task, (asked, met) in asked_and_met.items() if asked}
