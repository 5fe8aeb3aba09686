"""During leave duties fall on the deputy, else up the line, and go back when it ends."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from crmflow.company import Company
from crmflow.duties import duties, expectations
from crmflow.duties.situation import Situation
from crmflow.model import Person, WorkbookKind
from crmflow.people import Directory
from crmflow.state import work_out
from crmflow.store.archive import open_store
from tests import books, tiny
from tests.owed import CALENDAR, CONFIG, HEAD, MANAGER, SERVICE, VICE, company, cover, due

in_this_process = tiny.in_this_process
OTHER = Person("6", "李伟", "account_manager", superior="3", department="市场部")
UNVERIFIED = cover(verified_on=date(2026, 3, 1))


def away(person: Person, deputy: str) -> Person:
    return replace(person, leave_from=date(2026, 9, 1), leave_until=date(2026, 9, 30), deputy=deputy)


def falls_on(*people: Person, now: str = "2026-09-20") -> set[tuple[str, str]]:
    """Who has to verify the archive, and for whom they stand in."""
    return {(duty.owner, duty.stands_in_for) for duty in due("D2", now, UNVERIFIED, people=people)}


def test_the_deputy_does_it_from_the_first_day_to_the_last() -> None:
    people = (VICE, HEAD, OTHER, away(MANAGER, "李伟"))
    manager, deputy = {(MANAGER.number, "")}, {(OTHER.number, MANAGER.number)}
    assert falls_on(*people, now="2026-08-31 23:59") == manager
    assert falls_on(*people, now="2026-09-01 00:00") == deputy
    assert falls_on(*people, now="2026-09-30 23:59") == deputy
    assert falls_on(*people, now="2026-10-01 00:00") == manager


@pytest.mark.parametrize("deputy", [
    away(OTHER, ""), replace(OTHER, left_on=date(2026, 9, 1)), replace(OTHER, name="没有这个人"), replace(SERVICE, name="李伟"),
])
def test_without_a_deputy_who_is_there_and_may_it_goes_up_the_line(deputy: Person) -> None:
    assert falls_on(VICE, HEAD, deputy, away(MANAGER, "李伟")) == {(HEAD.number, MANAGER.number)}


def test_where_the_superior_is_away_too_their_deputy_does_it() -> None:
    assert falls_on(VICE, away(HEAD, "李伟"), OTHER, away(MANAGER, "")) == {(OTHER.number, MANAGER.number)}


def test_deputies_of_each_other_hand_it_up() -> None:
    both = away(MANAGER, "李伟"), away(OTHER, "王芳")
    assert falls_on(VICE, HEAD, *both) == {(HEAD.number, MANAGER.number)}


def test_a_report_is_still_expected_of_who_is_away_all_month() -> None:
    people = Directory.of((VICE, HEAD, OTHER, away(MANAGER, "李伟")))
    facts: Company = replace(company(), people=people)
    situation = Situation(facts, {}, CONFIG, CALENDAR, datetime(2026, 9, 30))
    expected = tuple(expectations(situation))
    september = [one for one in expected if (one.rule, one.period, one.subject) == ("D1", "2026-09", MANAGER.number)]
    assert [one.owner for one in september] == [MANAGER.number]
    assert [duty.owner for duty in duties(september, situation)] == [OTHER.number]


@pytest.mark.usefixtures("in_this_process")
def test_the_register_of_leave_reaches_the_duties_and_the_entitlement(tmp_path: Path) -> None:
    config = tiny.company(tmp_path)
    tiny.archive(tmp_path, {"F0.cover": tiny.cover(核定日期="2026-02-03"), "F10.reports": tiny.REPORTS})
    leave = "休假人 | 开始日期   | 结束日期   | 代理人\n王芳   | 2026-07-13 | 2026-07-17 | 李伟"
    books.workbook(config.folders.workbooks / "日历.xlsx", WorkbookKind.CALENDAR, {"F41c.leave": leave})
    messages = tiny.at(config, preview=True).messages
    tiny.at(config)
    [mail] = [one for one in messages if one.recipient == "1003"]
    assert "江南精密" in mail.text
    assert "负责人：王芳" in mail.text
    store = open_store(config.store_url, config.catalogue)
    with store.engine.connect() as connection:
        state = work_out(store, connection, config, tiny.NOW)
    [verification] = [one for one in state.duties if (one.rule, one.period) == ("D2", "2026Q2")]
    assert (verification.owner, verification.stands_in_for) == ("1003", "1002")
    assert state.company.people.people["1002"].leave_until == date(2026, 7, 17)
