"""D10: nobody is surprised by the end of a contract (section 5)."""

import re
from collections.abc import Iterator
from datetime import timedelta

from crmflow.dates import day_of
from crmflow.duties.rule import DutyRule
from crmflow.duties.situation import Situation
from crmflow.model import Accepted, Expectation
from crmflow.timing import Pace

CONTRACTS = "F14.contracts"
_YEAR_OR_NUMBER = re.compile(r"[\d\s（）()年度第期]+")


def ending_contracts(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D10: the end of a contract is announced some days ahead, until it has come or a successor is signed."""
    company, ahead = situation.company, situation.config.deadlines.D10_ahead_days
    reach = timedelta(days=max(ahead, default=0))
    for row in company.rows.get(CONTRACTS, ()) if ahead else ():
        ends = day_of(row.values.get("ends_on"))
        if ends is None or not situation.has_come(ends - reach) or situation.is_over(ends):
            continue
        if row.values.get("status") in ("completed", "terminated"):
            continue
        successor = next((other for other in company.of(row.customer, CONTRACTS)
                          if _succeeds(situation, other, row)), None)
        signed = situation.day(successor, "signed_on") if successor else None
        yield Expectation(
            rule, row.customer, row.row_id, ends.isoformat(), situation.manager_of(row.customer), ends, row.where,
            {"customer": company.name_of(row.customer), "number": str(row.values.get("number")),
             "name": str(row.values.get("name"))},
            ahead, met_on=signed, evidence=successor.row_id if successor else "", last=signed, until=ends,
        )


def _succeeds(situation: Situation, other: Accepted, former: Accepted) -> bool:
    """Whether ``other`` takes over: signed, of the same name, begun when the end was announced at the earliest.

    Years, numbers and terms in the names do not count. Another contract that happens to run on is no successor.
    """
    ends, later = day_of(former.values.get("ends_on")), day_of(other.values.get("ends_on"))
    signed = situation.day(other, "signed_on")
    begins = day_of(other.values.get("starts_on")) or signed
    if not (ends and later and signed and begins):
        return False
    reach = timedelta(days=max(situation.config.deadlines.D10_ahead_days))
    return later > ends and begins >= ends - reach and _plain_name(other) == _plain_name(former)


def _plain_name(contract: Accepted) -> str:
    return _YEAR_OR_NUMBER.sub("", str(contract.values.get("name")))


RULES = {"D10": DutyRule(ending_contracts, (CONTRACTS,), Pace.CALENDAR_DAYS)}
