"""An output takes the place of the old one whole, or not at all."""

import os
from pathlib import Path

import pytest

from crmflow.workbook import files
from crmflow.workbook.files import clear_away, replacing


def test_the_new_file_takes_the_place_of_the_old(tmp_path: Path) -> None:
    path = tmp_path / "总表.xlsx"
    path.write_text("old")
    with replacing(path) as temporary:
        temporary.write_text("new")
        assert path.read_text() == "old"
        assert temporary.parent == path.parent
    assert path.read_text() == "new"
    assert [file.name for file in tmp_path.iterdir()] == ["总表.xlsx"]


def test_a_failure_while_writing_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "总表.xlsx"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError), replacing(path) as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["总表.xlsx"]


def test_a_missing_folder_is_made(tmp_path: Path) -> None:
    with replacing(tmp_path / "a" / "b" / "x.txt") as temporary:
        temporary.write_text("x")
    assert (tmp_path / "a" / "b" / "x.txt").read_text() == "x"


def _held_open(monkeypatch: pytest.MonkeyPatch, times: int) -> list[float]:
    """Let the replacement fail so many times, as on Windows while somebody has the file open; returns the pauses."""
    pauses: list[float] = []
    replace = Path.replace

    def fail_first(self: Path, target: Path) -> Path:
        if len(pauses) < times:
            raise PermissionError(13, "in use")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_first)
    monkeypatch.setattr("crmflow.workbook.files.time.sleep", pauses.append)
    return pauses


def test_a_file_held_open_for_a_moment_is_replaced_when_it_is_free(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses = _held_open(monkeypatch, 3)
    with replacing(tmp_path / "x.txt") as temporary:
        temporary.write_text("new")
    assert (tmp_path / "x.txt").read_text() == "new"
    assert pauses == [0.05, 0.1, 0.2]


def test_a_file_that_stays_open_is_reported_and_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.txt"
    path.write_text("old")
    pauses = _held_open(monkeypatch, 1000)
    with pytest.raises(PermissionError), replacing(path) as temporary:
        temporary.write_text("new")
    assert path.read_text() == "old"
    assert len(pauses) == files.ATTEMPTS - 1
    assert [file.name for file in tmp_path.iterdir()] == ["x.txt"]


def test_what_a_killed_process_left_is_cleared_away_and_nothing_else(tmp_path: Path) -> None:
    old, fresh, foreign = (tmp_path / name for name in (f".{'a' * 32}.tmp", f".{'b' * 32}.tmp", ".notes.tmp"))
    for path in (old, fresh, foreign):
        path.write_text("half")
    os.utime(fresh, (5000, 5000))
    for path in (old, foreign):
        os.utime(path, (1000, 1000))
    clear_away([tmp_path, tmp_path / "not there"], now=5000)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted((fresh.name, foreign.name))
