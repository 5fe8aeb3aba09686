"""Fields, closed lists and row checks that several forms share."""

import re
from collections.abc import Callable
from datetime import date, datetime

from crmflow.declare import Audience, Card, Choice, Field, Kind, RowCheck, Values
from crmflow.model import Text, Value

METHODS = (
    Choice("visit", Text("拜访", "Visit"), aliases=("上门拜访", "走访")),
    Choice("phone", Text("电话", "Phone call")),
    Choice("email", Text("邮件", "E-mail")),
    Choice("sms", Text("短信", "Text message")),
    Choice("wechat", Text("微信", "WeChat")),
    Choice("meeting", Text("会议", "Meeting")),
    Choice("event", Text("活动", "Event")),
    Choice("banquet", Text("宴请", "Banquet")),
)

BUYING_ROLES = (
    Choice("initiator", Text("发起者", "Initiator")),
    Choice("user", Text("使用者", "User")),
    Choice("influencer", Text("影响者", "Influencer")),
    Choice("gatekeeper", Text("把关者", "Gatekeeper")),
    Choice("buyer", Text("采购者", "Buyer")),
    Choice("decision_maker", Text("决策者", "Decision maker")),
)

CATEGORIES = (
    Choice("industry_and_market", Text("行业和市场", "Industry and market"), aliases=("行业与市场",)),
    Choice("strategy", Text("战略方向", "Strategy")),
    Choice("organisation", Text("组织与管理", "Organisation and management"), aliases=("组织和管理",)),
    Choice("procurement", Text("购买程序", "Procurement procedure")),
    Choice("investment", Text("投资规模", "Investment scale")),
    Choice("environment", Text("经营环境", "Business environment")),
    Choice("competitors", Text("竞争对手", "Competitors")),
)

IMPORTANCE = (
    Choice("ordinary", Text("一般", "Ordinary")),
    Choice("important", Text("重要", "Important")),
    Choice("major", Text("重大", "Major")),
)

CHANNEL_LEVELS = (
    Choice("1", Text("1 客户公开", "1 Published"), aliases=("1", "1级", "一级")),
    Choice("2", Text("2 行业媒体", "2 Trade press"), aliases=("2", "2级", "二级")),
    Choice("3", Text("3 客户及伙伴", "3 Contacts"), aliases=("3", "3级", "三级")),
    Choice("4", Text("4 内部保密", "4 Confidential"), aliases=("4", "4级", "四级")),
)

CUSTOMER_PERSON = Text("赵建国", "Zhao Jianguo")
OUR_PERSON = Text("王芳", "Wang Fang")
A_SUPERIOR = Text("陈亮", "Chen Liang")
CUSTOMER = Text("江南精密制造有限公司", "Jiangnan Precision Manufacturing Co., Ltd.")


def choice(
    id: str, label: Text, choices: tuple[Choice, ...], help: Text, *,
    required: bool = False, width: int = 11, aliases: tuple[str, ...] = (),
) -> Field:
    """A drop-down; its first entry is the example."""
    return Field(
        id, label, Kind.CHOICE, help, choices[0].label,
        required=required, choices=choices, width=width, aliases=aliases,
    )


def staff(
    id: str, label: Text, help: Text, *,
    required: bool = False, aliases: tuple[str, ...] = (), example: Text = OUR_PERSON,
) -> Field:
    """One of our people."""
    return Field(id, label, Kind.STAFF, help, example, required=required, aliases=aliases, width=10)


def day(id: str, label: Text, help: Text, example: str, *, required: bool = False, past: bool = False) -> Field:
    """A date; ``past`` where it must have come already."""
    return Field(id, label, Kind.DATE, help, example, required=required, past=past, width=11)


def moment(id: str, label: Text, help: Text, example: str, *, required: bool = False) -> Field:
    """Something that has happened, to the minute."""
    return Field(id, label, Kind.MOMENT, help, example, required=required, past=True, width=16)


def note(
    id: str, label: Text, help: Text, example: Text, *,
    required: bool = False, width: int = 26, audience: Audience = Audience.BUSINESS,
) -> Field:
    """A sentence or more."""
    return Field(id, label, Kind.NOTE, help, example, required=required, width=width, audience=audience)


def text(
    id: str, label: Text, help: Text, example: str | Text, *,
    required: bool = False, width: int = 14, aliases: tuple[str, ...] = (),
) -> Field:
    """A few words."""
    return Field(id, label, Kind.TEXT, help, example, required=required, width=width, aliases=aliases)


def code(id: str, label: Text, help: Text, example: str, *, required: bool = False, width: int = 13) -> Field:
    """A number that is a name."""
    return Field(id, label, Kind.CODE, help, example, required=required, width=width)


def yuan(id: str, label: Text, help: Text, example: str, *, required: bool = False, width: int = 13) -> Field:
    """An amount in 元, not below nothing."""
    return Field(id, label, Kind.YUAN, help, example, required=required, minimum=0, width=width)


def whole(
    id: str, label: Text, help: Text, example: str, *,
    required: bool = False, minimum: float = 0, maximum: float | None = None, width: int = 9,
) -> Field:
    """A whole number."""
    return Field(
        id, label, Kind.INTEGER, help, example, required=required, minimum=minimum, maximum=maximum, width=width
    )


def yes_no(id: str, label: Text, help: Text, *, required: bool = False, width: int = 8) -> Field:
    """是 or 否."""
    return Field(id, label, Kind.YES_NO, help, Text("是", "Yes"), required=required, width=width)


def customer(help: Text, *, required: bool = True, width: int = 22) -> Field:
    """A customer in a register, by code or name."""
    return text(
        "customer", Text("客户", "Customer"), help, CUSTOMER, required=required, width=width,
        aliases=("客户名称", "单位名称"),
    )


def channel_level(help: Text) -> Field:
    """How near to the customer an information was got (Q0 第十一条)."""
    return choice("channel_level", Text("信息渠道等级", "Channel level"), CHANNEL_LEVELS, help, required=True, width=14)


def email(
    help: Text, *,
    example: str, required: bool = False, width: int = 24, audience: Audience = Audience.PERSONAL,
) -> Field:
    """An e-mail address."""
    return Field(
        "email", Text("邮箱", "E-mail"), Kind.EMAIL, help, example,
        required=required, width=width, audience=audience, aliases=("电子邮箱", "电子邮件"),
    )


def plan_card(objective: Text, example: Text) -> Card:
    """The head of a yearly plan: its year, and its objective with the given help and example."""
    year = Field(
        "year", Text("年度", "Year"), Kind.YEAR, required=True, minimum=2000, maximum=2100,
        help=Text("本计划所属年份，填四位数字。", "The year this plan is for, four digits."),
        example="2026",
    )
    aim = note("objective", Text("目标描述", "Objective"), objective, example, required=True, width=60)
    return Card(id="plan", title=Text("计划概况", "Plan"), fields=(year, aim))


def in_order(earlier: Field, later: Field) -> RowCheck:
    """``later`` must not come before ``earlier``; by the day where one of them has no time."""
    return RowCheck(
        "TIMES_OUT_OF_ORDER", later.id,
        lambda row: _not_before(row[later.id], row[earlier.id]),
        needs=(earlier.id, later.id),
        facts={"before": earlier.label},
    )


def at_least_one(*fields: Field) -> RowCheck:
    """One of ``fields`` must be filled in; the first takes the finding."""
    names = Text(
        "、".join(f"“{field.label.zh}”" for field in fields),
        ", ".join(f"“{field.label.en}”" for field in fields),
    )
    return RowCheck(
        "REQUIRED_ONE_OF", fields[0].id,
        lambda row: any(row[field.id] is not None for field in fields),
        reads=tuple(field.id for field in fields), facts={"fields": names},
    )


def required_when(field_id: str, condition: Callable[[Values], bool], when: Text) -> RowCheck:
    """``field_id`` must be filled in where ``condition`` holds; ``when`` puts the condition in words."""
    return RowCheck(
        "REQUIRED_WHEN", field_id,
        lambda row: row[field_id] is not None or not condition(row),
        facts={"when": when},
    )


def filled_once(needed: str, filled: Field) -> RowCheck:
    """``needed`` must be filled in as soon as ``filled`` is."""
    return required_when(
        needed, lambda row: row[filled.id] is not None,
        Text(f"填了“{filled.label.zh}”", f"“{filled.label.en}” is filled in"),
    )


def someone_else(field: Field, other: Field) -> RowCheck:
    """Nobody stands as their own ``field``: it must name another person than ``other``."""
    return RowCheck(
        "SAME_PERSON", field.id, lambda row: row[field.id] != row[other.id],
        needs=(field.id, other.id), facts={"other": other.label},
    )


def shaped(field: Field, pattern: str, code: str) -> RowCheck:
    """``field`` must read like ``pattern``."""
    shape = re.compile(pattern)
    return RowCheck(code, field.id, lambda row: shape.fullmatch(str(row[field.id])) is not None, needs=(field.id,))


def _not_before(later: Value, earlier: Value) -> bool:
    if isinstance(later, datetime) and isinstance(earlier, datetime):
        return later >= earlier
    return _day(later) >= _day(earlier)


def _day(value: Value) -> date:
    if isinstance(value, datetime):
        return value.date()
    assert isinstance(value, date)
    return value
