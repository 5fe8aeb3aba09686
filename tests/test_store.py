"""The store: what goes in comes out, revisions never change, the current tables follow from them (decision 6)."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select, update

from crmflow.catalogue import Catalogue, catalogue
from crmflow.consolidate.holds import Hold
from crmflow.declare import Block, Field, Form, Kind, block_id
from crmflow.model import Figure, Finding, Grade, Text, Value, Where
from crmflow.state import tier_since
from crmflow.store import archive, codec, current, findings, runs
from crmflow.store.archive import Store, open_store
from crmflow.store.base import exists, transaction
from crmflow.store.migrations import SCHEMA, StoreTooNew
from crmflow.store.tables import META, POSITION, REVISION
from tests import tiny

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)
DAYS = st.dates(date(1900, 1, 1), date(2199, 12, 31))
VALUES: Mapping[Kind, st.SearchStrategy[Value]] = {
    Kind.INTEGER: st.integers(-10**9, 10**9), Kind.YEAR: st.integers(2000, 2100),
    Kind.NUMBER: st.floats(-1e9, 1e9), Kind.YUAN: st.floats(-1e9, 1e9), Kind.WAN: st.floats(-1e9, 1e9),
    Kind.PERCENT: st.floats(-1, 1), Kind.DATE: DAYS, Kind.MONTH: DAYS,
    Kind.MOMENT: st.datetimes(datetime(1900, 1, 1), datetime(2199, 12, 31)), Kind.YES_NO: st.booleans(),
}


def rows(block: Block) -> st.SearchStrategy[dict[str, Value]]:
    return st.fixed_dictionaries({
        field.id: st.none() | VALUES.get(field.kind, WORDS) for field in block.fields
    })


@pytest.mark.parametrize("name", catalogue().blocks)
@settings(max_examples=8)
@given(data=st.data())
def test_a_row_of_every_block_comes_back_as_it_went_in(name: str, data: st.DataObject) -> None:
    block = catalogue().block(name)
    values = data.draw(rows(block))
    assert codec.load_values(codec.dump_values(values), block) == values


def test_findings_and_grades_come_back_as_they_went_in() -> None:
    finding = Finding("REQUIRED", Where("甲/a.xlsx", "封面", "B4"), "=1", "F0.cover", "code",
                      {"when": Text("有时", "sometimes"), "n": "3"}, "KH1", "1002", "键")
    assert codec.load_finding(codec.dump_finding(finding)) == finding
    grade = Grade("KH1", "G1", "", Text("甲", "A"), Text("乙", "B"),
                  (Figure("turnover", None, Text("无", "none")), Figure("orders", 3.0)), (Text("升", "up"),), ())
    assert codec.load_grade(codec.dump_grade(grade)) == grade


@pytest.fixture
def filed(tmp_path: Path) -> Iterator[tuple[Store, Connection]]:
    """The store of the tiny company after one run."""
    config = tiny.company(tmp_path)
    tiny.at(config)
    store = open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        yield store, connection
    store.engine.dispose()


def open_revisions(connection: Connection, name: str) -> list[tuple[str, Mapping[str, Value]]]:
    query = select(REVISION).join(POSITION, POSITION.c.revision == REVISION.c.id).where(
        POSITION.c.is_open, REVISION.c.block == name)
    block = catalogue().block(name)
    return sorted(
        ((row.row_id, codec.load_values(row._mapping["values"], block)) for row in connection.execute(query)),
        key=lambda pair: pair[0],
    )


def accepted(store: Store, connection: Connection, name: str) -> list[tuple[str, Mapping[str, Value]]]:
    found = archive.company_rows(store, connection, (name,))[name]
    return sorted(((row.row_id, row.values) for row in found), key=lambda pair: pair[0])


@pytest.mark.parametrize("name", ["F0.cover", "F2.persons", "F10.reports", "F11.transactions", "F30.people", "F14.contracts"])
def test_the_current_tables_are_the_newest_open_revisions(filed: tuple[Store, Connection], name: str) -> None:
    assert accepted(*filed, name) == open_revisions(filed[1], name)


def test_an_accepted_row_knows_its_file_sheet_and_row(filed: tuple[Store, Connection]) -> None:
    sale = archive.company_rows(*filed, ("F11.transactions",))["F11.transactions"][0]
    assert (sale.where, sale.customer, sale.stale) == (Where("王芳/江南.xlsx", "交易记录", "A5"), "KH0012", False)
    cover = archive.company_rows(*filed, ("F0.cover",))["F0.cover"][0]
    assert cover.where == Where("王芳/江南.xlsx", "封面", "A4")


@pytest.mark.parametrize("name", ["F0.cover", "F10.reports", "F11.transactions", "F30.people"])
def test_listed_rows_are_the_accepted_ones_as_bare_cells_in_the_same_order(filed: tuple[Store, Connection], name: str) -> None:
    found = archive.company_rows(*filed, (name,))[name]
    assert found
    assert list(archive.listed_rows(*filed, name)) == [
        (row.customer, row.period, row.stale, row.where.file, row.where.sheet, row.where.cell, *row.values.values())
        for row in found
    ]


def redeclared(change: Callable[[Field], Field | None]) -> Catalogue:
    """The forms with another declaration of F11's product."""
    def block(name: str, one: Block) -> Block:
        if name != "F11.transactions":
            return one
        fields = (change(field) if field.id == "product" else field for field in one.fields)
        return replace(one, fields=tuple(field for field in fields if field is not None))

    def form(one: Form) -> Form:
        return replace(one, blocks=tuple(block(block_id(one, part), part) for part in one.blocks))

    return Catalogue(tuple(form(one) for one in catalogue().forms))


@pytest.mark.parametrize("change", [lambda field: None, lambda field: replace(field, kind=Kind.NOTE)])
def test_a_current_table_is_filled_anew_when_its_declaration_changes(
    tmp_path: Path, change: Callable[[Field], Field | None]
) -> None:
    config = tiny.company(tmp_path)
    tiny.at(config)
    with transaction(open_store(config.store_url, catalogue()).engine) as connection:
        connection.execute(update(current.tables(catalogue())["F11.transactions"]).values(v_number="spoiled"))
    forms = redeclared(change)
    store = open_store(config.store_url, forms)
    with store.engine.connect() as connection:
        found = archive.company_rows(store, connection, ("F11.transactions",))["F11.transactions"]
    assert sorted(str(row.values["number"]) for row in found) == ["S-1", "S-2", "S-3"]


def test_a_table_whose_declaration_did_not_change_is_left_alone(filed: tuple[Store, Connection], tmp_path: Path) -> None:
    with transaction(filed[0].engine) as connection:
        connection.execute(update(filed[0].tables["F11.transactions"]).values(v_product="marked"))
    store = open_store(str(filed[0].engine.url), catalogue())
    with store.engine.connect() as connection:
        found = archive.company_rows(store, connection, ("F11.transactions",))["F11.transactions"]
    assert {row.values["product"] for row in found} == {"marked"}


def test_a_store_of_a_newer_schema_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    store = open_store(url, catalogue())
    with transaction(store.engine) as connection:
        connection.execute(update(META).where(META.c.name == "schema").values(value=str(SCHEMA + 1)))
        connection.exec_driver_sql("DROP TABLE held")
    store.engine.dispose()
    before = (tmp_path / "new.db").read_bytes()
    with pytest.raises(StoreTooNew):
        open_store(url, catalogue())
    assert (tmp_path / "new.db").read_bytes() == before


def test_revisions_are_never_touched_again(tmp_path: Path) -> None:
    config = tiny.company(tmp_path)
    tiny.at(config)
    store = open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        before = connection.execute(select(REVISION).order_by(REVISION.c.id)).all()
    tiny.archive(tmp_path, {"F0.cover": tiny.cover(行业="化工"), "F11.transactions": tiny.SALES.replace("200000", "210000")})
    tiny.at(config)
    with store.engine.connect() as connection:
        after = connection.execute(select(REVISION).order_by(REVISION.c.id)).all()
    assert after[:len(before)] == before
    assert sorted(row.action for row in after[len(before):]) == ["change", "change", "close", "close"]


def test_closed_reports_stay_evidence_with_their_values(tmp_path: Path) -> None:
    config = tiny.company(tmp_path)
    tiny.at(config)
    tiny.archive(tmp_path, {"F0.cover": tiny.cover(), "F11.transactions": tiny.SALES})
    tiny.at(config)
    store = open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        assert archive.company_rows(store, connection, ("F10.reports",))["F10.reports"] == ()
        closed = archive.closed_rows(store, connection, ("F10.reports",))["F10.reports"]
    assert [(row.values["date"], row.customer, row.where.cell) for row in closed] == [(date(2026, 7, 2), "KH0012", "A5")]


def test_looking_makes_no_store(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'data' / 'crmflow.db'}"
    store = archive.open_to_look(url, catalogue())
    with store.engine.connect() as connection:
        assert archive.workbooks(connection) == {}
    assert not exists(url)
    assert list(tmp_path.iterdir()) == []


def test_new_findings_take_the_place_of_their_sources_old_ones(filed: tuple[Store, Connection]) -> None:
    _, connection = filed
    one, two = Finding("FILE_EMPTY", Where("a.xlsx")), Finding("FILE_DAMAGED", Where("b.xlsx"))
    findings.write(connection, {"a.xlsx": [one], "b.xlsx": [two]})
    findings.write(connection, {"a.xlsx": []})
    assert findings.standing(connection) == (two,)
    findings.clear_loose(connection)
    assert findings.standing(connection) == ()


def graded(tier: str) -> Grade:
    return Grade("KH1", "G1", tier, Text(tier, tier), Text("", ""), ())


def test_a_grade_is_entered_when_it_changes_and_its_past_stays(filed: tuple[Store, Connection]) -> None:
    _, connection = filed
    for day, tier in ((1, "key"), (2, "key"), (3, "vip")):
        runs.write_grades(connection, [graded(tier)], day, date(2026, 8, day))
    assert [(since.day, grade.tier) for since, grade in runs.history(connection, "KH1")] == [(1, "key"), (3, "vip")]
    assert {grade.tier for grade in runs.grades(connection, date(2026, 8, 2)) if grade.customer == "KH1"} == {"key"}
    held = runs.tiers(connection, "G1")
    assert held["KH1"] == [("key", date(2026, 8, 1)), ("vip", date(2026, 8, 3))]
    assert tier_since(held, {"KH1": graded("vip")}, date(2026, 8, 9)) == {"KH1": date(2026, 8, 3)}


def test_a_hold_that_was_confirmed_serves_once(filed: tuple[Store, Connection]) -> None:
    _, connection = filed
    hold = Hold("abcd1234", Finding("HELD_TRUST", Where("a.xlsx")))
    findings.write_holds(connection, {"w-1": [hold]}, tiny.NOW)
    assert findings.pending_holds(connection) == (hold,)
    assert findings.confirm(connection, ["abcd1234", "nothing"], "何静", tiny.NOW) == ("nothing",)
    assert findings.confirmed(connection) == {"abcd1234"}
    findings.write_holds(connection, {"w-1": []}, tiny.NOW)
    assert findings.confirmed(connection) == frozenset()
    findings.write_holds(connection, {"w-1": [hold]}, tiny.NOW)
    assert findings.pending_holds(connection) == (hold,)
    assert findings.confirmed(connection) == frozenset()


def test_half_a_transaction_leaves_nothing(filed: tuple[Store, Connection]) -> None:
    store, _ = filed
    with pytest.raises(ZeroDivisionError), transaction(store.engine) as connection:
        connection.execute(insert(META), {"name": "half", "value": ""})
        raise ZeroDivisionError
    with store.engine.connect() as connection:
        assert connection.scalar(select(META.c.name).where(META.c.name == "half")) is None
