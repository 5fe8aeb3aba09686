"""Whatever a mail server does, at whichever step: a right outcome, within the time-out, and never an exception."""

import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
import trustme

from crmflow import outbox
from crmflow.config import load
from crmflow.mail import MailProblem, Outcome, Result
from crmflow.mail.outcome import Carrier
from crmflow.mail.smtp import SmtpCarrier
from crmflow.model import Message, Notice
from crmflow.posting import Account
from crmflow.store import mailbox
from crmflow.store.base import METADATA, open_engine, transaction
from crmflow.store.mailbox import State
from tests.smtp_faults import FaultyServer

CONFIG = load(Path(__file__).parent.parent / "config.yaml")
NOW = datetime(2026, 7, 22, 1, 30, tzinfo=UTC)
SECONDS = 0.3
"""The time-out of one step; what takes longer than forty of them hangs."""
SMALL, BIG = b"Subject: x\r\n\r\nhello\r\n", b"Subject: x\r\n\r\n" + (b"x" * 70 + b"\r\n") * 300_000
BEFORE_LOGIN = ("greeting", "EHLO", "STARTTLS", "AUTH")
SILENT = ("drop", "hang", "slow", "garbage", "wrong_class", "oversize", "endless")
ISSUER = trustme.CA()
Value = TypeVar("Value")


@dataclass(frozen=True)
class Letter:
    raw: bytes = SMALL
    id: str = "0f3a5b7c9d1e2f40"
    name: str = "王芳"
    address: str = "wang@x.example"
    created_at: datetime = NOW


def certificate(issuer: trustme.CA = ISSUER, name: str = "127.0.0.1", **more: Any) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    issuer.issue_cert(name, **more).configure_cert(context)
    return context


def trusting() -> ssl.SSLContext:
    context = ssl.create_default_context()
    ISSUER.configure_trust(context)
    return context


TRUSTED = certificate()


@contextmanager
def way_to(port: int, **more: Any) -> Iterator[SmtpCarrier]:
    settings = {"server": "127.0.0.1", "port": port, "security": "starttls", "user": "crm", "sender": "crm@x.example"} | more
    account = Account(**settings).model_copy(update={"timeout_seconds": SECONDS})
    way = SmtpCarrier(account, lambda variable: "sEcret-w0rd", "zh", trusting())
    yield way
    way.close()


def without_hanging(work: Callable[[], Value]) -> Value:
    with ThreadPoolExecutor(1) as alone:
        return alone.submit(work).result(timeout=40 * SECONDS)


def sent(way: Carrier, letter: Letter) -> Outcome | str:
    """The outcome, or the sentence why nothing can leave; and the farewell, whatever the server makes of it."""
    try:
        way.ready()
        return way.send(letter)
    except MailProblem as problem:
        return str(problem)
    finally:
        way.close()


def tried(step: str, fault: str, raw: bytes = SMALL) -> tuple[Outcome | str, FaultyServer]:
    with FaultyServer(step, fault, TRUSTED).running() as server, way_to(server.port) as way:
        return without_hanging(lambda: sent(way, Letter(raw))), server


def test_without_a_fault_a_mail_arrives() -> None:
    outcome, server = tried("", "")
    assert outcome == Outcome(Result.SENT, "250 kept")
    assert server.accepted == [SMALL]


@pytest.mark.parametrize("fault", ["refuse", "tempfail", "closing", *SILENT])
@pytest.mark.parametrize("step", BEFORE_LOGIN)
def test_trouble_before_or_at_login_is_one_sentence_and_no_mail_is_tried(step: str, fault: str) -> None:
    outcome, server = tried(step, fault)
    assert isinstance(outcome, str)
    assert outcome.startswith(("连不上发信服务器 127.0.0.1", "发信服务器 127.0.0.1", "和发信服务器 127.0.0.1"))
    assert len(outcome) < 500
    assert not any(line.startswith(b"MAIL") for line in server.heard)
    assert "sEcret-w0rd" not in outcome


@pytest.mark.parametrize("fault", ["tempfail", *SILENT])
@pytest.mark.parametrize("step", ["greeting", "EHLO"])
def test_without_encryption_and_login_a_bad_beginning_is_one_sentence_too(step: str, fault: str) -> None:
    with FaultyServer(step, fault).running() as server, way_to(server.port, security="none", user="") as way:
        assert isinstance(without_hanging(lambda: sent(way, Letter())), str)
    assert not any(line.startswith(b"MAIL") for line in server.heard)


@pytest.mark.parametrize(("fault", "result"), [
    ("refuse", Result.PERMANENT), ("long", Result.PERMANENT), ("chinese", Result.PERMANENT),
    ("tempfail", Result.TRANSIENT), ("closing", Result.TRANSIENT), *((fault, Result.TRANSIENT) for fault in SILENT),
])
@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
def test_trouble_before_the_content_is_a_refusal_or_is_tried_again(step: str, fault: str, result: Result) -> None:
    outcome, server = tried(step, fault)
    assert isinstance(outcome, Outcome)
    assert outcome.result is result
    assert 0 < len(outcome.answer) < 400
    assert server.accepted == []


@pytest.mark.parametrize(("step", "answer"), [("MAIL", b"354 go on"), ("RCPT", b"354 go on"), ("DATA", b"250 ok")])
def test_an_answer_that_does_not_fit_its_step_is_no_consent(step: str, answer: bytes) -> None:
    with FaultyServer(tls=TRUSTED, answers={step: answer}).running() as server, way_to(server.port) as way:
        outcome = without_hanging(lambda: sent(way, Letter()))
    assert isinstance(outcome, Outcome)
    assert (outcome.result, server.accepted) == (Result.TRANSIENT, [])


def test_an_answer_without_end_is_cut_off_before_it_fills_the_memory() -> None:
    outcome, _ = tried("MAIL", "endless")
    assert outcome == Outcome(Result.TRANSIENT, "对方的答复没完没了")


def test_an_answer_that_drips_is_waited_for_as_a_whole() -> None:
    outcome, _ = tried("MAIL", "slow")
    assert outcome == Outcome(Result.TRANSIENT, f"{SECONDS} 秒没有答复")


def test_an_address_that_does_not_exist_bounces() -> None:
    outcome, _ = tried("RCPT", "no_such_user")
    assert outcome == Outcome(Result.BOUNCED, "550 5.1.1 no such user")


@pytest.mark.parametrize("fault", ["drop", "hang"])
def test_a_loss_in_the_middle_of_the_content_cannot_have_arrived(fault: str) -> None:
    outcome, server = tried("content", fault, BIG)
    assert isinstance(outcome, Outcome)
    assert outcome.result is Result.TRANSIENT
    assert server.accepted == []


@pytest.mark.parametrize(("fault", "result"), [
    ("refuse", Result.PERMANENT), ("tempfail", Result.TRANSIENT), ("closing", Result.TRANSIENT),
    *((fault, Result.UNKNOWN) for fault in SILENT),
])
def test_what_the_answer_to_the_content_leaves_open_is_unknown(fault: str, result: Result) -> None:
    outcome, _ = tried("final", fault)
    assert isinstance(outcome, Outcome)
    assert outcome.result is result


@pytest.mark.parametrize("fault", ["refuse", "tempfail", *SILENT])
def test_a_farewell_that_fails_unsends_nothing(fault: str) -> None:
    outcome, server = tried("QUIT", fault)
    assert outcome == Outcome(Result.SENT, "250 kept")
    assert server.accepted == [SMALL]


@pytest.mark.parametrize("fault", SILENT)
def test_after_a_refusal_even_the_reset_may_fail(fault: str) -> None:
    faulty = FaultyServer("RSET", fault, TRUSTED, answers={"RCPT": b"554 no"})
    with faulty.running() as server, way_to(server.port) as way:
        outcome = without_hanging(lambda: sent(way, Letter()))
    assert outcome == Outcome(Result.PERMANENT, "554 no")


def test_an_answer_in_gb18030_can_be_read() -> None:
    outcome, _ = tried("MAIL", "chinese")
    assert outcome == Outcome(Result.PERMANENT, "550 5.7.1 发件人没有权限")


def test_a_slow_server_that_answers_in_time_is_served() -> None:
    with FaultyServer(answers={"MAIL": b"250-a\r\n250-b\r\n250 c"}, tls=TRUSTED).running() as server, way_to(server.port) as way:
        assert sent(way, Letter()) == Outcome(Result.SENT, "250 kept")


def test_a_port_where_nobody_listens_is_said_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with way_to(port) as way:
        assert sent(way, Letter()) == f"连不上发信服务器 127.0.0.1:{port}：对方没有开这个端口。邮件留在队列里，下次再发。"


def test_a_server_whose_queue_is_full_is_not_waited_for() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        with way_to(address[1]) as way:
            told = without_hanging(lambda: sent(way, Letter()))
        for one in waiting:
            one.close()
    assert told == f"连不上发信服务器 127.0.0.1:{address[1]}：{SECONDS} 秒没有答复。邮件留在队列里，下次再发。"


def test_a_host_that_does_not_exist_is_said_so() -> None:
    with way_to(25, server="no-such-host.invalid") as way:
        assert str(sent(way, Letter())).startswith("找不到发信服务器 no-such-host.invalid：")


@pytest.mark.parametrize(("context", "reason"), [
    (certificate(trustme.CA()), "本机不认识签发它的机构"),
    (certificate(name="mail.other.example"), "不是发给 127.0.0.1 的"),
    (certificate(not_before=datetime(2020, 1, 1, tzinfo=UTC), not_after=datetime(2020, 2, 1, tzinfo=UTC)), "已经过期"),
])
def test_a_bad_certificate_stops_everything_and_says_what_is_bad(context: ssl.SSLContext, reason: str) -> None:
    with FaultyServer(tls=context).running() as server, way_to(server.port) as way:
        told = sent(way, Letter())
    assert str(told).startswith(f"发信服务器 127.0.0.1 的证书没有通过验证：{reason}")
    assert not any(line.startswith(b"AUTH") for line in server.heard)


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_tls_is_not_spoken() -> None:
    context = certificate()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with FaultyServer(tls=context).running() as server, way_to(server.port) as way:
        assert str(sent(way, Letter())).startswith("和发信服务器 127.0.0.1")


def test_a_server_that_repeats_what_it_does_not_like_gives_no_password_away() -> None:
    echo = b"535 unknown: AUTH PLAIN AGNybQBzRWNyZXQtdzByZA== sEcret-w0rd"
    with FaultyServer(tls=TRUSTED, answers={"AUTH": echo}).running() as server, way_to(server.port) as way:
        told = str(sent(way, Letter()))
    assert "sEcret" not in told
    assert "AGNybQBzRWNyZXQtdzByZA" not in told
    assert told.startswith("发信服务器 127.0.0.1 不接受账号 crm：535 unknown: AUTH PLAIN *** ***。")


@pytest.mark.parametrize("answer", [b"334 not base64!", b"334 " + b"A" * 10])
def test_a_nonsense_challenge_at_login_is_no_crash(answer: bytes) -> None:
    with FaultyServer(tls=TRUSTED, answers={"AUTH": answer}).running() as server, way_to(server.port) as way:
        assert "127.0.0.1" in str(without_hanging(lambda: sent(way, Letter())))


def test_an_address_that_smtp_cannot_say_is_refused_without_a_crash() -> None:
    with FaultyServer(tls=TRUSTED).running() as server, way_to(server.port) as way:
        outcome = sent(way, Letter(address="王芳@x.example"))
    assert isinstance(outcome, Outcome)
    assert outcome.result is Result.PERMANENT


FINAL = {
    ("RCPT", "no_such_user"): State.BOUNCED, ("MAIL", "refuse"): State.FAILED, ("final", "refuse"): State.FAILED,
    ("MAIL", "drop"): State.PENDING, ("RCPT", "tempfail"): State.PENDING, ("DATA", "hang"): State.PENDING,
    ("final", "drop"): State.UNKNOWN, ("final", "hang"): State.UNKNOWN, ("final", "garbage"): State.UNKNOWN,
    ("greeting", "drop"): State.PENDING, ("AUTH", "refuse"): State.PENDING, ("QUIT", "hang"): State.SENT,
}


@pytest.mark.parametrize(("step", "fault"), FINAL)
def test_every_message_is_accounted_for_and_arrives_once_the_server_is_well(step: str, fault: str, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{(tmp_path / 'crmflow.db').as_posix()}")
    METADATA.create_all(engine)
    message = Message("3", "王芳", "wang@x.example", "提醒", "您好", "<p>您好</p>", (Notice("finding", "F1", "a", "0", 0, "3"),))
    with FaultyServer(step, fault, TRUSTED, times=1).running() as server:
        outbox.queue(engine, [message], CONFIG, NOW)
        with way_to(server.port) as way:
            delivery = without_hanging(lambda: outbox.deliver(engine, way, CONFIG, NOW))
        with transaction(engine) as connection:
            assert dict(mailbox.counts(connection)) == {FINAL[step, fault]: 1}
        assert bool(delivery.problem) is (step in BEFORE_LOGIN)
        with way_to(server.port) as way:
            outbox.deliver(engine, way, CONFIG, NOW + timedelta(days=2))
        arrives = FINAL[step, fault] not in (State.BOUNCED, State.FAILED)
        assert len(server.accepted) == arrives
    engine.dispose()
