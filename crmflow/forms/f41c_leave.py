"""F41c Leave 休假: who is away, and who stands in."""

from crmflow.declare import Form, Table
from crmflow.forms._parts import A_SUPERIOR, day, in_order, someone_else, staff, text
from crmflow.model import Text, WorkbookKind

FROM = day("from_on", Text("开始日期", "From"), Text("休假第一天。", "The first day."), "2026-08-03", required=True)
UNTIL = day("until_on", Text("结束日期", "Until"), Text("休假最后一天。", "The last day."), "2026-08-14", required=True)
PERSON = staff("person", Text("休假人", "Person"), Text("谁休假。", "Who is away."), required=True)
DEPUTY = staff(
    "deputy", Text("代理人", "Deputy"), Text("谁代办，不能是本人。", "Who stands in; somebody else."),
    required=True, example=A_SUPERIOR,
)

LEAVE = Table(
    id="leave",
    title=Text("休假安排", "Leave"),
    key=("person", "from_on"),
    blank_rows=21,
    fields=(
        PERSON, FROM, UNTIL,
        text("reason", Text("事由", "Reason"), Text("年假、病假、出差等。", "Holiday, illness, journey."), Text("年假", "Holiday"), width=40),
        DEPUTY,
    ),
    checks=(in_order(FROM, UNTIL), someone_else(DEPUTY, PERSON)),
)

FORM = Form(
    id="F41c",
    title=Text("休假与代理登记表", "Register of leave"),
    sheet=Text("休假", "F41c Leave"),
    kind=WorkbookKind.CALENDAR,
    note=Text(
        "三天以上的休假和出差一次一行，写明代理人；休假期间到期的事项由代理人办。",
        "Leave and journeys of more than three days, one row each, with the deputy who handles what falls due meanwhile.",
    ),
    blocks=(LEAVE,),
    source="Q3 客户经理制",
)
