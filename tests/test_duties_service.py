"""Service tickets are answered, solved and signed for in time; spare parts are counted (S1, S2, S4–S6)."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.config import Config
from crmflow.duties import DUTY_RULES, expectations
from crmflow.duties.situation import Situation
from crmflow.model import Accepted, Person, Stage, Value
from tests.owed import (
    CALENDAR,
    CONFIG,
    HEAD,
    MANAGER,
    PEOPLE,
    SERVICE,
    changed,
    company,
    cover,
    due,
    row,
    sentence,
)


def ticket(kind: str = "repair", **values: Value) -> Accepted:
    standard: dict[str, Value] = {
        "number": "FW01", "kind": kind, "first_asked": "王芳", "reported_at": "2026-07-01 09:00", "problem": "风机振动",
    }
    return row("F16.tickets", "t1", **(standard | values))


def tasks(rule: str, now: str, *rows: Accepted, config: Config = CONFIG) -> list[tuple[str, str, str]]:
    """What is to be done by a rule: the task, the day or moment it is due, by whom."""
    found = due(rule, now, cover(), *rows, config=config)
    return [(one.subject.partition(":")[2], str(one.facts["due"]), one.owner) for one in found]


# S1, S2


def test_a_fault_is_confirmed_in_two_hours_and_answered_in_twenty_four() -> None:
    assert tasks("S1", "2026-07-01 09:00", ticket()) == [
        ("confirmed", "2026-07-01 11:00", MANAGER.number), ("answered", "2026-07-02 09:00", MANAGER.number)
    ]
    confirmed = ticket(confirmed_at="2026-07-01 09:40")
    assert tasks("S1", "2026-07-01 09:39", confirmed)[0][0] == "confirmed"
    assert [task for task, _, _ in tasks("S1", "2026-07-01 09:40", confirmed)] == ["answered"]


def test_a_fault_is_told_at_the_next_tick_its_answer_some_hours_ahead() -> None:
    confirm, answer = due("S1", "2026-07-01 09:00", cover(), ticket())
    assert (confirm.stage, confirm.urgent) == (Stage.AHEAD, True)
    assert (answer.stage, answer.next_change_at) == (Stage.LATER, datetime(2026, 7, 2, 5))
    [late, _] = due("S1", "2026-07-01 11:00:01", cover(), ticket())
    assert late.stage is Stage.OVERDUE


@pytest.mark.parametrize(
    ("values", "left"),
    [
        ({"plan": "换轴承"}, ["confirmed", "answered"]), ({"promised_on": "2026-07-03"}, ["confirmed", "answered"]),
        ({"plan": "换轴承", "promised_on": "2026-07-03"}, ["confirmed"]), ({"on_site_at": "2026-07-01 10:00"}, []),
        ({"resolved_at": "2026-07-01 10:00"}, []), ({"resolved_at": "2026-07-01 10:31"}, ["confirmed", "answered"]),
    ],
)
def test_a_plan_with_its_day_answers_a_fault_and_so_does_being_there(values: dict[str, Value], left: list[str]) -> None:
    assert [task for task, _, _ in tasks("S1", "2026-07-01 10:30", ticket(**values))] == left


def test_whoever_was_asked_first_is_responsible_until_it_is_handed_over() -> None:
    assert tasks("S1", "2026-07-01 09:00", ticket(first_asked="部长周"))[0][2] == HEAD.number
    assert tasks("S1", "2026-07-01 09:00", ticket(first_asked="部长周", assigned_to="售后赵"))[0][2] == SERVICE.number


def test_an_urgent_fault_has_one_hour_for_both() -> None:
    assert [due for _, due, _ in tasks("S1", "2026-07-01 09:00", ticket(urgent=True))] == ["2026-07-01 10:00"] * 2
    assert [one.stage for one in due("S1", "2026-07-01 09:00", cover(), ticket(urgent=True))] == [Stage.AHEAD] * 2
    assert tasks("S1", "2026-07-01 09:00", ticket(urgent=False))[0][1] == "2026-07-01 11:00"


@pytest.mark.parametrize("kind", ["inquiry", "request", "maintenance"])
def test_only_a_fault_has_hours(kind: str) -> None:
    assert tasks("S1", "2026-07-05 09:00", ticket(kind)) == []


def test_the_hours_of_a_fault_may_be_office_hours_or_switched_off() -> None:
    evening = ticket(reported_at="2026-07-01 17:00")
    office = changed("service", S1_clock="office", S1_answered_hours=0)
    assert tasks("S1", "2026-07-01 20:00", evening, config=office) == [("confirmed", "2026-07-02 10:00", MANAGER.number)]
    assert tasks("S1", "2026-07-09", evening, config=changed("service", S1_answered_hours=0, S1_confirmed_hours=0)) == []


# S4


def test_a_promised_day_is_kept() -> None:
    promised = ticket("request", plan="换轴承", promised_on="2026-07-08")
    assert tasks("S4", "2026-07-06", promised) == [("solved", "2026-07-08", MANAGER.number)]
    assert [one.stage for one in due("S4", "2026-07-06", cover(), promised)] == [Stage.LATER]
    assert [one.stage for one in due("S4", "2026-07-07", cover(), promised)] == [Stage.AHEAD]
    assert [one.stage for one in due("S4", "2026-07-09", cover(), promised)] == [Stage.OVERDUE]
    assert tasks("S4", "2026-07-09", ticket("request")) == []


def test_an_engineer_comes_on_the_day_agreed() -> None:
    agreed = ticket(appointment_on="2026-07-06", promised_on="2026-07-08", engineer="售后赵")
    assert tasks("S4", "2026-07-05", agreed) == [
        ("appointment", "2026-07-06", SERVICE.number), ("solved", "2026-07-08", MANAGER.number)
    ]
    there = ticket(appointment_on="2026-07-06", promised_on="2026-07-08", engineer="售后赵", on_site_at="2026-07-06 10:00")
    assert [task for task, _, _ in tasks("S4", "2026-07-07", there)] == ["solved"]


def test_nobody_is_asked_to_come_and_to_solve_it_for_the_same_day() -> None:
    both = ticket(appointment_on="2026-07-08", promised_on="2026-07-08", engineer="售后赵")
    assert [task for task, _, _ in tasks("S4", "2026-07-08", both)] == ["solved"]


def test_the_customer_confirms_what_was_solved() -> None:
    solved: dict[str, Value] = {"promised_on": "2026-07-08", "resolved_at": "2026-07-07 16:00", "result": "正常"}
    assert tasks("S4", "2026-07-08", ticket(**solved)) == [("customer_confirmed", "2026-07-10", MANAGER.number)]
    assert tasks("S4", "2026-07-08", ticket(**solved, customer_confirmed=False)) != []
    assert tasks("S4", "2026-07-08", ticket(**solved, customer_confirmed=True)) == []
    assert tasks("S4", "2026-07-08", ticket(**solved), config=changed("service", S4_confirmation_working_days=0)) == []


# S6


def test_maintenance_is_done_by_the_day_agreed() -> None:
    agreed = ticket("maintenance", appointment_on="2026-07-08", assigned_to="售后赵")
    assert tasks("S6", "2026-07-05", agreed) == [("maintained", "2026-07-08", SERVICE.number)]
    assert tasks("S4", "2026-07-09", agreed) == []
    promised = ticket("maintenance", appointment_on="2026-07-08", promised_on="2026-07-10")
    assert tasks("S6", "2026-07-05", promised) == [("maintained", "2026-07-10", MANAGER.number)]
    done = ticket("maintenance", appointment_on="2026-07-08", resolved_at="2026-07-08 15:00")
    assert tasks("S6", "2026-07-09", done) == []
    assert tasks("S6", "2026-07-09", ticket(promised_on="2026-07-08")) == []


# S5


def part(number: str, counted_on: str, previous_on: str | None = None) -> Accepted:
    return row("F39.parts", number, number=number, counted_on=counted_on, previous_on=previous_on)


def counts(now: str, *parts: Accepted, config: Config = CONFIG) -> list[tuple[str, Stage, str]]:
    return [(one.period, one.stage, one.owner) for one in due("S5", now, *parts, config=config)]


def test_all_parts_are_counted_each_quarter() -> None:
    parts = part("BJ-001", "2026-06-30", "2026-03-31"), part("BJ-014", "2026-06-28", "2026-03-31")
    assert counts("2026-07-20", *parts) == [("2026Q3", Stage.LATER, SERVICE.number)]
    assert counts("2026-10-09", *parts) == [("2026Q3", Stage.OVERDUE, SERVICE.number), ("2026Q4", Stage.LATER, SERVICE.number)]
    assert counts("2026-09-30", part("BJ-001", "2026-09-29"), part("BJ-014", "2026-09-30")) == []


def test_one_part_that_was_not_counted_is_named() -> None:
    found = due("S5", "2026-09-30", part("BJ-001", "2026-09-29"), part("BJ-014", "2026-06-28"))
    assert [sentence(one, "zh") for one in found] == [
        "今天到期（期限 2026-09-30）。请盘点备件：BJ-014。数完在“备件”表里更新“盘点日期”和“实盘数量”，上次的数移到“上次盘点日期”“上次结存”。"
    ]
    five = [part(f"BJ-00{n}", "2026-06-28") for n in range(5)]
    assert "BJ-000, BJ-001, BJ-002 and others, 5 in all" in sentence(due("S5", "2026-09-30", *five)[0], "en")


def test_nothing_is_asked_before_the_oldest_count_or_without_parts() -> None:
    assert counts("2026-07-20", part("BJ-001", "2026-07-02")) == []
    assert counts("2026-10-09", part("BJ-001", "2026-10-02")) == []
    assert counts("2026-07-20") == []


def test_how_often_is_the_companys_to_say() -> None:
    counted = part("BJ-001", "2026-06-30")
    monthly = [("2026-07", Stage.LATER, SERVICE.number)]
    assert counts("2026-07-20", counted, config=changed("service", S5_every="month")) == monthly
    assert counts("2026-07-20", counted, config=changed("service", S5_every=None)) == []


def test_a_count_stands_in_the_filing_register() -> None:
    assert (DUTY_RULES["S5"].form, DUTY_RULES["S5"].evidence) == ("F39", "F39.parts.counted_on")


# what people read


@pytest.mark.parametrize(
    ("rule", "given_ticket", "zh", "en"),
    [
        ("S1", ticket(plan="换轴承", promised_on="2026-07-03"),
         "还有 1 小时（期限 2026-07-01 11:00）。江南精密 2026-07-01 的服务单 FW01“风机振动”（登记在“售后服务”）：请先答复客户“已收到、谁负责”，填“确认时间”。",
         "Hours left: 1 (due 2026-07-01 11:00). Service ticket FW01 of 江南精密, 2026-07-01, “风机振动” (in the form of service tickets): tell the customer that we have it and who "
         "is in charge, and fill in “Confirmed at”."),
        ("S4", ticket("request", promised_on="2026-07-02"),
         "还有 1 个工作日（期限 2026-07-02）。江南精密 2026-07-01 的服务单 FW01“风机振动”（登记在“售后服务”）：答应客户在期限前解决，解决后填“解决时间”和“处理结果”。",
         "Working days left: 1 (due 2026-07-02). Service ticket FW01 of 江南精密, 2026-07-01, “风机振动” (in the form of service tickets): we promised to solve it by then; when it "
         "is, fill in “Resolved at” and “Result”."),
        ("S6", ticket("maintenance", promised_on="2026-07-02"),
         "还有 1 个工作日（期限 2026-07-02）。江南精密 2026-07-01 的服务单 FW01“风机振动”（登记在“售后服务”）：约定的维护请按期去做，做完填“处理过程”“处理结果”和“解决时间”。",
         "Working days left: 1 (due 2026-07-02). Service ticket FW01 of 江南精密, 2026-07-01, “风机振动” (in the form of service tickets): do the maintenance agreed, then fill in "
         "“Process”, “Result” and “Resolved at”."),
    ],
)
def test_the_sentences_say_what_to_do_and_where_to_enter_it(rule: str, given_ticket: Accepted, zh: str, en: str) -> None:
    [duty] = due(rule, "2026-07-01 09:59", cover(), given_ticket)
    assert (sentence(duty, "zh"), sentence(duty, "en")) == (zh, en)


# all of them

NOW = datetime(2026, 7, 10, 12)
MOMENTS = st.none() | st.datetimes(NOW - timedelta(days=8), NOW + timedelta(days=3)).map(lambda one: one.replace(microsecond=0))
DAYS = st.none() | st.dates(date(2026, 7, 2), date(2026, 7, 20))
FIELDS = {
    "kind": st.sampled_from(["inquiry", "request", "repair", "maintenance"]), "plan": st.sampled_from([None, "x"]),
    **dict.fromkeys(("confirmed_at", "on_site_at", "resolved_at"), MOMENTS),
    **dict.fromkeys(("promised_on", "appointment_on"), DAYS), "customer_confirmed": st.sampled_from([None, True, False]),
}


@given(st.fixed_dictionaries(FIELDS))
def test_a_task_is_asked_and_met_just_as_the_regulation_says(values: dict[str, Value]) -> None:
    def come(field: str) -> bool:
        moment = values[field]
        return isinstance(moment, datetime) and moment <= NOW

    fault, service = values["kind"] == "repair", values["kind"] == "maintenance"
    promised, agreed = (values[field] for field in ("promised_on", "appointment_on"))
    solved, there = come("resolved_at"), come("on_site_at") or come("resolved_at")
    visit_first = agreed is not None and (promised is None or str(agreed) < str(promised))
    asked_and_met = {
        "S1 confirmed": (fault, come("confirmed_at") or there),
        "S1 answered": (fault, there or (values["plan"] is not None and promised is not None)),
        "S4 appointment": (not service and visit_first, there),
        "S4 solved": (not service and promised is not None, solved),
        "S4 customer_confirmed": (solved, values["customer_confirmed"] is True),
        "S6 maintained": (service and (promised or agreed) is not None, solved),
    }
    drawn = ticket(reported_at="2026-07-01 09:00", **values)
    found = {
        f"{one.rule} {one.subject.partition(':')[2]}": one.met_on is not None
        for one in expectations(Situation(company(cover(), drawn), {}, CONFIG, CALENDAR, NOW)) if one.rule.startswith("S")
    }
    assert found == {task: met for task, (asked, met) in asked_and_met.items() if asked}


def test_nobody_of_the_role_leaves_it_to_the_administrator() -> None:
    found = due("S5", "2026-09-30", part("BJ-001", "2026-06-28"), people=(HEAD,))
    assert [one.owner for one in found] == [""]
    clerk = Person("9", "仓管", "responsible_party", superior="3")
    assert [one.owner for one in due("S5", "2026-09-30", part("BJ-001", "2026-06-28"), people=(*PEOPLE, clerk))] == ["5"]
