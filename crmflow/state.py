"""What is true of the company at a moment: its accepted rows, what is wrong, the grades and the duties."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from itertools import chain

from crmflow import drafts
from crmflow.access import Customer
from crmflow.catalogue import Catalogue
from crmflow.check.calendar import calendar_is_official
from crmflow.company import (
    ACTIONS,
    CALENDAR,
    COMPLAINTS,
    CONTACTS,
    COVER,
    EXEMPTIONS,
    LEAVE,
    MONTHLY,
    PERSONS,
    PROJECTS,
    RELATIONS,
    ROLES,
    TRANSACTIONS,
    Company,
)
from crmflow.config import Config, local
from crmflow.dates import WorkCalendar
from crmflow.drafts import Telling
from crmflow.duties import BLOCKS as DUTY_BLOCKS
from crmflow.duties import DUTY_RULES, duties, expectations
from crmflow.duties.contact_plan import PLAN as PLANNED_CONTACTS
from crmflow.duties.contracts import CONTRACTS
from crmflow.duties.information import INFORMATION
from crmflow.duties.situation import Situation
from crmflow.figures import DAILY, basis_of, figures, progress, turning_days
from crmflow.grade import Figures, grade, metrics_of
from crmflow.metrics import METRICS
from crmflow.model import Accepted, Duty, Expectation, Finding, Grade, Notice, Stage, Where
from crmflow.people import Directory, with_leave
from crmflow.register import Line, Terms, register
from crmflow.store import archive, evidence, findings, runs
from crmflow.store.archive import Store
from crmflow.store.base import Connection
from crmflow.store.evidence import Said
from crmflow.store.runs import Tiers
from crmflow.uses import USES

EVIDENCE = (CONTACTS, MONTHLY)
"""What satisfies a duty even after its row has left the workbook (decision 9)."""
FORMS = {id: rule.form for id, rule in DUTY_RULES.items() if rule.form}
"""The form that each rule of the filing register asks for."""
FILED = frozenset(rule.evidence for rule in DUTY_RULES.values() if rule.form and rule.evidence)
"""The fields of which it must be known when they came to say what they say."""
OF_EVIDENCE = tuple({rule.evidence.rpartition(".")[0]: None for rule in DUTY_RULES.values() if rule.evidence})
"""The blocks where an error stands in the way of a duty."""
BLOCKS = tuple(dict.fromkeys((
    COVER, RELATIONS, ROLES, PROJECTS, CONTACTS, TRANSACTIONS, COMPLAINTS, EXEMPTIONS, CALENDAR, LEAVE, *DUTY_BLOCKS,
)))
"""What grades, duties and mails rest on."""
FIELDS = {
    name: frozenset(chain(
        *(USES[rule].get(name, ()) for rule in DUTY_RULES if rule in USES),
        *(metric.fields.get(name, ()) for metric in METRICS.values()),
    ))
    for name in (RELATIONS, ROLES, CONTACTS, TRANSACTIONS, PLANNED_CONTACTS, ACTIONS, PERSONS, INFORMATION, CONTRACTS)
}
"""What duties and figures read of blocks with many rows, at which nothing else looks: most of them is long texts."""


@dataclass(frozen=True)
class Facts:
    """What the store holds, read once, as one configuration looks at it at any moment.

    ``company`` is everybody and everything accepted, before leave and tiers are looked at.
    ``uncertain`` and ``absent`` are what figures cannot rest on, by customer.
    """

    config: Config
    catalogue: Catalogue
    company: Company
    uncertain: Mapping[str, Mapping[str, int]]
    absent: Mapping[str, Set[str]]
    findings: tuple[Finding, ...]

    @cached_property
    def calendar(self) -> WorkCalendar:
        return calendar_of(self.config, self.company.rows[CALENDAR])

    @cached_property
    def unkept(self) -> Set[str]:
        """The blocks of forms that the company hides."""
        return frozenset(DUTY_BLOCKS) - self.catalogue.blocks.keys()

    def figures_of(self, customer: str, today: date, metrics: Iterable[str] = METRICS) -> Figures:
        basis = basis_of(self.company.all_of(customer), today, self.config.grading.window_months)
        return figures(basis, self.uncertain.get(customer, {}), self.absent.get(customer, frozenset()), metrics)

    def grades(self, today: date) -> tuple[Grade, ...]:
        """Every customer's grade under every scheme."""
        if today not in self._grades:
            self._grades.clear()
            self._grades[today] = tuple(
                one for customer in self.company.customers for one in self._grades_of(customer, today)
            )
        return self._grades[today]

    def company_on(self, today: date, tiers: Tiers, graded: Mapping[str, Grade]) -> Company:
        """The company with those on leave, and the tiers that customers hold, on a day."""
        since, people = tier_since(tiers, graded, today), self.people_on(today)
        known = self._companies[-1] if self._companies else None
        if known is None or known.tier_since != since or known.people != people:
            known = self.company.at(people, since)
            self._companies[:] = [known]
        return known

    def people_on(self, today: date) -> Directory:
        """Everybody, with those on leave on a day."""
        return with_leave(self.company.people, [row.values for row in self.company.rows[LEAVE]], today)

    def customers_on(self, today: date) -> Mapping[str, Customer]:
        """What entitlement must know of every customer on a day."""
        if today not in self._customers:
            self._customers.clear()
            self._customers[today] = drafts.customers_of(replace(self.company, people=self.people_on(today)), today)
        return self._customers[today]

    @cached_property
    def _grades(self) -> dict[date, tuple[Grade, ...]]:
        """Those of the day last looked at; so are the next two."""
        return {}

    @cached_property
    def _companies(self) -> list[Company]:
        return []

    @cached_property
    def _customers(self) -> dict[date, Mapping[str, Customer]]:
        return {}

    def _grades_of(self, customer: str, today: date) -> tuple[Grade, ...]:
        """Those last worked out, as long as no figure that a scheme looks at can have changed."""
        window, daily = self.config.grading.window_months, not DAILY.isdisjoint(self._metrics)
        stand = progress(self._turning_days[customer], today, window), today if daily else None
        known = self._graded.get(customer)
        if known is None or known[0] != stand:
            found, schemes = self.figures_of(customer, today, self._metrics), self.config.grading.schemes.items()
            known = self._graded[customer] = stand, tuple(grade(customer, found, *scheme) for scheme in schemes)
        return known[1]

    @cached_property
    def _graded(self) -> dict[str, tuple[object, tuple[Grade, ...]]]:
        return {}

    @cached_property
    def _turning_days(self) -> Mapping[str, Sequence[date]]:
        return {code: turning_days(self.company.all_of(code), self._metrics) for code in self.company.customers}

    @cached_property
    def _metrics(self) -> Set[str]:
        """Those that any scheme looks at."""
        return frozenset(one for scheme in self.config.grading.schemes.values() for one in metrics_of(scheme))


@dataclass(frozen=True)
class State:
    """What is true of the company once the workbooks are taken in.

    ``expectations`` are those that are met or stand in the filing register, ``duties`` those not met. What only
    some mails speak of is worked out when it is asked for.
    """

    facts: Facts
    situation: Situation
    findings: tuple[Finding, ...]
    grades: tuple[Grade, ...]
    expectations: tuple[Expectation, ...]
    duties: tuple[Duty, ...]

    @property
    def company(self) -> Company:
        return self.situation.company

    @cached_property
    def register(self) -> tuple[Line, ...]:
        """How filings stand."""
        return register(self.expectations, _terms(self.situation))


def work_out(store: Store, connection: Connection, config: Config, now: datetime) -> State:
    """Grades and duties from everything that is accepted by now; nothing is written."""
    return of(load(store, connection, config), now, runs.tiers(connection, config.grading.primary))


def load(store: Store, connection: Connection, config: Config) -> Facts:
    """Everything that grades, duties and mails rest on."""
    said = tuple(evidence.said(connection, FILED))
    company = Company(
        archive.directory(store, connection), archive.company_rows(store, connection, BLOCKS, FIELDS), {},
        {**archive.closed_rows(store, connection, EVIDENCE), COVER: tuple(_former_covers(said))},
        evidence.kept_out(connection, store.catalogue, OF_EVIDENCE, config.company.zone), _arrivals(config, said),
    )
    return Facts(
        config, store.catalogue, company, archive.uncertain(store, connection), archive.absent(connection),
        tuple(findings.standing(connection)),
    )


def of(facts: Facts, now: datetime, tiers: Tiers) -> State:
    """Grades and duties at a moment; ``tiers`` are those that customers have held so far."""
    situation = situation_of(facts, now, tiers)
    kept: list[Expectation] = []
    due = duties(_keeping(kept, expectations(situation, facts.unkept)), situation)
    found = *facts.findings, *findings_of_calendar(situation, due)
    return State(facts, situation, found, facts.grades(situation.today), tuple(kept), due)


def _keeping(kept: list[Expectation], expected: Iterable[Expectation]) -> Iterator[Expectation]:
    """The expectations, of which those are kept that are met or stand in the filing register."""
    for one in expected:
        if one.met_on is not None or one.rule in FORMS:
            kept.append(one)
        yield one


def situation_of(facts: Facts, now: datetime, tiers: Tiers) -> Situation:
    """What the rules of duties look at, at a moment."""
    config, here = facts.config, local(facts.config, now)
    graded = facts.grades(here.date())
    primary = {one.customer: one for one in graded if one.scheme == config.grading.primary}
    company = facts.company_on(here.date(), tiers, primary)
    return Situation(company, primary, config, facts.calendar, here)


def findings_of_calendar(situation: Situation, due: Iterable[Duty]) -> Iterator[Finding]:
    """What must be known of the calendar while duties of some years are near."""
    near = (duty for duty in due if duty.stage is not Stage.LATER)
    return calendar_is_official(situation.calendar, near, situation.today)


def tier_since(tiers: Tiers, graded: Mapping[str, Grade], today: date) -> Mapping[str, date]:
    """Since when customers hold the tier of ``graded``, by code; a customer's first grade counts as held always."""
    since = {}
    for customer, now in graded.items():
        held = tiers.get(customer, ())
        if held and held[-1][0] != now.tier:
            since[customer] = today
        elif len(held) > 1:
            since[customer] = held[-1][1]
    return since


def to_tell(
    facts: Facts, today: date, already: Set[Notice], first_told: Mapping[tuple[str, str], date]
) -> drafts.Situation:
    """Whom there is to tell what is wrong, and what they have been told; what is to be worked out is left open."""
    return drafts.Situation(
        today=today,
        calendar=facts.calendar,
        remind_every=facts.config.findings.remind_every_working_days,
        directory=facts.people_on(today),
        customers=facts.customers_on(today),
        catalogue=facts.catalogue,
        findings=facts.findings,
        plans=facts.company.rows[PROJECTS],
        already=already,
        first_told=first_told,
    )


def completed(telling: drafts.Situation, state: State, tell: Set[Telling]) -> drafts.Situation:
    """What there is to ``tell`` once everything is worked out; how things were before is left open."""
    return replace(
        telling,
        findings=state.findings,
        duties=state.duties,
        grades=state.grades,
        register=state.register if tell & drafts.OVERVIEWS else (),
        met=tuple(one for one in state.expectations if one.met_on is not None),
    )


def _former_covers(said: Iterable[Said]) -> Iterator[Accepted]:
    """What covers say and once said of their verification: that of a former quarter was true then."""
    for one in said:
        if one.block == COVER:
            yield Accepted(one.row_id, COVER, one.customer, {"verified_on": one.day}, Where(""))


def _arrivals(config: Config, said: Iterable[Said]) -> Mapping[tuple[str, date], datetime]:
    """When rows first came with the days they say."""
    moments = {moment: local(config, moment) for moment in {one.arrived_at for one in said} if moment}
    first: dict[tuple[str, date], datetime | None] = {}
    for one in said:
        first.setdefault((one.row_id, one.day), one.arrived_at)
    return {which: moments[moment] for which, moment in first.items() if moment}


def _terms(situation: Situation) -> Terms:
    """The terms of the filing register, which begins where people were first reminded."""
    config = situation.config
    since = max(situation.since, config.mail.cut_over_on or date.min)
    backdating, arrivals = config.filing.backdating_working_days, situation.company.arrivals
    return Terms(FORMS, arrivals, situation.calendar, backdating, since, situation.now)


def calendar_of(config: Config, days: Sequence[Accepted] = ()) -> WorkCalendar:
    """The working days: the company's own, of the configuration and of F41b, go first (section 5)."""
    own = {kind: {row.values["date"] for row in days if row.values["kind"] == kind} for kind in ("off", "working")}
    off, working = ({day for day in own[kind] if isinstance(day, date)} for kind in own)
    return WorkCalendar(config.calendar.holidays | off - working, config.calendar.working_days | working)
