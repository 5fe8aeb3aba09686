"""The pipeline on a fake clock: what would be due and who would be told, day by day, over what is known now.

Evidence counts from the day that is typed in it. Nothing is written: what was
told, and the tiers that customers came to hold, are kept in memory as the store would keep them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from crmflow import clock, drafts, executive, state, summary
from crmflow.clock import TELLS
from crmflow.config import local
from crmflow.dates import ONE_DAY, start_of
from crmflow.digest import digests, has_address
from crmflow.drafts import Telling
from crmflow.duties import urgency
from crmflow.duties.situation import Situation
from crmflow.duties.standing import Part, Staff, Standing
from crmflow.escalation import subject_of_duty
from crmflow.items import subject_of
from crmflow.model import Duty, Expectation, Finding, Notice, Person, Stage
from crmflow.state import Facts, State
from crmflow.store.mailbox import Known
from crmflow.store.runs import Tiers

ALERTS = frozenset({Telling.ALERTS})
Key: TypeAlias = tuple[str, str, str]
"""What a duty is, at whatever stage and whoever is told: rule, subject and period as notices name them."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that would be sent, and when (local): to whom, and what it would tell."""

    at: datetime
    recipient: Person
    kind: str
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Day:
    """What would arise on a day: the duties told of at a stage that they had not reached before, and the mails."""

    day: date
    duties: tuple[Duty, ...]
    mails: tuple[Mail, ...]


def simulate(facts: Facts, tiers: Tiers, told: Known, first: date, last: date) -> Iterator[Day]:
    """Every day from ``first`` to ``last``, as the jobs of the configuration would go.

    ``tiers`` and ``told`` are what the store knew before; all jobs count as done until the first day begins.
    """
    memory = Memory(facts, tiers, told)
    for day, moments in _by_day(facts, first, last):
        memory.begin()
        for moment, tell in moments:
            memory.look(moment, tell)
        yield Day(day, tuple(memory.duties), tuple(memory.mails))


def _by_day(facts: Facts, first: date, last: date) -> Iterator[tuple[date, Sequence[tuple[datetime, Set[Telling]]]]]:
    """Each day with the moments at which jobs are due, and what these tell."""
    jobs, zone, calendar = facts.config.jobs.by_name, facts.config.company.zone, facts.calendar
    before = start_of(first).replace(tzinfo=zone) - timedelta(microseconds=1)
    coming = {name: clock.next_after(job, before, calendar) for name, job in jobs.items()}
    for number in range((last - first).days + 1):
        day = first + number * ONE_DAY
        end, moments = start_of(day + ONE_DAY).replace(tzinfo=zone), []
        while (now := min((moment for moment in coming.values() if moment), default=end)) < end:
            here, due = now.astimezone(zone), [name for name, moment in coming.items() if moment == now]
            tell: frozenset[Telling] = frozenset().union(*(TELLS[name] for name in due))
            moments.append((here, tell))
            coming |= {name: clock.next_after(jobs[name], here, calendar) for name in due}
        yield day, moments


@dataclass
class Findings:
    """What is wrong, and since when people know: each finding rests until one of them is to be reminded of it.

    ``first_told`` maps its subject and a staff number to the day.
    """

    facts: Facts
    first_told: dict[tuple[str, str], date]

    def __post_init__(self) -> None:
        self.subjects = [(subject_of(one), one) for one in self.facts.findings]
        self.rests_until: dict[str, date] = {}
        self.first_days: dict[str, set[date]] = defaultdict(set)
        for (subject, _), day in self.first_told.items():
            self.first_days[subject].add(day)

    def remember(self, notices: Iterable[Notice], today: date) -> None:
        """Notices that have been told today."""
        for one in notices:
            if one.kind == "finding" and (one.subject, one.recipient) not in self.first_told:
                self.first_told[one.subject, one.recipient] = today
                self.first_days[one.subject].add(today)

    def to_tell(self, today: date) -> Iterator[Finding]:
        """Those of which there may be something to tell."""
        return (one for subject, one in self.subjects if self.rests_until.get(subject, today) <= today)

    def rest(self, today: date) -> None:
        """Everybody has been told today what there was to tell."""
        for subject, _ in self.subjects:
            if self.rests_until.get(subject, today) <= today:
                again = (self._reminded_after(first, today) for first in self.first_days[subject])
                self.rests_until[subject] = min(again, default=date.max)

    def _reminded_after(self, first: date, today: date) -> date:
        every, calendar = self.facts.config.findings.remind_every_working_days, self.facts.calendar
        cycle = calendar.working_days_between(first, today) // every
        return calendar.add_working_days(first, (cycle + 1) * every)


@dataclass
class Memory:
    """What the store would hold by now, and what has arisen on the day that is looked at."""

    facts: Facts
    former_tiers: Tiers
    known: Known
    duties: list[Duty] = field(default_factory=list)
    mails: list[Mail] = field(default_factory=list)

    def __post_init__(self) -> None:
        zone = self.facts.config.company.zone
        self.tiers = {customer: list(held) for customer, held in self.former_tiers.items()}
        self.told: set[Notice] = set()
        self.passed_up: dict[Key, set[str]] = defaultdict(set)
        self._remember(self.known.notices)
        self.reached: set[tuple[str, str, str, str, Stage]] = set()
        self.standing = Standing(self.facts.company, self.facts.unkept)
        self.untold: dict[Part, None] = {}
        self.settled: set[tuple[object, ...]] = set()
        self.done: dict[Part, Sequence[Expectation]] = {}
        first_told = {which: at.astimezone(zone).date() for which, at in self.known.first_told.items()}
        self.findings = Findings(self.facts, first_told)
        self.staff: Staff = ()
        self.above: dict[tuple[str, str], tuple[Person, tuple[Person, ...]]] = {}
        self.all_reachable = all(map(has_address, self.facts.company.people.people.values()))
        self.valid_until = datetime.min

    def begin(self) -> None:
        """A new day begins."""
        self.duties, self.mails = [], []

    def look(self, now: datetime, tell: Set[Telling]) -> None:
        """Do what the jobs of a moment do, unless what is urgent was told and nothing can have changed since."""
        here, whole = local(self.facts.config, now), Telling.DIGESTS in tell
        if tell <= ALERTS and here < self.valid_until:
            return
        situation = state.situation_of(self.facts, now, self.tiers)
        self._hold_tiers(situation)
        changed = self.standing.renew(situation, urgent=not whole)
        self._reach(changed)
        self._hear_of(changed)
        for mail in self._mails(situation, tell):
            self.mails.append(mail)
            self._remember(mail.notices)
            self.findings.remember(mail.notices, situation.today)
        if whole:
            self._settle(situation.today)
        self.valid_until = min(start_of(here.date() + ONE_DAY), *(part.until for part in self.standing.urgent))

    def _hold_tiers(self, situation: Situation) -> None:
        for customer, grade in situation.grades.items():
            held = self.tiers.setdefault(customer, [])
            if not held or held[-1][0] != grade.tier:
                held.append((grade.tier, situation.today))

    def _reach(self, changed: Iterable[Part]) -> None:
        """The stages that stand for the first time."""
        for duty in sorted((duty for part in changed for duty in part.duties), key=urgency):
            key = duty.rule, duty.customer, duty.subject, duty.period, duty.stage
            if duty.stage is not Stage.LATER and key not in self.reached:
                self.reached.add(key)
                self.duties.append(duty)

    def _remember(self, notices: Iterable[Notice]) -> None:
        """Notices as the store would hold them, and who waits to hear that what was passed up to them is done."""
        for one in notices:
            self.told.add(one)
            key = one.rule, one.subject, one.period
            if one.kind == "duty" and one.stage >= Stage.COPIED:
                self.passed_up[key].add(one.recipient)
            elif one.kind == "resolved":
                self.passed_up[key].discard(one.recipient)

    def _hear_of(self, changed: Iterable[Part]) -> None:
        """There is something to tell of what has changed; of everything, when others are there to be told."""
        for part in changed:
            self.done[part] = [one for one in part.met if self.passed_up.get(_key(one))]
        if self.standing.staff != self.staff or not self.all_reachable:
            self.settled.clear()
            self.findings.rests_until.clear()
            self.above = {}
            changed = self.standing.parts
        self.staff = self.standing.staff
        self.untold.update(dict.fromkeys(changed))

    def _mails(self, situation: Situation, tell: Set[Telling]) -> Iterator[Mail]:
        """What would be sent; of an overview only that it would."""
        telling = self._to_tell(situation, tell)
        for draft in digests(telling, self.facts.config, tell - drafts.OVERVIEWS):
            yield Mail(situation.now, draft.recipient, draft.kind, draft.notices)
        if Telling.SUMMARIES in tell:
            for head, notice in summary.untold(telling):
                if has_address(head):
                    yield Mail(situation.now, head, "summary", (notice,))
        if Telling.MONTHS in tell and telling.customers:
            for one in executive.untold(telling.directory, self.told, telling.today):
                if has_address(one):
                    yield Mail(situation.now, one, "executive", (executive.notice_of(one, telling.today),))

    def _to_tell(self, situation: Situation, tell: Set[Telling]) -> drafts.Situation:
        """What there is to tell, without what has been told and stands as it stood."""
        facts, today = self.facts, situation.today
        whole = Telling.DIGESTS in tell
        duties = (duty for part in self.untold for duty in part.duties if _stand(duty) not in self.settled)
        calendar = state.findings_of_calendar(situation, self.standing.duties) if whole else ()
        done = (one for ones in self.done.values() for one in ones if self.passed_up[_key(one)]) if whole else ()
        standing = State(
            facts, situation, (*self.findings.to_tell(today), *calendar), facts.grades(today), tuple(done),
            tuple(sorted(duties, key=urgency)),
        )
        telling = state.to_tell(facts, today, self.told, self.findings.first_told)
        telling = replace(telling, above=self.above, passed_up=self.passed_up)
        return state.completed(telling, standing, tell - drafts.OVERVIEWS)

    def _settle(self, today: date) -> None:
        """All that there was to tell has been told."""
        self.settled.update(_stand(duty) for part in self.untold for duty in part.duties)
        self.untold.clear()
        if self.all_reachable:
            self.findings.rest(today)


def _key(one: Expectation) -> Key:
    return one.rule, subject_of_duty(one), one.period


def _stand(duty: Duty) -> tuple[object, ...]:
    return duty.rule, duty.customer, duty.subject, duty.period, duty.stage, duty.owner
