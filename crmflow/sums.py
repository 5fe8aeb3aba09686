"""More than anybody reads one by one, in few lines: by matter, by colleague, by workbook."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import PurePosixPath

from crmflow.codes import say
from crmflow.drafts import About, Sums, Tally, Urgency
from crmflow.items import Entry, due_of
from crmflow.rules import RULES

LINES = 8
"""What is left out beyond these is only counted."""

ABOUT = {
    Urgency.PUSH: (About.PUSHED, About.PUSHED_MATTERS),
    Urgency.MEND: (About.CELLS,), Urgency.LOOK: (About.CELLS,),
    Urgency.FYI: (About.INFORMED,), Urgency.RESOLVED: (About.DONE,),
}
"""How the sections of a digest are summed up; what is one's own to do, by matter."""
BY_MATTER = (About.OWN, About.PUSHED_MATTERS)


def summed(entries: Iterable[Entry], language: str) -> tuple[Sums, ...]:
    """All of it, in the order of ``About``."""
    found: defaultdict[About, list[Entry]] = defaultdict(list)
    for one in entries:
        for about in ABOUT.get(one.urgency, (About.OWN,)):
            found[about].append(one)
    return tuple(_sums(about, found[about], language) for about in About if about in found)


def _sums(about: About, entries: Iterable[Entry], language: str) -> Sums:
    """All of it under the headings that ``about`` asks for, the most numerous first, then the earliest."""
    moments: defaultdict[str, list[datetime]] = defaultdict(list)
    for one in entries:
        moments[_heading(one, about)].append(due_of(one.told.fact) or datetime.max)
    lines = sorted(
        (_tally(heading, found, about, language) for heading, found in moments.items()),
        key=lambda line: (-line.count, line.earliest or datetime.max, line.label),
    )
    return Sums(about, tuple(lines[:LINES]), len(lines[LINES:]), sum(line.count for line in lines[LINES:]))


def _heading(one: Entry, about: About) -> str:
    if about in BY_MATTER:
        return one.notice.rule
    return _workbook(one.told.fact.where.file) if about is About.CELLS else one.of


@lru_cache(maxsize=4096)
def _workbook(file: str) -> str:
    """What a workbook is called; its many cells are summed up together."""
    return PurePosixPath(file).stem


def _tally(heading: str, moments: Sequence[datetime], about: About, language: str) -> Tally:
    earliest = min(moments)
    known = None if earliest == datetime.max else earliest
    if about in BY_MATTER:
        return Tally(say(RULES[heading].article, language), len(moments), known, heading)
    return Tally(heading, len(moments), known)
