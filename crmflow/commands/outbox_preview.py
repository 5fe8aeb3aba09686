"""``crmflow outbox preview``: a mail template as it looks with invented data."""

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from crmflow import render, specimens
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, WrongUse
from crmflow.commands.known import looking
from crmflow.config import Config
from crmflow.model import Inline, Person
from crmflow.store import archive
from crmflow.texts import phrase
from crmflow.workshop import pictures


def main(config: Config, now: datetime, kind: str, language: str, person: str, as_json: bool) -> int:
    """Write the mail of this kind as a page and as plain text; ``person`` is somebody of F30 it shall be for."""
    if kind not in render.KINDS:
        kinds = phrase("cli.joiner", config.language).join(render.KINDS)
        raise WrongUse(phrase("cli.outbox.no_kind", config.language, kind=kind, kinds=kinds))
    templates = render.load(config.folders.templates, config.company.name, config.language)
    reader = _reader(config, person, language)
    draft = specimens.draft(kind, reader, now.astimezone(config.company.zone).date(), config)
    drawn = pictures([draft])[0] if kind != "digest" else ()
    message = render.message(draft, templates, drawn)
    folder = config.folders.output / "preview"
    folder.mkdir(parents=True, exist_ok=True)
    page, text = (folder / f"{kind}-{reader.language}{suffix}" for suffix in (".html", ".txt"))
    page.write_text(_with_pictures(message.html, drawn), encoding="utf-8")
    text.write_text(message.text, encoding="utf-8")
    if as_json:
        show.as_json({"subject": message.subject, "html": page, "text": text})
    else:
        show.line(phrase("cli.outbox.preview", config.language, subject=message.subject, html=page, text=text))
    return COMPLETED


def _reader(config: Config, person: str, language: str) -> Person:
    if not person:
        return replace(specimens.WANG, language=language or config.language)
    with looking(config) as (store, connection):
        found = archive.directory(store, connection).find(person)
    if found is None:
        raise WrongUse(phrase("cli.nobody", config.language, person=person))
    return replace(found, language=language or found.language)


def _with_pictures(html: str, drawn: Sequence[Inline]) -> str:
    """The page with its pictures inside, as a browser knows no parts of a mail."""
    for one in drawn:
        data = base64.b64encode(one.png).decode("ascii")
        html = html.replace(f"cid:{one.content_id}", f"data:image/png;base64,{data}")
    return html
