"""F7 Action plan 附表7 行动计划 (Q0 附表7)."""

from crmflow.declare import Choice, Form, Highlight, Table
from crmflow.forms._parts import choice, day, in_order, note, plan_card, required_when, staff
from crmflow.model import Text, WorkbookKind

STATUS = (
    Choice("not_started", Text("未开始", "Not started")),
    Choice("in_progress", Text("进行中", "In progress")),
    Choice("done", Text("已完成", "Done"), aliases=("完成",)),
    Choice("cancelled", Text("已取消", "Cancelled"), aliases=("取消",)),
)

START = day(
    "start_on", Text("开始日期", "Start"),
    Text("哪一天开始做。", "The day the work starts."), "2026-03-01",
)
DUE = day(
    "due_on", Text("完成期限", "Due"),
    Text("最迟哪一天完成，到期前会提醒负责人。", "The last day; the owner is reminded before it."), "2026-04-30", required=True,
)
DONE = day(
    "done_on", Text("完成日期", "Done on"),
    Text("实际完成的日期；状态选“已完成”时必填。", "The day it was done; required once the status is Done."), "2026-04-25",
    past=True,
)

PLAN = plan_card(
    objective=Text("今年为这位客户做这些事，要达到什么。", "What this year's actions are to reach with this customer."),
    example=Text("拿下三期扩建，客户满意度不低于 4 分", "Win the third plant; satisfaction of at least 4"),
)

ACTIONS = Table(
    id="actions",
    title=Text("行动安排", "Actions"),
    key=("action",),
    blank_rows=19,
    carry=lambda row: row["status"] not in ("done", "cancelled"),
    highlight=Highlight("due_on", ahead=7, done="done_on", settled=("status", ("done", "cancelled"))),
    fields=(
        note(
            "action", Text("行动", "Action"), required=True, width=36,
            help=Text("要做的事，一行一件，做没做完要能看得出来。", "One thing a row, such that one can tell whether it is done."),
            example=Text("组织设备部来厂参观样机", "Show the equipment department our sample machine"),
        ),
        staff(
            "owner", Text("负责人", "Owner"), required=True,
            help=Text("一件事一个负责人。", "One owner for one action."),
        ),
        START,
        DUE,
        note(
            "resources", Text("所需资源", "Resources"), width=22,
            help=Text("需要的人、钱、物。", "People, money and things needed."),
            example=Text("技术部 2 人、车 1 辆", "Two engineers, one car"),
        ),
        note(
            "measure", Text("衡量标准", "Measure of success"), width=26,
            help=Text("做到什么程度算成功。", "What counts as a success."),
            example=Text("客户确认进入选型名单", "The customer puts us on the short list"),
        ),
        choice(
            "status", Text("状态", "Status"), STATUS, required=True,
            help=Text("有变化就更新。", "Renew it when it changes."),
        ),
        DONE,
    ),
    checks=(
        in_order(START, DUE),
        in_order(START, DONE),
        required_when(
            "done_on", lambda row: row["status"] == "done",
            Text("状态为“已完成”", "the status is “Done”"),
        ),
    ),
)

FORM = Form(
    id="F7",
    title=Text("附表7 行动计划", "Appendix 7 Action plan"),
    sheet=Text("附表7 行动计划", "F7 Action plan"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "每件事一行，写清负责人和期限；做完把状态改为“已完成”并填完成日期。换年度时改年度、另列新的行动，往年的记录程序会保留。",
        "One row an action, with its owner and due date; when done, set the status and the date. "
        "For a new year change the year and list the new actions: earlier years are kept.",
    ),
    blocks=(PLAN, ACTIONS),
    source="Q0 附表7",
    period_field="plan.year",
)
