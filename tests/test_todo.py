"""The to-do list that goes with a digest of more than anybody reads: complete, sorted, and of nobody else's customers."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import openpyxl
import pytest
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from crmflow import render
from crmflow.access import Customer
from crmflow.config import Config
from crmflow.digest import digests, workbooks_to_mend
from crmflow.drafts import Digest, Draft, Situation
from crmflow.gate import Gate
from crmflow.model import Attachment, Duty, Expectation, Finding, Stage, Where
from crmflow.reports import todo
from crmflow.rules import RULES
from tests.test_digest import CONFIG, CUSTOMERS, HEAD, LIU, TODAY, WANG, duty, situation, wrong_phone
from tests.test_render import GOLDEN, TEMPLATES

MOST = 90_000
"""Bytes; Gmail cuts a mail off at 102 KB."""
MATTERS = ("D2", "D5", "D6", "C4", "C5", "C8", "V3", "V6", "D7", "D9", "D10", "D13")


def many(count: int) -> Iterator[Duty]:
    """Duties of 刘洋 and 王芳 that have come up to their head, one a day back from yesterday."""
    for number in range(count):
        owner, customer = ("3", "C1") if number % 3 else ("4", "C2")
        due = datetime(2026, 7, 21, 23, 59, 59) - timedelta(days=number % 190)
        rule = MATTERS[number % len(MATTERS)]
        said = re.findall(r"{(\w+)}", (RULES[rule].action or RULES[rule].article).zh)
        one = duty(Stage.ESCALATED, owner, customer, due, rule)._replace(facts={name: f"〈{name}〉" for name in said})
        yield one._replace(subject=f"{number:04}", where=Where(f"{owner}/{customer} {number % 40} 客户档案.xlsx", "接触记录", f"A{number}"))


def wrong(count: int) -> Iterator[Finding]:
    for number in range(count):
        finding = wrong_phone(cell=f"E{7 + number}")
        yield finding._replace(where=Where(f"王芳/临港化工 {number % 60} 客户档案.xlsx", "附表1", f"E{7 + number}"))


def draft_of(known: Situation, number: str, config: Config = CONFIG) -> Draft:
    (found,) = (one for one in digests(known, config) if one.recipient.number == number and isinstance(one.content, Digest))
    return found


def list_of(draft: Draft, known: Situation) -> Attachment:
    order = todo.Order(draft.recipient, draft.on, list(map(tuple, draft.listed)))
    (made,) = todo.written([order], Gate.of(known), CONFIG)
    return made


def sheet_of(attachment: Attachment) -> Worksheet:
    sheet = openpyxl.load_workbook(io.BytesIO(attachment.content)).active
    assert isinstance(sheet, Worksheet)
    return sheet


def rows_of(sheet: Worksheet) -> list[dict[str, Cell]]:
    titles, *rows = sheet.iter_rows()
    return [{str(title.value): cell for title, cell in zip(titles, row, strict=True)} for row in rows]  # type: ignore[misc]


def listed(known: Situation, number: str) -> list[dict[str, Cell]]:
    return rows_of(sheet_of(list_of(draft_of(known, number), known)))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("cap", [20, 40])
@pytest.mark.parametrize("reader", ["2", "3"])
def test_a_digest_of_two_thousand_matters_is_not_cut_off_by_any_mail_program(language: str, cap: int, reader: str) -> None:
    people = (replace(one, language=language) for one in (HEAD, WANG, LIU))
    known = situation(*people, duties=tuple(many(2_000)), findings=tuple(wrong(2_000)))
    known = replace(known, already=frozenset(draft_of(replace(known, findings=()), "3").notices[:500]))
    config = CONFIG.model_copy(update={"mail": CONFIG.mail.model_copy(update={"items_per_person": cap})})
    draft = draft_of(known, reader, config)
    assert isinstance(draft.content, Digest) and len(draft.content.items) == cap and draft.content.beyond > 1_000
    made = render.written(draft, TEMPLATES, Gate.of(known, (TEMPLATES.wording,))).message
    assert made
    assert len(made.html.encode()) < MOST
    assert len(made.text.encode()) < MOST / 2


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_mail_of_too_much_reads_as_it_did(language: str, renew_golden: bool) -> None:
    people = (replace(one, language=language) for one in (HEAD, WANG, LIU))
    mine = tuple(duty(Stage.OVERDUE, "2", "C2", rule="D2", due=datetime(2026, 7, day))._replace(subject=f"{day}") for day in range(6, 10))
    known = situation(*people, duties=(*many(60), *mine), findings=tuple(one._replace(owner="2") for one in wrong(25)))
    known = replace(known, copies=workbooks_to_mend(known, CONFIG))
    made = render.written(draft_of(known, "2"), TEMPLATES, Gate.of(known, (TEMPLATES.wording,))).message
    assert made
    for suffix, words in (("txt", f"{made.subject}\n\n{made.text}"), ("html", made.html)):
        path = GOLDEN / f"digest-crowded-{language}.{suffix}"
        if renew_golden:
            path.write_text(words, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == words


def test_only_what_is_overdue_is_red() -> None:
    late = [duty(Stage.OVERDUE, "3", "C1", rule="D2", due=datetime(2026, 7, 6))._replace(subject=f"{n}") for n in range(20)]
    soon = [duty(Stage.AHEAD, "3", "C1", rule="D10", due=datetime(2026, 8, 20))._replace(subject=f"{n}") for n in range(20)]
    known = situation(duties=(*late, *soon))
    made = render.written(draft_of(known, "3"), TEMPLATES, Gate.of(known, (TEMPLATES.wording,))).message
    assert made
    colours = dict(re.findall(r"<span[^>]*>(D\d+)</span>.*?share bar-(\w+)", made.html, re.DOTALL))
    assert colours == {"D2": "red", "D10": "blue"}


def test_nothing_that_counts_as_told_is_missing_from_the_list() -> None:
    known = situation(duties=tuple(many(300)), findings=tuple(wrong(40)))
    draft = draft_of(known, "3")
    rows = listed(known, "3")
    assert len(draft.notices) == len(rows) == 200 + 40
    places = {(row["工作簿"].value, row["单元格"].value) for row in rows}
    assert {(one.where.file, one.where.cell) for one in (*many(300), *wrong(40)) if one.owner == "3"} == places
    assert {row["紧急程度"].value for row in rows} == {"已逾期", "待更正"}


def test_a_superior_s_list_says_whose_everything_is_and_is_sorted_by_person_customer_and_day() -> None:
    rows = listed(situation(duties=tuple(many(300))), "2")
    assert [row["谁的事"].value for row in rows] == ["刘洋"] * 100 + ["王芳"] * 200
    days = [row["期限"].value for row in rows[100:]]
    assert days == sorted(days)
    assert {row["提醒"].value for row in rows} == {"新"}


def test_a_line_says_what_to_do_where_and_until_when_in_cells_that_can_be_sorted_and_filtered() -> None:
    sheet = sheet_of(list_of(draft_of(known := situation(duties=tuple(many(90))), "3"), known))
    first = rows_of(sheet)[0]
    assert first["期限"].value == min(one.due_at for one in many(90) if one.owner == "3").replace(hour=0, minute=0, second=0)
    assert (first["期限"].is_date, first["期限"].number_format) == (True, "yyyy-mm-dd")
    assert (first["客户"].value, first["工作表"].value) == ("临港化工", "接触记录")
    assert first["条款"].value in RULES and len(str(first["要做什么"].value)) > 10
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("D2", f"A1:J{sheet.max_row}")
    assert sheet.column_dimensions["D"].width >= todo.SENTENCE_WIDTH
    assert {cell.font.name for cell in sheet[2] if cell.value} == {"微软雅黑"}


def test_text_that_begins_like_a_formula_stays_text() -> None:
    formula = '=HYPERLINK("http://evil.example","点这里")'
    named = {**CUSTOMERS, "C1": Customer("C1", formula, "3", "华东")}
    findings = tuple(one._replace(where=one.where._replace(sheet="=1+1", file="+cmd|x.xlsx")) for one in wrong(30))
    known = replace(situation(findings=findings), customers=named)
    for row in listed(known, "3"):
        assert (row["客户"].value, row["客户"].data_type) == (formula, "s")
        assert (row["工作表"].value, row["工作表"].data_type) == ("=1+1", "s")


@pytest.mark.parametrize(("value", "shown"), [("x" * 40_000, "x" * 900), ("一\r\n二\u202e三\x00", "一 二三")])
def test_no_cell_is_so_odd_that_the_list_cannot_be_written(value: str, shown: str) -> None:
    findings = tuple(one._replace(value=f"{value}{number}") for number, one in enumerate(wrong(30)))
    assert shown in str(listed(situation(findings=findings), "3")[0]["要做什么"].value)


def test_a_customer_that_staff_typed_is_hidden_from_who_may_not_see_it_and_shown_to_who_may() -> None:
    findings = tuple(one._replace(value="北方制药（C2）同行") for one in wrong(30))
    known = replace(situation(findings=findings), customers={**CUSTOMERS, "C2": Customer("C2", "北方制药", "4", "华北", aliases=("北方制药",))})
    mine = [str(row["要做什么"].value) for row in listed(known, "3")]
    assert not any("北方制药" in sentence for sentence in mine) and all("***" in sentence for sentence in mine)
    passed_up = tuple(one._replace(owner="2") for one in findings)
    assert all("北方制药" in str(row["要做什么"].value) for row in listed(replace(known, findings=passed_up), "2"))


def test_who_does_not_see_the_customer_reads_the_list_masked_as_the_mail() -> None:
    findings = tuple(one._replace(value="1380571234567", owner="5") for one in wrong(30))
    rows = listed(situation(findings=findings), "5")
    assert len(rows) == 30
    assert not any("1380571234567" in str(row["要做什么"].value) for row in rows)


def test_what_is_done_stands_in_the_list_too() -> None:
    met = tuple(
        Expectation("D2", "C1", f"{number}", "2026Q2", "3", date(2026, 6, 30), Where("a.xlsx", "封面"), {}, met_on=date(2026, 7, 1))
        for number in range(30)
    )
    told = {notice for number in range(30) for notice in draft_of(situation(duties=(duty(Stage.COPIED)._replace(subject=f"{number}", period="2026Q2"),)), "2").notices}
    rows = listed(situation(met=met, already=frozenset(told)), "2")
    assert [(row["紧急程度"].value, row["谁的事"].value) for row in rows] == [("已办结", "王芳")] * 30
    assert str(rows[0]["要做什么"].value).startswith("已办结（2026-07-01）")


def test_the_list_is_in_the_reader_s_language() -> None:
    english = replace(WANG, language="en")
    made = list_of(draft_of(known := situation(HEAD, english, findings=tuple(wrong(30))), "3"), known)
    assert made.name == f"To-do list {TODAY}.xlsx"
    assert [cell.value for cell in sheet_of(made)[1]] == ["Urgency", "Due", "Customer", "What to do", "Whose", "Rule", "Workbook", "Sheet", "Cell", "Told"]


def test_two_people_of_one_name_are_told_apart_by_their_numbers() -> None:
    twin = replace(LIU, number="8", name="王芳")
    duties = tuple(one._replace(owner="8" if one.owner == "4" else "3", customer="C1") for one in many(60))
    rows = listed(situation(HEAD, WANG, twin, duties=duties), "2")
    assert {row["谁的事"].value for row in rows} == {"王芳 (3)", "王芳 (8)"}
