"""F33a Monthly statement 月客户采购及客情费统计表 (X4, X5, X7; Q4)."""

from crmflow.declare import Card, Field, Form, Kind, RowCheck, Table
from crmflow.forms._expenses import CHECK_FIELDS, CHECKED_BY, CHECKS_IN_ORDER, CLERK_ON, ledger
from crmflow.forms._parts import customer, day, in_order, note, staff, text, yuan
from crmflow.model import Text, WorkbookKind

SUBMITTED = day(
    "submitted_on", Text("提交日期", "Submitted on"),
    Text("交给销售文员的日期，次月第三个工作日下班前交。", "The day it went to the clerk: by the 3rd working day of the next month."),
    "2026-05-06", past=True,
)

STATEMENT = Card(
    id="statement",
    title=Text("统计概况", "Statement"),
    fields=(
        Field(
            "month", Text("月份", "Month"), Kind.MONTH, required=True,
            help=Text("统计的是哪个月，按 年-月 填。", "The month of the statement, as year-month."), example="2026-04",
        ),
        text("region", Text("大区", "Region"), Text("填表人所在的大区。", "The region of whoever fills it in."), Text("华东", "East China")),
        staff("prepared_by", Text("填表人", "Prepared by"), Text("填这份统计表的业务员。", "The sales person who fills it in."), required=True),
        SUBMITTED,
        *CHECK_FIELDS,
    ),
    filled_by=CHECKED_BY,
    checks=(in_order(SUBMITTED, CLERK_ON), *CHECKS_IN_ORDER),
)

LINES = Table(
    id="lines",
    title=Text("客户采购与费用", "Purchases and expenses"),
    key=("customer", "ledger"),
    blank_rows=15,
    fields=(
        customer(Text("客户代码或单位名称，一家一种产品一行。", "Code or name; one row a customer and product."), width=30),
        ledger(Text("费用记在哪种产品的台账上。", "The product whose ledger takes the expense.")),
        yuan("purchases", Text("本月采购额（元）", "Purchases (CNY)"), Text("客户本月采购金额，单位元。", "What the customer bought this month, in yuan."),
             "86000.00", required=True, width=16),
        Field(
            "rate", Text("费用比例", "Rate"), Kind.PERCENT, required=True, minimum=0, maximum=1, width=10,
            help=Text("这种产品规定的客情费比例。", "The rate set for this product."), example="1.5%",
        ),
        Field(
            "allowance", Text("可用费用（元）", "Allowance (CNY)"), Kind.YUAN, formula=("purchases", "rate"), width=16,
            help=Text("采购额 × 费用比例，自动计算，不用填。", "Purchases × rate, worked out by the sheet."), example="1290",
        ),
        yuan("spent", Text("实际费用（元）", "Spent (CNY)"), Text("本月实际发生的客情费，单位元，不得超过可用费用。",
             "What was spent this month, in yuan; not more than the allowance."), "1200.00", required=True, width=16),
        note("purpose", Text("用途说明", "Purpose"), width=40, help=Text("花在什么上。只限活动、会议、培训、限额内招待和小礼品。",
             "What for: events, conferences, training, hospitality and small gifts within the limits only."),
             example=Text("新品推介会场地费", "Room for the product presentation")),
    ),
    checks=(
        RowCheck(
            "EXPENSE_ABOVE_ALLOWANCE", "spent", lambda row: _number(row["spent"]) <= _number(row["allowance"]) + 0.005,
            needs=("spent", "allowance"),
        ),
    ),
)


def _number(value: object) -> float:
    assert isinstance(value, int | float)
    return value


FORM = Form(
    id="F33a",
    title=Text("月客户采购及客情费统计表", "Monthly statement of purchases and expenses"),
    sheet=Text("月采购及客情费统计", "F33a Monthly statement"),
    kind=WorkbookKind.EXPENSES,
    note=Text(
        "业务员每月一份，次月第三个工作日下班前交销售文员，第八个工作日前三道审核完毕。换月时改月份、清空明细重新填，往月的记录程序会保留。“可用费用”自动计算。",
        "One a month, to the sales clerk by the end of the 3rd working day of the next; all three checks are done by the 8th. "
        "For a new month change the month and list its rows: earlier months are kept. The allowance is worked out by the sheet.",
    ),
    blocks=(STATEMENT, LINES),
    source="Q4 客户关系维护费",
    period_field="statement.month",
)
