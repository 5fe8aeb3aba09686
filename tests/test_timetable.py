"""When jobs are done, as the configuration says it."""

from datetime import timedelta
from pathlib import Path

import pytest

from crmflow.config import load
from crmflow.settings import ConfigError
from crmflow.timetable import Job, Jobs
from tests import tiny


def job(folder: Path, written: str) -> Job:
    """The digest's times as config.yaml has them."""
    return tiny.settle(folder, **{'digest: {at: "08:30", days: working_days}': f"digest: {written}"}).jobs.digest


@pytest.mark.parametrize(("written", "minutes"), [
    ('"08:30"', 510), ("08:30", 510), ("8:30", 510), ("10:30", 630), ("00:00", 0), ("0:05", 5), ("23:59", 1439),
])
def test_a_time_of_day_is_read_with_or_without_quotes(tmp_path: Path, written: str, minutes: int) -> None:
    assert job(tmp_path, f"{{at: {written}}}") == Job(at=f"{minutes // 60}:{minutes % 60:02}")
    assert job(tmp_path, f"{{at: {written}}}").time_of_day == timedelta(minutes=minutes)


@pytest.mark.parametrize(("written", "key"), [
    ("{at: 24:00}", "jobs.digest.at"), ('{at: "noon"}', "jobs.digest.at"), ('{at: "8.30"}', "jobs.digest.at"),
    ("{every_minutes: 5, at: 8:30}", "jobs.digest"), ("{days: monday}", "jobs.digest"), ("{every_minutes: 0}", "every_minutes"),
    ("{at: 8:30, days: weekend}", "days"), ("{at: 8:30, on: monday}", "jobs.digest"),
])
def test_a_job_that_cannot_be_understood_is_told_with_its_line(tmp_path: Path, written: str, key: str) -> None:
    with pytest.raises(ConfigError, match=key.replace(".", r"\.")):
        job(tmp_path, written)


def test_the_shipped_times_are_those_of_a_configuration_without_any() -> None:
    assert load(tiny.ROOT / "config.yaml").jobs == Jobs()
