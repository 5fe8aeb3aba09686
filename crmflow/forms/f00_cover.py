"""F0 Cover 封面: what names the customer and governs its archive (regulation 2.1)."""

from crmflow.declare import Card, Choice, Field, Form, Kind, RowCheck
from crmflow.forms._parts import choice, day, in_order, note, staff
from crmflow.model import Text, WorkbookKind

STAGES = (
    Choice("prospective", Text("潜在", "Prospective"), aliases=("潜在客户",)),
    Choice("new", Text("新", "New"), aliases=("新客户",)),
    Choice("cooperating", Text("合作", "Cooperating"), aliases=("合作客户",)),
    Choice("loyal", Text("忠诚", "Loyal"), aliases=("忠诚客户",)),
    Choice("lost", Text("流失", "Lost"), aliases=("流失客户",)),
)

CREDIT = (
    Choice("excellent", Text("优", "Excellent"), aliases=("优秀",)),
    Choice("good", Text("良", "Good"), aliases=("良好",)),
    Choice("fair", Text("中", "Fair"), aliases=("中等", "一般")),
    Choice("poor", Text("差", "Poor"), aliases=("较差",)),
)

OPENED = day(
    "opened_on", Text("建档日期", "Archive opened on"),
    Text("这份档案是哪一天建的。", "The day this archive was opened."), "2026-01-08", required=True, past=True,
)
VERIFIED = day(
    "verified_on", Text("核定日期", "Last verified on"),
    Text("最近一次把整份档案从头核对完的日期；每季度至少核定一次，核完就改这里。",
         "The day the whole archive was last gone through; do so at least each quarter and renew this date."),
    "2026-07-03", required=True, past=True,
)

COVER = Card(
    id="cover",
    title=Text("客户概况", "Customer"),
    fields=(
        Field(
            "code", Text("客户代码", "Customer code"), Kind.CODE, required=True,
            help=Text("准入时由信息管理员编发，一家客户一个代码，不要自己改。",
                      "Given by the information administrator on admission, one per customer; do not change it."),
            example="KH0012",
        ),
        Field(
            "name", Text("单位名称", "Name"), Kind.TEXT, required=True, width=30, aliases=("客户名称", "公司名称"),
            help=Text("营业执照上的全称。", "The full name as in the business licence."),
            example=Text("江南精密制造有限公司", "Jiangnan Precision Manufacturing Co., Ltd."),
        ),
        Field(
            "short_name", Text("简称", "Short name"), Kind.TEXT,
            help=Text("平时怎么叫这家客户，邮件和报表里用它。", "What we call the customer every day; used in mails and reports."),
            example=Text("江南精密", "Jiangnan Precision"),
        ),
        Field(
            "credit_code", Text("统一社会信用代码", "Unified social credit code"), Kind.CREDIT_CODE, width=22,
            aliases=("信用代码",),
            help=Text("18 位，照营业执照抄；里面没有字母 I、O、S、V、Z。",
                      "18 characters as in the business licence; it never has the letters I, O, S, V, Z."),
            example="91350100M000100Y43",
        ),
        Field(
            "industry", Text("行业", "Industry"), Kind.TEXT, required=True,
            help=Text("客户所在的行业，同一行业请用同样的写法。", "The customer's industry; spell the same industry the same way."),
            example=Text("装备制造", "Machinery"),
        ),
        Field(
            "region", Text("地区", "Region"), Kind.TEXT, required=True, aliases=("区域",),
            help=Text("按公司的大区划分填。", "The sales region as our company divides them."),
            example=Text("华东", "East China"),
        ),
        choice(
            "stage", Text("客户阶段", "Relationship stage"), STAGES, required=True,
            help=Text("还没成交的选“潜在”，长期没有往来的选“流失”。",
                      "Prospective while nothing has been bought, Lost after a long silence."),
        ),
        staff(
            "account_manager", Text("客户经理", "Account manager"), required=True,
            help=Text("负责这家客户、保管这份档案的同事。", "Who is in charge of the customer and keeps this archive."),
        ),
        OPENED,
        VERIFIED,
        staff(
            "verified_by", Text("核定人", "Verified by"),
            help=Text("最近一次核定档案的同事。", "Who verified the archive last."),
        ),
        Field(
            "investment_scale", Text("年度投资规模（万元）", "Annual investment scale (10k CNY)"), Kind.WAN, minimum=0,
            help=Text("客户今年计划投入的总额，单位万元。", "What the customer plans to invest this year, in 10,000 yuan."),
            example="3000",
        ),
        choice(
            "payment_credit", Text("付款信用", "Payment credit"), CREDIT,
            help=Text("有了交易就必须填：一贯按时为优，偶有拖延为良，常拖延为中，拖欠为差。",
                      "Required once there are transactions: always on time, seldom late, often late, in arrears."),
        ),
        Field(
            "payment_method", Text("付款方式", "Payment method"), Kind.TEXT,
            help=Text("通常怎么付款。", "How the customer usually pays."),
            example=Text("电汇，月结 30 天", "Bank transfer, 30 days after month end"),
        ),
        Field(
            "high_level_visits", Text("高层回访名单", "Selected for high-level visits"), Kind.YES_NO, width=10,
            help=Text("列入公司领导回访名单的选“是”。", "Yes if the customer is on the list for visits by our executives."),
            example=Text("否", "No"),
        ),
        Field(
            "licence", Text("资质文件", "Licence on file"), Kind.TEXT,
            help=Text("已留存的执照、资质，写名称和存放处。", "Licences we keep a copy of, and where."),
            example=Text("营业执照副本，档案柜 A3", "Business licence (copy), cabinet A3"),
        ),
        note(
            "procurement_procedure", Text("购买程序", "Procurement procedure"), width=60,
            help=Text("从提出需求到付款，客户内部要经过哪些步骤、谁点头。",
                      "The customer's steps from a need to the payment, and who agrees at each."),
            example=Text("使用部门提需求 → 采购部询价 → 招标委员会 → 总经理批准",
                         "Department asks → purchasing invites offers → tender board → general manager"),
        ),
        note(
            "strategy", Text("战略方向", "Strategy"), width=60,
            help=Text("客户这几年往哪里走。", "Where the customer is heading in the next years."),
            example=Text("三年内把产能扩大一倍，向新能源转型", "Double capacity in three years, turn to new energy"),
        ),
        note(
            "organisation", Text("组织结构", "Organisation"), width=60,
            help=Text("与我们有关的部门和上下级。", "The departments that concern us and how they relate."),
            example=Text("总经理下设生产、设备、采购三部，设备部提需求", "Production, equipment and purchasing under the general manager"),
        ),
        note(
            "preferential_terms", Text("优惠政策", "Preferential terms"), width=60,
            help=Text("给这家客户的价格、供货优惠；须先经总经理办公会批准。",
                      "Price or supply terms granted; the general manager's meeting approves them first."),
            example=Text("年采购满 50 万元返 2%", "2 % back from 500,000 yuan a year"),
        ),
        Field(
            "terms_approved_by", Text("优惠审批人", "Terms approved by"), Kind.TEXT,
            help=Text("批准优惠的会议或领导。", "The meeting or executive that approved the terms."),
            example=Text("总经理办公会", "General manager's meeting"),
        ),
        day(
            "terms_approved_on", Text("优惠审批日期", "Terms approved on"),
            Text("批准优惠的日期。", "The day the terms were approved."), "2026-02-10", past=True,
        ),
    ),
    blank_on_verify=("verified_on", "verified_by"),
    filled_by={
        ("information_administrator",): ("code",),
        ("department_head",): ("high_level_visits",),
        ("general_manager",): ("terms_approved_by", "terms_approved_on"),
    },
    checks=(
        in_order(OPENED, VERIFIED),
        RowCheck(
            "TERMS_WITHOUT_APPROVAL", "terms_approved_by",
            lambda row: row["terms_approved_by"] is not None,
            needs=("preferential_terms",),
        ),
        RowCheck(
            "TERMS_WITHOUT_APPROVAL", "terms_approved_on",
            lambda row: row["terms_approved_on"] is not None,
            needs=("preferential_terms", "terms_approved_by"),
        ),
    ),
)

FORM = Form(
    id="F0",
    title=Text("客户档案封面", "Customer archive: cover"),
    sheet=Text("封面", "F0 Cover"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "一家客户一份档案，由客户经理填写和保管。带 * 的必填；有下拉箭头的请从列表中选；日期按 年-月-日 填，"
        "例如 2026-07-03。每季度把整份档案核对一遍，核完更新“核定日期”。本档案属公司商业秘密，请勿外传。",
        "One archive a customer, kept by its account manager. Fields with * are required; choose from the list where "
        "there is one; type dates as year-month-day, such as 2026-07-03. Go through the whole archive each quarter and "
        "renew “Last verified on”. This archive is a trade secret of the company: do not pass it on.",
    ),
    blocks=(COVER,),
    source="Q0 第二十章",
)
