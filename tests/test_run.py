"""The whole run on a tiny company: figures that add up, nothing twice, and nothing lost whatever happens in between."""

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from crmflow import intake, mail, outbox, render, state
from crmflow.catalogue import catalogue
from crmflow.config import Config
from crmflow.render import RenderError
from crmflow.reports import master, reference
from crmflow.run import Figures
from crmflow.state import work_out
from crmflow.store import archive, findings, mailbox, runs
from crmflow.store.tables import POSITION, REVISION
from samples.make_company import make_company
from tests import books, tiny
from tests.tiny import NOW

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return tiny.company(tmp_path)


def figures(config: Config, now: datetime = NOW) -> Figures:
    return tiny.at(config, now).figures


def lasting(found: Figures) -> Mapping[str, object]:
    """What must not depend on how a run came about."""
    return {"findings": found.findings, "grades": found.grades, "duties": found.duties, "seen": found.rows["seen"],
            "held": found.rows["held"], "workbooks": found.workbooks["seen"]}


def accepted(config: Config) -> list[tuple[object, ...]]:
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        what = REVISION.c.block, REVISION.c.key, REVISION.c["values"], REVISION.c.action, REVISION.c.arrived_at
        query = select(*what).join(POSITION, POSITION.c.revision == REVISION.c.id).where(POSITION.c.is_open)
        return sorted((tuple(row) for row in connection.execute(query)), key=str)


def mails(config: Config) -> list[tuple[str, str]]:
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        return sorted((one.recipient, one.state.value) for one in mailbox.messages(connection))


def test_the_figures_of_the_first_run_add_up(config: Config) -> None:
    found = figures(config)
    assert found.workbooks == {"seen": 2, "read": 2, "unchanged": 0, "unreadable": 0}
    assert found.rows == {"seen": 10, "accepted": 10, "unchanged": 0, "held": 0, "closed": 0}
    assert found.findings == {"error": 0, "warning": 0}
    assert found.grades == {"G1": {"key": 1}, "G2": {"B": 1}}
    assert found.duties == {
        "later": 9, "ahead": 0, "due": 0, "overdue": 0, "copied": 0, "escalated": 1, "at_head": 2, "at_executive": 6,
    }
    assert found.messages["queued"] == found.messages["sent"] == len(mails(config)) > 0
    assert (config.folders.output / "客户关系总表.xlsx").exists()


def test_a_second_run_reports_nothing_new_and_queues_no_mail(config: Config) -> None:
    first = figures(config)
    for moment in (NOW + MINUTE, NOW + 2 * MINUTE):
        second = figures(config, moment)
        assert lasting(second) == lasting(first)
        assert second.rows == {"seen": 10, "accepted": 0, "unchanged": 10, "held": 0, "closed": 0}
        assert second.messages["queued"] == 0


class Worked(Exception):
    """The run went the long way."""


@pytest.fixture
def shortcut_only(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From the call on, a run that works everything out raises."""
    def arm() -> None:
        def work(*_: object) -> None:
            raise Worked

        monkeypatch.setattr(state, "load", work)

    return arm


def test_the_shortcut_gives_the_same_figures(config: Config, shortcut_only: Callable[[], None]) -> None:
    tiny.archive(config.folders.workbooks.parent, {"F0.cover": tiny.cover(), "F11.transactions": tiny.SALES + "    S-4 | 坏 | 1\n"})
    first = figures(config)
    shortcut_only()
    second = figures(config, NOW + MINUTE)
    assert lasting(second) == lasting(first)
    assert second.rows == {"seen": 9, "accepted": 0, "unchanged": 8, "held": 1, "closed": 0}
    assert second.workbooks == {"seen": 2, "read": 0, "unchanged": 2, "unreadable": 0}


def let_through(config: Config) -> Config:
    with archive.open_store(config.store_url, catalogue()).engine.begin() as connection:
        tokens = [hold.token for hold in findings.pending_holds(connection)]
        assert tokens
        findings.confirm(connection, tokens, "何静", NOW)
    return config


def edited(config: Config) -> Config:
    tiny.archive(config.folders.workbooks.parent, {"F0.cover": tiny.cover(行业="化工")})
    return config


def without_master(config: Config) -> Config:
    master.path(config).unlink()
    return config


@pytest.mark.parametrize(("change", "later"), [
    (let_through, MINUTE),
    (edited, MINUTE),
    (without_master, MINUTE),
    (lambda config: config.model_copy(update={"findings": config.findings.model_copy(update={"remind_every_working_days": 6})}), MINUTE),
    (lambda config: config, DAY),
    (lambda config: config, -MINUTE),
])
def test_the_shortcut_is_not_taken_when_something_may_have_changed(
    config: Config, shortcut_only: Callable[[], None], change: Callable[[Config], Config], later: timedelta
) -> None:
    figures(config)
    tiny.archive(config.folders.workbooks.parent, {"F0.cover": tiny.cover(manager="李伟"), "F11.transactions": tiny.SALES,
                                                   "F10.reports": tiny.REPORTS, "F2.persons": tiny.PERSONS})
    figures(config)
    config = change(config)
    shortcut_only()
    with pytest.raises(Worked):
        figures(config, NOW + later)


def test_the_shortcut_ends_with_the_next_change_of_a_dutys_stage(
    config: Config, shortcut_only: Callable[[], None]
) -> None:
    complaint = """
        编号 | 类型 | 收到时间         | 渠道 | 内容 | 责任方
        T-1  | 投诉 | 2026-07-14 12:00 | 电话     | 漏水   | 王芳
    """
    tiny.archive(config.folders.workbooks.parent, {"F0.cover": tiny.cover(), "F12.complaints": complaint})
    assert figures(config).duties["ahead"] == 1
    shortcut_only()
    figures(config, NOW + timedelta(hours=1, minutes=59))
    with pytest.raises(Worked):
        figures(config, NOW + timedelta(hours=2, seconds=1))


class Crash(Exception):
    """The machine stops here."""


BOUNDARIES = [
    (archive, "apply"), (state, "load"), (state, "of"), (runs, "write_grades"), (render, "written"), (master, "write"),
    (reference, "write"), (outbox, "queue"), (runs, "finish_run"), (mail, "carrier"), (outbox, "deliver"),
    (mailbox, "claim"), (mailbox, "settle"),
]


@pytest.mark.parametrize(("where", "name"), BOUNDARIES, ids=lambda part: getattr(part, "__name__", part))
def test_after_a_crash_anywhere_the_next_run_ends_where_an_undisturbed_one_does(
    tmp_path: Path, where: object, name: str
) -> None:
    def crash(*_: object, **__: object) -> None:
        raise Crash

    calm, shaken = tiny.company(tmp_path / "calm"), tiny.company(tmp_path / "shaken")
    expected = figures(calm)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(where, name, crash)
        with pytest.raises(Crash):
            figures(shaken)
    found = figures(shaken, NOW + MINUTE)
    assert lasting(found) == lasting(expected)
    assert accepted(shaken) == accepted(calm)
    assert mails(shaken) == mails(calm)
    assert figures(shaken, NOW + 2 * MINUTE).messages["queued"] == 0


def dies_at(number: int, patch: pytest.MonkeyPatch) -> None:
    """The machine stops while the workbook of that number is entered; each is a group of its own."""
    whole, times = archive.apply, count(1)

    def apply(*given: Any) -> None:
        whole(*given)
        if next(times) == number:
            raise Crash

    patch.setattr(archive, "apply", apply)
    for name in ("GROUP", "LAST"):
        patch.setattr(intake, name, 1)


@pytest.mark.parametrize("number", [1, 2, 9, 14])
def test_a_first_run_that_dies_has_not_read_in_vain(tmp_path: Path, number: int) -> None:
    calm, shaken = (tiny.settle(tmp_path / name) for name in ("calm", "shaken"))
    for config in (calm, shaken):
        list(make_company(config.folders.workbooks))
    expected = figures(calm)
    with pytest.MonkeyPatch.context() as patch:
        dies_at(number, patch)
        with pytest.raises(Crash):
            figures(shaken)
    found = figures(shaken, NOW + MINUTE)
    assert found.workbooks["read"] <= expected.workbooks["read"] - number + 1
    assert lasting(found) == lasting(expected)
    assert accepted(shaken) == accepted(calm)
    assert mails(shaken) == mails(calm)


@pytest.mark.parametrize("saved_at", [NOW + 10 * MINUTE, NOW - 400 * DAY], ids=["saved since", "copied with its old time"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_when_something_came_does_not_depend_on_a_run_that_died(tmp_path: Path, number: int, saved_at: datetime) -> None:
    calm, shaken = tiny.company(tmp_path / "calm"), tiny.company(tmp_path / "shaken")
    for config in (calm, shaken):
        figures(config)
        for code in ("KH0021", "KH0022", "KH0023"):
            says = books.identity(workbook_id=code)
            sheets = {"F0.cover": tiny.cover(code, f"{code}有限公司"), "F11.transactions": tiny.SALES}
            path = books.archive(config.folders.workbooks, sheets, f"王芳/{code}.xlsx", says)
            os.utime(path, (saved_at.timestamp(), saved_at.timestamp()))
    figures(calm, NOW + 60 * MINUTE)
    with pytest.MonkeyPatch.context() as patch:
        dies_at(number, patch)
        with pytest.raises(Crash):
            figures(shaken, NOW + 60 * MINUTE)
    figures(shaken, NOW + 90 * MINUTE)
    assert accepted(shaken) == accepted(calm)
    came = max(saved_at, NOW)
    assert {row[-1] for row in accepted(shaken)} == {None, came}


KILLED = textwrap.dedent("""
    import os, signal, sys
    from pathlib import Path
    from crmflow import mail, outbox, run
    from crmflow.config import load
    from crmflow.reports import master
    from crmflow.store import archive, mailbox, runs
    from tests.tiny import NOW, stay_here

    stay_here(setattr)
    where, name, after = sys.argv[2:]
    module = {"archive": archive, "master": master, "mailbox": mailbox, "runs": runs, "outbox": outbox}[where]
    whole = getattr(module, name)

    def die(*given, **named):
        if after == "after":
            whole(*given, **named)
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, die)
    run.run(load(Path(sys.argv[1]) / "config.yaml"), NOW, lambda done, total: None)
""")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kill -9 is a thing of Unix")
@pytest.mark.parametrize(("where", "name", "when"), [
    ("archive", "apply", "after"), ("master", "write", "before"), ("outbox", "queue", "after"), ("mailbox", "settle", "before"),
])
def test_after_kill_9_the_next_run_ends_where_an_undisturbed_one_does(
    tmp_path: Path, where: str, name: str, when: str
) -> None:
    calm, shaken = tiny.company(tmp_path / "calm"), tiny.company(tmp_path / "shaken")
    expected = figures(calm)
    call = [sys.executable, "-c", KILLED, str(tmp_path / "shaken"), where, name, when]
    ended = subprocess.run(call, cwd=tiny.ROOT, env={**os.environ, "PYTHONPATH": str(tiny.ROOT)}, check=False)
    assert ended.returncode == -signal.SIGKILL
    found = figures(shaken, NOW + MINUTE)
    assert lasting(found) == lasting(expected)
    assert accepted(shaken) == accepted(calm)
    assert mails(shaken) == mails(calm)


def tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_dry_run_writes_nothing_at_all(config: Config, tmp_path: Path) -> None:
    before = tree(tmp_path)
    outcome = tiny.at(config, preview=True)
    assert (outcome.figures.rows["accepted"], len(outcome.messages) > 0) == (10, True)
    assert tree(tmp_path) == before
    assert not config.folders.data.exists()


def test_a_dry_run_on_a_standing_company_leaves_it_byte_for_byte(config: Config, tmp_path: Path) -> None:
    figures(config)
    edited(config)
    archive.open_store(config.store_url, catalogue()).engine.dispose()
    before = tree(tmp_path)
    outcome = tiny.at(config, NOW + MINUTE, preview=True)
    assert outcome.figures.rows["accepted"] == 1
    after = tree(tmp_path)
    assert {name: after[name] for name in before} == before
    assert {name for name in after.keys() - before.keys() if not name.endswith(("-wal", "-shm"))} == set()
    assert figures(config, NOW + MINUTE).rows["accepted"] == 1


def test_a_missing_template_stops_the_run_before_anything_is_accepted(config: Config, tmp_path: Path) -> None:
    figures(config)
    before = accepted(config)
    edited(config)
    bare = replace_folder(config, "templates", tmp_path / "no templates")
    with pytest.raises(RenderError):
        figures(bare, NOW + MINUTE)
    assert accepted(config) == before


def replace_folder(config: Config, name: str, place: Path) -> Config:
    return config.model_copy(update={"folders": config.folders.model_copy(update={name: place})})


def test_when_the_output_cannot_be_written_nothing_accepted_is_lost(config: Config, tmp_path: Path) -> None:
    (tmp_path / "in the way").write_text("a file where the folder should be")
    blocked = replace_folder(config, "output", tmp_path / "in the way")
    with pytest.raises(OSError, match="in the way"):
        figures(blocked)
    assert len(accepted(config)) == 10
    assert figures(config, NOW + MINUTE).rows["unchanged"] == 10


FULL = textwrap.dedent("""
    import resource, sys
    from pathlib import Path
    from crmflow.commands.guard import guarded
    from tests.tiny import stay_here

    stay_here(setattr)
    limit = int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    sys.exit(guarded("run", config=Path(sys.argv[1]) / "config.yaml", today="2026-07-15T10:01", as_json=True,
                     dry_run=False, strict=False))
""")


@pytest.mark.parametrize("kilobytes", [1, 40, 120, 200, 260])
def test_a_full_disk_is_one_sentence_and_nothing_accepted_is_lost(config: Config, kilobytes: int) -> None:
    """No file may grow beyond a limit: first the store fails, with more room the master."""
    figures(config)
    before = accepted(config)
    edited(config)
    call = [sys.executable, "-c", FULL, str(config.folders.data.parent), str(kilobytes * 1024)]
    ended = subprocess.run(
        call, cwd=tiny.ROOT, env={**os.environ, "PYTHONPATH": str(tiny.ROOT)}, check=False, capture_output=True, text=True,
    )
    assert ended.returncode in (0, 3), ended.stderr
    if ended.returncode == 3:
        assert (ended.stdout, len(ended.stderr.strip().splitlines())) == ("", 1), ended.stderr
        assert "Traceback" not in ended.stderr
    kept = accepted(config)
    assert kept == before or any("化工" in str(row) for row in kept)
    assert figures(config, NOW + 2 * MINUTE).rows["held"] == 0
    assert any("化工" in str(row) for row in accepted(config))


def test_seconds_are_measured_by_stage(config: Config) -> None:
    assert set(figures(config).seconds) == {"scan", "read", "grade", "render", "master", "queue", "send"}


def visits_owed(config: Config, now: datetime) -> list[tuple[str, str]]:
    store = archive.open_store(config.store_url, config.catalogue)
    with store.engine.connect() as connection:
        duties = work_out(store, connection, config, now).duties
    return sorted((duty.rule, duty.period) for duty in duties if duty.rule in ("V3", "V6"))


def test_a_report_that_left_its_workbook_stays_evidence_of_the_visit(config: Config, tmp_path: Path) -> None:
    figures(config)
    visited = visits_owed(config, NOW)
    without = {"F0.cover": tiny.cover(), "F2.persons": tiny.PERSONS, "F11.transactions": tiny.SALES}
    tiny.archive(tmp_path, without)
    assert figures(config, NOW + MINUTE).rows["closed"] == 1
    assert visits_owed(config, NOW + MINUTE) == visited
    never = tiny.company(tmp_path / "never")
    tiny.archive(tmp_path / "never", without)
    figures(never)
    assert len(visits_owed(never, NOW)) == len(visited) + 1
