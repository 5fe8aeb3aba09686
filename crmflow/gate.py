"""The last door of a mail: whether what it says may be known to whom it goes to, whatever made it (A1, decision 11).

Drafts are made of facts that were admitted one by one. Here the finished
thing is looked at once more, so that a wrong draft or template leaks nothing.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import Any, TypeVar

from crmflow.access import HIDDEN, REPORTED_TO, SEES_ALL, Customer, Fact, may_see
from crmflow.catalogue import Catalogue
from crmflow.codes import CATALOGUE
from crmflow.drafts import Draft, Situation
from crmflow.model import Notice, Person, Text
from crmflow.people import Directory
from crmflow.rules import RULES
from crmflow.texts import PHRASES, plain

LEAST = 4
"""Characters of a name that tells: a shorter one, or one of nothing but digits, may mean anything."""

ContentT = TypeVar("ContentT")


@dataclass(frozen=True, slots=True)
class Named:
    """A place in a text that names a customer: where it begins and ends, the codes of those of that name."""

    start: int
    end: int
    codes: Set[str]


@dataclass(frozen=True)
class Names:
    """What customers are called, to be found in any text.

    ``called`` has the codes of those of a name, ``lengths`` by the first
    characters of names how long these are, the longest first; ``starts``
    matches wherever one can begin.
    """

    called: Mapping[str, Set[str]]
    lengths: Mapping[str, tuple[int, ...]]
    starts: re.Pattern[str]

    @classmethod
    def of(cls, customers: Iterable[Customer], own_words: str = "") -> "Names":
        """The names that tell. What is part of ``own_words`` does not: no cover may silence the company's mails."""
        called: defaultdict[str, set[str]] = defaultdict(set)
        for customer in customers:
            for word in map(plain, (customer.code, customer.name, *customer.aliases)):
                if len(word) >= LEAST and not word.isdigit():
                    called[word].add(customer.code)
        ordinary = {word for _, word in cls._indexed(called)._anywhere(own_words)}
        return cls._indexed({word: codes for word, codes in called.items() if word not in ordinary})

    @classmethod
    def _indexed(cls, called: Mapping[str, Set[str]]) -> "Names":
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for word in called:
            lengths[word[:LEAST]].add(len(word))
        places = zip(*lengths, strict=True) if lengths else ()
        classes = [f"[{''.join(map(re.escape, sorted(set(characters))))}]" for characters in places]
        by_start = {start: tuple(sorted(found, reverse=True)) for start, found in lengths.items()}
        return cls(called, by_start, re.compile(f"(?={''.join(classes)})" if classes else r"(?!)"))

    def _anywhere(self, text: str) -> Iterator[tuple[int, str]]:
        """Where every name stands, inside longer ones too; of those that begin at one place the longest first."""
        for match in self.starts.finditer(text):
            at = match.start()
            for length in self.lengths.get(text[at : at + LEAST], ()):
                if (word := text[at : at + length]) in self.called:
                    yield at, word

    def found(self, text: str) -> Iterator[Named]:
        """Where the text names customers; of names that begin at one place the longest is meant."""
        passed = 0
        for at, word in self._anywhere(text):
            end = at + len(word)
            if at >= passed and _stands_alone(text, at, end):
                passed = end
                yield Named(at, end, self.called[word])


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether no Latin letter or digit goes on where the name begins or ends: KH0001 is not in KH00012."""
    return not (_joined(text[start - 1 : start], text[start]) or _joined(text[end - 1], text[end : end + 1]))


def _joined(left: str, right: str) -> bool:
    return bool(left and right) and left.isascii() and right.isascii() and left.isalnum() and right.isalnum()


@dataclass(frozen=True)
class Gate:
    """Whom a run's mails may tell of which customers.

    ``answers`` are the customers of the facts that each staff number answers
    for or must be told of by name of their office, entitled to the customer or not.
    """

    customers: Mapping[str, Customer]
    directory: Directory
    answers: Mapping[str, frozenset[str]]
    names: Names

    @classmethod
    def of(cls, situation: Situation, own_words: Iterable[str] = ()) -> "Gate":
        """The gate of a run; ``own_words`` are the wording of templates and whatever else no cell has written."""
        answers: defaultdict[str, set[str]] = defaultdict(set)
        facts: tuple[Fact, ...] = (*situation.duties, *situation.findings, *situation.met)
        for fact in facts:
            answers[fact.owner].add(fact.customer)
        for finding in situation.findings:
            for person in situation.directory.with_role(*REPORTED_TO.get(finding.code, ())):
                answers[person.number].add(finding.customer)
        words = (*own_words, *_wording(situation.catalogue), *_people(situation.directory))
        return cls(
            situation.customers, situation.directory, {number: frozenset(codes) for number, codes in answers.items()},
            Names.of(situation.customers.values(), "\n".join(words)),
        )

    def is_open(self, person: Person, code: str) -> bool:
        """Whether the person may be told of the customer: entitled to it, or by name of what they answer for."""
        if person.role in SEES_ALL or (person.number and code in self.answers.get(person.number, ())):
            return True
        customer = self.customers.get(code)
        return customer is not None and may_see(person, customer, self.directory)

    def closed(self, draft: Draft) -> tuple[str, ...]:
        """The customers a draft speaks of that its recipient may not be told of."""
        listed = (one.fact.customer for one in draft.listed if one.fact.customer)
        spoken_of = dict.fromkeys((*draft.customers, *customers_in(draft.content), *listed))
        return tuple(code for code in spoken_of if not self.is_open(draft.recipient, code))

    def named(self, person: Person, text: str) -> tuple[str, ...]:
        """The customers that a text names and that the person may not be told of."""
        return tuple(dict.fromkeys(min(one.codes) for one in self._foreign(person, text)))

    def _foreign(self, person: Person, text: str) -> Iterator[Named]:
        if person.role not in SEES_ALL:
            yield from (
                one for one in self.names.found(text) if not any(self.is_open(person, code) for code in one.codes)
            )

    def hushed(self, person: Person, content: ContentT) -> ContentT:
        """The content, with the names of others' customers hidden that staff typed into free text."""
        return self._hush(person, content)  # type: ignore[no-any-return]

    def _hush(self, person: Person, value: Any) -> Any:
        if isinstance(value, Enum | Notice):
            return value
        if isinstance(value, str):
            return self._hush_text(person, value)
        if isinstance(value, tuple):
            hushed = [self._hush(person, one) for one in value]
            return value._make(hushed) if hasattr(value, "_make") else tuple(hushed)
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{one.name: self._hush(person, getattr(value, one.name)) for one in fields(value)})
        return value

    def _hush_text(self, person: Person, text: str) -> str:
        for one in reversed(tuple(self._foreign(person, text))):
            text = f"{text[: one.start]}{HIDDEN}{text[one.end :]}"
        return text


def customers_in(content: object) -> Iterator[str]:
    """The code of every customer that a mail's content names; empty for one that does not say which it is."""
    if isinstance(content, Notice):
        return
    if isinstance(content, tuple):
        for one in content:
            yield from customers_in(one)
    elif is_dataclass(content) and not isinstance(content, type):
        if getattr(content, "customer", "") or getattr(content, "code", ""):
            yield getattr(content, "code", "") if hasattr(content, "code") else ""
        for one in fields(content):
            yield from customers_in(getattr(content, one.name))


def _wording(catalogue: Catalogue) -> Iterator[str]:
    """What the program itself says: sentences, articles, phrases and the names of what is in the forms."""
    texts = [code.text for code in CATALOGUE.values()] + list(PHRASES.values())
    for rule in RULES.values():
        texts += [rule.article, *([rule.action] if rule.action else [])]
    for form in catalogue.forms:
        texts += [form.title, form.sheet]
    for block in catalogue.blocks.values():
        texts += [block.title, *(field.label for field in block.fields)]
        texts += [choice.label for field in block.fields for choice in field.choices]
    yield from (words for text in texts if isinstance(text, Text) for words in (text.zh, text.en))


def _people(directory: Directory) -> Iterator[str]:
    for person in directory.people.values():
        yield from (person.name, person.department, person.region)
