"""Prospects are developed as planned, and admitted step by step (N1, N3)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.forms.f31b_admission_steps import STEPS
from crmflow.model import Accepted, Stage, Value
from tests.owed import HEAD, MANAGER, SERVICE, changed, due, row, sentence

ORDER = [step.id for step in STEPS]


def candidate(**values: Value) -> Accepted:
    standard: dict[str, Value] = {"number": "ZR1", "candidate": "江海重工有限公司", "kind": "customer", "screening": "target"}
    return row("F31a.candidates", "z1", **(standard | values))


def step(name: str, due_on: str, done_on: str | None = None, owner: str = "王芳", number: str = "ZR1") -> Accepted:
    return row("F31b.steps", f"{number}-{name}", number=number, step=name, owner=owner, due_on=due_on, done_on=done_on)


def asked(now: str, *rows: Accepted) -> list[tuple[str, str, str]]:
    return [(one.subject, str(one.facts["due"]), one.owner) for one in due("N1", now, *rows)]


def test_the_first_step_is_asked_of_its_owner_and_nothing_after_it() -> None:
    rows = candidate(), step("survey", "2026-07-10"), step("site_survey", "2026-07-03", owner="售后赵")
    assert asked("2026-07-01", *rows) == [("ZR1-survey", "2026-07-10", MANAGER.number)]


def test_the_next_step_is_asked_once_the_one_before_is_done() -> None:
    rows = candidate(), step("site_survey", "2026-07-20", owner="售后赵"), step("survey", "2026-07-10", "2026-07-08")
    assert asked("2026-07-08", *rows) == [("ZR1-site_survey", "2026-07-20", SERVICE.number)]


def test_a_step_is_announced_some_working_days_ahead_and_then_late() -> None:
    def stage(now: str) -> Stage:
        return due("N1", now, candidate(), step("survey", "2026-07-10"))[0].stage

    assert [stage(f"2026-07-{day}") for day in ("06", "07", "10", "13")] == [
        Stage.LATER, Stage.AHEAD, Stage.DUE, Stage.OVERDUE
    ]


def test_after_a_late_step_the_next_has_some_working_days_left() -> None:
    rows = candidate(), step("survey", "2026-07-01", "2026-07-10"), step("site_survey", "2026-07-03")
    assert asked("2026-07-11", *rows) == [("ZR1-site_survey", "2026-07-15", MANAGER.number)]
    config = changed("admission", N1_after_former_working_days=0)
    assert [str(one.facts["due"]) for one in due("N1", "2026-07-11", *rows, config=config)] == ["2026-07-10"]


def test_where_a_step_is_not_entered_nobody_is_asked_to_go_on() -> None:
    rows = candidate(), step("survey", "2026-07-01", "2026-07-01"), step("application", "2026-07-03")
    assert asked("2026-07-11", *rows) == []


@pytest.mark.parametrize(
    ("values", "goes_on"),
    [
        ({}, True), ({"decision": "admitted"}, True), ({"screening": "watch"}, True), ({"screening": None}, True),
        ({"decision": "refused"}, False), ({"decision": "postponed"}, False), ({"screening": "rejected"}, False),
    ],
)
def test_what_is_refused_or_put_off_does_not_go_on(values: dict[str, Value], goes_on: bool) -> None:
    assert bool(asked("2026-07-01", candidate(**values), step("survey", "2026-07-10"))) == goes_on


def test_steps_of_another_candidate_are_not_taken_for_this_ones() -> None:
    others = step("survey", "2026-07-02", number="ZR2"), step("survey", "2026-07-10", "2026-07-08")
    assert asked("2026-07-09", candidate(), *others, step("site_survey", "2026-07-20", owner="部长周")) == [
        ("ZR1-site_survey", "2026-07-20", HEAD.number)
    ]


def test_a_step_says_what_else_it_fills_in() -> None:
    done = [step(name, "2026-07-01", "2026-07-01") for name in ORDER[:5]]
    [code] = due("N1", "2026-07-08", candidate(), *done, step("code", "2026-07-10"))
    assert sentence(code, "zh") == (
        "还有 2 个工作日（期限 2026-07-10）。请办理 江海重工有限公司 准入的“6 编客户代码”，"
        "办完后在“准入步骤”里填“完成日期”和“结果”，并在“准入登记”里填“客户代码”。"
    )
    assert sentence(code, "en") == (
        "Working days left: 2 (due 2026-07-10). Please take the step “6 Customer code” of the admission of 江海重工有限公司, then "
        "fill in “Done on” and “Result” in the steps, and in the register of admissions “Customer code”."
    )
    [survey] = due("N1", "2026-07-08", candidate(), step("survey", "2026-07-10"))
    assert sentence(survey, "zh").endswith("填“完成日期”和“结果”。")


DAYS = st.none() | st.dates(date(2026, 7, 1), date(2026, 7, 31))


@given(st.lists(DAYS, min_size=8, max_size=8), st.permutations(ORDER), st.dates(date(2026, 7, 1), date(2026, 7, 31)))
def test_what_is_asked_is_the_first_step_that_is_not_done(
    done: list[date | None], shuffled: list[str], today: date
) -> None:
    days = dict(zip(ORDER, done, strict=True))
    rows = [step(name, "2026-07-15", str(days[name]) if days[name] else None) for name in shuffled]
    is_open = [name for name in ORDER if not (day := days[name]) or day > today]
    assert [one.subject for one in due("N1", str(today), candidate(), *rows)] == [f"ZR1-{name}" for name in is_open[:1]]


# N3


def prospect(**values: Value) -> Accepted:
    standard: dict[str, Value] = {
        "development_plan": "八月送样机", "development_owner": "售后赵", "development_due_on": "2026-07-15",
    }
    return candidate(**(standard | values))


def test_a_development_plan_is_carried_out_by_its_owner() -> None:
    [duty] = due("N3", "2026-07-08", prospect())
    assert (duty.owner, duty.stage, duty.due_at.date()) == (SERVICE.number, Stage.AHEAD, date(2026, 7, 15))
    assert due("N3", "2026-07-16", prospect(development_done_on="2026-07-16")) == []
    assert due("N3", "2026-07-16", prospect(development_due_on=None)) == []


@pytest.mark.parametrize("values", [{"screening": "watch"}, {"screening": "rejected"}, {"decision": "admitted"}, {"decision": "refused"}])
def test_what_is_no_target_or_decided_needs_no_development(values: dict[str, Value]) -> None:
    assert due("N3", "2026-07-16", prospect(**values)) == []


def test_what_the_owner_of_a_development_plan_reads() -> None:
    [duty] = due("N3", "2026-07-16", prospect())
    assert sentence(duty, "zh") == (
        "已超过 1 个工作日（期限 2026-07-15）。请完成目标客户 江海重工有限公司 的开发计划（八月送样机），"
        "做完在“准入登记”里填“开发完成日期”；计划有变请改“开发期限”。"
    )
    assert sentence(duty, "en") == (
        "Working days overdue: 1 (due 2026-07-15). Please carry out the development plan of 江海重工有限公司 (八月送样机), then fill in "
        "“Development done on” in the register of admissions; if the plan changes, change “Development due”."
    )
