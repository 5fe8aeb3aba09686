"""``crmflow run``."""

import gc
from collections.abc import Callable, Mapping, Set
from dataclasses import asdict
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from crmflow.codes import say
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED, FINDINGS, UNFINISHED
from crmflow.config import Config, Scheme
from crmflow.drafts import EVERYTHING, Telling
from crmflow.reports import master
from crmflow.run import Figures, Outcome, run
from crmflow.texts import phrase


def main(config: Config, now: datetime, as_json: bool, dry_run: bool, strict: bool) -> int:
    """Run everything now; a dry run lists the mails that would go out."""
    # A process this short leaves no cycles worth looking for among a hundred thousand rows, nor at its end.
    gc.disable()
    outcome = watched(config, now, preview=dry_run)
    gc.freeze()
    figures = outcome.figures
    if as_json:
        mails = [_mail(message) for message in outcome.messages] if dry_run else None
        show.as_json(document(figures) | ({"mails": mails} if mails is not None else {}))
    elif dry_run:
        _tell_preview(config, outcome)
    else:
        tell_figures(config, figures)
    return exit_code(figures, strict)


NOT_DELIVERED = ("failed", "bounced", "unknown", "held", "waiting")
"""The figures of mails that somebody has not got, or perhaps not."""


def exit_code(figures: Figures, strict: bool) -> int:
    """What a run's figures mean to a script."""
    if figures.problem or any(figures.messages.get(name) for name in NOT_DELIVERED):
        return UNFINISHED
    return FINDINGS if strict and figures.findings["error"] else COMPLETED


def document(figures: Figures) -> dict[str, object]:
    """The figures for programs."""
    return {name: value for name, value in asdict(figures).items() if value != ""}


def watched(config: Config, now: datetime, *, tell: Set[Telling] = EVERYTHING, preview: bool = False) -> Outcome:
    """The run under a progress bar, which shows on a terminal and nowhere else."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(phrase("cli.reading", config.language), total=None)
        return run(config, now, _advance(bar, task), tell=tell, preview=preview)


def _advance(bar: Progress, task: object) -> Callable[[int, int], None]:
    return lambda done, total: bar.update(task, completed=done, total=total)  # type: ignore[arg-type]


def _mail(message: object) -> dict[str, object]:
    return {name: getattr(message, name) for name in ("recipient", "name", "address", "subject", "text")}


def _tell_preview(config: Config, outcome: Outcome) -> None:
    for line in lines(outcome.figures, config):
        show.line(line)
    show.line(phrase("cli.run.preview", config.language, count=len(outcome.messages)))
    for message in outcome.messages:
        show.line(f"  {message.name} <{message.address}>  {message.subject}")


def tell_figures(config: Config, figures: Figures) -> None:
    """What a run came to, for people."""
    language, sent = config.language, figures.messages
    for line in lines(figures, config):
        show.line(line)
    counts = {name: sent.get(name, 0) for name in ("queued", "sent", *NOT_DELIVERED)}
    show.line(phrase("cli.run.mail", language, **counts))
    if figures.problem:
        show.line(figures.problem)
    show.line(phrase("cli.run.master", language, file=master.path(config)))
    if not config.mail.server and sent.get("sent"):
        show.line(phrase("cli.run.eml", language, folder=config.folders.output / "mail"))


def lines(figures: Figures, config: Config) -> list[str]:
    """What a run came to, in sentences."""
    language = config.language
    graded = (
        phrase("cli.run.grades", language, scheme=name, counts=_counted(scheme, figures.grades[name], language))
        for name, scheme in config.grading.schemes.items() if name in figures.grades
    )
    return [
        phrase("cli.run.workbooks", language, **figures.workbooks),
        phrase("cli.run.rows", language, **figures.rows),
        phrase("cli.run.findings", language, **figures.findings),
        *graded,
        phrase("cli.run.duties", language, **figures.duties),
        *([phrase("cli.status.holds", language, count=figures.waiting)] if figures.waiting else []),
    ]


def _counted(scheme: Scheme, counts: Mapping[str, int], language: str) -> str:
    """How many customers each tier has, best first."""
    names = [(tier.id, say(tier.name.text, language)) for tier in scheme.tiers]
    names.append(("ungraded", phrase("grade.ungraded", language)))
    return phrase("cli.joiner", language).join(f"{name} {counts[tier]}" for tier, name in names if tier in counts)
