"""One writing command at a time."""

from pathlib import Path

import pytest

from crmflow.lock import Busy, exclusive
from tests import tiny


def test_a_second_command_is_turned_away_until_the_first_has_ended(tmp_path: Path) -> None:
    config = tiny.settle(tmp_path)
    with exclusive(config), pytest.raises(Busy), exclusive(config):
        pytest.fail("both hold the data folder")
    with exclusive(config):
        pass


def test_a_command_that_fails_lets_go(tmp_path: Path) -> None:
    config = tiny.settle(tmp_path)
    with pytest.raises(ZeroDivisionError), exclusive(config):
        raise ZeroDivisionError
    with exclusive(config):
        pass


def test_a_dry_run_makes_no_data_folder_but_respects_who_is_at_work(tmp_path: Path) -> None:
    config = tiny.settle(tmp_path)
    with exclusive(config, leave_no_trace=True):
        assert not config.folders.data.exists()
    with exclusive(config), pytest.raises(Busy), exclusive(config, leave_no_trace=True):
        pytest.fail("both hold the data folder")
