"""Make the sample company's workbooks again: ``python samples/make_company.py [--replace] [FOLDER]``.

恒川环境工程有限公司 and everybody in it are invented. The workbooks are as
their staff left them on 2026-07-15, with the mistakes that staff make, so that
every kind of finding can be seen. The same script always makes the same cells.
"""

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from crmflow.catalogue import forms  # noqa: E402
from crmflow.model import Identity, WorkbookKind  # noqa: E402
from crmflow.workbook import blank  # noqa: E402
from samples.company import clean, faulty, monthly, registers, staff  # noqa: E402
from samples.company.rows import Archive  # noqa: E402

ARCHIVES = (
    clean.JIANGNAN, clean.MINJIANG, clean.QUANZHOU, clean.NANWAN, faulty.DONGSHAN, faulty.HAIXIA, faulty.YUEDONG, faulty.DOUBLED,
)
LANGUAGE = "zh"
IDENTITY_SHEET = "_crmflow"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "workbooks")
    parser.add_argument("--replace", action="store_true", help="write over the sample's files that are there already")
    arguments = parser.parse_args()
    if not arguments.replace and arguments.folder.is_dir() and any(arguments.folder.iterdir()):
        parser.error(f"{arguments.folder} is not empty; --replace writes over the sample's own files in it")
    for path in make_company(arguments.folder):
        print(path.relative_to(arguments.folder))


def make_company(folder: Path) -> Iterator[Path]:
    """Write every workbook below ``folder``; yields each."""
    yield _write(folder / "登记簿" / "人员登记表.xlsx", WorkbookKind.STAFF, {"F30.people": staff.PEOPLE})
    for archive in ARCHIVES:
        yield _write(_archive_path(folder, archive), WorkbookKind.ARCHIVE, archive)
    for name, report in monthly.REPORTS.items():
        yield _write(folder / "月报" / f"{name}.xlsx", WorkbookKind.MONTHLY, report)
    for name, (kind, rows) in registers.REGISTERS.items():
        yield _write(folder / "登记簿" / f"{name}.xlsx", kind, rows)
    _as_staff_would(folder)
    yield from _odd_files(folder)


def _archive_path(folder: Path, archive: Archive) -> Path:
    cover = archive["F0.cover"][0]
    return folder / "客户档案" / cover["account_manager"] / f"{cover['code']} {cover['name']}.xlsx"


def _write(path: Path, kind: WorkbookKind, rows: Archive) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    own = tuple(form for form in forms() if form.kind is kind)
    identity = Identity(
        str(uuid5(NAMESPACE_URL, f"hengchuan.example/{path.name}")), kind, LANGUAGE, 1, "",
        {form.id: form.version for form in own},
    )
    blank.write(path, own, identity, rows, staff.NAMES)
    return path


def _as_staff_would(folder: Path) -> None:
    """Mistakes that only come about by working in a finished workbook."""
    _edit(_archive_path(folder, faulty.HAIXIA), _overtype)
    _edit(_archive_path(folder, faulty.YUEDONG), _rearrange)
    _edit(folder / "月报" / "郑浩然 2026-06.xlsx", lambda book: book.remove(book[IDENTITY_SHEET]))


def _edit(path: Path, change: Callable[[Workbook], None]) -> None:
    book = load_workbook(path)
    change(book)
    book.save(path)


def _overtype(book: Workbook) -> None:
    """Formulas overtyped, broken and without a result; answers of one's own; headings changed."""
    _below(book["附表8 收益计划"], "实际收入（万元）").value = 90
    _below(book["附表2 关键人物资料"], "告知同意", 3).value = "口头同意"
    _below(book["交易记录"], "已付金额（元）", 2).value = "=1/0"
    _below(book["投诉与反馈"], "赔偿金额（元）").value = "#DIV/0!"
    _heading(book["合同"], "付款条件").value = "付款约定"
    _heading(book["合同"], "合同金额（万元）").value = "合同金额（元）"


def _rearrange(book: Workbook) -> None:
    """Sheets thrown away, renamed and doubled; columns added and doubled; a header row deleted."""
    del book["附表6 接触计划"]
    book["附表4 角色作用"].title = "角色"
    book.copy_worksheet(book["附表5 信息的意义"]).title = "附表5 备份"
    _add_column(book["接触记录"], "日期", "天气")
    _add_column(book["附表1 基本情况"], "机构", "手机")
    contracts = book["合同"]
    contracts.delete_rows(_heading(contracts, "合同号").row)


def _add_column(sheet: Worksheet, beside: str, label: str) -> None:
    row = _heading(sheet, beside).row
    last = max(cell.column for cell in sheet[row] if cell.value)
    sheet.cell(row, last + 1).value = label


def _heading(sheet: Worksheet, label: str) -> Cell:
    """The heading of a column, with or without its mark."""
    for row in sheet.iter_rows():
        for cell in row:
            if isinstance(cell.value, str) and cell.value.removesuffix(" *") == label:
                return cell
    raise LookupError(label)


def _below(sheet: Worksheet, label: str, rows: int = 1) -> Cell:
    heading = _heading(sheet, label)
    return sheet.cell(heading.row + rows, heading.column)


def _odd_files(folder: Path) -> Iterator[Path]:
    """A sync copy, a file that is no workbook, one half copied, an old format, a workbook of one's own."""
    original = _archive_path(folder, clean.MINJIANG)
    copy = original.with_name(f"{original.stem} (1).xlsx")
    shutil.copyfile(original, copy)
    yield copy

    odd = folder / "客户档案" / "郑浩然"
    yield _bytes(odd / "拜访照片.xlsx", b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(64))
    yield _bytes(odd / "空白.xlsx", b"")
    yield _bytes(odd / "海峡重工（没拷完）.xlsx", original.read_bytes()[:9000])
    yield _bytes(odd / "旧客户名单.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504))
    yield _bytes(odd / "加了密码.xlsx", b"\xd0\xcf\x11\xe0" + bytes(508) + "EncryptedPackage".encode("utf-16-le"))

    own = Workbook()
    own.worksheets[0].append(["日期", "里程", "油费"])
    own.save(odd / "用车记录.xlsx")
    yield odd / "用车记录.xlsx"


def _bytes(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


if __name__ == "__main__":
    main()
