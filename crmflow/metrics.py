"""The figures a grade may rest on (section 3), each declared once."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from crmflow.model import Text


class Unit(StrEnum):
    """How a figure is counted and written."""

    MONEY = "money"
    """元 inside; config must say 元 or 万元."""
    COUNT = "count"
    DAYS = "days"
    RATE = "rate"
    """A fraction, written as per cent."""
    WORD = "word"
    """One of a closed list of ids."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A figure per customer over the grading window."""

    label: Text
    unit: Unit


METRICS: Mapping[str, Metric] = {
    "turnover": Metric(Text("营业额", "turnover"), Unit.MONEY),
    "orders": Metric(Text("订单数", "orders"), Unit.COUNT),
    "orders_ever": Metric(Text("累计订单数", "orders ever"), Unit.COUNT),
    "average_order": Metric(Text("平均订单额", "average order"), Unit.MONEY),
    "days_since_order": Metric(Text("距上次订单天数", "days since the last order"), Unit.DAYS),
    "growth": Metric(Text("营业额增长率", "growth of turnover"), Unit.RATE),
    "on_time_payment": Metric(Text("按时付款率", "on-time payment rate"), Unit.RATE),
    "overdue_amount": Metric(Text("逾期未付金额", "overdue amount"), Unit.MONEY),
    "complaints": Metric(Text("投诉次数", "complaints"), Unit.COUNT),
    "upheld_complaints": Metric(Text("属实投诉次数", "upheld complaints"), Unit.COUNT),
    "expected_revenue": Metric(Text("预计收入", "expected revenue"), Unit.MONEY),
    "expected_profit": Metric(Text("预计利润", "expected profit"), Unit.MONEY),
    "investment_scale": Metric(Text("年度投资规模", "annual investment scale"), Unit.MONEY),
    "relation_coverage": Metric(Text("决策者关系覆盖率", "coverage of decision makers"), Unit.RATE),
    "tenure": Metric(Text("合作天数", "days since the first order"), Unit.DAYS),
    "payment_credit": Metric(Text("付款信用", "payment credit"), Unit.WORD),
    "relationship_stage": Metric(Text("客户阶段", "relationship stage"), Unit.WORD),
}
