"""The stages of a reminder (section 5)."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.dates import WorkCalendar, add_hours
from crmflow.model import Duty, Stage, Text, Where
from crmflow.rules import RULES, TO_KNOW
from crmflow.timing import Clock, Pace, Timing, arithmetic, period_of, timing

CALENDAR = WorkCalendar()
SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
DAYS = st.dates(date(2025, 1, 1), date(2027, 12, 31))
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2027, 12, 31)).map(lambda moment: moment.replace(microsecond=0))


def by_day(due: date, ahead: int, grace: int, now: datetime) -> Timing:
    return timing(Pace.WORKING_DAYS, due, (ahead,), Clock(CALENDAR, SHANGHAI, grace), now)


def by_hours(due: datetime, ahead: int, grace: int, zone: ZoneInfo, now: datetime) -> Timing:
    return timing(Pace.HOURS, due, (ahead,), Clock(CALENDAR, zone, grace), now)


def at(now: str, due: date, ahead: int = 3, grace: int = 2) -> Timing:
    return by_day(due, ahead, grace, datetime.fromisoformat(now))


@pytest.mark.parametrize(
    ("now", "stage", "left"),
    [
        ("2026-09-23 23:59:59", Stage.LATER, "还有 4 个工作日"),
        ("2026-09-24 00:00:00", Stage.AHEAD, "还有 3 个工作日"),
        ("2026-09-28 00:00:00", Stage.AHEAD, "还有 2 个工作日"),
        ("2026-09-29 23:59:59", Stage.AHEAD, "还有 1 个工作日"),
        ("2026-09-30 00:00:00", Stage.DUE, "今天到期"),
        ("2026-09-30 23:59:59", Stage.DUE, "今天到期"),
        ("2026-10-01 00:00:00", Stage.OVERDUE, "已经到期"),
        ("2026-10-09 23:59:59", Stage.OVERDUE, "已超过 2 个工作日"),
        ("2026-10-10 00:00:00", Stage.COPIED, "已超过 3 个工作日"),
        ("2026-10-13 00:00:00", Stage.ESCALATED, "已超过 5 个工作日"),
        ("2026-10-15 00:00:00", Stage.AT_HEAD, "已超过 7 个工作日"),
        ("2026-10-19 00:00:00", Stage.AT_EXECUTIVE, "已超过 9 个工作日"),
    ],
)
def test_the_stages_around_the_national_day_with_its_make_up_saturday(now: str, stage: Stage, left: str) -> None:
    found = at(now, date(2026, 9, 30))
    assert (found.stage, found.left.zh) == (stage, left)


def test_what_is_announced_several_times_says_which_announcement_it_stands_at() -> None:
    def contract(now: str) -> tuple[Stage, int, str]:
        clock = Clock(CALENDAR, SHANGHAI, 2)
        found = timing(Pace.CALENDAR_DAYS, date(2026, 9, 30), (7, 60, 30), clock, datetime.fromisoformat(now))
        return found.stage, found.announced, found.left.zh

    assert contract("2026-07-31 12:00") == (Stage.LATER, 0, "还有 61 天")
    assert contract("2026-08-01 00:00") == (Stage.AHEAD, 60, "还有 60 天")
    assert contract("2026-09-29 00:00") == (Stage.AHEAD, 7, "还有 1 天")
    assert contract("2026-09-30 00:00") == (Stage.DUE, 0, "就在今天")
    assert contract("2026-10-01 00:00") == (Stage.OVERDUE, 0, "已过 1 天")


def test_each_stage_names_the_next_change() -> None:
    changes = [at(now, date(2026, 9, 30)).next_change_at for now in ("2026-09-01", "2026-09-24", "2026-09-30")]
    assert changes == [datetime(2026, 9, 24), datetime(2026, 9, 30), datetime(2026, 10, 1)]


def test_what_is_due_on_a_sunday_is_called_due_on_friday_and_overdue_on_monday() -> None:
    sunday = date(2026, 5, 31)
    friday = at("2026-05-29 08:00:00", sunday)
    assert (friday.stage, friday.left.zh) == (Stage.DUE, "今天是到期前最后一个工作日")
    assert friday.next_change_at == datetime(2026, 6, 1)
    assert at("2026-06-02 23:59:59", sunday).stage is Stage.OVERDUE
    assert at("2026-06-03 00:00:00", sunday).stage is Stage.COPIED


def test_a_weekend_is_no_part_of_the_grace() -> None:
    friday = date(2026, 6, 5)
    assert at("2026-06-06 00:00:00", friday).stage is Stage.OVERDUE
    assert at("2026-06-09 23:59:59", friday).stage is Stage.OVERDUE
    assert at("2026-06-10 00:00:00", friday).stage is Stage.COPIED


def test_the_last_stage_changes_no_more() -> None:
    assert at("2027-06-10 00:00:00", date(2026, 6, 5)).next_change_at is None


def test_a_clock_is_in_time_until_its_very_second() -> None:
    due = datetime(2026, 7, 1, 15, 0, 0)
    stages = [
        by_hours(due, 4, 2, SHANGHAI, due + timedelta(seconds=late)).stage for late in (-14401, -14400, 0, 1)
    ]
    assert stages == [Stage.LATER, Stage.AHEAD, Stage.AHEAD, Stage.OVERDUE]
    assert by_hours(due, 4, 2, SHANGHAI, due).next_change_at == due + timedelta(seconds=1)


def test_a_clock_escalates_after_whole_working_days() -> None:
    wednesday, saturday = datetime(2026, 7, 1, 15), datetime(2026, 7, 4, 15)
    over = by_hours(wednesday, 4, 2, SHANGHAI, wednesday + timedelta(minutes=1))
    assert over.next_change_at == datetime(2026, 7, 3, 15, 0, 1)
    over = by_hours(saturday, 4, 2, SHANGHAI, saturday + timedelta(minutes=1))
    assert over.next_change_at == datetime(2026, 7, 8)


def test_hours_left_are_rounded_down() -> None:
    due = datetime(2026, 7, 1, 15)
    assert by_hours(due, 4, 2, SHANGHAI, datetime(2026, 7, 1, 11, 30)).left.zh == "还有 3 小时"
    assert by_hours(due, 4, 2, SHANGHAI, datetime(2026, 7, 1, 17, 30)).left.en == "Hours overdue: 2"


@given(DAYS, st.integers(0, 60), st.integers(1, 10), MOMENTS, st.timedeltas(timedelta(), timedelta(days=90)))
def test_time_never_lowers_a_stage(due: date, ahead: int, grace: int, now: datetime, passed: timedelta) -> None:
    assert by_day(due, ahead, grace, now).stage <= by_day(due, ahead, grace, now + passed).stage


@given(DAYS, st.integers(0, 60), st.integers(1, 10), MOMENTS)
def test_a_day_moves_on_exactly_when_it_says(due: date, ahead: int, grace: int, now: datetime) -> None:
    found = by_day(due, ahead, grace, now)
    if found.next_change_at is None:
        assert found.stage is Stage.AT_EXECUTIVE
        return
    change = found.next_change_at
    assert change > now
    assert by_day(due, ahead, grace, change - timedelta(seconds=1)).stage is found.stage
    assert by_day(due, ahead, grace, change).stage > found.stage


@given(MOMENTS, st.integers(0, 72), st.integers(1, 10), MOMENTS, st.sampled_from([SHANGHAI, BERLIN]))
def test_a_clock_moves_on_exactly_when_it_says(
    received: datetime, ahead: int, grace: int, now: datetime, zone: ZoneInfo
) -> None:
    due = add_hours(received, 24, zone)
    found = by_hours(due, ahead, grace, zone, now)
    if found.next_change_at is None:
        assert found.stage is Stage.AT_EXECUTIVE
        return
    change = found.next_change_at
    assert by_hours(due, ahead, grace, zone, change - timedelta(seconds=1)).stage is found.stage
    assert by_hours(due, ahead, grace, zone, change).stage > found.stage


@pytest.mark.parametrize(("period", "often"), [
    ("2026", "每年一次"), ("2026H1", "每半年一次"), ("2026Q2", "每季度一次"), ("2026-06", "每月一次"),
])
def test_the_arithmetic_says_last_evidence_cadence_due_day_and_time_left(period: str, often: str) -> None:
    facts = {"due": "2026-06-30", "left": Text("已超过 3 个工作日", "Working days overdue: 3")}
    owed = Duty("V1", "C1", "", period, "3", datetime(2026, 6, 30), Stage.OVERDUE, Where(""), date(2026, 3, 12), facts=facts)
    assert arithmetic(owed, "zh") == f"上次 2026-03-12 · {often} · 期限 2026-06-30 · 已超过 3 个工作日"


def test_the_arithmetic_names_the_grade_that_drives_the_cadence_and_says_when_there_is_nothing_yet() -> None:
    facts = {"due": "2026-06-30", "left": Text("今天到期", "Due today"), "grade": Text("VIP客户", "VIP")}
    owed = Duty("V1", "C1", "", "2026Q2", "3", datetime(2026, 6, 30), Stage.DUE, Where(""), facts=facts)
    assert arithmetic(owed, "zh") == "还没有记录 · VIP客户每季度一次 · 期限 2026-06-30 · 今天到期"
    assert arithmetic(owed, "en", "Due today (due 2026-06-30).") == "none so far · VIP: once a quarter"


def test_what_is_asked_once_has_no_cadence_whichever_announcement_it_stands_at() -> None:
    owed = Duty("D11", "C1", "p", "2026-06-02-7", "3", datetime(2026, 6, 2), Stage.AHEAD, Where(""), facts={"due": "2026-06-02"}, announced=7)
    assert (period_of(owed), arithmetic(owed, "zh")) == ("2026-06-02", "期限 2026-06-02")


def test_what_is_asked_in_a_rhythm_of_its_own_says_it_in_its_facts() -> None:
    facts = {"often": Text("每两周", "Fortnightly"), "due": "2026-06-14"}
    owed = Duty("V7", "C1", "r", "2026-06-01", "3", datetime(2026, 6, 14), Stage.AHEAD, Where(""), facts=facts)
    assert arithmetic(owed, "zh") == "还没有记录 · 每两周 · 期限 2026-06-14"


@pytest.mark.parametrize("rule", TO_KNOW)
def test_what_is_only_to_be_known_has_no_arithmetic(rule: str) -> None:
    owed = Duty(rule, "C1", "r", "2026-06", "3", datetime(2026, 6, 14), Stage.AHEAD, Where(""), facts={"due": "2026-06-14"})
    assert arithmetic(owed, "zh") == "" and rule in RULES
