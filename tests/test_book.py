"""Whole workbooks, drawn as text, become records, and whatever is wrong is found at its cell."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmflow.catalogue import catalogue
from crmflow.model import Book, FileState, Record, WorkbookKind
from crmflow.parse.book import parse
from crmflow.workbook.guard import NOT_CALCULATED
from crmflow.workbook.read import Cells, Sheet
from tests.books import book, cells, identity, identity_pairs, sheet

PLAN = "年度 | 2026\n目标描述 | 新签两个项目"
HEADINGS = "项目 | 合同额（万元） | 获取率 | 实际收入（万元） | 利润率 | 利润额（万元） | 预计签约日期 | 状态"
PROJECTS = f"""
    {HEADINGS}
    二期厂房 | 120 | 60% | 72 | 15% | 10.8 | 2026-09-30 | 跟踪
    宿舍     | 30  | 50% | 15 | 10% | 1.5  |            | 投标
"""


def parsed(content: Cells) -> Book:
    return parse(content, FileState("王芳/a.xlsx", 0, 0), catalogue())


def alone(drawing: str, name: str = "Sheet1", **oddities: str) -> Book:
    """A workbook of one drawn sheet, with the identity of an archive."""
    return parsed(Cells("0" * 64, (sheet(drawing, name, oddities),), identity_pairs(identity()), has_macros=False))


def of(one: Book, block: str) -> list[Record]:
    return [record for record in one.records if record.block == block]


def codes(one: Book) -> list[str]:
    """What is wrong with the workbook, but for forms that a test did not draw."""
    return [finding.code for finding in one.findings if finding.code != "SHEET_MISSING"]


def in_cells(one: Book) -> list[tuple[str, str, str]]:
    return [(finding.code, finding.where.cell, finding.value) for record in one.records for finding in record.findings]


def test_a_sound_workbook_gives_its_records_and_no_finding():
    one = book({"F8.plan": PLAN, "F8.projects": PROJECTS})
    assert (one.kind, one.workbook_id, one.findings, one.absent) == (WorkbookKind.ARCHIVE, "w-1", (), frozenset())
    assert in_cells(one) == []
    assert [record.block for record in one.records] == ["F0.cover", "F8.plan", "F8.projects", "F8.projects"]
    assert of(one, "F8.projects")[0].values == {
        "project": "二期厂房", "contract_amount": 120.0, "win_rate": 0.6, "expected_revenue": 72.0, "margin": 0.15, "profit": 10.8,
        "signing_on": date(2026, 9, 30), "status": "tracking", "actual_amount": None,
    }


def test_a_workbook_in_english_gives_the_same_records():
    drawn = {"F8.projects": "Project | Contract amount (10k CNY) | Win rate | Margin | Status\nPlant two | 120 | 60% | 15% | Bidding"}
    (record,) = of(book(drawn, language="en"), "F8.projects")
    assert (record.values["contract_amount"], record.values["profit"], record.values["status"]) == (120.0, 10.8, "bidding")


def test_a_record_knows_the_cells_it_came_from():
    first, second = of(alone(f"附表8 收益计划\n.\n{PROJECTS.strip()}"), "F8.projects")
    assert (first.row, second.row) == (4, 5)
    assert first.placement.file == "王芳/a.xlsx"
    assert first.placement.cells["win_rate"] == "C"
    (cover,) = of(book({}), "F0.cover")
    assert (cover.row, cover.placement.sheet, cover.placement.cells["code"]) == (0, "封面", "B4")


def test_a_cell_that_cannot_be_read_is_found_and_its_row_kept():
    one = alone(f"附表8 收益计划\n{HEADINGS}\n二期 | 约120 | 60% | | 15% | | 明年 | 跟踪")
    assert in_cells(one) == [("NOT_A_NUMBER", "B3", "约120"), ("NOT_A_DATE", "G3", "明年")]
    (record,) = of(one, "F8.projects")
    assert record.unread == {"contract_amount": "约120", "signing_on": "明年"}
    assert (record.values["contract_amount"], record.values["win_rate"]) == (None, 0.6)


def test_error_cells_and_formulas_without_a_result_are_not_empty():
    one = alone(f"附表8 收益计划\n{HEADINGS}\n二期 | | | | 15% | | | 跟踪", B3="#DIV/0!", C3=NOT_CALCULATED, D3=NOT_CALCULATED)
    assert in_cells(one) == [("ERROR_VALUE", "B3", "#DIV/0!"), ("NOT_CALCULATED", "C3", "")]


@pytest.mark.parametrize(("typed", "expected"), [("73", "72"), ("72.01", "72"), ("0", "72")])
def test_an_overtyped_formula_is_found_with_what_it_must_be(typed, expected):
    one = alone(f"附表8 收益计划\n{HEADINGS}\n二期 | 120 | 60% | {typed} | 15% | 10.8 | | ")
    (finding,) = of(one, "F8.projects")[0].findings
    assert (finding.code, finding.where.cell, finding.value, finding.facts) == ("FORMULA_OVERTYPED", "D3", typed, {"expected": expected})
    assert of(one, "F8.projects")[0].values["expected_revenue"] == 72.0


@pytest.mark.parametrize("typed", ["72", "72.004", "71.996", "72万元", ""])
def test_a_formula_that_was_rounded_or_not_kept_is_recomputed_in_silence(typed):
    one = alone(f"附表8 收益计划\n{HEADINGS}\n二期 | 120 | 60% | {typed} | 15% | | | ")
    assert in_cells(one) == []
    assert (of(one, "F8.projects")[0].values["expected_revenue"], of(one, "F8.projects")[0].values["profit"]) == (72.0, 10.8)


def test_a_formula_whose_factors_are_missing_has_no_value():
    (record,) = of(alone(f"附表8 收益计划\n{HEADINGS}\n二期 | 120 | | 72 | 15% | | | "), "F8.projects")
    assert (record.values["expected_revenue"], record.values["profit"], record.findings) == (None, None, ())


@pytest.mark.parametrize("label", ["合计", "合 计", "合计：", "总计", "小计:", "本页合计", "合计（万元）", "Total", "TOTAL:", "Grand total", " 合计\u00a0"])
def test_a_totals_row_is_no_project(label):
    one = alone(f"附表8 收益计划\n{PROJECTS.strip()}\n{label} | 150 | | 87 | | 12.3 | | ")
    assert [record.values["project"] for record in of(one, "F8.projects")] == ["二期厂房", "宿舍"]


def test_a_totals_row_may_begin_in_another_column():
    one = alone(f"附表8 收益计划\n序号 | {HEADINGS}\n1 | 二期 | 120 | 60% | | 15% | | | \n | 合计 | 120 | | | | | | ")
    assert [record.values["project"] for record in of(one, "F8.projects")] == ["二期"]


def test_rows_in_which_nothing_was_typed_are_no_rows():
    one = alone(f"附表8 收益计划\n{HEADINGS}\n | | | 0 | | 0 | | \n二期 | 120 | 60% | | 15% | | | \n.\n | | | | | | | \u00a0")
    assert [record.row for record in of(one, "F8.projects")] == [4]


def test_the_cards_of_forms_that_nobody_has_begun_are_no_records():
    assert [record.block for record in book({}).records] == ["F0.cover"]
    assert [record.block for record in book({"F8.plan": PLAN}).records] == ["F0.cover", "F8.plan"]
    begun = book({"F8.projects": PROJECTS})
    assert [record.values["year"] for record in of(begun, "F8.plan")] == [None]


def test_a_form_of_one_card_counts_even_when_it_is_empty():
    assert [record.values["code"] for record in of(book({"F0.cover": "客户代码 |"}), "F0.cover")] == [None]


def test_every_row_of_a_plan_carries_its_year():
    one = book({"F8.plan": PLAN, "F8.projects": PROJECTS, "F10.reports": "日期 | 内容\n2026-07-01 | 拜访"})
    assert {record.period for record in one.records if record.block.startswith("F8.")} == {"2026"}
    assert {record.period for record in of(one, "F10.reports")} == {""}


@pytest.mark.parametrize("month", ["2026-06", "2026年6月", "2026-06-15", "202606"])
def test_every_row_of_a_monthly_report_carries_its_month(month):
    one = book({"F20.report": f"客户经理 | 王芳\n月份 | {month}", "F20.news": "客户或行业 | 信息内容\n江南 | 扩建"}, WorkbookKind.MONTHLY)
    assert {record.period for record in one.records} == {"2026-06"}
    assert [record.values["content"] for record in of(one, "F20.news")] == ["扩建"]


def test_a_plan_without_a_year_has_no_period():
    assert {record.period for record in of(book({"F8.plan": "年度 | 今年", "F8.projects": PROJECTS}), "F8.projects")} == {""}


def test_a_missing_sheet_is_named_and_its_rows_are_not_closed():
    whole = cells({})
    one = parsed(replace(whole, sheets=tuple(one for one in whole.sheets if "附表8" not in one.name)))
    assert [(finding.code, finding.facts["title"].zh) for finding in one.findings] == [("SHEET_MISSING", "附表8 收益计划")]
    assert one.absent == {"F8.plan", "F8.projects"}


def test_a_block_without_its_headings_is_named_and_its_rows_are_not_closed():
    one = alone("附表8 收益计划\n年度 | 2026\n目标描述 | x")
    assert codes(one) == ["BLOCK_MISSING"]
    assert "F8.projects" in one.absent
    assert "F8.plan" not in one.absent


def test_a_doubled_sheet_is_named_with_the_other_and_only_the_first_is_read():
    whole = cells({"F8.plan": PLAN, "F8.projects": PROJECTS})
    plan = next(one for one in whole.sheets if "附表8" in one.name)
    one = parsed(replace(whole, sheets=(*whole.sheets, replace(plan, name="附表8 (2)"))))
    assert {(finding.code, finding.where.sheet, finding.facts["other"]) for finding in one.findings} == {
        ("SHEET_DOUBLED", "附表8 (2)", "附表8 收益计划"),
    }
    assert {finding.block for finding in one.findings} == {"F8.plan", "F8.projects"}
    assert len(of(one, "F8.projects")) == 2


def test_faults_of_headings_are_findings_of_their_block():
    one = alone(f"附表8 收益计划\n{HEADINGS.replace('合同额（万元）', '合同额（元）')} | 备注\n二期 | 1200000 | 60%")
    told = {(finding.code, finding.where.cell, finding.block, finding.field_id) for finding in one.findings if finding.block}
    assert told == {
        ("UNIT_DIFFERS", "B2", "F8.projects", "contract_amount"),
        ("COLUMN_UNKNOWN", "I2", "F8.projects", ""),
        ("COLUMN_MISSING", "A2", "F8.projects", "actual_amount"),
    }


def test_a_staff_register_inside_an_archive_is_not_read():
    content = cells({})
    intruder = sheet("人员登记表\n工号 | 姓名 | 角色 | 部门 | 邮箱\nX1 | 我 | 总经理 | 市场部 | me@x.example", "人员")
    assert catalogue().form("F30").title.zh == "人员登记表"
    one = parsed(replace(content, sheets=(*content.sheets, intruder)))
    assert of(one, "F30.people") == []
    assert [(finding.code, finding.where.sheet) for finding in one.findings] == [("SHEET_MISPLACED", "人员")]


def test_a_workbook_of_no_form_says_so():
    one = parsed(Cells("0" * 64, (sheet("通讯录\n姓名 | 电话"),), {}, has_macros=False))
    assert (one.kind, one.records, codes(one)) == (None, (), ["NO_FORM_FOUND"])


@pytest.mark.parametrize("pairs", [
    {}, {"workbook_id": "w-1"}, {"workbook_id": "", "kind": "archive", "forms": "F0:1"},
    {"workbook_id": "w-1", "kind": "存档", "forms": "F0:1"}, {"workbook_id": "w-1", "kind": "archive", "forms": "F0"},
    {"workbook_id": "w-1", "kind": "archive", "forms": "F0:1", "serial": "inf"},
    {"workbook_id": "w-1", "kind": "archive", "forms": "F0:1", "serial": "一"},
])
def test_without_a_sound_identity_a_workbook_is_known_by_its_forms_and_its_customer(pairs):
    one = parsed(replace(cells({}), identity=pairs))
    assert (one.kind, one.identity, one.workbook_id) == (WorkbookKind.ARCHIVE, None, "archive:KH0012")
    assert codes(one) == ["IDENTITY_MISSING"]


def test_a_monthly_report_without_identity_is_known_by_its_writer_and_month():
    content = cells({"F20.report": "客户经理 | 王芳\n月份 | 2026-06"}, WorkbookKind.MONTHLY)
    assert parsed(replace(content, identity={})).workbook_id == "monthly:王芳:2026-06-01"


def test_a_workbook_that_does_not_say_what_it_is_about_is_known_by_where_it_lies():
    assert parsed(replace(cells({"F0.cover": "客户代码 |"}), identity={})).workbook_id == "file:王芳/a.xlsx"


def test_every_block_of_a_form_newer_than_the_program_is_held():
    newer = replace(identity(), forms={**identity().forms, "F8": 2})
    one = parsed(replace(cells({}), identity=identity_pairs(newer)))
    found = [(finding.code, finding.block, finding.value, finding.facts["version"]) for finding in one.findings]
    assert found == [("FORM_NEWER", f"F8.{block}", "2", "1") for block in ("plan", "projects")]


def test_macros_are_told():
    assert codes(parsed(replace(cells({}), has_macros=True))) == ["FILE_MACROS"]


COLUMNS = [line.split("|") for line in PROJECTS.strip().splitlines()]
READ = [record.values for record in of(book({"F8.plan": PLAN, "F8.projects": PROJECTS}), "F8.projects")]


@settings(max_examples=50)
@given(order=st.permutations(range(8)), above=st.integers(0, 5), left=st.integers(0, 3), own=st.integers(0, 8))
def test_moved_columns_and_inserted_rows_change_no_record(order, above, left, own):
    """Columns in any order, rows above, columns before, and one of their own among them."""
    lines = [[line[column] for column in order] for line in COLUMNS]
    for line, note in zip(lines, ("备注", "急", ""), strict=True):
        line.insert(own, note)
    table = "\n".join("|".join(["", ] * left + line) for line in lines)
    one = alone("\n".join(["附表8 收益计划", *["."] * above, table]))
    assert [record.values for record in of(one, "F8.projects")] == READ
    assert in_cells(one) == []


MOVED = PROJECTS.replace("合同额（万元）", "利润额（万元）", 1).replace("利润额（万元） | 预计", "合同额（万元） | 预计")


@pytest.mark.parametrize("other", [
    PROJECTS.replace("合同额（万元）", "合同额（元）"),                  # one cell of the headings says something else
    PROJECTS.replace("获取率", "备注"),
    f".\n{PROJECTS.strip()}",                                           # one row further down
    MOVED,                                                              # two columns have changed places
    "\n".join(f" | {line.strip()}" for line in PROJECTS.strip().splitlines()),
], ids=["unit", "unknown", "lower", "moved", "right"])
def test_a_workbook_is_read_by_its_own_headings_whatever_the_one_before_had(other):
    drawings = [f"附表8 收益计划\n{drawing.strip()}" for drawing in (PROJECTS, other)]
    first, second = (alone(drawing) for drawing in drawings)
    again, anew = (alone(drawing) for drawing in drawings)
    assert (first, second) == (again, anew)
    assert [record.values for record in of(first, "F8.projects")] == READ
    assert (second.findings, of(second, "F8.projects")) != (first.findings, of(first, "F8.projects"))


def test_columns_that_changed_places_between_two_workbooks_are_read_from_where_they_now_stand():
    before = of(alone(f"附表8 收益计划\n{PROJECTS.strip()}"), "F8.projects")[0]
    after = of(alone(f"附表8 收益计划\n{MOVED.strip()}"), "F8.projects")[0]
    assert (before.placement.cells["contract_amount"], before.values["contract_amount"]) == ("B", 120.0)
    assert (after.placement.cells["contract_amount"], after.values["contract_amount"]) == ("F", 10.8)


@pytest.mark.parametrize("heading", [True, 1.0, 1, "1", "TRUE"])
def test_a_heading_that_is_no_text_is_named_as_it_stands(heading):
    one = parsed(Cells("0" * 64, (Sheet("附表8 收益计划", [[*HEADINGS.split(" | "), heading]]),), {}, has_macros=False))
    assert [found.value for found in one.findings if found.code == "COLUMN_UNKNOWN"] == [str(heading)]


def test_a_card_whose_value_slipped_is_read_after_one_whose_value_did_not():
    cards = [of(alone(f"附表8 收益计划\n{card}\n{PROJECTS.strip()}"), "F8.plan")[0] for card in (
        "年度 | 2026\n目标描述 | 甲", "年度 | | 2027\n目标描述 | 乙", "年度 | 2026\n目标描述 | 甲",
    )]
    assert [(card.placement.cells["year"], card.values["year"]) for card in cards] == [("B2", 2026), ("C2", 2027), ("B2", 2026)]


def test_of_two_sheets_of_a_form_the_first_is_read_by_its_own_headings():
    sheets = [sheet(f"附表8 收益计划\n{drawing.strip()}", name) for drawing, name in ((PROJECTS, "一"), (MOVED, "二"))]
    pairs = identity_pairs(identity())
    for first, amount in ((0, 120.0), (1, 10.8), (0, 120.0)):
        one = parsed(Cells("0" * 64, (sheets[first], sheets[1 - first]), pairs, has_macros=False))
        assert of(one, "F8.projects")[0].values["contract_amount"] == amount
        assert {found.where.sheet for found in one.findings if found.code == "SHEET_DOUBLED"} == {sheets[1 - first].name}


@given(st.lists(st.lists(st.text("项目合计年度元（）*:|附表8 收益计划", max_size=8), max_size=6), max_size=12))
def test_no_sheet_whatever_makes_the_parser_raise(rows):
    """What staff leave behind: pieces of titles, headings and totals anywhere."""
    one = parsed(Cells("0" * 64, (Sheet("附表8 收益计划", rows),), identity_pairs(identity()), has_macros=False))
    assert one.kind is WorkbookKind.ARCHIVE
