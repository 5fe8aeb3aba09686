"""A checked workbook against what the store holds of it → the changes that make the store true again.

Good rows go in, bad rows stay out and nothing is lost (decision 4): a row
with an error leaves its last accepted revision standing and marked stale, a row
that disappears is closed, and what looks like an accident waits for somebody to
confirm it. Rows are matched as decision 5 says.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from string import ascii_uppercase
from typing import NamedTuple

from crmflow.catalogue import Catalogue
from crmflow.check.books import Checked, has_error
from crmflow.check.rules import at, text_of
from crmflow.codes import severity
from crmflow.consolidate.holds import Hold, accidents, other_customers, trust_holds
from crmflow.consolidate.matching import Known, Row, key_text, match
from crmflow.declare import Block, block_id, key_fields
from crmflow.model import Book, Finding, Record, Severity, Value, WorkbookKind


class Action(StrEnum):
    """What a revision says of its row."""

    OPEN = "open"
    CHANGE = "change"
    CLOSE = "close"
    REOPEN = "reopen"


class Revision(NamedTuple):
    """An immutable statement about a row; a closing keeps the values it closes on."""

    row_id: str
    block: str
    period: str
    key: str
    ordinal: int
    action: Action
    values: Mapping[str, Value]


class Position(NamedTuple):
    """Where a row was last seen, and whether what the store holds of it is behind the file."""

    row_id: str
    sheet: str
    row: int
    stale: bool


@dataclass(frozen=True, slots=True)
class Held:
    """A row kept out of the store until it is mended or confirmed, with its text as typed."""

    block: str
    key: str
    record: Record


@dataclass(frozen=True, slots=True)
class Changes:
    """What one workbook changes. Each of its rows is counted once: accepted, unchanged or held."""

    book: Book
    customer: str
    revisions: tuple[Revision, ...] = ()
    positions: tuple[Position, ...] = ()
    held: tuple[Held, ...] = ()
    holds: tuple[Hold, ...] = ()
    findings: tuple[Finding, ...] = ()
    accepted: int = 0
    unchanged: int = 0
    closed: int = 0


NO_PERIOD = frozenset({""})


@dataclass
class _Draft:
    """Changes of one workbook in the making; local to ``consolidate``."""

    revisions: list[Revision] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    accepted: int = 0
    unchanged: int = 0
    closed: int = 0


def consolidate(
    checked: Checked, known: Sequence[Known], confirmed: Set[str], catalogue: Catalogue, new_id: Callable[[], str]
) -> Changes:
    """Work out what a workbook changes in the store; ``confirmed`` are the tokens of holds let through."""
    book = checked.book
    rows = _rows_by_block(checked, catalogue)
    draft = _Draft(findings=[*checked.findings, *_keyed(rows)])
    by_block = _by_block(known)
    other_customer = [hold for hold in other_customers(book, rows, by_block) if hold.token not in confirmed]
    draft.holds += other_customer
    customer = _customer(rows, by_block, is_held=bool(other_customer))
    barred = _barred_blocks(checked, rows, catalogue, customer)
    periods = _periods(rows)
    for name in sorted(rows.keys() | by_block.keys()):
        incoming, standing = rows.get(name, []), by_block.get(name, [])
        if other_customer or name in barred or name in book.absent:
            _hold_block(name, incoming, standing, draft)
        else:
            own = periods.get(name.partition(".")[0], NO_PERIOD)
            merge = _Merge(book, name, catalogue.block(name), customer, own, confirmed)
            _merge_block(merge, incoming, standing, draft, new_id)
    return Changes(
        book=book, customer=customer,
        revisions=tuple(draft.revisions), positions=tuple(draft.positions), held=tuple(draft.held),
        holds=tuple(draft.holds), findings=(*draft.findings, *(hold.finding for hold in draft.holds)),
        accepted=draft.accepted, unchanged=draft.unchanged, closed=draft.closed,
    )


def _periods(rows: Mapping[str, list[Row]]) -> Mapping[str, Set[str]]:
    """The periods that the file speaks of in each form: rows of other periods are other rows."""
    periods: dict[str, set[str]] = defaultdict(set)
    for name, found in rows.items():
        periods[name.partition(".")[0]].update(row.record.period for row in found)
    return periods


def _rows_by_block(checked: Checked, catalogue: Catalogue) -> dict[str, list[Row]]:
    rows: dict[str, list[tuple[Record, tuple[Finding, ...]]]] = defaultdict(list)
    for record, faults in zip(checked.book.records, checked.faults, strict=True):
        rows[record.block].append((record, faults))
    return {name: list(_named(found, key_fields(catalogue.block(name)))) for name, found in rows.items()}


def _named(rows: Iterable[tuple[Record, tuple[Finding, ...]]], fields: Sequence[str]) -> Iterator[Row]:
    """The rows of a block with their names; those with the same key ``fields`` are counted."""
    seen: dict[str, int] = defaultdict(int)
    for record, faults in rows:
        key = key_text(record.period, record.values, fields)
        yield Row(record, faults, key, seen[key])
        seen[key] += 1


def _keyed(rows: Mapping[str, list[Row]]) -> Iterator[Finding]:
    """The rows' findings with the key of their row, which stays when a row is inserted above."""
    for found in rows.values():
        for row in found:
            for finding in row.faults:
                yield finding._replace(row_key=row.name)


def _by_block(known: Iterable[Known]) -> dict[str, list[Known]]:
    blocks: dict[str, list[Known]] = defaultdict(list)
    for row in known:
        blocks[row.block].append(row)
    return blocks


def _customer(rows: Mapping[str, list[Row]], known: Mapping[str, list[Known]], *, is_held: bool) -> str:
    """The customer code that governs an archive: the one on its cover, unless that is at fault or waits."""
    standing = next((text_of(one.values["code"]) for one in known.get("F0.cover", ())), "")
    cover = next(iter(rows.get("F0.cover", ())), None)
    if cover is None or is_held or (standing and not cover.is_good):
        return standing
    at_fault = has_error([one for one in cover.faults if one.field_id == "code"])
    return "" if at_fault else text_of(cover.record.values["code"])


def _barred_blocks(
    checked: Checked, rows: Mapping[str, list[Row]], catalogue: Catalogue, customer: str
) -> Set[str]:
    """Blocks whose headings are at fault: their rows cannot be trusted and none is accepted.

    A cover without a code, or with another archive's, bars its whole archive: nobody knows whose customer it is.
    So does a plan without its year: nobody knows which rows are meant.
    """
    barred = {
        finding.block for finding in checked.findings
        if finding.block and severity(finding) is Severity.ERROR
    }
    codes = {finding.code for faults in checked.faults for finding in faults}
    is_nobodys = checked.book.kind is WorkbookKind.ARCHIVE and not customer
    if is_nobodys or codes & {"CUSTOMER_DOUBLED", "CREDIT_CODE_DOUBLED"}:
        barred |= set(catalogue.blocks)
    return barred | set(_without_period(rows, catalogue))


def _without_period(rows: Mapping[str, list[Row]], catalogue: Catalogue) -> Iterator[str]:
    """The blocks of periodic forms whose year or month is missing or wrong."""
    for name, found in rows.items():
        form = catalogue.form_of(name)
        card, _, field_id = form.period_field.partition(".")
        if name == f"{form.id}.{card}" and any(
            one.field_id == field_id for row in found for one in row.faults if has_error([one])
        ):
            yield from (block_id(form, block) for block in form.blocks)


@dataclass(frozen=True, slots=True)
class _Merge:
    """What the merging of one block rests on besides its rows."""

    book: Book
    name: str
    block: Block
    customer: str
    periods: Set[str]
    confirmed: Set[str]


def _hold_block(name: str, incoming: Sequence[Row], standing: Sequence[Known], draft: _Draft) -> None:
    """Leave everything as it stands, and keep the rows that came."""
    draft.held += [Held(name, row.key, row.record) for row in incoming]
    draft.positions += [Position(one.row_id, one.sheet, one.row, True) for one in standing if one.is_open]


def _merge_block(
    merge: _Merge, incoming: Sequence[Row], standing: Sequence[Known], draft: _Draft, new_id: Callable[[], str]
) -> None:
    pairs, new, gone = match(merge.block, merge.periods, incoming, standing)
    before = [one for one in standing if one.is_open and one.period in merge.periods]
    found = accidents(merge.book, merge.name, merge.block, pairs, gone, before)
    if waiting := [hold for hold in found if hold.token not in merge.confirmed]:
        draft.holds += waiting
        _hold_block(merge.name, incoming, standing, draft)
        return
    for row, one in pairs:
        _settle_pair(merge, row, one, draft)
    _open(new, new_id, draft)
    keep = bool(gone) and not all(row.is_good for row in new)
    for one in gone:
        _let_go(one, keep, draft)


def _settle_pair(merge: _Merge, row: Row, one: Known, draft: _Draft) -> None:
    record = row.record
    if not row.is_good:
        draft.positions.append(_position(one.row_id, record, stale=True))
        draft.held.append(Held(record.block, row.key, record))
        return
    values = dict(record.values)
    holds = [hold for hold in trust_holds(merge.book, row, one) if hold.token not in merge.confirmed]
    for hold in holds:
        draft.holds.append(hold)
        values[hold.finding.field_id] = one.values[hold.finding.field_id]
    draft.positions.append(_position(one.row_id, record, stale=bool(holds)))
    if row.key != one.key:
        draft.findings.append(_rekeyed(merge.block, row, one))
    if values == one.values and row.key == one.key and one.is_open and one.customer == merge.customer:
        draft.unchanged += 1
        return
    action = Action.CHANGE if one.is_open else Action.REOPEN
    draft.accepted += 1
    draft.revisions.append(Revision(one.row_id, record.block, record.period, row.key, row.ordinal, action, values))


def _position(row_id: str, record: Record, *, stale: bool) -> Position:
    """Where a row stands; a card stands where its first field does."""
    row = record.row or min([int(cell.lstrip(ascii_uppercase)) for cell in record.placement.cells.values()], default=0)
    return Position(row_id, record.placement.sheet, row, stale)


def _rekeyed(block: Block, row: Row, one: Known) -> Finding:
    """REKEYED: the row has another name now and keeps its history (decision 5)."""
    values = row.record.values
    field_id = next(name for name in key_fields(block) if text_of(values[name]) != text_of(one.values.get(name)))
    before = text_of(one.values.get(field_id))
    return at(row.record, field_id, "REKEYED", text_of(values[field_id]), before=before)._replace(row_key=row.name)


def _open(new: Iterable[Row], new_id: Callable[[], str], draft: _Draft) -> None:
    for row in new:
        record = row.record
        if not row.is_good:
            draft.held.append(Held(record.block, row.key, record))
            continue
        row_id = new_id()
        draft.accepted += 1
        draft.positions.append(_position(row_id, record, stale=False))
        draft.revisions.append(
            Revision(row_id, record.block, record.period, row.key, row.ordinal, Action.OPEN, record.values)
        )


def _let_go(one: Known, keep: bool, draft: _Draft) -> None:
    """Close a row that disappeared; while a bad row of the block may be it under a mistyped key, keep it, stale."""
    if keep:
        draft.positions.append(Position(one.row_id, one.sheet, one.row, True))
        return
    draft.closed += 1
    draft.revisions.append(Revision(one.row_id, one.block, one.period, one.key, one.ordinal, Action.CLOSE, one.values))
