"""The next period made easy: what was accepted is filled in again, what is open goes on, the rest is to be written."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook
from typer.testing import CliRunner, Result

from crmflow import copies
from crmflow.catalogue import catalogue
from crmflow.cli import app
from crmflow.commands.upgrade import opened
from crmflow.config import Config, Files
from crmflow.declare import Table, Values
from crmflow.model import Accepted, FileState, Value, Where
from crmflow.parse.book import read_book
from crmflow.store import archive, findings
from tests import books, tiny
from tests.tiny import NOW

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process

ACTIONS = """
    行动     | 负责人 | 完成期限   | 状态   | 完成日期
    交样机   | 王芳   | 2026-05-01 | 已完成 | 2026-04-28
    请来参观 | 王芳   | 2026-11-30 | 进行中 |
    送资料   | 王芳   | 2026-03-01 | 已取消 |
"""
PROJECTS = """
    项目     | 合同额（万元） | 获取率 | 利润率 | 状态 | 实际签约额（万元） | 备注
    一期     | 120            | 60%    | 15%    | 签约 | 118                | 已开工
    二期     | 80             | 30%    | 12%    | 跟踪 |                    | 催一下
    三期     | 50             | 20%    | 10%    | 丢失 |                    |
"""
BLOCKS = {
    "F0.cover": tiny.cover(), "F2.persons": tiny.PERSONS, "F10.reports": tiny.REPORTS, "F11.transactions": tiny.SALES,
    "F7.plan": "年度 | 2026\n目标描述 | 拿下二期", "F7.actions": ACTIONS,
    "F8.plan": "年度 | 2026\n目标描述 | 两个项目", "F8.projects": PROJECTS,
}
COPY = "output/待填/王芳/江南 2026Q3.xlsx"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    tiny.staff(tmp_path)
    tiny.archive(tmp_path, BLOCKS)
    config = tiny.settle(tmp_path)
    tiny.at(config)
    return config


def crmflow(config: Config, *words: str) -> Result:
    file = config.folders.data.parent / "config.yaml"
    return CliRunner().invoke(app, [*words, "--config", str(file), "--today", "2026-07-15T10:00"])


def rows(path: Path, block: str) -> list[Mapping[str, Value]]:
    book = read_book(path, FileState(path.name, 1, 1), catalogue(), Files())
    return [record.values for record in book.records if record.block == block]


def made(config: Config, *words: str) -> Path:
    result = crmflow(config, "new", "archive", "--code", "KH0012", *words)
    assert result.exit_code == 0, result.output
    return next((config.folders.output / "待填").rglob("*.xlsx"))


def standing(config: Config) -> archive.KnownWorkbook:
    with archive.open_store(config.store_url, catalogue()).engine.connect() as connection:
        return archive.workbooks(connection)["w-1"]


def told(config: Config) -> list[tuple[str, str]]:
    with archive.open_store(config.store_url, catalogue()).engine.connect() as connection:
        return sorted((one.code, one.where.file) for one in findings.standing(connection))


def test_a_verification_copy_holds_everything_but_the_day_of_verification(config: Config) -> None:
    original, copy = config.folders.workbooks / "王芳/江南.xlsx", made(config, "--verify")
    assert copy == config.folders.data.parent / COPY
    for block in catalogue().blocks:
        before, after = rows(original, block), rows(copy, block)
        if block == "F0.cover":
            before = [{**before[0], "verified_on": None, "verified_by": None}]
        assert after == before, block


def test_a_verification_copy_is_the_same_workbook_made_from_the_accepted_file(config: Config) -> None:
    copy = made(config, "--verify")
    identity = read_book(copy, FileState("a", 1, 1), catalogue(), Files()).identity
    assert identity is not None
    assert (identity.workbook_id, identity.serial, identity.parent) == ("w-1", 2, standing(config).sha256)


def test_the_archive_itself_is_not_touched_and_a_copy_not_overwritten(config: Config) -> None:
    original = config.folders.workbooks / "王芳/江南.xlsx"
    before = original.read_bytes()
    made(config, "--verify")
    assert crmflow(config, "new", "archive", "--code", "KH0012", "--verify").exit_code == 2
    again = crmflow(config, "new", "archive", "--code", "KH0012", "--verify", "--output", str(original))
    assert (again.exit_code, original.read_bytes()) == (2, before)


def test_a_verification_copy_handed_in_supersedes_its_archive(config: Config) -> None:
    """Confirmed or corrected in one cell, it stands for the archive; the file before is named as superseded."""
    handed_in = config.folders.workbooks / "王芳/江南 2026Q3.xlsx"
    verified = copies_with(config, {"verified_on": date(2026, 7, 14), "industry": "化工"})
    handed_in.write_bytes(verified.read_bytes())
    found = tiny.at(config, NOW).figures
    assert (found.rows["accepted"], found.rows["closed"], found.rows["held"]) == (1, 0, 0)
    assert standing(config).path == "王芳/江南 2026Q3.xlsx"
    assert [file for code, file in told(config) if code == "SYNC_COPY"] == ["王芳/江南.xlsx"]
    assert tiny.at(config, NOW).figures.rows["accepted"] == 0


def copies_with(config: Config, changes: Values) -> Path:
    """The verification copy as its keeper fills it in."""
    made(config, "--verify")
    store = archive.open_store(config.store_url, catalogue())
    path = config.folders.workbooks / "王芳/江南.xlsx"
    cells, book = opened(path, catalogue(), config)
    with store.engine.connect() as connection:
        known = archive.known_rows(connection, catalogue(), ["w-1"])["w-1"]
    copy = copies.verified(cells, book, known, catalogue(), "zh")
    filled = {**copy.filled, "F0.cover": [{**copy.filled["F0.cover"][0], **changes}]}
    copies.write(config.folders.output / "filled.xlsx", copies.Copy(copy.identity, copy.forms, filled, copy.sheets))
    return config.folders.output / "filled.xlsx"


def test_a_copy_left_as_it_is_asks_for_the_day_of_verification(config: Config) -> None:
    handed_in = config.folders.workbooks / "王芳/江南 2026Q3.xlsx"
    handed_in.write_bytes(made(config, "--verify").read_bytes())
    found = tiny.at(config, NOW).figures
    assert (found.rows["accepted"], found.rows["held"]) == (0, 1)
    assert ("REQUIRED", "王芳/江南 2026Q3.xlsx") in told(config)


def test_next_years_plans_take_over_what_is_open_and_leave_the_aims_empty(config: Config) -> None:
    copy = made(config, "--year", "2027")
    assert copy.name == "江南 2027.xlsx"
    assert rows(copy, "F8.plan") == [{"year": 2027, "objective": None}]
    assert [row["project"] for row in rows(copy, "F8.projects")] == ["二期"]
    assert [row["action"] for row in rows(copy, "F7.actions")] == ["请来参观"]
    assert rows(copy, "F0.cover")[0]["verified_on"] == date(2026, 7, 3)
    assert rows(copy, "F9.plan") == []


def test_this_years_plans_stay_when_next_years_are_handed_in(config: Config) -> None:
    copy = made(config, "--year", "2027")
    (config.folders.workbooks / "王芳/江南.xlsx").write_bytes(copy.read_bytes())
    assert tiny.at(config, NOW).figures.rows["closed"] == 0
    with archive.open_store(config.store_url, catalogue()).engine.connect() as connection:
        known = archive.known_rows(connection, catalogue(), ["w-1"])["w-1"]
    assert sorted(one.period for one in known if one.block == "F8.projects" and one.is_open) == ["2026"] * 3 + ["2027"]
    assert [row["project"] for row in copies.latest(known, catalogue())["F8.projects"]] == ["二期"]


def test_the_companys_own_column_goes_along_with_its_row(config: Config) -> None:
    sheet = load_workbook(made(config, "--year", "2027"))["附表8 收益计划"]
    shown = [[cell.value for cell in row] for row in sheet.iter_rows()]
    heading = next(row for row in shown if "备注" in row)
    project = next(row for row in shown if row[0] == "二期")
    assert project[heading.index("备注")] == "催一下"


def test_an_archive_with_something_not_accepted_is_settled_first(config: Config) -> None:
    wrong = {**BLOCKS, "F11.transactions": tiny.SALES + "    S-4 | 坏 | 1\n"}
    tiny.archive(config.folders.data.parent, wrong)
    changed = crmflow(config, "new", "archive", "--code", "KH0012", "--verify")
    assert (changed.exit_code, "crmflow run" in changed.stderr) == (2, True)
    tiny.at(config, NOW)
    held = crmflow(config, "new", "archive", "--code", "KH0012", "--verify")
    assert (held.exit_code, "crmflow check" in held.stderr) == (2, True)


@pytest.mark.parametrize("words", [
    ("monthly", "--verify"), ("archive", "--verify"), ("archive", "--code", "KH9999", "--verify"),
    ("archive", "--code", "KH0012", "--year", "27"),
])
def test_what_cannot_be_made_is_said_in_one_sentence(config: Config, words: Sequence[str]) -> None:
    result = crmflow(config, "new", *words)
    assert (result.exit_code, result.stdout, len(result.stderr.strip().splitlines())) == (2, "", 1)


def accepted(block: str, period: str, values: Values, file: str = "六月.xlsx") -> Accepted:
    return Accepted("r", block, "", values, Where(file), period)


NEWS = [
    accepted("F20.report", "2026-05", {"account_manager": "王芳", "month": date(2026, 5, 1), "submitted_on": None}, "五月.xlsx"),
    accepted("F20.report", "2026-06", {"account_manager": "王芳", "month": date(2026, 6, 1), "submitted_on": date(2026, 7, 6)}),
    accepted("F20.report", "2026-06", {"account_manager": "李伟", "month": date(2026, 6, 1), "submitted_on": None}, "李.xlsx"),
    accepted("F20.news", "2026-05", {"content": "旧闻", "importance": "major"}, "五月.xlsx"),
    accepted("F20.news", "2026-06", {"content": "三期提前", "importance": "major"}),
    accepted("F20.news", "2026-06", {"content": "换了网站", "importance": "ordinary"}),
    accepted("F20.news", "2026-06", {"content": "别人的", "importance": "major"}, "李.xlsx"),
]


def test_the_next_report_carries_major_news_of_the_persons_last_one() -> None:
    filled = copies.next_report(NEWS, catalogue().form("F20"), lambda named: named == "王芳", date(2026, 7, 1))
    assert filled["F20.report"] == [{"account_manager": "王芳", "month": date(2026, 7, 1)}]
    assert [row["content"] for row in filled["F20.news"]] == ["三期提前"]


def test_a_first_report_carries_nothing() -> None:
    assert copies.next_report(NEWS, catalogue().form("F20"), lambda named: named == "王芳", date(2026, 5, 1)) == {}


def test_a_new_report_on_the_command_line_holds_last_months_open_news(config: Config) -> None:
    news = "客户或行业 | 信息类别 | 信息内容 | 信息渠道等级 | 重要程度\nKH0012 | 战略方向 | 三期提前 | 1 客户公开 | 重大"
    report = {"F20.report": "客户经理 | 王芳\n月份 | 2026-06\n提交日期 | 2026-07-06", "F20.news": news}
    books.monthly(config.folders.workbooks, report)
    tiny.at(config)
    path = config.folders.output / "七月.xlsx"
    result = crmflow(config, "new", "monthly", "--manager", "1002", "--month", "2026-07", "--output", str(path))
    assert result.exit_code == 0, result.output
    assert rows(path, "F20.report") == [{"account_manager": "王芳", "month": date(2026, 7, 1), "submitted_on": None}]
    assert [row["content"] for row in rows(path, "F20.news")] == ["三期提前"]


def test_a_plan_that_is_there_already_and_one_nobody_began_stay_as_they_are() -> None:
    form = catalogue().form("F8")
    there = {"F8.plan": [{"year": 2027, "objective": "有了"}], "F8.projects": [{"status": "signed"}]}
    assert copies.turned(there, form, 2027) == there
    assert copies.turned({}, form, 2027) == {}


@pytest.mark.parametrize("name", [name for name, block in catalogue().blocks.items() if block.blank_on_verify])
def test_what_verifying_renews_are_fields_of_the_block(name: str) -> None:
    block = catalogue().block(name)
    assert set(block.blank_on_verify) <= {field.id for field in block.fields}


@pytest.mark.parametrize("form", [form for form in catalogue().forms if form.period_field], ids=lambda form: form.id)
def test_what_a_periodic_form_carries_is_declared_over_its_own_fields(form: copies.Form) -> None:
    for block in form.blocks:
        fields = {field.id for field in block.fields}
        if isinstance(block, Table):
            assert block.carry is None or block.carry(dict.fromkeys(fields)) in (True, False)
        else:
            assert set(block.carried) <= fields
