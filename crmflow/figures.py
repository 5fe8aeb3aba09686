"""Accepted rows of one customer → the figures that its grades rest on (section 3).

A figure is missing, with the reason, where rows it would rest on are held
because of errors, where their sheet is absent, or where nothing says it.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta

from crmflow.catalogue import catalogue
from crmflow.company import COMPLAINT_KINDS, COMPLAINTS, COVER, PROJECTS, RELATIONS, ROLES, TRANSACTIONS
from crmflow.dates import day_of, shift_months
from crmflow.metrics import METRICS
from crmflow.model import Accepted, Figure, Text, Value
from crmflow.texts import PHRASES, both

YUAN_PER_WAN = 10_000
SETTLED = frozenset({"signed", "lost"})

Rows = Mapping[str, Sequence[Accepted]]

DAILY = frozenset({"days_since_order", "tenure"})
"""The metrics that are others each day; the rest change only when a typed day comes or falls out, or with the year."""
_SALE, _PAID = (TRANSACTIONS, "date", 0), (TRANSACTIONS, "paid_on", 0)
_TURNING: Mapping[str, tuple[tuple[str, str, int], ...]] = {
    **dict.fromkeys(("turnover", "orders", "orders_ever", "average_order", "growth"), (_SALE,)),
    "on_time_payment": (_SALE, _PAID, (TRANSACTIONS, "due_on", 0)),
    "overdue_amount": (_SALE, _PAID, (TRANSACTIONS, "due_on", 1)),
    **dict.fromkeys(("complaints", "upheld_complaints"), ((COMPLAINTS, "received_at", 0),)),
}
"""The typed days on which a metric may change: block, field, so many days later."""


@dataclass(frozen=True, slots=True)
class _Sale:
    """One document of F11 as it stood on the day asked about; money in 元, ``amount`` negative for a return."""

    on: date
    amount: float
    due_on: date | None
    paid_on: date | None
    paid: float


@dataclass(frozen=True, slots=True)
class Basis:
    """What figures are worked out from: sales ever, in the window, in the window before it; the rows themselves."""

    as_of: date
    ever: Sequence[_Sale]
    window: Sequence[_Sale]
    before: Sequence[_Sale]
    complaints: Sequence[Accepted]
    rows: Rows

    def of(self, block: str) -> Sequence[Accepted]:
        return self.rows.get(block, ())


@dataclass(frozen=True, slots=True)
class _Calculation:
    """How one figure is worked out, and the blocks it rests on."""

    blocks: tuple[str, ...]
    value: Callable[[Basis], float | str | None]


def figures(
    basis: Basis, uncertain: Mapping[str, int], absent: AbstractSet[str], metrics: Iterable[str] = METRICS
) -> Mapping[str, Figure]:
    """Some metrics, or all, of one customer.

    ``uncertain`` is the number of rows of a block that are held because of
    errors, ``absent`` the blocks whose sheet is missing. A block that is there without rows counts as 0.
    """
    held = {block: count for block, count in uncertain.items() if count and block in _RESTED_ON}
    doubts = {block: both("grade.held", form=_title(block), rows=count) for block, count in held.items()}
    doubts |= {block: both("grade.absent", form=_title(block)) for block in absent & _RESTED_ON}
    return {metric: _figure(metric, basis, doubts) for metric in metrics}


def turning_days(rows: Rows, metrics: Iterable[str]) -> Sequence[date]:
    """The days in one customer's rows on which some metrics may change, in order."""
    typed = dict.fromkeys(one for metric in metrics for one in _TURNING.get(metric, ()))
    days = (
        (day_of(row.values.get(field)), later) for block, field, later in typed for row in rows.get(block, ())
    )
    return sorted(day + timedelta(days=later) for day, later in days if day)


def progress(turning: Sequence[date], as_of: date, window_months: int) -> tuple[int, ...]:
    """How far the turning days have come: days of the same progress have the same figures, but for ``DAILY`` ones."""
    edges = as_of, shift_months(as_of, -window_months), shift_months(as_of, -2 * window_months)
    return as_of.year, *(bisect_right(turning, edge) for edge in edges)


def _title(block: str) -> Text:
    return catalogue().form_of(block).title


def _figure(metric: str, facts: Basis, doubts: Mapping[str, Text]) -> Figure:
    calculation = _CALCULATIONS[metric]
    for block in calculation.blocks:
        if block in doubts:
            return Figure(metric, None, doubts[block])
    value = calculation.value(facts)
    return Figure(metric, value, PHRASES[f"grade.unknown.{metric}"] if value is None else None)


def basis_of(rows: Rows, as_of: date, window_months: int) -> Basis:
    """One customer's accepted ``rows`` by block, seen over the ``window_months`` up to and including ``as_of``."""
    start, start_before = shift_months(as_of, -window_months), shift_months(as_of, -2 * window_months)
    ever = [sale for row in rows.get(TRANSACTIONS, ()) if (sale := _sale(row, as_of)).on <= as_of]
    return Basis(
        as_of=as_of,
        ever=ever,
        window=[sale for sale in ever if sale.on > start],
        before=[sale for sale in ever if start_before < sale.on <= start],
        complaints=[row for row in rows.get(COMPLAINTS, ()) if _is_complaint(row, start, as_of)],
        rows=rows,
    )


def _sale(row: Accepted, as_of: date) -> _Sale:
    values = row.values
    amount, paid, paid_on = _number(values.get("amount")), values.get("paid_amount"), day_of(values.get("paid_on"))
    arrived = paid_on is None or paid_on <= as_of
    whole = amount if paid_on else 0.0
    return _Sale(
        on=day_of(values.get("date")) or date.max,
        amount=amount,
        due_on=day_of(values.get("due_on")),
        paid_on=paid_on if arrived else None,
        paid=(whole if paid is None else _number(paid)) if arrived else 0.0,
    )


def _is_complaint(row: Accepted, start: date, as_of: date) -> bool:
    received = day_of(row.values.get("received_at"))
    return row.values.get("kind") in COMPLAINT_KINDS and received is not None and start < received <= as_of


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _total(sales: Sequence[_Sale]) -> float:
    return round(sum(sale.amount for sale in sales), 2)


def _orders(sales: Sequence[_Sale]) -> int:
    """Documents that are sales: a return is no order."""
    return sum(sale.amount > 0 for sale in sales)


def _average_order(facts: Basis) -> float | None:
    orders = _orders(facts.window)
    return round(_total(facts.window) / orders, 2) if orders else None


def _days_since_order(facts: Basis) -> int | None:
    days = [sale.on for sale in facts.ever if sale.amount > 0]
    return (facts.as_of - max(days)).days if days else None


def _tenure(facts: Basis) -> int | None:
    days = [sale.on for sale in facts.ever if sale.amount > 0]
    return (facts.as_of - min(days)).days if days else None


def _growth(facts: Basis) -> float | None:
    before = _total(facts.before)
    return (_total(facts.window) - before) / before if before > 0 else None


def _on_time_payment(facts: Basis) -> float | None:
    due = [s for s in facts.window if s.amount > 0 and s.due_on is not None and s.due_on <= facts.as_of]
    on_time = sum(s.paid >= s.amount and s.paid_on is not None and s.paid_on <= (s.due_on or s.paid_on) for s in due)
    return on_time / len(due) if due else None


def _overdue_amount(facts: Basis) -> float:
    late = (s for s in facts.ever if s.amount > s.paid and s.due_on is not None and s.due_on < facts.as_of)
    return round(sum(s.amount - s.paid for s in late), 2)


def _expected(facts: Basis, *rates: str) -> float:
    """The open projects of this and later plan years, each amount times its ``rates``, in 元."""
    total = 0.0
    for row in facts.of(PROJECTS):
        if row.values.get("status") not in SETTLED and row.period >= str(facts.as_of.year):
            part = _number(row.values.get("contract_amount")) * YUAN_PER_WAN
            for rate in rates:
                part *= _number(row.values.get(rate))
            total += part
    return round(total, 2)


def decision_makers(rows: Rows) -> tuple[AbstractSet[Value], AbstractSet[Value]]:
    """A customer's decision makers (F4), and those of them whose relation to us is positive (F3)."""
    roles, relations = rows.get(ROLES, ()), rows.get(RELATIONS, ())
    deciders = {row.values.get("key_person") for row in roles if row.values.get("role") == "decision_maker"}
    friends = {row.values.get("key_person") for row in relations if row.values.get("status") == "positive"}
    return deciders, deciders & friends


def _relation_coverage(facts: Basis) -> float | None:
    deciders, friends = decision_makers(facts.rows)
    return len(friends) / len(deciders) if deciders else None


def _word(field: str) -> Callable[[Basis], str | None]:
    def read(facts: Basis) -> str | None:
        values = (row.values.get(field) for row in facts.of(COVER))
        return next((value for value in values if isinstance(value, str)), None)

    return read


def _investment_scale(facts: Basis) -> float | None:
    scales = (row.values.get("investment_scale") for row in facts.of(COVER))
    return next((round(_number(scale) * YUAN_PER_WAN, 2) for scale in scales if scale is not None), None)


_CALCULATIONS: Mapping[str, _Calculation] = {
    "turnover": _Calculation((TRANSACTIONS,), lambda facts: _total(facts.window)),
    "orders": _Calculation((TRANSACTIONS,), lambda facts: _orders(facts.window)),
    "orders_ever": _Calculation((TRANSACTIONS,), lambda facts: _orders(facts.ever)),
    "average_order": _Calculation((TRANSACTIONS,), _average_order),
    "days_since_order": _Calculation((TRANSACTIONS,), _days_since_order),
    "growth": _Calculation((TRANSACTIONS,), _growth),
    "on_time_payment": _Calculation((TRANSACTIONS,), _on_time_payment),
    "overdue_amount": _Calculation((TRANSACTIONS,), _overdue_amount),
    "complaints": _Calculation((COMPLAINTS,), lambda facts: len(facts.complaints)),
    "upheld_complaints": _Calculation(
        (COMPLAINTS,), lambda facts: sum(row.values.get("upheld") is True for row in facts.complaints)
    ),
    "expected_revenue": _Calculation((PROJECTS,), lambda facts: _expected(facts, "win_rate")),
    "expected_profit": _Calculation((PROJECTS,), lambda facts: _expected(facts, "win_rate", "margin")),
    "investment_scale": _Calculation((COVER,), _investment_scale),
    "relation_coverage": _Calculation((ROLES, RELATIONS), _relation_coverage),
    "tenure": _Calculation((TRANSACTIONS,), _tenure),
    "payment_credit": _Calculation((COVER,), _word("payment_credit")),
    "relationship_stage": _Calculation((COVER,), _word("stage")),
}
_RESTED_ON = frozenset(block for calculation in _CALCULATIONS.values() for block in calculation.blocks)
