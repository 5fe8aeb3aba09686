"""D3, D4: information on its way to who must know it (section 5)."""

from dataclasses import replace
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.duties import DUTY_RULES
from crmflow.model import Accepted, Stage, Value
from crmflow.rules import RULES
from tests.owed import CALENDAR, CONFIG, HEAD, MANAGER, asked, changed, company, cover, due, duties, row, sentence


def information(on: str = "2026-07-06", importance: str = "major", level: str = "2", id: str = "i1") -> Accepted:
    return row(
        "F5.information", id, information="招标提前到八月", observed_on=on, importance=importance, channel_level=level,
        category="procurement", effect="方案要提前",
    )


def report(month: str = "2026-06", submitted: str | None = "2026-07-06") -> Accepted:
    card = row("F20.report", f"c{month}", month, account_manager="王芳", month=date.fromisoformat(f"{month}-01"), submitted_on=submitted)
    return card._replace(where=card.where._replace(file=f"{month}.xlsx"))


def news(month: str = "2026-06", id: str = "n1", **values: Value) -> Accepted:
    standard: dict[str, Value] = {
        "customer": "江南精密", "content": "招标提前到八月", "importance": "major", "channel_level": "2", "category": "procurement",
    }
    one = row("F20.news", id, month, **(standard | values))
    return one._replace(where=one.where._replace(file=f"{month}.xlsx"))


# D3


def test_major_information_is_urgent_and_goes_to_the_head() -> None:
    [duty] = due("D3", "2026-07-06 10:00", cover(), information())
    assert (duty.owner, duty.stage, duty.urgent, duty.customer) == (HEAD.number, Stage.AHEAD, True, "KH1")


@pytest.mark.parametrize("now", ["2026-07-06", "2026-07-10", "2026-07-13 23:59"])
def test_it_stands_at_one_stage_as_long_as_it_is_told(now: str) -> None:
    assert [(duty.stage, duty.period) for duty in due("D3", now, cover(), information())] == [(Stage.AHEAD, "2026-07-06")]


def test_it_lapses_by_itself_and_only_major_information_is_told() -> None:
    assert due("D3", "2026-07-14", cover(), information()) == []
    assert due("D3", "2026-07-05", cover(), information()) == []
    assert due("D3", "2026-07-06", cover(), information(importance="important")) == []
    assert due("D3", "2026-07-06", cover(), information(), config=changed("deadlines", D3_told_days=0)) == []


def arriving(rule: str, now: str, at: datetime, row_id: str, typed: date, *rows: Accepted) -> list[Stage]:
    """The stages of a rule's duties when a row first came ``at`` a moment with the day ``typed`` in it."""
    facts = replace(company(*rows), arrivals={(row_id, typed): at})
    found = duties(facts, {}, CONFIG, CALENDAR, datetime.fromisoformat(now))
    return [duty.stage for duty in found if duty.rule == rule]


@pytest.mark.parametrize(("now", "told"), [("2026-07-20 09:30", True), ("2026-07-27", True), ("2026-07-28", False)])
def test_what_is_handed_in_late_is_told_from_the_day_it_comes(now: str, told: bool) -> None:
    came, learnt = datetime(2026, 7, 20, 9, 0), date(2026, 7, 6)
    assert (arriving("D3", now, came, "i1", learnt, cover(), information()) == [Stage.AHEAD]) is told
    assert (arriving("D3b", now, came, "c2026-06", learnt, cover(), report(), news()) == [Stage.AHEAD]) is told


def test_the_sentence_tells_it_but_not_what_came_from_people_inside() -> None:
    [duty] = due("D3", "2026-07-06", cover(), information())
    assert sentence(duty, "zh") == (
        "请阅知（还有 8 天，2026-07-14 起不再提示）：江南精密 有重大信息——招标提前到八月。需要怎么应对，请安排到行动计划（附表7）。"
    )
    assert "major information on 江南精密: 招标提前到八月" in sentence(duty, "en")
    [hidden] = due("D3", "2026-07-06", cover(), information(level="4"))
    assert "招标" not in sentence(hidden, "zh") + sentence(hidden, "en")
    assert "内部人士提供的保密信息" in sentence(hidden, "zh")


def test_major_news_of_a_monthly_report_is_told_before_the_report_is_handed_in() -> None:
    [duty] = due("D3b", "2026-06-10", cover(), report(submitted=None), news())
    assert (duty.owner, duty.customer, duty.urgent) == (HEAD.number, "KH1", True)
    assert due("D3b", "2026-07-13", cover(), report(), news()) != []
    assert due("D3b", "2026-07-14", cover(), report(), news()) == []
    assert "江南精密 有重大信息——招标提前到八月" in sentence(duty, "zh")
    assert "江南精密: 招标提前到八月" in sentence(duty, "en")


def test_news_that_the_next_report_carries_on_is_told_once() -> None:
    rows = [cover(), report(), news(), report("2026-07", None), news("2026-07", "n2")]
    assert [one.subject for one in asked("D3b", "2026-07-06", *rows)] == ["n1"]


def test_news_about_nobody_on_file_goes_to_the_writers_head() -> None:
    [duty] = due("D3b", "2026-06-10", report(submitted=None), news(customer="铸造行业"))
    assert (duty.owner, duty.customer) == (HEAD.number, "")


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat)


@given(DAYS, DAYS, st.sampled_from(["ordinary", "important", "major"]))
def test_information_is_told_exactly_when_it_is_major_and_a_week_young(on: str, now: str, importance: str) -> None:
    age = (date.fromisoformat(now) - date.fromisoformat(on)).days
    found = due("D3", now, cover(), information(on, importance))
    assert bool(found) == (importance == "major" and 0 <= age <= 7)
    assert {duty.stage for duty in found} <= {Stage.AHEAD}


# D4


def test_an_update_is_expected_within_five_working_days_and_stands_in_the_register() -> None:
    person = row("F2.persons", "p1", name="钱进", updated_on="2026-07-06")
    [one], [other] = asked("D4", "2026-07-15", cover(), information()), asked("D4b", "2026-07-15", cover(), person)
    assert (one.met_on, one.due, one.evidence, one.owner) == (date(2026, 7, 6), date(2026, 7, 13), "i1", MANAGER.number)
    assert (other.met_on, other.due, other.evidence) == (date(2026, 7, 6), date(2026, 7, 13), "p1")
    assert {rule: (DUTY_RULES[rule].form, DUTY_RULES[rule].evidence) for rule in ("D4", "D4b")} == {
        "D4": ("F5", "F5.information.observed_on"), "D4b": ("F2", "F2.persons.updated_on"),
    }


def test_an_update_that_is_there_is_never_asked_for() -> None:
    assert due("D4", "2026-07-15", cover(), information("2026-01-06")) == []
    assert asked("D4", "2026-07-15", cover(), information(), config=changed("deadlines", D4_working_days=0)) == []
    assert "请把 {customer} 档案的更新保存" in getattr(RULES["D4"].action, "zh", "")
    assert "so that its update reaches the administrator" in getattr(RULES["D4b"].action, "en", "")


@given(DAYS, DAYS)
def test_every_update_of_the_register_is_met_on_its_typed_day(on: str, now: str) -> None:
    for one in asked("D4", now, cover(), information(on)):
        assert (one.met_on, one.due) == (date.fromisoformat(on), CALENDAR.add_working_days(date.fromisoformat(on), 5))
