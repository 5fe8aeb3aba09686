"""A company drawn in a few rows, and what it owes by a rule at a moment."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from crmflow.catalogue import catalogue
from crmflow.codes import say
from crmflow.company import Company
from crmflow.config import Config, load
from crmflow.dates import WorkCalendar
from crmflow.declare import Kind
from crmflow.duties import duties as unmet
from crmflow.duties import expectations
from crmflow.duties.situation import Situation
from crmflow.model import Accepted, Duty, Expectation, Grade, Person, Stage, Text, Value, Where, WorkbookKind
from crmflow.people import Directory
from crmflow.rules import RULES

SHIPPED = load(Path(__file__).parents[1] / "config.yaml")
CONFIG = SHIPPED.model_copy(update={"mail": SHIPPED.mail.model_copy(update={"cut_over_on": None})})
CALENDAR = WorkCalendar()
CODE = "KH1"

CHAIRMAN = Person("1", "董大海", "chairman")
VICE = Person("2", "傅总", "vice_president", superior="1")
HEAD = Person("3", "部长周", "department_head", superior="2", department="市场部")
MANAGER = Person("4", "王芳", "account_manager", superior="3", department="市场部")
SERVICE = Person("5", "售后赵", "responsible_party", superior="3", department="市场部")
PEOPLE = (CHAIRMAN, VICE, HEAD, MANAGER, SERVICE)


def row(block: str, id: str = "r1", period: str = "", **values: Value) -> Accepted:
    """An accepted row; days and moments may be given as text."""
    read = {field: _read(catalogue().field(block, field).kind, value) for field, value in values.items()}
    customer = CODE if catalogue().form_of(block).kind is WorkbookKind.ARCHIVE else ""
    return Accepted(id, block, customer, read, Where("江南精密.xlsx", "某表", "B7"), period)


def _read(kind: Kind, value: Value) -> Value:
    if isinstance(value, str) and kind is Kind.DATE:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if isinstance(value, str) and kind is Kind.MOMENT else value


def cover(**values: Value) -> Accepted:
    standard: dict[str, Value] = {
        "name": "江南精密", "account_manager": "王芳", "opened_on": date(2020, 1, 1),
        "verified_on": date(2026, 12, 31), "high_level_visits": False,
    }
    return row("F0.cover", **(standard | values))


def contact(on: str, who: str = "王芳", method: str = "visit", on_site: bool = True, with_whom: str = "钱进") -> Accepted:
    return row(
        "F10.reports", date=date.fromisoformat(on), our_person=who, method=method, on_site=on_site, key_person=with_whom
    )


def graded(tier: str) -> dict[str, Grade]:
    return {CODE: Grade(CODE, "G1", tier, Text(tier, tier), Text("", ""), ())}


def company(*rows: Accepted, people: Sequence[Person] = PEOPLE, tier_since: Mapping[str, date] | None = None) -> Company:
    blocks: dict[str, tuple[Accepted, ...]] = {}
    for one in rows:
        blocks[one.block] = (*blocks.get(one.block, ()), one)
    return Company(Directory.of(people), blocks, tier_since or {})


def duties(
    facts: Company, grades: Mapping[str, Grade], config: Config, calendar: WorkCalendar, now: datetime,
    unkept: frozenset[str] = frozenset(),
) -> tuple[Duty, ...]:
    situation = Situation(facts, grades, config, calendar, now)
    return unmet(expectations(situation, unkept), situation)


def due(
    rule: str, now: str, *rows: Accepted, tier: str = "", people: Sequence[Person] = PEOPLE,
    config: Config = CONFIG, tier_since: Mapping[str, date] | None = None,
) -> list[Duty]:
    facts = company(*rows, people=people, tier_since=tier_since)
    found = duties(facts, graded(tier), config, CALENDAR, datetime.fromisoformat(now))
    return sorted((duty for duty in found if duty.rule == rule), key=lambda duty: (duty.due_at, duty.subject, duty.period))


def asked(
    rule: str, now: str, *rows: Accepted, tier: str = "", people: Sequence[Person] = PEOPLE,
    config: Config = CONFIG, tier_since: Mapping[str, date] | None = None,
) -> list[Expectation]:
    """What the rule expects, met or not, the first due first."""
    facts = company(*rows, people=people, tier_since=tier_since)
    situation = Situation(facts, graded(tier), config, CALENDAR, datetime.fromisoformat(now))
    found = (one for one in expectations(situation) if one.rule == rule)
    return sorted(found, key=lambda one: (str(one.due), one.subject, one.period))


def periods(found: Sequence[Duty]) -> list[tuple[str, Stage]]:
    return [(duty.period, duty.stage) for duty in found]


def sentence(duty: Duty, language: str) -> str:
    action = RULES[duty.rule].action
    assert action is not None
    return say(action, language).format_map({name: say(fact, language) for name, fact in duty.facts.items()})


def changed(section: str, **values: Any) -> Config:
    return CONFIG.model_copy(update={section: getattr(CONFIG, section).model_copy(update=values)})


def complaint(received: str = "2026-07-01 15:00", kind: str = "complaint", **values: Value) -> Accepted:
    standard: dict[str, Value] = {"number": "TS01", "kind": kind, "responsible_party": "售后赵", "received_at": received}
    return row("F12.complaints", "c1", **(standard | values))
