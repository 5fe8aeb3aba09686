"""One place where a command's troubles become one sentence and an exit code."""

import importlib
import sys
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from crmflow.config import Config, load
from crmflow.dates import end_of
from crmflow.texts import os_reason, phrase, store_reason

COMPLETED, FINDINGS, WRONG_USE, UNFINISHED = 0, 1, 2, 3


class WrongUse(Exception):
    """The command was called wrongly; the message says how it is called rightly."""


def guarded(command: str, *, config: Path | None = None, today: str = "", **options: Any) -> int:
    """Run ``crmflow.commands.<command>`` and return its exit code; every trouble is one sentence."""
    language = "zh"
    try:
        if config is not None:
            settings = load(config)
            language = settings.language
            options |= {"config": settings, "now": moment(today, settings)}
        main = importlib.import_module(f"crmflow.commands.{command}").main
        return int(main(**options))
    except Exception as error:
        told = sentence(error, language)
        if told is None:
            raise
        code, text = told
        print(text, file=sys.stderr)
        return code


def moment(today: str, config: Config) -> datetime:
    """The aware moment a command works at: now, the given one, or the end of the given day."""
    zone = config.company.zone
    if not today:
        return datetime.now(zone)
    try:
        if len(today) == len("2026-07-15"):
            return end_of(date.fromisoformat(today)).replace(tzinfo=zone)
        given = datetime.fromisoformat(today)
    except ValueError as error:
        raise WrongUse(phrase("cli.today", config.language, value=today)) from error
    return given if given.tzinfo else given.replace(tzinfo=zone)


DRIVERS = ("psycopg", "psycopg2")

KNOWN: Mapping[str, tuple[int, str]] = {
    "ConfigError": (WRONG_USE, ""),
    "WrongUse": (WRONG_USE, ""),
    "MappingError": (WRONG_USE, ""),
    "RenderError": (UNFINISHED, ""),
    "Busy": (UNFINISHED, "cli.busy"),
    "AlreadyServing": (UNFINISHED, "cli.serve.already"),
    "StoreTooNew": (UNFINISHED, "cli.store_too_new"),
    "ArgumentError": (WRONG_USE, "cli.store_url"),
    "NoSuchModuleError": (WRONG_USE, "cli.store_url"),
    "OperationalError": (UNFINISHED, "cli.store"),
    "DatabaseError": (UNFINISHED, "cli.store"),
    "BrokenProcessPool": (UNFINISHED, "cli.memory"),
    "MemoryError": (UNFINISHED, "cli.memory"),
}
"""Troubles by the name of their class, so that nothing heavy is loaded to tell them: exit code, and phrase if any."""


def sentence(error: Exception, language: str) -> tuple[int, str] | None:
    """A trouble's exit code and sentence; None for a bug of ours."""
    if type(error).__name__ in KNOWN:
        code, name = KNOWN[type(error).__name__]
        return code, phrase(name, language, reason=_reason(error, language)) if name else str(error)
    if isinstance(error, OSError):
        where = error.filename2 or error.filename or ""
        return UNFINISHED, phrase("cli.os", language, file=where, reason=os_reason(error, language))
    if isinstance(error, ModuleNotFoundError) and error.name in DRIVERS:
        return WRONG_USE, phrase("cli.no_driver", language, driver=error.name)
    return None


def _reason(error: Exception, language: str) -> str:
    """What a trouble's phrase adds: the database's own words are put in ours."""
    cause = getattr(error, "orig", None)
    return store_reason(str(cause), language) if cause is not None else str(error)


