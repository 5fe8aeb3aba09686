"""Rules that hold in every form: keys, the checks a row declares, and people who must be ours."""

from crmflow.check.rules.view import Broken, View, at, shown, text_of
from crmflow.declare import Block, Field, Kind, Table
from crmflow.model import Record, Text
from crmflow.people import Directory


def keys_are_unique(view: View) -> Broken:
    """KEY_DOUBLED: rows of one block are told apart by their key (section 2.3)."""
    for name, rows in view.blocks.items():
        block = view.catalogue.block(name)
        if not isinstance(block, Table):
            continue
        seen: dict[tuple[str, ...], int] = {}
        for position, record in rows:
            key = tuple(text_of(record.values[field]) for field in block.key)
            if any(key) and key in seen:
                facts: dict[str, str | Text] = {"other": str(seen[key]), "key": _labels(block)}
                yield position, at(record, block.key[0], "KEY_DOUBLED", key[0], **facts)
            seen.setdefault(key, record.row)


def _labels(block: Table) -> Text:
    fields = [field for field in block.fields if field.id in block.key]
    return Text("、".join(field.label.zh for field in fields), ", ".join(field.label.en for field in fields))


def row_checks_hold(view: View) -> Broken:
    """The checks that the forms declare over one row."""
    for name, rows in view.blocks.items():
        block = view.catalogue.block(name)
        for check in block.checks:
            for position, record in rows:
                # A workbook older than the field has no cell to mend.
                if check.field_id not in record.placement.cells:
                    continue
                unread = record.unread.keys() & {check.field_id, *check.reads} if record.unread else ()
                if unread or any(record.values[need] is None for need in check.needs):
                    continue
                if not check.passes(record.values):
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
        fields = [field for field in view.catalogue.block(name).fields if field.kind is Kind.STAFF]
        for position, record in rows:
            for field in fields:
                yield from _staff_fault(view.people, position, record, field)


def _staff_fault(people: Directory, position: int, record: Record, field: Field) -> Broken:
    named = record.values[field.id]
    if not isinstance(named, str):
        return
    candidates = people.candidates(named)
    if not candidates:
        yield position, at(record, field.id, "NOT_STAFF", named)
    elif len(candidates) > 1:
        choice = "、".join(f"{person.name}（{person.number}）" for person in candidates[:4])
        yield position, at(record, field.id, "STAFF_AMBIGUOUS", named, candidates=choice)
