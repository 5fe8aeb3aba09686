"""F39 Spare parts 备件: stock that must agree with what the service tickets used (S5)."""

from crmflow.declare import Choice, Form, Table
from crmflow.forms._parts import choice, code, day, in_order, text, whole
from crmflow.model import Text, WorkbookKind

CLASSES = (
    Choice("critical", Text("关键件", "Critical")),
    Choice("wearing", Text("易损件", "Wearing")),
    Choice("ordinary", Text("一般件", "Ordinary")),
)

PREVIOUS = day("previous_on", Text("上次盘点日期", "Last count on"), Text("上一次盘点是哪天。", "The day of the count before."), "2026-03-31", past=True)
COUNTED = day("counted_on", Text("盘点日期", "Counted on"), Text("这一次盘点是哪天。", "The day of this count."), "2026-06-30", required=True, past=True)

PARTS = Table(
    id="parts",
    title=Text("备件盘点", "Stock"),
    key=("number",),
    blank_rows=25,
    fields=(
        code("number", Text("备件号", "Part no"), Text("与服务单上写的一致。", "As written on the service tickets."), "BJ-001", required=True),
        text("name", Text("名称", "Name"), Text("名称和规格。", "Name and size."), Text("轴承 6312", "Bearing 6312"), required=True, width=28),
        choice("class", Text("分类", "Class"), CLASSES, Text("关键件缺货会停机。", "A critical part stops a plant when it is missing."), required=True),
        text("place", Text("存放位置", "Place"), Text("放在哪里。", "Where it lies."), Text("二号库 C3", "Store 2, C3"), width=14),
        PREVIOUS,
        whole("previous", Text("上次结存", "Last stock"), Text("上次盘点的数量。", "The number counted then."), "12"),
        whole("received", Text("本期入库", "Received"), Text("两次盘点之间入库多少。", "What came in between."), "10"),
        whole("used", Text("本期领用", "Used"), Text("两次盘点之间用掉多少，要和服务单对得上。", "What was used between; it must agree with the tickets."), "5"),
        COUNTED,
        whole("counted", Text("实盘数量", "Counted"), Text("数出来多少。", "What was counted."), "17", required=True),
        whole("minimum", Text("最低库存", "Minimum"), Text("低于这个数就要补货。", "Below this it is ordered."), "6"),
    ),
    checks=(in_order(PREVIOUS, COUNTED),),
)

FORM = Form(
    id="F39",
    title=Text("备件登记表", "Register of spare parts"),
    sheet=Text("备件", "F39 Spare parts"),
    kind=WorkbookKind.SPARE_PARTS,
    note=Text(
        "每种备件一行，盘点后更新。实盘数量 = 上次结存 + 本期入库 − 本期领用；本期领用要和售后服务单里“用掉的备件”对得上，对不上的会提示差在哪里。",
        "One row a part, renewed at each count. Counted = last stock + received − used; used must agree with the parts on the service "
        "tickets of that time, and the check says where it does not.",
    ),
    blocks=(PARTS,),
    source="Q4 备件（S5）",
)
