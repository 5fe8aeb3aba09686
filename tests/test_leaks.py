"""Nobody is sent a word of a customer that is not theirs: every archive is full of a marker of its own."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from crmflow.catalogue import catalogue
from crmflow.config import Config
from crmflow.declare import Field
from crmflow.store import archive, mailbox
from tests import hostile, tiny
from tests.tiny import NOW, ZONE

ROOT = Path(__file__).parents[1]
MARKER = re.compile(r"ZQ[A-Z]\d")
OWN = {"王芳": ("ZQA1", "ZQA2"), "李伟": ("ZQB1", "ZQB2"), "赵倩": ("ZQC1", "ZQC2")}
NAMES = {code: f"{code}精密机械有限公司" for codes in OWN.values() for code in codes}
EVERYTHING = set(NAMES)
ENTITLED = {
    "王芳": {"ZQA1", "ZQA2"}, "李伟": {"ZQB1", "ZQB2"}, "赵倩": {"ZQC1", "ZQC2"},
    "陈建国": {"ZQA1", "ZQA2", "ZQB1", "ZQB2"}, "孙立": {"ZQC1", "ZQC2"}, "吴东": {"ZQA1", "ZQA2", "ZQC1", "ZQC2"},
    "周启明": EVERYTHING, "何静": EVERYTHING,
}
"""Section 8, by hand: whom each person may be told of; whoever is not here, of nobody."""
TYPED = {"王芳": {"ZQB1"}, "李伟": {"ZQC1"}, "赵倩": {"ZQA1"}}
"""The colleague's customer that each manager named in archives of their own: no mail repeats it to anybody."""
FINANCE = "吴桂芳"
MOMENTS = (NOW, NOW + timedelta(days=8), datetime(2026, 8, 3, 9, tzinfo=ZONE), datetime(2026, 8, 24, 9, tzinfo=ZONE))
"""Reminders, what goes up the ladder, the month of the executives, the top of the ladder."""


def rightly(code: str, other: str):
    """Text fields say whose archive it is, and the long ones that a colleague's customer came along."""

    def says(block: str, field: Field) -> str | None:
        if field.kind not in hostile.TEXTS:
            return None
        return f"{code}与{NAMES[other]}（{other}）" if field.kind is hostile.Kind.NOTE else f"{code}甲"

    return says


def wrongly(code: str):
    """Every field says whose archive it is, whatever it should hold."""
    return lambda block, field: f"{code}{field.id}"


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """A company after four runs, each of which told people what there was to tell."""
    folder = tmp_path_factory.mktemp("leaks")
    tiny.staff(folder, hostile.PEOPLE)
    managers = list(OWN)
    for manager, (good, bad) in OWN.items():
        other = OWN[managers[(managers.index(manager) + 1) % 3]][0]
        hostile.archive(folder, good, NAMES[good], manager, rightly(good, other))
        hostile.archive(folder, bad, NAMES[bad], manager, wrongly(bad))
    settings = tiny.settle(folder, **{"calendar: false": "calendar: true"})
    with pytest.MonkeyPatch.context() as patch:
        tiny.stay_here(lambda module, name, new: patch.setattr(module, name, new, raising=False))
        for now in MOMENTS:
            tiny.at(settings, now)
    yield settings


@pytest.fixture(scope="module")
def sent(config: Config) -> list[tuple[str, EmailMessage]]:
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        found = mailbox.messages(connection)
    return [(one.name, message_from_bytes(one.raw, policy=policy.default)) for one in found]  # type: ignore[misc]


def words_of(mail: EmailMessage) -> Iterator[str]:
    """Everything in a mail that can be read, but what is attached."""
    yield from (str(value) for value in mail.values())
    for part in mail.walk():
        if part.get_content_maintype() == "text" and not part.get_filename():
            yield part.get_content()


def attached(mail: EmailMessage) -> Iterator[tuple[str, str]]:
    """What is attached, by name, unzipped."""
    for part in mail.iter_attachments():
        name, content = str(part.get_filename()), part.get_payload(decode=True)
        assert isinstance(content, bytes)
        if content[:2] == b"PK":
            with zipfile.ZipFile(io.BytesIO(content)) as package:
                yield name, name + "".join(package.read(member).decode("utf-8", "replace") for member in package.namelist())
        else:
            yield name, name + unfolded(content.decode())


def unfolded(calendar: str) -> str:
    return calendar.replace("\r\n ", "")


def foreign(name: str, text: str) -> set[str]:
    return set(MARKER.findall(text)) - ENTITLED.get(name, set())


def test_the_mails_are_of_every_kind_and_speak_of_every_customer(sent: list[tuple[str, EmailMessage]]) -> None:
    subjects = "".join(str(mail["subject"]) for _, mail in sent)
    assert all(word in subjects for word in ("客户档案", "周报", "客户月报"))
    assert set(MARKER.findall("".join(words for _, mail in sent for words in words_of(mail)))) == EVERYTHING
    assert {name for name, mail in sent for _ in attached(mail)} >= set(OWN)
    assert {name for name, _ in sent} >= set(ENTITLED)


def test_no_mail_names_a_customer_that_is_not_its_reader_s(sent: list[tuple[str, EmailMessage]]) -> None:
    others = [(name, mail) for name, mail in sent if name != FINANCE]
    found = {(name, str(mail["subject"]), *sorted(foreign(name, words))) for name, mail in others for words in words_of(mail) if foreign(name, words)}
    assert found == set()


def test_finance_reads_of_customers_only_what_looks_like_a_bribe(sent: list[tuple[str, EmailMessage]]) -> None:
    texts = [mail.get_body(("plain",)).get_content() for name, mail in sent if name == FINANCE]  # type: ignore[union-attr]
    cited = [rule for text in texts for rule in re.findall(r"依据：(\S+)", text)]
    assert len(cited) >= 6 and set(cited) == {"X2"}
    assert all(not list(attached(mail)) for name, mail in sent if name == FINANCE)


def test_what_is_attached_holds_nothing_of_others_but_what_its_keeper_typed(sent: list[tuple[str, EmailMessage]]) -> None:
    found = {(name, file, *leaked) for name, mail in sent for file, text in attached(mail) if (leaked := foreign(name, text) - TYPED.get(name, set()))}
    assert found == set()


def test_no_calendar_on_the_disk_names_a_customer_that_is_not_its_owner_s(config: Config) -> None:
    calendars = {path.stem: unfolded(path.read_text(encoding="utf-8")) for path in (config.folders.output / "calendar").glob("*.ics")}
    names = dict(line.strip().lstrip("'").split(" | ")[0:2] for line in re.sub(r" +\| +", " | ", hostile.PEOPLE).strip().splitlines()[1:])
    assert len(calendars) >= 3
    assert {(names[number], *leaked) for number, text in calendars.items() if (leaked := foreign(names[number], text) - TYPED.get(names[number], set()))} == set()


def test_every_mail_comes_through_the_gate() -> None:
    """``render.written`` is the only way from a draft to a message; samples of no customer may be rendered without."""
    callers = {path.name for path in (ROOT / "crmflow").rglob("*.py") if re.search(r"render\.message\(|[^a-z.]Message\(\s*$|Message\(recipient", path.read_text(encoding="utf-8"))}
    assert callers <= {"render.py", "outbox_preview.py", "specimens.py"}
