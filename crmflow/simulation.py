"""The pipeline on a fake clock: what would be due and who would be told, day by day, over what is known now.

Evidence counts from the day that is typed in it. Nothing is written: what was
told, and the tiers that customers came to hold, are kept in memory as the store would keep them.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import TypeAlias

from crmflow import clock, drafts, state
from crmflow.clock import TELLS
from crmflow.config import local
from crmflow.dates import ONE_DAY, span_of, start_of
from crmflow.digest import digests, has_address
from crmflow.drafts import Draft, Month, Telling
from crmflow.duties import ASKING_RULES, DUTY_RULES, URGENT_RULES
from crmflow.duties.rule import DutyRule
from crmflow.escalation import subject_of_duty
from crmflow.executive import untold
from crmflow.model import Duty, Notice, Stage
from crmflow.people import at_work, in_service
from crmflow.state import Facts, State
from crmflow.store.mailbox import Known
from crmflow.store.runs import Tiers

ALERTS = frozenset({Telling.ALERTS})
Key: TypeAlias = tuple[str, str, str]
"""What a duty is, at whatever stage and whoever is told: rule, subject and period as notices name them."""


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that would be sent, and when (local)."""

    at: datetime
    draft: Draft


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


def _rules_for(tell: Set[Telling]) -> Mapping[str, DutyRule]:
    """The rules that can have anything to do with what is told."""
    if tell <= ALERTS:
        return URGENT_RULES
    return DUTY_RULES if tell & drafts.OVERVIEWS else ASKING_RULES


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
        self.first_told = {which: at.astimezone(zone).date() for which, at in self.known.first_told.items()}
        self.told: set[Notice] = set()
        self.passed_up: dict[Key, set[str]] = defaultdict(set)
        self._remember(self.known.notices)
        self.reached: set[tuple[str, str, str, str, Stage]] = set()
        self.settled: set[tuple[object, ...]] = set()
        self.staff: object = None
        self.telling: Set[Telling] = frozenset()
        self.valid_until = datetime.min
        self.typed = typed_moments(self.facts)

    def begin(self) -> None:
        """A new day begins."""
        self.duties, self.mails = [], []

    def look(self, now: datetime, tell: Set[Telling]) -> None:
        """Do what the jobs of a moment do, unless all of it was told and nothing can have changed since."""
        here = local(self.facts.config, now)
        if here < self.valid_until and tell <= self.telling:
            return
        standing = state.of(self.facts, now, self.tiers, _rules_for(tell))
        self._hold_tiers(standing)
        self._reach(duty for duty in standing.duties if duty.urgent or Telling.DIGESTS in tell)
        for draft in digests(self._to_tell(standing, tell), self.facts.config, tell):
            self.mails.append(Mail(here, draft))
            self._remember(draft.notices)
            for one in draft.notices:
                if one.kind == "finding":
                    self.first_told.setdefault((one.subject, one.recipient), here.date())
        if Telling.DIGESTS in tell:
            self._settle(standing)
        self.telling, self.valid_until = tell, self._valid_until(standing)

    def _hold_tiers(self, standing: State) -> None:
        for customer, grade in standing.situation.grades.items():
            held = self.tiers.setdefault(customer, [])
            if not held or held[-1][0] != grade.tier:
                held.append((grade.tier, standing.situation.today))

    def _reach(self, duties: Iterable[Duty]) -> None:
        """The stages that stand for the first time."""
        cut_over = self.facts.config.mail.cut_over_on
        for duty in duties:
            key = duty.rule, duty.customer, duty.subject, duty.period, duty.stage
            too_old = cut_over is not None and duty.due_at.date() < cut_over
            if duty.stage is not Stage.LATER and key not in self.reached and not too_old:
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

    def _to_tell(self, standing: State, tell: Set[Telling]) -> drafts.Situation:
        """What there is to tell, without what has been told and stands as it stood."""
        situation = state.to_tell(standing, tell, self.told, self.first_told)
        staff = tuple((at_work(one, situation.today), in_service(one, situation.today), has_address(one))
                      for one in situation.directory.people.values())
        if staff != self.staff or not all(reachable for *_, reachable in staff):
            self.settled.clear()
        self.staff = staff
        return replace(
            situation,
            duties=tuple(duty for duty in situation.duties if _stand(duty) not in self.settled),
            met=tuple(one for one in situation.met if self.passed_up.get((one.rule, subject_of_duty(one), one.period))),
            month=self._month(standing) if Telling.MONTHS in tell else None,
        )

    def _settle(self, standing: State) -> None:
        self.settled.update(_stand(duty) for duty in standing.duties)

    def _month(self, standing: State) -> Month | None:
        """The month before, for executives who have not heard of it; how it began is said in no simulation."""
        today = standing.situation.today
        if not untold(standing.company.people, self.told, today):
            return None
        return Month(span_of("month", today.replace(day=1) - ONE_DAY), standing.company, standing.figures)

    def _valid_until(self, standing: State) -> datetime:
        """When something else may be due: at midnight, at the next stage of a duty, at the next typed moment."""
        here = standing.situation.now
        changes = (duty.next_change_at for duty in standing.duties if duty.next_change_at)
        coming = self.typed[bisect_right(self.typed, here):][:1]
        return min((start_of(here.date() + ONE_DAY), *changes, *coming))


def _stand(duty: Duty) -> tuple[object, ...]:
    return duty.rule, duty.customer, duty.subject, duty.period, duty.stage, duty.owner


def typed_moments(facts: Facts) -> Sequence[datetime]:
    """The moments with a time of day that are typed anywhere, in order: evidence counts from them on."""
    rows = (row for rows in facts.company.rows.values() for row in rows)
    return sorted({value for row in rows for value in row.values.values() if isinstance(value, datetime)})
