"""Bad files are refused before the reader sees them, each for its own reason."""

import io
import tracemalloc
import zipfile
from collections.abc import Mapping
from contextlib import suppress

import pytest

from crmflow.config import Files
from crmflow.workbook.address import column_letters, column_number
from crmflow.workbook.guard import NOT_CALCULATED, Refusal, inspect

LIMITS = Files()
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORKBOOK = (
    f'<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="{RELATIONS}">'
    '<workbookPr/><sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)


def package(rows: str = "", members: Mapping[str, str | bytes] = {}, workbook: str = WORKBOOK) -> bytes:
    """The bytes of a workbook with one sheet ``表`` of the given rows, and more members."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as target:
        parts = {
            "xl/workbook.xml": workbook, "xl/_rels/workbook.xml.rels": RELS,
            "xl/worksheets/sheet1.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>", **members,
        }
        for name, content in parts.items():
            target.writestr(name, content)
    return file.getvalue()


def refused(data: bytes, limits: Files = LIMITS) -> tuple[str, dict[str, str]]:
    with pytest.raises(Refusal) as caught:
        inspect(data, limits)
    return caught.value.code, dict(caught.value.facts)


def zipped(**members: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name, content in members.items():
            target.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def compound_file(*streams: str) -> bytes:
    """The start of an OLE compound file (what Excel 97 and encrypted files are) with directory entries of these names."""
    directory = b"".join(name.encode("utf-16-le").ljust(64, b"\0") + b"\0" * 64 for name in ("Root Entry", *streams))
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0") + directory.ljust(4096, b"\0")


@pytest.mark.parametrize(("data", "code", "facts"), [
    (b"", "FILE_EMPTY", {}),
    ("客户,金额\n江南,50\n".encode("gb18030"), "FILE_NOT_EXCEL", {}),
    (b"<html><table></table></html>", "FILE_NOT_EXCEL", {}),
    (b"%PDF-1.7", "FILE_NOT_EXCEL", {}),
    (b"\0" * 5000, "FILE_NOT_EXCEL", {}),
    (zipped(word__document=b"<w/>"), "FILE_NOT_EXCEL", {}),
    (zipped(readme=b"hello"), "FILE_NOT_EXCEL", {}),
    (zipped(**{"xl__workbook.bin": b"\0"}), "FILE_OLD_FORMAT", {"format": ".xlsb"}),
    (compound_file("Workbook"), "FILE_OLD_FORMAT", {"format": ".xls"}),
    (compound_file("EncryptionInfo", "EncryptedPackage"), "FILE_ENCRYPTED", {}),
    (b"PK\x03\x04 and then nothing of a zip", "FILE_DAMAGED", {}),
    (package()[:-30], "FILE_DAMAGED", {}),
    (package()[:100], "FILE_DAMAGED", {}),
], ids=["empty", "csv", "html", "pdf", "zeros", "docx", "zip", "xlsb", "xls", "encrypted", "no zip", "truncated", "stump"])
def test_a_renamed_or_broken_file_is_named_for_what_it_is(data, code, facts):
    assert refused(data) == (code, facts)


def test_a_member_that_was_changed_in_place_is_damage():
    data = package("<row/>" * 2000)
    at = data.index(b"xl/worksheets/sheet1.xml") + 30
    assert refused(data[:at] + b"\xff\xff\xff" + data[at + 3:])[0] == "FILE_DAMAGED"


def test_a_zip_with_a_password_is_encrypted():
    data = bytearray(package())
    for signature, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        at = 0
        while (at := data.find(signature, at)) >= 0:
            data[at + offset] |= 1
            at += 4
    assert refused(bytes(data))[0] == "FILE_ENCRYPTED"


def test_a_file_larger_than_allowed_is_not_opened():
    assert refused(b"PK" + b"\0" * 1_100_000, Files(largest_megabytes=1)) == ("FILE_TOO_LARGE", {"size": "1 MB", "limit": "1 MB"})


def test_a_zip_bomb_is_known_by_its_declared_size():
    bomb = package(members={"xl/media/bomb.bin": b"\0" * 11_000_000})
    assert len(bomb) < 20_000
    assert refused(bomb, Files(inflated_megabytes=10)) == ("FILE_TOO_LARGE", {"size": "10 MB", "limit": "10 MB"})


def test_a_zip_bomb_that_lies_about_its_size_is_inflated_no_further_than_it_says():
    data = bytearray(package("<row/>" * 2_000_000))
    true_size = len(b"<worksheet><sheetData></sheetData></worksheet>") + 6 * 2_000_000
    for at in (data.find(true_size.to_bytes(4, "little")), data.rfind(true_size.to_bytes(4, "little"))):
        data[at : at + 4] = (1000).to_bytes(4, "little")
    tracemalloc.start()
    assert refused(bytes(data))[0] == "FILE_DAMAGED"
    assert tracemalloc.get_traced_memory()[1] < true_size / 4
    tracemalloc.stop()


def test_too_many_members_are_a_bomb_too():
    assert refused(package(members={f"x/{n}": "" for n in range(10_001)}))[0] == "FILE_TOO_LARGE"


@pytest.mark.parametrize("flag", ['date1904="1"', 'date1904="true"', "date1904='1'"])
def test_the_1904_date_system_is_refused(flag):
    assert refused(package(workbook=WORKBOOK.replace("<workbookPr/>", f"<workbookPr {flag}/>")))[0] == "FILE_DATE_1904"


@pytest.mark.parametrize("flag", ['date1904="0"', 'date1904="false"', ""])
def test_the_usual_date_system_is_not(flag):
    assert not inspect(package(workbook=WORKBOOK.replace("<workbookPr/>", f"<workbookPr {flag}/>")), LIMITS).has_macros


def test_macros_are_seen():
    assert inspect(package(members={"xl/vbaProject.bin": b"\0"}), LIMITS).has_macros


@pytest.mark.parametrize("cell", [
    '<c r="XFD1048576"><v>1</v></c>',
    '<c s="3" r="XFD1048576"><v>1</v></c>',
    '<x:c r="XFD1048576" t="s"><x:v>1</x:v></x:c>',
    '<c r="xfd1048576"><v>1</v></c>',
    "<c r='XFD1048576'><v>1</v></c>",
    '<c r = "XFD1048576"><v>1</v></c>',
    '<c\tr="XFD1048576"><v>1</v></c>',
    '<c q=">" r="XFD1048576"><v>1</v></c>',
    '<c r="&#88;FD1048576"><v>1</v></c>',
    '<c r="XFD1048576"><!-- --><is><t>1</t></is></c>',
    '<c r="XFC1048576"/><c><v>1</v></c>',
])
def test_a_stray_value_in_the_far_corner_is_named(cell):
    assert refused(package(f'<row r="1048576">{cell}</row>')) == ("FILE_FAR_CELL", {"cell": "XFD1048576"})


def test_a_long_row_and_a_long_column_span_an_area_too():
    rows = '<row r="1"><c r="XFD1"><v>1</v></c></row><row r="200000"><c r="A200000"><v>1</v></c></row>'
    assert refused(package(rows))[0] == "FILE_FAR_CELL"


@pytest.mark.parametrize("rows", [
    '<row r="1048576"><c r="A1048576" s="1"/></row><row r="2"><c r="XFD2" s="1"/></row>',   # formatted, but empty
    '<row r="200000"><c r="A200000"><v>1</v></c></row>',                                    # long, but narrow
    '<row r="1"><c r="XFD1"><v>1</v></c></row>',
])
def test_what_the_reader_can_hold_is_let_through(rows):
    assert inspect(package(rows), LIMITS).oddities == {}


def test_a_sheet_in_a_folder_of_other_case_is_looked_at_too():
    far = '<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    assert refused(package(members={"xl/Worksheets/Sheet2.XML": far}))[0] == "FILE_FAR_CELL"


@pytest.mark.parametrize("cell", [
    '<c r="B2" t="e"><v>#DIV/0!</v></c>',                                  # Excel
    '<c r="B2" s="3" t="e"><f>1/0</f><v>#DIV/0!</v></c>',                  # Excel, with its formula
    '<c r="B2" s="3" t="e"><f aca="false">1/0</f><v>#DIV/0!</v></c>',      # LibreOffice
    '<c t="e" s="3" r="B2"><f>1/0</f><v>#DIV/0!</v></c>',                  # another order
    '<c r="B2" t="e"><f t="shared" si="0"/><v>#DIV/0!</v></c>',
    '<x:c r="B2" t="e"><x:f>1/0</x:f><x:v>#DIV/0!</x:v></x:c>',            # with a prefix
])
def test_an_error_is_told_from_an_empty_cell(cell):
    assert inspect(package(f"<row>{cell}</row>"), LIMITS).oddities == {"表": {"B2": "#DIV/0!"}}


@pytest.mark.parametrize("cell", [
    '<c r="B2"><f>A1*2</f></c>',
    '<c r="B2"><f>A1*2</f><v></v></c>',                                    # openpyxl
    '<c r="B2"><f>A1*2</f><v/></c>',
    '<c r="B2"><f>A1*2</f><v /></c>',
    '<c s="1" r="B2"><f t="shared" si="0"/></c><c r="B3"><f>1</f><v>1</v></c>',
    '<x:c r="B2"><x:f>A1*2</x:f><x:v/></x:c>',
])
def test_a_formula_without_a_result_is_told_from_an_empty_cell(cell):
    assert inspect(package(f"<row>{cell}</row>"), LIMITS).oddities == {"表": {"B2": NOT_CALCULATED}}


@pytest.mark.parametrize("cell", [
    '<c r="B2"><v>1</v></c>',
    '<c r="B2" s="1"/>',
    '<c r="B2"><f>A1*2</f><v>2</v></c>',
    '<c r="B2" t="str"><f>IF(A1="","",A1)</f><v></v></c>',                 # its result is an empty text
    '<c r="B2" t="str"><f>T(A1)</f><v>x</v></c>',
    '<c r="B2" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c>',
])
def test_a_cell_with_a_result_is_not_odd(cell):
    assert inspect(package(f"<row>{cell}</row>"), LIMITS).oddities == {}


def test_oddities_are_given_to_their_sheet_in_strict_ooxml_too():
    strict = WORKBOOK.replace(RELATIONS, "http://purl.oclc.org/ooxml/officeDocument/relationships")
    data = package('<row><c r="B2" t="e"><v>#N/A</v></c></row>', workbook=strict)
    assert inspect(data, LIMITS).oddities == {"表": {"B2": "#N/A"}}


def test_oddities_are_given_to_the_sheet_of_their_own_workbook_however_much_it_is_like_the_last_one():
    error = '<row><c r="B2" t="e"><v>#N/A</v></c></row>'
    names = "<definedNames><definedName name=\"_crmflow_id\">\"{}\"</definedName></definedNames></workbook>"
    workbooks = [
        WORKBOOK.replace("表", sheet).replace("</workbook>", names.format(number))
        for sheet, number in (("表", 1), ("表", 2), ("页", 2), ("表", 3))
    ]
    found = [inspect(package(error, workbook=workbook), LIMITS).oddities for workbook in workbooks]
    assert found == [{"表": {"B2": "#N/A"}}, {"表": {"B2": "#N/A"}}, {"页": {"B2": "#N/A"}}, {"表": {"B2": "#N/A"}}]


@pytest.mark.parametrize("end", ["</sheetData>", "</sheetData >", "</x:sheetData>", "</sheetData\n>"])
def test_all_cells_are_looked_at_however_their_end_is_written(end):
    far = f'<worksheet><sheetData><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>{end}<legacyDrawing/></worksheet>'
    assert refused(package(members={"xl/worksheets/sheet2.xml": far}))[0] == "FILE_FAR_CELL"


def test_a_formula_that_no_cell_holds_is_not_odd():
    after = '<conditionalFormatting><c r="B2"><f>A1*2</f></c></conditionalFormatting>'
    sheet = f'<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData>{after}</worksheet>'
    assert inspect(package(members={"xl/worksheets/sheet1.xml": sheet}), LIMITS).oddities == {}


def test_an_error_without_its_text_does_not_take_the_next_cells():
    rows = '<row><c r="A1" t="e"/><c r="B1"><v>5</v></c><c r="A2" t="e"></c><c r="B2"><v>6</v></c></row>'
    assert inspect(package(rows), LIMITS).oddities == {}


@pytest.mark.parametrize("piece", [
    '<c r="AA1" t="e"></c>', '<c r="AA1" t="e"', ' r="AA1" t="e"', '<c r="AA1"><f>', '<c r="AA1"><f a="1"/>', "<c ", "<aaaaaaaa", " ",
])
def test_hostile_xml_is_judged_in_time_that_grows_with_its_length(piece):
    """Were it to grow with the square, this would take hours."""
    with suppress(Refusal):
        inspect(package(piece * (3_000_000 // len(piece))), Files(largest_area_cells=100_000))


def test_columns_are_counted_as_excel_names_them():
    assert [column_letters(number) for number in (1, 26, 27, 702, 703, 16384)] == ["A", "Z", "AA", "ZZ", "AAA", "XFD"]
    assert all(column_number(column_letters(number)) == number for number in range(1, 16385))
