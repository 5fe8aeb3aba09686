"""Applications for special expenses are checked in turn, and paid once the money is in (X3, X4)."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.duties import expectations
from crmflow.duties.situation import Situation
from crmflow.model import Accepted, Person, Stage, Value
from tests.owed import CALENDAR, CODE, CONFIG, HEAD, PEOPLE, changed, company, cover, due, row, sentence

CLERK = Person("6", "方文员", "sales_clerk", superior="3", department="市场部")
FINANCE = Person("7", "吴会计", "finance", superior="1", department="财务部")
STAFF = (*PEOPLE, CLERK, FINANCE)
CHECKED: dict[str, Value] = {"clerk_on": "2026-07-02", "manager_on": "2026-07-03", "finance_on": "2026-07-06"}


def application(**values: Value) -> Accepted:
    standard: dict[str, Value] = {
        "number": "FY1", "customer": "江南精密", "ledger": "通风设备", "kind": "event", "amount": 3000.0,
        "applied_on": "2026-07-01",
    }
    return row("F33c.applications", "x1", **(standard | values))


def asked(rule: str, now: str, *rows: Accepted, people: tuple[Person, ...] = STAFF) -> list[tuple[str, str, str]]:
    found = due(rule, now, cover(), *rows, people=people)
    return [(one.subject.partition(":")[2], str(one.facts["due"]), one.owner) for one in found]


# X4


@pytest.mark.parametrize(
    ("checked", "turn"),
    [
        ({}, [("clerk", "2026-07-03", CLERK.number)]),
        ({"clerk_on": "2026-07-02"}, [("manager", "2026-07-06", HEAD.number)]),
        ({"clerk_on": "2026-07-02", "manager_on": "2026-07-03"}, [("finance", "2026-07-07", FINANCE.number)]),
        (CHECKED, []),
    ],
)
def test_the_checks_are_made_in_turn(checked: dict[str, Value], turn: list[tuple[str, str, str]]) -> None:
    assert asked("X4", "2026-07-06", application(**checked)) == turn


def test_whose_turn_it_is_hears_of_it_at_once() -> None:
    [duty] = due("X4", "2026-07-02", cover(), application(clerk_on="2026-07-02"), people=STAFF)
    assert duty.stage is Stage.AHEAD


def test_the_person_entered_already_is_asked_before_the_role() -> None:
    other = Person("8", "林会计", "finance")
    row = application(clerk_on="2026-07-02", manager_on="2026-07-03", finance="林会计")
    assert asked("X4", "2026-07-06", row, people=(*STAFF, other))[0][2] == "8"


def test_of_several_in_a_role_the_one_beside_the_account_manager_is_asked() -> None:
    elsewhere = Person("31", "别部长", "department_head", department="工程部")
    earlier = Person("02", "别部长", "department_head", department="工程部")
    regional = Person("01", "大区王", "regional_manager", department="市场部")
    row = application(clerk_on="2026-07-02")
    assert asked("X4", "2026-07-06", row, people=(elsewhere, earlier, regional, *STAFF))[0][2] == HEAD.number
    away = Person("3", "部长周", "department_head", superior="2", department="市场部", leave_from=date(2026, 7, 1))
    others = tuple(one for one in STAFF if one.number != "3")
    assert asked("X4", "2026-07-06", row, people=(away, regional, *others))[0][2] == regional.number
    assert asked("X4", "2026-07-06", row, people=(away, *others))[0][2] == "2"


def test_an_application_for_somebody_without_an_archive_is_checked_too() -> None:
    [duty] = due("X4", "2026-07-06", cover(), application(customer="新客户公司"), people=STAFF)
    assert (duty.customer, duty.owner, duty.facts["customer"]) == ("", CLERK.number, "新客户公司")
    [known] = due("X4", "2026-07-06", cover(), application(), people=STAFF)
    assert known.customer == CODE


# X3


def test_finance_pays_once_all_have_checked_the_sale_is_made_and_the_money_is_in() -> None:
    ready = application(**CHECKED, sale_on="2026-07-08", received_on="2026-07-10")
    assert asked("X3", "2026-07-10", ready) == [("paid", "2026-07-17", FINANCE.number)]
    assert asked("X3", "2026-07-09", ready) == []
    assert asked("X3", "2026-07-20", application(**CHECKED, sale_on="2026-07-08")) == []
    assert asked("X3", "2026-07-20", application(sale_on="2026-07-08", received_on="2026-07-10")) == []
    assert asked("X3", "2026-07-20", application(**CHECKED, sale_on="2026-07-08", received_on="2026-07-10", paid_on="2026-07-20")) == []


@pytest.mark.parametrize(("rule", "figure"), [("X3", "X3_paid_working_days"), ("X4", "X4_check_working_days")])
def test_zero_switches_a_clock_off(rule: str, figure: str) -> None:
    row = application(finance_on="2026-07-06", sale_on="2026-07-08", received_on="2026-07-10")
    assert due(rule, "2026-07-20", cover(), row, people=STAFF) != []
    assert due(rule, "2026-07-20", cover(), row, people=STAFF, config=changed("expenses", **{figure: 0})) == []


# what people read


@pytest.mark.parametrize(
    ("rule", "values", "zh", "en"),
    [
        ("X4", {"clerk_on": "2026-07-02"},
         "还有 2 个工作日（期限 2026-07-06）。请审核 江南精密 的费用申请 FY1，审完在“特殊费用申请”里填“经理审核人”和“经理审核日期”。",
         "Working days left: 2 (due 2026-07-06). Please check expense application FY1 for 江南精密, then fill in “Checked by manager” "
         "and “Manager checked on” in the applications."),
        ("X3", {"finance_on": "2026-07-01", "sale_on": "2026-07-01", "received_on": "2026-07-01"},
         "还有 4 个工作日（期限 2026-07-08）。江南精密 的费用申请 FY1 已审核、成交并到款，请按到款比例支付，"
         "付完在“特殊费用申请”里填“支付日期”“支付金额（元）”“原件存放”和“复印件存放”。",
         "Working days left: 4 (due 2026-07-08). Expense application FY1 for 江南精密 is checked, the sale made, the money in. Please "
         "pay it out in proportion, then fill in “Paid out on”, “Paid out (CNY)”, “Original kept at” and “Copy kept at” in the "
         "applications."),
    ],
)
def test_the_sentences_say_what_to_do_and_where_to_enter_it(rule: str, values: dict[str, Value], zh: str, en: str) -> None:
    [duty] = due(rule, "2026-07-02", cover(), application(**values), people=STAFF)
    assert (sentence(duty, "zh"), sentence(duty, "en")) == (zh, en)


# both together

ON = ("clerk_on", "manager_on", "finance_on", "sale_on", "received_on", "paid_on")
TODAY = date(2026, 7, 20)
DAYS = st.none() | st.dates(TODAY - timedelta(days=19), TODAY + timedelta(days=5))


@given(st.fixed_dictionaries(dict.fromkeys(ON, DAYS)))
def test_a_check_or_payment_is_asked_and_met_just_as_the_regulation_says(values: dict[str, Value]) -> None:
    def come(*fields: str) -> bool:
        return all(isinstance(day := values[field], date) and day <= TODAY for field in fields)

    asked_and_met = {
        "clerk": (True, come("clerk_on")), "manager": (come("clerk_on"), come("manager_on")),
        "finance": (come("clerk_on", "manager_on"), come("finance_on")),
        "paid": (come("finance_on", "sale_on", "received_on"), come("paid_on")),
    }
    situation = Situation(company(cover(), application(**values), people=STAFF), {}, CONFIG, CALENDAR, datetime(2026, 7, 20, 9))
    found = {one.subject.partition(":")[2]: one.met_on is not None for one in expectations(situation) if one.rule[0] == "X"}
    assert found == {task: met for task, (asked, met) in asked_and_met.items() if asked}
