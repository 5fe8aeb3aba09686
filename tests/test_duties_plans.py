"""D5, D5b, D12b: customer plans (section 5)."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from crmflow.model import Accepted, Stage, Value
from tests.owed import HEAD, MANAGER, asked, changed, cover, due, periods, row, sentence


def plan(year: str = "2026", **values: Value) -> Accepted:
    return row("F9.plan", "p1", year, year=int(year), **values)


# D5


def test_a_key_customer_has_a_plan_by_the_end_of_january() -> None:
    [duty] = due("D5", "2026-01-30", cover(), tier="key")
    assert (duty.period, duty.due_at.date(), duty.stage, duty.owner) == ("2026", date(2026, 1, 31), Stage.DUE, MANAGER.number)
    assert due("D5", "2026-01-30", cover(), plan(drafted_on="2026-01-12"), tier="key") == []
    assert len(due("D5", "2026-01-30", cover(), plan(), tier="key")) == 1, "a sheet without its day is no plan yet"
    assert len(due("D5", "2026-01-30", cover(), plan("2025", drafted_on="2025-01-12"), tier="key")) == 1


def test_nobody_plans_for_last_year_or_for_a_general_customer() -> None:
    assert [duty.period for duty in due("D5", "2026-12-31", cover(), tier="vip")] == ["2026"]
    assert [duty.period for duty in due("D5", "2027-01-01", cover(), tier="vip")] == ["2027"]
    assert due("D5", "2026-05-01", cover(), tier="general") == []
    assert due("D5", "2026-05-01", cover(), tier="vip", config=changed("deadlines", D5_tiers=())) == []


def test_a_customer_that_becomes_important_during_the_year_has_a_month() -> None:
    since = {"KH1": date(2026, 7, 1)}
    assert periods(due("D5", "2026-07-13", cover(), tier="key", tier_since=since)) == [("2026", Stage.AHEAD)]
    [duty] = due("D5", "2026-07-13", cover(), tier="key", tier_since=since)
    assert duty.due_at.date() == date(2026, 7, 31)
    assert due("D5", "2026-12-20", cover(), tier="key", tier_since={"KH1": date(2026, 12, 10)}) == [], "next year's will do"


def test_the_sentence_asks_for_the_draft() -> None:
    [duty] = due("D5", "2026-01-30", cover(), tier="key")
    assert sentence(duty, "zh") == (
        "今天是到期前最后一个工作日（期限 2026-01-31）。请拟定 江南精密 的 2026 年客户计划，写好后填“拟定日期”，送部长批准。"
    )
    assert "Please draft the customer plan of 江南精密 for 2026" in sentence(duty, "en")


# D5b


def test_the_head_approves_within_ten_working_days() -> None:
    [duty] = due("D5b", "2026-01-26", cover(), plan(drafted_on="2026-01-12"), tier="key")
    assert (duty.owner, duty.due_at.date(), duty.stage) == (HEAD.number, date(2026, 1, 26), Stage.DUE)
    assert sentence(duty, "zh") == (
        "今天到期（期限 2026-01-26）。江南精密 的 2026 年客户计划等您批准：同意就在“客户计划”里填“批准人”和“批准日期”，要改的请退回客户经理。"
    )
    assert "waits for your approval" in sentence(duty, "en")


def test_only_the_heads_approval_counts() -> None:
    for who, settled in (("部长周", True), ("傅总", False), ("王芳", False)):
        approved = plan(drafted_on="2026-01-12", approved_by=who, approved_on="2026-01-20")
        assert (due("D5b", "2026-02-20", cover(), approved, tier="key") == []) == settled


def test_a_revision_is_approved_anew() -> None:
    first = {"drafted_on": "2026-01-12", "approved_by": "部长周", "approved_on": "2026-01-20"}
    [duty] = due("D5b", "2026-06-12", cover(), plan(**first, revised_on="2026-06-10"), tier="key")
    assert (duty.period, duty.due_at.date()) == ("2026-06-10", date(2026, 6, 25))
    again = plan(**(first | {"approved_on": "2026-06-11"}), revised_on="2026-06-10")
    assert due("D5b", "2026-06-12", cover(), again, tier="key") == []


# D12b


def test_a_plan_is_filed_anew_in_the_second_half_year() -> None:
    filed = plan(drafted_on="2026-01-12", filed_on="2026-01-22")
    assert periods(due("D12b", "2026-07-15", cover(), filed, tier="key")) == [("2026H2", Stage.LATER)]
    [duty] = due("D12b", "2026-12-31", cover(), filed, tier="key")
    assert (duty.owner, duty.stage) == (MANAGER.number, Stage.DUE)
    assert due("D12b", "2026-12-31", cover(), plan(drafted_on="2026-01-12", filed_on="2026-11-02"), tier="key") == []
    assert "请把 江南精密 的 2026 年客户计划对照本半年的情况看一遍" in sentence(duty, "zh")
    assert "renew “Approved on” and “Filed on”" in sentence(duty, "en")


def test_only_a_plan_that_is_there_and_of_an_important_customer_is_filed() -> None:
    assert asked("D12b", "2026-12-31", cover(), plan(), tier="key") == []
    assert asked("D12b", "2026-12-31", cover(), plan(drafted_on="2026-01-12"), tier="general") == []
    late = plan(drafted_on="2026-08-12")
    assert [one.period for one in asked("D12b", "2026-12-31", cover(), late, tier="key")] == ["2026H2"]


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat)
MAYBE = st.none() | DAYS


@given(MAYBE, MAYBE, MAYBE, st.sampled_from([None, "部长周", "王芳"]), MAYBE, DAYS)
def test_a_plan_is_met_exactly_as_its_days_say(
    drafted: str | None, revised: str | None, approved: str | None, by: str | None, filed: str | None, now: str
) -> None:
    sheet = plan(drafted_on=drafted, revised_on=revised, approved_on=approved, approved_by=by, filed_on=filed)

    def past(day: str | None) -> bool:
        return day is not None and day <= now

    [one] = asked("D5", now, cover(opened_on="2026-01-01"), sheet, tier="key")
    assert (one.met_on is not None) == past(drafted)
    basis = revised if past(revised) else drafted
    for one in asked("D5b", now, cover(), sheet, tier="key"):
        valid = past(approved) and by == "部长周" and str(approved) >= str(basis)
        assert past(drafted) and (one.met_on is not None) == valid
    for one in asked("D12b", now, cover(), sheet, tier="key"):
        assert (one.met_on is not None) == (past(filed) and (one.period == "2026H1" or str(filed) >= "2026-07-01"))
