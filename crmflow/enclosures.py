"""What goes with a mail: the list of everything it tells, the person's own workbooks with the bad cells marked.

Other processes make them, which take only what can be pickled.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import TypeAlias

from crmflow.config import Config
from crmflow.drafts import Digest, Draft
from crmflow.gate import Gate
from crmflow.model import Attachment, FileState, Finding, Person, Where
from crmflow.processes import Processes
from crmflow.reports import todo
from crmflow.scan import Scan
from crmflow.workshop import marked_copy

Awaited: TypeAlias = tuple["Future[list[Attachment]]", int]
"""Lists that are being made, and which of them is meant."""
Copy: TypeAlias = "Future[Attachment | Path | None]"
"""A marked workbook that is being made, or where it lies; None where the file has changed."""


@dataclass(frozen=True)
class Enclosures:
    """Orders lists and marked workbooks from the other processes.

    ``passwords`` are those that they open with, by staff number; None where they are not encrypted.
    ``begun`` are the marked workbooks that were ordered, by staff number and name.
    """

    processes: Processes
    config: Config
    found: Scan
    findings: Sequence[Finding]
    passwords: Mapping[str, str] | None = None
    begun: dict[tuple[str, str], Copy] = field(default_factory=dict)

    def begin(self, workbooks: Mapping[Person, Sequence[str]]) -> None:
        """Have the workbooks marked that go to those who keep them, while the rest is worked out."""
        states = {state.path: state for state in self.found.files}
        for keeper, files in workbooks.items():
            if self.passwords is None or keeper.number in self.passwords:
                self.begun.update({
                    (keeper.number, file): self._marked(states[file], keeper) for file in files if file in states
                })

    def promised(self, draft: Draft) -> tuple[Draft, tuple[Finding, ...]]:
        """The draft with the workbooks that can go: none to who has no password, which the administrator is told.

        Without its list a mail tells of nothing but what it says itself: the rest is new again the next time.
        """
        content = draft.content
        if self.passwords is None or not isinstance(content, Digest) or not (content.copies or content.listed):
            return draft, ()
        if draft.recipient.number in self.passwords:
            return draft, ()
        facts = {"person": draft.recipient.name, "file": Path(self.config.mail.copy_passwords).name}
        lacking = Finding("COPY_WITHOUT_PASSWORD", Where(""), facts=facts, row_key=draft.recipient.number)
        notices = tuple(one.notice for one in content.items) if content.listed else draft.notices
        bare = replace(content, copies=(), listed=False)
        return replace(draft, notices=notices, content=bare, listed=()), (lacking,)

    def lists(self, drafts: Sequence[Draft], gate: Gate) -> Mapping[int, Awaited]:
        """Orders the lists that go with drafts, by their places.

        The longest are made together: they list much the same facts, which then go to another process once.
        """
        lengths = {place: len(one.listed) for place, one in enumerate(drafts) if one.listed}
        wanted = sorted(lengths, key=lambda place: -lengths[place])
        reached = list(accumulate(lengths[place] for place in wanted))
        half = bisect_left(reached, reached[-1] / 2) + 1 if reached else 0
        found: dict[int, Awaited] = {}
        for batch in filter(None, (wanted[:half], wanted[half:])):
            orders = [self._list(drafts[place]) for place in batch]
            lists = self.processes.submit(todo.written, orders, gate, self.config)
            found |= {place: (lists, number) for number, place in enumerate(batch)}
        return found

    def _list(self, draft: Draft) -> todo.Order:
        # Plain tuples take half as long on their way to another process.
        return todo.Order(draft.recipient, draft.on, list(map(tuple, draft.listed)), self._password(draft.recipient))

    def _password(self, person: Person) -> str:
        return (self.passwords or {}).get(person.number, "")

    def copies(self, draft: Draft) -> list[Copy]:
        """The marked workbooks that go with a draft."""
        files = draft.content.copies if isinstance(draft.content, Digest) else ()
        ordered = ((draft.recipient.number, file) for file in files)
        return [self.begun[which] for which in ordered if which in self.begun]

    def _marked(self, state: FileState, keeper: Person) -> Copy:
        wrong, password = self._findings[state.path], self._password(keeper)
        return self.processes.submit(marked_copy, self.config, state, wrong, keeper, password)

    @cached_property
    def _findings(self) -> Mapping[str, Sequence[Finding]]:
        by_file: defaultdict[str, list[Finding]] = defaultdict(list)
        for one in self.findings:
            by_file[one.where.file].append(one)
        return by_file


def passwords_of(config: Config) -> Mapping[str, str] | None:
    """The passwords of attached workbooks by staff number; None where these are not encrypted."""
    if not config.mail.copy_passwords:
        return None
    try:
        lines = Path(config.mail.copy_passwords).read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return {}
    pairs = (line.partition(":") for line in lines if not line.lstrip().startswith("#"))
    return {number.strip(): password.strip() for number, _, password in pairs if password.strip()}
