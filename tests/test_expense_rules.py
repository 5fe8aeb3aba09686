"""Relationship-maintenance expenses: application → contract → sale → payment, three checks, limits (X1–X7)."""

from pathlib import Path

import pytest

from crmflow.catalogue import catalogue
from crmflow.check.rules import Limits
from crmflow.codes import CATALOGUE
from crmflow.config import load
from crmflow.declare import Kind
from crmflow.model import Severity, WorkbookKind
from crmflow.settings import ConfigError
from tests.judged import LIMITS, codes, found

CONFIG = Path(__file__).parents[1] / "config.yaml"
EXPENSES = WorkbookKind.EXPENSES
RIGHT = {
    "编号": "FY1", "客户": "江南精密制造有限公司", "产品台账": "通风设备", "费用类别": "客户活动", "用途": "新品推介会，二十人",
    "受益单位": "江南会议中心", "申请金额（元）": "3000", "申请日期": "2026-05-06",
}
CHECKED = {
    "文员审核人": "孟凡", "文员审核日期": "2026-05-07", "经理审核人": "陈亮", "经理审核日期": "2026-05-08",
    "财务审核人": "吴桂芳", "财务审核日期": "2026-05-09",
}
PAID = {
    **CHECKED, "合同签订日期": "2026-05-12", "合同额（元）": "200000", "费用发生日期": "2026-05-15", "成交日期": "2026-05-25",
    "到款日期": "2026-06-10", "到款金额（元）": "120000", "支付日期": "2026-06-12", "支付金额（元）": "1800",
    "原件存放": "财务部", "复印件存放": "销售部",
}


def _application(**values: str) -> dict[str, str]:
    row = {name: value for name, value in (RIGHT | values).items() if value}
    return {"F33c.applications": "\n".join((" | ".join(row), " | ".join(row.values())))}


def _codes(**values: str) -> list[tuple[str, str]]:
    return codes(_application(**values), EXPENSES)


def test_an_application_checked_signed_sold_and_paid_in_order_is_in_order() -> None:
    assert _codes() == []
    assert _codes(**CHECKED) == []
    assert _codes(**PAID) == []


@pytest.mark.parametrize("later", ["合同签订日期", "费用发生日期"])
def test_the_application_comes_before_contract_and_spending(later: str) -> None:
    assert _codes(**{later: "2026-05-05"}) == [("APPLICATION_TOO_LATE", "applied_on")]
    assert _codes(**{later: "2026-05-06"}) == []


def test_a_sale_does_not_come_before_its_contract() -> None:
    assert _codes(合同签订日期="2026-05-12", 成交日期="2026-05-11") == [("TIMES_OUT_OF_ORDER", "sale_on")]


@pytest.mark.parametrize("missing", ["文员", "经理"])
def test_no_check_may_be_skipped(missing: str) -> None:
    without = {f"{missing}审核人": "", f"{missing}审核日期": ""}
    assert [code for code, _ in _codes(**{**CHECKED, **without})] == ["CHECK_SKIPPED"]


def test_the_checks_are_made_in_order() -> None:
    assert _codes(**{**CHECKED, "经理审核日期": "2026-05-06"}) == [("TIMES_OUT_OF_ORDER", "manager_on")]
    assert _codes(**{**CHECKED, "文员审核日期": "2026-05-05"}) == [("TIMES_OUT_OF_ORDER", "clerk_on")]


@pytest.mark.parametrize(("check", "field"), [("文员", "clerk"), ("经理", "manager"), ("财务", "finance")])
def test_each_check_is_made_by_its_role(check: str, field: str) -> None:
    assert _codes(**{**CHECKED, f"{check}审核人": "王芳"}) == [("CHECKER_NOT_ENTITLED", field)]


def test_nothing_is_paid_before_the_last_check() -> None:
    assert _codes(**{**PAID, "财务审核人": "", "财务审核日期": ""}) == [("PAID_UNCHECKED", "paid_on")]
    assert _codes(**{**PAID, "财务审核日期": "2026-06-13"}) == [("PAID_UNCHECKED", "paid_on")]


@pytest.mark.parametrize("event", ["成交日期", "到款日期"])
def test_nothing_is_paid_before_the_sale_and_the_money(event: str) -> None:
    assert _codes(**{**PAID, event: ""}) == [("PAID_TOO_EARLY", "paid_on")]
    assert _codes(**{**PAID, event: "2026-06-13"}) == [("PAID_TOO_EARLY", "paid_on")]


def test_payment_is_in_proportion_to_the_money_received() -> None:
    assert _codes(**{**PAID, "支付金额（元）": "1800.01"}) == [("PAID_ABOVE_SHARE", "paid_amount")]
    assert _codes(**{**PAID, "到款金额（元）": "250000", "支付金额（元）": "3000"}) == []
    assert _codes(**{**PAID, "到款金额（元）": "250000", "支付金额（元）": "3001"}) == [("PAID_ABOVE_SHARE", "paid_amount")]


@pytest.mark.parametrize(("label", "field"), [("原件存放", "original_at"), ("复印件存放", "copy_at")])
def test_both_papers_are_kept_somewhere_once_it_is_paid(label: str, field: str) -> None:
    assert _codes(**{**PAID, label: ""}) == [("REQUIRED_WHEN", field)]


def test_hospitality_and_gifts_keep_within_their_limits() -> None:
    assert _codes(费用类别="招待", **{"申请金额（元）": "3000"}) == []
    assert _codes(费用类别="招待", **{"申请金额（元）": "3000.5"}) == [("ABOVE_LIMIT", "amount")]
    assert _codes(费用类别="宣传礼品", **{"申请金额（元）": "501"}) == [("ABOVE_LIMIT", "amount")]
    assert codes(_application(费用类别="宣传礼品"), EXPENSES, limits=Limits()) == []


def test_an_application_keeps_within_the_rate_of_its_product() -> None:
    assert _codes(**{"合同额（元）": "150000"}) == []
    assert _codes(**{"合同额（元）": "149000"}) == [("ABOVE_RATE", "amount")]
    assert _codes(产品台账="备件", **{"合同额（元）": "150000"}) == [("ABOVE_RATE", "amount")]


@pytest.mark.parametrize(("values", "field"), [
    ({"用途": "给采购部孙经理的好处费"}, "purpose"),
    ({"用途": "购物卡 5 张"}, "purpose"),
    ({"用途": "返点 3% 付给个人"}, "purpose"),
    ({"用途": "kickback for the buyer"}, "purpose"),
    ({"受益单位": "孙经理"}, "beneficiary"),
    ({"受益单位": "许总"}, "beneficiary"),
    ({"受益单位": "赵建国先生"}, "beneficiary"),
])
def test_what_is_given_for_preference_cannot_be_approved(values: dict[str, str], field: str) -> None:
    finding, = found(_application(**{**CHECKED, **values}), EXPENSES)
    assert (finding.code, finding.field_id) == ("BRIBERY", field)
    assert CATALOGUE["BRIBERY"].severity is Severity.ERROR


@pytest.mark.parametrize("values", [
    {"用途": "推介会，会上说明不收红包"}, {"用途": "技术培训，讲师两人"}, {"受益单位": "总工会礼堂"}, {"受益单位": "江南总部会议中心"},
])
def test_honest_words_are_not_taken_for_bribes(values: dict[str, str]) -> None:
    assert _codes(**values) == []


def test_only_the_listed_kinds_can_be_applied_for() -> None:
    assert _codes(费用类别="客情费") == [("NOT_IN_LIST", "kind")]


def _statement(lines: str, **card: str) -> dict[str, str]:
    head = {"月份": "2026-04", "填表人": "李伟", "提交日期": "2026-05-06", **card}
    return {"F33a.statement": "\n".join(f"{label} | {value}" for label, value in head.items()), "F33a.lines": lines}


def _line(spent: str, rate: str = "2%", customer: str = "KH0012") -> str:
    return f"客户 | 产品台账 | 本月采购额（元） | 费用比例 | 实际费用（元）\n{customer} | 通风设备 | 86000 | {rate} | {spent}"


def test_a_statement_keeps_within_its_allowance_and_the_set_rate() -> None:
    assert codes(_statement(_line("1720")), EXPENSES) == []
    assert codes(_statement(_line("1721")), EXPENSES) == [("EXPENSE_ABOVE_ALLOWANCE", "spent")]
    assert codes(_statement(_line("1721", "3%")), EXPENSES) == [("RATE_ABOVE_SET", "rate")]


def test_a_statement_names_customers_on_file() -> None:
    assert codes(_statement(_line("1", customer="江南精密制造有限公司")), EXPENSES) == []
    assert codes(_statement(_line("1", customer="江南机械")), EXPENSES) == [("CUSTOMER_NOT_ON_FILE", "customer")]


def test_a_statement_is_checked_three_times_in_order() -> None:
    assert codes(_statement(_line("1"), 经理审核人="陈亮", 经理审核日期="2026-05-08"), EXPENSES) == [
        ("CHECK_SKIPPED", "manager_on")
    ]


def _summary(number: str, amount: str, month: str = "2026-05") -> dict[str, str]:
    return {
        **_application(),
        "F33b.summary": f"月份 | {month}\n汇总人 | 孟凡",
        "F33b.lines": f"""
            申请编号 | 客户                 | 产品台账 | 申请金额（元）
            {number} | 江南精密制造有限公司 | 通风设备 | {amount}
        """,
    }


def test_a_summary_repeats_the_months_applications() -> None:
    assert codes(_summary("FY1", "3000"), EXPENSES) == []
    assert codes(_summary("FY1", "2000"), EXPENSES) == [("SUMMARY_DIFFERS", "amount")]
    assert codes(_summary("FY2", "3000"), EXPENSES) == [
        ("SUMMARY_LACKS", "month"), ("SUMMARY_WITHOUT_APPLICATION", "number"),
    ]
    assert codes(_summary("FY1", "3000", month="2026-06"), EXPENSES) == []


def test_the_limits_come_from_the_configuration() -> None:
    assert LIMITS.expenses["gift"] == 500
    assert codes(_application(费用类别="宣传礼品"), EXPENSES, limits=Limits(expenses={"gift": 3000})) == []


def test_the_shipped_configuration_sets_limits_rates_and_standards() -> None:
    limits = load(CONFIG).limits
    assert limits.expenses == {"event": 20_000, "conference": 10_000, "training": 10_000, "hospitality": 3000, "gift": 500}
    assert (limits.rate, limits.rates["备件"], limits.low_score) == (0.02, 0.01, 2)
    assert set(limits.reception) == {
        ("vip", "executive"), ("vip", "head"), ("vip", "other"), ("key", "executive"), ("key", "head"),
    }
    assert limits.reception["vip", "other"]["welcome_screen"] == ("no",)


def test_every_standard_speaks_of_fields_and_choices_of_the_form() -> None:
    for allowed in load(CONFIG).limits.reception.values():
        for field_id, words in allowed.items():
            field = catalogue().field("F32.receptions", field_id)
            if field.choices:
                assert set(words) <= {choice.id for choice in field.choices}
            if field.kind is Kind.STAFF:
                assert set(words) <= {choice.id for choice in catalogue().field("F30.people", "role").choices}


def test_a_limit_without_its_unit_is_refused(tmp_path: Path) -> None:
    text = CONFIG.read_text(encoding="utf-8").replace("gift: 500 元", "gift: 500")
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"X2_limits\.gift"):
        load(tmp_path / "config.yaml")
