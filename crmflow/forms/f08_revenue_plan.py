"""F8 Revenue plan 附表8 收益计划 (Q0 附表8)."""

from crmflow.declare import Choice, Field, Form, Kind, Table
from crmflow.forms._parts import choice, day, plan_card, required_when
from crmflow.model import Text, WorkbookKind

STATUS = (
    Choice("tracking", Text("跟踪", "Tracking")),
    Choice("bidding", Text("投标", "Bidding")),
    Choice("won", Text("中标", "Won")),
    Choice("signed", Text("签约", "Signed"), aliases=("已签约",)),
    Choice("lost", Text("丢失", "Lost"), aliases=("丢标",)),
)

PLAN = plan_card(
    objective=Text("今年在这位客户身上要达到什么。", "What is to be reached with this customer this year."),
    example=Text("新签两个项目，合同额不低于 300 万元", "Two new projects worth at least 3 million yuan"),
)

PROJECTS = Table(
    id="projects",
    title=Text("项目收益", "Projects"),
    key=("project",),
    blank_rows=17,
    carry=lambda row: row["status"] not in ("signed", "lost"),
    fields=(
        Field(
            "project", Text("项目", "Project"), Kind.TEXT, required=True, width=26,
            help=Text("项目名称，同一年度内不要重复。", "Name of the project, once a year."),
            example=Text("二期厂房通风改造", "Ventilation of plant two"),
        ),
        Field(
            "contract_amount", Text("合同额（万元）", "Contract amount (10k CNY)"), Kind.WAN,
            required=True, minimum=0,
            help=Text("预计的合同总额，单位万元。", "Expected total of the contract in 10,000 yuan."),
            example="120",
        ),
        Field(
            "win_rate", Text("获取率", "Win rate"), Kind.PERCENT, required=True, minimum=0, maximum=1,
            width=10,
            help=Text("拿下这个项目的把握，0%–100%。", "How likely we are to win it, 0–100 %."),
            example="60%",
        ),
        Field(
            "expected_revenue", Text("实际收入（万元）", "Expected revenue (10k CNY)"), Kind.WAN,
            formula=("contract_amount", "win_rate"),
            help=Text("合同额 × 获取率，自动计算，不用填。", "Contract amount × win rate, worked out by the sheet."),
            example="72",
        ),
        Field(
            "margin", Text("利润率", "Margin"), Kind.PERCENT, required=True, minimum=-1, maximum=1, width=10,
            help=Text("参考以往同类项目的利润率。", "Take earlier projects of this kind as a reference."),
            example="15%",
        ),
        Field(
            "profit", Text("利润额（万元）", "Profit (10k CNY)"), Kind.WAN,
            formula=("expected_revenue", "margin"),
            help=Text("实际收入 × 利润率，自动计算，不用填。", "Expected revenue × margin, worked out by the sheet."),
            example="10.8",
        ),
        day(
            "signing_on", Text("预计签约日期", "Expected signing date"),
            Text("预计哪一天签合同。", "The day the contract is expected to be signed."), "2026-09-30",
        ),
        choice(
            "status", Text("状态", "Status"), STATUS, width=10,
            help=Text("从下拉列表中选，有进展就更新。", "Choose from the list; renew it when it changes."),
        ),
        Field(
            "actual_amount", Text("实际签约额（万元）", "Actual amount (10k CNY)"), Kind.WAN, minimum=0,
            help=Text("签约以后填实际的合同额，单位万元。", "The signed amount in 10,000 yuan, once signed."),
            example="118",
        ),
    ),
    checks=(
        required_when(
            "actual_amount", lambda row: row["status"] == "signed",
            Text("状态为“签约”", "the status is “Signed”"),
        ),
    ),
)

FORM = Form(
    id="F8",
    title=Text("附表8 收益计划", "Appendix 8 Revenue plan"),
    sheet=Text("附表8 收益计划", "F8 Revenue plan"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "每个项目填一行，金额单位为万元。“实际收入”和“利润额”由表格自动计算，不用填。项目签约后补填“实际签约额”。",
        "One row a project, amounts in 10,000 yuan. Expected revenue and profit are worked out by the sheet. "
        "Add the actual amount once a project is signed.",
    ),
    blocks=(PLAN, PROJECTS),
    source="Q0 附表8",
    period_field="plan.year",
)
