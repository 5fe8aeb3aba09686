"""docs/mails.md: every mail, every variable that a template can use, in both languages."""

import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path

import pytest

from crmflow import drafts, model, overviews, render

ROOT = Path(__file__).parents[1]
PAGES = ("docs/mails.md", "docs/mails.zh-CN.md")
TOLD = (*vars(overviews).values(), drafts.Digest, drafts.Item, drafts.Sums, drafts.Tally, model.Person, model.Inline)
VALUES = {
    one.__name__: {field.name for field in fields(one)}
    for one in TOLD if isinstance(one, type) and hasattr(one, "__dataclass_fields__") and one is not model.Where
}
"""What a template is given, and what that is made of."""


def documented(page: str) -> Mapping[str, set[str]]:
    """The variables in the tables of a page by the class that their heading names."""
    text = (ROOT / page).read_text(encoding="utf-8")
    sections = re.split(r"(?m)^### ", text.partition("\n### ")[1] + text.partition("\n### ")[2])[1:]
    found = {}
    for section in sections:
        heading, _, table = section.partition("\n")
        name = re.findall(r"`(\w+)`", heading)[-1]
        found[name[0].upper() + name[1:]] = set(re.findall(r"(?m)^\| `(\w+)` \|", table))
    return found


@pytest.mark.parametrize("page", PAGES)
def test_every_variable_is_documented_and_no_other(page: str) -> None:
    assert len(VALUES) > 15
    assert documented(page) == VALUES


@pytest.mark.parametrize("page", PAGES)
def test_every_mail_and_every_filter_of_ours_is_named(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    assert [kind for kind in render.KINDS if f"| `{kind}` |" not in text] == []
    templates = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "templates").rglob("*.j2"))
    assert [name for name in ("moment", "wan", "change", "percent") if f"`{name}`" not in text or f"| {name}" not in templates] == []


def test_templates_use_no_attribute_that_is_not_documented() -> None:
    known = set().union(*VALUES.values()) | {"file", "sheet", "cell", "name"}
    for path in (ROOT / "templates").rglob("*.html.j2"):
        used = re.findall(r"\b(?:digest|summary|executive|item|line|risk|change|complaint|score|person|migration|before)\.(\w+)", path.read_text(encoding="utf-8"))
        assert set(used) - known - {"html"} == set(), path.name
