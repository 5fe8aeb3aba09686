"""The rules of the regulation that the code cites, each declared once and found by its id."""

from collections.abc import Mapping
from dataclasses import dataclass

from crmflow.codes import say
from crmflow.model import Duty, Text


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: its article in one sentence, and what the person it falls on is asked to do.

    ``source`` is the document and article it rests on. ``action`` may hold the
    placeholders of a duty's facts.
    """

    source: str
    article: Text
    action: Text | None = None


FORMS: Mapping[str, Rule] = {
    "F": Rule("Q0 附表", Text(
        "客户资料按规定的表格填写，表头、单位和必填项不得更改。",
        "Customer data are kept in the prescribed forms; headings, units and required fields stay as they are.")),
    "F0": Rule("Q0 客户档案", Text(
        "每家机构客户建立一份档案，封面写明客户代码、负责的客户经理和核定日期。",
        "Every institutional customer has one archive, whose cover names its code, account manager and last verification.")),
    "F1": Rule("Q0 附表1", Text(
        "登记客户的机构、地点、主要联系人及联系方式。",
        "The customer's institutions, places and main contacts are entered.")),
    "F2": Rule("Q0 附表2", Text(
        "登记客户关键人物的个人情况，须告知本人并取得同意。",
        "Key persons are profiled, informed and with their consent.")),
    "F3": Rule("Q0 附表3", Text(
        "登记关键人物之间的上下级关系，以及我方与他们的关系状况。",
        "The reporting lines of key persons and our relation with each are entered.")),
    "F4": Rule("Q0 附表4", Text(
        "登记关键人物在购买决策中的角色；客户关系不能只系于客户经理一人。",
        "The role of key persons in buying is entered; relations must not hang on one account manager.")),
    "F5": Rule("Q0 附表5", Text(
        "客户信息按类别登记，写明渠道等级、变化趋势和对我方的影响。",
        "Customer information is entered by category with channel level, trend and effect on us.")),
    "F6": Rule("Q0 附表6", Text(
        "接触客户要有计划，写明接触谁、由谁、为什么、用什么方法、多久一次。",
        "Contacts are planned: whom, by whom, why, how and how often.")),
    "F7": Rule("Q0 附表7", Text(
        "年度行动计划的每项行动写明负责人、完成日期和衡量标准。",
        "Every action of the yearly plan has an owner, a due date and a measure of success.")),
    "F8": Rule("Q0 附表8", Text(
        "收益计划：实际收入 = 合同额 × 获取率，利润额 = 实际收入 × 利润率。",
        "Revenue plan: expected revenue = contract amount × win rate, profit = expected revenue × margin.")),
    "F10": Rule("Q1 第十一条", Text(
        "每次接触客户后填写接触记录；没有记录的回访不算数。",
        "Every contact is followed by its report; a visit without one does not count.")),
    "F11": Rule("Q1 第九条；Q4", Text(
        "交易记录由财务部确认，写明单据号、日期、金额和付款情况。",
        "Transactions are confirmed by finance with document number, date, amount and payment.")),
    "F12": Rule("Q3 投诉管理；Q4", Text(
        "投诉和反馈当天登记，写明渠道、内容、责任方和处理经过，各时间前后相符。",
        "Complaints and voices are entered the day they arrive, with channel, content, responsible party and what was done, in order of time.")),
    "F14": Rule("Q0；Q4", Text(
        "合同登记编号、签订日期、金额和起止日期。",
        "Contracts are entered with number, date of signing, amount, start and end.")),
    "F20": Rule("Q0 客户行业和市场信息报告", Text(
        "客户经理每月提交一份客户行业和市场信息报告，写明来源和渠道等级。",
        "Every account manager files a monthly report on customers' industries and markets, with sources and channel levels.")),
    "F30": Rule("Q0；Q3 客户经理制", Text(
        "人员登记表是公司人员的唯一依据，写明角色、上级和邮箱。",
        "The staff register is the only list of people, with role, superior and e-mail address.")),
}

GRADING: Mapping[str, Rule] = {
    "G1": Rule("Q1 第九条", Text(
        "按年营业额和付款信用把客户分为 VIP、重点、一般、储备四级。",
        "Customers have four tiers by yearly turnover and payment credit: VIP, key, general, reserve.")),
    "G2": Rule("Q0 客户分级", Text(
        "按年营业额和预计收入把客户分为 A、B、C、D 四级。",
        "Customers are graded A, B, C or D by yearly turnover and expected revenue.")),
    "G9": Rule("Q0；Q1", Text(
        "优惠政策只给 VIP 客户和重点客户，须经总经理办公会批准。",
        "Preferential terms are for VIP and key customers and need the approval of the general manager's meeting.")),
}

_VISIT = Text(
    "{left}（期限 {due}）。请安排{roles}到现场拜访 {customer}，回来后在“接触记录”里登记（方法选“拜访”，现场选“是”）。",
    "{left} (due {due}). Please arrange an on-site visit to {customer} (who: {roles}), then enter it in the contact "
    "reports (method “Visit”, on site “Yes”).",
)
_ANY_VISIT = Text(
    "{left}（期限 {due}）。请安排拜访 {customer}，回来后在“接触记录”里登记（方法选“拜访”）。",
    "{left} (due {due}). Please arrange a visit to {customer}, then enter it in the contact reports (method “Visit”).",
)

VISITS: Mapping[str, Rule] = {
    "V1": Rule("Q1 客户回访", Text(
        "VIP 客户由分管副总或部长每季度至少到现场回访一次。",
        "A vice president or the responsible head visits every VIP customer on site each quarter."), _VISIT),
    "V2": Rule("Q1 客户回访", Text(
        "董事长或总经理每半年到现场回访部分 VIP 客户（封面“高层回访名单”为“是”）。",
        "The chairman or general manager visits selected VIP customers on site each half-year."), _VISIT),
    "V3": Rule("Q1 客户回访", Text(
        "重点客户由部长每季度至少到现场回访一次。",
        "The responsible head visits every key customer on site each quarter."), _VISIT),
    "V4": Rule("Q1 客户回访", Text(
        "部长每半年到现场回访部分一般客户（封面“高层回访名单”为“是”）。",
        "The responsible head visits selected general customers on site each half-year."), _VISIT),
    "V5": Rule("Q1 客户回访", Text(
        "部长不回访的一般客户，由业务员每月至少到现场回访一次。",
        "Sales staff visit the general customers whom the head does not visit, on site each month."), _VISIT),
    "V6": Rule("Q1 客户回访", Text(
        "重要客户的回访覆盖率要达到 100%。",
        "Every important customer is visited: coverage 100 %."), _ANY_VISIT),
}

DEADLINES: Mapping[str, Rule] = {
    "D": Rule("Q4 期限", Text(
        "期限按工作日计算，以法定节假日和调休安排为准。",
        "Deadlines are counted in working days, by the official holidays and make-up days.")),
    "D1": Rule("Q0 客户行业和市场信息报告", Text(
        "客户经理每月第一个星期一前提交上月的客户行业和市场信息报告；当天放假的顺延到下一个工作日。",
        "The report on the month before is due on the first Monday of the month, or the next working day when that is free."),
        Text(
            "{left}（期限 {due}）。请提交 {month} 的客户行业和市场信息报告，填好“提交日期”后存到自己的文件夹。",
            "{left} (due {due}). Please file the monthly report for {month}: fill in “Submitted on” and save it in your folder.")),
    "D2": Rule("Q0；Q4 季度核定", Text(
        "客户档案每季度核定一次，每三个月补充或调整。",
        "Every customer's archive is verified each quarter and supplemented every three months."),
        Text(
            "{left}（期限 {due}）。请核对 {customer} 的档案，补充变化的内容，并把封面上的“核定日期”改成核对当天。",
            "{left} (due {due}). Please check the archive of {customer}, add what has changed, and set “Last verified on” on its cover.")),
    "D6": Rule("Q0 附表7", Text(
        "年度行动计划里的行动按完成日期办结。",
        "Actions of the yearly plan are finished by their due dates."),
        Text(
            "{left}（期限 {due}）。请完成 {customer} 的行动“{action}”，办完后在附表7 把状态改成“已完成”并填完成日期；不再做的请改成“已取消”。",
            "{left} (due {due}). Please finish the action “{action}” for {customer}. When it is done, set its status in F7 "
            "to “Done” with the date; if it is dropped, to “Cancelled”.")),
    "D11": Rule("Q3 客户关怀", Text(
        "客户关键人物的生日提前 7 天和 1 天提醒，当天致意。",
        "Birthdays of key persons are announced 7 days and 1 day ahead, and greeted on the day."),
        Text(
            "{left}。{due} 是 {customer} {person} 的生日。请准备问候，当天联系后在“接触记录”里登记。",
            "{left}. {due} is the birthday of {person}, {customer}. Please prepare a greeting, and enter the contact in the contact reports.")),
}

COMPLAINTS: Mapping[str, Rule] = {
    "C2": Rule("Q4 投诉处理", Text(
        "投诉要在 24 小时内首次响应；公司规定处理时限的，也要在时限内处理完。",
        "A complaint is answered within 24 hours, and handled within the hours the company sets."),
        Text(
            "{left}（期限 {due}）。{customer} 的投诉 {number} 请尽快{task}，办好后在“投诉与反馈记录”里填写“{field}”。",
            "{left} (due {due}). Complaint {number} of {customer} must be {task}; then fill in “{field}” in the complaints form.")),
}

RULES: Mapping[str, Rule] = {**FORMS, **GRADING, **VISITS, **DEADLINES, **COMPLAINTS}


def action_of(duty: Duty, language: str) -> str:
    """What the owner of a duty is asked to do, in ``language``; the article where a rule asks nothing of its own."""
    rule = RULES[duty.rule]
    return say(rule.action or rule.article, language).format_map(
        {name: say(fact, language) for name, fact in duty.facts.items()}
    )
