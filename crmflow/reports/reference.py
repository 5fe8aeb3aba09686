"""The small file that each run leaves, so that ``check`` needs no database: who works here, which archives exist."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from crmflow.check.rules import Archive, Reference, Usage
from crmflow.model import Person
from crmflow.people import Directory
from crmflow.workbook.files import replacing

NAME = "reference.json"
DAYS = ("entered_on", "left_on", "leave_from", "leave_until")


def write(folder: Path, known: Reference) -> None:
    """Leave the reference in the data folder; the limits stand in the configuration."""
    content = {
        "people": [asdict(person) for person in known.people.people.values()],
        "archives": [asdict(one) for one in known.customers.values()],
        "usage": [asdict(one) for one in known.usage or ()],
    }
    with replacing(folder / NAME) as temporary:
        temporary.write_text(json.dumps(content, ensure_ascii=False, default=str), encoding="utf-8")


def read(folder: Path) -> Reference:
    """What the last run left; nobody and nothing before the first run, or when another version left it."""
    try:
        content = json.loads((folder / NAME).read_text(encoding="utf-8"))
        archives = [Archive(**one) for one in content["archives"]]
        usage = tuple(Usage(one["part"], date.fromisoformat(one["on"]), one["quantity"]) for one in content["usage"])
        people = Directory.of(map(_person, content["people"]))
        return Reference(people, {one.code: one for one in archives}, usage=usage)
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return Reference(Directory({}), {})


def _person(raw: Mapping[str, Any]) -> Person:
    days = {name: date.fromisoformat(raw[name]) for name in DAYS if raw[name]}
    return Person(**{**raw, **days})
