"""F32 Reception 接待申请: who comes, and how they are received by the standard of their tier and rank (N2)."""

from crmflow.declare import Choice, Form, Table
from crmflow.forms._parts import A_SUPERIOR, choice, code, customer, day, in_order, note, staff, text, yes_no
from crmflow.model import Text, WorkbookKind

TIERS = (
    Choice("vip", Text("VIP客户", "VIP"), aliases=("VIP",)),
    Choice("key", Text("重点客户", "Key"), aliases=("重点",)),
    Choice("general", Text("一般客户", "General"), aliases=("一般",)),
    Choice("reserve", Text("储备客户", "Reserve"), aliases=("储备", "潜在客户")),
)
RANKS = (
    Choice("executive", Text("董事长/总经理", "Chairman or GM"), aliases=("董事长", "总经理")),
    Choice("head", Text("部门负责人", "Department head"), aliases=("部长", "部门经理")),
    Choice("other", Text("其他人员", "Others"), aliases=("一般人员",)),
)
VEHICLES = (
    Choice("business", Text("商务车", "Business van")),
    Choice("car", Text("轿车", "Car")),
    Choice("none", Text("不派车", "None")),
)
LODGING = (
    Choice("five_star", Text("五星级", "Five-star")),
    Choice("four_star", Text("四星级", "Four-star")),
    Choice("three_star", Text("三星级", "Three-star")),
    Choice("none", Text("不安排", "None")),
)
ROOMS = (
    Choice("vip_room", Text("贵宾室", "VIP room")),
    Choice("large", Text("大会议室", "Large room")),
    Choice("ordinary", Text("普通会议室", "Ordinary room")),
)

ARRIVES = day(
    "arrives_on", Text("到达日期", "Arrives on"),
    Text("客人哪一天到。", "The day the visitors arrive."), "2026-08-06", required=True,
)
LEAVES = day(
    "leaves_on", Text("离开日期", "Leaves on"),
    Text("客人哪一天走。", "The day they leave."), "2026-08-07",
)

RECEPTIONS = Table(
    id="receptions",
    title=Text("接待安排", "Receptions"),
    key=("number",),
    blank_rows=23,
    filled_by={("department_head", "vice_president", "general_manager", "chairman"): ("approved_by",)},
    fields=(
        code("number", Text("编号", "No"), Text("每次接待一个编号。", "One number each."), "JD2026-011", required=True),
        customer(Text("来访的客户，写客户代码或单位名称。", "The visiting customer, by code or name.")),
        choice("tier", Text("客户级别", "Tier"), TIERS, Text("按最近的客户分级填；接待标准由级别和来访人职级决定。",
               "As last graded; tier and rank decide the standard."), required=True),
        text(
            "visitor", Text("来访人", "Visitors"), width=20, required=True,
            help=Text("主宾姓名、职务和人数。", "Name and post of the guest of honour, and how many come."),
            example=Text("许总经理等四人", "General manager Xu and three more"),
        ),
        choice("rank", Text("主宾职级", "Rank"), RANKS, Text("来访的人里职务最高的一位。", "Of the highest among the visitors."),
               required=True, width=14),
        ARRIVES,
        LEAVES,
        note(
            "purpose", Text("来访目的", "Purpose"), width=22, required=True,
            help=Text("来做什么。", "What they come for."),
            example=Text("考察工厂，商谈三期方案", "See the factory, discuss the third plant"),
        ),
        staff("host", Text("主接待人", "Host"), Text("由谁出面接待；按接待标准安排。", "Who receives them, by the standard.")),
        staff("met_by", Text("接站人", "Met by"), Text("到车站、机场接的人。", "Who meets them at the station or airport.")),
        choice("lodging", Text("住宿", "Lodging"), LODGING, Text("安排什么档次的酒店。", "The class of the hotel."), width=9),
        choice("vehicles", Text("用车", "Vehicle"), VEHICLES, Text("派什么车。", "The vehicle sent."), width=9),
        choice("room", Text("会议室", "Meeting room"), ROOMS, Text("在哪里会谈。", "Where the talks are held.")),
        staff("chair", Text("会议主持", "Chair"), Text("会谈由谁主持。", "Who chairs the talks.")),
        staff("banquet_host", Text("宴请主陪", "Banquet host"), Text("宴请由谁作陪。", "Who hosts the meal.")),
        yes_no("welcome_screen", Text("欢迎屏", "Welcome screen"), Text("大屏显示欢迎词的选“是”。", "Yes if the screen bids welcome.")),
        text(
            "told", Text("通知部门", "Departments told"), width=16,
            help=Text("要知会的部门，用顿号隔开。", "Departments told; separate them by commas."),
            example=Text("市场部、生产部、行政部", "Marketing, production, administration"),
        ),
        staff("planned_by", Text("方案拟定人", "Plan by"), Text("谁做的接待方案。", "Who drew up the plan.")),
        staff("approved_by", Text("方案批准人", "Approved by"), Text("谁签批的。", "Who signed it."), example=A_SUPERIOR),
    ),
    checks=(in_order(ARRIVES, LEAVES),),
)

FORM = Form(
    id="F32",
    title=Text("客户接待申请登记表", "Register of receptions"),
    sheet=Text("接待申请", "F32 Reception"),
    kind=WorkbookKind.RECEPTION,
    note=Text(
        "客户来访前填写，一次一行。先填客户级别和主宾职级，再按公司的接待标准安排；空着的各项，检查后会按标准给出建议，与标准不同的会提示，确有需要由批准人把关。",
        "Fill in before the visit, one row each. Give tier and rank first, then arrange by the company's standard: the check "
        "proposes what is still blank and points out departures, which the approver answers for.",
    ),
    blocks=(RECEPTIONS,),
    source="Q1 接待标准（N2）",
)
