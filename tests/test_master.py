"""The master workbook, as a reader opens it."""

import re
import zipfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from crmflow.catalogue import catalogue
from crmflow.config import Config
from crmflow.reports import master
from tests import tiny

in_this_process = tiny.in_this_process
FORMULA = "=1+1"
OWN = 6
"""The master's own sheets, before those of the forms."""


@pytest.fixture
def config(tmp_path: Path, in_this_process: None) -> Config:
    made = tiny.company(tmp_path)
    projects = """
        项目  | 合同额（万元） | 获取率 | 利润率 | 状态 | 预计签约日期
        =1+1  | 120            | 60%    | 15%    | 丢失 | 2026-09-30
        +二期 | 0.5            | 10%    | 15%    | 丢失 |
    """
    tiny.at(made)
    tiny.archive(tmp_path, {
        "F0.cover": tiny.cover(客户阶段="热情"), "F10.reports": tiny.REPORTS, "F11.transactions": tiny.SALES,
        "F8.plan": "年度 | 2026\n目标描述 | @签约", "F8.projects": projects,
    })
    tiny.at(made)
    return made


@pytest.fixture
def book(config: Config) -> Workbook:
    return openpyxl.load_workbook(master.path(config))


def cells(sheet: Worksheet) -> list[dict[str, object]]:
    headings, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, headings), row, strict=True)) for row in rows]


def test_there_is_a_sheet_for_every_block_of_every_form_after_the_overview(book: Workbook) -> None:
    assert book.sheetnames[:OWN] == ["总览", "客户分级", "待办事项", "待更正", "交表登记", "按时率"]
    assert len(book.sheetnames) == OWN + len(catalogue().blocks)
    forms = {form.sheet.zh for form in catalogue().forms}
    assert {name.partition("·")[0] for name in book.sheetnames[OWN:]} == forms


def test_every_sheet_has_a_frozen_header_and_a_filter(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert sheet.freeze_panes is not None
        assert sheet.freeze_panes.rstrip("0123456789") + "2" == sheet.freeze_panes
        assert sheet.auto_filter.ref is not None


def test_no_sheet_has_a_row_twice_not_even_an_empty_one(config: Config) -> None:
    with zipfile.ZipFile(master.path(config)) as package:
        sheets = [package.read(name) for name in package.namelist() if name.startswith("xl/worksheets/sheet")]
    rows = [re.findall(rb'<row r="(\d+)"', sheet) for sheet in sheets]
    assert [b"1"] in rows
    assert [len(set(one)) for one in rows] == [len(one) for one in rows]


def test_every_row_names_its_file_sheet_and_cell(book: Workbook) -> None:
    sales = cells(book["交易记录"])
    assert [(row["来源文件"], row["工作表"], row["单元格"]) for row in sales] == [
        ("王芳/江南.xlsx", "交易记录", f"A{row}") for row in (5, 6, 7)
    ]
    assert cells(book["封面"])[0]["单元格"] == "A4"


def test_dates_are_dates_and_numbers_are_numbers(book: Workbook) -> None:
    sale = cells(book["交易记录"])[0]
    assert sale["日期"] == datetime(2026, 3, 2)
    assert sale["金额（元）"] == 100_000
    sheet = book["交易记录"]
    column = [cell.value for cell in sheet[1]].index("日期")
    assert sheet[2][column].number_format == "yyyy-mm-dd"
    project = cells(book["附表8 收益计划·项目收益"])[0]
    assert (project["获取率"], project["实际收入（万元）"]) == (0.6, 72)


def test_text_that_looks_like_a_formula_stays_text(book: Workbook) -> None:
    sheet = book["附表8 收益计划·项目收益"]
    shown = [cell for row in sheet.iter_rows() for cell in row if cell.value in (FORMULA, "+二期")]
    assert [(cell.value, cell.data_type) for cell in shown] == [(FORMULA, "s"), ("+二期", "s")]
    plan = cells(book["附表8 收益计划·计划概况"])[0]
    assert plan["目标描述"] == "@签约"


def test_choices_are_shown_as_staff_see_them_and_stale_rows_are_marked(book: Workbook) -> None:
    cover = cells(book["封面"])[0]
    assert (cover["客户阶段"], cover["付款信用"]) == ("合作", "良")
    assert cover["数据状态"] == "待更正"
    assert {row["数据状态"] for row in cells(book["交易记录"])} == {"有效"}


def test_the_findings_say_what_to_do(book: Workbook) -> None:
    found = [(row["编号"], row["单元格"], row["读到的内容"], row["责任人"]) for row in cells(book["待更正"])]
    assert found == [("NOT_IN_LIST", "B8", "热情", "王芳")]


def test_the_overview_counts_customers_grades_duties_and_findings(book: Workbook, config: Config) -> None:
    numbers: Mapping[object, object] = {row[1]: row[2] for row in book.worksheets[0].iter_rows(values_only=True)}
    assert numbers["客户档案（份）"] == 1
    graded = {key: value for key, value in numbers.items() if str(key).startswith("四级分类 ·")}
    assert (len(graded), sum(map(int, graded.values()))) == (5, 1)  # type: ignore[call-overload]
    assert config.company.name in numbers


def test_an_empty_company_has_a_master_too(tmp_path: Path, in_this_process: None) -> None:
    empty = tiny.settle(tmp_path / "empty")
    empty.folders.workbooks.mkdir()
    tiny.at(empty)
    book = openpyxl.load_workbook(master.path(empty))
    assert len(book.sheetnames) == OWN + len(catalogue().blocks)


def test_the_register_shows_every_filing_with_its_days_and_colours(book: Workbook) -> None:
    lines = [row for row in cells(book["交表登记"]) if row["条款"] in ("D1", "D2")]
    filed = {(row["表"], row["期间"], row["责任人"]): row["交表情况"] for row in lines}
    assert filed["F0 客户档案封面", "2026Q3", "王芳"] == "按时"
    assert filed["F20 客户行业和市场信息报告", "2026-06", "李伟"] == "未交"
    [verified] = [row for row in lines if (row["条款"], row["期间"]) == ("D2", "2026Q3")]
    assert (verified["客户代码"], verified["应交日期"], verified["填写日期"]) == (
        "KH0012", datetime(2026, 9, 30), datetime(2026, 7, 3)
    )
    [column] = [cell.column_letter for cell in book["交表登记"][1] if cell.value == "交表情况"]
    coloured = {
        str(area.sqref).partition("2")[0]: {rule.text for rule in area.rules}
        for area in book["交表登记"].conditional_formatting
    }
    assert coloured == {column: {"按时", "迟交", "有误", "未交", "豁免"}}


def test_the_rates_count_every_line_by_person_team_form_and_month(book: Workbook) -> None:
    lines, found = cells(book["交表登记"]), cells(book["按时率"])
    for by in ("人员", "部门", "表", "应交月份"):
        counts = [row for row in found if row["统计口径"] == by]
        assert sum(float(str(row[name])) for row in counts for name in ("应交", "按时", "迟交", "有误", "未交", "豁免")) == len(lines)
    [li] = [row for row in found if row["名称"] == "李伟"]
    assert (li["按时"], li["按时率"]) == (0, 0)
