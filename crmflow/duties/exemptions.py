"""F41a: what need not be met, because somebody entitled has said so."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from crmflow.company import EXEMPTIONS, Company
from crmflow.dates import Span, day_of, span_named
from crmflow.duties.situation import Situation
from crmflow.model import Expectation

RULES_OF: Mapping[str, tuple[str, ...]] = {
    "monthly_report": ("D1",), "verification": ("D2",), "visit": ("V1", "V2", "V3", "V4", "V5", "V6"),
    "customer_plan": ("D5",), "expense_statement": ("D8",), "survey": ("D13",),
}
"""The rules under which each item of the form is asked for."""


@dataclass(frozen=True, slots=True)
class _Exemption:
    """An accepted row of F41a; it ends by itself after the day ``until``."""

    span: Span
    until: date
    reason: str

    def covers(self, one: Expectation, situation: Situation) -> bool:
        """Whether the expectation's period lies within the exempted one, and ended or is looked at while this holds."""
        due = day_of(one.due) or date.max
        asked = span_named(one.period) or Span(due, due, one.period)
        within = self.span.start <= asked.start and asked.end <= self.span.end
        return within and (asked.end <= self.until or not situation.is_over(self.until))


Exemptions: TypeAlias = Mapping[tuple[str, str], Sequence[_Exemption]]
"""By rule, and customer code or staff number."""


def exempted(
    expected: Iterable[Expectation], exemptions: Exemptions, situation: Situation
) -> Iterable[Expectation]:
    """The expectations, those that need not be met with the reason why."""
    return _exempted(expected, exemptions, situation) if exemptions else expected


def _exempted(
    expected: Iterable[Expectation], exemptions: Exemptions, situation: Situation
) -> Iterator[Expectation]:
    for one in expected:
        found = exemptions.get((one.rule, one.customer or one.owner), ())
        reasons = [exemption.reason for exemption in found if exemption.covers(one, situation)]
        yield one._replace(exempt=reasons[0]) if reasons else one


def exemptions_of(company: Company) -> Exemptions:
    """What is accepted in F41a; what names nobody exempts nobody."""
    found: dict[tuple[str, str], list[_Exemption]] = defaultdict(list)
    for row in company.rows.get(EXEMPTIONS, ()):
        span, until = span_named(str(row.values.get("period"))), day_of(row.values.get("until_on"))
        if span is None or until is None:
            continue
        exemption = _Exemption(span, until, str(row.values.get("reason")))
        for subject in _meant(str(row.values.get("subject") or ""), company):
            for rule in RULES_OF.get(str(row.values.get("form")), ()):
                found[rule, subject].append(exemption)
    return found


def _meant(subject: str, company: Company) -> Iterator[str]:
    """The customers, by code or name, or the person that the text names."""
    if person := company.people.find(subject):
        yield person.number
    words = {subject, *subject.split()}
    for code, cover in company.customers.items():
        if not words.isdisjoint((code, cover.values.get("name"), cover.values.get("short_name"))):
            yield code
