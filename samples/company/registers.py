"""Some of the department's registers, with right rows and with mistakes that people make in them."""

from datetime import date

from crmflow.model import WorkbookKind
from samples.company.rows import Archive, card, table

EXPENSE = (
    "number customer ledger kind purpose beneficiary amount applied_on contract contract_on contract_amount clerk clerk_on "
    "manager manager_on finance finance_on spent_on sale_on received_on received_amount paid_on paid_amount original_at copy_at"
)
STEP = "number step owner due_on done_on result"
TARGET = "year month level team person target actual"

ADMISSION: Archive = {
    "F31a.candidates": table(
        "number candidate kind screening development_plan decision contract quality_contract customer_code payment_terms informed_on",
        ("ZR2026-001", "南湾生物医药有限公司", "customer", "target", "苏文杰四月拜访工程部，六月前补齐制药业绩"),
        ("ZR2026-002", "长乐滤材有限公司", "supplier", "watch"),  # 还没有登记任何步骤
    ),
    "F31b.steps": table(
        STEP,
        ("ZR2026-001", "survey", "苏文杰", date(2026, 3, 20), date(2026, 3, 18), "公司网站和行业协会资料，经营稳定"),
        ("ZR2026-001", "site_survey", "Daniel Weber", date(2026, 4, 10), date(2026, 4, 2), "看了两个车间，排风系统老旧"),
        ("ZR2026-001", "application", "苏文杰", date(2026, 5, 15)),
        ("ZR2026-001", "decision", "陆建业", date(2026, 6, 15), date(2026, 5, 28), "同意"),  # 申请还没办完就决定了
        ("ZR2026-001", "contract", "苏文杰", date(2026, 8, 31)),
        ("ZR2026-001", "code", "何静", date(2026, 9, 4)),
        ("ZR2026-001", "informed", "何静", date(2026, 9, 11)),
        ("ZR2026-001", "filed", "何静", date(2026, 9, 18)),
        ("ZR2026-003", "survey", "郑浩然", date(2026, 7, 31)),  # 准入登记里没有这个编号
    ),
}

RECEPTION: Archive = {
    "F32.receptions": table(
        "number customer tier visitor rank arrives_on leaves_on purpose host met_by lodging vehicles room chair banquet_host welcome_screen told planned_by approved_by",
        ("JD2026-003", "KH0001", "vip", "许明月总经理等四人", "executive", date(2026, 7, 17), date(2026, 7, 18), "参观宁德样板项目",
         "周启明", "陆建业", "five_star", "business", "vip_room", "周启明", "周启明", True, "市场部、行政部、工程部", "林晓梅", "周启明"),
        ("JD2026-004", "KH0002", "key", "郭立新部长等两人", "head", date(2026, 7, 22), date(2026, 7, 22), "看小试装置",
         "林晓梅", None, "five_star", "car", "ordinary", "陆建业", "陆建业", False, "市场部", "林晓梅"),  # 主接待人、住宿与标准不同；接站和批准空着
    ),
}

EXPENSES: Archive = {
    "F33a.statement": card(
        month=date(2026, 6, 1), region="华东", prepared_by="李伟（1032）", submitted_on=date(2026, 7, 3), clerk="方琳", clerk_on=date(2026, 7, 6),
        manager="陆建业", manager_on=date(2026, 7, 7), finance="吴桂芳", finance_on=date(2026, 7, 9),
    ),
    "F33a.lines": table(
        "customer ledger purchases rate spent purpose",
        ("江南新能源科技有限公司", "备件", 310000, 0.01, 2860, "运维人员培训场地和教材"),
        ("KH0003", "除尘设备", 9650, 0.015, 320, "技术交流会茶歇"),  # 超过可用费用
        ("恒生纺织", "除尘设备", 0, 0.03, 0),  # 只写了简称；比例高于规定
    ),
    "F33b.summary": card(month=date(2026, 6, 1), prepared_by="方琳", prepared_on=date(2026, 7, 6)),
    "F33b.lines": table(
        "number customer ledger amount paid note",
        ("FY2026-004", "南湾生物医药有限公司", "通风设备", 8000, None, "合同未签"),
        ("FY2026-005", "东山热电有限公司", "除尘设备", 3500, None, None),  # 与申请表的金额不一致
    ),
    "F33c.applications": table(
        EXPENSE,
        ("FY2026-002", "恒生纺织（泉州）有限公司", "除尘设备", "training", "滤袋使用维护培训，车间二十人", "泉州职业技术学院", 2400, date(2026, 6, 23),
         "HT2026-021", date(2026, 6, 25), 320000, "方琳", date(2026, 6, 23), "陆建业", date(2026, 6, 24), "吴桂芳", date(2026, 6, 24),
         date(2026, 6, 26), date(2026, 6, 29), date(2026, 7, 6), 160000, date(2026, 7, 8), 1200, "财务部 2026-07 凭证", "市场部档案柜 B2"),
        ("FY2026-004", "南湾生物医药有限公司", "通风设备", "event", "制药行业通风推介会，三十人", "珠海会展中心", 8000, date(2026, 6, 24),
         None, None, None, "方琳", date(2026, 6, 24), "陆建业", date(2026, 6, 26)),
        ("FY2026-005", "东山热电有限公司", "除尘设备", "hospitality", "检修前技术交流用餐", "东山海悦酒店", 3800, date(2026, 6, 29)),  # 超过招待限额
        ("FY2026-006", "海峡重工装备有限公司", "除尘设备", "event", "给采购科石磊的好处费，换取推荐", "石磊", 2000, date(2026, 6, 30)),  # 商业贿赂
        ("FY2026-007", "海峡重工装备有限公司", "通风设备", "conference", "通风技术研讨会", "厦门大酒店", 5000, date(2026, 6, 30),
         "HT2026-024", date(2026, 6, 20), 180000, None, None, "陆建业", date(2026, 7, 1), "林晓梅", date(2026, 7, 2)),  # 先签合同后申请；缺文员审核；财务审核人不对；超比例
        ("FY2026-008", "江南新能源科技有限公司", "备件", "gift", "宣传台历五十份", "江南新能源科技有限公司", 480, date(2026, 6, 22),
         "HT2026-007", date(2026, 6, 23), 356000, "方琳", date(2026, 6, 22), "陆建业", date(2026, 6, 23), "吴桂芳", date(2026, 6, 24),
         date(2026, 6, 25), date(2026, 6, 26), date(2026, 7, 6), 178000, date(2026, 7, 3), 480, "财务部 2026-07 凭证"),  # 到款以前就付了，付多了，没写复印件存放
    ),
}

BORROWING: Archive = {
    "F34.loans": table(
        "number borrower archive purpose from_on until_on approved_by returned_on",
        ("JY2026-001", "陆建业", "KH0001", "准备二期投标策划会", date(2026, 5, 11), date(2026, 5, 18), "沈婉清", date(2026, 5, 15)),
        ("JY2026-002", "郑浩然", "东山热电有限公司", "核对检修窗口", date(2026, 6, 22), date(2026, 6, 29), "陆建业"),  # 过期没还
        ("JY2026-003", "苏文杰", "南湾医药", "补充业绩材料", date(2026, 7, 13), date(2026, 7, 20), "苏文杰"),  # 只写了简称；自己批准自己
    ),
}

TARGETS: Archive = {
    "F37.targets": table(
        TARGET,
        (2026, "07", "person", "华东", "林晓梅", 800000),
        (2026, "07", "person", "华东", "郑浩然", 350000),
        (2026, "07", "team", "华东", None, 1200000),  # 各人合计 115 万，少 5 万
        (2026, "07", "person", "华南", "苏文杰", 300000),
        (2026, "07", "team", "华南", None, 300000),
        (2026, "07", "company", None, None, 1500000),
    ),
}

SPARE_PARTS: Archive = {
    "F39.parts": table(
        "number name class place previous_on previous received used counted_on counted minimum",
        ("BJ-001", "轴承 6312", "critical", "二号库 C3", date(2026, 3, 31), 6, 4, 2, date(2026, 6, 30), 8, 4),
        ("BJ-014", "油封 TC 60×85", "wearing", "二号库 C3", date(2026, 3, 31), 10, 0, 2, date(2026, 6, 30), 8, 5),  # 服务单上只用了 1 个
        ("BJ-020", "滤袋 φ133×2450", "wearing", "一号库 A1", date(2026, 3, 31), 60, 120, 96, date(2026, 6, 30), 80, 60),  # 实盘少 4 条
    ),
}

REGISTERS = {
    "新客户准入": (WorkbookKind.ADMISSION, ADMISSION),
    "接待申请": (WorkbookKind.RECEPTION, RECEPTION),
    "客户关系维护费": (WorkbookKind.EXPENSES, EXPENSES),
    "档案借阅": (WorkbookKind.BORROWING, BORROWING),
    "销售目标": (WorkbookKind.TARGETS, TARGETS),
    "备件": (WorkbookKind.SPARE_PARTS, SPARE_PARTS),
}
