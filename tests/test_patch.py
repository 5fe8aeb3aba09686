"""Marks put into workbooks of many writers: what is marked, what must not change, and that marks come off again."""

import hashlib
import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import xlsxwriter
from defusedxml.ElementTree import fromstring
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule
from openpyxl.styles import PatternFill
from python_calamine import CalamineWorkbook

from crmflow.catalogue import catalogue
from crmflow.model import Identity, Severity, WorkbookKind
from crmflow.workbook import blank
from crmflow.workbook.patch import (
    ErrorColumn,
    ErrorLine,
    ErrorSheet,
    Mark,
    Unpatchable,
    annotate,
    is_untouched_copy,
    stripped,
)

ERROR, WARNING = Severity.ERROR, Severity.WARNING
RED, YELLOW, PALE = "FFF4A9A3", "FFFFE08B", "FFFDEBE9"
COLUMNS = (ErrorColumn("程度", 8), ErrorColumn("位置", 20), ErrorColumn("怎么改", 60))
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
MACROS = b"\xd0\xcf\x11\xe0 not really a project, but it must come back byte by byte"


def listed(*lines: ErrorLine) -> ErrorSheet:
    return ErrorSheet("错误清单", "需要更正的地方", "红色的请更正。", COLUMNS, lines, link_column=1)


def error(cell: str, sheet: str = "数据", text: str = "请填数字", *, holds_row: bool = False) -> Mark:
    return Mark(sheet, cell, ERROR, (text,), holds_row)


def warning(cell: str, sheet: str = "数据", text: str = "请核对") -> Mark:
    return Mark(sheet, cell, WARNING, (text,))


def marked(data: bytes, *marks: Mark) -> bytes:
    lines = [
        ErrorLine(mark.severity, (str(number), f"{mark.sheet}!{mark.cell}", mark.lines[0]), mark.sheet, mark.cell)
        for number, mark in enumerate(marks, start=1)
    ]
    return annotate(data, marks, listed(*lines))


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        assert package.testzip() is None
        return {name: package.read(name) for name in package.namelist()}


def compressed(data: bytes) -> dict[str, bytes]:
    """Every part as it lies in the file, still compressed."""
    found = {}
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        for info in package.infolist():
            name, extra = (int.from_bytes(data[info.header_offset + at : info.header_offset + at + 2], "little") for at in (26, 28))
            start = info.header_offset + 30 + name + extra
            found[info.filename] = data[start : start + info.compress_size]
    return found


def packed(contents: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in contents.items():
            package.writestr(name, content)
    return buffer.getvalue()


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def saved(workbook: openpyxl.Workbook) -> bytes:
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()


def cells_of(data: bytes) -> dict[str, list[list[object]]]:
    """What every sheet says, without the empty margin that a mark may have widened."""
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as workbook:
        return {
            name: _trimmed(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False))
            for name in workbook.sheet_names
        }


def _trimmed(rows: list[list[object]]) -> list[list[object]]:
    trimmed = [row[: max((at + 1 for at, cell in enumerate(row) if cell != ""), default=0)] for row in rows]
    while trimmed and not trimmed[-1]:
        trimmed.pop()
    return trimmed


def fill(sheet: object, cell: str) -> str:
    return str(sheet[cell].fill.fgColor.rgb)  # type: ignore[index]


def rich_book(*, macros: bool = False) -> bytes:
    """Two sheets with about everything XlsxWriter can make."""
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet, other = workbook.add_worksheet("数据"), workbook.add_worksheet("其他")
    money = workbook.add_format({"num_format": "#,##0.00", "bold": True, "border": 1, "locked": False})
    green = workbook.add_format({"bg_color": "#00FF00"})
    for row in range(10):
        sheet.write_row(row, 0, [f"第{row}行", row, date(2026, 1, 1).isoformat()])
        sheet.write_number(row, 3, row * 1.5, money)
        sheet.write_formula(row, 4, f"=D{row + 1}*2", None, row * 3)
        other.write_row(row, 0, [row, row * row])
    sheet.merge_range("G1:H3", "合并", money)
    sheet.set_column("J:J", 20, green)
    sheet.write_comment("A2", "自己的批注", {"author": "王芳"})
    sheet.data_validation("B1:B20", {"validate": "list", "source": ["一", "二"]})
    sheet.conditional_format("A1:E10", {"type": "formula", "criteria": "=TRUE", "format": green})
    sheet.conditional_format("D1:D10", {"type": "data_bar", "data_bar_2010": True, "bar_direction": "right"})
    sheet.add_sparkline("K1", {"range": "数据!D1:D10"})
    sheet.insert_button("M2", {"caption": "按钮", "macro": "run"})
    sheet.insert_checkbox("L2", True)
    sheet.protect("secret")
    sheet.freeze_panes(1, 0)
    other.insert_image("D2", "点.png", {"image_data": io.BytesIO(PIXEL)})
    other.set_header("&L&G", {"image_left": "点.png", "image_data_left": io.BytesIO(PIXEL)})
    other.add_table("A1:B9", {"columns": [{"header": "甲"}, {"header": "乙"}]})
    chart = workbook.add_chart({"type": "column"})
    chart.add_series({"values": "=其他!$B$2:$B$9"})
    other.insert_chart("F2", chart)
    other.insert_textbox("F20", "形状")
    other.repeat_rows(0)
    other.activate()
    other.set_first_sheet()
    workbook.define_name("全部", "=数据!$A$1:$E$10")
    if macros:
        workbook.add_vba_project(io.BytesIO(MACROS), is_stream=True)
    workbook.close()
    return buffer.getvalue()


def small_book() -> bytes:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "数据"
    for row in range(1, 6):
        sheet.append([f"第{row}行", row, f"=B{row}*2"])
    sheet["B2"].fill = PatternFill("solid", fgColor="FF00FF00")
    sheet["B2"].number_format = "0.000"
    sheet["A3"].comment = Comment("自己的批注", "王芳")
    sheet.conditional_formatting.add("A1:C5", CellIsRule(operator="greaterThan", formula=["1"], fill=PatternFill(bgColor="FF0000FF")))
    workbook.create_sheet("其他")["A1"] = "别动"
    return saved(workbook)


MINIMAL = {
    "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="数据" sheetId="7" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    "xl/worksheets/sheet1.xml": '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="2"><c r="B2"><v>5</v></c></row></sheetData></worksheet>',
}
"""The least that is a workbook: no styles, no properties, no shared texts."""


def minimal(sheet: str = "", **more: str) -> bytes:
    contents = dict(MINIMAL)
    if sheet:
        contents["xl/worksheets/sheet1.xml"] = sheet
    return packed(contents | more)


# What must not change


@pytest.mark.parametrize("macros", [False, True])
def test_parts_that_no_mark_concerns_keep_their_compressed_bytes(macros: bool) -> None:
    before = rich_book(macros=macros)
    after = marked(before, error("D3"), warning("A1"))
    concerned = {
        "[Content_Types].xml", "docProps/app.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml",
        "xl/worksheets/sheet1.xml", "xl/comments1.xml", "xl/drawings/vmlDrawing1.vml",
    }
    old, new = compressed(before), compressed(after)
    kept = set(old) - concerned
    assert {name: new[name] for name in kept} == {name: old[name] for name in kept}
    assert {"xl/charts/chart1.xml", "xl/media/image1.png", "xl/tables/table1.xml", "xl/worksheets/sheet2.xml",
            "xl/sharedStrings.xml", "xl/drawings/drawing1.xml"} <= kept
    assert set(new) - set(old) == {"xl/worksheets/crmflow.xml"}
    if macros:
        assert parts(after)["xl/vbaProject.bin"] == MACROS


def test_parts_of_other_programs_survive() -> None:
    """Pictures of WPS, threaded comments, custom data: parts that no library here knows."""
    contents = parts(rich_book()) | {
        "xl/cellimages.xml": b"<etc:cellImages xmlns:etc='http://www.wps.cn/officeDocument/2017/etCustomData'/>",
        "xl/threadedComments/threadedComment1.xml": b"<ThreadedComments/>",
        "xl/persons/person.xml": b"<personList/>",
        "customXml/item1.xml": b"<b:Sources xmlns:b='urn:x'/>",
        "xl/ctrlProps/ctrlProp1.xml": b"<formControlPr objectType='CheckBox'/>",
    }
    before = packed(contents)
    old, new = compressed(before), compressed(marked(before, error("D3")))
    for name in ("xl/cellimages.xml", "xl/threadedComments/threadedComment1.xml", "xl/persons/person.xml",
                 "customXml/item1.xml", "xl/ctrlProps/ctrlProp1.xml"):
        assert new[name] == old[name]


def test_a_marked_sheet_differs_by_added_nodes_and_looks_only() -> None:
    before, after = (parts(data)["xl/worksheets/sheet1.xml"] for data in (rich_book(), marked(rich_book(), error("D3", holds_row=True))))
    ours = re.compile(rb'<conditionalFormatting sqref="[^"]*"><cfRule [^>]*><formula>[^<]*crmflow[^<]*</formula></cfRule></conditionalFormatting>')
    assert len(ours.findall(after)) == 2
    plain = ours.sub(b"", after)
    for number, (rule, _) in enumerate(re.findall(rb'(<(?:x14:)?cfRule [^>]*priority=")(\d+)', before), start=1):
        plain = plain.replace(rule + b"%d" % (number + 2), rule + b"%d" % number)
    old_cell, new_cell = (re.search(rb'<c r="D3" s="\d+">', xml) for xml in (before, plain))
    assert old_cell and new_cell
    assert plain.replace(new_cell[0], old_cell[0]) == before


def test_the_cached_results_of_formulas_stay() -> None:
    after = marked(rich_book(), error("E4"))
    assert cells_of(after)["数据"][3][4] == 9
    assert opened(after)["数据"]["E4"].value == "=D4*2"


positions = st.builds(lambda column, row: f"{column}{row}", st.sampled_from("ABCDEFGHIJKLMNZ"), st.integers(1, 40))


@settings(max_examples=40)
@given(st.lists(st.tuples(positions, st.sampled_from((ERROR, WARNING)), st.booleans()), max_size=12), st.sampled_from((rich_book(), small_book(), minimal())))
def test_no_set_of_marks_changes_what_any_cell_says(spots: list[tuple[str, Severity, bool]], before: bytes) -> None:
    marks = [Mark("数据", cell, severity, ("改一下 & <这里>",), held) for cell, severity, held in spots]
    after = marked(before, *marks)
    assert {name: cells for name, cells in cells_of(after).items() if name != "错误清单"} == cells_of(before)
    again = marked(after, *marks)
    assert {name: cells for name, cells in cells_of(again).items() if name != "错误清单"} == cells_of(before)
    sheet = opened(after)["数据"]
    for cell, severity, _ in spots:
        if cell[0] not in "GH":
            worst = ERROR if (cell, ERROR) in {(one, grade) for one, grade, _ in spots} else severity
            assert fill(sheet, cell) == (RED if worst is ERROR else YELLOW)
    for name, content in parts(after).items():
        if name.endswith((".xml", ".rels", ".vml")):
            fromstring(content)


# Cells


def test_a_bad_cell_keeps_its_own_look_under_the_colour() -> None:
    before, after = opened(rich_book())["数据"]["D3"], opened(marked(rich_book(), error("D3")))["数据"]["D3"]
    assert fill(after.parent, "D3") == RED
    assert (after.number_format, after.font.b, after.border.left.style, after.protection.locked) == (
        before.number_format, True, "thin", False
    )
    assert fill(after.parent, "D4") == fill(before.parent, "D4")


def test_errors_warnings_and_held_rows_are_told_apart() -> None:
    sheet = opened(marked(rich_book(), error("D3", holds_row=True), warning("D5")))["数据"]
    rules = {rule.dxf.fill.bgColor.rgb: str(area.sqref) for area in sheet.conditional_formatting for rule in area.rules if rule.priority <= 3}
    assert rules == {RED: "D3", YELLOW: "D5", PALE: "A3:H3"}
    assert (fill(sheet, "D3"), fill(sheet, "D5"), fill(sheet, "A3")) == (RED, YELLOW, "00000000")


def test_our_rules_come_before_those_of_the_sheet_extension_ones_too() -> None:
    xml = parts(marked(rich_book(), error("D3")))["xl/worksheets/sheet1.xml"]
    rules = [(int(priority), rest) for rest, priority in re.findall(rb'<(?:x14:)?cfRule ([^>]*?)priority="(\d+)"', xml)]
    assert min(rules)[1].startswith(b'type="expression" dxfId=')
    assert [priority for priority, _ in sorted(rules)] == [1, 2, 3]


def test_a_missing_cell_takes_the_look_of_its_column_and_its_place_in_the_row() -> None:
    after = marked(rich_book(), error("J3"), error("F3"), error("J30"), error("B12"))
    xml = parts(after)["xl/worksheets/sheet1.xml"]
    row = re.search(rb'<row r="3"[^>]*>.*?</row>', xml)
    assert row and re.findall(rb'<c r="([A-Z]+)3"', row[0]) == [b"A", b"B", b"C", b"D", b"E", b"F", b"G", b"H", b"J"]
    assert re.findall(rb'<row r="(\d+)"', xml)[-3:] == [b"10", b"12", b"30"]
    assert {fill(opened(after)["数据"], cell) for cell in ("J3", "F3", "J30", "B12")} == {RED}
    assert fill(opened(stripped(after))["数据"], "J3") == "FF00FF00"


def test_a_mark_inside_merged_cells_goes_to_the_cell_that_shows() -> None:
    sheet = opened(marked(rich_book(), error("H2")))["数据"]
    assert fill(sheet, "G1") == RED
    assert sheet["G1"].comment is not None
    assert "G1:H3" in {str(area.sqref) for area in sheet.conditional_formatting}


def test_several_marks_of_one_cell_make_one_note_the_worst_first() -> None:
    sheet = opened(marked(rich_book(), warning("D3", text="其次"), error("D3", text="首先")))["数据"]
    assert fill(sheet, "D3") == RED
    assert sheet["D3"].comment.text == "【crmflow】\n● 首先\n○ 其次"


def test_a_sheet_without_any_style_gets_one() -> None:
    after = marked(minimal(), error("B2"), warning("A1"), error("C9"))
    sheet = opened(after)["数据"]
    assert (fill(sheet, "B2"), fill(sheet, "A1"), fill(sheet, "C9")) == (RED, YELLOW, RED)
    assert sheet["B2"].value == 5


def test_a_check_box_in_a_cell_stays_one() -> None:
    styles = fromstring(parts(marked(rich_book(), error("L2")))["xl/styles.xml"])
    looks = {kind: [look for look in styles.find(f"{{*}}{kind}") if look.find("{*}extLst") is not None] for kind in ("cellXfs", "cellStyleXfs")}
    assert [len(looks[kind]) for kind in looks] == [2, 0]
    assert looks["cellXfs"][1].get("applyFill") == "1"
    assert parts(stripped(marked(rich_book(), error("L2"))))["xl/worksheets/sheet1.xml"].count(b'<c r="L2" s="%d"' % list(styles.find("{*}cellXfs")).index(looks["cellXfs"][0])) == 1


def test_prefixes_of_other_writers_are_kept() -> None:
    before = minimal(
        '<x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><x:sheetData>'
        '<x:row r="2"><x:c r="B2"><x:v>5</x:v></x:c></x:row></x:sheetData></x:worksheet>'
    )
    sheet = opened(marked(before, error("B2"), error("D2", holds_row=True), error("A4")))["数据"]
    assert (fill(sheet, "B2"), fill(sheet, "D2"), fill(sheet, "A4"), sheet["B2"].value) == (RED, RED, RED, 5)
    assert sheet["B2"].comment.text.endswith("请填数字")


def test_rows_and_cells_without_references_are_counted() -> None:
    before = minimal(
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row></sheetData></worksheet>"
    )
    after = marked(before, error("B1"), warning("A2"))
    xml = parts(after)["xl/worksheets/sheet1.xml"]
    assert re.search(rb'<c s="\d+"><v>2</v>', xml) and re.search(rb'<c s="\d+"><v>3</v>', xml)
    assert b"<c><v>1</v></c>" in xml


@pytest.mark.parametrize("data", ["<sheetData/>", "<sheetData></sheetData>", '<sheetData><row r="3" spans="1:2" ht="30"/></sheetData>'])
def test_an_empty_sheet_or_row_takes_marks(data: str) -> None:
    before = minimal(f'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{data}<pageMargins left="1" right="1" top="1" bottom="1" header="1" footer="1"/></worksheet>')
    sheet = opened(marked(before, error("D3")))["数据"]
    assert fill(sheet, "D3") == RED


ORDERS = {
    "worksheet": "sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetProtection autoFilter mergeCells conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter drawing legacyDrawing legacyDrawingHF tableParts extLst",
    "styleSheet": "numFmts fonts fills borders cellStyleXfs cellXfs cellStyles dxfs tableStyles colors extLst",
    "workbook": "fileVersion workbookPr workbookProtection bookViews sheets definedNames calcPr",
    "comments": "authors commentList",
}


@pytest.mark.parametrize("before", [rich_book(), small_book(), minimal()], ids=["XlsxWriter", "openpyxl", "minimal"])
def test_elements_stand_in_the_order_of_the_schema_and_are_counted(before: bytes) -> None:
    seen = set()
    for name, content in parts(marked(before, error("B3", holds_row=True), warning("N40"))).items():
        root = fromstring(content) if name.startswith("xl/") and name.endswith(".xml") else None
        kind = root.tag.rpartition("}")[2] if root is not None else ""
        if kind in ORDERS:
            seen.add(kind)
            children = [child.tag.rpartition("}")[2] for child in root]
            assert children == sorted(children, key=ORDERS[kind].split().index), name
            for child in root:
                assert child.get("count") in (None, str(len(child))), (name, child.tag)
        if kind == "worksheet":
            rows = [int(row.get("r")) for row in root.iter("{*}row")]
            assert rows == sorted(set(rows))
    assert seen == set(ORDERS)


def test_every_part_has_a_content_type_and_every_relationship_a_part() -> None:
    after = parts(marked(minimal(), error("B3")))
    types = fromstring(after["[Content_Types].xml"])
    known = {one.get("PartName") for one in types} | {one.get("Extension") for one in types}
    assert all(f"/{name}" in known or name.rpartition(".")[2] in known for name in after)
    assert {"/xl/worksheets/crmflow.xml", "/xl/styles.xml", "/xl/comments1.xml", "vml"} <= known
    targets = {one.get("Target") for name in after if name.endswith(".rels") for one in fromstring(after[name])}
    assert targets == {"xl/workbook.xml", "worksheets/sheet1.xml", "worksheets/crmflow.xml", "styles.xml", "../comments1.xml", "../drawings/vmlDrawing1.vml"}


# Notes


def test_a_note_that_was_there_is_kept_and_ours_comes_behind_it() -> None:
    for before, cell in ((rich_book(), "A2"), (small_book(), "A3")):
        comment = opened(marked(before, error(cell, text="请填数字")))["数据"][cell].comment
        assert comment.text.replace("\r", "") == "自己的批注\n【crmflow】\n● 请填数字"
        assert comment.author == "王芳"


def test_the_box_of_a_note_is_made_as_xlsxwriter_makes_it() -> None:
    """XlsxWriter writes byte for byte what Excel writes."""
    vml = fromstring(parts(marked(rich_book(), error("D3")))["xl/drawings/vmlDrawing1.vml"])
    theirs, ours = (one for one in vml.iter("{urn:schemas-microsoft-com:vml}shape") if one.find(".//{*}ClientData").get("ObjectType") == "Note")
    assert [one.tag for one in ours.iter()] == [one.tag for one in theirs.iter()]
    assert (ours.find(".//{*}Row").text, ours.find(".//{*}Column").text) == ("2", "3")
    left, _, top, _, right, _, bottom, _ = (int(part) for part in ours.find(".//{*}Anchor").text.split(","))
    assert (left, top) == (4, 1) and right > left and bottom > top


def test_buttons_and_check_boxes_share_the_drawing_with_our_notes() -> None:
    vml = parts(marked(rich_book(), error("D3")))["xl/drawings/vmlDrawing1.vml"]
    assert vml.count(b'ObjectType="Button"') == 1
    assert vml.count(b'ObjectType="Note"') == 2
    ids = re.findall(rb'id="(_x0000_s\d+)"', vml)
    assert len(ids) == len(set(ids)) == 3


def test_notes_do_not_go_into_the_drawing_of_a_header_picture() -> None:
    before = rich_book()
    after = parts(marked(before, error("A3", sheet="其他")))
    header = next(name for name, content in parts(before).items() if name.endswith(".vml") and b"ObjectType" not in content)
    assert after[header] == parts(before)[header]
    assert opened(marked(before, error("A3", sheet="其他")))["其他"]["A3"].comment is not None


def test_a_threaded_comment_is_left_alone() -> None:
    contents = parts(small_book())
    name = next(name for name in contents if "comment" in name and name.endswith(".xml"))
    contents[name] = contents[name].replace("王芳".encode(), b"tc={6D2F1E04-0000-0000-0000-000000000000}")
    after = parts(marked(packed(contents), error("A3")))
    assert after[name] == contents[name]


# The error sheet


def test_the_error_sheet_is_first_and_links_to_the_cells() -> None:
    workbook = opened(marked(rich_book(), error("D3"), warning("B2", sheet="其他")))
    assert workbook.sheetnames == ["错误清单", "数据", "其他"]
    sheet = workbook["错误清单"]
    assert [sheet.cell(row, 2).hyperlink.location for row in (4, 5)] == ["'数据'!D3", "'其他'!B2"]
    assert sheet["C4"].value == "请填数字"
    assert sheet.freeze_panes == "A4" and sheet.print_title_rows == "$3:$3"


def test_text_of_the_error_sheet_stays_text() -> None:
    lines = ["=1+1", "<b> & \"x\"", "  两边有空格  ", "_x0041_", "-3", "坏字符\x0b没了"]
    sheet = listed(*(ErrorLine(ERROR, ("1", "位置", line)) for line in lines))
    after = annotate(small_book(), [], sheet)
    assert [row[2] for row in cells_of(after)["错误清单"][3:]] == [*lines[:-1], "坏字符没了"]
    assert {opened(after)["错误清单"].cell(row, 3).data_type for row in range(4, 10)} == {"s"}


def test_what_counts_sheets_counts_one_more() -> None:
    after = parts(marked(rich_book(), error("D3")))
    book = after["xl/workbook.xml"].decode()
    assert 'name="_xlnm.Print_Titles" localSheetId="2">其他!$1:$1<' in book
    assert 'activeTab="2"' in book and 'firstSheet="0"' in book
    assert ">数据!$A$1:$E$10</definedName>" in book
    titles = re.findall("<vt:lpstr>([^<]*)</vt:lpstr>", after["docProps/app.xml"].decode())
    assert titles[titles.index("错误清单") + 1] == "数据"
    assert "<vt:i4>3</vt:i4>" in after["docProps/app.xml"].decode()


def test_a_sheet_that_has_our_name_already_is_left_its_name() -> None:
    workbook = opened(small_book())
    workbook["其他"].title = "错误清单"
    assert opened(marked(saved(workbook), error("A1"))).sheetnames == ["错误清单 2", "数据", "错误清单"]


# Handing in again


def test_marks_come_off_and_the_workbook_is_as_it_was() -> None:
    before = minimal(
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="2"><c r="B2"><v>5</v></c>'
        "</row></sheetData></worksheet>"
    )
    after = parts(stripped(marked(before, error("B2"))))
    assert after["xl/worksheets/sheet1.xml"] == parts(before)["xl/worksheets/sheet1.xml"]
    assert opened(stripped(marked(before, error("B2")))).sheetnames == ["数据"]
    assert b"definedName" not in after["xl/workbook.xml"]
    assert set(after) - set(parts(before)) == {"xl/styles.xml"}


def looks(data: bytes) -> dict[str, tuple[object, ...]]:
    sheet = opened(data)["数据"]
    return {
        cell.coordinate: (cell.style, cell.number_format, cell.font.b, cell.fill.fgColor.rgb, cell.fill.fill_type, cell.border.left.style,
                          cell.protection.locked, cell.comment.text if cell.comment else None)
        for row in sheet.iter_rows() for cell in row if not isinstance(cell, MergedCell) and is_there(cell)
    }


def is_there(cell) -> bool:
    """Whether the file holds the cell: one that it does not hold looks like its column, which openpyxl does not say."""
    return cell.has_style or cell.value is not None or cell.comment is not None


@settings(max_examples=30)
@given(st.lists(st.tuples(positions, st.sampled_from((ERROR, WARNING)), st.booleans()), max_size=8), st.sampled_from((rich_book(), small_book(), minimal())))
def test_all_marks_come_off_and_every_cell_looks_as_before(spots: list[tuple[str, Severity, bool]], before: bytes) -> None:
    plain = stripped(marked(before, *(Mark("数据", cell, severity, ("改一下",), held) for cell, severity, held in spots)))
    own, left = looks(before), looks(plain)
    assert {cell: left[cell] for cell in own} == own
    assert b"crmflow" not in parts(plain)["xl/worksheets/sheet1.xml"]
    assert opened(plain).sheetnames == opened(before).sheetnames
    assert set(parts(plain)) - set(parts(before)) <= {"xl/styles.xml"}


def test_marking_again_shows_only_what_is_still_wrong() -> None:
    first = marked(rich_book(), error("D3", holds_row=True), error("A2"), warning("J4"))
    second = marked(first, error("D5"))
    sheet, own = opened(second)["数据"], opened(rich_book())["数据"]
    assert opened(second).sheetnames == ["错误清单", "数据", "其他"]
    assert {cell: fill(sheet, cell) for cell in ("D3", "A2", "J4", "D5")} == {
        "D3": "00000000", "A2": "00000000", "J4": "FF00FF00", "D5": RED
    }
    assert (sheet["D3"].comment, sheet["A2"].comment.text, sheet["D5"].comment.text) == (None, own["A2"].comment.text, "【crmflow】\n● 请填数字")
    assert sheet["D3"].number_format == own["D3"].number_format and sheet["D3"].style == own["D3"].style
    assert PALE not in {rule.dxf.fill.bgColor.rgb for area in sheet.conditional_formatting for rule in area.rules if rule.dxf}


def test_marking_the_same_again_adds_nothing() -> None:
    first = marked(rich_book(), error("D3", holds_row=True), warning("A2"))
    assert parts(marked(first, error("D3", holds_row=True), warning("A2"))) == parts(first)


def test_marks_come_off_after_another_program_has_saved_the_copy() -> None:
    copy = opened(marked(small_book(), error("B2", holds_row=True), warning("A3"), error("B4")))
    copy["错误清单"].title = "改了名的清单"
    copy.defined_names["_crmflow_list"].attr_text = "改了名的清单!$A$1"
    copy["数据"].insert_rows(1)
    again = opened(marked(saved(copy), warning("B9")))
    sheet = again["数据"]
    assert again.sheetnames == ["错误清单", "数据", "其他"]
    assert (fill(sheet, "B3"), fill(sheet, "B5"), fill(sheet, "B9")) == ("FF00FF00", "00000000", YELLOW)
    assert sheet["B3"].number_format == "0.000"
    assert {cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment} == {"自己的批注", "【crmflow】\n○ 请核对"}


def test_a_remark_added_to_our_note_is_kept() -> None:
    copy = opened(marked(small_book(), error("B2")))
    copy["数据"]["B2"].comment = Comment("【crmflow】\n● 请填数字\n已经问过财务", "crmflow")
    assert opened(stripped(saved(copy)))["数据"]["B2"].comment.text.strip() == "已经问过财务"


def test_a_copy_whose_list_was_deleted_gets_a_new_one() -> None:
    contents = parts(marked(small_book(), error("B2")))
    book = contents["xl/workbook.xml"].decode()
    book = re.sub('<sheet name="错误清单"[^>]*/>', "", book).replace("'错误清单'!$A$1", "#REF!")
    book = re.sub('<definedName name="_xlnm.Print_Titles" localSheetId="0">.*?</definedName>', "", book)
    again = parts(marked(packed(contents | {"xl/workbook.xml": book.encode()}), error("B2")))
    assert again["xl/workbook.xml"].count(b"_crmflow_list") == 1


def test_a_copy_that_somebody_has_saved_is_told_from_one_nobody_has_touched() -> None:
    copy = marked(small_book(), error("B2"))
    assert is_untouched_copy(copy)
    assert not is_untouched_copy(saved(opened(copy)))
    assert not is_untouched_copy(small_book()) and not is_untouched_copy(b"")


def test_the_copy_names_the_file_it_was_made_from(tmp_path: Path) -> None:
    path = tmp_path / "档案.xlsx"
    forms = catalogue().of_kind(WorkbookKind.ARCHIVE)
    blank.write(path, forms, Identity("W1", WorkbookKind.ARCHIVE, "zh", 4, "", {form.id: form.version for form in forms}))
    copy = marked(path.read_bytes(), error("B4", sheet="封面"))
    said = {row[0]: row[1] for row in cells_of(copy)["_crmflow"]}
    assert (said["parent"], said["serial"], said["workbook_id"]) == (hashlib.sha256(path.read_bytes()).hexdigest(), "5", "W1")
    assert {row[0]: row[1] for row in cells_of(marked(copy))["_crmflow"]}["parent"] == hashlib.sha256(copy).hexdigest()


def test_marks_come_off_even_if_another_program_has_forgotten_the_named_styles() -> None:
    contents = parts(marked(small_book(), error("B4"), error("B2")))
    contents["xl/styles.xml"] = re.sub(rb'<cellStyle name="crmflow[^>]*/>', b"", contents["xl/styles.xml"])
    sheet = opened(stripped(packed(contents)))["数据"]
    assert (fill(sheet, "B4"), fill(sheet, "B2"), sheet["B2"].number_format) == ("00000000", "00000000", "0.000")


def test_named_styles_of_ours_never_share_a_name() -> None:
    contents = parts(marked(rich_book(), error("A1"), error("D3"), error("J4")))
    contents["xl/styles.xml"] = re.sub(rb'<cellStyle name="crmflow 1 [^>]*/>', b"", contents["xl/styles.xml"])
    names = re.findall(rb'<cellStyle name="([^"]*)"', parts(marked(packed(contents), error("G1"), error("B2")))["xl/styles.xml"])
    assert len(names) == len(set(names)) >= 4


def test_very_many_marks_are_spread_over_several_rules() -> None:
    after = marked(rich_book(), *(error(f"B{row}") for row in range(1, 1102)))
    xml = parts(after)["xl/worksheets/sheet1.xml"]
    rules = re.findall(rb'<conditionalFormatting sqref="([^"]*)"><cfRule [^>]*priority="(\d)"[^>]*><formula>"crmflow"', xml)
    assert [(len(areas.split()), priority) for areas, priority in rules] == [(500, b"1"), (500, b"2"), (101, b"3")]
    assert len(re.findall(b"<comment ", parts(after)["xl/comments1.xml"])) == 1102


# What is refused


SHEET, BOOK = MINIMAL["xl/worksheets/sheet1.xml"], MINIMAL["xl/workbook.xml"]


@pytest.mark.parametrize(("name", "content", "why"), [
    ("_xmlsignatures/sig1.xml", "<Signature/>", "signed"),
    ("xl/revisions/revisionHeaders.xml", "<headers/>", "shared"),
    ("xl/workbook.xml", '<!DOCTYPE x [<!ENTITY a "b">]>' + BOOK, "document type"),
    ("xl/worksheets/sheet1.xml", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SHEET, "document type"),
    ("xl/workbook.xml", BOOK.replace("</sheets>", ""), "well-formed"),
    ("xl/workbook.xml", BOOK.replace("http://schemas.openxmlformats.org/spreadsheetml/", "http://purl.oclc.org/ooxml/spreadsheetml/"), "strict"),
    ("xl/worksheets/sheet1.xml", SHEET.replace("<row", "<!-- --><row"), "comments"),
    ("xl/worksheets/sheet1.xml", SHEET.encode("utf-16"), "UTF-8"),
    ("xl/worksheets/sheet1.xml", SHEET.replace('r="B2"', 'r="B2" s="x"'), "schema"),
])
def test_a_package_that_must_not_or_cannot_be_changed_is_refused(name: str, content: str | bytes, why: str) -> None:
    with pytest.raises(Unpatchable, match=why):
        marked(packed(MINIMAL | {name: content}), error("B2"))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" * 100, packed({"a.txt": "x"}), small_book()[:-200]])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(Unpatchable):
        marked(data, error("B2"))


@settings(max_examples=80)
@given(st.sampled_from(sorted(parts(marked(small_book(), error("B2"))))), st.integers(0, 10_000), st.sampled_from((b"", b"x", b"0", b'"', b"<", b"-1", b"\xff")))
def test_a_broken_part_is_refused_or_passed_over_but_never_a_crash(name: str, at: int, junk: bytes) -> None:
    contents = parts(marked(small_book(), error("B2")))
    at %= max(len(contents[name]), 1)
    contents[name] = contents[name][:at] + junk + contents[name][at + 1 :]
    with suppress(Unpatchable):
        marked(packed(contents), error("A3", holds_row=True), error("B4"), warning("F9"))


def test_marks_of_sheets_and_cells_that_are_not_there_are_passed_over() -> None:
    before = rich_book()
    after = marked(before, error("B2", sheet="没有"), error("第三行"))
    assert parts(after)["xl/worksheets/sheet1.xml"] == parts(before)["xl/worksheets/sheet1.xml"]


# LibreOffice


@pytest.fixture(scope="session")
def through_libreoffice(tmp_path_factory: pytest.TempPathFactory):
    """A function that opens a workbook in LibreOffice and saves it again."""
    program = shutil.which("soffice")
    if program is None:
        pytest.skip("LibreOffice is not installed")
    profile = tmp_path_factory.mktemp("libreoffice")

    def convert(data: bytes) -> bytes:
        folder = tmp_path_factory.mktemp("converted")
        (folder / "in.xlsx").write_bytes(data)
        subprocess.run(
            [program, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML",
             "--outdir", str(folder / "out"), str(folder / "in.xlsx")],
            check=True, capture_output=True, timeout=120,
        )
        return (folder / "out" / "in.xlsx").read_bytes()

    return convert


def test_libreoffice_reads_the_copy_and_its_own_files_take_marks_again(through_libreoffice) -> None:
    read_back = through_libreoffice(marked(rich_book(), error("D3", holds_row=True), error("A2"), warning("J4")))
    sheet = opened(read_back)["数据"]
    assert opened(read_back).sheetnames == ["错误清单", "数据", "其他"]
    assert (fill(sheet, "D3"), fill(sheet, "J4")) == (RED, YELLOW)
    assert sheet["A2"].comment.text.endswith("自己的批注\n【crmflow】\n● 请填数字")
    assert opened(read_back)["错误清单"]["B4"].hyperlink is not None
    again = opened(marked(read_back, warning("D5")))
    sheet = again["数据"]
    assert again.sheetnames == ["错误清单", "数据", "其他"]
    assert (fill(sheet, "D5"), fill(sheet, "J4")) == (YELLOW, "FF00FF00")
    assert fill(sheet, "D3") not in (RED, YELLOW)
    assert sheet["A2"].comment.text.endswith("自己的批注") and sheet["D3"].comment is None
