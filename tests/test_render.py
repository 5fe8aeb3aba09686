"""Mails as they are read: golden files, untrusted text, broken templates."""

import shutil
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow import render
from crmflow.access import Customer
from crmflow.catalogue import catalogue
from crmflow.config import load
from crmflow.dates import WorkCalendar
from crmflow.digest import digests, workbooks_to_mend
from crmflow.drafts import About, Digest, Draft, Item, Situation, Sums, Tally, Urgency
from crmflow.items import subject_of
from crmflow.model import Accepted, Duty, Expectation, Finding, Grade, Message, Notice, Person, Stage, Text, Where
from crmflow.people import Directory
from crmflow.register import Line, Status

ROOT = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
TEMPLATES = render.load(ROOT / "templates", "恒川环境工程有限公司")
CONFIG = load(ROOT / "config.yaml")
TODAY = date(2026, 7, 22)


def staff(language: str) -> Directory:
    return Directory.of((
        Person("1001", "周建国", "general_manager", email="zhou@hengchuan.example"),
        Person("1002", "陈立", "department_head", "1001", "市场部", "华东", "chen@hengchuan.example", language),
        Person("1003", "王芳", "account_manager", "1002", "市场部", "华东", "wang@hengchuan.example", language),
        Person("1004", "刘洋", "account_manager", "1002", "市场部", "华北", "liu@hengchuan.example", language),
    ))


CUSTOMERS = {
    "HC-001": Customer("HC-001", "临港化工集团", "1003", "华东"),
    "HC-002": Customer("HC-002", "江城热电有限公司", "1003", "华东"),
    "HC-003": Customer("HC-003", "北方制药股份有限公司", "1004", "华北"),
}

FINDINGS = (
    Finding("NOT_A_MOBILE", Where("王芳/临港化工集团 客户档案.xlsx", "附表1 基本情况", "E7"), "1380571234",
            "F1.contacts", "mobile", customer="HC-001", owner="1003"),
    Finding("FORMULA_OVERTYPED", Where("王芳/临港化工集团 客户档案.xlsx", "附表8 收益计划", "D12"), "80",
            "F8.projects", "expected_revenue", {"expected": "72"}, "HC-001", "1003"),
    Finding("NO_DECISION_MAKER", Where("王芳/江城热电有限公司 客户档案.xlsx", "附表4 购买角色", "A6"), "",
            "F4.roles", "role", {"project": "2 号机组脱硫改造"}, "HC-002", "1003"),
    Finding("NOT_A_DATE", Where("刘洋/北方制药 客户档案.xlsx", "接触记录", "A19"), "2026.13.5",
            "F10.reports", "date", customer="HC-003", owner="1004"),
)


def duty(
    rule: str, customer: str, owner: str, due: datetime, stage: Stage, left: tuple[str, str], period: str = "2026Q3",
    last: date | None = None, urgent: bool = False, **facts: str | Text,
) -> Duty:
    name = CUSTOMERS[customer].name
    where = Where(f"{'王芳' if owner == '1003' else '刘洋'}/{name} 客户档案.xlsx", "封面" if rule == "D2" else "接触记录")
    facts_of = {"left": Text(*left), "due": f"{due:%Y-%m-%d}", "customer": name, **facts}
    return Duty(rule, customer, str(facts.get("number", "")), period, owner, due, stage, where, last, facts=facts_of, urgent=urgent)


DUTIES = (
    duty("D2", "HC-001", "1003", datetime(2026, 7, 17, 23, 59, 59), Stage.COPIED, ("已逾期 3 个工作日", "3 working days late"),
         last=date(2026, 4, 2)),
    duty("D2", "HC-002", "1003", datetime(2026, 6, 30, 23, 59, 59), Stage.ESCALATED, ("已逾期 16 个工作日", "16 working days late"),
         "2026Q2", date(2026, 1, 15)),
    duty("D6", "HC-003", "1004", datetime(2026, 7, 10, 23, 59, 59), Stage.ESCALATED, ("已逾期 8 个工作日", "8 working days late"),
         "2026-07-10", action="请客户看新厂"),
    duty("V3", "HC-002", "1002", datetime(2026, 6, 30, 23, 59, 59), Stage.AT_HEAD, ("已逾期 16 个工作日", "16 working days late"),
         "2026Q2", date(2026, 3, 12), roles=Text("部长", "Department head"), grade=Text("重点客户", "Key")),
    duty("C2", "HC-003", "1002", datetime(2026, 7, 22, 12, 30), Stage.AHEAD, ("还有 2 小时", "2 hours left"),
         "2026-07-21", urgent=True, number="TS-2026-015", task="首次响应", field="首次响应时间"),
    duty("C2", "HC-002", "1003", datetime(2026, 7, 22, 10, 30), Stage.OVERDUE, ("已超时 1 小时", "1 hour late"),
         "2026-07-21", number="TS-2026-014", task="首次响应", field="首次响应时间"),
    duty("D11", "HC-001", "1003", datetime(2026, 7, 22, 23, 59, 59), Stage.DUE, ("就是今天", "It is today"),
         "2026-07-22", person="赵敏"),
    duty("V6", "HC-003", "1004", datetime(2026, 8, 31, 23, 59, 59), Stage.AHEAD, ("还有 28 个工作日", "28 working days left"),
         "2026", grade=Text("重点客户", "Key")),
)


MET = Expectation(
    "D2", "HC-003", "", "2026Q2", "1004", date(2026, 6, 30), Where("刘洋/北方制药 客户档案.xlsx", "封面"), {}, met_on=date(2026, 7, 21),
)


def grade(customer: str, tier: str) -> Grade:
    return Grade(customer, "G1", tier, Text(tier, tier), Text("", ""), ())


def plan(customer: str, expected: float, profit: float) -> Accepted:
    values = {"status": "bidding", "expected_revenue": expected, "profit": profit}
    return Accepted("r", "F8.projects", customer, values, Where("x.xlsx"), "2026")


def filed(owner: str, *statuses: Status) -> tuple[Line, ...]:
    """Lines of the filing register that differ in how they stand."""
    due = date(2026, 6, 30)
    customer = "HC-003" if owner == "1004" else "HC-001"
    return tuple(Line("F0", "D2", customer, "", "2026Q2", owner, status, due, due) for status in statuses)


REGISTER = (
    *filed("1003", *[Status.ON_TIME] * 9, Status.LATE, Status.EXPECTED, Status.EXEMPT),
    *filed("1004", Status.ON_TIME, Status.LATE, Status.MISSING, Status.WITH_ERRORS, Status.EXPECTED),
)


def situation(language: str) -> Situation:
    told = Notice("finding", "F4", subject_of(FINDINGS[2]), "0", 0, "1003")
    passed_up = Notice("duty", "D2", "HC-003/", "2026Q2", int(Stage.COPIED), "1002")
    return Situation(
        today=TODAY, calendar=WorkCalendar(), remind_every=5, directory=staff(language), customers=CUSTOMERS,
        catalogue=catalogue(), findings=FINDINGS, duties=DUTIES,
        grades=(grade("HC-001", "vip"), grade("HC-002", "key"), grade("HC-003", "")),
        former_grades=(grade("HC-001", "key"), grade("HC-002", "vip"), grade("HC-003", "")),
        plans=(plan("HC-001", 72, 10.8), plan("HC-002", 240, 36), plan("HC-003", 55.5, 8.3)),
        register=REGISTER, already=frozenset({told, passed_up}), met=(MET,),
    )


def mail(language: str, recipient: str, kind: str) -> Message:
    known = situation(language)
    drafts = digests(replace(known, copies=workbooks_to_mend(known, CONFIG)), CONFIG)
    (draft,) = (draft for draft in drafts if (draft.recipient.number, draft.kind) == (recipient, kind))
    return render.message(draft, TEMPLATES)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(("recipient", "kind"), [("1003", "digest"), ("1002", "digest"), ("1002", "summary")])
def test_the_mails_read_as_they_did(language: str, recipient: str, kind: str, renew_golden: bool) -> None:
    message = mail(language, recipient, kind)
    for suffix, words in (("txt", f"{message.subject}\n\n{message.text}"), ("html", message.html)):
        path = GOLDEN / f"{kind}-{recipient}-{language}.{suffix}"
        if renew_golden:
            path.parent.mkdir(exist_ok=True)
            path.write_text(words, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == words


def told(sentence: str = "请核对。", **more: str) -> Draft:
    """A digest of one item, its texts given."""
    notice = Notice("finding", "F1", "s", "0", 0, "1003")
    where = Where(more.pop("file", "王芳/档案.xlsx"), more.pop("sheet", "附表1"), "E7")
    item = Item(notice, Urgency.MEND, sentence, "F1", "登记联系人。", where, **more)  # type: ignore[arg-type]
    content = Digest((item,), mend=1)
    person = Person("1003", "王芳", "account_manager", email="wang@hengchuan.example")
    return Draft(person, "digest", TODAY, (notice,), ("HC-001",), content)


def test_markup_in_a_cell_is_shown_and_never_obeyed() -> None:
    evil = '<img src=x onerror=alert(1)></td><a href="http://evil.example">点这里</a>'
    html = render.message(told(value=evil, sentence=evil, customer=evil, file=evil, sheet=evil), TEMPLATES).html
    assert "<img" not in html and "<a " not in html
    assert html.count("&lt;img src=x onerror=alert(1)&gt;") == 5


@given(st.text(max_size=80))
def test_no_value_adds_a_tag_or_a_line_to_a_mail(value: str) -> None:
    calm = render.message(told(value="x", sentence="x", customer="x"), TEMPLATES)
    message = render.message(told(value=f"x{value}", sentence=f"x{value}", customer=f"x{value}"), TEMPLATES)
    assert message.html.count("<") == calm.html.count("<")
    assert len(message.text.splitlines()) == len(calm.text.splitlines())


def test_a_value_cannot_turn_the_direction_of_the_text_or_hide_in_it() -> None:
    text = render.message(told(value="12\u202e34\u200b56\x00\r\nBcc: all"), TEMPLATES).text
    assert "“123456 Bcc: all”" in text


def test_a_very_long_value_is_cut() -> None:
    assert "长" * 400 + "…" in render.message(told(value="长" * 5000), TEMPLATES).text


def test_a_subject_is_one_line_whatever_the_template_says(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "templates/zh/digest.subject.j2").write_text("提醒\r\nBcc: all@evil.example\n", encoding="utf-8")
    templates = render.load(tmp_path / "templates", "公司")
    assert render.message(told(), templates).subject == "提醒 Bcc: all@evil.example"


@pytest.mark.parametrize(("line", "sentence"), [
    ("{% if %}", "邮件模板 zh/digest.txt.j2 第 3 行有误：Expected an expression, got 'end of statement block'"),
    ("{{ 1 }", "邮件模板 zh/digest.txt.j2 第 3 行有误：unexpected '}'"),
])
def test_a_template_that_cannot_be_compiled_is_named_with_its_line(tmp_path: Path, line: str, sentence: str) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "templates/zh/digest.txt.j2").write_text(f"一\n二\n{line}\n", encoding="utf-8")
    templates = render.load(tmp_path / "templates", "公司")
    assert [str(error) for error in templates.broken.values()] == [sentence]
    with pytest.raises(render.RenderError) as raised:
        render.message(told(), templates)
    assert (str(raised.value), raised.value.place) == (sentence, "zh/digest.txt.j2:3")


@pytest.mark.parametrize(("line", "reason"), [
    ("{{ nobody }}", "'nobody' is undefined"),
    ("{{ person.salary }}", "has no attribute 'salary'"),
    ("{{ 1 // digest.late }}", "integer division or modulo by zero"),
])
def test_a_template_that_fails_while_it_is_filled_is_named_with_its_line(
    tmp_path: Path, line: str, reason: str
) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "templates/zh/digest.txt.j2").write_text(f"一\n二\n{line}\n", encoding="utf-8")
    templates = render.load(tmp_path / "templates", "公司")
    with pytest.raises(render.RenderError) as raised:
        render.message(told(), templates)
    assert str(raised.value).startswith("邮件模板 zh/digest.txt.j2 第 3 行有误：") and reason in str(raised.value)


def test_a_missing_template_is_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "templates/en/summary.html.j2").unlink()
    templates = render.load(tmp_path / "templates", "公司")
    assert [str(error)[:29] for error in templates.broken.values()] == ["缺少邮件模板 en/summary.html.j2，请从安"]


@pytest.mark.parametrize(("sections", "opening"), [
    ({"urgent": 1, "late": 2}, "有 1 件急事，请马上看。其余的办完急事再看。"),
    ({"late": 2, "today": 1}, "有 2 项已经过了期限，请今天先看这几项。"),
    ({"late": 2, "push": 2}, "您有 2 项已经过了期限，请今天先看；刘洋还有 2 项报到您这里，请帮忙督促。"),
    ({"push": 2, "today": 1}, "刘洋有 2 项工作过了期限，已报到您这里，请帮忙督促。"),
    ({"fyi": 2, "resolved": 1}, "同事有 2 项工作过了期限，抄送给您，暂时不用您处理。"),
    ({"resolved": 3}, "报到您这里的 3 项工作已经办结，不用再跟进。"),
])
def test_a_digest_opens_with_the_one_thing_to_do(sections: dict[str, int], opening: str) -> None:
    draft = told()
    pushed = Sums(About.PUSHED, (Tally("刘洋", sections["push"]),) if "push" in sections else ())
    content = Digest(draft.content.items, pushed=pushed, **sections)  # type: ignore[union-attr,arg-type]
    message = render.message(Draft(draft.recipient, "digest", TODAY, (), (), content), TEMPLATES)
    assert message.text.splitlines()[2] == opening


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_superior_reads_what_to_push_by_person_then_what_to_know_then_what_is_done(language: str) -> None:
    text = mail(language, "1002", "digest").text
    heads = {"zh": ("急事", "已逾期，", "请您督促", "刘洋 · 1", "王芳 · 1", "抄送您", "已经办结"),
             "en": ("URGENT", "OVERDUE,", "NEEDS YOUR PUSH", "刘洋 · 1", "王芳 · 1", "FOR YOUR INF", "DONE SINCE")}
    assert sorted(places := [text.index(head, text.index("\n\n")) for head in heads[language]]) == places


def test_a_person_whose_language_is_unknown_is_written_to_in_chinese() -> None:
    draft = told()
    stranger = Person("1", "Eva", "account_manager", email="e@x.example", language="fr")
    message = render.message(Draft(stranger, "digest", TODAY, (), (), draft.content), TEMPLATES)
    assert message.text.startswith("Eva，您好！")
