"""``crmflow outbox``: what people see of the mails, do with them, and leave on record."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crmflow.catalogue import catalogue
from crmflow.commands.guard import guarded
from crmflow.config import Config
from crmflow.mail import Result
from crmflow.outbox import deliver, queue
from crmflow.store import archive, mailbox
from crmflow.store.archive import Store
from crmflow.store.base import transaction
from crmflow.store.mailbox import State
from tests import tiny
from tests.test_outbox import NOW, message, server

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return tiny.settle(tmp_path)


@pytest.fixture
def store(config: Config) -> Store:
    store = archive.open_store(config.store_url, catalogue())
    queue(store.engine, [message("甲")], config, NOW)
    return store


def put_in(store: Store, state: State) -> str:
    """The message, put in a state."""
    with transaction(store.engine) as connection:
        (one,) = mailbox.envelopes(connection)
        mailbox.settle(connection, one.id, state, "550 no", NOW)
    return one.id


def outbox(config: Config, command: str, **options: Any) -> int:
    path = config.folders.data.parent / "config.yaml"
    return guarded(command, config=path, today=NOW.isoformat(), as_json=False, **options)


def state_of(store: Store) -> State:
    with transaction(store.engine) as connection:
        return mailbox.envelopes(connection)[0].state


@pytest.mark.parametrize(("verb", "before", "after"), [
    ("retry", State.FAILED, State.PENDING), ("retry", State.HELD, State.PENDING), ("retry", State.BOUNCED, State.PENDING),
    ("discard", State.PENDING, State.DROPPED), ("discard", State.HELD, State.DROPPED),
    ("discard", State.FAILED, State.DROPPED), ("discard", State.UNKNOWN, State.DROPPED),
    ("resend", State.SENT, State.PENDING), ("resend", State.UNKNOWN, State.PENDING),
])
def test_a_verb_moves_a_message_and_the_record_says_who_when_and_why(
    config: Config, store: Store, verb: str, before: State, after: State, capsys: Capture
) -> None:
    key = put_in(store, before)
    assert outbox(config, "outbox_change", verb=verb, message=key[:6], reason="何静说的") == 0
    assert state_of(store) is after
    capsys.readouterr()
    assert guarded("outbox", config=config.folders.data.parent / "config.yaml", message=key, as_json=True) == 0
    (line,) = json.loads(capsys.readouterr().out)["audit"]
    assert (line["what"], line["why"], line["at"]) == (verb, "何静说的", NOW.isoformat())
    assert line["who"]


@pytest.mark.parametrize(("verb", "state", "said"), [
    ("retry", State.SENT, "已发"), ("retry", State.PENDING, "待发"), ("discard", State.SENT, "已发"),
    ("discard", State.DROPPED, "作废"), ("resend", State.FAILED, "失败"), ("resend", State.SENDING, "发送中"),
])
def test_a_verb_that_does_not_fit_is_answered_in_one_sentence_and_does_nothing(
    config: Config, store: Store, verb: str, state: State, said: str, capsys: Capture
) -> None:
    key = put_in(store, state)
    assert outbox(config, "outbox_change", verb=verb, message=key, reason="试试") == 2
    told = capsys.readouterr().err
    assert said in told and verb in told and told.count("\n") == 1
    assert state_of(store) is state


def test_a_verb_wants_a_reason_and_one_message(config: Config, store: Store, capsys: Capture) -> None:
    key = put_in(store, State.FAILED)
    assert outbox(config, "outbox_change", verb="retry", message=key, reason="  ") == 2
    assert "--reason" in capsys.readouterr().err
    assert outbox(config, "outbox_change", verb="retry", message="zz", reason="试试") == 2
    assert "zz" in capsys.readouterr().err


def test_what_is_retried_goes_out_with_all_its_attempts_and_under_its_own_id(config: Config, store: Store) -> None:
    way = server(Result.PERMANENT, Result.TRANSIENT, Result.SENT)
    deliver(store.engine, way, config, NOW)
    with transaction(store.engine) as connection:
        (one,) = mailbox.envelopes(connection)
    outbox(config, "outbox_change", verb="retry", message=one.id, reason="对方修好了")
    assert deliver(store.engine, way, config, NOW).waiting == 1
    assert deliver(store.engine, way, config, NOW + timedelta(days=1)).sent == 1
    assert way.arrived == [one.message_id]


def test_what_is_discarded_counts_as_told(config: Config, store: Store) -> None:
    key = put_in(store, State.HELD)
    outbox(config, "outbox_change", verb="discard", message=key, reason="已经电话说了")
    assert queue(store.engine, [message("甲")], config, NOW) == 0
    assert deliver(store.engine, server(), config, NOW + timedelta(days=9)).waiting == 0


def test_a_mail_whose_body_was_emptied_says_so_and_cannot_be_sent_again(
    config: Config, store: Store, capsys: Capture
) -> None:
    key = put_in(store, State.SENT)
    with transaction(store.engine) as connection:
        assert mailbox.empty_bodies(connection, NOW + timedelta(days=1)) == 1
    assert outbox(config, "outbox", message=key) == 0
    assert "保存期限" in capsys.readouterr().out
    assert outbox(config, "outbox_change", verb="resend", message=key, reason="再寄") == 2
    assert "保存期限" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("kind", "word"), [
    ("digest", {"zh": "待更正", "en": "to correct"}), ("summary", {"zh": "部门周报", "en": "Weekly summary"}),
    ("executive", {"zh": "客户月报", "en": "Monthly summary"}),
])
def test_every_kind_of_mail_can_be_looked_at_with_invented_data(
    config: Config, kind: str, word: dict[str, str], language: str, capsys: Capture
) -> None:
    assert outbox(config, "outbox_preview", kind=kind, language=language, person="") == 0
    assert word[language] in capsys.readouterr().out
    folder = config.folders.output / "preview"
    assert "<table" in (folder / f"{kind}-{language}.html").read_text(encoding="utf-8")
    assert "cid:" not in (folder / f"{kind}-{language}.html").read_text(encoding="utf-8")
    assert (folder / f"{kind}-{language}.txt").read_text(encoding="utf-8").strip()
    assert not config.folders.data.exists()


def test_a_preview_is_for_whom_it_is_asked(tmp_path: Path, capsys: Capture) -> None:
    config = tiny.company(tmp_path)
    tiny.at(config)
    assert outbox(config, "outbox_preview", kind="digest", language="", person="李伟") == 0
    assert "李伟" in (config.folders.output / "preview" / "digest-zh.txt").read_text(encoding="utf-8")
    assert outbox(config, "outbox_preview", kind="digest", language="", person="无此人") == 2
    assert "无此人" in capsys.readouterr().err
    assert outbox(config, "outbox_preview", kind="planet", language="", person="") == 2
    assert "executive" in capsys.readouterr().err
