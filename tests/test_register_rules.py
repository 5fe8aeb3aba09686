"""The department's registers: admission, reception, loans, targets, spare parts, incidents, leave (F31–F41)."""

from datetime import date

import pytest

from crmflow.check.rules import Usage
from crmflow.codes import describe
from crmflow.model import WorkbookKind
from tests.judged import codes, found

STEPS = ("概况调查", "现场考察", "准入申请", "审批决定", "签订合同", "编客户代码", "通知部门", "归档")


def _admission(done: tuple[str, ...], steps: tuple[str, ...] = STEPS, **values: str) -> dict[str, str]:
    row = {"编号": "ZR1", "单位名称": "江南精密制造有限公司", "类别": "客户", **values}
    lines = [
        f"ZR1 | {step} | 王芳 | 2026-06-30 | {on} | {'完成' if on else ''}"
        for step, on in zip(steps, (*done, *[""] * len(steps)), strict=False)
    ]
    return {
        "F31a.candidates": "\n".join((" | ".join(row), " | ".join(row.values()))),
        "F31b.steps": "\n".join(("准入编号 | 步骤 | 负责人 | 完成期限 | 完成日期 | 结果", *lines)),
    }


def _codes_of_admission(*done: str, **values: str) -> list[tuple[str, str]]:
    return codes(_admission(done, **values), WorkbookKind.ADMISSION)


def test_an_admission_takes_its_steps_in_order() -> None:
    assert _codes_of_admission("2026-02-01", "2026-02-10", "2026-02-10") == []
    assert _codes_of_admission("2026-02-01", "", "2026-02-10") == [("STEP_OUT_OF_ORDER", "done_on")]
    assert _codes_of_admission("2026-02-11", "2026-02-10") == [("STEP_OUT_OF_ORDER", "done_on")]


def test_the_step_that_is_missing_is_named() -> None:
    blocks = _admission(("2026-02-01", "", "2026-02-10"))
    finding, = found(blocks, WorkbookKind.ADMISSION)
    assert "2 现场考察" in describe(finding, "zh")


def test_every_admission_has_all_eight_steps_unless_it_was_turned_down() -> None:
    assert codes(_admission((), STEPS[:7]), WorkbookKind.ADMISSION) == [("STEPS_MISSING", "number")]
    assert codes(_admission((), STEPS[:7], 初选结果="不予考虑"), WorkbookKind.ADMISSION) == []


def test_a_step_belongs_to_an_admission() -> None:
    blocks = _admission(())
    blocks["F31a.candidates"] = blocks["F31a.candidates"].replace("ZR1", "ZR2")
    told = codes(blocks, WorkbookKind.ADMISSION)
    assert told.count(("STEP_WITHOUT_CANDIDATE", "number")) == 8


def test_a_target_has_a_development_plan_and_a_code_follows_the_contract() -> None:
    assert _codes_of_admission(初选结果="列为目标") == [("REQUIRED_WHEN", "development_plan")]
    assert _codes_of_admission(客户代码="KH0012", 决定="同意准入") == [("REQUIRED_WHEN", "contract")]


def _reception(**values: str) -> dict[str, str]:
    row = {
        "编号": "JD1", "客户": "KH0012", "客户级别": "VIP客户", "来访人": "许总等四人", "主宾职级": "董事长/总经理",
        "到达日期": "2026-08-06", "来访目的": "考察", "主接待人": "周启明", "住宿": "五星级", "欢迎屏": "是", "通知部门": "市场部、行政部",
        **values,
    }
    return {"F32.receptions": "\n".join((" | ".join(row), " | ".join(row.values())))}


def test_a_reception_by_the_standard_is_in_order() -> None:
    assert codes(_reception(), WorkbookKind.RECEPTION) == []


@pytest.mark.parametrize(("label", "value", "field"), [
    ("主接待人", "陈亮", "host"), ("住宿", "三星级", "lodging"), ("欢迎屏", "否", "welcome_screen"), ("通知部门", "市场部", "told"),
])
def test_a_departure_from_the_standard_is_told(label: str, value: str, field: str) -> None:
    assert codes(_reception(**{label: value}), WorkbookKind.RECEPTION) == [("RECEPTION_DEPARTS", field)]


def test_what_is_blank_is_proposed_by_the_standard() -> None:
    finding, = found(_reception(主接待人="", 住宿=""), WorkbookKind.RECEPTION)
    assert (finding.code, finding.field_id) == ("RECEPTION_PROPOSAL", "rank")
    assert "主接待人：总经理或董事长；住宿：五星级" in describe(finding, "zh")
    assert "Host: General manager or Chairman; Lodging: Five-star" in describe(finding, "en")


def test_where_there_is_no_standard_everything_is_free() -> None:
    assert codes(_reception(客户级别="一般客户", 主接待人="李伟"), WorkbookKind.RECEPTION) == []


def _loan(**values: str) -> dict[str, str]:
    row = {
        "编号": "JY1", "借阅人": "王芳", "借阅档案": "KH0012", "用途": "投标", "借出日期": "2026-07-01", "应还日期": "2026-07-15",
        "批准人": "陈亮", **values,
    }
    return {"F34.loans": "\n".join((" | ".join(row), " | ".join(row.values())))}


def test_a_loan_is_approved_by_somebody_else() -> None:
    assert codes(_loan(), WorkbookKind.BORROWING) == []
    assert codes(_loan(批准人="王芳"), WorkbookKind.BORROWING) == [("SAME_PERSON", "approved_by")]
    assert codes(_loan(批准人=""), WorkbookKind.BORROWING) == [("REQUIRED", "approved_by")]
    assert codes(_loan(应还日期="2026-07-14"), WorkbookKind.BORROWING) == []  # a duty, A2
    assert codes(_loan(应还日期="2026-07-14", 归还日期="2026-07-15"), WorkbookKind.BORROWING) == []


def test_a_loan_names_an_archive() -> None:
    assert codes(_loan(借阅档案="KH0012 江南精密"), WorkbookKind.BORROWING) == []
    assert codes(_loan(借阅档案="KH0099"), WorkbookKind.BORROWING) == [("CUSTOMER_NOT_ON_FILE", "archive")]


def _targets(*rows: str) -> list[tuple[str, str]]:
    drawn = "\n".join(("年度 | 月份 | 层级 | 大区或团队 | 个人 | 目标（元）", *rows))
    return codes({"F37.targets": drawn}, WorkbookKind.TARGETS)


PERSONS = ("2026 | 1月 | 个人 | 华东 | 王芳 | 60", "2026 | 1月 | 个人 | 华东 | 李伟 | 40")
WRONG = [("TARGETS_DO_NOT_ADD_UP", "target")]


def test_persons_add_up_to_their_team() -> None:
    assert _targets(*PERSONS, "2026 | 1月 | 团队 | 华东 | | 100") == []
    assert _targets(*PERSONS, "2026 | 1月 | 团队 | 华东 | | 101") == WRONG
    assert _targets(*PERSONS, "2026 | 2月 | 团队 | 华东 | | 101") == []


def test_teams_add_up_to_the_company() -> None:
    teams = ("2026 | 1月 | 团队 | 华东 | | 100", "2026 | 1月 | 团队 | 华南 | | 50")
    assert _targets(*teams, "2026 | 1月 | 公司 | | | 150") == []
    assert _targets(*teams, "2026 | 1月 | 公司 | | | 149") == WRONG


def test_months_add_up_to_the_year_once_all_are_there() -> None:
    months = [f"2026 | {month}月 | 个人 | 华东 | 王芳 | 10.1" for month in range(1, 13)]
    assert _targets(*months, "2026 | 全年 | 个人 | 华东 | 王芳 | 121.2") == []
    assert _targets(*months, "2026 | 全年 | 个人 | 华东 | 王芳 | 130") == WRONG
    assert _targets(*months[:6], "2026 | 全年 | 个人 | 华东 | 王芳 | 130") == []
    assert _targets(*months[:6], "2026 | 全年 | 个人 | 华东 | 王芳 | 60") == WRONG


def test_a_total_names_no_person_and_a_person_is_named() -> None:
    assert _targets("2026 | 1月 | 团队 | 华东 | 王芳 | 1") == [("PERSON_IN_A_TOTAL", "person")]
    assert _targets("2026 | 1月 | 个人 | 华东 | | 1") == [("REQUIRED_WHEN", "person")]
    assert _targets("2026 | 1月 | 团队 | | | 1") == [("REQUIRED_WHEN", "team")]


def _stock(used: str, counted: str) -> dict[str, str]:
    return {"F39.parts": f"""
        备件号 | 名称      | 分类   | 上次盘点日期 | 上次结存 | 本期入库 | 本期领用 | 盘点日期   | 实盘数量
        BJ-001 | 轴承 6312 | 关键件 | 2026-03-31   | 12       | 10       | {used}   | 2026-06-30 | {counted}
    """}


USAGE = (
    Usage("BJ-001", date(2026, 3, 31), 9), Usage("bj-001", date(2026, 4, 1), 2), Usage("BJ-001", date(2026, 6, 30), 3),
    Usage("BJ-001", date(2026, 7, 1), 9), Usage("BJ-002", date(2026, 5, 1), 9),
)


def test_a_count_agrees_with_what_came_and_went() -> None:
    assert codes(_stock("5", "17"), WorkbookKind.SPARE_PARTS) == []
    assert codes(_stock("5", "16"), WorkbookKind.SPARE_PARTS) == [("STOCK_DIFFERS", "counted")]


def test_what_was_used_between_two_counts_agrees_with_the_tickets() -> None:
    assert codes(_stock("5", "17"), WorkbookKind.SPARE_PARTS, usage=USAGE) == []
    assert codes(_stock("6", "16"), WorkbookKind.SPARE_PARTS, usage=USAGE) == [("USAGE_DIFFERS", "used")]
    assert codes(_stock("6", "16"), WorkbookKind.SPARE_PARTS, usage=None) == []


@pytest.mark.parametrize(("quarter", "wrong"), [("2026Q2", False), ("2026Q5", True), ("二季度", True)])
def test_a_suggestion_is_for_a_quarter(quarter: str, wrong: bool) -> None:
    suggestions = f"""
        编号 | 季度      | 客户档案 | 建议     | 负责人 | 完成期限
        S1   | {quarter} | KH0012   | 补充附表 | 王芳   | 2026-07-31
    """
    told = codes({"F36.suggestions": suggestions}, WorkbookKind.SUGGESTIONS)
    assert told == ([("NOT_A_QUARTER", "quarter")] if wrong else [])


@pytest.mark.parametrize(("period", "wrong"), [
    ("'2026", False), ("2026Q3", False), ("'2026-07", False), ("2026年第三季度", False), ("２０２６Q3", False), ("2026年7月", False),
    ("2026-07-01", False), ("2026", False), ("2026-13", True), ("第三季度", True), ("2026-07-15", True),
])
def test_an_exemption_is_for_a_period(period: str, wrong: bool) -> None:
    exemptions = f"""
        免交事项 | 客户或人员 | 期间     | 原因 | 批准人 | 有效期至
        客户回访 | KH0012     | {period} | 停产 | 陈亮   | 2026-09-30
    """
    told = codes({"F41a.exemptions": exemptions}, WorkbookKind.CALENDAR)
    assert told == ([("NOT_A_PERIOD", "period")] if wrong else [])


def test_nobody_answers_for_their_own_incident_or_stands_in_for_themselves() -> None:
    incident = """
        编号 | 发生日期   | 经过 | 当事人 | 责任领导 | 处理措施
        SJ1  | 2026-04-22 | 遗失 | 王芳   | 王芳     | 通报
    """
    assert codes({"F40.incidents": incident}, WorkbookKind.INCIDENTS) == [("SAME_PERSON", "superior")]
    leave = "休假人 | 开始日期 | 结束日期 | 代理人\n王芳 | 2026-08-03 | 2026-08-14 | 王芳"
    assert codes({"F41c.leave": leave}, WorkbookKind.CALENDAR) == [("SAME_PERSON", "deputy")]
