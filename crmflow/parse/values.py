"""One cell → one typed value, after the habits of Excel users have been taken out.

Numbers as text, full-width digits, ``2026.7.1``, ``2026年7月1日``, dates as
serial numbers, stray spaces, ``50万元`` against 元: whatever has one meaning is
read; whatever has two or none is reported by the code of its finding.
"""

import math
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias

from crmflow.dates import lunar_birthday
from crmflow.declare import Field, Kind, longest
from crmflow.parse import contacts
from crmflow.parse.plain import LARGEST, Reading, narrow, shown
from crmflow.workbook.read import Raw

Reader: TypeAlias = Callable[[Raw], Reading]

EXCEL_EPOCH = datetime(1899, 12, 30)
SERIAL_DAYS = range(18_264, 73_051)
"""Serial numbers from 1950 to 2099: only these can be meant as days."""
YEARS = range(1901, 2200)
"""In 1900 lie the small numbers that stand in a cell formatted as a date."""

_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CLOCK = re.compile(r"(\d{1,2})\s*[:时点]\s*(\d{1,2})?\s*分?(?:\s*[:]?\s*(\d{1,2})\s*秒?)?")
_MONTH = re.compile(r"(\d{4})(?:\s*[-/.年]\s*(\d{1,2})\s*月?|(\d{2}))")
_BIRTHDAY = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:([, ])\d{3})(?:\1\d{3})*|\d+)?(?:\.\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)
_CURRENCY = re.compile(r"人民币|rmb|cny|整$", re.IGNORECASE)
_UNIT = re.compile(r"(?:([亿万])元?|(元))$")
_UNITS: Mapping[str, float] = {"亿": 1e8, "万": 1e4, "元": 1.0}
_YES_NO: Mapping[str, bool] = {
    **dict.fromkeys(("是", "是的", "有", "对", "√", "✓", "✔", "☑", "✅", "y", "yes", "true", "1"), True),
    **dict.fromkeys(("否", "不是", "无", "没有", "×", "✗", "✘", "✕", "x", "n", "no", "false", "0"), False),
}


PROSE = frozenset({Kind.TEXT, Kind.NOTE, Kind.STAFF})


@lru_cache(maxsize=4096)
def reader(field: Field) -> Reader:
    """What turns a cell that is not empty, and cleaned, into the value its field's kind wants."""
    if field.kind is Kind.CHOICE:
        return _choice(field)
    if field.kind is Kind.CODE:
        return _code(longest(field))
    return _text(longest(field)) if field.kind in PROSE else _READERS[field.kind]


def _text(limit: int) -> Reader:
    """A reader of texts of no more than ``limit`` characters."""

    def read(raw: Raw) -> Reading:
        text = raw if isinstance(raw, str) else shown(raw)
        return (text, None) if len(text) <= limit else (None, "TOO_LONG")

    return read


def _code(limit: int) -> Reader:
    """As ``_text``, for numbers that are names."""

    def read(raw: Raw) -> Reading:
        if isinstance(raw, (int, float)) and not abs(raw) < LARGEST:
            return None, "DIGITS_LOST"
        text = narrow(raw if isinstance(raw, str) else shown(raw))
        return (text, None) if len(text) <= limit else (None, "TOO_LONG")

    return read


def number_of(raw: Raw) -> float | None:
    """A plain number, from a number or from text such as ``１，２００．５``; None when it is none."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, (int, float)):
        return _finite(raw)
    if not isinstance(raw, str):
        return None
    text = narrow(raw).removeprefix("¥").lstrip()
    if not _NUMBER.fullmatch(text) or not any(letter.isdigit() for letter in text.lower().partition("e")[0]):
        return None
    return _finite(float(text.replace(",", "").replace(" ", "")))


def _finite(number: float) -> float | None:
    """The number as a float, unless it is none, endless, or too large to be multiplied by any unit."""
    return float(number) if abs(number) < 1e290 else None


def _number(raw: Raw) -> Reading:
    value = number_of(raw)
    return (value, None) if value is not None else (None, "NOT_A_NUMBER")


def _integer(raw: Raw) -> Reading:
    value = number_of(raw)
    if value is None or not value.is_integer() or abs(value) >= LARGEST:
        return None, "NOT_AN_INTEGER"
    return int(value), None


def _money(unit: float) -> Reader:
    """A reader of amounts kept in ``unit`` 元; a unit typed in the cell itself is honoured."""

    def read(raw: Raw) -> Reading:
        typed = unit
        if isinstance(raw, str):
            raw = _CURRENCY.sub("", narrow(raw)).strip()
            if match := _UNIT.search(raw):
                raw, typed = raw[: match.start()], _UNITS[match[1] or match[2]]
        value = number_of(raw)
        if value is None:
            return None, "NOT_A_NUMBER"
        return (value if typed == unit else round(value * typed / unit, 6)), None

    return read


def _percent(raw: Raw) -> Reading:
    """30, ``30%`` and 0.3 are all 0.3; 1 is the whole.

    Between 1 and 2 nobody can tell 1.5 % typed into a plain cell from 150 % in one formatted as per cent.
    """
    if isinstance(raw, str) and narrow(raw).endswith("%"):
        value = number_of(narrow(raw).removesuffix("%"))
        return (value / 100, None) if value is not None else (None, "NOT_A_PERCENT")
    value = number_of(raw)
    if value is None or 1 < abs(value) < 2:
        return None, "NOT_A_PERCENT"
    return (value if abs(value) <= 1 else value / 100), None


def _moment_of(raw: Raw) -> datetime | None:
    moment = _any_moment_of(raw)
    return moment if moment and moment.year in YEARS else None


def _any_moment_of(raw: Raw) -> datetime | None:
    if isinstance(raw, datetime):
        return raw
    if isinstance(raw, date):
        return datetime.combine(raw, time())
    if isinstance(raw, (bool, time, timedelta)):
        return None
    return _written_moment(narrow(raw) if isinstance(raw, str) else shown(raw))


def _to_the_second(moment: datetime) -> datetime:
    """Serial numbers are fractions: 9:30 comes as 9:29:59.99."""
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)


def _written_moment(text: str) -> datetime | None:
    match = _DATE.match(text) or _COMPACT_DATE.match(text)
    if match is None:
        return _serial_in_text(text)
    rest = text[match.end() :].strip().lstrip("T").strip()
    clock = _CLOCK.fullmatch(rest) if rest else None
    if rest and clock is None:
        return None
    hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
    try:
        return datetime(int(match[1]), int(match[2]), int(match[3]), hour, minute, second)
    except ValueError:
        return None


def _serial_in_text(text: str) -> datetime | None:
    """A serial number: a day in a cell that is not formatted as one, or pasted as text."""
    value = number_of(text)
    if value is None or math.floor(value) not in SERIAL_DAYS:
        return None
    return _to_the_second(EXCEL_EPOCH + timedelta(days=value))


@lru_cache(maxsize=16_384, typed=True)
def _date(raw: Raw) -> Reading:
    moment = _moment_of(raw)
    return (moment.date(), None) if moment else (None, "NOT_A_DATE")


def _moment(raw: Raw) -> Reading:
    moment = _moment_of(raw)
    return (moment, None) if moment else (None, "NOT_A_MOMENT")


def _month(raw: Raw) -> Reading:
    if match := _MONTH.fullmatch(narrow(shown(raw))):
        month = int(match[2] or match[3])
        if int(match[1]) in YEARS and 1 <= month <= 12 and (match[3] or isinstance(raw, str)):
            return date(int(match[1]), month, 1), None
    moment = _moment_of(raw)
    return (moment.date().replace(day=1), None) if moment else (None, "NOT_A_MONTH")


def _year(raw: Raw) -> Reading:
    if isinstance(raw, (datetime, date)):
        return (raw.year, None) if raw.year in YEARS else (None, "NOT_A_YEAR")
    value = number_of(re.sub("年度?$", "", narrow(raw)) if isinstance(raw, str) else raw)
    if value is None or value not in YEARS:
        return None, "NOT_A_YEAR"
    return int(value), None


def _birthday(raw: Raw) -> Reading:
    if isinstance(raw, str) and (match := _BIRTHDAY.fullmatch(narrow(raw))):
        month, day = int(match[1]), int(match[2])
        try:
            date(2000, month, day)
        except ValueError:
            return None, "NOT_A_BIRTHDAY"
        return f"{month:02d}-{day:02d}", None
    if moment := _moment_of(raw):
        return moment.date().isoformat(), None
    lunar = lunar_birthday(narrow(raw)) if isinstance(raw, str) else None
    return (lunar, None) if lunar else (None, "NOT_A_BIRTHDAY")


@lru_cache(maxsize=1024, typed=True)
def _yes_no(raw: Raw) -> Reading:
    known = _YES_NO.get(narrow(shown(raw)).lower())
    return (known, None) if known is not None else (None, "NOT_YES_NO")


def _choice(field: Field) -> Reader:
    """The choice's id; a text on no list comes back as typed, for the closed-list check to report."""
    known = spellings(field)

    @lru_cache(maxsize=1024, typed=True)
    def read(raw: Raw) -> Reading:
        typed = shown(raw)
        return known.get(_folded(typed), typed), None

    return read


def spellings(field: Field) -> Mapping[str, str]:
    """Every spelling that is read as a choice, with the choice's id."""
    return {
        _folded(spelling): choice.id
        for choice in field.choices
        for spelling in (choice.id, choice.label.zh, choice.label.en, *choice.aliases)
    }


@lru_cache(maxsize=4096)
def _folded(text: str) -> str:
    return narrow(text).replace(" ", "").casefold()


_READERS: Mapping[Kind, Reader] = {
    Kind.INTEGER: _integer,
    Kind.NUMBER: _number,
    Kind.YUAN: _money(1.0),
    Kind.WAN: _money(10_000.0),
    Kind.PERCENT: _percent,
    Kind.DATE: _date,
    Kind.MOMENT: _moment,
    Kind.MONTH: _month,
    Kind.YEAR: _year,
    Kind.BIRTHDAY: _birthday,
    Kind.YES_NO: _yes_no,
    Kind.MOBILE: contacts.mobile,
    Kind.PHONE: contacts.phone,
    Kind.EMAIL: contacts.email,
    Kind.CREDIT_CODE: contacts.credit_code,
}
