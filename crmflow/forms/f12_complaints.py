"""F12 Complaints and voices 投诉与反馈记录 (section 6)."""

from dataclasses import replace

from crmflow.declare import Choice, Field, Form, Kind, Table
from crmflow.forms._parts import choice, day, in_order, moment, note, staff
from crmflow.model import Text, WorkbookKind

KINDS = (
    Choice("complaint", Text("投诉", "Complaint")),
    Choice("claim", Text("索赔", "Claim")),
    Choice("return", Text("退换货", "Return"), aliases=("退货", "换货")),
    Choice("suggestion", Text("建议", "Suggestion")),
    Choice("inquiry", Text("咨询", "Inquiry")),
    Choice("praise", Text("表扬", "Praise")),
)
CHANNELS = (
    Choice("phone", Text("电话", "Phone")),
    Choice("letter", Text("信函", "Letter")),
    Choice("email", Text("邮件", "E-mail")),
    Choice("fax", Text("传真", "Fax")),
    Choice("visit", Text("来访", "Visit")),
    Choice("website", Text("网站", "Website")),
)
SEVERITIES = (
    Choice("minor", Text("轻微", "Minor")),
    Choice("ordinary", Text("一般", "Ordinary")),
    Choice("serious", Text("严重", "Serious")),
)

RECEIVED = moment(
    "received_at", Text("收到时间", "Received at"),
    Text("客户提出的时间，填到几点几分；响应时限从这里算起。", "To the minute; the time for our response runs from here."),
    "2026-05-06 09:30", required=True,
)
RESPONDED = moment(
    "first_response_at", Text("首次响应时间", "First response at"),
    Text("第一次答复客户的时间。", "When we first answered the customer."), "2026-05-06 15:00",
)
APOLOGY = day(
    "apology_on", Text("致歉日期", "Apology on"),
    Text("属实的投诉要向客户致歉。", "An upheld complaint needs an apology."), "2026-05-07", past=True,
)
REFUND = day(
    "refund_confirmed_on", Text("财务确认退款日期", "Refund confirmed on"),
    Text("财务部确认退款或赔付的日期。", "The day finance confirmed the refund or compensation."), "2026-05-20", past=True,
)
ANALYSED = replace(
    day(
        "analysed_on", Text("分析日期", "Analysed on"),
        Text("写好原因分析和处理措施的日期。", "The day cause and measures were written down."), "2026-05-07", past=True,
    ),
    since=2,
)
APPROVED = moment(
    "approved_at", Text("批准时间", "Approved at"),
    Text("处理措施批准的时间；批准以后再执行。",
         "When the measures were approved; they are carried out afterwards."), "2026-05-08 10:00",
)
AGREED = moment(
    "agreed_at", Text("与客户达成一致时间", "Agreed with customer at"),
    Text("客户同意处理办法的时间。", "When the customer agreed to the solution."), "2026-05-08 16:00",
)
FOLLOW_UP = moment(
    "follow_up_at", Text("回访时间", "Follow-up visit at"),
    Text("处理以后回访客户的时间。", "When we asked the customer afterwards."), "2026-05-18 10:00",
)
CLOSED = moment(
    "closed_at", Text("结案时间", "Closed at"),
    Text("全部处理完毕的时间；没结案的空着。", "When all was settled; blank while it is open."), "2026-05-20 17:00",
)

COMPLAINTS = Table(
    id="complaints",
    title=Text("投诉与反馈", "Complaints and voices"),
    key=("number",),
    blank_rows=24,
    filled_by={
        ("responsible_party",): ("cause_analysis", "measures", "analysed_on"),
        ("department_head",): ("approved_by", "approved_at"),
        ("finance",): ("refund_confirmed_on",),
    },
    fields=(
        Field(
            "number", Text("编号", "No"), Kind.CODE, required=True, width=13,
            help=Text("每件一个编号，不要重复。", "One number each, never twice."),
            example="TS2026-003",
        ),
        choice(
            "kind", Text("类型", "Kind"), KINDS, required=True, width=8,
            help=Text("投诉、索赔、退换货按时限处理；建议、咨询、表扬只作记录。",
                      "Complaints, claims and returns have deadlines; the others are recorded only."),
        ),
        RECEIVED,
        choice(
            "channel", Text("渠道", "Channel"), CHANNELS, required=True, width=8,
            help=Text("客户通过什么途径提出。", "How it reached us."),
        ),
        note(
            "content", Text("内容", "Content"), required=True, width=26,
            help=Text("客户说了什么，尽量用原话。", "What the customer said, if possible in the same words."),
            example=Text("2 号风机异响，要求三天内处理", "Fan 2 is noisy; wants it mended in three days"),
        ),
        Field(
            "category", Text("问题类别", "Category"), Kind.TEXT, width=10,
            help=Text("产品质量、交货、服务、价格等；同类问题请用同样的写法，便于统计。",
                      "Quality, delivery, service, price and so on; spell the same category the same way."),
            example=Text("产品质量", "Quality"),
        ),
        choice(
            "severity", Text("严重程度", "Severity"), SEVERITIES, width=8,
            help=Text("影响客户生产的选“严重”。", "Serious if the customer's production suffers."),
        ),
        staff(
            "responsible_party", Text("责任方", "Responsible party"), required=True,
            help=Text("由谁负责解决，填到人。", "Who must resolve it: a person."),
        ),
        RESPONDED,
        Field(
            "upheld", Text("属实", "Upheld"), Kind.YES_NO, width=7,
            help=Text("查清以后再填：确是我方责任选“是”。", "Once it is clear: Yes if the fault is ours."),
            example=Text("是", "Yes"),
        ),
        APOLOGY,
        Field(
            "compensation", Text("赔偿金额（元）", "Compensation (CNY)"), Kind.YUAN, minimum=0, width=12,
            help=Text("单位元；没有赔偿填 0。", "In yuan; 0 if there is none."),
            example="3000.00",
        ),
        REFUND,
        note(
            "cause_analysis", Text("原因分析", "Cause analysis"), width=20,
            help=Text("为什么会发生，查到根上。", "Why it happened, down to the root."),
            example=Text("轴承装配间隙超差", "Bearing fitted with too much play"),
        ),
        note(
            "measures", Text("处理措施", "Measures"), width=20,
            help=Text("怎么解决，怎么防止再发生。", "How it is mended, and kept from happening again."),
            example=Text("更换轴承；装配增加一道检验", "New bearing; one more inspection in assembly"),
        ),
        ANALYSED,
        staff(
            "approved_by", Text("批准人", "Approved by"),
            help=Text("批准处理措施的领导。", "The leader who approved the measures."),
        ),
        APPROVED,
        AGREED,
        FOLLOW_UP,
        note(
            "follow_up_result", Text("回访结果", "Follow-up result"), width=15,
            help=Text("客户满意不满意，还有什么要求。", "Whether the customer is content, and what else is wanted."),
            example=Text("满意，运行正常", "Content; runs well"),
        ),
        CLOSED,
    ),
    checks=(
        *(in_order(RECEIVED, later) for later in (RESPONDED, APOLOGY, REFUND, ANALYSED, APPROVED, AGREED, FOLLOW_UP, CLOSED)),
        in_order(ANALYSED, APPROVED),
        in_order(APPROVED, AGREED),
        in_order(AGREED, FOLLOW_UP),
        *(in_order(earlier, CLOSED) for earlier in (RESPONDED, APPROVED, AGREED, FOLLOW_UP)),
    ),
)

FORM = Form(
    id="F12",
    title=Text("投诉与反馈记录", "Complaints and voices"),
    sheet=Text("投诉与反馈", "F12 Complaints"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "客户的投诉、索赔、退换货、建议、咨询、表扬，收到当天就登记，一件一行。按规定时限首次响应；"
        "措施经领导批准后执行，处理完回访客户再结案。时间填到几点几分，例如 2026-05-06 09:30。",
        "Enter what the customer says the day it arrives, one row each. Respond in the time prescribed; measures are approved "
        "before they are carried out, and the customer is asked before the case is closed. "
        "Give times to the minute, such as 2026-05-06 09:30.",
    ),
    blocks=(COMPLAINTS,),
    source="Q3；Q4",
    version=2,
)
