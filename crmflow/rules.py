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
    "N2": Rule("Q1 接待标准", Text(
        "接待标准按客户级别和来访人职级确定。",
        "Receptions follow the standard of the customer's tier and the visitor's rank.")),
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
        "Paid out after the sale and the money received, in proportion."),
        Text(
            "{left}（期限 {due}）。{customer} 的费用申请 {number} 已审核、成交并到款，请按到款比例支付，付完在“特殊费用申请”里填“支付日期”“支付金额（元）”“原件存放”和“复印件存放”。",
            "{left} (due {due}). Expense application {number} for {customer} is checked, the sale made, the money in. Please pay it "
            "out in proportion, then fill in “Paid out on”, “Paid out (CNY)”, “Original kept at” and “Copy kept at” in the applications.")),
    "X4": Rule("Q4 客户关系维护费", Text(
        "销售文员、销售经理、财务依次审核，缺一道无效。",
        "Sales clerk, sales manager and finance check in this order; one missing makes it invalid."),
        Text(
            "{left}（期限 {due}）。请审核 {customer} 的费用申请 {number}，审完在“特殊费用申请”里填“{by}”和“{on}”。",
            "{left} (due {due}). Please check expense application {number} for {customer}, then fill in “{by}” and “{on}” in the applications.")),
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
    "V7": Rule("Q0 附表6", Text(
        "接触计划里的每一项，由计划写明的我方人员按频率接触。",
        "Every row of the contact plan is carried out by the person named there, as often as it says."),
        Text(
            "{left}（期限 {due}）。按接触计划请联系 {customer} 的{person}（方式：{method}；目的：{purpose}），之后在“接触记录”里登记；"
            "计划有变请改“附表6”。",
            "{left} (due {due}). By the contact plan please see {person}, {customer} ({method}; purpose: {purpose}), then enter "
            "it in the contact reports. If the plan has changed, renew F6.")),
    "V8": Rule("Q3 节日回访", Text(
        "重点客户和 VIP 客户逢节日由部长回访或问候。",
        "Key and VIP customers are visited or greeted by the responsible head on festivals."),
        Text(
            "{left}（{due} {festival}）。请拜访或问候 {customer}，电话、微信也可以，之后在“接触记录”里登记。",
            "{left} ({festival}, {due}). Please visit or greet {customer}, by phone or message if you like, then enter it in the "
            "contact reports.")),
    "V9": Rule("Q1 客户回访", Text(
        "计划内的回访，报告由上级审阅。",
        "The report of a planned visit is read by the superior."),
        Text(
            "{left}（期限 {due}）。请审阅 {reporter} {day} 拜访 {customer} {person}的报告，看过后在“接触记录”里填“审阅人”和“审阅日期”。",
            "{left} (due {due}). Please read the report by {reporter} on the visit to {customer} {person} of {day}, then fill in "
            "“Reviewed by” and “Reviewed on” in the contact reports.")),
    "V9b": Rule("Q1 客户回访", Text(
        "计划内的回访事先列入接触计划（附表6）。",
        "A planned visit stands in the contact plan (F6) beforehand."),
        Text(
            "{left}（{due} 前改好即可）。{day} 拜访 {customer} {person}记为“计划内”，“附表6”里却没有这个人的安排：以后还要联系的请补上，"
            "原本没有计划的请把“计划内”改为“否”。",
            "{left} (before {due}). The visit to {customer} {person} of {day} is entered as planned, but F6 plans no contact with "
            "that person: add it if you will go again, or set “Planned” to “No”.")),
    "V10": Rule("Q1 客户回访", Text(
        "计划外的回访由领导安排，事先批准。",
        "Visits outside the plan are arranged by leaders and approved beforehand."),
        Text(
            "{left}（拜访日期 {due}）。{day} 拜访 {customer} {person}不在计划内，请向安排的领导补办批准，在“接触记录”里填“批准人”和“批准日期”；"
            "下次请先批准再去。",
            "{left} (visited on {due}). The visit to {customer} {person} of {day} was outside the plan: please have whoever "
            "arranged it approve it, and fill in “Approved by” and “Approved on” in the contact reports. Next time before you go.")),
    "V11": Rule("Q1；Q3 客户维护", Text(
        "任何客户都不能长期没有联系；新客户建档、首次成交后要尽快联系。",
        "No customer is left alone for long; a new one is contacted soon after its archive was opened and after it first bought."),
        Text(
            "{left}（期限 {due}）。{customer}：{state}。请联系一次，电话、微信也可以，之后在“接触记录”里登记；不再来往的请把封面“客户阶段”改为“流失”。",
            "{left} (due {due}). {customer}: {state}. Please get in touch, by phone or message if you like, then enter it in the "
            "contact reports; if we do no more business, set “Relationship stage” on the cover to “Lost”.")),
}

_TOLD_D3 = Text(
    "请阅知（{left}，{due} 起不再提示）：{customer} 有重大信息——{information}。需要怎么应对，请安排到行动计划（附表7）。",
    "For your information ({left}; no longer shown from {due}): major information on {customer}: {information}. What is to be done "
    "about it goes into the action plan (F7).")
_ARRIVES = Text(
    "{left}（期限 {due}）。请把 {customer} 档案的更新保存并交到信息管理员。",
    "{left} (due {due}). Please save the archive of {customer}, so that its update reaches the administrator.")

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
    "D3": Rule("Q0 第十三条", Text(
        "重大信息立即报告部长。",
        "Major information goes to the department head at once."), _TOLD_D3),
    "D3b": Rule("Q0 第十三条", Text(
        "月报里的重大信息也立即报告部长。",
        "So does major information in a monthly report."), _TOLD_D3),
    "D4": Rule("Q0 档案管理", Text(
        "客户信息有变化，在规定的工作日内更新并交到信息管理员。",
        "News of a customer reach the administrator within the set working days."), _ARRIVES),
    "D4b": Rule("Q0 档案管理", Text(
        "关键人物资料有变化，在规定的工作日内更新并交到信息管理员。",
        "Changes of key persons reach the administrator within the set working days."), _ARRIVES),
    "D5": Rule("Q0 第十四–十六条", Text(
        "重要客户每年按期拟定客户计划。",
        "A plan is drafted for every important customer each year, by a set day."),
        Text(
            "{left}（期限 {due}）。请拟定 {customer} 的 {year} 年客户计划，写好后填“拟定日期”，送部长批准。",
            "{left} (due {due}). Please draft the customer plan of {customer} for {year}, fill in “Drafted on” and submit it to the head.")),
    "D5b": Rule("Q0 第十四–十六条", Text(
        "客户计划由部长批准；批准以后要改的，重新批准。",
        "The department head approves customer plans, and every revision of them anew."),
        Text(
            "{left}（期限 {due}）。{customer} 的 {year} 年客户计划等您批准：同意就在“客户计划”里填“批准人”和“批准日期”，要改的请退回客户经理。",
            "{left} (due {due}). The customer plan of {customer} for {year} waits for your approval: fill in “Approved by” and "
            "“Approved on”, or return it to the account manager.")),
    "D7": Rule("Q1 第十一条", Text(
        "接触客户后在规定的工作日内交接触报告。",
        "Every contact is reported within the set working days."),
        Text(
            "{left}（期限 {due}）。{day} 联系 {customer} {person}的报告还没有交：请把“接触记录”里那一行写完，填“报告日期”。",
            "{left} (due {due}). The report on the contact with {customer} {person} of {day} is not filed: please complete its row "
            "in the contact reports and fill in “Report filed on”.")),
    "D8": Rule("Q4 客户关系维护费", Text(
        "业务员在次月第三个工作日下班前交上月的客户采购及客情费统计表。",
        "Sales staff file the month's statement of purchases and expenses by the end of the 3rd working day of the next month."),
        Text(
            "{left}（期限 {due}）。请提交 {month} 的月客户采购及客情费统计表，填好“提交日期”后保存；当月没有费用的也请填好概况交上来。",
            "{left} (due {due}). Please file the statement of purchases and expenses for {month} with “Submitted on” filled in; if "
            "there were no expenses, file the upper part alone.")),
    "D8b": Rule("Q4 客户关系维护费", Text(
        "统计表在次月第八个工作日下班前三道审核完毕。",
        "All three levels have checked the statement by the end of the 8th working day of the next month."),
        Text(
            "{left}（期限 {due}）。请审核 {person} {month} 的客户采购及客情费统计表，审核后填您的姓名和“{field}”。",
            "{left} (due {due}). Please check the statement of purchases and expenses by {person} for {month}, then fill in your "
            "name and “{field}”.")),
    "D9": Rule("Q0 档案管理", Text(
        "信息管理员每季度提出档案完善建议，每条写明负责人和期限。",
        "Each quarter the administrator suggests how archives are to be mended, each with owner and date."),
        Text(
            "{left}（期限 {due}）。请检查客户档案，在“档案完善建议”里写下 {quarter} 的建议，每条写明负责人和期限。",
            "{left} (due {due}). Please inspect the archives and enter the suggestions of {quarter} in the register, each with its "
            "owner and date.")),
    "D9b": Rule("Q0 档案管理", Text(
        "档案完善建议按期落实，落实情况计入考核。",
        "Suggestions are carried out by their dates, which counts in the evaluation."),
        Text(
            "{left}（期限 {due}）。请落实档案完善建议 {number}（{archive}）：{suggestion}。改好后在“档案完善建议”里填“完成日期”。",
            "{left} (due {due}). Please carry out suggestion {number} ({archive}): {suggestion}. Then fill in “Done on” in the register.")),
    "D9c": Rule("Q0 档案管理", Text(
        "档案完善建议抄送客户经理和部长。",
        "Copies of the suggestions go to account manager and head."),
        Text(
            "请阅知（{left}，{due} 起不再提示）：信息管理员对您负责的客户档案提了 {quarter} 的完善建议 {count} 条，见“档案完善建议”。",
            "For your information ({left}; no longer shown from {due}): the administrator made {count} suggestion(s) of {quarter} on "
            "the archives in your care; see the register of suggestions.")),
    "D10": Rule("Q0；Q4 合同", Text(
        "合同到期前 60、30、7 天提醒。",
        "The end of a contract is announced 60, 30 and 7 days ahead."),
        Text(
            "{left}。{customer} 的合同 {number}“{name}”{due} 到期。请安排续签，新合同登记到“合同”表；不续的到期后把“状态”改为“已完成”或“已终止”。",
            "{left}. Contract {number} “{name}” with {customer} ends on {due}. Please arrange the renewal and enter the new contract; "
            "if there is none, set its status to “Completed” or “Terminated” once it has ended.")),
    "D11b": Rule("Q3 客户关怀", Text(
        "客户关怀的日子提前 7 天和 1 天提醒，做完登记。",
        "Days of care are announced 7 days and 1 day ahead, and entered when done."),
        Text(
            "{left}（{due}）。{customer} {subject}的{occasion}，原定安排：{planned}。请按安排去做，做完在“客户关怀”里填“完成日期”。",
            "{left} ({due}). {occasion} of {subject}, {customer}; planned: {planned}. Please do so, then fill in “Done on” in the "
            "care form.")),
    "D12": Rule("Q3 客户经理制", Text(
        "客户经理和服务人员每年完成规定的培训学时。",
        "Account managers and service staff reach the year's hours of training."),
        Text(
            "{left}（期限 {due}）。您 {year} 年的培训还差 {missing} 学时（已登记 {hours} 学时）。请安排参加，并请信息管理员登记到“培训登记”。",
            "{left} (due {due}). You lack {missing} hours of training for {year} ({hours} are registered). Please take part in "
            "some, and have the administrator enter it in the register of trainings.")),
    "D12b": Rule("Q3 客户经理制", Text(
        "客户关系计划每半年送上级批准并归档。",
        "Customer-relationship plans go to the superior for approval and filing each half-year."),
        Text(
            "{left}（期限 {due}）。请把 {customer} 的 {year} 年客户计划对照本半年的情况看一遍，送部长批准后交信息管理员归档，更新“批准日期”和“归档日期”。",
            "{left} (due {due}). Please go through the customer plan of {customer} for {year}, have the head approve it and the "
            "administrator file it: renew “Approved on” and “Filed on”.")),
    "D14": Rule("Q0 制度的执行与审核", Text(
        "制度每年审核一次；改动要记下批准人和生效日期。",
        "The regulation is reviewed each year; a change records who approved it and from when it holds."),
        Text(
            "{left}（期限 {due}）。客户关系管理制度上次批准是 {approved}，请组织年度审核，报总经理办公会批准后，请信息管理员在 config.yaml 的"
            "“regulation”一节更新批准人、批准日期和生效日期。",
            "{left} (due {due}). The regulation was last approved on {approved}. Please have it reviewed and approved by the general "
            "manager's meeting; the administrator then renews section “regulation” of config.yaml.")),
}

SURVEYS: Mapping[str, Rule] = {
    "D13": Rule("Q3；Q4 满意度", Text(
        "对服务过的客户定期调查满意度；满意度低的，要有改进措施、负责人和期限。",
        "Served customers are surveyed regularly; a low score needs an improvement measure with owner and date."),
        Text(
            "{left}（期限 {due}）。{customer} 这段时间有采购或服务，请做一次满意度调查，结果填到“满意度调查”。",
            "{left} (due {due}). {customer} bought or was served lately: please ask how content they are, and enter the survey.")),
    "D13b": Rule("Q3；Q4 满意度", Text(
        "满意度低的改进措施按期完成。",
        "The measure after a low score is carried out by its date."),
        Text(
            "{left}（期限 {due}）。{customer} 满意度低的改进措施“{measure}”请按期做完，做完在“满意度调查”里填“改进完成日期”。",
            "{left} (due {due}). Please carry out the measure “{measure}” after the low score of {customer}, then fill in “Measure "
            "done on” in the survey.")),
}

_CASE = Text(
    "{left}（期限 {due}）。{customer} {day} 的投诉 {number}（登记在“投诉与反馈记录”）：{task}。",
    "{left} (due {due}). Complaint {number} of {customer}, {day} (in the complaints form): {task}.",
)

COMPLAINTS: Mapping[str, Rule] = {
    "C1": Rule("Q3；Q4 投诉处理", Text(
        "投诉不论从哪个渠道来，收到当天登记。",
        "A complaint is entered the day it arrives, whichever way it comes."), _CASE),
    "C2": Rule("Q4 投诉处理", Text(
        "投诉要在 24 小时内首次响应；公司规定处理时限的，也要在时限内处理完。",
        "A complaint is answered within 24 hours, and handled within the hours the company sets."),
        Text(
            "{left}（期限 {due}）。{customer} 的投诉 {number} 请尽快{task}，办好后在“投诉与反馈记录”里填写“{field}”。",
            "{left} (due {due}). Complaint {number} of {customer} must be {task}; then fill in “{field}” in the complaints form.")),
    "C3": Rule("Q3；Q4 投诉处理", Text(
        "投诉随收随转责任方，同时告知部长；严重投诉立即告知，查明属实的再次告知。",
        "A complaint goes to the responsible party at once, with a copy to the leader; of a severe one the leader hears at once, and again when it is upheld."),
        Text(
            "{customer} {task}（编号 {number}，责任方 {party}）：“{content}”。请过问处理情况；不用填表，{due} 起不再列出（{left}）。",
            "{task}: {customer}, no {number}, responsible {party}: “{content}”. Please see how it is handled. Nothing to fill in; not listed "
            "any more from {due} on ({left}).")),
    "C4": Rule("Q3；Q4 投诉处理", Text(
        "投诉要书面写明原因和处理措施，经领导批准后执行。",
        "Cause and measures of a complaint are written down, and approved by the leader before they are carried out."), _CASE),
    "C5": Rule("Q3；Q4 投诉处理", Text(
        "处理办法与客户达成一致，之后回访客户并记下结果，再结案。",
        "The solution is agreed with the customer, who is visited again afterwards; the result is recorded before it is closed."), _CASE),
    "C8": Rule("Q0 投诉处理", Text(
        "属实的投诉要向客户致歉、登记赔偿，退款由财务确认。",
        "An upheld complaint needs an apology and its compensation recorded; finance confirms the refund."), _CASE),
}

_TICKET = Text(
    "{left}（期限 {due}）。{customer} {day} 的服务单 {number}“{problem}”（登记在“售后服务”）：{task}。",
    "{left} (due {due}). Service ticket {number} of {customer}, {day}, “{problem}” (in the form of service tickets): {task}.",
)

SERVICE: Mapping[str, Rule] = {
    "S1": Rule("Q4 售后服务", Text(
        "报修 2 小时内确认、24 小时内答复，紧急的立即处理；首问人负责到交接为止。",
        "A fault report is confirmed within 2 hours and answered within 24, an urgent one at once; whoever was asked first is "
        "responsible until it is handed over."), _TICKET),
    "S4": Rule("Q1 售后服务", Text(
        "当时不能解决的，要有方案和承诺日期，说到做到，解决后请客户确认。",
        "What cannot be solved at once has a plan and a promised date that is kept; the customer confirms the solution."), _TICKET),
    "S5": Rule("Q4 备件", Text(
        "备件按期盘点，用掉的与库存相符。",
        "Spare parts are counted regularly, and those used agree with stock."),
        Text(
            "{left}（期限 {due}）。请盘点备件：{parts}。数完在“备件”表里更新“盘点日期”和“实盘数量”，上次的数移到“上次盘点日期”“上次结存”。",
            "{left} (due {due}). Please count these spare parts: {parts}. Then renew “Counted on” and “Counted” in the register, and "
            "move the former count to “Last count on” and “Last stock”.")),
    "S6": Rule("Q4 售后服务", Text(
        "约定的预防性维护按期进行，并写出报告。",
        "Preventive maintenance that was agreed is done in time, and reported."), _TICKET),
}

ADMISSION: Mapping[str, Rule] = {
    "N1": Rule("Q2 准入", Text(
        "准入按概况调查、现场考察、申请、决定、合同、编码、通知、归档的顺序办，每步有负责人和日期。",
        "Admission goes from survey, site survey, application and decision to contracts, code, telling departments and filing; "
        "each step has an owner and a date."),
        Text(
            "{left}（期限 {due}）。请办理 {candidate} 准入的“{step}”，办完后在“准入步骤”里填“完成日期”和“结果”{also}。",
            "{left} (due {due}). Please take the step “{step}” of the admission of {candidate}, then fill in “Done on” and “Result” in "
            "the steps{also}.")),
    "N3": Rule("Q2 准入", Text(
        "潜在客户先筛选，目标客户要有开发计划，写明负责人和日期。",
        "Prospects are screened; the targets get a development plan with owner and dates."),
        Text(
            "{left}（期限 {due}）。请完成目标客户 {candidate} 的开发计划（{plan}），做完在“准入登记”里填“开发完成日期”；计划有变请改“开发期限”。",
            "{left} (due {due}). Please carry out the development plan of {candidate} ({plan}), then fill in “Development done on” in the "
            "register of admissions; if the plan changes, change “Development due”.")),
}

CONFIDENTIALITY: Mapping[str, Rule] = {
    "A1": Rule("Q0 保密", Text(
        "客户档案是商业秘密，每个人只看自己名下或所管的客户。",
        "The archives are a trade secret; everybody reads only of the customers that are theirs.")),
    "A2": Rule("Q0 保密", Text(
        "借阅档案须经批准，按期归还。",
        "Loans of archives are approved and returned in time."),
        Text(
            "{left}（期限 {due}）。请归还借阅的 {archive} 档案（借阅编号 {number}），并请信息管理员在“借阅登记”里填“归还日期”；还要用的请重新申请。",
            "{left} (due {due}). Please return the archive of {archive} (loan {number}) and have the administrator fill in “Returned "
            "on” in the register of loans; if you still need it, apply for a new loan.")),
    "A6": Rule("Q0 保密", Text(
        "客户资料泄密或遗失，由责任领导负责处理到结案。",
        "The superior answers for a loss or leak until it is settled."),
        Text(
            "{left}（期限 {due}）。请负责处理泄密或遗失事件 {number}（当事人 {who}），落实措施，处理完在“泄密与遗失”里填“结案日期”。",
            "{left} (due {due}). Please see incident {number} ({who}) through until the action is carried out, then fill in "
            "“Closed on” in the register of incidents.")),
}

RULES: Mapping[str, Rule] = {
    **FORMS, **REGISTERS, **EXPENSES, **SURVEYS, **GRADING, **VISITS, **DEADLINES, **COMPLAINTS, **SERVICE, **ADMISSION,
    **CONFIDENTIALITY,
}


TO_KNOW = ("C3", "D3", "D3b", "D9c")
"""Rules that only let somebody know: nothing is asked for by a day."""


def action_of(duty: Duty, language: str) -> str:
    """What the owner of a duty is asked to do, in ``language``; the article where a rule asks nothing of its own."""
    rule = RULES[duty.rule]
    return say(rule.action or rule.article, language).format_map(
        {name: say(fact, language) for name, fact in duty.facts.items()}
    )
