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
        "F", "这是“{original}”的同步副本或复制件，没有采用。请把改动合并到原文件，再删掉这一份。",
        "This is a sync copy or duplicate of “{original}” and was not used. Merge your changes into the original and delete this one."),
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
        "F", "这份表的版本（{value}）比程序认识的（{version}）新。请信息管理员先升级程序。",
        "This form's version ({value}) is newer than the program knows ({version}). The administrator must upgrade the program first."),
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
        "F", "“{label}”填的“{value}”认不出是哪一天。请填 月-日 或 年-月-日，例如：{example}。",
        "“{value}” in “{label}” is no day that can be read. Type month-day or year-month-day, for example: {example}."),
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
    "CALENDAR_PROVISIONAL": _warning(
        "D", "还没有 {year} 年的法定节假日安排，期限暂按周一至周五推算。请升级 chinesecalendar，或把放假和调休的日子写进 config.yaml 的 calendar。",
        "The official holidays of {year} are not known yet, so deadlines rest on Monday to Friday. "
        "Upgrade chinesecalendar, or enter the days off and the make-up days under calendar in config.yaml."),
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
        "F30", "{person}的“{label}”由“{before}”改为“{value}”。这会决定客户资料发给谁，要等信息管理员确认后才生效。",
        "The “{label}” of {person} changed from “{before}” to “{value}”. It decides who receives customer data and waits for the administrator's confirmation."),
    "REKEYED": _warning(
        "F", "“{label}”由“{before}”改成了“{value}”，程序认为还是同一行，历史记录已接上。如果是另一个人或另一件事，请另起一行。",
        "“{label}” changed from “{before}” to “{value}”; it is taken as the same row and keeps its history. If it is another one, use a new row."),
}

CATALOGUE: Mapping[str, Code] = {**FILES, **SHEETS, **CELLS, **ROWS, **CROSS, **HOLDS}


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
