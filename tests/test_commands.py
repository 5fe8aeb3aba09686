"""The command line: exit codes, one JSON document and nothing else, one sentence for every trouble."""

import json
import os
import subprocess
import sys
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from crmflow import state, workshop
from crmflow.cli import app
from crmflow.commands import check
from crmflow.config import Config
from crmflow.intake import read_chunk
from crmflow.lock import exclusive
from tests import tiny

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process
TODAY = "2026-07-15T10:00"


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setattr(check, "read_books", lambda states, reading, *more: iter(read_chunk(reading, states)), raising=False)
    return tiny.company(tmp_path)


def crmflow(config: Config | Path, *words: str) -> Result:
    folder = config if isinstance(config, Path) else config.folders.data.parent
    return CliRunner().invoke(app, [*words, "--config", str(folder / "config.yaml"), "--today", TODAY])


def document(config: Config, *words: str) -> Any:
    result = crmflow(config, *words, "--json")
    assert result.stderr == ""
    return json.loads(result.stdout)


def refused(result: Result, code: int) -> str:
    """The one sentence of a command that could not do its work."""
    assert (result.exit_code, result.stdout) == (code, ""), result.output
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1
    assert not any(word in lines[0] for word in ("Errno", "Error", "Traceback", "codec", "No such"))
    return lines[0]


@pytest.fixture
def ran(config: Config) -> Config:
    assert crmflow(config, "run").exit_code == 0
    return config


def test_run_prints_the_contracts_figures(config: Config) -> None:
    figures = document(config, "run")
    assert figures["workbooks"] == {"seen": 2, "read": 2, "unchanged": 0, "unreadable": 0}
    assert figures["rows"] == {"seen": 10, "accepted": 10, "unchanged": 0, "held": 0, "closed": 0}
    assert figures["messages"].keys() >= {"queued", "sent", "failed", "unknown"}
    assert figures.keys() >= {"findings", "grades", "duties", "seconds"}


def test_a_dry_run_lists_the_mails_and_makes_nothing(config: Config) -> None:
    assert document(config, "run", "--dry-run")["mails"]
    assert not config.folders.data.exists()
    assert not config.folders.output.exists()


def test_strict_makes_errors_an_exit_code(config: Config) -> None:
    assert crmflow(config, "run", "--strict").exit_code == 0
    tiny.archive(config.folders.data.parent, {"F0.cover": tiny.cover(客户阶段="热情")})
    assert crmflow(config, "run", "--strict").exit_code == 1
    assert crmflow(config, "run").exit_code == 0


def test_check_is_clean_or_says_which_cell_is_wrong(ran: Config) -> None:
    file = str(tiny.archive(ran.folders.data.parent))
    assert crmflow(ran, "check", file).exit_code == 0
    tiny.archive(ran.folders.data.parent, {"F0.cover": tiny.cover(客户阶段="热情")})
    assert crmflow(ran, "check", file).exit_code == 1
    told = document(ran, "check", file)
    assert [(one["code"], one["cell"]) for one in told["findings"]] == [("NOT_IN_LIST", "B8")]
    assert told["error"] == 1


def test_status_due_and_grade_report_as_json(ran: Config) -> None:
    status = document(ran, "status")
    assert (status["workbooks"], status["rows"], status["waiting_for_confirmation"]) == (2, {"accepted": 10, "held": 0}, 0)
    assert status["register"].keys() == {"person", "team", "form", "month"}
    verified = status["register"]["form"]["F0"]
    assert (verified["on_time"], verified["on_time_rate"]) == (1, verified["on_time"] / (verified["on_time"] + verified["late"]))
    assert {duty["owner_name"] for duty in document(ran, "due", "王芳")} == {"王芳"}
    assert [(grade["scheme"], grade["tier"]) for grade in document(ran, "grade", "KH0012")] == [("G1", "key"), ("G2", "B")]
    assert document(ran, "outbox", "list")


def test_history_lists_changes_and_the_past(ran: Config) -> None:
    everything = document(ran, "history", "KH0012")
    assert len(everything) == 6
    cover = document(ran, "history", "KH0012", "--block", "F0.cover")[0]
    assert (cover["values"]["客户阶段"], cover["action"]) == ("合作", "新增")
    assert len(document(ran, "history", "KH0012", "--as-of", "2026-07-15")) == 6
    assert document(ran, "history", "KH0012", "--since", "2026-07-15") == []


def test_a_hold_is_listed_then_confirmed_then_taken_in(ran: Config) -> None:
    tiny.archive(ran.folders.data.parent, {"F0.cover": tiny.cover(manager="李伟"), "F2.persons": tiny.PERSONS,
                                           "F10.reports": tiny.REPORTS, "F11.transactions": tiny.SALES})
    crmflow(ran, "run")
    held = document(ran, "confirm")
    assert [one["code"] for one in held] == ["HELD_TRUST"]
    assert crmflow(ran, "confirm", held[0]["token"], "--by", "何静").exit_code == 0
    assert document(ran, "confirm") == []
    assert document(ran, "run")["rows"]["accepted"] == 1


@pytest.mark.parametrize(("words", "said"), [
    (("due", "无此人"), "无此人"),
    (("grade", "KH9999"), "KH9999"),
    (("history", "KH9999"), "KH9999"),
    (("history", "KH0012", "--block", "F99.x"), "F99.x"),
    (("history", "KH0012", "--as-of", "昨天"), "昨天"),
    (("confirm", "abcd1234"), "abcd1234"),
    (("outbox", "show", "zzzz"), "zzzz"),
    (("check", "没有.xlsx"), "没有.xlsx"),
    (("new", "planet"), "planet"),
    (("new", "archive"), "--code"),
])
def test_wrong_use_is_one_sentence_that_names_what_was_wrong(ran: Config, words: tuple[str, ...], said: str) -> None:
    assert said in refused(crmflow(ran, *words), 2)


def test_a_wrong_line_of_the_configuration_is_named(config: Config) -> None:
    path = config.folders.data.parent / "config.yaml"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines, start=1) if "window_months" in line)
    lines[at - 1] = "  window_months: twelve"
    path.write_text("\n".join(lines), encoding="utf-8")
    sentence = refused(crmflow(config, "run"), 2)
    assert f"第 {at} 行" in sentence
    assert "twelve" in sentence


def test_no_configuration_or_one_in_another_encoding_is_said(tmp_path: Path) -> None:
    assert "config.yaml" in refused(crmflow(tmp_path, "run"), 2)
    (tmp_path / "config.yaml").write_bytes("company: {name: 恒川}".encode("gbk"))
    assert "UTF-8" in refused(crmflow(tmp_path, "run"), 2)


def test_a_missing_workbooks_folder_is_said_and_an_empty_one_is_fine(tmp_path: Path) -> None:
    config = tiny.settle(tmp_path)
    assert "workbooks" in refused(crmflow(config, "run"), 3)
    config.folders.workbooks.mkdir()
    assert document(config, "run")["workbooks"]["seen"] == 0


def test_a_store_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    config = tiny.settle(tmp_path, **{'store: ""': 'store: "planet:here"'})
    assert "store" in refused(crmflow(config, "run"), 2)
    config = tiny.settle(tmp_path, **{'store: ""': 'store: "postgresql://x@127.0.0.1:1/x"'})
    assert "数据库" in refused(crmflow(config, "run"), 3)
    config = tiny.settle(tmp_path)
    config.folders.data.mkdir(exist_ok=True)
    (config.folders.data / "crmflow.db").write_bytes(b"this is no database at all" * 100)
    assert "不是数据库" in refused(crmflow(config, "run"), 3)


@pytest.mark.parametrize("trouble", [BrokenProcessPool("a process was terminated abruptly"), MemoryError()], ids=lambda one: type(one).__name__)
def test_a_run_out_of_memory_is_said_and_the_next_one_finishes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: Exception
) -> None:
    def gone(*_: object) -> None:
        raise trouble

    config = tiny.company(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(workshop, "write_master", gone)
        assert "内存不够" in refused(crmflow(config, "run"), 3)
    assert document(config, "run")["rows"]["unchanged"] == 10


def test_a_missing_template_and_a_blocked_output_could_not_finish(tmp_path: Path) -> None:
    tiny.company(tmp_path)
    bare = tiny.settle(tmp_path, **{f"templates: {tiny.ROOT / 'templates'}": "templates: nowhere"})
    refused(crmflow(bare, "run"), 3)
    config = tiny.settle(tmp_path)
    config.folders.output.write_text("in the way")
    assert "output" in refused(crmflow(config, "run"), 3)


def test_commands_that_look_leave_nothing_behind(config: Config) -> None:
    for words in (("status",), ("due",), ("grade",), ("outbox", "list")):
        assert crmflow(config, *words).exit_code == 0
    assert not config.folders.data.exists()


def test_another_command_at_work_is_said(ran: Config) -> None:
    with exclusive(ran):
        refused(crmflow(ran, "run"), 3)


HEAVY = {"polars", "pandera", "sqlalchemy", "python_calamine", "openpyxl", "xlsxwriter", "pydantic", "yaml", "jinja2",
         "yagmail", "chinese_calendar", "rustpy_xlsxwriter", "phonenumbers"}


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys\nfrom crmflow.cli import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        "print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tiny.ROOT, env={**os.environ, "PYTHONPATH": str(tiny.ROOT)},
        capture_output=True, text=True, check=True,
    )
    shown, _, loaded = ended.stdout.partition("LOADED")
    assert "run" in shown
    assert HEAVY.isdisjoint(loaded.split())


def test_check_needs_no_database_library() -> None:
    program = "import sys, crmflow.commands.check\nprint(*sorted({name.partition('.')[0] for name in sys.modules}))"
    ended = subprocess.run(
        [sys.executable, "-c", program], cwd=tiny.ROOT, env={**os.environ, "PYTHONPATH": str(tiny.ROOT)},
        capture_output=True, text=True, check=True,
    )
    assert "sqlalchemy" not in ended.stdout.split()


def test_status_says_when_a_run_has_not_come_to_its_end(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupted(Exception):
        pass

    def interrupt(*_: object) -> None:
        raise Interrupted

    assert "还没有运行过" in crmflow(config, "status").output
    for moment, before in ((tiny.NOW, None), (tiny.NOW + timedelta(days=1), tiny.NOW.isoformat())):
        with monkeypatch.context() as patch, pytest.raises(Interrupted):
            patch.setattr(state, "load", interrupt)
            tiny.at(config, moment)
        found, shown = document(config, "status"), crmflow(config, "status").output
        assert (found["last_run"], found["unfinished_run"]) == (before, moment.isoformat())
        assert "还没有做完" in shown
        assert ("上次运行" in shown) == (before is not None)
        assert found["workbooks"] == 2
        tiny.at(config, moment)
        assert document(config, "status")["unfinished_run"] is None


@pytest.mark.parametrize("call", [("due",), ("due", "--json"), ("run",)])
def test_a_reader_who_has_read_enough_gets_no_word_of_it(tmp_path: Path, call: tuple[str, ...]) -> None:
    tiny.at(tiny.company(tmp_path))
    whole = [sys.executable, "-m", "crmflow", *call, "--today", TODAY, "--config", str(tmp_path / "config.yaml")]
    with subprocess.Popen(
        whole, cwd=tiny.ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(tiny.ROOT)}
    ) as running:
        assert running.stdout is not None and running.stderr is not None
        running.stdout.close()
        said = running.stderr.read()
    assert (running.returncode, said) == (0, b"")
