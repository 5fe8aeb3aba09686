"""Workbooks in which every field of every form says what a test wants it to say."""

from collections.abc import Callable
from pathlib import Path

from crmflow.catalogue import catalogue
from crmflow.declare import Card, Field, Kind, block_id
from crmflow.model import WorkbookKind
from tests import books, tiny

TEXTS = (Kind.TEXT, Kind.NOTE)
"""Fields that take any text."""
Says = Callable[[str, Field], str | None]
"""What a field of a block holds; None for something right."""

PEOPLE = """
    工号  | 姓名   | 角色         | 上级工号 | 部门     | 大区 | 邮箱
    '1000 | 周启明 | 总经理       |          | 总经办   |      | zhou@a.example
    '1001 | 陈建国 | 部长         | '1000    | 市场部   |      | chen@a.example
    '1002 | 王芳   | 客户经理     | '1001    | 市场部   | 华东 | wang@a.example
    '1003 | 李伟   | 客户经理     | '1001    | 市场部   | 华北 | li@a.example
    '2001 | 孙立   | 部长         | '1000    | 大客户部 |      | sun@a.example
    '2002 | 赵倩   | 客户经理     | '3001    | 大客户部 | 华东 | zhao@a.example
    '3001 | 吴东   | 大区经理     | '1000    | 大区办   | 华东 | wu@a.example
    '4001 | 吴桂芳 | 财务         | '1000    | 财务部   |      | cai@a.example
    '4002 | 林一   | 文员         | '1001    | 市场部   | 华东 | lin@a.example
    '1009 | 何静   | 信息管理员   | '1000    | 总经办   |      | he@a.example
"""
MANAGERS = ("王芳", "李伟", "赵倩")
REGIONS = {"王芳": "华东", "李伟": "华北", "赵倩": "华东"}


def right(field: Field, manager: str) -> str:
    """Something that the field takes."""
    if field.kind is Kind.STAFF:
        return manager
    if field.kind is Kind.CHOICE:
        return field.choices[0].label.zh
    if field.kind is Kind.YES_NO:
        return "是"
    if field.kind is Kind.DATE:
        return "2026-03-02" if field.past else "2026-07-10"
    example = field.example if isinstance(field.example, str) else field.example.zh
    return f"'{example}" if field.kind in (Kind.CODE, Kind.MOBILE, Kind.PHONE, Kind.BIRTHDAY, Kind.CREDIT_CODE) else example


def drawing(name: str, manager: str, says: Says) -> str:
    """One card or one row of a block, every field filled in."""
    block = catalogue().block(name)
    cells = []
    for field in block.fields:
        told = says(name, field)
        cells.append((field.label.zh, right(field, manager) if told is None else told))
    if isinstance(block, Card):
        return "\n".join(f"{label} | {cell}" for label, cell in cells)
    return f"{' | '.join(label for label, _ in cells)}\n{' | '.join(cell for _, cell in cells)}"


def archive(folder: Path, code: str, name: str, manager: str, says: Says) -> Path:
    """The archive of a customer whose cover is as it must be; everything else is as ``says`` has it."""
    blocks = {
        block_id(form, block): drawing(block_id(form, block), manager, says)
        for form in catalogue().of_kind(WorkbookKind.ARCHIVE) for block in form.blocks
    }
    blocks["F0.cover"] = tiny.cover(code, name, manager, 地区=REGIONS[manager], 核定日期="2026-03-03")
    return books.archive(folder / "workbooks", blocks, f"{manager}/{code}.xlsx", books.identity(workbook_id=f"w-{code}"))


def other(folder: Path, kind: WorkbookKind, number: int, manager: str, says: Says) -> Path:
    """A report or a register, all of whose fields are as ``says`` has them."""
    blocks = {
        block_id(form, block): drawing(block_id(form, block), manager, says)
        for form in catalogue().of_kind(kind) for block in form.blocks
    }
    name = f"{kind}-{number}"
    return books.workbook(folder / "workbooks" / f"{name}.xlsx", kind, blocks, books.identity(kind, f"w-{name}"))
