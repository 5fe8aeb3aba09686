"""What cannot be done to the prescribed forms, with the place in ``config.yaml`` where somebody tried."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from crmflow.catalogue import forms as prescribed
from crmflow.customising.settings import BlockChange, FieldChange, Forms, NewChoice, NewField
from crmflow.declare import Block, Field, Form, Kind, block_id, key_fields
from crmflow.model import Text
from crmflow.settings import Mistake, Name, Place
from crmflow.texts import both

PILLARS = ("F0", "F30")
"""Forms without which there are no customers and nobody to tell."""
RESTED_ON: Mapping[str, frozenset[str]] = {name: frozenset(fields.split()) for name, fields in {
    "F0.cover": "code name stage account_manager opened_on verified_on",
    "F3.relations": "status",
    "F7.actions": "owner due_on status",
    "F8.projects": "contract_amount win_rate margin",
    "F10.reports": "on_site planned",
    "F11.transactions": "date amount",
    "F12.complaints": "kind received_at responsible_party",
    "F13.surveys": "overall",
    "F16.tickets": "kind first_asked reported_at",
    "F18.incentives": "value recipient_kind granted_to",
    "F19.orders": "promised_on",
    "F20.report": "account_manager",
    "F30.people": "name role email",
    "F31a.candidates": "kind",
    "F31b.steps": "owner due_on",
    "F32.receptions": "tier rank",
    "F33a.lines": "rate",
    "F33b.lines": "customer ledger amount",
    "F33c.applications": "customer ledger kind beneficiary amount applied_on",
    "F34.loans": "borrower archive until_on approved_by",
    "F36.suggestions": "owner due_on",
    "F37.targets": "target",
    "F39.parts": "counted_on counted",
    "F40.incidents": "happened_on superior",
    "F41a.exemptions": "until_on",
    "F41b.days": "kind",
    "F41c.leave": "until_on",
}.items()}
"""Required fields, besides those that name a row or a period, without which duties, grades or checks say nothing."""
UNITS = {Kind.YUAN: "（元）", Kind.WAN: "（万元）"}
"""What the label of an amount ends in, so that nobody takes one unit for the other."""
LONGEST_HELP, LONGEST_LABEL = 200, 60
"""Characters: Excel shows a hint of 255 beside the cell, of which the example takes some."""
_BRACKETS, _DROPPED = re.compile(r"[(\[【][^)\]】]*[)\]】]"), re.compile(r"[\s*:]+")


def mistakes(changes: Forms) -> Iterator[Mistake]:
    """Everything in the changes that does not fit the prescribed forms."""
    forms = {form.id: form for form in prescribed()}
    yield from _hidden(forms, changes)
    blocks = {
        block_id(form, block): (form, block)
        for form in forms.values() if form.id not in changes.hide for block in form.blocks
    }
    for name, change in changes.change.items():
        place: Place = ("forms", "change", name)
        if name not in blocks:
            yield Mistake(place, name, _one_of(blocks))
            continue
        form, block = blocks[name]
        yield from _fields(place, form, block, change)
        yield from _labels(place, block, change)


def _hidden(forms: Mapping[str, Form], changes: Forms) -> Iterator[Mistake]:
    for at, form in enumerate(changes.hide):
        place: Place = ("forms", "hide", at)
        if form not in forms:
            yield Mistake(place, form, _one_of(one for one in forms if one not in PILLARS))
        elif form in PILLARS:
            yield Mistake(place, form, both("config.allowed.not_pillar"))


def _fields(place: Place, form: Form, block: Block, change: BlockChange) -> Iterator[Mistake]:
    fields = {field.id: field for field in block.fields}
    for name, one in change.fields.items():
        here: Place = (*place, "fields", name)
        if name not in fields:
            yield Mistake(here, name, _one_of(fields))
            continue
        yield from _change(here, f"{form.id}.{block.id}", fields[name], one, form, block)
    taken = set(fields)
    for at, new in enumerate(change.add):
        if new.id in taken:
            yield Mistake((*place, "add", at, "id"), new.id, both("config.allowed.free_id", taken="、".join(taken)))
        taken.add(new.id)
        yield from _new(new, (*place, "add", at))


def _change(
    place: Place, name: str, field: Field, change: FieldChange, form: Form, block: Block
) -> Iterator[Mistake]:
    needed = {*key_fields(block), *RESTED_ON.get(name, ())}
    if form.period_field == f"{block.id}.{field.id}":
        needed.add(field.id)
    if field.required and change.required is False and field.id in needed:
        yield Mistake((*place, "required"), "false", both("config.allowed.stays_required"))
    if change.required and field.formula:
        yield Mistake((*place, "required"), "true", both("config.allowed.computed"))
    if change.choices.add and not field.choices:
        yield Mistake((*place, "choices"), field.id, both("config.allowed.choice_field"))
    standing = [(one.id, (one.label.zh, one.label.en, *one.aliases)) for one in field.choices]
    yield from _choices((*place, "choices", "add"), standing, change.choices.add)
    if change.label:
        yield from _unit((*place, "label"), field.kind, change.label.zh)
    yield from _lengths(place, change.label, change.help)


def _new(new: NewField, place: Place) -> Iterator[Mistake]:
    kind = Kind(new.kind)
    if (kind is Kind.CHOICE) != bool(new.choices):
        allowed = "config.allowed.some_choices" if kind is Kind.CHOICE else "config.allowed.choice_field"
        yield Mistake((*place, "choices"), new.kind, both(allowed))
    yield from _choices((*place, "choices"), [], new.choices)
    yield from _lengths(place, new.label, new.help)
    yield from _unit((*place, "label"), kind, new.label.zh)


def _choices(
    place: Place, standing: Iterable[tuple[str, tuple[str, ...]]], new: Iterable[NewChoice]
) -> Iterator[Mistake]:
    ids, labels = set[str](), set[str]()
    for one, spellings in standing:
        ids.add(one)
        labels.update(map(plain, spellings))
    for at, choice in enumerate(new):
        if choice.id in ids:
            yield Mistake((*place, at, "id"), choice.id, both("config.allowed.free_id", taken="、".join(sorted(ids))))
        for language, label in (("zh", choice.zh), ("en", choice.en)):
            if plain(label) in {"", *labels}:
                yield Mistake((*place, at, language), label, both("config.allowed.free_label"))
        ids.add(choice.id)
        labels |= {plain(choice.zh), plain(choice.en)}


def _unit(place: Place, kind: Kind, label: str) -> Iterator[Mistake]:
    if kind in UNITS and not unicodedata.normalize("NFKC", label).endswith(unicodedata.normalize("NFKC", UNITS[kind])):
        yield Mistake((*place, "zh"), label, both("config.allowed.unit", unit=UNITS[kind]))


def _lengths(place: Place, label: Name | None, help: Name | None) -> Iterator[Mistake]:
    for key, name, limit in (("label", label, LONGEST_LABEL), ("help", help, LONGEST_HELP)):
        for language, text in (("zh", name.zh), ("en", name.en)) if name else ():
            if len(text) > limit:
                yield Mistake((*place, key, language), f"{text[:20]}…", both("config.allowed.short", limit=limit))


def _labels(place: Place, block: Block, change: BlockChange) -> Iterator[Mistake]:
    """Labels that are empty or would name two fields of the block: a sheet is read by them."""
    given = {
        (*place, "fields", name, "label"): one.label for name, one in change.fields.items() if one.label is not None
    } | {(*place, "add", at, "label"): new.label for at, new in enumerate(change.add)}
    renamed = {path[-2]: label for path, label in given.items()}
    names: Counter[str] = Counter()
    for field in block.fields:
        spellings = {field.label.zh, field.label.en, *field.aliases}
        if label := renamed.get(field.id):
            spellings |= {label.zh, label.en}
        names.update({plain(spelling) for spelling in spellings})
    for new in change.add:
        names.update({plain(new.label.zh), plain(new.label.en)})
    for path, label in given.items():
        for language, text in (("zh", label.zh), ("en", label.en)):
            if not plain(text) or names[plain(text)] > 1:
                yield Mistake((*path, language), text, both("config.allowed.free_label"))


def _one_of(names: Iterable[str]) -> Text:
    return both("config.allowed.one_of", choices="、".join(names))


def plain(label: str) -> str:
    """A label as a reader compares it: without brackets, stars, colons, blanks, width or case."""
    return _DROPPED.sub("", _BRACKETS.sub("", unicodedata.normalize("NFKC", label))).casefold()
