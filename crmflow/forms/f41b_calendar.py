"""F41b Calendar 公司日历: the company's own days, which go before the official calendar (section 5)."""

from crmflow.declare import Choice, Form, Table
from crmflow.forms._parts import choice, day, text
from crmflow.model import Text, WorkbookKind

KINDS = (
    Choice("off", Text("放假", "Day off"), aliases=("休息",)),
    Choice("working", Text("上班", "Working day"), aliases=("调休上班", "补班")),
)

DAYS = Table(
    id="days",
    title=Text("放假与调休", "Days off and make-up days"),
    key=("date",),
    blank_rows=21,
    fields=(
        day("date", Text("日期", "Date"), Text("一天一行。", "One day a row."), "2026-09-25", required=True),
        choice("kind", Text("安排", "Kind"), KINDS, Text("这天放假还是上班；没列出的按法定安排。", "Off or working; days not listed follow the official calendar."),
               required=True, width=14),
        text("note", Text("说明", "Note"), Text("为什么。", "What for."), Text("公司成立纪念日", "Founding day of the company"), width=90),
    ),
)

FORM = Form(
    id="F41b",
    title=Text("公司日历", "Company calendar"),
    sheet=Text("公司日历", "F41b Calendar"),
    kind=WorkbookKind.CALENDAR,
    note=Text(
        "只登记与法定节假日安排不同的日子，一天一行；期限按工作日计算时，先看本表，再看法定安排。",
        "Only days that differ from the official holidays, one a row. Deadlines in working days follow this form first, "
        "then the official calendar.",
    ),
    blocks=(DAYS,),
    source="Q4 期限",
)
