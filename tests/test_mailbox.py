"""Messages, notices and the access log in the store."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.exc import IntegrityError

from crmflow.model import Message, Notice
from crmflow.store import audit, bounces, mailbox
from crmflow.store.base import METADATA, open_engine, transaction
from crmflow.store.mailbox import ACCESS_LOG, State

NOW = datetime(2026, 7, 22, 1, 30, tzinfo=UTC)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(f"sqlite:///{(tmp_path / 'crmflow.db').as_posix()}")
    METADATA.create_all(engine)
    yield engine
    engine.dispose()


def notice(subject: str, period: str = "0", recipient: str = "3", kind: str = "finding") -> Notice:
    return Notice(kind, "F1", subject, period, 0, recipient)


def message(*subjects: str, recipient: str = "3", customers: tuple[str, ...] = ("C1", "C2")) -> Message:
    notices = tuple(notice(subject, recipient=recipient) for subject in subjects)
    return Message(recipient, "王芳", "wang@x.example", "提醒", "您好", "<p>您好</p>", notices, customers)


def put(engine: Engine, told: Message, now: datetime = NOW) -> bool:
    key = mailbox.identify(told)
    with transaction(engine) as connection:
        return mailbox.queue(connection, key, told, f"<{key}@x.example>", b"raw", now)


def states(engine: Engine) -> dict[State, int]:
    with transaction(engine) as connection:
        return dict(mailbox.counts(connection))


def test_a_message_waits_with_everything_it_was_queued_with(engine: Engine) -> None:
    assert put(engine, message("a", "b"))
    with transaction(engine) as connection:
        (parcel,) = mailbox.messages(connection)
        assert mailbox.show(connection, parcel.id) == parcel
    assert (parcel.recipient, parcel.name, parcel.address, parcel.subject) == ("3", "王芳", "wang@x.example", "提醒")
    assert (parcel.raw, parcel.state, parcel.attempts, parcel.created_at) == (b"raw", State.PENDING, 0, NOW)


def test_the_same_message_is_queued_once(engine: Engine) -> None:
    assert put(engine, message("a", "b"))
    assert not put(engine, message("a", "b"))
    assert not put(engine, message("b"))
    assert states(engine) == {State.PENDING: 1}


def test_a_message_with_one_new_notice_is_queued_and_raises_only_that_one(engine: Engine) -> None:
    put(engine, message("a"))
    assert put(engine, message("a", "b"), NOW + timedelta(days=1))
    with transaction(engine) as connection:
        known = mailbox.known(connection)
    assert known.notices == {notice("a"), notice("b")}
    assert known.first_told == {("a", "3"): NOW, ("b", "3"): NOW + timedelta(days=1)}


def test_a_notice_named_twice_in_a_message_is_raised_once(engine: Engine) -> None:
    assert put(engine, message("a", "a"))


def test_the_first_telling_of_a_finding_is_kept_through_its_reminders(engine: Engine) -> None:
    later = NOW + timedelta(days=7)
    put(engine, message("a"))
    put(engine, replace(message(), notices=(notice("a", "1"),)), later)
    with transaction(engine) as connection:
        assert mailbox.known(connection).first_told == {("a", "3"): NOW}


def test_the_same_matter_told_to_two_people_is_two_messages(engine: Engine) -> None:
    assert put(engine, message("a", recipient="3")) and put(engine, message("a", recipient="4"))
    assert mailbox.identify(message("a", recipient="3")) != mailbox.identify(message("a", recipient="4"))


def test_the_order_of_the_notices_does_not_make_another_message() -> None:
    assert mailbox.identify(message("a", "b")) == mailbox.identify(message("b", "a"))


def test_the_store_itself_refuses_a_notice_twice(engine: Engine) -> None:
    put(engine, message("a"))
    row = {"kind": "finding", "rule": "F1", "subject": "a", "period": "0", "stage": 0, "recipient": "3"}
    with pytest.raises(IntegrityError), transaction(engine) as connection:
        connection.execute(mailbox.NOTICE.insert(), row | {"message": mailbox.identify(message("a")), "raised_at": NOW})


def test_a_message_and_its_notices_enter_together_or_not_at_all(engine: Engine) -> None:
    with pytest.raises(RuntimeError), transaction(engine) as connection:
        mailbox.queue(connection, mailbox.identify(message("a")), message("a"), "<a@x.example>", b"raw", NOW)
        raise RuntimeError
    assert states(engine) == {}
    with transaction(engine) as connection:
        assert mailbox.known(connection).notices == frozenset()


def test_a_message_is_claimed_once(engine: Engine) -> None:
    put(engine, message("a"))
    key = mailbox.identify(message("a"))
    with transaction(engine) as connection:
        taken = mailbox.claim(connection, key)
        assert taken is not None and (taken.state, taken.attempts) == (State.SENDING, 1)
    with transaction(engine) as connection:
        assert mailbox.claim(connection, key) is None


def test_what_is_to_be_tried_later_is_not_due_yet(engine: Engine) -> None:
    put(engine, message("a"))
    key = mailbox.identify(message("a"))
    with transaction(engine) as connection:
        assert mailbox.due(connection, NOW) == (key,)
        mailbox.settle(connection, key, State.PENDING, "451 later", NOW, NOW + timedelta(minutes=5))
        assert mailbox.due(connection, NOW) == ()
        assert mailbox.due(connection, NOW + timedelta(minutes=5)) == (key,)


@pytest.mark.parametrize("state", [State.SENT, State.FAILED, State.HELD, State.SENDING])
def test_what_is_over_or_under_way_is_not_due(engine: Engine, state: State) -> None:
    put(engine, message("a"))
    with transaction(engine) as connection:
        mailbox.settle(connection, mailbox.identify(message("a")), state, "", NOW)
        assert mailbox.due(connection, NOW + timedelta(days=9)) == ()


def test_only_what_was_sent_enters_the_access_log_a_row_a_customer(engine: Engine) -> None:
    put(engine, message("a"))
    key = mailbox.identify(message("a"))
    columns = (ACCESS_LOG.c.at, ACCESS_LOG.c.who, ACCESS_LOG.c.what, ACCESS_LOG.c.customer, ACCESS_LOG.c.message)
    with transaction(engine) as connection:
        mailbox.settle(connection, key, State.UNKNOWN, "", NOW)
        assert connection.execute(select(*columns)).all() == []
        mailbox.settle(connection, key, State.SENT, "250 OK", NOW)
        assert connection.execute(select(*columns)).all() == [(NOW, "3", "mail", "C1", key), (NOW, "3", "mail", "C2", key)]


def test_what_a_dead_process_left_behind_is_settled(engine: Engine) -> None:
    put(engine, message("a"))
    put(engine, message("b"))
    with transaction(engine) as connection:
        mailbox.claim(connection, mailbox.identify(message("a")))
    with transaction(engine) as connection:
        assert mailbox.interrupted(connection, State.UNKNOWN, "中断", NOW) == 1
        assert mailbox.messages(connection, State.UNKNOWN)[0].last_answer == "中断"
    assert states(engine) == {State.PENDING: 1, State.UNKNOWN: 1}


def test_envelopes_are_found_by_how_their_id_begins(engine: Engine) -> None:
    put(engine, message("a"))
    put(engine, message("b"), NOW + timedelta(days=1))
    key = mailbox.identify(message("a"))
    with transaction(engine) as connection:
        assert [one.id for one in mailbox.envelopes(connection)] == [mailbox.identify(message("b")), key]
        assert [one.id for one in mailbox.envelopes(connection, key[:12])] == [key]
        assert mailbox.envelopes(connection, "%") == ()


def test_what_bounced_is_told_anew_when_the_person_has_another_address(engine: Engine) -> None:
    put(engine, message("a", "b"))
    key = mailbox.identify(message("a", "b"))
    with transaction(engine) as connection:
        mailbox.settle(connection, key, State.BOUNCED, "550 no such user", NOW)
        assert bounces.refused(connection) == {"wang@x.example"}
        assert bounces.release(connection, {"3": "wang@x.example", "4": "li@x.example"}, NOW) == 0
        assert bounces.release(connection, {"3": ""}, NOW) == 0
        assert bounces.release(connection, {"3": "fang@x.example"}, NOW) == 1
        assert (bounces.refused(connection), mailbox.known(connection).notices) == (frozenset(), frozenset())
        assert mailbox.counts(connection) == {State.DROPPED: 1}
        (line,) = audit.lines(connection, key)
        assert (line.who, line.what) == ("crmflow", "release")
        assert "wang@x.example → fang@x.example" in line.why
        again = replace(message("a", "b"), address="fang@x.example")
        assert mailbox.queue(connection, key, again, f"<{key}@x.example>", b"raw", NOW)
        (parcel,) = mailbox.messages(connection)
    assert (parcel.id, parcel.address, parcel.state, parcel.attempts) == (key, "fang@x.example", State.PENDING, 0)


def test_the_administrator_hears_of_an_address_that_was_refused(engine: Engine) -> None:
    put(engine, message("a"))
    with transaction(engine) as connection:
        mailbox.settle(connection, mailbox.identify(message("a")), State.BOUNCED, "550 no such user", NOW)
        (one,) = mailbox.undelivered(connection)
    assert (one.name, one.address, one.state, one.answer) == ("王芳", "wang@x.example", State.BOUNCED, "550 no such user")


def test_an_unknown_id_shows_nothing(engine: Engine) -> None:
    with transaction(engine) as connection:
        assert mailbox.show(connection, "nobody") is None
