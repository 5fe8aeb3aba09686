"""F30 Staff 人员: the only list of people (section 1, decision 7)."""

from crmflow.declare import Audience, Choice, Field, Form, Kind, Table
from crmflow.forms._parts import choice, day, email, in_order, staff
from crmflow.model import Text, WorkbookKind

ROLES = (
    Choice("account_manager", Text("客户经理", "Account manager")),
    Choice("department_head", Text("部长", "Department head"), aliases=("市场部部长", "销售部经理", "部门经理")),
    Choice("regional_manager", Text("大区经理", "Regional manager")),
    Choice("information_administrator", Text("信息管理员", "Information administrator")),
    Choice("vice_president", Text("分管副总", "Vice president"), aliases=("副总经理", "副总")),
    Choice("general_manager", Text("总经理", "General manager")),
    Choice("chairman", Text("董事长", "Chairman")),
    Choice("finance", Text("财务", "Finance"), aliases=("财务部",)),
    Choice("sales_clerk", Text("销售文员", "Sales clerk")),
    Choice("sales_staff", Text("业务员", "Sales staff"), aliases=("销售员",)),
    Choice("responsible_party", Text("责任方", "Responsible party")),
)
LANGUAGES = (
    Choice("zh", Text("中文", "Chinese"), aliases=("zh", "汉语")),
    Choice("en", Text("英文", "English"), aliases=("en", "英语")),
)

ENTERED = day(
    "entered_on", Text("入职日期", "Entered on"),
    Text("到公司的日期。", "The first day with the company."), "2019-03-01",
)
LEFT = day(
    "left_on", Text("离职日期", "Left on"),
    Text("最后一个工作日；在职的空着。离职的人请保留这一行。", "The last working day; blank while in service. Keep the row."),
    "2026-08-31",
)
LEAVE_FROM = day(
    "leave_from", Text("休假开始", "On leave from"),
    Text("长假的第一天。", "The first day of a longer leave."), "2026-09-01",
)
LEAVE_UNTIL = day(
    "leave_until", Text("休假结束", "On leave until"),
    Text("长假的最后一天。", "The last day of the leave."), "2026-09-30",
)

PEOPLE = Table(
    id="people",
    title=Text("人员名单", "People"),
    key=("number",),
    blank_rows=28,
    fields=(
        Field(
            "number", Text("工号", "Number"), Kind.CODE, required=True, width=10, aliases=("员工编号",),
            help=Text("每人一个，离职后不再给别人用。", "One a person; never given to another."),
            example="1003",
        ),
        Field(
            "name", Text("姓名", "Name"), Kind.TEXT, required=True, width=11,
            help=Text("其他表里都按这个写法填。", "Spelled this way in every other form."),
            example=Text("王芳", "Wang Fang"),
        ),
        choice(
            "role", Text("角色", "Role"), ROLES, required=True, width=14,
            help=Text("在客户关系管理中的角色，决定能看什么、收到什么提醒。",
                      "The part in customer relations; it decides what the person sees and is reminded of."),
        ),
        Field(
            "superior", Text("上级工号", "Superior's number"), Kind.CODE, width=11, aliases=("上级", "直接上级", "Superior"),
            help=Text("直接上级的工号；逾期事项会上报给他。最高领导空着。",
                      "Number of the superior, to whom overdue matters go. Blank for the highest."),
            example="1001",
        ),
        Field(
            "department", Text("部门", "Department"), Kind.TEXT, required=True,
            help=Text("所在部门，同一部门请用同样的写法。", "Spell the same department the same way."),
            example=Text("市场部", "Marketing"),
        ),
        Field(
            "region", Text("大区", "Region"), Kind.TEXT, width=11, aliases=("区域", "地区"),
            help=Text("负责的大区，写法与客户封面的“地区”一致。", "The region in charge, spelled as “Region” on the covers."),
            example=Text("华东", "East China"),
        ),
        email(
            Text("公司邮箱，提醒都发到这里。", "The company address; all reminders go there."),
            required=True, width=28, audience=Audience.BUSINESS, example="wangfang@hengchuan.example",
        ),
        choice(
            "language", Text("语言", "Language"), LANGUAGES, width=9,
            help=Text("提醒邮件用什么语言，空着就用中文。", "The language of the mails; Chinese if blank."),
        ),
        ENTERED,
        LEFT,
        LEAVE_FROM,
        LEAVE_UNTIL,
        staff(
            "deputy", Text("代理人", "Deputy"),
            help=Text("休假期间由谁代理。", "Who stands in during the leave."),
        ),
    ),
    checks=(in_order(ENTERED, LEFT), in_order(LEAVE_FROM, LEAVE_UNTIL)),
)

FORM = Form(
    id="F30",
    title=Text("人员登记表", "Staff register"),
    sheet=Text("人员", "F30 Staff"),
    kind=WorkbookKind.STAFF,
    note=Text(
        "由信息管理员维护，每人一行。谁能看到哪些客户、提醒发给谁、逾期报给谁，都以本表为准。"
        "离职的人填离职日期，不要删行；有重名的，其他表里写成“姓名（工号）”。",
        "Kept by the information administrator, one row a person. Who may see which customer, who is reminded and to "
        "whom overdue matters go all rest on this form. When somebody leaves, fill in the date and keep the row; "
        "where two share a name, other forms write name (number).",
    ),
    blocks=(PEOPLE,),
    source="regulation 1",
)
