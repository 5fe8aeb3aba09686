"""Drafts → messages through the company's templates; the only user of jinja2.

Cells are untrusted text: HTML is escaped, and every value, wherever a
template prints it, is one line without control characters.
"""

import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import css_inline
from jinja2 import (
    Environment,
    FileSystemLoader,
    StrictUndefined,
    Template,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    select_autoescape,
)
from markupsafe import Markup

from crmflow.drafts import Draft
from crmflow.model import Inline, Message
from crmflow.texts import phrase, plain

LANGUAGES = ("zh", "en")
KINDS = ("digest", "summary", "executive")
PARTS = ("subject", "html", "txt")
SHARED = ("base.html.j2", "parts.html.j2")
INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)
LONGEST = 400
"""Characters of one value in a mail; what is longer ends in an ellipsis."""


class RenderError(Exception):
    """A template is missing or wrong; the message names the file and the line in one sentence."""


@dataclass(frozen=True)
class Templates:
    """The company's templates, compiled, by their path inside the folder (``zh/digest.html.j2``)."""

    compiled: Mapping[str, Template]
    company: str


def load(folder: Path, company: str, language: str = "zh") -> Templates:
    """Compile every template of ``folder`` once; ``language`` is that of the error's sentence.

    Raises RenderError.
    """
    environment = Environment(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(("html.j2",), default=False),
        undefined=StrictUndefined, finalize=_finalize, trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )
    environment.filters.update(moment=_moment, wan=_wan, change=_change, percent=_percent)
    names = [f"{tongue}/{kind}.{part}.j2" for tongue in LANGUAGES for kind in KINDS for part in PARTS]
    return Templates({name: _compile(environment, name, language) for name in (*SHARED, *names)}, company)


def message(draft: Draft, templates: Templates, pictures: tuple[Inline, ...] = ()) -> Message:
    """The mail that says what the draft holds, in the language of its recipient, with its pictures.

    Raises RenderError.
    """
    words = {part: _fill(draft, part, templates, pictures) for part in PARTS}
    return Message(
        recipient=draft.recipient.number,
        name=draft.recipient.name,
        address=draft.recipient.email,
        subject=plain(words["subject"]).strip(),
        text=words["txt"].strip() + "\n",
        html=INLINER.inline(words["html"]),
        notices=draft.notices,
        customers=draft.customers,
        inlines=pictures,
    )


def _finalize(value: object) -> object:
    """What a template prints: text made plain and not too long, everything else as it is."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = plain(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _moment(value: datetime) -> str:
    """A day, with its time where it does not mean the day's end."""
    whole_day = (value.hour, value.minute) in ((0, 0), (23, 59))
    return f"{value:%Y-%m-%d}" if whole_day else f"{value:%Y-%m-%d %H:%M}"


def _wan(value: float) -> str:
    """An amount in 万元 with at most one decimal, from ten thousand on without."""
    return f"{value:,.{_digits(value)}f}".removesuffix(".0")


def _digits(value: float) -> int:
    return 0 if abs(value) >= 10_000 else 1


def _change(value: float) -> str:
    """By how much something rose or fell, with its sign; empty when that is nothing to speak of."""
    text = f"{value:+,.{_digits(value)}f}".removesuffix(".0").replace("-", "−")
    return "" if text in ("+0", "−0") else text


def _percent(value: float) -> str:
    """A fraction as whole per cent."""
    return f"{value * 100:.0f}%"


def _compile(environment: Environment, name: str, language: str) -> Template:
    try:
        return environment.get_template(name)
    except TemplateSyntaxError as error:
        raise _wrong(error.name or name, error.lineno, error.message or "", language) from error
    except TemplateNotFound as error:
        raise RenderError(phrase("template.missing", language, file=error.name)) from error


def _fill(draft: Draft, part: str, templates: Templates, pictures: tuple[Inline, ...]) -> str:
    language = draft.recipient.language if draft.recipient.language in LANGUAGES else LANGUAGES[0]
    name = f"{language}/{draft.kind}.{part}.j2"
    try:
        return templates.compiled[name].render(
            **{draft.kind: draft.content}, person=draft.recipient, today=draft.on, company=templates.company,
            pictures=pictures,
        )
    except TemplateNotFound as error:
        raise RenderError(phrase("template.missing", language, file=error.name)) from error
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError) as error:
        file, line = _place(error, name)
        raise _wrong(file, line, str(error), language) from error


def _place(error: Exception, name: str) -> tuple[str, int]:
    """The innermost template and line of an error, from the traceback that jinja2 rewrites."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    if not frames:
        return name, getattr(error, "lineno", None) or 1
    path = Path(frames[-1].filename)
    shown = path.name if path.parent.name not in LANGUAGES else f"{path.parent.name}/{path.name}"
    return shown, frames[-1].lineno or 1


def _wrong(file: str, line: int, reason: str, language: str) -> RenderError:
    return RenderError(phrase("template.wrong", language, file=file, line=line, reason=plain(reason)))
