"""Figures and a scheme → a customer's grade, with its reasons (section 3).

A grade is the first tier whose conditions hold. A customer stays ungraded only
while a missing figure could change the result, and the grade then says which.
"""

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import TypeAlias

from crmflow.config import Condition, Scheme, Tier
from crmflow.declare import Choice
from crmflow.forms.f00_cover import CREDIT, STAGES
from crmflow.metrics import METRICS, Unit
from crmflow.model import Figure, Grade, Text
from crmflow.texts import PHRASES, both

Figures: TypeAlias = Mapping[str, Figure]
Known: TypeAlias = Mapping[str, float | str]
Alternative: TypeAlias = Sequence[Condition]

YUAN_PER_WAN = 10_000
_CHOICES: Mapping[str, tuple[Choice, ...]] = {"payment_credit": CREDIT, "relationship_stage": STAGES}
_WORDS: Mapping[str, Mapping[str, Text]] = {
    metric: {choice.id: choice.label for choice in choices} for metric, choices in _CHOICES.items()
}


def grade(customer: str, figures: Figures, scheme_id: str, scheme: Scheme) -> Grade:
    """The customer's grade under one scheme, why, and what would raise or lower it; tier "" when it has none."""
    used = metrics_of(scheme)
    known = {metric: value for metric in used if (value := figures[metric].value) is not None}
    decisive, tier = _decide(scheme, known, tuple(metric for metric in used if metric not in known))
    chosen = tuple(figures[metric] for metric in used)
    if decisive or tier is None:
        rule = _missing(decisive, figures) if decisive else PHRASES["grade.rule.none_fits"]
        return Grade(customer, scheme_id, "", PHRASES["grade.ungraded"], rule, chosen)
    return Grade(
        customer, scheme_id, tier.id, tier.name.text, _rule(scheme_id, scheme, tier, known), chosen,
        raised_by=_raised_by(scheme, tier, known, figures),
        lowered_by=_lowered_by(scheme, tier, known),
    )


def metrics_of(scheme: Scheme) -> tuple[str, ...]:
    """Every metric the scheme looks at, in its own order."""
    conditions = (c for tier in scheme.tiers for alternative in tier.when for c in alternative)
    return tuple(dict.fromkeys(condition.metric for condition in conditions))


def _holds(condition: Condition, value: float | str) -> bool:
    if isinstance(value, str):
        return value in condition.one_of
    if condition.at_least is not None:
        return value >= condition.at_least
    return condition.below is not None and value < condition.below


def _holding(tier: Tier, known: Known) -> tuple[Alternative, ...]:
    """The alternatives of a tier all of whose conditions are known to hold."""
    return tuple(
        alternative for alternative in tier.when
        if all(c.metric in known and _holds(c, known[c.metric]) for c in alternative)
    )


def _first(scheme: Scheme, known: Known) -> Tier | None:
    return next((tier for tier in scheme.tiers if not tier.when or _holding(tier, known)), None)


def _decide(scheme: Scheme, known: Known, missing: tuple[str, ...]) -> tuple[tuple[str, ...], Tier | None]:
    """The missing metrics that could change the result, and the tier when there are none of them.

    Every way the missing figures could turn out is tried: the scheme's bounds
    cut each into a few ranges, and one value stands for its range.
    """
    outcomes: dict[tuple[float | str, ...], Tier | None] = {}
    for guess in product(*(_ranges(scheme, metric) for metric in missing)):
        outcomes[guess] = _first(scheme, {**known, **dict(zip(missing, guess, strict=True))})
    decisive = tuple(metric for place, metric in enumerate(missing) if _matters(outcomes, place))
    return decisive, next(iter(outcomes.values()))


def _matters(outcomes: Mapping[tuple[float | str, ...], Tier | None], place: int) -> bool:
    """Whether the result can differ by the figure at ``place`` alone."""
    seen: dict[tuple[float | str, ...], Tier | None] = {}
    return any(seen.setdefault(guess[:place] + guess[place + 1:], tier) is not tier for guess, tier in outcomes.items())


def _ranges(scheme: Scheme, metric: str) -> Sequence[float | str]:
    """One value from each range of ``metric`` that the scheme tells apart."""
    conditions = [c for tier in scheme.tiers for a in tier.when for c in a if c.metric == metric]
    if METRICS[metric].unit is Unit.WORD:
        return sorted({"", *(word for condition in conditions for word in condition.one_of)})
    bounds = sorted({bound for c in conditions for bound in (c.at_least, c.below) if bound is not None})
    return [bounds[0] - 1, *bounds]


def _missing(metrics: Iterable[str], figures: Figures) -> Text:
    parts = (
        both("grade.missing", metric=METRICS[metric].label, why=figures[metric].why or Text("", ""))
        for metric in metrics
    )
    return both("grade.rule.missing", missing=_join(parts, "、", ", "))


def _rule(scheme_id: str, scheme: Scheme, tier: Tier, known: Known) -> Text:
    holding = _holding(tier, known)
    if holding:
        reasons = _join((_reason(condition, known[condition.metric]) for condition in holding[0]), "，", ", ")
    else:
        reasons = PHRASES["grade.rule.either_way" if tier.when else "grade.rule.rest"]
    return both("grade.rule", scheme=scheme_id, tier=tier.name.text, reasons=reasons)


def _reason(condition: Condition, value: float | str) -> Text:
    return _say("grade.holds", condition, value)


def _raised_by(scheme: Scheme, tier: Tier, known: Known, figures: Figures) -> tuple[Text, ...]:
    """For each way into the next tier up, what is still wanting."""
    place = scheme.tiers.index(tier)
    if place == 0:
        return ()
    above = scheme.tiers[place - 1]
    ways = (
        _join((_gap(c, known, figures) for c in way if not _holding_one(c, known)), "，并且", " and ")
        for way in above.when
    )
    return tuple(both("grade.raise", gaps=gaps, tier=above.name.text) for gaps in ways)


def _holding_one(condition: Condition, known: Known) -> bool:
    return condition.metric in known and _holds(condition, known[condition.metric])


def _gap(condition: Condition, known: Known, figures: Figures) -> Text:
    if condition.metric in known:
        return _say("grade.gap", condition, known[condition.metric])
    why = figures[condition.metric].why or Text("", "")
    return both("grade.gap.missing", metric=METRICS[condition.metric].label, why=why)


def _lowered_by(scheme: Scheme, tier: Tier, known: Known) -> tuple[Text, ...]:
    """The smallest sets of changes that break every way into the tier that now holds."""
    if tier is scheme.tiers[-1]:
        return ()
    breaks = [frozenset(_strictest(choice)) for choice in product(*_holding(tier, known)) if choice]
    smallest = dict.fromkeys(one for one in breaks if not any(other < one for other in breaks))
    return tuple(
        _join((_say("grade.lower", c, known[c.metric]) for c in _in_order(changes, tier)), "，并且", " and ")
        for changes in smallest
    )


def _strictest(conditions: Iterable[Condition]) -> Iterable[Condition]:
    """Of bounds on one figure the hardest to break: breaking it breaks the others."""
    kept: dict[tuple[str, str, tuple[str, ...]], Condition] = {}
    for condition in conditions:
        key = (condition.metric, _kind(condition), condition.one_of)
        before = kept.get(key)
        if before is None or _looser(condition, before):
            kept[key] = condition
    return kept.values()


def _looser(one: Condition, other: Condition) -> bool:
    """Whether ``one`` still holds where ``other`` just breaks."""
    if one.at_least is not None and other.at_least is not None:
        return one.at_least < other.at_least
    return one.below is not None and other.below is not None and one.below > other.below


def _in_order(conditions: frozenset[Condition], tier: Tier) -> list[Condition]:
    declared = [condition for alternative in tier.when for condition in alternative]
    return sorted(conditions, key=declared.index)


def _kind(condition: Condition) -> str:
    if condition.one_of:
        return "one_of"
    return "below" if condition.at_least is None else "at_least"


def _say(stem: str, condition: Condition, value: float | str) -> Text:
    """The phrase for a condition of its kind, filled with the figure, the bound and the gap between them."""
    metric = condition.metric
    facts: dict[str, Text] = {"metric": METRICS[metric].label, "value": written(metric, value)}
    bound = condition.below if condition.at_least is None else condition.at_least
    if bound is None:
        facts["words"] = _join((written(metric, word) for word in condition.one_of), "或", " or ")
    elif isinstance(value, int | float):
        facts |= {"bound": written(metric, bound), "gap": written(metric, abs(value - bound))}
    return both(f"{stem}.{_kind(condition)}", **facts)


def written(metric: str, value: float | str) -> Text:
    """A figure as people read it: money in 万元 or CNY, rates in per cent, words by their labels."""
    if isinstance(value, str):
        return _WORDS[metric].get(value, Text(value, value))
    unit = METRICS[metric].unit
    if unit is Unit.MONEY:
        return Text(f"{_plain(value / YUAN_PER_WAN, 6)} 万元", f"CNY {_plain(value, 2)}")
    plain = f"{_plain(value * 100, 1)}%" if unit is Unit.RATE else _plain(value, 0)
    return Text(plain, plain)


def _plain(value: float, digits: int) -> str:
    """A number without needless zeros."""
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _join(texts: Iterable[Text], zh: str, en: str) -> Text:
    parts = tuple(texts)
    return Text(zh.join(part.zh for part in parts), en.join(part.en for part in parts))
