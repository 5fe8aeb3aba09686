"""F9 Customer plan 客户计划: who the customer is to us and what we want this year (Q0 第十四–十六条)."""

from dataclasses import replace

from crmflow.declare import Card, Choice, Field, Form, Kind, Table
from crmflow.forms._parts import A_SUPERIOR, choice, day, filled_once, in_order, note, staff, text, whole
from crmflow.model import Text, WorkbookKind

LIFE_CYCLE = (
    Choice("entry", Text("开拓期", "Entry")),
    Choice("growth", Text("成长期", "Growth")),
    Choice("mature", Text("成熟期", "Mature")),
    Choice("decline", Text("衰退期", "Decline")),
)
STATES = (
    Choice("ahead", Text("领先我方", "Ahead of us")),
    Choice("level", Text("相当", "Level")),
    Choice("behind", Text("落后我方", "Behind us")),
    Choice("entering", Text("正在进入", "Entering")),
    Choice("left", Text("已退出", "Left")),
)

DRAFTED = day(
    "drafted_on", Text("拟定日期", "Drafted on"),
    Text("客户经理写完初稿的日期。", "The day the account manager finished the draft."), "2026-01-12", past=True,
)
APPROVED = day(
    "approved_on", Text("批准日期", "Approved on"),
    Text("部长批准的日期；批准以后才算正式计划。", "The day the department head approved it; only then it is in force."),
    "2026-01-20", past=True,
)
FILED = day(
    "filed_on", Text("归档日期", "Filed on"),
    Text("交信息管理员归档的日期。", "The day it was filed with the administrator."), "2026-01-22", past=True,
)
APPROVER = staff(
    "approved_by", Text("批准人", "Approved by"),
    Text("只有部长可以批准或修改客户计划。", "Only the department head approves or changes a customer plan."),
    example=A_SUPERIOR,
)

PLAN = Card(
    id="plan",
    title=Text("计划内容", "Plan"),
    fields=(
        Field(
            "year", Text("年度", "Year"), Kind.YEAR, required=True, minimum=2000, maximum=2100,
            help=Text("本计划所属年份，填四位数字。", "The year this plan is for, four digits."), example="2026",
        ),
        choice(
            "life_cycle", Text("合作所处阶段", "Life-cycle stage"), LIFE_CYCLE,
            help=Text("与这位客户的合作走到哪一步。", "How far the business with this customer has come."),
        ),
        note(
            "objective", Text("年度目标", "Objective"), required=True, width=60,
            help=Text("今年要达到什么，写到能衡量。", "What is to be reached this year, so that it can be measured."),
            example=Text("新签三期项目，全年回款不低于 300 万元", "Win the third plant; receive at least 3 million yuan"),
        ),
        note(
            "summary", Text("计划摘要", "Summary"), width=60,
            help=Text("给领导看的三五句话。", "A few sentences for executives."),
            example=Text("以三期扩建为主线，巩固设备部，突破总经办", "Centre on the third plant; keep equipment, win over the top floor"),
        ),
        note(
            "overview", Text("客户概述", "Customer overview"), width=60,
            help=Text("客户是做什么的、规模、今年的打算。", "What the customer does, how large, what it plans."),
            example=Text("精密铸件制造，年产值 6 亿元，今年建三期", "Precision castings, 600 million yuan a year, third plant this year"),
        ),
        note(
            "competition", Text("竞争概述", "Competition overview"), width=60,
            help=Text("谁在争这位客户，总的形势怎样；各家情况填在下表。", "Who competes here and how it stands; details in the table below."),
            example=Text("两家在争，我方在设备部占优", "Two compete; we lead in the equipment department"),
        ),
        note(
            "history", Text("合作历史", "History"), width=60,
            help=Text("以前做过什么，结果如何。", "What was done before and how it went."),
            example=Text("2022 年一期、2024 年二期，均按期验收", "Plant one in 2022 and two in 2024, both accepted in time"),
        ),
        note(
            "business", Text("目前业务", "Current business"), width=60,
            help=Text("正在执行的合同和跟踪的项目。", "Contracts under way and projects we follow."),
            example=Text("二期运维合同，三期方案阶段", "Maintenance of plant two; third plant in planning"),
        ),
        note(
            "strengths", Text("我方优势", "Our strengths"), width=60,
            help=Text("我们强在哪里。", "Where we are strong."),
            example=Text("有两期业绩，响应快", "Two plants to show, quick response"),
        ),
        note(
            "weaknesses", Text("我方劣势", "Our weaknesses"), width=60,
            help=Text("我们弱在哪里，不要回避。", "Where we are weak; do not spare it."),
            example=Text("价格偏高，高层来往少", "Rather dear; few contacts at the top"),
        ),
        note(
            "opportunities", Text("机会", "Opportunities"), width=60,
            help=Text("外部有什么有利条件。", "What speaks for us from outside."),
            example=Text("新排放标准明年实施", "New emission limits next year"),
        ),
        note(
            "threats", Text("威胁", "Threats"), width=60,
            help=Text("外部有什么不利条件。", "What speaks against us from outside."),
            example=Text("客户资金偏紧，可能推迟", "Money is short; the project may be put off"),
        ),
        DRAFTED,
        text(
            "discussed_with", Text("会商人员", "Discussed with"), width=24,
            help=Text("一起讨论过的同事，用顿号隔开。", "Colleagues who discussed it; separate names by commas."),
            example=Text("李敏、陈亮", "Li Min, Chen Liang"),
        ),
        APPROVER,
        APPROVED,
        whole(
            "revision", Text("修订次数", "Revision"), minimum=0, maximum=99,
            help=Text("第几次修订，初次填 0；每修订一次都要重新批准。", "0 for the first; each revision is approved anew."),
            example="0",
        ),
        FILED,
        replace(
            day(
                "revised_on", Text("修订日期", "Revised on"),
                Text("最近一次修订的日期；修订以后要请部长重新批准。", "The day of the last revision, which the head approves anew."),
                "2026-06-10", past=True,
            ),
            since=2,
        ),
        note(
            "revision_note", Text("修订说明", "What was revised"), width=60,
            help=Text("改了什么、为什么改；初次不填。", "What was changed and why; blank for the first."),
            example=Text("客户推迟三期，目标相应调低", "The third plant is put off, so the objective is lower"),
        ),
    ),
    carried=(
        "life_cycle", "overview", "competition", "history", "business", "strengths", "weaknesses", "opportunities",
        "threats",
    ),
    filled_by={
        ("department_head",): ("approved_by", "approved_on"),
        ("information_administrator",): ("filed_on",),
    },
    checks=(
        in_order(DRAFTED, APPROVED),
        in_order(APPROVED, FILED),
        filled_once("approved_on", APPROVER),
        filled_once("approved_by", APPROVED),
        filled_once("approved_on", FILED),
    ),
)

COMPETITORS = Table(
    id="competitors",
    title=Text("竞争情况", "Competition"),
    key=("competitor",),
    blank_rows=16,
    carry=lambda row: row["state"] != "left",
    fields=(
        text(
            "competitor", Text("竞争对手", "Competitor"), required=True, width=24,
            help=Text("对手的单位名称，一家一行。", "The competitor's name, one a row."),
            example=Text("蓝岭环保", "Lanling Environment"),
        ),
        note(
            "strengths", Text("对手优势", "Their strengths"), width=32,
            help=Text("对手强在哪里。", "Where they are strong."),
            example=Text("报价低，付款条件宽", "Low price, easy terms"),
        ),
        note(
            "weaknesses", Text("对手劣势", "Their weaknesses"), width=32,
            help=Text("对手弱在哪里。", "Where they are weak."),
            example=Text("没有同行业业绩", "Nothing to show in this industry"),
        ),
        choice(
            "state", Text("竞争态势", "State"), STATES,
            help=Text("在这位客户身上和我们比。", "Compared with us at this customer."),
        ),
        note(
            "strategy", Text("我方对策", "Our strategy"), width=36,
            help=Text("我们怎么应对。", "How we answer."),
            example=Text("用运行数据说话，邀请参观样板", "Show running data; invite to a reference plant"),
        ),
    ),
)

FORM = Form(
    id="F9",
    title=Text("客户计划", "Customer plan"),
    sheet=Text("客户计划", "F9 Customer plan"),
    kind=WorkbookKind.ARCHIVE,
    note=Text(
        "重要客户每年一份，由客户经理拟定，部长批准后归档。批准以后要改，先把修订次数加一，再请部长重新批准。不做客户计划的客户，这张表空着即可。",
        "One a year for important customers: drafted by the account manager, approved by the department head, filed. "
        "To change an approved plan raise the revision and have it approved again. Leave the form empty where no plan is made.",
    ),
    blocks=(PLAN, COMPETITORS),
    source="Q0 第十四–十六条",
    period_field="plan.year",
    version=2,
    optional=True,
)
