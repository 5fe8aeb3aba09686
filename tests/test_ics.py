"""Calendar files, as another program reads them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event

from crmflow import ics
from crmflow.access import Customer
from crmflow.config import Config
from crmflow.ics import Office
from crmflow.model import Duty, Person, Stage, Text, Where
from crmflow.people import Directory
from crmflow.store import archive, mailbox
from crmflow.texts import plain
from tests import tiny

in_this_process = tiny.in_this_process
NOW = datetime(2026, 7, 22, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
WANG = Person("1003", "王芳", "account_manager", "1002", "市场部")
ZHAO = Person("1005", "Zhao", "sales_staff", "1003", "市场部", language="en")
CUSTOMERS = {"C1": Customer("C1", "临港化工集团", "1003")}
OFFICE = Office("恒川", ZoneInfo("Asia/Shanghai"), Directory.of((WANG, ZHAO)), CUSTOMERS, NOW)
DAY = datetime(2026, 9, 30, 23, 59, 59)


def duty(due: datetime = DAY, rule: str = "D2", owner: str = "1003", subject: str = "", **facts: str) -> Duty:
    known = {"left": Text("还有 50 个工作日", "50 left"), "due": f"{due:%Y-%m-%d}", "customer": "临港化工集团", "person": "赵敏", **facts}
    return Duty(rule, "C1", subject, "2026Q3", owner, due, Stage.AHEAD, Where("王芳/临港.xlsx", "封面"), facts=known)


def feed(*duties: Duty, former: str = "", person: Person = WANG, later: timedelta = timedelta()) -> str:
    return ics.feed(person, duties, former, replace(OFFICE, now=NOW + later))


def events(text: str) -> list[Event]:
    return list(Calendar.from_ical(text).walk("VEVENT"))


def only(text: str) -> Event:
    (event,) = events(text)
    return event


def test_a_duty_of_a_day_is_an_all_day_event_with_an_alarm_ahead() -> None:
    text = feed(duty())
    calendar, event = Calendar.from_ical(text), only(text)
    assert (calendar["METHOD"], calendar["VERSION"]) == ("PUBLISH", "2.0")
    assert event.decoded("DTSTART") == date(2026, 9, 30)
    assert (event["SUMMARY"], event["STATUS"], event["SEQUENCE"]) == ("临港化工集团：客户档案每季度核定一次，每三个月补充或调整", "CONFIRMED", 0)
    (alarm,) = event.walk("VALARM")
    assert (alarm["ACTION"], alarm.decoded("TRIGGER")) == ("DISPLAY", timedelta(hours=-15))


def test_its_description_says_what_to_do_why_and_where_but_no_days_left() -> None:
    todo, arithmetic, where, rule = only(feed(duty()))["DESCRIPTION"].split("\n")
    assert todo.startswith("到期提醒（期限 2026-09-30）。请核对 临港化工集团 的档案，")
    assert arithmetic == "还没有记录 · 每季度一次"
    assert where == "王芳/临港.xlsx › 封面" and rule.startswith("D2 ")


def test_a_duty_of_hours_is_an_event_at_its_moment_whatever_the_reader_s_zone() -> None:
    event = only(feed(duty(datetime(2026, 7, 23, 10, 15), "C2", number="TS-1", task="答复", field="首次响应时间")))
    assert event.decoded("DTSTART") == datetime(2026, 7, 23, 2, 15, tzinfo=UTC)


def test_everybody_reads_their_own_language() -> None:
    event = only(feed(duty(owner="1005"), person=ZHAO))
    assert event["SUMMARY"].startswith("临港化工集团: Every customer") and event["DESCRIPTION"].startswith("Reminder (due")


def test_the_same_duties_give_the_same_bytes_on_another_day() -> None:
    first = feed(duty(), duty(rule="D6", subject="r1", action="谈新厂"))
    assert feed(duty(rule="D6", subject="r1", action="谈新厂"), duty(left="还有 49 个工作日"), former=first, later=timedelta(days=1)) == first


def test_another_due_day_is_the_same_event_revised() -> None:
    first = feed(duty())
    again = feed(duty(DAY + timedelta(days=1)), former=first, later=timedelta(days=1))
    before, after = only(first), only(again)
    assert (after["UID"], after["SEQUENCE"], after.decoded("DTSTART")) == (before["UID"], 1, date(2026, 10, 1))
    assert after.decoded("DTSTAMP") - before.decoded("DTSTAMP") == timedelta(days=1)


def test_each_announcement_of_a_duty_is_the_same_event() -> None:
    announced = duty()._replace(period="2026Q3-7", announced=7)
    assert feed(duty(), former=feed(announced)) == feed(announced)


def test_what_is_done_is_cancelled_without_its_details_and_in_the_end_left_out() -> None:
    first = feed(duty())
    off = feed(former=first, later=timedelta(days=1))
    event = only(off)
    assert (event["UID"], event["STATUS"], event["SEQUENCE"]) == (only(first)["UID"], "CANCELLED", 1)
    assert event.decoded("DTSTART") == date(2026, 9, 30) and "DESCRIPTION" not in event and not event.walk("VALARM")
    assert feed(former=off, later=timedelta(days=60)) == off
    assert events(feed(former=off, later=timedelta(days=62))) == []


def test_what_is_asked_again_comes_back_as_the_same_event() -> None:
    off = feed(former=feed(duty()))
    assert (only(feed(duty(), former=off))["STATUS"], only(feed(duty(), former=off))["SEQUENCE"]) == ("CONFIRMED", 2)


def test_a_duty_that_passes_to_somebody_else_is_cancelled_with_the_one_and_new_with_the_other() -> None:
    mine = feed(duty())
    assert only(feed(former=mine))["STATUS"] == "CANCELLED"
    theirs = only(feed(duty(owner="1005"), person=ZHAO))
    assert theirs["UID"] != only(mine)["UID"]


def test_who_may_not_see_the_customer_reads_no_personal_data() -> None:
    assert "赵敏" in feed(duty(rule="D11"))
    assert "赵敏" not in feed(duty(rule="D11", owner="1005"), person=ZHAO)
    assert "赵敏" not in only(feed(duty(rule="D11")))["SUMMARY"]


EVIL = "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nUID:1@evil\r\nATTACH:http://evil.example\r\n;\\n,\\"


@settings(max_examples=300)
@example(EVIL)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=200))
def test_no_cell_adds_a_line_and_every_cell_is_read_back_as_it_was(cell: str) -> None:
    office = replace(OFFICE, customers={"C1": Customer("C1", cell, "1003")})
    owed = duty(rule="D6", subject=cell, action=cell)._replace(where=Where(f"x{cell}", cell))
    text = ics.feed(WANG, (owed,), "", office)
    event = only(text)
    assert plain(cell).strip() in event["DESCRIPTION"]
    assert set(event) == {"UID", "DTSTAMP", "SEQUENCE", "DTSTART", "SUMMARY", "DESCRIPTION", "CATEGORIES", "CLASS", "TRANSP", "STATUS"}
    assert text.endswith("\r\n") and "\n" not in text.replace("\r\n", "")
    for line in text.encode().split(b"\r\n"):
        assert len(line) <= 75
        line.decode()
    assert ics.feed(WANG, (owed,), text, office) == text
    assert only(ics.feed(WANG, (), text, office))["STATUS"] == "CANCELLED"


@settings(max_examples=200)
@given(st.lists(st.dictionaries(st.sampled_from("abc"), st.integers(1, 3), max_size=3), max_size=8))
def test_over_any_history_what_stands_is_what_is_due_and_no_revision_goes_back(history: list[dict[str, int]]) -> None:
    text, sequences, days = "", {}, {}
    for at, due in enumerate(history):
        owed = [duty(DAY + timedelta(days=day), subject=subject) for subject, day in due.items()]
        text = feed(*owed, former=text, later=timedelta(days=at))
        found = {event["UID"]: event for event in events(text)}
        standing = {uid: event.decoded("DTSTART") for uid, event in found.items() if event["STATUS"] == "CONFIRMED"}
        assert sorted(standing.values()) == sorted((DAY + timedelta(days=day)).date() for day in due.values())
        for uid, event in found.items():
            state = (event.decoded("DTSTART"), event["STATUS"])
            assert event["SEQUENCE"] == sequences.get(uid, -1) + (state != days.get(uid))
            sequences[uid], days[uid] = event["SEQUENCE"], state
        assert sequences.keys() <= found.keys()


def test_only_the_files_of_those_whose_duties_changed_are_written(tmp_path: Path) -> None:
    assert ics.write(tmp_path, (duty(), duty(owner="1005")), OFFICE) == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1003.ics", "1005.ics"]
    assert ics.write(tmp_path, (duty(), duty(owner="1005")), OFFICE) == 0
    assert ics.write(tmp_path, (duty(),), OFFICE) == 1
    assert only((tmp_path / "1005.ics").read_bytes().decode())["STATUS"] == "CANCELLED"


def test_what_is_only_to_be_known_stands_in_no_calendar(tmp_path: Path) -> None:
    assert ics.write(tmp_path, (duty(rule="D3", information="扩建"),), OFFICE) == 0


def test_who_left_keeps_no_calendar_of_ours(tmp_path: Path) -> None:
    ics.write(tmp_path, (duty(),), OFFICE)
    gone = replace(OFFICE, directory=Directory.of((replace(WANG, left_on=date(2026, 7, 21)), ZHAO)))
    ics.write(tmp_path, (), gone)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", ["../1003", "a/b", "..", "C:\\x", "张三"])
def test_a_staff_number_never_leads_out_of_the_folder(tmp_path: Path, number: str) -> None:
    office = replace(OFFICE, directory=Directory.of((replace(WANG, number=number),)))
    assert ics.write(tmp_path / "calendar", (duty(owner=number),), office) == 1
    assert len(list((tmp_path / "calendar").iterdir())) == 1 and len(list(tmp_path.iterdir())) == 1


def test_a_file_that_somebody_holds_open_waits_for_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ics.write(tmp_path, (duty(),), OFFICE)
    before = (tmp_path / "1003.ics").read_bytes()

    def held(path: Path) -> None:
        raise PermissionError(path)

    with monkeypatch.context() as patched:
        patched.setattr(ics, "replacing", held)
        assert ics.write(tmp_path, (), OFFICE) == 0
    assert (tmp_path / "1003.ics").read_bytes() == before
    assert ics.write(tmp_path, (), OFFICE) == 1


def test_a_former_file_that_is_not_ours_is_begun_anew() -> None:
    assert only(feed(duty(), former="BEGIN:VCALENDAR\r\nnonsense"))["SEQUENCE"] == 0


def carried(config: Config) -> dict[str, bytes]:
    """The calendar that each person's mail carries."""
    store = archive.open_store(config.store_url, config.catalogue)
    with store.engine.connect() as connection:
        mails = [(one.recipient, message_from_bytes(one.raw, policy=policy.default)) for one in mailbox.messages(connection)]
    return {
        recipient: file.get_payload(decode=True) for recipient, mail in mails for file in mail.iter_attachments()  # type: ignore[attr-defined, misc]
        if file.get_filename() == "crmflow.ics"
    }


def test_a_run_leaves_a_calendar_for_each_who_owes_something_and_a_preview_none(tmp_path: Path, in_this_process: None) -> None:
    config = tiny.company(tmp_path)
    tiny.at(config, preview=True)
    assert not (config.folders.output / "calendar").exists()
    tiny.at(config)
    wang = (config.folders.output / "calendar" / "1002.ics").read_bytes().decode()
    assert {event["CATEGORIES"].to_ical().decode() for event in events(wang)} >= {"D1"}
    assert carried(config) == {}


def test_where_the_company_wants_it_each_mail_carries_the_calendar_that_lies_in_the_folder(tmp_path: Path, in_this_process: None) -> None:
    tiny.company(tmp_path)
    config = tiny.settle(tmp_path, **{"calendar: false": "calendar: true"})
    tiny.at(config)
    calendars = carried(config)
    assert "1002" in calendars
    for number, content in calendars.items():
        assert content == (config.folders.output / "calendar" / f"{number}.ics").read_bytes()
