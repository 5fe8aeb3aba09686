"""A tiny company on the disk, whose every figure can be counted by hand."""

import os
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from crmflow import processes, run
from crmflow.config import Config, load
from crmflow.model import WorkbookKind
from crmflow.run import Outcome
from tests import books

ROOT = Path(__file__).parents[1]
ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 7, 15, 10, tzinfo=ZONE)

PEOPLE = """
    工号  | 姓名   | 角色       | 上级工号 | 部门   | 邮箱
    '1001 | 陈建国 | 部长       |          | 市场部 | chen@a.example
    '1002 | 王芳   | 客户经理   | '1001    | 市场部 | wang@a.example
    '1003 | 李伟   | 客户经理   | '1001    | 市场部 | li@a.example
    '1009 | 何静   | 信息管理员 | '1001    | 市场部 | he@a.example
"""
SALES = """
    单据号 | 日期       | 金额（元）
    S-1    | 2026-03-02 | 100000
    S-2    | 2026-04-02 | 150000
    S-3    | 2026-05-02 | 200000
"""
REPORTS = """
    日期       | 关键人物 | 我方人员 | 接触方式 | 现场 | 内容         | 计划内
    2026-07-02 | 赵建国   | 王芳     | 拜访     | 是   | 谈二期工程   | 是
"""
PERSONS = """
    姓名   | 职务     | 生日  | 信息渠道等级 | 告知同意 | 更新日期
    赵建国 | 设备部长 | '03-08 | 3 客户及伙伴 | 是       | 2026-05-01
"""


def cover(code: str = "KH0012", name: str = "江南精密制造有限公司", manager: str = "王芳", **more: str) -> str:
    """A cover that nothing is wrong with; ``more`` adds or replaces boxes by their labels."""
    boxes = {
        "客户代码": code, "单位名称": name, "行业": "装备制造", "地区": "华东", "客户阶段": "合作", "客户经理": manager,
        "建档日期": "2026-01-08", "核定日期": "2026-07-03", "付款信用": "良", **more,
    }
    return "\n".join(f"{label} | {typed}" for label, typed in boxes.items())


def settle(folder: Path, **changes: str) -> Config:
    """A configuration for ``folder``; ``changes`` replace lines of the shipped one."""
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    text = text.replace("templates: templates ", f"templates: {ROOT / 'templates'} ").replace("workers: 0", "workers: 1")
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.yaml").write_text(text, encoding="utf-8")
    return load(folder / "config.yaml")


def archive(folder: Path, blocks: Mapping[str, str] | None = None, path: str = "王芳/江南.xlsx", parent: str = "") -> Path:
    """Write the archive of KH0012, or of whom its cover names, under the workbooks folder."""
    given = {"F0.cover": cover(), "F2.persons": PERSONS, "F10.reports": REPORTS, "F11.transactions": SALES}
    says = books.identity(workbook_id="w-1", parent=parent)
    return books.archive(folder / "workbooks", given if blocks is None else blocks, path, says)


def staff(folder: Path, people: str = PEOPLE) -> Path:
    """Write the staff register."""
    return books.register(folder / "workbooks", people, "人员.xlsx", books.identity(WorkbookKind.STAFF, "staff"))


def company(folder: Path) -> Config:
    """Four people and one archive of six rows; ten rows in all."""
    staff(folder)
    archive(folder)
    return settle(folder)


def at(config: Config, now: datetime = NOW, *, preview: bool = False) -> Outcome:
    """Run on the tiny company."""
    return run.run(config, now, lambda done, total: None, preview=preview)


def processes_with(word: str) -> set[int]:
    """Processes with ``word`` in their environment: those that a test started so, and all that they started (Linux)."""
    found = set()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if word.encode() in (folder / "environ").read_bytes() and int(folder.name) != os.getpid():
                found.add(int(folder.name))
        except OSError:
            continue
    return found


class Here(Executor):
    """An executor that does each job at once, in this process."""

    def __init__(self, *_: object, **__: object) -> None:
        """Take what a pool of processes takes."""

    def submit(self, job, /, *arguments, **named):
        done = Future()
        try:
            done.set_result(job(*arguments, **named))
        except Exception as error:
            done.set_exception(error)
        return done


def stay_here(replace: Callable[[object, str, object], None]) -> None:
    """Read and write in this process rather than in others, which take a second to start and cannot be patched."""
    replace(processes, "ProcessPoolExecutor", Here)


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    stay_here(lambda module, name, new: monkeypatch.setattr(module, name, new, raising=False))
