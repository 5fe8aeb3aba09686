"""YAML files of settings → frozen models; a mistake is told with line, key, what was found and what is allowed."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from crmflow.codes import say
from crmflow.model import Text
from crmflow.texts import os_reason, phrase

Language = Literal["zh", "en"]
Period = Literal["month", "quarter", "half_year", "year"]
Place: TypeAlias = tuple[str | int, ...]
"""The keys and list positions that lead to a setting."""


LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The one written in C, which takes a fifth of the time, where PyYAML has it."""


class ConfigError(Exception):
    """The settings cannot be used; the message names line, key, what was found and what is allowed."""


class Section(BaseModel):
    """A part of some settings: frozen, and no key goes unnoticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Name(Section):
    """A name in both languages."""

    zh: str
    en: str

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


@dataclass(frozen=True, slots=True)
class Mistake:
    """A setting that is wrong for what stands elsewhere: its place, what was found, and what is allowed instead."""

    place: Place
    found: str
    allowed: Text


Settings = TypeVar("Settings", bound=Section)


def wrong(allowed: str) -> PydanticCustomError:
    """What a validator raises: ``allowed`` is the end of a phrase ``config.allowed.…``, with choices after a colon."""
    return PydanticCustomError("crmflow", "{allowed}", {"allowed": allowed})


EMAIL = re.compile(r"[^@\s<>,;]+@[A-Za-z0-9.-]+")


def read_money(text: object) -> float:
    """``50 万元`` or ``8000 元`` in 元; an amount without its unit is refused, so that they are never confused."""
    match = re.fullmatch(r"\s*(\d[\d,]*(?:\.\d+)?)\s*(万元|元)\s*", text) if isinstance(text, str) else None
    if match is None:
        raise wrong("money")
    return round(float(match[1].replace(",", "")) * (10_000 if match[2] == "万元" else 1), 2)


def read_rate(text: object) -> float:
    """``80%`` as 0.8."""
    match = re.fullmatch(r"\s*(-?\d+(?:\.\d+)?)\s*%\s*", text) if isinstance(text, str) else None
    if match is None:
        raise wrong("rate")
    return float(match[1]) / 100


Money = Annotated[float, BeforeValidator(read_money)]
"""In 元."""
Rate = Annotated[float, BeforeValidator(read_rate)]
"""A fraction."""


def _email(text: object) -> object:
    if not isinstance(text, str) or not EMAIL.fullmatch(text):
        raise wrong("email")
    return text


Email = Annotated[str, BeforeValidator(_email)]


def read(
    path: Path, model: type[Settings], judge: Callable[[Settings], Iterable[Mistake]] = lambda _: ()
) -> Settings:
    """A YAML file of settings as its ``model``; raises ConfigError with one line a mistake.

    ``judge`` finds the mistakes that no setting shows by itself.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(phrase("config.unreadable", "zh", file=path.name, reason=os_reason(error, "zh"))) from error
    except UnicodeDecodeError as error:
        reason = phrase("config.not_utf8", "zh")
        raise ConfigError(phrase("config.unreadable", "zh", file=path.name, reason=reason)) from error
    raw, lines = _compose(path.name, text)
    language = "en" if raw.get("language") == "en" else "zh"
    try:
        settings = model.model_validate(raw)
    except ValidationError as error:
        problems = [(problem["loc"], _problem(problem, language)) for problem in error.errors()]
        raise ConfigError(_told(path.name, problems, lines, language)) from error
    if mistakes := [(one.place, _mistaken(one, language)) for one in judge(settings)]:
        raise ConfigError(_told(path.name, mistakes, lines, language))
    return settings


def _compose(file: str, text: str) -> tuple[dict[str, Any], Mapping[Place, int]]:
    """The YAML as plain values, and the line of every key."""
    try:
        node, raw = yaml.compose(text, LOADER), yaml.load(text, LOADER)  # noqa: S506 – either of them is safe
    except yaml.YAMLError as error:
        line, problem = _line_of(error, text), phrase("config.not_yaml", "zh")
        raise ConfigError(phrase("config.line", "zh", file=file, line=line, key="-", problem=problem)) from error
    lines = dict(_lines(node, ()))
    if not isinstance(raw, dict):
        raw = {}
    doubled = _doubled(node, ())
    if doubled:
        key, line = doubled
        problem = phrase("config.doubled", "zh")
        raise ConfigError(phrase("config.line", "zh", file=file, line=line, key=key, problem=problem))
    return raw, lines


def _line_of(error: yaml.YAMLError, text: str) -> int:
    """The line that is no YAML: where its parser stood, or where the character stands that no YAML may have."""
    if isinstance(error, yaml.reader.ReaderError):
        return text.count("\n", 0, text.index(chr(error.character))) + 1
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return mark.line + 1 if mark else 1


def _lines(node: yaml.Node | None, path: Place) -> Iterator[tuple[Place, int]]:
    if node is None:
        return
    yield path, node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*path, key.value), key.start_mark.line + 1
            yield from (pair for pair in _lines(value, (*path, key.value)) if len(pair[0]) > len(path) + 1)
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            yield from _lines(value, (*path, index))


def _doubled(node: yaml.Node | None, path: tuple[str, ...]) -> tuple[str, int] | None:
    """The first key that stands twice in one section: YAML would silently take the last."""
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if key.value in seen:
                return ".".join((*path, key.value)), key.start_mark.line + 1
            seen.add(key.value)
            if inner := _doubled(value, (*path, key.value)):
                return inner
    return None


def _told(file: str, problems: Iterable[tuple[Place, str]], lines: Mapping[Place, int], language: str) -> str:
    """One line a problem, with the line of its setting or of the nearest key above it that is there."""
    told = []
    for place, problem in problems:
        known = next(place[:n] for n in range(len(place), -1, -1) if place[:n] in lines or n == 0)
        key = ".".join(map(str, place)) or "-"
        told.append(phrase("config.line", language, file=file, line=lines.get(known, 1), key=key, problem=problem))
    return "\n".join(told)


def _mistaken(mistake: Mistake, language: str) -> str:
    return phrase("config.found", language, found=repr(mistake.found), allowed=say(mistake.allowed, language))


def _problem(problem: ErrorDetails, language: str) -> str:
    kind = problem["type"]
    if kind == "missing":
        return phrase("config.missing", language)
    if kind == "extra_forbidden":
        key = str(problem["loc"][-1])
        close = difflib.get_close_matches(key, [name for name in _all_keys() if name != key], n=1)
        return phrase("config.unknown", language, hint=phrase("config.hint", language, hint=close[0]) if close else "")
    return phrase("config.found", language, found=repr(problem["input"]), allowed=_allowed(problem, language))


_ALLOWED_BY_TYPE = {
    "int": "int", "float": "number", "bool": "bool", "string": "text", "date": "date", "tuple": "list",
    "frozen": "list", "model": "section", "mapping": "section", "too": "list",
}


def _allowed(problem: ErrorDetails, language: str) -> str:
    context = problem.get("ctx", {})
    kind = problem["type"]
    if kind == "crmflow":
        name, _, choices = str(context["allowed"]).partition(":")
        return phrase(f"config.allowed.{name}", language, choices=choices)
    if kind == "literal_error":
        return phrase("config.allowed.one_of", language, choices=context["expected"])
    if "ge" in context:
        return phrase("config.allowed.at_least", language, bound=context["ge"])
    if "le" in context:
        return phrase("config.allowed.at_most", language, bound=context["le"])
    family = _ALLOWED_BY_TYPE.get(kind.partition("_")[0])
    return phrase(f"config.allowed.{family}", language) if family else problem["msg"]


def _all_keys() -> list[str]:
    sections: list[type[Section]] = Section.__subclasses__()
    return [name for section in sections for name, field in section.model_fields.items() if not field.exclude]
