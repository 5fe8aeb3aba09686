"""``crmflow tick``: what is due, done once. When nothing is, it knows that from the health file and loads no more."""

import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from crmflow import health
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED
from crmflow.config import Config
from crmflow.texts import phrase


def main(config: Config, now: datetime, as_json: bool, strict: bool) -> int:
    """Do the jobs that are due, and leave the health file."""
    now = now.astimezone(config.company.zone)
    standing = health.read(config)
    if standing is None or not health.is_idle(standing, config, now):
        from crmflow.commands.jobs import do_what_is_due  # noqa: PLC0415 – a minute in which nothing is due needs none of it

        return do_what_is_due(config, now, standing, as_json, strict)
    health.write(config, replace(standing, last_tick=now))
    tell_idle(config, standing.next_due, as_json)
    return COMPLETED


def tell_idle(config: Config, next_due: Mapping[str, datetime], as_json: bool) -> None:
    """Say that nothing is due: a scheduler, which mails whatever is printed, is spared it."""
    if as_json:
        show.as_json({"jobs": [], "next_due": when(config, next_due), "run": None})
    elif sys.stdout.isatty():
        job, moment = min(next_due.items(), key=lambda pair: pair[1])
        show.line(phrase("cli.tick.idle", config.language, job=phrase(f"job.{job}", config.language),
                         at=f"{moment.astimezone(config.company.zone):%Y-%m-%d %H:%M}"))


def when(config: Config, moments: Mapping[str, datetime]) -> Mapping[str, str]:
    """Moments in the company's wall time."""
    return {job: moment.astimezone(config.company.zone).isoformat() for job, moment in moments.items()}
