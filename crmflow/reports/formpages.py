"""The documentation page of a form, made from its declaration so that the two never differ."""

from collections.abc import Iterator

from crmflow.codes import say
from crmflow.declare import Block, Field, Form, Kind, Table
from crmflow.model import Text
from crmflow.texts import phrase


def page(form: Form, language: str) -> str:
    """A Markdown page: per field its meaning, whether it is required, what is accepted, an example."""
    source = phrase("page.source", language, source=form.source, form=form.id, version=form.version)
    parts = [f"# {say(form.title, language)}", say(form.note, language), f"*{source}*"]
    for block in form.blocks:
        parts += [f"## {say(block.title, language)}", *_key(form, block, language)]
        parts.append("\n".join(_table(block, language)))
    return "\n\n".join(parts) + "\n"


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


def _table(block: Block, language: str) -> Iterator[str]:
    columns = phrase("page.columns", language).split("|")
    yield _row(columns)
    yield _row(["---"] * len(columns))
    for field in block.fields:
        yield _row([
            say(field.label, language),
            say(field.help, language),
            _required(block, field, language),
            _accepted(block, field, language),
            say(field.example, language),
        ])


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
