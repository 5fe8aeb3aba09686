"""What is made beside a run: what was listed early is what the master shows, and without it nothing is missing."""

from datetime import timedelta
from pathlib import Path

import pytest

from crmflow import workshop
from crmflow.config import Config
from crmflow.reports import master
from crmflow.store import archive
from tests import tiny
from tests.tiny import NOW

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return tiny.company(tmp_path)


def test_a_run_lists_the_rows_once_and_keeps_none_of_them(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    listed: list[str] = []
    whole = archive.listed_rows

    def counted(store: archive.Store, connection: object, block: str) -> object:
        listed.append(block)
        return whole(store, connection, block)

    monkeypatch.setattr(archive, "listed_rows", counted)
    tiny.at(config)
    assert sorted(listed) == sorted(config.catalogue.blocks)
    assert config.store_url not in {store for store, _ in workshop._LISTED}


def test_a_process_that_has_listed_nothing_writes_the_same_master(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[tuple[object, ...]] = []
    monkeypatch.setattr(master, "write_tables", lambda path, sheets: written.append(
        tuple((sheet.name, sheet.columns, tuple(sheet.rows)) for sheet in sheets)
    ))
    tiny.at(config)
    monkeypatch.setattr(workshop, "list_rows", lambda config, run: None)
    tiny.at(config, NOW + timedelta(minutes=1))
    first, second = written
    assert len(first) > len(config.catalogue.blocks)
    assert first[1:] == second[1:], "only the overview says what time it is"
