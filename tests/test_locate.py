"""Forms and their blocks are found by title, tab and headings, wherever staff have moved them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.catalogue import catalogue
from crmflow.declare import Card, Table, block_id
from crmflow.model import Text
from crmflow.parse.locate import FEWEST_LABELS, Located, folded, form_of, locate
from crmflow.parse.plain import clean
from crmflow.workbook.read import Sheet
from tests.books import form_rows, sheet

FORMS = catalogue().forms
LARGER = [form for form in FORMS if any(len(block.fields) >= FEWEST_LABELS for block in form.blocks)]
"""Forms with labels enough to be known by."""
F8 = catalogue().form("F8")
PLAN = """
    附表8 收益计划
    计划概况
    年度     | 2026
    目标描述 | 新签两个项目
    项目收益
    项目 * | 合同额（万元）* | 获取率 * | 实际收入（万元） | 利润率 * | 利润额（万元） | 预计签约日期 | 状态 | 实际签约额（万元）
    二期   | 120             | 60%      |                  | 15%      |                |              | 跟踪 |
"""


def found(drawing: str, form=F8) -> dict[str, Located]:
    return {one.block_id: one for one in locate(sheet(drawing), form) if isinstance(one, Located)}


def cells(located: Located) -> dict[str, str]:
    return {name: place.cell for name, place in located.places.items()}


def oddities(drawing: str, block: str = "F8.projects") -> list[tuple[str, str, str]]:
    return [(one.code, one.cell, one.field_id) for one in found(drawing)[block].oddities]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_form_is_found_by_its_title_on_a_renamed_tab(form, language):
    assert form_of(Sheet("Sheet1", [[getattr(form.title, language)]]), catalogue()) is form


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_form_is_found_by_its_tab_when_the_title_is_gone(form, language):
    assert form_of(Sheet(getattr(form.sheet, language), [["随便写的"]]), catalogue()) is form


@pytest.mark.parametrize("form", LARGER, ids=lambda form: form.id)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_form_is_found_by_its_headings_when_title_and_tab_are_gone(form, language):
    drawn = form_rows(form, {}, language)[1:]
    assert form_of(Sheet("Sheet1", drawn), catalogue()) is form


@pytest.mark.parametrize("title", ["附表8收益计划", "附表８　收益计划", " 附表8 收益计划（2026年度）", "附表8：收益计划", "\ufeff附表8 收益计划"])
def test_a_title_is_known_however_it_is_spaced(title):
    assert form_of(sheet(f".\n.\n{title}"), catalogue()) is F8


@pytest.mark.parametrize("drawing", ["通讯录", "项目 | 金额\n二期 | 5", "."])
def test_any_other_sheet_is_no_form(drawing):
    assert form_of(sheet(drawing), catalogue()) is None


def test_the_blocks_of_a_form_are_found_with_their_cells_and_rows():
    blocks = found(PLAN)
    assert cells(blocks["F8.plan"]) == {"year": "B3", "objective": "B4"}
    assert cells(blocks["F8.projects"])["project"] == "A6"
    assert cells(blocks["F8.projects"])["actual_amount"] == "I6"
    assert blocks["F8.projects"].rows == range(6, 7)
    assert [one.oddities for one in blocks.values()] == [(), ()]


def test_rows_and_columns_inserted_before_a_block_move_it():
    lines = [f" | {line}" for line in PLAN.strip().splitlines()]
    blocks = found("\n".join([".", ".", *lines[:4], ".", "（插入的说明）", *lines[4:]]))
    assert cells(blocks["F8.plan"]) == {"year": "C5", "objective": "C6"}
    assert cells(blocks["F8.projects"])["project"] == "B10"
    assert [one.oddities for one in blocks.values()] == [(), ()]


@pytest.mark.parametrize("heading", [
    "合同额（万元）", "合同额(万元) *", "*合同额", "合同额 ＊（万元）", "合同额：", "合 同 额", "合同额\n（万元）", "合同额【万元】", "合同额\u200b",
    "合同额（单位：万元）", "合同额（10k CNY）", "Contract amount (10k CNY)", "CONTRACT AMOUNT", "Ｃｏｎｔｒａｃｔ　ａｍｏｕｎｔ",
])
def test_a_heading_is_known_with_and_without_its_trimmings(heading):
    located = next(one for one in locate(Sheet("x", [["项目", heading, "获取率", "利润率"]]), F8) if isinstance(one, Located))
    assert located.places["contract_amount"].cell == "B1"
    assert "contract_amount" not in {one.field_id for one in located.oddities}


@pytest.mark.parametrize("heading", ["合同额（元）", "合同额（单位：元）", "合同额(人民币)", "合同额（千元）", "合同额 (CNY)", "Contract amount (CNY)"])
def test_another_unit_in_a_heading_is_told(heading):
    drawing = PLAN.replace("合同额（万元）*", heading)
    (oddity,) = found(drawing)["F8.projects"].oddities
    assert (oddity.code, oddity.cell, oddity.field_id) == ("UNIT_DIFFERS", "B6", "contract_amount")
    assert oddity.facts == {"unit": "万元"}


def test_a_line_above_the_headings_that_names_another_unit_holds_for_headings_that_name_none():
    bare = PLAN.replace("合同额（万元）*", "合同额")
    assert oddities(bare.replace("项目收益", "项目收益 | 单位：万元")) == []
    assert oddities(bare.replace("项目收益", "项目收益 | 单位：元")) == [("UNIT_DIFFERS", "B6", "contract_amount")]


def test_a_missing_column_is_named():
    assert oddities(PLAN.replace("获取率 *", "")) == [("COLUMN_MISSING", "A6", "win_rate")]


def test_a_doubled_column_is_named_with_both_cells_and_the_first_is_read():
    located = found(PLAN.replace("状态 |", "获取率 |"))["F8.projects"]
    doubled = next(one for one in located.oddities if one.code == "COLUMN_DOUBLED")
    assert (doubled.cell, doubled.field_id, doubled.facts) == ("H6", "win_rate", {"other": "C6"})
    assert located.places["win_rate"].cell == "C6"


def test_a_column_of_their_own_is_named_and_does_no_harm():
    located = found(PLAN.replace("状态 |", "状态 | 备注 |"))["F8.projects"]
    assert [(one.code, one.cell, one.value) for one in located.oddities] == [("COLUMN_UNKNOWN", "I6", "备注")]
    assert located.places["actual_amount"].cell == "J6"


def test_a_block_without_its_headings_is_named_by_its_title():
    lost = [one for one in locate(sheet("附表8 收益计划\n年度 | 2026\n目标描述 | x"), F8) if isinstance(one, Text)]
    assert lost == [catalogue().block("F8.projects").title]


@pytest.mark.parametrize(("drawing", "cell"), [
    ("年度 | 2026", "B1"),
    ("年度 | | 2026", "C1"),                                # the value slipped, or its cells were unmerged
    ("年度 | | | 2026", "D1"),
    ("年度 |", "B1"),                                       # empty: where it should stand
    ("年度 | | 目标描述 | 新签两个项目", "B1"),              # the next label is no value
    (" | 年度 * | 2026", "C1"),
])
def test_a_cards_value_stands_right_of_its_label(drawing, cell):
    assert found(drawing)["F8.plan"].places["year"].cell == cell


def test_two_labels_in_one_row_have_a_value_each():
    assert cells(found("年度 | 2026 | 目标描述 | 新签两个项目")["F8.plan"]) == {"year": "B1", "objective": "D1"}


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
def test_no_two_fields_of_a_form_are_called_the_same(form):
    titles = {folded(title) for block in form.blocks for title in (block.title.zh, block.title.en)}
    for block in form.blocks:
        labels = [
            label for field in block.fields
            for label in {folded(label) for label in (field.label.zh, field.label.en, *field.aliases)}
        ]
        assert len(labels) == len(set(labels)), block.id
        if isinstance(block, Card):
            assert titles.isdisjoint(labels), "a title would be taken for the card's first label"


@given(st.text(max_size=40))
def test_folding_a_heading_twice_changes_nothing_more(text):
    assert folded(clean(text)) == folded(text)


TABLES = [(form, block) for form in FORMS for block in form.blocks if isinstance(block, Table)]


@given(data=st.data(), which=st.sampled_from(TABLES))
def test_every_order_of_columns_is_found(data, which):
    form, table = which
    order = data.draw(st.permutations(table.fields))
    located = next(
        one for one in locate(Sheet("x", [[field.label.zh for field in order]]), form)
        if isinstance(one, Located) and one.block_id == block_id(form, table)
    )
    assert sorted(located.places, key=lambda name: located.places[name].column) == [field.id for field in order]
    assert located.oddities == ()
