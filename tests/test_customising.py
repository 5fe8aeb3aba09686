"""A company's own changes to the forms, and its own forms, reach every place that knows of forms."""

import json
import pickle
import re
from collections.abc import Iterable
from pathlib import Path
from typing import get_args

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from typer.testing import CliRunner

from crmflow.catalogue import catalogue, forms
from crmflow.cli import app
from crmflow.config import Config, load
from crmflow.customising.changes import in_force
from crmflow.customising.mistakes import RESTED_ON, mistakes
from crmflow.customising.own import catalogue_of
from crmflow.customising.settings import AS_PRESCRIBED, Forms, NewKind
from crmflow.declare import Kind
from crmflow.intake import Reading, read_chunk
from crmflow.model import Text
from crmflow.reports import master
from crmflow.scan import scan
from crmflow.settings import ConfigError
from tests import tiny

in_this_process = tiny.in_this_process

PAGES = ("customising.md", "customising.zh-CN.md")
OWN_FORM = "f90_trials.py"


def snippets(page: str = PAGES[0]) -> tuple[str, str]:
    """The section of config.yaml and the form that the page shows."""
    text = (tiny.ROOT / "docs" / page).read_text(encoding="utf-8")
    (settings,), (form,) = (re.findall(rf"(?s)^```{language}\n(.*?)^```", text, re.M) for language in ("yaml", "python"))
    return settings, form


FORM = snippets()[1]


def company(folder: Path, section: str, own: Iterable[tuple[str, str]] = ()) -> Config:
    """The tiny company with another section ``forms``, and files in its own folder."""
    tiny.company(folder)
    for name, text in own:
        (folder / "forms").mkdir(exist_ok=True)
        (folder / "forms" / name).write_text(text, encoding="utf-8")
    return changed(folder, section)


def changed(folder: Path, section: str) -> Config:
    path = folder / "config.yaml"
    text, times = re.subn(r"(?ms)^forms:.*?(?=^store:)", section + "\n", path.read_text(encoding="utf-8"))
    assert times == 1
    path.write_text(text, encoding="utf-8")
    return load(path)


def said(section: str, tmp_path: Path, own: Iterable[tuple[str, str]] = ()) -> str:
    with pytest.raises(ConfigError) as error:
        company(tmp_path, section, own)
    return str(error.value)


def crmflow(folder: Path, *arguments: str) -> str:
    done = CliRunner().invoke(app, [*arguments, "--config", str(folder / "config.yaml"), "--today", "2026-07-15"])
    assert done.exit_code == 0, done.output
    return done.stdout


def right_of(sheet: Worksheet, label: str) -> tuple[int, int]:
    """The row of a label, and the column beside it."""
    found = [cell for row in sheet.iter_rows() for cell in row if str(cell.value or "").strip(" *") == label]
    assert len(found) == 1, f"{label} stands {len(found)} times"
    return found[0].row, found[0].column + 1


def test_both_pages_show_the_same_example() -> None:
    assert snippets(PAGES[0]) == snippets(PAGES[1])


@pytest.mark.usefixtures("in_this_process")
def test_the_example_of_the_page_works_from_the_blank_form_to_the_history(tmp_path: Path) -> None:
    section, form = snippets()
    config = company(tmp_path, section, [(OWN_FORM, form)])
    file = tmp_path / "workbooks" / "新客户.xlsx"
    crmflow(tmp_path, "new", "archive", "--code", "KH0009", "--name", "某某公司", "--manager", "王芳", "--output", str(file))

    workbook = openpyxl.load_workbook(file)
    assert "附表5 信息的意义" not in workbook.sheetnames
    cover, trials = workbook["封面"], workbook["样品试用"]
    for label, value in {"年产值（元）": "1200万元", "地区": "华东", "客户阶段": "暂停"}.items():
        cover.cell(*right_of(cover, label)).value = value
    row, column = right_of(trials, "样品")
    for offset, value in enumerate(("滤筒 C-200", "2026-05-12", "合格"), start=-1):
        trials.cell(row + 1, column + offset).value = value
    workbook.save(file)

    figures = tiny.at(config).figures
    assert figures.findings == {"error": 0, "warning": 0}
    assert (figures.rows["seen"], figures.rows["held"]) == (4 + 6 + 1 + 1, 0)

    sheets = openpyxl.load_workbook(master.path(config))
    headings = {sheet.title: [cell.value for row in sheet.iter_rows(max_row=4) for cell in row] for sheet in sheets}
    assert "年产值（元）" in headings["封面"] and "所属行业" in headings["封面"]
    assert "试用结论" in headings["样品试用"] and "附表5 信息的意义" not in headings
    told = json.loads(crmflow(tmp_path, "history", "KH0009", "--json"))
    values = {name: value for entry in told for name, value in entry["values"].items()}
    assert (values["年产值（元）"], values["客户阶段"], values["试用结论"]) == (12_000_000, "暂停", "合格")


@pytest.mark.usefixtures("in_this_process")
def test_a_workbook_from_before_the_change_reads_as_before_with_its_old_label(tmp_path: Path) -> None:
    section, form = snippets()
    before = tiny.at(tiny.company(tmp_path)).figures
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / OWN_FORM).write_text(form, encoding="utf-8")
    after = tiny.at(changed(tmp_path, section)).figures
    assert after.workbooks["read"] == before.workbooks["read"] == 2
    assert after.findings == before.findings == {"error": 0, "warning": 0}
    assert after.rows == {"seen": 10, "accepted": 0, "unchanged": 10, "held": 0, "closed": 0}


def test_upgrade_makes_a_copy_with_the_new_field_of_a_workbook_from_before(tmp_path: Path) -> None:
    company(tmp_path, snippets()[0], [(OWN_FORM, FORM)])
    crmflow(tmp_path, "upgrade", "--all", "--into", str(tmp_path / "new"))
    (made,) = (tmp_path / "new").rglob("*.xlsx")
    cover = openpyxl.load_workbook(made)["封面"]
    assert [cover.cell(*right_of(cover, label)).value for label in ("所属行业", "年产值（元）")] == ["装备制造", None]
    crmflow(tmp_path, "upgrade", str(made), "--into", str(tmp_path / "again"))
    assert not (tmp_path / "again").exists()


@pytest.mark.usefixtures("in_this_process")
def test_a_change_in_an_own_form_has_everything_read_again_and_nothing_else_does(tmp_path: Path) -> None:
    section, form = snippets()
    config = company(tmp_path, section, [(OWN_FORM, form)])
    assert [tiny.at(config).figures.workbooks["read"] for _ in range(2)] == [2, 0]
    (tmp_path / "forms" / OWN_FORM).write_text(form.replace("客户怎么说。", "客户的原话。"), encoding="utf-8")
    assert tiny.at(config).figures.workbooks["read"] == 2


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("hidden", [form.id for form in forms() if form.id not in ("F0", "F30")])
def test_a_company_can_do_without_any_one_form_but_the_pillars(tmp_path: Path, hidden: str) -> None:
    config = company(tmp_path, f"forms: {{hide: [{hidden}]}}")
    figures = tiny.at(config, preview=True).figures
    of_it = {"F2": 1, "F10": 1, "F11": 3}.get(hidden, 0)
    assert figures.rows["accepted"] == 10 - of_it
    assert figures.findings["error"] == 0
    assert figures.grades["G1"] == ({"ungraded": 1} if hidden == "F11" else {"key": 1})


@pytest.mark.usefixtures("in_this_process")
def test_the_sample_company_can_do_without_all_forms_but_the_pillars(tmp_path: Path) -> None:
    hidden = ", ".join(form.id for form in forms() if form.id not in ("F0", "F30"))
    config = company(tmp_path, f"forms: {{hide: [{hidden}]}}")
    sample = config.folders.model_copy(update={"workbooks": tiny.ROOT / "workbooks"})
    figures = tiny.at(config.model_copy(update={"folders": sample}), preview=True).figures
    assert figures.rows["accepted"] > 0
    assert figures.rows["seen"] == figures.rows["accepted"] + figures.rows["held"]


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize(("hidden", "rules"), [("F10", {"V3", "V6"}), ("F20", {"D1"})])
def test_nobody_is_reminded_of_a_form_that_is_hidden(tmp_path: Path, hidden: str, rules: set[str]) -> None:
    def asked(config: Config) -> set[str]:
        tiny.at(config)
        return {duty["rule"] for duty in json.loads(crmflow(tmp_path, "due", "--json"))}

    assert asked(tiny.company(tmp_path)) & rules
    assert not asked(changed(tmp_path, f"forms: {{hide: [{hidden}]}}")) & rules


def test_reading_processes_read_with_the_companys_own_forms(tmp_path: Path) -> None:
    section, form = snippets()
    config = company(tmp_path, section, [(OWN_FORM, form)])
    reading = pickle.loads(pickle.dumps(Reading(config.folders.workbooks, config.files, config.forms)))
    archive = next(book for book in read_chunk(reading, scan(config.folders.workbooks).files) if book.identity
                   and book.identity.workbook_id == "w-1")
    assert "annual_output" in archive.records[0].values
    assert {"F5.information", "F90.trials"} <= archive.absent


def test_without_changes_the_built_in_catalogue_is_in_force() -> None:
    assert catalogue_of(AS_PRESCRIBED) is catalogue()
    assert list(mistakes(AS_PRESCRIBED)) == []
    assert in_force(forms(), AS_PRESCRIBED).forms == forms()


def test_a_renamed_field_keeps_its_old_label_and_checks_call_it_by_the_new_one() -> None:
    changes = Forms.model_validate({"change": {"F0.cover": {"fields": {
        "opened_on": {"label": {"zh": "立档日", "en": "Filed on"}}}}}})
    cover = in_force(forms(), changes).block("F0.cover")
    opened = next(field for field in cover.fields if field.id == "opened_on")
    assert opened.label == Text("立档日", "Filed on")
    assert {"建档日期", "Archive opened on"} <= set(opened.aliases)
    assert Text("立档日", "Filed on") in [check.facts.get("before") for check in cover.checks]


def test_what_repeats_a_hidden_form_is_not_compared_with_it() -> None:
    key_person = in_force(forms(), Forms(hide=("F2",))).field("F4.roles", "key_person")
    assert (catalogue().field("F4.roles", "key_person").in_block, key_person.in_block) == ("F2.persons.name", "")


def test_an_added_field_may_be_of_every_kind() -> None:
    assert set(get_args(NewKind)) == {kind.value for kind in Kind}


def test_every_field_that_something_rests_on_is_there_and_required() -> None:
    for block, fields in RESTED_ON.items():
        for field in fields:
            assert catalogue().field(block, field).required, f"{block}.{field}"


ADDED = "{{id: {id}, kind: {kind}, label: {{zh: {zh}, en: {en}}}, help: {{zh: 说, en: say}}, example: x{more}}}"


def added(id: str = "more", kind: str = "text", zh: str = "更多", en: str = "More", more: str = "") -> str:
    return f"forms:\n  change:\n    F0.cover:\n      add:\n        - {ADDED.format(id=id, kind=kind, zh=zh, en=en, more=more)}"


def field(changes: str, name: str = "industry", block: str = "F0.cover") -> str:
    return f"forms:\n  change:\n    {block}:\n      fields:\n        {name}: {{{changes}}}"


@pytest.mark.parametrize(("section", "line", "key", "allowed"), [
    ("forms:\n  hide: [F5, F99]", 1, "forms.hide.1", "F41c"),
    ("forms:\n  hide: [F30]", 1, "forms.hide.0", "F0 和 F30 以外"),
    (field("required: true", block="F0.covers"), 2, "forms.change.F0.covers", "F0.cover"),
    ("forms:\n  hide: [F5]\n  change: {F5.information: {}}", 2, "forms.change.F5.information", "F0.cover"),
    (field("required: true", "industri"), 4, "forms.change.F0.cover.fields.industri", "industry"),
    (field("required: false", "code"), 4, "fields.code.required", "true：期限"),
    (field("required: false", "year", "F8.plan"), 4, "fields.year.required", "true：期限"),
    (field("required: false", "project", "F8.projects"), 4, "fields.project.required", "true：期限"),
    (field("required: true", "expected_revenue", "F8.projects"), 4, "required", "false：这一栏由公式算出"),
    (field("label: {zh: 地区, en: Area}"), 4, "industry.label.zh", "不与同一部分其他名称重复"),
    (field("label: {zh: 区 域, en: Area}"), 4, "industry.label.zh", "不与同一部分其他名称重复"),
    (field("label: {zh: '', en: Sector}"), 4, "industry.label.zh", "不为空"),
    (field("label: {zh: 合同额（元）, en: Amount}", "contract_amount", "F8.projects"), 4, "label.zh", "“（万元）”结尾"),
    (field(f"help: {{zh: {'长' * 201}, en: long}}"), 4, "industry.help.zh", "不超过 200 个字符"),
    (field("choices: {add: [{id: a, zh: 甲, en: A}]}"), 4, "industry.choices", "不写"),
    (field("choices: {add: [{id: lost, zh: 甲, en: A}]}", "stage"), 4, "stage.choices.add.0.id", "没有用过的代号"),
    (field("choices: {add: [{id: a, zh: 流失, en: A}]}", "stage"), 4, "stage.choices.add.0.zh", "不与同一部分"),
    (added("region"), 4, "add.0.id", "没有用过的代号"),
    (added("Größe"), 4, "add.0.id", "annual_output"),
    (added(zh="所在地区", en="Region"), 4, "add.0.label.en", "不与同一部分其他名称重复"),
    (added(kind="money"), 4, "add.0.kind", "'yuan'"),
    (added(kind="yuan"), 4, "add.0.label.zh", "“（元）”结尾"),
    (added(kind="choice"), 4, "add.0.choices", "至少一个选项"),
    (added(more=", choices: [{id: a, zh: 甲, en: A}]"), 4, "add.0.choices", "不写"),
    (added(more=", colour: red"), 4, "add.0.colour", ""),
])
def test_a_mistake_is_told_with_its_line_its_key_and_what_is_allowed(
    tmp_path: Path, section: str, line: int, key: str, allowed: str
) -> None:
    told = said(section, tmp_path)
    start = (tmp_path / "config.yaml").read_text(encoding="utf-8").splitlines().index("forms:") + 1
    (sentence,) = told.splitlines()
    assert sentence.startswith(f"config.yaml 第 {start + line} 行，"), sentence
    assert key in sentence and allowed in sentence


@pytest.mark.parametrize(("text", "says"), [
    ("FORM = (", "own.py 第 1 行出错：SyntaxError"),
    ("\n\nimport nothing_of_that_name", "own.py 第 3 行出错：ModuleNotFoundError"),
    ("x = 1", "own.py 里没有 FORM"),
    (FORM.replace('"F90"', '"f11"'), "“f11”已经被另一张表用了"),
    (FORM.replace('"F90"', '"F-90"'), "“F-90”，应为字母开头"),
    (FORM.replace("样品试用记录", "人员登记表"), "“人员登记表”已经被另一张表用了"),
    (FORM.replace("F90 Trials", "F90: Trials"), "标签页名“F90: Trials”不行"),
    (FORM.replace('id="trials"', 'id="sample trials"'), "“F90.sample trials”不行"),
    (FORM.replace("试用结论", "样品"), "“样品”这个名称是空的，或与同一部分的另一栏相同"),
    (FORM.replace("Kind.NOTE", "Kind.CHOICE"), "F90.trials.verdict：下拉栏"),
    (FORM.replace('"verdict"', '"sample"'), "两栏的 id 相同"),
    (FORM.replace('key=("sample"', 'key=("samples"'), "用到了“samples”，但没有这一栏"),
])
def test_a_file_that_is_no_form_of_ours_is_named_with_its_trouble(tmp_path: Path, text: str, says: str) -> None:
    assert says in said("forms: {folder: forms}", tmp_path, [("own.py", text)])


def test_two_files_with_the_same_form_are_refused(tmp_path: Path) -> None:
    assert "b.py 里的“F90”" in said("forms: {folder: forms}", tmp_path, [("a.py", FORM), ("b.py", FORM)])


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert "读不到自有表的文件夹 forms" in said("forms: {folder: forms}", tmp_path)


def test_the_folder_of_own_forms_is_left_as_it_is(tmp_path: Path) -> None:
    company(tmp_path, "forms: {folder: forms}", [(OWN_FORM, FORM), ("_notes.py", "nonsense(")])
    assert sorted(path.name for path in (tmp_path / "forms").iterdir()) == ["_notes.py", OWN_FORM]


def test_the_pages_of_the_forms_follow_the_configuration(tmp_path: Path) -> None:
    company(tmp_path, snippets()[0], [(OWN_FORM, FORM)])
    done = CliRunner().invoke(app, ["docs", "--config", str(tmp_path / "config.yaml"), "--output", str(tmp_path / "docs")])
    assert done.exit_code == 0, done.output
    assert "年产值（元）" in (tmp_path / "docs" / "F0.md").read_text(encoding="utf-8")
    assert (tmp_path / "docs" / "F90.md").exists() and not (tmp_path / "docs" / "F5.md").exists()
