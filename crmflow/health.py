"""The health file: what a tick leaves for monitoring, and for the next tick to see that nothing can be due yet.

It is derived from the ledger and may be deleted at any time.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from crmflow import __version__
from crmflow.config import Config
from crmflow.workbook.files import replacing

NAME = "health.json"
LATE = timedelta(minutes=15)
"""How long a job may wait before nobody seems to be calling ``tick``."""


@dataclass(frozen=True, slots=True)
class Health:
    """How things stood after the last tick; moments are aware.

    ``last_run`` is when a job was last done, ``next_due`` when each job will be
    due or since when it waits, ``mails`` counts messages by state, ``plan``
    fingerprints the settings that ``next_due`` rests on.
    """

    last_tick: datetime
    last_run: datetime | None = None
    next_due: Mapping[str, datetime] = field(default_factory=dict)
    mails: Mapping[str, int] = field(default_factory=dict)
    problem: str = ""
    plan: str = ""

    def late(self, now: datetime) -> Mapping[str, datetime]:
        """The jobs that have waited too long."""
        return {job: moment for job, moment in self.next_due.items() if moment + LATE < now}


def plan_of(config: Config) -> str:
    """A fingerprint of the settings that decide when jobs are due."""
    parts = (__version__, config.jobs.model_dump_json(), repr(config.calendar), config.company.time_zone)
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def is_idle(standing: Health, config: Config, now: datetime) -> bool:
    """Whether nothing can be due yet: the last tick said until when, and nothing has changed since."""
    known = standing.plan == plan_of(config) and standing.last_tick <= now
    return known and all(now < moment for moment in standing.next_due.values())


def write(config: Config, health: Health) -> None:
    """Leave the health in the data folder, whole or not at all."""
    with replacing(config.folders.data / NAME) as temporary:
        temporary.write_text(json.dumps(asdict(health), ensure_ascii=False, indent=2, default=str), encoding="utf-8")


def read(config: Config) -> Health | None:
    """What the last tick left; None before the first one, or when another version left it."""
    try:
        raw = json.loads(Path(config.folders.data / NAME).read_text(encoding="utf-8"))
        raw["last_tick"] = datetime.fromisoformat(raw["last_tick"])
        raw["last_run"] = raw["last_run"] and datetime.fromisoformat(raw["last_run"])
        raw["next_due"] = {job: datetime.fromisoformat(moment) for job, moment in raw["next_due"].items()}
        return Health(**raw)
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return None
