"""A person at work in LibreOffice: what they type arrives, what is wrong is told, and nothing else changes.

LibreOffice's dispatcher enters a text as the keyboard would (locked cells stay,
``60%`` and ``2026-06`` become what the cell makes of them), but it goes past a
cell's validation: in headless mode nothing refuses a wrong entry, so all that
Excel would refuse at the cell arrives here, and has to be found by reading.
A locked cell answers with a message box; a second one in the same document
brings headless LibreOffice down, so every document tries one at most.
"""

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crmflow.catalogue import catalogue
from crmflow.check.books import check_books
from crmflow.check.rules import Archive, Reference
from crmflow.codes import say, severity
from crmflow.config import Files
from crmflow.declare import Field, Kind, Table, block_id, longest
from crmflow.model import Book, FileState, Finding, Identity, Person, Severity, WorkbookKind
from crmflow.parse.book import read_book
from crmflow.parse.locate import form_of, locate
from crmflow.parse.values import reader
from crmflow.people import Directory
from crmflow.store.archive import open_store
from crmflow.store.tables import REVISION
from crmflow.workbook import blank
from crmflow.workbook.address import column_letters
from crmflow.workbook.read import read
from tests import books, tiny

SYSTEM_PYTHON = "/usr/bin/python3"
EDIT = Path(__file__).with_name("office_edit.py")
TODAY = date(2026, 11, 2)
"""After every example that must lie in the past."""

STAFF = Directory.of((
    Person("1001", "陈亮", "department_head", department="市场部"),
    Person("1003", "王芳", "account_manager", superior="1001", department="市场部"),
    Person("1004", "李敏", "sales_clerk", superior="1001", department="市场部"),
    Person("1005", "吴桂芳", "finance", superior="1001", department="财务部"),
))
REFERENCE = Reference(STAFF, {"KH0012": Archive("archive", "KH0012", "江南精密制造有限公司", "", "archive.xlsx")})
"""The people and the customer whom the examples name."""

BEYOND_ONE_ROW = {
    "PERSON_WITHOUT_PROFILE": "the superior's own profile in F2 would be a second row",
    "SUPERIOR_NOT_STAFF": "the superior's own row in F30 would be a second row",
}
"""Errors that a single row of examples cannot avoid, and why."""

KNOCK_ON = {
    **BEYOND_ONE_ROW,
    "NOT_STAFF": "F30's only person is nobody once the staff number is missing",
    "TIMES_OUT_OF_ORDER": "what follows a day in the future comes before it",
}
"""Errors that wrong entries of one row raise at other cells, and why."""

WRONG: Mapping[Kind, tuple[str, ...]] = {
    Kind.CHOICE: ("没有这一项",),
    Kind.YES_NO: ("也许",),
    Kind.STAFF: ("无此人",),
    Kind.INTEGER: ("三个左右", "2.5"),
    Kind.NUMBER: ("三个左右",),
    Kind.YUAN: ("面议",),
    Kind.WAN: ("面议",),
    Kind.PERCENT: ("很有希望", "1.5"),
    Kind.DATE: ("2026-02-30", "月底前"),
    Kind.MOMENT: ("2026-02-30 09:30", "节后上班时"),
    Kind.MONTH: ("2026-13", "上个月"),
    Kind.YEAR: ("今年",),
    Kind.BIRTHDAY: ("13-40", "属龙"),
    Kind.MOBILE: ("1380592000", "23805920001"),
    Kind.PHONE: ("问总机",),
    Kind.EMAIL: ("zhaojg.jiangnan.example",),
    Kind.CREDIT_CODE: ("91350100M000100Y44", "913501"),
}
"""What nobody can read as the kind, or nobody may mean by it."""

Edit = list[str]
TypeIn = Callable[[Mapping[Path, Sequence[Edit]]], None]


@pytest.fixture
def type_in(require_real: Callable[[str], str]) -> TypeIn:
    """Types texts into cells of files, as a person does; one start of LibreOffice for all of them."""
    require_real("soffice")

    def type_in(files: Mapping[Path, Sequence[Edit]]) -> None:
        done = subprocess.run(
            [SYSTEM_PYTHON, EDIT], input=json.dumps({str(file): edits for file, edits in files.items()}),
            capture_output=True, text=True, timeout=180, check=False, env={"PATH": "/usr/bin:/bin:/usr/local/bin"},
        )
        assert done.returncode == 0, done.stderr

    return type_in


@dataclass(frozen=True)
class Box:
    """A field's first cell for entries in a blank workbook."""

    sheet: str
    cell: str
    block: str
    field: Field

    @property
    def example(self) -> str:
        return say(self.field.example, "zh")

    def typed(self, text: str) -> Edit:
        return [self.sheet, self.cell, text]


@pytest.fixture(scope="module")
def blanks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[WorkbookKind, Path]:
    """A workbook of every kind as the administrator hands it out."""
    folder = tmp_path_factory.mktemp("blanks")
    names = [person.name for person in STAFF.people.values()]
    for kind in WorkbookKind:
        blank.write(folder / f"{kind}.xlsx", catalogue().of_kind(kind), books.identity(kind, kind), {}, names)
    return {kind: folder / f"{kind}.xlsx" for kind in WorkbookKind}


def boxes(file: Path) -> Iterator[Box]:
    """Every field of a blank workbook, found by the labels that a person sees."""
    for sheet in read(file, Files()).sheets:
        form = form_of(sheet, catalogue())
        for block, located in zip(form.blocks, locate(sheet, form), strict=True) if form else ():
            below = 2 if isinstance(block, Table) else 1
            for field in block.fields:
                place = located.places[field.id]
                cell = f"{column_letters(place.column + 1)}{place.row + below}"
                yield Box(sheet.name, cell, block_id(form, block), field)


def open_boxes(file: Path) -> Iterator[Box]:
    """The fields that staff type into."""
    return (box for box in boxes(file) if not box.field.formula)


def wrong_entries(field: Field) -> list[str]:
    """Everything that a field must not take; an empty text leaves the cell empty.

    A rate beyond its bounds is left to Excel: 200 % stands in the cell as 2, which is read as 2 %.
    """
    entries = list(WRONG.get(field.kind, ()))
    if field.minimum is not None and field.kind is not Kind.PERCENT:
        entries.append(f"{field.minimum - 1:g}")
    if field.maximum is not None and field.kind is not Kind.PERCENT:
        entries.append(f"{field.maximum + 1:g}")
    if field.past:
        entries.append("2099-12-31")
    if field.kind in (Kind.TEXT, Kind.NOTE, Kind.CODE):
        entries.append("长" * (longest(field) + 1))
    if field.in_block:
        entries.append("查无此人")
    return [*entries, ""] if field.required else entries


def in_rounds(fields: Sequence[Box]) -> Iterator[Mapping[Box, str]]:
    """What to type wrongly in the first, second … workbook: in the n-th, every field's n-th wrong entry."""
    by_field = {box: wrong_entries(box.field) for box in fields}
    for number in range(max(map(len, by_field.values()))):
        yield {box: entries[number] for box, entries in by_field.items() if number < len(entries)}


def read_back(file: Path) -> Book:
    return read_book(file, FileState(file.name, 1, 1), catalogue(), Files())


def errors(book: Book) -> list[Finding]:
    """The errors of a workbook read by itself."""
    checked, = check_books([book], catalogue(), REFERENCE, TODAY)
    return [finding for finding in checked.all_findings if severity(finding) is Severity.ERROR]


def revisions(config) -> int:
    engine = open_store(config.store_url, catalogue()).engine
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(REVISION))


def test_the_examples_of_every_form_typed_into_its_cells_are_accepted(tmp_path, blanks, type_in):
    files = {Path(shutil.copy(blank, tmp_path)): list(open_boxes(blank)) for blank in blanks.values()}
    type_in({file: [box.typed(box.example) for box in fields] for file, fields in files.items()})

    for file, fields in files.items():
        book = read_back(file)
        arrived = {(record.block, name): value for record in book.records for name, value in record.values.items()}
        for box in fields:
            meant, _ = reader(box.field)(box.example)
            assert arrived[box.block, box.field.id] == meant, (box.block, box.field.id)
        assert {finding.code for finding in errors(book)} <= BEYOND_ONE_ROW.keys(), file.name


def test_every_wrong_entry_in_every_form_is_found_at_its_cell(tmp_path, blanks, type_in):
    edits, wrong = {}, {}
    for kind, blank_file in blanks.items():
        fields = list(open_boxes(blank_file))
        for number, entries in enumerate(in_rounds(fields)):
            file = Path(shutil.copy(blank_file, tmp_path / f"{kind}-{number}.xlsx"))
            edits[file] = [box.typed(text) for box in fields if (text := entries.get(box, box.example))]
            wrong[file] = entries
    type_in(edits)

    for file, entries in wrong.items():
        found = {(finding.where.sheet, finding.where.cell): finding.code for finding in errors(read_back(file))}
        wrong_at = {(box.sheet, box.cell): (box.block, box.field.id, text) for box, text in entries.items()}
        assert [wrong_at[cell] for cell in wrong_at.keys() - found.keys()] == [], file.name
        assert {found[cell] for cell in found.keys() - wrong_at.keys()} <= KNOCK_ON.keys(), file.name


def test_no_locked_formula_can_be_overtyped(tmp_path, blanks, type_in):
    edits, formulas = {}, {}
    for blank_file in blanks.values():
        for formula in (box for box in boxes(blank_file) if box.field.formula):
            file = Path(shutil.copy(blank_file, tmp_path / f"{formula.block}.{formula.field.id}.xlsx"))
            neighbours = [box for box in open_boxes(blank_file) if box.block == formula.block]
            edits[file] = [*(box.typed(box.example) for box in neighbours), formula.typed("999")]
            formulas[file] = formula
    type_in(edits)

    assert len(formulas) >= 3
    for file, formula in formulas.items():
        row = next(record for record in read_back(file).records if record.block == formula.block)
        assert row.values[formula.field.id] == float(formula.example)
        assert row.findings == ()


def test_one_cell_changed_in_libreoffice_is_exactly_one_revision(tmp_path, type_in):
    config = tiny.settle(tmp_path)
    tiny.staff(tmp_path)
    file = tmp_path / "workbooks" / "王芳" / "KH0012.xlsx"
    forms = catalogue().of_kind(WorkbookKind.ARCHIVE)
    identity = Identity("w-1", WorkbookKind.ARCHIVE, "zh", 1, "", {form.id: form.version for form in forms})
    filled = {
        "F0.cover": [{
            "code": "KH0012", "name": "江南精密", "industry": "装备制造", "region": "华东", "stage": "cooperating",
            "account_manager": "王芳", "opened_on": tiny.NOW.date(), "verified_on": tiny.NOW.date(),
        }],
        "F8.plan": [{"year": 2026, "objective": "签下二期"}],
        "F8.projects": [{"project": "二期", "contract_amount": 100.0, "win_rate": 0.5, "margin": 0.2, "status": "won"}],
    }
    blank.write(file, forms, identity, filled, ["王芳"])
    tiny.at(config)
    before = revisions(config)

    type_in({file: [["附表8 收益计划", "B9", "130"]]})
    figures = tiny.at(config).figures

    assert (figures.rows["accepted"], figures.rows["held"]) == (1, 0)
    assert revisions(config) == before + 1
    with open_store(config.store_url, catalogue()).engine.connect() as connection:
        newest = connection.scalar(select(REVISION.c["values"]).order_by(REVISION.c.id.desc()).limit(1))
    assert json.loads(newest)["contract_amount"] == 130
    assert json.loads(newest)["profit"] == 13
