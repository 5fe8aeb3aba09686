"""F36 Archive suggestions 档案完善建议: the administrator's, each quarter (D9)."""

from dataclasses import replace

from crmflow.declare import Form, Highlight, Table
from crmflow.forms._parts import CUSTOMER, code, day, note, shaped, staff, text
from crmflow.model import Text, WorkbookKind

QUARTER = code("quarter", Text("季度", "Quarter"), Text("哪个季度的建议，写成 年份Q季度。", "The quarter, as yearQquarter."), "2026Q2", required=True, width=10)
MADE = replace(
    day("made_on", Text("提出日期", "Made on"), Text("写下这条建议的日期。", "The day it was written down."), "2026-06-26", past=True),
    since=2,
)
DUE = day("due_on", Text("完成期限", "Due"), Text("最迟哪天改好。", "The last day."), "2026-07-31", required=True)
DONE = day("done_on", Text("完成日期", "Done on"), Text("改好的日期。", "The day it was done."), "2026-07-20", past=True)

SUGGESTIONS = Table(
    id="suggestions",
    title=Text("建议明细", "Suggestions"),
    key=("number",),
    blank_rows=28,
    filled_by={("account_manager",): ("done_on",)},
    highlight=Highlight("due_on", ahead=7, done="done_on"),
    fields=(
        code("number", Text("编号", "No"), Text("每条建议一个编号。", "One number each."), "JYS2026-012", required=True),
        QUARTER,
        text("archive", Text("客户档案", "Archive"), Text("哪家客户的档案，写客户代码或单位名称。", "Whose archive, by code or name."), CUSTOMER,
             required=True, width=28),
        note("suggestion", Text("建议", "Suggestion"), Text("哪里不完整、怎么补。", "What is incomplete and how to mend it."),
             Text("附表3 缺总经理与我方的关系，请补充", "F3 lacks our relation with the general manager"), required=True, width=44),
        staff("owner", Text("负责人", "Owner"), Text("由谁改，一般是客户经理。", "Who mends it, as a rule the account manager."), required=True),
        MADE, DUE, DONE,
        text("copies_to", Text("抄送", "Copies to"), Text("抄送客户经理和部长。", "Copies go to the account manager and the head."),
             Text("王芳、陈亮", "Wang Fang, Chen Liang"), width=20),
    ),
    checks=(shaped(QUARTER, r"\d{4}Q[1-4]", "NOT_A_QUARTER"),),
)

FORM = Form(
    id="F36",
    title=Text("档案完善建议登记表", "Register of archive suggestions"),
    sheet=Text("档案完善建议", "F36 Suggestions"),
    kind=WorkbookKind.SUGGESTIONS,
    note=Text(
        "信息管理员每季度检查档案后填写，一条一行，写明负责人和期限，抄送客户经理和部长；落实情况计入客户经理的考核。过期未完成的行变红。",
        "Written by the administrator after each quarter's inspection, one row each with owner and date, copies to account manager "
        "and head; whether they are carried out counts in the evaluation. Overdue rows turn red.",
    ),
    blocks=(SUGGESTIONS,),
    source="Q0（D9）",
    version=2,
)
