"""Processes that work beside this one: there when they are wanted, renewed when one dies, gone when this one is."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crmflow import intake, processes, workshop
from crmflow.processes import Processes
from crmflow.reports import todo


def test_what_goes_to_and_fro_waits_for_its_turn_less_long_while_they_work() -> None:
    before = sys.getswitchinterval()
    with Processes(1):
        assert sys.getswitchinterval() < before
    assert sys.getswitchinterval() == before


def test_what_is_done_apart_is_done_by_one_process_that_does_nothing_else() -> None:
    with Processes(2) as several:
        apart = {several.submit_apart(os.getpid).result() for _ in range(3)}
        others = {several.submit(os.getpid).result() for _ in range(3)}
    assert len(apart) == 1
    assert not apart & others


def test_one_that_died_is_replaced() -> None:
    with Processes(1) as alone:
        first = alone.submit(os.getpid).result()
        assert alone.submit(os._exit, 1).exception() is not None
        alone.renew()
        assert alone.submit(os.getpid).result() not in (first, os.getpid())


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_one_that_asks_for_absurd_memory_is_refused_it() -> None:
    with Processes(1) as alone:
        assert isinstance(alone.submit(bytearray, processes.MEMORY).exception(), MemoryError)


def test_what_a_run_hands_over_lies_in_the_modules_that_are_loaded_beforehand() -> None:
    tasks = (
        intake.peek_chunk, intake.read_chunk, todo.written, workshop.list_rows, workshop.marked_copy, workshop.pictures,
        workshop.write_calendars, workshop.write_master,
    )
    assert {task.__module__ for task in tasks} == set(processes.TASKS)


EARLY = """
from multiprocessing import forkserver
from crmflow.processes import TASKS, Processes, load_early
if __name__ == "__main__":
    load_early()
    loading = forkserver._forkserver._forkserver_pid
    with Processes(1, TASKS) as alone:
        print(alone.submit(eval, "'crmflow.workshop' in __import__('sys').modules").result())
    print(loading is not None and loading == forkserver._forkserver._forkserver_pid)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process loads for itself")
def test_what_began_to_load_early_is_what_a_run_uses(tmp_path: Path) -> None:
    assert run(tmp_path, EARLY).stdout == "True\nTrue\n"


LOADED = """
from crmflow.processes import Processes
if __name__ == "__main__":
    with Processes(1, ("wave",)) as alone:
        print(alone.submit(eval, "'wave' in __import__('sys').modules").result())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process loads for itself")
def test_a_process_has_loaded_the_modules_of_its_tasks_before_the_first(tmp_path) -> None:
    assert run(tmp_path, LOADED).stdout == "True\n"


def test_a_temporary_folder_with_a_long_name_stops_nothing(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / ("long" * 30)
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    assert run(tmp_path, LOADED).stdout == "False\n"


PARENT = """
import os, sys, time
from crmflow.processes import Processes
if __name__ == "__main__":
    several = Processes(1)
    print(several.submit(os.getpid).result(), flush=True)
    os.kill(os.getpid(), 9)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="processes are looked up in /proc")
def test_they_end_with_the_process_that_started_them_whatever_it_died_of(tmp_path) -> None:
    helping = int(run(tmp_path, PARENT).stdout)
    for _ in range(200):
        if not is_running(helping):
            return
        time.sleep(0.05)
    pytest.fail("it waits for work for ever")


def run(folder: Path, program: str) -> "subprocess.CompletedProcess[str]":
    (folder / "parent.py").write_text(program)
    return subprocess.run(
        [sys.executable, folder / "parent.py"], stdout=subprocess.PIPE, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )


def is_running(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text(encoding="utf-8")
        return status.rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
