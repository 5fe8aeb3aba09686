"""D8, D9, D12, D14: the department's registers (section 5)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.dates import shift_months
from crmflow.model import Accepted, Person, Stage, Value, Where
from tests.owed import CONFIG, HEAD, MANAGER, PEOPLE, SERVICE, asked, changed, cover, due, row, sentence

SALES = Person("6", "李伟", "sales_staff", superior="4", department="市场部", entered_on=date(2026, 6, 1))
CLERK = Person("7", "方琳", "sales_clerk", superior="3", department="市场部")
FINANCE = Person("8", "吴桂芳", "finance", superior="1", department="财务部")
ADMINISTRATOR = Person("9", "何静", "information_administrator", superior="3", department="市场部")
STAFF = (*PEOPLE, SALES, CLERK, FINANCE, ADMINISTRATOR)


def statement(month: str = "2026-06", submitted: str | None = "2026-07-03", who: str = "李伟", **values: Value) -> Accepted:
    return row(
        "F33a.statement", f"s{month}", month, month=date.fromisoformat(f"{month}-01"), prepared_by=who,
        submitted_on=submitted, **values,
    )


# D8


def test_sales_staff_file_by_the_third_working_day_of_the_next_month() -> None:
    june, july = due("D8", "2026-07-03", people=STAFF)
    assert (june.period, june.due_at.date(), june.stage, june.owner) == ("2026-06", date(2026, 7, 3), Stage.DUE, SALES.number)
    assert (july.period, july.due_at.date()) == ("2026-07", date(2026, 8, 5))
    assert [duty.period for duty in due("D8", "2026-07-03", statement(), people=STAFF)] == ["2026-07"]


def test_a_statement_counts_for_its_writer_and_once_submitted() -> None:
    for filed in (statement(who="王芳"), statement(submitted=None), statement(submitted="2026-07-04")):
        assert [duty.period for duty in due("D8", "2026-07-03", filed, people=STAFF)] == ["2026-06", "2026-07"]


def test_who_is_gone_and_other_roles_file_none() -> None:
    gone = replace(SALES, left_on=date(2026, 7, 1))
    assert due("D8", "2026-07-03", people=(*PEOPLE, gone)) == []
    assert due("D8", "2026-07-03", people=STAFF, config=changed("deadlines", D8_roles=())) == []


def test_the_sentence_asks_for_the_statement() -> None:
    june, _ = due("D8", "2026-07-03", people=STAFF)
    assert sentence(june, "zh") == (
        "今天到期（期限 2026-07-03）。请提交 2026-06 的月客户采购及客情费统计表，填好“提交日期”后保存；当月没有费用的也请填好概况交上来。"
    )
    assert "Please file the statement of purchases and expenses for 2026-06" in sentence(june, "en")


@pytest.mark.parametrize(
    ("checks", "owner", "field"),
    [
        ({}, CLERK, "文员审核日期"), ({"clerk": "方琳", "clerk_on": "2026-07-06"}, HEAD, "经理审核日期"),
        ({"clerk_on": "2026-07-06", "manager_on": "2026-07-07"}, FINANCE, "财务审核日期"),
    ],
)
def test_one_checker_after_the_other_is_asked_by_the_eighth_working_day(
    checks: dict[str, Value], owner: Person, field: str
) -> None:
    [duty] = due("D8b", "2026-07-10", statement(**checks), people=STAFF)
    assert (duty.owner, duty.due_at.date(), duty.stage) == (owner.number, date(2026, 7, 10), Stage.DUE)
    assert sentence(duty, "zh") == f"今天到期（期限 2026-07-10）。请审核 李伟 2026-06 的客户采购及客情费统计表，审核后填您的姓名和“{field}”。"
    assert "Please check the statement of purchases and expenses by 李伟 for 2026-06" in sentence(duty, "en")


def test_what_is_not_submitted_is_not_checked_and_what_is_checked_is_done() -> None:
    assert due("D8b", "2026-07-10", statement(submitted=None), people=STAFF) == []
    done = statement(clerk_on="2026-07-06", manager_on="2026-07-07", finance_on="2026-07-09")
    assert due("D8b", "2026-07-10", done, people=STAFF) == []
    assert [one.met_on for one in asked("D8b", "2026-07-10", done, people=STAFF)] == [date(2026, 7, 6), date(2026, 7, 9), date(2026, 7, 7)]


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat)
MAYBE = st.none() | DAYS


@given(MAYBE, MAYBE, MAYBE, DAYS)
def test_a_check_is_open_exactly_when_the_one_before_is_made_and_it_is_not(
    clerk: str | None, manager: str | None, finance: str | None, now: str
) -> None:
    days = {"submitted": "2026-02-05", "clerk": clerk, "manager": manager, "finance": finance}
    made = [name for name, day in days.items() if day is not None and day <= now]
    first_open = next((name for name in days if name not in made), None)
    filed = statement("2026-01", "2026-02-05", clerk_on=clerk, manager_on=manager, finance_on=finance)
    found = [one for one in asked("D8b", now, filed, people=STAFF) if one.met_on is None]
    expected = [f"s2026-01:{first_open}"] if first_open and first_open != "submitted" and now >= "2026-02-05" else []
    assert [one.subject for one in found] == expected


# D9


def suggestion(quarter: str = "2026Q2", made: str | None = "2026-06-26", id: str = "j1", **values: Value) -> Accepted:
    standard: dict[str, Value] = {
        "number": "JYS2026-012", "archive": "江南精密", "suggestion": "补充总经理", "owner": "王芳", "due_on": "2026-07-31",
    }
    return row("F36.suggestions", id, quarter=quarter, made_on=made, **(standard | values))


def test_the_administrator_makes_suggestions_each_quarter() -> None:
    [duty] = [one for one in due("D9", "2026-06-30", people=STAFF) if one.period == "2026Q2"]
    assert (duty.stage, duty.owner) == (Stage.DUE, ADMINISTRATOR.number)
    assert sentence(duty, "zh") == (
        "今天到期（期限 2026-06-30）。请检查客户档案，在“档案完善建议”里写下 2026Q2 的建议，每条写明负责人和期限。"
    )
    assert "enter the suggestions of 2026Q2 in the register" in sentence(duty, "en")
    assert "2026Q2" not in {one.period for one in due("D9", "2026-06-30", suggestion(), people=STAFF)}
    assert due("D9", "2026-06-30", people=PEOPLE) == [], "nobody holds the office"


def test_the_first_suggestion_of_a_quarter_meets_it_and_an_older_form_has_no_day() -> None:
    rows = [suggestion(made="2026-06-28", id="j1"), suggestion(made="2026-06-20", id="j2"), suggestion("2026Q1", None, "j3")]
    found = {one.period: one for one in asked("D9", "2026-06-30", *rows, people=STAFF)}
    assert (found["2026Q2"].met_on, found["2026Q2"].evidence) == (date(2026, 6, 20), "j2")
    assert found["2026Q1"].met_on == date(2026, 1, 1)


def test_a_suggestion_is_carried_out_by_its_owner_by_its_date() -> None:
    [duty] = due("D9b", "2026-07-31", cover(), suggestion(), people=STAFF)
    assert (duty.owner, duty.customer, duty.stage) == (MANAGER.number, "KH1", Stage.DUE)
    assert due("D9b", "2026-07-31", cover(), suggestion(done_on="2026-07-20"), people=STAFF) == []
    [orphan] = due("D9b", "2026-07-31", cover(), suggestion(owner="没有这个人"), people=STAFF)
    assert orphan.owner == MANAGER.number
    assert sentence(duty, "zh") == (
        "今天到期（期限 2026-07-31）。请落实档案完善建议 JYS2026-012（江南精密）：补充总经理。改好后在“档案完善建议”里填“完成日期”。"
    )
    assert "Please carry out suggestion JYS2026-012" in sentence(duty, "en")


def test_copies_go_once_to_those_who_do_not_carry_them_out_themselves() -> None:
    rows = [suggestion(id="j1"), suggestion(id="j2", owner="售后赵")]
    found = due("D9c", "2026-06-27", cover(), *rows, people=STAFF)
    assert {duty.owner: duty.facts["count"] for duty in found} == {HEAD.number: "2", MANAGER.number: "1"}
    assert {duty.stage for duty in found} == {Stage.AHEAD}
    assert due("D9c", "2026-07-11", cover(), *rows, people=STAFF) == []
    head = next(duty for duty in found if duty.owner == HEAD.number)
    assert sentence(head, "zh") == (
        "请阅知（还有 14 天，2026-07-11 起不再提示）：信息管理员对您负责的客户档案提了 2026Q2 的完善建议 2 条，见“档案完善建议”。"
    )
    assert "the administrator made 2 suggestion(s) of 2026Q2" in sentence(head, "en")
    assert due("D9c", "2026-06-27", cover(), *rows, people=STAFF, config=changed("deadlines", D9_told_days=0)) == []


@given(DAYS, MAYBE, DAYS)
def test_a_suggestion_is_met_exactly_when_it_was_done_by_now(due_on: str, done: str | None, now: str) -> None:
    [one] = asked("D9b", now, cover(), suggestion(due_on=due_on, done_on=done), people=STAFF)
    assert one.met_on == (date.fromisoformat(done) if done and done <= now else None)


# D12


def training(on: str, hours: float, who: str = "王芳", id: str = "x1") -> Accepted:
    return row("F35.trainings", id, person=who, date=on, subject="新排放标准", hours=hours)


def missing(now: str, *rows: Accepted, who: Person = MANAGER, people: Sequence[Person] = PEOPLE) -> list[tuple[str, object, Stage]]:
    year = now[:4]
    found = due("D12", now, *rows, people=people)
    return [(one.period, one.facts["missing"], one.stage) for one in found if one.owner == who.number and one.period == year]


def test_hours_of_training_are_announced_in_the_last_quarter() -> None:
    assert missing("2026-09-20") == [("2026", "16", Stage.LATER)]
    assert missing("2026-10-09") == [("2026", "16", Stage.AHEAD)]
    assert missing("2026-10-09", training("2026-05-14", 4)) == [("2026", "12", Stage.AHEAD)]
    assert missing("2026-10-09", training("2026-05-14", 16)) == []
    assert missing("2026-10-09", training("2025-05-14", 16)) == [("2026", "16", Stage.AHEAD)]
    assert missing("2026-10-09", training("2026-05-14", 16, "售后赵")) == [("2026", "16", Stage.AHEAD)]


def test_who_came_during_the_year_owes_its_share() -> None:
    new = replace(MANAGER, entered_on=date(2026, 10, 1))
    assert missing("2026-11-09", people=(HEAD, new)) == [("2026", "4", Stage.AHEAD)]


def test_service_staff_are_trained_too_and_nobody_where_no_hours_are_set() -> None:
    assert missing("2026-10-09", who=SERVICE) == [("2026", "16", Stage.AHEAD)]
    assert due("D12", "2026-10-09", config=changed("deadlines", D12_hours=0)) == []
    assert {one.owner for one in due("D12", "2026-10-09")} == {MANAGER.number, SERVICE.number}


def test_the_sentence_says_how_many_hours_are_missing() -> None:
    [duty] = [one for one in due("D12", "2026-12-31", training("2026-05-14", 4)) if one.owner == MANAGER.number]
    assert sentence(duty, "zh") == (
        "今天到期（期限 2026-12-31）。您 2026 年的培训还差 12 学时（已登记 4 学时）。请安排参加，并请信息管理员登记到“培训登记”。"
    )
    assert "You lack 12 hours of training for 2026 (4 are registered)" in sentence(duty, "en")


@given(st.lists(st.tuples(DAYS, st.integers(1, 10)), max_size=6), DAYS)
def test_training_is_met_on_the_day_the_hours_were_full(trained: Sequence[tuple[str, int]], now: str) -> None:
    rows = [training(day, hours, id=f"x{n}") for n, (day, hours) in enumerate(trained)]
    [one] = [one for one in asked("D12", now, *rows) if one.owner == MANAGER.number and one.period == "2026"]
    by = sorted({day for day, _ in trained if day <= now and sum(h for d, h in trained if d <= day) >= 16})
    assert one.met_on == (date.fromisoformat(by[0]) if by else None)


# D14


def test_the_regulation_is_reviewed_a_year_after_its_approval() -> None:
    [duty] = due("D14", "2027-01-08")
    assert (duty.owner, duty.due_at.date(), duty.stage) == (HEAD.number, date(2027, 1, 8), Stage.DUE)
    assert duty.where == Where("config.yaml")
    assert sentence(duty, "zh") == (
        "今天到期（期限 2027-01-08）。客户关系管理制度上次批准是 2026-01-08，请组织年度审核，报总经理办公会批准后，"
        "请信息管理员在 config.yaml 的“regulation”一节更新批准人、批准日期和生效日期。"
    )
    assert "The regulation was last approved on 2026-01-08" in sentence(duty, "en")


def test_a_company_that_sets_no_interval_or_no_day_is_not_reminded() -> None:
    assert due("D14", "2027-01-08", config=changed("deadlines", D14_months=0)) == []
    assert due("D14", "2027-01-08", config=changed("regulation", approved_on=None)) == []


@given(st.dates(date(2024, 1, 1), date(2026, 12, 31)), DAYS)
def test_a_newer_approval_moves_the_next_review(approved: date, now: str) -> None:
    [one] = asked("D14", now, config=changed("regulation", approved_on=approved))
    assert (one.due, one.met_on) == (shift_months(approved, CONFIG.deadlines.D14_months), None)
