"""The tables of the store, except the outbox's (``mailbox``) and the typed current ones (``current``)."""

from sqlalchemy import BigInteger, Boolean, Column, Date, ForeignKey, Integer, String, Table, Text

from crmflow.store.base import METADATA, UtcMoment

META = Table(
    "meta", METADATA,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

RUN = Table(
    "run", METADATA,
    Column("id", Integer, primary_key=True),
    Column("started_at", UtcMoment, nullable=False),
    Column("now", UtcMoment, nullable=False),
    Column("finished_at", UtcMoment),
    Column("inputs", String(64), nullable=False, default=""),
    Column("valid_until", UtcMoment),
    Column("figures", Text, nullable=False, default="{}"),
    Column("told", String(60), nullable=False, default="", server_default=""),
    Column("scanned_at", UtcMoment),
)

JOB = Table(
    "job", METADATA,
    Column("job", String(20), primary_key=True),
    Column("scheduled_for", UtcMoment, primary_key=True),
    Column("started_at", UtcMoment, nullable=False),
    Column("finished_at", UtcMoment, nullable=False),
    Column("outcome", String(10), nullable=False),
    Column("run", Integer),
)

WORKBOOK = Table(
    "workbook", METADATA,
    Column("workbook_id", Text, primary_key=True),
    Column("path", Text, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("customer", Text, nullable=False, default=""),
    Column("owner", Text, nullable=False, default=""),
    Column("sha256", String(64), nullable=False),
    Column("parent", String(64), nullable=False, default=""),
    Column("size", BigInteger, nullable=False),
    Column("modified_ns", BigInteger, nullable=False),
    Column("checked_against", String(64), nullable=False),
    Column("checked_on", Date, nullable=False),
    Column("rows", Integer, nullable=False, default=0),
    Column("held", Integer, nullable=False, default=0),
    Column("is_restless", Boolean, nullable=False, default=False),
    Column("absent", Text, nullable=False, default=""),
    Column("last_run", Integer, nullable=False),
    Column("arrived_at", UtcMoment),
)

REVISION = Table(
    "revision", METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("row_id", String(32), nullable=False),
    Column("workbook_id", Text, nullable=False),
    Column("block", String(60), nullable=False),
    Column("customer", Text, nullable=False, index=True),
    Column("period", String(10), nullable=False),
    Column("key", Text, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("action", String(10), nullable=False),
    Column("values", Text, nullable=False),
    Column("accepted_at", UtcMoment, nullable=False),
    Column("run", Integer, nullable=False),
    Column("arrived_at", UtcMoment),
)

POSITION = Table(
    "position", METADATA,
    Column("row_id", String(32), primary_key=True),
    Column("workbook_id", Text, nullable=False, index=True),
    Column("revision", Integer, ForeignKey(REVISION.c.id), nullable=False),
    Column("is_open", Boolean, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("stale", Boolean, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("last_run", Integer, nullable=False),
)

HELD = Table(
    "held", METADATA,
    Column("id", Integer, primary_key=True),
    Column("workbook_id", Text, nullable=False, index=True),
    Column("customer", Text, nullable=False),
    Column("block", String(60), nullable=False),
    Column("key", Text, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("values", Text, nullable=False),
    Column("unread", Text, nullable=False),
    Column("period", String(10), nullable=False, default="", server_default=""),
    Column("first_seen_at", UtcMoment),
)

FINDING = Table(
    "finding", METADATA,
    Column("id", Integer, primary_key=True),
    Column("source", Text, nullable=False, index=True),
    Column("code", String(40), nullable=False),
    Column("severity", String(10), nullable=False),
    Column("file", Text, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("cell", Text, nullable=False),
    Column("value", Text, nullable=False),
    Column("block", String(60), nullable=False),
    Column("field_id", String(60), nullable=False),
    Column("facts", Text, nullable=False),
    Column("customer", Text, nullable=False),
    Column("owner", Text, nullable=False),
    Column("row_key", Text, nullable=False),
)

HOLD = Table(
    "hold", METADATA,
    Column("id", Integer, primary_key=True),
    Column("token", String(8), nullable=False, index=True),
    Column("workbook_id", Text, nullable=False, index=True),
    Column("finding", Text, nullable=False),
    Column("raised_at", UtcMoment, nullable=False),
    Column("confirmed_at", UtcMoment),
    Column("confirmed_by", Text, nullable=False, default=""),
    Column("is_pending", Boolean, nullable=False, default=True),
)

GRADE = Table(
    "grade", METADATA,
    Column("id", Integer, primary_key=True),
    Column("customer", Text, nullable=False, index=True),
    Column("scheme", String(20), nullable=False),
    Column("tier", String(40), nullable=False),
    Column("since", Date, nullable=False),
    Column("is_current", Boolean, nullable=False),
    Column("details", Text, nullable=False),
    Column("run", Integer, nullable=False),
)
