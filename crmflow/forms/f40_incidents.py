"""F40 Incidents 泄密与遗失 (A6)."""

from crmflow.declare import Choice, Form, Table
from crmflow.forms._parts import A_SUPERIOR, choice, code, day, in_order, note, someone_else, staff
from crmflow.model import Text, WorkbookKind

KINDS = (
    Choice("leak", Text("泄密", "Leak")),
    Choice("loss", Text("遗失", "Loss")),
    Choice("damage", Text("损毁", "Damage")),
)

HAPPENED = day("happened_on", Text("发生日期", "Happened on"), Text("哪一天发生或发现的。", "The day it happened or was found."), "2026-04-22",
               required=True, past=True)
CLOSED = day("closed_on", Text("结案日期", "Closed on"), Text("处理完的日期；没处理完的空着。", "The day it was settled; blank until then."), "2026-05-10", past=True)
WHO = staff("who", Text("当事人", "Who"), Text("谁经手的。", "Whose hands it was in."), required=True)
SUPERIOR = staff(
    "superior", Text("责任领导", "Superior responsible"), Text("当事人的上级，对此负责。", "The superior who answers for it."),
    required=True, example=A_SUPERIOR,
)

INCIDENTS = Table(
    id="incidents",
    title=Text("事件明细", "Incidents"),
    key=("number",),
    blank_rows=29,
    fields=(
        code("number", Text("编号", "No"), Text("每件一个编号。", "One number each."), "SJ2026-002", required=True),
        HAPPENED,
        choice("kind", Text("类别", "Kind"), KINDS, Text("泄密、遗失还是损毁。", "What kind of incident."), width=9),
        note("what", Text("经过", "What"), Text("什么资料、怎么发生的、影响多大。", "What data, how it happened, how far it reaches."),
             Text("出差途中遗失投标报价草稿一份", "A draft price list was lost on a journey"), required=True, width=44),
        WHO,
        SUPERIOR,
        note("action", Text("处理措施", "Action"), Text("怎么补救、怎么防止再发生。", "How it was mended and is kept from happening again."),
             Text("更换报价方案，部门内通报，今后一律用电子件", "Prices changed, department told, electronic copies only"), required=True, width=44),
        CLOSED,
    ),
    checks=(in_order(HAPPENED, CLOSED), someone_else(SUPERIOR, WHO)),
)

FORM = Form(
    id="F40",
    title=Text("泄密与遗失登记表", "Register of leaks and losses"),
    sheet=Text("泄密与遗失", "F40 Incidents"),
    kind=WorkbookKind.INCIDENTS,
    note=Text(
        "客户资料泄密、遗失或损毁，发现当天登记，一件一行，写明当事人、责任领导和处理措施。早发现、早报告、早补救。",
        "Leaks, losses and damage of customer data, entered the day they are found, one a row, with who was concerned, the superior "
        "responsible and what was done. Whoever reports early helps to mend it.",
    ),
    blocks=(INCIDENTS,),
    source="Q0 保密（A6）",
)
