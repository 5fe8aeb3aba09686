"""The catalogue of findings: code → severity, rule, and the sentence that says what is wrong and what to type.

Placeholders: ``{label}`` the field's name, ``{value}`` what was read,
``{example}`` a right entry, ``{choices}`` the closed list, ``{minimum}`` and
``{maximum}`` its bounds, and whatever the finding carries in ``facts``.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from crmflow.declare import Field, Kind
from crmflow.model import Finding, Severity, Text

ERROR, WARNING = Severity.ERROR, Severity.WARNING


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding: how grave it is, the rule behind it, its sentence."""

    severity: Severity
    rule: str
    text: Text


def _error(rule: str, zh: str, en: str) -> Code:
    return Code(ERROR, rule, Text(zh, en))


def _warning(rule: str, zh: str, en: str) -> Code:
    return Code(WARNING, rule, Text(zh, en))


FILES: Mapping[str, Code] = {
    "FILE_EMPTY": _error(
        "F", "这个文件是空的（0 字节）。请把原来的工作簿重新保存到这里。",
        "This file is empty (0 bytes). Please save the workbook here again."),
    "FILE_NOT_EXCEL": _error(
        "F", "这个文件虽然叫 .xlsx，但不是 Excel 工作簿，可能没有复制完整或者改过后缀。请用 Excel 打开原文件，另存为“Excel 工作簿(*.xlsx)”。",
        "This file is called .xlsx but is no Excel workbook; it may be half copied or renamed. "
        "Open the original in Excel and save it as “Excel Workbook (*.xlsx)”."),
    "FILE_OLD_FORMAT": _error(
        "F", "这是 {format} 格式的文件，程序读不了。请用 Excel 或 WPS 打开，另存为“Excel 工作簿(*.xlsx)”。",
        "This file has the {format} format. Open it in Excel or WPS and save it as “Excel Workbook (*.xlsx)”."),
    "FILE_ENCRYPTED": _error(
        "F", "这个文件加了打开密码，程序读不了。请在“文件—信息—保护工作簿”里去掉打开密码后再保存。",
        "This file is password-protected. Remove the opening password (File – Info – Protect Workbook) and save it again."),
    "FILE_DAMAGED": _error(
        "F", "这个文件已损坏或没有复制完整，打不开。请用 Excel 打开并“修复”，或从备份里取回上一份。",
        "This file is damaged or half copied. Open it in Excel and let it repair, or take the last copy from the backup."),
    "FILE_TOO_LARGE": _error(
        "F", "这个文件太大（{size}，上限 {limit}）。请删掉多余的图片、空行和无关的工作表后再保存。",
        "This file is too large ({size}, the limit is {limit}). Remove pictures, empty rows and unrelated sheets, then save."),
    "FILE_FAR_CELL": _error(
        "F", "工作表的最远处 {cell} 还有内容或格式，表格大得读不了。请选中最后一行数据以下和最右一列以右的空白区域，删除后再保存。",
        "There is something as far out as {cell}, which makes the sheet too large to read. "
        "Delete the rows below and the columns right of your data, then save."),
    "FILE_BROKE_READER": _error(
        "F", "读这个文件时程序出了问题，已跳过，其他文件不受影响。请用 Excel 打开后另存一份新的；仍不行请交给信息管理员。",
        "Reading this file failed and it was skipped; the others went on. Open it in Excel and save it anew; "
        "if that does not help, hand it to the information administrator."),
    "FILE_NOT_READABLE": _error(
        "F", "打不开这个文件：{reason}。请确认没有别人正在占用它，信息管理员有读取权限。",
        "This file cannot be opened: {reason}. Make sure nobody holds it open and the administrator may read it."),
    "FILE_CHANGING": _warning(
        "F", "这个文件正在保存中，这次先不读，下次运行会再读。",
        "This file is being saved right now; it will be read at the next run."),
    "FILE_DATE_1904": _error(
        "F", "这个文件用的是 1904 日期系统，日期会差四年。请在“文件—选项—高级”里取消“使用 1904 日期系统”，并核对所有日期。",
        "This file uses the 1904 date system, so its dates are four years off. Untick it under File – Options – Advanced and check every date."),
    "FILE_MACROS": _warning(
        "F", "这个文件带有宏。程序不会运行宏，只读取单元格；建议另存为不带宏的 .xlsx。",
        "This file has macros. They are never run, only cells are read; better save it as a plain .xlsx."),
    "FILE_MISSING": _warning(
        "D2", "上次还在的工作簿这次没有找到。已采用的数据保留不变；如果是误删或改放了别处，请放回原处。",
        "A workbook that was here last time is gone. What was accepted stays; if it was deleted or moved by mistake, put it back."),
    "SYNC_COPY": _error(
        "F", "这份和“{original}”是同一个工作簿（同步副本、复制件，或已被它取代的旧文件），没有采用。请确认要的内容都在“{original}”里，再删掉这一份。",
        "This is the same workbook as “{original}” (a sync copy, a duplicate, or the older file that it replaces) and was not used. Make sure that “{original}” has all you need, then delete this one."),
    "BOTH_EDITED": _error(
        "F", "这份和“{original}”是从同一个文件分别改出来的，不知道以哪份为准，两份都先不采用。请合并成一份，删掉另一份。",
        "This file and “{original}” were both edited from the same file. Neither is used until you merge them into one and delete the other."),
}

SHEETS: Mapping[str, Code] = {
    "NO_FORM_FOUND": _error(
        "F", "在这个文件里没有找到任何规定的表。请用信息管理员发的空白表填写，不要改表头标题。",
        "No prescribed form was found in this file. Use the blank form from the administrator and keep its titles."),
    "SHEET_MISSING": _error(
        "F", "缺少“{title}”这张表。请从空白表里把这张工作表复制进来。",
        "The form “{title}” is missing. Copy that sheet in from the blank workbook."),
    "SHEET_MISPLACED": _warning(
        "F", "“{title}”不属于这种工作簿，这张工作表没有读取。请填到它自己的工作簿里，再把这张删掉。",
        "“{title}” does not belong in this kind of workbook, so the sheet was not read. Fill it in in its own workbook and delete it here."),
    "SHEET_DOUBLED": _error(
        "F", "“{title}”出现了两次（另一张在工作表“{other}”）。请合并成一张，删掉多余的。",
        "“{title}” is here twice (the other is on sheet “{other}”). Merge them into one."),
    "BLOCK_MISSING": _error(
        "F", "“{title}”里找不到“{block_title}”这一部分的表头。请对照空白表恢复表头。",
        "In “{title}” the part “{block_title}” has lost its headings. Restore them from the blank form."),
    "COLUMN_MISSING": _error(
        "F", "缺少“{label}”这一栏。请对照空白表把这一栏的名称补上。",
        "The field “{label}” is missing. Put its heading back as in the blank form."),
    "COLUMN_DOUBLED": _error(
        "F", "“{label}”这一栏出现了两次（另一处在 {other}）。请只保留一栏。",
        "The field “{label}” is here twice (the other is at {other}). Keep only one."),
    "COLUMN_UNKNOWN": _warning(
        "F", "表头“{value}”不是规定的栏目，这一栏没有读取。如果是改了名称，请改回来；如果是自己加的，可以保留。",
        "The heading “{value}” is not a prescribed one, so the column was not read. If you renamed it, change it back; your own columns may stay."),
    "UNIT_DIFFERS": _error(
        "F", "“{label}”的单位应当是{unit}，表头写的是“{value}”。请把表头改回来，金额换算成{unit}再填。",
        "The unit of “{label}” must be {unit}, but the heading says “{value}”. Restore the heading and convert the amounts to {unit}."),
    "FORM_NEWER": _error(
        "F", "“{title}”的版本（{value}）比程序认识的（{version}）新，这张表这次没有采用。请信息管理员先升级程序。",
        "The version of “{title}” ({value}) is newer than the program knows ({version}), so the form was not taken in. The administrator must upgrade the program first."),
    "FORM_OLD": _warning(
        "F", "这份工作簿里的{title}是旧版，已填的内容照常读取。请向信息管理员要一份新版（已填内容会带过去），以后在新版上填。",
        "{title} in this workbook is an older version; what it holds is read as before. Ask the administrator for the "
        "new version with your entries in it (crmflow upgrade), and go on in that one."),
    "IDENTITY_MISSING": _warning(
        "F", "这份工作簿没有程序的标识页，已按客户代码和表名识别。建议请信息管理员重新发一份，把内容复制过去。",
        "This workbook carries no identity sheet, so it was recognised by customer code and form titles. Better ask the administrator for a fresh one."),
}

CELLS: Mapping[str, Code] = {
    "REQUIRED": _error(
        "F", "“{label}”是必填项，还没有填。请填写，例如：{example}。",
        "“{label}” is required and empty. Please fill it in, for example: {example}."),
    "REQUIRED_ONE_OF": _error(
        "F", "{fields}至少要填一项。",
        "Fill in at least one of {fields}."),
    "REQUIRED_WHEN": _error(
        "F", "{when}时，“{label}”必须填写，例如：{example}。",
        "When {when}, “{label}” is required, for example: {example}."),
    "ERROR_VALUE": _error(
        "F", "“{label}”这一格显示的是公式错误 {value}。请直接填写数值，例如：{example}。",
        "“{label}” shows the formula error {value}. Type the value itself, for example: {example}."),
    "NOT_CALCULATED": _error(
        "F", "“{label}”是一个还没有算出结果的公式。请用 Excel 打开并保存一次，或直接填写数值，例如：{example}。",
        "“{label}” is a formula without a result. Open and save the file in Excel once, or type the value, for example: {example}."),
    "UNCALCULATED": _error(
        "F", "这一格是一个还没有算出结果的公式，换新版时会丢。请用 Excel 打开并保存一次。",
        "This cell is a formula without a result, which would be lost. Open and save the file in Excel once."),
    "NOT_A_DATE": _error(
        "F", "“{label}”填的“{value}”不是有效日期。请按 年-月-日 填写，例如：{example}。",
        "“{value}” in “{label}” is no valid date. Type year-month-day, for example: {example}."),
    "NOT_A_MOMENT": _error(
        "F", "“{label}”填的“{value}”不是有效的日期时间。请填到几点几分，例如：{example}。",
        "“{value}” in “{label}” is no valid date and time. Give the hour and minute too, for example: {example}."),
    "NOT_A_MONTH": _error(
        "F", "“{label}”填的“{value}”不是有效月份。请按 年-月 填写，例如：{example}。",
        "“{value}” in “{label}” is no valid month. Type year-month, for example: {example}."),
    "NOT_A_YEAR": _error(
        "F", "“{label}”填的“{value}”不是有效年份。请填四位数字，例如：{example}。",
        "“{value}” in “{label}” is no valid year. Type four digits, for example: {example}."),
    "NOT_A_BIRTHDAY": _error(
        "F", "“{label}”填的“{value}”认不出是哪一天。请填 月-日 或 年-月-日，例如：{example}；过农历生日的写明农历，例如：农历八月十五。",
        "“{value}” in “{label}” is no day that can be read. Type month-day or year-month-day, for example: {example}; "
        "by the lunar calendar, for example: lunar 08-15."),
    "NOT_A_NUMBER": _error(
        "F", "“{label}”填的“{value}”不是数字。请只填数字，不要写文字，例如：{example}。",
        "“{value}” in “{label}” is no number. Type digits only, for example: {example}."),
    "NOT_AN_INTEGER": _error(
        "F", "“{label}”要填整数，现在是“{value}”。例如：{example}。",
        "“{label}” takes a whole number, but holds “{value}”. For example: {example}."),
    "DIGITS_LOST": _error(
        "F", "“{label}”超过 15 位，Excel 已经丢掉了后面的数字（现在是“{value}”）。请先把这一格设为“文本”格式，再重新填写完整的编号。",
        "“{label}” has more than 15 digits and Excel has dropped the last ones (it now holds “{value}”). Format the cell as Text, then type the whole number again."),
    "NOT_A_PERCENT": _error(
        "F", "“{label}”填的“{value}”看不出是百分之几。请连百分号一起填，例如：{example}。",
        "“{value}” in “{label}” is no clear percentage. Type it with its sign, for example: {example}."),
    "NOT_YES_NO": _error(
        "F", "“{label}”只能填“是”或“否”，现在是“{value}”。请从下拉列表中选。",
        "“{label}” takes only Yes or No, but holds “{value}”. Choose from the list."),
    "NOT_IN_LIST": _error(
        "F", "“{label}”填的“{value}”不在可选范围内。请从下拉列表中选：{choices}。",
        "“{value}” in “{label}” is not on the list. Choose one of: {choices}."),
    "BELOW_MINIMUM": _error(
        "F", "“{label}”不能小于 {minimum}，现在是“{value}”。请核对数值和单位。",
        "“{label}” must not be below {minimum}, but is “{value}”. Check the figure and its unit."),
    "ABOVE_MAXIMUM": _error(
        "F", "“{label}”不能大于 {maximum}，现在是“{value}”。请核对数值和单位。",
        "“{label}” must not be above {maximum}, but is “{value}”. Check the figure and its unit."),
    "NOT_A_MOBILE": _error(
        "F", "“{label}”填的“{value}”不是有效的手机号码。请填 11 位手机号，例如：{example}。",
        "“{value}” in “{label}” is no valid mobile number. Type its 11 digits, for example: {example}."),
    "NOT_A_PHONE": _error(
        "F", "“{label}”填的“{value}”不是有效的电话号码。请带上区号，例如：{example}。",
        "“{value}” in “{label}” is no valid phone number. Include the area code, for example: {example}."),
    "NOT_AN_EMAIL": _error(
        "F", "“{label}”填的“{value}”不是有效的邮箱地址。请核对，例如：{example}。",
        "“{value}” in “{label}” is no valid e-mail address. Check it, for example: {example}."),
    "NOT_A_CREDIT_CODE": _error(
        "F0", "统一社会信用代码“{value}”不对：应为 18 位，且末位校验码要相符。请对照营业执照核对。",
        "The unified social credit code “{value}” is wrong: it has 18 characters and a check digit. Compare it with the business licence."),
    "NOT_A_QUARTER": _error(
        "F36", "“{label}”填的“{value}”看不出是哪个季度。请写成 年份Q季度，例如：{example}。",
        "“{value}” in “{label}” is no quarter. Type yearQquarter, for example: {example}."),
    "NOT_A_PERIOD": _error(
        "F41a", "“{label}”填的“{value}”看不出是哪一期。请写成 2026、2026Q3 或 2026-07。",
        "“{value}” in “{label}” is no period. Type 2026, 2026Q3 or 2026-07."),
    "PARTS_UNREADABLE": _error(
        "S5", "“{label}”填的“{value}”看不清用了哪些、各几个。请写成 备件号×数量，几种用顿号隔开，例如：{example}。",
        "“{value}” in “{label}” does not say which parts and how many. Type part no×quantity, separated by commas, for example: {example}."),
    "TOO_LONG": _error(
        "F", "“{label}”的内容太长（{length} 字，上限 {limit} 字）。请精简后再填。",
        "“{label}” is too long ({length} characters, the limit is {limit}). Please shorten it."),
    "IN_FUTURE": _error(
        "F", "“{label}”填的“{value}”还没有到。这里要填已经发生的日期，请核对年月日。",
        "“{value}” in “{label}” lies in the future. This field takes a day that has passed; check it."),
    "FORMULA_OVERTYPED": _error(
        "F8", "“{label}”应当等于 {expected}（由表格自动计算），现在是“{value}”，公式可能被覆盖了。请把上一行的公式往下拖，或清空这一格。",
        "“{label}” must be {expected}, worked out by the sheet, but holds “{value}”: its formula was overtyped. "
        "Drag the formula down from the row above, or clear the cell."),
}

ROWS: Mapping[str, Code] = {
    "KEY_DOUBLED": _error(
        "F", "这一行和第 {other} 行重复了（{key}相同）。请合并成一行，或改正其中一行。",
        "This row repeats row {other} (same {key}). Merge them, or correct one of them."),
    "TIMES_OUT_OF_ORDER": _error(
        "F", "“{label}”（{value}）不能早于“{before}”。请核对这两个时间。",
        "“{label}” ({value}) must not come before “{before}”. Check both."),
    "CREDIT_TERM_REQUIRED": _error(
        "F0", "已经有交易记录，“付款信用”必须填写。请从下拉列表中选：优、良、中、差。",
        "There are transactions, so the payment credit is required. Choose one from the list."),
}

SERVICE: Mapping[str, Code] = {
    "PLAN_NOT_BY_HEAD": _error(
        "F9", "客户计划只能由部长批准，“{value}”不是部长。请请部长批准后再填，或先把批准人和批准日期空着。",
        "Only the department head approves a customer plan, and “{value}” is not one. Have the head approve it, or leave the approval blank for now."),
    "LOW_SCORE_WITHOUT_MEASURE": _error(
        "D13", "总体评分只有 {value} 分，要写明怎么改进、谁负责、什么时候完成。请填写“{label}”，例如：{example}。",
        "The overall score is only {value}, so say how it will be improved, by whom and when. Fill in “{label}”, for example: {example}."),
    "TICKET_WITHOUT_PROMISE": _warning(
        "S4", "这单当天没有解决，请补上“{label}”并告诉客户，例如：{example}。",
        "This ticket was not solved the same day. Add “{label}” and tell the customer, for example: {example}."),
    "ORDER_LATE": _warning(
        "F19", "答应 {value} 到货，已经过了 {days} 天还没有到。请催办并告诉客户；到了填“到货日期”。",
        "Promised for {value}, {days} days ago, and not delivered. Press for it and tell the customer; enter the day it arrives."),
    "ORDER_LATE_UNEXPLAINED": _warning(
        "F19", "这张订单晚到了 {days} 天。请在“{label}”里写明原因和补救办法，例如：{example}。",
        "This order came {days} days late. Give the reason under “{label}”, for example: {example}."),
}

EXPENSES: Mapping[str, Code] = {
    "BRIBERY": _error(
        "X2", "“{label}”里的“{value}”是给客户个人的钱物。以此换取照顾属于商业贿赂，不能登记、不能批准，已报财务部和部长。请撤回；正常费用请写明用途和受益单位。",
        "“{value}” in “{label}” is money or value for a customer's employee. In exchange for preference that is bribery: it cannot be "
        "entered or approved and is reported to finance and the head. Withdraw it; for a proper expense state purpose and company."),
    "INCENTIVE_TO_PERSON": _error(
        "X2", "激励只能给客户单位，“{value}”与封面的单位名称、简称都不一致。请写单位全称；给客户员工个人的不能登记。签约的个人分销商，“接受方类型”请选“签约分销商”。",
        "Incentives go to the company only, and “{value}” is neither the name nor the short name on the cover. Write the company's "
        "name; nothing may go to its employees. For a person with a distributor's contract choose “Contracted distributor”."),
    "ABOVE_LIMIT": _error(
        "X2", "申请金额 {value} 元超过了这类费用的限额 {limit} 元。请压缩到限额以内。",
        "The amount of {value} yuan is above the limit of {limit} yuan for this kind. Reduce it to the limit."),
    "ABOVE_RATE": _warning(
        "X7", "申请金额 {value} 元超过了合同额的 {rate}（{most} 元）。请核对合同额和产品台账，或压缩金额。",
        "The amount of {value} yuan is above {rate} of the contract ({most} yuan). Check the contract amount and the ledger, or reduce it."),
    "RATE_ABOVE_SET": _warning(
        "X7", "费用比例 {value} 高于公司规定的 {rate}。请改成规定的比例。",
        "The rate of {value} is above the {rate} set by the company. Use the set rate."),
    "EXPENSE_ABOVE_ALLOWANCE": _warning(
        "X7", "实际费用 {value} 元超过了可用费用（采购额 × 费用比例）。请核对金额，超出的部分不予报销。",
        "The {value} yuan spent are above the allowance (purchases × rate). Check the figures; the excess is not paid."),
    "APPLICATION_TOO_LATE": _error(
        "X1", "“{label}”（{value}）晚于“{later}”。要先申请，再签合同、再花钱；事后补的申请无效，请核对日期。",
        "“{label}” ({value}) is later than “{later}”. The application comes before contract and spending; check the dates, a late one is invalid."),
    "CHECK_SKIPPED": _error(
        "X4", "填了“{label}”，但“{before}”还空着。审核要按文员、经理、财务的顺序，缺一道无效，请先补齐前一道。",
        "“{label}” is filled in but “{before}” is blank. Clerk, manager and finance check in this order, none may be missing: have the earlier check made."),
    "CHECKER_NOT_ENTITLED": _error(
        "X4", "“{label}”填的“{value}”不能做这一道审核，应由{roles}审核。请请有权限的同事审核后再填。",
        "“{value}” in “{label}” may not make this check; it is for: {roles}. Have it made by one of them."),
    "EXEMPTION_NOT_ENTITLED": _error(
        "F41a", "“{label}”填的“{value}”不能批准免交，要由{roles}批准。请请他们批准后再填，没有批准的仍按应交处理。",
        "“{value}” in “{label}” may not approve an exemption; that is for: {roles}. "
        "Have it approved by one of them; until then the filing is expected."),
    "PAID_TOO_EARLY": _error(
        "X3", "“{label}”是 {value}，但“{before}”还空着或更晚。要成交并收到货款以后才能支付，请核对日期。",
        "“{label}” is {value}, but “{before}” is blank or later. Nothing is paid before the sale is made and the money received; check the dates."),
    "PAID_UNCHECKED": _error(
        "X4", "三道审核没有全部完成就支付了（{value}）。缺一道审核的申请无效，请补审核，或更正支付日期。",
        "This was paid out ({value}) before all three checks were made. Without them it is invalid: have them made, or correct the day."),
    "PAID_ABOVE_SHARE": _error(
        "X3", "支付金额 {value} 元超过了“申请金额 × 到款比例”。请按货款到账的比例支付。",
        "The {value} yuan paid out are more than the amount × the share of the money received. Pay in proportion."),
    "SUMMARY_WITHOUT_APPLICATION": _error(
        "F33b", "汇总表里的“{value}”在申请表里找不到。请核对编号，或先登记申请。",
        "“{value}” in the summary is not among the applications. Check the number, or enter the application first."),
    "SUMMARY_DIFFERS": _error(
        "F33b", "汇总表的“{label}”是“{value}”，申请表里是“{there}”。请照申请表改。",
        "“{label}” is “{value}” in the summary and “{there}” in the application. Use the application's."),
    "SUMMARY_LACKS": _warning(
        "F33b", "{value} 提出的申请还有没列进汇总表的：{numbers}。请补上。",
        "The summary of {value} lacks these applications: {numbers}. Please add them."),
}

REGISTERS: Mapping[str, Code] = {
    "SAME_PERSON": _error(
        "F", "“{label}”和“{other}”不能是同一个人（{value}）。请填另一位同事。",
        "“{label}” and “{other}” must not be the same person ({value}). Name somebody else."),
    "CUSTOMER_NOT_ON_FILE": _warning(
        "F", "“{value}”不在客户档案里。请写客户代码，或档案封面上的单位全称。",
        "“{value}” has no archive. Write the customer's code, or the full name on the archive's cover."),
    "STEP_WITHOUT_CANDIDATE": _error(
        "N1", "准入登记表里没有编号“{value}”。请核对编号，或先在准入登记表里登记。",
        "There is no admission “{value}” in the register. Check the number, or enter the candidate first."),
    "STEPS_MISSING": _warning(
        "N1", "这家准入还缺这些步骤：{steps}。请在“准入步骤”表里各登记一行，写明负责人和期限。",
        "This admission lacks the steps {steps}. Enter each in the sheet of steps, with its owner and due date."),
    "STEP_OUT_OF_ORDER": _error(
        "N1", "这一步填了完成日期 {value}，但前面的“{before}”还没有完成，或者完成得更晚。请按顺序办理，并核对日期。",
        "This step is done on {value}, but “{before}” before it is not done yet, or later. Take the steps in order and check the dates."),
    "RECEPTION_DEPARTS": _warning(
        "N2", "“{label}”是“{value}”，与接待标准不同（标准：{standard}）。确有需要请由批准人把关，否则按标准安排。",
        "“{label}” is “{value}”, which departs from the standard ({standard}). Keep it only if the approver agrees; else follow the standard."),
    "RECEPTION_PROPOSAL": _warning(
        "N2", "按接待标准，还空着的建议这样安排：{standard}。",
        "By the standard, arrange what is still blank like this: {standard}."),
    "PERSON_IN_A_TOTAL": _error(
        "F37", "层级不是“个人”，就不要填“{label}”（现在是“{value}”）。个人的目标请另起一行，层级选“个人”。",
        "“{label}” (“{value}”) is only for rows whose level is Person. Enter a person's target in a row of its own."),
    "TARGETS_DO_NOT_ADD_UP": _error(
        "R8", "目标是 {value} 元，而{parts}合计 {total} 元，相差 {gap} 元。请核对，使两边相等。",
        "The target is {value} yuan, but the {parts} targets add up to {total} ({gap}). Make them agree."),
    "STOCK_DIFFERS": _warning(
        "S5", "上次结存 + 本期入库 − 本期领用 = {expected}，实盘是 {value}。请复盘，或补记漏掉的出入库。",
        "Last stock + received − used = {expected}, but {value} were counted. Count again, or enter what was forgotten."),
    "USAGE_DIFFERS": _warning(
        "S5", "本期领用 {value}，而售后服务单上合计用掉 {tickets}。请核对是漏填了服务单还是漏记了领用。",
        "{value} were used by this register and {tickets} by the service tickets. Find out which of them is incomplete."),
}

CROSS: Mapping[str, Code] = {
    "PERSON_WITHOUT_PROFILE": _error(
        "F3", "“{value}”在附表2（关键人物的个人情况资料）里没有。请先在附表2 登记，或核对姓名写法。",
        "“{value}” has no profile in F2. Enter the person there first, or check the spelling of the name."),
    "REPORTS_TO_CYCLE": _error(
        "F3", "上级关系绕成了一圈：{chain}。请核对每个人的上级。",
        "The reporting lines run in a circle: {chain}. Check each person's superior."),
    "RELATION_WITHOUT_OUR_PERSON": _error(
        "F3", "关系状况是“{status}”，就要写明我方联系人。请填写我方联系人，或把关系状况改为“尚未建立关系”。",
        "The relation is “{status}”, so our person is needed. Name them, or set the relation to “none”."),
    "RELATIONS_ON_ONE_PERSON": _warning(
        "F4", "这位客户的全部关系都只靠{person}一个人维系，人一走关系就断了。请至少再安排一位同事建立联系。",
        "Every relation with this customer hangs on {person} alone. Have at least one colleague build a relation as well."),
    "NO_DECISION_MAKER": _warning(
        "F4", "项目“{project}”还在进行，但附表4 里没有登记决策者。请弄清谁拍板，并在附表4 登记。",
        "The project “{project}” is open, but F4 names no decision maker. Find out who decides and enter them in F4."),
    "NOT_STAFF": _error(
        "F30", "“{label}”填的“{value}”不在人员登记表里。请核对姓名，或请信息管理员在人员登记表里登记。",
        "“{value}” in “{label}” is not in the staff register. Check the name, or ask the administrator to register the person."),
    "STAFF_AMBIGUOUS": _error(
        "F30", "公司有几位“{value}”。请写成“姓名（工号）”，例如：{candidates}。",
        "There are several people called “{value}”. Write name (number), for example: {candidates}."),
    "STAFF_LEFT": _error(
        "F0", "“{value}”已于 {left_on} 离职。请改成现在负责的客户经理。",
        "“{value}” left on {left_on}. Name the account manager in charge now."),
    "SUPERIOR_NOT_STAFF": _error(
        "F30", "上级“{value}”不在人员登记表里。请填上级的工号，并确认其本人也已登记。",
        "The superior “{value}” is not in the staff register. Type the superior's number and make sure they are registered."),
    "SUPERIOR_CYCLE": _error(
        "F30", "上下级关系绕成了一圈：{chain}。请核对每个人的上级。",
        "The lines of authority run in a circle: {chain}. Check each person's superior."),
    "NO_ADDRESS": _warning(
        "F30", "{person}没有邮箱，收不到提醒。请在人员登记表里补上邮箱。",
        "{person} has no e-mail address and cannot be reminded. Add it to the staff register."),
    "ADDRESS_REFUSED": _warning(
        "F30", "{person}的邮箱 {value} 被邮件服务器退回，对方说：{answer}。已不再往这里寄。请在人员登记表（F30）里改成正确的邮箱，改好后没收到的提醒会自动补寄。",
        "The mail server refused {person}'s address {value} and said: {answer}. Nothing more is sent there. Correct the address in the staff register (F30); what did not arrive is then sent to the new one."),
    "MAIL_FAILED": _warning(
        "F30", "寄给{person}（{value}）的邮件有 {count} 封没有寄出，邮件服务器说：{answer}。邮箱写错了请在人员登记表里改好；别的原因请运行 crmflow outbox list 查看。",
        "Mails to {person} ({value}) could not be sent ({count}); the mail server said: {answer}. If the address is wrong, correct it in the staff register; otherwise see crmflow outbox list."),
    "MAIL_HELD": _warning(
        "F30", "寄给{person}（{value}）的邮件有 {count} 封不确定是否送达，按设置没有重发。请问一下本人有没有收到，再运行 crmflow outbox list 查看。",
        "It is not known whether mails to {person} ({value}) arrived ({count}); as configured, they are not sent again. Ask whether they came, then see crmflow outbox list."),
    "MAIL_WITHHELD": _error(
        "A1", "写给{person}的{kind}没有寄出：里面提到了{person}无权看的客户（{customers}）。请检查邮件模板和这位同事的角色、部门、大区；改好后下次运行会自动补寄。",
        "The {kind} to {person} was not sent: it speaks of customers that {person} may not see ({customers}). Check the mail templates and the person's role, department and region; once mended, the next run sends it."),
    "COPY_WITHOUT_PASSWORD": _warning(
        "A1", "{file} 里没有{person}的密码，标注好的工作簿和待办清单没有附上，提醒照寄。请在文件里加一行“工号: 密码”，并当面告诉本人。",
        "{file} has no password for {person}, so marked workbooks and to-do lists were left out of the mail. Add a line “staff number: password” and tell the person in private."),
    "TEMPLATE_BROKEN": _error(
        "D14", "{problem} 个人提醒先用程序自带的简单文字寄出，没有漏寄；部门周报和领导月报等模板改好后再寄。请照这一行改好，或从安装包的 templates 文件夹里取回原来的模板。",
        "{problem} Reminders go out in the program's own plain words meanwhile; the weekly and monthly overviews wait until it is mended. Mend that line, or take the template back from the templates folder that came with the program."),
    "CALENDAR_PROVISIONAL": _warning(
        "D", "还没有 {year} 年的法定节假日安排，期限暂按周一至周五推算。请升级 chinesecalendar，或把放假和调休的日子登记到“公司日历”（F41b）或写进 config.yaml 的 calendar。现在还算作工作日的节日：{days}。",
        "The official holidays of {year} are not known yet, so deadlines rest on Monday to Friday. "
        "Upgrade chinesecalendar, or enter the days off and the make-up days in the company calendar (F41b) "
        "or under calendar in config.yaml. Still counted as working days: {days}."),
    "CALENDAR_NEXT_YEAR": _warning(
        "D", "明年（{year} 年）的放假安排还没有录入，眼下只能按周一至周五推算明年的期限。请在年底前升级 chinesecalendar（pip install -U chinesecalendar）；还没有新版本的，请按国务院通知把放假和调休的日子登记到“公司日历”（F41b），或写进 config.yaml 的 calendar。现在还算作工作日的节日：{days}。",
        "The official holidays of next year, {year}, are not known yet, so its deadlines rest on Monday to Friday. Before the year ends, "
        "upgrade chinesecalendar (pip install -U chinesecalendar); if there is no new version yet, enter the days off and the make-up days that the "
        "State Council has announced in the company calendar (F41b) or under calendar in config.yaml. Still counted as working days: {days}."),
    "PERSON_DOUBLED": _error(
        "F30", "工号“{value}”已经登记在另一份人员登记表“{original}”里。全公司只用一份人员登记表，请合并到那一份，再删掉这一份。",
        "Number “{value}” stands in another staff register, “{original}”. There is one register: merge them and delete this one."),
    "CUSTOMER_DOUBLED": _error(
        "F0", "客户代码“{value}”已经用在另一份档案“{original}”里。一家客户只能有一份档案，请核对客户代码或合并档案。",
        "Customer code “{value}” is already used by the archive “{original}”. A customer has one archive: check the code or merge them."),
    "CREDIT_CODE_DOUBLED": _error(
        "F0", "统一社会信用代码“{value}”与另一份档案“{original}”相同，可能是同一家单位。请核对，必要时合并档案。",
        "Credit code “{value}” is also in the archive “{original}”; it may be the same company. Check, and merge the archives if so."),
    "TERMS_WITHOUT_APPROVAL": _error(
        "G9", "填了优惠政策，就要有审批人和审批日期（须经总经理办公会批准）。请补填，或先清空优惠政策。",
        "Preferential terms need who approved them and when (general manager's meeting). Add both, or clear the terms."),
    "UNKNOWN_CUSTOMER": _warning(
        "F20", "“{value}”不在客户档案里，按行业信息处理。如果指的是现有客户，请写客户代码或档案里的单位名称。",
        "“{value}” is not among the customer archives and is taken as an industry. If a customer is meant, write the code or the name in the archive."),
    "TENDER_INFORMATION": _warning(
        "F20", "这是渠道等级 4 的信息，又涉及正在进行的招投标。请先请部长确认来源合规，再保留这一行。",
        "This is level-4 information about a running tender. Have the head confirm that its source is lawful before you keep it."),
}

HOLDS: Mapping[str, Code] = {
    "HELD_ROWS_GONE": _error(
        "F", "“{title}”上次有 {before} 行，这次少了 {gone} 行，先按上次的数据保留。确实要删，请信息管理员确认；误删请恢复。",
        "“{title}” had {before} rows and {gone} of them are gone; the former data stand for now. "
        "If that is meant, the administrator must confirm it; otherwise restore them."),
    "HELD_KEYS_CHANGED": _error(
        "F", "“{title}”里 {changed} 行的“{label}”同时变了（共 {before} 行），像是错行或错列，先按上次的数据保留。请核对；确实无误请信息管理员确认。",
        "In “{title}” the “{label}” of {changed} of {before} rows changed at once, which looks like a shifted column; "
        "the former data stand for now. Check them; if all is right, the administrator must confirm it."),
    "HELD_CUSTOMER_CHANGED": _error(
        "F0", "这份档案的“{label}”由“{before}”改成了“{value}”，整份先不采用。填错请改回；确实变更请信息管理员确认。",
        "The “{label}” of this archive changed from “{before}” to “{value}”, so the file is held. "
        "Change it back if it is a mistake; otherwise the administrator must confirm it."),
    "HELD_TRUST": _error(
        "F30", "{person}的“{label}”由“{before}”改为“{value}”。这会决定客户资料发给谁，先按原来的办；核对无误后请信息管理员用 crmflow confirm 确认。",
        "The “{label}” of {person} changed from “{before}” to “{value}”. It decides who receives customer data, so the former one holds until the administrator has checked it and runs crmflow confirm."),
    "REKEYED": _warning(
        "F", "“{label}”由“{before}”改成了“{value}”，程序认为还是同一行，历史记录已接上。如果是另一个人或另一件事，请另起一行。",
        "“{label}” changed from “{before}” to “{value}”; it is taken as the same row and keeps its history. If it is another one, use a new row."),
}

HELD = frozenset(code for code in HOLDS if code.startswith("HELD_"))
"""What waits for the administrator's word (``crmflow confirm``)."""

CATALOGUE: Mapping[str, Code] = {
    **FILES, **SHEETS, **CELLS, **ROWS, **CROSS, **SERVICE, **EXPENSES, **REGISTERS, **HOLDS,
}


def severity(finding: Finding) -> Severity:
    """How grave a finding is."""
    return CATALOGUE[finding.code].severity


def rule(finding: Finding) -> str:
    """The rule id to cite: the code's own, or the form the finding stands in."""
    own = CATALOGUE[finding.code].rule
    return finding.block.partition(".")[0] or own if own == "F" else own


def describe(finding: Finding, language: str, field: Field | None = None) -> str:
    """The sentence for people, in ``language`` (zh or en); ``field`` is the declared field concerned."""
    facts = {name: say(fact, language) for name, fact in finding.facts.items()}
    facts.setdefault("value", finding.value)
    if field is not None:
        facts = _field_facts(field, language) | facts
    return say(CATALOGUE[finding.code].text, language).format_map(facts)


def say(text: str | Text, language: str) -> str:
    """A text in ``language``; a plain string is the same in both."""
    if isinstance(text, str):
        return text
    return text.en if language == "en" else text.zh


def _field_facts(field: Field, language: str) -> dict[str, str]:
    joiner = ", " if language == "en" else "、"
    return {
        "label": say(field.label, language),
        "example": say(field.example, language),
        "choices": joiner.join(say(choice.label, language) for choice in field.choices),
        "minimum": _bound(field.minimum, field.kind),
        "maximum": _bound(field.maximum, field.kind),
    }


def _bound(bound: float | None, kind: Kind) -> str:
    if bound is None:
        return ""
    return f"{bound:.0%}" if kind is Kind.PERCENT else f"{bound:g}"
