"""``crmflow doctor``: one line a check, and an exit code that monitoring understands."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update
from typer.testing import CliRunner, Result

from crmflow.catalogue import catalogue
from crmflow.cli import app
from crmflow.config import Config
from crmflow.lock import exclusive, serving
from crmflow.store import archive
from crmflow.store.mailbox import MESSAGE
from crmflow.store.migrations import SCHEMA
from crmflow.store.tables import META
from tests import tiny

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process
ALL = {"config", "folders", "store", "clock", "mail", "calendar", "lock", "templates"}


def crmflow(config: Config, verb: str, at: str, *words: str) -> Result:
    return CliRunner().invoke(app, [verb, "--config", str(config.folders.data.parent / "config.yaml"), "--today", at, *words])


def checked(config: Config, at: str = "2026-07-15T10:10", well: bool = True) -> Any:
    result = crmflow(config, "doctor", at, "--json")
    assert (result.exit_code, result.stderr) == (0 if well else 1, ""), result.output
    document = json.loads(result.stdout)
    assert document["ok"] is well
    assert {check["name"] for check in document["checks"]} == ALL
    return document["checks"]


def wrong(config: Config, at: str = "2026-07-15T10:10") -> dict[str, str]:
    """What needs attention, by check."""
    return {check["name"]: check["told"] for check in checked(config, at, well=False) if not check["ok"]}


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = tiny.company(tmp_path)
    assert crmflow(made, "tick", "2026-07-15T10:10").exit_code == 0
    return made


def test_after_a_tick_all_is_well(config: Config) -> None:
    assert all(check["ok"] for check in checked(config))
    lines = crmflow(config, "doctor", "2026-07-15T10:10").stdout.splitlines()
    assert len(lines) == len(checked(config))
    assert all(line.startswith("[正常]") for line in lines)


def test_before_anything_has_run_it_says_how_to_begin_and_makes_nothing(tmp_path: Path) -> None:
    config = tiny.company(tmp_path)
    found = wrong(config)
    assert found.keys() == {"folders", "store", "clock"}
    assert "crmflow serve" in found["clock"]
    assert not config.folders.data.exists()


def test_a_wrong_configuration_is_another_exit_code(config: Config) -> None:
    path = config.folders.data.parent / "config.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("every_minutes: 30", "every_minutes: 0"), encoding="utf-8")
    result = crmflow(config, "doctor", "2026-07-15T10:10")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "jobs.read.every_minutes" in result.stderr


def test_a_job_that_nobody_does_is_named_with_the_moment_it_waits_since(config: Config) -> None:
    assert all(check["ok"] for check in checked(config, "2026-07-15T10:45"))
    told = wrong(config, "2026-07-15T10:46")["clock"]
    assert "2026-07-15 10:30" in told
    assert "2026-07-15 10:10" in told


def test_a_tick_that_could_not_finish_is_told_with_its_reason(config: Config, tmp_path: Path) -> None:
    config.folders.workbooks.rename(tmp_path / "away")
    assert crmflow(config, "tick", "2026-07-15T10:30").exit_code == 3
    (tmp_path / "away").rename(config.folders.workbooks)
    assert "workbooks" in wrong(config, "2026-07-15T10:31")["clock"]


def test_a_missing_folder_is_named(config: Config, tmp_path: Path) -> None:
    config.folders.workbooks.rename(tmp_path / "away")
    assert str(config.folders.workbooks) in wrong(config)["folders"]


def test_a_store_of_a_newer_program_and_one_that_is_none_are_told(config: Config) -> None:
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.begin() as connection:
        connection.execute(update(META).where(META.c.name == "schema").values(value=str(SCHEMA + 1)))
    store.engine.dispose()
    assert str(SCHEMA + 1) in wrong(config)["store"]
    for name in ("crmflow.db", "crmflow.db-wal", "crmflow.db-shm"):
        (config.folders.data / name).unlink(missing_ok=True)
    (config.folders.data / "crmflow.db").write_bytes(b"this is no database at all" * 100)
    assert "不是数据库" in wrong(config)["store"]


@pytest.mark.parametrize(("state", "days", "told"), [
    ("pending", 0, "待发"), ("unknown", 0, "不确定"), ("held", 0, "暂停"), ("failed", 0, "失败"), ("failed", 8, ""),
])
def test_mail_that_did_not_go_out_is_counted_and_old_refusals_are_let_rest(config: Config, state: str, days: int, told: str) -> None:
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.begin() as connection:
        first = connection.execute(MESSAGE.select()).first()
        assert first is not None
        connection.execute(update(MESSAGE).where(MESSAGE.c.id == first.id).values(
            state=state, created_at=datetime(2026, 7, 15, 10, 10, tzinfo=tiny.ZONE) - timedelta(days=days)))
    if told:
        assert f"{told} 1" in wrong(config)["mail"]
    else:
        assert all(check["ok"] for check in checked(config))


def test_a_year_without_official_calendar_is_told_from_the_december_before(config: Config) -> None:
    crmflow(config, "tick", "2026-11-30T12:00")
    assert all(check["ok"] for check in checked(config, "2026-11-30T12:00"))
    crmflow(config, "tick", "2026-12-01T12:00")
    assert "2027" in wrong(config, "2026-12-01T12:00")["calendar"]


def test_who_is_at_work_is_named(config: Config) -> None:
    with exclusive(config), serving(config):
        told = [check["told"] for check in checked(config) if check["name"] == "lock"]
    assert ["进程" in text for text in told] == [True, True]
    assert "进程" not in "".join(check["told"] for check in checked(config) if check["name"] == "lock")


def test_a_template_that_is_gone_is_named(config: Config, tmp_path: Path) -> None:
    tiny.settle(tmp_path, **{f"templates: {tiny.ROOT / 'templates'}": "templates: nowhere"})
    assert "j2" in wrong(config)["templates"]


def test_doctor_mail_looks_at_nothing_but_sending(tmp_path: Path) -> None:
    config = tiny.settle(tmp_path)
    result = crmflow(config, "doctor", "2026-07-15T10:10", "--mail", "--json")
    assert (result.exit_code, [check["name"] for check in json.loads(result.stdout)["checks"]]) == (0, ["mail"])
    assert not config.folders.output.exists() or not list(config.folders.output.rglob("*.eml"))


def test_doctor_mail_says_in_one_line_what_is_wrong(tmp_path: Path) -> None:
    config = tiny.settle(tmp_path, **{'server: ""  ': "server: no-such-host.invalid  "})
    result = crmflow(config, "doctor", "2026-07-15T10:10", "--mail")
    assert result.exit_code == 1
    assert result.stdout.startswith("[要处理]  邮件  找不到发信服务器 no-such-host.invalid：")
    assert result.stdout.count("\n") == 1


@pytest.mark.parametrize("words", [("--to", "wang@x.example"), ("--mail", "--to", "王芳")])
def test_doctor_says_how_a_test_mail_is_asked_for(tmp_path: Path, words: tuple[str, ...]) -> None:
    result = crmflow(tiny.settle(tmp_path), "doctor", "2026-07-15T10:10", *words)
    assert result.exit_code == 2
    assert result.stderr.startswith("--to 和 --mail 一起用")
