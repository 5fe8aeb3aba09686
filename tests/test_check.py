"""The checks: what a declaration refuses, what rows and forms must agree on, and that a cell is reported once."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from crmflow.catalogue import catalogue
from crmflow.check import schema
from crmflow.check.books import Checked, check_books
from crmflow.check.rules import Archive, Reference
from crmflow.codes import describe
from crmflow.model import Book, FileState, Finding, Person, Where, WorkbookKind
from crmflow.people import Directory
from tests import books
from tests.tiny import PEOPLE, cover

TODAY = date(2026, 7, 15)
STAFF = Directory.of([
    Person("1001", "陈建国", "department_head"), Person("1002", "王芳", "account_manager", superior="1001"),
    Person("1003", "李伟", "account_manager"), Person("1004", "李伟", "account_manager"),
    Person("1005", "赵离", "account_manager", left_on=date(2026, 6, 30)),
])
PERSONS = """
    姓名   | 职务     | 信息渠道等级 | 告知同意 | 更新日期
    赵建国 | 设备部长 | 3            | 是       | 2026-05-01
    钱进   | 厂长     | 3            | 是       | 2026-05-01
"""


def check(*found: Book, reference: Reference | None = None) -> tuple[Checked, ...]:
    return check_books(found, catalogue(), reference or Reference(STAFF, {}), TODAY)


def findings(blocks: dict[str, str], kind: WorkbookKind = WorkbookKind.ARCHIVE, **known: object) -> list[Finding]:
    reference = Reference(known.get("people", STAFF), known.get("customers", {}))  # type: ignore[arg-type]
    return list(check(books.book(blocks, kind), reference=reference)[0].all_findings)


def codes(blocks: dict[str, str], kind: WorkbookKind = WorkbookKind.ARCHIVE, **known: object) -> list[tuple[str, str]]:
    return [(finding.code, finding.field_id) for finding in findings(blocks, kind, **known)]


def test_a_clean_archive_has_no_finding() -> None:
    assert findings({"F0.cover": cover(), "F2.persons": PERSONS}) == []


@pytest.mark.parametrize(("amount", "rate", "margin", "expected"), [
    ("120", "60%", "15%", []),
    ("", "60%", "15%", [("REQUIRED", "contract_amount")]),
    ("-1", "60%", "15%", [("BELOW_MINIMUM", "contract_amount")]),
    ("120", "'101%", "15%", [("ABOVE_MAXIMUM", "win_rate")]),
    ("120", "60%", "'-101%", [("BELOW_MINIMUM", "margin")]),
    ("很多", "60%", "15%", [("NOT_A_NUMBER", "contract_amount")]),
])
def test_a_cell_is_reported_once_by_what_is_wrong_with_it(
    amount: str, rate: str, margin: str, expected: list[tuple[str, str]]
) -> None:
    projects = f"""
        项目     | 合同额（万元） | 获取率 | 利润率   | 状态
        二期厂房 | {amount}       | {rate} | {margin} | 丢失
    """
    plan = "年度 | 2026\n目标描述 | 新签两个项目"
    assert codes({"F8.plan": plan, "F8.projects": projects}) == expected


@pytest.mark.parametrize(("typed", "code"), [("2026-07-16", "IN_FUTURE"), ("2026-07-15", "")])
def test_today_has_come_and_tomorrow_has_not(typed: str, code: str) -> None:
    found = findings({"F0.cover": cover(核定日期=typed)})
    assert [finding.code for finding in found] == ([code] if code else [])


def test_a_choice_off_the_list_and_a_text_too_long_are_refused() -> None:
    long = "长" * 256
    assert set(codes({"F0.cover": cover(客户阶段="热情", 行业=long)})) == {("NOT_IN_LIST", "stage"), ("TOO_LONG", "industry")}


def test_a_finding_names_its_file_sheet_and_cell() -> None:
    found = findings({"F0.cover": cover(客户阶段="热情")})[0]
    assert found.where == Where("a.xlsx", "封面", "B8")
    assert "热情" in describe(found, "zh", catalogue().field("F0.cover", "stage"))


def test_a_crashed_check_raises_rather_than_calling_rows_clean(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schema, "_holds", lambda field, today: pl.col("no such column") > 0)
    with pytest.raises(RuntimeError, match="broke"):
        findings({"F0.cover": cover()})


def test_a_row_with_the_key_of_another_is_told_which_row_it_repeats() -> None:
    sales = """
        单据号 | 日期       | 金额（元）
        S-1    | 2026-03-02 | 100
        S-2    | 2026-03-02 | 200
        S-1    | 2026-03-09 | 300
    """
    found = [one for one in findings({"F0.cover": cover(), "F11.transactions": sales}) if one.code == "KEY_DOUBLED"]
    assert [(one.value, one.facts["other"]) for one in found] == [("S-1", "5")]


@pytest.mark.parametrize(("blocks", "expected"), [
    ({"F0.cover": cover(核定日期="2026-01-01")}, ("TIMES_OUT_OF_ORDER", "verified_on")),
    ({"F0.cover": cover(优惠政策="返 2%")}, ("TERMS_WITHOUT_APPROVAL", "terms_approved_by")),
    ({"F1.contacts": "机构 | 所处地点 | 主要联系人\n本部 | 杭州 | 赵建国"}, ("REQUIRED_ONE_OF", "mobile")),
    ({"F8.plan": "年度 | 2026\n目标描述 | 签约",
      "F8.projects": "项目 | 合同额（万元） | 获取率 | 利润率 | 状态\n二期 | 1 | 1% | 1% | 签约"}, ("REQUIRED_WHEN", "actual_amount")),
    ({"F11.transactions": "单据号 | 日期 | 金额（元）\nS-1 | 2026-03-02 | 100",
      "F0.cover": cover(付款信用="")}, ("CREDIT_TERM_REQUIRED", "payment_credit")),
    ({"F0.cover": cover(manager="无此人")}, ("NOT_STAFF", "account_manager")),
    ({"F0.cover": cover(manager="李伟")}, ("STAFF_AMBIGUOUS", "account_manager")),
    ({"F0.cover": cover(manager="赵离")}, ("STAFF_LEFT", "account_manager")),
    ({"F2.persons": PERSONS, "F4.roles": "关键人物 | 角色 | 关心的要点\n孙无名 | 决策者 | 价格"},
     ("PERSON_WITHOUT_PROFILE", "key_person")),
    ({"F2.persons": PERSONS, "F3.relations": "关键人物 | 关系状况\n赵建国 | 积极的"},
     ("RELATION_WITHOUT_OUR_PERSON", "our_person")),
    ({"F8.plan": "年度 | 2026\n目标描述 | 签约",
      "F8.projects": "项目 | 合同额（万元） | 获取率 | 利润率 | 状态\n二期 | 1 | 1% | 1% | 跟踪"}, ("NO_DECISION_MAKER", "project")),
    ({"F5.information": "信息类别 | 信息内容 | 信息渠道等级 | 获取日期 | 对我方的影响 | 重要程度\n竞争对手 | 标底已定 | 4 | 2026-05-01 | 大 | 重要"},
     ("TENDER_INFORMATION", "information")),
])
def test_a_rule_is_broken(blocks: dict[str, str], expected: tuple[str, str]) -> None:
    assert expected in codes(blocks)


def test_a_relation_with_nobody_needs_nobody_of_ours() -> None:
    relations = "关键人物 | 关系状况\n赵建国 | 尚未建立关系"
    assert findings({"F2.persons": PERSONS, "F3.relations": relations}) == []


def test_everybody_in_a_circle_of_superiors_is_told_the_whole_circle() -> None:
    relations = """
        关键人物 | 上级   | 我方联系人 | 关系状况
        赵建国   | 钱进   | 王芳       | 积极的
        钱进     | 赵建国 | 王芳       | 积极的
    """
    found = [one for one in findings({"F2.persons": PERSONS, "F3.relations": relations}) if one.code == "REPORTS_TO_CYCLE"]
    assert [one.facts["chain"] for one in found] == ["赵建国 → 钱进 → 赵建国", "钱进 → 赵建国 → 钱进"]


def test_three_relations_on_one_person_are_a_risk_worth_a_warning() -> None:
    rows = "\n".join(f"{name} | 王芳 | 积极的" for name in ("甲", "乙", "丙"))
    persons = "姓名 | 职务 | 信息渠道等级 | 告知同意 | 更新日期\n" + "\n".join(
        f"{name} | 厂长 | 3 | 是 | 2026-05-01" for name in ("甲", "乙", "丙"))
    blocks = {"F2.persons": persons, "F3.relations": f"关键人物 | 我方联系人 | 关系状况\n{rows}"}
    assert codes(blocks) == [("RELATIONS_ON_ONE_PERSON", "our_person")]
    assert codes({**blocks, "F3.relations": blocks["F3.relations"].replace("丙 | 王芳", "丙 | 陈建国")}) == []


def test_the_register_is_checked_against_itself() -> None:
    people = """
        工号  | 姓名 | 角色     | 上级工号 | 部门   | 邮箱           | 代理人
        '1001 | 甲   | 部长     | '1002    | 市场部 | a@a.example    | 丁
        '1002 | 乙   | 客户经理 | '1001    | 市场部 | b@a.example    |
        '1003 | 丙   | 客户经理 | '9999    | 市场部 | c@a.example    |
    """
    found = codes({"F30.people": people}, WorkbookKind.STAFF)
    assert sorted(found) == [
        ("NOT_STAFF", "deputy"), ("SUPERIOR_CYCLE", "superior"), ("SUPERIOR_CYCLE", "superior"),
        ("SUPERIOR_NOT_STAFF", "superior"),
    ]


def test_a_company_in_the_monthly_report_that_has_no_archive_is_asked_about() -> None:
    news = """
        客户或行业           | 信息类别   | 信息内容 | 信息渠道等级 | 重要程度
        江南精密制造有限公司 | 战略方向   | 扩产     | 1            | 一般
        无名有限公司         | 战略方向   | 扩产     | 1            | 一般
        新能源行业           | 战略方向   | 扩产     | 1            | 一般
    """
    report = "客户经理 | 王芳\n月份 | 2026-06-01\n提交日期 | 2026-07-03"
    customers = {"KH0012": Archive("w", "KH0012", "江南精密制造有限公司", "", "x.xlsx")}
    found = findings({"F20.report": report, "F20.news": news}, WorkbookKind.MONTHLY, customers=customers)
    assert [(one.code, one.value) for one in found] == [("UNKNOWN_CUSTOMER", "无名有限公司")]


def named(book: Book, workbook_id: str, file: str) -> Book:
    return replace(book, workbook_id=workbook_id, state=FileState(file, 1, 1))


def test_of_two_archives_of_one_customer_the_one_that_stands_is_right() -> None:
    new = named(books.book({"F0.cover": cover()}), "new", "新.xlsx")
    customers = {"KH0012": Archive("old", "KH0012", "江南", "", "旧.xlsx")}
    assert [one.code for one in check(new, reference=Reference(STAFF, {}))[0].all_findings] == []
    found = next(check(new, reference=Reference(STAFF, customers))[0].all_findings)
    assert (found.code, found.facts["original"]) == ("CUSTOMER_DOUBLED", "旧.xlsx")
    assert list(check(replace(new, workbook_id="old"), reference=Reference(STAFF, customers))[0].all_findings) == []


def test_two_archives_with_one_credit_code_are_told_of_each_other() -> None:
    code = "91350200MA0000001W"
    one = named(books.book({"F0.cover": cover("KH1", 统一社会信用代码=code)}), "1", "1.xlsx")
    two = named(books.book({"F0.cover": cover("KH2", 统一社会信用代码=code)}), "2", "2.xlsx")
    assert [[f.code for f in checked.all_findings] for checked in check(one, two)] == [[], ["CREDIT_CODE_DOUBLED"]]


def test_a_second_staff_register_cannot_redefine_a_person() -> None:
    second = named(books.book({"F30.people": PEOPLE}, WorkbookKind.STAFF), "second", "另一份.xlsx")
    reference = Reference(STAFF, {}, {"1002": ("first", "人员.xlsx")})
    found = list(check(second, reference=reference)[0].all_findings)
    assert [(one.code, one.value, one.facts["original"]) for one in found] == [("PERSON_DOUBLED", "1002", "人员.xlsx")]


def test_a_phone_that_cannot_be_read_is_not_also_a_missing_one() -> None:
    contact = "机构 | 所处地点 | 主要联系人 | 办公电话\n本部 | 杭州 | 赵建国 | 打总机"
    assert codes({"F1.contacts": contact}) == [("NOT_A_PHONE", "office_phone")]
