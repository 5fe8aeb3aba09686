"""What a person gets back: their workbook with the mistakes marked, read again as if nothing had been added."""

import json
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from crmflow.catalogue import catalogue
from crmflow.check.books import check_books
from crmflow.check.rules import Reference
from crmflow.codes import describe, severity
from crmflow.commands.guard import guarded
from crmflow.config import Files
from crmflow.declare import Values
from crmflow.model import FileState, Finding, Identity, Severity, Where, WorkbookKind
from crmflow.parse.book import read_book
from crmflow.parse.locate import form_of
from crmflow.people import Directory
from crmflow.reports import return_copy
from crmflow.scan import Claim, settle_claims
from crmflow.workbook import blank
from crmflow.workbook.read import read

ROOT = Path(__file__).parents[1]
TODAY = date(2026, 7, 15)
RED, YELLOW, PALE = "FFF4A9A3", "FFFFE08B", "FFFDEBE9"
PLAN = {
    "F8.plan": [{"year": 2026, "objective": "签下两个项目"}],
    "F8.projects": [
        {"project": "除尘改造", "contract_amount": 150.0, "win_rate": 0.5, "margin": 0.2, "status": "tracking"},
        {"project": "降噪", "contract_amount": -20.0, "win_rate": 0.6, "margin": 0.2, "status": "tracking"},
    ],
}


def archive(folder: Path, filled: Mapping[str, Sequence[Values]], language: str = "zh", name: str = "C007 江南.xlsx") -> Path:
    forms = catalogue().of_kind(WorkbookKind.ARCHIVE)
    identity = Identity("W7", WorkbookKind.ARCHIVE, language, 1, "", {form.id: form.version for form in forms})
    path = folder / name
    blank.write(path, forms, identity, filled)
    return path


def checked(path: Path) -> list[Finding]:
    book = read_book(path, FileState(path.name, 1, 1), catalogue(), Files())
    (one,) = check_books([book], catalogue(), Reference(Directory({}), {}), TODAY)
    return list(one.all_findings)


def places(findings: Sequence[Finding]) -> Counter[tuple[str, str, str]]:
    return Counter((finding.code, finding.where.sheet, finding.where.cell) for finding in findings)


def returned(path: Path, into: Path, language: str = "zh") -> Path:
    return return_copy.write(path, checked(path), catalogue(), language, into)


def sheet_of(path: Path, name: str) -> Worksheet:
    sheet = openpyxl.load_workbook(path)[name]
    assert isinstance(sheet, Worksheet)
    return sheet


def listed(path: Path, name: str = "错误清单") -> list[list[object]]:
    return [[cell.value for cell in row] for row in sheet_of(path, name).iter_rows(min_row=4)]


def test_every_bad_cell_is_coloured_and_says_what_to_type(tmp_path: Path) -> None:
    path = archive(tmp_path, PLAN)
    copy = returned(path, tmp_path / "还给本人")
    sheets = openpyxl.load_workbook(copy)
    marked = [finding for finding in checked(path) if finding.where.cell]
    assert {"BELOW_MINIMUM", "REQUIRED", "NO_DECISION_MAKER"} <= {finding.code for finding in marked}
    for finding in marked:
        cell = sheets[finding.where.sheet][finding.where.cell]
        field = catalogue().find_field(finding.block, finding.field_id)
        assert describe(finding, "zh", field) in cell.comment.text
    colours = {sheets["附表8 收益计划"][cell].fill.fgColor.rgb for cell in ("A9", "B10")}
    assert colours == {YELLOW, RED}


def test_held_rows_are_told_from_accepted_ones(tmp_path: Path) -> None:
    copy = returned(archive(tmp_path, PLAN), tmp_path / "还给本人")
    sheet = sheet_of(copy, "附表8 收益计划")
    tinted = [str(area.sqref) for area in sheet.conditional_formatting for rule in area.rules
              if rule.dxf and rule.dxf.fill and rule.dxf.fill.bgColor.rgb == PALE]
    assert tinted == ["A10:I10"]
    standing = {str(row[1]): row[4] for row in listed(copy)}
    assert standing["附表8 收益计划!B10"] == "整行暂不采用"
    assert standing["附表8 收益计划!A9"] == "不影响采用"


def test_a_warning_in_a_row_that_is_held_says_so(tmp_path: Path) -> None:
    path = archive(tmp_path, PLAN)
    findings = [
        Finding("BELOW_MINIMUM", Where(path.name, "附表8 收益计划", "B10"), "-20", "F8.projects", "contract_amount"),
        Finding("NO_DECISION_MAKER", Where(path.name, "附表8 收益计划", "A10"), "", "F8.projects", "project", {"project": "降噪"}),
        Finding("COLUMN_MISSING", Where(path.name, "附表8 收益计划", "A8"), "", "F8.projects", "margin"),
    ]
    copy = return_copy.write(path, findings, catalogue(), "zh", tmp_path / "还给本人")
    assert {str(row[1]): row[4] for row in listed(copy)} == {
        "附表8 收益计划!B10": "整行暂不采用", "附表8 收益计划!A10": "整行暂不采用", "附表8 收益计划!A8": "暂不采用",
    }


def test_the_list_is_first_worst_first_and_form_by_form(tmp_path: Path) -> None:
    copy = returned(archive(tmp_path, PLAN), tmp_path / "还给本人")
    assert openpyxl.load_workbook(copy).sheetnames[0] == "错误清单"
    kinds = [row[0] for row in listed(copy)]
    assert kinds == sorted(kinds, key=["错误", "提醒"].index) and len(set(kinds)) == 2
    errors = [str(row[1]).partition("!")[0] for row in listed(copy) if row[0] == "错误"]
    assert errors == sorted(errors, key=openpyxl.load_workbook(copy).sheetnames.index)


def test_the_list_is_in_the_language_of_the_person(tmp_path: Path) -> None:
    copy = returned(archive(tmp_path, PLAN, "en"), tmp_path / "back", "en")
    assert copy.name == "C007 江南 marked.xlsx"
    assert ["Error", "row not used yet"] in [[row[0], row[4]] for row in listed(copy, "Error list")]
    assert any("must not be below 0" in str(row[3]) for row in listed(copy, "Error list"))


def test_the_copy_reads_like_the_original(tmp_path: Path) -> None:
    path = archive(tmp_path, PLAN)
    copy = returned(path, tmp_path / "还给本人")
    assert places(checked(copy)) == places(checked(path))
    again = returned(copy, tmp_path / "再还一次")
    assert places(checked(again)) == places(checked(path))
    assert again.name == copy.name


def test_what_was_mended_in_the_copy_is_no_longer_marked(tmp_path: Path) -> None:
    copy = returned(archive(tmp_path, PLAN), tmp_path / "还给本人")
    book = openpyxl.load_workbook(copy)
    book["附表8 收益计划"]["B10"] = 20
    book.save(copy)
    again = returned(copy, tmp_path / "再还一次")
    assert not any(row[1] == "附表8 收益计划!B10" for row in listed(again))
    cell = sheet_of(again, "附表8 收益计划")["B10"]
    assert (cell.value, cell.comment, cell.fill.fgColor.rgb) == (20, None, "00000000")


def test_a_copy_handed_in_supersedes_the_file_it_was_made_from(tmp_path: Path) -> None:
    path = archive(tmp_path, PLAN)
    copy = returned(path, tmp_path / "还给本人")
    own, back = (read_book(one, FileState(one.name, 1, 1), catalogue(), Files()) for one in (path, copy))
    assert back.identity and own.identity
    assert (back.workbook_id, back.identity.serial) == (own.workbook_id, own.identity.serial + 1)
    standing = Claim(own.file, own.sha256, own.identity.parent)
    chosen, _ = settle_claims([standing, Claim(back.file, back.sha256, back.identity.parent)], standing)
    assert chosen == back.file


titles = [text for form in catalogue().forms for text in (form.title.zh, form.title.en, form.sheet.zh, form.sheet.en)]
labels = [text for block in catalogue().blocks.values() for field in block.fields for text in (field.label.zh, field.label.en)]
anything = st.one_of(st.sampled_from(titles), st.sampled_from(labels), st.text(max_size=30))


@pytest.fixture(scope="module")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return archive(tmp_path_factory.mktemp("empty"), {})


@settings(max_examples=40)
@given(values=st.lists(anything, min_size=1, max_size=12), language=st.sampled_from(("zh", "en")))
def test_the_list_is_never_taken_for_a_form(empty_archive: Path, values: list[str], language: str) -> None:
    """Not even when what staff typed is the title or the headings of one."""
    findings = [
        Finding("NOT_A_NUMBER", Where("a.xlsx", value[:20], f"B{row}"), value, "F8.projects", "contract_amount")
        for row, value in enumerate(values, start=1)
    ]
    copy = return_copy.write(empty_archive, findings, catalogue(), language, empty_archive.parent / "out")
    (found,) = [sheet for sheet in read(copy, Files()).sheets if sheet.name in ("错误清单", "Error list")]
    assert form_of(found, catalogue()) is None


# Files


def test_the_original_is_never_touched_even_in_its_own_folder(tmp_path: Path) -> None:
    path = archive(tmp_path, PLAN)
    before = path.read_bytes()
    copy = returned(path, tmp_path)
    assert (copy.name, path.read_bytes()) == ("C007 江南 标注.xlsx", before)
    content = copy.read_bytes()
    assert returned(copy, tmp_path).name == "C007 江南 标注 2.xlsx"
    assert copy.read_bytes() == content


def test_a_copy_somebody_works_in_is_not_overwritten_one_nobody_touched_is(tmp_path: Path) -> None:
    path, into = archive(tmp_path, PLAN), tmp_path / "还给本人"
    assert returned(path, into) == returned(path, into) == into / "C007 江南 标注.xlsx"
    openpyxl.load_workbook(into / "C007 江南 标注.xlsx").save(into / "C007 江南 标注.xlsx")
    edited = (into / "C007 江南 标注.xlsx").read_bytes()
    assert returned(path, into).name == "C007 江南 标注 2.xlsx"
    assert (into / "C007 江南 标注.xlsx").read_bytes() == edited


@pytest.mark.parametrize("code", ["FILE_ENCRYPTED", "FILE_DAMAGED", "FILE_TOO_LARGE", "FILE_EMPTY"])
def test_a_file_that_cannot_be_read_gets_a_list_of_its_own(tmp_path: Path, code: str) -> None:
    path = tmp_path / "打不开.xlsx"
    path.write_bytes(b"PK\x03\x04 nothing")
    facts = {"size": "90 MB", "limit": "20 MB"}
    copy = return_copy.write(path, [Finding(code, Where(path.name), facts=facts)], catalogue(), "zh", tmp_path / "还给本人")
    assert copy.name == "打不开 错误清单.xlsx"
    rows = [[cell.value for cell in row] for row in sheet_of(copy, "错误清单").iter_rows()]
    assert rows[0] == ["程度", "位置", "现在填的", "哪里不对，怎么改", "是否采用", "依据"]
    assert rows[1][:2] == ["错误", "整个文件"]


def test_a_signed_workbook_gets_a_list_of_its_own(tmp_path: Path) -> None:
    path = archive(tmp_path, PLAN)
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("_xmlsignatures/origin.sigs", "")
    before = path.read_bytes()
    copy = returned(path, tmp_path / "还给本人")
    assert copy.name == "C007 江南 错误清单.xlsx"
    assert len(list(sheet_of(copy, "错误清单").iter_rows())) == len(checked(path)) + 1
    assert path.read_bytes() == before


def test_a_macro_workbook_stays_one(tmp_path: Path) -> None:
    path = archive(tmp_path, PLAN)
    macro = path.rename(path.with_suffix(".xlsm"))
    assert returned(macro, tmp_path / "还给本人").suffix == ".xlsm"


def test_a_workbook_without_identity_is_marked_as_it_is(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(archive(tmp_path, PLAN))
    del book["_crmflow"]
    path = tmp_path / "自己画的表.xlsx"
    book.save(path)
    copy = returned(path, tmp_path / "还给本人")
    assert sheet_of(copy, "附表8 收益计划")["B10"].fill.fgColor.rgb == RED
    assert places(checked(copy)) == places(checked(path))


def test_findings_about_a_whole_sheet_or_file_are_listed_first(tmp_path: Path) -> None:
    path = archive(tmp_path, {})
    findings = [
        Finding("REQUIRED", Where(path.name, "封面", "B4"), "", "F0.cover", "code"),
        Finding("BLOCK_MISSING", Where(path.name, "合同"), facts={"title": "合同", "block_title": "合同"}),
        Finding("SHEET_MISSING", Where(path.name), facts={"title": "附表8 收益计划"}),
    ]
    copy = return_copy.write(path, findings, catalogue(), "zh", tmp_path / "还给本人")
    assert [row[1] for row in listed(copy)] == ["整个文件", "“合同”整张表", "封面!B4"]
    links = {row: sheet_of(copy, "错误清单").cell(row, 2).hyperlink for row in (4, 5, 6)}
    assert links[4] is None
    assert links[5] and links[5].location == "'合同'!A1"
    assert links[6] and links[6].location == "'封面'!B4"


def test_hostile_text_in_a_cell_stays_text(tmp_path: Path) -> None:
    path = archive(tmp_path, PLAN)
    value = '=HYPERLINK("http://x","点我")<b>\u202e\x07'
    finding = Finding("NOT_A_NUMBER", Where(path.name, "附表8 收益计划", "B9"), value, "F8.projects", "contract_amount")
    copy = return_copy.write(path, [finding], catalogue(), "zh", tmp_path / "还给本人")
    (row,) = listed(copy)
    assert row[2] == '“=HYPERLINK("http://x","点我")<b>”'
    assert "\u202e" not in str(sheet_of(copy, "附表8 收益计划")["B9"].comment.text)


def test_severity_decides_the_colour(tmp_path: Path) -> None:
    path = archive(tmp_path, PLAN)
    copy = returned(path, tmp_path / "还给本人")
    book = openpyxl.load_workbook(copy)
    for finding in checked(path):
        if finding.where.cell:
            worst = {severity(one) for one in checked(path) if one.where == finding.where}
            fill = book[finding.where.sheet][finding.where.cell].fill.fgColor.rgb
            assert fill == (RED if Severity.ERROR in worst else YELLOW)


def test_check_writes_the_copies_that_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = archive(tmp_path, PLAN)
    (tmp_path / "config.yaml").write_text((ROOT / "config.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    into = tmp_path / "还给本人"
    code = guarded("check", config=tmp_path / "config.yaml", today="2026-07-15", files=[path], as_json=True, annotate=into)
    said = json.loads(capsys.readouterr().out)
    assert (code, said["copies"]) == (1, [str(into / "C007 江南 标注.xlsx")])
    assert {row[3] for row in listed(into / "C007 江南 标注.xlsx")} == {finding["zh"] for finding in said["findings"]}
