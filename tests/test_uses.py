"""What is declared about fields and rules is true: the code, watched while it reads rows, reads what stands there."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from crmflow.catalogue import catalogue
from crmflow.check.books import UNIQUE
from crmflow.check.rules import RULES as CHECKS
from crmflow.check.rules import Usage, View, every_form, person_of, usage_of
from crmflow.codes import CATALOGUE
from crmflow.company import CONTACTS, COVER, Company
from crmflow.config import load
from crmflow.dates import WorkCalendar
from crmflow.declare import KEEPERS, Values, fillers
from crmflow.duties import DUTY_RULES, expectations
from crmflow.duties.situation import Situation
from crmflow.figures import basis_of, figures
from crmflow.forms._expenses import CHECKERS
from crmflow.forms.f30_staff import ROLES
from crmflow.metrics import METRICS
from crmflow.model import Accepted, Book, FileState, Grade, Person, Placement, Record, Text, Value, Where, WorkbookKind
from crmflow.people import Directory
from crmflow.rules import RULES
from crmflow.state import FIELDS, calendar_of
from crmflow.uses import EVERYWHERE, USES, rules_of
from tests.examples import companies, row_of, value_of, varied
from tests.judged import KNOWN

CONFIG = load(Path(__file__).parents[1] / "config.yaml")
TODAY = date(2026, 7, 20)
STAFF = Directory.of([
    Person("1000", "周启明", "general_manager"), Person("1001", "陈亮", "department_head", superior="1000"),
    Person("1002", "王芳", "account_manager", superior="1001"), Person("1003", "李敏", "sales_clerk"),
    Person("1004", "吴桂芳", "finance"),
])
ARRANGED = (
    "host", "met_by", "lodging", "vehicles", "room", "chair", "banquet_host", "welcome_screen", "told", "approved_by",
)
AGAINST = replace(
    KNOWN, people=STAFF, usage=(Usage("BJ-001", date(2026, 6, 1), 1),),
    limits=replace(KNOWN.limits, reception={("vip", "executive"): dict.fromkeys(ARRANGED, ("x",))}),
)
TOLD = {(COVER, "name"), (COVER, "short_name"), (COVER, "account_manager")}
"""What the customer is called, and who answers for it where a row names nobody: read wherever somebody is told something."""
Read = set[tuple[str, str]]


class Watched(dict[str, Value]):
    """A row that writes down which of its fields are read."""

    def __init__(self, block: str, values: Values, read: Read) -> None:
        super().__init__(values)
        self.block, self.read = block, read

    def __getitem__(self, field: str) -> Value:
        self.read.add((self.block, field))
        return super().__getitem__(field)

    def get(self, field: str, default: Value = None) -> Value:  # type: ignore[override]
        self.read.add((self.block, field))
        return super().get(field, default)


def declared(*rules: str) -> Read:
    return {(block, field) for rule in rules for block, fields in USES.get(rule, {}).items() for field in fields}


def on_the_pages(rules: set[str]) -> Read:
    """The fields at which one of the rules is told, be it that their declaration says so."""
    return {
        (name, field.id) for name, block in catalogue().blocks.items() for field in block.fields
        if rules.intersection(rules_of(name, block, field, {}))
    }


@cache
def drawn(kind: WorkbookKind) -> tuple[Mapping[str, Sequence[Values]], ...]:
    """The workbooks of a kind that the checks are watched over."""
    blocks = {name: block for name, block in catalogue().blocks.items() if catalogue().form_of(name).kind is kind}
    return tuple(companies(blocks))


def read_by(check: Callable[[View], Iterator[object]]) -> Read:
    read: Read = set()
    for kind in WorkbookKind:
        for rows in drawn(kind):
            records = tuple(
                Record(name, Watched(name, row, read), Placement("a", "s", dict.fromkeys(row, "A")), at, "2026-05")
                for name, some in rows.items() for at, row in enumerate(some, start=1)
            )
            book = Book(FileState("a", 0, 0), "", kind, None, records)
            list(check(View(book, catalogue(), AGAINST, TODAY)))
    return read


def rules_behind(check: Callable[[View], Iterator[object]]) -> set[str]:
    """The rules of the codes that its docstring begins with."""
    found = re.match(r"[A-Z0-9_]+(?:, [A-Z0-9_]+)*(?=:| \()", check.__doc__ or "")
    assert found, f"{check.__name__} does not say which findings it yields"
    return {CATALOGUE[code].rule for code in found[0].split(", ")}


ACROSS = [check for check in CHECKS if check.__module__ != every_form.__name__]


def test_every_field_that_is_named_exists() -> None:
    named = [(block, field) for rule in USES for block, field in declared(rule)]
    named += [(block, field) for metric in METRICS.values() for block, fields in metric.fields.items() for field in fields]
    assert [place for place in named if catalogue().find_field(*place) is None] == []
    assert USES.keys() <= RULES.keys()


@pytest.mark.parametrize("check", ACROSS, ids=lambda check: check.__name__)
def test_a_check_reads_no_field_that_its_rules_do_not_name(check: Callable[[View], Iterator[object]]) -> None:
    rules = rules_behind(check)
    assert read_by(check) - declared(*rules) - on_the_pages(rules) - person_fields() == set()


def test_what_is_declared_is_read() -> None:
    read = {rule: set[tuple[str, str]]() for rule in USES}
    for check in ACROSS:
        fields = read_by(check)
        for rule in rules_behind(check):
            read[rule] |= fields
    read["F0"] |= {(block, field) for block, fields in UNIQUE.items() for field, _ in fields}
    read["F30"] |= person_fields()
    read["F33b"] |= {("F33b.summary", "month")}  # the period of the sheet
    read["S5"] |= watched("F16.tickets", lambda row: list(usage_of(row)), on_site_at=None)
    read["D"] |= watched("F41b.days", lambda row: calendar_of(CONFIG, [accepted("F41b.days", row)]))
    read["F41a"] |= read_by_exemptions()
    for rule in DUTY_RULES.keys() & USES.keys():
        read[rule] |= read_by_duty(rule)
    assert {rule: declared(rule) - read[rule] for rule in USES if declared(rule) - read[rule]} == {}


def read_by_exemptions() -> Read:
    read: Read = set()
    rows = {name: [row_of(catalogue().block(name))] for name in (COVER, "F41a.exemptions")}
    for situation in situations(rows, read):
        tuple(expectations(situation))
    return {(block, field) for block, field in read if block == "F41a.exemptions"}


def watched(name: str, function: Callable[[Values], object], **other: Value) -> Read:
    """What a function reads of the examples, and of rows that have ``other`` values and are varied."""
    block, read = catalogue().block(name), set[tuple[str, str]]()
    for row in (row_of(block), *varied(block, {**row_of(block), **other})):
        function(Watched(name, row, read))
    return read


def person_fields() -> Read:
    return watched("F30.people", person_of)


def accepted(block: str, values: Values, at: int = 0) -> Accepted:
    archive = catalogue().form_of(block).kind is WorkbookKind.ARCHIVE
    return Accepted(f"{block}{at}", block, "KH0012" if archive else "", values, Where("a", "s", "B2"), "2026")


def situations(rows: Mapping[str, Sequence[Values]], read: Read) -> Iterator[Situation]:
    """The company at several times, its customer in each of the tiers."""
    for now in (datetime(2026, 5, 18, 9), datetime(2026, 7, 20, 9), datetime(2027, 1, 5, 9)):
        for tier in ("vip", "key", "general"):
            watching = {
                block: tuple(accepted(block, Watched(block, row, read), at) for at, row in enumerate(some))
                for block, some in rows.items()
            }
            grades = {"KH0012": Grade("KH0012", "G1", tier, Text("", ""), Text("", ""), ())}
            yield Situation(Company(STAFF, watching), grades, CONFIG, WorkCalendar(), now)


@cache
def indexed() -> Read:
    """What every rule reads that looks at contacts at all: they are indexed once for all."""
    read: Read = set()
    for situation in situations({CONTACTS: [row_of(catalogue().block(CONTACTS))]}, read):
        assert situation.company.contacts is not None
    return read


@pytest.mark.parametrize("rule", DUTY_RULES)
def test_a_duty_reads_no_field_that_its_rule_does_not_name(rule: str) -> None:
    """A new duty says in ``uses.USES`` what it looks at; what this test shows is what to write there."""
    assert read_by_duty(rule) - declared(rule) - on_the_pages({rule}) - TOLD - indexed() == set()


@pytest.mark.parametrize("rule", DUTY_RULES)
def test_a_duty_reads_no_field_that_is_not_loaded_for_it(rule: str) -> None:
    read = {(block, field) for block, field in read_by_duty(rule) | indexed() if block in FIELDS}
    assert read - {(block, field) for block, fields in FIELDS.items() for field in fields} == set()


@cache
def read_by_duty(rule: str) -> Read:
    read: Read = set()
    timed = DUTY_RULES[rule]
    looked_at = {name: catalogue().block(name) for name in dict.fromkeys((COVER, CONTACTS, *timed.blocks))}
    for rows in companies(looked_at):
        for situation in situations(rows, read):
            list(timed.expected(situation, rule))
    return read


@pytest.mark.parametrize("name", METRICS)
def test_a_figure_changes_with_just_the_fields_that_it_names(name: str) -> None:
    told = {(block, field) for block, fields in METRICS[name].fields.items() for field in fields}
    assert set(changing(name)) == told


def changing(metric: str) -> Iterator[tuple[str, str]]:
    """The fields of whose change the figure is another one."""
    late, in_time = ({"paid_on": TODAY - timedelta(days=days)} for days in (5, 15))
    for sale in (late, in_time, {**in_time, "paid_amount": 40000.0}):
        rows = bases(sale)
        for before in ([], [{"date": TODAY - timedelta(days=500), "amount": 1000.0}]):
            right = figure(metric, rows, before)
            for name, row in rows.items():
                for other in varied(catalogue().block(name), row):
                    if figure(metric, {**rows, name: other}, before) != right:
                        yield name, next(field for field in row if row[field] != other[field])


def bases(sale: Values) -> Mapping[str, Values]:
    """A row of each block that figures rest on: a decision maker on our side, a sale due ten days ago."""
    better: Mapping[str, Values] = {
        "F0.cover": {}, "F3.relations": {"status": "positive"}, "F4.roles": {"role": "decision_maker"}, "F8.projects": {},
        "F11.transactions": {
            "date": TODAY - timedelta(days=30), "due_on": TODAY - timedelta(days=10), **sale,
        },
        "F12.complaints": {},
    }
    return {name: {**row_of(catalogue().block(name)), **values} for name, values in better.items()}


def figure(metric: str, rows: Mapping[str, Values], before: Sequence[Values]) -> float | str | None:
    known = {name: (accepted(name, row),) for name, row in rows.items()}
    known["F11.transactions"] += tuple(accepted("F11.transactions", row, at=1) for row in before)
    return figures(basis_of(known, TODAY, 12), {}, frozenset())[metric].value


def test_a_row_check_reads_no_field_that_it_does_not_name() -> None:
    """Where it rests on more than the house rules, the pages say which rule uses the field."""
    for name, block in catalogue().blocks.items():
        for check in block.checks:
            if CATALOGUE[check.code].rule == EVERYWHERE:
                continue
            read: Read = set()
            for row in (row_of(block), *varied(block)):
                if all(row[need] is not None for need in check.needs):
                    check.passes(Watched(name, row, read))
            assert {field for _, field in read} <= {check.field_id, *check.needs, *check.reads}, (name, check.code)


# who fills them in


def test_every_kind_of_workbook_has_its_keeper_and_every_filler_is_a_role_of_the_register() -> None:
    roles = {role.id for role in ROLES}
    assert KEEPERS.keys() == set(WorkbookKind)
    for form in catalogue().forms:
        for block in form.blocks:
            assert {field for fields in block.filled_by.values() for field in fields} <= {field.id for field in block.fields}
            for field in block.fields:
                assert set(fillers(form, block, field)) <= roles
                assert bool(fillers(form, block, field)) == (field.formula is None)


def test_no_field_is_given_to_two_kinds_of_people() -> None:
    for block in catalogue().blocks.values():
        given = [field for fields in block.filled_by.values() for field in fields]
        assert len(given) == len(set(given))


def test_an_expense_is_checked_by_those_whom_the_check_admits() -> None:
    for name in ("F33a.statement", "F33c.applications"):
        form, block = catalogue().form_of(name), catalogue().block(name)
        for field_id, roles in CHECKERS.items():
            assert fillers(form, block, catalogue().field(name, field_id)) == roles


def test_an_added_field_is_filled_in_by_the_keeper_of_its_form() -> None:
    form = catalogue().form("F11")
    added = replace(form.blocks[0].fields[0], id="batch")
    assert fillers(form, form.blocks[0], added) == ("finance",)
    assert value_of(added) == "XS202604015"
