"""The fake clock: what it would tell is what the real one tells, and what a slow oracle counts."""

import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.generate import generate
from crmflow import run, simulation, state
from crmflow.catalogue import catalogue
from crmflow.commands import simulate as simulate_command
from crmflow.commands.guard import WrongUse
from crmflow.commands.known import looking
from crmflow.company import Company
from crmflow.config import Config
from crmflow.digest import administrator_of, digests
from crmflow.drafts import Telling
from crmflow.duties import ASKING_RULES, duties, expectations, urgency
from crmflow.duties.horizon import Horizon
from crmflow.duties.standing import Standing
from crmflow.escalation import responsible, subject_of_duty
from crmflow.model import Accepted, Duty, Notice, Stage
from crmflow.simulation import Day, Memory, simulate
from crmflow.state import Facts, State
from crmflow.store import mailbox, runs
from samples.make_company import make_company
from tests import oracle, owed, tiny

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process
LONG = os.environ.get("CRMFLOW_LONG_PROOFS") == "1"
GENERATED = 500 if LONG else 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("company")


def facts_of(config: Config) -> Facts:
    with looking(config) as (store, connection):
        return state.load(store, connection, config)


def nothing_told() -> mailbox.Known:
    return mailbox.Known(frozenset(), {})


def days(facts: Facts, first: date, last: date) -> list[Day]:
    return list(simulate(facts, {}, nothing_told(), first, last))


def counted(facts: Facts, first: date, last: date) -> Counter[tuple[str, str, str]]:
    """By month, rule and stage, of the rules that the oracle knows."""
    return Counter(
        (f"{day.day:%Y-%m}", duty.rule, duty.stage.name.lower())
        for day in simulate(facts, {}, nothing_told(), first, last) for duty in day.duties if duty.rule in oracle.RULES
    )


def expected(facts: Facts, first: date, last: date) -> Counter[tuple[str, str, str]]:
    def tiers_on(day: date) -> Mapping[str, str]:
        primary = facts.config.grading.primary
        return {one.customer: one.tier for one in facts.grades(day) if one.scheme == primary}

    return oracle.counts(facts.company, facts.config, tiers_on, first, last)


@pytest.fixture(scope="module")
def sample(folder: Path) -> Facts:
    """The sample company, read in on the day it was left."""
    with pytest.MonkeyPatch.context() as patch:
        tiny.stay_here(lambda module, name, new: patch.setattr(module, name, new, raising=False))
        list(make_company(folder / "sample" / "workbooks"))
        config = tiny.settle(folder / "sample")
        tiny.at(config)
    return facts_of(config)


@pytest.fixture(scope="module")
def generated(folder: Path) -> Facts:
    """Generated customers."""
    with pytest.MonkeyPatch.context() as patch:
        tiny.stay_here(lambda module, name, new: patch.setattr(module, name, new, raising=False))
        generate(GENERATED, folder / "generated" / "workbooks", workers=1)
        config = tiny.settle(folder / "generated")
        tiny.at(config)
    return facts_of(config)


@pytest.mark.parametrize("year", [2026, 2027])
def test_a_year_of_the_sample_company_has_the_duties_that_the_oracle_counts(sample: Facts, year: int) -> None:
    """2026 has its make-up days, of 2027 no official calendar is known."""
    span = date(year, 1, 1), date(year, 12, 31)
    found = counted(sample, *span)
    assert found == expected(sample, *span)
    assert sum(found.values()) > 500
    assert len({rule for _, rule, _ in found}) >= 13


@pytest.mark.parametrize("year", [2026, 2027] if LONG else [2026])
def test_generated_customers_have_the_duties_that_the_oracle_counts(generated: Facts, year: int) -> None:
    span = (date(year, 1, 1), date(year, 12, 31)) if LONG else (date(year, 1, 20), date(year, 4, 10))
    found = counted(generated, *span)
    assert found == expected(generated, *span)
    assert sum(found.values()) > (100 if LONG else 20) * GENERATED


def test_both_know_the_rules_that_the_companies_do_not_try(owed_rows: Facts) -> None:
    span = date(2026, 6, 1), date(2026, 9, 30)
    found = counted(owed_rows, *span)
    assert found == expected(owed_rows, *span)
    assert {rule for _, rule, _ in found} >= {"S6", "N3", "A2", "X3", "V6"}


@pytest.fixture
def owed_rows() -> Facts:
    return facts(
        owed.cover(payment_credit="good"),
        owed.row("F11.transactions", "t1", number="S1", date="2026-05-20", amount=200_000.0),
        owed.row("F16.tickets", "s1", number="1", kind="maintenance", reported_at="2026-06-02 09:00", promised_on="2026-06-26"),
        owed.row("F16.tickets", "s2", number="2", kind="maintenance", reported_at="2026-06-02 09:00",
                 promised_on="2026-08-01", resolved_at="2026-08-03 16:30"),
        owed.row("F31a.candidates", "n1", number="1", candidate="甲", screening="target", development_due_on="2026-07-18"),
        owed.row("F34.loans", "a1", number="1", archive="KH1", borrower="王芳", until_on="2026-06-19", returned_on="2026-06-30"),
        owed.row("F33c.applications", "x1", number="1", customer="KH1", applied_on="2026-06-01", finance_on="2026-06-09",
                 sale_on="2026-06-12", received_on="2026-07-17", paid_on="2026-08-20"),
    )


def facts(*rows: Accepted) -> Facts:
    """A company of a few rows, as if the store held them."""
    people = [replace(person, email=f"u{person.number}@a.example") for person in owed.PEOPLE]
    made = owed.company(*rows, people=people)
    company = Company(made.people, {**dict.fromkeys(state.BLOCKS, ()), **made.rows})
    return Facts(owed.CONFIG, catalogue(), company, {}, {}, ())


DAYS = st.dates(date(2026, 5, 20), date(2026, 8, 10))
MOMENTS = st.datetimes(datetime(2026, 5, 20), datetime(2026, 8, 10)).map(lambda moment: moment.replace(second=0, microsecond=0))


def a_row(block: str, **values: st.SearchStrategy[object]) -> st.SearchStrategy[Accepted]:
    return st.fixed_dictionaries(values).map(lambda found: owed.row(block, **found))


ROWS = st.one_of(
    a_row("F10.reports", date=DAYS, our_person=st.sampled_from(["王芳", "部长周", "傅总"]), method=st.sampled_from(["visit", "phone"]),
          on_site=st.booleans(), key_person=st.just("钱进"), planned=st.booleans(), filed_on=st.none() | DAYS),
    a_row("F11.transactions", date=DAYS, amount=st.sampled_from([30_000.0, 120_000.0, 600_000.0])),
    a_row("F12.complaints", number=st.just("T"), kind=st.just("complaint"), received_at=MOMENTS, first_response_at=st.none() | MOMENTS,
          severity=st.sampled_from(["ordinary", "serious"]), upheld=st.booleans(), responsible_party=st.just("售后赵")),
    a_row("F7.actions", action=st.just("走访"), owner=st.just("王芳"), due_on=DAYS, status=st.just("in_progress")),
    a_row("F7.actions", action=st.just("走访"), owner=st.just("王芳"), due_on=DAYS, status=st.just("done"), done_on=DAYS),
    a_row("F14.contracts", number=st.just("H"), name=st.just("供货"), ends_on=DAYS, status=st.just("in_force")),
    a_row("F2.persons", name=st.just("钱进"), birthday=DAYS.map(lambda day: f"{day:%m-%d}")),
    a_row("F6.contacts", key_person=st.just("钱进"), our_person=st.just("王芳"), frequency=st.sampled_from(["weekly", "monthly"]), first_on=DAYS),
    a_row("F41c.leave", person=st.sampled_from(["王芳", "部长周"]), from_on=DAYS, until_on=DAYS, deputy=st.just("傅总")),
)
ARCHIVES = st.lists(ROWS, min_size=3, max_size=12).map(
    lambda rows: (owed.cover(payment_credit="good", high_level_visits=True), *(row._replace(row_id=f"r{n}") for n, row in enumerate(rows)))
)
FIRST, HOURS = datetime(2026, 6, 1), 24 * 45
TICKS = st.sets(st.integers(0, 2 * HOURS), min_size=1, max_size=25).map(
    lambda halves: [FIRST + timedelta(minutes=30 * half) for half in sorted(halves)]
)
"""Half hours at which the machine happens to run; between them it is down, at times for weeks."""
WHOLE = frozenset({Telling.ALERTS, Telling.DIGESTS})


def stood(memory: Memory, at: datetime) -> State:
    return state.of(memory.facts, at, memory.tiers)


@settings(max_examples=400 if LONG else 30)
@given(ARCHIVES, TICKS, st.data())
def test_no_duty_is_lost_doubled_or_told_at_an_older_stage_whenever_the_machine_is_down(
    rows: tuple[Accepted, ...], ticks: list[datetime], data: st.DataObject
) -> None:
    memory, told = Memory(facts(*rows), {}, nothing_told()), Counter[Notice]()
    for here in ticks:
        tell = data.draw(st.sampled_from([WHOLE, WHOLE, simulation.ALERTS]))
        now = here.replace(tzinfo=tiny.ZONE)
        memory.begin()
        memory.look(now, tell)
        standing = stood(memory, now)
        fresh = [notice for mail in memory.mails for notice in mail.notices if notice.kind == "duty"]
        told.update(notice for mail in memory.mails for notice in mail.notices)
        stages = {(duty.rule, subject_of_duty(duty), duty.period): duty for duty in standing.duties}
        for notice in fresh:
            duty = stages[notice.rule, notice.subject, notice.period]
            assert notice.stage <= duty.stage
            assert notice.stage == duty.stage or notice.recipient != duty.owner, "an older stage is told"
        known = state.to_tell(memory.facts, here.date(), frozenset(told), memory.findings.first_told)
        situation = state.completed(known, standing, tell)
        assert digests(situation, memory.facts.config, tell) == (), "what stands has been told"
        for duty in standing.duties:
            if duty.stage > Stage.LATER and (tell == WHOLE or duty.urgent):
                owner = responsible(duty, situation, administrator_of(situation, memory.facts.config))
                assert Notice("duty", duty.rule, subject_of_duty(duty), duty.period, duty.stage, owner.number) in told
    assert set(told.values()) <= {1}, "nothing is told twice"


def kept_and_anew(facts: Facts, moments: Iterable[datetime]) -> Iterator[tuple[list[Duty], list[Duty]]]:
    """The duties of each moment: as they were worked out when they may have changed last, and all of them anew."""
    standing = Standing(facts.company, facts.unkept)
    for moment in moments:
        situation = state.situation_of(facts, moment.replace(tzinfo=tiny.ZONE), {})
        standing.renew(situation, urgent=False)
        found = expectations(replace(situation, horizon=Horizon()), facts.unkept, ASKING_RULES)
        yield timeless(sorted(standing.duties, key=urgency)), timeless(duties(found, situation))


def timeless(found: Iterable[Duty]) -> list[Duty]:
    """What the duties say, but for how much time is left."""
    return [duty._replace(facts={name: fact for name, fact in duty.facts.items() if name != "left"}) for duty in found]


@settings(max_examples=300 if LONG else 30)
@given(ARCHIVES, TICKS)
def test_what_was_worked_out_before_stands_as_if_it_were_worked_out_now(rows: tuple[Accepted, ...], ticks: list[datetime]) -> None:
    for kept, anew in kept_and_anew(facts(*rows), ticks):
        assert kept == anew


@pytest.mark.parametrize("company", ["sample", "generated", "owed_rows"])
def test_what_was_worked_out_before_stands_in_a_year_of_a_whole_company(company: str, request: pytest.FixtureRequest) -> None:
    moments = [datetime(2026, 1, 1, 8, 30) + timedelta(days=n, hours=7 * (n % 3)) for n in range(0, 500, 1 if LONG else 6)]
    found = list(kept_and_anew(request.getfixturevalue(company), moments))
    assert all(kept == anew for kept, anew in found)
    assert len({duty.rule for _, anew in found for duty in anew}) >= 5


def test_what_cannot_have_changed_is_not_worked_out_again() -> None:
    known = facts(owed.cover(), owed.row("F7.actions", action="走访", owner="王芳", due_on="2026-07-20", status="in_progress"))
    standing = Standing(known.company, known.unkept)

    def renewed(at: str) -> set[str]:
        situation = state.situation_of(known, datetime.fromisoformat(at).replace(tzinfo=tiny.ZONE), {})
        return {part.rule for part in standing.renew(situation, urgent=False)}

    assert renewed("2026-06-01 08:30") == set(ASKING_RULES)
    assert "D6" not in renewed("2026-07-10 08:30"), "it is announced three working days ahead"
    assert "D6" in renewed("2026-07-15 08:30")
    assert "D6" not in renewed("2026-07-16 08:30")
    assert "D6" in renewed("2026-07-20 00:00")


def test_the_fake_clock_tells_what_the_real_one_tells(tmp_path: Path) -> None:
    """Each job of four days done in turn by real runs, and the same days rehearsed from the same store."""
    config = tiny.company(tmp_path)
    tiny.at(config, datetime(2026, 7, 12, 12, tzinfo=tiny.ZONE))
    first, last = date(2026, 7, 13), date(2026, 7, 16)
    with looking(config) as (store, connection):
        before = mailbox.known(connection)
        known, tiers = state.load(store, connection, config), runs.tiers(connection, "G1")
    rehearsed = {
        notice for day in simulate(known, tiers, before, first, last)
        for mail in day.mails for notice in mail.notices
    }
    for number in range(4):
        for hour, minute in ((0, 0), (8, 30), (9, 0)):
            now = datetime(2026, 7, 13 + number, hour, minute, tzinfo=tiny.ZONE)
            tell = WHOLE if (hour, minute) == (8, 30) else simulation.ALERTS
            tell |= {Telling.SUMMARIES} if (number, hour) == (0, 9) else frozenset()
            run.run(config, now, lambda done, total: None, tell=tell)
    with looking(config) as (_, connection):
        told = mailbox.known(connection).notices - before.notices
    assert rehearsed == told
    assert len(told) > 3


def test_nothing_is_written_and_the_second_rehearsal_is_as_the_first(sample: Facts) -> None:
    span = date(2026, 7, 20), date(2026, 7, 22)
    assert days(sample, *span) == days(sample, *span)


def simulated(config: Config, capsys: pytest.CaptureFixture[str], **options: object) -> str:
    given = {"first": "2026-07-20", "last": "2026-07-21", "compare": None, "person": "", "as_json": False, **options}
    assert simulate_command.main(config, tiny.NOW, **given) == 0
    return capsys.readouterr().out


@pytest.fixture
def tried(tmp_path: Path) -> Config:
    config = tiny.company(tmp_path)
    tiny.at(config)
    return config


def test_the_command_prints_each_day_with_its_mails_and_what_they_come_to(
    tried: Config, capsys: pytest.CaptureFixture[str]
) -> None:
    out = simulated(tried, capsys)
    assert "2026-07-20  待办" in out
    assert "08:30  王芳  提醒" in out
    assert "最忙的一天：2026-07-2" in out
    before = (tried.folders.data / "crmflow.db").stat().st_mtime_ns
    told = simulated(tried, capsys, person="王芳")
    assert "陈建国" not in told
    assert "D5  已上报公司领导  江南精密制造有限公司" in told
    assert (tried.folders.data / "crmflow.db").stat().st_mtime_ns == before


def test_the_document_has_every_duty_and_mail(tried: Config, capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads(simulated(tried, capsys, as_json=True))
    assert [day["day"] for day in document["days"]] == ["2026-07-20", "2026-07-21"]
    duties = [duty for day in document["days"] for duty in day["duties"]]
    assert {"rule", "stage", "customer", "period", "owner", "due_at", "zh", "en"} <= duties[0].keys()
    assert sum(document["totals"]["duties"].values()) == len(duties)
    assert sum(document["totals"]["mails"].values()) == sum(len(day["mails"]) for day in document["days"])


def test_another_configuration_stands_beside_it(tried: Config, capsys: pytest.CaptureFixture[str]) -> None:
    """With a later cut-over day nothing that was due before is asked for."""
    path = tried.folders.workbooks.parent / "other.yaml"
    text = (path.parent / "config.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("cut_over_on: 2026-01-01", "cut_over_on: 2026-08-01"), encoding="utf-8")
    document = json.loads(simulated(tried, capsys, compare=path, as_json=True))
    assert document["duties"]
    assert all(counts["b"] < counts["a"] for rule, counts in document["duties"].items() if rule in ("D2", "D5", "V3"))
    assert "B − A" in simulated(tried, capsys, compare=path)


def test_days_in_the_wrong_order_are_said(tried: Config) -> None:
    with pytest.raises(WrongUse, match="--from"):
        simulate_command.main(tried, tiny.NOW, "2026-08-01", "2026-07-01", None, "", False)
    with pytest.raises(WrongUse, match="2026"):
        simulate_command.main(tried, tiny.NOW, "2026年", "2026-07-01", None, "", False)
