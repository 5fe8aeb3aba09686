"""Registers in a run: a workbook for each, customers and parts of the archives behind them, the company's own days."""

from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crmflow.catalogue import catalogue
from crmflow.cli import app
from crmflow.config import Config
from crmflow.model import Accepted, Where, WorkbookKind
from crmflow.state import calendar_of
from crmflow.store import archive, findings
from crmflow.store.base import transaction
from tests import books, tiny

in_this_process = tiny.in_this_process
REGISTERS = [kind for kind in WorkbookKind if kind not in (WorkbookKind.ARCHIVE, WorkbookKind.MONTHLY)]


@pytest.fixture
def config(tmp_path: Path, in_this_process: None) -> Config:
    return tiny.company(tmp_path)


@pytest.mark.parametrize("kind", REGISTERS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_register_can_be_made_blank(config: Config, kind: WorkbookKind, language: str, tmp_path: Path) -> None:
    settings = str(tmp_path / "config.yaml")
    made = CliRunner().invoke(app, ["new", kind, "--language", language, "--config", settings])
    assert made.exit_code == 0, made.output
    assert len(catalogue().of_kind(kind)) >= 1


def told(config: Config) -> set[tuple[str, str]]:
    store = archive.open_store(config.store_url, catalogue())
    with transaction(store.engine) as connection:
        return {(one.code, one.where.file) for one in findings.standing(connection)}


TICKETS = """
    单号 | 类型 | 首问人 | 报告时间         | 问题 | 处理结果 | 解决时间         | 用掉的备件
    FW1  | 报修 | 王芳   | 2026-06-08 09:10 | 振动 | 正常     | 2026-06-08 16:00 | BJ-001×2
"""
PARTS = """
    备件号 | 名称 | 分类   | 上次盘点日期 | 上次结存 | 本期领用 | 盘点日期   | 实盘数量
    BJ-001 | 轴承 | 关键件 | 2026-03-31   | 10       | 1        | 2026-06-30 | 9
"""


def test_a_register_is_checked_against_the_archives_of_the_same_run_and_again_when_they_change(
    config: Config, tmp_path: Path
) -> None:
    folder = config.folders.workbooks
    books.workbook(folder / "a.xlsx", WorkbookKind.SPARE_PARTS, {"F39.parts": PARTS})
    tiny.archive(tmp_path, {"F16.tickets": TICKETS})
    tiny.at(config)
    assert ("USAGE_DIFFERS", "a.xlsx") in told(config)
    tiny.archive(tmp_path, {"F16.tickets": TICKETS.replace("×2", "×1")})
    tiny.at(config)
    assert ("USAGE_DIFFERS", "a.xlsx") not in told(config)


def _day(on: date, kind: str) -> Accepted:
    return Accepted("r", "F41b.days", "", {"date": on, "kind": kind, "note": None}, Where("日历.xlsx"))


def test_the_companys_own_days_go_before_the_official_calendar(config: Config) -> None:
    friday, saturday = date(2026, 7, 17), date(2026, 7, 18)
    calendar = calendar_of(config, (_day(friday, "off"), _day(saturday, "working")))
    assert not calendar.is_working_day(friday)
    assert calendar.is_working_day(saturday)
    assert calendar_of(config).is_working_day(friday)
