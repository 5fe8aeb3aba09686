"""Real files, as different programs save them, become plain cells."""

import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest
from xlsxwriter import Workbook

from crmflow.catalogue import catalogue
from crmflow.config import Files
from crmflow.model import FileState
from crmflow.parse.book import read_book
from crmflow.workbook import read as reading
from crmflow.workbook.guard import Refusal
from crmflow.workbook.read import IDENTITY_SHEET, read
from tests.books import archive, identity, identity_pairs, write

LIMITS = Files()
PROJECTS = """
    项目     | 合同额（万元） | 获取率 | 实际收入（万元） | 利润率 | 利润额（万元） | 预计签约日期 | 状态
    二期厂房 | 120            | 60%    | 72               | 15%    | 10.8           | 2026-09-30   | 跟踪
"""


def refused(path: Path, limits: Files = LIMITS) -> str:
    with pytest.raises(Refusal) as caught:
        read(path, limits)
    return caught.value.code


def cells(path: Path, sheet: str = "Sheet1"):
    return next(one for one in read(path, LIMITS).sheets if one.name == sheet)


def saved(path: Path, fill: Callable, **options) -> Path:
    """A workbook that ``fill`` wrote with XlsxWriter, on a sheet ``Sheet1``."""
    with Workbook(str(path), options) as workbook:
        fill(workbook, workbook.add_worksheet("Sheet1"))
    return path


def rewritten(path: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """The package with every part passed through ``change(name, content)``."""
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            target.writestr(name, change(name, source.read(name)))
    return path


def test_cells_keep_their_addresses_when_rows_and_columns_before_them_are_empty(tmp_path):
    path = write(tmp_path / "a.xlsx", {"Sheet1": [[], [], ["", "", "C3"]]})
    assert cells(path).rows[2][2] == "C3"


def test_our_own_sheets_are_no_sheets_of_theirs(tmp_path):
    path = write(tmp_path / "a.xlsx", {"Sheet1": [["x"]], "_lists": [["附表8 收益计划"]], IDENTITY_SHEET: [["kind", "archive"]]})
    assert [one.name for one in read(path, LIMITS).sheets] == ["Sheet1"]
    assert read(path, LIMITS).identity == {"kind": "archive"}


def test_values_come_with_their_types(tmp_path):
    def fill(workbook, sheet):
        sheet.write_row(0, 0, ["文字", 1.5, True])
        formats = {"yyyy-mm-dd": date(2026, 7, 1), "yyyy-mm-dd hh:mm": datetime(2026, 7, 1, 9, 30), "hh:mm": time(9, 30), "[h]:mm": timedelta(hours=30)}
        for column, (shape, value) in enumerate(formats.items(), start=3):
            sheet.write_datetime(0, column, value, workbook.add_format({"num_format": shape}))
        sheet.write_number(0, 7, 46204, workbook.add_format({"num_format": 31}))   # yyyy"年"m"月"d"日"

    assert list(cells(saved(tmp_path / "a.xlsx", fill)).rows[0]) == [
        "文字", 1.5, True, date(2026, 7, 1), datetime(2026, 7, 1, 9, 30), time(9, 30), timedelta(hours=30), date(2026, 7, 1),
    ]


def test_hidden_rows_columns_sheets_and_filtered_rows_are_read(tmp_path):
    def fill(workbook, sheet):
        for row in range(4):
            sheet.write_row(row, 0, [f"A{row + 1}", f"B{row + 1}"])
        sheet.set_row(1, None, None, {"hidden": True})
        sheet.set_column(1, 1, None, None, {"hidden": True})
        sheet.autofilter(0, 0, 3, 1)
        sheet.filter_column(0, "x == A4")
        sheet.set_row(2, None, None, {"hidden": True})
        workbook.add_worksheet("Front").activate()
        sheet.hide()

    assert cells(saved(tmp_path / "a.xlsx", fill)).rows == [[f"A{row}", f"B{row}"] for row in range(1, 5)]


def test_cells_merged_downwards_hold_for_every_row_they_cover(tmp_path):
    def fill(workbook, sheet):
        sheet.merge_range("A1:C1", "标题")
        sheet.merge_range("A2:A4", "厦门工厂")
        for row, contact in enumerate(["赵建国", "钱进", "孙丽"], start=1):
            sheet.write(row, 1, contact)
        sheet.merge_range("A5:A9", "没有联系人")
        sheet.write("B5", "李")

    rows = cells(saved(tmp_path / "a.xlsx", fill)).rows
    assert [row[:2] for row in rows[:5]] == [
        ["标题", ""], ["厦门工厂", "赵建国"], ["厦门工厂", "钱进"], ["厦门工厂", "孙丽"], ["没有联系人", "李"],
    ]
    assert not any(row[0] for row in rows[5:])


def test_merged_areas_that_lie_over_each_other_are_damage_and_not_filled_for_ever(tmp_path):
    path = write(tmp_path / "a.xlsx", {"Sheet1": [[row, "x"] for row in range(1000)]})
    merges = b'<mergeCells count="3000">' + b'<mergeCell ref="A1:A1000"/>' * 3000 + b"</mergeCells>"
    rewritten(path, lambda name, part: part.replace(b"</sheetData>", b"</sheetData>" + merges) if "sheet1" in name else part)
    assert refused(path) == "FILE_DAMAGED"


def test_the_identity_sheet_is_read_apart(tmp_path):
    content = read(archive(tmp_path, says=identity(workbook_id="w-7")), LIMITS)
    assert dict(content.identity) == identity_pairs(identity(workbook_id="w-7"))
    assert IDENTITY_SHEET not in [sheet.name for sheet in content.sheets]


def test_chart_sheets_are_passed_over(tmp_path):
    def fill(workbook, sheet):
        sheet.write(0, 0, 1)
        chart = workbook.add_chart({"type": "line"})
        chart.add_series({"values": "=Sheet1!$A$1:$A$1"})
        workbook.add_chartsheet("图").set_chart(chart)

    assert [sheet.name for sheet in read(saved(tmp_path / "a.xlsx", fill), LIMITS).sheets] == ["Sheet1"]


def test_errors_and_formulas_without_a_result_are_told_from_empty_cells(tmp_path):
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    sheet.title = "Sheet1"
    sheet.append(["=1/0", "=A1", "", "x"])
    sheet["C1"] = "#N/A"
    workbook.save(tmp_path / "a.xlsx")
    got = cells(tmp_path / "a.xlsx")
    assert got.rows[0] == ["", "", "", "x"]
    assert dict(got.oddities) == {"A1": "", "B1": "", "C1": "#N/A"}


def test_xlsxwriter_errors_are_seen(tmp_path):
    path = saved(tmp_path / "a.xlsx", lambda _, sheet: (sheet.write_formula("B2", "=1/0", None, "#DIV/0!"), sheet.write("C2", "x")))
    assert dict(cells(path).oddities) == {"B2": "#DIV/0!"}


def test_a_million_blank_formatted_rows_are_no_hindrance(tmp_path):
    path = write(tmp_path / "a.xlsx", {"Sheet1": [["项目"], ["二期"]]})
    blank = b'<row r="%d"><c r="A%d" s="1"/><c r="B%d" s="1"/></row>'
    rows = b"".join(blank % (row, row, row) for row in range(1_000_000, 1_048_577)) + b'<row r="1048576" spans="1:9" s="1" customFormat="1"/>'
    rewritten(path, lambda name, part: part.replace(b"</sheetData>", rows + b"</sheetData>") if "sheet1" in name else part)
    got = cells(path)
    assert [row[0] for row in got.rows[:2]] == ["项目", "二期"]
    assert not any(cell for row in got.rows[2:] for cell in row)


def test_a_stray_value_in_the_last_cell_of_excel_is_refused_before_the_reader_dies(tmp_path):
    path = saved(tmp_path / "a.xlsx", lambda _, sheet: sheet.write("XFD1048576", "x"))
    assert refused(path) == "FILE_FAR_CELL"


def test_the_1904_date_system_is_refused(tmp_path):
    assert refused(saved(tmp_path / "a.xlsx", lambda _, sheet: sheet.write(0, 0, 1), date_1904=True)) == "FILE_DATE_1904"


def test_a_too_large_file_is_refused_unread(tmp_path, monkeypatch):
    path = tmp_path / "a.xlsx"
    with path.open("wb") as file:
        file.truncate(30 * 1_048_576)
    monkeypatch.setattr(Path, "read_bytes", lambda _: pytest.fail("it was read"))
    assert refused(path) == "FILE_TOO_LARGE"


def test_a_file_that_is_being_saved_is_left_for_the_next_run(tmp_path, monkeypatch):
    path = archive(tmp_path)
    whole = path.read_bytes()

    def read_while_saved(_):
        path.write_bytes(whole + b"more")
        return whole

    monkeypatch.setattr(Path, "read_bytes", read_while_saved)
    assert refused(path) == "FILE_CHANGING"
    assert refused(tmp_path / "gone.xlsx") == "FILE_CHANGING"


def test_a_file_that_may_not_be_opened_says_why(tmp_path, monkeypatch):
    path = archive(tmp_path)

    def denied(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", denied)
    with pytest.raises(Refusal) as caught:
        read(path, LIMITS)
    assert (caught.value.code, dict(caught.value.facts)) == ("FILE_NOT_READABLE", {"reason": "Permission denied"})


def test_a_folder_is_no_workbook(tmp_path):
    assert refused(tmp_path) == "FILE_NOT_READABLE"


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"])
@pytest.mark.parametrize("content", [b"", b"no xml", b"<a><b></a>", b"\xff\xfe\x00"])
def test_a_package_with_a_broken_part_is_refused_or_read_without_it(tmp_path, part, content):
    path = rewritten(archive(tmp_path), lambda name, whole: content if name == part else whole)
    try:
        read(path, LIMITS)
    except Refusal as refusal:
        assert refusal.code in ("FILE_DAMAGED", "FILE_BROKE_READER")


def test_a_panic_of_the_reader_takes_only_its_file(tmp_path, monkeypatch):
    class PanicException(BaseException):
        """As pyo3 raises it."""

    def panic(*_):
        raise PanicException

    monkeypatch.setattr(reading, "_sheets", panic)
    assert refused(archive(tmp_path)) == "FILE_BROKE_READER"


def test_a_wish_to_stop_is_no_panic(tmp_path, monkeypatch):
    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(reading, "_sheets", stop)
    with pytest.raises(KeyboardInterrupt):
        read(archive(tmp_path), LIMITS)


def project(path: Path) -> dict:
    """What the archive at ``path`` says of its one project; nothing may be wrong with it."""
    book = read_book(path, FileState(path.name, 0, 0), catalogue(), LIMITS)
    assert not [finding for record in book.records for finding in record.findings]
    assert {finding.code for finding in book.findings} <= {"IDENTITY_MISSING"}
    (record,) = (one for one in book.records if one.block == "F8.projects")
    return {name: value for name, value in record.values.items() if value is not None}


EXPECTED = {
    "project": "二期厂房", "contract_amount": 120.0, "win_rate": 0.6, "expected_revenue": 72.0, "margin": 0.15, "profit": 10.8,
    "signing_on": date(2026, 9, 30), "status": "tracking",
}


def test_a_workbook_saved_by_xlsxwriter_is_read(tmp_path):
    assert project(archive(tmp_path, {"F8.projects": PROJECTS})) == EXPECTED


def test_a_workbook_saved_by_openpyxl_is_read(tmp_path):
    path = archive(tmp_path, {"F8.projects": PROJECTS})
    openpyxl.load_workbook(path).save(path)
    assert project(path) == EXPECTED


def test_a_workbook_saved_by_libreoffice_is_read(tmp_path, require_real):
    path = archive(tmp_path, {"F8.projects": PROJECTS})
    out = tmp_path / "out"
    subprocess.run(
        [require_real("soffice"), f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}", "--headless",
         "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(path)],
        check=True, capture_output=True, timeout=120,
    )
    assert project(out / path.name) == EXPECTED


def test_a_workbook_with_prefixed_namespaces_is_read(tmp_path):
    def prefixed(name: str, part: bytes) -> bytes:
        if not re.fullmatch(r"xl/(workbook|sharedStrings|worksheets/sheet\d+)\.xml", name):
            return part
        text = re.sub(rb"<(/?)(?=[a-zA-Z])(?!\?)", rb"<\1x:", part)
        return text.replace(b'xmlns="', b'xmlns:x="')

    assert project(rewritten(archive(tmp_path, {"F8.projects": PROJECTS}), prefixed)) == EXPECTED


def test_a_workbook_in_strict_ooxml_is_read(tmp_path):
    def strict(_: str, part: bytes) -> bytes:
        part = part.replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main", b"http://purl.oclc.org/ooxml/spreadsheetml/main")
        return part.replace(b"http://schemas.openxmlformats.org/officeDocument/2006/relationships", b"http://purl.oclc.org/ooxml/officeDocument/relationships")

    assert project(rewritten(archive(tmp_path, {"F8.projects": PROJECTS}), strict)) == EXPECTED


def test_a_macro_workbook_is_read_and_said_to_have_macros(tmp_path):
    path = archive(tmp_path, {"F8.projects": PROJECTS}, "a.xlsm")
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\0")
    assert read(path, LIMITS).has_macros
    book = read_book(path, FileState(path.name, 0, 0), catalogue(), LIMITS)
    assert [finding.code for finding in book.findings] == ["FILE_MACROS"]
    assert book.records
