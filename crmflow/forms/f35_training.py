"""F35 Training 培训登记: hours of account managers and service staff (D12)."""

from crmflow.declare import Choice, Field, Form, Kind, Table
from crmflow.forms._parts import choice, day, note, staff, text
from crmflow.model import Text, WorkbookKind

KINDS = (
    Choice("business", Text("业务", "Business")),
    Choice("industry", Text("客户行业", "Customer's industry")),
    Choice("service", Text("服务", "Service")),
)

TRAININGS = Table(
    id="trainings",
    title=Text("培训明细", "Trainings"),
    key=("person", "date", "subject"),
    blank_rows=26,
    fields=(
        staff("person", Text("参加人", "Person"), Text("谁参加的，一人一行。", "Who took part, one a row."), required=True),
        day("date", Text("日期", "Date"), Text("培训的日期；连续几天的填第一天。", "The day, or the first of several."), "2026-05-14", required=True, past=True),
        text("subject", Text("主题", "Subject"), Text("学了什么。", "What it was about."), Text("新排放标准解读", "The new emission limits"),
             required=True, width=40),
        Field("hours", Text("学时", "Hours"), Kind.NUMBER, Text("合计多少学时。", "Hours in all."), "4", required=True, minimum=0.5, maximum=400, width=9),
        choice("kind", Text("类别", "Kind"), KINDS, Text("属于哪一类。", "What kind it was."), width=12),
        text("trainer", Text("讲师或机构", "Trainer"), Text("谁讲的。", "Who gave it."), Text("市环保协会", "The city's environment association"), width=26),
        note("result", Text("考核结果", "Result"), Text("考试或心得。", "Test or remarks."), Text("考试 88 分", "88 points in the test"), width=26),
    ),
)

FORM = Form(
    id="F35",
    title=Text("培训登记表", "Register of trainings"),
    sheet=Text("培训登记", "F35 Training"),
    kind=WorkbookKind.TRAINING,
    note=Text(
        "客户经理和服务人员参加的培训，一人一次一行，学时按实际填。年度学时按本表统计。",
        "Trainings of account managers and service staff, one row a person and training, with the actual hours. "
        "The year's hours are counted from this form.",
    ),
    blocks=(TRAININGS,),
    source="Q3（D12）",
)
