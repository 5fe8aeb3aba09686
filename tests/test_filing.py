"""Taking the workbooks in: what is read, in which order, and what becomes of files that move, vanish, split or break."""

import hashlib
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest

from crmflow import filing
from crmflow.catalogue import catalogue
from crmflow.config import Config
from crmflow.filing import fingerprint
from crmflow.intake import Reading, read_chunk
from crmflow.model import Accepted, FileState, Finding, Person, WorkbookKind
from crmflow.people import Directory
from crmflow.run import Figures
from crmflow.store import archive, findings
from crmflow.store.archive import KnownWorkbook
from tests import books, tiny
from tests.tiny import NOW, PEOPLE

in_this_process = tiny.in_this_process

ARCHIVE = "王芳/江南.xlsx"


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, in_this_process: None) -> list[str]:
    """The files that were read, in their order."""
    files: list[str] = []

    def noting(states: tuple[FileState, ...], reading: Reading, _: object) -> Iterator[object]:
        files.extend(state.path for state in states)
        return iter(read_chunk(reading, states))

    monkeypatch.setattr(filing, "read_books", noting)
    return files


class Firm:
    """The tiny company, its folder, and what the store says of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config: Config = tiny.company(folder)

    def run(self, days: int = 0) -> Figures:
        return tiny.at(self.config, NOW + timedelta(days=days)).figures

    def workbook(self, path: str = ARCHIVE) -> Path:
        return self.folder / "workbooks" / path

    def findings(self) -> list[Finding]:
        store = archive.open_store(self.config.store_url, catalogue())
        with store.engine.connect() as connection:
            return list(findings.standing(connection))

    def told(self) -> list[tuple[str, str]]:
        return [(one.code, one.where.file) for one in self.findings()]

    def rows(self, block: str) -> tuple[Accepted, ...]:
        store = archive.open_store(self.config.store_url, catalogue())
        with store.engine.connect() as connection:
            return archive.company_rows(store, connection, (block,))[block]

    def workbooks(self) -> dict[str, KnownWorkbook]:
        store = archive.open_store(self.config.store_url, catalogue())
        with store.engine.connect() as connection:
            return dict(archive.workbooks(connection))

    def confirm(self) -> None:
        store = archive.open_store(self.config.store_url, catalogue())
        with store.engine.begin() as connection:
            tokens = [hold.token for hold in findings.pending_holds(connection)]
            assert findings.confirm(connection, tokens, "何静", NOW) == ()


@pytest.fixture
def firm(tmp_path: Path, read: list[str]) -> Firm:
    made = Firm(tmp_path)
    made.run()
    read.clear()
    return made


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def adds_up(figures: Figures) -> bool:
    files, rows = figures.workbooks, figures.rows
    return (
        files["seen"] == files["read"] + files["unchanged"] + files["unreadable"]
        and rows["seen"] == rows["accepted"] + rows["unchanged"] + rows["held"]
    )


def test_files_that_did_not_change_are_not_read(firm: Firm, read: list[str]) -> None:
    (firm.folder / "workbooks" / "新.xlsx").write_bytes(b"")
    figures = firm.run()
    assert read == ["新.xlsx"]
    assert figures.workbooks == {"seen": 3, "read": 0, "unchanged": 2, "unreadable": 1}
    assert figures.rows == {"seen": 10, "accepted": 0, "unchanged": 10, "held": 0, "closed": 0}


def test_staff_go_first_so_that_a_new_colleague_may_keep_a_new_archive(firm: Firm) -> None:
    tiny.staff(firm.folder, PEOPLE + "    '1004 | 林新 | 客户经理 | '1001 | 市场部 | lin@a.example\n")
    says = books.identity(workbook_id="w-2")
    books.archive(firm.folder / "workbooks", {"F0.cover": tiny.cover("KH2", "新客户", "林新")}, "a.xlsx", says)
    figures = firm.run()
    assert (figures.rows["accepted"], figures.rows["held"], firm.told()) == (2, 0, [])


def test_archives_are_checked_again_when_the_register_changes(firm: Firm, read: list[str]) -> None:
    tiny.staff(firm.folder, PEOPLE.replace("    '1002 | 王芳   | 客户经理   | '1001    | 市场部 | wang@a.example\n", ""))
    firm.run()
    assert read == ["人员.xlsx", ARCHIVE]
    assert ("NOT_STAFF", ARCHIVE) in firm.told()
    tiny.staff(firm.folder)
    firm.run()
    assert firm.told() == []


def test_archives_are_checked_again_on_the_day_after_somebody_left() -> None:
    leaving = Directory.of([Person("1", "甲", "account_manager", left_on=date(2026, 7, 15))])
    one, two, three = (
        fingerprint(WorkbookKind.ARCHIVE, filing.Reference(leaving, {}), date(2026, 7, day)) for day in (14, 15, 16)
    )
    assert one == two != three


def test_a_workbook_with_findings_is_looked_at_again_on_another_day(firm: Firm, read: list[str]) -> None:
    tiny.archive(firm.folder, {"F0.cover": tiny.cover(核定日期="2026-07-16")})
    firm.run()
    assert [code for code, _ in firm.told()] == ["IN_FUTURE"]
    read.clear()
    firm.run(days=1)
    assert read == [ARCHIVE]
    assert firm.told() == []


def test_a_moved_file_keeps_its_rows(firm: Firm) -> None:
    before = [row.row_id for row in firm.rows("F11.transactions")]
    firm.workbook("李伟").mkdir()
    firm.workbook().rename(firm.workbook("李伟/江南.xlsx"))
    figures = firm.run()
    assert (figures.rows["accepted"], figures.rows["unchanged"], figures.rows["closed"]) == (0, 10, 0)
    assert [row.row_id for row in firm.rows("F11.transactions")] == before
    assert {row.where.file for row in firm.rows("F11.transactions")} == {"李伟/江南.xlsx"}
    assert firm.told() == []


def test_a_missing_file_closes_nothing_and_its_keeper_is_told(firm: Firm) -> None:
    away = firm.workbook().rename(firm.folder / "away.xlsx")
    firm.run()
    assert [(one.code, one.owner, one.customer) for one in firm.findings()] == [("FILE_MISSING", "1002", "KH0012")]
    assert len(firm.rows("F11.transactions")) == 3
    away.rename(firm.workbook())
    firm.run()
    assert firm.told() == []


def test_a_workbook_whose_place_another_has_taken_is_missed_too(firm: Firm) -> None:
    says = books.identity(workbook_id="w-2")
    books.archive(firm.folder / "workbooks", {"F0.cover": tiny.cover("KH2", "新客户")}, ARCHIVE, says)
    firm.run()
    assert firm.told() == [("FILE_MISSING", ARCHIVE)]
    assert len(firm.rows("F0.cover")) == 2


def test_a_workbook_that_lost_its_identity_sheet_is_the_one_at_its_place(firm: Firm) -> None:
    book = openpyxl.load_workbook(firm.workbook())
    del book["_crmflow"]
    book.save(firm.workbook())
    figures = firm.run()
    assert firm.told() == [("IDENTITY_MISSING", ARCHIVE)]
    assert (figures.rows["unchanged"], len(firm.workbooks())) == (10, 2)


def test_an_unreadable_file_keeps_its_rows_until_it_is_mended(firm: Firm) -> None:
    good = firm.workbook().read_bytes()
    firm.workbook().write_bytes(good[:2000])
    figures = firm.run()
    assert [(one.code, one.owner) for one in firm.findings()] == [("FILE_DAMAGED", "1002")]
    assert (figures.workbooks["unreadable"], len(firm.rows("F11.transactions"))) == (1, 3)
    firm.workbook().write_bytes(good)
    assert (firm.run().rows["unchanged"], firm.told()) == (10, [])


def test_findings_vanish_when_they_are_mended(firm: Firm) -> None:
    tiny.archive(firm.folder, {"F0.cover": tiny.cover(客户阶段="热情")})
    firm.run()
    assert [code for code, _ in firm.told()] == ["NOT_IN_LIST"]
    tiny.archive(firm.folder, {"F0.cover": tiny.cover()})
    firm.run()
    assert firm.told() == []


def test_a_sync_copy_is_told_and_the_original_may_be_edited_beside_it(firm: Firm) -> None:
    copy = firm.workbook("王芳/江南-另存.xlsx")
    shutil.copyfile(firm.workbook(), copy)
    first = firm.run()
    assert firm.told() == [("SYNC_COPY", "王芳/江南-另存.xlsx")]
    assert (first.workbooks["unreadable"], adds_up(first)) == (1, True)
    tiny.archive(firm.folder, {"F0.cover": tiny.cover(行业="化工")})
    firm.run()
    assert firm.told() == [("SYNC_COPY", "王芳/江南-另存.xlsx")]
    assert firm.rows("F0.cover")[0].values["industry"] == "化工"
    copy.unlink()
    firm.run()
    assert firm.told() == []


def test_a_copy_made_from_the_accepted_file_supersedes_it(firm: Firm) -> None:
    parent = sha(firm.workbook())
    tiny.archive(firm.folder, {"F0.cover": tiny.cover(行业="化工")}, "王芳/回执.xlsx", parent)
    figures = firm.run()
    assert firm.rows("F0.cover")[0].values["industry"] == "化工"
    assert firm.told() == [("SYNC_COPY", ARCHIVE)]
    assert adds_up(figures)
    assert figures.rows["seen"] == 5
    again = firm.run(days=1)
    assert (again.rows["accepted"], firm.told()) == (0, [("SYNC_COPY", ARCHIVE)])


def test_two_files_edited_from_the_same_one_are_both_held_and_both_named(firm: Firm) -> None:
    parent = sha(firm.workbook())
    tiny.archive(firm.folder, {"F0.cover": tiny.cover(行业="化工")}, "王芳/回执.xlsx", parent)
    tiny.archive(firm.folder, {"F0.cover": tiny.cover(行业="食品")})
    figures = firm.run()
    assert firm.told() == [("BOTH_EDITED", "王芳/回执.xlsx"), ("BOTH_EDITED", ARCHIVE)]
    assert firm.rows("F0.cover")[0].values["industry"] == "装备制造"
    assert (adds_up(figures), figures.workbooks["unreadable"], len(firm.rows("F11.transactions"))) == (True, 2, 3)


def test_a_file_moved_beside_an_edited_copy_of_it_is_still_the_workbook(firm: Firm) -> None:
    firm.workbook().rename(firm.workbook("王芳/甲.xlsx"))
    tiny.archive(firm.folder, {"F0.cover": tiny.cover(行业="化工")}, "王芳/乙.xlsx")
    firm.run()
    assert firm.told() == [("SYNC_COPY", "王芳/乙.xlsx")]
    assert firm.rows("F0.cover")[0].where.file == "王芳/甲.xlsx"


def test_a_second_staff_register_changes_nobody(firm: Firm) -> None:
    people = PEOPLE.replace("wang@a.example", "thief@b.example")
    says = books.identity(WorkbookKind.STAFF, "second")
    books.register(firm.folder / "workbooks", people, "a.xlsx", says)
    firm.run()
    assert {code for code, _ in firm.told()} == {"PERSON_DOUBLED"}
    assert "thief@b.example" not in {row.values["email"] for row in firm.rows("F30.people")}


def test_a_new_account_manager_is_told_nothing_before_the_change_is_confirmed(firm: Firm) -> None:
    tiny.archive(firm.folder, {"F0.cover": tiny.cover(manager="李伟"), "F2.persons": tiny.PERSONS,
                               "F10.reports": tiny.REPORTS, "F11.transactions": tiny.SALES})
    firm.run()
    assert [(one.code, one.owner) for one in firm.findings()] == [("HELD_TRUST", "1002")]
    firm.confirm()
    figures = firm.run()
    assert (firm.told(), figures.rows["accepted"]) == ([], 1)
    assert firm.workbooks()["w-1"].owner == "1003"


def test_a_confirmation_serves_once(firm: Firm) -> None:
    def hand_over(manager: str) -> list[tuple[str, str]]:
        tiny.archive(firm.folder, {"F0.cover": tiny.cover(manager=manager), "F2.persons": tiny.PERSONS,
                                   "F10.reports": tiny.REPORTS, "F11.transactions": tiny.SALES})
        firm.run()
        return firm.told()

    assert hand_over("李伟") == [("HELD_TRUST", ARCHIVE)]
    firm.confirm()
    firm.run()
    assert hand_over("王芳") == [("HELD_TRUST", ARCHIVE)]
    firm.confirm()
    firm.run()
    assert hand_over("李伟") == [("HELD_TRUST", ARCHIVE)]


def test_a_file_that_could_not_be_opened_is_tried_again_at_once(
    firm: Firm, read: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tiny.archive(firm.folder, {"F0.cover": tiny.cover(行业="化工")})
    with monkeypatch.context() as held:
        held.setattr("crmflow.workbook.read.Path.read_bytes", refuse)
        firm.run()
        assert firm.told() == [("FILE_NOT_READABLE", ARCHIVE)]
    firm.run()
    assert (firm.told(), firm.rows("F0.cover")[0].values["industry"]) == ([], "化工")


def refuse(path: Path) -> bytes:
    if path.suffix == ".xlsx":
        raise PermissionError(13, "in use", str(path))
    return path.open("rb").read()
