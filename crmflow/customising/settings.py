"""The section ``forms`` of ``config.yaml`` as values."""

import re
from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator

from crmflow.settings import Name, Section, wrong

NewKind = Literal[
    "text", "note", "code", "integer", "number", "yuan", "wan", "percent", "date", "moment", "month", "year",
    "birthday", "yes_no", "choice", "staff", "mobile", "phone", "email", "credit_code",
]
"""What an added field may hold: every ``declare.Kind``."""
ID = re.compile(r"[a-z][a-z0-9_]{0,39}")


def _id(text: object) -> object:
    if not isinstance(text, str) or not ID.fullmatch(text):
        raise wrong("id")
    return text


Id = Annotated[str, BeforeValidator(_id)]


class NewChoice(Section):
    """One more entry of a closed list."""

    id: Id
    zh: str
    en: str


class Choices(Section):
    """What happens to a closed list."""

    add: tuple[NewChoice, ...] = ()


class FieldChange(Section):
    """What is different about a field; what is left out stays as it is declared."""

    label: Name | None = None
    help: Name | None = None
    required: bool | None = None
    choices: Choices = Choices()


class NewField(Section):
    """A field that the company adds to a block; ``minimum`` and ``maximum`` are in the field's unit."""

    id: Id
    kind: NewKind
    label: Name
    help: Name
    example: Name | str
    required: bool = False
    choices: tuple[NewChoice, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


class BlockChange(Section):
    """What is different about a block."""

    fields: Mapping[str, FieldChange] = {}
    add: tuple[NewField, ...] = ()


class Forms(Section):
    """Which forms are in force, and how they differ from the prescribed ones."""

    folder: str = ""
    """Where the company's own forms lie, one Python file each; empty means there are none."""
    hide: tuple[str, ...] = ()
    change: Mapping[str, BlockChange] = {}


AS_PRESCRIBED = Forms()
"""Nothing is different."""
