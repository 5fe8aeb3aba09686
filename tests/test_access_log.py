"""Every mail, export and look is in the access log, which can be asked (A4)."""

import getpass
import json
from datetime import timedelta
from pathlib import Path

import pytest

from crmflow.catalogue import catalogue
from crmflow.commands import access, due, grade, history, outbox, status, successor
from crmflow.config import Config
from crmflow.store import accesses, archive, mailbox
from crmflow.store.base import transaction
from tests import tiny
from tests.tiny import NOW

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process
ME = getpass.getuser()


@pytest.fixture
def config(tmp_path: Path) -> Config:
    made = tiny.company(tmp_path)
    tiny.at(made)
    return made


def log(config: Config, capsys: pytest.CaptureFixture[str], customer: str = "", person: str = "", since: str = "") -> list[dict[str, object]]:
    capsys.readouterr()
    assert access.main(config, NOW, customer, person, since, as_json=True) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, list)
    return found


def test_a_sent_mail_stands_in_the_log_by_its_reader_and_customer(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    (entry, *_) = log(config, capsys, "KH0012", "王芳")
    assert (entry["who"], entry["name"], entry["what"], entry["customer"]) == ("1002", "王芳", "mail", "KH0012")
    assert entry["message"]


def test_what_a_command_shows_stands_there_by_the_user_of_the_computer(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    history.main(config, NOW, "KH0012", "", "", "", as_json=True)
    grade.main(config, NOW, "KH0012", as_json=True)
    due.main(config, NOW, "", as_json=True)
    status.main(config, NOW, as_json=True)
    successor.main(config, NOW, "archive", "KH0012", True, 0, config.folders.output / "copy.xlsx")
    found = {(entry["what"], entry["customer"]) for entry in log(config, capsys, person=ME)}
    assert found == {("history", "KH0012"), ("grade", "KH0012"), ("due", "KH0012"), ("status", "*"), ("new", "KH0012")}


def test_who_opens_a_mail_in_the_outbox_has_seen_its_customers(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        mail = next(one for one in mailbox.messages(connection) if one.name == "王芳")
    outbox.main(config, NOW, mail.id, as_json=True)
    assert [(entry["what"], entry["customer"]) for entry in log(config, capsys, person=ME)] == [("outbox show", "KH0012")]


def test_what_was_shown_of_all_customers_was_shown_of_each(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    grade.main(config, NOW, "", as_json=True)
    assert [entry["customer"] for entry in log(config, capsys, "KH0012", ME)] == ["*"]
    assert log(config, capsys, person="没有这个人") == []


def test_the_log_is_asked_from_a_day_on(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    history.main(config, NOW + timedelta(days=3), "KH0012", "", "", "", as_json=True)
    whens = {since: len(log(config, capsys, person=ME, since=since)) for since in ("2026-07-18", "2026-07-18T10:01", "2026-07-19")}
    assert whens == {"2026-07-18": 1, "2026-07-18T10:01": 0, "2026-07-19": 0}


def test_a_customer_that_does_not_exist_leaves_no_entry(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exception, match="KH9999"):
        history.main(config, NOW, "KH9999", "", "", "", as_json=True)
    assert log(config, capsys, person=ME) == []


def test_a_store_that_a_run_keeps_to_itself_is_read_all_the_same_and_the_reader_is_told(
    config: Config, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(accesses, "PATIENCE_MS", 50)
    store = archive.open_store(config.store_url, catalogue())
    with transaction(store.engine) as connection:
        mailbox.log(connection, NOW, "1002", "mail", ("KH0012",))
        capsys.readouterr()
        assert grade.main(config, NOW, "KH0012", as_json=True) == 0
        told = capsys.readouterr()
    assert json.loads(told.out)[0]["customer"] == "KH0012"
    assert "没有记入访问记录" in told.err


def test_the_table_says_it_in_words(config: Config, capsys: pytest.CaptureFixture[str]) -> None:
    grade.main(config, NOW, "", as_json=True)
    capsys.readouterr()
    access.main(config, NOW, "", "", "", as_json=False)
    printed = capsys.readouterr().out
    assert "访问记录" in printed and "王芳" in printed and "邮件" in printed and "全部客户" in printed and "crmflow grade" in printed
