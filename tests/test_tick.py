"""``crmflow tick``: what is due is done once, told as its job says, and entered in the ledger."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from crmflow import health, run
from crmflow.catalogue import catalogue
from crmflow.cli import app
from crmflow.config import Config
from crmflow.drafts import Telling
from crmflow.lock import exclusive
from crmflow.store import archive, mailbox, runs
from tests import tiny
from tests.tiny import NOW

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return tiny.company(tmp_path)


def tick(config: Config, at: str, *words: str) -> Result:
    return CliRunner().invoke(app, ["tick", "--config", str(config.folders.data.parent / "config.yaml"), "--today", at, *words])


def ticked(config: Config, at: str) -> Any:
    result = tick(config, at, "--json")
    assert (result.exit_code, result.stderr) == (0, ""), result.output
    return json.loads(result.stdout)


def jobs(document: Mapping[str, Any]) -> dict[str, str]:
    return {one["job"]: one["scheduled_for"][:16] for one in document["jobs"]}


def entries(config: Config) -> list[tuple[str, str, str, int | None]]:
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        return [(one.job, f"{one.scheduled_for.astimezone(tiny.ZONE):%m-%d %H:%M}", one.outcome, one.run) for one in runs.ledger(connection)]


def mails(config: Config) -> set[str]:
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        return {one.id for one in mailbox.messages(connection)}


def broken(config: Config) -> None:
    tiny.archive(config.folders.data.parent, {"F0.cover": tiny.cover(客户阶段="热情")})


def test_the_first_tick_does_everything_and_says_what_comes_next(config: Config) -> None:
    told = ticked(config, "2026-07-15T10:10")
    assert jobs(told) == {"read": "2026-07-15T10:00", "digest": "2026-07-15T08:30", "summary": "2026-07-13T09:00", "executive": "2026-07-01T09:00"}
    assert (told["run"]["rows"]["accepted"], told["run"]["messages"]["queued"] > 0) == (10, True)
    assert told["next_due"] == {"read": "2026-07-15T10:30:00+08:00", "digest": "2026-07-16T08:30:00+08:00", "summary": "2026-07-20T09:00:00+08:00", "executive": "2026-08-03T09:00:00+08:00"}
    assert entries(config) == [("executive", "07-01 09:00", "done", 1), ("summary", "07-13 09:00", "done", 1), ("digest", "07-15 08:30", "done", 1), ("read", "07-15 10:00", "done", 1)]


def test_a_second_tick_has_nothing_to_do_and_prints_nothing_for_a_scheduler_to_mail(config: Config) -> None:
    ticked(config, "2026-07-15T10:10")
    quiet = tick(config, "2026-07-15T10:11")
    assert (quiet.exit_code, quiet.output) == (0, "")
    assert ticked(config, "2026-07-15T10:29")["jobs"] == []
    assert jobs(ticked(config, "2026-07-15T10:31")) == {"read": "2026-07-15T10:30"}


def test_nothing_due_is_known_without_the_database_or_anything_else_heavy(config: Config) -> None:
    ticked(config, "2026-07-15T10:10")
    program = (
        "import sys\nfrom crmflow.commands.guard import guarded\nfrom pathlib import Path\n"
        f"guarded('tick', config=Path({str(config.folders.data.parent / 'config.yaml')!r}), today='2026-07-15T10:11', as_json=True, strict=False)\n"
        "print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tiny.ROOT, env={**os.environ, "PYTHONPATH": str(tiny.ROOT)}, capture_output=True, text=True, check=True,
    )
    loaded = ended.stdout.partition("LOADED")[2].split()
    assert "crmflow" in loaded
    assert {"sqlalchemy", "polars", "pandera", "jinja2", "python_calamine", "openpyxl", "yagmail", "schedule"}.isdisjoint(loaded)


def test_without_its_health_file_a_tick_asks_the_ledger(config: Config) -> None:
    ticked(config, "2026-07-15T10:10")
    (config.folders.data / health.NAME).unlink()
    assert ticked(config, "2026-07-15T10:11")["jobs"] == []
    (config.folders.data / health.NAME).write_text("{half", encoding="utf-8")
    assert ticked(config, "2026-07-15T10:12")["jobs"] == []
    standing = health.read(config)
    assert standing is not None
    assert (standing.problem, set(standing.next_due)) == ("", set(config.jobs.by_name))


def test_a_changed_timetable_counts_from_the_next_tick_on(config: Config, tmp_path: Path) -> None:
    ticked(config, "2026-07-15T10:10")
    tiny.settle(tmp_path, **{'at: "08:30"': "at: 10:10"})
    assert jobs(ticked(config, "2026-07-15T10:11")) == {"digest": "2026-07-15T10:10"}


def test_reading_takes_workbooks_in_and_leaves_the_telling_to_the_digest(config: Config) -> None:
    ticked(config, "2026-07-15T10:10")
    before = mails(config)
    broken(config)
    assert ticked(config, "2026-07-15T10:40")["run"]["findings"]["error"] == 1
    assert mails(config) == before
    ticked(config, "2026-07-16T08:30")
    assert len(mails(config)) > len(before)


COMPLAINT = """
    编号 | 类型 | 严重程度 | 收到时间         | 渠道 | 内容 | 责任方
    T-1  | 投诉 | 严重     | 2026-07-15 10:20 | 电话 | 漏水 | 王芳
"""


def notices(config: Config) -> list[tuple[str, str]]:
    """The rule and recipient of every notice about the complaint."""
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        return sorted((one.rule, one.recipient) for one in mailbox.known(connection).notices if one.rule in ("C2", "C3"))


def test_a_severe_complaint_reaches_head_and_responsible_party_at_the_next_reading_and_is_not_told_again(config: Config) -> None:
    ticked(config, "2026-07-15T10:10")
    before = mails(config)
    tiny.archive(config.folders.data.parent, {"F0.cover": tiny.cover(), "F2.persons": tiny.PERSONS, "F10.reports": tiny.REPORTS,
                                              "F11.transactions": tiny.SALES, "F12.complaints": COMPLAINT})
    assert jobs(ticked(config, "2026-07-15T10:30")) == {"read": "2026-07-15T10:30"}
    assert notices(config) == [("C2", "1002"), ("C3", "1001")]
    assert len(mails(config) - before) == 2
    ticked(config, "2026-07-15T11:00")
    assert len(mails(config) - before) == 2
    ticked(config, "2026-07-16T08:30")
    assert [one for one in notices(config) if one[0] == "C3"] == [("C3", "1001")]


def test_a_run_that_told_only_alerts_does_not_answer_for_one_that_tells_digests(config: Config) -> None:
    alone = frozenset({Telling.ALERTS})
    assert run.run(config, NOW, lambda *_: None, tell=alone).figures.messages["queued"] == 0
    digests = run.run(config, NOW + timedelta(minutes=1), lambda *_: None, tell=alone | {Telling.DIGESTS}).figures
    assert digests.messages["queued"] > 0
    both = alone | {Telling.DIGESTS, Telling.SUMMARIES}
    weekly = run.run(config, NOW + timedelta(minutes=2), lambda *_: None, tell=both).figures
    assert weekly.messages["queued"] == 1
    assert run.run(config, NOW + timedelta(minutes=3), lambda *_: None, tell=alone).figures.seconds.keys() == {"scan", "send"}


def test_a_job_that_fails_is_said_and_done_by_the_next_tick_that_can(config: Config, tmp_path: Path) -> None:
    ticked(config, "2026-07-15T10:10")
    config.folders.workbooks.rename(tmp_path / "away")
    failed = tick(config, "2026-07-16T09:00", "--json")
    assert (failed.exit_code, failed.stdout) == (3, "")
    assert "workbooks" in failed.stderr
    standing = health.read(config)
    assert standing is not None
    assert "workbooks" in standing.problem
    (tmp_path / "away").rename(config.folders.workbooks)
    assert jobs(ticked(config, "2026-07-16T09:01")) == {"read": "2026-07-16T09:00", "digest": "2026-07-16T08:30"}
    standing = health.read(config)
    assert standing is not None
    assert standing.problem == ""


def test_mail_that_waits_is_an_exit_code_and_the_job_is_done_all_the_same(tmp_path: Path) -> None:
    tiny.company(tmp_path)
    config = tiny.settle(tmp_path, **{'server: "" ': 'server: "127.0.0.1" ', "port: 465": "port: 9", "security: tls ": "security: none "})
    unsent = tick(config, "2026-07-15T10:10")
    assert unsent.exit_code == 3
    assert {outcome for _, _, outcome, _ in entries(config)} == {"mail_waits"}
    standing = health.read(config)
    assert standing is not None
    assert (standing.mails["pending"] > 0, bool(standing.problem)) == (True, True)
    assert ticked(config, "2026-07-15T10:11")["jobs"] == []


def test_while_another_command_writes_a_tick_says_so_and_enters_nothing(config: Config) -> None:
    ticked(config, "2026-07-15T10:10")
    with exclusive(config):
        busy = tick(config, "2026-07-15T10:30")
    assert (busy.exit_code, busy.stdout, len(busy.stderr.splitlines())) == (3, "", 1)
    assert jobs(ticked(config, "2026-07-15T10:31")) == {"read": "2026-07-15T10:30"}


def test_strict_makes_errors_an_exit_code_of_tick_too(config: Config) -> None:
    broken(config)
    assert tick(config, "2026-07-15T10:10", "--strict").exit_code == 1
    assert tick(config, "2026-07-15T10:40").exit_code == 0
