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
    "F9": Rule("Q0 第十四–十六条", Text(
        "重要客户每年制定客户计划，只有部长可以批准和修改。",
        "Important customers have a yearly plan, which only the department head approves or changes.")),
    "F10": Rule("Q1 第十一条", Text(
        "每次接触客户后填写接触记录；没有记录的回访不算数。",
        "Every contact is followed by its report; a visit without one does not count.")),
    "F11": Rule("Q1 第九条；Q4", Text(
        "交易记录由财务部确认，写明单据号、日期、金额和付款情况。",
        "Transactions are confirmed by finance with document number, date, amount and payment.")),
    "F12": Rule("Q3 投诉管理；Q4", Text(
        "投诉和反馈当天登记，写明渠道、内容、责任方和处理经过，各时间前后相符。",
        "Complaints and voices are entered the day they arrive, with channel, content, responsible party and what was done, in order of time.")),
    "F13": Rule("Q3；Q4 满意度", Text(
        "对服务过的客户调查满意度，评分 1 到 5 分。",
        "Served customers are asked how content they are, from 1 to 5.")),
    "F14": Rule("Q0；Q4", Text(
        "合同登记编号、签订日期、金额和起止日期。",
        "Contracts are entered with number, date of signing, amount, start and end.")),
    "F15": Rule("Q3 客户关怀", Text(
        "生日、节日、周年等按人按事登记，提前安排，做完记下。",
        "Birthdays, festivals and other occasions are entered by person, planned ahead and ticked off with their date.")),
    "F16": Rule("Q1；Q4 售后服务", Text(
        "客户的咨询、需求、报修和维护逐单登记，首问负责。",
        "Inquiries, requests, repairs and maintenance are entered one by one; whoever is asked first is responsible.")),
    "F17": Rule("Q2；Q3 客户活动", Text(
        "为客户办的活动登记时间、主持人、反馈和后续。",
        "Events for a customer are entered with date, host, feedback and follow-up.")),
    "F18": Rule("Q2 客户激励", Text(
        "激励须有依据、经批准，只给单位，不给个人。",
        "Incentives have a basis and an approval, and go to companies, not to people.")),
    "F19": Rule("Q2；Q4 订单", Text(
        "订单按承诺日期交货，迟交要说明原因。",
        "Orders arrive when promised; a late one is explained.")),
    "F20": Rule("Q0 客户行业和市场信息报告", Text(
        "客户经理每月提交一份客户行业和市场信息报告，写明来源和渠道等级。",
        "Every account manager files a monthly report on customers' industries and markets, with sources and channel levels.")),
    "F30": Rule("Q0；Q3 客户经理制", Text(
        "人员登记表是公司人员的唯一依据，写明角色、上级和邮箱。",
        "The staff register is the only list of people, with role, superior and e-mail address.")),
}

REGISTERS: Mapping[str, Rule] = {
    "F31a": Rule("Q2 准入", Text(
        "新客户和供应商先准入，登记初选、决定、合同和客户代码。",
        "New customers and suppliers are admitted first: screening, decision, contract and code are entered.")),
    "F31b": Rule("Q2 准入", Text(
        "准入的每一步登记负责人、期限、完成日期和结果。",
        "Every step of an admission is entered with owner, due date, date and result.")),
    "F32": Rule("Q1 接待标准", Text(
        "客户来访前申请接待，写明来访人、时间、目的和安排。",
        "A visit of a customer is applied for beforehand, with visitors, time, purpose and arrangements.")),
    "F33a": Rule("Q4 客户关系维护费", Text(
        "业务员每月填写客户采购及客情费统计表，三道审核。",
        "Sales staff file a monthly statement of purchases and expenses, checked three times.")),
    "F33b": Rule("Q4 客户关系维护费", Text(
        "每月汇总新客户特殊费用申请，与申请表一致。",
        "The applications for special expenses are summed up each month, as they were made.")),
    "F33c": Rule("Q4 客户关系维护费", Text(
        "新客户特殊费用逐笔申请，写明用途、金额和受益单位。",
        "Special expenses for new customers are applied for one by one, with purpose, amount and beneficiary.")),
    "F34": Rule("Q0 保密", Text(
        "借阅客户档案要登记、批准、按期归还。",
        "Loans of archives are entered, approved and returned in time.")),
    "F35": Rule("Q3 培训", Text(
        "客户经理和服务人员的培训登记学时。",
        "Trainings of account managers and service staff are entered with their hours.")),
    "F36": Rule("Q0 档案管理", Text(
        "信息管理员每季度提出档案完善建议，写明负责人和期限。",
        "Each quarter the administrator suggests how archives are to be mended, with owner and date.")),
    "F37": Rule("Q4 销售目标", Text(
        "销售目标分解到人、到月。",
        "Sales targets are broken down to persons and months.")),
    "F38": Rule("Q4 分销商", Text(
        "登记分销商的级别、销售、团购、约定和违约。",
        "Distributors are entered with level, sales, group orders, terms and breaches.")),
    "F39": Rule("Q4 备件", Text(
        "备件按期盘点，低于最低库存的补货。",
        "Spare parts are counted regularly and ordered below their minimum.")),
    "F40": Rule("Q0 保密", Text(
        "泄密、遗失当天登记，写明当事人、责任领导和处理措施。",
        "Leaks and losses are entered the day they are found, with who was concerned, the superior and what was done.")),
    "F41a": Rule("Q0", Text(
        "免交的报告和回访要有批准和期限。",
        "Filings that need not be made are approved and limited in time.")),
    "F41b": Rule("Q4 期限", Text(
        "公司自定的放假和上班日优先于法定安排。",
        "The company's own days off and working days go before the official ones.")),
    "F41c": Rule("Q3 客户经理制", Text(
        "休假期间由代理人办理到期事项。",
        "During leave the deputy handles what falls due.")),
    "N1": Rule("Q2 准入", Text(
        "准入按概况调查、现场考察、申请、决定、合同、编码、通知、归档的顺序办，每步有负责人和日期。",
        "Admission goes from survey, site survey, application and decision to contracts, code, telling departments and filing; "
        "each step has an owner and a date.")),
    "N2": Rule("Q1 接待标准", Text(
        "接待标准按客户级别和来访人职级确定。",
        "Receptions follow the standard of the customer's tier and the visitor's rank.")),
    "S4": Rule("Q1 售后服务", Text(
        "当时不能解决的，要有方案和承诺日期。",
        "What cannot be solved at once has a plan and a promised date.")),
    "S5": Rule("Q4 备件", Text(
        "用掉的备件与库存盘点相符。",
        "Parts used agree with stock counts.")),
    "A2": Rule("Q0 保密", Text(
        "借阅档案须经批准，按期归还。",
        "Loans of archives are approved and returned in time.")),
    "R8": Rule("Q4 销售目标", Text(
        "个人目标合计等于团队，团队合计等于公司，各月合计等于全年。",
        "Persons' targets add up to the team's, teams' to the company's, months' to the year's.")),
}

EXPENSES: Mapping[str, Rule] = {
    "X1": Rule("Q4 客户关系维护费", Text(
        "特殊费用先申请，后签合同、后支出。",
        "Special expenses are applied for before the contract and before the spending.")),
    "X2": Rule("Q4 客户关系维护费", Text(
        "只限规定的费用类别和限额；给客户员工钱物换取照顾属于商业贿赂，不得批准。",
        "Only the listed kinds within their limits; money or value to a customer's employee for preference is bribery and cannot be approved.")),
    "X3": Rule("Q4 客户关系维护费", Text(
        "成交并到款以后，按到款比例支付。",
        "Paid out after the sale and the money received, in proportion.")),
    "X4": Rule("Q4 客户关系维护费", Text(
        "销售文员、销售经理、财务依次审核，缺一道无效。",
        "Sales clerk, sales manager and finance check in this order; one missing makes it invalid.")),
    "X7": Rule("Q4 客户关系维护费", Text(
        "费用按产品设比例和台账，不得超过比例。",
        "Every product has a rate and a ledger; the rate is not exceeded.")),
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

SURVEYS: Mapping[str, Rule] = {
    "D13": Rule("Q3；Q4 满意度", Text(
        "满意度低的，要有改进措施、负责人和期限。",
        "A low score needs an improvement measure with owner and date.")),
}

COMPLAINTS: Mapping[str, Rule] = {
    "C2": Rule("Q4 投诉处理", Text(
        "投诉要在 24 小时内首次响应；公司规定处理时限的，也要在时限内处理完。",
        "A complaint is answered within 24 hours, and handled within the hours the company sets."),
        Text(
            "{left}（期限 {due}）。{customer} 的投诉 {number} 请尽快{task}，办好后在“投诉与反馈记录”里填写“{field}”。",
            "{left} (due {due}). Complaint {number} of {customer} must be {task}; then fill in “{field}” in the complaints form.")),
}

RULES: Mapping[str, Rule] = {**FORMS, **REGISTERS, **EXPENSES, **SURVEYS, **GRADING, **VISITS, **DEADLINES, **COMPLAINTS}


def action_of(duty: Duty, language: str) -> str:
    """What the owner of a duty is asked to do, in ``language``; the article where a rule asks nothing of its own."""
    rule = RULES[duty.rule]
    return say(rule.action or rule.article, language).format_map(
        {name: say(fact, language) for name, fact in duty.facts.items()}
    )
