"""Duties from rules and evidence (sections 4–6, decision 9)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.company import Company
from crmflow.dates import span_of
from crmflow.duties.visits import RULES as VISITS
from crmflow.model import Accepted, Duty, Person, Stage, Value, Where
from tests.owed import (
    CALENDAR,
    CHAIRMAN,
    CODE,
    CONFIG,
    HEAD,
    MANAGER,
    PEOPLE,
    SERVICE,
    VICE,
    changed,
    company,
    complaint,
    contact,
    cover,
    due,
    duties,
    graded,
    periods,
    row,
    sentence,
)

# visits


def test_a_key_customer_not_visited_is_due_at_the_end_of_its_quarter() -> None:
    [former, current] = due("V3", "2026-09-20 09:00", cover(), tier="key")
    assert (current.period, current.due_at, current.stage) == ("2026Q3", datetime(2026, 9, 30, 23, 59, 59), Stage.AHEAD)
    assert (former.period, former.stage) == ("2026Q2", Stage.AT_EXECUTIVE)
    assert current.owner == HEAD.number
    assert current.next_change_at == datetime(2026, 9, 30)


def test_a_visit_settles_its_own_period_and_late_the_one_before() -> None:
    visit = contact("2026-08-01", "部长周")
    assert due("V3", "2026-09-20", cover(), visit, tier="key") == []


def test_a_visit_of_the_former_period_does_not_settle_this_one() -> None:
    found = due("V3", "2026-09-20", cover(), contact("2026-06-30", "部长周"), tier="key")
    assert periods(found) == [("2026Q3", Stage.AHEAD)]
    assert found[0].last_evidence == date(2026, 6, 30)


@pytest.mark.parametrize(
    "report",
    [
        contact("2026-08-01", "王芳"), contact("2026-08-01", "部长周", method="phone"),
        contact("2026-08-01", "部长周", on_site=False), contact("2026-08-01", "没有这个人"),
        contact("2026-09-21", "部长周"),
    ],
    ids=["another role", "no visit", "not on site", "nobody we know", "not yet"],
)
def test_a_contact_that_is_not_what_the_rule_asks_does_not_count(report: Accepted) -> None:
    [_, current] = due("V3", "2026-09-20", cover(), report, tier="key")
    assert (current.period, current.last_evidence) == ("2026Q3", None)


def test_a_visit_without_its_report_does_not_count() -> None:
    assert due("V3", "2026-09-20", cover(), tier="key") != []


@pytest.mark.parametrize(
    ("tier", "selected", "rules"),
    [
        ("vip", False, {"V1", "V6"}), ("vip", True, {"V1", "V2", "V6"}), ("key", True, {"V3", "V6"}),
        ("general", False, {"V5"}), ("general", True, {"V4"}), ("reserve", True, set()), ("", True, set()),
    ],
)
def test_the_tier_and_the_selection_decide_which_visits_are_owed(tier: str, selected: bool, rules: set[str]) -> None:
    found = duties(
        company(cover(high_level_visits=selected)), graded(tier), CONFIG, CALENDAR, datetime(2026, 9, 20)
    )
    assert {duty.rule for duty in found if duty.rule in VISITS} == rules


@pytest.mark.parametrize(
    ("rule", "tier", "owner"),
    [("V1", "vip", HEAD), ("V2", "vip", CHAIRMAN), ("V3", "key", HEAD), ("V4", "general", HEAD), ("V6", "vip", MANAGER)],
)
def test_who_is_asked_for_the_visit(rule: str, tier: str, owner: Person) -> None:
    found = due(rule, "2026-09-20", cover(high_level_visits=True), tier=tier)
    assert {duty.owner for duty in found} == {owner.number}


def test_a_general_customer_is_visited_each_month_by_us_or_by_the_head() -> None:
    assert periods(due("V5", "2026-09-10", cover(), contact("2026-08-20"), tier="general")) == [("2026-09", Stage.LATER)]
    assert due("V5", "2026-09-10", cover(), contact("2026-09-01"), tier="general") == []
    assert due("V5", "2026-09-10", cover(), contact("2026-09-01", "部长周"), tier="general") == []


def test_any_visit_covers_an_important_customer_even_off_site() -> None:
    assert due("V6", "2026-09-20", cover(), contact("2026-02-01", on_site=False), tier="key") == []


def test_nothing_is_owed_for_a_period_before_the_archive_was_opened() -> None:
    found = due("V3", "2026-09-20", cover(opened_on=date(2026, 7, 1)), tier="key")
    assert [duty.period for duty in found] == ["2026Q3"]
    found = due("V3", "2026-09-20", cover(opened_on=date(2026, 6, 30)), tier="key")
    assert [duty.period for duty in found] == ["2026Q2", "2026Q3"]


def test_nothing_due_before_the_cut_over_day_is_reminded_of() -> None:
    def owed(cut_over_on: date) -> list[str]:
        config = changed("mail", cut_over_on=cut_over_on)
        return [duty.period for duty in due("V3", "2026-09-20", cover(), tier="key", config=config)]

    assert owed(date(2026, 6, 30)) == ["2026Q2", "2026Q3"]
    assert owed(date(2026, 7, 1)) == ["2026Q3"]


def test_a_regraded_customer_is_visited_at_its_new_cadence_without_debts_from_before() -> None:
    now, since = "2026-07-20 09:00", {CODE: date(2026, 7, 10)}
    assert [duty.period for duty in due("V5", now, cover(), tier="general")] == ["2026-06", "2026-07"]
    assert due("V5", now, cover(), tier="key", tier_since=since) == []
    assert periods(due("V3", now, cover(), tier="key", tier_since=since)) == [("2026Q3", Stage.LATER)]
    assert [duty.period for duty in due("V6", now, cover(), tier="key", tier_since=since)] == ["2026"]


def test_at_the_turn_of_the_year_the_last_quarter_becomes_the_former_one() -> None:
    before = due("V3", "2026-12-31 23:59:59", cover(), tier="key")
    after = due("V3", "2027-01-01 00:00:00", cover(), tier="key")
    assert periods(before) == [("2026Q3", Stage.AT_EXECUTIVE), ("2026Q4", Stage.DUE)]
    assert periods(after) == [("2026Q4", Stage.OVERDUE), ("2027Q1", Stage.LATER)]


def test_a_rule_that_the_company_does_not_have_owes_nothing() -> None:
    config = CONFIG.model_copy(update={"visits": {}})
    assert due("V3", "2026-09-20", cover(), tier="key", config=config) == []


def test_the_sentence_says_what_to_do_by_when_and_where_to_enter_it() -> None:
    [_, current] = due("V3", "2026-09-28", cover(), tier="key")
    assert sentence(current, "zh") == (
        "还有 2 个工作日（期限 2026-09-30）。请安排部长到现场拜访 江南精密，回来后在“接触记录”里登记（方法选“拜访”，现场选“是”）。"
    )
    assert sentence(current, "en")== (
        "Working days left: 2 (due 2026-09-30). Please arrange an on-site visit to 江南精密 (who: Department head), "
        "then enter it in the contact reports (method “Visit”, on site “Yes”)."
    )
    assert current.where == Where("江南精密.xlsx", "接触记录")


# who answers


def test_a_duty_of_somebody_on_leave_or_gone_falls_to_the_superior() -> None:
    unverified = cover(verified_on=date(2026, 3, 1))
    on_leave = replace(MANAGER, leave_from=date(2026, 9, 1), leave_until=date(2026, 9, 30))
    gone, head_gone = replace(MANAGER, left_on=date(2026, 8, 31)), replace(HEAD, left_on=date(2026, 8, 31))

    def owner(*people: Person, now: str = "2026-09-20") -> set[str]:
        return {duty.owner for duty in due("D2", now, unverified, people=people)}

    assert owner(*PEOPLE) == {MANAGER.number}
    assert owner(VICE, HEAD, on_leave) == {HEAD.number}
    assert owner(VICE, HEAD, on_leave, now="2026-09-30") == {HEAD.number}
    assert owner(VICE, HEAD, on_leave, now="2026-10-01") == {MANAGER.number}
    assert owner(VICE, HEAD, gone) == {HEAD.number}
    assert owner(VICE, head_gone, gone) == {VICE.number}
    assert owner(gone) == {""}


def test_superiors_who_lead_in_a_circle_do_not_hang_the_search() -> None:
    one = replace(MANAGER, superior="3", left_on=date(2026, 1, 1))
    other = replace(HEAD, superior="4", left_on=date(2026, 1, 1))
    assert {duty.owner for duty in due("D2", "2026-09-20", cover(verified_on=None), people=(one, other))} == {""}


# D1


def report(month: str, submitted: str, who: str = "王芳") -> Accepted:
    values: dict[str, Value] = {
        "account_manager": who, "month": date.fromisoformat(f"{month}-01"), "submitted_on": date.fromisoformat(submitted)
    }
    filed = row("F20.report", f"m{month}", month, **values)
    return filed._replace(customer="", where=Where(f"{month}.xlsx", "月度信息报告"))


def test_the_report_of_a_month_is_due_on_the_first_monday_of_the_next() -> None:
    found = due("D1", "2026-07-06 10:00", report("2026-05", "2026-06-01"))
    assert [(d.period, d.due_at.date(), d.stage) for d in found] == [
        ("2026-06", date(2026, 7, 6), Stage.DUE), ("2026-07", date(2026, 8, 3), Stage.LATER),
    ]
    assert {(d.owner, d.subject, d.last_evidence) for d in found} == {("4", "4", date(2026, 6, 1))}


def test_a_first_monday_in_the_national_holidays_moves_to_the_next_working_day() -> None:
    [september, _] = due("D1", "2026-10-08 10:00", report("2026-08", "2026-09-07"))
    assert (september.period, september.due_at.date()) == ("2026-09", date(2026, 10, 8))


def test_a_filed_report_settles_its_month_only() -> None:
    filed = [report("2026-05", "2026-06-01"), report("2026-06", "2026-07-07")]
    assert [duty.period for duty in due("D1", "2026-07-08", *filed)] == ["2026-07"]
    assert [duty.period for duty in due("D1", "2026-07-06", *filed)] == ["2026-06", "2026-07"]


def test_reports_are_owed_by_account_managers_in_service_since_they_came() -> None:
    new = replace(MANAGER, entered_on=date(2026, 7, 1))
    gone = replace(MANAGER, left_on=date(2026, 7, 1))
    assert [duty.period for duty in due("D1", "2026-08-01", people=(HEAD, new))] == ["2026-07", "2026-08"]
    assert due("D1", "2026-08-01", people=(HEAD, gone)) == []


def test_one_managers_report_does_not_settle_anothers() -> None:
    other = Person("6", "李伟", "account_manager", superior="3")
    filed = [report(month, "2026-07-01", "李伟") for month in ("2026-05", "2026-06")]
    found = due("D1", "2026-07-06", *filed, people=(*PEOPLE, other))
    assert [(duty.subject, duty.period) for duty in found if duty.period == "2026-06"] == [("4", "2026-06")]


# D2


def test_an_archive_is_verified_each_quarter() -> None:
    verified = cover(verified_on=date(2026, 6, 20))
    assert periods(due("D2", "2026-07-01", verified)) == [("2026Q3", Stage.LATER)]
    assert periods(due("D2", "2026-10-09", verified)) == [("2026Q3", Stage.OVERDUE), ("2026Q4", Stage.LATER)]
    assert due("D2", "2026-10-09", cover(verified_on=date(2026, 10, 8))) == []


def test_a_verification_points_at_the_cover() -> None:
    [duty, _] = due("D2", "2026-10-09", cover(verified_on=date(2026, 6, 20)))
    assert duty.where == Where("江南精密.xlsx", "某表", "B7")
    assert (duty.customer, duty.owner, duty.last_evidence) == (CODE, MANAGER.number, date(2026, 6, 20))


# D6


def action(status: str, due_on: str = "2026-07-15", owner: str = "售后赵", done_on: str = "") -> Accepted:
    return row(
        "F7.actions", "a1", "2026", action="安排技术交流", owner=owner, status=status, due_on=date.fromisoformat(due_on),
        done_on=date.fromisoformat(done_on) if done_on else None,
    )


@pytest.mark.parametrize("status", ["not_started", "in_progress"])
def test_an_open_action_is_due_from_its_owner(status: str) -> None:
    [duty] = due("D6", "2026-07-13", cover(), action(status))
    assert (duty.owner, duty.subject, duty.stage) == (SERVICE.number, "a1", Stage.AHEAD)
    assert "（期限 2026-07-15）。请完成 江南精密 的行动“安排技术交流”" in sentence(duty, "zh")


def test_a_done_or_cancelled_action_is_due_no_more() -> None:
    assert due("D6", "2026-07-20", cover(), action("done", done_on="2026-07-20")) == []
    assert due("D6", "2026-07-20", cover(), action("cancelled")) == []
    assert len(due("D6", "2026-07-19", cover(), action("done", done_on="2026-07-20"))) == 1


def test_an_action_of_somebody_unknown_falls_to_the_account_manager() -> None:
    [duty] = due("D6", "2026-07-13", cover(), action("in_progress", owner="没有这个人"))
    assert duty.owner == MANAGER.number


# D11


def person(birthday: str | None, id: str = "p1") -> Accepted:
    return row("F2.persons", id, name="钱进", birthday=birthday)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-05-25 23:59", []),
        ("2026-05-26 00:00", [("2026-06-02-7", Stage.AHEAD, datetime(2026, 6, 1))]),
        ("2026-05-31 12:00", [("2026-06-02-7", Stage.AHEAD, datetime(2026, 6, 1))]),
        ("2026-06-01 00:00", [("2026-06-02-1", Stage.AHEAD, datetime(2026, 6, 2))]),
        ("2026-06-02 08:00", [("2026-06-02", Stage.DUE, datetime(2026, 6, 3))]),
        ("2026-06-03 00:00", []),
    ],
)
def test_a_birthday_is_announced_twice_due_on_the_day_and_gone_the_next(now: str, expected: list[object]) -> None:
    found = due("D11", now, cover(), person("1975-06-02"))
    assert [(duty.period, duty.stage, duty.next_change_at) for duty in found] == expected


def test_a_greeting_reported_on_the_day_settles_the_birthday() -> None:
    on_the_day = contact("2026-06-02", method="phone", on_site=False)
    assert due("D11", "2026-06-02", cover(), person("06-02"), on_the_day) == []
    with_another = contact("2026-06-02", with_whom="赵建国")
    assert len(due("D11", "2026-06-02", cover(), person("06-02"), with_another)) == 1


def test_a_birthday_at_the_turn_of_the_year_and_on_29_february_is_not_forgotten() -> None:
    assert [duty.period for duty in due("D11", "2026-12-31", cover(), person("01-01"))] == ["2027-01-01-1"]
    assert [duty.period for duty in due("D11", "2026-02-28", cover(), person("1980-02-29"))] == ["2026-02-28"]
    assert [duty.period for duty in due("D11", "2028-02-28", cover(), person("1980-02-29"))] == ["2028-02-29-1"]


def test_a_person_without_a_birthday_owes_us_nothing() -> None:
    assert due("D11", "2026-06-02", cover(), person(None)) == []


# everything together

MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 3, 31)).map(lambda moment: moment.replace(microsecond=0))
CONTACTS = st.lists(
    st.builds(
        contact, st.dates(date(2025, 7, 1), date(2027, 3, 31)).map(date.isoformat),
        st.sampled_from([one.name for one in PEOPLE]), st.sampled_from(["visit", "phone"]), st.booleans(),
    ),
    max_size=6,
).map(lambda contacts: [one._replace(row_id=f"k{place}") for place, one in enumerate(contacts)])
TIERS = st.sampled_from(["vip", "key", "general"])


def everything(contacts: Sequence[Accepted], selected: bool) -> Company:
    return company(
        cover(high_level_visits=selected, verified_on=date(2026, 5, 5)), *contacts, report("2026-06", "2026-07-03"),
        action("in_progress"), complaint(), person("06-02"),
    )


def identity(duty: Duty) -> tuple[str, str, str, str]:
    return duty.rule, duty.customer, duty.subject, duty.period


@given(CONTACTS, TIERS, st.booleans(), MOMENTS)
def test_a_duty_is_listed_once_and_the_most_urgent_first(
    contacts: list[Accepted], tier: str, selected: bool, now: datetime
) -> None:
    found = duties(everything(contacts, selected), graded(tier), CONFIG, CALENDAR, now)
    assert len({identity(duty) for duty in found}) == len(found)
    assert all(one.stage >= other.stage for one, other in pairwise(found))
    assert found == duties(everything(contacts, selected), graded(tier), CONFIG, CALENDAR, now)


@given(CONTACTS, TIERS, st.booleans(), MOMENTS)
def test_a_visit_duty_is_listed_exactly_when_no_visit_satisfies_it(
    contacts: list[Accepted], tier: str, selected: bool, now: datetime
) -> None:
    roles = {one.name: one.role for one in PEOPLE}
    found = duties(everything(contacts, selected), graded(tier), CONFIG, CALENDAR, now)
    for rule, visit in CONFIG.visits.items():
        asked = set(visit.by) | ({"department_head"} if rule == "V5" else set())
        days = [
            c.values["date"] for c in contacts
            if c.values["method"] == "visit" and roles[str(c.values["our_person"])] in asked
            and (c.values["on_site"] or not visit.on_site)
        ]
        span = span_of(visit.every, now.date())
        satisfied = any(isinstance(day, date) and span.start <= day <= now.date() for day in days)
        listed = [duty for duty in found if duty.rule == rule]
        assert not (satisfied and listed)
        owed = tier in visit.tiers and (selected or not visit.selected_only) and not (rule == "V5" and selected)
        assert any(duty.period == span.name for duty in listed) == (owed and not satisfied)


@given(CONTACTS, TIERS, MOMENTS, st.timedeltas(timedelta(), timedelta(days=120)))
def test_time_never_lowers_the_stage_of_an_unsatisfied_duty(
    contacts: list[Accepted], tier: str, now: datetime, passed: timedelta
) -> None:
    facts = everything(contacts, True)
    later = {identity(duty): duty for duty in duties(facts, graded(tier), CONFIG, CALENDAR, now + passed)}
    for duty in duties(facts, graded(tier), CONFIG, CALENDAR, now):
        assert identity(duty) not in later or later[identity(duty)].stage >= duty.stage


@given(CONTACTS, TIERS, MOMENTS)
def test_the_next_change_is_really_when_the_stage_changes(
    contacts: list[Accepted], tier: str, now: datetime
) -> None:
    facts = everything(contacts, True)

    def at(moment: datetime) -> dict[tuple[str, str, str, str], Stage]:
        return {identity(duty): duty.stage for duty in duties(facts, graded(tier), CONFIG, CALENDAR, moment)}

    for duty in duties(facts, graded(tier), CONFIG, CALENDAR, now):
        if duty.next_change_at is not None:
            before, after = at(duty.next_change_at - timedelta(seconds=1)), at(duty.next_change_at)
            assert before.get(identity(duty), duty.stage) is duty.stage
            assert after.get(identity(duty)) is not duty.stage


@given(CONTACTS, TIERS, MOMENTS)
def test_every_duty_has_its_sentence_in_both_languages(contacts: list[Accepted], tier: str, now: datetime) -> None:
    for duty in duties(everything(contacts, True), graded(tier), CONFIG, CALENDAR, now):
        assert "{" not in sentence(duty, "zh") + sentence(duty, "en")
