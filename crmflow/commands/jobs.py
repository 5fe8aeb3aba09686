"""The part of ``crmflow tick`` that works: the jobs that are due, done in one run and entered in the ledger."""

import gc
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crmflow import clock, health
from crmflow.clock import TELLS, Due
from crmflow.commands import run, show
from crmflow.commands.guard import COMPLETED, sentence
from crmflow.commands.known import looking
from crmflow.commands.tick import tell_idle, when
from crmflow.company import CALENDAR
from crmflow.config import Config
from crmflow.dates import WorkCalendar
from crmflow.drafts import Telling
from crmflow.health import Health
from crmflow.lock import Busy
from crmflow.run import Figures
from crmflow.state import calendar_of
from crmflow.store import archive, mailbox, runs
from crmflow.store.base import transaction
from crmflow.texts import phrase


@dataclass(frozen=True, slots=True)
class Known:
    """What the store says of the jobs: done for which moments, the company's days, the mails by state."""

    done: Mapping[str, datetime]
    calendar: WorkCalendar
    mails: Mapping[str, int]


def do_what_is_due(config: Config, now: datetime, standing: Health | None, as_json: bool, strict: bool) -> int:
    """Do the jobs that are due at ``now`` (the company's zone) in one run; however it ends, the health file says so."""
    # A process this short leaves no cycles worth looking for.
    gc.disable()
    before = standing or Health(now)
    try:
        known = _known(config)
        due = clock.due(config.jobs.by_name, known.done, now, known.calendar)
        figures = _do(config, due, now) if due else None
        known = _known(config)
    except Busy:
        raise
    except Exception as error:
        told = sentence(error, config.language)
        problem = told[1] if told else f"{type(error).__name__}: {error}"
        health.write(config, replace(before, last_tick=now, problem=problem, plan=""))
        raise
    moments = clock.coming(config.jobs.by_name, known.done, now, known.calendar)
    coming = {job: moment.astimezone(config.company.zone) for job, moment in moments.items()}
    health.write(config, Health(
        last_tick=now, last_run=now if due else before.last_run, next_due=coming, mails=known.mails,
        problem=figures.problem if figures else "", plan=health.plan_of(config),
    ))
    if figures is None:
        tell_idle(config, coming, as_json)
        return COMPLETED
    _tell(config, due, coming, figures, as_json)
    return run.exit_code(figures, strict)


def _known(config: Config) -> Known:
    with looking(config) as (store, connection):
        days = archive.company_rows(store, connection, (CALENDAR,))[CALENDAR]
        mails = {str(state): number for state, number in mailbox.counts(connection).items()}
        return Known(runs.jobs_done(connection), calendar_of(config, days), mails)


def _do(config: Config, due: Sequence[Due], now: datetime) -> Figures:
    """One run for all jobs that are due; they count as done only when it has come to its end."""
    began = time.perf_counter()
    tell: frozenset[Telling] = frozenset().union(*(TELLS[one.job] for one in due))
    figures = run.watched(config, now, tell=tell).figures
    ended = now + timedelta(seconds=time.perf_counter() - began)
    store = archive.open_store(config.store_url, config.catalogue)
    with transaction(store.engine) as connection:
        last = runs.last_finished(connection)
        outcome = runs.MAIL_WAITS if figures.messages.get("waiting") else runs.DONE
        runs.enter_jobs(connection, [
            runs.Entry(one.job, one.scheduled_for, now, ended, outcome, last.id if last else None) for one in due
        ])
    return figures


def _tell(config: Config, due: Sequence[Due], coming: Mapping[str, datetime], figures: Figures, as_json: bool) -> None:
    moments = when(config, {one.job: one.scheduled_for for one in due})
    if as_json:
        jobs = [{"job": job, "scheduled_for": moment} for job, moment in moments.items()]
        show.as_json({"jobs": jobs, "next_due": when(config, coming), "run": run.document(figures)})
        return
    names = phrase("cli.joiner", config.language).join(phrase(f"job.{one.job}", config.language) for one in due)
    show.line(phrase("cli.tick.done", config.language, jobs=names))
    run.tell_figures(config, figures)
