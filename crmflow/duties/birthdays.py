"""D11: birthdays of key persons (section 5)."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from crmflow.company import PERSONS
from crmflow.dates import ONE_DAY, end_of, next_birthday, start_of
from crmflow.duties.situation import Situation, duty
from crmflow.model import Duty, Stage
from crmflow.texts import PHRASES, both
from crmflow.timing import Timing


def birthdays(situation: Situation, rule: str) -> Iterator[Duty]:
    """D11: announced some days ahead, each time anew, and due on the day until the contact is reported."""
    company, today = situation.company, situation.today
    ahead = sorted(days for days in situation.config.deadlines.D11_ahead_days if days > 0)
    for row in company.rows.get(PERSONS, ()):
        birthday = row.values.get("birthday")
        day = next_birthday(birthday, today) if isinstance(birthday, str) else None
        if day is None or (day - today).days > max(ahead, default=0):
            continue
        with_them = [contact.day for contact in situation.contacts.get(row.customer, ())
                     if contact.key_person == row.values.get("name")]
        if day not in with_them:
            facts = {"customer": company.name_of(row.customer), "person": str(row.values.get("name"))}
            timing, period = _birthday_timing(day, ahead, today)
            yield duty(
                rule, timing, situation.stand_in(company.manager_of(row.customer)),
                situation.contacts_sheet(row.customer, row.where.file), facts,
                customer=row.customer, subject=row.row_id, period=period, last=max(with_them, default=None),
            )


def _birthday_timing(day: date, ahead: Sequence[int], today: date) -> tuple[Timing, str]:
    """The timing, which changes with each announcement too, and a period that tells them apart."""
    days = (day - today).days
    if not days:
        return Timing(end_of(day), Stage.DUE, start_of(day + ONE_DAY), PHRASES["due.birthday"]), day.isoformat()
    announced = next(before for before in ahead if days <= before)
    following = max((before for before in ahead if before < announced), default=0)
    change = start_of(day - timedelta(days=following))
    timing = Timing(end_of(day), Stage.AHEAD, change, both("due.calendar_days", days=days))
    return timing, f"{day.isoformat()}-{announced}d"
