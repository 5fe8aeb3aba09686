"""``crmflow status``: how things stand, without reading the workbooks."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from crmflow.codes import severity
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED
from crmflow.commands.known import entered, looking
from crmflow.config import Config
from crmflow.model import Severity, Stage
from crmflow.register import Rates, Status, groups
from crmflow.reports.filings import person_name, status_name
from crmflow.state import State, work_out
from crmflow.store import archive, findings, mailbox, runs
from crmflow.store.accesses import ALL
from crmflow.texts import phrase


def main(config: Config, now: datetime, as_json: bool) -> int:
    """Print the last run, who has what to mend and to do, what waits for confirmation, and the mails."""
    with looking(config) as (store, connection):
        state = work_out(store, connection, config, now)
        completed, begun = runs.completed_for(connection), runs.begun_for(connection)
        holds = findings.pending_holds(connection)
        mails = {str(name): number for name, number in mailbox.counts(connection).items()}
        workbooks = archive.workbooks(connection)
        entered(store, config, now, "status", (ALL,))
    people, register = _people(state), groups(state.register, state.company.people)
    document: dict[str, object] = {
        "last_run": _here(completed, config), "unfinished_run": _here(begun, config),
        "workbooks": len(workbooks),
        "rows": {"accepted": sum(one.rows - one.held for one in workbooks.values()),
                 "held": sum(one.held for one in workbooks.values())},
        "waiting_for_confirmation": len(holds), "messages": mails, "people": people,
        "register": {by: {whose: asdict(one) | {"on_time_rate": one.on_time_rate} for whose, one in found.items()}
                     for by, found in register.items()},
    }
    if as_json:
        show.as_json(document)
    else:
        _print(document, people, config)
        _print_register(register["person"], state, config.language)
    return COMPLETED


def _here(moment: datetime | None, config: Config) -> str | None:
    return moment.astimezone(config.company.zone).isoformat() if moment else None


def _people(state: State) -> list[dict[str, object]]:
    """Open matters by person, those who have most to do first."""
    errors = Counter(one.owner for one in state.findings if severity(one) is Severity.ERROR)
    warnings = Counter(one.owner for one in state.findings if severity(one) is Severity.WARNING)
    overdue = Counter(duty.owner for duty in state.duties if duty.stage >= Stage.OVERDUE)
    coming = Counter(duty.owner for duty in state.duties if duty.stage in (Stage.AHEAD, Stage.DUE))
    known = state.company.people.people
    rows: list[dict[str, object]] = [
        {"number": number, "name": known[number].name if number in known else number, "errors": errors[number],
         "warnings": warnings[number], "overdue": overdue[number], "coming": coming[number]}
        for number in errors | warnings | overdue | coming
    ]
    return sorted(rows, key=lambda row: (-int(str(row["overdue"])), -int(str(row["errors"])), str(row["number"])))


def _print(document: dict[str, object], people: list[dict[str, object]], config: Config) -> None:
    language = config.language
    if document["last_run"] is None and document["unfinished_run"] is None:
        show.line(phrase("cli.status.never", language))
        return
    rows = document["rows"]
    assert isinstance(rows, dict)
    for run, name in (("last_run", "cli.status.last"), ("unfinished_run", "cli.status.unfinished")):
        if document[run]:
            show.line(phrase(name, language, at=str(document[run])[:16].replace("T", " ")))
    show.line(phrase("cli.status.data", language, workbooks=document["workbooks"], **rows))
    if document["waiting_for_confirmation"]:
        show.line(phrase("cli.status.holds", language, count=document["waiting_for_confirmation"]))
    mails = document["messages"]
    assert isinstance(mails, dict)
    shown = "  ".join(f"{phrase(f'cli.outbox.state.{name}', language)} {number}" for name, number in mails.items())
    show.line(phrase("cli.status.mails", language, mails=shown or "0"))
    names = ("name", "errors", "warnings", "overdue", "coming")
    headings = [phrase(f"cli.status.{name}", language) for name in names]
    show.table(phrase("cli.status.people", language), headings, [[row[name] or "" for name in names] for row in people])


def _print_register(by_person: Mapping[str, Rates], state: State, language: str) -> None:
    """How each person files, those who file least on time first."""
    if not by_person:
        return
    headings = [
        phrase("cli.status.name", language), *(status_name(status, language) for status in Status),
        phrase("master.on_time_rate", language),
    ]
    ordered = sorted(by_person.items(), key=lambda pair: (_rate_of(pair[1]), pair[0]))
    rows = [
        (person_name(number, state.company, language), *(getattr(one, status) or "" for status in Status),
         "" if one.on_time_rate is None else f"{one.on_time_rate:.0%}")
        for number, one in ordered
    ]
    show.table(phrase("cli.status.register", language), headings, rows)


def _rate_of(rates: Rates) -> float:
    return 2.0 if rates.on_time_rate is None else rates.on_time_rate
