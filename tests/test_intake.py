"""Files are read by processes: one that dies takes only its own file with it."""

import os
import sys

import pytest

from crmflow import intake, processes
from crmflow.catalogue import catalogue
from crmflow.config import Files
from crmflow.intake import Reading, hints_of, in_groups, read_books, read_chunk
from crmflow.model import Book, FileState, WorkbookKind
from crmflow.processes import Processes
from crmflow.scan import scan
from crmflow.workbook.peek import Hint
from tests.books import archive

LIMITS = Files(workers=2)


def states(*names: str) -> list[FileState]:
    return [FileState(name, 0, 0) for name in names]


def read_unless_deadly(reading: Reading, chunk):
    """Stands for a reader that a hostile file kills, or that such a file asks for absurd memory."""
    for state in chunk:
        if "kills" in state.path:
            os._exit(1)
        if "greedy" in state.path:
            bytearray(processes.MEMORY)
    return tuple(Book(state, "read", None, None) for state in chunk)


def peek_unless_deadly(reading: Reading, chunk):
    """Stands for looking into a file that kills who does."""
    return read_unless_deadly(reading, chunk) and (Hint("known"),) * len(chunk)


def read(states, reading: Reading, job=read_chunk) -> list[Book]:
    with Processes(LIMITS.workers) as helping:
        return list(read_books(states, reading, helping, job))


def outcome(books) -> dict[str, str]:
    return {book.file: book.sha256 or book.findings[0].code for book in books}


def test_books_come_in_the_order_of_their_files(tmp_path):
    for name in ("b.xlsx", "a.xlsx", "c.xlsx"):
        archive(tmp_path, {"F0.cover": f"客户代码 | {name[0].upper()}"}, name)
    books = read(scan(tmp_path).files, Reading(tmp_path, LIMITS))
    assert [book.file for book in books] == ["a.xlsx", "b.xlsx", "c.xlsx"]
    assert [book.records[0].values["code"] for book in books] == ["A", "B", "C"]


def test_a_book_comes_from_another_process_as_it_was_read_there(tmp_path):
    archive(tmp_path, {"F8.plan": "年度 | 2026", "F8.projects": "项目 | 合同额（万元）\n二期 | 约120"})
    reading, found = Reading(tmp_path, LIMITS), scan(tmp_path).files
    (book,) = read(found, reading)
    assert (book,) == read_chunk(reading, found)
    assert {finding.code for record in book.records for finding in record.findings} == {"NOT_A_NUMBER"}
    assert {record.period for record in book.records} == {"", "2026"}


def test_no_files_take_no_process(monkeypatch):
    monkeypatch.setattr(Processes, "submit", None)
    with Processes(LIMITS.workers) as helping:
        assert hints_of([], Reading(".", LIMITS), helping) == []
        assert list(read_books([], Reading(".", LIMITS), helping)) == []


def test_a_file_that_kills_its_reader_takes_no_other_with_it(tmp_path):
    files = states("a.xlsx", "kills.xlsx", "b.xlsx", "c.xlsx")
    assert outcome(read(files, Reading(tmp_path, LIMITS), read_unless_deadly)) == {
        "a.xlsx": "read", "kills.xlsx": "FILE_BROKE_READER", "b.xlsx": "read", "c.xlsx": "read",
    }


def test_two_deadly_files_are_both_named_and_all_chunks_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(intake, "CHUNK", 2)
    files = states("a.xlsx", "b.xlsx", "kills 1.xlsx", "c.xlsx", "d.xlsx", "e.xlsx", "f.xlsx", "kills 2.xlsx")
    books = read(files, Reading(tmp_path, LIMITS), read_unless_deadly)
    assert [book.file for book in books] == [state.path for state in files]
    assert {file for file, what in outcome(books).items() if what == "FILE_BROKE_READER"} == {"kills 1.xlsx", "kills 2.xlsx"}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux limits a process's memory")
def test_a_reader_that_asks_for_absurd_memory_is_refused_it(tmp_path):
    files = states("a.xlsx", "greedy.xlsx", "b.xlsx")
    assert outcome(read(files, Reading(tmp_path, LIMITS), read_unless_deadly)) == {
        "a.xlsx": "read", "greedy.xlsx": "FILE_BROKE_READER", "b.xlsx": "read",
    }


def test_a_file_that_kills_who_looks_into_it_costs_the_hints_and_nothing_else(tmp_path):
    reading = Reading(tmp_path, LIMITS)
    with Processes(LIMITS.workers) as helping:
        assert hints_of(states("a.xlsx", "b.xlsx"), reading, helping, peek_unless_deadly) == [Hint("known")] * 2
        assert hints_of(states("a.xlsx", "kills.xlsx"), reading, helping, peek_unless_deadly) == [Hint()] * 2
        assert outcome(read_books(states("a.xlsx"), reading, helping, read_unless_deadly)) == {"a.xlsx": "read"}


def test_the_last_groups_are_smaller_since_nothing_is_read_while_they_are_taken_in(monkeypatch):
    monkeypatch.setattr(intake, "GROUP", 8)
    monkeypatch.setattr(intake, "LAST", 2)
    files = states(*(f"{number:02}.xlsx" for number in range(30)))
    groups = list(in_groups(files, [Hint()] * 30, tuple(WorkbookKind), catalogue()))
    assert [len(group) for group in groups] == [8, 8, 7, 3, 2, 2]
    assert [state for group in groups for state in group] == files


def test_files_that_claim_to_be_the_same_workbook_are_taken_in_together_however_many(monkeypatch):
    monkeypatch.setattr(intake, "GROUP", 2)
    monkeypatch.setattr(intake, "LAST", 1)
    files = states("a.xlsx", "b.xlsx", "c.xlsx", "d.xlsx", "e.xlsx")
    groups = in_groups(files, [Hint("A"), Hint("B"), Hint("A"), Hint("A"), Hint("E")], tuple(WorkbookKind), catalogue())
    assert [[state.path[0] for state in group] for group in groups] == [["a", "c", "d"], ["b"], ["e"]]


def test_the_same_processes_go_on_working_after_one_has_died(tmp_path):
    reading = Reading(tmp_path, LIMITS)
    with Processes(LIMITS.workers) as helping:
        assert outcome(read_books(states("kills.xlsx"), reading, helping, read_unless_deadly)) == {
            "kills.xlsx": "FILE_BROKE_READER"
        }
        assert outcome(read_books(states("a.xlsx"), reading, helping, read_unless_deadly)) == {"a.xlsx": "read"}
        assert helping.submit(sum, (1, 2)).result() == 3


def test_one_unreadable_file_never_stops_the_rest(tmp_path):
    archive(tmp_path, name="good.xlsx")
    (tmp_path / "empty.xlsx").write_bytes(b"")
    (tmp_path / "text.xlsx").write_text("客户,金额\n")
    (tmp_path / "half.xlsx").write_bytes((tmp_path / "good.xlsx").read_bytes()[:2000])
    books = read_chunk(Reading(tmp_path, LIMITS), scan(tmp_path).files)
    assert {book.file: [finding.code for finding in book.findings] for book in books} == {
        "empty.xlsx": ["FILE_EMPTY"], "good.xlsx": [], "half.xlsx": ["FILE_DAMAGED"], "text.xlsx": ["FILE_NOT_EXCEL"],
    }


def test_a_file_that_our_own_mistake_keeps_us_from_reading_costs_that_file_only(tmp_path, monkeypatch):
    def stumble(path, state, *more):
        if "odd" in state.path:
            raise ValueError("could not convert string to float: 'E0'")
        return Book(state, "read", None, None)

    monkeypatch.setattr(intake, "read_book", stumble)
    books = read_chunk(Reading(tmp_path, LIMITS), states("a.xlsx", "odd.xlsx", "b.xlsx"))
    assert outcome(books) == {"a.xlsx": "read", "odd.xlsx": "FILE_BROKE_READER", "b.xlsx": "read"}


def test_a_file_that_was_taken_away_meanwhile_is_read_at_the_next_run(tmp_path):
    (book,) = read_chunk(Reading(tmp_path, LIMITS), states("gone.xlsx"))
    assert [finding.code for finding in book.findings] == ["FILE_CHANGING"]
