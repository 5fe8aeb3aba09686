"""The documentation page of a form, made from its declaration so that the two never differ."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from crmflow.codes import say
from crmflow.config import Scheme
from crmflow.declare import Block, Field, Form, Kind, Roles, Table, block_id, fillers, keepers
from crmflow.forms.f30_staff import ROLES
from crmflow.grade import metrics_of
from crmflow.model import Text
from crmflow.rules import RULES
from crmflow.texts import phrase
from crmflow.uses import in_order, rules_of

NO_SCHEMES: Mapping[str, Scheme] = {}
SHORTEST_RUN = 3
"""So many rules in a row are named by the first and the last."""
_ROLES = {role.id: role.label for role in ROLES}


@dataclass(frozen=True, slots=True)
class _Entry:
    """A field of the form with what is known of it beyond its own declaration."""

    block: Block
    field: Field
    filled_by: Roles
    rules: tuple[str, ...]


def page(form: Form, language: str, schemes: Mapping[str, Scheme] = NO_SCHEMES) -> str:
    """A Markdown page: per field its meaning, who fills it in, what is accepted, an example, and the rules that use it.

    ``schemes`` are the grading schemes in force.
    """
    metrics = {name: metrics_of(scheme) for name, scheme in schemes.items()}
    entries = [
        _Entry(block, field, fillers(form, block, field), rules_of(block_id(form, block), block, field, metrics))
        for block in form.blocks for field in block.fields
    ]
    source = phrase("page.source", language, source=form.source, form=form.id, version=form.version)
    parts = [f"# {say(form.title, language)}", say(form.note, language)]
    parts += [_keepers(form, entries, language), f"*{source}*"]
    for block in form.blocks:
        parts += [f"## {say(block.title, language)}", *_key(form, block, language)]
        parts.append("\n".join(_table([entry for entry in entries if entry.block is block], language)))
    return "\n\n".join((*parts, *_rules(entries, schemes, language))) + "\n"


def _keepers(form: Form, entries: Iterable[_Entry], language: str) -> str:
    """Who fills in the form, and whether others have fields of theirs in it."""
    alone = all(entry.filled_by in ((), keepers(form)) for entry in entries)
    return phrase("page.kept_by_all" if alone else "page.kept_by", language, roles=_roles(keepers(form), language))


def _roles(roles: Roles, language: str) -> str:
    labels = (say(_ROLES.get(role, Text(role, role)), language) for role in roles)
    return "或".join(labels) if language == "zh" else " or ".join(label.lower() for label in labels)


def _rules(entries: Iterable[_Entry], schemes: Mapping[str, Scheme], language: str) -> Iterator[str]:
    """What the rules say that stand in the table, each once."""
    used = {rule for entry in entries for rule in entry.rules}
    if not used:
        return
    rows = [_row(phrase("page.rule_columns", language).split("|")), _row(["---"] * 2)]
    rows += (_row([rule, _article(rule, schemes, language)]) for rule in in_order(used))
    yield f"## {phrase('page.rules', language)}"
    yield "\n".join(rows)


def _key(form: Form, block: Block, language: str) -> Iterator[str]:
    if isinstance(block, Table):
        labels = {field.id: field.label for field in block.fields}
        fields = _joined([labels[field_id] for field_id in block.key], language)
        yield phrase("page.key_in_period", language, period=_period(form, language), fields=fields) \
            if form.period_field else phrase("page.key", language, fields=fields)


def _period(form: Form, language: str) -> str:
    card, _, field_id = form.period_field.partition(".")
    label = next(f.label for block in form.blocks if block.id == card for f in block.fields if f.id == field_id)
    return say(label, language) if language == "zh" else say(label, language).lower()


def _table(entries: Iterable[_Entry], language: str) -> Iterator[str]:
    columns = phrase("page.columns", language).split("|")
    yield _row(columns)
    yield _row(["---"] * len(columns))
    for entry in entries:
        block, field = entry.block, entry.field
        yield _row([
            say(field.label, language),
            say(field.help, language),
            _roles(entry.filled_by, language) or phrase("page.computed", language),
            _required(block, field, language),
            _accepted(block, field, language),
            say(field.example, language),
            ("、" if language == "zh" else ", ").join(_runs(entry.rules)),
        ])


def _article(rule: str, schemes: Mapping[str, Scheme], language: str) -> str:
    if rule in RULES:
        return say(RULES[rule].article, language)
    return phrase("page.own_scheme", language, name=say(schemes[rule].name.text, language))


def _runs(rules: Sequence[str]) -> Iterator[str]:
    """The ids, three and more that follow one another as ``V1–V6``."""
    numbered = enumerate((rule[0], int(rule[1:])) if rule[1:].isdecimal() else (rule, 0) for rule in rules)
    for _, run in groupby(numbered, key=lambda one: (one[1][0], one[1][1] - one[0])):
        ids = [rules[place] for place, _ in run]
        yield from ids if len(ids) < SHORTEST_RUN else (f"{ids[0]}–{ids[-1]}",)


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|").replace("\n", "<br>") for cell in cells) + " |"


def _required(block: Block, field: Field, language: str) -> str:
    if field.required:
        return phrase("page.required", language)
    for check in block.checks:
        if check.field_id == field.id and check.code == "REQUIRED_WHEN":
            return phrase("page.required_when", language, when=say(check.facts["when"], language))
        if check.field_id == field.id and check.code == "REQUIRED_ONE_OF":
            return phrase("page.one_of", language, fields=say(check.facts["fields"], language))
    return ""


def _accepted(block: Block, field: Field, language: str) -> str:
    if field.formula:
        labels = {other.id: say(other.label, language) for other in block.fields}
        first, second = (labels[operand] for operand in field.formula)
        return phrase("page.product", language, first=first, second=second)
    choices = _joined([choice.label for choice in field.choices], language)
    accepted = phrase(f"page.{field.kind.value}", language, choices=choices) + _bounds(field, language)
    if field.past:
        accepted += phrase("page.past", language)
    if field.in_block:
        accepted += phrase("page.in_block", language, form=field.in_block.partition(".")[0])
    return accepted


def _bounds(field: Field, language: str) -> str:
    if field.minimum is None and field.maximum is None:
        return ""
    name = "page.at_most" if field.minimum is None else "page.at_least" if field.maximum is None else "page.between"
    return phrase(name, language, minimum=_bound(field.minimum, field), maximum=_bound(field.maximum, field))


def _bound(bound: float | None, field: Field) -> str:
    if bound is None:
        return ""
    return f"{bound:.0%}" if field.kind is Kind.PERCENT else f"{bound:g}"


def _joined(texts: list[Text], language: str) -> str:
    return ("、" if language == "zh" else ", ").join(say(text, language) for text in texts)
