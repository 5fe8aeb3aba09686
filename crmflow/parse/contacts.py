"""How people and companies are reached and registered: phones, e-mail addresses, credit codes."""

import re
from functools import lru_cache

import phonenumbers
from stdnum.cn import uscc

from crmflow.parse.plain import Reading, narrow, shown
from crmflow.workbook.read import Raw

DEFAULT_REGION = "CN"

_EMAIL = re.compile(
    r"[\w.!#$%&*+/=?^`{|}~-]+@(?:[A-Z0-9](?:[A-Z0-9-]*[A-Z0-9])?\.)+[A-Z]{2,}", re.IGNORECASE | re.ASCII
)
_PHONE = re.compile(r"(.+?)(?:(?:转|分机|ext\.?|x|#)\D{0,3}\d{1,6}|(?<=\d{7})-\d{1,6})?", re.IGNORECASE)
"""A number and the extension behind it."""


def mobile(raw: Raw) -> Reading:
    digits = re.sub(r"^(?:\+|00)?86(?=1\d{10}$)", "", re.sub(r"[\s\-()]", "", narrow(shown(raw))))
    return (digits, None) if re.fullmatch(r"1[3-9]\d{9}", digits, re.ASCII) else (None, "NOT_A_MOBILE")


def phone(raw: Raw) -> Reading:
    """Area code and number; short service numbers (400…, 95…) and extensions are numbers too."""
    text = narrow(shown(raw))
    match = _PHONE.fullmatch(text) if isinstance(raw, (str, int, float)) else None
    digits = re.sub(r"[\s\-()]", "", match[1]) if match else ""
    if re.fullmatch(r"(?:400|800)\d{7}|95\d{3,6}|\+?\d{7,15}", digits, re.ASCII) and _is_possible_phone(digits):
        return text, None
    return None, "NOT_A_PHONE"


@lru_cache(maxsize=100_000)
def _is_possible_phone(digits: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(digits, DEFAULT_REGION))
    except phonenumbers.NumberParseException:
        return False


def email(raw: Raw) -> Reading:
    text = narrow(shown(raw)).removeprefix("mailto:")
    return (text, None) if len(text) <= 254 and _EMAIL.fullmatch(text) else (None, "NOT_AN_EMAIL")


def credit_code(raw: Raw) -> Reading:
    text = re.sub(r"[\s\-]", "", narrow(shown(raw))).upper()
    return (text, None) if uscc.is_valid(text) else (None, "NOT_A_CREDIT_CODE")
