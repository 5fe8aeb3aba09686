"""Until when what the rules look at stays as it is."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from crmflow.dates import ONE_DAY, shift_months, start_of


@dataclass(slots=True)
class Horizon:
    """The first moment at which an answer that a situation has given may be another; the staff and grades apart."""

    moment: datetime = datetime.max

    def note(self, moment: datetime) -> None:
        self.moment = min(self.moment, moment)


@lru_cache(maxsize=10_000)
def over_at(day: date) -> datetime:
    """When a day is over."""
    return start_of(day + ONE_DAY)


@lru_cache(maxsize=10_000)
def beyond_at(day: date, months: int) -> datetime:
    """When a day begins to lie further back than so many months."""
    return over_at(shift_months(day, months))


def moment_of(typed: date) -> datetime:
    return typed if isinstance(typed, datetime) else start_of(typed)
