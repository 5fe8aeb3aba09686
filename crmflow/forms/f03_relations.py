"""F3 Key-person relations 附表3 关键人物关系图 (Q0 附表3)."""

from crmflow.declare import Choice, Field, Form, Kind, RowCheck, Table
from crmflow.forms._parts import BUYING_ROLES, CUSTOMER_PERSON, choice, note, staff
from crmflow.model import Text, WorkbookKind

STATUS = (
    Choice("positive", Text("积极的", "Positive"), aliases=("积极",)),
    Choice("neutral", Text("中立的", "Neutral"), aliases=("中立",)),
    Choice("negative", Text("消极的", "Negative"), aliases=("消极",)),
    Choice("none", Text("尚未建立关系", "None yet"), aliases=("尚未建立", "未建立")),
)


def _needs_our_person(status: Choice) -> RowCheck:
    return RowCheck(
        "RELATION_WITHOUT_OUR_PERSON", "our_person",
        lambda row: row["status"] != status.id or row["our_person"] is not None,
        reads=("status",), facts={"status": status.label},
    )


RELATIONS = Table(
    id="relations",
    title=Text("关键人物与我方的关系", "Relations with key persons"),
    key=("key_person", "our_person"),
    blank_rows=20,
    fields=(
        Field(
            "key_person", Text("关键人物", "Key person"), Kind.TEXT, required=True, width=13, in_block="F2.persons.name",
            help=Text("先在附表2 登记，这里用同样的姓名。", "Enter the person in F2 first and spell the name the same way."),
            example=CUSTOMER_PERSON,
        ),
        Field(
            "reports_to", Text("上级", "Reports to"), Kind.TEXT, width=13, in_block="F2.persons.name",
            help=Text("这个人在客户那边的直接上级，也要在附表2 里；最高一级空着。",
                      "The person's superior at the customer, also in F2; blank at the top."),
            example=Text("陈志强", "Chen Zhiqiang"),
        ),
        staff(
            "our_person", Text("我方联系人", "Our person"),
            help=Text("我们这边与其保持联系的同事；只有“尚未建立关系”时可以空着。",
                      "Our colleague who keeps the relation; blank only while there is none yet."),
        ),
        Field(
            "our_post", Text("我方职务", "Our person's post"), Kind.TEXT,
            help=Text("我方联系人的职务。", "The post of our person."),
            example=Text("客户经理", "Account manager"),
        ),
        choice(
            "role", Text("购买角色", "Buying role"), BUYING_ROLES,
            help=Text("这个人在购买决策中的主要角色，与附表4 一致。", "The person's main role in the buying decision, as in F4."),
        ),
        choice(
            "status", Text("关系状况", "Relationship"), STATUS, required=True, width=15,
            help=Text("对方对我们的态度，按实际情况选。", "How the person stands towards us; as it is, not as we would like it."),
        ),
        Field(
            "influence", Text("影响力（1–5）", "Influence (1–5)"), Kind.INTEGER, minimum=1, maximum=5, width=13,
            help=Text("对购买决定的影响力，1 最小，5 最大。", "Weight in the buying decision, 1 least to 5 most."),
            example="4",
        ),
        note(
            "note", Text("备注", "Note"), width=36,
            help=Text("关系怎么来的，下一步怎么走。", "How the relation came about and what comes next."),
            example=Text("一期项目起合作，信任我们的售后", "Since the first project; trusts our service"),
        ),
    ),
    checks=tuple(_needs_our_person(status) for status in STATUS if status.id != "none"),
)

FORM = Form(
    id="F3",
    title=Text("附表3 关键人物关系图", "Appendix 3 Key-person relations"),
    sheet=Text("附表3 关系图", "F3 Relations"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "附表2 里的每个人至少填一行；我们有几位同事与其来往，就填几行。“上级”只填客户那边的人。"
        "关系图由程序按本表画出，不用手工画。",
        "At least one row for everybody in F2, and one for each of our colleagues in touch with the person. "
        "“Reports to” takes people of the customer only. The map is drawn from this form.",
    ),
    blocks=(RELATIONS,),
    source="Q0 附表3",
)
