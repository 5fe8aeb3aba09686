"""Workbooks drawn as text, so that a test shows its input.

A drawing is lines of cells between bars, typed as into Excel: ``120`` becomes
a number, ``60%`` the number 0.6, ``2026-07-01`` a date (with ``09:30``, a
moment), ``TRUE`` a yes; whatever follows an apostrophe stays text (``'0012``).

    archive(tmp_path, {
        "F8.plan": "年度 | 2026",
        "F8.projects": '''
            项目     | 合同额（万元） | 获取率 | 利润率
            二期厂房 | 120            | 60%    | 15%
        ''',
    })
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from xlsxwriter import Workbook

from crmflow.catalogue import catalogue
from crmflow.declare import Block, Form, Table, block_id
from crmflow.model import Book, FileState, Identity, WorkbookKind
from crmflow.parse.book import parse
from crmflow.workbook.read import IDENTITY_SHEET, Cells, Raw, Sheet

NOTHING: Mapping[str, str] = {}

COVER = """
    客户代码   | KH0012
    单位名称   | 江南精密制造有限公司
    行业       | 装备制造
    地区       | 华东
    客户阶段   | 合作
    客户经理   | 王芳
    建档日期   | 2026-01-08
    核定日期   | 2026-07-03
"""
"""A cover that nothing is wrong with: what ``archive`` fills in where a test gives none."""


def typed(text: str) -> Raw:
    """What Excel makes of a typed text."""
    if text.startswith("'"):
        return text[1:]
    if re.fullmatch(r"[-+]?\d+(\.\d+)?", text):
        return float(text)
    if re.fullmatch(r"[-+]?\d+(\.\d+)?%", text):
        return float(text[:-1]) / 100
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return date.fromisoformat(text)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2} \d{2}:\d{2}", text):
        return datetime.fromisoformat(text)
    return {"TRUE": True, "FALSE": False}.get(text, text)


def rows(drawing: str) -> list[list[Raw]]:
    """The cells of a drawing; a line with nothing but a dot is an empty row."""
    lines = [line.strip() for line in drawing.strip().splitlines()]
    return [[] if line == "." else [typed(cell.strip()) for cell in line.split("|")] for line in lines]


def sheet(drawing: str, name: str = "Sheet1", oddities: Mapping[str, str] = NOTHING) -> Sheet:
    """A sheet exactly as drawn, as the reader would give it: from A1 on, all rows of one width."""
    drawn = rows(drawing)
    width = max(map(len, drawn))
    return Sheet(name, [row + [""] * (width - len(row)) for row in drawn], oddities)


def form_rows(form: Form, blocks: Mapping[str, str], language: str = "zh") -> list[list[Raw]]:
    """A form's sheet: its title, and every block with the drawn rows; headings that are not drawn follow, empty."""
    drawn: list[list[Raw]] = [[getattr(form.title, language)], []]
    for block in form.blocks:
        drawn += [[getattr(block.title, language)], *_completed(block, blocks.get(block_id(form, block), ""), language), []]
    return drawn


def _completed(block: Block, drawing: str, language: str) -> list[list[Raw]]:
    drawn = rows(drawing) if drawing.strip() else [[]]
    if isinstance(block, Table):
        return [[*drawn[0], *_missing(block, drawn[0], language)], *drawn[1:]]
    return [*drawn, *([label] for label in _missing(block, [row[0] for row in drawn if row], language))]


def _missing(block: Block, shown: Sequence[Raw], language: str) -> list[Raw]:
    """The labels of fields that no drawn heading names."""
    names = {_bare(str(label)) for label in shown}
    return [
        getattr(field.label, language) for field in block.fields
        if names.isdisjoint(map(_bare, (field.label.zh, field.label.en, *field.aliases)))
    ]


def _bare(label: str) -> str:
    return re.sub(r"[（(].*?[)）]|[\s*＊]", "", label).casefold()


def workbook_rows(kind: WorkbookKind, blocks: Mapping[str, str], language: str = "zh") -> dict[str, list[list[Raw]]]:
    """Every sheet of a workbook of ``kind`` by its tab's name."""
    given = {"F0.cover": COVER, **blocks}
    unknown = blocks.keys() - catalogue().blocks.keys()
    assert not unknown, f"no such block: {unknown}"
    return {
        getattr(form.sheet, language): form_rows(form, given, language) for form in catalogue().of_kind(kind)
    }


def cells(blocks: Mapping[str, str], kind: WorkbookKind = WorkbookKind.ARCHIVE, language: str = "zh") -> Cells:
    """A whole workbook with its identity, as the reader would give it, without a file."""
    sheets = tuple(
        Sheet(name, [row or [""] for row in drawn])
        for name, drawn in workbook_rows(kind, blocks, language).items()
    )
    return Cells("0" * 64, sheets, identity_pairs(identity(kind)), has_macros=False)


def book(blocks: Mapping[str, str], kind: WorkbookKind = WorkbookKind.ARCHIVE, language: str = "zh") -> Book:
    """A whole workbook, parsed, without a file."""
    return parse(cells(blocks, kind, language), FileState("a.xlsx", 0, 0), catalogue())


def identity(kind: WorkbookKind = WorkbookKind.ARCHIVE, workbook_id: str = "w-1", parent: str = "") -> Identity:
    """What a workbook of ``kind`` with all its forms says of itself."""
    forms = {form.id: form.version for form in catalogue().of_kind(kind)}
    return Identity(workbook_id, kind, "zh", 1, parent, forms)


def identity_pairs(one: Identity) -> dict[str, str]:
    """The keys and values of the hidden sheet."""
    return {
        "workbook_id": one.workbook_id, "kind": one.kind.value, "language": one.language, "serial": str(one.serial),
        "parent": one.parent, "forms": " ".join(f"{name}:{version}" for name, version in one.forms.items()),
    }


def archive(folder: Path, blocks: Mapping[str, str] = NOTHING, name: str = "a.xlsx", says: Identity | None = None) -> Path:
    """Write a customer archive with the drawn blocks; returns its path."""
    return workbook(folder / name, WorkbookKind.ARCHIVE, blocks, says)


def monthly(folder: Path, blocks: Mapping[str, str], name: str = "m.xlsx", says: Identity | None = None) -> Path:
    """Write a monthly report."""
    return workbook(folder / name, WorkbookKind.MONTHLY, blocks, says)


def register(folder: Path, people: str, name: str = "staff.xlsx", says: Identity | None = None) -> Path:
    """Write the staff register with the drawn table of F30."""
    form = catalogue().form("F30")
    return workbook(folder / name, WorkbookKind.STAFF, {block_id(form, form.blocks[0]): people}, says)


def workbook(path: Path, kind: WorkbookKind, blocks: Mapping[str, str], says: Identity | None = None) -> Path:
    """Write a workbook of ``kind``; ``says`` is what its hidden sheet says, by default an id made from its path."""
    sheets = workbook_rows(kind, blocks)
    sheets[IDENTITY_SHEET] = [list(pair) for pair in identity_pairs(says or identity(kind, path.stem)).items()]
    return write(path, sheets)


def write(path: Path, sheets: Mapping[str, Sequence[Sequence[Raw]]]) -> Path:
    """Write sheets of plain cells to an .xlsx file, dates as dates."""
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {"default_date_format": "yyyy-mm-dd hh:mm", "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(str(path), options) as file:
        for name, drawn in sheets.items():
            target = file.add_worksheet(name)
            for at, row in enumerate(drawn):
                target.write_row(at, 0, row)
    return path
