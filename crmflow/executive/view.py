"""What one executive may see of a month."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crmflow.access import Customer, admit, may_see
from crmflow.config import Config, Tier
from crmflow.drafts import Month, Situation
from crmflow.figures import YUAN_PER_WAN
from crmflow.model import Duty, Figure, Grade, Person
from crmflow.register import Line


@dataclass(frozen=True, slots=True)
class View:
    """The part of a month that one executive may see; ``tiers`` and ``former`` are tier ids by customer code."""

    reader: Person
    situation: Situation
    month: Month
    config: Config
    customers: Mapping[str, Customer]
    grades: tuple[Grade, ...]
    tiers: Mapping[str, str]
    former: Mapping[str, str]
    duties: tuple[Duty, ...]
    register: tuple[Line, ...]

    @property
    def scheme(self) -> tuple[Tier, ...]:
        """The tiers of the primary scheme, best first."""
        return self.config.grading.schemes[self.config.grading.primary].tiers

    @property
    def language(self) -> str:
        return self.reader.language


def view_of(reader: Person, situation: Situation, month: Month, config: Config) -> View:
    """The month, cut to what the reader is entitled to (A1)."""
    directory, scheme = situation.directory, config.grading.primary
    customers = {code: one for code, one in situation.customers.items() if may_see(reader, one, directory)}
    grades = tuple(one for one in situation.grades if one.scheme == scheme and one.customer in customers)
    return View(
        reader, situation, month, config, customers, grades,
        tiers={one.customer: one.tier for one in grades},
        former={
            one.customer: one.tier for one in month.former_grades
            if one.scheme == scheme and one.customer in customers
        },
        duties=admit(reader, situation.duties, situation.customers, directory),
        register=admit(reader, situation.register, situation.customers, directory),
    )


def keeps(view: View, *blocks: str) -> bool:
    """Whether the company uses the forms of these blocks."""
    return view.situation.catalogue.blocks.keys() >= set(blocks)


def value_of(figure: Figure) -> float:
    """A number, 0 where it is not known: how many are not is told beside."""
    return float(figure.value) if isinstance(figure.value, int | float) else 0.0


def in_wan(amounts: Iterable[float]) -> float:
    """Amounts in 元, together in 万元."""
    return round(sum(amounts) / YUAN_PER_WAN, 2)
