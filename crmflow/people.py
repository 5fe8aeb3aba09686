"""Who works here: the directory of F30, and the lines of authority in it."""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from crmflow.model import Person, Value

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

    @cached_property
    def _by_role(self) -> Mapping[str, Sequence[Person]]:
        roles: dict[str, list[Person]] = {}
        for person in self.people.values():
            roles.setdefault(person.role, []).append(person)
        return roles

    @cached_property
    def called(self) -> Mapping[str, str]:
        """By what name everybody is told of to others: with the staff number where two share it."""
        alone = {name for name, found in self._by_name.items() if len(found) == 1}
        return {
            number: person.name if person.name in alone else f"{person.name} ({number})"
            for number, person in self.people.items()
        }

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
        found = (person for role in dict.fromkeys(roles) for person in self._by_role.get(role, ()))
        return tuple(sorted(found, key=lambda person: person.number))

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


def without_addresses(directory: Directory, refused: Set[str]) -> Directory:
    """The directory in which nobody has one of the refused addresses."""
    people = directory.people.values()
    return Directory.of(replace(person, email="") if person.email in refused else person for person in people)


def in_service(person: Person, today: date) -> bool:
    """Whether the person works here today."""
    return person.left_on is None or person.left_on >= today


def at_work(person: Person, today: date) -> bool:
    """Whether the person is in service and not on leave, so that a duty can fall on them."""
    leave = person.leave_from is not None and person.leave_from <= today
    back = person.leave_until is not None and person.leave_until < today
    return in_service(person, today) and (not leave or back)


def with_leave(directory: Directory, leave: Iterable[Mapping[str, Value]], today: date) -> Directory:
    """The directory as it stands today, where F41c (``leave``, its rows) says besides F30 who is away until when."""
    people = dict(directory.people)
    for row in leave:
        person, start, end = directory.find(row.get("person")), row.get("from_on"), row.get("until_on")
        if person and isinstance(start, date) and isinstance(end, date) and start <= today <= end:
            deputy = str(row.get("deputy") or person.deputy)
            people[person.number] = replace(person, leave_from=start, leave_until=end, deputy=deputy)
    return Directory(people)
