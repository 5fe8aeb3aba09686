"""F4 Buying roles 附表4 购买决策中关键人物角色作用表 (Q0 附表4)."""

from crmflow.declare import Audience, Field, Form, Kind, Table
from crmflow.forms._parts import BUYING_ROLES, CUSTOMER_PERSON, choice, note
from crmflow.model import Text, WorkbookKind

ROLES = Table(
    id="roles",
    title=Text("角色与作用", "Roles"),
    key=("key_person", "role", "stage"),
    blank_rows=22,
    fields=(
        Field(
            "key_person", Text("关键人物", "Key person"), Kind.TEXT, required=True, width=13, in_block="F2.persons.name",
            help=Text("先在附表2 登记，这里用同样的姓名。", "Enter the person in F2 first and spell the name the same way."),
            example=CUSTOMER_PERSON,
        ),
        choice(
            "role", Text("角色", "Role"), BUYING_ROLES, required=True, width=15,
            help=Text("一个人有几个角色就填几行；“决策者”是最后拍板的人。",
                      "One row for each role of a person; the decision maker has the last word."),
        ),
        Field(
            "stage", Text("采购阶段", "Procurement stage"), Kind.TEXT, width=16,
            help=Text("在哪个阶段起作用：立项、选型、招标、签约、验收等；全程都起作用就空着。",
                      "When the role counts: approval, selection, tender, signing, acceptance; blank if throughout."),
            example=Text("选型", "Selection"),
        ),
        note(
            "concerns", Text("关心的要点", "Points of concern"), required=True, width=44, audience=Audience.PERSONAL,
            help=Text("这个人在这件事上最看重什么。", "What matters most to the person in this."),
            example=Text("能耗指标和备件供应周期", "Energy use and delivery time of spare parts"),
        ),
        note(
            "response", Text("我方对策", "Our response"), width=44,
            help=Text("我们拿什么回应，由谁去做。", "What we answer it with, and who does it."),
            example=Text("提供同类项目能耗实测数据，王芳负责", "Measured figures of a like project; Wang Fang"),
        ),
    ),
)

FORM = Form(
    id="F4",
    title=Text("附表4 购买决策中关键人物角色作用表", "Appendix 4 Buying roles of key persons"),
    sheet=Text("附表4 角色作用", "F4 Buying roles"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "谁在购买中起什么作用，每人每个角色一行。有在谈项目的客户，一定要弄清谁是决策者。关系不要只系于一位同事。",
        "Who plays which part in buying, one row a person and role. Where a project is open, find out who decides. "
        "Do not let all relations hang on one colleague.",
    ),
    blocks=(ROLES,),
    source="Q0 附表4",
)
