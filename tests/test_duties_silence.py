"""V11: silent customers and new ones (section 4)."""

from collections.abc import Sequence
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from crmflow.dates import day_of
from crmflow.model import Accepted, Stage
from tests.owed import MANAGER, asked, changed, contact, cover, due, periods, row, sentence

SILENT = {"vip": 45, "key": 60, "general": 90, "reserve": 120}


def bought(on: str) -> Accepted:
    return row("F11.transactions", "t1", number="S1", date=on, amount=1000.0)


def test_a_customer_silent_for_as_long_as_its_tier_allows_is_to_be_contacted() -> None:
    spoken = contact("2026-05-12", method="phone", on_site=False)
    for tier, days in SILENT.items():
        [duty] = due("V11", "2026-06-01", cover(), spoken, tier=tier)
        assert duty.due_at.date() == date(2026, 5, 12) + timedelta(days=days)
        assert (duty.owner, duty.last_evidence) == (MANAGER.number, date(2026, 5, 12))


def test_it_is_announced_a_week_ahead_and_asked_anew_when_as_many_days_have_passed_again() -> None:
    spoken = contact("2026-05-12")
    stages = {
        now: periods(due("V11", now, cover(), spoken, tier="key"))
        for now in ("2026-07-03", "2026-07-04", "2026-07-12", "2026-09-01", "2026-09-02", "2026-09-03")
    }
    assert stages == {
        "2026-07-03": [("2026-07-11", Stage.LATER)], "2026-07-04": [("2026-07-11", Stage.AHEAD)],
        "2026-07-12": [("2026-07-11", Stage.OVERDUE), ("2026-09-09", Stage.LATER)],
        "2026-09-01": [("2026-07-11", Stage.AT_EXECUTIVE), ("2026-09-09", Stage.LATER)],
        "2026-09-02": [("2026-09-09", Stage.AHEAD)], "2026-09-03": [("2026-09-09", Stage.AHEAD)],
    }


def test_any_contact_of_anybody_of_ours_breaks_the_silence() -> None:
    for word in (contact("2026-07-10", "部长周"), contact("2026-07-10", method="wechat", with_whom="赵建国")):
        [duty] = due("V11", "2026-07-12", cover(), contact("2026-05-12"), word, tier="key")
        assert duty.due_at.date() == date(2026, 9, 8)


def test_a_customer_that_was_never_contacted_is_not_forgotten_however_old() -> None:
    stages = periods(due("V11", "2026-07-12", cover(opened_on="2010-01-01"), tier="key"))
    assert [stage for _, stage in stages] == [Stage.AT_EXECUTIVE, Stage.LATER]


def test_a_lost_customer_an_ungraded_one_and_a_tier_left_out_may_stay_silent() -> None:
    spoken = contact("2026-01-12")
    assert due("V11", "2026-07-12", cover(stage="lost"), spoken, tier="key") == []
    assert due("V11", "2026-07-12", cover(), spoken) == []
    config = changed("contacts", V11_silent_days={"vip": 45})
    assert due("V11", "2026-07-12", cover(), spoken, tier="key", config=config) == []


def test_silence_is_counted_from_when_the_customer_came_into_its_tier() -> None:
    spoken, since = contact("2026-01-12"), {"KH1": date(2026, 7, 1)}
    [duty] = due("V11", "2026-07-12", cover(), spoken, tier="key", tier_since=since)
    assert duty.due_at.date() == date(2026, 8, 30)


def test_a_new_customer_is_contacted_in_its_first_days() -> None:
    new = cover(opened_on="2026-06-20")
    [duty] = due("V11", "2026-07-15", new)
    assert (duty.subject, duty.due_at.date(), duty.stage) == ("new", date(2026, 7, 20), Stage.AHEAD)
    assert due("V11", "2026-07-15", new, contact("2026-06-20")) == []
    assert len(due("V11", "2026-07-15", new, contact("2026-06-19"))) == 1
    assert due("V11", "2026-07-15", new, config=changed("contacts", V11_new_days=0)) == []


def test_a_customer_that_buys_for_the_first_time_is_new_once_more() -> None:
    known = cover(opened_on="2026-02-01")
    found = asked("V11", "2026-07-15", known, contact("2026-02-10"), bought("2026-06-25"))
    assert [(str(one.due), one.met_on) for one in found] == [("2026-03-03", date(2026, 2, 10)), ("2026-07-25", None)]
    assert len(asked("V11", "2026-07-15", known, contact("2026-02-10"), bought("2026-01-05"))) == 1, "bought before it was on file"


def test_the_sentence_says_since_when_and_the_way_out() -> None:
    [duty] = due("V11", "2026-07-04", cover(), contact("2026-05-12"), tier="key")
    assert sentence(duty, "zh") == (
        "还有 7 天（期限 2026-07-11）。江南精密：从 2026-05-12 起一直没有接触。请联系一次，电话、微信也可以，"
        "之后在“接触记录”里登记；不再来往的请把封面“客户阶段”改为“流失”。"
    )
    assert "江南精密: no contact since 2026-05-12" in sentence(duty, "en")
    [new] = due("V11", "2026-07-15", cover(opened_on="2026-06-20"))
    assert "江南精密：2026-06-20 建档或首次成交，之后还没有接触" in sentence(new, "zh")
    assert "new or first bought on 2026-06-20" in sentence(new, "en")


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31)).map(date.isoformat)


@given(st.lists(st.builds(contact, DAYS), max_size=6), DAYS)
def test_something_is_overdue_or_soon_to_be_exactly_when_the_silence_is_long(spoken: Sequence[Accepted], now: str) -> None:
    today, opened = date.fromisoformat(now), date(2026, 1, 1)
    days = [day for one in spoken if (day := day_of(one.values["date"])) and day <= today]
    silent = (today - max(days, default=opened)).days
    config = changed("contacts", V11_new_days=0)
    listed = [one for one in due("V11", now, cover(opened_on=opened), *spoken, tier="key", config=config) if one.stage]
    assert bool(listed) == (silent >= 60 - 7)
    assert len(listed) <= 1


@given(st.lists(st.builds(contact, DAYS), max_size=6), DAYS)
def test_a_gap_is_met_by_the_contact_that_ended_it(spoken: Sequence[Accepted], now: str) -> None:
    days = [day_of(one.values["date"]) for one in spoken]
    for one in asked("V11", now, cover(opened_on="2026-01-01"), *spoken, tier="key"):
        assert one.met_on is None or one.met_on in days
        assert one.until is None or one.met_on is None or one.met_on <= one.until
