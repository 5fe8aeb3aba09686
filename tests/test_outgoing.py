"""What goes out of a run: the executives' month from what the store knew, pictures, and whom mail does not reach."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from crmflow import outgoing
from crmflow.catalogue import catalogue
from crmflow.config import Config
from crmflow.model import Inline
from crmflow.store import archive, mailbox
from crmflow.store.base import transaction
from crmflow.store.mailbox import State
from tests import tiny
from tests.tiny import NOW, ZONE

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process
PEOPLE = tiny.PEOPLE + "    '1000 | 周总 | 总经理 | | 总经办 | zhou@a.example\n"


def planned(amount: int, sales: str = tiny.SALES) -> dict[str, str]:
    projects = f"项目 | 合同额（万元） | 获取率 | 利润率 | 状态\n二期风机 | {amount} | 50% | 20% | 跟踪"
    return {
        "F0.cover": tiny.cover(), "F2.persons": tiny.PERSONS, "F11.transactions": sales,
        "F8.plan": "年度 | 2026\n目标描述 | 扩大份额", "F8.projects": projects,
    }


@pytest.fixture
def config(tmp_path: Path) -> Config:
    tiny.staff(tmp_path, PEOPLE)
    tiny.archive(tmp_path)
    return tiny.settle(tmp_path)


def mails(config: Config, name: str) -> list[EmailMessage]:
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        found = [one for one in mailbox.messages(connection) if one.name == name]
    return [message_from_bytes(one.raw, policy=policy.default) for one in found]  # type: ignore[misc]


def months(config: Config) -> list[EmailMessage]:
    return [mail for mail in mails(config, "周总") if "客户月报" in mail["subject"]]


def words(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_the_general_manager_has_the_month_once_and_the_next_month_again(config: Config) -> None:
    for now in (NOW, NOW + timedelta(hours=1), NOW + timedelta(days=1)):
        tiny.at(config, now)
    assert [mail["subject"].partition("：")[0] for mail in months(config)] == ["【客户月报】2026 年 6 月"]
    assert "月初还没有数据，下个月起有对比" in words(months(config)[0])
    tiny.at(config, datetime(2026, 8, 3, 9, tzinfo=ZONE))
    newest, _ = months(config)
    assert newest["subject"].startswith("【客户月报】2026 年 7 月")
    assert "月初还没有数据" in words(newest)


def test_the_month_is_held_against_the_plan_as_it_stood_and_the_turnover_of_then(config: Config, tmp_path: Path) -> None:
    tiny.archive(tmp_path, planned(100))
    tiny.at(config)
    tiny.archive(tmp_path, planned(200, tiny.SALES + "    S-4 | 2026-08-08 | 300000\n"))
    tiny.at(config, datetime(2026, 9, 1, 9, tzinfo=ZONE))
    text = words(months(config)[0])
    assert "- 合计：客户 1 家，营业额 75（+30），预计收入 100（+50），利润 20（+10）" in text
    assert "重点客户 → VIP客户" in text


def test_pictures_come_inside_the_mail_by_their_content_id(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "pictures", lambda draft: (Inline("trend", b"\x89PNG", "各月"),))
    tiny.at(config)
    (mail,) = months(config)
    (picture,) = (part for part in mail.walk() if part.get_content_type() == "image/png")
    assert (picture["Content-ID"], picture.get_content()) == ("<trend>", b"\x89PNG")


def test_fonts_that_cannot_be_read_cost_the_picture_and_not_the_mail(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    def unreadable(*_: object) -> None:
        raise OSError("no such font")

    monkeypatch.setattr("crmflow.charts.pictures", unreadable)
    tiny.at(config)
    assert len(months(config)) == 1


def test_a_run_loads_nothing_that_draws() -> None:
    program = "import sys, crmflow.run, crmflow.cli\nprint(sorted({'matplotlib', 'PIL', 'numpy'} & sys.modules.keys()))"
    ended = subprocess.run([sys.executable, "-c", program], cwd=tiny.ROOT, capture_output=True, text=True, check=True)
    assert ended.stdout.strip() == "[]"


def settled(config: Config, name: str, state: State, answer: str) -> None:
    """Enter how the newest mail to somebody ended."""
    store = archive.open_store(config.store_url, catalogue())
    with transaction(store.engine) as connection:
        newest = next(one for one in mailbox.messages(connection) if one.name == name)
        mailbox.settle(connection, newest.id, state, answer, datetime.now(UTC))


@pytest.mark.parametrize(("state", "code", "sentence"), [
    (State.FAILED, "MAIL_FAILED", "寄给王芳（wang@a.example）的邮件有 1 封没有寄出，邮件服务器说：550 unknown user。"),
    (State.HELD, "MAIL_HELD", "寄给王芳（wang@a.example）的邮件有 1 封不确定是否送达，按设置没有重发。"),
])
def test_the_administrator_reads_whom_mail_does_not_reach(config: Config, state: State, code: str, sentence: str) -> None:
    tiny.at(config)
    settled(config, "王芳", state, "550 unknown user")
    tiny.at(config, NOW + timedelta(days=1))
    newest = words(mails(config, "何静")[0])
    assert sentence in newest, code
    assert not any(sentence in words(mail) for name in ("王芳", "陈建国", "周总") for mail in mails(config, name))


def test_who_has_been_reached_since_is_no_longer_listed(config: Config) -> None:
    tiny.at(config)
    settled(config, "王芳", State.FAILED, "550")
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        (one,) = mailbox.undelivered(connection)
    assert (one.name, one.count, one.state, one.answer) == ("王芳", 1, State.FAILED, "550")
    settled(config, "王芳", State.SENT, "250")
    with store.engine.connect() as connection:
        assert mailbox.undelivered(connection) == ()
