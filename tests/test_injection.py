"""Whatever is typed into any field of any form stays text: in headers, pages, workbooks and calendars."""

import html
import io
import re
import subprocess
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import icalendar
import openpyxl
import pytest

from crmflow.catalogue import catalogue
from crmflow.config import Config
from crmflow.model import WorkbookKind
from crmflow.reports import master
from crmflow.store import archive, findings, mailbox
from tests import hostile, tiny
from tests.test_pages import MEASURE, WIDTHS
from tests.tiny import NOW, ZONE

MARK = "PWNED"
"""In every hostile value, so that it can be seen where it came out."""
HOSTILE = (
    f"{MARK}\r\nBcc: all@evil.example\r\n\r\nX", f"{MARK}<script>top.hacked=1;document.body.innerHTML=''</script>",
    f'"><img src=x onerror="top.hacked=1;document.body.innerHTML=\'\'">{MARK}', f"=cmd¦'/c calc'!A1 {MARK}", f"{MARK}{{{{7*7}}}}{{% raw %}}",
    f"{MARK}" + "很长的名称Verylongword" * 40, f"{MARK}\u202egnp.exe\u2066\u200f", f"{MARK}😀👩‍👩‍👧‍👦🏳️‍🌈", f"{MARK}a\x0bb\tc", f"+{MARK}@SUM(1)",
    f"</td></tr></table><h1>{MARK}</h1><!--", f"{MARK};DTSTART:20200101\nBEGIN:VEVENT\\n,", f"{{{MARK}}} {{0}} %s {{customer}}",
)
CUSTOMERS = {f"KH9{number:03}": (manager, value) for number, (manager, value) in enumerate(zip(hostile.MANAGERS * 5, HOSTILE, strict=False))}
OTHERS = tuple(kind for kind in WorkbookKind if kind not in (WorkbookKind.ARCHIVE, WorkbookKind.STAFF))
MOMENTS = (NOW, NOW + timedelta(days=8), datetime(2026, 8, 3, 9, tzinfo=ZONE), datetime(2026, 8, 24, 9, tzinfo=ZONE))
HEADERS = {
    "subject", "from", "to", "date", "message-id", "auto-submitted", "mime-version", "content-type", "reply-to", "references",
    "in-reply-to", "list-unsubscribe", "content-transfer-encoding", "x-auto-response-suppress", "precedence", "list-unsubscribe-post", "list-id",
}


def saying(value: str, everywhere: bool) -> hostile.Says:
    return lambda block, field: _cell(value) if everywhere or field.kind in hostile.TEXTS else None


def _cell(value: str) -> str:
    """As a drawing takes it: a cell is one line there, so that line breaks are put in afterwards."""
    return "'" + value.replace("\r", "␍").replace("\n", "␊").replace("\x0b", "␋")


@pytest.fixture(scope="module")
def config(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Config]:
    """A company whose customers' archives, reports and registers say a hostile value each; four runs."""
    folder = tmp_path_factory.mktemp("injection")
    with pytest.MonkeyPatch.context() as patch:
        typed = hostile.books.typed
        patch.setattr(hostile.books, "typed", lambda text: back(typed(text)))
        tiny.staff(folder, hostile.PEOPLE.replace("市场部", _cell(HOSTILE[1])[1:]).replace("'1009 | 何静", f"'1009 | {_cell(HOSTILE[2])}"))
        for number, (code, (manager, value)) in enumerate(CUSTOMERS.items()):
            hostile.archive(folder, code, f"{_cell(value)}", manager, saying(value, everywhere=number % 2 == 0))
        for number, kind in enumerate(OTHERS * 3):
            value = HOSTILE[number % len(HOSTILE)]
            hostile.other(folder, kind, number, hostile.MANAGERS[number % 3], saying(value, everywhere=number < len(OTHERS)))
        settings = tiny.settle(folder, **{"calendar: false": "calendar: true"})
        tiny.stay_here(lambda module, name, new: patch.setattr(module, name, new, raising=False))
        for now in MOMENTS:
            tiny.at(settings, now)
    yield settings


def back(value: object) -> object:
    return value.replace("␍", "\r").replace("␊", "\n").replace("␋", "\x0b") if isinstance(value, str) else value


@pytest.fixture(scope="module")
def sent(config: Config) -> list[tuple[bytes, EmailMessage]]:
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        found = mailbox.messages(connection)
    return [(one.raw, message_from_bytes(one.raw, policy=policy.default)) for one in found]  # type: ignore[misc]


def body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def test_the_hostile_values_came_into_every_kind_of_mail(sent: list[tuple[bytes, EmailMessage]]) -> None:
    for word in ("客户档案", "周报", "客户月报"):
        assert any(word in str(mail["subject"]) and MARK in body(mail, "html") for _, mail in sent), word


def test_every_report_and_register_was_answered_with_findings_that_quote_it(config: Config) -> None:
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        quoted = [one for one in findings.standing(connection) if MARK in one.value]
    assert {str(kind) for kind in OTHERS} <= {one.where.file.partition("-")[0] for one in quoted}


def test_no_value_adds_a_header_or_a_recipient(sent: list[tuple[bytes, EmailMessage]]) -> None:
    for raw, mail in sent:
        head = raw.partition(b"\r\n\r\n")[0]
        names = {line.partition(b":")[0].decode().lower() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))}
        assert names <= HEADERS, names - HEADERS
        assert len(mail["to"].addresses) == 1 and mail["to"].addresses[0].domain == "a.example"
        assert b"\nBcc" not in head and not mail.defects


class Tags(HTMLParser):
    """What a mail's page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {tag, *(f"{tag}@{name}" for name, _ in attrs if name.startswith("on") or name in ("src", "href", "action"))}


def test_no_value_adds_a_tag_that_acts(sent: list[tuple[bytes, EmailMessage]]) -> None:
    for _, mail in sent:
        page, tags = body(mail, "html"), Tags()
        tags.feed(page)
        assert tags.found & {"script", "iframe", "form", "a", "object", "link", "svg"} == set()
        assert not [tag for tag in tags.found if "@" in tag and tag != "img@src"]
        assert all(source.startswith("cid:") for source in re.findall(r'<img[^>]*src="([^"]*)"', page))


def test_no_value_is_taken_for_a_template_or_turns_the_text(sent: list[tuple[bytes, EmailMessage]]) -> None:
    said = "".join(body(mail, kind) for _, mail in sent for kind in ("html", "plain"))
    assert f"{MARK}{{{{7*7}}}}" in said and f"{MARK}49" not in said
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200e\u200f\x00-\x08\x0b\x0c\x0e-\x1f]", said)


def workbooks(config: Config, sent: list[tuple[bytes, EmailMessage]]) -> Iterator[tuple[str, bytes]]:
    yield "master", master.path(config).read_bytes()
    for _, mail in sent:
        for part in mail.iter_attachments():
            if str(part.get_filename()).endswith(".xlsx"):
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                yield str(part.get_filename()), content


def test_no_cell_of_what_goes_out_is_a_formula_or_a_link(config: Config, sent: list[tuple[bytes, EmailMessage]]) -> None:
    seen = 0
    for name, content in workbooks(config, sent):
        for sheet in openpyxl.load_workbook(io.BytesIO(content)):
            for row in sheet.iter_rows():
                for cell in row:
                    if isinstance(cell.value, str) and MARK in cell.value:
                        seen += 1
                        assert cell.data_type == "s", f"{name} {sheet.title} {cell.coordinate}"
                        assert not cell.hyperlink or not cell.hyperlink.target, f"{name} {sheet.title} {cell.coordinate}"
    assert seen > 100


def test_a_calendar_holds_events_of_ours_and_nothing_else(config: Config) -> None:
    paths = list((config.folders.output / "calendar").glob("*.ics"))
    assert len(paths) >= 3
    for path in paths:
        text = path.read_bytes().decode()
        calendar = icalendar.Calendar.from_ical(text)
        assert {part.name for part in calendar.walk()} <= {"VCALENDAR", "VEVENT", "VALARM"}
        assert all(str(event["UID"]).endswith("@crmflow") and event["DTSTART"].dt.year >= 2026 for event in calendar.walk("VEVENT"))
        assert text.count("\r\nBEGIN:VEVENT\r\n") == len(calendar.walk("VEVENT")) and "\n" not in text.replace("\r\n", "")


@pytest.mark.parametrize("scheme", [0, 1], ids=["dark", "light"])
def test_no_script_runs_and_every_mail_keeps_its_width(
    scheme: int, sent: list[tuple[bytes, EmailMessage]], tmp_path: Path, require_real: Callable[[str], str]
) -> None:
    kinds = {str(mail["subject"])[:6] + str(mail["to"].addresses[0].username): body(mail, "html") for _, mail in sent}
    frames = "".join(
        f'<iframe id="{index} {width}" style="width:{width}px;height:900px;border:0" srcdoc="{html.escape(page)}"></iframe>'
        for index, page in enumerate(kinds.values()) for width in WIDTHS
    )
    page = tmp_path / "pages.html"
    check = MEASURE.replace('document.body.textContent = "FOUND"', 'document.body.textContent = (window.hacked ? "HACKED" : "FOUND")')
    page.write_text(f'<!doctype html><meta charset="utf-8">{check}<body>{frames}</body>', encoding="utf-8")
    ended = subprocess.run(
        [require_real("chromium"), "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", f"--user-data-dir={tmp_path / 'profile'}",
         f"--blink-settings=preferredColorScheme={scheme}", "--virtual-time-budget=3000", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=180, check=True,
    )
    found = re.search(r"<body>(FOUND|HACKED)(.*)END", ended.stdout)
    assert found and found[1] == "FOUND", ended.stdout[-300:]
    widths = dict(re.findall(r'"(\d+ \d+)":\[(\d+),', html.unescape(found[2])))
    assert len(widths) == len(kinds) * len(WIDTHS) >= 10
    assert {(list(kinds)[int(name.split()[0])], width) for name, width in widths.items() if width != name.split()[1]} == set()
