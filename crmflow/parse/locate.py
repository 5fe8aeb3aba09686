"""Which form stands on which sheet, and where its blocks are: by title and headings, never by position.

Staff rename sheets, move columns and insert rows; none of that matters here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from crmflow.catalogue import Catalogue
from crmflow.declare import Block, Field, Form, Table, block_id
from crmflow.model import Text
from crmflow.parse.plain import clean, narrow
from crmflow.workbook.address import column_letters
from crmflow.workbook.read import Raw, Sheet

TITLE_ROWS = 12
"""How far down a form's title may have slipped."""
VALUE_REACH = 8
"""How many cells right of its label a card's value may stand."""
CARD_ROWS = 60
"""How far down a card's labels are looked for where its title and tab are lost."""
FEWEST_LABELS, MOST = 4, 0.8
"""So many labels, and such a share of them, tell a form whose title and tab are lost."""
UNITS: Mapping[str, str] = {
    **dict.fromkeys(("元", "人民币", "人民币元", "rmb", "cny"), "元"),
    **dict.fromkeys(("万元", "万", "人民币万元", "10kcny"), "万元"),
    **dict.fromkeys(("亿元", "亿"), "亿元"), "千元": "千元", "百万元": "百万元",
}
"""Units of money as headings name them, folded, with the one meant."""

_BRACKETS = re.compile(r"[(\[【]([^)\]】]*)[)\]】]")
_DROPPED = re.compile(r"[\s*:]+")


class Heading(NamedTuple):
    """A field's place: the row and column (from 0) of a table's heading or of a card's value."""

    row: int
    column: int

    @property
    def cell(self) -> str:
        return f"{column_letters(self.column + 1)}{self.row + 1}"


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something wrong with headings: a finding's code, the field and cell concerned, what was read."""

    code: str
    cell: str = ""
    field_id: str = ""
    value: str = ""
    facts: Mapping[str, str | Text] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Located:
    """A block found on a sheet: its fields' places, the rows its data may take, its headings' faults."""

    block_id: str
    block: Block
    places: Mapping[str, Heading]
    rows: range
    oddities: tuple[Oddity, ...] = ()


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """A heading without brackets, stars, colons, blanks, width or case."""
    return _DROPPED.sub("", _BRACKETS.sub("", narrow(clean(text)))).casefold()


@lru_cache(maxsize=4096)
def _unit(text: str) -> str:
    """The unit of money that a heading names in brackets, such as ``（单位：元）``, else nothing."""
    named = (folded(part).removeprefix("单位") for part in _BRACKETS.findall(narrow(text)))
    return next((UNITS[part] for part in named if part in UNITS), "")


@lru_cache(maxsize=1024)
def _labels(block: Block) -> Mapping[str, Field]:
    return {
        folded(label): one for one in block.fields for label in (one.label.zh, one.label.en, *one.aliases)
    }


@lru_cache(maxsize=1024)
def _block_titles(form: Form) -> frozenset[str]:
    return frozenset(folded(text) for block in form.blocks for text in (block.title.zh, block.title.en))


@dataclass(frozen=True, slots=True)
class _Signs:
    """By what the forms of a catalogue are known: their titles, their tabs, the labels of their larger blocks."""

    titles: Mapping[str, Form]
    tabs: Mapping[str, Form]
    labels: tuple[tuple[Form, Block, Mapping[str, Field]], ...]


@lru_cache(maxsize=4)
def _signs(catalogue: Catalogue) -> _Signs:
    forms = (*catalogue.forms, *catalogue.hidden)
    return _Signs(
        titles={folded(text): form for form in forms for text in (form.title.zh, form.title.en)},
        tabs={folded(text): form for form in forms for text in (form.sheet.zh, form.sheet.en)},
        labels=tuple(
            (form, block, _labels(block))
            for form in forms for block in form.blocks if len(block.fields) >= FEWEST_LABELS
        ),
    )


def form_of(sheet: Sheet, catalogue: Catalogue) -> Form | None:
    """The form on a sheet: by its title, else by its tab, else by its headings."""
    signs = _signs(catalogue)
    for row in sheet.rows[:TITLE_ROWS]:
        for cell in row:
            if isinstance(cell, str) and cell and (form := signs.titles.get(folded(cell))):
                return form
    return signs.tabs.get(folded(sheet.name)) or _by_headings(sheet, signs)


def _by_headings(sheet: Sheet, signs: _Signs) -> Form | None:
    """The form most of whose table's or card's labels are there, where title and tab are lost."""
    names = {folded(cell) for row in sheet.rows[:CARD_ROWS] for cell in row if isinstance(cell, str) and cell}
    top = sheet.rows[:TITLE_ROWS]
    for form, block, labels in signs.labels:
        enough = MOST * len(block.fields)
        if len({labels[name].id for name in names & labels.keys()}) < enough:
            continue
        if not isinstance(block, Table) or _best_row(top, block, range(len(top)))[1] >= enough:
            return form
    return None


@lru_cache(maxsize=4096)
def _named(cells: tuple[Raw, ...], block: Block) -> int:
    """How many of the block's fields the cells name."""
    labels = _labels(block)
    names = {folded(cell) for cell in cells if isinstance(cell, str) and cell}
    return len({labels[name].id for name in names & labels.keys()})


def locate(sheet: Sheet, form: Form) -> Iterator[Located | Text]:
    """The form's blocks on the sheet, top down; the title of a block that cannot be found."""
    headings = [_heading_row(sheet.rows, block) for block in form.blocks]
    for index, block in enumerate(form.blocks):
        start = headings[index]
        if start is None:
            yield block.title
            continue
        later = [row for row in headings[index + 1 :] if row is not None]
        end = _title_above(sheet.rows, form, min(later)) if later else len(sheet.rows)
        find = _locate_table if isinstance(block, Table) else _locate_card
        yield find(sheet.rows, block_id(form, block), block, range(start, max(start, end)))


def _title_above(rows: Sequence[Sequence[Raw]], form: Form, row: int) -> int:
    """The row of the block title above ``row``, where there is one: the block before ends there."""
    titles = _block_titles(form)
    for above in range(row - 1, max(row - 4, -1), -1):
        if any(isinstance(cell, str) and cell and folded(cell) in titles for cell in rows[above]):
            return above
    return row


def _heading_row(rows: Sequence[Sequence[Raw]], block: Block) -> int | None:
    """The row of a table's headings, or the first row of a card's labels."""
    if isinstance(block, Table):
        row, matched = _best_row(rows, block, range(len(rows)))
        return row if matched >= max(2, len(block.fields) / 3) or matched == len(block.fields) else None
    return next((index for index, row in enumerate(rows) if _named(tuple(row), block)), None)


def _best_row(rows: Sequence[Sequence[Raw]], block: Table, among: range) -> tuple[int | None, int]:
    """The row that names most fields of the table, and how many."""
    best: tuple[int | None, int] = (None, 0)
    for index in among:
        matched = _named(tuple(rows[index]), block)
        if matched > best[1]:
            best = (index, matched)
        if matched == len(block.fields):
            break
    return best


def _locate_table(rows: Sequence[Sequence[Raw]], block_name: str, block: Block, among: range) -> Located:
    above = _unit_above(rows, among.start)
    places, oddities = _headings(tuple(map(str, rows[among.start])), above, among.start, block)
    return Located(block_name, block, places, range(among.start + 1, among.stop), oddities)


@lru_cache(maxsize=1024)
def _headings(
    names: tuple[str, ...], above: str, row: int, block: Block
) -> tuple[Mapping[str, Heading], tuple[Oddity, ...]]:
    """The places of a table's fields and the faults of its headings; most workbooks have the same ones."""
    labels = _labels(block)
    places: dict[str, Heading] = {}
    oddities: list[Oddity] = []
    for column, name in enumerate(names):
        if not name:
            continue
        here = Heading(row, column)
        if one := labels.get(folded(name)):
            oddities.extend(_note(one, name if _unit(name) else name + above, here, places))
        else:
            oddities.append(Oddity("COLUMN_UNKNOWN", here.cell, value=name))
    oddities.extend(_missing(block, places, row))
    return places, tuple(oddities)


def _unit_above(rows: Sequence[Sequence[Raw]], heading: int) -> str:
    """What a line such as ``单位：元`` above the headings says of all columns, in brackets as a heading has it."""
    said = (cell for row in rows[max(heading - 2, 0) : heading] for cell in row if isinstance(cell, str) and cell)
    lines = (f"（{cell}）" for cell in said)
    return next((line for line in lines if line.startswith("（单位") and _unit(line)), "")


def _locate_card(rows: Sequence[Sequence[Raw]], name: str, block: Block, among: range) -> Located:
    """A card's values: the cell right of each label, or the next that is filled and no label."""
    labels = _labels(block)
    places: dict[str, Heading] = {}
    oddities: list[Oddity] = []
    for index in among:
        row = rows[index]
        taken = -1
        for column, cell in enumerate(row):
            if column <= taken or not isinstance(cell, str) or not cell:
                continue
            if one := labels.get(folded(cell)):
                taken = _value_column(row, column, labels)
                oddities.extend(_note(one, cell, Heading(index, taken), places))
    oddities.extend(_missing(block, places, among.start))
    return Located(name, block, places, among, tuple(oddities))


def _value_column(row: Sequence[Raw], label: int, labels: Mapping[str, Field]) -> int:
    for column in range(label + 1, min(label + VALUE_REACH, len(row))):
        cell = row[column]
        if cell == "":
            continue
        return label + 1 if isinstance(cell, str) and folded(cell) in labels else column
    return label + 1


def _note(one: Field, cell: str, here: Heading, places: dict[str, Heading]) -> Iterator[Oddity]:
    """Enter a field's place; say so when it is there twice or in another unit."""
    if one.id in places:
        yield Oddity("COLUMN_DOUBLED", here.cell, one.id, cell, {"other": places[one.id].cell})
        return
    places[one.id] = here
    unit, wanted = _unit(cell), _unit(one.label.zh)
    if unit and wanted and unit != wanted:
        yield Oddity("UNIT_DIFFERS", here.cell, one.id, cell, {"unit": wanted})


def _missing(block: Block, places: Mapping[str, Heading], row: int) -> Iterator[Oddity]:
    for one in block.fields:
        if one.id not in places:
            yield Oddity("COLUMN_MISSING", f"A{row + 1}", one.id)


