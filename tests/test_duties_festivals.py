"""V8, D11b: festivals and days of care (sections 4 and 5)."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.dates import day_of
from crmflow.model import Accepted, Stage, Value
from tests.owed import CONFIG, HEAD, MANAGER, SERVICE, asked, changed, contact, cover, due, row, sentence

MID_AUTUMN = date(2026, 9, 25)

# V8


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-09-17", [Stage.LATER]), ("2026-09-18", [Stage.AHEAD]), ("2026-09-24", [Stage.DUE]),
        ("2026-09-25", [Stage.DUE]), ("2026-09-26", [Stage.OVERDUE]), ("2026-09-28", [Stage.OVERDUE]), ("2026-09-29", []),
    ],
)
def test_a_key_customer_is_greeted_around_the_mid_autumn_festival(now: str, expected: list[Stage]) -> None:
    found = due("V8", now, cover(), tier="key")
    assert [duty.stage for duty in found if duty.subject == "mid_autumn"] == expected
    assert {duty.owner for duty in found} <= {HEAD.number}


@pytest.mark.parametrize(
    ("on", "who", "settled"),
    [
        ("2026-09-17", "部长周", False), ("2026-09-18", "部长周", True), ("2026-09-28", "部长周", True),
        ("2026-09-29", "部长周", False), ("2026-09-25", "傅总", True), ("2026-09-25", "王芳", False),
    ],
)
def test_any_contact_of_the_head_within_the_window_is_a_greeting(on: str, who: str, settled: bool) -> None:
    greeting = contact(on, who, method="wechat", on_site=False)
    [one] = [one for one in asked("V8", "2026-09-30", cover(), greeting, tier="key") if one.due == MID_AUTUMN]
    assert (one.met_on is not None) == settled


def test_general_customers_and_new_ones_before_their_time_are_not_greeted() -> None:
    assert asked("V8", "2026-09-24", cover(), tier="general") == []
    assert [one.subject for one in asked("V8", "2026-09-24", cover(opened_on="2026-07-01"), tier="vip")] == ["mid_autumn"]
    assert asked("V8", "2026-09-24", cover(), tier="vip", config=changed("contacts", V8_tiers=())) == []


def test_festivals_are_seen_across_the_turn_of_the_year() -> None:
    found = asked("V8", "2026-12-31", cover(), tier="vip")
    assert [(one.subject, str(one.due)) for one in found] == [
        ("spring_festival", "2026-02-17"), ("dragon_boat", "2026-06-19"), ("mid_autumn", "2026-09-25"),
        ("spring_festival", "2027-02-06"),
    ]


def test_the_sentence_names_the_festival() -> None:
    [duty] = [one for one in due("V8", "2026-09-18", cover(), tier="key") if one.subject == "mid_autumn"]
    assert sentence(duty, "zh") == (
        "还有 5 个工作日（2026-09-25 中秋节）。请拜访或问候 江南精密，电话、微信也可以，之后在“接触记录”里登记。"
    )
    assert sentence(duty, "en").startswith("Working days left: 5 (Mid-Autumn Festival, 2026-09-25). Please visit or greet 江南精密")


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat)
GREETINGS = st.lists(st.builds(contact, DAYS, st.sampled_from(["部长周", "董大海", "王芳"])), max_size=8)


@given(GREETINGS, DAYS)
def test_a_festival_is_met_exactly_when_a_leader_was_in_touch_around_it(greetings: Sequence[Accepted], now: str) -> None:
    days = [day_of(one.values["date"]) for one in greetings if one.values["our_person"] != "王芳"]
    for one in asked("V8", now, cover(), *greetings, tier="vip"):
        due_on = day_of(one.due) or date.max
        near = [d for d in days if d and -7 <= (d - due_on).days <= 3 and d <= date.fromisoformat(now)]
        assert one.met_on == min(near, default=None)


# D11b


def care(day: str = "2026-07-20", **values: Value) -> Accepted:
    standard: dict[str, Value] = {
        "subject": "钱进", "occasion": "milestone", "date": day, "planned": "发贺信", "owner": "售后赵",
    }
    return row("F15.care", "g1", **(standard | values))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-07-12", [("2026-07-20", Stage.LATER)]), ("2026-07-13", [("2026-07-20-7", Stage.AHEAD)]),
        ("2026-07-19", [("2026-07-20-1", Stage.AHEAD)]), ("2026-07-20", [("2026-07-20", Stage.DUE)]),
        ("2026-07-21", [("2026-07-20", Stage.OVERDUE)]), ("2026-07-28", []),
    ],
)
def test_a_day_of_care_is_announced_twice_and_asked_for_a_week_more(now: str, expected: list[object]) -> None:
    assert [(duty.period, duty.stage) for duty in due("D11b", now, cover(), care())] == expected


def test_care_falls_to_whom_the_row_names_else_to_the_account_manager() -> None:
    assert [duty.owner for duty in due("D11b", "2026-07-20", cover(), care())] == [SERVICE.number]
    assert [duty.owner for duty in due("D11b", "2026-07-20", cover(), care(owner=None))] == [MANAGER.number]


def test_the_sentence_says_what_was_planned() -> None:
    [duty] = due("D11b", "2026-07-19", cover(), care())
    assert sentence(duty, "zh") == (
        "还有 1 天（2026-07-20）。江南精密 钱进的项目节点，原定安排：发贺信。请按安排去做，做完在“客户关怀”里填“完成日期”。"
    )
    assert "planned: 发贺信" in sentence(duty, "en")


def test_a_birthday_that_is_planned_as_care_is_asked_for_once() -> None:
    person = row("F2.persons", "p1", name="钱进", birthday="07-20")
    birthday = care(occasion="birthday")
    assert len(due("D11", "2026-07-19", cover(), person)) == 1
    assert due("D11", "2026-07-19", cover(), person, birthday) == []
    assert len(due("D11b", "2026-07-19", cover(), person, birthday)) == 1
    assert len(due("D11", "2026-07-19", cover(), person, care(occasion="birthday", subject="赵建国"))) == 1


@given(DAYS, st.none() | DAYS, DAYS)
def test_care_is_met_exactly_when_it_was_done_by_now(day: str, done: str | None, now: str) -> None:
    [one] = asked("D11b", now, cover(), care(day, done_on=done))
    assert one.met_on == (date.fromisoformat(done) if done and done <= now else None)
    assert one.until == date.fromisoformat(day) + timedelta(days=CONFIG.deadlines.D11_care_days)
