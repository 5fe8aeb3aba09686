"""The filing register from workbooks on the disk, over several runs."""

import os
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from crmflow.config import Config
from crmflow.model import Stage, WorkbookKind
from crmflow.register import Line
from crmflow.state import State, work_out
from crmflow.store.archive import open_store
from tests import books, tiny

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process


def at(day: str) -> datetime:
    return datetime.fromisoformat(f"{day} 10:00").replace(tzinfo=tiny.ZONE)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    tiny.staff(tmp_path)
    made = tiny.settle(tmp_path)
    tiny.at(made, at("2026-06-01"))
    return made


def filed(config: Config, day: str, **cover: str) -> None:
    """Save the archive with this cover on a day, and have it read that day."""
    path = tiny.archive(config.folders.workbooks.parent, {"F0.cover": tiny.cover(**cover)})
    os.utime(path, (at(day).timestamp() - 60, at(day).timestamp() - 60))
    tiny.at(config, at(day))


def state(config: Config, day: str) -> State:
    with open_store(config.store_url, config.catalogue).engine.connect() as connection:
        return work_out(open_store(config.store_url, config.catalogue), connection, config, at(day))


def verification(config: Config, day: str, quarter: str) -> Line:
    [line] = [one for one in state(config, day).register if (one.rule, one.period) == ("D2", quarter)]
    return line


def test_a_verification_of_a_former_quarter_stays_true_when_the_cover_says_a_newer_one(config: Config) -> None:
    filed(config, "2026-06-29", 核定日期="2026-06-29")
    filed(config, "2026-09-02", 核定日期="2026-09-01", 行业="化工")
    second, third = (verification(config, "2026-10-15", quarter) for quarter in ("2026Q2", "2026Q3"))
    assert (second.status, second.typed, second.arrived) == ("on_time", date(2026, 6, 29), datetime(2026, 6, 29, 9, 59))
    assert (third.status, third.typed) == ("on_time", date(2026, 9, 1))


def test_a_day_typed_in_time_in_a_file_that_came_late_is_late(config: Config) -> None:
    filed(config, "2026-06-15", 核定日期="2026-06-15")
    tiny.at(config, at("2026-10-12"))
    filed(config, "2026-10-15", 核定日期="2026-09-30")
    line = verification(config, "2026-10-15", "2026Q3")
    assert (line.status, line.days_late, line.arrived) == ("late", 15, datetime(2026, 10, 15, 9, 59))


def test_an_error_shows_and_holds_the_duty_back_until_it_is_mended(config: Config) -> None:
    filed(config, "2026-06-15", 核定日期="2026-06-15")
    filed(config, "2026-10-08", 核定日期="2026-09-30", 客户阶段="热情")

    def stage(day: str) -> Stage:
        return next(one.stage for one in state(config, day).duties if (one.rule, one.period) == ("D2", "2026Q3"))

    assert verification(config, "2026-10-09", "2026Q3").status == "with_errors"
    assert [stage(day) for day in ("2026-10-08", "2026-10-12", "2026-10-13")] == [Stage.OVERDUE, Stage.OVERDUE, Stage.COPIED]
    filed(config, "2026-10-09", 核定日期="2026-09-30")
    assert verification(config, "2026-10-09", "2026Q3").status == "on_time"


def test_an_exemption_takes_the_filing_out_of_the_duties_and_says_why(config: Config) -> None:
    filed(config, "2026-06-15", 核定日期="2026-06-15")
    exemptions = """
        免交事项     | 客户或人员           | 期间           | 原因     | 批准人 | 有效期至
        档案季度核定 | 江南精密制造有限公司 | 2026年第三季度 | 停产检修 | 陈建国 | 2026-09-30
        月度信息报告 | 李伟                 | '2026-07       | 外派学习 | 陈建国 | 2026-07-31
    """
    books.workbook(config.folders.workbooks / "日历.xlsx", WorkbookKind.CALENDAR, {"F41a.exemptions": exemptions})
    tiny.at(config, at("2026-10-15"))
    found = state(config, "2026-10-15")
    exempt = {(one.rule, one.period, one.owner): one.reason for one in found.register if one.status == "exempt"}
    assert exempt == {("D2", "2026Q3", "1002"): "停产检修", ("D1", "2026-07", "1003"): "外派学习"}
    assert not [one for one in found.duties if (one.rule, one.period) in {("D2", "2026Q3")}]


def test_the_register_begins_where_people_were_first_reminded(config: Config) -> None:
    filed(config, "2026-06-15", 核定日期="2026-06-15")
    days = {one.due for one in state(config, "2026-07-15").register}
    assert min(days) >= date(2026, 1, 1)
    assert min(days) - date(2026, 1, 1) < timedelta(days=10)
