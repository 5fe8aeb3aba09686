"""``crmflow doctor``: whether everything is as it should be, one line a check, for monitoring."""

import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from crmflow import health, render
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, FINDINGS, WrongUse, sentence
from crmflow.commands.known import looking
from crmflow.config import Config
from crmflow.lock import SERVING, WRITING, holder
from crmflow.mail import examine
from crmflow.settings import EMAIL
from crmflow.state import calendar_of
from crmflow.store import mailbox
from crmflow.store.base import exists
from crmflow.store.mailbox import State
from crmflow.texts import os_reason, phrase

RECENT = timedelta(days=7)
"""How long a refused mail is worth telling of."""
DECEMBER = 12


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is well, and in words what was found or what to do."""

    name: str
    ok: bool
    told: str


def main(config: Config, now: datetime, as_json: bool, mail: bool = False, to: str = "") -> int:
    """Print every check, or with ``mail`` how far a mail would come; with ``to`` one is sent there.

    1 when something needs attention. A wrong configuration never comes this far.
    """
    now = now.astimezone(config.company.zone)
    if to and (not mail or not EMAIL.fullmatch(to)):
        raise WrongUse(phrase("cli.doctor.to", config.language, value=to))
    if mail:
        checks = [Check("mail", ok, told) for ok, told in examine(config, now, to)]
    else:
        checks = [Check("config", True, phrase("cli.doctor.config", config.language))]
        for name, look in CHECKS.items():
            checks += _guarded(name, look, config, now)
    well = all(check.ok for check in checks)
    if as_json:
        show.as_json({"ok": well, "checks": [asdict(check) for check in checks]})
    else:
        for check in checks:
            mark = phrase("cli.doctor.ok" if check.ok else "cli.doctor.problem", config.language)
            show.line(f"{mark}  {phrase(f'cli.doctor.name.{check.name}', config.language)}  {check.told}")
    return COMPLETED if well else FINDINGS


Look = Callable[[Config, datetime], Iterator[tuple[bool, str]]]


def _guarded(name: str, look: Look, config: Config, now: datetime) -> list[Check]:
    """The outcome of one look; a trouble that has a sentence is a problem found."""
    try:
        return [Check(name, ok, told) for ok, told in look(config, now)]
    except Exception as error:
        told = sentence(error, config.language)
        if told is None:
            raise
        return [Check(name, False, told[1])]


def _folders(config: Config, now: datetime) -> Iterator[tuple[bool, str]]:
    language, problems = config.language, []
    for name, folder in config.folders:
        try:
            next(folder.iterdir(), None)
            if name in ("data", "output"):
                tempfile.TemporaryFile(dir=folder).close()
        except OSError as error:
            problems.append(phrase("cli.doctor.folder", language, folder=folder, reason=os_reason(error, language)))
    yield not problems, phrase("cli.joiner", language).join(problems) or phrase("cli.doctor.folders", language)


def _store(config: Config, now: datetime) -> Iterator[tuple[bool, str]]:
    if not exists(config.store_url):
        yield False, phrase("cli.status.never", config.language)
        return
    with looking(config):
        yield True, phrase("cli.doctor.store", config.language)


def _clock(config: Config, now: datetime) -> Iterator[tuple[bool, str]]:
    language, zone, standing = config.language, config.company.zone, health.read(config)
    if standing is None:
        yield False, phrase("cli.doctor.no_tick", language)
        return
    last = f"{standing.last_tick.astimezone(zone):%Y-%m-%d %H:%M}"
    for job, moment in standing.late(now).items():
        since = f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"
        yield False, phrase("cli.doctor.late", language, job=phrase(f"job.{job}", language), since=since, last=last)
    if standing.problem:
        yield False, phrase("cli.doctor.failed", language, reason=standing.problem)
    elif not standing.late(now):
        yield True, phrase("cli.doctor.ticks", language, last=last)


def _mail(config: Config, now: datetime) -> Iterator[tuple[bool, str]]:
    with looking(config) as (_, connection):
        counts = dict(mailbox.counts(connection))
        refused = [one.created_at for one in mailbox.envelopes(connection) if one.state is State.FAILED]
    counts[State.FAILED] = sum(created_at >= now - RECENT for created_at in refused)
    open_states = [state for state in State if state not in mailbox.OVER and counts.get(state)]
    told = "  ".join(
        f"{phrase(f'cli.outbox.state.{state.value}', config.language)} {counts[state]}" for state in open_states
    )
    yield not told, phrase("cli.doctor.mails" if told else "cli.doctor.no_mails", config.language, mails=told)


def _calendar(config: Config, now: datetime) -> Iterator[tuple[bool, str]]:
    years = (now.year, now.year + 1) if now.month == DECEMBER else (now.year,)
    for year in years:
        official = not calendar_of(config).provisional(year)
        found = "cli.doctor.calendar" if official else "cli.doctor.no_calendar"
        yield official, phrase(found, config.language, year=year)


def _lock(config: Config, now: datetime) -> Iterator[tuple[bool, str]]:
    """Whoever is at work is no problem: only one that never ends is, and then a job is late."""
    for name in (WRITING, SERVING):
        process = holder(config, name)
        free = "free" if process is None else "held"
        yield True, phrase(f"cli.doctor.{name}.{free}", config.language, process=process or "?")


def _templates(config: Config, now: datetime) -> Iterator[tuple[bool, str]]:
    templates = render.load(Path(config.folders.templates), config.company.name, config.language)
    for error in templates.broken.values():
        yield False, str(error)
    if not templates.broken:
        yield True, phrase("cli.doctor.templates", config.language)


CHECKS: dict[str, Look] = {
    "folders": _folders, "store": _store, "clock": _clock, "mail": _mail, "calendar": _calendar, "lock": _lock,
    "templates": _templates,
}
