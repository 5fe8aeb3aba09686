"""F17 Activities 客户活动: what we do together with a customer."""

from crmflow.declare import Choice, Form, Table
from crmflow.forms._parts import choice, day, filled_once, in_order, note, staff, text, yuan
from crmflow.model import Text, WorkbookKind

KINDS = (
    Choice("discussion", Text("座谈会", "Round table")),
    Choice("training", Text("培训", "Training")),
    Choice("demonstration", Text("产品演示", "Demonstration")),
    Choice("thanks", Text("答谢会", "Thank-you event")),
    Choice("promotion", Text("推介会", "Promotion")),
)

PLANNED = day(
    "planned_on", Text("计划日期", "Planned on"),
    Text("计划哪一天办。", "The day planned."), "2026-06-05", required=True,
)
HELD = day(
    "held_on", Text("举办日期", "Held on"),
    Text("实际哪一天办的。", "The day it was held."), "2026-06-06", past=True,
)
DUE = day(
    "follow_up_due_on", Text("跟进期限", "Follow-up due"),
    Text("后续事项最迟哪天完成。", "The last day for the follow-up."), "2026-06-20",
)
FOLLOW_UP = note(
    "follow_up", Text("后续事项", "Follow-up"), width=24,
    help=Text("活动以后要做什么。", "What is to be done afterwards."),
    example=Text("给设备部寄选型手册", "Send the selection guide to the equipment department"),
)

ACTIVITIES = Table(
    id="activities",
    title=Text("活动明细", "Activities"),
    key=("kind", "planned_on"),
    blank_rows=30,
    fields=(
        choice("kind", Text("活动类型", "Kind"), KINDS, Text("办的是什么活动。", "What kind of event."), required=True),
        PLANNED,
        HELD,
        staff("host", Text("我方主持", "Our host"), required=True, help=Text("我们这边由谁主持。", "Which of us is the host.")),
        text(
            "participants", Text("客户参加人员", "Customer's participants"), width=24,
            help=Text("客户方参加的人，用顿号隔开。", "Who came from the customer; separate names by commas."),
            example=Text("赵建国、孙丽等六人", "Zhao Jianguo, Sun Li and four more"),
        ),
        note(
            "feedback", Text("反馈", "Feedback"), width=28,
            help=Text("客户的意见和兴趣点。", "What the customer remarked and was interested in."),
            example=Text("对节能数据感兴趣，要求试用", "Interested in energy data; wants a trial"),
        ),
        FOLLOW_UP,
        staff("follow_up_owner", Text("跟进人", "Follow-up owner"), Text("后续事项由谁做。", "Who does the follow-up.")),
        DUE,
        yuan("cost", Text("费用（元）", "Cost (CNY)"), Text("活动总花费，单位元。", "The total cost in yuan."), "3600.00"),
    ),
    checks=(in_order(HELD, DUE), filled_once("follow_up_owner", FOLLOW_UP), filled_once("follow_up_due_on", FOLLOW_UP)),
)

FORM = Form(
    id="F17",
    title=Text("客户活动记录", "Customer activities"),
    sheet=Text("客户活动", "F17 Activities"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "为这位客户办的座谈、培训、演示、答谢和推介，一场一行，计划时就登记，办完补上参加人员和反馈。有后续事项的写清跟进人和期限。",
        "Events for this customer, one a row: enter them when planned, and add participants and feedback afterwards. "
        "A follow-up needs its owner and date.",
    ),
    blocks=(ACTIVITIES,),
    source="Q2；Q3",
    optional=True,
)
