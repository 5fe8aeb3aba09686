"""F19 Orders 订单跟踪: promised, shipped, delivered."""

from crmflow.declare import Field, Form, Highlight, Kind, Table
from crmflow.forms._parts import code, day, in_order, note, text
from crmflow.model import Text, WorkbookKind

PROMISED = day(
    "promised_on", Text("承诺交货日期", "Promised on"),
    Text("答应客户哪一天到货；过了还没到的行会变红。", "The day promised to the customer; late rows turn red."), "2026-06-30",
    required=True,
)
SHIPPED = day(
    "shipped_on", Text("发货日期", "Shipped on"),
    Text("货离开工厂的日期。", "The day the goods left."), "2026-06-26", past=True,
)
DELIVERED = day(
    "delivered_on", Text("到货日期", "Delivered on"),
    Text("客户签收的日期；没到的空着。", "The day the customer received them; blank until then."), "2026-06-29", past=True,
)

ORDERS = Table(
    id="orders",
    title=Text("订单明细", "Orders"),
    key=("number",),
    blank_rows=27,
    highlight=Highlight("promised_on", ahead=7, done="delivered_on"),
    fields=(
        code("number", Text("订单号", "Order no"), Text("每张订单一个编号，不要重复。", "One number each, never twice."), "DD2026-033",
             required=True, width=16),
        code("contract", Text("合同号", "Contract no"), Text("属于哪份合同，写法与“合同”表一致。", "The contract it belongs to, as in Contracts."),
             "HT2026-018", width=16),
        text("product", Text("产品", "Product"), Text("订的是什么。", "What was ordered."), Text("离心风机 4-72", "Centrifugal fan 4-72"), width=30),
        Field(
            "quantity", Text("数量", "Quantity"), Kind.NUMBER, minimum=0, width=10,
            help=Text("只填数字，单位写在产品里。", "Digits only; the unit goes with the product."), example="2",
        ),
        PROMISED,
        SHIPPED,
        DELIVERED,
        note(
            "note", Text("说明", "Note"), width=40,
            help=Text("迟交的写明原因和补救办法。", "Why it was late and what was done."),
            example=Text("客户要求推迟两天卸货", "The customer asked to unload two days later"),
        ),
    ),
    checks=(in_order(SHIPPED, DELIVERED),),
)

FORM = Form(
    id="F19",
    title=Text("订单跟踪表", "Order tracking"),
    sheet=Text("订单跟踪", "F19 Orders"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "每张订单一行，接单就登记承诺交货日期，发货、到货后补日期。过期未到的行变红，七天内要到的变黄；迟到的要写明原因。",
        "One row an order: the promised day when it is taken, then when it was shipped and delivered. "
        "Late rows turn red, those due within seven days amber; a late delivery needs its reason.",
    ),
    blocks=(ORDERS,),
    source="Q2；Q4",
    optional=True,
)
