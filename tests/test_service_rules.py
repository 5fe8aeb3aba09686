"""Customer plans, surveys, care, service tickets, incentives and orders in an archive (F9, F13, F15–F19)."""

from datetime import date, datetime

import pytest

from crmflow.catalogue import catalogue
from crmflow.check.rules import Limits, Usage, usage_of
from tests.judged import codes, found

PERSONS = """
    姓名   | 职务     | 信息渠道等级 | 告知同意 | 更新日期
    赵建国 | 设备部长 | 3            | 是       | 2026-05-01
"""


def _plan(**values: str) -> str:
    lines = {"年度": "2026", "年度目标": "新签三期项目", **values}
    return "\n".join(f"{label} | {value}" for label, value in lines.items())


def test_a_plan_that_is_not_approved_yet_is_in_order() -> None:
    assert codes({"F9.plan": _plan(拟定日期="2026-01-12")}) == []


@pytest.mark.parametrize(("who", "code"), [("陈亮", []), ("王芳", [("PLAN_NOT_BY_HEAD", "approved_by")])])
def test_only_the_department_head_approves_a_plan(who: str, code: list[tuple[str, str]]) -> None:
    assert codes({"F9.plan": _plan(批准人=who, 批准日期="2026-01-20")}) == code


def test_an_approval_is_a_person_and_a_day_and_comes_after_the_draft() -> None:
    assert codes({"F9.plan": _plan(批准人="陈亮")}) == [("REQUIRED_WHEN", "approved_on")]
    assert codes({"F9.plan": _plan(归档日期="2026-02-01")}) == [("REQUIRED_WHEN", "approved_on")]
    assert codes({"F9.plan": _plan(拟定日期="2026-02-01", 批准人="陈亮", 批准日期="2026-01-20")}) == [
        ("TIMES_OUT_OF_ORDER", "approved_on")
    ]


def _survey(score: str, measure: str = "", owner: str = "", due: str = "") -> dict[str, str]:
    return {"F13.surveys": f"""
        调查日期   | 被调查人 | 总体    | 改进措施  | 改进负责人 | 改进期限
        2026-06-20 | 赵建国   | {score} | {measure} | {owner}    | {due}
    """}


def test_a_low_score_needs_a_measure_with_owner_and_date() -> None:
    assert codes(_survey("3")) == []
    assert codes(_survey("2")) == [("LOW_SCORE_WITHOUT_MEASURE", "measure")]
    assert codes(_survey("2", "备件本地库存")) == [
        ("REQUIRED_WHEN", "measure_owner"), ("REQUIRED_WHEN", "measure_due_on")
    ]
    assert codes(_survey("2", "备件本地库存", "王芳", "2026-07-31")) == []


def test_what_counts_as_low_is_the_companys_number() -> None:
    assert codes(_survey("2"), limits=Limits()) == []
    assert codes(_survey("3"), limits=Limits(low_score=3)) == [("LOW_SCORE_WITHOUT_MEASURE", "measure")]


@pytest.mark.parametrize("score", ["0", "6"])
def test_scores_go_from_one_to_five(score: str) -> None:
    assert [field for _, field in codes(_survey(score))][:1] == ["overall"]


def _ticket(**values: str) -> dict[str, str]:
    row = {"单号": "FW1", "类型": "报修", "首问人": "王芳", "报告时间": "2026-07-14 09:10", "问题": "振动", **values}
    return {"F16.tickets": "\n".join((" | ".join(row), " | ".join(row.values())))}


def test_a_ticket_not_solved_the_same_day_has_a_plan_and_a_promise() -> None:
    lacking = [("TICKET_WITHOUT_PROMISE", "plan"), ("TICKET_WITHOUT_PROMISE", "promised_on")]
    assert codes(_ticket(类型="需求")) == lacking
    assert codes(_ticket(类型="需求", 处理方案="换轴承", 承诺完成日期="2026-07-18")) == []
    assert codes(_ticket(类型="需求", 报告时间="2026-07-15 08:00")) == []
    assert codes(_ticket(处理结果="正常", 解决时间="2026-07-14 15:00")) == []
    assert codes(_ticket(报告时间="2026-07-13 08:00", 处理结果="正常", 解决时间="2026-07-14 15:00")) == lacking


def test_an_open_fault_is_a_duty_and_no_finding() -> None:
    assert codes(_ticket()) == []


def test_a_ticket_goes_through_its_times_in_order() -> None:
    late = _ticket(确认时间="2026-07-14 09:00", 处理结果="正常", 解决时间="2026-07-14 15:00")
    assert codes(late) == [("TIMES_OUT_OF_ORDER", "confirmed_at")]
    assert codes(_ticket(到场时间="2026-07-14 10:00", 处理结果="正常", 解决时间="2026-07-14 15:00")) == [
        ("REQUIRED_WHEN", "engineer")
    ]


@pytest.mark.parametrize(("parts", "wrong"), [
    ("BJ-001×2", False), ("BJ-001×2、BJ-014 x 1", False), ("BJ-001*2，BJ-014×1", False), ("两个轴承", True), ("BJ-001", True),
])
def test_used_parts_are_numbers_with_quantities(parts: str, wrong: bool) -> None:
    ticket = _ticket(处理结果="正常", 解决时间="2026-07-14 15:00", 用掉的备件=parts)
    assert codes(ticket) == ([("PARTS_UNREADABLE", "parts_used")] if wrong else [])


def test_usage_is_counted_on_the_day_the_ticket_was_solved() -> None:
    row = {field.id: None for field in catalogue().block("F16.tickets").fields} | {
        "reported_at": _moment(8), "resolved_at": _moment(10), "parts_used": "BJ-001×2、BJ-014×1",
    }
    assert list(usage_of(row)) == [Usage("BJ-001", date(2026, 6, 10), 2), Usage("BJ-014", date(2026, 6, 10), 1)]


def _moment(day: int) -> datetime:
    return datetime(2026, 6, day, 9)


def _order(**values: str) -> dict[str, str]:
    row = {"订单号": "DD1", "承诺交货日期": "2026-07-10", **values}
    return {"F19.orders": "\n".join((" | ".join(row), " | ".join(row.values())))}


def test_an_order_that_is_not_there_when_promised_is_late() -> None:
    assert codes(_order()) == [("ORDER_LATE", "promised_on")]
    assert found(_order())[0].facts["days"] == "5"
    assert codes(_order(承诺交货日期="2026-07-15")) == []
    assert codes(_order(到货日期="2026-07-10")) == []


def test_a_late_delivery_needs_its_reason() -> None:
    assert codes(_order(到货日期="2026-07-12")) == [("ORDER_LATE_UNEXPLAINED", "note")]
    assert codes(_order(到货日期="2026-07-12", 说明="客户要求推迟卸货")) == []


def _incentive(to: str, kind: str = "客户单位", **values: str) -> dict[str, str]:
    row = {"激励方式": "返利", "依据": "HT1 第六条", "价值（元）": "12000", "接受方类型": kind, "接受方": to, **values}
    return {"F2.persons": PERSONS, "F18.incentives": "\n".join((" | ".join(row), " | ".join(row.values())))}


@pytest.mark.parametrize(("to", "kind", "wrong"), [
    ("江南精密制造有限公司", "客户单位", False),
    ("赵建国", "客户单位", True),
    ("赵建国", "签约分销商", True),
    ("某某贸易公司", "客户单位", True),
    ("林永固", "签约分销商", False),
])
def test_an_incentive_goes_to_the_company_and_never_to_its_people(to: str, kind: str, wrong: bool) -> None:
    assert codes(_incentive(to, kind)) == ([("INCENTIVE_TO_PERSON", "granted_to")] if wrong else [])


def test_an_incentive_is_granted_after_its_approval() -> None:
    company = "江南精密制造有限公司"
    assert codes(_incentive(company, 兑现日期="2026-04-10")) == [
        ("REQUIRED_WHEN", "approved_by"), ("REQUIRED_WHEN", "approved_on")
    ]
    assert codes(_incentive(company, 批准人="陈亮", 批准日期="2026-04-12", 兑现日期="2026-04-10")) == [
        ("TIMES_OUT_OF_ORDER", "granted_on")
    ]


@pytest.mark.parametrize(("act", "wrong"), [("送购物卡一张", True), ("电话祝贺，不送礼金", False), ("寄贺卡", False)])
def test_care_is_no_gift_of_money(act: str, wrong: bool) -> None:
    care = f"对象 | 由头 | 日子 | 打算怎么做\n赵建国 | 生日 | 2026-07-20 | {act}"
    assert codes({"F15.care": care}) == ([("BRIBERY", "planned")] if wrong else [])
