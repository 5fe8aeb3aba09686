"""The examples of the declarations as values, and rows that differ from them in one field."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta

from crmflow.codes import say
from crmflow.declare import Block, Field, Kind, Values
from crmflow.model import Value


def value_of(field: Field, language: str = "zh") -> Value:
    """A field's example as the value it means."""
    example = say(field.example, language)
    if field.kind is Kind.CHOICE:
        return next(choice.id for choice in field.choices if say(choice.label, language) == example)
    if field.kind is Kind.YES_NO:
        return example in ("是", "Yes")
    if field.kind is Kind.DATE:
        return date.fromisoformat(example)
    if field.kind is Kind.MONTH:
        return date.fromisoformat(f"{example}-01")
    if field.kind is Kind.MOMENT:
        return datetime.strptime(example, "%Y-%m-%d %H:%M")
    if field.kind is Kind.PERCENT:
        return float(example.rstrip("%")) / 100
    if field.kind in (Kind.INTEGER, Kind.YEAR):
        return int(example)
    if field.kind in (Kind.NUMBER, Kind.YUAN, Kind.WAN):
        return float(example)
    return example


def row_of(block: Block) -> Values:
    """The block's examples as one row."""
    return {field.id: value_of(field) for field in block.fields}


def varied(block: Block, row: Values | None = None) -> Iterator[Values]:
    """The row, by default the examples, with one field empty, of another choice, half as much or two months later."""
    row = row or row_of(block)
    for field in block.fields:
        for other in (None, *(choice.id for choice in field.choices), *_moved(row[field.id])):
            if other != row[field.id]:
                yield {**row, field.id: other}


def _moved(value: Value) -> tuple[Value, ...]:
    if isinstance(value, bool):
        return (not value,)
    if isinstance(value, int):
        return (value // 2,)
    if isinstance(value, float):
        return (value / 2,)
    return (value + timedelta(days=60), value - timedelta(days=60)) if isinstance(value, date) else ()


def companies(blocks: Mapping[str, Block]) -> Iterator[Mapping[str, Sequence[Values]]]:
    """Rows of every block: the examples, then with each block in turn left out, or its row varied, or a second one."""
    rows = {name: [row_of(block)] for name, block in blocks.items()}
    yield rows
    for name, block in blocks.items():
        yield {**rows, name: []}
        for other in varied(block):
            yield {**rows, name: [other]}
            yield {**rows, name: [*rows[name], other]}
