"""The company's own forms: one Python file each, in a folder of theirs, and the catalogue they are part of."""

import hashlib
import traceback
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from types import ModuleType

from crmflow.catalogue import Catalogue, catalogue, forms
from crmflow.customising.changes import in_force
from crmflow.customising.mistakes import plain
from crmflow.customising.settings import AS_PRESCRIBED, Forms
from crmflow.declare import Block, Form, Kind, block_id, key_fields
from crmflow.settings import ConfigError
from crmflow.texts import os_reason, phrase

LONGEST_BLOCK = 30
"""Characters of a block's name: the store's tables are called after it."""
LONGEST_TAB = 31
"""Characters of a sheet's tab in Excel."""


def catalogue_of(changes: Forms, language: str = "zh") -> Catalogue:
    """The forms in force, made once a process; raises ConfigError for a file that is no form of ours."""
    if changes == AS_PRESCRIBED:
        return catalogue()
    sources = tuple(_sources(Path(changes.folder), language)) if changes.folder else ()
    return _made(changes.model_dump_json(), sources, language)


def _sources(folder: Path, language: str) -> Iterator[tuple[str, bytes]]:
    """The files of the folder with what they say, by name; those that begin with _ are no forms."""
    try:
        names = sorted(path.name for path in folder.iterdir() if path.suffix == ".py" and path.name[0] not in "_.")
        yield from ((str(folder / name), (folder / name).read_bytes()) for name in names)
    except OSError as error:
        reason = os_reason(error, language)
        raise ConfigError(phrase("forms.unreadable", language, folder=folder.name, reason=reason)) from error


@lru_cache(maxsize=4)
def _made(changes: str, sources: tuple[tuple[str, bytes], ...], language: str) -> Catalogue:
    own: list[Form] = []
    for path, source in sources:
        form = _form(path, source, language)
        if told := next(_faults(form, (*forms(), *own)), None):
            name, facts = told
            raise ConfigError(phrase(f"forms.{name}", language, file=Path(path).name, **facts))
        own.append(form)
    origin = hashlib.sha256(repr((changes, sources)).encode()).hexdigest()
    return in_force(forms(), Forms.model_validate_json(changes), tuple(own), origin)


def _form(path: str, source: bytes, language: str) -> Form:
    """The ``FORM`` of a file. It is compiled anew, so that nothing is written beside it and nothing stale is used."""
    module = ModuleType(f"crmflow_own_{Path(path).stem}")
    module.__file__ = path
    try:
        exec(compile(source, path, "exec"), module.__dict__)  # noqa: S102 – the company's own program
    except Exception as error:
        facts = {"file": Path(path).name, "line": _line(error, path), "error": f"{type(error).__name__}: {error}"}
        raise ConfigError(phrase("forms.broken", language, **facts)) from error
    form = getattr(module, "FORM", None)
    if not isinstance(form, Form):
        raise ConfigError(phrase("forms.no_form", language, file=Path(path).name))
    return form


def _line(error: Exception, path: str) -> int:
    """The line of the file that the trouble came from."""
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return (lines[-1] if lines else None) or 1


def _faults(form: Form, others: Sequence[Form]) -> Iterator[tuple[str, dict[str, str]]]:
    """What is wrong with a form of the company's own, as the name of a phrase and its facts."""
    if not (form.id.isascii() and form.id.isalnum() and form.id[0].isalpha()):
        yield "bad_id", {"id": form.id}
    if form.id.casefold() in {other.id.casefold() for other in others}:
        yield "taken", {"what": form.id}
    known = {plain(text) for other in others for text in _names(other)}
    for name in _names(form):
        if plain(name) in {"", *known}:
            yield "taken", {"what": name}
    for tab in (form.sheet.zh, form.sheet.en):
        if len(tab) > LONGEST_TAB or set(tab) & set("[]:*?/\\"):
            yield "bad_tab", {"tab": tab, "limit": str(LONGEST_TAB)}
    ids = [block.id for block in form.blocks]
    if not ids or len(set(ids)) < len(ids):
        yield "blocks", {}
    for block in form.blocks:
        yield from _block_faults(form, block)


def _names(form: Form) -> tuple[str, ...]:
    return form.title.zh, form.title.en, form.sheet.zh, form.sheet.en


def _block_faults(form: Form, block: Block) -> Iterator[tuple[str, dict[str, str]]]:
    name = block_id(form, block)
    if len(name) > LONGEST_BLOCK or not block.id.isidentifier() or not block.id.isascii():
        yield "bad_block", {"block": name, "limit": str(LONGEST_BLOCK)}
    fields = {field.id: field for field in block.fields}
    labels: set[str] = set()
    for field in block.fields:
        own = {plain(text) for text in (field.label.zh, field.label.en, *field.aliases)}
        if own & labels or "" in own:
            yield "label", {"block": name, "label": field.label.zh}
        labels |= own
        if (field.kind is Kind.CHOICE) != bool(field.choices):
            yield "choices", {"block": name, "field": field.id}
    if not fields or len(fields) < len(block.fields):
        yield "fields", {"block": name}
    named = {*key_fields(block), *(check.field_id for check in block.checks)}
    named |= {other for check in block.checks for other in check.needs}
    named |= {other for field in block.fields for other in field.formula or ()}
    card, _, period = form.period_field.partition(".")
    named |= {period} if card == block.id else set()
    for missing in sorted(named - fields.keys()):
        yield "no_field", {"block": name, "field": missing}
