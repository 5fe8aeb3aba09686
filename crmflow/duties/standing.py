"""What is asked at one moment after the other: worked out anew only where it can have changed since."""

from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from crmflow.catalogue import catalogue
from crmflow.company import Company
from crmflow.duties import ASKING_RULES, DUTY_RULES, owed
from crmflow.duties.errors import kept_rows_of, with_errors
from crmflow.duties.exemptions import exempted, exemptions_of
from crmflow.duties.rule import DutyRule
from crmflow.duties.situation import Situation
from crmflow.model import Duty, Expectation, Person, WorkbookKind
from crmflow.people import in_service

Staff: TypeAlias = Sequence[tuple[Person, bool, bool]]
"""Everybody with whether they are at work and in service."""


@dataclass(eq=False, slots=True)
class Part:
    """What one rule asks about one customer, or a rule of the registers at all (``customer`` is None).

    It stands ``until`` a moment, unless the staff or the customer's tier change; only how much time
    its duties say is left may be that of an earlier day.
    """

    rule: str
    customer: str | None
    until: datetime = datetime.min
    met: tuple[Expectation, ...] = ()
    duties: tuple[Duty, ...] = ()


class Standing:
    """Everything that is asked of a company whose rows stay as they are.

    An archive is one customer's, so what a rule asks about a customer rests on that customer's rows alone.
    """

    def __init__(self, company: Company, unkept: Set[str]) -> None:
        asked = ((id, rule) for id, rule in ASKING_RULES.items() if unkept.isdisjoint(rule.blocks))
        self.parts = tuple(
            Part(id, customer) for id, rule in asked
            for customer in (company.codes if _is_of_archives(rule) else (None,))
        )
        self.urgent = tuple(part for part in self.parts if DUTY_RULES[part.rule].urgent)
        self.staff: Staff = ()
        self._of_customer: dict[str | None, list[Part]] = defaultdict(list)
        for part in self.parts:
            self._of_customer[part.customer].append(part)
        self._tiers: dict[str, tuple[str, date | None]] = {}
        self._exemptions, self._kept_rows = exemptions_of(company), kept_rows_of(company)

    @property
    def duties(self) -> Iterator[Duty]:
        """All that is still to be done, as far as it has been looked at."""
        return (duty for part in self.parts for duty in part.duties)

    def renew(self, situation: Situation, *, urgent: bool) -> Sequence[Part]:
        """Work out anew what may stand otherwise by now, of all of it or of what is urgent."""
        self._doubt(situation)
        changed = [part for part in (self.urgent if urgent else self.parts) if part.until <= situation.now]
        customers = {part.customer for part in changed}
        about = {customer: situation if customer is None else situation.about(customer) for customer in customers}
        for part in changed:
            self._work_out(part, about[part.customer])
        return changed

    def _doubt(self, situation: Situation) -> None:
        """Let nothing stand that rests on other staff, or on a tier that a customer no longer holds."""
        people, since = situation.company.people.people.values(), situation.company.tier_since
        staff = tuple((one, situation.is_at_work(one), in_service(one, situation.today)) for one in people)
        tiers = {customer: (grade.tier, since.get(customer)) for customer, grade in situation.grades.items()}
        others = [customer for customer, tier in tiers.items() if self._tiers.get(customer) != tier]
        doubtful = self.parts if staff != self.staff else (part for one in others for part in self._of_customer[one])
        for part in doubtful:
            part.until = datetime.min
        self.staff, self._tiers = staff, tiers

    def _work_out(self, part: Part, situation: Situation) -> None:
        situation.horizon.moment = datetime.max
        found = DUTY_RULES[part.rule].expected(situation, part.rule)
        expected = tuple(with_errors(exempted(found, self._exemptions, situation), DUTY_RULES, self._kept_rows))
        part.met = tuple(one for one in expected if one.met_on is not None)
        part.duties = tuple(owed(expected, situation))
        part.until = situation.horizon.moment


def _is_of_archives(rule: DutyRule) -> bool:
    kinds = {catalogue().form_of(block).kind for block in rule.blocks}
    return kinds == {WorkbookKind.ARCHIVE}
