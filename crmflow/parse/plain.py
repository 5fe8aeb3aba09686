"""Cells as text, before anybody asks what they mean: as a person sees them, without what cannot be seen."""

import re
import unicodedata
from datetime import datetime, time
from functools import lru_cache
from typing import TypeAlias

from crmflow.model import Value
from crmflow.workbook.read import Raw

Reading: TypeAlias = tuple[Value, str | None]
"""The value and no code, or None and the code of what is wrong."""

LARGEST = 1e15
"""Excel keeps 15 digits of a number; of a longer one typed as a number the end is lost."""
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufe0f\ufeff]")
"""Zero-width and direction marks, which come along from web pages, chats and address books."""
_PUNCTUATION = str.maketrans("。‐‑‒–—―−", ".-------")
"""What NFKC leaves of the marks that a Chinese keyboard and Word put for a point and a hyphen."""


@lru_cache(maxsize=16_384)
def clean(text: str) -> str:
    """Without surrounding or invisible white space; what is inside stays as it was typed.

    Cells repeat what others say: a text that was met before is the same object again.
    """
    return (text if text.isascii() else _INVISIBLE.sub("", text)).strip()


def shown(raw: Raw | Value) -> str:
    """A cell as a person sees it, for messages."""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float):
        return str(int(raw)) if raw.is_integer() and abs(raw) < LARGEST else f"{raw:.15g}"
    if isinstance(raw, datetime):
        return raw.strftime("%Y-%m-%d" if raw.time() == time() else "%Y-%m-%d %H:%M")
    return str(raw) if raw is not None else ""


def narrow(text: str) -> str:
    """Full-width digits, letters and punctuation as the half-width ones, without any white space at the ends."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text).translate(_PUNCTUATION)).strip()
