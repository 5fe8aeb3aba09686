"""Old workbooks on new forms: they still read, say so once, and a copy on the new version loses no cell."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from crmflow import copies
from crmflow.catalogue import Catalogue, catalogue
from crmflow.check.books import check_books
from crmflow.check.rules import Reference
from crmflow.cli import app
from crmflow.config import Config, Files
from crmflow.declare import Field, Form, Kind, RowCheck, Table
from crmflow.model import Book, FileState, Finding, Text, Value, WorkbookKind
from crmflow.parse.book import parse
from crmflow.people import Directory
from crmflow.workbook.guard import NOT_CALCULATED
from crmflow.workbook.read import Cells, Raw, Sheet, read
from tests import books, tiny

PROJECTS = """
    项目     | 合同额（万元） | 获取率 | 利润率 | 备注     | 状态   | 排名
    二期厂房 | 120            | 60%    | 15%    | 客户催促 | 签约   | 1
    三期厂房 | 约百万         | 30%    | 12%    |          | 谈着呢 | 2026-08-01
"""
"""With two columns of the company's own, and two cells that cannot be accepted."""


def changed(catalogue: Catalogue, form_id: str, block: str, *more: Field, renamed: Mapping[str, str] = {}) -> Catalogue:
    """The catalogue after a revision of one form: fields added in its next version, and labels that became aliases."""
    def field(one: Field) -> Field:
        if one.id not in renamed:
            return one
        return replace(one, label=Text(renamed[one.id], f"{one.label.en} (new)"), aliases=(one.label.zh, one.label.en))

    def form(one: Form) -> Form:
        if one.id != form_id:
            return one
        added = [replace(new, since=one.version + 1) if new.since > 1 else new for new in more]
        blocks = tuple(
            replace(part, fields=(*map(field, part.fields), *added)) if part.id == block else part for part in one.blocks
        )
        return replace(one, version=one.version + 1, blocks=blocks)

    return Catalogue(tuple(map(form, catalogue.forms)))


BUDGET = Field("budget", Text("客户预算", "Budget"), Kind.WAN, Text("客户的预算。", "The budget."), "100", required=True, since=2)
REVISED = changed(catalogue(), "F8", "projects", BUDGET, renamed={"project": "项目全称"})


def reading(cells: Cells, forms: Catalogue) -> Book:
    return parse(cells, FileState("a.xlsx", 1, 1), forms)


def codes(book: Book) -> list[str]:
    return [finding.code for finding in book.findings]


def values(book: Book, block: str) -> list[Mapping[str, Value]]:
    return [record.values for record in book.records if record.block == block]


def upgraded(cells: Cells, forms: Catalogue, folder: Path) -> Cells:
    book = reading(cells, forms)
    assert copies.obstacles(cells, book, forms) == ()
    copies.write(folder / "new.xlsx", copies.upgraded(cells, book, forms, "zh"))
    return read(folder / "new.xlsx", Files())


def old(blocks: Mapping[str, str] = {"F8.plan": "年度 | 2026", "F8.projects": PROJECTS}) -> Cells:
    return books.cells(blocks)


def test_an_old_workbook_is_read_by_its_former_labels_and_reported_once() -> None:
    one = reading(old(), REVISED)
    assert [row["project"] for row in values(one, "F8.projects")] == ["二期厂房", "三期厂房"]
    assert [row["budget"] for row in values(one, "F8.projects")] == [None, None]
    assert [code for code in codes(one) if code != "COLUMN_UNKNOWN"] == ["FORM_OLD"]
    told = next(finding for finding in one.findings if finding.code == "FORM_OLD")
    assert told.facts["title"] == Text("“附表8 收益计划”", "“Appendix 8 Revenue plan”")


def test_a_column_that_every_version_had_is_still_missed() -> None:
    lost = changed(catalogue(), "F8", "projects", replace(BUDGET, since=1))
    assert [finding.field_id for finding in reading(old(), lost).findings if finding.code == "COLUMN_MISSING"] == ["budget"]


def test_a_workbook_of_the_current_version_must_have_the_new_column() -> None:
    cells = old()
    says = {**cells.identity, "forms": cells.identity["forms"].replace("F8:1", "F8:2")}
    assert "COLUMN_MISSING" in codes(reading(replace(cells, identity=says), REVISED))


def test_what_a_workbook_has_no_cell_for_is_not_asked_of_its_rows() -> None:
    check = RowCheck("REQUIRED", "budget", lambda row: row["budget"] is not None)
    forms = Catalogue(tuple(
        replace(form, blocks=(form.blocks[0], replace(form.blocks[1], checks=(check,)))) if form.id == "F8" else form
        for form in REVISED.forms
    ))
    checked = check_books([reading(old(), forms)], forms, Reference(Directory({}), {}), date(2026, 7, 15))[0]
    assert [one for faults in checked.faults for one in faults if one.field_id == "budget"] == []


def test_a_form_that_came_later_is_an_older_workbook_not_a_missing_sheet() -> None:
    cells = old()
    says = {**cells.identity, "forms": re.sub(r"F12:\d+", "", cells.identity["forms"])}
    without = replace(cells, identity=says, sheets=tuple(one for one in cells.sheets if one.name != "客户投诉处理"))
    sheets = {form.sheet.zh for form in catalogue().of_kind(WorkbookKind.ARCHIVE) if form.id == "F12"}
    without = replace(without, sheets=tuple(one for one in without.sheets if one.name not in sheets))
    assert codes(reading(without, catalogue()))[-1:] == ["FORM_OLD"]
    assert "SHEET_MISSING" not in codes(reading(without, catalogue()))


def test_the_rows_of_a_newer_form_are_held_by_name() -> None:
    cells = old()
    says = {**cells.identity, "forms": cells.identity["forms"].replace("F8:1", "F8:2")}
    found = [one for one in reading(replace(cells, identity=says), catalogue()).findings if one.code == "FORM_NEWER"]
    assert [one.block for one in found] == ["F8.plan", "F8.projects"]


def test_a_copy_has_the_new_heading_and_every_cell_right_or_wrong(tmp_path: Path) -> None:
    before = reading(old(), REVISED)
    cells = upgraded(old(), REVISED, tmp_path)
    after = reading(cells, REVISED)
    assert values(after, "F8.projects") == values(before, "F8.projects")
    assert [record.unread for record in after.records] == [record.unread for record in before.records]
    heading = next(row for sheet in cells.sheets for row in sheet.rows if "客户预算 *" in row)
    assert "项目全称 *" in heading
    assert "FORM_OLD" not in codes(after)


def test_a_copy_says_what_it_was_made_from(tmp_path: Path) -> None:
    cells = upgraded(old(), REVISED, tmp_path)
    identity = reading(cells, REVISED).identity
    assert identity is not None
    assert (identity.workbook_id, identity.serial, identity.parent, identity.forms["F8"]) == ("w-1", 2, "0" * 64, 2)


def own_columns(cells: Cells, *headings: str) -> list[list[Raw]]:
    """The columns under some headings, without the rows that are empty there."""
    rows, top = next(
        (sheet.rows, index) for sheet in cells.sheets for index, row in enumerate(sheet.rows) if set(headings) <= set(row)
    )
    places = [rows[top].index(heading) for heading in headings]
    return [line for row in rows[top + 1 :] if any(line := [row[place] for place in places])]


def test_the_companys_own_columns_stay_beside_their_rows(tmp_path: Path) -> None:
    cells = upgraded(old(), REVISED, tmp_path)
    assert own_columns(cells, "备注", "排名") == [["客户催促", 1.0], ["", date(2026, 8, 1)]]
    assert own_columns(cells, "项目全称 *", "备注") == [["二期厂房", "客户催促"], ["三期厂房", ""]]


def test_the_companys_own_sheets_stay_and_a_marked_copys_error_list_goes(tmp_path: Path) -> None:
    notes = Sheet("走访笔记", [["日期", "事"], [datetime(2026, 7, 1, 9, 30), "谈价格"], [True, 3.5]])
    errors = Sheet("错误清单", [["改掉"]])
    cells = upgraded(replace(old(), sheets=(errors, *old().sheets, notes)), REVISED, tmp_path)
    assert cells.sheets[-1] == Sheet("走访笔记", [["日期", "事"], [datetime(2026, 7, 1, 9, 30), "谈价格"], [True, 3.5]])
    assert "错误清单" not in [sheet.name for sheet in cells.sheets]


def test_a_second_copy_keeps_what_the_first_one_set_aside(tmp_path: Path) -> None:
    aside = Sheet("原表其他内容", [["上次留下的"]])
    total = PROJECTS + "    合计     | 220            |        |        |          |        |\n"
    cells = upgraded(replace(old({"F8.projects": total}), sheets=(*old({"F8.projects": total}).sheets, aside)), REVISED, tmp_path)
    assert [sheet.name for sheet in cells.sheets][-2:] == ["原表其他内容", "原表其他内容 2"]
    assert cells.sheets[-2].rows == [["上次留下的"]]


def test_totals_and_remarks_beside_the_tables_go_to_a_sheet_of_their_own(tmp_path: Path) -> None:
    total = PROJECTS + "    合计     | 220            |        |        |          |        |\n"
    cells = upgraded(old({"F8.projects": total}), REVISED, tmp_path)
    sheet = next(sheet for sheet in cells.sheets if sheet.name == "原表其他内容")
    assert [row[2] for row in sheet.rows] == ["内容", "合计", 220.0]


def test_an_error_shown_in_a_cell_stays_there_as_text(tmp_path: Path) -> None:
    cover = old().sheets[0]
    row = next(index for index, cells in enumerate(cover.rows, start=1) if "核定人" in cells)
    cells = replace(old(), sheets=(replace(cover, oddities={f"B{row}": "#N/A"}), *old().sheets[1:]))
    assert values(reading(upgraded(cells, REVISED, tmp_path), REVISED), "F0.cover")[0]["verified_by"] == "#N/A"


@pytest.mark.parametrize(("heading", "code"), [("合同额（元）", "UNIT_DIFFERS"), ("项目", "COLUMN_DOUBLED")])
def test_headings_at_fault_are_mended_before_a_copy_is_made(heading: str, code: str) -> None:
    cells = old({"F8.projects": f"项目 | {heading} | 获取率\n甲 | 120 | 60%"})
    assert [finding.code for finding in copies.obstacles(cells, reading(cells, catalogue()), catalogue())] == [code]


def test_a_formula_without_a_result_is_mended_before_a_copy_is_made() -> None:
    sheets = (replace(old().sheets[0], oddities={"B9": NOT_CALCULATED, "B10": "#N/A"}), *old().sheets[1:])
    cells = replace(old(), sheets=sheets)
    told = copies.obstacles(cells, reading(cells, catalogue()), catalogue())
    assert [(one.code, one.where.cell) for one in told] == [("UNCALCULATED", "B9")]


def as_excel_keeps(number: float) -> float:
    """Excel keeps 15 digits of a number."""
    return float(f"{number:.15g}")


SCALARS = st.one_of(
    st.just(""), st.booleans(), st.sampled_from(["约百万", "50万元", "60%", "是", "#N/A", "=1+1", "２０２６年７月", " 空格 ", "1002"]),
    st.text("甲乙丙abc123,。 ", max_size=8), st.floats(-1e9, 1e9, allow_nan=False).map(as_excel_keeps), st.integers(0, 10**6).map(float),
    st.dates(date(1990, 1, 1), date(2090, 1, 1)),
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)).map(lambda one: one.replace(microsecond=0)),
)


@st.composite
def workbooks(draw: st.DrawFn) -> tuple[Form, Cells]:
    """An archive as the reader would give it, one of its forms filled with anything at all."""
    form = draw(st.sampled_from([one for one in catalogue().forms if one.kind is WorkbookKind.ARCHIVE]))
    drawn: list[list[Raw]] = [[form.title.zh]]
    for block in form.blocks:
        typed = [one for one in block.fields if one.formula is None]
        drawn.append([block.title.zh])
        if isinstance(block, Table):
            drawn.append([one.label.zh for one in typed] + [one.label.zh for one in block.fields if one.formula])
            drawn += draw(st.lists(st.lists(SCALARS, min_size=len(typed), max_size=len(typed)), max_size=4))
        else:
            drawn += [[one.label.zh, draw(SCALARS)] for one in typed]
    cells = books.cells({})
    sheets = tuple(Sheet(form.sheet.zh, drawn) if sheet.name == form.sheet.zh else sheet for sheet in cells.sheets)
    return form, replace(cells, sheets=sheets)


def seen(book: Book) -> list[tuple[str, Mapping[str, Value], Mapping[str, str], list[str]]]:
    """The records without their places."""
    return [
        (record.block, record.values, record.unread, [finding.code for finding in record.findings])
        for record in book.records
    ]


def test_what_was_read_as_two_per_cent_is_two_per_cent_in_the_copys_formula_too(tmp_path: Path) -> None:
    cells = old({"F8.plan": "年度 | 2026", "F8.projects": "项目 | 合同额（万元） | 获取率 | 利润率\n二期 | 100 | 1 | 2"})
    before, after = reading(cells, REVISED), reading(upgraded(cells, REVISED, tmp_path), REVISED)
    assert seen(after) == seen(before)
    assert [(row["margin"], row["profit"]) for row in values(after, "F8.projects")] == [(0.02, 2.0)]
    assert "FORMULA_OVERTYPED" not in [finding.code for record in after.records for finding in record.findings]


def lossless(one: Finding) -> bool:
    return one.code not in ("FORM_OLD", "COLUMN_UNKNOWN")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(workbooks(), st.booleans())
def test_whatever_is_typed_a_copy_reads_the_same(tmp_path: Path, drawn: tuple[Form, Cells], renamed: bool) -> None:
    form, cells = drawn
    block = form.blocks[-1]
    labels = {one.id: f"新{one.label.zh}" for one in block.fields} if renamed else {}
    revised = changed(catalogue(), form.id, block.id, replace(BUDGET, id="added"), renamed=labels)
    before = reading(cells, revised)
    after = reading(upgraded(cells, revised, tmp_path), revised)
    assert seen(after) == seen(before)
    assert list(filter(lossless, after.findings)) == list(filter(lossless, before.findings)) == []
    assert "FORM_OLD" in codes(before)
    assert "FORM_OLD" not in codes(after)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    """The tiny company, whose archive was made when F8 was older than it is now, so to say version 0."""
    tiny.stay_here(lambda module, name, new: monkeypatch.setattr(module, name, new, raising=False))
    tiny.staff(tmp_path)
    older = books.identity()
    books.archive(tmp_path / "workbooks", {**ARCHIVE, "F8.projects": PROJECTS}, "王芳/江南.xlsx",
                  replace(older, forms={**older.forms, "F8": 0}))
    return tiny.settle(tmp_path)


ARCHIVE = {"F0.cover": tiny.cover(), "F2.persons": tiny.PERSONS, "F10.reports": tiny.REPORTS, "F11.transactions": tiny.SALES,
           "F8.plan": "年度 | 2026\n目标描述 | 两个项目"}


def crmflow(config: Config, *words: str) -> Result:
    return CliRunner().invoke(app, [*words, "--config", str(config.folders.data.parent / "config.yaml"), "--today", "2026-07-15"])


def test_upgrade_writes_copies_of_what_is_old_and_leaves_the_rest(config: Config) -> None:
    into = config.folders.output / "新版"
    old_file = (config.folders.workbooks / "王芳/江南.xlsx").read_bytes()
    result = crmflow(config, "upgrade", "--all", "--into", str(into))
    assert (result.exit_code, [path.relative_to(into).as_posix() for path in into.rglob("*.xlsx")]) == (0, ["王芳/江南.xlsx"])
    assert (config.folders.workbooks / "王芳/江南.xlsx").read_bytes() == old_file
    again = crmflow(config, "upgrade", "--into", str(into / "再来"), str(into / "王芳/江南.xlsx"))
    assert (again.exit_code, (into / "再来").exists()) == (0, False)


def test_an_upgraded_workbook_takes_the_place_of_the_old_one_and_changes_no_row(config: Config) -> None:
    before = tiny.at(config).figures
    assert (before.rows["held"], before.findings["warning"] > 0) == (2, True)
    crmflow(config, "upgrade", "--all", "--into", str(config.folders.output))
    (config.folders.workbooks / "王芳/江南.xlsx").write_bytes((config.folders.output / "王芳/江南.xlsx").read_bytes())
    after = tiny.at(config).figures
    assert {**after.rows, "unchanged": 0} == {**before.rows, "accepted": 0, "unchanged": 0}
    assert after.findings["error"] == before.findings["error"]


def test_what_stands_in_the_way_is_told_with_its_cell(config: Config) -> None:
    file = books.archive(config.folders.data.parent, {"F8.projects": "项目 | 合同额（元）| 获取率\n甲 | 1 | 60%"}, "甲.xlsx")
    result = crmflow(config, "upgrade", str(file), "--into", str(config.folders.output))
    assert result.exit_code == 1
    assert "附表8 收益计划 B" in result.stdout
    assert not config.folders.output.exists()


def test_upgrade_wants_files_or_all(config: Config) -> None:
    assert crmflow(config, "upgrade", "--into", "x").exit_code == 2


def test_the_rows_of_a_newer_form_stay_out_of_the_store(config: Config) -> None:
    newer = replace(books.identity(), forms={**books.identity().forms, "F8": 2})
    good = "项目 | 合同额（万元） | 获取率 | 利润率\n二期 | 120 | 60% | 15%"
    books.archive(config.folders.workbooks, {**ARCHIVE, "F8.projects": good}, "王芳/江南.xlsx", newer)
    assert tiny.at(config).figures.rows["held"] == 2
