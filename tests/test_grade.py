"""Grading (section 3)."""

from collections.abc import Mapping
from datetime import date, datetime
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.catalogue import catalogue
from crmflow.config import Scheme, load
from crmflow.figures import basis_of, figures
from crmflow.grade import grade, written
from crmflow.metrics import METRICS
from crmflow.model import Accepted, Figure, Text, Value, Where

SCHEMES = load(Path(__file__).parents[1] / "config.yaml").grading.schemes
AS_OF = date(2026, 7, 31)
WHY = Text("没有填", "not filled in")


def row(block: str, period: str = "", **values: Value) -> Accepted:
    assert all(catalogue().find_field(block, field) for field in values)
    return Accepted("r", block, "KH1", values, Where("a.xlsx"), period)


def sale(on: str, amount: float, due: str = "", paid: str = "", paid_amount: float | None = None) -> Accepted:
    return row(
        "F11.transactions", date=date.fromisoformat(on), amount=amount, paid_amount=paid_amount,
        due_on=date.fromisoformat(due) if due else None, paid_on=date.fromisoformat(paid) if paid else None,
    )


def project(year: str, amount: float, rate: float, status: str | None) -> Accepted:
    return row("F8.projects", year, contract_amount=amount, win_rate=rate, margin=0.1, status=status)


def complaint(at: str, kind: str, upheld: bool | None = None) -> Accepted:
    return row("F12.complaints", received_at=datetime.fromisoformat(at), kind=kind, upheld=upheld)


def cover(**values: Value) -> Accepted:
    return row("F0.cover", **values)


def value_of(metric: str, *rows: Accepted, as_of: date = AS_OF) -> float | str | None:
    return all_of(*rows, as_of=as_of)[metric].value


def all_of(*rows: Accepted, as_of: date = AS_OF) -> Mapping[str, Figure]:
    blocks: dict[str, list[Accepted]] = {}
    for one in rows:
        blocks.setdefault(one.block, []).append(one)
    return figures(basis_of(blocks, as_of, 12), {}, frozenset())


def scheme(*tiers: tuple[str, list[list[dict[str, object]]]]) -> Scheme:
    return Scheme.model_validate({
        "name": {"zh": "方案", "en": "Scheme"},
        "tiers": [{"id": id, "name": {"zh": id, "en": id}, "when": when} for id, when in tiers],
    })


def known(**values: float | str | None) -> dict[str, Figure]:
    return {
        metric: Figure(metric, values.get(metric), WHY if values.get(metric) is None else None) for metric in METRICS
    }


# figures


def test_every_metric_has_its_figure_and_a_missing_one_says_why() -> None:
    computed = all_of()
    assert set(computed) == set(METRICS)
    assert all((figure.value is None) == (figure.why is not None) for figure in computed.values())


def test_a_transactions_sheet_without_rows_is_a_turnover_of_zero() -> None:
    assert value_of("turnover") == 0
    assert value_of("orders_ever") == 0
    assert value_of("days_since_order") is None


def test_the_window_holds_the_last_twelve_months_and_its_last_day() -> None:
    rows = [sale("2025-07-31", 1), sale("2025-08-01", 20), sale("2026-07-31", 300), sale("2026-08-01", 4000)]
    assert value_of("turnover", *rows) == 320
    assert value_of("orders", *rows) == 2
    assert value_of("orders_ever", *rows) == 3
    assert value_of("average_order", *rows) == 160
    assert value_of("days_since_order", *rows) == 0
    assert value_of("tenure", *rows) == 365


def test_a_return_lowers_the_turnover_and_is_no_order() -> None:
    rows = [sale("2026-03-01", 1000), sale("2026-04-01", -400)]
    assert value_of("turnover", *rows) == 600
    assert value_of("orders", *rows) == 1


def test_growth_compares_with_the_window_before() -> None:
    assert value_of("growth", sale("2025-03-01", 200), sale("2026-03-01", 250)) == 0.25
    assert value_of("growth", sale("2026-03-01", 250)) is None


def test_payment_on_the_due_day_is_on_time_and_part_payment_is_not() -> None:
    rows = [
        sale("2026-03-01", 100, due="2026-04-01", paid="2026-04-01"),
        sale("2026-03-01", 100, due="2026-04-01", paid="2026-04-02", paid_amount=100),
        sale("2026-03-01", 100, due="2026-04-01", paid="2026-03-20", paid_amount=60),
        sale("2026-03-01", 100, due="2026-04-01"),
        sale("2026-07-01", 100, due="2026-09-01"),
    ]
    assert value_of("on_time_payment", *rows) == 0.25
    assert value_of("overdue_amount", *rows) == 140


def test_a_payment_after_the_day_asked_about_has_not_arrived_yet() -> None:
    paid_later = sale("2026-03-01", 100, due="2026-04-01", paid="2026-08-05", paid_amount=100)
    assert value_of("overdue_amount", paid_later) == 100
    assert value_of("overdue_amount", paid_later, as_of=date(2026, 8, 5)) == 0


def test_only_complaints_claims_and_returns_of_the_window_count() -> None:
    rows = [
        complaint("2026-07-31 09:00", "complaint", upheld=True), complaint("2026-01-02 09:00", "claim"),
        complaint("2026-01-02 09:00", "return", upheld=False), complaint("2026-01-02 09:00", "praise", upheld=True),
        complaint("2025-07-31 09:00", "complaint", upheld=True),
    ]
    assert value_of("complaints", *rows) == 3
    assert value_of("upheld_complaints", *rows) == 1


def test_expected_revenue_counts_the_open_projects_of_this_years_plan_in_yuan() -> None:
    rows = [
        project("2026", 120, 0.5, "tracking"), project("2026", 10, 1, "won"), project("2027", 10, 0.1, None),
        project("2026", 500, 1, "signed"), project("2026", 500, 0.9, "lost"), project("2025", 500, 0.9, "bidding"),
    ]
    assert value_of("expected_revenue", *rows) == 710_000
    assert value_of("expected_profit", *rows) == 71_000


def test_the_investment_scale_is_converted_from_wan_once() -> None:
    assert value_of("investment_scale", cover(investment_scale=3000)) == 30_000_000
    assert value_of("investment_scale", cover(investment_scale=None)) is None


def test_coverage_is_the_share_of_decision_makers_with_a_positive_relation() -> None:
    rows = [
        row("F4.roles", key_person="赵", role="decision_maker"), row("F4.roles", key_person="钱", role="decision_maker"),
        row("F4.roles", key_person="孙", role="user"),
        row("F3.relations", key_person="赵", status="positive"), row("F3.relations", key_person="钱", status="neutral"),
        row("F3.relations", key_person="孙", status="positive"),
    ]
    assert value_of("relation_coverage", *rows) == 0.5
    assert value_of("relation_coverage", *rows[2:]) is None


def test_held_rows_make_the_figures_of_their_block_missing_and_no_others() -> None:
    blocks = {"F11.transactions": [sale("2026-03-01", 100)], "F0.cover": [cover(payment_credit="good")]}
    computed = figures(basis_of(blocks, AS_OF, 12), {"F11.transactions": 2}, frozenset())
    assert computed["turnover"].value is None
    assert computed["turnover"].why == Text(
        "“交易记录”有 2 行待更正，更正后才能计算", "rows to be mended in “Transactions” first: 2"
    )
    assert computed["payment_credit"].value == "good"


def test_an_absent_sheet_is_not_a_turnover_of_zero() -> None:
    computed = figures(basis_of({}, AS_OF, 12), {}, frozenset({"F11.transactions"}))
    assert computed["turnover"].value is None
    assert computed["turnover"].why is not None
    assert "没有“交易记录”这张表" in computed["turnover"].why.zh


# grades


@pytest.mark.parametrize(
    ("turnover", "credit", "orders", "tier"),
    [
        (500_000, "good", 3, "vip"), (500_000, "fair", 3, "key"), (499_999.99, "good", 3, "key"),
        (100_000, "poor", 1, "key"), (99_999.99, "good", 1, "general"), (0, "good", 1, "general"),
        (0, None, 0, "reserve"), (300_000, None, 2, "key"), (0, None, 4, "general"),
        (500_000, None, 3, ""), (None, "good", None, ""), (None, "poor", 0, ""),
    ],
)
def test_g1(turnover: float | None, credit: str | None, orders: int | None, tier: str) -> None:
    given_figures = known(turnover=turnover, payment_credit=credit, orders_ever=orders)
    assert grade("KH1", given_figures, "G1", SCHEMES["G1"]).tier == tier


@pytest.mark.parametrize(
    ("turnover", "expected", "tier"),
    [
        (500_000, None, "A"), (200_000, 500_000, "A"), (200_000, 499_999, "B"), (199_999, 9_000_000, "B"),
        (10_000, 0, "C"), (9_999, 0, "D"), (0, 0, "D"), (200_000, None, ""), (150_000, None, "B"), (None, 0, ""),
    ],
)
def test_g2(turnover: float | None, expected: float | None, tier: str) -> None:
    assert grade("KH1", known(turnover=turnover, expected_revenue=expected), "G2", SCHEMES["G2"]).tier == tier


def test_a_grade_names_its_rule_its_figures_and_both_neighbours_with_exact_gaps() -> None:
    given_figures = known(turnover=377_000, payment_credit="good", orders_ever=5)
    given = grade("KH1", given_figures, "G1", SCHEMES["G1"])
    assert given.label == Text("重点客户", "Key")
    assert given.rule.zh == "G1 重点客户：营业额 37.7 万元（不低于 10 万元）"
    assert given.rule.en == "G1 Key: turnover CNY 377,000 (at least CNY 100,000)"
    assert [figure.metric for figure in given.figures] == ["turnover", "payment_credit", "orders_ever"]
    assert [text.zh for text in given.raised_by] == ["营业额再增加 12.3 万元，即可升为VIP客户"]
    assert [text.zh for text in given.lowered_by] == ["营业额低于 10 万元（现在还多 27.7 万元）"]


def test_worse_credit_is_named_as_what_keeps_a_large_customer_from_vip() -> None:
    given = grade("KH1", known(turnover=600_000, payment_credit="fair", orders_ever=5), "G1", SCHEMES["G1"])
    assert [text.zh for text in given.raised_by] == ["付款信用达到优或良（现在是中），即可升为VIP客户"]
    assert [text.en for text in given.raised_by] == ["payment credit Excellent or Good (now Fair): then VIP"]


def test_either_condition_of_a_vip_may_lower_it_and_nothing_raises_it() -> None:
    given = grade("KH1", known(turnover=532_000, payment_credit="good", orders_ever=5), "G1", SCHEMES["G1"])
    assert given.raised_by == ()
    assert [text.zh for text in given.lowered_by] == [
        "营业额低于 50 万元（现在还多 3.2 万元）", "付款信用不再是优或良（现在是良）",
    ]


def test_a_tier_with_two_ways_in_is_lost_only_when_both_are_broken() -> None:
    given = grade("KH1", known(turnover=600_000, expected_revenue=700_000), "G2", SCHEMES["G2"])
    assert [text.zh for text in given.lowered_by] == [
        "营业额低于 20 万元（现在还多 40 万元）",
        "营业额低于 50 万元（现在还多 10 万元），并且预计收入低于 50 万元（现在还多 20 万元）",
    ]


def test_only_the_smallest_changes_that_lose_a_tier_are_told() -> None:
    shared = {"metric": "turnover", "at_least": "20 万元"}
    two_ways = scheme(
        ("a", [[shared, {"metric": "orders", "at_least": 3}], [shared, {"metric": "complaints", "below": 2}]]), ("b", [])
    )
    given = grade("KH1", known(turnover=250_000, orders=5, complaints=0), "S", two_ways)
    assert [text.zh for text in given.lowered_by] == [
        "营业额低于 20 万元（现在还多 5 万元）", "订单数低于 3（现在还多 2），并且投诉次数达到 2（现在还差 2）",
    ]


def test_a_tier_that_holds_whatever_the_missing_figure_is_says_so() -> None:
    always = scheme(("a", [[{"metric": "orders", "at_least": 3}], [{"metric": "orders", "below": 3}]]), ("b", []))
    given = grade("KH1", known(), "S", always)
    assert (given.tier, given.rule.zh, given.lowered_by) == ("a", "S a：缺少的数据不影响结果", ())


def test_each_way_into_the_next_tier_is_told() -> None:
    given = grade("KH1", known(turnover=150_000, expected_revenue=100_000), "G2", SCHEMES["G2"])
    assert [text.zh for text in given.raised_by] == [
        "营业额再增加 35 万元，即可升为A级", "营业额再增加 5 万元，并且预计收入再增加 40 万元，即可升为A级",
    ]


def test_a_reserve_customer_rises_with_its_first_order_and_cannot_sink() -> None:
    given = grade("KH1", known(turnover=0, orders_ever=0), "G1", SCHEMES["G1"])
    assert [text.zh for text in given.raised_by] == ["累计订单数再增加 1，即可升为一般客户"]
    assert given.lowered_by == ()


def test_an_ungraded_customer_is_told_which_figure_is_missing_and_where_to_fill_it() -> None:
    rows = [sale("2026-03-01", 600_000), cover(payment_credit=None)]
    given = grade("KH1", all_of(*rows), "G1", SCHEMES["G1"])
    assert (given.tier, given.label.zh) == ("", "未定级")
    assert given.rule.zh == "暂时不能定级，缺少付款信用（请在封面填写“付款信用”）"
    assert given.rule.en == "cannot be graded yet for want of payment credit (fill in “Payment credit” on the cover)"


def test_a_figure_that_cannot_change_the_result_is_not_asked_for() -> None:
    given = grade("KH1", known(turnover=None, orders_ever=3, payment_credit=None), "G1", SCHEMES["G1"])
    assert "营业额" in given.rule.zh
    contradictory = scheme(("never", [[{"metric": "orders", "at_least": 9}, {"metric": "orders", "below": 3}]]), ("rest", []))
    assert grade("KH1", known(), "S", contradictory).tier == "rest"


def test_a_scheme_none_of_whose_tiers_fits_leaves_the_customer_ungraded() -> None:
    narrow = scheme(("a", [[{"metric": "orders", "at_least": 9}]]), ("b", [[{"metric": "orders", "at_least": 3}]]))
    given = grade("KH1", known(orders=1), "S", narrow)
    assert given.tier == ""
    assert "分级方案" in given.rule.zh


@pytest.mark.parametrize(
    ("metric", "value", "zh"),
    [
        ("turnover", 123_000, "12.3 万元"), ("turnover", 0.01, "0.000001 万元"), ("turnover", 50_000_000, "5,000 万元"),
        ("growth", 0.125, "12.5%"), ("orders", 100, "100"), ("payment_credit", "poor", "差"),
    ],
)
def test_a_figure_is_written_in_the_unit_people_use(metric: str, value: float | str, zh: str) -> None:
    assert written(metric, value).zh == zh


MONEY = st.integers(-10_000, 120_000_000).map(lambda cents: cents / 100)
MAYBE_MONEY = st.none() | MONEY
CREDIT = st.sampled_from(["excellent", "good", "fair", "poor"])
FIGURES = st.builds(
    known, turnover=MAYBE_MONEY, expected_revenue=MAYBE_MONEY,
    payment_credit=st.none() | CREDIT, orders_ever=st.none() | st.integers(0, 9),
)
SCHEME_IDS = st.sampled_from(sorted(SCHEMES))


def rank(scheme_id: str, tier: str) -> int:
    return [each.id for each in SCHEMES[scheme_id].tiers].index(tier)


@given(SCHEME_IDS, FIGURES, MONEY, MONEY)
def test_more_turnover_never_gives_a_worse_tier(
    id: str, others: dict[str, Figure], one: float, other: float
) -> None:
    less, more = sorted((one, other))
    low, high = (
        grade("KH1", {**others, "turnover": Figure("turnover", amount)}, id, SCHEMES[id]).tier for amount in (less, more)
    )
    if low and high:
        assert rank(id, high) <= rank(id, low)


@given(SCHEME_IDS, FIGURES, MONEY, MONEY, CREDIT, st.integers(0, 9))
def test_filling_in_what_is_missing_never_contradicts_a_given_grade(
    id: str, partial: dict[str, Figure], turnover: float, expected: float, credit: str, orders: int
) -> None:
    given = grade("KH1", partial, id, SCHEMES[id]).tier
    filling = known(turnover=turnover, expected_revenue=expected, payment_credit=credit, orders_ever=orders)
    full = {metric: filling[metric] if figure.value is None else figure for metric, figure in partial.items()}
    assert given in ("", grade("KH1", full, id, SCHEMES[id]).tier)


@given(SCHEME_IDS, FIGURES)
def test_a_customer_is_ungraded_only_when_a_missing_figure_decides(id: str, partial: dict[str, Figure]) -> None:
    samples: dict[str, tuple[float | str, ...]] = {
        "turnover": (0, 50_000, 150_000, 250_000, 900_000), "expected_revenue": (0, 900_000),
        "payment_credit": ("good", "poor"), "orders_ever": (0, 3),
    }
    missing = [metric for metric in samples if partial[metric].value is None]
    outcomes = {
        grade("KH1", {**partial, **{m: Figure(m, v) for m, v in zip(missing, guess, strict=True)}}, id, SCHEMES[id]).tier
        for guess in product(*(samples[metric] for metric in missing))
    }
    assert (grade("KH1", partial, id, SCHEMES[id]).tier == "") == (len(outcomes) > 1)


@given(SCHEME_IDS, FIGURES)
def test_the_same_figures_give_the_same_grade(id: str, partial: dict[str, Figure]) -> None:
    again = dict(reversed(partial.items()))
    assert grade("KH1", partial, id, SCHEMES[id]) == grade("KH1", again, id, SCHEMES[id])


@given(MONEY, CREDIT, st.integers(1, 9))
def test_the_gap_that_is_told_is_exactly_what_raises(turnover: float, credit: str, orders: int) -> None:
    complete = known(turnover=turnover, payment_credit=credit, orders_ever=orders, expected_revenue=0)
    given = grade("KH1", complete, "G2", SCHEMES["G2"])
    if given.tier == "A":
        return
    bound = {"B": 500_000, "C": 100_000, "D": 10_000}[given.tier]
    gap = written("turnover", bound - turnover).zh
    assert f"营业额再增加 {gap}，" in given.raised_by[0].zh
    raised = {**complete, "turnover": Figure("turnover", bound)}
    assert rank("G2", grade("KH1", raised, "G2", SCHEMES["G2"]).tier) < rank("G2", given.tier)
