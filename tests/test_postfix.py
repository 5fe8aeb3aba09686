"""A real Postfix with TLS and SASL on this computer: a private instance, with a certificate of our own."""

import os
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr

from crmflow import outbox
from crmflow.config import Config, load
from crmflow.mail import MailProblem, carrier, examine
from crmflow.model import Attachment, Message, Notice
from crmflow.store import mailbox
from crmflow.store.base import METADATA, open_engine, transaction
from crmflow.store.mailbox import State

CONFIG = load(Path(__file__).parent.parent / "config.yaml")
NOW = datetime(2026, 7, 22, 1, 30, tzinfo=UTC)
LARGEST = 200_000

MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file_prefixes = {folder}
maillog_file = {folder}/log
myhostname = mail.hengchuan.example
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
message_size_limit = {largest}
alias_maps =
local_recipient_maps =
virtual_mailbox_domains = hengchuan.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = inline:{{ wang@hengchuan.example=wang/, crm-admin@hengchuan.example=admin/ }}
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
virtual_minimum_uid = 1000
smtpd_tls_chain_files = {folder}/server.pem
smtpd_tls_mandatory_protocols = >=TLSv1.2
smtpd_tls_auth_only = yes
smtpd_sasl_auth_enable = yes
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
cyrus_sasl_config_path = {folder}/etc/sasl
smtpd_sasl_local_domain = hengchuan.example
smtpd_sender_login_maps = inline:{{ crm@hengchuan.example=crm@hengchuan.example }}
smtpd_sender_restrictions = reject_sender_login_mismatch
smtpd_recipient_restrictions = permit_sasl_authenticated, reject
smtpd_relay_restrictions = permit_sasl_authenticated, reject
"""
MASTER = """
127.0.0.1:{starttls} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
127.0.0.1:{tls} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_tls_security_level=encrypt
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
tlsmgr unix - - n 1000? 1 tlsmgr
postlog unix-dgram n - n - 1 postlogd
"""
SASL = """\
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: {folder}/sasldb2
mech_list: PLAIN LOGIN
"""


@dataclass(frozen=True)
class Postfix:
    folder: Path
    starttls: int
    tls: int
    trusted: ssl.SSLContext

    def config(self, **more: Any) -> Config:
        settings = {
            "server": "127.0.0.1", "port": self.starttls, "security": "starttls", "user": "crm@hengchuan.example",
            "timeout_seconds": 10,
        } | more
        secrets = {"CRMFLOW_SMTP_PASSWORD": SecretStr("s3cret")}
        return CONFIG.model_copy(update={"mail": CONFIG.mail.model_copy(update=settings), "mail_secrets": secrets})

    def delivered(self, mailbox: str, count: int) -> list[bytes]:
        """The mails that lie in a mailbox once there are ``count``."""
        for _ in range(200):
            found = sorted((self.folder / "mail" / mailbox / "new").glob("*"))
            if len(found) >= count:
                return [path.read_bytes() for path in found]
            time.sleep(0.05)
        raise AssertionError((self.folder / "log").read_text())


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def made(folder: Path, saslpasswd: str) -> Postfix:
    issuer = trustme.CA()
    trusted = ssl.create_default_context()
    issuer.configure_trust(trusted)
    server = Postfix(folder, free_port(), free_port(), trusted)
    folder.chmod(0o755)
    for name in ("queue", "data", "mail", "etc", "etc/sasl"):
        (folder / name).mkdir()
    shutil.chown(folder / "data", "postfix")
    os.chown(folder / "mail", 65534, 65534)
    issuer.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    (folder / "etc/main.cf").write_text(MAIN.format(folder=folder, largest=LARGEST))
    (folder / "etc/master.cf").write_text(MASTER.format(starttls=server.starttls, tls=server.tls))
    (folder / "etc/sasl/smtpd.conf").write_text(SASL.format(folder=folder))
    subprocess.run(
        [saslpasswd, "-p", "-c", "-f", folder / "sasldb2", "-u", "hengchuan.example", "crm"], input=b"s3cret", check=True)
    shutil.chown(folder / "sasldb2", "postfix")
    return server


def answers(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def postfix() -> Iterator[Postfix]:
    """A throw-away instance; needs root, as Postfix does."""
    programs = [shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") for name in ("postfix", "saslpasswd2")]
    if None in programs or os.geteuid() != 0:
        if os.environ.get("CRMFLOW_REQUIRE_REAL") == "1":
            pytest.fail("Postfix, sasl2-bin and root are needed")
        pytest.skip("Postfix, sasl2-bin and root are needed")
    program, saslpasswd = map(str, programs)
    folder = Path(tempfile.mkdtemp(prefix="crmflow-postfix-"))
    try:
        server = made(folder, saslpasswd)
        subprocess.run([program, "-c", folder / "etc", "start"], check=True, capture_output=True)
        try:
            for _ in range(200):
                if answers(server.tls):
                    break
                time.sleep(0.05)
            yield server
        finally:
            subprocess.run([program, "-c", folder / "etc", "stop"], check=True, capture_output=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def message(address: str, subject: str, attached: int = 0) -> Message:
    notice = Notice("finding", "F1", subject, "0", 0, address)
    attachments = (Attachment("江南.xlsx", os.urandom(attached)),) if attached else ()
    return Message(address, "王芳", address, subject, ".您好\n", "<p>您好</p>", (notice,), attachments=attachments)


def test_one_run_delivers_what_can_be_delivered_and_says_what_became_of_the_rest(postfix: Postfix, tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{(tmp_path / 'crmflow.db').as_posix()}")
    METADATA.create_all(engine)
    config = postfix.config()
    right, missing = "wang@hengchuan.example", "nobody@hengchuan.example"
    messages = (message(right, "一"), message(missing, "二"), message(right, "三", LARGEST), message(right, "四"))
    outbox.queue(engine, messages, config, NOW)
    delivery = outbox.deliver(engine, carrier(config, postfix.trusted), config, NOW)
    assert (delivery.sent, delivery.bounced, delivery.failed, delivery.waiting, delivery.problem) == (2, 1, 1, 0, "")
    with transaction(engine) as connection:
        (bounced,) = mailbox.messages(connection, State.BOUNCED)
        (failed,) = mailbox.messages(connection, State.FAILED)
    assert (bounced.subject, bounced.last_answer[:9]) == ("二", "550 5.1.1")
    assert (failed.subject, failed.last_answer[:9]) == ("三", "552 5.3.4")
    read = [message_from_bytes(raw, policy=policy.default) for raw in postfix.delivered("wang", 2)]
    assert sorted(str(one["Subject"]) for one in read) == ["一", "四"]
    assert read[0].get_body(("plain",)).get_content().split() == [".您好"]  # type: ignore[attr-defined]
    assert "with ESMTPSA" in str(read[0]["Received"])
    assert "starttls=1 auth=1 mail=4 rcpt=3/4 data=2/3" in (postfix.folder / "log").read_text(), "one connection for all"
    engine.dispose()


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_doctor_finds_all_well_and_its_test_mail_arrives(postfix: Postfix, security: str) -> None:
    config = postfix.config(security=security, port=getattr(postfix, security))
    assert [ok for ok, _ in examine(config, NOW, tls=postfix.trusted)] == [True]
    before = len(list((postfix.folder / "mail/admin/new").glob("*")))
    ((ok, told),) = examine(config, NOW, "crm-admin@hengchuan.example", postfix.trusted)
    assert (ok, "250 2.0.0 Ok: queued as" in told) == (True, True)
    assert len(postfix.delivered("admin", before + 1)) == before + 1


Wrong = Callable[[Postfix], Config]


@pytest.mark.parametrize(("wrong", "told"), [
    (lambda server: server.config(user="other@hengchuan.example"), "发信服务器 127.0.0.1 不接受账号 other@hengchuan.example：535 5.7.8"),
    (lambda server: server.config(sender="boss@hengchuan.example"), "发信服务器 127.0.0.1 不接受发件人 boss@hengchuan.example：553 5.7.1"),
    (lambda server: server.config(security="tls"), "和发信服务器 127.0.0.1:"),
    (lambda server: server.config(security="none"), "发信服务器 127.0.0.1:"),
    (lambda server: server.config(security="starttls", port=server.tls, timeout_seconds=1), "连不上发信服务器 127.0.0.1:"),
])
def test_doctor_says_what_is_wrong(postfix: Postfix, wrong: Wrong, told: str) -> None:
    ((ok, found),) = examine(wrong(postfix), NOW, tls=postfix.trusted)
    assert not ok
    assert found.startswith(told)
    assert "s3cret" not in found


def test_a_certificate_of_an_unknown_issuer_is_refused(postfix: Postfix) -> None:
    with pytest.raises(MailProblem, match=r"^发信服务器 127.0.0.1 的证书没有通过验证：本机不认识签发它的机构"):
        carrier(postfix.config()).ready()
