"""What the filing of a run came to, counted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Tally:
    """Every row seen is accepted, unchanged or held.

    ``rows`` counts those of each workbook read, ``resting`` those of each that
    was not; ``unreadable`` are the files that were not taken in.
    """

    rows: dict[str, Counter[str]] = field(default_factory=dict)
    resting: dict[str, Counter[str]] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)

    def in_files(self) -> Mapping[str, int]:
        """Files read, unchanged and unreadable."""
        return {"read": len(self.rows), "unchanged": len(self.resting), "unreadable": len(self.unreadable)}

    def in_rows(self) -> Mapping[str, int]:
        """Rows accepted, unchanged, held and closed."""
        total = Counter(accepted=0, unchanged=0, held=0, closed=0)
        for counts in (*self.rows.values(), *self.resting.values()):
            total.update(counts)
        return dict(total)
