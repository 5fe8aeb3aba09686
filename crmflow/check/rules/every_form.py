"""Rules that hold in every form: keys, the checks a row declares, and people who must be ours."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from operator import itemgetter

from crmflow.catalogue import Catalogue
from crmflow.check.rules.view import Broken, View, at, shown, text_of
from crmflow.declare import Block, Field, Kind, Table
from crmflow.model import Record, Text
from crmflow.people import Directory


def keys_are_unique(view: View) -> Broken:
    """KEY_DOUBLED: rows of one block are told apart by their key (section 2.3)."""
    for name, rows in view.blocks.items():
        block = view.catalogue.block(name)
        if not isinstance(block, Table) or _are_unique(block, rows):
            continue
        seen: dict[tuple[str, ...], int] = {}
        for position, record in rows:
            key = tuple(text_of(record.values[field]) for field in block.key)
            if any(key) and key in seen:
                facts: dict[str, str | Text] = {"other": str(seen[key]), "key": _labels(block)}
                yield position, at(record, block.key[0], "KEY_DOUBLED", key[0], **facts)
            seen.setdefault(key, record.row)


def _are_unique(block: Table, rows: Sequence[tuple[int, Record]]) -> bool:
    """Whether all keys differ, as nearly always: found out in a fraction of the time that it takes to tell which."""
    key = itemgetter(*block.key)
    return len({key(record.values) for _, record in rows}) == len(rows)


def _labels(block: Table) -> Text:
    fields = [field for field in block.fields if field.id in block.key]
    return Text("、".join(field.label.zh for field in fields), ", ".join(field.label.en for field in fields))


def row_checks_hold(view: View) -> Broken:
    """The checks that the forms declare over one row."""
    for name, rows in view.blocks.items():
        block = view.catalogue.block(name)
        for check in block.checks:
            reads = {check.field_id, *check.reads}
            for position, record in rows:
                values = record.values
                # A workbook older than the field has no cell to mend.
                if check.field_id not in record.placement.cells or not reads.isdisjoint(record.unread):
                    continue
                if None not in [values[need] for need in check.needs] and not check.passes(values):
                    value = _as_typed(block, check.field_id, record)
                    yield position, at(record, check.field_id, check.code, value, **check.facts)


def _as_typed(block: Block, field_id: str, record: Record) -> str:
    value = record.values[field_id]
    field = next(field for field in block.fields if field.id == field_id)
    return next((choice.label.zh for choice in field.choices if choice.id == value), shown(value))


def staff_are_staff(view: View) -> Broken:
    """NOT_STAFF, STAFF_AMBIGUOUS: whoever is named for us stands in F30."""
    if not view.people.people:
        return
    for name, rows in view.blocks.items():
        for field in _staff_fields(view.catalogue)[name]:
            yield from _staff_faults(view.people, rows, field)


@lru_cache(maxsize=1)
def _staff_fields(catalogue: Catalogue) -> Mapping[str, Sequence[Field]]:
    """The fields of each block that name people of ours."""
    return {
        name: [field for field in block.fields if field.kind is Kind.STAFF] for name, block in catalogue.blocks.items()
    }


def _staff_faults(people: Directory, rows: Sequence[tuple[int, Record]], field: Field) -> Broken:
    named = {value for _, record in rows if isinstance(value := record.values[field.id], str)}
    doubtful = {name: found for name in named if len(found := people.candidates(name)) != 1}
    for position, record in rows if doubtful else ():
        value = record.values[field.id]
        if not isinstance(value, str) or value not in doubtful:
            continue
        if candidates := doubtful[value]:
            choice = "、".join(f"{person.name}（{person.number}）" for person in candidates[:4])
            yield position, at(record, field.id, "STAFF_AMBIGUOUS", value, candidates=choice)
        else:
            yield position, at(record, field.id, "NOT_STAFF", value)
