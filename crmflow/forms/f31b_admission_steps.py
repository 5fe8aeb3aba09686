"""F31b Admission steps 准入步骤: the eight steps of N1, each with its owner and date."""

from crmflow.declare import Choice, Form, Highlight, Table
from crmflow.forms._parts import choice, code, day, filled_once, note, staff
from crmflow.model import Text, WorkbookKind

STEPS = (
    Choice("survey", Text("1 概况调查", "1 General survey"), aliases=("概况调查", "General survey", "1")),
    Choice("site_survey", Text("2 现场考察", "2 Site survey"), aliases=("现场考察", "Site survey", "2")),
    Choice("application", Text("3 准入申请", "3 Application"), aliases=("准入申请", "Application", "3")),
    Choice("decision", Text("4 审批决定", "4 Decision"), aliases=("审批决定", "Decision", "4")),
    Choice("contract", Text("5 签订合同", "5 Contracts"), aliases=("签订合同", "Contracts", "5")),
    Choice("code", Text("6 编客户代码", "6 Customer code"), aliases=("编客户代码", "Customer code", "6")),
    Choice("informed", Text("7 通知部门", "7 Departments told"), aliases=("通知部门", "Departments told", "7")),
    Choice("filed", Text("8 归档", "8 Filed"), aliases=("归档", "Filed", "8")),
)
"""In the order in which they must be taken (N1)."""

DONE = day(
    "done_on", Text("完成日期", "Done on"),
    Text("实际完成的日期；上一步没完成，不能填下一步。", "The day it was done; the step before must be done first."), "2026-02-20",
    past=True,
)

ADMISSION_STEPS = Table(
    id="steps",
    title=Text("办理步骤", "Procedure"),
    key=("number", "step"),
    blank_rows=20,
    highlight=Highlight("due_on", ahead=5, done="done_on"),
    fields=(
        code("number", Text("准入编号", "Admission no"), Text("准入登记表里的编号。", "The number in the register of admissions."), "ZR2026-004",
             required=True),
        choice("step", Text("步骤", "Step"), STEPS, Text("按 1 到 8 的顺序办。", "Steps 1 to 8, in order."), required=True, width=17),
        staff("owner", Text("负责人", "Owner"), Text("这一步由谁办。", "Who takes this step."), required=True),
        day("due_on", Text("完成期限", "Due"), Text("最迟哪天办完。", "The last day for this step."), "2026-02-28", required=True),
        DONE,
        note(
            "result", Text("结果", "Result"), width=60,
            help=Text("查到什么、怎么定的，附件放在哪里。", "What was found or decided, and where the papers are."),
            example=Text("近三年盈利，质量体系在有效期内，同意进入现场考察", "Profitable for three years, valid quality system; go on to the site survey"),
        ),
    ),
    checks=(filled_once("result", DONE),),
)

FORM = Form(
    id="F31b",
    title=Text("新客户准入步骤表", "Steps of admission"),
    sheet=Text("准入步骤", "F31b Admission steps"),
    kind=WorkbookKind.ADMISSION,
    note=Text(
        "每家按八步办：概况调查、现场考察、准入申请、审批决定、签订合同（含质量保证合同）、编客户代码、通知部门、归档。一步一行，先写负责人和期限，办完填日期和结果。过期没办的行变红。",
        "Eight steps each: general survey, site survey, application, decision, contracts (with quality assurance), customer code, "
        "departments told, filed. One row a step: owner and due date first, then date and result. Overdue rows turn red.",
    ),
    blocks=(ADMISSION_STEPS,),
    source="Q2 准入（N1）",
)
