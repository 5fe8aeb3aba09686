"""Values, findings and grades ↔ JSON text."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

import orjson

from crmflow.declare import Block, Kind
from crmflow.model import Figure, Finding, Grade, Text, Value, Where


def dump(value: Any) -> str:
    """Compact JSON with real characters; days and moments as ISO text."""
    return orjson.dumps(value).decode()


def dump_values(values: Mapping[str, Value]) -> str:
    """A row without its empty fields."""
    return dump({name: value for name, value in values.items() if value is not None})


def load_values(text: str, block: Block) -> Mapping[str, Value]:
    """A row with every field of its block, as the parser gave it."""
    raw = orjson.loads(text)
    return {field.id: _typed(raw.get(field.id), field.kind) for field in block.fields}


def _typed(raw: Any, kind: Kind) -> Value:
    if raw is None:
        return None
    if kind in (Kind.DATE, Kind.MONTH):
        return date.fromisoformat(raw)
    return datetime.fromisoformat(raw) if kind is Kind.MOMENT else raw


def dump_facts(facts: Mapping[str, str | Text]) -> str:
    """Facts of a finding; a text in two languages becomes a pair."""
    return dump({name: [fact.zh, fact.en] if isinstance(fact, Text) else fact for name, fact in facts.items()})


def load_facts(text: str) -> Mapping[str, str | Text]:
    """The inverse of ``dump_facts``."""
    return {name: Text(*fact) if isinstance(fact, list) else fact for name, fact in orjson.loads(text).items()}


def dump_finding(finding: Finding) -> str:
    """A finding as one JSON object."""
    return dump(finding._asdict() | {"where": finding.where._asdict(), "facts": dump_facts(finding.facts)})


def load_finding(text: str) -> Finding:
    """The inverse of ``dump_finding``."""
    raw = orjson.loads(text)
    return Finding(**{**raw, "where": Where(**raw["where"]), "facts": load_facts(raw["facts"])})


def dump_grade(grade: Grade) -> str:
    """A grade as one JSON object."""
    return dump(grade)


def load_grade(text: str) -> Grade:
    """The inverse of ``dump_grade``."""
    raw = orjson.loads(text)
    return Grade(
        raw["customer"], raw["scheme"], raw["tier"], Text(**raw["label"]), Text(**raw["rule"]),
        figures=tuple(Figure(f["metric"], f["value"], Text(**f["why"]) if f["why"] else None) for f in raw["figures"]),
        raised_by=tuple(Text(**text) for text in raw["raised_by"]),
        lowered_by=tuple(Text(**text) for text in raw["lowered_by"]),
    )
