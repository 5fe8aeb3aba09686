"""D11: birthdays of key persons (section 5)."""

from collections.abc import Iterator
from datetime import timedelta

from crmflow.company import CONTACTS, PERSONS
from crmflow.dates import day_of
from crmflow.duties.festivals import CARE
from crmflow.duties.rule import DutyRule
from crmflow.duties.situation import Situation
from crmflow.model import Expectation
from crmflow.timing import Pace


def birthdays(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D11: announced some days ahead, each time anew, and due on the day until the contact is reported.

    What is planned in F15 is asked for there (D11b), not here too.
    """
    company, ahead = situation.company, situation.config.deadlines.D11_ahead_days
    reach = timedelta(days=max(ahead, default=0))
    planned = {
        (row.customer, row.values.get("subject"), day_of(row.values.get("date")))
        for row in company.rows.get(CARE, ()) if row.values.get("occasion") == "birthday"
    }
    for row in company.rows.get(PERSONS, ()):
        birthday = row.values.get("birthday")
        day = situation.birthday(birthday) if isinstance(birthday, str) else None
        if day is None or not situation.has_come(day - reach):
            continue
        if (row.customer, row.values.get("name"), day) in planned:
            continue
        with_them = [contact for contact in situation.contacts_of(row.customer)
                     if contact.key_person == row.values.get("name")]
        met = next((contact for contact in with_them if contact.day == day), None)
        yield Expectation(
            rule, row.customer, row.row_id, day.isoformat(), situation.manager_of(row.customer), day,
            situation.contacts_sheet(row.customer, row.where.file),
            {"customer": company.name_of(row.customer), "person": str(row.values.get("name"))}, tuple(ahead),
            met_on=met.day if met else None, evidence=met.row_id if met else "",
            last=with_them[-1].day if with_them else None, until=day,
        )


RULES = {"D11": DutyRule(birthdays, (PERSONS, CONTACTS), Pace.CALENDAR_DAYS)}
