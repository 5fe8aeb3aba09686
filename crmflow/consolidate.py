"""A checked workbook against what the store holds of it → the changes that make the store true again.

Good rows go in, bad rows stay out and nothing is lost (decision 4): a row
with an error leaves its last accepted revision standing and marked stale, a row
that disappears is closed, and what looks like an accident waits for somebody to
confirm it. Rows are matched as decision 5 says.
"""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum

from crmflow.catalogue import Catalogue
from crmflow.check.books import Checked, has_error
from crmflow.check.rules import at, text_of
from crmflow.codes import severity
from crmflow.declare import Block, key_fields
from crmflow.model import Book, Finding, Record, Severity, Text, Value, Where, WorkbookKind

SAME_ROW = 0.6
"""The share of other fields that must be equal for a row with a new key to be the old one (decision 5)."""
ROWS_WORTH_A_HOLD = 5
"""Below this many known rows no loss is called an accident."""
SHARE_WORTH_A_HOLD = 0.5

IDENTITY_FIELDS: Mapping[str, tuple[str, ...]] = {"F0.cover": ("code", "credit_code")}
"""Fields whose change makes it another customer's archive: the whole workbook is held."""
TRUST_FIELDS: Mapping[str, tuple[str, ...]] = {
    "F0.cover": ("account_manager",),
    "F30.people": ("role", "superior", "email"),
}
"""Fields that decide who receives trade secrets: the old value governs until confirmed (decision 7)."""


class Action(StrEnum):
    """What a revision says of its row."""

    OPEN = "open"
    CHANGE = "change"
    CLOSE = "close"
    REOPEN = "reopen"


@dataclass(frozen=True, slots=True)
class Known:
    """A row as the store holds it."""

    row_id: str
    block: str
    period: str
    key: str
    ordinal: int
    values: Mapping[str, Value]
    is_open: bool
    stale: bool
    sheet: str
    row: int


@dataclass(frozen=True, slots=True)
class Revision:
    """An immutable statement about a row; a closing keeps the values it closes on."""

    row_id: str
    block: str
    period: str
    key: str
    ordinal: int
    action: Action
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Position:
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
class Hold:
    """Something that waits for ``crmflow confirm``; the token names exactly this change."""

    token: str
    finding: Finding


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


@dataclass(frozen=True, slots=True)
class _Row:
    """An incoming row with its name within the block."""

    record: Record
    faults: tuple[Finding, ...]
    key: str
    ordinal: int

    @property
    def is_good(self) -> bool:
        return not has_error(self.faults)


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
    draft = _Draft(findings=list(checked.all_findings))
    rows = _rows_by_block(checked, catalogue)
    by_block = _by_block(known)
    other_customer = list(_other_customer(book, rows, by_block, confirmed, catalogue))
    draft.holds += other_customer
    customer = _customer(rows, by_block)
    barred = _barred_blocks(checked, catalogue, customer)
    for name in sorted(rows.keys() | by_block.keys()):
        incoming, standing = rows.get(name, []), by_block.get(name, [])
        if other_customer or name in barred or name in book.absent:
            _hold_block(name, incoming, standing, draft)
        else:
            _merge_block(book, name, catalogue.block(name), incoming, standing, confirmed, draft, new_id)
    return Changes(
        book=book, customer=customer,
        revisions=tuple(draft.revisions), positions=tuple(draft.positions), held=tuple(draft.held),
        holds=tuple(draft.holds), findings=(*draft.findings, *(hold.finding for hold in draft.holds)),
        accepted=draft.accepted, unchanged=draft.unchanged, closed=draft.closed,
    )


def key_text(period: str, values: Mapping[str, Value], block: Block) -> str:
    """What names a row within its block: its period and key fields."""
    return "\x1f".join((period, *(text_of(values[name]).casefold() for name in key_fields(block))))


def _rows_by_block(checked: Checked, catalogue: Catalogue) -> dict[str, list[_Row]]:
    rows: dict[str, list[_Row]] = defaultdict(list)
    seen: dict[tuple[str, str], int] = defaultdict(int)
    for record, faults in zip(checked.book.records, checked.faults, strict=True):
        key = key_text(record.period, record.values, catalogue.block(record.block))
        rows[record.block].append(_Row(record, faults, key, seen[record.block, key]))
        seen[record.block, key] += 1
    return rows


def _by_block(known: Iterable[Known]) -> dict[str, list[Known]]:
    blocks: dict[str, list[Known]] = defaultdict(list)
    for row in known:
        blocks[row.block].append(row)
    return blocks


def _customer(rows: Mapping[str, list[_Row]], known: Mapping[str, list[Known]]) -> str:
    """The customer code that governs an archive: the accepted one, else the one on a cover without fault."""
    for standing in known.get("F0.cover", ()):
        return text_of(standing.values["code"])
    return next((text_of(row.record.values["code"]) for row in rows.get("F0.cover", ())), "")


def _barred_blocks(checked: Checked, catalogue: Catalogue, customer: str) -> Set[str]:
    """Blocks whose headings are at fault: their rows cannot be trusted and none is accepted.

    A cover without a code, or with another archive's, bars its whole archive: nobody knows whose customer it is.
    """
    barred = {
        finding.block for finding in checked.findings
        if finding.block and severity(finding) is Severity.ERROR
    }
    codes = {finding.code for faults in checked.faults for finding in faults}
    if codes & {"CUSTOMER_DOUBLED", "CREDIT_CODE_DOUBLED"} or (checked.book.kind is WorkbookKind.ARCHIVE and not customer):
        barred |= set(catalogue.blocks)
    return barred


def _other_customer(
    book: Book, rows: Mapping[str, list[_Row]], known: Mapping[str, list[Known]], confirmed: Set[str],
    catalogue: Catalogue,
) -> Iterator[Hold]:
    """HELD_CUSTOMER_CHANGED: another customer or credit code on the cover."""
    for name, fields in IDENTITY_FIELDS.items():
        for row, standing in zip(rows.get(name, ()), known.get(name, ()), strict=False):
            for field_id in fields:
                before, now = text_of(standing.values[field_id]), text_of(row.record.values[field_id])
                hold = _hold(book, row.record, field_id, "HELD_CUSTOMER_CHANGED", before, now)
                if before and now and before != now and hold.token not in confirmed:
                    yield hold


def _hold(book: Book, record: Record, field_id: str, code: str, before: str, now: str, person: str = "") -> Hold:
    finding = at(record, field_id, code, now, before=before, person=person)
    return Hold(_token(book, record.block, code, field_id, person, before, now), finding)


def _token(book: Book, *parts: str) -> str:
    return hashlib.sha256("\x1f".join((book.workbook_id, *parts)).encode()).hexdigest()[:8]


def _hold_block(name: str, incoming: Sequence[_Row], standing: Sequence[Known], draft: _Draft) -> None:
    """Leave everything as it stands, and keep the rows that came."""
    draft.held += [Held(name, row.key, row.record) for row in incoming]
    draft.positions += [Position(one.row_id, one.sheet, one.row, True) for one in standing if one.is_open]


def _merge_block(
    book: Book, name: str, block: Block, incoming: Sequence[_Row], standing: Sequence[Known], confirmed: Set[str],
    draft: _Draft, new_id: Callable[[], str],
) -> None:
    pairs, new, gone = _match(block, incoming, standing)
    accidents = [hold for hold in _accidents(book, name, block, pairs, gone, standing) if hold.token not in confirmed]
    if accidents:
        draft.holds += accidents
        _hold_block(name, incoming, standing, draft)
        return
    for row, one in pairs:
        _settle_pair(book, block, row, one, confirmed, draft)
    for row in new:
        _open(name, row, new_id, draft)
    keep = any(not row.is_good for row in new)
    for one in gone:
        _let_go(one, keep, draft)


def _match(
    block: Block, incoming: Sequence[_Row], standing: Sequence[Known]
) -> tuple[list[tuple[_Row, Known]], list[_Row], list[Known]]:
    """Pair rows by key and ordinal, then left-over pairs that are alike; the rest is new or gone."""
    named = {(one.key, one.ordinal): one for one in standing}
    pairs: list[tuple[_Row, Known]] = []
    new: list[_Row] = []
    for row in incoming:
        one = named.pop((row.key, row.ordinal), None)
        if one is None:
            new.append(row)
        else:
            pairs.append((row, one))
    periods = {row.record.period for row in incoming}
    gone = [one for one in named.values() if one.is_open and one.period in periods | ({""} if not incoming else set())]
    if new and gone:
        for row, one in list(_alike(block, new, gone)):
            pairs.append((row, one))
            new.remove(row)
            gone.remove(one)
    return pairs, new, gone


def _alike(block: Block, new: Sequence[_Row], gone: Sequence[Known]) -> Iterator[tuple[_Row, Known]]:
    """Unique pairs of which at least 60 % of the fields outside the key are equal (decision 5)."""
    if len(new) * len(gone) > 250_000:
        return
    candidates = {
        index: [one for one in gone if _likeness(block, row.record.values, one.values) >= SAME_ROW]
        for index, row in enumerate(new)
    }
    wanted: dict[str, int] = defaultdict(int)
    for found in candidates.values():
        for one in found:
            wanted[one.row_id] += 1
    for index, found in candidates.items():
        if len(found) == 1 and wanted[found[0].row_id] == 1:
            yield new[index], found[0]


def _likeness(block: Block, left: Mapping[str, Value], right: Mapping[str, Value]) -> float:
    keys = key_fields(block)
    others = [
        field.id for field in block.fields
        if field.id not in keys and (left[field.id] is not None or right.get(field.id) is not None)
    ]
    return sum(left[name] == right.get(name) for name in others) / len(others) if others else 0.0


def _accidents(
    book: Book, name: str, block: Block, pairs: Sequence[tuple[_Row, Known]], gone: Sequence[Known],
    standing: Sequence[Known],
) -> Iterator[Hold]:
    """HELD_ROWS_GONE, HELD_KEYS_CHANGED: most rows vanish, or change their names, at once."""
    before = sum(one.is_open for one in standing)
    if before < ROWS_WORTH_A_HOLD:
        return
    many = before * SHARE_WORTH_A_HOLD
    where = Where(book.file, standing[0].sheet)
    if len(gone) > many:
        facts: dict[str, str | Text] = {"title": block.title, "before": str(before), "gone": str(len(gone))}
        token = _token(book, name, "gone", *sorted(one.row_id for one in gone))
        yield Hold(token, Finding("HELD_ROWS_GONE", where, block=name, facts=facts))
    changed = [row for row, one in pairs if row.key != one.key]
    if len(changed) > many:
        facts = {"title": block.title, "before": str(before), "changed": str(len(changed))}
        token = _token(book, name, "keys", *sorted(row.key for row in changed))
        yield Hold(token, Finding("HELD_KEYS_CHANGED", where, block=name, field_id=key_fields(block)[0], facts=facts))


def _settle_pair(
    book: Book, block: Block, row: _Row, one: Known, confirmed: Set[str], draft: _Draft
) -> None:
    record = row.record
    draft.positions.append(Position(one.row_id, record.placement.sheet, record.row, not row.is_good))
    if not row.is_good:
        draft.held.append(Held(record.block, row.key, record))
        return
    values = dict(record.values)
    for hold in _trust_holds(book, record, one):
        if hold.token not in confirmed:
            draft.holds.append(hold)
            values[hold.finding.field_id] = one.values[hold.finding.field_id]
    if row.key != one.key:
        key_field = next(name for name in key_fields(block) if record.values[name] != one.values.get(name))
        before = text_of(one.values.get(key_field))
        draft.findings.append(at(record, key_field, "REKEYED", text_of(record.values[key_field]), before=before))
    if values == one.values and row.key == one.key and one.is_open:
        draft.unchanged += 1
        return
    action = Action.CHANGE if one.is_open else Action.REOPEN
    draft.accepted += 1
    draft.revisions.append(Revision(one.row_id, record.block, record.period, row.key, row.ordinal, action, values))


def _trust_holds(book: Book, record: Record, one: Known) -> Iterator[Hold]:
    """HELD_TRUST: changes of who receives trade secrets (decision 7)."""
    for field_id in TRUST_FIELDS.get(record.block, ()):
        before, now = text_of(one.values.get(field_id)), text_of(record.values[field_id])
        if before != now:
            whose = text_of(record.values["name"])
            yield _hold(book, record, field_id, "HELD_TRUST", before, now, whose)


def _open(name: str, row: _Row, new_id: Callable[[], str], draft: _Draft) -> None:
    if not row.is_good:
        draft.held.append(Held(name, row.key, row.record))
        return
    row_id = new_id()
    draft.accepted += 1
    draft.revisions.append(
        Revision(row_id, name, row.record.period, row.key, row.ordinal, Action.OPEN, row.record.values)
    )
    draft.positions.append(Position(row_id, row.record.placement.sheet, row.record.row, False))


def _let_go(one: Known, keep: bool, draft: _Draft) -> None:
    """Close a row that disappeared; while a bad row of the block may be it under a mistyped key, keep it, stale."""
    if keep:
        draft.positions.append(Position(one.row_id, one.sheet, one.row, True))
        return
    draft.closed += 1
    draft.revisions.append(Revision(one.row_id, one.block, one.period, one.key, one.ordinal, Action.CLOSE, one.values))


def with_owner(finding: Finding, customer: str, owner: str) -> Finding:
    """The finding with the archive it concerns and who must mend it."""
    return replace(finding, customer=customer, owner=owner)
