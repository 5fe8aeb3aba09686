"""The forms in force, found by looking into ``crmflow.forms``, and the look-ups everybody needs."""

import importlib
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from crmflow import forms as built_in
from crmflow.declare import Block, Field, Form, blocks_of
from crmflow.model import Text, WorkbookKind


@dataclass(frozen=True, eq=False)
class Catalogue:
    """A set of forms, by the names the rest of the program calls them.

    ``hidden`` are the prescribed forms that the company does without: their
    sheets are recognised, and passed over. ``origin`` tells one company's
    catalogue from another's; it is empty for the built-in one.
    """

    forms: tuple[Form, ...]
    hidden: tuple[Form, ...] = ()
    origin: str = ""

    @cached_property
    def _forms(self) -> Mapping[str, Form]:
        return {form.id: form for form in self.forms}

    @cached_property
    def blocks(self) -> Mapping[str, Block]:
        """Every block by its name, such as ``F8.projects``, in the order of the forms."""
        return {name: block for name, _, block in blocks_of(self.forms)}

    @cached_property
    def _fields(self) -> Mapping[tuple[str, str], Field]:
        return {(name, field.id): field for name, block in self.blocks.items() for field in block.fields}

    def form(self, form_id: str) -> Form:
        """The form called ``F8``."""
        return self._forms[form_id]

    def block(self, name: str) -> Block:
        """The block called ``F8.projects``."""
        return self.blocks[name]

    def form_of(self, name: str) -> Form:
        """The form that the block ``F8.projects`` stands in."""
        return self._forms[name.partition(".")[0]]

    def field(self, name: str, field_id: str) -> Field:
        """A field of the block ``name``."""
        return self._fields[name, field_id]

    def find_field(self, name: str, field_id: str) -> Field | None:
        """As ``field``, but None for a finding that concerns no field."""
        return self._fields.get((name, field_id))

    def of_kind(self, kind: WorkbookKind) -> tuple[Form, ...]:
        """The sheets of one kind of workbook, in order."""
        return tuple(form for form in self.forms if form.kind is kind)

    def label(self, name: str, field_id: str) -> Text:
        """What staff call the field."""
        return self.field(name, field_id).label

    def choice_label(self, name: str, field_id: str, choice_id: str) -> Text:
        """What staff see for a choice; an id that is on the list no more stands for itself."""
        labels = (choice.label for choice in self.field(name, field_id).choices if choice.id == choice_id)
        return next(labels, Text(choice_id, choice_id))


@cache
def forms() -> tuple[Form, ...]:
    """The built-in forms in the order of their numbers."""
    names = (module.name for module in pkgutil.iter_modules(built_in.__path__) if module.name.startswith("f"))
    found = (importlib.import_module(f"{built_in.__name__}.{name}").FORM for name in names)
    return tuple(sorted(found, key=lambda form: _number(form.id)))


def _number(form_id: str) -> tuple[int, str]:
    """``F33c`` as its number and the letter of its sheet."""
    digits = form_id[1:].rstrip("abc")
    return int(digits), form_id.removeprefix(f"F{digits}")


@cache
def catalogue() -> Catalogue:
    """The catalogue of the built-in forms."""
    return Catalogue(forms())
