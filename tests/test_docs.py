"""What is written down for people is complete: the configuration, the READMEs, the findings and the rules."""

import re
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from typer.main import get_command

from crmflow.cli import app
from crmflow.codes import CATALOGUE
from crmflow.commands import guard
from crmflow.config import Config
from crmflow.rules import RULES
from crmflow.settings import Section

ROOT = Path(__file__).parents[1]
CONFIG = (ROOT / "config.yaml").read_text(encoding="utf-8")
READMES = ("README.md", "README.zh-CN.md")
PLAIN = {"id", "zh", "en", "name", "email", "port"}
"""Keys that say by themselves what they are, or whose section does."""


def sections(annotation: object) -> Iterator[type[Section]]:
    """The settings models that a field's type is made of."""
    if isinstance(annotation, type) and issubclass(annotation, Section):
        yield annotation
    for part in typing.get_args(annotation):
        yield from sections(part)


def keys(model: type[Section]) -> Iterator[str]:
    """Every key of a model and of the models below it."""
    for name, field in model.model_fields.items():
        if not field.exclude:
            yield name
            for below in sections(field.annotation):
                yield from keys(below)


def explained(key: str) -> bool:
    """Whether a comment stands at the key, or on the lines above its section's entries."""
    lines = CONFIG.splitlines()
    at = [index for index, line in enumerate(lines) if re.search(rf"(?:^|[\s#{{,\-\[]){key}:", line)]
    near = [lines[index] for found in at for index in range(max(found - 2, 0), found + 1)]
    return any("#" in line and re.search("[一-鿿]", line.partition("#")[2]) for line in near)


@pytest.mark.parametrize("key", sorted(set(keys(Config))))
def test_every_setting_stands_in_the_shipped_configuration_with_a_comment(key: str) -> None:
    assert re.search(rf"(?:^|[\s#{{,\-\[]){key}:", CONFIG, re.M), f"{key} is not in config.yaml"
    assert key in PLAIN or explained(key), f"{key} has no comment"


def test_the_comments_of_the_configuration_are_in_both_languages() -> None:
    beside = [line.partition("# ")[2] for line in CONFIG.splitlines() if re.search(r"\S\s+# ", line)]
    told = [text for text in beside if "·" in text]
    assert len(told) > 60
    assert [text for text in told if not re.search("[一-鿿]", text) or not re.search("[A-Za-z]{2}", text)] == []


def verbs() -> Mapping[str, object]:
    return get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("readme", READMES)
@pytest.mark.parametrize("verb", sorted(verbs()))
def test_every_verb_stands_in_the_readmes(readme: str, verb: str) -> None:
    assert f"crmflow {verb}" in (ROOT / readme).read_text(encoding="utf-8")


@pytest.mark.parametrize("readme", READMES)
def test_every_exit_code_stands_in_the_readmes(readme: str) -> None:
    codes = (guard.COMPLETED, guard.FINDINGS, guard.WRONG_USE, guard.UNFINISHED)
    text = (ROOT / readme).read_text(encoding="utf-8")
    told = re.search(r"(?s)(?:Exit codes|退出码)[^0-9]*0.*?(?:\n\n|$)", text)
    assert told, "no word of exit codes"
    assert [code for code in codes if not re.search(rf"\b{code}\b", told[0])] == []


@pytest.mark.parametrize("readme", READMES)
def test_the_readmes_lead_to_every_page_of_the_documentation(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    suffix = ".zh-CN.md" if readme.endswith(".zh-CN.md") else ".md"
    pages = {page.name for page in (ROOT / "docs").glob("*.md")}
    own = {page for page in pages if page.endswith(".zh-CN.md") == (suffix == ".zh-CN.md")}
    assert [page for page in sorted(own) if f"docs/{page}" not in text] == []


def words(folder: str) -> set[str]:
    text = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / folder).rglob("*.py"))
    return set(re.findall(r"[A-Za-z0-9_]+", text))


TESTED = words("tests")


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_finding_is_named_by_a_test(code: str) -> None:
    assert code in TESTED


CITED = {
    word
    for path in (*(ROOT / "crmflow").rglob("*.py"), ROOT / "config.yaml") if path != ROOT / "crmflow" / "rules.py"
    for word in re.findall(r"(?<![A-Za-z0-9])[A-Z][0-9]*[a-z]?(?![A-Za-z0-9])", path.read_text(encoding="utf-8"))
}


@pytest.mark.parametrize("rule", sorted(RULES))
def test_every_rule_is_cited_where_it_is_carried_out(rule: str) -> None:
    assert rule in CITED
