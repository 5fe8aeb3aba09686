"""``crmflow serve``: a heartbeat that nothing stops but being told to, and then at once and without half work."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from crmflow import health
from crmflow.catalogue import catalogue
from crmflow.config import Config
from crmflow.lock import SERVING, WRITING, AlreadyServing, holder, serving
from crmflow.store import archive, runs
from crmflow.store.tables import WORKBOOK
from crmflow.timetable import Jobs
from tests import books, tiny
from tests.tiny import processes_with

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the tests send signals as Unix knows them")
HERE = {**os.environ, "PYTHONPATH": str(tiny.ROOT)}
JOBS = len(Jobs().by_name)
SOON = 20.0
"""Seconds that something may take to begin."""


def serve(config: Config) -> "subprocess.Popen[str]":
    """A real one, in a session of its own, by which its processes are found afterwards."""
    call = [sys.executable, "-m", "crmflow", "serve", "--config", str(config.folders.data.parent / "config.yaml")]
    return subprocess.Popen(
        call, cwd=tiny.ROOT, env=HERE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
    )


def until(is_so: object, what: str) -> None:
    assert callable(is_so)
    end = time.monotonic() + SOON
    while not is_so():
        assert time.monotonic() < end, what
        time.sleep(0.02)


@pytest.fixture
def marked(tmp_path: Path) -> Iterator[str]:
    """A word in the environment of whatever the test starts."""
    HERE["CRMFLOW_TEST"] = word = f"mark-{tmp_path.name}-{os.getpid()}"
    yield word
    del HERE["CRMFLOW_TEST"]


def taken_in(config: Config) -> tuple[int, int]:
    """Workbooks in the store, and jobs in the ledger."""
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        return len(connection.execute(select(WORKBOOK.c.workbook_id)).all()), len(runs.ledger(connection))


def test_it_ticks_at_once_and_a_stop_file_ends_it(tmp_path: Path, marked: str) -> None:
    config = tiny.company(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "stop").touch()
    running = serve(config)
    until((config.folders.data / health.NAME).exists, "no tick")
    (config.folders.data / "stop").touch()
    told, trouble = running.communicate(timeout=SOON)
    assert (running.returncode, trouble) == (0, "")
    assert "已做" in told
    assert not (config.folders.data / "stop").exists()
    assert processes_with(marked) == set()
    assert taken_in(config) == (2, JOBS)


def test_a_second_serve_says_in_one_sentence_that_there_is_one(tmp_path: Path) -> None:
    config = tiny.company(tmp_path)
    with serving(config):
        second = serve(config)
        told, trouble = second.communicate(timeout=SOON)
        with pytest.raises(AlreadyServing, match=str(os.getpid())), serving(config):
            pytest.fail("both serve")
    assert (second.returncode, told, len(trouble.splitlines())) == (3, "", 1)
    assert str(os.getpid()) in trouble


@pytest.fixture(scope="module")
def hundred(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred archives, which take seconds to take in."""
    folder = tmp_path_factory.mktemp("hundred")
    tiny.staff(folder)
    for number in range(100):
        code = f"KH{number:04}"
        given = {"F0.cover": tiny.cover(code, f"第{number}公司"), "F2.persons": tiny.PERSONS, "F10.reports": tiny.REPORTS,
                 "F11.transactions": tiny.SALES.replace("S-", f"S{number}-")}
        books.archive(folder / "workbooks", given, f"王芳/{code}.xlsx", books.identity(workbook_id=code))
    return folder / "workbooks"


@pytest.mark.parametrize("delay", [0.3, 1.2, 2.2])
@pytest.mark.parametrize("told_by", ["SIGTERM", "SIGINT", "the stop file"])
def test_a_word_in_the_middle_of_a_run_ends_it_at_once_without_half_work(
    tmp_path: Path, hundred: Path, marked: str, told_by: str, delay: float
) -> None:
    config = tiny.settle(tmp_path, **{"workbooks: workbooks": f"workbooks: {hundred}", "workers: 1": "workers: 2"})
    running = serve(config)
    until((config.folders.data / "serve.pid").exists, "it does not serve")
    time.sleep(delay)
    assert running.poll() is None
    begin = time.monotonic()
    if told_by == "the stop file":
        (config.folders.data / "stop").touch()
    else:
        running.send_signal(signal.Signals[told_by])
    _, trouble = running.communicate(timeout=SOON)
    took = time.monotonic() - begin
    assert (running.returncode, trouble) == (0, "")
    assert took < 2
    assert processes_with(marked) == set()
    workbooks, jobs = taken_in(config)
    assert (workbooks, jobs) in {(0, 0), (101, 0), (101, JOBS)}
    assert (holder(config, WRITING), holder(config, SERVING)) == (None, None)
    again = subprocess.run([sys.executable, "-m", "crmflow", "tick", "--config", str(tmp_path / "config.yaml")],
                           cwd=tiny.ROOT, env=HERE, capture_output=True, text=True, check=False)
    assert (again.returncode, again.stderr) == (0, "")
    assert taken_in(config) == (101, JOBS)
