"""The settings of how often and by when."""

from pathlib import Path

import pytest

from crmflow.cadence import Deadlines
from crmflow.config import load
from crmflow.settings import ConfigError
from tests.tiny import settle


@pytest.mark.parametrize(("typed", "read"), [("01-31", (1, 31)), ("2-28", (2, 28)), ("12-31", (12, 31))])
def test_a_day_of_the_year_is_month_and_day(typed: str, read: tuple[int, int]) -> None:
    assert Deadlines.model_validate({"D5_by": typed}).D5_by == read


@pytest.mark.parametrize("typed", ["02-29", "13-01", "一月底", "2026-01-31", "01-32"])
def test_what_is_no_day_of_every_year_is_refused_with_an_example(tmp_path: Path, typed: str) -> None:
    with pytest.raises(ConfigError, match=r"D5_by.*10-01"):
        settle(tmp_path, **{"D5_by: 01-31": f'D5_by: "{typed}"'})


def test_the_shipped_configuration_says_what_the_defaults_are(tmp_path: Path) -> None:
    config = load(Path(__file__).parents[1] / "config.yaml")
    assert config.deadlines == Deadlines()
    assert config.contacts == type(config.contacts)()
