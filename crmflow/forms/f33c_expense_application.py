"""F33c Application 新客户特殊费用申请表: application → contract → sale → payment (X1–X4, X6, X7; Q4)."""

from datetime import date

from crmflow.declare import Choice, Field, Form, RowCheck, Table, Values
from crmflow.forms._expenses import CHECK_FIELDS, CHECKED_BY, CHECKS_IN_ORDER, CLERK_ON, FINANCE_ON, ledger
from crmflow.forms._parts import choice, code, customer, day, filled_once, in_order, note, text, yuan
from crmflow.model import Text, WorkbookKind

KINDS = (
    Choice("event", Text("客户活动", "Event"), aliases=("活动",)),
    Choice("conference", Text("会议", "Conference")),
    Choice("training", Text("培训", "Training")),
    Choice("hospitality", Text("招待", "Hospitality"), aliases=("业务招待",)),
    Choice("gift", Text("宣传礼品", "Promotional gift"), aliases=("礼品",)),
)
"""The closed list of X2; nothing else can be applied for."""

APPLIED = day(
    "applied_on", Text("申请日期", "Applied on"),
    Text("提出申请的日期，要在签合同和花钱之前。", "The day of the application: before the contract and before any spending."),
    "2026-05-06", required=True, past=True,
)
SIGNED = day(
    "contract_on", Text("合同签订日期", "Contract signed on"),
    Text("合同签字的日期。", "The day the contract was signed."), "2026-05-12", past=True,
)
SPENT = day(
    "spent_on", Text("费用发生日期", "Spent on"),
    Text("第一笔钱花出去的日期。", "The day the first of it was spent."), "2026-05-15", past=True,
)
SOLD = day(
    "sale_on", Text("成交日期", "Sale made on"),
    Text("发货成交的日期。", "The day of the sale."), "2026-05-25", past=True,
)
RECEIVED = day(
    "received_on", Text("到款日期", "Money received on"),
    Text("货款到账的日期。", "The day the customer's money arrived."), "2026-06-10", past=True,
)
PAID = day(
    "paid_on", Text("支付日期", "Paid out on"),
    Text("成交并到款以后才能支付。", "Only after the sale is made and the money is in."), "2026-06-12", past=True,
)


def _number(row: Values, field_id: str) -> float:
    value = row[field_id]
    assert isinstance(value, int | float)
    return value


def _is_before(row: Values, earlier: str, later: str) -> bool:
    first, second = row[earlier], row[later]
    return isinstance(first, date) and isinstance(second, date) and first <= second


def _within_share(row: Values) -> bool:
    """Paid out at most in proportion to what has come in (X3)."""
    contract = _number(row, "contract_amount")
    share = min(1.0, _number(row, "received_amount") / contract) if contract else 1.0
    return _number(row, "paid_amount") <= _number(row, "amount") * share + 0.005


def _applied_first(later: Field) -> RowCheck:
    return RowCheck(
        "APPLICATION_TOO_LATE", "applied_on", lambda row: _is_before(row, "applied_on", later.id),
        needs=("applied_on", later.id), facts={"later": later.label},
    )


def _paid_after(earlier: Field) -> RowCheck:
    return RowCheck(
        "PAID_TOO_EARLY", "paid_on", lambda row: _is_before(row, earlier.id, "paid_on"),
        needs=("paid_on",), reads=(earlier.id,), facts={"before": earlier.label},
    )


APPLICATIONS = Table(
    id="applications",
    title=Text("费用申请", "Expense applications"),
    key=("number",),
    blank_rows=26,
    filled_by=CHECKED_BY | {
        ("finance",): (*CHECKED_BY["finance",], "received_on", "received_amount", "paid_on", "paid_amount", "original_at"),
        ("sales_clerk",): (*CHECKED_BY["sales_clerk",], "copy_at"),
    },
    fields=(
        code("number", Text("编号", "No"), Text("每份申请一个编号。", "One number each."), "FY2026-015", required=True),
        customer(Text("为哪家客户申请，写单位全称。", "The customer it is for, by its full name.")),
        ledger(Text("费用记在哪种产品的台账上。", "The product whose ledger takes the expense.")),
        choice("kind", Text("费用类别", "Kind"), KINDS, Text("只限这五类，都有限额；其他名目不能申请。",
               "These five only, each with its limit; nothing else can be applied for."), required=True),
        note("purpose", Text("用途", "Purpose"), Text("具体做什么、多少人、在哪里。给客户个人的钱物一律不得申请。",
             "What exactly, how many people, where. Money or gifts for a customer's people can never be applied for."),
             Text("新品推介会，客户技术人员二十人", "Product presentation for twenty of their engineers"), required=True, width=24),
        text("beneficiary", Text("受益单位", "Beneficiary"), Text("钱花给谁：场地方、培训机构或客户单位，不能是个人。",
             "Who benefits: the venue, the trainer, the customer's company; never a person."),
             Text("江南会议中心", "Jiangnan Conference Centre"), required=True, width=18),
        yuan("amount", Text("申请金额（元）", "Amount (CNY)"), Text("单位元，不得超过该类的限额和产品的费用比例。",
             "In yuan, within the kind's limit and the product's rate."), "3000.00", required=True),
        APPLIED,
        code("contract", Text("合同号", "Contract no"), Text("签订后补填。", "Added once it is signed."), "HT2026-018"),
        SIGNED,
        yuan("contract_amount", Text("合同额（元）", "Contract amount (CNY)"), Text("合同总额，单位元。", "The contract's total in yuan."),
             "200000.00"),
        *CHECK_FIELDS,
        SPENT,
        SOLD,
        RECEIVED,
        yuan("received_amount", Text("到款金额（元）", "Received (CNY)"), Text("到目前为止收到的货款，单位元。", "What has been received so far, in yuan."),
             "120000.00"),
        PAID,
        yuan("paid_amount", Text("支付金额（元）", "Paid out (CNY)"), Text("不超过 申请金额 × 到款比例。", "Not more than the amount × the share received."),
             "1800.00"),
        text("original_at", Text("原件存放", "Original kept at"), Text("原件由财务部保存，写明位置。", "The original stays with finance; say where."),
             Text("财务部 2026-05 凭证", "Finance, vouchers 2026-05"), width=14),
        text("copy_at", Text("复印件存放", "Copy kept at"), Text("复印件由销售部保存，写明位置。", "The copy stays with sales; say where."),
             Text("销售部档案柜 B2", "Sales, cabinet B2"), width=14),
    ),
    checks=(
        _applied_first(SIGNED),
        _applied_first(SPENT),
        in_order(APPLIED, CLERK_ON),
        *CHECKS_IN_ORDER,
        in_order(SIGNED, SOLD),
        RowCheck("PAID_UNCHECKED", "paid_on", lambda row: _is_before(row, FINANCE_ON.id, "paid_on"), needs=("paid_on",),
                 reads=(FINANCE_ON.id,)),
        _paid_after(SOLD),
        _paid_after(RECEIVED),
        *(filled_once(needed, PAID) for needed in ("contract_amount", "received_amount", "paid_amount", "original_at", "copy_at")),
        RowCheck("PAID_ABOVE_SHARE", "paid_amount", _within_share,
                 needs=("paid_amount", "amount", "contract_amount", "received_amount")),
    ),
)

FORM = Form(
    id="F33c",
    title=Text("新客户特殊费用申请表", "Application for special expenses"),
    sheet=Text("特殊费用申请", "F33c Application"),
    kind=WorkbookKind.EXPENSES,
    note=Text(
        "先申请，后签合同、后花钱；文员、经理、财务依次审核，缺一道无效；成交并到款以后按到款比例支付。只限活动、会议、培训、限额内招待和小礼品。"
        "以任何名义给客户员工个人钱物换取照顾，属于商业贿赂，不能登记、不能批准，会上报财务部和部长。",
        "Apply first, then sign and spend; clerk, manager and finance check in this order, none may be missing; paid out after the "
        "sale, in proportion to the money received. Events, conferences, training, hospitality and small gifts within the limits only. "
        "Anything of value to a customer's employee in exchange for preference is bribery: it cannot be entered or approved, and "
        "is reported to finance and the head.",
    ),
    blocks=(APPLICATIONS,),
    source="Q4 客户关系维护费（X1–X7）",
)
