"""Drafts → messages through the company's templates; the only user of jinja2.

Cells are untrusted text: HTML is escaped, and every value, wherever a
template prints it, is one line without control characters. Templates are the
company's, so they run in a sandbox, and one that is wrong stops no mail.
"""

import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from html import escape, unescape
from pathlib import Path
from typing import Any

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
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from crmflow.codes import say
from crmflow.drafts import Digest, Draft
from crmflow.gate import Gate
from crmflow.model import Finding, Inline, Message, Text, Where
from crmflow.texts import PHRASES, both, phrase, plain

LANGUAGES = ("zh", "en")
KINDS = ("digest", "summary", "executive")
PARTS = ("subject", "html", "txt")
SHARED = ("base.html.j2", "parts.html.j2")
NAMES = (*SHARED, *(f"{tongue}/{kind}.{part}.j2" for tongue in LANGUAGES for kind in KINDS for part in PARTS))
INLINER = css_inline.CSSInliner(load_remote_stylesheets=False)
LONGEST = 400
"""Characters of one value in a mail; what is longer ends in an ellipsis."""
FAULTS = (
    TemplateError, TypeError, ValueError, ArithmeticError, LookupError, AttributeError, RecursionError, MemoryError,
)
"""What a template can do wrong while it is filled."""
BARE_PAGE = (
    '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><p style="white-space: pre-wrap; overflow-wrap: anywhere">{}</p>'
)
"""The HTML of a mail without a template: its plain text."""


class Sandbox(SandboxedEnvironment):
    """Where the company's templates run: they read what they are given, and reach nothing behind it."""

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """As everywhere in the sandbox; of our own plain values, which are most, it is quickly told."""
        if hasattr(type(obj), "__dataclass_fields__"):
            return not attr.startswith("_")
        return super().is_safe_attribute(obj, attr, value)


class RenderError(Exception):
    """A template is missing or wrong; the message names the file and the line in one sentence.

    ``place`` is ``zh/digest.txt.j2:3``, ``text`` the sentence in both languages.
    """

    def __init__(self, place: str, text: Text, language: str) -> None:
        super().__init__(say(text, language))
        self.place, self.text = place, text


@dataclass(frozen=True)
class Templates:
    """The company's templates by their path inside the folder (``zh/digest.html.j2``), each compiled when it is needed.

    ``wording`` is what all of them say, ``language`` that of an error's sentence.
    """

    environment: Environment
    company: str
    wording: str
    language: str

    def compiled(self, name: str) -> Template:
        """One of them, ready to be filled; RenderError when it is missing or wrong."""
        try:
            return self.environment.get_template(name)
        except TemplateNotFound as error:
            raise _missing(error, name, self.language) from error
        except (TemplateSyntaxError, UnicodeDecodeError) as error:
            raise _wrong(error, name, self.language) from error

    @cached_property
    def broken(self) -> Mapping[str, RenderError]:
        """Those that cannot be compiled."""
        found = {}
        for name in NAMES:
            try:
                self.compiled(name)
            except RenderError as error:
                found[name] = error
        return found


@dataclass(frozen=True, slots=True)
class Written:
    """What became of a draft: its message, if it may go out, and what the administrator must mend."""

    message: Message | None
    troubles: tuple[Finding, ...] = ()


def load(folder: Path, company: str, language: str = "zh") -> Templates:
    """The templates of ``folder``; ``language`` is that of an error's sentence.

    Raises RenderError where there is none at all: that is not a template that is wrong, but a folder.
    """
    environment = Sandbox(
        loader=FileSystemLoader(folder),
        autoescape=select_autoescape(("html.j2",), default=False),
        undefined=StrictUndefined, finalize=_finalize, trim_blocks=True, lstrip_blocks=True, auto_reload=False,
    )
    environment.filters.update(moment=_moment, wan=_wan, change=_change, percent=_percent)
    if not any((folder / name).is_file() for name in NAMES):
        raise _missing(TemplateNotFound(NAMES[0]), NAMES[0], language)
    return Templates(environment, company, wording(folder, company), language)


def wording(folder: Path, company: str) -> str:
    """What the templates say, together."""
    there = (folder / name for name in NAMES if (folder / name).is_file())
    return "\n".join((company, *(path.read_text(encoding="utf-8", errors="replace") for path in there)))


def written(draft: Draft, templates: Templates, gate: Gate, pictures: tuple[Inline, ...] = ()) -> Written:
    """The mail that a draft becomes once it has passed the gate: the only way from a draft to the outbox.

    A draft that speaks of a customer that is not for its reader stays here,
    and so does a mail whose words name one, unless it is only staff who typed
    the name somewhere: that is hidden, and the mail goes.
    """
    if foreign := gate.closed(draft):
        return Written(None, (_withheld(draft, foreign),))
    words, troubles = _composed(draft, templates, pictures)
    if gate.named(draft.recipient, _said(words, pictures)):
        calm = replace(draft, content=gate.hushed(draft.recipient, draft.content))
        words, troubles = _composed(calm, templates, pictures)
        if foreign := gate.named(draft.recipient, _said(words, pictures)):
            return Written(None, (*troubles, _withheld(draft, foreign)))
    return Written(_message(draft, words, pictures) if words else None, troubles)


def _said(words: Mapping[str, str], pictures: tuple[Inline, ...]) -> str:
    """Everything that a reader of the mail can read."""
    alts = (picture.alt for picture in pictures)
    return "\n".join((*(unescape(text) if part == "html" else text for part, text in words.items()), *alts))


def _withheld(draft: Draft, customers: Sequence[str]) -> Finding:
    kind = PHRASES[f"mail.kind.{draft.kind}"]
    facts: dict[str, str | Text] = {
        "kind": kind, "person": draft.recipient.name, "customers": "、".join(code or "?" for code in customers),
    }
    return Finding(
        "MAIL_WITHHELD", Where(""), ",".join(customers), facts=facts, row_key=f"{draft.kind}:{draft.recipient.number}"
    )


def _composed(
    draft: Draft, templates: Templates, pictures: tuple[Inline, ...]
) -> tuple[Mapping[str, str], tuple[Finding, ...]]:
    """The parts of the mail, what a template cannot say in the program's own words, and which templates are wrong.

    There is no part at all of an overview without its text: it waits for the template, and nothing is lost by that.
    """
    words: dict[str, str] = {}
    wrong: dict[str, RenderError] = {}
    for part in PARTS:
        try:
            words[part] = _fill(draft, part, templates, pictures)
        except RenderError as error:
            wrong[error.place] = error
    troubles = tuple(
        Finding("TEMPLATE_BROKEN", Where(""), place, facts={"problem": error.text}) for place, error in wrong.items()
    )
    waits = "txt" not in words and not isinstance(draft.content, Digest)
    return {} if waits else _completed(words, draft), troubles


def _completed(words: Mapping[str, str], draft: Draft) -> Mapping[str, str]:
    """The parts of a mail, each that no template could give in the program's own words."""
    language = draft.recipient.language
    text = words["txt"] if "txt" in words else "\n".join(_bare(draft))
    kind = say(PHRASES[f"mail.kind.{draft.kind}"], language)
    subject = phrase("mail.bare.subject", language, kind=kind, day=draft.on)
    return {"subject": subject, "html": BARE_PAGE.format(escape(text)), "txt": text, **words}


def _bare(draft: Draft) -> Iterator[str]:
    """A digest without any template: every item with its customer, its place and its rule."""
    content, language = draft.content, draft.recipient.language
    assert isinstance(content, Digest)
    yield phrase("mail.bare.opening", language, name=draft.recipient.name, count=len(content.items))
    for number, one in enumerate(content.items, 1):
        where = " › ".join(part for part in (one.where.file, one.where.sheet, one.where.cell) if part)
        yield ""
        yield _finalized(f"{number}. {' · '.join(part for part in (one.customer, one.of, one.sentence) if part)}")
        below = (one.arithmetic, one.value, where, f"{one.rule} {one.article}")
        yield from (f"   {_finalized(line)}" for line in below if line)
    if more := content.beyond + content.before:
        yield f"\n{phrase('mail.bare.more', language, count=more)}"


def message(draft: Draft, templates: Templates, pictures: tuple[Inline, ...] = ()) -> Message:
    """What the templates say of a draft, to whomever; for the outbox it must be ``written``.

    Raises RenderError.
    """
    return _message(draft, {part: _fill(draft, part, templates, pictures) for part in PARTS}, pictures)


def _message(draft: Draft, words: Mapping[str, str], pictures: tuple[Inline, ...]) -> Message:
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
        kind=draft.account,
        thread=draft.thread,
    )


def _finalize(value: object) -> object:
    """What a template prints: text made plain and not too long, everything else as it is."""
    return value if not isinstance(value, str) or isinstance(value, Markup) else _finalized(value)


def _finalized(value: str) -> str:
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


def _fill(draft: Draft, part: str, templates: Templates, pictures: tuple[Inline, ...]) -> str:
    language = draft.recipient.language if draft.recipient.language in LANGUAGES else LANGUAGES[0]
    name = f"{language}/{draft.kind}.{part}.j2"
    template = templates.compiled(name)
    try:
        return template.render(
            **{draft.kind: draft.content}, person=draft.recipient, today=draft.on, company=templates.company,
            pictures=pictures,
        )
    except TemplateNotFound as error:
        raise _missing(error, name, language) from error
    except FAULTS as error:
        raise _wrong(error, name, language) from error


def _missing(error: TemplateNotFound, name: str, language: str) -> RenderError:
    file = str(error.name or name)
    return RenderError(file, both("template.missing", file=file), language)


def _wrong(error: Exception, name: str, language: str) -> RenderError:
    file, line = _place(error, name)
    reason = PHRASES["config.not_utf8"] if isinstance(error, UnicodeDecodeError) else plain(str(error))
    return RenderError(f"{file}:{line}", both("template.wrong", file=file, line=line, reason=reason), language)


def _place(error: Exception, name: str) -> tuple[str, int]:
    """The innermost template and line of an error, from the traceback that jinja2 rewrites."""
    if isinstance(error, TemplateSyntaxError):
        return str(error.name or name), error.lineno
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename.endswith(".j2")]
    if not frames:
        return name, getattr(error, "lineno", None) or 1
    path = Path(frames[-1].filename)
    shown = path.name if path.parent.name not in LANGUAGES else f"{path.parent.name}/{path.name}"
    return shown, frames[-1].lineno or 1
