"""The executives' month: who is told once, what the figures are, how it reads."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from crmflow import render
from crmflow.access import Customer
from crmflow.catalogue import catalogue
from crmflow.company import COMPLAINTS, PROJECTS, RELATIONS, ROLES, TRANSACTIONS, Company
from crmflow.config import load
from crmflow.dates import WorkCalendar, span_of
from crmflow.digest import digests
from crmflow.drafts import Draft, Month, Situation
from crmflow.executive import notice_of, untold
from crmflow.executive.care import SURVEYS
from crmflow.figures import basis_of, figures
from crmflow.model import Accepted, Duty, Expectation, Figure, Grade, Inline, Person, Stage, Text, Value, Where
from crmflow.overviews import Executive
from crmflow.people import Directory
from crmflow.register import Line, Status

ROOT = Path(__file__).parents[1]
GOLDEN = Path(__file__).parent / "golden"
CONFIG = load(ROOT / "config.yaml")
TODAY = date(2026, 7, 1)
JUNE = span_of("month", date(2026, 6, 1))

CHAIRMAN = Person("1000", "周启明", "chairman", email="zhou@a.example")
MANAGER = Person("1001", "沈国栋", "general_manager", "1000", email="shen@a.example")
VICE = Person("1002", "Ann Lee", "vice_president", "1001", email="ann@a.example", language="en")
HEAD = Person("2", "陈立", "department_head", "1002", "市场部", email="chen@a.example")
WANG = Person("3", "王芳", "account_manager", "2", "市场部", "华东", "wang@a.example")
LIU = Person("4", "刘洋", "account_manager", "2", "大客户部", "华北", "liu@a.example")
STAFF = Directory.of((CHAIRMAN, MANAGER, VICE, HEAD, WANG, LIU))

CUSTOMERS = {
    "C1": Customer("C1", "临港化工集团", "3", "华东"),
    "C2": Customer("C2", "江城热电", "3", "华东"),
    "C3": Customer("C3", "北方制药", "4", "华北"),
    "C4": Customer("C4", "新区水务", "4", ""),
}


def rows(block: str, *given: tuple[str, dict[str, Value]], period: str = "") -> tuple[Accepted, ...]:
    return tuple(Accepted(f"{block}-{n}", block, who, values, Where("a.xlsx"), period) for n, (who, values) in enumerate(given))


def plan(*given: tuple[str, float, float, str]) -> tuple[Accepted, ...]:
    return rows(PROJECTS, *((who, {"expected_revenue": revenue, "profit": profit, "status": status, "contract_amount": revenue, "win_rate": 1.0, "margin": 0.2})
                            for who, revenue, profit, status in given), period="2026")


def complaint(who: str, received: str, **values: Value) -> tuple[str, dict[str, Value]]:
    return who, {"kind": "complaint", "received_at": datetime.fromisoformat(received), "responsible_party": "刘洋", **values}


SALES = rows(
    TRANSACTIONS,
    ("C1", {"date": date(2025, 12, 3), "amount": 600_000.0, "due_on": date(2026, 1, 3), "paid_on": date(2026, 1, 2)}),
    ("C1", {"date": date(2026, 6, 9), "amount": 80_000.0, "due_on": date(2026, 8, 9)}),
    ("C2", {"date": date(2026, 3, 2), "amount": 250_000.0, "due_on": date(2026, 4, 2), "paid_amount": 100_000.0, "paid_on": date(2026, 4, 1)}),
    ("C3", {"date": date(2025, 8, 2), "amount": 120_000.0, "due_on": date(2025, 9, 2), "paid_on": date(2025, 9, 1)}),
)
PLANS = plan(("C1", 72, 10.8, "bidding"), ("C1", 30, 5, "lost"), ("C2", 240, 36, "tracking"), ("C3", 55.5, 8.3, "signed"))
DECIDERS = rows(ROLES, ("C1", {"key_person": "赵敏", "role": "decision_maker"}), ("C1", {"key_person": "钱伟", "role": "decision_maker"}),
                ("C3", {"key_person": "孙丽", "role": "user"}))
FRIENDS = rows(RELATIONS, ("C1", {"key_person": "赵敏", "status": "positive"}), ("C1", {"key_person": "钱伟", "status": "none"}))
VOICES = rows(
    COMPLAINTS,
    complaint("C3", "2026-06-11 09:00", category="交货", upheld=True, severity="serious"),
    complaint("C1", "2026-06-20 09:00", upheld=False, closed_at=datetime(2026, 6, 25, 9)),
    complaint("C1", "2026-05-20 09:00", closed_at=datetime(2026, 5, 25, 9)),
    ("C1", {"kind": "praise", "received_at": datetime(2026, 6, 2, 9)}),
)
ASKED = rows(SURVEYS, ("C1", {"date": date(2026, 6, 20), "overall": 4, "service": 5}), ("C2", {"date": date(2026, 3, 20), "overall": 3}),
             ("C2", {"date": date(2025, 3, 20), "overall": 1}))
COMPANY = Company(STAFF, {TRANSACTIONS: SALES, PROJECTS: PLANS, ROLES: DECIDERS, RELATIONS: FRIENDS, COMPLAINTS: VOICES, SURVEYS: ASKED})
FIGURES = {code: figures(basis_of(COMPANY.all_of(code), TODAY, 12), {}, frozenset()) for code in CUSTOMERS}


def graded(**tiers: str) -> tuple[Grade, ...]:
    return tuple(Grade(code, "G1", tier, Text(tier, tier), Text("", ""), ()) for code, tier in tiers.items())


def duty(rule: str, customer: str, due: datetime, last: date | None = None) -> Duty:
    where = Where("王芳/档案.xlsx", "接触记录")
    facts = dict.fromkeys(("left", "due", "customer", "grade", "roles", "state", "number", "task", "field"), "-")
    return Duty(rule, customer, "", "2026Q2", "3", due, Stage.OVERDUE, where, last, facts=facts)


LATE_VISIT = duty("V1", "C1", datetime(2026, 6, 15, 23, 59, 59))
SILENT = duty("V11", "C2", datetime(2026, 6, 20, 23, 59, 59), date(2026, 4, 21))


def answered(row: str, met: datetime) -> Expectation:
    return Expectation("C2", "C3", f"{row}:first_response", "2026-06-11", "4", datetime(2026, 6, 12, 9), Where("a.xlsx"), {}, met_on=met, evidence=row)


def filed(owner: str, due: date, status: Status) -> Line:
    return Line("F20", "D1", "", "", f"{due:%Y-%m}", owner, status, due, due)


REGISTER = (
    filed("3", date(2026, 6, 1), Status.ON_TIME), filed("3", date(2026, 6, 30), Status.LATE), filed("4", date(2026, 6, 1), Status.ON_TIME),
    filed("4", date(2026, 5, 4), Status.MISSING), filed("3", date(2026, 5, 4), Status.ON_TIME), filed("3", date(2026, 4, 6), Status.LATE),
    filed("3", date(2025, 12, 1), Status.MISSING), filed("4", date(2026, 7, 6), Status.EXPECTED),
)

MONTH = Month(
    JUNE, COMPANY, FIGURES, graded(C1="key", C2="key", C3="vip", C4="reserve")[:3],
    former_plans=plan(("C1", 60, 9, "tracking"), ("C2", 240, 36, "tracking")),
    former_turnover={"C1": 600_000.0, "C2": 250_000.0, "C3": 120_000.0},
)
GRADES = graded(C1="vip", C2="key", C3="key", C4="")


def situation(month: Month | None = MONTH, **facts: object) -> Situation:
    given = {
        "grades": GRADES, "plans": PLANS, "duties": (LATE_VISIT, SILENT), "register": REGISTER,
        "met": (answered(f"{COMPLAINTS}-0", datetime(2026, 6, 13, 9)),), **facts,
    }
    directory = given.pop("directory", STAFF)
    return Situation(TODAY, WorkCalendar(), 5, directory, CUSTOMERS, catalogue(), month=month, **given)  # type: ignore[arg-type]


def drafts(known: Situation) -> tuple[Draft, ...]:
    return tuple(draft for draft in digests(known, CONFIG) if draft.kind == "executive")


def told(known: Situation | None = None, number: str = "1001") -> Executive:
    (content,) = (draft.content for draft in drafts(known or situation()) if draft.recipient.number == number)
    assert isinstance(content, Executive)
    return content


def named(lines: Iterable[object], label: str) -> object:
    return next(line for line in lines if line.label == label)  # type: ignore[attr-defined]


def test_vice_president_general_manager_and_chairman_are_told_of_the_month_that_ended() -> None:
    found = drafts(situation())
    assert [(one.recipient.role, one.notices[0].period, one.notices[0].rule) for one in found] == [
        ("chairman", "2026-06", "R3"), ("general_manager", "2026-06", "R3"), ("vice_president", "2026-06", "R3"),
    ]
    assert found[0].customers == ("C1", "C2", "C3", "C4")


def test_nobody_is_told_of_a_month_twice_nor_after_leaving() -> None:
    left = replace(MANAGER, left_on=date(2026, 6, 30))
    known = situation(already=frozenset({notice_of(CHAIRMAN, TODAY)}), directory=Directory.of((CHAIRMAN, left, VICE, HEAD, WANG, LIU)))
    assert [one.recipient.number for one in drafts(known)] == ["1002"]
    assert untold(STAFF, [notice_of(one, TODAY) for one in (CHAIRMAN, MANAGER, VICE)], date(2026, 7, 31)) == ()
    assert len(untold(STAFF, [notice_of(CHAIRMAN, TODAY)], date(2026, 8, 3))) == 3


def test_a_run_that_does_not_tell_the_month_tells_no_executive() -> None:
    assert drafts(situation(month=None)) == ()


def test_the_portfolio_is_counted_by_grade_and_by_region_and_held_against_the_beginning_of_the_month() -> None:
    content = told()
    total = content.total
    assert (total.customers, total.turnover, total.expected, total.profit) == (4, 105.0, 367.5, 55.1)
    assert total.before is not None
    assert (total.before.customers, total.before.turnover, total.before.expected) == (3, 97.0, 300)
    assert [(line.label, line.customers, line.turnover) for line in content.grades] == [("VIP客户", 1, 68.0), ("重点客户", 2, 37.0), ("未定级", 1, 0.0)]
    assert [(line.label, line.customers, line.expected) for line in content.regions] == [("华东", 2, 312), ("华北", 1, 55.5), ("未填地区", 1, 0)]
    assert sum(line.turnover for line in content.regions) == sum(line.turnover for line in content.grades) == total.turnover


def test_the_plan_is_that_of_the_month_s_year_even_in_january() -> None:
    december = replace(MONTH, span=span_of("month", date(2025, 12, 1)))
    assert told(situation(month=december)).total.expected == 0


def test_a_customer_whose_figures_are_not_certain_is_said_not_guessed() -> None:
    doubtful = dict(FIGURES["C2"]) | {"turnover": Figure("turnover", None, Text("有错", "held"))}
    content = told(situation(month=replace(MONTH, figures={**FIGURES, "C2": doubtful})))
    assert (content.total.turnover, content.total.unknown) == (80.0, 1)


def test_the_migration_tells_how_many_went_from_which_grade_to_which() -> None:
    migration = told().migration
    assert migration is not None
    assert migration.labels == ("VIP客户", "重点客户") and migration.graded == 2
    assert migration.counts == ((0, 1), (1, 1))
    assert (migration.rose, migration.fell, migration.joined) == (1, 1, 1)
    assert [(one.customer, one.rose) for one in migration.changes] == [("北方制药", False), ("临港化工集团", True)]


def test_rows_of_the_migration_are_the_former_grades_and_columns_the_present_ones() -> None:
    migration = told(situation(month=replace(MONTH, former_grades=graded(C1="key", C2="key", C3="key", C4="")), grades=graded(C1="vip", C2="vip", C3="key", C4="reserve"))).migration
    assert migration is not None
    assert migration.labels == ("VIP客户", "重点客户", "储备客户", "未定级") and migration.graded == 3
    assert migration.counts == ((0, 0, 0, 0), (2, 1, 0, 0), (0, 0, 0, 0), (0, 0, 1, 0))
    assert (migration.rose, migration.fell, migration.joined) == (2, 0, 0)


def test_without_a_former_month_nothing_is_compared() -> None:
    content = told(situation(month=Month(JUNE, COMPANY, FIGURES)))
    assert (content.began, content.migration, content.total.before) == (None, None, None)


def test_coverage_counts_decision_makers_who_are_positive_and_customers_without_any() -> None:
    content = told()
    assert [(line.label, line.deciders, line.positive, line.nameless) for line in content.coverage] == [
        ("VIP客户", 2, 1, 0), ("重点客户", 0, 0, 2), ("未定级", 0, 0, 1),
    ]


def test_satisfaction_is_the_average_of_the_window_s_answers() -> None:
    content = told()
    assert content.surveys == 2
    overall = named(content.scores, "总体")
    assert (overall.average, overall.before) == (3.5, 3.0)  # type: ignore[attr-defined]
    assert named(content.scores, "价格").average is None  # type: ignore[attr-defined]


def test_the_complaints_of_the_month_are_those_received_in_it_and_praise_is_none() -> None:
    found = told().complaints
    assert found is not None
    assert (found.received, found.before, found.late, found.upheld, found.open) == (2, 1, 1, 1, 1)
    (line,) = found.lines
    assert (line.customer, line.category, line.owner, line.serious, line.late, line.is_open) == ("北方制药", "交货", "刘洋", True, True, True)


def test_a_complaint_answered_in_time_is_not_late_and_one_still_open_after_its_time_is() -> None:
    in_time = situation(met=(answered(f"{COMPLAINTS}-0", datetime(2026, 6, 12, 8)),))
    assert told(in_time).complaints.late == 0  # type: ignore[union-attr]
    waiting = duty("C2", "C1", datetime(2026, 6, 21, 9))._replace(subject=f"{COMPLAINTS}-1:first_response")
    assert told(situation(met=(), duties=(waiting,))).complaints.late == 1  # type: ignore[union-attr]


def test_risks_are_important_customers_the_better_grade_first() -> None:
    content = told()
    assert content.risky == 3
    first, second, third = content.risks
    assert (first.customer, first.visit_due, first.silent, first.overdue, first.nameless) == ("临港化工集团", date(2026, 6, 15), False, 0.0, False)
    assert (second.customer, second.visit_due, second.last_contact, second.overdue, second.nameless) == ("江城热电", None, date(2026, 4, 21), 15.0, True)
    assert (third.customer, third.silent, third.overdue, third.nameless) == ("北方制药", False, 0.0, True)


def test_among_equals_more_reasons_go_before_more_turnover() -> None:
    richer = dict(FIGURES["C3"]) | {"turnover": Figure("turnover", 9_000_000.0)}
    content = told(situation(month=replace(MONTH, figures={**FIGURES, "C3": richer})))
    assert [(risk.customer, risk.turnover) for risk in content.risks][1:] == [("江城热电", 25.0), ("北方制药", 900.0)]


def test_only_as_many_risks_are_listed_as_configured_and_the_rest_is_counted() -> None:
    config = CONFIG.model_copy(update={"reports": CONFIG.reports.model_copy(update={"R3_risks": 1, "R3_risk_tiers": ("key",)})})
    (content,) = (one.content for one in digests(situation(), config) if one.kind == "executive" and one.recipient == MANAGER)
    assert isinstance(content, Executive)
    assert ([risk.customer for risk in content.risks], content.risky) == (["江城热电"], 2)


def test_filings_are_those_due_in_the_month_by_department_and_the_trend_is_the_company_s() -> None:
    content = told()
    assert [(line.name, line.on_time, line.late, line.rate) for line in content.filings] == [("市场部", 1, 1, 0.5), ("大客户部", 1, 0, 1.0)]
    assert [(one.month, round(one.rate, 2)) for one in content.trend] == [("2026-04", 0.0), ("2026-05", 0.5), ("2026-06", 0.67)]


def test_what_rests_on_a_form_that_is_not_used_is_left_out() -> None:
    forms = tuple(form for form in catalogue().forms if form.id not in ("F4", "F12", "F13"))
    content = told(replace(situation(), catalogue=replace(catalogue(), forms=forms)))
    assert (content.coverage, content.complaints, content.scores) == ((), None, ())
    assert not any(risk.nameless for risk in content.risks)


TEMPLATES = render.load(ROOT / "templates", "恒川环境工程有限公司")


@pytest.mark.parametrize(("number", "language"), [("1001", "zh"), ("1002", "en")])
def test_the_mail_reads_as_it_did(number: str, language: str, renew_golden: bool) -> None:
    (draft,) = (one for one in drafts(situation()) if one.recipient.number == number)
    message = render.message(draft, TEMPLATES, (Inline("migration", b"-", "alt & text"), Inline("trend", b"-", "rates")))
    for suffix, words in (("txt", f"{message.subject}\n\n{message.text}"), ("html", message.html)):
        path = GOLDEN / f"executive-{number}-{language}.{suffix}"
        if renew_golden:
            path.write_text(words, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == words
    assert 'src="cid:migration"' in message.html and 'alt="alt &amp; text"' in message.html


def test_without_its_pictures_the_mail_shows_the_matrix_instead() -> None:
    (draft,) = (one for one in drafts(situation()) if one.recipient.number == "1001")
    html = render.message(draft, TEMPLATES).html
    assert "<img" not in html and "月初 ＼ 现在" in html


def opening(content: Executive) -> str:
    draft = Draft(MANAGER, "executive", TODAY, (notice_of(MANAGER, TODAY),), (), content)
    return render.message(draft, TEMPLATES).text.splitlines()[2]


def test_it_opens_with_the_one_thing_to_decide() -> None:
    content = told()
    assert opening(content) == "请您定一件事：北方制药的投诉（交货）过了时限，到现在没有结案。请定由谁出面，给客户一个说法。"
    calm = replace(content, complaints=None)
    assert opening(calm).startswith("请您定一件事：由谁、哪天去拜访临港化工集团（VIP客户，近 12 个月营业额 68 万元）。应在 2026-06-15 前做的回访还没有做。")
    assert opening(replace(calm, risks=(), risky=0)).startswith("请您看一件事：北方制药由VIP客户降为重点客户。")
    assert opening(replace(calm, risks=(), risky=0, migration=None)) == "这个月没有要您拍板的事，整体情况如下。"
