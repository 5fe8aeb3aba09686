"""F20 Monthly report 客户行业和市场信息报告 (Q0; D1)."""

from crmflow.declare import Audience, Card, Field, Form, Kind, Table
from crmflow.forms._parts import CATEGORIES, IMPORTANCE, channel_level, choice, day, note, staff
from crmflow.model import Text, WorkbookKind

REPORT = Card(
    id="report",
    title=Text("报告概况", "Report"),
    fields=(
        staff(
            "account_manager", Text("客户经理", "Account manager"), required=True,
            help=Text("写这份报告的客户经理。", "The account manager who writes this report."),
        ),
        Field(
            "month", Text("月份", "Month"), Kind.MONTH, required=True,
            help=Text("报告的是哪个月，按 年-月 填。", "The month reported on, as year-month."),
            example="2026-06",
        ),
        day(
            "submitted_on", Text("提交日期", "Submitted on"),
            Text("交给信息管理员的日期；每月第一个星期一前交。", "The day it goes to the administrator, by the month's first Monday."),
            "2026-07-06", past=True,
        ),
    ),
    carried=("account_manager",),
)

NEWS = Table(
    id="news",
    title=Text("行业和市场信息", "News of industry and market"),
    key=("customer", "content"),
    blank_rows=26,
    carry=lambda row: row["importance"] == "major",
    fields=(
        Field(
            "customer", Text("客户或行业", "Customer or industry"), Kind.TEXT, required=True, width=20,
            help=Text("现有客户写客户代码或单位名称，其他写行业名称。", "Code or name of a customer of ours; otherwise the industry."),
            example=Text("江南精密", "Jiangnan Precision"),
        ),
        choice(
            "category", Text("信息类别", "Category"), CATEGORIES, required=True, width=13,
            help=Text("这条信息属于哪一类。", "What the information is about."),
        ),
        note(
            "content", Text("信息内容", "Content"), required=True, width=40, audience=Audience.PERSONAL,
            help=Text("一行写一件事，写清时间和事实。", "One thing a row, with its date and facts."),
            example=Text("6 月公布三期扩建环评", "Published the third plant's environmental report in June"),
        ),
        Field(
            "source", Text("信息来源", "Source"), Kind.TEXT, width=18,
            help=Text("从哪里得知：网站、报刊、展会、某位联系人。", "Where from: website, press, fair, a contact."),
            example=Text("市生态环境局网站", "Website of the city's environment bureau"),
        ),
        channel_level(Text(
            "1 客户公开发布；2 行业媒体、分析、政府数据；3 客户联系人及其伙伴；4 内部人士提供，须保密。",
            "1 published by the customer; 2 trade press, analysts, government data; "
            "3 the customer's contacts and partners; 4 confidential, from people inside.")),
        note(
            "effect", Text("对我方的影响", "Effect on us"), width=28,
            help=Text("对我们意味着什么。", "What it means for us."),
            example=Text("通风设备招标可能提前到八月", "The tender may come as early as August"),
        ),
        choice(
            "importance", Text("重要程度", "Importance"), IMPORTANCE, required=True,
            help=Text("“重大”的信息请当天报告部长，不要等月报。", "Report major information to the head the same day."),
        ),
        note(
            "suggestion", Text("建议", "Suggestion"), width=26,
            help=Text("建议公司怎么做。", "What the company should do."),
            example=Text("七月安排部长拜访", "The head should visit in July"),
        ),
    ),
)

FORM = Form(
    id="F20",
    title=Text("客户行业和市场信息报告", "Monthly report on industry and market"),
    sheet=Text("月度信息报告", "F20 Monthly report"),
    kind=WorkbookKind.MONTHLY,
    note=Text(
        "每位客户经理每月一份，次月第一个星期一前交给信息管理员。一条信息一行；当月确实没有新信息，也请填好“报告概况”交上来。",
        "One a month from each account manager, to the administrator by the first Monday of the next month. "
        "One row a piece of news; if there was none, hand it in with the upper part alone.",
    ),
    blocks=(REPORT, NEWS),
    source="Q0 第十三条",
    period_field="report.month",
)
