"""What goes out of a run: the executives' month from what the store knew, pictures, and whom mail does not reach."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from crmflow import enclosures, outgoing
from crmflow.catalogue import catalogue
from crmflow.config import Config
from crmflow.model import FileState, Inline
from crmflow.overviews import Executive
from crmflow.store import archive, findings, mailbox
from crmflow.store.base import transaction
from crmflow.store.mailbox import State
from tests import books, tiny
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


def test_each_marked_workbook_is_made_once_and_goes_with_a_mail(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    marked: list[str] = []
    whole = enclosures.marked_copy

    def counted(config: Config, state: FileState, *others: object) -> object:
        marked.append(state.path)
        return whole(config, state, *others)

    monkeypatch.setattr(enclosures, "marked_copy", counted)
    wrong = {"F0.cover": tiny.cover(), "F11.transactions": tiny.SALES + "    S-4 | 坏 | 1\n"}
    file = tiny.archive(config.folders.workbooks.parent, wrong)
    for now in (NOW, NOW + timedelta(days=1)):
        tiny.at(config, now)
    along = [part for mail in mails(config, "王芳") for part in mail.iter_attachments() if part.get_filename() == f"{file.stem} 标注.xlsx"]
    assert (len(marked), len(along)) == (1, 1)
    assert along[0].get_content() == next(config.folders.output.glob("return/*/*.xlsx")).read_bytes()


@pytest.fixture
def something_to_draw(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an executive's month has after some time."""
    monkeypatch.setattr(outgoing, "worth_drawing", lambda content: (None, isinstance(content, Executive)))


@pytest.mark.usefixtures("something_to_draw")
def test_pictures_come_inside_the_mail_by_their_content_id(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "pictures", lambda drafts: [(Inline("trend", b"\x89PNG", "各月"),) for _ in drafts])
    tiny.at(config)
    (mail,) = months(config)
    (picture,) = (part for part in mail.walk() if part.get_content_type() == "image/png")
    assert (picture["Content-ID"], picture.get_content()) == ("<trend>", b"\x89PNG")


def test_where_nothing_is_worth_a_picture_nobody_is_asked_to_draw(config: Config, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "worth_drawing", lambda content: (None, ()))
    monkeypatch.setattr(outgoing, "pictures", None)
    tiny.at(config)
    assert len(months(config)) == 1


@pytest.mark.usefixtures("something_to_draw")
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


def test_a_refused_address_is_told_to_the_administrator_and_a_corrected_one_gets_everything(config: Config) -> None:
    tiny.at(config)
    told = [mail["subject"] for mail in mails(config, "王芳")]
    settled(config, "王芳", State.BOUNCED, "550 no such user")
    tiny.at(config, NOW + timedelta(days=1))
    newest = words(mails(config, "何静")[0])
    assert "王芳的邮箱 wang@a.example 被邮件服务器退回，对方说：550 no such user。" in newest, "ADDRESS_REFUSED"
    assert "NO_ADDRESS" not in newest and "王芳没有邮箱" not in newest
    assert [mail["subject"] for mail in mails(config, "王芳")] == told
    tiny.staff(config.folders.workbooks.parent, PEOPLE.replace("wang@a.example", "fang@a.example"))
    tiny.at(config, NOW + timedelta(days=2))
    store = archive.open_store(config.store_url, catalogue())
    with transaction(store.engine) as connection:
        tokens = [hold.token for hold in findings.pending_holds(connection)]
        assert findings.confirm(connection, tokens, "何静", NOW) == ()
    tiny.at(config, NOW + timedelta(days=2, hours=1))
    with transaction(store.engine) as connection:
        to_her = {one.address: one.state for one in mailbox.envelopes(connection) if one.name == "王芳"}
    assert to_her["fang@a.example"] is State.SENT
    assert to_her.get("wang@a.example", State.DROPPED) is State.DROPPED
    tiny.at(config, NOW + timedelta(days=9))
    assert "退回" not in words(mails(config, "何静")[0])


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


# what is wrong with one mail


def own_templates(config: Config, folder: Path) -> Config:
    """The configuration with templates of its own in ``folder``."""
    shutil.copytree(tiny.ROOT / "templates", folder)
    return config.model_copy(update={"folders": config.folders.model_copy(update={"templates": folder})})


def test_a_broken_template_stops_no_mail_and_the_administrator_reads_its_line_at_once(config: Config, tmp_path: Path) -> None:
    broken = own_templates(config, tmp_path / "own")
    (tmp_path / "own/zh/digest.txt.j2").write_text("一\n{{ nobody }}\n", encoding="utf-8")
    (tmp_path / "own/zh/executive.txt.j2").write_text("{% if %}\n", encoding="utf-8")
    tiny.at(broken)
    assert {name: len(mails(broken, name)) for name in ("王芳", "何静")} == {"王芳": 1, "何静": 1}, "TEMPLATE_BROKEN"
    assert months(broken) == []
    (report,) = mails(broken, "何静")
    assert "邮件模板 zh/digest.txt.j2 第 2 行有误：'nobody' is undefined" in words(report)
    assert "邮件模板 zh/executive.txt.j2 第 1 行有误：" in words(report)
    assert "邮件模板正在修" in words(mails(broken, "王芳")[0])
    shutil.copy(tiny.ROOT / "templates/zh/executive.txt.j2", tmp_path / "own/zh/executive.txt.j2")
    tiny.at(broken, NOW + timedelta(hours=2))
    assert len(months(broken)) == 1


def test_a_template_that_lets_a_name_out_costs_its_mail_and_no_other(config: Config, tmp_path: Path) -> None:
    foreign = {"F0.cover": tiny.cover("KH0077", "北方制药股份公司", "李伟")}
    books.archive(tmp_path / "workbooks", foreign, "李伟/北方.xlsx", books.identity(workbook_id="w-2"))
    leaky = own_templates(config, tmp_path / "own")
    path = tmp_path / "own/zh/digest.txt.j2"
    path.write_text(path.read_text(encoding="utf-8") + '{{ "北方制药" ~ "股份公司" }}', encoding="utf-8")
    tiny.at(leaky, NOW + timedelta(days=1))
    assert {name: len(mails(leaky, name)) for name in ("王芳", "何静", "周总")} == {"王芳": 0, "何静": 1, "周总": 2}
    assert "写给王芳的个人提醒没有寄出：里面提到了王芳无权看的客户（KH0077）" in words(mails(leaky, "何静")[0]), "MAIL_WITHHELD"
    shutil.copy(tiny.ROOT / "templates/zh/digest.txt.j2", path)
    tiny.at(leaky, NOW + timedelta(days=1, hours=2))
    assert len(mails(leaky, "王芳")) == 1


def test_a_preview_goes_through_the_same_gate(config: Config, tmp_path: Path) -> None:
    broken = own_templates(config, tmp_path / "own")
    (tmp_path / "own/zh/digest.txt.j2").write_text("{{ nobody }}", encoding="utf-8")
    previewed = {message.name: message.text for message in tiny.at(broken, preview=True).messages}
    assert "第 1 行有误" in previewed["何静"] and "邮件模板正在修" in previewed["王芳"]
