"""Write N realistic customer archives and their staff register: ``python benchmarks/generate.py N DIR``.

Every archive has about 100 rows, and about one filled cell in a hundred is
wrong in a way that staff get cells wrong. The same N gives the same cells.
"""

import argparse
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from crmflow.catalogue import forms  # noqa: E402
from crmflow.declare import Block, Field, Form, Kind, blocks_of  # noqa: E402
from crmflow.model import Identity, WorkbookKind  # noqa: E402
from crmflow.workbook import blank  # noqa: E402

TODAY = date(2026, 7, 15)
BAD = 0.01
CUSTOMERS_EACH = 25
ROWS = {
    "F1.contacts": 4,
    "F2.persons": 7,
    "F3.relations": 7,
    "F4.roles": 6,
    "F5.information": 8,
    "F6.contacts": 6,
    "F7.actions": 6,
    "F8.projects": 6,
    "F10.reports": 22,
    "F11.transactions": 20,
    "F12.complaints": 4,
    "F14.contracts": 4,
}
SURNAMES = "王李张刘陈杨黄赵周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GIVEN = "建国志强丽华秀英海涛文杰晓东雪梅国庆立新春燕思远子涵明辉佳宁浩然永康玉兰少华景行"
PLACES = ("厦门", "福州", "泉州", "漳州", "宁波", "苏州", "无锡", "合肥", "南昌", "长沙")
TRADES = ("装备制造", "新能源", "食品加工", "电子", "化工", "纺织", "市政", "医药")
REGIONS = ("华东", "华南", "华中")
PRODUCTS = ("离心风机 4-72", "布袋除尘器 DMC-96", "活性炭吸附箱", "喷淋塔 PL-20", "低温等离子净化器", "旋风分离器")
SENTENCES = (
    "客户反映二期车间温度偏高，希望六月底前给出方案。",
    "对上次改造效果满意，愿意作为参观样板。",
    "预算已经报到集团，等董事会批复。",
    "采购部要求三家比价，我方报价居中。",
    "环保验收在即，要求加快供货。",
    "设备部担心停产时间太长，希望分两段施工。",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    arguments = parser.parse_args()
    generate(arguments.count, arguments.folder, arguments.workers)


def generate(count: int, folder: Path, workers: int = 2) -> None:
    """Write the register and ``count`` archives below ``folder``."""
    write_register(count, folder)
    with ProcessPoolExecutor(workers) as pool:
        for _ in pool.map(write_archive, range(count), [count] * count, [folder] * count, chunksize=25):
            pass


def write_register(count: int, folder: Path) -> None:
    """The staff: one account manager for every 25 customers, and those above them."""
    above = [
        {"number": "1001", "name": "总经理一", "role": "general_manager", "department": "总经办"},
        {"number": "1002", "name": "副总一", "role": "vice_president", "superior": "1001", "department": "总经办"},
        {"number": "1003", "name": "部长一", "role": "department_head", "superior": "1002", "department": "市场部"},
        {
            "number": "1004",
            "name": "管理员一",
            "role": "information_administrator",
            "superior": "1003",
            "department": "市场部",
        },
    ]
    managers = [
        {
            "number": number(n),
            "name": name,
            "role": "account_manager",
            "superior": "1003",
            "department": "市场部",
            "region": REGIONS[n % len(REGIONS)],
        }
        for n, name in enumerate(managers_of(count))
    ]
    people = [{**person, "email": f"u{person['number']}@bench.example"} for person in above + managers]
    write_book(folder / "登记簿" / "人员登记表.xlsx", _forms(WorkbookKind.STAFF), {"F30.people": people}, ())


def write_archive(n: int, count: int, folder: Path) -> None:
    """Archive number ``n`` of ``count``."""
    random = Random(f"archive {n}")
    managers = managers_of(count)
    manager = managers[n % len(managers)]
    rows = archive(random, n, manager)
    spoil(random, rows)
    cover = rows["F0.cover"][0]
    path = folder / "客户档案" / manager / f"KH{n:05} {_plain(cover['name'])}.xlsx"
    write_book(path, _forms(WorkbookKind.ARCHIVE), rows, managers)


def _plain(value: object) -> str:
    return str(value or "未命名")


def number(n: int) -> str:
    """Staff number of the n-th account manager."""
    return f"{2001 + n}"


@cache
def managers_of(count: int) -> tuple[str, ...]:
    """Names of the account managers of ``count`` customers, all different."""
    every = [surname + given for given in GIVEN for surname in SURNAMES]
    return tuple(every[: max(1, count // CUSTOMERS_EACH)])


def archive(random: Random, n: int, manager: str) -> dict[str, list[dict[str, Any]]]:
    """The right rows of one archive."""
    people = _people(random, ROWS["F2.persons"])
    place = random.choice(PLACES)
    cover = {
        "code": f"KH{n:05}",
        "name": f"{place}第{n:05}实业有限公司",
        "industry": random.choice(TRADES),
        "region": random.choice(REGIONS),
        "stage": "cooperating",
        "account_manager": manager,
        "opened_on": date(2024, 3, 1),
        "verified_on": day(random, 120),
        "investment_scale": random.randrange(100, 9000),
        "payment_credit": random.choice(("excellent", "good", "fair")),
        "high_level_visits": random.random() < 0.3,
        "organisation": random.choice(SENTENCES),
        "payment_method": "电汇，月结 30 天",
    }
    rows: dict[str, list[dict[str, Any]]] = {
        "F0.cover": [cover],
        "F6.objective": [{"objective": random.choice(SENTENCES)}],
        "F7.plan": [{"year": 2026, "objective": random.choice(SENTENCES)}],
        "F8.plan": [{"year": 2026, "objective": random.choice(SENTENCES)}],
    }
    for block, make in MAKERS.items():
        rows[block] = [make(random, at, people, manager) for at in range(ROWS[block])]
    return rows


def _people(random: Random, count: int) -> list[str]:
    names = [surname + given for surname in SURNAMES for given in ("国平", "秀云", "志远", "晓峰")]
    return random.sample(names, count)


def day(random: Random, back: int) -> date:
    """A day in the last ``back`` days."""
    return TODAY - timedelta(random.randrange(1, back))


Row = dict[str, Any]


def _contact(random: Random, at: int, people: list[str], manager: str) -> Row:
    return {
        "institution": f"{'总部一厂二厂三厂'[at * 2 : at * 2 + 2]}",
        "location": f"工业大道 {random.randrange(1, 900)} 号",
        "contact": people[at],
        "post": "设备部经理",
        "mobile": _mobile(random),
        "email": f"c{at}@customer.example",
    }


def _person(random: Random, at: int, people: list[str], manager: str) -> Row:
    return {
        "name": people[at],
        "institution": "总部",
        "department": "设备部",
        "post": random.choice(("经理", "主任", "工程师")),
        "gender": random.choice(("male", "female")),
        "birthday": f"{random.randrange(1, 13):02}-{random.randrange(1, 29):02}",
        "mobile": _mobile(random),
        "preferences": "喝茶、羽毛球",
        "concerns": random.choice(SENTENCES),
        "channel_level": random.choice("1233"),
        "consent": True,
        "updated_on": day(random, 300),
    }


def _relation(random: Random, at: int, people: list[str], manager: str) -> Row:
    return {
        "key_person": people[at],
        "reports_to": people[at - 1] if at else None,
        "our_person": manager,
        "our_post": "客户经理",
        "role": _role(at),
        "status": random.choice(("positive", "neutral", "negative")),
        "influence": random.randrange(1, 6),
    }


def _role(at: int) -> str:
    return ("decision_maker", "initiator", "user", "influencer", "gatekeeper", "buyer")[at % 6]


def _buying_role(random: Random, at: int, people: list[str], manager: str) -> Row:
    return {
        "key_person": people[at],
        "role": _role(at),
        "stage": "方案论证",
        "concerns": random.choice(SENTENCES),
        "response": random.choice(SENTENCES),
    }


def _information(random: Random, at: int, people: list[str], manager: str) -> Row:
    return {
        "category": random.choice(("strategy", "investment", "competitors", "procurement")),
        "information": f"第 {at + 1} 条：{random.choice(SENTENCES)}",
        "channel_level": random.choice("123"),
        "observed_on": day(random, 300),
        "trend": "向好",
        "effect": random.choice(SENTENCES),
        "importance": random.choice(("ordinary", "important")),
    }


def _planned_contact(random: Random, at: int, people: list[str], manager: str) -> Row:
    return {
        "key_person": people[at],
        "our_person": manager,
        "purpose": random.choice(SENTENCES),
        "method": random.choice(("visit", "phone", "wechat")),
        "frequency": random.choice(("monthly", "quarterly")),
        "first_on": date(2026, 1, 12),
        "report_to": manager,
    }


def _action(random: Random, at: int, people: list[str], manager: str) -> Row:
    start = day(random, 180)
    done = random.random() < 0.6
    return {
        "action": f"第 {at + 1} 步：{random.choice(SENTENCES)}",
        "owner": manager,
        "start_on": start,
        "due_on": start + timedelta(60),
        "measure": "客户书面确认",
        "status": "done" if done else "in_progress",
        "done_on": start + timedelta(1) if done else None,
    }


def _project(random: Random, at: int, people: list[str], manager: str) -> Row:
    amount, rate, margin = random.randrange(10, 900), random.randrange(1, 10) / 10, random.randrange(5, 30) / 100
    return {
        "project": f"{at + 1} 号厂房{random.choice(PRODUCTS)}项目",
        "contract_amount": amount,
        "win_rate": rate,
        "margin": margin,
        "signing_on": date(2026, 9, 30),
        "status": random.choice(("tracking", "bidding")),
    }


def _report(random: Random, at: int, people: list[str], manager: str) -> Row:
    on = TODAY - timedelta(2 + at * 15)
    method = random.choice(("visit", "phone", "wechat"))
    return {
        "date": on,
        "key_person": random.choice(people),
        "our_person": manager,
        "method": method,
        "on_site": method == "visit",
        "content": random.choice(SENTENCES),
        "needs": random.choice(SENTENCES),
        "problems": "无",
        "planned": random.random() < 0.8,
        "filed_on": on + timedelta(1),
    }


def _transaction(random: Random, at: int, people: list[str], manager: str) -> Row:
    on = TODAY - timedelta(5 + at * 17)
    amount = random.randrange(200_000, 9_000_000) / 100
    paid = on + timedelta(30) < TODAY
    return {
        "number": f"XS{on:%Y%m}{at:03}",
        "date": on,
        "product": random.choice(PRODUCTS),
        "amount": amount,
        "due_on": on + timedelta(45),
        "paid_on": on + timedelta(30) if paid else None,
        "paid_amount": amount if paid else None,
    }


def _complaint(random: Random, at: int, people: list[str], manager: str) -> Row:
    received = datetime(2026, 1, 5, 9, 0) + timedelta(days=at * 40, minutes=random.randrange(400))
    return {
        "number": f"TS2026{at:03}",
        "kind": "complaint",
        "received_at": received,
        "channel": "phone",
        "content": random.choice(SENTENCES),
        "responsible_party": manager,
        "severity": "ordinary",
        "first_response_at": received + timedelta(hours=random.randrange(1, 30)),
        "upheld": random.random() < 0.5,
        "measures": random.choice(SENTENCES),
        "closed_at": received + timedelta(days=5),
    }


def _contract(random: Random, at: int, people: list[str], manager: str) -> Row:
    signed = date(2025, 3, 1) + timedelta(at * 90)
    return {
        "number": f"HT{signed:%Y}-{at:03}",
        "name": f"{random.choice(PRODUCTS)}供货合同",
        "signed_on": signed,
        "amount": random.randrange(5, 300),
        "starts_on": signed,
        "ends_on": signed + timedelta(365),
        "payment_terms": "预付 30%，验收后 60%，质保金 10%",
        "status": "in_force",
    }


MAKERS: Mapping[str, Callable[[Random, int, list[str], str], Row]] = {
    "F1.contacts": _contact,
    "F2.persons": _person,
    "F3.relations": _relation,
    "F4.roles": _buying_role,
    "F5.information": _information,
    "F6.contacts": _planned_contact,
    "F7.actions": _action,
    "F8.projects": _project,
    "F10.reports": _report,
    "F11.transactions": _transaction,
    "F12.complaints": _complaint,
    "F14.contracts": _contract,
}


def _mobile(random: Random) -> str:
    return f"138{random.randrange(10**8):08}"


WRONG: Mapping[Kind, tuple[object, ...]] = {
    Kind.DATE: ("下周三", "2026-13-05", "2026.2.30"),
    Kind.MOMENT: ("昨天下午", "2026-05-40 10:00"),
    Kind.WAN: ("约三十", "待定"),
    Kind.YUAN: ("面议", "8万多"),
    Kind.PERCENT: ("大概一半",),
    Kind.INTEGER: ("很大", 9),
    Kind.CHOICE: ("不详", "其他情况"),
    Kind.STAFF: ("张无名",),
    Kind.MOBILE: ("1380592", "电话不方便留"),
    Kind.BIRTHDAY: ("腊月初八",),
    Kind.EMAIL: ("没有邮箱",),
    Kind.YEAR: ("明年",),
}


def spoil(random: Random, rows: Mapping[str, list[Row]]) -> None:
    """Make one filled cell in a hundred wrong; the cover stays right, so that every archive has its customer."""
    fields = _fields()
    for block in [name for name in rows if name != "F0.cover"]:
        for row in rows[block]:
            for name in [name for name, value in row.items() if value is not None and random.random() < BAD]:
                field = fields[block, name]
                if field.kind in WRONG:
                    row[name] = random.choice(WRONG[field.kind])
                elif field.required:
                    row[name] = None


@cache
def _forms(kind: WorkbookKind) -> tuple[Form, ...]:
    return tuple(form for form in forms() if form.kind is kind and not form.optional)


@cache
def _fields() -> Mapping[tuple[str, str], Field]:
    blocks: list[tuple[str, Block]] = [(name, block) for name, _, block in blocks_of(forms())]
    return {(name, field.id): field for name, block in blocks for field in block.fields}


def write_book(path: Path, own: tuple[Form, ...], rows: Mapping[str, list[Row]], staff: tuple[str, ...]) -> None:
    """Write a workbook of the forms ``own``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    identity = Identity(f"bench-{path.stem}", own[0].kind, "zh", 1, "", {form.id: form.version for form in own})
    blank.write(path, own, identity, rows, staff)


if __name__ == "__main__":
    main()
