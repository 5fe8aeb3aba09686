"""F15 Care 客户关怀: occasions on which a customer or a key person hears from us (D11)."""

from crmflow.declare import Choice, Form, Highlight, Table
from crmflow.forms._parts import CUSTOMER_PERSON, choice, day, note, staff, text
from crmflow.model import Text, WorkbookKind

OCCASIONS = (
    Choice("birthday", Text("生日", "Birthday")),
    Choice("festival", Text("节日", "Festival")),
    Choice("anniversary", Text("周年", "Anniversary")),
    Choice("opening", Text("开业", "Opening")),
    Choice("award", Text("获奖", "Award")),
    Choice("milestone", Text("项目节点", "Project milestone")),
)

CARE = Table(
    id="care",
    title=Text("关怀安排", "Care"),
    key=("subject", "occasion", "date"),
    blank_rows=20,
    highlight=Highlight("date", ahead=7, done="done_on"),
    fields=(
        text(
            "subject", Text("对象", "Person or company"), required=True, width=18,
            help=Text("关怀谁：关键人物写姓名（与附表2 一致），单位写名称。", "Whom: a person by name as in F2, or the company."),
            example=CUSTOMER_PERSON,
        ),
        choice(
            "occasion", Text("由头", "Occasion"), OCCASIONS, required=True,
            help=Text("因为什么。", "What for."),
        ),
        day("date", Text("日子", "Date"), Text("今年是哪一天；一年一行。", "The day this year; one row a year."), "2026-07-20", required=True),
        note(
            "planned", Text("打算怎么做", "Planned act"), width=44,
            help=Text("问候、拜访、贺信等；不送礼金、购物卡。", "A greeting, a visit, a letter; never money or gift cards."),
            example=Text("当天上午电话祝贺，附总经理签名贺卡", "Call in the morning; card signed by the general manager"),
        ),
        staff("owner", Text("由谁做", "Who"), Text("我们这边由谁做；空着就是客户经理。", "Which of us; the account manager if blank.")),
        day(
            "done_on", Text("完成日期", "Done on"),
            Text("做了以后填实际的日期。", "The day it was done."), "2026-07-20", past=True,
        ),
    ),
)

FORM = Form(
    id="F15",
    title=Text("客户关怀记录", "Customer care"),
    sheet=Text("客户关怀", "F15 Care"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "生日、节日、周年、开业、获奖和项目节点，一件一行，提前写好打算，做完填完成日期。过了日子还没做的行会变红，七天内要做的变黄。",
        "Birthdays, festivals, anniversaries, openings, awards and milestones, one a row; plan ahead and enter when it was done. "
        "Rows past their day turn red, those within seven days amber.",
    ),
    blocks=(CARE,),
    source="Q3；Q4",
    optional=True,
)
