"""Who works here: the directory of F30, and the lines of authority in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from crmflow.model import Person

EXECUTIVES = ("vice_president", "general_manager", "chairman")


@dataclass(frozen=True)
class Directory:
    """All people of F30 by staff number."""

    people: Mapping[str, Person]

    @classmethod
    def of(cls, people: Iterable[Person]) -> "Directory":
        return cls({person.number: person for person in people})

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[Person, ...]]:
        names: dict[str, tuple[Person, ...]] = {}
        for person in self.people.values():
            names[person.name] = (*names.get(person.name, ()), person)
        return names

    def candidates(self, text: str) -> tuple[Person, ...]:
        """Everybody whom ``text`` may mean: a number, a name, or ``name (number)``."""
        text = text.strip()
        name, _, bracketed = text.replace("（", "(").replace("）", ")").rstrip(")").partition("(")
        number = bracketed.strip()
        if number and number in self.people:
            return (self.people[number],)
        if text in self.people:
            return (self.people[text],)
        return self._by_name.get(name.strip(), ())

    def find(self, text: object) -> Person | None:
        """The one person meant, or None when nobody or several are."""
        found = self.candidates(text) if isinstance(text, str) else ()
        return found[0] if len(found) == 1 else None

    def superior(self, person: Person) -> Person | None:
        """Where an overdue duty of ``person`` escalates (section 1)."""
        return self.find(person.superior) if person.superior else None

    def with_role(self, *roles: str) -> tuple[Person, ...]:
        """Everybody in one of the roles, in the order of their numbers."""
        return tuple(p for _, p in sorted(self.people.items()) if p.role in roles)

    def head_of(self, person: Person) -> Person | None:
        """The responsible department head: the nearest one up the line, else the head of the department."""
        seen: set[str] = set()
        above: Person | None = person
        while above is not None and above.number not in seen:
            if above.role == "department_head":
                return above
            seen.add(above.number)
            above = self.superior(above)
        heads = [p for p in self.with_role("department_head") if p.department == person.department]
        return heads[0] if len(heads) == 1 else None


def in_service(person: Person, today: date) -> bool:
    """Whether the person works here today."""
    return person.left_on is None or person.left_on >= today


def at_work(person: Person, today: date) -> bool:
    """Whether the person is in service and not on leave, so that a duty can fall on them."""
    leave = person.leave_from is not None and person.leave_from <= today
    back = person.leave_until is not None and person.leave_until < today
    return in_service(person, today) and (not leave or back)
