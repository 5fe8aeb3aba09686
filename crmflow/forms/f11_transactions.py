"""F11 Transactions 交易记录: orders and payments as finance confirms them (G)."""

from crmflow.declare import Field, Form, Kind, Table
from crmflow.forms._parts import day, in_order
from crmflow.model import Text, WorkbookKind

DATE = day(
    "date", Text("日期", "Date"),
    Text("成交或发货开票的日期。", "The day of the sale or its invoice."), "2026-04-15", required=True, past=True,
)
DUE = day(
    "due_on", Text("应付日期", "Due on"),
    Text("按合同最迟哪天付款。", "The last day for payment by contract."), "2026-05-15",
)
PAID = day(
    "paid_on", Text("付款日期", "Paid on"),
    Text("款到账的日期；没付的空着。", "The day the money arrived; blank while unpaid."), "2026-05-10", past=True,
)

TRANSACTIONS = Table(
    id="transactions",
    title=Text("交易明细", "Transactions"),
    key=("number",),
    blank_rows=21,
    fields=(
        Field(
            "number", Text("单据号", "Document no"), Kind.CODE, required=True, width=18, aliases=("单号", "单据编号"),
            help=Text("订单、发票或退货单的编号，不能重复。", "Number of the order, invoice or return; each only once."),
            example="XS202604015",
        ),
        DATE,
        Field(
            "product", Text("产品", "Product"), Kind.TEXT, width=30, aliases=("产品名称",),
            help=Text("卖的是什么。", "What was sold."),
            example=Text("离心风机 4-72", "Centrifugal fan 4-72"),
        ),
        Field(
            "amount", Text("金额（元）", "Amount (CNY)"), Kind.YUAN, required=True, width=16,
            help=Text("含税金额，单位元，不是万元；退货填负数。", "With tax, in yuan, not in tens of thousands; a return is negative."),
            example="86000.00",
        ),
        DUE,
        PAID,
        Field(
            "paid_amount", Text("已付金额（元）", "Paid amount (CNY)"), Kind.YUAN, width=16,
            help=Text("已经到账的金额，单位元；退款填负数。", "What has arrived, in yuan; a refund is negative."),
            example="86000.00",
        ),
    ),
    checks=(in_order(DATE, DUE),),
)

FORM = Form(
    id="F11",
    title=Text("交易记录", "Transactions"),
    sheet=Text("交易记录", "F11 Transactions"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "由财务部提供或核对，每张单据一行，金额单位为元。退货另起一行填负数，不要改原来的行。客户分级按本表计算。",
        "From finance, one row a document, amounts in yuan. Enter a return as a row of its own with a negative amount "
        "and leave the first row as it is. The customer's grade rests on this form.",
    ),
    blocks=(TRANSACTIONS,),
    source="Q1 第九条；Q3",
    filled_by=("finance",),
)
