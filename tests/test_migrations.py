"""A store of a former schema is brought up to today's, after a backup, whole or not at all."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from crmflow.catalogue import catalogue
from crmflow.config import Config
from crmflow.store import evidence, migrations, runs
from crmflow.store.archive import open_store
from crmflow.store.migrations import SCHEMA, schema_of
from tests import tiny

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process


NEW = (
    ("run", "told"), ("run", "scanned_at"), ("revision", "arrived_at"), ("workbook", "arrived_at"), ("held", "period"),
    ("held", "first_seen_at"),
)


STORES = Path(__file__).parent / "stores"
"""Stores of the tiny company as former schemas had them, without the bytes of the mails."""


@pytest.fixture(params=sorted(STORES.glob("*.sql")), ids=lambda path: path.stem)
def former(request: pytest.FixtureRequest, tmp_path: Path) -> Config:
    """A store that has seen one run of a former crmflow."""
    config = tiny.company(tmp_path)
    config.folders.data.mkdir()
    with sqlite3.connect(config.folders.data / "crmflow.db") as connection:
        connection.executescript(request.param.read_text(encoding="utf-8"))
    return config


def columns(file: Path) -> set[str]:
    with sqlite3.connect(file) as connection:
        return {row[1] for row in connection.execute("PRAGMA table_info(run)")}


def test_what_stood_in_it_stays_and_its_runs_have_told_everything(former: Config) -> None:
    store = open_store(former.store_url, catalogue())
    with store.engine.connect() as connection:
        last = runs.last_finished(connection)
        assert schema_of(connection) == SCHEMA
        assert runs.ledger(connection) == ()
    assert last is not None
    assert last.told == {"alerts", "digests", "summaries"}
    assert tiny.at(former, tiny.NOW).figures.rows["unchanged"] == 10


def test_nobody_knows_when_that_came_which_the_first_run_found(former: Config) -> None:
    with open_store(former.store_url, catalogue()).engine.connect() as connection:
        assert {one.arrived_at for one in evidence.said(connection, ["F0.cover.verified_on", "F10.reports.date"])} == {None}
        assert runs.scanned_before(connection, 2) == tiny.NOW
    tiny.archive(former.folders.workbooks.parent, {"F0.cover": tiny.cover(客户阶段="热情")})
    tiny.at(former, tiny.NOW + timedelta(hours=1))
    with open_store(former.store_url, catalogue()).engine.connect() as connection:
        [kept] = evidence.kept_out(connection, catalogue(), ["F0.cover"], tiny.ZONE)
    assert kept.first_seen_on == tiny.NOW.date()


def test_the_store_as_it_was_lies_beside_it(former: Config) -> None:
    open_store(former.store_url, catalogue())
    copy = former.folders.data / "crmflow.schema-1.db"
    assert "told" in columns(former.folders.data / "crmflow.db")
    assert "told" not in columns(copy)
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT count(*) FROM revision").fetchone() == (10,)


def test_a_step_that_fails_leaves_the_store_as_it_was(former: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = migrations.STEPS[2]

    def halfway(connection: Connection) -> None:
        whole(connection)
        raise ZeroDivisionError

    monkeypatch.setattr(migrations, "STEPS", {**migrations.STEPS, 2: halfway})
    with pytest.raises(ZeroDivisionError):
        open_store(former.store_url, catalogue())
    assert "told" not in columns(former.folders.data / "crmflow.db")
    monkeypatch.undo()
    assert open_store(former.store_url, catalogue()).engine.dialect.name == "sqlite"
    assert "told" in columns(former.folders.data / "crmflow.db")


def test_a_store_of_today_is_neither_changed_nor_copied(tmp_path: Path) -> None:
    config = tiny.company(tmp_path)
    tiny.at(config)
    before = sorted(path.name for path in config.folders.data.glob("*.db"))
    store = open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        assert connection.scalar(select(migrations.META.c.value).where(migrations.META.c.name == "schema")) == str(SCHEMA)
    store.engine.dispose()
    assert sorted(path.name for path in config.folders.data.glob("*.db")) == before
