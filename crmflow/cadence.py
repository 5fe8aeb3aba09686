"""How often customers are visited, contacted and asked, and by when things are filed: sections of ``config.yaml``."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from crmflow.settings import Period, Section, wrong

Frequency = Literal["weekly", "fortnightly", "monthly", "quarterly", "half_yearly", "yearly", "once"]
Role = Literal[
    "account_manager", "department_head", "regional_manager", "information_administrator", "vice_president",
    "general_manager", "chairman", "finance", "sales_clerk", "sales_staff", "responsible_party",
]
COMMON_YEAR = 2025


def _day_of_year(text: object) -> object:
    """``01-31`` as month and day; 29 February is no day of every year."""
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text) if isinstance(text, str) else None
    try:
        day = date(COMMON_YEAR, int(found[1]), int(found[2])) if found else None
    except ValueError:
        day = None
    if day is None:
        raise wrong("month_day")
    return day.month, day.day


class Visit(Section):
    """V1–V6: who must visit the customers of some tiers how often."""

    tiers: tuple[str, ...]
    by: tuple[Role, ...]
    every: Period
    on_site: bool = True
    selected_only: bool = False
    ahead_working_days: int = Field(15, ge=0, le=120)


class Contacts(Section):
    """V7–V11: the contacts besides the visits of each tier; 0 or an empty list switches a rule off."""

    V7_ahead_working_days: Mapping[Frequency, Annotated[int, Field(ge=0, le=120)]] = {
        "weekly": 1, "fortnightly": 2, "monthly": 5, "quarterly": 10, "half_yearly": 15, "yearly": 20, "once": 3,
    }
    """How long before the end of its period a planned contact is announced; a frequency left out is not asked for."""
    V8_tiers: tuple[str, ...] = ("vip", "key")
    V8_by: tuple[Role, ...] = ("department_head", "vice_president", "general_manager", "chairman")
    """Whose visit or greeting counts; the responsible head is asked."""
    V8_days_before: int = Field(7, ge=0, le=30)
    V8_days_after: int = Field(3, ge=0, le=30)
    """A greeting counts so many days around the festival; after them it is no longer asked for."""
    V8_ahead_working_days: int = Field(5, ge=0, le=20)
    V9_review_working_days: int = Field(5, ge=0, le=60)
    """From the day the report was filed."""
    V9_plan_working_days: int = Field(5, ge=0, le=60)
    """How long a visit that is called planned and stands in no plan is pointed out."""
    V10_asked_working_days: int = Field(5, ge=0, le=60)
    """How long after a visit outside the plan its approval is still asked for."""
    V11_silent_days: Mapping[str, Annotated[int, Field(ge=0, le=1000)]] = {
        "vip": 45, "key": 60, "general": 90, "reserve": 120,
    }
    """By tier; one left out may stay silent."""
    V11_new_days: int = Field(30, ge=0, le=365)
    """From the opening of the archive, and from the first purchase."""
    V11_ahead_days: int = Field(7, ge=0, le=60)


class Deadlines(Section):
    """D1–D12, D14: by when something is filed, and how long ahead it is announced; 0 or an empty list switches off."""

    D1_ahead_working_days: int = Field(3, ge=0, le=20)
    D2_ahead_working_days: int = Field(15, ge=0, le=60)
    D3_told_days: int = Field(7, ge=0, le=60)
    """How long after it was learned major information is still told to the head; told it is once."""
    D4_working_days: int = Field(5, ge=0, le=60)
    D5_tiers: tuple[str, ...] = ("vip", "key")
    D5_by: Annotated[tuple[int, int], BeforeValidator(_day_of_year)] = (1, 31)
    """Month and day by which the year's plan is drafted."""
    D5_new_days: int = Field(30, ge=0, le=365)
    """What a customer that becomes important during the year is given at least."""
    D5_ahead_working_days: int = Field(15, ge=0, le=60)
    D5_approval_working_days: int = Field(10, ge=0, le=60)
    """For the head, from the day of the draft or of the revision."""
    D6_ahead_working_days: int = Field(3, ge=0, le=60)
    D7_working_days: int = Field(3, ge=0, le=60)
    D8_roles: tuple[Role, ...] = ("sales_staff",)
    """Who files a statement of expenses."""
    D8_filed_working_day: int = Field(3, ge=1, le=20)
    D8_reviewed_working_day: int = Field(8, ge=1, le=20)
    """The working day of the next month by whose end all three have checked."""
    D8_ahead_working_days: int = Field(1, ge=0, le=10)
    D9_ahead_working_days: int = Field(10, ge=0, le=60)
    D9_done_ahead_working_days: int = Field(3, ge=0, le=60)
    D9_told_days: int = Field(14, ge=0, le=60)
    """How long after they were made suggestions are still told to those who get copies; told they are once."""
    D10_ahead_days: tuple[int, ...] = (60, 30, 7)
    D11_ahead_days: tuple[int, ...] = (7, 1)
    D11_care_days: int = Field(7, ge=0, le=60)
    """How long after its day an act of care is still asked for."""
    D12_roles: tuple[Role, ...] = ("account_manager", "responsible_party")
    D12_hours: float = Field(16, ge=0, le=400)
    """Hours of training in the year."""
    D12_ahead_working_days: int = Field(60, ge=0, le=250)
    D12_plan_tiers: tuple[str, ...] = ("vip", "key")
    D12_plan_ahead_working_days: int = Field(15, ge=0, le=60)
    D14_months: int = Field(12, ge=0, le=60)
    D14_ahead_working_days: int = Field(20, ge=0, le=120)


class Satisfaction(Section):
    """D13: how often served customers are surveyed, and what follows from a low score."""

    D13_every: Period | None = "half_year"
    """None asks for no surveys."""
    D13_fresh_days: int = Field(30, ge=0, le=180)
    """Who was first served so shortly before a period ends is surveyed in the next."""
    D13_ahead_working_days: int = Field(15, ge=0, le=60)
    D13_low_score: int = Field(0, ge=0, le=5)
    """The overall score, from 1 to 5, from which downwards a survey needs a measure; 0 asks for none."""
    D13_measure_ahead_working_days: int = Field(3, ge=0, le=60)
