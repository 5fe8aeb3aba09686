"""When evidence came, what it once said, and what is kept out of it (decision 9)."""

import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from crmflow.catalogue import catalogue
from crmflow.config import Config
from crmflow.store import evidence, findings
from crmflow.store.archive import open_store
from crmflow.store.base import Connection
from tests import tiny
from tests.tiny import NOW

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A company whose folder has been looked at before there was an archive in it."""
    tiny.staff(tmp_path)
    made = tiny.settle(tmp_path)
    tiny.at(made, NOW - 30 * DAY)
    tiny.archive(tmp_path)
    return made


def saved(config: Config, at: datetime, **cover: str) -> None:
    """Save the archive with another cover, at another moment by the file's own account."""
    path = tiny.archive(config.folders.workbooks.parent, {"F0.cover": tiny.cover(**cover), "F10.reports": tiny.REPORTS})
    os.utime(path, (at.timestamp(), at.timestamp()))


@pytest.fixture
def looking(config: Config) -> Iterator[Connection]:
    with open_store(config.store_url, catalogue()).engine.connect() as connection:
        yield connection


def verified(connection: Connection) -> list[tuple[date, datetime | None]]:
    found = evidence.said(connection, ["F0.cover.verified_on"])
    return [(one.day, one.arrived_at.astimezone(tiny.ZONE) if one.arrived_at else None) for one in found]


def test_nobody_knows_when_that_came_which_lay_there_at_the_first_scan(tmp_path: Path) -> None:
    config = tiny.company(tmp_path)
    tiny.at(config)
    tiny.archive(tmp_path, {"F0.cover": tiny.cover(行业="化工"), "F10.reports": tiny.REPORTS}, "王芳/江南精密.xlsx")
    (config.folders.workbooks / "王芳" / "江南.xlsx").unlink()
    tiny.at(config, NOW + DAY)
    with open_store(config.store_url, catalogue()).engine.connect() as connection:
        assert verified(connection) == [(date(2026, 7, 3), None)]


def test_a_file_that_is_new_came_when_it_was_saved(config: Config, looking: Connection) -> None:
    saved(config, NOW - 3 * DAY)
    tiny.at(config)
    assert verified(looking) == [(date(2026, 7, 3), NOW - 3 * DAY)]


@pytest.mark.parametrize(("by_its_own_account", "believed"), [
    (-30 * DAY, timedelta()), (timedelta(), timedelta()), (3 * HOUR, 3 * HOUR), (5 * HOUR, 4 * HOUR),
])
def test_a_modification_time_is_believed_between_the_former_scan_and_this_one(
    config: Config, looking: Connection, by_its_own_account: timedelta, believed: timedelta
) -> None:
    tiny.at(config)
    saved(config, NOW + by_its_own_account, 核定日期="2026-07-14")
    tiny.at(config, NOW + 4 * HOUR)
    assert verified(looking)[-1] == (date(2026, 7, 14), NOW + believed)


def test_a_scan_that_found_nothing_new_is_a_scan_too(config: Config, looking: Connection) -> None:
    tiny.at(config)
    assert tiny.at(config, NOW + HOUR).figures.workbooks["read"] == 0
    saved(config, NOW - DAY, 核定日期="2026-07-14")
    tiny.at(config, NOW + 2 * HOUR)
    assert verified(looking)[-1] == (date(2026, 7, 14), NOW + HOUR)


def test_a_later_correction_of_another_field_does_not_make_evidence_late(config: Config, looking: Connection) -> None:
    saved(config, NOW - DAY)
    tiny.at(config)
    saved(config, NOW + HOUR, 行业="化工")
    tiny.at(config, NOW + 2 * HOUR)
    assert verified(looking) == [(date(2026, 7, 3), NOW - DAY)]


def test_what_waited_for_a_confirmation_came_when_its_file_did(config: Config, looking: Connection) -> None:
    tiny.at(config)
    saved(config, NOW + HOUR, code="KH0099", 核定日期="2026-07-15")
    tiny.at(config, NOW + 2 * HOUR)
    assert len(verified(looking)) == 1
    with looking.engine.begin() as connection:
        tokens = [hold.token for hold in findings.pending_holds(connection)]
        findings.confirm(connection, tokens, "何静", NOW)
    tiny.at(config, NOW + 9 * DAY)
    assert verified(looking)[-1] == (date(2026, 7, 15), NOW + HOUR)


def test_a_moved_file_came_when_it_first_did(config: Config, looking: Connection) -> None:
    saved(config, NOW - DAY, 核定日期="")
    tiny.at(config)
    saved(config, NOW + HOUR)
    tiny.at(config, NOW + 2 * HOUR)
    path = config.folders.workbooks / "王芳" / "江南.xlsx"
    path.rename(path.with_name("江南精密.xlsx"))
    tiny.at(config, NOW + 3 * HOUR)
    assert verified(looking) == [(date(2026, 7, 3), NOW + HOUR)]


def test_every_day_a_field_ever_said_is_told_once_and_outlives_its_row(config: Config, looking: Connection) -> None:
    tiny.at(config)
    for number, day in enumerate(("2026-07-14", "2026-07-03", "2026-07-15"), start=1):
        saved(config, NOW + number * HOUR, 核定日期=day)
        tiny.at(config, NOW + number * HOUR)
    assert [day.day for day, _ in verified(looking)] == [3, 14, 15]
    reports = [(one.block, one.day, one.customer) for one in evidence.said(looking, ["F10.reports.date"])]
    tiny.archive(config.folders.workbooks.parent, {"F0.cover": tiny.cover(), "F11.transactions": tiny.SALES})
    tiny.at(config, NOW + DAY)
    assert reports == [("F10.reports", date(2026, 7, 2), "KH0012")]
    assert [(one.block, one.day, one.customer) for one in evidence.said(looking, ["F10.reports.date"])] == reports


def kept(connection: Connection) -> list[tuple[str, str, str, object, date]]:
    rows = evidence.kept_out(connection, catalogue(), ["F0.cover", "F10.reports"], tiny.ZONE)
    return [(one.block, one.customer, one.owner, one.values["verified_on"], one.first_seen_on) for one in rows]


def test_a_row_kept_out_says_since_when_until_it_is_mended(config: Config, looking: Connection) -> None:
    tiny.at(config)
    wrong = ("F0.cover", "KH0012", "1002", date(2026, 7, 14))
    for days in (1, 3):
        saved(config, NOW + days * DAY, 客户阶段="热情", 核定日期="2026-07-14", 地区=f"华东{days}")
        tiny.at(config, NOW + days * DAY)
        assert kept(looking) == [(*wrong, date(2026, 7, 16))]
    saved(config, NOW + 4 * DAY, 核定日期="2026-07-14")
    tiny.at(config, NOW + 4 * DAY)
    assert kept(looking) == []
    saved(config, NOW + 5 * DAY, 客户阶段="热情", 核定日期="2026-07-14")
    tiny.at(config, NOW + 5 * DAY)
    assert kept(looking) == [(*wrong, date(2026, 7, 20))]


def test_blocks_of_hidden_forms_keep_nothing_out(config: Config, looking: Connection) -> None:
    assert evidence.kept_out(looking, catalogue(), ["F99.none"], tiny.ZONE) == ()
