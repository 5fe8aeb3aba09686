"""The catalogue of rules."""

from string import Formatter

import pytest

from crmflow.codes import CATALOGUE
from crmflow.duties import DUTY_RULES
from crmflow.rules import RULES


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_the_rule_that_a_finding_cites_is_declared(code: str) -> None:
    assert CATALOGUE[code].rule in RULES


def test_every_rule_that_a_duty_rests_on_says_what_to_do() -> None:
    assert {rule for rule, declared in RULES.items() if declared.action} == set(DUTY_RULES)


@pytest.mark.parametrize("rule", sorted(RULES))
def test_a_rule_names_its_source_and_its_article_in_both_languages(rule: str) -> None:
    declared = RULES[rule]
    assert declared.source.startswith("Q")
    assert chinese(declared.article.zh)
    assert declared.article.en
    assert not chinese(declared.article.en)


@pytest.mark.parametrize("rule", sorted(rule for rule, declared in RULES.items() if declared.action))
def test_both_languages_of_an_action_have_the_same_placeholders(rule: str) -> None:
    action = RULES[rule].action
    assert action is not None
    assert placeholders(action.zh) == placeholders(action.en) >= {"due", "left"}
