"""D10: the ends of contracts (section 5)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.model import Accepted, Stage, Value
from tests.owed import MANAGER, asked, changed, cover, due, row, sentence


def contract(ends: str = "2026-08-11", id: str = "h1", **values: Value) -> Accepted:
    standard: dict[str, Value] = {
        "number": "HT2025-022", "name": "2025年度运维合同", "signed_on": "2025-08-12", "amount": 9.8,
        "starts_on": "2025-08-12", "ends_on": ends, "status": "in_force",
    }
    return row("F14.contracts", id, **(standard | values))


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-06-11", []), ("2026-06-12", [("2026-08-11-60", Stage.AHEAD)]),
        ("2026-07-12", [("2026-08-11-30", Stage.AHEAD)]), ("2026-08-04", [("2026-08-11-7", Stage.AHEAD)]),
        ("2026-08-11", [("2026-08-11", Stage.DUE)]), ("2026-08-12", []),
    ],
)
def test_the_end_is_announced_three_times_and_lapses(now: str, expected: list[object]) -> None:
    found = due("D10", now, cover(), contract())
    assert [(duty.period, duty.stage) for duty in found] == expected
    assert {duty.owner for duty in found} <= {MANAGER.number}


@pytest.mark.parametrize(("status", "asked_for"), [("completed", False), ("terminated", False), (None, True), ("in_force", True)])
def test_a_contract_that_is_over_needs_no_reminder(status: str | None, asked_for: bool) -> None:
    assert bool(due("D10", "2026-07-15", cover(), contract(status=status))) == asked_for


@pytest.mark.parametrize(
    ("other", "succeeds"),
    [
        ({}, True), ({"name": "2027 年 运维合同"}, True), ({"starts_on": None}, True), ({"name": "滤袋供货合同"}, False),
        ({"signed_on": "2026-07-20"}, False), ({"signed_on": "2026-02-02", "starts_on": "2026-02-02"}, False),
        ({"ends_on": "2026-08-01"}, False),
    ],
)
def test_a_successor_is_signed_of_the_same_name_and_follows_on(other: dict[str, Value], succeeds: bool) -> None:
    standard: dict[str, Value] = {"signed_on": "2026-07-01", "starts_on": "2026-08-12", "ends_on": "2027-08-11", "name": "2026年度运维合同"}
    renewed = contract(id="h2", **(standard | other))
    found = due("D10", "2026-07-15", cover(), contract(), renewed)
    assert ("h1" not in {duty.subject for duty in found}) == succeeds


def test_a_company_may_do_without_reminders() -> None:
    assert due("D10", "2026-07-15", cover(), contract(), config=changed("deadlines", D10_ahead_days=())) == []


def test_the_sentence_says_what_to_do_either_way() -> None:
    [duty] = due("D10", "2026-07-15", cover(), contract())
    assert sentence(duty, "zh") == (
        "还有 27 天。江南精密 的合同 HT2025-022“2025年度运维合同”2026-08-11 到期。请安排续签，新合同登记到“合同”表；"
        "不续的到期后把“状态”改为“已完成”或“已终止”。"
    )
    assert "Contract HT2025-022 “2025年度运维合同” with 江南精密 ends on 2026-08-11" in sentence(duty, "en")


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(DAYS, DAYS, DAYS, DAYS)
def test_an_end_is_met_exactly_when_a_successor_is_signed(ends: date, begins: date, signed: date, now: date) -> None:
    later = contract("2027-12-31", "h2", starts_on=begins, signed_on=signed)
    found = [one for one in asked("D10", now.isoformat(), cover(), contract(ends.isoformat()), later) if one.subject == "h1"]
    assert bool(found) == (0 <= (ends - now).days <= 60)
    assert all((one.met_on is not None) == (signed <= now and begins >= ends - timedelta(days=60)) for one in found)
