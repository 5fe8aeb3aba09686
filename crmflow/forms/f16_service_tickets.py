"""F16 Service tickets 售后服务单 (section 6, S1–S5)."""

from dataclasses import replace

from crmflow.declare import Choice, Form, Highlight, Table
from crmflow.forms._parts import choice, code, day, filled_once, in_order, moment, note, shaped, staff, text, yes_no
from crmflow.model import Text, WorkbookKind

KINDS = (
    Choice("inquiry", Text("咨询", "Inquiry")),
    Choice("request", Text("需求", "Request")),
    Choice("repair", Text("报修", "Repair"), aliases=("维修",)),
    Choice("maintenance", Text("维护", "Maintenance"), aliases=("保养",)),
)
PART = r"[A-Za-z0-9.\-]+\s*[×xX*]\s*\d+"
PARTS = rf"{PART}(\s*[、,，;；]\s*{PART})*"
"""``BJ-001×2、BJ-014×1``: each part number with how many were used."""

REPORTED = moment(
    "reported_at", Text("报告时间", "Reported at"),
    Text("客户提出的时间，填到几点几分。", "To the minute."), "2026-06-08 09:10", required=True,
)
CONFIRMED = moment(
    "confirmed_at", Text("确认时间", "Confirmed at"),
    Text("答复客户“已收到、谁负责”的时间；报修要尽快确认。", "When the customer heard that we have it and who is in charge."),
    "2026-06-08 09:40",
)
PROMISED = day(
    "promised_on", Text("承诺完成日期", "Promised on"),
    Text("当场解决不了的，答应客户哪天解决。", "What was promised where it could not be solved at once."), "2026-06-12",
)
APPOINTMENT = day(
    "appointment_on", Text("预约上门日期", "Appointment"),
    Text("与客户约好哪天上门。", "The day agreed for our visit."), "2026-06-10",
)
ON_SITE = moment(
    "on_site_at", Text("到场时间", "On site at"),
    Text("工程师到现场的时间。", "When the engineer was there."), "2026-06-10 10:00",
)
RESOLVED = moment(
    "resolved_at", Text("解决时间", "Resolved at"),
    Text("问题解决的时间；没解决的空着。", "When it was solved; blank while it is open."), "2026-06-10 16:30",
)
PARTS_USED = text(
    "parts_used", Text("用掉的备件", "Parts used"), width=20,
    help=Text("备件号×数量，几种用顿号隔开；要和备件登记对得上。", "Part no×quantity, separated by commas; it must agree with the spare-parts register."),
    example=Text("BJ-001×2、BJ-014×1", "BJ-001×2, BJ-014×1"),
)

TICKETS = Table(
    id="tickets",
    title=Text("服务单", "Tickets"),
    key=("number",),
    blank_rows=26,
    filled_by={
        ("responsible_party",): (
            "confirmed_at", "plan", "promised_on", "appointment_on", "engineer", "on_site_at", "cause", "process", "result",
            "resolved_at", "parts_used",
        ),
    },
    highlight=Highlight("promised_on", ahead=2, done="resolved_at"),
    fields=(
        code("number", Text("单号", "No"), Text("每单一个编号，不要重复。", "One number each, never twice."), "FW2026-021", required=True),
        choice(
            "kind", Text("类型", "Kind"), KINDS, required=True, width=8,
            help=Text("设备出了故障选“报修”，按计划保养选“维护”。", "Repair for a fault, Maintenance for planned work."),
        ),
        replace(
            yes_no("urgent", Text("紧急", "Urgent"), Text("停机、停产等着处理的选“是”。", "Yes if a plant stands still and waits for us."), width=6),
            since=2,
        ),
        staff(
            "first_asked", Text("首问人", "First asked"), required=True,
            help=Text("客户第一个找到的同事；交接出去以前由首问人负责。", "Whom the customer asked first; responsible until handed over."),
        ),
        staff("assigned_to", Text("承办人", "Assigned to"), Text("交给谁办。", "Who handles it now.")),
        REPORTED,
        note(
            "problem", Text("问题", "Problem"), required=True, width=24,
            help=Text("客户怎么说的、是哪台设备。", "What the customer said, and which machine."),
            example=Text("3 号除尘风机振动大", "Fan 3 vibrates"),
        ),
        CONFIRMED,
        note(
            "plan", Text("处理方案", "Plan"), width=22,
            help=Text("准备怎么处理。", "How it will be handled."),
            example=Text("带动平衡仪上门，备两套轴承", "Go with a balancer and two sets of bearings"),
        ),
        PROMISED,
        APPOINTMENT,
        staff("engineer", Text("工程师", "Engineer"), Text("上门的工程师。", "Who goes there.")),
        ON_SITE,
        note(
            "cause", Text("故障原因", "Cause"), width=18,
            help=Text("查明的原因；同类原因请用同样的写法。", "The cause found; spell the same cause the same way."),
            example=Text("轴承磨损", "Worn bearing"),
        ),
        note(
            "process", Text("处理过程", "Process"), width=20,
            help=Text("做了什么。", "What was done."),
            example=Text("更换轴承，重做动平衡", "New bearing, balanced again"),
        ),
        note(
            "result", Text("处理结果", "Result"), width=16,
            help=Text("现在怎么样。", "How it is now."),
            example=Text("运行正常", "Runs well"),
        ),
        RESOLVED,
        PARTS_USED,
        yes_no(
            "customer_confirmed", Text("客户确认", "Customer confirmed"), width=8,
            help=Text("客户签字或回复认可的选“是”。", "Yes once the customer has signed or agreed."),
        ),
    ),
    checks=(
        *(in_order(REPORTED, later) for later in (CONFIRMED, PROMISED, APPOINTMENT, ON_SITE, RESOLVED)),
        in_order(CONFIRMED, ON_SITE),
        in_order(ON_SITE, RESOLVED),
        filled_once("engineer", ON_SITE),
        filled_once("result", RESOLVED),
        shaped(PARTS_USED, PARTS, "PARTS_UNREADABLE"),
    ),
)

FORM = Form(
    id="F16",
    title=Text("售后服务单", "Service tickets"),
    sheet=Text("售后服务", "F16 Service tickets"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "客户的咨询、需求、报修和维护，每单一行，接到就登记。首问负责：交接以前由首问人跟到底。当天解决不了的，写清方案和承诺日期；过期的行会变红。",
        "Inquiries, requests, repairs and maintenance, one row each, entered when they arrive. Whoever is asked first is "
        "responsible until it is handed over. What cannot be solved the same day needs a plan and a promised date; "
        "rows past it turn red.",
    ),
    blocks=(TICKETS,),
    source="Q1；Q4",
    version=2,
    optional=True,
)
