"""What is due when: the days of a job, what was missed, and that nothing is due twice or skipped for ever."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.clock import TELLS, Due, coming, due, falls_on, newest, next_after
from crmflow.dates import WorkCalendar
from crmflow.drafts import Telling
from crmflow.timetable import Job, Jobs

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
OFFICIAL = WorkCalendar()
READ = Job(every_minutes=30)
DIGEST = Job(at="08:30", days="working_days")
SUMMARY = Job(at="09:00", days="monday")
JOBS = {"read": READ, "digest": DIGEST, "summary": SUMMARY}


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def local(moment: datetime | None, zone: ZoneInfo = SHANGHAI) -> str:
    assert moment is not None
    assert moment.tzinfo is UTC
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M}"


def waiting(jobs: Mapping[str, Job], done: Mapping[str, datetime], now: str) -> dict[str, str]:
    return {one.job: local(one.scheduled_for) for one in due(jobs, done, at(now), OFFICIAL)}


def test_what_was_never_done_is_due_for_its_newest_moment() -> None:
    assert waiting(JOBS, {}, "2026-07-15 10:10") == {
        "read": "2026-07-15 10:00", "digest": "2026-07-15 08:30", "summary": "2026-07-13 09:00",
    }


def test_before_its_time_a_job_belongs_to_the_day_before() -> None:
    assert waiting({"digest": DIGEST}, {}, "2026-07-15 08:29:59") == {"digest": "2026-07-14 08:30"}
    assert waiting({"digest": DIGEST}, {}, "2026-07-15 08:30") == {"digest": "2026-07-15 08:30"}


def test_what_was_done_is_not_due_again_before_its_next_moment() -> None:
    done = {one.job: one.scheduled_for for one in due(JOBS, {}, at("2026-07-15 10:10"), OFFICIAL)}
    assert waiting(JOBS, done, "2026-07-15 10:29:59") == {}
    assert waiting(JOBS, done, "2026-07-15 10:30") == {"read": "2026-07-15 10:30"}
    assert waiting(JOBS, done, "2026-07-16 08:30") == {"read": "2026-07-16 08:30", "digest": "2026-07-16 08:30"}


def test_a_week_without_power_is_made_up_for_once() -> None:
    done = dict.fromkeys(JOBS, at("2026-07-10 09:00").astimezone(UTC))
    assert waiting(JOBS, done, "2026-07-19 12:00") == {
        "read": "2026-07-19 12:00", "digest": "2026-07-17 08:30", "summary": "2026-07-13 09:00",
    }


def test_a_clock_set_back_makes_nothing_due() -> None:
    assert waiting(JOBS, dict.fromkeys(JOBS, at("2026-07-20 10:00").astimezone(UTC)), "2026-07-15 10:00") == {}


@pytest.mark.parametrize(("days", "day", "falls"), [
    ("every_day", "2026-10-01", True),           # National Day
    ("working_days", "2026-10-01", False),
    ("working_days", "2026-10-10", True),        # a Saturday worked instead
    ("monday", "2026-07-13", True),
    ("monday", "2026-07-14", False),
    ("monday", "2026-10-05", False),             # in the golden week
    ("monday", "2026-10-08", True),              # Thursday, the first working day of that week
    ("monday", "2026-10-09", False),
    ("friday", "2026-10-02", False),
    ("friday", "2026-10-08", True),              # Friday the 2nd, put off as far as that
    ("friday", "2026-10-09", True),              # and the next Friday in its own right
    ("sunday", "2026-07-20", True),              # a Sunday off means Monday
    ("month_start", "2026-10-08", True),
    ("month_start", "2026-10-01", False),
    ("month_start", "2026-10-09", False),
    ("month_start", "2026-07-01", True),
])
def test_a_job_whose_day_is_off_is_done_on_the_next_working_day(days: str, day: str, falls: bool) -> None:
    assert falls_on(Job.model_validate({"at": "09:00", "days": days}), date.fromisoformat(day), OFFICIAL) is falls


def test_the_companys_own_days_off_move_a_job_too() -> None:
    own = WorkCalendar(holidays=frozenset({date(2026, 7, 13)}))
    assert local(newest(SUMMARY, at("2026-07-14 12:00"), own)) == "2026-07-14 09:00"


def test_a_week_off_altogether_has_no_job_and_the_following_has_its_own() -> None:
    off = WorkCalendar(holidays=frozenset(date(2026, 7, 13) + timedelta(days=n) for n in range(7)))
    assert [day for day in range(13, 27) if falls_on(SUMMARY, date(2026, 7, day), off)] == [20]


def test_a_job_by_minutes_begins_anew_at_midnight() -> None:
    every_50 = Job(every_minutes=50)
    assert local(newest(every_50, at("2026-07-15 00:49"), OFFICIAL)) == "2026-07-15 00:00"
    assert local(newest(every_50, at("2026-07-15 23:59"), OFFICIAL)) == "2026-07-15 23:20"
    assert local(next_after(every_50, at("2026-07-15 23:59"), OFFICIAL)) == "2026-07-16 00:00"


def test_summer_time_moves_a_job_with_the_wall_clock_and_loses_no_half_hour() -> None:
    for day in ("2026-03-29", "2026-10-25"):
        early = Job(at="08:30", days="every_day")
        assert local(newest(early, at(f"{day} 12:00", BERLIN), OFFICIAL), BERLIN) == f"{day} 08:30"
    moments = {newest(READ, at("2026-10-25 00:10", BERLIN).astimezone(UTC).astimezone(BERLIN), OFFICIAL)}
    now = at("2026-10-25 00:00", BERLIN).astimezone(UTC)
    while now < at("2026-10-26 00:00", BERLIN).astimezone(UTC):
        moments.add(newest(READ, now.astimezone(BERLIN), OFFICIAL))
        now += timedelta(minutes=1)
    assert len(moments) == 50


def test_what_comes_next_is_told_and_what_waits_is_told_since_when() -> None:
    now = at("2026-07-15 10:10")
    assert {job: local(moment) for job, moment in coming(JOBS, {}, now, OFFICIAL).items()} == waiting(JOBS, {}, "2026-07-15 10:10")
    done = {one.job: one.scheduled_for for one in due(JOBS, {}, now, OFFICIAL)}
    assert {job: local(moment) for job, moment in coming(JOBS, done, now, OFFICIAL).items()} == {
        "read": "2026-07-15 10:30", "digest": "2026-07-16 08:30", "summary": "2026-07-20 09:00",
    }


def test_every_job_that_can_be_configured_tells_something_and_everything_is_told() -> None:
    assert TELLS.keys() == Jobs().by_name.keys()
    assert all(Telling.ALERTS in told for told in TELLS.values())
    assert frozenset().union(*TELLS.values()) == frozenset(Telling)


START = at("2026-09-21 00:00")
"""Six weeks with the golden week and its make-up days among them."""
MINUTES = 42 * 24 * 60
KINDS = st.sampled_from(Jobs.model_fields["read"].annotation.model_fields["days"].annotation.__args__)
TIMED = st.builds(lambda hour, minute, days: Job(at=f"{hour}:{minute:02}", days=days), st.integers(0, 23), st.integers(0, 59), KINDS)
ANY_JOB = st.one_of(TIMED, st.builds(Job, every_minutes=st.integers(5, 1440)))
TICKS = st.lists(st.integers(0, MINUTES), min_size=1, max_size=40, unique=True).map(sorted)


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)


def schedule_of(job: Job) -> list[datetime]:
    """Every moment of the job up to the end, by going through all minutes or days one after the other."""
    days = [START.date() + timedelta(days=n) for n in range(-70, 43)]
    if job.every_minutes is not None:
        return [midnight(day) + timedelta(minutes=n) for day in days for n in range(0, 1440, job.every_minutes)]
    chosen = []
    for day in days:
        if job.days == "every_day" or (job.days == "working_days" and OFFICIAL.is_working_day(day)):
            chosen.append(day)
        elif job.days == "month_start" and day.day == 1:
            chosen.append(next(later for later in days[days.index(day):] if OFFICIAL.is_working_day(later)))
        elif f"{day:%A}".lower() == job.days:
            chosen += [later for later in days[days.index(day):] if OFFICIAL.is_working_day(later)][:1]
    return sorted({midnight(day) + job.time_of_day for day in chosen})


@given(ANY_JOB, TICKS)
def test_whatever_the_pattern_of_down_time_a_job_is_done_once_a_stretch_and_never_skipped(job: Job, ticks: list[int]) -> None:
    """Between two ticks lies a stretch: with a scheduled moment in it the job is done once, for the newest, else not."""
    moments, done, before = schedule_of(job), dict[str, datetime](), START - timedelta(days=60)
    for minute in ticks:
        now = START + timedelta(minutes=minute)
        missed = [moment for moment in moments if before < moment <= now]
        found = due({"job": job}, done, now, OFFICIAL)
        assert found == ((Due("job", missed[-1].astimezone(UTC)),) if missed else ())
        done |= {one.job: one.scheduled_for for one in found}
        assert due({"job": job}, done, now, OFFICIAL) == ()
        following = next((moment for moment in moments if moment > now), None)
        if following is not None:
            assert coming({"job": job}, done, now, OFFICIAL) == {"job": following.astimezone(UTC)}
        before = now


@given(TIMED, TICKS, st.data())
def test_a_job_that_could_not_be_done_stays_due_until_it_is(job: Job, ticks: list[int], data: st.DataObject) -> None:
    done: dict[str, datetime] = {}
    waits = False
    for minute in ticks:
        found = due({"job": job}, done, START + timedelta(minutes=minute), OFFICIAL)
        assert found or not waits
        fails = data.draw(st.booleans())
        waits = bool(found) and fails
        done |= {} if fails else {one.job: one.scheduled_for for one in found}
