"""The last door of a mail: what names a customer that is not its reader's stays inside, whatever made it."""

import shutil
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow import render
from crmflow.access import Customer
from crmflow.digest import digests
from crmflow.drafts import Digest, Draft, Item, Listed, Urgency
from crmflow.gate import Gate, Names, customers_in
from crmflow.model import Finding, Notice, Person, Where
from tests.test_render import CONFIG, CUSTOMERS, ROOT, TEMPLATES, TODAY, situation

GATE = Gate.of(situation("zh"), (TEMPLATES.wording,))
PEOPLE = GATE.directory.people
WANG, LIU, HEAD, GENERAL = (PEOPLE[number] for number in ("1003", "1004", "1002", "1001"))


def item(sentence: str = "请核对。", code: str = "HC-001", customer: str = "临港化工集团", **more: object) -> Item:
    notice = Notice("finding", "F1", "s", "0", 0, "1003")
    return Item(notice, Urgency.MEND, sentence, "F1", "登记联系人。", Where("a.xlsx", "附表1", "E7"), code=code, customer=customer, **more)  # type: ignore[arg-type]


def draft(*items: Item, to: Person = WANG, customers: Iterable[str] = ("HC-001",)) -> Draft:
    return Draft(to, "digest", TODAY, (), tuple(customers), Digest(items, mend=len(items)))


def codes(written: render.Written) -> list[str]:
    return [trouble.code for trouble in written.troubles]


def test_every_mail_of_a_run_goes_through_the_gate_as_it_is() -> None:
    for one in digests(situation("zh"), CONFIG):
        made = render.written(one, TEMPLATES, GATE)
        assert made == render.Written(render.message(one, TEMPLATES))


def test_a_draft_about_a_customer_that_is_not_its_reader_s_is_withheld_and_named() -> None:
    made = render.written(draft(item(), item(code="HC-003", customer="北方制药股份有限公司")), TEMPLATES, GATE)
    (trouble,) = made.troubles
    assert made.message is None
    assert (trouble.code, trouble.value) == ("MAIL_WITHHELD", "HC-003")
    assert trouble.facts["person"] == "王芳"


def test_a_draft_that_only_counts_a_customer_among_its_own_is_withheld_too() -> None:
    assert codes(render.written(draft(item(), customers=("HC-003",)), TEMPLATES, GATE)) == ["MAIL_WITHHELD"]


def test_a_draft_whose_list_has_a_customer_that_is_not_its_reader_s_is_withheld_too() -> None:
    foreign = Finding("NOT_A_DATE", Where("a.xlsx", "s", "A1"), customer="HC-003", owner="1004")
    listed = (Listed(foreign, "F10", Urgency.MEND, "", is_new=True),)
    assert codes(render.written(replace(draft(item()), listed=listed), TEMPLATES, GATE)) == ["MAIL_WITHHELD"]


def test_what_names_a_customer_must_say_which_it_is() -> None:
    assert list(customers_in((item(code=""),))) == [""]
    assert codes(render.written(draft(item(code="")), TEMPLATES, GATE)) == ["MAIL_WITHHELD"]


@pytest.mark.parametrize("person", [HEAD, GENERAL], ids=["head", "general manager"])
def test_who_is_entitled_reads_it(person: Person) -> None:
    both = draft(item(), item(code="HC-003", customer="北方制药股份有限公司"), to=person)
    assert render.written(both, TEMPLATES, GATE).message is not None


def test_who_answers_for_a_fact_may_be_told_of_its_customer_and_nobody_else() -> None:
    clerk = Person("1009", "文员", "sales_clerk", email="c@x.example")
    fact = Finding("NOT_A_DATE", Where("a.xlsx", "s", "A1"), customer="HC-003", owner="1009")
    gate = Gate.of(replace(situation("zh"), findings=(fact,)))
    assert gate.is_open(clerk, "HC-003")
    assert not gate.is_open(clerk, "HC-001")


def test_finance_may_be_told_of_what_looks_like_a_bribe() -> None:
    finance = Person("1008", "财务", "finance", email="f@x.example")
    fact = Finding("BRIBERY", Where("a.xlsx", "s", "A1"), customer="HC-003", owner="1004")
    directory = replace(GATE.directory, people={**PEOPLE, "1008": finance})
    gate = Gate.of(replace(situation("zh"), findings=(fact,), directory=directory))
    assert gate.is_open(finance, "HC-003") and not gate.is_open(finance, "HC-001")


@pytest.mark.parametrize("field", ["sentence", "value", "arithmetic", "of"])
def test_another_customer_s_name_that_staff_typed_is_hidden_and_the_mail_goes(field: str) -> None:
    one = replace(item(), **{field: "与北方制药股份有限公司（HC-003）同行"})  # type: ignore[arg-type]
    made = render.written(draft(one), TEMPLATES, GATE)
    assert made.message and not made.troubles
    for words in (made.message.text, made.message.html):
        assert "北方制药" not in words and "HC-003" not in words
    assert "与***（***）同行" in made.message.text


def leaking(folder: Path, part: str, line: str) -> render.Templates:
    """The shipped templates with a line added to one of a digest's parts."""
    shutil.copytree(ROOT / "templates", folder / "templates")
    path = folder / f"templates/zh/digest.{part}.j2"
    text = path.read_text(encoding="utf-8")
    end = text.replace("{% block foot %}", "{% block foot %}" + line) if part == "html" else text + line
    path.write_text(end, encoding="utf-8")
    return render.load(folder / "templates", "公司")


@pytest.mark.parametrize("part", ["txt", "html", "subject"])
def test_a_template_that_lets_a_name_out_sends_nothing(part: str, tmp_path: Path) -> None:
    templates = leaking(tmp_path, part, '{{ "北方" ~ "制药股份有限公司" }}')
    made = render.written(draft(item()), templates, GATE)
    assert (made.message, codes(made)) == (None, ["MAIL_WITHHELD"])
    assert render.written(draft(item(), to=HEAD), templates, GATE).message is not None


@pytest.mark.parametrize("line", [
    "{{ person.__class__.__mro__ }}", "{{ digest.__init__.__globals__ }}", "{{ ''.__class__ }}", "{{ cycler.__init__.__globals__.os }}",
])
def test_a_template_reaches_nothing_but_what_it_is_given(line: str, tmp_path: Path) -> None:
    made = render.written(draft(item()), leaking(tmp_path, "txt", line), GATE)
    assert codes(made) == ["TEMPLATE_BROKEN"]
    assert made.message and "class" not in made.message.text and "globals" not in made.message.text


def test_a_template_cannot_read_other_files(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("机密", encoding="utf-8")
    made = render.written(draft(item()), leaking(tmp_path, "txt", '{% include "../secret.txt" %}'), GATE)
    assert codes(made) == ["TEMPLATE_BROKEN"] and made.message and "机密" not in made.message.text


# names in a text


def names(*called: str, own_words: str = "") -> Names:
    return Names.of([Customer(f"K{number}", name, "") for number, name in enumerate(called)], own_words)


def found(text: str, *called: str, own_words: str = "") -> list[str]:
    return [text[one.start : one.end] for one in names(*called, own_words=own_words).found(text)]


def test_of_two_names_that_begin_alike_the_longest_is_meant() -> None:
    called = ("南湾生物医药有限公司", "南湾生物医药有限公司珠海分公司")
    assert found("去南湾生物医药有限公司珠海分公司和南湾生物医药有限公司", *called) == [called[1], called[0]]


@pytest.mark.parametrize(("text", "hits"), [
    ("见 KH0001 封面", ["KH0001"]), ("KH0001、KH0001。", ["KH0001", "KH0001"]), ("档案KH0001封面", ["KH0001"]),
    ("KH00012", []), ("AKH0001", []), ("2026KH0001", []),
])
def test_a_code_is_found_where_it_stands_alone(text: str, hits: list[str]) -> None:
    assert found(text, "KH0001") == hits


def test_what_is_too_short_or_a_mere_number_tells_nothing() -> None:
    assert found("美的、2026、请看", "美的", "2026", "看") == []


def test_a_cover_cannot_silence_the_mails_by_calling_a_customer_like_our_own_words() -> None:
    assert found("客户关系管理系统自动发出", "客户关系管理", own_words="某公司客户关系管理系统") == []
    hostile = {"X1": Customer("X1", "客户资料是公司的商业秘密", "1004"), "X2": Customer("X2", "有限公司", "1004"), "X3": Customer("X3", "请在下班前", "1004")}
    gate = Gate.of(replace(situation("zh"), customers={**CUSTOMERS, **hostile}), (TEMPLATES.wording, "恒川环境工程有限公司"))
    for one in digests(situation("zh"), CONFIG):
        assert render.written(one, TEMPLATES, gate).message is not None


def test_a_name_shared_by_two_customers_is_open_to_who_may_see_either() -> None:
    twins = {"A1": Customer("A1", "双胞胎机械厂", "1003"), "A2": Customer("A2", "双胞胎机械厂", "1004")}
    gate = Gate.of(replace(situation("zh"), customers=twins))
    assert [gate.named(person, "双胞胎机械厂") for person in (WANG, LIU)] == [(), ()]


@given(st.lists(st.text(min_size=4, max_size=8), max_size=6), st.text(max_size=60))
def test_what_is_hushed_names_nobody_any_more(called: list[str], text: str) -> None:
    customers = {f"K{number}x": Customer(f"K{number}x", name, "1004") for number, name in enumerate(called)}
    gate = Gate(customers, GATE.directory, {}, Names.of(customers.values()))
    calm = gate.hushed(WANG, draft(item(text)).content)
    assert isinstance(calm, Digest)
    assert gate.named(WANG, calm.items[0].sentence) == ()


# broken templates


def broken(folder: Path, *parts: str) -> render.Templates:
    shutil.copytree(ROOT / "templates", folder / "templates")
    for part in parts:
        (folder / f"templates/zh/{part}.j2").write_text("一\n{{ nobody.knows }}\n", encoding="utf-8")
    return render.load(folder / "templates", "公司")


def test_a_digest_whose_templates_are_all_broken_still_says_everything(tmp_path: Path) -> None:
    templates = broken(tmp_path, "digest.txt", "digest.html", "digest.subject")
    made = render.written(draft(item("请填写手机号 <b>", value="138")), templates, GATE)
    assert sorted(trouble.value for trouble in made.troubles) == ["zh/digest.html.j2:2", "zh/digest.subject.j2:2", "zh/digest.txt.j2:2"]
    assert made.message
    assert made.message.subject == "【客户档案】个人提醒 2026-07-22"
    for words in ("1. 临港化工集团 · 请填写手机号 <b>", "a.xlsx › 附表1 › E7", "138", "F1 登记联系人。"):
        assert words in made.message.text
    assert "请填写手机号 &lt;b&gt;" in made.message.html and "<b>" not in made.message.html


def test_what_is_not_broken_stays_in_the_company_s_words(tmp_path: Path) -> None:
    made = render.written(draft(item()), broken(tmp_path, "digest.html"), GATE)
    calm = render.message(draft(item()), TEMPLATES)
    assert made.message and made.message.subject == calm.subject
    assert "王芳，您好！" in made.message.text and "王芳，您好！" in made.message.html


def test_an_overview_without_its_text_waits_until_the_template_is_mended(tmp_path: Path) -> None:
    (week,) = (one for one in digests(situation("zh"), CONFIG) if one.kind == "summary")
    made = render.written(week, broken(tmp_path, "summary.txt"), GATE)
    assert (made.message, codes(made)) == (None, ["TEMPLATE_BROKEN"])


@pytest.mark.parametrize("content", [b"\xc4\xfa\xba\xc3", b"{% include 'zh/digest.txt.j2' %}", b"{{ 1 }"])
def test_no_template_is_so_broken_that_the_digest_does_not_go(content: bytes, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "templates/zh/digest.txt.j2").write_bytes(content)
    made = render.written(draft(item()), render.load(tmp_path / "templates", "公司"), GATE)
    assert codes(made) == ["TEMPLATE_BROKEN"]
    assert made.message and "请核对。" in made.message.text


def test_a_broken_piece_that_all_mails_share_is_named_with_its_own_line(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "templates/parts.html.j2").write_text("\n\n{% macro %}", encoding="utf-8")
    made = render.written(draft(item()), render.load(tmp_path / "templates", "公司"), GATE)
    assert [trouble.value for trouble in made.troubles] == ["parts.html.j2:3"]
    assert made.message and "请核对。" in made.message.html
