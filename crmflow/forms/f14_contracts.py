"""F14 Contracts 合同."""

from crmflow.declare import Choice, Field, Form, Highlight, Kind, Table
from crmflow.forms._parts import choice, day, in_order
from crmflow.model import Text, WorkbookKind

STATUS = (
    Choice("in_force", Text("履行中", "In force"), aliases=("执行中",)),
    Choice("completed", Text("已完成", "Completed"), aliases=("履行完毕",)),
    Choice("terminated", Text("已终止", "Terminated"), aliases=("终止", "已解除")),
)

STARTS = day(
    "starts_on", Text("开始日期", "Starts on"),
    Text("合同从哪一天起有效。", "The first day of the contract."), "2026-04-01",
)
ENDS = day(
    "ends_on", Text("到期日期", "Ends on"),
    Text("合同到哪一天为止，到期前会提醒。", "The last day of the contract; reminders come before it."), "2027-03-31",
    required=True,
)
SIGNED = day(
    "signed_on", Text("签订日期", "Signed on"),
    Text("双方签字盖章的日期。", "The day both sides signed."), "2026-03-20", required=True, past=True,
)

CONTRACTS = Table(
    id="contracts",
    title=Text("合同清单", "Contracts"),
    key=("number",),
    blank_rows=24,
    highlight=Highlight("ends_on", ahead=60, settled=("status", ("completed", "terminated"))),
    fields=(
        Field(
            "number", Text("合同号", "Contract no"), Kind.CODE, required=True, width=18, aliases=("合同编号",),
            help=Text("合同编号，不能重复。", "The contract's number; each only once."),
            example="HT2026-018",
        ),
        Field(
            "name", Text("合同名称", "Name"), Kind.TEXT, required=True, width=32,
            help=Text("合同封面上的名称。", "The name on the contract's cover."),
            example=Text("二期厂房通风改造合同", "Ventilation of plant two"),
        ),
        SIGNED,
        Field(
            "amount", Text("合同金额（万元）", "Amount (10k CNY)"), Kind.WAN, required=True, minimum=0, width=14,
            help=Text("合同总额，单位万元。", "The contract's total in 10,000 yuan."),
            example="118",
        ),
        STARTS,
        ENDS,
        Field(
            "payment_terms", Text("付款条件", "Payment terms"), Kind.NOTE, width=30,
            help=Text("怎么付、分几次付。", "How, and in how many parts, it is paid."),
            example=Text("预付 30%，验收后 60%，质保金 10%", "30 % in advance, 60 % on acceptance, 10 % retained"),
        ),
        choice(
            "status", Text("状态", "Status"), STATUS,
            help=Text("从下拉列表中选。", "Choose from the list."),
        ),
    ),
    checks=(in_order(STARTS, ENDS), in_order(SIGNED, ENDS)),
)

FORM = Form(
    id="F14",
    title=Text("合同", "Contracts"),
    sheet=Text("合同", "F14 Contracts"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "与这家客户签的合同每份一行，金额单位为万元。补充协议另起一行，用自己的编号。",
        "One row a contract with this customer, amounts in 10,000 yuan. "
        "A supplementary agreement is a row with its own number.",
    ),
    blocks=(CONTRACTS,),
    source="Q4",
)
