"""F41a: what need not be met, for whom, and until when."""

from datetime import datetime

import pytest

from crmflow.codes import severity
from crmflow.duties import duties, expectations
from crmflow.duties.exemptions import RULES_OF
from crmflow.duties.situation import Situation
from crmflow.forms.f41a_exemptions import FORMS
from crmflow.model import Accepted, Expectation, Severity, WorkbookKind
from tests import judged
from tests.owed import CALENDAR, CONFIG, MANAGER, company, cover, graded, row


def exemption(form: str, subject: str, period: str, until: str) -> Accepted:
    made = row("F41a.exemptions", form=form, subject=subject, until_on=until, reason="停产检修", approved_by="部长周")
    return made._replace(values={**made.values, "period": period})


def found(rule: str, now: str, *rows: Accepted) -> tuple[list[Expectation], list[str]]:
    """What is expected by a rule, and the periods that are still asked for."""
    situation = Situation(company(cover(verified_on=None), *rows), graded("key"), CONFIG, CALENDAR, datetime.fromisoformat(now))
    expected = tuple(expectations(situation))
    asked = sorted(duty.period for duty in duties(expected, situation) if duty.rule == rule)
    return [one for one in expected if one.rule == rule], asked


def exempt(rule: str, now: str, *rows: Accepted) -> list[str]:
    """The periods that are exempt; none of them may still be asked for."""
    expected, asked = found(rule, now, *rows)
    periods = sorted(one.period for one in expected if one.exempt)
    assert not set(periods) & set(asked)
    assert {one.exempt for one in expected} <= {"", "停产检修"}
    return periods


@pytest.mark.parametrize("subject", ["KH1", "江南精密", "KH1 江南精密"])
def test_a_customers_quarter_is_exempt_by_code_or_name(subject: str) -> None:
    assert exempt("D2", "2026-09-20", exemption("verification", subject, "2026Q3", "2026-09-30")) == ["2026Q3"]
    assert found("D2", "2026-09-20")[1] == ["2026Q2", "2026Q3"]


@pytest.mark.parametrize("period", ["2026年第三季度", "2026q3", "2026下半年", "2026", "2026年度"])
def test_periods_are_read_as_staff_write_them_and_cover_what_lies_within(period: str) -> None:
    assert "2026Q3" in exempt("D2", "2026-09-20", exemption("verification", "KH1", period, "2026-12-31"))


@pytest.mark.parametrize("period", ["2026Q2", "2026-09", "2025", "第三季度"])
def test_another_period_or_a_part_of_it_does_not_exempt(period: str) -> None:
    assert "2026Q3" not in exempt("D2", "2026-09-20", exemption("verification", "KH1", period, "2026-12-31"))


def test_another_customer_another_item_and_nobody_are_not_exempt() -> None:
    for other in (
        exemption("verification", "KH2", "2026Q3", "2026-09-30"), exemption("visit", "KH1", "2026Q3", "2026-09-30"),
        exemption("verification", "", "2026Q3", "2026-09-30"),
    ):
        assert exempt("D2", "2026-09-20", other) == []


@pytest.mark.parametrize("subject", ["王芳", "4", "王芳（4）"])
def test_a_report_is_exempt_for_its_person(subject: str) -> None:
    assert exempt("D1", "2026-08-10", exemption("monthly_report", subject, "2026-07", "2026-07-31")) == ["2026-07"]
    assert exempt("D1", "2026-08-10", exemption("monthly_report", "部长周", "2026-07", "2026-07-31")) == []


def test_visits_of_the_exempt_period_are_exempt_under_every_rule() -> None:
    row = exemption("visit", "KH1", "2026Q3", "2026-09-30")
    assert exempt("V3", "2026-09-20", row) == ["2026Q3"]
    assert exempt("V6", "2026-09-20", row) == []


def test_an_exemption_that_runs_out_before_its_period_ends_only_puts_off() -> None:
    row = exemption("verification", "KH1", "2026Q3", "2026-08-31")
    assert exempt("D2", "2026-08-31 23:59", row) == ["2026Q3"]
    assert exempt("D2", "2026-09-01 00:00", row) == []


def test_what_was_exempt_stays_so_when_the_exemption_has_run_out() -> None:
    assert exempt("D2", "2026-11-15", exemption("verification", "KH1", "2026Q3", "2026-09-30")) == ["2026Q3"]


def test_every_item_of_the_form_exempts_from_something() -> None:
    assert {choice.id for choice in FORMS} == RULES_OF.keys()


@pytest.mark.parametrize(("approver", "stands"), [("陈亮", True), ("周启明", True), (MANAGER.name, False), ("吴桂芳", False)])
def test_only_a_head_or_an_executive_approves_and_what_others_approve_is_kept_out(approver: str, stands: bool) -> None:
    drawn = f"""
        免交事项 | 客户或人员 | 期间   | 原因 | 批准人     | 有效期至
        客户回访 | KH0012     | 2026Q3 | 停产 | {approver} | 2026-09-30
    """
    told = judged.found({"F41a.exemptions": drawn}, WorkbookKind.CALENDAR)
    assert [(one.code, one.field_id, severity(one)) for one in told] == (
        [] if stands else [("EXEMPTION_NOT_ENTITLED", "approved_by", Severity.ERROR)]
    )
