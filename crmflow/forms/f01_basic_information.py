"""F1 Basic information 附表1 客户基本情况表 (Q0 附表1)."""

from crmflow.declare import Audience, Field, Form, Kind, Table
from crmflow.forms._parts import CUSTOMER_PERSON, at_least_one, email
from crmflow.model import Text, WorkbookKind

MOBILE = Field(
    "mobile", Text("手机", "Mobile"), Kind.MOBILE, audience=Audience.PERSONAL, aliases=("手机号", "手机号码"),
    help=Text("11 位手机号。手机、办公电话、家庭电话至少填一个。", "Eleven digits. Give at least one of mobile, office and home phone."),
    example="13805920001",
)
OFFICE_PHONE = Field(
    "office_phone", Text("办公电话", "Office phone"), Kind.PHONE, audience=Audience.PERSONAL, width=18,
    help=Text("带区号；有分机的在后面写“转 801”。", "With the area code; add an extension as “ext. 801”."),
    example=Text("0592-5551234 转 801", "0592-5551234 ext. 801"),
)
HOME_PHONE = Field(
    "home_phone", Text("家庭电话", "Home phone"), Kind.PHONE, audience=Audience.PERSONAL, width=18,
    help=Text("带区号；对方愿意留才填。", "With the area code; only if the person likes to give it."),
    example="0592-5556789",
)

CONTACTS = Table(
    id="contacts",
    title=Text("机构与主要联系人", "Institutions and main contacts"),
    key=("institution", "contact"),
    blank_rows=28,
    fields=(
        Field(
            "institution", Text("机构", "Institution"), Kind.TEXT, required=True, width=26, aliases=("机构名称",),
            help=Text("总部、分公司、工厂、项目部等，各填一行。", "Head office, branch, plant or project office: one row each."),
            example=Text("厦门工厂", "Xiamen plant"),
        ),
        Field(
            "location", Text("所处地点", "Location"), Kind.TEXT, required=True, width=26, aliases=("地址",),
            help=Text("能找到、能寄到的地址。", "An address where one arrives, and the mail does too."),
            example=Text("厦门市集美区杏林南路 88 号", "88 Xinglin South Road, Jimei, Xiamen"),
        ),
        Field(
            "contact", Text("主要联系人", "Main contact"), Kind.TEXT, required=True, width=12, aliases=("联系人",),
            help=Text("有事先找谁。", "Whom to ask first."),
            example=CUSTOMER_PERSON,
        ),
        Field(
            "post", Text("职务", "Post"), Kind.TEXT,
            help=Text("联系人的职务。", "The contact's post."),
            example=Text("设备部经理", "Equipment manager"),
        ),
        MOBILE,
        OFFICE_PHONE,
        HOME_PHONE,
        email(Text("工作邮箱。", "The address at work."), example="zhaojg@jiangnan.example"),
    ),
    checks=(at_least_one(MOBILE, OFFICE_PHONE, HOME_PHONE),),
)

FORM = Form(
    id="F1",
    title=Text("附表1 客户基本情况表", "Appendix 1 Basic information"),
    sheet=Text("附表1 基本情况", "F1 Basic information"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "客户的每个机构填一行；同一机构有几位主要联系人就填几行。手机、办公电话、家庭电话至少填一个，固定电话请带区号。",
        "One row for each institution of the customer, and one for each main contact in it. "
        "Give at least one phone number; fixed lines with their area code.",
    ),
    blocks=(CONTACTS,),
    source="Q0 附表1",
)
