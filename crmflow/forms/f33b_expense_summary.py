"""F33b Monthly summary of applications 月新客户特殊费用申请汇总表 (X4; Q4)."""

from crmflow.declare import Card, Field, Form, Kind, Table
from crmflow.forms._expenses import ledger
from crmflow.forms._parts import code, customer, day, note, staff, yuan
from crmflow.model import Text, WorkbookKind

SUMMARY = Card(
    id="summary",
    title=Text("汇总概况", "Summary"),
    fields=(
        Field(
            "month", Text("月份", "Month"), Kind.MONTH, required=True,
            help=Text("汇总哪个月提出的申请，按 年-月 填。", "The month of the applications, as year-month."), example="2026-05",
        ),
        staff("prepared_by", Text("汇总人", "Prepared by"), Text("一般是销售文员。", "As a rule the sales clerk."), required=True),
        day("prepared_on", Text("汇总日期", "Prepared on"), Text("汇总做好的日期。", "The day it was ready."), "2026-06-03", past=True),
    ),
)

LINES = Table(
    id="lines",
    title=Text("申请汇总", "Applications"),
    key=("number",),
    blank_rows=21,
    fields=(
        code("number", Text("申请编号", "Application no"), Text("申请表上的编号，写法相同。", "The number on the application."), "FY2026-015",
             required=True, width=16),
        customer(Text("与申请表一致。", "As in the application."), width=34),
        ledger(Text("与申请表一致。", "As in the application.")),
        yuan("amount", Text("申请金额（元）", "Amount applied for (CNY)"), Text("与申请表一致，单位元。", "As in the application, in yuan."),
             "3000.00", required=True, width=18),
        yuan("paid", Text("已支付（元）", "Paid so far (CNY)"), Text("到汇总日为止付了多少，单位元。", "What has been paid by now, in yuan."),
             "1200.00", width=18),
        note("note", Text("备注", "Note"), Text("未支付的原因等。", "Why it is not paid yet, and the like."),
             Text("货款到账六成，按比例先付", "60 % of the money is in; paid in proportion"), width=40),
    ),
)

FORM = Form(
    id="F33b",
    title=Text("月新客户特殊费用申请汇总表", "Monthly summary of applications"),
    sheet=Text("月费用申请汇总", "F33b Monthly summary"),
    kind=WorkbookKind.EXPENSES,
    note=Text(
        "销售文员每月把当月提出的特殊费用申请汇总一次，编号、客户和金额与申请表一致。换月时改月份、重新列明细。",
        "Each month the sales clerk lists that month's applications; number, customer and amount agree with them. "
        "For a new month change the month and list its rows.",
    ),
    blocks=(SUMMARY, LINES),
    source="Q4 客户关系维护费",
    filled_by=("sales_clerk",),
    period_field="summary.month",
)
