"""The command line: thin doors, each to a module of ``crmflow.commands`` that is loaded when it is called."""

import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="按客户关系管理制度读表、核对、汇总、分级、提醒。\n\nReads, checks, consolidates, grades and reminds by the written regulation.",
)
outbox = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="看发件箱，管邮件 · look into the outbox, and act on it")
app.add_typer(outbox, name="outbox")

Config = Annotated[Path, typer.Option("--config", help="配置文件 · the configuration")]
Today = Annotated[str, typer.Option("--today", help="按哪一天或哪一刻计算，如 2026-07-15 或 2026-07-15T09:30 · as of this day or moment")]
Json = Annotated[bool, typer.Option("--json", help="只输出一份 JSON · one JSON document and nothing else")]
Own = Annotated[Path | None, typer.Option("--config", help="配置文件，默认用 config.yaml（如果有）· the configuration, config.yaml by default if it is there")]
DEFAULT = Path("config.yaml")


def main() -> None:
    """Run the command line; text is UTF-8 whatever the console's code page."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    app()


def _do(command: str, **options: Any) -> None:
    """Go through the door: load the command's module, run it, leave with its exit code."""
    guarded: Callable[..., int] = importlib.import_module("crmflow.commands.guard").guarded
    raise typer.Exit(guarded(command, **options))


def _standing(config: Path | None) -> Path | None:
    """The configuration of a verb that can do without one."""
    return config or (DEFAULT if DEFAULT.exists() else None)


@app.command()
def run(
    config: Config = DEFAULT, today: Today = "", as_json: Json = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只算不写，列出会寄出的邮件 · work everything out, write and send nothing")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="有错误时退出码为 1 · exit with 1 if there are errors")] = False,
) -> None:
    """读取全部工作簿，更新汇总、分级和待办，寄出提醒 · read everything, consolidate, grade, remind."""
    importlib.import_module("crmflow.processes").load_early()
    _do("run", config=config, today=today, as_json=as_json, dry_run=dry_run, strict=strict)


@app.command()
def check(
    files: Annotated[list[Path], typer.Argument(help="要检查的工作簿 · the workbooks to check")],
    config: Config = DEFAULT, today: Today = "", as_json: Json = False,
    annotate: Annotated[Path | None, typer.Option("--annotate", help="把标出错误的副本写到这个文件夹 · write marked copies to this folder")] = None,
) -> None:
    """检查工作簿，指出哪一格不对、该填什么 · say which cell is wrong and what to type."""
    _do("check", config=config, today=today, files=files, as_json=as_json, annotate=annotate)


@app.command()
def new(
    kind: Annotated[str, typer.Argument(help="archive 客户档案 / monthly 月报 / staff 人员登记表 / expenses 等登记簿，写错会列出全部 · a wrong one lists all")],
    config: Config = DEFAULT, today: Today = "",
    code: Annotated[str, typer.Option(help="客户代码 · customer code")] = "",
    name: Annotated[str, typer.Option(help="单位名称 · the customer's name")] = "",
    manager: Annotated[str, typer.Option(help="客户经理的姓名或工号 · the account manager")] = "",
    month: Annotated[str, typer.Option(help="月份，如 2026-07 · the month")] = "",
    verify: Annotated[bool, typer.Option("--verify", help="本季度的核定表：已采用的内容都填好，只等核对 · the archive as accepted, to confirm or correct")] = False,
    year: Annotated[int, typer.Option(help="年度计划换到哪一年，未完的事项带过去 · turn the yearly plans to this year", show_default=False)] = 0,
    language: Annotated[str, typer.Option("--language", help="zh / en，默认取配置 · from the configuration by default")] = "",
    output: Annotated[Path | None, typer.Option("--output", help="写到哪个文件，默认放进工作簿文件夹，核定表和新年度计划放进 output · the file to write")] = None,
) -> None:
    """生成一份空白工作簿，已知的内容先填好 · make a workbook, filled in with what is known."""
    if verify or year:
        _do("successor", config=config, today=today, kind=kind, code=code, verify=verify, year=year, output=output)
    _do("new", config=config, today=today, kind=kind, code=code, name=name, manager=manager, month=month,
        language=language, output=output)


@app.command()
def upgrade(
    into: Annotated[Path, typer.Option("--into", help="写到哪个文件夹 · where the copies go")],
    files: Annotated[list[Path] | None, typer.Argument(help="要换成新版的工作簿 · the workbooks to upgrade")] = None,
    config: Config = DEFAULT, today: Today = "",
    everything: Annotated[bool, typer.Option("--all", help="文件夹里全部旧版的 · every old one in the folder")] = False,
) -> None:
    """把旧版表换成新版，已填的内容一格不丢，写成新文件 · copies on the current forms, without losing a cell."""
    _do("upgrade", config=config, today=today, files=files or [], everything=everything, into=into)


@app.command(name="import")
def import_(
    mapping: Annotated[Path, typer.Option("--mapping", help="对照文件 · the mapping file")],
    source: Annotated[Path, typer.Option("--from", help="旧名单所在的文件夹 · the folder of the old lists")],
    into: Annotated[Path, typer.Option("--into", help="写到哪个文件夹 · where the workbooks go")],
    report: Annotated[Path | None, typer.Option("--report", help="导入报告写到哪个文件 · where the report goes")] = None,
    config: Own = None, as_json: Json = False,
) -> None:
    """把公司已有的客户名单导入成客户档案 · turn the lists a company has into archives."""
    _do("import_", config=_standing(config), mapping=mapping, source=source, into=into, report=report, as_json=as_json)


@app.command()
def status(config: Config = DEFAULT, today: Today = "", as_json: Json = False) -> None:
    """现在的情况：文件、数据、错误、待办、待确认、邮件 · how things stand."""
    _do("status", config=config, today=today, as_json=as_json)


@app.command()
def history(
    customer: Annotated[str, typer.Argument(help="客户代码 · customer code")],
    config: Config = DEFAULT, today: Today = "", as_json: Json = False,
    block: Annotated[str, typer.Option(help="只看哪一部分，如 F8.projects · only this block")] = "",
    as_of: Annotated[str, typer.Option("--as-of", help="列出那一天的数据 · the rows as they stood on that day")] = "",
    since: Annotated[str, typer.Option("--since", help="只看那一天之后的改动 · only what changed after that day")] = "",
) -> None:
    """一位客户的每一次改动，或某一天的样子 · every change of a customer's rows, or how they stood."""
    _do("history", config=config, today=today, customer=customer, as_json=as_json, block=block, as_of=as_of,
        since=since)


@app.command()
def confirm(
    tokens: Annotated[list[str] | None, typer.Argument(help="待确认事项的编号 · what to let through")] = None,
    config: Config = DEFAULT, today: Today = "", as_json: Json = False,
    by: Annotated[str, typer.Option(help="谁确认的 · who confirms")] = "",
) -> None:
    """列出等待确认的改动，或确认其中几项 · list what waits for confirmation, or let it through."""
    _do("confirm", config=config, today=today, tokens=tokens or [], as_json=as_json, by=by)


@app.command()
def grade(
    customer: Annotated[str, typer.Argument(help="客户代码，不写为全部 · customer code, all by default")] = "",
    config: Config = DEFAULT, today: Today = "", as_json: Json = False,
) -> None:
    """客户级别和理由 · grades and their reasons."""
    _do("grade", config=config, today=today, customer=customer, as_json=as_json)


@app.command()
def due(
    person: Annotated[str, typer.Argument(help="姓名或工号，不写为全部 · one person, all by default")] = "",
    config: Config = DEFAULT, today: Today = "", as_json: Json = False,
) -> None:
    """到期和即将到期的事项 · what is due."""
    _do("due", config=config, today=today, person=person, as_json=as_json)


@app.command()
def simulate(
    first: Annotated[str, typer.Option("--from", help="从哪一天起，默认今天 · the first day, today by default")] = "",
    last: Annotated[str, typer.Option("--to", help="到哪一天止，默认今天 · the last day, today by default")] = "",
    config: Config = DEFAULT, today: Today = "", as_json: Json = False,
    compare: Annotated[Path | None, typer.Option("--compare", help="另一份配置，两份并排比较 · another configuration, side by side")] = None,
    person: Annotated[str, typer.Option("--person", help="只看一个人，姓名或工号 · one person only, with every duty in words")] = "",
) -> None:
    """预演：一天一天走过去，会有哪些待办、会给谁发邮件，什么也不寄 · rehearse what would be due and mailed, sending nothing."""
    _do("simulate", config=config, today=today, first=first, last=last, compare=compare, person=person, as_json=as_json)


@app.command()
def docs(
    output: Annotated[Path, typer.Option("--output", help="写到哪个文件夹 · the folder to write to")] = Path("output/docs"),
    language: Annotated[str, typer.Option("--language", help="zh / en")] = "zh",
    config: Own = None,
) -> None:
    """生成每张表的填写说明 · write a page about every form."""
    _do("docs", config=_standing(config), output=output, language=language)


@app.command()
def access(
    config: Config = DEFAULT, today: Today = "", as_json: Json = False,
    customer: Annotated[str, typer.Option(help="只看哪一家客户的 · only of this customer")] = "",
    person: Annotated[str, typer.Option(help="只看谁的：姓名、工号或电脑用户名 · only of this person, by name, number or user name")] = "",
    since: Annotated[str, typer.Option(help="只看那一刻以后的 · only from then on")] = "",
) -> None:
    """访问记录：什么时候给谁看了、寄了哪些客户的资料 · who was shown or sent what of which customers."""
    _do("access", config=config, today=today, customer=customer, person=person, since=since, as_json=as_json)


@app.command()
def tick(
    config: Config = DEFAULT, today: Today = "", as_json: Json = False,
    strict: Annotated[bool, typer.Option("--strict", help="有错误时退出码为 1 · exit with 1 if there are errors")] = False,
) -> None:
    """做到时间的事，做完就退出，供 cron 或计划任务调用 · do what is due once, for cron or Task Scheduler."""
    _do("tick", config=config, today=today, as_json=as_json, strict=strict)


@app.command()
def serve(config: Config = DEFAULT) -> None:
    """一直值守，每分钟做一次到时间的事 · keep running and do what is due, minute by minute."""
    _do("serve", config=config, path=config.resolve())


@app.command()
def doctor(
    config: Config = DEFAULT, today: Today = "", as_json: Json = False,
    mail: Annotated[bool, typer.Option("--mail", help="只试发信：连接、证书、登录、发件人 · try sending only: connection, certificate, login, sender")] = False,
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="和 --mail 一起用，发一封测试邮件 · with --mail, send a test mail there")] = "",
) -> None:
    """检查各项是否正常，供监控使用 · whether all is well, for monitoring."""
    _do("doctor", config=config, today=today, as_json=as_json, mail=mail, to=to)


@outbox.command(name="list")
def outbox_list(config: Config = DEFAULT, today: Today = "", as_json: Json = False) -> None:
    """列出邮件和状态 · the messages and their state."""
    _do("outbox", config=config, today=today, message="", as_json=as_json)


@outbox.command(name="show")
def outbox_show(
    message: Annotated[str, typer.Argument(help="邮件编号 · the message's id")],
    config: Config = DEFAULT, today: Today = "", as_json: Json = False,
) -> None:
    """显示一封邮件，和谁动过它 · show one message, and what was done with it."""
    _do("outbox", config=config, today=today, message=message, as_json=as_json)


@outbox.command(name="preview")
def outbox_preview(
    kind: Annotated[str, typer.Argument(help="digest 提醒 / summary 部长周报 / executive 领导月报")],
    config: Config = DEFAULT, today: Today = "", as_json: Json = False,
    language: Annotated[str, typer.Option("--language", help="zh / en，默认取配置 · from the configuration by default")] = "",
    person: Annotated[str, typer.Option("--person", help="写给谁，姓名或工号，默认用示例人物 · to whom, by name or number")] = "",
) -> None:
    """用示例数据看邮件模板的样子 · see a mail template with sample data."""
    _do("outbox_preview", config=config, today=today, kind=kind, language=language, person=person, as_json=as_json)


Message = Annotated[str, typer.Argument(help="邮件编号 · the message's id")]
Reason = Annotated[str, typer.Option("--reason", help="为什么，留作记录 · why, kept on record")]


@outbox.command(name="retry")
def outbox_retry(
    message: Message, reason: Reason, config: Config = DEFAULT, today: Today = "", as_json: Json = False
) -> None:
    """失败、暂停或退回的再发 · try again what failed, is held or bounced."""
    _do("outbox_change", config=config, today=today, verb="retry", message=message, reason=reason, as_json=as_json)


@outbox.command(name="discard")
def outbox_discard(
    message: Message, reason: Reason, config: Config = DEFAULT, today: Today = "", as_json: Json = False
) -> None:
    """还没寄出的作废，其中的事项算作已提醒 · never send it; what it says counts as told."""
    _do("outbox_change", config=config, today=today, verb="discard", message=message, reason=reason, as_json=as_json)


@outbox.command(name="resend")
def outbox_resend(
    message: Message, reason: Reason, config: Config = DEFAULT, today: Today = "", as_json: Json = False
) -> None:
    """寄过的再寄一次，编号不变 · send once more, under the same Message-ID."""
    _do("outbox_change", config=config, today=today, verb="resend", message=message, reason=reason, as_json=as_json)
