"""F34 Borrowing 借阅登记: every loan of an archive, approved and returned (A2)."""

from crmflow.declare import Form, Highlight, Table
from crmflow.forms._parts import A_SUPERIOR, CUSTOMER, code, day, in_order, note, someone_else, staff, text
from crmflow.model import Text, WorkbookKind

FROM = day("from_on", Text("借出日期", "From"), Text("哪一天借走。", "The day it was lent."), "2026-06-10", required=True)
UNTIL = day("until_on", Text("应还日期", "Until"), Text("最迟哪天还；过期未还的行变红。", "The last day; overdue rows turn red."), "2026-06-17",
            required=True)
RETURNED = day("returned_on", Text("归还日期", "Returned on"), Text("实际归还的日期；没还的空着。", "The day it came back; blank until then."),
               "2026-06-16", past=True)
BORROWER = staff("borrower", Text("借阅人", "Borrower"), Text("谁借的。", "Who borrows it."), required=True)
APPROVER = staff(
    "approved_by", Text("批准人", "Approved by"), Text("谁批准的，不能是借阅人自己。", "Who approved it; never the borrower."),
    required=True, example=A_SUPERIOR,
)

LOANS = Table(
    id="loans",
    title=Text("借阅明细", "Loans"),
    key=("number",),
    blank_rows=24,
    filled_by={("department_head",): ("approved_by",)},
    highlight=Highlight("until_on", ahead=3, done="returned_on"),
    fields=(
        code("number", Text("编号", "No"), Text("每次借阅一个编号。", "One number each."), "JY2026-007", required=True),
        BORROWER,
        text("archive", Text("借阅档案", "Archive"), Text("借的是哪家客户的档案，写客户代码或单位名称。", "Whose archive, by code or name."), CUSTOMER,
             required=True, width=30),
        note("purpose", Text("用途", "Purpose"), Text("借来做什么；不得在公共场所翻阅。", "What for; never read it in public."),
             Text("编制三期投标文件", "To write the tender for the third plant"), required=True, width=36),
        FROM, UNTIL, APPROVER, RETURNED,
    ),
    checks=(in_order(FROM, UNTIL), in_order(FROM, RETURNED), someone_else(APPROVER, BORROWER)),
)

FORM = Form(
    id="F34",
    title=Text("客户档案借阅登记表", "Register of archive loans"),
    sheet=Text("借阅登记", "F34 Borrowing"),
    kind=WorkbookKind.BORROWING,
    note=Text(
        "档案属商业秘密，借阅先经批准，一次一行，用完归还并填日期。过期未还的行变红，三天内到期的变黄。借阅的资料不得在公共场所翻阅，不得转借。",
        "Archives are trade secrets: a loan is approved first, entered in a row of its own, and returned. Overdue rows turn red, "
        "those due within three days amber. Never read what you borrowed in public, never pass it on.",
    ),
    blocks=(LOANS,),
    source="Q0 保密（A2）",
)
