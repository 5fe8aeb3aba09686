"""One cell → one typed value, after the habits of Excel users have been taken out.

Numbers as text, full-width digits, ``2026.7.1``, ``2026年7月1日``, dates as
serial numbers, stray spaces, ``50万元`` against 元: whatever has one meaning is
read; whatever has two or none is reported by the code of its finding.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias

import phonenumbers
from stdnum.cn import uscc

from crmflow.declare import Field, Kind
from crmflow.model import Value
from crmflow.workbook.read import Raw

Reading: TypeAlias = tuple[Value, str | None]
"""The value and no code, or None and the code of what is wrong."""
Reader: TypeAlias = Callable[[Raw], Reading]

EXCEL_EPOCH = datetime(1899, 12, 30)
SERIAL_DAYS = range(18_264, 73_051)
"""Serial numbers from 1950 to 2099: only these can be meant as days."""
DEFAULT_REGION = "CN"

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\ufeff\u2060"), None)
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_CLOCK = re.compile(r"(\d{1,2})\s*[:时点]\s*(\d{1,2})?\s*分?(?:\s*[:]?\s*(\d{1,2})\s*秒?)?")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?")
_BIRTHDAY = re.compile(r"(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[-+]?\d+)?", re.IGNORECASE)
_EMAIL = re.compile(r"[^@\s,;<>\"']+@[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)+")
_YES_NO: Mapping[str, bool] = {
    "是": True, "有": True, "√": True, "✓": True, "✔": True, "y": True, "yes": True, "true": True, "1": True,
    "否": False, "无": False, "×": False, "✗": False, "n": False, "no": False, "false": False, "0": False,
}


def reader(field: Field) -> Reader:
    """What turns a cell that is not empty into the value its field's kind wants."""
    return _choice(field) if field.kind is Kind.CHOICE else _READERS[field.kind]


def clean(text: str) -> str:
    """Without surrounding or invisible white space; what is inside stays as it was typed."""
    if not text.isascii():
        text = text.translate(_INVISIBLE)
    return text.strip()


def shown(raw: Raw | Value) -> str:
    """A cell as a person sees it, for messages."""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if isinstance(raw, datetime):
        return raw.strftime("%Y-%m-%d" if raw.time() == time() else "%Y-%m-%d %H:%M")
    return str(raw) if raw is not None else ""


def narrow(text: str) -> str:
    """Full-width digits, letters and punctuation as the half-width ones, without any white space at the ends."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text).strip()


def _text(raw: Raw) -> Reading:
    return (raw if isinstance(raw, str) else shown(raw)), None


def _code(raw: Raw) -> Reading:
    return narrow(shown(raw)), None


def number_of(raw: Raw) -> float | None:
    """A plain number, from a number or from text such as ``１，２００．５``; None when it is none."""
    if isinstance(raw, bool):
        return None
    if isinstance(raw, (int, float)):
        return float(raw) if math.isfinite(raw) else None
    if not isinstance(raw, str):
        return None
    text = narrow(raw).replace(" ", "").lstrip("¥￥")
    if not text or not _NUMBER.fullmatch(text) or not any(letter.isdigit() for letter in text):
        return None
    value = float(text.replace(",", ""))
    return value if math.isfinite(value) else None


def _number(raw: Raw) -> Reading:
    value = number_of(raw)
    return (value, None) if value is not None else (None, "NOT_A_NUMBER")


def _integer(raw: Raw) -> Reading:
    value = number_of(raw)
    if value is None or not value.is_integer():
        return None, "NOT_AN_INTEGER"
    return int(value), None


def _money(unit: float) -> Reader:
    """A reader of amounts kept in ``unit`` 元; a unit typed in the cell itself is honoured."""

    def read(raw: Raw) -> Reading:
        typed = unit
        if isinstance(raw, str):
            text = narrow(raw).removesuffix("整").removesuffix("人民币").strip()
            for suffix, size in (("万元", 10_000.0), ("万", 10_000.0), ("元", 1.0)):
                if text.endswith(suffix):
                    raw, typed = text.removesuffix(suffix), size
                    break
        value = number_of(raw)
        if value is None:
            return None, "NOT_A_NUMBER"
        return (value if typed == unit else round(value * typed / unit, 6)), None

    return read


def _percent(raw: Raw) -> Reading:
    """30, 30 %, 0.3 and 百分之三十 typed as ``30%`` are all 0.3; 1 is the whole."""
    if isinstance(raw, str) and narrow(raw).endswith("%"):
        value = number_of(narrow(raw).removesuffix("%"))
        return (value / 100, None) if value is not None else (None, "NOT_A_PERCENT")
    value = number_of(raw)
    if value is None:
        return None, "NOT_A_PERCENT"
    return (value if abs(value) <= 1 else value / 100), None


def _moment_of(raw: Raw) -> datetime | None:
    if isinstance(raw, datetime):
        return raw
    if isinstance(raw, date):
        return datetime.combine(raw, time())
    if isinstance(raw, (bool, time, timedelta)):
        return None
    if isinstance(raw, (int, float)):
        if int(raw) in SERIAL_DAYS:
            return _to_the_second(EXCEL_EPOCH + timedelta(days=raw))
        return _written_moment(str(int(raw))) if float(raw).is_integer() else None
    return _written_moment(narrow(raw))


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
    """A serial number that was pasted as text."""
    value = number_of(text)
    if value is None or int(value) not in SERIAL_DAYS:
        return None
    return _to_the_second(EXCEL_EPOCH + timedelta(days=value))


def _date(raw: Raw) -> Reading:
    moment = _moment_of(raw)
    return (moment.date(), None) if moment else (None, "NOT_A_DATE")


def _moment(raw: Raw) -> Reading:
    moment = _moment_of(raw)
    return (moment, None) if moment else (None, "NOT_A_MOMENT")


def _month(raw: Raw) -> Reading:
    if isinstance(raw, str) and (match := _MONTH.fullmatch(narrow(raw))) and 1 <= int(match[2]) <= 12:
        return date(int(match[1]), int(match[2]), 1), None
    moment = _moment_of(raw)
    return (moment.date().replace(day=1), None) if moment else (None, "NOT_A_MONTH")


def _year(raw: Raw) -> Reading:
    if isinstance(raw, (datetime, date)):
        return raw.year, None
    value = number_of(narrow(raw).removesuffix("年") if isinstance(raw, str) else raw)
    if value is None or not value.is_integer() or not 1900 <= value <= 2200:
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
    moment = _moment_of(raw)
    return (moment.date().isoformat(), None) if moment else (None, "NOT_A_BIRTHDAY")


def _yes_no(raw: Raw) -> Reading:
    known = _YES_NO.get(narrow(shown(raw)).lower())
    return (known, None) if known is not None else (None, "NOT_YES_NO")


def _choice(field: Field) -> Reader:
    """The choice's id; a text on no list comes back as typed, for the closed-list check to report."""
    known = spellings(field)

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


def _folded(text: str) -> str:
    return narrow(text).replace(" ", "").casefold()


def _mobile(raw: Raw) -> Reading:
    digits = re.sub(r"[\s\-()]", "", narrow(shown(raw))).removeprefix("+86").removeprefix("0086")
    if not re.fullmatch(r"1\d{10}", digits) or not _valid_phone(digits):
        return None, "NOT_A_MOBILE"
    return digits, None


def _phone(raw: Raw) -> Reading:
    """Area code and number; short service numbers (400…, 95…) and extensions are numbers too."""
    text = narrow(shown(raw))
    number = re.split(r"(?:转|ext\.?|x)", text, maxsplit=1, flags=re.IGNORECASE)[0]
    digits = re.sub(r"[\s\-()]", "", number)
    if re.fullmatch(r"(?:400|800)\d{7}|95\d{3,6}", digits) or (re.fullmatch(r"\+?\d{7,15}", digits) and _valid_phone(digits)):
        return text, None
    return None, "NOT_A_PHONE"


@lru_cache(maxsize=100_000)
def _valid_phone(digits: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(digits, DEFAULT_REGION))
    except phonenumbers.NumberParseException:
        return False


def _email(raw: Raw) -> Reading:
    text = narrow(shown(raw)).removeprefix("mailto:")
    return (text, None) if len(text) <= 254 and _EMAIL.fullmatch(text) else (None, "NOT_AN_EMAIL")


def _credit_code(raw: Raw) -> Reading:
    text = re.sub(r"[\s\-]", "", narrow(shown(raw))).upper()
    return (text, None) if uscc.is_valid(text) else (None, "NOT_A_CREDIT_CODE")


_READERS: Mapping[Kind, Reader] = {
    Kind.TEXT: _text,
    Kind.NOTE: _text,
    Kind.STAFF: _text,
    Kind.CODE: _code,
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
    Kind.MOBILE: _mobile,
    Kind.PHONE: _phone,
    Kind.EMAIL: _email,
    Kind.CREDIT_CODE: _credit_code,
}
