"""F41a Exemptions 豁免: filings that need not be made, approved and limited in time."""

from crmflow.dates import span_named
from crmflow.declare import Choice, Form, RowCheck, Table
from crmflow.forms._parts import A_SUPERIOR, CUSTOMER, choice, code, day, note, staff, text
from crmflow.model import Text, WorkbookKind

FORMS = (
    Choice("monthly_report", Text("月度信息报告", "Monthly report")),
    Choice("verification", Text("档案季度核定", "Archive verification")),
    Choice("visit", Text("客户回访", "Visit")),
    Choice("customer_plan", Text("年度客户计划", "Yearly customer plan")),
    Choice("expense_statement", Text("客情费统计", "Expense statement")),
    Choice("survey", Text("满意度调查", "Survey")),
)
PERIOD = code("period", Text("期间", "Period"), Text("免哪一期：年份、年份Q季度 或 年-月。", "Which period: a year, yearQquarter, or year-month."), "2026Q3", required=True, width=11)

EXEMPTIONS = Table(
    id="exemptions",
    title=Text("豁免明细", "Exemptions in force"),
    key=("form", "subject", "period"),
    blank_rows=20,
    filled_by={("department_head",): ("approved_by",)},
    fields=(
        choice("form", Text("免交事项", "Form"), FORMS, Text("免的是哪一项。", "What need not be filed."), required=True, width=16),
        text("subject", Text("客户或人员", "Customer or person"), Text("客户代码、单位名称或姓名；月报和费用表写姓名。",
             "Customer by code or name; a person for reports and statements."), CUSTOMER, required=True, width=30),
        PERIOD,
        note("reason", Text("原因", "Reason"), Text("为什么可以不交。", "Why it need not be filed."),
             Text("客户停产检修，本季度不回访", "The customer's plant stands still this quarter"), required=True, width=40),
        staff("approved_by", Text("批准人", "Approved by"), Text("部长以上批准。", "The department head or above."), required=True, example=A_SUPERIOR),
        day("until_on", Text("有效期至", "Until"), Text("到哪天为止，过期自动失效。", "The last day; it ends by itself."), "2026-09-30", required=True),
    ),
    checks=(
        RowCheck("NOT_A_PERIOD", PERIOD.id, lambda row: span_named(str(row["period"])) is not None, needs=(PERIOD.id,)),
    ),
)

FORM = Form(
    id="F41a",
    title=Text("免交事项登记表", "Register of exemptions"),
    sheet=Text("豁免", "F41a Exemptions"),
    kind=WorkbookKind.CALENDAR,
    note=Text(
        "经批准可以不交的报告和不做的回访，一项一期一行，写明原因、批准人和有效期。没有登记的一律按应交处理。",
        "Filings that need not be made, one row an item and period, with reason, approval and end. "
        "What is not entered here is expected.",
    ),
    blocks=(EXEMPTIONS,),
    source="Q0；Q4 期限",
)
