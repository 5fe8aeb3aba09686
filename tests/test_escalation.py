"""Who is told of a duty at which stage, and as what."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmflow.access import Customer, admitted
from crmflow.catalogue import catalogue
from crmflow.dates import WorkCalendar
from crmflow.drafts import Situation
from crmflow.escalation import Capacity, Told, ladder, resolved, responsible, subject_of_duty, told_of
from crmflow.model import Duty, Expectation, Notice, Person, Stage, Where
from crmflow.people import Directory, at_work

TODAY = date(2026, 7, 22)
ADMIN = Person("9", "管理员", "information_administrator", "1")
CHAIRMAN = Person("0", "董事长", "chairman")
GENERAL = Person("1", "周总", "general_manager", "0")
VICE = Person("10", "副总", "vice_president", "1")
HEAD = Person("2", "陈立", "department_head", "10", "市场部")
REGIONAL = Person("6", "区经理", "regional_manager", "2", "市场部", "华东")
WANG = Person("3", "王芳", "account_manager", "6", "市场部", "华东")
EVERYBODY = (CHAIRMAN, GENERAL, VICE, HEAD, REGIONAL, WANG, ADMIN)
CUSTOMERS = {"C1": Customer("C1", "临港化工", "3", "华东")}
LADDER = (Stage.OVERDUE, Stage.COPIED, Stage.ESCALATED, Stage.AT_HEAD, Stage.AT_EXECUTIVE)


def situation(*people: Person, **facts: object) -> Situation:
    return Situation(TODAY, WorkCalendar(), 5, Directory.of(people or EVERYBODY), CUSTOMERS, catalogue(), **facts)  # type: ignore[arg-type]


def duty(stage: Stage, owner: str = "3", customer: str = "C1", subject: str = "") -> Duty:
    return Duty("D2", customer, subject, "2026Q2", owner, datetime(2026, 6, 30, 23, 59, 59), stage, Where("王芳/临港化工.xlsx", "封面"))


def told(stage: Stage, *people: Person, owner: str = "3") -> list[tuple[str, Capacity, Stage]]:
    known = situation(*people)
    return [(one.person.name, one.capacity, one.stage) for one in told_of(duty(stage, owner), known, ADMIN)]


@pytest.mark.parametrize(("stage", "above"), [
    (Stage.AHEAD, []), (Stage.DUE, []), (Stage.OVERDUE, []),
    (Stage.COPIED, [("区经理", Capacity.INFORMED, Stage.COPIED)]),
    (Stage.ESCALATED, [("区经理", Capacity.ASKED, Stage.ESCALATED)]),
    (Stage.AT_HEAD, [("区经理", Capacity.ASKED, Stage.ESCALATED), ("陈立", Capacity.ASKED, Stage.AT_HEAD)]),
    (Stage.AT_EXECUTIVE, [("区经理", Capacity.ASKED, Stage.ESCALATED), ("陈立", Capacity.ASKED, Stage.AT_HEAD),
                          ("副总", Capacity.ASKED, Stage.AT_EXECUTIVE)]),
])
def test_a_duty_goes_from_its_owner_to_the_superior_the_head_and_the_executive(stage: Stage, above: list[object]) -> None:
    assert told(stage) == [("王芳", Capacity.OWNER, stage), *above]


def test_the_owner_reads_who_else_knows() -> None:
    owner, *_ = told_of(duty(Stage.AT_HEAD), situation(), ADMIN)
    assert [person.name for person in owner.above] == ["区经理", "陈立"]


def climbs(*people: Person, owner: str = "3") -> list[str]:
    """Who is new at each step from the copy on."""
    steps, seen = [], {told(Stage.OVERDUE, *people, owner=owner)[0][0]}
    for stage in LADDER[2:]:
        new = [name for name, _, _ in told(stage, *people, owner=owner) if name not in seen]
        assert len(new) <= 1
        steps += new or ["–"]
        seen.update(new)
    return steps


def test_a_superior_who_is_the_head_is_not_told_twice_and_leaves_the_step_to_the_next() -> None:
    wang = replace(WANG, superior="2")
    assert climbs(CHAIRMAN, GENERAL, VICE, HEAD, wang) == ["陈立", "副总", "周总"]


def test_an_executive_who_is_the_superior_does_not_hand_down_to_the_head() -> None:
    wang = replace(WANG, superior="10")
    assert climbs(CHAIRMAN, GENERAL, VICE, HEAD, wang) == ["副总", "周总", "董事长"]


def test_where_the_ladder_ends_the_duty_stays() -> None:
    assert climbs(replace(HEAD, superior=""), replace(WANG, superior="2")) == ["陈立", "–", "–"]
    assert climbs(CHAIRMAN, GENERAL, owner="1") == ["董事长", "–", "–"]


def test_without_a_vice_president_in_the_line_the_next_executive_up_is_told() -> None:
    assert climbs(CHAIRMAN, GENERAL, replace(HEAD, superior=""), replace(WANG, superior="2")) == ["陈立", "周总", "董事长"]


def away(person: Person, how: str) -> Person:
    if how == "left":
        return replace(person, left_on=TODAY - timedelta(days=1))
    return replace(person, leave_from=TODAY, leave_until=TODAY + timedelta(days=9))


@pytest.mark.parametrize("how", ["left", "leave"])
def test_who_left_or_is_on_leave_is_passed_over(how: str) -> None:
    assert climbs(CHAIRMAN, GENERAL, VICE, HEAD, away(REGIONAL, how), WANG) == ["陈立", "副总", "周总"]
    assert climbs(CHAIRMAN, GENERAL, VICE, away(HEAD, how), REGIONAL, WANG) == ["区经理", "副总", "周总"]
    assert climbs(CHAIRMAN, GENERAL, away(VICE, how), HEAD, REGIONAL, WANG) == ["区经理", "陈立", "周总"]


def test_a_deputy_who_may_see_the_customer_sits_in_for_who_is_on_leave() -> None:
    deputy = Person("7", "代部长", "department_head", "10", "市场部")
    head = replace(away(HEAD, "leave"), deputy="7")
    assert climbs(CHAIRMAN, GENERAL, VICE, head, deputy, REGIONAL, WANG) == ["区经理", "代部长", "副总"]
    stranger = replace(deputy, department="后勤部")
    assert climbs(CHAIRMAN, GENERAL, VICE, head, stranger, REGIONAL, WANG) == ["区经理", "副总", "周总"]
    to_the_owner = replace(away(REGIONAL, "leave"), deputy="3")
    assert climbs(CHAIRMAN, GENERAL, VICE, HEAD, to_the_owner, WANG) == ["陈立", "副总", "周总"]


def test_who_may_not_see_the_customer_is_passed_over() -> None:
    assert climbs(CHAIRMAN, GENERAL, VICE, HEAD, replace(REGIONAL, region="华北"), WANG) == ["陈立", "副总", "周总"]
    assert climbs(CHAIRMAN, GENERAL, VICE, replace(HEAD, department="后勤部"), REGIONAL, WANG) == ["区经理", "副总", "周总"]


def test_who_has_no_superior_escalates_to_the_administrator() -> None:
    assert climbs(CHAIRMAN, GENERAL, replace(WANG, superior=""), ADMIN) == ["管理员", "–", "–"]
    assert climbs(CHAIRMAN, ADMIN, owner="0") == ["管理员", "–", "–"]


def test_a_duty_of_nobody_is_the_administrator_s_and_goes_nowhere_else() -> None:
    assert told(Stage.AT_EXECUTIVE, owner="") == [("管理员", Capacity.OWNER, Stage.AT_EXECUTIVE)]


def test_what_somebody_away_must_do_falls_on_the_next_up_and_escalates_from_there() -> None:
    known = (CHAIRMAN, GENERAL, VICE, HEAD, away(REGIONAL, "leave"), away(WANG, "leave"))
    assert told(Stage.COPIED, *known) == [("陈立", Capacity.OWNER, Stage.COPIED), ("副总", Capacity.INFORMED, Stage.COPIED)]


# what has been done


def met(owner: str = "3", rule: str = "D2", on: date = TODAY, period: str = "2026Q2") -> Expectation:
    return Expectation(rule, "C1", "", period, owner, date(2026, 6, 30), Where("王芳/临港化工.xlsx", "封面"), {}, met_on=on)


def passed_up(recipient: str, stage: Stage = Stage.COPIED, period: str = "2026Q2", kind: str = "duty") -> Notice:
    return Notice(kind, "D2", "C1/", period, int(stage), recipient)


def done(*notices: Notice, people: tuple[Person, ...] = EVERYBODY, expected: Expectation | None = None) -> list[str]:
    known = situation(*people, already=frozenset(notices), met=(expected or met(),))
    return [one.person.name for one in resolved(known)]


def test_what_had_come_up_to_people_and_is_done_is_told_to_each_of_them() -> None:
    assert done(passed_up("2"), passed_up("2", Stage.ESCALATED), passed_up("10", Stage.AT_HEAD), passed_up("3")) == ["副总", "陈立"]


def test_what_only_its_owner_was_told_of_is_done_without_a_word() -> None:
    assert done(passed_up("2", Stage.OVERDUE), passed_up("3")) == []
    assert done(passed_up("2", period="2026Q1")) == []


def test_that_it_is_done_is_told_once() -> None:
    assert done(passed_up("2"), passed_up("2", Stage.LATER, kind="resolved")) == []


def test_that_it_is_done_is_not_told_to_who_left_is_away_or_may_not_know() -> None:
    for gone in (away(HEAD, "left"), away(HEAD, "leave"), replace(HEAD, department="后勤部")):
        assert done(passed_up("2"), people=(gone, WANG)) == []


# whatever the register of people says

ROLES = ("account_manager", "department_head", "regional_manager", "sales_staff", "vice_president", "general_manager",
         "chairman", "finance")


@st.composite
def companies(draw: st.DrawFn) -> tuple[Situation, Duty]:
    """Any lines of authority, circles included, anybody gone or away, any owner, known or not."""
    numbers = [str(number) for number in range(1, draw(st.integers(1, 7)) + 1)]
    someone = st.sampled_from([*numbers, ""])
    people = [
        Person(number, f"员工{number}", draw(st.sampled_from(ROLES)), draw(someone), draw(st.sampled_from(("甲部", "乙部", ""))),
               draw(st.sampled_from(("华东", ""))),
               left_on=draw(st.sampled_from((None, None, date(2026, 1, 1)))),
               leave_from=draw(st.sampled_from((None, None, TODAY))), leave_until=draw(st.sampled_from((None, TODAY))),
               deputy=draw(someone))
        for number in numbers
    ]
    customers = {"C1": Customer("C1", "客户", draw(someone), "华东")}
    stage = draw(st.sampled_from([stage for stage in Stage if stage is not Stage.LATER]))
    known = replace(situation(*people, ADMIN), customers=customers)
    return known, duty(stage, draw(someone), draw(st.sampled_from(("C1", "", "C9"))))


@settings(max_examples=500)
@given(companies())
def test_whoever_is_told_is_there_may_know_and_is_told_once(company: tuple[Situation, Duty]) -> None:
    known, owed = company
    reached: tuple[Told, ...] = told_of(owed, known, ADMIN)
    assert reached, "somebody is told, or the administrator"
    assert len({one.person for one in reached}) == len(reached)
    for one in reached:
        assert one.person == ADMIN or at_work(one.person, TODAY)
        assert one.person == ADMIN or admitted(one.person, owed, known.customers, known.directory)
        assert one.stage <= owed.stage
    if owed.stage < Stage.COPIED:
        assert len(reached) == 1


@settings(max_examples=500)
@given(companies())
def test_over_all_stages_nobody_hears_the_same_twice_and_it_only_climbs(company: tuple[Situation, Duty]) -> None:
    """Stage by stage: a person above is told once as a copy and once to act; the steps follow the ladder, then stay."""
    known, owed = company
    heard: list[tuple[str, Capacity, Stage]] = []
    reached: list[str] = []
    for stage in LADDER:
        for one in told_of(owed._replace(stage=stage), known, ADMIN)[1:]:
            if (what := (one.person.number, one.capacity, one.stage)) not in heard:
                heard.append(what)
            if one.person.number not in reached:
                reached.append(one.person.number)
    above = [(number, capacity) for number, capacity, _ in heard]
    assert len(set(above)) == len(above)
    steps = ladder(owed, responsible(owed, known, ADMIN), known, ADMIN)
    assert reached == [person.number for person in steps][:3]
    assert len(set(steps)) == len(steps)


def test_the_subject_of_a_duty_and_of_its_expectation_is_the_same() -> None:
    assert subject_of_duty(duty(Stage.DUE, subject="r1")) == subject_of_duty(met()._replace(subject="r1")) == "C1/r1"
