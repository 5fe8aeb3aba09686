"""F6 Contact plan 附表6 客户接触计划 (Q0 附表6)."""

from crmflow.declare import Card, Choice, Field, Form, Kind, Table
from crmflow.forms._parts import CUSTOMER_PERSON, METHODS, choice, day, note, staff
from crmflow.model import Text, WorkbookKind

FREQUENCIES = (
    Choice("weekly", Text("每周", "Weekly"), aliases=("每周一次",)),
    Choice("fortnightly", Text("每两周", "Fortnightly"), aliases=("两周一次", "每两周一次")),
    Choice("monthly", Text("每月", "Monthly"), aliases=("每月一次",)),
    Choice("quarterly", Text("每季度", "Quarterly"), aliases=("每季", "每季度一次")),
    Choice("half_yearly", Text("每半年", "Half-yearly"), aliases=("半年", "每半年一次")),
    Choice("yearly", Text("每年", "Yearly"), aliases=("每年一次",)),
    Choice("once", Text("一次", "Once"), aliases=("单次",)),
)

OBJECTIVE = Card(
    id="objective",
    title=Text("接触目标", "Contact objective"),
    fields=(
        note(
            "objective", Text("目标描述", "Objective"), required=True, width=60,
            help=Text("通过这些接触要达到什么。", "What these contacts are to reach."),
            example=Text("与设备部、采购部建立每月联系，年内接触到总经理",
                         "Monthly touch with equipment and purchasing; meet the general manager this year"),
        ),
    ),
)

CONTACTS = Table(
    id="contacts",
    title=Text("接触安排", "Planned contacts"),
    key=("key_person", "our_person", "purpose"),
    blank_rows=18,
    fields=(
        Field(
            "key_person", Text("关键人物", "Key person"), Kind.TEXT, required=True, width=13,
            help=Text("要接触的人，姓名与附表2 一致。", "Whom to contact; the name as in F2."),
            example=CUSTOMER_PERSON,
        ),
        staff(
            "our_person", Text("我方人员", "Our person"), required=True,
            help=Text("由谁去接触。", "Which of us does it."),
        ),
        note(
            "purpose", Text("接触目的", "Purpose"), required=True, width=34,
            help=Text("每次接触想得到什么；目的不同请另起一行。", "What each contact is for; another purpose is another row."),
            example=Text("了解三期扩建进度", "Follow the third plant's progress"),
        ),
        choice(
            "method", Text("接触方式", "Method"), METHODS, required=True,
            help=Text("主要用哪种方式。", "The usual way."),
        ),
        choice(
            "frequency", Text("频率", "Frequency"), FREQUENCIES, required=True,
            help=Text("多久一次，程序按此提醒。", "How often; reminders follow it."),
        ),
        day(
            "first_on", Text("首次日期", "First on"),
            Text("第一次接触安排在哪一天。", "The day planned for the first contact."), "2026-03-02", required=True,
        ),
        staff(
            "report_to", Text("报告对象", "Report to"), required=True,
            help=Text("接触后把简要报告交给谁，一般是负责的客户经理。",
                      "Who gets the short report afterwards, as a rule the account manager in charge."),
        ),
        Field(
            "copies_to", Text("抄送", "Copies to"), Kind.TEXT, width=18,
            help=Text("还要让谁知道，几个人用顿号隔开。", "Who else is told; separate names by commas."),
            example=Text("李敏、陈亮", "Li Min, Chen Liang"),
        ),
    ),
)

FORM = Form(
    id="F6",
    title=Text("附表6 客户接触计划", "Appendix 6 Contact plan"),
    sheet=Text("附表6 接触计划", "F6 Contact plan"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "先写目标，再逐行安排：谁、见谁、为什么、怎么联系、多久一次。每次接触后在“接触记录”里写简要报告。",
        "State the objective, then plan row by row: who meets whom, what for, how and how often. "
        "After each contact write a short report in Contact reports.",
    ),
    blocks=(OBJECTIVE, CONTACTS),
    source="Q0 附表6",
)
