"""One archive with every form filled in, again and again in a process that is warm, and once as a command.

    python benchmarks/warm.py /tmp/bench-warm

Prints a small table of medians in milliseconds, and the same as JSON with ``--json``. Linux and macOS.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.generate import CUSTOMERS_EACH, TODAY, archive, managers_of, spoil, write_book, write_register  # noqa: E402
from benchmarks.run import median, write_config  # noqa: E402
from crmflow.catalogue import catalogue  # noqa: E402
from crmflow.check.books import check_books  # noqa: E402
from crmflow.check.rules import Reference, person_of  # noqa: E402
from crmflow.config import Files  # noqa: E402
from crmflow.declare import Block, Field, Kind, Table, key_fields  # noqa: E402
from crmflow.intake import Reading, read_chunk  # noqa: E402
from crmflow.model import FileState, Finding, Where, WorkbookKind  # noqa: E402
from crmflow.people import Directory  # noqa: E402
from crmflow.reports import return_copy  # noqa: E402

REPEATS = 25
ROWS_EACH = 5
"""Of the tables that ``generate`` leaves empty."""
MARKS_EACH = 3
"""Wrong cells on every sheet of the workbook that is marked all over."""


@dataclass(frozen=True)
class Measured:
    """What was done: medians in milliseconds, on the clock and of the processor, which other work disturbs less."""

    name: str
    milliseconds: float
    of_the_processor: float | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    measured = measure(arguments.folder.resolve())
    as_json = json.dumps([asdict(one) for one in measured], ensure_ascii=False, indent=2)
    print(as_json if arguments.json else table(measured))


def measure(folder: Path) -> list[Measured]:
    """The check as a command and warm, then return copies of the same workbook."""
    workbooks = folder / "workbooks"
    path = write_full_archive(workbooks)
    config = write_config(folder, workbooks)
    command = [sys.executable, "-m", "crmflow", "check", str(path), "--config", str(config), "--today", f"{TODAY}"]
    results = [Measured("check, as a command", median("check", command, folder, also_fine=(1,)).seconds * 1000)]
    against = known(workbooks)
    results.append(repeated("check, warm", lambda: check(workbooks, path, against)))
    findings, everywhere = check(workbooks, path, against), marked_all_over(workbooks, path)
    for where, found in (("", findings), (" on all sheets", everywhere)):
        name, into = f"{len(found)} findings{where}", folder / f"marked{where}"
        copy = return_copy.write(path, found, catalogue(), "zh", into)
        again = into / "handed in again.xlsx"
        again.write_bytes(copy.read_bytes())
        results.append(repeated(f"return copy, {name}", copying(path, found, into)))
        results.append(repeated(f"return copy of a copy already marked, {name}", copying(again, found, into)))
    return results


def copying(source: Path, found: Sequence[Finding], into: Path) -> Callable[[], object]:
    return lambda: return_copy.write(source, found, catalogue(), "zh", into)


def repeated(name: str, job: Callable[[], object]) -> Measured:
    """The medians of some runs, after one that warms up."""
    job()
    times = []
    for _ in range(REPEATS):
        begun = time.perf_counter(), time.process_time()
        job()
        times.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
    clock, processor = (statistics.median(some) * 1000 for some in zip(*times, strict=True))
    return Measured(name, clock, processor)


def check(workbooks: Path, path: Path, against: Reference) -> list[Finding]:
    """Read and check one workbook, as ``crmflow check`` does, in this process."""
    books = read_chunk(Reading(workbooks, Files()), (state(workbooks, path),))
    (checked,) = check_books(books, catalogue(), against, TODAY)
    return list(checked.all_findings)


def known(workbooks: Path) -> Reference:
    """Who works there, from the register."""
    register = next((workbooks / "登记簿").glob("*.xlsx"))
    (people,) = read_chunk(Reading(workbooks, Files()), (state(workbooks, register),))
    return Reference(Directory.of(person_of(row.values) for row in people.records), {})


def state(workbooks: Path, path: Path) -> FileState:
    return FileState(path.relative_to(workbooks).as_posix(), path.stat().st_size, path.stat().st_mtime_ns)


def marked_all_over(workbooks: Path, path: Path) -> list[Finding]:
    """Findings at the first rows of every form."""
    (book,) = read_chunk(Reading(workbooks, Files()), (state(workbooks, path),))
    found = []
    for name, block in catalogue().blocks.items():
        for record in [one for one in book.records if one.block == name][:MARKS_EACH]:
            cell = record.placement.cells[block.fields[0].id]
            where = Where(book.file, record.placement.sheet, f"{cell}{record.row}" if record.row else cell)
            found.append(Finding("REQUIRED", where, "", name, block.fields[0].id))
    return found


def write_full_archive(workbooks: Path) -> Path:
    """The staff register, and one archive with rows in every form, a few cells of it wrong."""
    random, (manager, *_) = Random("warm"), managers_of(CUSTOMERS_EACH)
    write_register(CUSTOMERS_EACH, workbooks)
    rows: dict[str, list[dict[str, Any]]] = archive(random, 1, manager)
    own = catalogue().of_kind(WorkbookKind.ARCHIVE)
    for form in own:
        for block in form.blocks:
            name = f"{form.id}.{block.id}"
            if name not in rows:
                rows[name] = [example(block, at, manager) for at in range(ROWS_EACH if isinstance(block, Table) else 1)]
    spoil(random, rows)
    path = workbooks / "客户档案" / manager / "KH00001.xlsx"
    write_book(path, own, rows, (manager,))
    return path


def example(block: Block, at: int, manager: str) -> dict[str, Any]:
    """A row of the block's examples, told from the others by its key."""
    row = {field.id: value(field, manager) for field in block.fields if not field.formula}
    for field in block.fields:
        if field.id in key_fields(block) and field.kind in (Kind.TEXT, Kind.NOTE, Kind.CODE):
            row[field.id] = f"{row[field.id]}-{at}"
        elif field.id in key_fields(block) and field.kind is Kind.DATE:
            row[field.id] -= timedelta(days=at)
    return row


def value(field: Field, manager: str) -> Any:
    """A field's example as what a cell holds."""
    text = field.example if isinstance(field.example, str) else field.example.zh
    match field.kind:
        case Kind.STAFF:
            return manager
        case Kind.CHOICE:
            return next(choice.id for choice in field.choices if choice.label.zh == text)
        case Kind.YES_NO:
            return text == "是"
        case Kind.DATE:
            return min(date.fromisoformat(text), TODAY)
        case Kind.MOMENT:
            return datetime.fromisoformat(text)
        case Kind.PERCENT:
            return float(text.rstrip("%")) / 100
        case Kind.INTEGER | Kind.YEAR | Kind.NUMBER | Kind.YUAN | Kind.WAN:
            return float(text)
        case _:
            return text


def table(measured: Sequence[Measured]) -> str:
    """The results as a Markdown table."""
    processor = ["" if one.of_the_processor is None else f"{one.of_the_processor:.0f}" for one in measured]
    rows = (f"| {one.name} | {one.milliseconds:.0f} | {of} |" for one, of in zip(measured, processor, strict=True))
    return "\n".join(["| | ms | of the processor |", "|---|---|---|", *rows])


if __name__ == "__main__":
    main()
