"""The documentation page of a form follows from its declaration."""

import re
from pathlib import Path

import pytest

from crmflow.catalogue import catalogue
from crmflow.codes import say
from crmflow.config import load
from crmflow.declare import Form
from crmflow.reports.formpages import page
from crmflow.rules import RULES
from crmflow.texts import phrase

PAGES = [(form, language) for form in catalogue().forms for language in ("zh", "en")]
each_page = pytest.mark.parametrize(("form", "language"), PAGES, ids=[f"{f.id}-{language}" for f, language in PAGES])


def _row(form: str, label: str, language: str = "zh") -> str:
    text = page(catalogue().form(form), language)
    return next(line for line in text.splitlines() if line.startswith(f"| {label} |"))


@each_page
def test_every_field_has_its_row_with_meaning_and_example(form: Form, language: str) -> None:
    text = page(form, language)
    for block in form.blocks:
        assert f"## {say(block.title, language)}" in text
        for field in block.fields:
            row = next(line for line in text.splitlines() if line.startswith(f"| {say(field.label, language)} |"))
            assert say(field.help, language) in row
            assert f"| {say(field.example, language)} |" in row


@each_page
def test_every_row_has_as_many_cells_as_the_heading(form: Form, language: str) -> None:
    text = page(form, language)
    tables = [part.splitlines() for part in text.split("\n\n") if part.startswith("|")]
    widths = [{line.count("|") - line.count("\\|") for line in table} for table in tables]
    assert widths in ([{8}] * len(form.blocks), [*[{8}] * len(form.blocks), {3}])
    assert "{" not in text


@each_page
def test_a_page_keeps_to_its_language(form: Form, language: str) -> None:
    text = page(form, language)
    if language == "en":
        own = text.replace(form.source, "").replace(phrase("page.birthday", "en"), "")  # which names a lunar day
        assert not re.search(r"[\u4e00-\u9fff]", own)


def test_a_required_field_says_so() -> None:
    assert "| 是 | 文字 |" in _row("F8", "项目")
    assert "| yes | text |" in _row("F8", "Project", "en")


def test_a_field_that_is_required_under_a_condition_names_it() -> None:
    assert "| 状态为“签约”时 |" in _row("F8", "实际签约额（万元）")
    assert "| when the status is “Done” |" in _row("F7", "Done on", "en")
    assert "| “手机”、“办公电话”、“家庭电话”至少填一项 |" in _row("F1", "手机")


def test_what_is_accepted_names_choices_bounds_and_formulas() -> None:
    assert "从列表中选：跟踪、投标、中标、签约、丢失" in _row("F8", "状态")
    assert "百分数，0% 到 100%" in _row("F8", "获取率")
    assert "金额，单位万元，不小于 0" in _row("F8", "合同额（万元）")
    assert "自动计算：合同额（万元） × 获取率，不用填" in _row("F8", "实际收入（万元）")
    assert "日期，年-月-日，不晚于当天" in _row("F7", "完成日期")
    assert "文字，须先在 F2 登记" in _row("F3", "关键人物")


def test_the_page_says_what_tells_rows_apart() -> None:
    assert "同一年度内，每行以项目区分，不能重复。" in page(catalogue().form("F8"), "zh")
    assert "Within one month, rows are told apart by Customer or industry, Content" in page(catalogue().form("F20"), "en")
    assert "每行以单据号区分" in page(catalogue().form("F11"), "zh")


def test_the_page_says_who_fills_in_each_field() -> None:
    reports = page(catalogue().form("F10"), "zh")
    assert "由客户经理填写；另有说明的栏目见“谁来填”。" in reports
    assert "| 客户经理 | 是 |" in _row("F10", "日期")
    assert "| 部长或大区经理 |" in _row("F10", "审阅人")
    assert "| 表格自动计算 |" in _row("F8", "利润额（万元）")
    assert "由财务填写。" in page(catalogue().form("F11"), "zh")
    assert "| finance |" in _row("F12", "Refund confirmed on", "en")
    assert "Filled in by the account manager, but for the fields that name others." in page(catalogue().form("F12"), "en")


def test_the_page_says_which_rules_use_a_field_and_what_they_say() -> None:
    assert _row("F10", "现场").endswith("| V1–V6 |")
    assert _row("F41b", "Date", "en").endswith("| D |")
    assert _row("F10", "需求与反馈").endswith("|  |")
    reports = page(catalogue().form("F10"), "zh")
    assert f"| V3 | {RULES['V3'].article.zh} |" in reports
    assert reports.count("| V3 |") == 1


def test_the_rule_that_every_field_is_under_is_not_told() -> None:
    assert "| F |" not in "".join(page(form, language) for form, language in PAGES)


def test_grading_schemes_stand_at_the_fields_that_their_figures_rest_on() -> None:
    schemes = load(Path(__file__).parents[1] / "config.yaml").grading.schemes
    own = {**schemes, "家具": schemes["G2"]}
    text = page(catalogue().form("F11"), "zh", own)
    assert "| 单据号 |" in text
    assert next(line for line in text.splitlines() if line.startswith("| 金额（元） |")).endswith("| G1、G2、家具 |")
    assert "| 家具 | 本公司自定的分级方案：ABCD 分类 |" in text
    assert "G1" not in page(catalogue().form("F11"), "zh")
