"""What goes out of a run: the mails in words and what they carry, which other processes make meanwhile."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias

from crmflow import ics, render
from crmflow.company import PROJECTS, TRANSACTIONS
from crmflow.config import Config
from crmflow.dates import ONE_DAY, span_of, start_of
from crmflow.digest import ADMINISTRATOR, administrator_of, digests, workbooks_to_mend
from crmflow.drafts import Digest, Draft, Month, Situation, Telling
from crmflow.enclosures import Awaited, Copy, Enclosures
from crmflow.executive import SHOWN, untold
from crmflow.figures import basis_of, figures
from crmflow.filing import Filing
from crmflow.gate import Gate
from crmflow.ics import Office
from crmflow.model import Attachment, Duty, Finding, Inline, Message, Where
from crmflow.overviews import worth_drawing
from crmflow.people import without_addresses
from crmflow.state import Facts, State, completed, to_tell
from crmflow.store import bounces, history, mailbox, runs
from crmflow.store.base import Connection
from crmflow.workshop import calendar_folder, pictures

WEEK = timedelta(days=7)

UNDELIVERED = {mailbox.State.HELD: "MAIL_HELD", mailbox.State.BOUNCED: "ADDRESS_REFUSED"}
"""What the administrator reads of mails that did not go out, where it is not simply that they failed."""


def known_so_far(filing: Filing, facts: Facts, tell: Set[Telling]) -> Situation:
    """Whom there is to tell, what is wrong with the workbooks and which of them go along, and what has been told.

    People whose address was refused and is another one now are told anew what did not reach them.
    """
    config, connection = filing.config, filing.connection
    fallback = {ADMINISTRATOR: config.administrator.email}
    addresses = {number: person.email for number, person in facts.company.people.people.items()}
    bounces.release(connection, fallback | addresses, filing.now)
    told, zone = mailbox.known(connection), config.company.zone
    first_told = {which: at.astimezone(zone).date() for which, at in told.first_told.items()}
    telling = to_tell(facts, filing.today, told.notices, first_told)
    telling = replace(telling, directory=without_addresses(telling.directory, bounces.refused(connection)))
    return replace(telling, copies=workbooks_to_mend(telling, config)) if Telling.DIGESTS in tell else telling


def _situation(telling: Situation, filing: Filing, state: State, tell: Set[Telling]) -> Situation:
    """What there is to tell, with what has been worked out meanwhile."""
    told_all = Telling.MONTHS not in tell or not untold(telling.directory, telling.already, filing.today)
    return replace(
        completed(telling, state, tell),
        findings=(*state.findings, *_undelivered(filing.connection)),
        former_grades=runs.grades(filing.connection, filing.today - WEEK),
        month=None if told_all else _month(filing, state),
    )


def office_of(telling: Situation, filing: Filing) -> Office:
    """What the calendars of this company have in common."""
    company = filing.config.company
    return Office(company.name, company.zone, telling.directory, telling.customers, filing.now)


def _undelivered(connection: Connection) -> Iterator[Finding]:
    """For the administrator: whom mail does not reach."""
    for one in mailbox.undelivered(connection):
        facts = {"person": one.name, "count": str(one.count), "answer": one.answer}
        code = UNDELIVERED.get(one.state, "MAIL_FAILED")
        yield Finding(code, Where(""), one.address, "F30.people", "email", facts, row_key=one.recipient)


def _month(filing: Filing, state: State) -> Month:
    """The month before today's, and what is known of how the company stood when it began."""
    config, connection = filing.config, filing.connection
    span = span_of("month", filing.today.replace(day=1) - ONE_DAY)
    before, window = span.start - ONE_DAY, config.grading.window_months
    began = start_of(span.start).replace(tzinfo=config.company.zone)
    grades = tuple(one for one in runs.grades(connection, before) if one.scheme == config.grading.primary)
    now = {code: state.facts.figures_of(code, filing.today, SHOWN) for code in state.company.customers}
    known = [one.customer for one in grades if one.customer in now and now[one.customer]["turnover"].value is not None]
    bases = ((code, basis_of({TRANSACTIONS: state.company.of(code, TRANSACTIONS)}, before, window)) for code in known)
    turnover = {code: figures(basis, {}, frozenset(), ("turnover",))["turnover"] for code, basis in bases}
    return Month(
        span, state.company, now, grades,
        former_plans=history.rows_at(connection, filing.store.catalogue, (PROJECTS,), began).get(PROJECTS, ()),
        former_turnover={
            code: float(one.value) for code, one in turnover.items() if isinstance(one.value, int | float)
        },
    )


@dataclass(frozen=True, slots=True)
class Mail:
    """A draft, what it became, and the list and the marked workbooks that are being made for it."""

    draft: Draft
    written: render.Written
    todo: Awaited | None = None
    copies: Sequence[Copy] = ()

    def attachments(self) -> Iterator[Attachment]:
        """What goes with it, once it is made."""
        if self.todo:
            lists, place = self.todo
            yield lists.result()[place]
        for copy in self.copies:
            made = copy.result()
            if isinstance(made, Path):
                # Only now: a hundred of them would take memory while they wait for their mails.
                with suppress(OSError):
                    yield Attachment(made.name, made.read_bytes())
            elif made is not None:
                yield made


Make: TypeAlias = Callable[[Sequence[Draft]], Sequence[Mail]]


def messages_of(
    telling: Situation, filing: Filing, state: State, tell: Set[Telling], templates: render.Templates,
    enclosures: Enclosures,
) -> Iterator[Message]:
    """What is new in words; each mail comes once the lists and marked workbooks that go with it are made."""
    situation, office = _situation(telling, filing, state, tell), office_of(telling, filing)
    gate = gate_of(situation, templates)
    mails = _mails(situation, enclosures.config, tell, lambda drafts: _made(drafts, templates, gate, enclosures))
    calendars = _calendars([mail.draft for mail in mails], enclosures.config, situation.duties, office)
    return (
        replace(mail.written.message, attachments=(*calendars.get(index, ()), *mail.attachments()))
        for index, mail in enumerate(mails) if mail.written.message
    )


def preview_of(
    telling: Situation, filing: Filing, state: State, tell: Set[Telling], templates: render.Templates
) -> tuple[Message, ...]:
    """What is new in words, and nothing with it."""
    situation = _situation(telling, filing, state, tell)
    gate = gate_of(situation, templates)
    mails = _mails(
        situation, filing.config, tell,
        lambda drafts: [Mail(one, render.written(one, templates, gate)) for one in drafts],
    )
    return tuple(mail.written.message for mail in mails if mail.written.message)


def gate_of(situation: Situation, templates: render.Templates) -> Gate:
    """The gate that every mail of a run goes through."""
    return Gate.of(situation, (templates.wording,))


def _mails(situation: Situation, config: Config, tell: Set[Telling], make: Make) -> list[Mail]:
    """Every mail that is due, made; what went wrong with one stops no other, and the administrator reads of it now."""
    mails = list(make(digests(situation, config, tell)))
    wrong = {(one.code, one.value, one.row_key): one for mail in mails for one in mail.written.troubles}
    if not wrong:
        return mails
    administrator = administrator_of(situation, config)
    troubles = (one._replace(owner=administrator.number) for one in wrong.values())
    again = digests(replace(situation, findings=(*situation.findings, *troubles)), config, tell)

    def is_report(draft: Draft) -> bool:
        return draft.kind == "digest" and draft.recipient == administrator

    others = [mail for mail in mails if not is_report(mail.draft)]
    return [*others, *make([draft for draft in again if is_report(draft)])]


def _made(drafts: Sequence[Draft], templates: render.Templates, gate: Gate, enclosures: Enclosures) -> list[Mail]:
    """The drafts in words; their pictures, lists and marked workbooks are made by other processes meanwhile."""
    promised = [enclosures.promised(draft) for draft in drafts]
    pictured = _pictured(drafts, enclosures)
    lists = enclosures.lists([draft for draft, _ in promised], gate)
    ordered = [enclosures.copies(draft) for draft, _ in promised]
    mails = []
    for place, ((draft, lacking), own) in enumerate(zip(promised, ordered, strict=True)):
        written = render.written(draft, templates, gate, pictured(place))
        troubles = (*written.troubles, *lacking)
        mails.append(Mail(draft, replace(written, troubles=troubles), lists.get(place), own))
    return mails


def _pictured(drafts: Sequence[Draft], enclosures: Enclosures) -> Callable[[int], tuple[Inline, ...]]:
    """Orders all pictures at once, so that one process loads what drawing takes; gives a draft its own by its place."""
    places = [place for place, draft in enumerate(drafts) if any(worth_drawing(draft.content))]
    if not places:
        return lambda _: ()
    drawn = enclosures.processes.submit(pictures, [drafts[place] for place in places])
    return lambda place: drawn.result()[places.index(place)] if place in places else ()


def _calendars(
    drafts: Sequence[Draft], config: Config, duties: Iterable[Duty], office: Office
) -> Mapping[int, tuple[Attachment, ...]]:
    """The calendar files that digests promise, by the draft's place."""
    promised = [
        (index, draft.recipient) for index, draft in enumerate(drafts)
        if isinstance(draft.content, Digest) and draft.content.calendar
    ]
    if not promised:
        return {}
    own = ics.by_owner(duties)
    made = (
        (index, ics.feed(person, own[person.number], ics.read(ics.path_of(calendar_folder(config), person)), office))
        for index, person in promised if person.number in own
    )
    return {index: (Attachment("crmflow.ics", text.encode()),) for index, text in made}
