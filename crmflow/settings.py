"""YAML files of settings → frozen models; a mistake is told with line, key, what was found and what is allowed."""

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from crmflow.model import Text
from crmflow.texts import os_reason, phrase

Language = Literal["zh", "en"]


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


Settings = TypeVar("Settings", bound=Section)


def wrong(allowed: str) -> PydanticCustomError:
    """What a validator raises: ``allowed`` is the end of a phrase ``config.allowed.…``, with choices after a colon."""
    return PydanticCustomError("crmflow", "{allowed}", {"allowed": allowed})


def read(path: Path, model: type[Settings]) -> Settings:
    """A YAML file of settings as its ``model``; raises ConfigError with one line a mistake."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(phrase("config.unreadable", "zh", file=path.name, reason=os_reason(error, "zh"))) from error
    except UnicodeDecodeError as error:
        reason = phrase("config.not_utf8", "zh")
        raise ConfigError(phrase("config.unreadable", "zh", file=path.name, reason=reason)) from error
    raw, lines = _compose(path.name, text)
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        language = "en" if raw.get("language") == "en" else "zh"
        told = (_tell(path.name, problem, lines, language) for problem in error.errors())
        raise ConfigError("\n".join(told)) from error


def _compose(file: str, text: str) -> tuple[dict[str, Any], Mapping[tuple[str | int, ...], int]]:
    """The YAML as plain values, and the line of every key."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.safe_load(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        problem = phrase("config.not_yaml", "zh")
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


def _lines(node: yaml.Node | None, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], int]]:
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


def _tell(file: str, problem: ErrorDetails, lines: Mapping[tuple[str | int, ...], int], language: str) -> str:
    location = problem["loc"]
    known = next(location[:n] for n in range(len(location), -1, -1) if location[:n] in lines or n == 0)
    key = ".".join(str(part) for part in location) or "-"
    return phrase(
        "config.line", language, file=file, line=lines.get(known, 1), key=key, problem=_problem(problem, language)
    )


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
    return [name for section in sections for name in section.model_fields if name != "mail_password"]
