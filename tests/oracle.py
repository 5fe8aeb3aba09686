"""An independent, slow reading of the regulation: which duties stand at which stage, day by day.

Written from the text of the regulation and the numbers of ``config.yaml``
alone. It shares no code with crmflow's duties, timing and calendar; rows,
people and the configuration are plain data, grades are given. Covered are
V1–V7, V11, D1, D2, D6, D8, D10, D11, C2, S6, N3, A2 and X3.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from crmflow.company import Company
from crmflow.config import Config
from crmflow.model import Accepted, Person

RULES = frozenset({
    "V1", "V2", "V3", "V4", "V5", "V6", "V7", "V11", "D1", "D2", "D6", "D8", "D10", "D11", "C2", "S6", "N3", "A2", "X3",
})
DAY = timedelta(days=1)


def _days(text: str) -> set[date]:
    """``02-15/02-23``: days of 2026 from … to …, both included."""
    found = set()
    for part in text.split():
        first, _, last = part.partition("/")
        day, end = (date.fromisoformat(f"2026-{one}") for one in (first, last or first))
        while day <= end:
            found.add(day)
            day += DAY
    return found


HOLIDAYS = _days("01-01/01-03 02-15/02-23 04-04/04-06 05-01/05-05 06-19/06-21 09-25/09-27 10-01/10-07")
"""The public holidays of 2026 as the State Council's General Office arranged them."""
MAKE_UP = _days("01-04 02-14 02-28 05-09 09-20 10-10")
"""The weekend days of 2026 on which people work instead."""


LUNAR = {"农历腊月初八": (date(2026, 1, 26), date(2027, 1, 15), date(2028, 1, 4))}
"""The days of the lunar birthdays that the companies of the tests have."""


def works(day: date) -> bool:
    """2026 by the official arrangement; every other year but 2025, of which nothing is asked here, Monday to Friday."""
    return day in MAKE_UP or (day.weekday() < 5 and day not in HOLIDAYS)


def later(day: date, count: int) -> date:
    """So many working days after a day, or before it."""
    step = DAY if count > 0 else -DAY
    while count:
        day += step
        if works(day):
            count -= 1 if count > 0 else -1
    return day


def month_later(day: date, months: int) -> date:
    """The same day some months later, or the last of a shorter month."""
    number = day.year * 12 + day.month - 1 + months
    first = date(number // 12, number % 12 + 1, 1)
    wanted = first
    while wanted.day < day.day and (wanted + DAY).month == first.month:
        wanted += DAY
    return wanted


def end_of_following_month(day: date) -> date:
    return month_later(day.replace(day=1), 2) - DAY


MONTHS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


def stretch(period: str, day: date) -> tuple[date, date]:
    """The calendar month, quarter, half-year or year of a day."""
    months = MONTHS[period]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    return first, month_later(first, months) - DAY


@dataclass(frozen=True)
class Asked:
    """One thing asked of somebody, still unmet at the moment looked at."""

    rule: str
    what: tuple[object, ...]
    due: date | datetime
    ahead: tuple[int, ...]
    until: date | None = None
    by: str = "working"
    """What its announcements count in: working days, calendar days or hours."""


@dataclass(frozen=True)
class World:
    """What is known, and the moment it is looked at; ``held`` says since when customers hold their tier.

    ``book`` has the rows by block and customer, those that have left their workbooks among them.
    """

    company: Company
    book: Mapping[tuple[str, str], list[Accepted]]
    config: Config
    tiers: Mapping[str, str]
    held: Mapping[str, date]
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()

    def rows(self, block: str) -> list[Accepted]:
        return list(self.company.rows.get(block, ()))

    def of(self, customer: str, block: str) -> list[Accepted]:
        return self.book.get((block, customer), [])

    def named(self, text: object) -> Person | None:
        """The one person of that name or number, or ``name (number)``."""
        if not isinstance(text, str):
            return None
        plain = text.replace("（", "(").replace("）", ")").strip()
        number = plain.partition("(")[2].rstrip(")").strip()
        everybody = self.company.people.people
        if number in everybody or plain in everybody:
            return everybody[number if number in everybody else plain]
        found = [one for one in everybody.values() if one.name == plain.partition("(")[0].strip()]
        return found[0] if len(found) == 1 else None

    def number(self, text: object) -> str:
        person = self.named(text)
        return person.number if person else ""

    def come(self, row: Accepted, field: str) -> date | None:
        """The day typed in a field, once it has come."""
        typed = row.values.get(field)
        moment = typed if isinstance(typed, datetime) else datetime.combine(typed, time()) if isinstance(typed, date) else None
        return moment.date() if moment is not None and moment <= self.now else None

    def manager(self, customer: str) -> str:
        cover = self.of(customer, "F0.cover")[0]
        return self.number(cover.values.get("account_manager"))

    def stretches(self, period: str, since: date | None) -> Iterator[tuple[date, date, date]]:
        """The present one and the one before, which is asked for until the present one ends; not those before ``since``."""
        first, last = stretch(period, self.today)
        before, end = stretch(period, first - DAY)
        for start, stop, until in ((before, end, last), (first, last, stretch(period, last + DAY)[1])):
            if since is None or stop >= since:
                yield start, stop, until


def _day(value: object) -> date | None:
    return value.date() if isinstance(value, datetime) else value if isinstance(value, date) else None


def visits(world: World) -> Iterator[Asked]:
    """Section 4: who of a tier was not visited in the period, and not later either, by somebody of the right rank."""
    for rule, visit in world.config.visits.items():
        for cover in world.rows("F0.cover"):
            selected = cover.values.get("high_level_visits") is True
            left_to_staff = rule == "V5" and "V4" in world.config.visits
            if world.tiers.get(cover.customer) not in visit.tiers or (visit.selected_only and not selected):
                continue
            if left_to_staff and selected:
                continue
            roles = {*visit.by, *(world.config.visits["V4"].by if left_to_staff else ())}
            made = [
                world.come(row, "date") for row in world.of(cover.customer, "F10.reports")
                if row.values.get("method") == "visit"
                and (row.values.get("on_site") is True or not visit.on_site)
                and (person := world.named(row.values.get("our_person"))) and person.role in roles
            ]
            since = max(_day(cover.values.get("opened_on")) or date.min, world.held.get(cover.customer, date.min))
            for start, stop, until in world.stretches(visit.every, since):
                if not any(day and start <= day <= until for day in made):
                    yield Asked(rule, (cover.customer, start), stop, (visit.ahead_working_days,), until)


def planned_contacts(world: World) -> Iterator[Asked]:
    """V7: the person named in the plan has not contacted that key person in the period or since."""
    periods = {"monthly": "month", "quarterly": "quarter", "half_yearly": "half_year", "yearly": "year"}
    weeks = {"weekly": 7, "fortnightly": 14}
    for row in world.rows("F6.contacts"):
        first, often = _day(row.values.get("first_on")), str(row.values.get("frequency"))
        ahead = {str(name): days for name, days in world.config.contacts.V7_ahead_working_days.items()}.get(often)
        if first is None or ahead is None:
            continue
        owner = world.number(row.values.get("our_person")) or world.manager(row.customer)
        made = [
            day for one in world.of(row.customer, "F10.reports")
            if one.values.get("key_person") == row.values.get("key_person")
            and (day := world.come(one, "date"))
            and world.number(one.values.get("our_person")) == owner
        ]
        if often in periods:
            spans = list(world.stretches(periods[often], first))
        elif often in weeks:
            spans, start, length = [], first - timedelta(days=first.weekday()), timedelta(days=weeks[often])
            while start <= world.today:
                spans.append((start, start + length - DAY, start + 2 * length - DAY))
                start += length
        else:
            spans = [(first.replace(day=1), first, end_of_following_month(first))]
        for start, stop, next_stop in spans:
            last = next_stop if works(next_stop) else later(next_stop, -1)
            until = later(last, -ahead) - DAY
            if not any(day >= start for day in made):
                yield Asked("V7", (row.row_id, start), stop, (ahead,), until)


def silences(world: World) -> Iterator[Asked]:
    """V11: a new customer without a contact in its first days; one silent for so long, again and again."""
    config = world.config.contacts
    for cover in world.rows("F0.cover"):
        if cover.values.get("stage") == "lost":
            continue
        opened = _day(cover.values.get("opened_on"))
        days = sorted(
            day for row in world.of(cover.customer, "F10.reports") if (day := world.come(row, "date"))
        )
        bought = [day for row in world.of(cover.customer, "F11.transactions")
                  if (day := _day(row.values.get("date"))) and day <= world.today]
        if opened and config.V11_new_days:
            for start in {opened, max([opened, *([min(bought)] if bought else [])])}:
                if start >= month_later(world.today, -world.config.filing.register_months) and not any(d >= start for d in days):
                    due = start + timedelta(days=config.V11_new_days)
                    yield Asked("V11", (cover.customer, "new", due), due, (config.V11_ahead_days,), by="calendar")
        silent = config.V11_silent_days.get(world.tiers.get(cover.customer, ""), 0)
        if not silent or opened is None:
            continue
        begun = max(opened, world.held.get(cover.customer, date.min))
        quiet_since, length = max([begun, *days]), timedelta(days=silent)
        due = quiet_since + length
        while due - length <= world.today:
            until = due + length - timedelta(days=config.V11_ahead_days) - DAY
            yield Asked("V11", (cover.customer, "", due), due, (config.V11_ahead_days,), until, "calendar")
            due += length


def monthly_reports(world: World) -> Iterator[Asked]:
    """D1: no report of a month by the first Monday of the next; on a day off, the next working day."""
    filed = {
        (person.number, month.replace(day=1)) for row in [*world.rows("F20.report"), *world.company.closed.get("F20.report", ())]
        if (person := world.named(row.values.get("account_manager"))) and (month := _day(row.values.get("month")))
        and world.come(row, "submitted_on")
    }
    for person in world.company.people.people.values():
        if person.role != "account_manager" or (person.left_on and person.left_on < world.today):
            continue
        for back in range(4):
            month = month_later(world.today.replace(day=1), -back)
            stop = month_later(month, 1) - DAY
            if (person.entered_on and stop < person.entered_on) or (person.number, month) in filed:
                continue
            due = stop + DAY
            while due.weekday() != 0:
                due += DAY
            while not works(due):
                due += DAY
            until = month_later(month, 3) - DAY
            yield Asked("D1", (person.number, month), due, (world.config.deadlines.D1_ahead_working_days,), until)


def verifications(world: World) -> Iterator[Asked]:
    """D2: an archive that was not verified in the quarter, nor since."""
    for cover in world.rows("F0.cover"):
        days = [_day(row.values.get("verified_on")) for row in world.of(cover.customer, "F0.cover")]
        for start, stop, until in world.stretches("quarter", _day(cover.values.get("opened_on"))):
            if not any(day and start <= day <= world.today for day in days):
                yield Asked("D2", (cover.customer, start), stop, (world.config.deadlines.D2_ahead_working_days,), until)


def actions(world: World) -> Iterator[Asked]:
    """D6: an action of the yearly plan that is neither done nor cancelled."""
    for row in world.rows("F7.actions"):
        due, status = _day(row.values.get("due_on")), row.values.get("status")
        if due and status != "cancelled" and not (status == "done" and world.come(row, "done_on")):
            yield Asked("D6", (row.row_id,), due, (world.config.deadlines.D6_ahead_working_days,))


def expense_statements(world: World) -> Iterator[Asked]:
    """D8: no statement of a month by the end of a working day of the next."""
    config = world.config.deadlines
    filed = {
        (person.number, month.replace(day=1)) for row in world.rows("F33a.statement")
        if (person := world.named(row.values.get("prepared_by"))) and (month := _day(row.values.get("month")))
        and world.come(row, "submitted_on")
    }
    for person in world.company.people.people.values():
        if person.role not in config.D8_roles or (person.left_on and person.left_on < world.today):
            continue
        for back in range(4):
            month = month_later(world.today.replace(day=1), -back)
            stop = month_later(month, 1) - DAY
            if not (person.entered_on and stop < person.entered_on) and (person.number, month) not in filed:
                due, until = later(stop, config.D8_filed_working_day), month_later(month, 3) - DAY
                yield Asked("D8", (person.number, month), due, (config.D8_ahead_working_days,), until)


def contracts(world: World) -> Iterator[Asked]:
    """D10: a contract in force that ends within the longest announcement and has no signed successor."""
    ahead = world.config.deadlines.D10_ahead_days
    for row in world.rows("F14.contracts"):
        ends = _day(row.values.get("ends_on"))
        if ends is None or not world.today <= ends <= world.today + timedelta(days=max(ahead)):
            continue
        if row.values.get("status") not in ("completed", "terminated") and not any(
            _follows(world, other, row, ends) for other in world.of(row.customer, "F14.contracts")
        ):
            yield Asked("D10", (row.row_id,), ends, ahead, ends, "calendar")


def _follows(world: World, other: Accepted, row: Accepted, ends: date) -> bool:
    later_end, signed = _day(other.values.get("ends_on")), world.come(other, "signed_on")
    begins = _day(other.values.get("starts_on")) or signed
    dull = "0123456789 （）()年度第期"
    names = ["".join(letter for letter in str(one.values.get("name")) if letter not in dull) for one in (other, row)]
    earliest = ends - timedelta(days=max(world.config.deadlines.D10_ahead_days))
    return bool(later_end and signed and begins and later_end > ends and begins >= earliest and names[0] == names[1])


def birthdays(world: World) -> Iterator[Asked]:
    """D11: a birthday to come, unless they are met on it or it is planned among the acts of care."""
    ahead = world.config.deadlines.D11_ahead_days
    for row in world.rows("F2.persons"):
        birthday = str(row.values.get("birthday"))
        for distance in range(max(ahead) + 1):
            day = world.today + timedelta(days=distance)
            if birthday[-5:] == f"{day:%m-%d}" or day in LUNAR.get(birthday, ()):
                who = row.customer, row.values.get("name")
                met = any((one.customer, one.values.get("key_person")) == who and world.come(one, "date") == day
                          for one in world.of(row.customer, "F10.reports"))
                planned = any((one.customer, one.values.get("subject")) == who and _day(one.values.get("date")) == day
                              and one.values.get("occasion") == "birthday" for one in world.of(row.customer, "F15.care"))
                if not met and not planned:
                    yield Asked("D11", (row.row_id, day), day, ahead, day, "calendar")


def complaints(world: World) -> Iterator[Asked]:
    """C2: no answer to a complaint; announced at once, and some hours before its time is up."""
    config = world.config.complaints
    for row in world.rows("F12.complaints"):
        received = row.values.get("received_at")
        if row.values.get("kind") not in ("complaint", "claim", "return") or not isinstance(received, datetime):
            continue
        answers = [row.values.get(field) for field in ("first_response_at", "closed_at")]
        if received <= world.now and not any(isinstance(one, datetime) and one <= world.now for one in answers):
            hours = config.C2_first_response_hours
            yield Asked("C2", (row.row_id,), received + timedelta(hours=hours), (hours, config.C2_ahead_hours), by="hours")


def maintenance(world: World) -> Iterator[Asked]:
    """S6: agreed maintenance that is not done."""
    for row in world.rows("F16.tickets"):
        due, reported = _day(row.values.get("promised_on")) or _day(row.values.get("appointment_on")), row.values.get("reported_at")
        agreed = row.values.get("kind") == "maintenance" and isinstance(reported, datetime) and reported <= world.now
        if agreed and due and not world.come(row, "resolved_at"):
            yield Asked("S6", (row.row_id,), due, (world.config.service.S6_ahead_working_days,))


def developments(world: World) -> Iterator[Asked]:
    """N3: a development plan of a target that is not decided on and not carried out."""
    for row in world.rows("F31a.candidates"):
        due, open_ = _day(row.values.get("development_due_on")), row.values.get("decision") is None
        if due and row.values.get("screening") == "target" and open_ and not world.come(row, "development_done_on"):
            yield Asked("N3", (row.row_id,), due, (world.config.admission.N3_ahead_working_days,))


def loans(world: World) -> Iterator[Asked]:
    """A2: a borrowed archive that is not back."""
    for row in world.rows("F34.loans"):
        due = _day(row.values.get("until_on"))
        if due and not world.come(row, "returned_on"):
            yield Asked("A2", (row.row_id,), due, (world.config.confidentiality.A2_ahead_working_days,))


def payments(world: World) -> Iterator[Asked]:
    """X3: checked by finance, the sale made, the money in, and not paid out."""
    days = world.config.expenses.X3_paid_working_days
    for row in world.rows("F33c.applications"):
        met = [world.come(row, field) for field in ("finance_on", "sale_on", "received_on")]
        if all(met) and not world.come(row, "paid_on"):
            yield Asked("X3", (row.row_id,), later(max(day for day in met if day), days), (days,))


EVERY: tuple[Callable[[World], Iterable[Asked]], ...] = (
    visits, planned_contacts, silences, monthly_reports, verifications, actions, expense_statements, contracts, birthdays,
    complaints, maintenance, developments, loans, payments,
)
AT_ONCE: tuple[Callable[[World], Iterable[Asked]], ...] = (complaints,)
"""Those that do not wait for the morning of a working day."""


def stage(one: Asked, now: datetime, grace: int) -> tuple[str, int] | None:
    """The stage it stands at, and which announcement; None while it is too early."""
    due = one.due if isinstance(one.due, datetime) else datetime.combine(one.due, time(23, 59, 59))
    if now > due:
        over = due + timedelta(seconds=1)
        day, clock = over.date(), over.time()
        while not works(day):
            day, clock = day + DAY, time()
        waited = 0
        while day < now.date():
            day += DAY
            waited += works(day) and datetime.combine(day, clock) <= now
        return ("overdue", "copied", "escalated", "at_head", "at_executive")[min(waited // grace, 4)], 0
    if one.by == "hours":
        reached = [hours for hours in one.ahead if now >= due - timedelta(hours=hours)]
        return ("ahead", min(reached)) if reached else None
    last = due.date()
    if one.by == "working":
        while not works(last):
            last -= DAY
    if now.date() >= last:
        return "due", 0
    back = later if one.by == "working" else lambda day, days: day + timedelta(days=days)
    reached = [days for days in one.ahead if days and now.date() >= back(last, -days)]
    return ("ahead", min(reached)) if reached else None


def standing(world: World, rules: Iterable[Callable[[World], Iterable[Asked]]]) -> Iterator[tuple[str, tuple[object, ...], str]]:
    """Every duty that has reached a stage: its rule, what it is, the stage."""
    for rule in rules:
        for one in rule(world):
            day = one.due.date() if isinstance(one.due, datetime) else one.due
            lapsed = one.until is not None and world.today > one.until
            if lapsed or day < (world.config.mail.cut_over_on or date.min):
                continue
            if reached := stage(one, world.now, world.config.escalation.grace_working_days):
                several = reached[1] if len(one.ahead) > 1 else 0
                yield one.rule, (*one.what, several), reached[0]


def counts(
    company: Company, config: Config, tiers_on: Callable[[date], Mapping[str, str]], first: date, last: date
) -> Counter[tuple[str, str, str]]:
    """How many duties reach a stage for the first time, by month, rule and stage, looked at as the shipped jobs do.

    At 08:30 of each working day everything is looked at, every half hour what cannot wait.
    """
    found: Counter[tuple[str, str, str]] = Counter()
    known: set[tuple[object, ...]] = set()
    tiers: dict[str, str] = {}
    held: dict[str, date] = {}
    book: dict[tuple[str, str], list[Accepted]] = {}
    for block in company.rows:
        for row in (*company.rows[block], *company.closed.get(block, ())):
            book.setdefault((block, row.customer), []).append(row)
    day = first
    while day <= last:
        now_held = dict(tiers_on(day))
        held |= {customer: day for customer, tier in now_held.items() if customer in tiers and tiers[customer] != tier}
        tiers = now_held
        for half_hour in range(48):
            now = datetime.combine(day, time()) + timedelta(minutes=30 * half_hour)
            whole = half_hour == 17 and works(day)
            for one in standing(World(company, book, config, tiers, held, now), EVERY if whole else AT_ONCE):
                if one not in known:
                    known.add(one)
                    found[f"{day:%Y-%m}", one[0], one[2]] += 1
        day += DAY
    return found
