"""How long complaints, tickets, admissions, loans and incidents may take: sections of ``config.yaml``."""

from typing import Literal

from pydantic import Field

from crmflow.settings import Period, Section


class Complaints(Section):
    """C2–C5, C8: how long each step of a complaint may take; 0 switches a clock off."""

    C2_clock: Literal["real", "office"] = "real"
    """Whether hours run day and night, or in office hours only."""
    C2_first_response_hours: int = Field(24, ge=1, le=240)
    C2_handled_hours: int = Field(0, ge=0, le=720)
    C2_ahead_hours: int = Field(4, ge=0, le=72)
    C3_told_days: int = Field(3, ge=0, le=30)
    """How long the leader is told of a severe complaint after it was received, or closed once it is upheld."""
    C4_analysis_working_days: int = Field(3, ge=0, le=60)
    """From when it was received."""
    C4_approval_working_days: int = Field(2, ge=0, le=60)
    """From the day of the analysis, or the last day there was for it."""
    C5_agreement_working_days: int = Field(3, ge=0, le=60)
    """From the approval."""
    C5_follow_up_working_days: int = Field(10, ge=0, le=120)
    """From the agreement with the customer."""
    C8_apology_working_days: int = Field(5, ge=0, le=60)
    """From when it was received."""
    C8_refund_working_days: int = Field(10, ge=0, le=120)
    """From the agreement with the customer."""
    ahead_working_days: int = Field(1, ge=0, le=20)
    """How long ahead the steps of C4, C5 and C8 are announced to the responsible party."""


class Service(Section):
    """S1, S4–S6: the clocks of service tickets and stock counts; 0 or empty switches one off."""

    S1_clock: Literal["real", "office"] = "real"
    """As for C2."""
    S1_confirmed_hours: int = Field(2, ge=0, le=72)
    S1_answered_hours: int = Field(24, ge=0, le=240)
    S1_urgent_hours: int = Field(1, ge=1, le=24)
    """For both, where the fault is urgent."""
    S1_ahead_hours: int = Field(4, ge=0, le=72)
    """Of the answer; that a fault is to be confirmed is told at once."""
    S4_ahead_working_days: int = Field(1, ge=0, le=20)
    S4_confirmation_working_days: int = Field(3, ge=0, le=60)
    """For the customer's confirmation, from when it was solved."""
    S5_every: Period | None = "quarter"
    S5_ahead_working_days: int = Field(5, ge=0, le=60)
    S6_ahead_working_days: int = Field(3, ge=0, le=60)


class Admission(Section):
    """N1, N3: how the steps of an admission and the development of a prospect are announced."""

    N1_ahead_working_days: int = Field(3, ge=0, le=60)
    N1_after_former_working_days: int = Field(3, ge=0, le=60)
    """What a step has at least after the one before it was done."""
    N3_ahead_working_days: int = Field(5, ge=0, le=60)


class Confidentiality(Section):
    """A2, A6: loans of archives and incidents; 0 switches a clock off."""

    A2_ahead_working_days: int = Field(2, ge=0, le=30)
    A6_closed_working_days: int = Field(10, ge=0, le=120)
    """From the day it happened or was found."""
