"""Each person's duties as a calendar file for Outlook or a phone (RFC 5545): updates and cancellations keep their UID.

Nothing is remembered elsewhere: what an event said before stands in the
former file, so that the same duties give the same file.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from crmflow.access import PERSONAL_RULES, Customer, knows, veil
from crmflow.codes import say
from crmflow.dates import end_of
from crmflow.model import Duty, Person
from crmflow.people import Directory, in_service
from crmflow.rules import RULES, TO_KNOW, action_of
from crmflow.texts import PHRASES, phrase, plain
from crmflow.timing import arithmetic, period_of
from crmflow.workbook.files import replacing

OCTETS = 75
"""A longer line is folded."""
SUMMARY_LIMIT = 60
"""Characters of a summary: more does not fit into a day of a calendar."""
KEPT = timedelta(days=60)
"""How long a cancelled event stays, so that every calendar has seen that it is off."""
DAY_ALARM, MOMENT_ALARM = "-PT15H", "-PT1H"
"""For a day at nine in the morning of the day before, for a moment an hour before."""
EVENT = re.compile(
    r"^BEGIN:VEVENT\r\nUID:(\S+)\r\nDTSTAMP:(\d{8}T\d{6}Z)\r\nSEQUENCE:(\d+)\r\n(.*?)^END:VEVENT\r\n", re.M | re.S
)
HEADLINE = re.compile(r"DTSTART.*\r\nSUMMARY:.*\r\n(?: .*\r\n)*")
STAMP = "%Y%m%dT%H%M%SZ"
CANCELLED = "STATUS:CANCELLED\r\n"


@dataclass(frozen=True, slots=True)
class Office:
    """What the calendars of a company have in common; ``now`` is aware."""

    company: str
    zone: ZoneInfo
    directory: Directory
    customers: Mapping[str, Customer]
    now: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """An event as it stands in a file; ``body`` is everything but its identity and revision."""

    uid: str
    stamp: str
    sequence: int
    body: str

    def __str__(self) -> str:
        head = f"BEGIN:VEVENT\r\nUID:{self.uid}\r\nDTSTAMP:{self.stamp}\r\nSEQUENCE:{self.sequence}\r\n"
        return f"{head}{self.body}END:VEVENT\r\n"


def write(folder: Path, duties: Iterable[Duty], office: Office) -> int:
    """Write the files of all who have or had duties, where anything has changed; how many. Who left has none.

    A file that somebody holds open is left for the next time.
    """
    own = by_owner(duties)
    today, written = office.now.astimezone(office.zone).date(), 0
    for person in office.directory.people.values():
        path = path_of(folder, person)
        if not in_service(person, today):
            path.unlink(missing_ok=True)
            continue
        former = read(path)
        made = feed(person, own.get(person.number, ()), former, office)
        if made != former and (former or person.number in own):
            with suppress(PermissionError), replacing(path) as temporary:
                temporary.write_bytes(made.encode())
                written += 1
    return written


def by_owner(duties: Iterable[Duty]) -> Mapping[str, Sequence[Duty]]:
    """What each staff number has to do by a day."""
    own: defaultdict[str, list[Duty]] = defaultdict(list)
    for duty in duties:
        if duty.rule not in TO_KNOW:
            own[duty.owner].append(duty)
    return own


def path_of(folder: Path, person: Person) -> Path:
    """Where a person's calendar file is; a staff number is a cell, so it may hold anything."""
    return folder / f"{quote(person.number, safe='')}.ics"


def read(path: Path) -> str:
    """The file as it stands, empty where there is none."""
    return path.read_bytes().decode(errors="replace") if path.exists() else ""


def feed(person: Person, duties: Iterable[Duty], former: str, office: Office) -> str:
    """A person's calendar: what is due, and what was in the ``former`` file and is no longer, as cancelled."""
    known = {event.uid: event for event in _events(former)}
    stamp = office.now.astimezone(UTC).strftime(STAMP)
    bodies = {_uid(duty, office): _body(person, duty, office) for duty in sorted(duties, key=_order)}
    events = [_revised(uid, body, known.get(uid), stamp) for uid, body in bodies.items()]
    gone = (event for uid, event in known.items() if uid not in bodies)
    oldest = (office.now - KEPT).astimezone(UTC).strftime(STAMP)
    off = (_cancelled(event, stamp) for event in gone)
    events += sorted((event for event in off if event.stamp >= oldest), key=lambda event: event.uid)
    return f"{_head(person, office)}{''.join(map(str, events))}END:VCALENDAR\r\n"


def _order(duty: Duty) -> tuple[datetime, str, str, str, str]:
    return duty.due_at, duty.rule, duty.customer, duty.subject, duty.period


def _head(person: Person, office: Office) -> str:
    name = phrase("ics.name", person.language, company=office.company)
    return _lines(
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//crmflow//duties//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}", "REFRESH-INTERVAL;VALUE=DURATION:PT1H", "X-PUBLISHED-TTL:PT1H",
    )


def _events(former: str) -> Iterator[Event]:
    return (Event(uid, stamp, int(sequence), body) for uid, stamp, sequence, body in EVENT.findall(former))


def _uid(duty: Duty, office: Office) -> str:
    """The same for the same duty, whatever its due day and its announcement."""
    parts = (office.company, duty.rule, duty.customer, duty.subject, period_of(duty), duty.owner)
    digest = hashlib.sha256("\x1f".join(parts).encode()).hexdigest()
    return f"{digest[:32]}@crmflow"


def _revised(uid: str, body: str, known: Event | None, stamp: str) -> Event:
    if known is None:
        return Event(uid, stamp, 0, body)
    return known if known.body == body else Event(uid, stamp, known.sequence + 1, body)


def _cancelled(event: Event, stamp: str) -> Event:
    """The event as being off, with no more than its day and its summary: its details may have to be forgotten."""
    if event.body.endswith(CANCELLED):
        return event
    headline = HEADLINE.match(event.body)
    return Event(event.uid, stamp, event.sequence + 1, f"{headline[0] if headline else ''}{CANCELLED}")


def _body(person: Person, duty: Duty, office: Office) -> str:
    """The event's day or moment and its words, which do not change from one day to the next."""
    whole_day = duty.due_at == end_of(duty.due_at.date())
    moment = duty.due_at.replace(tzinfo=office.zone).astimezone(UTC)
    summary = _text(_summary(person, duty, office))
    return _lines(
        f"DTSTART;VALUE=DATE:{duty.due_at:%Y%m%d}" if whole_day else f"DTSTART:{moment.strftime(STAMP)}",
        f"SUMMARY:{summary}", f"DESCRIPTION:{_description(person, duty, office)}", f"CATEGORIES:{duty.rule}",
        "CLASS:CONFIDENTIAL", "TRANSP:TRANSPARENT", "STATUS:CONFIRMED", "BEGIN:VALARM", "ACTION:DISPLAY",
        f"DESCRIPTION:{summary}", f"TRIGGER:{DAY_ALARM if whole_day else MOMENT_ALARM}", "END:VALARM",
    )


def _summary(person: Person, duty: Duty, office: Office) -> str:
    """The customer and the article's first sentence: nothing that staff typed but the customer's name (A3)."""
    article = _first_sentence(duty.rule, person.language)
    customer = office.customers.get(duty.customer)
    who = customer.name if customer else duty.customer
    words = phrase("ics.summary", person.language, customer=who, article=article) if who else article
    return words if len(words) <= SUMMARY_LIMIT else f"{words[: SUMMARY_LIMIT - 1]}…"


@cache
def _first_sentence(rule: str, language: str) -> str:
    return re.split("[；。]|[;.] ", say(RULES[rule].article, language))[0].removesuffix(".")


def _description(person: Person, duty: Duty, office: Office) -> str:
    """What to do, how the day came about, the form to fill, the rule: a line each, without the days left."""
    if duty.rule in PERSONAL_RULES and not knows(person, duty, office.customers, office.directory):
        duty = duty._replace(facts=veil(duty.facts))
    lasting = duty._replace(facts={**duty.facts, "left": PHRASES["ics.reminder"]})
    todo = action_of(lasting, person.language)
    where = " › ".join(part for part in (duty.where.file, duty.where.sheet, duty.where.cell) if part)
    rule = f"{duty.rule} {say(RULES[duty.rule].article, person.language)}"
    return "\\n".join(_text(line) for line in (todo, arithmetic(lasting, person.language, todo), where, rule) if line)


def _text(value: str) -> str:
    """A value of type TEXT: one line, whatever a cell holds, its separators escaped."""
    return plain(value).replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _lines(*lines: str) -> str:
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, no character cut in two."""
    if len(line) <= OCTETS and line.isascii():
        return line
    rest, pieces, limit = line.encode(), [], OCTETS
    while len(rest) > limit:
        cut = limit
        while rest[cut] & 0xC0 == 0x80:
            cut -= 1
        pieces.append(rest[:cut])
        rest, limit = rest[cut:], OCTETS - 1
    return b"\r\n ".join((*pieces, rest)).decode()
