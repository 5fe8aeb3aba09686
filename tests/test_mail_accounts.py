"""Whose a mail is and how it logs in: accounts, their secrets, and what the configuration may say of them."""

import os
import ssl
import stat
import sys
import types
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import NoKeyringError
from pydantic import SecretStr

from crmflow import mail
from crmflow.config import Config, load
from crmflow.drafts import Digest, Draft, Item, Urgency
from crmflow.mail import MailProblem, Result, examine
from crmflow.mail.carriers import trusted
from crmflow.mail.credentials import Credential, credential
from crmflow.mail.outcome import Outcome
from crmflow.model import Message, Notice, Person, Where
from crmflow.posting import Account
from crmflow.settings import ConfigError
from tests.smtp_faults import FaultyServer
from tests.test_mail_faults import TRUSTED, Letter, trusting, way_to

SHIPPED = Path(__file__).parent.parent / "config.yaml"
BASE = load(SHIPPED)
NOW = datetime(2026, 7, 22, 1, 30, tzinfo=UTC)


def settled(folder: Path, changes: dict[str, str]) -> Config:
    """The shipped configuration with other settings of mail."""
    text = SHIPPED.read_text(encoding="utf-8")
    head, mark, section = text.partition("\nmail:")
    for key, value in changes.items():
        lines = section.splitlines()
        (at,) = [number for number, line in enumerate(lines) if line.startswith(f"  {key}: ")]
        lines[at] = f"  {key}: {value}"
        section = "\n".join(lines)
    (folder / "config.yaml").write_text(head + mark + section + "\n", encoding="utf-8")
    return load(folder / "config.yaml")


def found(account: Account, **secrets: str) -> Credential:
    return credential(account, lambda variable: secrets.get(variable, ""), "zh")


def problem(account: Account, **secrets: str) -> str:
    with pytest.raises(MailProblem) as raised:
        found(account, **secrets)
    return str(raised.value)


def test_a_password_comes_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OUR_PASSWORD", "s3cret")
    config = settled(tmp_path, {"user": "crm", "server": "localhost", "password_from": "OUR_PASSWORD"})
    assert credential(config.mail.account(), config.secret, "zh") == Credential("s3cret")
    assert "s3cret" not in repr(config)
    assert "s3cret" not in config.model_dump_json()
    assert "s3cret" not in repr(Credential("s3cret"))


def test_a_password_comes_from_a_file_that_nobody_else_may_read(tmp_path: Path) -> None:
    config = settled(tmp_path, {"user": "crm", "server": "localhost", "password_from": '""', "password_file": "secret.txt"})
    file = tmp_path / "secret.txt"
    file.write_text("s3 cret \n", encoding="utf-8")
    file.chmod(0o600)
    assert credential(config.mail.account(), config.secret, "zh") == Credential("s3 cret ")


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("others", [stat.S_IRGRP, stat.S_IROTH, stat.S_IWGRP])
def test_a_password_file_that_others_can_read_is_refused(tmp_path: Path, others: int) -> None:
    file = tmp_path / "secret.txt"
    file.write_text("s3cret")
    file.chmod(0o600 | others)
    assert problem(Account(password_file=str(file))) == f"别人也能读密码文件 {file}，没有使用：请运行 chmod 600 {file}。"


def test_a_password_file_that_is_missing_empty_or_no_text_is_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "secret.txt"
    assert problem(Account(password_file=str(file))) == f"读不到密码文件 {file}：没有这个文件或文件夹。"
    for content, told in ((b"", "是空的"), (b"\n", "是空的"), (b"\xff\xfe\xff", "不是 UTF-8 编码")):
        file.write_bytes(content)
        file.chmod(0o600)
        assert told in problem(Account(password_file=str(file)))


class Ring(KeyringBackend):
    """A keyring in memory."""

    priority = 1  # type: ignore[assignment]

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError

    def get_password(self, service: str, username: str) -> str | None:
        if service == "locked":
            raise NoKeyringError
        return {("crmflow", "crm@x.example"): "s3cret"}.get((service, username))


@pytest.fixture
def ring() -> Iterator[None]:
    former = keyring.get_keyring()
    keyring.set_keyring(Ring())
    yield
    keyring.set_keyring(former)


@pytest.mark.usefixtures("ring")
def test_a_password_comes_from_the_keyring() -> None:
    assert found(Account(user="crm@x.example", password_keyring="crmflow")) == Credential("s3cret")
    assert problem(Account(user="li@x.example", password_keyring="crmflow")).endswith("keyring set crmflow li@x.example。")
    assert problem(Account(user="crm@x.example", password_keyring="locked")).startswith("打不开系统的密码库（NoKeyringError）")


@pytest.mark.parametrize(("account", "library"), [
    (Account(user="crm", password_keyring="crmflow"), "keyring"),
    (Account(user="crm", oauth_tenant="t", oauth_client="c"), "msal"),
])
def test_a_library_that_is_not_installed_is_named(account: Account, library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    assert problem(account) == f"缺少 {library} 这个库，请运行：pip install 'crmflow[{library}]'。"


def printing(code: str, **more: Any) -> Account:
    return Account(user="crm@x.example", oauth_token_command=(sys.executable, "-c", code), **more)


def test_a_token_is_what_the_companys_own_program_prints() -> None:
    assert found(printing("print('t0ken')")) == Credential("t0ken", token=True)


@pytest.mark.parametrize(("code", "told"), [
    ("import sys; print('t0ken'); sys.exit(3)", "退出码 3"),
    ("import sys; print('t0ken', file=sys.stderr)", "它应当只打印一行令牌"),
    ("print('warning: old'); print('t0ken')", "它应当只打印一行令牌"),
    ("print('令牌')", "它应当只打印一行令牌"),
    ("import time; print('t0ken', flush=True); time.sleep(60)", "1 秒没有答复"),
])
def test_a_program_that_gives_no_token_is_one_sentence_without_what_it_said(code: str, told: str) -> None:
    said = problem(printing(code, timeout_seconds=1))
    assert told in said
    assert "t0ken" not in said


def test_a_program_that_is_not_there_is_one_sentence() -> None:
    account = Account(user="crm@x.example", oauth_token_command=("/no/such/program",))
    assert problem(account).startswith("取访问令牌的程序 /no/such/program 没有成功：没有这个文件或文件夹")


def microsoft(answer: Any, asked: list[Any]) -> types.ModuleType:
    """msal, as far as it is used."""

    class Application:
        def __init__(self, client: str, **more: Any) -> None:
            asked.append((client, more["client_credential"], more["authority"]))

        def acquire_token_for_client(self, scopes: list[str]) -> Any:
            asked.append(scopes)
            if isinstance(answer, Exception):
                raise answer
            return answer

    module = types.ModuleType("msal")
    module.ConfidentialClientApplication = Application  # type: ignore[attr-defined]
    return module


@pytest.mark.parametrize(("cloud", "login", "scope"), [
    ("global", "https://login.microsoftonline.com", "https://outlook.office365.com/.default"),
    ("china", "https://login.partner.microsoftonline.cn", "https://partner.outlook.cn/.default"),
])
def test_exchange_online_grants_the_registered_application_a_token(
    cloud: Any, login: str, scope: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []
    monkeypatch.setitem(sys.modules, "msal", microsoft({"access_token": "t0ken"}, asked))
    account = Account(user="crm@x.example", oauth_tenant="tenant", oauth_client="client", oauth_cloud=cloud)
    assert found(account, CRMFLOW_OAUTH_SECRET="s3cret") == Credential("t0ken", token=True)
    assert asked == [("client", "s3cret", f"{login}/tenant"), [scope]]


@pytest.mark.parametrize(("answer", "told"), [
    ({"error": "invalid_client", "error_codes": [7000215], "error_description": "s3cret is wrong"}, "invalid_client AADSTS7000215"),
    (ConnectionError("s3cret"), "ConnectionError"), (ValueError("s3cret"), "ValueError"),
])
def test_a_token_that_is_not_granted_is_one_sentence(answer: Any, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msal", microsoft(answer, []))
    said = problem(Account(user="crm@x.example", oauth_tenant="t", oauth_client="c"), CRMFLOW_OAUTH_SECRET="s3cret")
    assert f"没有发给访问令牌：{told}。" in said
    assert "s3cret" not in said


def test_the_certificates_that_count_are_those_of_this_computer_and_tls_is_not_old() -> None:
    context = trusted()
    assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2


def test_a_token_logs_in_by_xoauth2() -> None:
    said = {"oauth_token_command": (sys.executable, "-c", "print('t0ken')"), "user": "crm@x.example"}
    with FaultyServer(tls=TRUSTED).running() as server, way_to(server.port, **said) as way:
        way.ready()
        assert way.send(Letter()) == Outcome(Result.SENT, "250 kept")
    # base64 of user=crm@x.example^Aauth=Bearer t0ken^A^A
    assert b"AUTH XOAUTH2 dXNlcj1jcm1AeC5leGFtcGxlAWF1dGg9QmVhcmVyIHQwa2VuAQE=\r\n" in server.heard


@pytest.mark.parametrize("answer", [b"535 5.7.3 no", b"334 eyJzdGF0dXMiOiI0MDAifQ=="])
def test_a_refused_token_is_one_sentence(answer: bytes) -> None:
    said = {"oauth_token_command": (sys.executable, "-c", "print('t0ken')"), "user": "crm@x.example"}
    with (
        FaultyServer(tls=TRUSTED, answers={"AUTH": answer}).running() as server, way_to(server.port, **said) as way,
        pytest.raises(MailProblem, match=r"^发信服务器 127.0.0.1 不接受账号 crm@x.example：5") as raised,
    ):
        way.ready()
    assert "t0ken" not in str(raised.value)


def test_a_server_that_takes_no_login_is_told_from_one_that_refuses_it() -> None:
    known = {"EHLO": b"250-here\r\n250-STARTTLS\r\n250 SIZE"}
    with (
        FaultyServer(tls=TRUSTED, answers=known).running() as server, way_to(server.port) as way,
        pytest.raises(MailProblem, match="不接受登录：请核对端口"),
    ):
        way.ready()


def test_a_password_that_smtp_cannot_say_is_one_sentence() -> None:
    with (
        FaultyServer(tls=TRUSTED).running() as server, way_to(server.port, user="王芳") as way,
        pytest.raises(MailProblem, match="账号或密码里有非英文字符"),
    ):
        way.ready()


@pytest.mark.parametrize(("changes", "told"), [
    ({"user": "crm", "password_file": "x"}, "mail.password_file：写的是 'password_file, password_from'，应为下面几项中恰好一项"),
    ({"user": "crm", "password_from": '""'}, "mail.user：写的是 'crm'，应为同时写明密码或令牌在哪里的账号"),
    ({"password_from": '""', "oauth_token_command": "[token]"}, "mail.user：写的是 ''，应为用令牌登录的邮箱地址"),
    ({"user": "crm", "password_from": '""', "oauth_tenant": "t"}, "mail.oauth_client：写的是 ''，应为应用（客户端）ID"),
    ({"security": "none", "user": "crm"}, "mail.security：写的是 'none'，应为tls 或 starttls：密码不能不加密传到别的电脑"),
    ({"security": "none", "user": "crm", "allow_plain": "true"}, "应为tls 或 starttls：密码不能不加密传到别的电脑"),
    ({"security": "none"}, "应为tls 或 starttls；确实要不加密发送，再加 allow_plain: true"),
    ({"reply_to": "王芳"}, "mail.reply_to：写的是 '王芳'，应为邮箱地址"),
    ({"profiles": "{alert: {user: a@x.example}}"}, "mail.profiles.alert.sender：写的是 'crm@hengchuan.example'，应为另一个发件人"),
    ({"profiles": "{alert: {sender: a@x.example, security: none}}", "user": "crm"}, "mail.profiles.alert.security"),
    ({"profiles": "{alarm: {sender: a@x.example}}"}, "mail.profiles.alarm"),
])
def test_the_configuration_refuses_what_would_fail_or_leak(tmp_path: Path, changes: dict[str, str], told: str) -> None:
    with pytest.raises(ConfigError) as raised:
        settled(tmp_path, {"server": "smtp.x.example"} | changes)
    assert told in str(raised.value)
    assert "config.yaml 第 " in str(raised.value)


@pytest.mark.parametrize("changes", [
    {"server": "localhost", "security": "none", "user": "crm"},
    {"server": "127.0.0.1", "security": "none"}, {"server": '"::1"', "security": "none"},
    {"server": "relay.x.example", "security": "none", "allow_plain": "true"},
    {"server": "smtp.x.example", "user": "crm", "password_from": '""', "password_keyring": "crmflow"},
])
def test_the_configuration_takes_what_is_safe(tmp_path: Path, changes: dict[str, str]) -> None:
    assert settled(tmp_path, changes).mail.server


def with_mail(**more: Any) -> Config:
    secrets = {"CRMFLOW_SMTP_PASSWORD": SecretStr("s3cret"), "ALERT": SecretStr("al3rt")}
    return BASE.model_copy(update={"mail": BASE.mail.model_copy(update=more), "mail_secrets": secrets})


def test_a_profile_takes_what_it_leaves_open_from_the_account_of_all() -> None:
    profile = Account(sender="alert@x.example", password_file="/secret")
    config = with_mail(server="smtp.x.example", user="crm", profiles={"alert": profile})
    account = config.mail.account("alert")
    assert (account.server, account.user, account.sender) == ("smtp.x.example", "crm", "alert@x.example")
    assert (account.place, config.mail.account("digest").place) == ("password_file", "password_from")
    assert [one.sender for one in config.mail.accounts] == ["crm@hengchuan.example", "alert@x.example"]


@pytest.mark.parametrize(("urgencies", "account"), [
    ([Urgency.URGENT], "alert"), ([Urgency.URGENT, Urgency.URGENT], "alert"), ([Urgency.URGENT, Urgency.SOON], "digest"), ([], "digest"),
])
def test_a_digest_of_nothing_but_what_cannot_wait_is_an_alert(urgencies: list[Urgency], account: str) -> None:
    notice = Notice("duty", "C3", "a", "", 1, "3")
    items = tuple(Item(notice, urgency, "请报告", "C3", "", Where("")) for urgency in urgencies)
    person = Person("3", "王芳", "account_manager", email="wang@x.example")
    assert Draft(person, "digest", NOW.date(), (notice,), (), Digest(items, (), ())).account == account


def composed(kind: str, config: Config) -> bytes:
    message = Message("3", "王芳", "wang@x.example", "提醒", "您好\n", "<p>您好</p>", (), kind=kind)
    return mail.compose(message, f"0f3a{kind}", config, NOW)


def test_each_mail_goes_by_the_account_of_its_kind_over_one_connection_each() -> None:
    with FaultyServer().running() as one, FaultyServer().running() as other:
        common = {"server": "127.0.0.1", "security": "none", "user": "", "timeout_seconds": 5}
        alert = Account(sender="alert@x.example", sender_name="急件", port=other.port)
        config = with_mail(**common, port=one.port, profiles={"alert": alert})
        way = mail.carrier(config)
        for kind in ("digest", "alert", "summary", "alert"):
            way.ready()
            assert way.send(Letter(composed(kind, config))).result is Result.SENT
        way.close()
    assert (one.connections, len(one.accepted), other.connections, len(other.accepted)) == (1, 2, 1, 2)
    assert b"MAIL FROM:<alert@x.example>\r\n" in other.heard
    assert b"MAIL FROM:<crm@hengchuan.example>\r\n" in one.heard


def test_an_account_that_fails_holds_only_its_own_mails_and_is_tried_once() -> None:
    with FaultyServer().running() as one, FaultyServer("greeting", "refuse").running() as other:
        common = {"server": "127.0.0.1", "security": "none", "user": "", "timeout_seconds": 5}
        config = with_mail(**common, port=one.port, profiles={"alert": Account(sender="alert@x.example", port=other.port)})
        way = mail.carrier(config)
        results = []
        for kind in ("digest", "alert", "digest", "alert"):
            way.ready()
            results.append(way.send(Letter(composed(kind, config))).result)
        way.close()
    assert results == [Result.SENT, Result.UNTRIED, Result.SENT, Result.UNTRIED]
    assert other.connections == 1


def test_nothing_leaves_where_no_account_works() -> None:
    with FaultyServer("greeting", "refuse").running() as server:
        common = {"server": "127.0.0.1", "security": "none", "user": "", "timeout_seconds": 5, "port": server.port}
        way = mail.carrier(with_mail(**common, profiles={"alert": Account(sender="alert@x.example")}))
        with pytest.raises(MailProblem, match="现在不提供服务：554"):
            way.ready()
        way.close()


def test_answers_go_where_the_company_wants_them() -> None:
    assert b"Reply-To: service@x.example\r\n" in composed("digest", with_mail(reply_to="service@x.example"))
    assert b"Reply-To" not in composed("digest", with_mail())


def test_only_mails_that_nobodys_duty_rests_on_can_be_unsubscribed_from() -> None:
    asked = b"List-Unsubscribe: <mailto:crm-admin@hengchuan.example?subject=unsubscribe>\r\n"
    assert asked in composed("executive", BASE)
    assert not any(b"List-Unsubscribe" in composed(kind, BASE) for kind in ("digest", "summary", "alert"))


def test_doctor_looks_at_every_account() -> None:
    with FaultyServer(tls=TRUSTED).running() as one, FaultyServer("MAIL", "refuse", TRUSTED).running() as other:
        common = {"server": "127.0.0.1", "security": "starttls", "user": "crm", "timeout_seconds": 5, "port": one.port}
        alert = Account(sender="alert@x.example", port=other.port, password_from="ALERT")
        config = with_mail(**common, profiles={"alert": alert, "digest": Account(sender_name="提醒")})
        looked = list(examine(config, NOW, tls=trusting()))
    assert [ok for ok, _ in looked] == [True, False]
    assert looked[0][1].startswith("crm@hengchuan.example 可以经 127.0.0.1")
    assert looked[1][1].startswith("发信服务器 127.0.0.1 不接受发件人 alert@x.example：554")
    assert one.accepted == []


def test_doctor_tells_a_missing_mailbox_from_a_refused_sender() -> None:
    with FaultyServer("RCPT", "no_such_user").running() as server:
        config = with_mail(server="127.0.0.1", security="none", user="", port=server.port)
        ((ok, told),) = examine(config, NOW, "nobody@x.example")
    assert not ok
    assert told.startswith("发信服务器 127.0.0.1 说没有 nobody@x.example 这个邮箱：550")


def test_doctors_test_mail_says_what_it_is() -> None:
    with FaultyServer().running() as server:
        config = with_mail(server="127.0.0.1", security="none", user="", port=server.port)
        ((ok, told),) = examine(config, NOW, "wang@x.example")
    assert (ok, told) == (True, f"crm@hengchuan.example 经 127.0.0.1:{server.port} 发出了给 wang@x.example 的测试邮件：250 kept")
    (arrived,) = server.accepted
    assert b"To: wang@x.example" in arrived


def test_without_a_server_doctor_says_so_and_writes_its_test_mail_as_a_file(tmp_path: Path) -> None:
    config = BASE.model_copy(update={"folders": BASE.folders.model_copy(update={"output": tmp_path})})
    assert list(examine(config, NOW)) == [(True, "没有填 mail.server，crm@hengchuan.example 的邮件写成 .eml 文件")]
    ((ok, told),) = examine(config, NOW, "wang@x.example")
    assert (ok, told.startswith("没有填 mail.server，给 wang@x.example 的测试邮件已写成文件 2026-07-22_wang_x_example_")) == (True, True)
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 1
