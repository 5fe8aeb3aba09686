"""The transport: what the bytes are, and how each answer of a server ends."""

import email
import email.policy
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from crmflow import mail
from crmflow.config import Config, load
from crmflow.digest import has_address
from crmflow.mail import MailProblem, Outcome, Result
from crmflow.model import Attachment, Inline, Message, Person

BASE = load(Path(__file__).parent.parent / "config.yaml")
NOW = datetime(2026, 7, 22, 1, 30, tzinfo=UTC)


def message(address: str = "wang@hengchuan.example", **more: Any) -> Message:
    return Message("3", "王芳", address, "【客户档案】3 处待更正", "您好\n.点开头的一行\n", "<p>您好</p>", (), **more)


@dataclass(frozen=True)
class Letter:
    raw: bytes
    id: str = "0f3a5b7c9d1e2f40"
    name: str = "王芳"
    address: str = "wang@hengchuan.example"
    created_at: datetime = NOW


def letter(**more: Any) -> Letter:
    return Letter(mail.compose(message(), "0f3a5b7c9d1e2f40", BASE, NOW), **more)


def parsed(raw: bytes) -> EmailMessage:
    read = email.message_from_bytes(raw, policy=email.policy.SMTP)
    assert isinstance(read, EmailMessage)
    return read


@dataclass
class Sink:
    """A server that keeps what it accepted; ``on`` answers one command otherwise."""

    on: dict[str, Callable[[Any], str]] = field(default_factory=dict)
    accepted: list[bytes] = field(default_factory=list)
    connections: int = 0

    async def handle_EHLO(  # noqa: N802 - aiosmtpd looks the hook up by this name
        self, server: Any, session: Any, envelope: Any, name: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = name
        return responses

    async def handle_MAIL(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        envelope.mail_from = address
        return self.on["MAIL"](server) if "MAIL" in self.on else "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        envelope.rcpt_tos.append(address)
        return self.on["RCPT"](server) if "RCPT" in self.on else "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        answer = self.on["DATA"](server) if "DATA" in self.on else "250 accepted"
        if answer.startswith("250"):
            self.accepted.append(envelope.content)
        return answer


def drop(server: Any) -> str:
    server.transport.abort()
    return "250 never heard"


@contextmanager
def served(sink: Sink, **more: Any) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=port, **more)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


def config(port: int, password: str = "", **more: Any) -> Config:
    settings = {"server": "127.0.0.1", "port": port, "security": "none", "timeout_seconds": 5} | more
    secrets = {"CRMFLOW_SMTP_PASSWORD": SecretStr(password)}
    return BASE.model_copy(update={"mail": BASE.mail.model_copy(update=settings), "mail_secrets": secrets})


def sent_through(sink: Sink, *letters: Letter) -> list[Outcome]:
    with served(sink) as port:
        carrier = mail.carrier(config(port))
        outcomes = []
        for one in letters:
            carrier.ready()
            outcomes.append(carrier.send(one))
        carrier.close()
    return outcomes


def test_a_mail_has_text_and_html_under_one_id_of_its_own() -> None:
    read = parsed(mail.compose(message(), "0f3a", BASE, NOW))
    assert read["Message-ID"] == "<0f3a@hengchuan.example>"
    assert read["Subject"] == "【客户档案】3 处待更正"
    assert read["From"] == "客户关系管理 <crm@hengchuan.example>"
    assert read["To"] == "王芳 <wang@hengchuan.example>"
    assert read["Date"].datetime == NOW
    assert read["Auto-Submitted"] == "auto-generated"
    assert read.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]


def test_the_same_message_is_the_same_mail_but_for_the_boundary() -> None:
    one, two = (parsed(mail.compose(message(), "0f3a", BASE, NOW)) for _ in range(2))
    assert one.items()[:6] == two.items()[:6]


def test_a_mail_passes_servers_that_take_seven_bits_only() -> None:
    assert mail.compose(message(), "0f3a", BASE, NOW).isascii()


@pytest.mark.parametrize(("name", "kind"), [
    ("crmflow.ics", "text/calendar"),
    ("临港化工.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
])
def test_what_a_mail_carries_arrives_byte_for_byte_as_what_it_is(name: str, kind: str) -> None:
    content = "BEGIN:VCALENDAR\r\nSUMMARY:江南\r\nEND:VCALENDAR\r\n".encode()
    (part,) = parsed(mail.compose(message(attachments=(Attachment(name, content),)), "0f3a", BASE, NOW)).iter_attachments()
    assert (part.get_filename(), part.get_content_type(), part.get_payload(decode=True)) == (name, kind, content)


def test_a_picture_stands_inside_the_html_by_its_content_id() -> None:
    picture = Inline("chart", b"\x89PNG", "分级")
    read = parsed(mail.compose(message(inlines=(picture,)), "0f3a", BASE, NOW))
    html = read.get_body(("related",))
    assert html is not None
    (image,) = (part for part in html.walk() if part.get_content_type() == "image/png")
    assert image["Content-ID"] == "<chart>"


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_subject_or_name_adds_a_header(subject: str, name: str) -> None:
    hostile = Message("3", f"王{name}\r\nBcc: a@evil.example", "w@x.example", f"提醒{subject}\r\nBcc: b@evil.example", "t", "<p>", ())
    read = parsed(mail.compose(hostile, "0f3a", BASE, NOW))
    assert "Bcc" not in read
    assert [address.addr_spec for address in read["To"].addresses] == ["w@x.example"]


@given(st.emails())
def test_every_address_that_counts_as_one_can_be_written(address: str) -> None:
    if has_address(Person("3", "王芳", "account_manager", email=address)):
        assert address in mail.compose(message(address), "0f3a", BASE, NOW).decode().replace("\r\n ", "")


def test_what_the_server_keeps_is_byte_for_byte_what_was_composed() -> None:
    sink, one = Sink(), letter()
    (outcome,) = sent_through(sink, one)
    assert outcome == Outcome(Result.SENT, "250 accepted")
    assert sink.accepted == [one.raw]


def test_a_line_that_begins_with_a_dot_survives() -> None:
    sink = Sink()
    sent_through(sink, Letter(b"Subject: x\r\n\r\n.\r\n..\r\n.end"))
    assert sink.accepted == [b"Subject: x\r\n\r\n.\r\n..\r\n.end\r\n"]


def test_a_whole_run_takes_one_connection() -> None:
    sink = Sink()
    outcomes = sent_through(sink, *[letter()] * 20)
    assert [outcome.result for outcome in outcomes] == [Result.SENT] * 20
    assert (sink.connections, len(sink.accepted)) == (1, 20)


@pytest.mark.parametrize("step", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(("answer", "result"), [
    ("451 try later", Result.TRANSIENT), ("452 disk full", Result.TRANSIENT), ("421 closing", Result.TRANSIENT),
    ("550 no such user", Result.PERMANENT), ("554 refused", Result.PERMANENT),
])
def test_a_refusal_says_whether_to_come_again(step: str, answer: str, result: Result) -> None:
    (outcome,) = sent_through(Sink({step: lambda server: answer}), letter())
    bounced = step == "RCPT" and answer.startswith("550")
    assert outcome == Outcome(Result.BOUNCED if bounced else result, answer)


def test_a_refused_mail_does_not_hinder_the_next_one() -> None:
    answers = iter(["550 no such user", "250 OK"])
    sink = Sink({"RCPT": lambda server: next(answers)})
    outcomes = sent_through(sink, letter(), letter())
    assert [outcome.result for outcome in outcomes] == [Result.BOUNCED, Result.SENT]
    assert sink.connections == 1


@pytest.mark.parametrize("step", ["MAIL", "RCPT"])
def test_a_connection_lost_before_the_content_is_simply_tried_again(step: str) -> None:
    (outcome,) = sent_through(Sink({step: drop}), letter())
    assert outcome.result is Result.TRANSIENT


def test_a_connection_lost_after_the_content_leaves_it_unknown() -> None:
    (outcome,) = sent_through(Sink({"DATA": drop}), letter())
    assert outcome.result is Result.UNKNOWN
    assert outcome.answer.startswith("内容已发出，没有等到服务器答复")


def test_after_a_lost_connection_a_new_one_is_opened() -> None:
    answers: Iterator[Callable[[Any], str]] = iter([drop, lambda _: "250 accepted"])

    def one_after_the_other(server: Any) -> str:
        return next(answers)(server)

    sink = Sink({"DATA": one_after_the_other})
    outcomes = sent_through(sink, letter(), letter())
    assert [outcome.result for outcome in outcomes] == [Result.UNKNOWN, Result.SENT]
    assert sink.connections == 2


def authority() -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A throw-away server certificate, and the client's context that trusts it."""
    issuer = trustme.CA()
    server, client = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH), ssl.create_default_context()
    issuer.issue_cert("127.0.0.1").configure_cert(server)
    issuer.configure_trust(client)
    return server, client


def login(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"crm", b"secret")
    return AuthResult(success=right, handled=False)


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_login_goes_over_verified_encryption(security: str) -> None:
    server, client = authority()
    sink = Sink()
    how = {"ssl_context": server, "auth_require_tls": False} if security == "tls" else {"tls_context": server, "require_starttls": True}
    with served(sink, authenticator=login, auth_required=True, **how) as port:
        carrier = mail.carrier(config(port, "secret", security=security, user="crm"), client)
        carrier.ready()
        assert carrier.send(letter()).result is Result.SENT
        carrier.close()
    assert len(sink.accepted) == 1


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_a_certificate_nobody_vouches_for_stops_everything(security: str) -> None:
    server, _ = authority()
    how = {"ssl_context": server} if security == "tls" else {"tls_context": server}
    with served(Sink(), **how) as port, pytest.raises(MailProblem, match=r"^发信服务器 127.0.0.1 的证书没有通过验证"):
        mail.carrier(config(port, "secret", security=security, user="crm")).ready()


def test_a_server_without_starttls_is_not_written_to_in_the_clear() -> None:
    sink = Sink()
    with served(sink) as port, pytest.raises(MailProblem, match=r"^发信服务器 127.0.0.1 不支持 STARTTLS"):
        mail.carrier(config(port, "secret", security="starttls", user="crm")).ready()
    assert sink.accepted == []


def test_a_wrong_password_is_said_in_one_sentence_without_the_password() -> None:
    server, client = authority()
    accounts = {"authenticator": login, "auth_required": True, "auth_require_tls": False}
    with served(Sink(), ssl_context=server, **accounts) as port, pytest.raises(MailProblem) as raised:
        mail.carrier(config(port, "wrong-one", security="tls", user="crm"), client).ready()
    assert str(raised.value).startswith("发信服务器 127.0.0.1 不接受账号 crm：535 ")
    assert "wrong-one" not in str(raised.value)


def test_a_missing_password_names_the_variable_and_never_asks() -> None:
    with pytest.raises(MailProblem, match="CRMFLOW_SMTP_PASSWORD"):
        mail.carrier(config(1, "", user="crm")).ready()


def test_a_server_that_is_not_there_is_said_in_one_sentence() -> None:
    with served(Sink()) as port:
        pass
    with pytest.raises(MailProblem, match=rf"^连不上发信服务器 127.0.0.1:{port}："):
        mail.carrier(config(port)).ready()


def filed(folder: Path) -> Config:
    return BASE.model_copy(update={"folders": BASE.folders.model_copy(update={"output": folder})})


def test_without_a_server_mails_become_files_named_by_day_person_and_id(tmp_path: Path) -> None:
    carrier, one = mail.carrier(filed(tmp_path)), letter()
    carrier.ready()
    assert carrier.send(one) == Outcome(Result.SENT, "已写成文件 2026-07-22_王芳_0f3a5b7c9d1e.eml")
    assert [path.name for path in (tmp_path / "mail").iterdir()] == ["2026-07-22_王芳_0f3a5b7c9d1e.eml"]
    assert (tmp_path / "mail/2026-07-22_王芳_0f3a5b7c9d1e.eml").read_bytes() == one.raw


@pytest.mark.parametrize(("name", "part"), [("../../etc/x", "_etc_x"), ("王:芳?", "王_芳_"), ("长" * 200, "长" * 40)])
def test_no_name_leads_out_of_the_folder(tmp_path: Path, name: str, part: str) -> None:
    assert mail.file_name(letter(name=name)) == f"2026-07-22_{part}_0f3a5b7c9d1e.eml"


def test_a_folder_that_cannot_be_written_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "mail").write_text("in the way")
    with pytest.raises(MailProblem, match=r"^写不了邮件文件："):
        mail.carrier(filed(tmp_path)).ready()
