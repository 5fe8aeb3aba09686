"""Who may see which customer, and what is masked (section 8)."""

from dataclasses import dataclass, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.access import (
    Customer,
    admit,
    admitted,
    deputy_of,
    is_personal,
    knows,
    line_of,
    mask,
    may_hold,
    may_see,
    veil,
)
from crmflow.catalogue import catalogue
from crmflow.company import COVER, Company
from crmflow.declare import Kind
from crmflow.drafts import customers_of
from crmflow.model import Accepted, Person, Text, Where
from crmflow.people import Directory

DIRECTORY = Directory.of((
    Person("1", "董事长", "chairman"),
    Person("2", "总经理", "general_manager", "1"),
    Person("10", "市场部长", "department_head", "2", "市场部"),
    Person("11", "王芳", "account_manager", "10", "市场部", "华东"),
    Person("12", "刘洋", "account_manager", "10", "市场部", "华北"),
    Person("20", "大客户部长", "department_head", "2", "大客户部"),
    Person("21", "孙倩", "account_manager", "20", "大客户部", "华东"),
    Person("30", "华东大区经理", "regional_manager", "2", "", "华东"),
    Person("40", "信息管理员", "information_administrator", "2"),
    Person("50", "财务", "finance", "2", "市场部", "华东"),
    Person("51", "文员", "sales_clerk", "10", "市场部", "华东"),
    Person("52", "业务员", "sales_staff", "11", "市场部", "华东"),
    Person("53", "责任方", "responsible_party", "10", "市场部", "华东"),
))
WANG_S = Customer("C1", "临港化工", "11", "华东")


@dataclass(frozen=True)
class Told:
    customer: str
    owner: str = ""


@pytest.mark.parametrize(("number", "sees"), [
    ("1", True), ("2", True), ("40", True),
    ("10", True), ("20", False),
    ("11", True), ("12", False), ("21", False),
    ("30", True),
    ("50", False), ("51", False), ("52", False), ("53", False),
])
def test_each_role_sees_only_its_own_customers(number: str, sees: bool) -> None:
    assert may_see(DIRECTORY.people[number], WANG_S, DIRECTORY) is sees


def test_an_empty_department_or_region_is_nobody_s() -> None:
    head = Person("60", "部长", "department_head")
    regional = Person("61", "大区经理", "regional_manager")
    directory = Directory.of((head, regional, Person("62", "甲", "account_manager")))
    customer = Customer("C9", "某厂", "62", "")
    assert not may_see(head, customer, directory)
    assert not may_see(regional, customer, directory)


def test_a_head_does_not_see_a_customer_whose_manager_is_unknown() -> None:
    assert not may_see(DIRECTORY.people["10"], Customer("C9", "某厂", "", "华东"), DIRECTORY)


def test_others_receive_only_what_names_them_as_responsible() -> None:
    facts = (Told("C1", "52"), Told("C1", "11"), Told("C1"))
    assert admit(DIRECTORY.people["52"], facts, {"C1": WANG_S}, DIRECTORY) == (Told("C1", "52"),)


def test_a_fact_of_no_customer_goes_up_the_line_of_who_answers_for_it() -> None:
    fact = Told("", "11")
    seen_by = [number for number, person in DIRECTORY.people.items() if admitted(person, fact, {}, DIRECTORY)]
    assert seen_by == ["1", "2", "10", "11", "40"]


def test_a_fact_of_a_customer_nobody_knows_stays_with_those_who_see_all() -> None:
    fact = Told("C404", "11")
    seen_by = [number for number, person in DIRECTORY.people.items() if admitted(person, fact, {}, DIRECTORY)]
    assert seen_by == ["1", "2", "11", "40"]


def test_somebody_without_a_number_answers_for_nothing() -> None:
    assert not admitted(Person("", "访客", "finance"), Told("C1", ""), {"C1": WANG_S}, DIRECTORY)


def test_being_named_as_responsible_does_not_open_personal_data() -> None:
    assert admitted(DIRECTORY.people["52"], Told("C1", "52"), {"C1": WANG_S}, DIRECTORY)
    assert not knows(DIRECTORY.people["52"], Told("C1", "52"), {"C1": WANG_S}, DIRECTORY)


def test_the_line_of_authority_ends_where_it_turns_in_a_circle() -> None:
    directory = Directory.of((Person("1", "甲", "finance", "2"), Person("2", "乙", "finance", "1")))
    assert [person.number for person in line_of("1", directory)] == ["2"]


@given(st.sampled_from(sorted(DIRECTORY.people)), st.sampled_from(sorted(DIRECTORY.people)), st.sampled_from(("华东", "华北", "")))
def test_whoever_is_admitted_may_see_the_customer_or_is_responsible(number: str, manager: str, region: str) -> None:
    person, customer = DIRECTORY.people[number], Customer("C1", "某厂", manager, region)
    for owner in DIRECTORY.people:
        fact = Told("C1", owner)
        allowed = may_see(person, customer, DIRECTORY) or owner == number
        assert admitted(person, fact, {"C1": customer}, DIRECTORY) is allowed


@pytest.mark.parametrize(("value", "kind", "shown"), [
    ("13812345678", Kind.MOBILE, "138****5678"),
    ("+86 138 1234 5678", Kind.MOBILE, "861****5678"),
    ("88886666", Kind.PHONE, "****66"),
    ("110", Kind.PHONE, "****"),
    ("1980-05-12", Kind.BIRTHDAY, "**-**"),
    ("05-12", Kind.BIRTHDAY, "**-**"),
    ("爱好钓鱼", Kind.NOTE, "***"),
    ("赵敏", None, "***"),
    ("", Kind.MOBILE, ""),
])
def test_personal_data_are_masked_by_kind(value: str, kind: Kind | None, shown: str) -> None:
    assert mask(value, kind) == shown


def test_a_veil_hides_what_staff_typed_and_keeps_the_catalogue_s_words() -> None:
    when = Text("状态为“签约”", "the status is “Signed”")
    assert veil({"person": "赵敏", "when": when}) == {"person": "***", "when": when}


def test_every_cell_of_the_profiles_and_every_phone_is_personal() -> None:
    fields = catalogue()
    assert is_personal("F2.persons", None)
    assert is_personal("F1.contacts", fields.find_field("F1.contacts", "mobile"))
    assert not is_personal("F8.projects", fields.find_field("F8.projects", "project"))


# leave

AWAY = date(2026, 8, 5)


def while_away(number: str, deputy: str, **changes: object) -> Directory:
    """The directory while somebody is on leave from 3 to 14 August; ``changes`` are of the deputy."""
    people = dict(DIRECTORY.people)
    people[number] = replace(people[number], leave_from=date(2026, 8, 3), leave_until=date(2026, 8, 14), deputy=deputy)
    if changes:
        people[deputy] = replace(people[deputy], **changes)  # type: ignore[arg-type]
    return Directory(people)


def customer_on(directory: Directory, today: date) -> Customer:
    """C1 as entitlement sees it that day: its cover names 王芳 (11)."""
    cover = Accepted("r", COVER, "C1", {"name": "临港化工", "account_manager": "王芳", "region": "华东"}, Where("a.xlsx"))
    return customers_of(Company(directory, {COVER: (cover,)}), today)["C1"]


@pytest.mark.parametrize(("today", "sees"), [
    (date(2026, 8, 2), False), (date(2026, 8, 3), True), (date(2026, 8, 14), True), (date(2026, 8, 15), False),
])
def test_a_deputy_sees_the_managers_customers_during_the_leave_only(today: date, sees: bool) -> None:
    directory = while_away("11", "21")
    customer, deputy = customer_on(directory, today), directory.people["21"]
    assert may_see(deputy, customer, directory) is sees
    assert knows(deputy, Told("C1"), {"C1": customer}, directory) is sees
    assert admit(deputy, (Told("C1"), Told("C1", "11")), {"C1": customer}, directory) == ((Told("C1"), Told("C1", "11")) if sees else ())


def test_nobody_else_sees_more_and_the_manager_no_less_while_a_deputy_acts() -> None:
    directory = while_away("11", "21")
    before = {number for number, one in DIRECTORY.people.items() if may_see(one, WANG_S, DIRECTORY)}
    customer = customer_on(directory, AWAY)
    assert {number for number, one in directory.people.items() if may_see(one, customer, directory)} == before | {"21"}


@pytest.mark.parametrize(("deputy", "changes"), [
    ("52", {}), ("51", {}), ("50", {}), ("53", {}), ("404", None), ("", None), ("11", {}),
    ("21", {"left_on": date(2026, 8, 4)}), ("21", {"leave_from": date(2026, 8, 5), "leave_until": date(2026, 8, 5)}),
])
def test_who_reads_no_archives_is_away_gone_or_unknown_acts_for_no_manager(deputy: str, changes: dict[str, object] | None) -> None:
    directory = while_away("11", deputy, **(changes or {}))
    assert deputy_of(directory.people["11"], directory, AWAY) is None
    assert customer_on(directory, AWAY).deputy == ""


def test_who_has_left_has_no_deputy() -> None:
    directory = while_away("11", "21")
    gone = replace(directory.people["11"], left_on=date(2026, 8, 4))
    assert deputy_of(gone, directory, AWAY) is None


def test_anybody_at_work_acts_for_who_reads_no_archives() -> None:
    directory = while_away("50", "51")
    assert deputy_of(directory.people["50"], directory, AWAY) == directory.people["51"]
    assert deputy_of(directory.people["50"], directory, date(2026, 8, 15)) is None


def test_the_deputy_of_a_head_is_not_shown_the_department() -> None:
    directory = while_away("10", "21")
    assert deputy_of(directory.people["10"], directory, AWAY) == directory.people["21"]
    assert not may_see(directory.people["21"], customer_on(directory, AWAY), directory)


# who may be sent a workbook


@pytest.mark.parametrize(("number", "customer", "holds"), [
    ("11", "C1", True), ("10", "C1", True), ("12", "C1", False), ("52", "C1", False),
    ("11", "C404", True), ("52", "C404", False), ("52", "", True),
])
def test_an_archive_goes_to_nobody_who_may_not_read_it(number: str, customer: str, holds: bool) -> None:
    assert may_hold(DIRECTORY.people[number], customer, {"C1": WANG_S}, DIRECTORY) is holds
