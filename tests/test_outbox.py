"""Queue, claim, settle: nothing lost, nothing doubled as a reader sees it."""

import contextlib
import email
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from crmflow import outbox
from crmflow.config import Config, load
from crmflow.drafts import Digest, Draft, Item, Urgency
from crmflow.mail import Letter, MailProblem, Outcome, Result, carrier, compose
from crmflow.mail.smtp import refuses_address
from crmflow.model import Message, Notice, Person, Where
from crmflow.outbox import Delivery, deliver, queue
from crmflow.store import mailbox
from crmflow.store.base import METADATA, open_engine, transaction
from crmflow.store.mailbox import State

CONFIG = load(Path(__file__).parent.parent / "config.yaml")
NOW = datetime(2026, 7, 22, 1, 30, tzinfo=UTC)


class PowerCut(BaseException):
    """The machine stops here."""


@dataclass
class Server:
    """A way out that answers by a list; ``arrived`` are the Message-IDs that reached a reader."""

    answers: Iterator[Result | type[BaseException]]
    arrived: list[str] = field(default_factory=list)
    closed: bool = False

    def ready(self) -> None:
        """Always."""

    def send(self, letter: Letter) -> Outcome:
        answer = next(self.answers)
        if answer is MailProblem:
            raise MailProblem("连不上")
        if answer in (Result.SENT, Result.UNKNOWN) or isinstance(answer, type):
            self.arrived.append(str(email.message_from_bytes(letter.raw)["Message-ID"]))
        if isinstance(answer, type):
            raise answer
        return Outcome(answer, f"answer {answer}")

    def close(self) -> None:
        self.closed = True


def server(*answers: Result | type[BaseException]) -> Server:
    return Server(iter(answers))


def message(subject: str) -> Message:
    notice = Notice("finding", "F1", subject, "0", 0, "3")
    return Message("3", "王芳", "wang@x.example", f"提醒 {subject}", "您好", "<p>您好</p>", (notice,), ("C1",))


def with_mail(**more: object) -> Config:
    return CONFIG.model_copy(update={"mail": CONFIG.mail.model_copy(update=more)})


def fresh(path: str = "sqlite://") -> Engine:
    engine = open_engine(path)
    METADATA.create_all(engine)
    return engine


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = fresh(f"sqlite:///{(tmp_path / 'crmflow.db').as_posix()}")
    yield engine
    engine.dispose()


def states(engine: Engine) -> dict[State, int]:
    with transaction(engine) as connection:
        return dict(mailbox.counts(connection))


def test_what_is_queued_is_sent_once(engine: Engine) -> None:
    assert queue(engine, [message("a"), message("b"), message("a")], CONFIG, NOW) == 2
    way = server(Result.SENT, Result.SENT)
    assert deliver(engine, way, CONFIG, NOW) == Delivery(sent=2, failed=0, unknown=0, held=0, bounced=0, waiting=0)
    assert len(set(way.arrived)) == 2 and way.closed
    assert queue(engine, [message("a")], CONFIG, NOW) == 0
    assert deliver(engine, server(), CONFIG, NOW).sent == 0


def test_a_passing_refusal_is_tried_again_later_and_later(engine: Engine) -> None:
    queue(engine, [message("a")], CONFIG, NOW)
    assert deliver(engine, server(Result.TRANSIENT), CONFIG, NOW) == Delivery(0, 0, 0, 0, 0, waiting=1)
    assert deliver(engine, server(), CONFIG, NOW + timedelta(minutes=4)).waiting == 1
    assert deliver(engine, server(Result.TRANSIENT), CONFIG, NOW + timedelta(minutes=5)).waiting == 1
    assert deliver(engine, server(), CONFIG, NOW + timedelta(minutes=24)).waiting == 1
    assert deliver(engine, server(Result.SENT), CONFIG, NOW + timedelta(minutes=25)).sent == 1


def test_waits_grow_fourfold_and_never_beyond_a_day() -> None:
    assert [outbox.wait(attempt) // timedelta(minutes=1) for attempt in (1, 2, 3, 4, 5, 99)] == [5, 20, 80, 320, 1280, 1440]


def test_after_the_last_attempt_it_has_failed(engine: Engine) -> None:
    config = with_mail(attempts=2)
    queue(engine, [message("a")], config, NOW)
    deliver(engine, server(Result.TRANSIENT), config, NOW)
    assert deliver(engine, server(Result.TRANSIENT), config, NOW + timedelta(days=1)).failed == 1
    assert states(engine) == {State.FAILED: 1}


def test_what_its_account_could_not_try_waits_and_uses_up_no_attempt(engine: Engine) -> None:
    config = with_mail(attempts=1)
    queue(engine, [message("a")], config, NOW)
    for minutes in (0, 1, 2):
        told = deliver(engine, server(Result.UNTRIED), config, NOW + timedelta(minutes=minutes))
        assert told == Delivery(0, 0, 0, 0, 0, waiting=1)
    assert deliver(engine, server(Result.SENT), config, NOW + timedelta(minutes=3)).sent == 1


def test_a_permanent_refusal_is_not_tried_again(engine: Engine) -> None:
    queue(engine, [message("a")], CONFIG, NOW)
    assert deliver(engine, server(Result.PERMANENT), CONFIG, NOW).failed == 1
    assert deliver(engine, server(), CONFIG, NOW + timedelta(days=9)) == Delivery(0, 0, 0, 0, 0, 0)


def test_one_refused_mail_does_not_stop_the_others(engine: Engine) -> None:
    queue(engine, [message("a"), message("b"), message("c")], CONFIG, NOW)
    told = deliver(engine, server(Result.PERMANENT, Result.TRANSIENT, Result.SENT), CONFIG, NOW)
    assert (told.sent, told.failed, told.waiting) == (1, 1, 1)


def test_a_mail_without_an_answer_is_sent_again_under_its_own_id(engine: Engine) -> None:
    queue(engine, [message("a")], CONFIG, NOW)
    way = server(Result.UNKNOWN, Result.SENT)
    assert deliver(engine, way, CONFIG, NOW).unknown == 1
    assert deliver(engine, way, CONFIG, NOW + timedelta(hours=1)).sent == 1
    assert len(way.arrived) == 2 and len(set(way.arrived)) == 1


def test_a_mail_without_an_answer_waits_for_a_person_where_the_company_wants_it(engine: Engine) -> None:
    config = with_mail(on_unknown="hold")
    queue(engine, [message("a")], config, NOW)
    assert deliver(engine, server(Result.UNKNOWN), config, NOW) == Delivery(0, 0, 0, held=1, bounced=0, waiting=0)
    assert deliver(engine, server(), config, NOW + timedelta(days=1)).sent == 0


def test_a_server_that_never_answers_does_not_get_it_for_ever(engine: Engine) -> None:
    config = with_mail(attempts=2)
    queue(engine, [message("a")], config, NOW)
    deliver(engine, server(Result.UNKNOWN), config, NOW)
    assert deliver(engine, server(Result.UNKNOWN), config, NOW + timedelta(days=1)).held == 1


def to(address: str, subject: str) -> Message:
    return replace(message(subject), address=address)


def test_a_refused_address_is_not_tried_again_whatever_waits_for_it(engine: Engine) -> None:
    queue(engine, [to("old@x.example", "a"), to("old@x.example", "b")], CONFIG, NOW)
    queue(engine, [to("fine@x.example", "c")], CONFIG, NOW + timedelta(seconds=1))
    told = deliver(engine, server(Result.BOUNCED, Result.SENT), CONFIG, NOW + timedelta(minutes=1))
    assert (told.bounced, told.sent, told.waiting) == (1, 1, 0)
    assert states(engine) == {State.BOUNCED: 2, State.SENT: 1}
    assert queue(engine, [to("old@x.example", "d")], CONFIG, NOW) == 0
    assert deliver(engine, server(), CONFIG, NOW + timedelta(days=9)) == Delivery(0, 0, 0, 0, 0, 0)


def test_what_bounced_goes_out_once_the_address_turns_out_to_be_good(engine: Engine) -> None:
    queue(engine, [message("a"), message("b")], CONFIG, NOW)
    deliver(engine, server(Result.BOUNCED), CONFIG, NOW)
    with transaction(engine) as connection:
        first, _ = mailbox.envelopes(connection)
        mailbox.move(connection, first.id, State.PENDING, NOW)
    assert deliver(engine, server(Result.SENT), CONFIG, NOW).sent == 1
    assert deliver(engine, server(Result.SENT), CONFIG, NOW).sent == 1
    assert states(engine) == {State.SENT: 2}


def test_mails_leave_evenly_where_the_provider_limits_them(engine: Engine) -> None:
    config, slept = with_mail(per_minute=30), []
    queue(engine, [message("a"), message("b"), message("c")], config, NOW)
    told = deliver(engine, server(*[Result.SENT] * 3), config, NOW, slept.append)
    assert told.sent == 3
    assert [round(seconds, 1) for seconds in slept] == [2.0, 2.0]


def test_without_a_limit_nobody_waits(engine: Engine) -> None:
    queue(engine, [message("a"), message("b")], CONFIG, NOW)
    deliver(engine, server(Result.SENT, Result.SENT), CONFIG, NOW, lambda _: pytest.fail("it waited"))


def test_while_it_waits_for_its_turn_a_mail_is_not_on_record_as_being_sent(engine: Engine) -> None:
    config, seen = with_mail(per_minute=30), []
    queue(engine, [message("a"), message("b")], config, NOW)
    deliver(engine, server(Result.SENT, Result.SENT), config, NOW, lambda _: seen.append(states(engine)))
    assert seen == [{State.SENT: 1, State.PENDING: 1}]


def test_the_end_of_one_mail_and_the_beginning_of_the_next_are_written_together(engine: Engine) -> None:
    queue(engine, [message("a"), message("b")], CONFIG, NOW)
    with pytest.raises(PowerCut):
        deliver(engine, server(Result.SENT, PowerCut), CONFIG, NOW)
    assert states(engine) == {State.SENT: 1, State.SENDING: 1}


@pytest.mark.parametrize(("days", "emptied"), [(0, False), (30, True), (31, False)])
def test_the_body_of_a_sent_mail_is_kept_as_long_as_configured(engine: Engine, days: int, emptied: bool) -> None:
    config = with_mail(keep_bodies_days=days)
    queue(engine, [message("a"), message("b")], config, NOW)
    deliver(engine, server(Result.SENT, Result.PERMANENT), config, NOW)
    deliver(engine, server(), config, NOW + timedelta(days=30, minutes=1))
    with transaction(engine) as connection:
        bodies = {one.state: bool(one.raw) for one in mailbox.messages(connection)}
        assert len(mailbox.known(connection).notices) == 2
    assert bodies == {State.SENT: not emptied, State.FAILED: True}


def test_it_is_on_record_as_being_sent_before_the_first_byte(engine: Engine) -> None:
    queue(engine, [message("a")], CONFIG, NOW)
    seen: list[dict[State, int]] = []

    class Watching(Server):
        def send(self, letter: Letter) -> Outcome:
            seen.append(states(fresh(str(engine.url))))
            return Outcome(Result.SENT, "250 OK")

    deliver(engine, Watching(iter(())), CONFIG, NOW)
    assert seen == [{State.SENDING: 1}]


@pytest.mark.parametrize(("on_unknown", "state"), [("resend", State.UNKNOWN), ("hold", State.HELD)])
def test_a_crash_between_sending_and_settling_leaves_one_message_id(
    engine: Engine, on_unknown: str, state: State
) -> None:
    config = with_mail(on_unknown=on_unknown)
    queue(engine, [message("a")], config, NOW)
    way = server(PowerCut, Result.SENT)
    with pytest.raises(PowerCut):
        deliver(engine, way, config, NOW)
    assert states(engine) == {State.SENDING: 1}
    assert outbox.recover(engine, config, NOW) == 1
    assert states(engine) == {state: 1}
    deliver(engine, way, config, NOW + timedelta(days=1))
    assert len(set(way.arrived)) == 1
    assert len(way.arrived) == (2 if on_unknown == "resend" else 1)


def test_when_nothing_can_leave_everything_waits_and_no_attempt_is_spent(engine: Engine) -> None:
    queue(engine, [message("a"), message("b")], CONFIG, NOW)

    class Closed(Server):
        def ready(self) -> None:
            raise MailProblem("连不上发信服务器")

    told = deliver(engine, Closed(iter(())), CONFIG, NOW)
    assert told == Delivery(0, 0, 0, 0, 0, waiting=2, problem="连不上发信服务器")
    with transaction(engine) as connection:
        assert [parcel.attempts for parcel in mailbox.messages(connection)] == [0, 0]


def root_of(told: Message) -> tuple[str, str]:
    read = email.message_from_bytes(compose(told, "k", CONFIG, NOW))
    assert read["References"] == read["In-Reply-To"]
    return str(read["Message-ID"]), str(read["References"])


def test_mails_of_one_thread_refer_to_one_root_and_each_person_has_their_own() -> None:
    one, two = replace(message("a"), thread="C3 KH0001"), replace(message("b"), thread="C3 KH0001")
    other, theirs = replace(message("a"), thread="C3 KH0002"), replace(one, recipient="4")
    assert root_of(one) == root_of(two)
    assert len({root_of(each)[1] for each in (one, other, theirs)}) == 3
    assert root_of(message("a"))[1] == "None"


def test_alerts_on_one_matter_are_a_thread_and_so_are_a_months_digests() -> None:
    def draft(urgency: Urgency, *subjects: str, on: date = date(2026, 7, 22)) -> Draft:
        items = tuple(
            Item(Notice("duty", "C3", one, "", 2, "3"), urgency, "", "C3", "", Where("")) for one in subjects
        )
        return Draft(Person("3", "王芳", "account_manager"), "digest", on, (), (), Digest(items, (), ()))

    urgent = draft(Urgency.URGENT, "KH0001/1")
    assert urgent.thread == draft(Urgency.URGENT, "KH0001/1", on=date(2026, 8, 1)).thread
    assert urgent.thread != draft(Urgency.URGENT, "KH0002/1").thread
    assert draft(Urgency.LATE, "a").thread == draft(Urgency.MEND, "b", "c", on=date(2026, 7, 1)).thread
    assert draft(Urgency.LATE, "a").thread != draft(Urgency.LATE, "a", on=date(2026, 8, 1)).thread


@pytest.mark.parametrize(("code", "answer", "lasting"), [
    (550, b"5.1.1 no such user", True), (551, b"moved", True), (553, b"bad syntax", True), (550, b"no", True),
    (550, b"5.2.1 mailbox disabled", True), (554, b"5.1.1 unknown", True), (554, b"no", False),
    (550, b"5.7.1 you are on our list", False), (552, b"5.2.2 mailbox full", False), (450, b"4.1.1 later", False),
])
def test_an_address_is_refused_for_good_by_what_the_server_says_of_it(code: int, answer: bytes, lasting: bool) -> None:
    assert refuses_address(code, answer) is lasting


def test_files_take_the_whole_way(engine: Engine, tmp_path: Path) -> None:
    config = CONFIG.model_copy(update={"folders": CONFIG.folders.model_copy(update={"output": tmp_path})})
    queue(engine, [message("a"), message("b")], config, NOW)
    assert deliver(engine, carrier(config), config, NOW).sent == 2
    assert len(list((tmp_path / "mail").glob("2026-07-22_王芳_*.eml"))) == 2


@settings(max_examples=60)
@given(st.lists(st.sampled_from([*Result, PowerCut]), max_size=12))
def test_whatever_happens_each_matter_arrives_under_one_id_or_is_accounted_for(events: list[Result | type[BaseException]]) -> None:
    engine = fresh()
    way = server(*events, *[Result.SENT] * 10)
    now = NOW
    queue(engine, [message("a"), message("b"), message("c")], CONFIG, now)
    for _ in range(20):
        with contextlib.suppress(PowerCut):
            deliver(engine, way, CONFIG, now)
        now += timedelta(days=1)
    counts = states(engine)
    assert sum(counts.values()) == 3 and set(counts) <= {State.SENT, State.FAILED, State.HELD, State.BOUNCED}
    assert len(set(way.arrived)) >= counts.get(State.SENT, 0)
    assert len(set(way.arrived)) <= 3
    engine.dispose()
