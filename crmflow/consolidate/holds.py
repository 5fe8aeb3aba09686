"""What waits for ``crmflow confirm``: what looks like an accident, who receives trade secrets (decisions 4, 7)."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crmflow.check.rules import at, text_of
from crmflow.consolidate.matching import Known, Row
from crmflow.declare import Block, key_fields
from crmflow.model import Book, Finding, Text, Where

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


@dataclass(frozen=True, slots=True)
class Hold:
    """Something that waits for ``crmflow confirm``; the token names exactly this change."""

    token: str
    finding: Finding


def other_customers(book: Book, rows: Mapping[str, list[Row]], known: Mapping[str, list[Known]]) -> Iterator[Hold]:
    """HELD_CUSTOMER_CHANGED: another customer or credit code on the cover; both are confirmed as one."""
    for name, fields in IDENTITY_FIELDS.items():
        for row, standing in zip(rows.get(name, ()), known.get(name, ()), strict=False):
            pairs = [(one, text_of(standing.values[one]), text_of(row.record.values[one])) for one in fields]
            changed = [(one, before, now) for one, before, now in pairs if before and now and before != now]
            if changed:
                field_id, before, now = changed[0]
                finding = at(row.record, field_id, "HELD_CUSTOMER_CHANGED", now, before=before)
                yield Hold(_token(book, name, *(part for change in changed for part in change)), finding)


def _token(book: Book, *parts: str) -> str:
    return hashlib.sha256("\x1f".join((book.workbook_id, *parts)).encode()).hexdigest()[:8]


def accidents(
    book: Book, name: str, block: Block, pairs: Sequence[tuple[Row, Known]], gone: Sequence[Known],
    before: Sequence[Known],
) -> Iterator[Hold]:
    """HELD_ROWS_GONE, HELD_KEYS_CHANGED: most of the rows that stood ``before`` vanish, or change names, at once."""
    if len(before) < ROWS_WORTH_A_HOLD:
        return
    many = len(before) * SHARE_WORTH_A_HOLD
    where = Where(book.file, before[0].sheet)
    if len(gone) > many:
        facts: dict[str, str | Text] = {"title": block.title, "before": str(len(before)), "gone": str(len(gone))}
        token = _token(book, name, "gone", *sorted(one.row_id for one in gone))
        yield Hold(token, Finding("HELD_ROWS_GONE", where, block=name, facts=facts))
    changed = [row for row, one in pairs if row.key != one.key]
    if len(changed) > many:
        facts = {"title": block.title, "before": str(len(before)), "changed": str(len(changed))}
        token = _token(book, name, "keys", *sorted(row.key for row in changed))
        yield Hold(token, Finding("HELD_KEYS_CHANGED", where, block=name, field_id=key_fields(block)[0], facts=facts))


def trust_holds(book: Book, row: Row, one: Known) -> Iterator[Hold]:
    """HELD_TRUST: changes of who receives trade secrets (decision 7)."""
    record = row.record
    for field_id in TRUST_FIELDS.get(record.block, ()):
        before, now = text_of(one.values.get(field_id)), text_of(record.values[field_id])
        if before != now:
            finding = at(record, field_id, "HELD_TRUST", now, before=before, person=text_of(record.values["name"]))
            yield Hold(_token(book, one.row_id, field_id, before, now), finding._replace(row_key=row.name))
