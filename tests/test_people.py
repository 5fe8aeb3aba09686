"""Who is meant by a name, and who is away."""

from datetime import date

import pytest

from crmflow.model import Person, Value
from crmflow.people import Directory, at_work, with_leave


def test_somebody_registered_without_a_number_is_not_everybody():
    directory = Directory.of((Person("", "王芳", "account_manager"), Person("1001", "陈亮", "department_head")))
    assert directory.candidates("无此人") == ()
    assert directory.find("王芳") == Person("", "王芳", "account_manager")
    assert directory.find("陈亮（1001）") == directory.find("1001") == directory.people["1001"]


STAFF = Directory.of((
    Person("1", "王芳", "account_manager", deputy="李伟"), Person("2", "李伟", "account_manager"), Person("3", "陈亮", "finance"),
))


def leave(person: str, start: str, end: str, deputy: str | None = "陈亮") -> dict[str, Value]:
    return {"person": person, "from_on": date.fromisoformat(start), "until_on": date.fromisoformat(end), "deputy": deputy}


@pytest.mark.parametrize(("today", "away"), [
    ("2026-08-02", False), ("2026-08-03", True), ("2026-08-14", True), ("2026-08-15", False),
])
def test_the_register_of_leave_says_who_is_away_and_who_stands_in(today: str, away: bool) -> None:
    day = date.fromisoformat(today)
    found = with_leave(STAFF, [leave("王芳（1）", "2026-08-03", "2026-08-14")], day).people
    assert at_work(found["1"], day) is not away
    assert found["1"].deputy == ("陈亮" if away else "李伟")
    assert (found["2"], found["3"]) == (STAFF.people["2"], STAFF.people["3"])


def test_leave_of_nobody_known_or_without_its_days_changes_nothing() -> None:
    rows = [leave("赵六", "2026-08-03", "2026-08-14"), {**leave("王芳", "2026-08-03", "2026-08-14"), "until_on": None}]
    assert with_leave(STAFF, rows, date(2026, 8, 5)) == STAFF


def test_a_leave_without_a_deputy_leaves_that_of_the_staff_register() -> None:
    assert with_leave(STAFF, [leave("1", "2026-08-03", "2026-08-14", None)], date(2026, 8, 5)).people["1"].deputy == "李伟"
