"""The filing register: one status a line, lateness as decision 9 says it, and the rates."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.catalogue import catalogue
from crmflow.dates import WorkCalendar, day_of
from crmflow.declare import Kind
from crmflow.duties import DUTY_RULES
from crmflow.model import Expectation, Person, Where
from crmflow.people import Directory
from crmflow.register import Line, Rates, Status, Terms, groups, rates, register

CALENDAR = WorkCalendar()
FORMS = {"D1": "F20", "D2": "F0"}
NOW = "2026-10-15 09:00"
CALLED = {"应交": "expected", "按时": "on_time", "迟交": "late", "有误": "with_errors", "未交": "missing", "豁免": "exempt"}


def moment(text: str) -> date | datetime | None:
    """A day, or a moment where a time stands with it; None for an empty cell."""
    if not text:
        return None
    return datetime.fromisoformat(text) if ":" in text else date.fromisoformat(text)


def expectation(number: int, due: date | datetime, rule: str = "D2", **more: object) -> Expectation:
    return Expectation(rule, f"KH{number}", "", "2026Q3", "1002", due, Where("a.xlsx"), {}, evidence=f"r{number}", **more)  # type: ignore[arg-type]


def terms(now: str = NOW, arrivals: Mapping[tuple[str, date], datetime] | None = None, backdating: int = 2) -> Terms:
    return Terms(FORMS, arrivals or {}, CALENDAR, backdating, date.min, datetime.fromisoformat(now))


def check(drawing: str) -> None:
    """Every row of the drawing: its last two cells are what comes out of the others."""
    for number, row in enumerate(drawing.strip().splitlines()[1:]):
        due, typed, arrived, exempt, error, now, status, late = (cell.strip() for cell in row.split("|"))
        met, came = moment(typed), moment(arrived)
        one = expectation(number, moment(due) or date.max, met_on=met, exempt=exempt, error_since=moment(error))
        known = {(one.evidence, day): came for day in [day_of(met)] if day and isinstance(came, datetime)}
        [line] = register([one], terms(now or NOW, known))
        assert (line.status, line.days_late) == (CALLED[status], int(late or 0)), row
        assert (line.typed, line.arrived, line.reason) == (met, came, exempt), row


def test_the_typed_day_counts_if_the_file_came_within_two_working_days_else_its_arrival() -> None:
    """30 September is a Wednesday; the next working days are 8 and 9 October."""
    check("""
        应交       | 填写       | 收到             | 豁免 | 有误 | 现在 | 情况 | 迟交天数
        2026-09-30 | 2026-09-30 | 2026-09-30 17:00 |      |      |      | 按时 |
        2026-09-30 | 2026-09-30 | 2026-10-09 23:59 |      |      |      | 按时 |
        2026-09-30 | 2026-09-30 | 2026-10-10 00:00 |      |      |      | 迟交 | 10
        2026-09-30 | 2026-08-03 | 2026-09-29 10:00 |      |      |      | 按时 |
        2026-09-30 | 2026-08-03 | 2026-10-01 10:00 |      |      |      | 迟交 | 1
        2026-09-30 | 2026-10-01 | 2026-10-01 10:00 |      |      |      | 迟交 | 1
        2026-09-30 | 2026-10-08 | 2026-10-14 10:00 |      |      |      | 迟交 | 14
        2026-09-30 | 2026-09-30 |                  |      |      |      | 按时 |
        2026-09-30 | 2026-09-30 | 2026-07-01 08:00 |      |      |      | 按时 |
    """)


def test_what_is_not_filed_is_expected_until_its_last_second_and_then_missing() -> None:
    check("""
        应交             | 填写 | 收到 | 豁免 | 有误       | 现在             | 情况 | 迟交天数
        2026-09-30       |      |      |      |            | 2026-09-30 23:59 | 应交 |
        2026-09-30       |      |      |      |            | 2026-10-01 00:00 | 未交 | 1
        2026-09-30 15:00 |      |      |      |            | 2026-09-30 15:00 | 应交 |
        2026-09-30 15:00 |      |      |      |            | 2026-09-30 15:01 | 未交 |
        2026-09-30       |      |      |      | 2026-09-29 | 2026-09-29 09:00 | 有误 |
        2026-09-30       |      |      |      | 2026-09-29 | 2026-10-05 09:00 | 有误 | 5
    """)


def test_a_moment_is_compared_to_the_second_where_the_evidence_says_one() -> None:
    check("""
        应交             | 填写             | 收到             | 豁免 | 有误 | 现在 | 情况 | 迟交天数
        2026-09-29 15:00 | 2026-09-29 15:00 | 2026-09-30 09:00 |      |      |      | 按时 |
        2026-09-29 15:00 | 2026-09-29 15:01 | 2026-09-30 09:00 |      |      |      | 迟交 |
        2026-09-29 15:00 | 2026-09-29       | 2026-09-30 09:00 |      |      |      | 按时 |
    """)


def test_an_exemption_goes_before_everything() -> None:
    check("""
        应交       | 填写       | 收到             | 豁免     | 有误       | 现在 | 情况 | 迟交天数
        2026-09-30 |            |                  | 停产检修 |            |      | 豁免 |
        2026-09-30 | 2026-10-14 | 2026-10-14 10:00 | 停产检修 |            |      | 豁免 |
        2026-09-30 |            |                  | 停产检修 | 2026-10-08 |      | 豁免 |
    """)


def test_accepted_evidence_stands_whatever_is_wrong_with_what_came_later() -> None:
    check("""
        应交       | 填写       | 收到             | 豁免 | 有误       | 现在 | 情况 | 迟交天数
        2026-09-30 | 2026-09-29 | 2026-09-29 10:00 |      | 2026-10-08 |      | 按时 |
    """)


def test_a_line_says_until_when_a_file_may_still_come_in_time() -> None:
    [line] = register([expectation(1, date(2026, 9, 30))], terms())
    assert (line.form, line.due, line.timely_until) == ("F0", date(2026, 9, 30), date(2026, 10, 9))


def test_what_no_form_is_asked_for_and_what_was_due_before_the_beginning_has_no_line() -> None:
    former, visit = expectation(1, date(2026, 6, 30)), expectation(2, date(2026, 9, 30), rule="V3")
    since = Terms(FORMS, {}, CALENDAR, 2, date(2026, 7, 1), datetime(2026, 10, 15))
    assert register([former, visit], since) == ()
    assert [line.due for line in register([former, visit], terms())] == [date(2026, 6, 30)]


def test_the_newest_come_first() -> None:
    days = [date(2026, 6, 30), date(2026, 9, 30), date(2026, 3, 31)]
    lines = register([expectation(number, day) for number, day in enumerate(days)], terms())
    assert [line.due for line in lines] == sorted(days, reverse=True)


# rates


def line(owner: str, status: Status, form: str = "F0", due: str = "2026-09-30") -> Line:
    on = date.fromisoformat(due)
    return Line(form, "D2", "KH1", "", "2026Q3", owner, status, on, on)


LINES = (
    line("1", Status.ON_TIME), line("1", Status.ON_TIME), line("1", Status.LATE), line("1", Status.MISSING),
    line("1", Status.EXPECTED), line("1", Status.EXEMPT), line("2", Status.WITH_ERRORS, "F20", "2026-08-03"),
    line("", Status.EXPECTED),
)


def test_the_rate_is_what_was_on_time_of_all_that_had_to_be_filed() -> None:
    found = rates(LINES, lambda one: one.owner)
    assert found == {
        "": Rates(expected=1), "1": Rates(expected=1, on_time=2, late=1, missing=1, exempt=1), "2": Rates(with_errors=1),
    }
    assert [one.on_time_rate for one in found.values()] == [None, 0.5, 0.0]


def test_rates_are_told_by_person_team_form_and_month() -> None:
    people = Directory.of([Person("1", "王芳", "account_manager", department="市场部"), Person("2", "李伟", "account_manager")])
    found = groups(LINES, people)
    assert {by: list(one) for by, one in found.items()} == {
        "person": ["", "1", "2"], "team": ["", "市场部"], "form": ["F0", "F20"], "month": ["2026-08", "2026-09"],
    }
    assert found["month"]["2026-08"] == Rates(with_errors=1)
    assert found["team"]["市场部"].on_time_rate == 0.5


# against a slow statement of decision 9

DAYS = st.dates(date(2026, 8, 1), date(2026, 11, 30))
MOMENTS = st.datetimes(datetime(2026, 8, 1), datetime(2026, 11, 30))
MAYBE = st.none() | DAYS


def stated(one: Expectation, arrived: datetime | None, backdating: int, now: datetime) -> Status:
    """Decision 9, day by day."""
    due = day_of(one.due) or date.max
    if one.exempt:
        return Status.EXEMPT
    if one.met_on is None:
        waits = Status.WITH_ERRORS if one.error_since else None
        return waits or (Status.EXPECTED if now.date() <= due else Status.MISSING)
    decides = day = day_of(one.met_on) or date.max
    if arrived is not None and arrived.date() > day:
        worked = 0
        while day < arrived.date():
            day += timedelta(days=1)
            worked += CALENDAR.is_working_day(day)
        # On the days off that follow the last working day nothing more is counted, but the limit has passed.
        if worked > backdating or (worked == backdating and not CALENDAR.is_working_day(arrived.date())):
            decides = arrived.date()
    return Status.ON_TIME if decides <= due else Status.LATE


@given(DAYS, MAYBE, st.none() | MOMENTS, st.sampled_from(["", "停产"]), MAYBE, MOMENTS, st.integers(0, 5))
def test_every_expectation_has_the_one_status_that_decision_9_states(
    due: date, typed: date | None, arrived: datetime | None, exempt: str, error: date | None, now: datetime, backdating: int
) -> None:
    one = expectation(1, due, met_on=typed, exempt=exempt, error_since=error)
    known = {(one.evidence, typed): arrived} if typed and arrived else {}
    [line] = register([one], terms(now.isoformat(), known, backdating))
    assert line.status is stated(one, arrived if typed else None, backdating, now)
    assert (line.days_late > 0) <= (line.status in (Status.LATE, Status.MISSING, Status.WITH_ERRORS))


@given(DAYS, DAYS, MOMENTS, st.integers(0, 5))
def test_what_comes_after_the_last_timely_day_is_late_whatever_is_typed(
    due: date, typed: date, arrived: datetime, backdating: int
) -> None:
    one = expectation(1, due, met_on=typed)
    [line] = register([one], terms(arrivals={(one.evidence, typed): arrived}, backdating=backdating))
    if arrived.date() > line.timely_until:
        assert line.status is Status.LATE


@given(st.lists(st.tuples(DAYS, MAYBE, st.sampled_from(["D1", "D2"])), max_size=20), MOMENTS)
def test_no_expectation_is_lost_or_doubled(drawn: list[tuple[date, date | None, str]], now: datetime) -> None:
    expected = [expectation(n, due, rule, met_on=typed) for n, (due, typed, rule) in enumerate(drawn)]
    lines = register(expected, terms(now.isoformat()))
    assert sorted(line.customer for line in lines) == sorted(one.customer for one in expected)
    counted = rates(lines, lambda _: "").get("", Rates())
    assert sum(getattr(counted, status) for status in Status) == len(expected)


# what the rules say of themselves


@pytest.mark.parametrize("rule", sorted(rule for rule, declared in DUTY_RULES.items() if declared.form))
def test_a_filing_is_of_a_form_there_is(rule: str) -> None:
    assert catalogue().form(DUTY_RULES[rule].form)


@pytest.mark.parametrize("rule", sorted(rule for rule, declared in DUTY_RULES.items() if declared.evidence))
def test_evidence_is_a_day_in_a_block_that_the_rule_looks_at(rule: str) -> None:
    block, _, field = DUTY_RULES[rule].evidence.rpartition(".")
    assert block in DUTY_RULES[rule].blocks
    assert catalogue().field(block, field).kind in (Kind.DATE, Kind.MOMENT)
