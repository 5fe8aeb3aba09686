"""F10 Contact reports 接触记录: the evidence of every visit (V, R)."""

from dataclasses import replace

from crmflow.declare import Field, Form, Kind, Table
from crmflow.forms._parts import A_SUPERIOR, CUSTOMER_PERSON, METHODS, choice, day, in_order, note, staff
from crmflow.model import Text, WorkbookKind

DATE = day(
    "date", Text("日期", "Date"),
    Text("接触发生的那一天。", "The day of the contact."), "2026-06-18", required=True, past=True,
)
FOLLOW_UP_DUE = day(
    "follow_up_due_on", Text("跟进期限", "Follow-up due"),
    Text("后续事项最迟哪天完成。", "The last day for the follow-up."), "2026-06-30",
)
FILED = day(
    "filed_on", Text("报告日期", "Report filed on"),
    Text("这份记录写完交出的日期。", "The day this report was handed in."), "2026-06-19", past=True,
)
REVIEWED = day(
    "reviewed_on", Text("审阅日期", "Reviewed on"),
    Text("上级看过的日期。", "The day the superior read it."), "2026-06-22", past=True,
)

REPORTS = Table(
    id="reports",
    title=Text("接触记录", "Contact reports"),
    key=("date", "our_person", "key_person", "method"),
    blank_rows=33,
    filled_by={
        ("department_head", "regional_manager"): ("approved_by", "approved_on", "reviewed_by", "reviewed_on"),
    },
    fields=(
        DATE,
        Field(
            "key_person", Text("关键人物", "Key person"), Kind.TEXT, width=10,
            help=Text("见到或联系到的人，姓名与附表2 一致。", "Who was met or reached; the name as in F2."),
            example=CUSTOMER_PERSON,
        ),
        staff(
            "our_person", Text("我方人员", "Our person"), required=True,
            help=Text("我们这边由谁接触；几位同去时填职务最高的，其余写在内容里。",
                      "Which of us; if several went, the most senior, and the others in the content."),
        ),
        choice(
            "method", Text("接触方式", "Method"), METHODS, required=True, width=8,
            help=Text("怎么接触的。", "How the contact was made."),
        ),
        Field(
            "on_site", Text("现场", "On site"), Kind.YES_NO, required=True, width=7,
            help=Text("到客户那里去的选“是”。", "Yes if we went to the customer."),
            example=Text("是", "Yes"),
        ),
        note(
            "content", Text("内容", "Content"), required=True, width=28,
            help=Text("四个方面：对产品和服务的意见、以前事项的进展、我们的新情况、客户今后的需要。",
                      "Four parts: opinion of products and service, progress of earlier matters, our news, coming needs."),
            example=Text("对一期设备满意；阀门已更换；介绍新机型；三期下半年启动",
                         "Content with phase one; valve replaced; showed the new model; third plant starts in autumn"),
        ),
        note(
            "needs", Text("需求与反馈", "Needs and feedback"), width=18,
            help=Text("客户提出的需要和意见。", "What the customer asked for or remarked."),
            example=Text("希望缩短备件交货期", "Wants spare parts sooner"),
        ),
        note(
            "problems", Text("发现的问题", "Problems found"), width=18,
            help=Text("我们发现的问题或风险。", "Problems or risks that we saw."),
            example=Text("竞争对手已送样", "A competitor has sent samples"),
        ),
        note(
            "follow_up", Text("后续事项", "Follow-up"), width=18,
            help=Text("接下来要做什么。", "What is to be done next."),
            example=Text("一周内提交备件清单报价", "Quote for the spare parts within a week"),
        ),
        staff(
            "follow_up_owner", Text("跟进人", "Follow-up owner"),
            help=Text("后续事项由谁做。", "Who does the follow-up."),
        ),
        FOLLOW_UP_DUE,
        Field(
            "planned", Text("计划内", "Planned"), Kind.YES_NO, required=True, width=8,
            help=Text("事先列入计划的选“是”。", "Yes if it was planned beforehand."),
            example=Text("是", "Yes"),
        ),
        replace(
            staff(
                "approved_by", Text("批准人", "Approved by"),
                Text("计划外的拜访由哪位领导批准或安排；计划内的空着。", "Who approved or arranged a visit outside the plan; blank for a planned one."),
                example=A_SUPERIOR,
            ),
            since=2,
        ),
        replace(
            day(
                "approved_on", Text("批准日期", "Approved on"),
                Text("计划外的拜访是哪天批准的，应在拜访以前。", "The day a visit outside the plan was approved, before it was made."),
                "2026-06-17", past=True,
            ),
            since=2,
        ),
        FILED,
        staff(
            "reviewed_by", Text("审阅人", "Reviewed by"),
            help=Text("看过这份记录的上级。", "The superior who read the report."), example=A_SUPERIOR,
        ),
        REVIEWED,
    ),
    checks=(in_order(DATE, FOLLOW_UP_DUE), in_order(DATE, FILED), in_order(FILED, REVIEWED)),
)

FORM = Form(
    id="F10",
    title=Text("接触记录", "Contact reports"),
    sheet=Text("接触记录", "F10 Contact reports"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "每次拜访、电话、会面填一行，趁记得清楚尽快填好。回访要有记录才算数；到客户现场的，“现场”选“是”。",
        "One row for each visit, call or meeting, written while it is fresh. A visit counts only with its report; "
        "choose Yes under “On site” if we went to the customer.",
    ),
    blocks=(REPORTS,),
    source="Q1 第十一条；Q0 第十七条",
    version=2,
)
