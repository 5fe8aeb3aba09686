"""F38 Distributors 分销商 (Q4)."""

from crmflow.declare import Choice, Form, Table
from crmflow.forms._parts import choice, code, day, note, text, whole, yuan
from crmflow.model import Text, WorkbookKind

KINDS = (
    Choice("company", Text("公司", "Company")),
    Choice("person", Text("个人", "Person"), aliases=("个体",)),
)
LEVELS = (
    Choice("core", Text("核心", "Core")),
    Choice("ordinary", Text("普通", "Ordinary")),
    Choice("trial", Text("试用", "On trial")),
)

DISTRIBUTORS = Table(
    id="distributors",
    title=Text("分销商名单", "Distributors"),
    key=("number",),
    blank_rows=32,
    fields=(
        code("number", Text("编号", "No"), Text("每家一个编号。", "One number each."), "FX0008", required=True, width=10),
        text("name", Text("名称", "Name"), Text("单位全称；个人写姓名。", "The full name."), Text("温州永固机电商行", "Wenzhou Yonggu Machinery"),
             required=True, width=26),
        choice("kind", Text("类别", "Kind"), KINDS, Text("公司还是个人。", "A company or a person."), required=True, width=10),
        day("signed_on", Text("签约日期", "Signed on"), Text("分销合同签订的日期。", "The day of the contract."), "2025-03-18", past=True),
        choice("level", Text("级别", "Level"), LEVELS, Text("最近一次评定的级别。", "As last assessed."), width=9),
        yuan("sales", Text("本期销售额（元）", "Sales this period (CNY)"), Text("本期累计，单位元。", "So far this period, in yuan."), "236000.00", width=16),
        whole("group_orders", Text("团购订单", "Group orders"), Text("本期带来几笔团购。", "Group-purchase orders brought this period."), "2", maximum=100000),
        day("trained_on", Text("培训日期", "Trained on"), Text("最近一次产品培训。", "The last product training."), "2026-03-20", past=True),
        note("terms", Text("价格与渠道约定", "Price and channel terms"), Text("价格政策、销售区域等约定。", "Price policy, territory and the like."),
             Text("按目录价八五折，限温州地区", "15 % off the list, Wenzhou only"), width=30),
        note("breaches", Text("违约情况", "Breaches"), Text("窜货、低价等，没有的空着。", "Sales outside the territory, underpricing; blank if none."),
             Text("三月向台州低价供货一次，已警告", "Sold cheaply to Taizhou in March; warned"), width=30),
    ),
)

FORM = Form(
    id="F38",
    title=Text("分销商登记表", "Register of distributors"),
    sheet=Text("分销商", "F38 Distributors"),
    kind=WorkbookKind.DISTRIBUTORS,
    note=Text(
        "每家分销商一行；个人分销商须有分销合同。级别、销售额和团购按期更新，违约如实记录。",
        "One row a distributor; a person needs a distributor's contract. Renew level, sales and group orders each period, "
        "and record breaches as they are.",
    ),
    blocks=(DISTRIBUTORS,),
    source="Q4 分销商",
)
