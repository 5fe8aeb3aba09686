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
    """A figure per customer over the grading window; ``fields`` are what it is worked out from, by block."""

    label: Text
    unit: Unit
    fields: Mapping[str, frozenset[str]]


def _of(blocks: Mapping[str, str]) -> Mapping[str, frozenset[str]]:
    return {name: frozenset(fields.split()) for name, fields in blocks.items()}


_SALES = _of({"F11.transactions": "date amount"})
_PAYMENTS = _of({"F11.transactions": "date amount due_on paid_on paid_amount"})

METRICS: Mapping[str, Metric] = {
    "turnover": Metric(Text("营业额", "turnover"), Unit.MONEY, _SALES),
    "orders": Metric(Text("订单数", "orders"), Unit.COUNT, _SALES),
    "orders_ever": Metric(Text("累计订单数", "orders ever"), Unit.COUNT, _SALES),
    "average_order": Metric(Text("平均订单额", "average order"), Unit.MONEY, _SALES),
    "days_since_order": Metric(Text("距上次订单天数", "days since the last order"), Unit.DAYS, _SALES),
    "growth": Metric(Text("营业额增长率", "growth of turnover"), Unit.RATE, _SALES),
    "on_time_payment": Metric(Text("按时付款率", "on-time payment rate"), Unit.RATE, _PAYMENTS),
    "overdue_amount": Metric(Text("逾期未付金额", "overdue amount"), Unit.MONEY, _PAYMENTS),
    "complaints": Metric(Text("投诉次数", "complaints"), Unit.COUNT, _of({"F12.complaints": "kind received_at"})),
    "upheld_complaints": Metric(
        Text("属实投诉次数", "upheld complaints"), Unit.COUNT,
        _of({"F12.complaints": "kind received_at upheld"}),
    ),
    "expected_revenue": Metric(
        Text("预计收入", "expected revenue"), Unit.MONEY,
        _of({"F8.projects": "contract_amount win_rate status"}),
    ),
    "expected_profit": Metric(
        Text("预计利润", "expected profit"), Unit.MONEY,
        _of({"F8.projects": "contract_amount win_rate margin status"}),
    ),
    "investment_scale": Metric(
        Text("年度投资规模", "annual investment scale"), Unit.MONEY,
        _of({"F0.cover": "investment_scale"}),
    ),
    "relation_coverage": Metric(
        Text("决策者关系覆盖率", "coverage of decision makers"), Unit.RATE,
        _of({"F3.relations": "key_person status", "F4.roles": "key_person role"}),
    ),
    "tenure": Metric(Text("合作天数", "days since the first order"), Unit.DAYS, _SALES),
    "payment_credit": Metric(Text("付款信用", "payment credit"), Unit.WORD, _of({"F0.cover": "payment_credit"})),
    "relationship_stage": Metric(Text("客户阶段", "relationship stage"), Unit.WORD, _of({"F0.cover": "stage"})),
}
