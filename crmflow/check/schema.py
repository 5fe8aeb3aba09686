"""The only user of pandera: one check a block, made from its declaration, run over the rows of many workbooks at once.

pandera says *which* rows fail; what its check is made of, asked of those rows again, says which of their cells, and
``fault`` says *what* is wrong with each.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

import pandera.polars as pandera
import polars as pl
from pandera.api.polars.types import PolarsData
from pandera.errors import SchemaError, SchemaErrorReason

from crmflow.declare import Block, Field, Kind
from crmflow.model import Finding, Record, Value, Where

# The engine that polars takes by itself is ten times slower for frames as small as ours.
pl.Config.set_engine_affinity("in-memory")

_TYPES: dict[Kind, pl.DataType] = {
    Kind.INTEGER: pl.Int64(), Kind.YEAR: pl.Int64(),
    Kind.NUMBER: pl.Float64(), Kind.YUAN: pl.Float64(), Kind.WAN: pl.Float64(), Kind.PERCENT: pl.Float64(),
    Kind.DATE: pl.Date(), Kind.MONTH: pl.Date(), Kind.MOMENT: pl.Datetime(),
    Kind.YES_NO: pl.Boolean(),
}


def check_block(block_id: str, block: Block, rows: Sequence[Record], today: date) -> Iterator[tuple[int, Finding]]:
    """Every cell that breaks its declaration, with the position of its row in ``rows``.

    A cell that could not be read has its finding already and is passed over.
    """
    fields = {field.id: field for field in block.fields if _is_bound(field)}
    if not fields:
        return
    types = {name: _TYPES.get(field.kind, pl.String()) for name, field in fields.items()}
    frame = pl.from_dicts([row.values for row in rows], types)
    holds = [_holds(field, today).alias(name) for name, field in fields.items()]
    failing = _failing(frame, pl.all_horizontal(holds))
    for position, cells in zip(failing, frame[failing].select(holds).iter_rows(named=True), strict=True):
        row = rows[position]
        for name, is_good in cells.items():
            if not is_good and name not in row.unread and name in row.placement.cells:
                yield position, _finding(block_id, row, fields[name])


def _failing(frame: pl.DataFrame, holds: pl.Expr) -> list[int]:
    """The positions of the rows that fail; a check that crashed is our bug and raises."""
    check = pandera.Check(_passes(holds), n_failure_cases=1)
    try:
        pandera.DataFrameSchema(checks=check).validate(frame)
    except SchemaError as error:
        if error.reason_code is not SchemaErrorReason.DATAFRAME_CHECK:
            raise RuntimeError(f"the check broke: {error}") from error
        # pandera's frames hold the error that holds them, and with them the rows of every caller.
        error.with_traceback(None)
        return list((~error.check_output.to_series()).arg_true())
    return []


def _is_bound(field: Field) -> bool:
    """Whether anything is asked of the field beyond its type: a check that passes everything costs as much as any."""
    bounds = field.choices, field.minimum is not None, field.maximum is not None, field.past, field.required
    return any(bounds)


def _passes(holds: pl.Expr) -> Callable[[PolarsData], pl.LazyFrame]:
    return lambda data: data.lazyframe.select(holds)


def _holds(field: Field, today: date) -> pl.Expr:
    """What the field's column must satisfy; ``fault`` names the part that failed."""
    cell = pl.col(field.id)
    parts = []
    if field.choices:
        parts.append(cell.is_in([choice.id for choice in field.choices]))
    if field.minimum is not None:
        parts.append(cell >= field.minimum)
    if field.maximum is not None:
        parts.append(cell <= field.maximum)
    if field.past:
        parts.append(cell <= _end(field, today))
    may_be_empty = pl.lit(not field.required)
    if not parts:
        return cell.is_not_null() | may_be_empty
    return pl.all_horizontal(*parts).fill_null(cell.is_null() & may_be_empty)


def _end(field: Field, today: date) -> date | datetime:
    return datetime.combine(today, time()) + timedelta(days=1) if field.kind is Kind.MOMENT else today


def fault(field: Field, value: Value) -> str:
    """The code of what is wrong with a value that fails its field."""
    if value is None:
        return "REQUIRED"
    if field.choices:
        return "NOT_IN_LIST"
    if isinstance(value, date):
        return "IN_FUTURE"
    below = isinstance(value, (int, float)) and field.minimum is not None and value < field.minimum
    return "BELOW_MINIMUM" if below else "ABOVE_MAXIMUM"


def _finding(block_id: str, row: Record, field: Field) -> Finding:
    value = row.values[field.id]
    cell = row.placement.cells[field.id]
    where = Where(row.placement.file, row.placement.sheet, f"{cell}{row.row}" if row.row else cell)
    return Finding(fault(field, value), where, _shown(field, value), block_id, field.id)


def _shown(field: Field, value: Value) -> str:
    """The value as its cell shows it, at most one line long."""
    if value is None:
        return ""
    if field.kind is Kind.PERCENT and isinstance(value, float):
        return f"{value:.2%}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:g}" if isinstance(value, float) else str(value)[:80]
