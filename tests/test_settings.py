"""Settings: a mistake is told with file, line, key, what was found and what is allowed."""

from pathlib import Path

import pytest

from crmflow.model import Text
from crmflow.settings import ConfigError, Mistake, Money, Rate, Section, read


class Grades(Section):
    least: Money
    share: Rate = 0.5


class Rules(Section):
    language: str = "zh"
    days: int = 3
    grades: Grades | None = None


def told(tmp_path: Path, text: str) -> str:
    """What is said of settings that cannot be used."""
    file = tmp_path / "rules.yaml"
    file.write_bytes(text.encode())
    with pytest.raises(ConfigError) as caught:
        read(file, Rules)
    return str(caught.value)


def test_settings_are_read_with_their_units(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("days: 5\ngrades:\n  least: 50 万元\n  share: 80%\n", encoding="utf-8-sig")
    assert read(file, Rules) == Rules(days=5, grades=Grades.model_validate({"least": "500,000 元", "share": "80%"}))


@pytest.mark.parametrize(("text", "line", "key", "problem"), [
    ("days: 5\n grades: 1\n", 2, "-", "YAML"),
    ("days: 5\ngrades: 'open\n", 3, "-", "YAML"),
    ("days: 5\nlanguage: 中\x07文\n", 2, "-", "YAML"),
    ("days: 5\n\ndays: 6\n", 3, "days", "写了两次"),
    ("grades:\n  least: 5 元\n  least: 6 元\n", 3, "grades.least", "写了两次"),
    ("days: 5\ngrade: {}\n", 2, "grade", "grades"),
    ("days: five\n", 1, "days", "'five'"),
    ("days: 5\ngrades:\n  least: 50\n", 3, "grades.least", "50 万元"),
    ("days: 5\ngrades:\n  share: 80%\n", 2, "grades.least", ""),
    ("grades:\n  least: 5 元\n  share: 0.8\n", 3, "grades.share", "0.8"),
])
def test_a_mistake_is_told_with_its_line_and_key(
    tmp_path: Path, text: str, line: int, key: str, problem: str
) -> None:
    said = told(tmp_path, text)
    assert said.startswith(f"rules.yaml 第 {line} 行，{key}：")
    assert problem in said


def test_every_mistake_has_a_line_of_its_own(tmp_path: Path) -> None:
    assert len(told(tmp_path, "days: five\ngrades:\n  least: 50\n").splitlines()) == 2


def test_the_language_of_the_settings_is_that_of_their_mistakes(tmp_path: Path) -> None:
    assert told(tmp_path, "language: en\ndays: five\n").startswith("rules.yaml line 2, days: ")


def test_a_file_that_is_not_there_or_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "gbk.yaml").write_bytes("语言: 中文".encode("gbk"))
    for name in ("gone.yaml", "gbk.yaml"):
        with pytest.raises(ConfigError, match=name):
            read(tmp_path / name, Rules)


def test_what_no_setting_shows_by_itself_is_judged_at_the_end(tmp_path: Path) -> None:
    file = tmp_path / "rules.yaml"
    file.write_text("language: zh\ndays: 9\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"rules.yaml 第 2 行，days：.*9.*最多 5 天"):
        read(file, Rules, lambda rules: [Mistake(("days",), str(rules.days), Text("最多 5 天", "5 days at most"))])
