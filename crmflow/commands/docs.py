"""``crmflow docs``: a page about every form."""

from datetime import datetime
from pathlib import Path

from crmflow.catalogue import catalogue
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED
from crmflow.config import Config
from crmflow.reports import formpages
from crmflow.texts import phrase


def main(output: Path, language: str, config: Config | None = None, now: datetime | None = None) -> int:
    """Write the pages as Markdown; without a configuration about the prescribed forms, without grading."""
    forms = (config.catalogue if config else catalogue()).forms
    schemes = config.grading.schemes if config else formpages.NO_SCHEMES
    output.mkdir(parents=True, exist_ok=True)
    for form in forms:
        (output / f"{form.id}.md").write_text(formpages.page(form, language, schemes), encoding="utf-8")
    show.line(phrase("cli.docs.written", language, count=len(forms), folder=output))
    return COMPLETED
