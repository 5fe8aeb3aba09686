"""F5 Meaning of information 附表5 客户信息的意义 (Q0 附表5)."""

from crmflow.declare import Audience, Form, Table
from crmflow.forms._parts import CATEGORIES, IMPORTANCE, channel_level, choice, day, note
from crmflow.model import Text, WorkbookKind

INFORMATION = Table(
    id="information",
    title=Text("信息及其意义", "Information and its meaning"),
    key=("observed_on", "information"),
    blank_rows=26,
    fields=(
        choice(
            "category", Text("信息类别", "Category"), CATEGORIES, required=True, width=13,
            help=Text("这条信息属于哪一类。", "What the information is about."),
        ),
        note(
            "information", Text("信息内容", "Information"), required=True, width=40, audience=Audience.PERSONAL,
            help=Text("一行写一件事：什么时候、发生了什么、从哪里得知。", "One thing a row: when, what, and where we heard of it."),
            example=Text("董事会通过三期扩建，投资约 8000 万元", "The board approved a third plant of some 80 million yuan"),
        ),
        channel_level(Text(
            "1 客户公开发布（年报、网站）；2 行业媒体、分析、政府数据；3 客户联系人及其伙伴；4 内部人士提供，须保密。",
            "1 published by the customer; 2 trade press, analysts, government data; "
            "3 the customer's contacts and partners; 4 confidential, from people inside.")),
        day(
            "observed_on", Text("获知日期", "Observed on"),
            Text("我们哪一天知道的。", "The day we learned of it."), "2026-05-12", required=True, past=True,
        ),
        note(
            "trend", Text("变化趋势", "Trend"), width=24,
            help=Text("与以前相比往哪个方向变。", "Which way it is moving."),
            example=Text("投资连续两年增加", "Investment has grown for two years"),
        ),
        note(
            "effect", Text("对我方的影响", "Effect on us"), required=True, width=36,
            help=Text("对我们意味着什么，我们满足其需求的能力够不够。", "What it means for us, and whether we can meet the need."),
            example=Text("明年通风项目约 600 万元，需提前备设计人员", "Some 6 million yuan for us next year; designers are needed"),
        ),
        choice(
            "importance", Text("重要程度", "Importance"), IMPORTANCE, required=True,
            help=Text("“重大”的信息请当天报告部长。", "Report major information to the department head the same day."),
        ),
    ),
)

FORM = Form(
    id="F5",
    title=Text("附表5 客户信息的意义", "Appendix 5 The meaning of information"),
    sheet=Text("附表5 信息的意义", "F5 Information"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "记下与这位客户有关的信息，重点写清“对我方的影响”：光有消息没有判断，等于没填。重大信息要立即报告部长。",
        "Note what concerns this customer, and above all what it means for us: news without a judgement is of no use. "
        "Major information goes to the department head at once.",
    ),
    blocks=(INFORMATION,),
    source="Q0 附表5",
)
