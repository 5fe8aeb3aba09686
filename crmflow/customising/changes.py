"""Prescribed forms and a company's changes → the forms in force; a pure function."""

from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import replace
from typing import TypeVar

from crmflow.catalogue import Catalogue
from crmflow.customising.settings import BlockChange, FieldChange, Forms, NewChoice, NewField
from crmflow.declare import Block, Choice, Field, Form, Kind, RowCheck, block_id
from crmflow.model import Text
from crmflow.settings import Name

Item = TypeVar("Item")
NOTHING = BlockChange()
NEVER_MISSED = 10**9
"""No workbook is of this version or a later one: an added field that may be empty may lack its column too."""
WIDTHS: Mapping[Kind, int] = {Kind.NOTE: 26, Kind.MOMENT: 16, Kind.EMAIL: 24, Kind.CREDIT_CODE: 22}
"""Characters, for the kinds of added fields whose usual content does not fit into a common column."""


def in_force(prescribed: Iterable[Form], changes: Forms, own: tuple[Form, ...] = (), origin: str = "") -> Catalogue:
    """The catalogue of the prescribed forms with the changes, then the company's own forms."""
    forms = tuple(prescribed)
    hidden = tuple(form for form in forms if form.id in changes.hide)
    gone = {block_id(form, block) for form in hidden for block in form.blocks}
    kept = (_form(form, changes.change, gone) for form in forms if form not in hidden)
    return Catalogue((*kept, *own), hidden, origin)


def _form(form: Form, changes: Mapping[str, BlockChange], gone: Set[str]) -> Form:
    """The form itself where nothing is different about it."""
    blocks = tuple(_block(block, changes.get(block_id(form, block), NOTHING), gone) for block in form.blocks)
    return form if blocks == form.blocks else replace(form, blocks=blocks)


def _block(block: Block, change: BlockChange, gone: Set[str]) -> Block:
    fields = tuple(_field(field, change.fields.get(field.id), gone) for field in block.fields)
    if change is NOTHING and fields == block.fields:
        return block
    labels = [(one.label, other.label) for one, other in zip(block.fields, fields, strict=True)]
    renamed = [pair for pair in labels if pair[0] != pair[1]]
    return replace(
        block, fields=(*fields, *map(_added, change.add)),
        checks=tuple(_check(check, renamed) for check in block.checks),
    )


def _field(field: Field, change: FieldChange | None, gone: Set[str]) -> Field:
    """The field as changed. What repeats a hidden form repeats nothing; a former label is still read."""
    if field.in_block.rpartition(".")[0] in gone:
        field = replace(field, in_block="")
    if change is None:
        return field
    former = (field.label.zh, field.label.en) if change.label else ()
    return replace(
        field,
        label=_or(change.label, field.label, _text),
        help=_or(change.help, field.help, _text),
        required=_or(change.required, field.required, bool),
        choices=(*field.choices, *map(_choice, change.choices.add)),
        aliases=(*field.aliases, *former),
    )


def _or(given: Item | None, declared: "Declared", use: Callable[[Item], "Declared"]) -> "Declared":
    return declared if given is None else use(given)


Declared = TypeVar("Declared")


def _text(name: Name) -> Text:
    return name.text


def _choice(new: NewChoice) -> Choice:
    return Choice(new.id, Text(new.zh, new.en))


def _added(new: NewField) -> Field:
    kind = Kind(new.kind)
    return Field(
        new.id, new.label.text, kind, new.help.text,
        new.example if isinstance(new.example, str) else new.example.text,
        required=new.required, choices=tuple(map(_choice, new.choices)), minimum=new.minimum, maximum=new.maximum,
        width=WIDTHS.get(kind, 14), since=1 if new.required else NEVER_MISSED,
    )


def _check(check: RowCheck, renamed: list[tuple[Text, Text]]) -> RowCheck:
    """The check, calling renamed fields by their new names."""
    facts = {name: _said(fact, renamed) for name, fact in check.facts.items()}
    return replace(check, facts=facts) if renamed else check


def _said(fact: str | Text, renamed: list[tuple[Text, Text]]) -> str | Text:
    for old, new in renamed:
        if fact == old:
            return new
        if isinstance(fact, Text):
            fact = Text(
                fact.zh.replace(f"“{old.zh}”", f"“{new.zh}”"), fact.en.replace(f"“{old.en}”", f"“{new.en}”")
            )
    return fact
