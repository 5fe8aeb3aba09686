"""F13 Satisfaction 满意度调查: what served customers think of us (D13)."""

from dataclasses import replace

from crmflow.declare import Field, Form, Table
from crmflow.forms._parts import CUSTOMER_PERSON, day, filled_once, in_order, note, staff, text, whole
from crmflow.model import Text, WorkbookKind


def _score(id: str, label: Text, help: Text, *, required: bool = False) -> Field:
    return whole(id, label, help, "4", required=required, minimum=1, maximum=5, width=8)


DATE = day(
    "date", Text("调查日期", "Date"),
    Text("哪一天问的。", "The day of the survey."), "2026-06-20", required=True, past=True,
)
DUE = day(
    "measure_due_on", Text("改进期限", "Measure due"),
    Text("改进最迟哪天完成。", "The last day for the improvement."), "2026-07-31",
)
DONE = replace(
    day(
        "measure_done_on", Text("改进完成日期", "Measure done on"),
        Text("改进做完的日期。", "The day the improvement was made."), "2026-07-18", past=True,
    ),
    since=2,
)
MEASURE = note(
    "measure", Text("改进措施", "Measure"), width=30,
    help=Text("总体评分低时必填：准备怎么改进。", "Required for a low overall score: how it will be improved."),
    example=Text("备件改为本地库存，三天内到货", "Keep spare parts locally, delivered within three days"),
)

SURVEYS = Table(
    id="surveys",
    title=Text("调查结果", "Survey results"),
    key=("date", "respondent"),
    blank_rows=29,
    fields=(
        DATE,
        text(
            "respondent", Text("被调查人", "Respondent"), width=12,
            help=Text("客户方回答的人，姓名与附表2 一致；不记名的空着。", "Who answered, the name as in F2; blank if anonymous."),
            example=CUSTOMER_PERSON,
        ),
        _score("product", Text("产品", "Product"), Text("产品质量，1 很不满意，5 很满意。", "Quality: 1 very poor, 5 very good.")),
        _score("service", Text("服务", "Service"), Text("服务和响应，1 到 5 分。", "Service and response, 1 to 5.")),
        _score("delivery", Text("交货", "Delivery"), Text("交货及时，1 到 5 分。", "Delivery in time, 1 to 5.")),
        _score("price", Text("价格", "Price"), Text("价格合理，1 到 5 分。", "Fair price, 1 to 5.")),
        _score(
            "overall", Text("总体", "Overall"), Text("总体满意度，1 到 5 分，不是四项的平均。", "Overall, 1 to 5; not the average of the four."),
            required=True,
        ),
        note(
            "comment", Text("客户意见", "Comment"), width=34,
            help=Text("客户的原话。", "In the customer's words."),
            example=Text("希望缩短备件交货期", "Wants spare parts sooner"),
        ),
        MEASURE,
        staff("measure_owner", Text("改进负责人", "Owner"), Text("由谁负责改进，填到人。", "Who is in charge of the improvement.")),
        DUE,
        DONE,
    ),
    checks=(
        in_order(DATE, DUE),
        in_order(DATE, DONE),
        filled_once("measure_owner", MEASURE),
        filled_once("measure_due_on", MEASURE),
    ),
)

FORM = Form(
    id="F13",
    title=Text("客户满意度调查表", "Customer satisfaction survey"),
    sheet=Text("满意度调查", "F13 Satisfaction"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "每问一个人填一行，评分用 1 到 5 的整数，5 分最满意。总体评分低的，要写改进措施、负责人和期限。",
        "One row a person asked; scores are whole numbers from 1 to 5, 5 the best. "
        "A low overall score needs a measure with its owner and date.",
    ),
    blocks=(SURVEYS,),
    source="Q3；Q4",
    version=2,
    optional=True,
)
