"""Every change of a customer's rows, and how they stood on a day."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from crmflow.catalogue import catalogue
from crmflow.store import archive, findings, history
from tests import tiny
from tests.tiny import NOW

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process
DAY = timedelta(days=1)


@pytest.fixture
def connection(tmp_path: Path) -> Connection:
    """Three days: S-3 grows on the second, S-1 goes on the third and comes back on the fourth."""
    config = tiny.company(tmp_path)
    drawn = (
        tiny.SALES, tiny.SALES.replace("200000", "210000"),
        tiny.SALES.replace("200000", "210000").replace("    S-1    | 2026-03-02 | 100000\n", ""),
        tiny.SALES.replace("200000", "210000"),
    )
    for day, sales in enumerate(drawn):
        tiny.archive(tmp_path, {"F0.cover": tiny.cover(), "F11.transactions": sales})
        tiny.at(config, NOW + day * DAY)
    return archive.open_store(config.store_url, catalogue()).engine.connect()


def standing(connection: Connection, moment: datetime, customer: str = "KH0012") -> dict[object, object]:
    entries = history.as_of(connection, catalogue(), customer, moment, "F11.transactions")
    return {entry.values["number"]: entry.values["amount"] for entry in entries}


def test_the_rows_as_they_stood_on_a_day(connection: Connection) -> None:
    assert standing(connection, NOW - DAY) == {}
    assert standing(connection, NOW) == {"S-1": 100_000, "S-2": 150_000, "S-3": 200_000}
    assert standing(connection, NOW + DAY) == {"S-1": 100_000, "S-2": 150_000, "S-3": 210_000}
    assert standing(connection, NOW + 2 * DAY) == {"S-2": 150_000, "S-3": 210_000}
    assert standing(connection, NOW + 3 * DAY) == {"S-1": 100_000, "S-2": 150_000, "S-3": 210_000}


def test_every_change_with_its_time_run_and_place(connection: Connection) -> None:
    entries = history.revisions(connection, catalogue(), "KH0012", "F11.transactions")
    assert [(entry.values["number"], entry.action, (entry.accepted_at - NOW).days, entry.run) for entry in entries] == [
        ("S-1", "open", 0, 1), ("S-2", "open", 0, 1), ("S-3", "open", 0, 1), ("S-3", "change", 1, 2),
        ("S-1", "close", 2, 3), ("S-1", "reopen", 3, 4),
    ]
    assert {(entry.path, entry.sheet) for entry in entries} == {("王芳/江南.xlsx", "交易记录")}


def test_all_blocks_come_when_none_is_named_and_none_for_a_stranger(connection: Connection) -> None:
    blocks = {entry.block for entry in history.revisions(connection, catalogue(), "KH0012")}
    assert blocks == {"F0.cover", "F11.transactions"}
    assert history.revisions(connection, catalogue(), "KH9999") == ()


def test_rows_stand_under_the_customer_they_were_accepted_for(connection: Connection, tmp_path: Path) -> None:
    config = tiny.settle(tmp_path)
    tiny.archive(tmp_path, {"F0.cover": tiny.cover("KH0099"), "F11.transactions": tiny.SALES})
    tiny.at(config, NOW + 4 * DAY)
    with archive.open_store(config.store_url, catalogue()).engine.begin() as writing:
        findings.confirm(writing, [hold.token for hold in findings.pending_holds(writing)], "何静", NOW)
    tiny.at(config, NOW + 5 * DAY)
    assert len(standing(connection, NOW + 4 * DAY)) == 3
    assert standing(connection, NOW + 5 * DAY) == {}
    assert len(standing(connection, NOW + 5 * DAY, "KH0099")) == 3
