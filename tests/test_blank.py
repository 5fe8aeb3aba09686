"""The workbook that staff fill in: what is on it, what is locked, and that it reads back as it was written."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.cell import Cell
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from crmflow.catalogue import catalogue
from crmflow.check.books import check_books
from crmflow.check.rules import Reference
from crmflow.codes import say
from crmflow.config import Files
from crmflow.declare import Block, Card, Field, Form, Kind, Table, Values, block_id, blocks_of
from crmflow.model import Book, FileState, Identity, Person, Value, WorkbookKind
from crmflow.parse.book import read_book
from crmflow.people import Directory
from crmflow.workbook.blank import NOTHING, write
from crmflow.workbook.style import lines

WIDE = {"zh": {"F10", "F12", "F16", "F31a", "F32", "F33c"}, "en": {"F2", "F10", "F12", "F16", "F31a", "F32", "F33c"}}
"""Forms of two pages side by side."""
EXAMPLES_DAY = date(2026, 7, 20)
INCOMPLETE = {"STEPS_MISSING", "NO_DECISION_MAKER", "PERSON_WITHOUT_PROFILE"}
"""What one row of examples cannot have: all steps of an admission, a decision maker, a superior in F2."""
COLLEAGUES = {"王芳": "account_manager", "李敏": "sales_clerk", "陈亮": "department_head", "吴桂芳": "finance"}
STAFF = ("王芳", "李敏", "陈亮")
LANGUAGES = ("zh", "en")
SHEETS = [(form, language) for form in catalogue().forms for language in LANGUAGES]
each_sheet = pytest.mark.parametrize(
    ("form", "language"), SHEETS, ids=[f"{form.id}-{language}" for form, language in SHEETS]
)


def _identity(forms: tuple[Form, ...], language: str) -> Identity:
    return Identity("W1", forms[0].kind, language, 3, "", {form.id: form.version for form in forms})


def _written(
    folder: Path, forms: tuple[Form, ...], language: str = "zh", filled: Mapping[str, Sequence[Values]] = NOTHING,
    staff: tuple[str, ...] = STAFF,
) -> Path:
    path = folder / "表.xlsx"
    write(path, forms, _identity(forms, language), filled, staff)
    return path


def _sheet(workbook: Workbook, form: Form, language: str) -> Worksheet:
    sheet = workbook[say(form.sheet, language)]
    assert isinstance(sheet, Worksheet)
    return sheet


def _heading(sheet: Worksheet, field: Field, language: str) -> Cell:
    label = say(field.label, language) + (" *" if field.required else "")
    found = [cell for row in sheet.iter_rows() for cell in row if cell.value == label]
    assert len(found) == 1, label
    assert isinstance(found[0], Cell)
    return found[0]


def _entry(sheet: Worksheet, block: Block, field: Field, language: str) -> Cell:
    """The cell that takes the field: right of its label in a card, below its heading in a table."""
    heading = _heading(sheet, field, language)
    cell = heading.offset(0, 1) if isinstance(block, Card) else heading.offset(1, 0)
    assert isinstance(cell, Cell)
    return cell


def _canonical(field: Field, language: str) -> Value:
    """A field's example as the value it means."""
    example = say(field.example, language)
    if field.kind is Kind.CHOICE:
        return next(choice.id for choice in field.choices if say(choice.label, language) == example)
    if field.kind is Kind.YES_NO:
        return example in ("是", "Yes")
    if field.kind is Kind.DATE:
        return date.fromisoformat(example)
    if field.kind is Kind.MONTH:
        return date.fromisoformat(f"{example}-01")
    if field.kind is Kind.MOMENT:
        return datetime.strptime(example, "%Y-%m-%d %H:%M")
    if field.kind is Kind.PERCENT:
        return float(example.rstrip("%")) / 100
    if field.kind in (Kind.INTEGER, Kind.YEAR):
        return int(example)
    if field.kind in (Kind.NUMBER, Kind.YUAN, Kind.WAN):
        return float(example)
    return example


@pytest.mark.parametrize("kind", WorkbookKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_workbook_filled_with_the_examples_reads_back_as_written(
    kind: WorkbookKind, language: str, tmp_path: Path
) -> None:
    forms = catalogue().of_kind(kind)
    filled = {
        block_id(form, block): [{field.id: _canonical(field, language) for field in block.fields}]
        for form in forms for block in form.blocks
    }
    path = _written(tmp_path, forms, language, filled)
    book = read_book(path, FileState(path.name, 1, 1), catalogue(), Files())
    assert book.findings == ()
    assert [finding for record in book.records for finding in record.findings] == []
    read = {record.block: dict(record.values) for record in book.records}
    assert set(read) == set(filled)
    for name, (row,) in filled.items():
        assert read[name] == pytest.approx(row) if name == "F8.projects" else read[name] == row


@pytest.mark.parametrize("kind", WorkbookKind)
@pytest.mark.parametrize("language", LANGUAGES)
def test_an_empty_workbook_has_no_rows_and_nothing_wrong_with_it(
    kind: WorkbookKind, language: str, tmp_path: Path
) -> None:
    path = _written(tmp_path, catalogue().of_kind(kind), language)
    book = read_book(path, FileState(path.name, 1, 1), catalogue(), Files())
    assert book.findings == ()
    assert [record for record in book.records if any(value is not None for value in record.values.values())] == []
    assert book.identity == _identity(catalogue().of_kind(kind), language)


@each_sheet
def test_a_sheet_shows_title_note_blocks_and_marks_what_is_required(form: Form, language: str, tmp_path: Path) -> None:
    sheet = _sheet(openpyxl.load_workbook(_written(tmp_path, (form,), language)), form, language)
    first = [cell.value for cell in sheet[1]] + [cell.value for cell in sheet[2]]
    assert say(form.title, language) in first
    assert any(isinstance(text, str) and text.endswith(say(form.note, language)) for text in first)
    values = {cell.value for row in sheet.iter_rows() for cell in row}
    for block in form.blocks:
        assert say(block.title, language) in values
        for field in block.fields:
            _heading(sheet, field, language)


@each_sheet
def test_entries_are_open_and_everything_else_is_locked(form: Form, language: str, tmp_path: Path) -> None:
    sheet = _sheet(openpyxl.load_workbook(_written(tmp_path, (form,), language)), form, language)
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert sheet["A1"].protection.locked
    assert sheet["A2"].protection.locked
    for block in form.blocks:
        for field in block.fields:
            assert _heading(sheet, field, language).protection.locked
            assert _entry(sheet, block, field, language).protection.locked == (field.formula is not None), field.id


@each_sheet
def test_columns_may_be_sized_and_rows_inserted_sorted_and_filtered(form: Form, language: str, tmp_path: Path) -> None:
    protection = _sheet(openpyxl.load_workbook(_written(tmp_path, (form,), language)), form, language).protection
    # In the file, an attribute that is false lifts that part of the protection.
    assert not any((
        protection.formatColumns, protection.formatRows, protection.insertRows, protection.sort, protection.autoFilter,
    ))


@each_sheet
def test_every_closed_list_is_a_drop_down_that_resolves(form: Form, language: str, tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(_written(tmp_path, (form,), language))
    sheet = _sheet(workbook, form, language)
    for block in form.blocks:
        for field in block.fields:
            expected = [say(choice.label, language) for choice in field.choices]
            if field.kind is Kind.STAFF:
                expected = list(STAFF)
            if field.kind is Kind.YES_NO:
                expected = ["是", "否"] if language == "zh" else ["Yes", "No"]
            if expected:
                cell = _entry(sheet, block, field, language)
                validation = next(v for v in sheet.data_validations.dataValidation if cell.coordinate in v.sqref)
                assert validation.type == "list"
                assert validation.errorStyle == ("warning" if field.kind is Kind.STAFF else None)
                target = workbook.defined_names[validation.formula1.removeprefix("=")].attr_text
                name, cells = re.fullmatch(r"'(.+)'!(.+)", target).groups()  # type: ignore[union-attr]
                assert [row[0].value for row in workbook[name][cells.replace("$", "")]] == expected


@each_sheet
def test_every_field_has_an_input_message_within_excels_limits(form: Form, language: str, tmp_path: Path) -> None:
    sheet = _sheet(openpyxl.load_workbook(_written(tmp_path, (form,), language)), form, language)
    fields = [field for block in form.blocks for field in block.fields]
    messages = [validation.prompt for validation in sheet.data_validations.dataValidation]
    for validation in sheet.data_validations.dataValidation:
        assert len(validation.promptTitle) <= 32
        assert len(validation.prompt) <= 255
        assert len(validation.formula1 or "") < 255
    for field in fields:
        assert any(message.startswith(say(field.help, language)) for message in messages), field.id


@each_sheet
def test_it_prints_on_a4_with_its_headings_and_its_version(form: Form, language: str, tmp_path: Path) -> None:
    sheet = _sheet(openpyxl.load_workbook(_written(tmp_path, (form,), language)), form, language)
    assert sheet.page_setup.paperSize == 9
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.page_setup.fitToHeight == 0
    assert sheet.sheet_properties.pageSetUpPr
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.page_setup.fitToWidth == (2 if form.id in WIDE[language] else None), "one page where nothing is said"
    assert sheet.oddFooter
    footer = str(sheet.oddFooter.left.text)
    assert say(form.title, language) in footer
    assert str(form.version) in footer
    tables = [block for block in form.blocks if isinstance(block, Table)]
    if tables:
        header = _heading(sheet, tables[-1].fields[0], language).row
        assert sheet.print_title_rows == f"${header}:${header}"


@pytest.mark.parametrize("kind", WorkbookKind)
def test_a_chinese_workbook_holds_no_english_but_codes_and_addresses(kind: WorkbookKind, tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(_written(tmp_path, catalogue().of_kind(kind)))
    shown = {
        str(cell.value)
        for sheet in workbook if sheet.sheet_state == "visible"
        for row in sheet.iter_rows() for cell in row if cell.value is not None and cell.data_type != "f"
    }
    assert {text for text in shown if re.search(r"[A-Za-z]{2,}", text)} == set()


@pytest.mark.parametrize("kind", WorkbookKind)
def test_an_english_workbook_holds_no_chinese(kind: WorkbookKind, tmp_path: Path) -> None:
    forms = catalogue().of_kind(kind)
    workbook = openpyxl.load_workbook(_written(tmp_path, forms, "en", staff=("Wang Fang",)))
    shown = {str(cell.value) for sheet in workbook for row in sheet.iter_rows() for cell in row if cell.value}
    shown |= {v.prompt for sheet in workbook for v in sheet.data_validations.dataValidation}
    assert {text for text in shown if re.search(r"[\u4e00-\u9fff]", text)} == set()


def test_the_products_are_locked_formulas_with_their_results(tmp_path: Path) -> None:
    form = catalogue().form("F8")
    rows: list[Values] = [{"project": "甲", "contract_amount": 120, "win_rate": 0.5, "margin": 0.1}, {"project": "乙"}]
    path = _written(tmp_path, (form,), filled={"F8.projects": rows})
    live = _sheet(openpyxl.load_workbook(path), form, "zh")
    cached = _sheet(openpyxl.load_workbook(path, data_only=True), form, "zh")
    projects = form.blocks[1]
    revenue = _entry(live, projects, projects.fields[3], "zh")
    profit = _entry(live, projects, projects.fields[5], "zh")
    row = revenue.row
    assert revenue.value == f'=IF(OR(B{row}="",C{row}=""),"",B{row}*C{row})'
    assert profit.value == f'=IF(OR(D{row}="",E{row}=""),"",D{row}*E{row})'
    assert (cached[revenue.coordinate].value, cached[profit.coordinate].value) == (60, 6)
    assert cached.cell(row + 1, revenue.column).value in (None, "")


def test_text_that_looks_like_a_formula_stays_text(tmp_path: Path) -> None:
    form = catalogue().form("F4")
    rows: list[Values] = [{"key_person": "=1+1", "concerns": "=HYPERLINK(\"http://x\")", "response": "@SUM(A1)"}]
    workbook = openpyxl.load_workbook(_written(tmp_path, (form,), filled={"F4.roles": rows}))
    cells = {cell.value: cell.data_type for row in _sheet(workbook, form, "zh").iter_rows() for cell in row}
    assert [cells[text] for text in ("=1+1", "=HYPERLINK(\"http://x\")", "@SUM(A1)")] == ["s", "s", "s"]


def test_a_name_that_looks_like_a_formula_is_a_name_in_the_list(tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(_written(tmp_path, (catalogue().form("F7"),), staff=("=1+1",)))
    types = {cell.value: cell.data_type for row in workbook["_lists"].iter_rows() for cell in row}
    assert types["=1+1"] == "s"


def test_codes_keep_their_zeros_and_numbers_their_formats(tmp_path: Path) -> None:
    form = catalogue().form("F11")
    rows: list[Values] = [{"number": "007", "date": date(2026, 4, 15), "amount": -1234.5}]
    sheet = _sheet(openpyxl.load_workbook(_written(tmp_path, (form,), filled={"F11.transactions": rows})), form, "zh")
    number, day, amount = (_entry(sheet, form.blocks[0], form.blocks[0].fields[i], "zh") for i in (0, 1, 3))
    assert (number.value, number.number_format) == ("007", "@")
    assert (day.value, day.number_format) == (datetime(2026, 4, 15), "yyyy-mm-dd")
    assert (amount.value, amount.number_format) == (-1234.5, "#,##0.00")


def test_many_rows_leave_room_for_more(tmp_path: Path) -> None:
    form = catalogue().form("F11")
    rows: list[Values] = [{"number": f"X{n}", "date": date(2026, 1, 1), "amount": n} for n in range(100)]
    sheet = _sheet(openpyxl.load_workbook(_written(tmp_path, (form,), filled={"F11.transactions": rows})), form, "zh")
    header = _heading(sheet, form.blocks[0].fields[0], "zh").row
    assert [sheet.cell(header + 1 + n, 1).value for n in range(100)] == [f"X{n}" for n in range(100)]
    assert sheet.max_row == header + 110


def test_whoever_runs_out_of_drawn_rows_can_go_on_below(tmp_path: Path) -> None:
    form = catalogue().form("F11")
    sheet = _sheet(openpyxl.load_workbook(_written(tmp_path, (form,))), form, "zh")
    amount = sheet.column_dimensions["D"]
    assert not amount.protection.locked
    assert amount.number_format == "#,##0.00"
    assert any("D2000" in validation.sqref for validation in sheet.data_validations.dataValidation)


def test_a_table_keeps_out_of_the_one_below_it(tmp_path: Path) -> None:
    upper, lower = catalogue().block("F11.transactions"), catalogue().block("F14.contracts")
    form = replace(catalogue().form("F11"), blocks=(upper, lower))
    sheet = _sheet(openpyxl.load_workbook(_written(tmp_path, (form,))), form, "zh")
    below = next(row[0] for row in sheet.iter_rows() if row[0].value == lower.title.zh)
    reach = {
        validation.promptTitle: max(cells.max_row for cells in validation.sqref.ranges)
        for validation in sheet.data_validations.dataValidation
    }
    assert reach["单据号"] < below.row
    assert reach["合同号"] > 2000


def test_a_row_with_a_long_note_is_tall_enough(tmp_path: Path) -> None:
    form = catalogue().form("F4")
    long: Values = {"key_person": "赵建国", "role": "user", "concerns": "能耗" * 60}
    sheet = _sheet(openpyxl.load_workbook(_written(tmp_path, (form,), filled={"F4.roles": [long]})), form, "zh")
    height = sheet.row_dimensions[_entry(sheet, form.blocks[0], form.blocks[0].fields[0], "zh").row].height
    assert height is not None
    assert height >= 15 * 240 / 44


def test_the_workbook_says_what_it_is_on_a_sheet_that_excel_does_not_offer(tmp_path: Path) -> None:
    forms = catalogue().of_kind(WorkbookKind.ARCHIVE)[:2]
    path = tmp_path / "a.xlsx"
    write(path, forms, Identity("W7", WorkbookKind.ARCHIVE, "zh", 12, "ab" * 32, {"F0": 1, "F1": 2}))
    sheet = openpyxl.load_workbook(path)["_crmflow"]
    assert sheet.sheet_state == "veryHidden"
    assert {row[0].value: row[1].value for row in sheet.iter_rows()} == {
        "workbook_id": "W7", "kind": "archive", "language": "zh", "serial": "12", "parent": "ab" * 32,
        "forms": "F0:1 F1:2",
    }


def test_without_staff_a_name_is_typed_freely(tmp_path: Path) -> None:
    form = catalogue().form("F7")
    workbook = openpyxl.load_workbook(_written(tmp_path, (form,), staff=()))
    sheet = _sheet(workbook, form, "zh")
    owner = _entry(sheet, form.blocks[1], form.blocks[1].fields[1], "zh")
    validation = next(v for v in sheet.data_validations.dataValidation if owner.coordinate in v.sqref)
    assert validation.type is None
    assert "list_staff" not in workbook.defined_names


def test_each_block_has_a_defined_name_over_its_cells(tmp_path: Path) -> None:
    form = catalogue().form("F8")
    names = openpyxl.load_workbook(_written(tmp_path, (form,))).defined_names
    assert names["block_F8_plan"].attr_text == "'附表8 收益计划'!$A$4:$I$5"
    assert names["block_F8_projects"].attr_text.startswith("'附表8 收益计划'!$A$8:$I$")


def test_the_same_content_gives_the_same_bytes(tmp_path: Path) -> None:
    forms = catalogue().of_kind(WorkbookKind.STAFF)
    assert _written(tmp_path, forms).read_bytes() == _written(tmp_path, forms).read_bytes()


def test_calamine_opens_every_kind_of_workbook(tmp_path: Path) -> None:
    for kind in WorkbookKind:
        forms = catalogue().of_kind(kind)
        with CalamineWorkbook.from_path(str(_written(tmp_path, forms))) as workbook:
            assert workbook.sheet_names == [*(form.sheet.zh for form in forms), "_lists", "_crmflow"]


@settings(max_examples=25)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1, max_size=80))
def test_whatever_text_is_known_is_written_as_it_is(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    form = catalogue().form("F4")
    folder = tmp_path_factory.mktemp("text")
    path = _written(folder, (form,), filled={"F4.roles": [{"key_person": text}]})
    with CalamineWorkbook.from_path(str(path)) as workbook:
        rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    assert rows[4][0] == text


def test_a_line_holds_half_as_many_chinese_characters_as_letters() -> None:
    assert lines("能" * 10, 24) == 1
    assert lines("能" * 20, 24) == 2
    assert lines("ab cd ef", 24) == 1
    assert lines("Expected revenue", 14) == 2
    assert lines("a\nb", 24) == 2


HIGHLIGHTED = [
    (name, form, block) for name, form, block in blocks_of(catalogue().forms)
    if isinstance(block, Table) and block.highlight
]


@pytest.mark.parametrize(("name", "form", "block"), HIGHLIGHTED, ids=[name for name, _, _ in HIGHLIGHTED])
def test_overdue_rows_turn_red_and_coming_ones_amber_by_themselves(
    name: str, form: Form, block: Table, tmp_path: Path
) -> None:
    sheet = _sheet(openpyxl.load_workbook(_written(tmp_path, (form,))), form, "zh")
    assert block.highlight
    due = _entry(sheet, block, next(field for field in block.fields if field.id == block.highlight.due), "zh")
    cell = f"${due.column_letter}{due.row}"
    rules = [
        (rule.formula[0], rule.dxf.fill.bgColor.rgb)
        for cells in sheet.conditional_formatting if due.coordinate in cells.sqref for rule in cells.rules
        if "TODAY()" in rule.formula[0]
    ]
    (late, red), (soon, amber) = sorted(rules, key=lambda rule: "TODAY()+" in rule[0])
    assert late.startswith(f"AND(ISNUMBER({cell}),{cell}<TODAY()")
    assert soon.startswith(f"AND(ISNUMBER({cell}),{cell}<=TODAY()+{block.highlight.ahead}")
    assert (red, amber) == ("FFFBE3E1", "FFFFF0CC")


def test_a_settled_row_keeps_its_plain_look(tmp_path: Path) -> None:
    form = catalogue().form("F7")
    sheet = _sheet(openpyxl.load_workbook(_written(tmp_path, (form,))), form, "zh")
    formulas = [rule.formula[0] for cells in sheet.conditional_formatting for rule in cells.rules]
    assert 'AND(ISNUMBER($D9),$D9<TODAY(),$H9="",$G9<>"已完成",$G9<>"已取消")' in formulas


def test_a_form_that_is_optional_is_not_missed(tmp_path: Path) -> None:
    forms = catalogue().of_kind(WorkbookKind.ARCHIVE)
    path = tmp_path / "表.xlsx"
    write(path, tuple(form for form in forms if not form.optional and form.id != "F8"), _identity(forms, "zh"))
    missing = [finding.facts["title"] for finding in _book(path).findings if finding.code == "SHEET_MISSING"]
    assert missing == [catalogue().form("F8").title]
    assert {form.id for form in forms if form.optional} == {"F9", "F13", "F15", "F16", "F17", "F18", "F19"}


@pytest.mark.parametrize("kind", WorkbookKind)
def test_the_examples_of_a_form_are_an_entry_that_its_checks_accept(kind: WorkbookKind, tmp_path: Path) -> None:
    forms = catalogue().of_kind(kind)
    filled = {
        name: [{field.id: _canonical(field, "zh") for field in block.fields}] for name, _, block in blocks_of(forms)
    }
    people = Directory.of(Person(f"10{n:02}", name, role) for n, (name, role) in enumerate(COLLEAGUES.items()))
    if kind is WorkbookKind.STAFF:
        filled["F30.people"][0] |= {"superior": None, "deputy": None}
    book = _book(_written(tmp_path, forms, filled=filled))
    checked = check_books([book], catalogue(), Reference(people, {}), EXAMPLES_DAY)
    assert {finding.code for finding in checked[0].all_findings} <= INCOMPLETE


def _book(path: Path) -> Book:
    return read_book(path, FileState(path.name, 1, 1), catalogue(), Files())


def test_a_rate_shows_the_digit_behind_its_point(tmp_path: Path) -> None:
    form = catalogue().form("F33a")
    rows: list[Values] = [{"customer": "KH0012", "rate": 0.015}]
    sheet = _sheet(openpyxl.load_workbook(_written(tmp_path, (form,), filled={"F33a.lines": rows})), form, "zh")
    rate = next(field for field in form.blocks[1].fields if field.id == "rate")
    assert _entry(sheet, form.blocks[1], rate, "zh").number_format == "0.0%"
