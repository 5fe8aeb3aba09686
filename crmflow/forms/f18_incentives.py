"""F18 Incentives 客户激励: granted to the company, never to its employees (X2)."""

from crmflow.declare import Choice, Form, Table
from crmflow.forms._parts import A_SUPERIOR, CUSTOMER, choice, day, filled_once, in_order, note, staff, text, yuan
from crmflow.model import Text, WorkbookKind

KINDS = (
    Choice("points", Text("积分", "Points")),
    Choice("discount", Text("优惠", "Discount")),
    Choice("gift", Text("礼品", "Gift")),
    Choice("rebate", Text("返利", "Rebate")),
)
RECIPIENTS = (
    Choice("company", Text("客户单位", "The company")),
    Choice("distributor", Text("签约分销商", "Contracted distributor"), aliases=("分销商",)),
)

APPROVED = day(
    "approved_on", Text("批准日期", "Approved on"),
    Text("批准的日期；先批准后兑现。", "The day of the approval, which comes before the granting."), "2026-04-02", past=True,
)
GRANTED = day(
    "granted_on", Text("兑现日期", "Granted on"),
    Text("实际给出的日期；没给的空着。", "The day it was given; blank until then."), "2026-04-10", past=True,
)
VALID = day(
    "valid_until", Text("有效期至", "Valid until"),
    Text("到哪一天为止，过期作废。", "The last day it may be used."), "2026-12-31",
)
APPROVER = staff("approved_by", Text("批准人", "Approved by"), Text("批准的领导。", "The leader who approved it."), example=A_SUPERIOR)

INCENTIVES = Table(
    id="incentives",
    title=Text("激励明细", "Incentives"),
    key=("kind", "basis"),
    blank_rows=27,
    filled_by={("department_head",): ("approved_by", "approved_on")},
    fields=(
        choice("kind", Text("激励方式", "Kind"), KINDS, Text("给的是什么。", "What is given."), required=True),
        note(
            "basis", Text("依据", "Basis"), required=True, width=32,
            help=Text("凭什么给：订单号、合同条款或活动名称。", "What it rests on: an order, a contract's clause, a campaign."),
            example=Text("HT2026-018 第六条 年度返利", "HT2026-018, clause 6, yearly rebate"),
        ),
        yuan(
            "value", Text("价值（元）", "Value (CNY)"), required=True, width=14,
            help=Text("单位元；积分按可兑换的金额填。", "In yuan; points at what they can be exchanged for."), example="12000.00",
        ),
        choice(
            "recipient_kind", Text("接受方类型", "Recipient is"), RECIPIENTS, required=True, width=13,
            help=Text("只给单位，不给个人；签了分销合同的个人选“签约分销商”。",
                      "Companies only; a person with a distributor's contract is a contracted distributor."),
        ),
        text(
            "granted_to", Text("接受方", "Granted to"), required=True, width=28,
            help=Text("接受的单位全称，与封面的单位名称一致；绝不能是客户的员工。",
                      "The company's name as on the cover; never one of its employees."),
            example=CUSTOMER,
        ),
        APPROVER,
        APPROVED,
        GRANTED,
        VALID,
    ),
    checks=(
        in_order(APPROVED, GRANTED),
        in_order(APPROVED, VALID),
        in_order(GRANTED, VALID),
        filled_once("approved_by", GRANTED),
        filled_once("approved_on", GRANTED),
        filled_once("approved_on", APPROVER),
    ),
)

FORM = Form(
    id="F18",
    title=Text("客户激励记录", "Customer incentives"),
    sheet=Text("客户激励", "F18 Incentives"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "积分、优惠、礼品和返利一笔一行，先批准后兑现，只给单位，走公司账户。给客户员工个人的任何财物都不能登记，也不能批准。",
        "Points, discounts, gifts and rebates, one a row, approved before they are granted, to companies only and through "
        "company accounts. Anything of value to a customer's employee can neither be entered nor approved.",
    ),
    blocks=(INCENTIVES,),
    source="Q2；Q4",
    optional=True,
)
