"""Archives with the mistakes that staff make; every line with one says so."""

from datetime import date, datetime

from samples.company.clean import (
    ACTIONS,
    COMPLAINTS,
    CONTACTS,
    CONTRACTS,
    INFORMATION,
    PERSONS,
    PLANNED,
    PROJECTS,
    RELATIONS,
    REPORTS,
    ROLES,
    TRANSACTIONS,
)
from samples.company.codes import credit_code
from samples.company.rows import Archive, card, table

DONGSHAN: Archive = {  # 有一笔交易的金额没写成数字，所以不能评级
    "F0.cover": card(
        code="KH0005", name="东山热电有限公司", short_name="东山热电", credit_code=credit_code(5), industry="电力", region="华东",
        stage="cooperating", account_manager="郑浩然", opened_on=date(2022, 10, 11), verified_on=date(2026, 3, 25),
        verified_by="郑浩然", payment_credit="good", high_level_visits=False,
    ),
    "F1.contacts": table(CONTACTS, ("厂区", "漳州市东山县电厂路 1 号", "方志远", "检修部主任", "13800000051", None, "fangzy@dongshan.example")),
    "F2.persons": table(
        PERSONS, ("方志远", "厂区", "检修部", "主任", "male", "12-05", "13800000051", None, None, None, None, "机组检修窗口只有七天", "3", True, date(2026, 3, 18)),
    ),
    "F3.relations": table(RELATIONS, ("方志远", None, "郑浩然", "客户经理", "user", "positive", 3, None)),
    "F8.plan": card(year=2026, objective="拿下 2 号炉除尘改造。"),
    "F8.projects": table(PROJECTS, ("2 号炉除尘改造", 320, 0.4, 0.15, date(2026, 11, 30), "tracking", None)),  # 没有登记决策者
    "F10.reports": table(
        REPORTS,
        (date(2026, 3, 18), "方志远", "郑浩然", "visit", True, "检修前现场查看。", "供货周期要缩短", "无", None, None, None, True, date(2026, 3, 19), "唐志强", date(2026, 3, 23)),
    ),
    "F11.transactions": table(
        TRANSACTIONS,
        ("XS20251020", date(2025, 10, 20), "旋风分离器", 268000, date(2025, 11, 20), date(2025, 12, 15), 268000),
        ("XS20260408", date(2026, 4, 8), "滤袋及笼骨", "三十万左右", date(2026, 5, 8), None, None),  # 不是数字
    ),
}

HAIXIA: Archive = {  # 一格一格的错
    "F0.cover": card(
        code="KH0006", name="海峡重工装备有限公司", short_name="海峡重工", credit_code=credit_code(6), industry="装备制造", region="华东",
        stage="cooperating", account_manager="郑浩然", opened_on=date(2023, 2, 14), verified_on=date(2026, 4, 28),
        verified_by="郑浩然", payment_credit="poor", high_level_visits=True,
    ),
    "F1.contacts": table(
        CONTACTS,
        ("总装厂", "厦门市海沧区港南路 99 号", "罗志明", "动力科长", "1380592001", None, None),  # 手机少一位
        ("总装厂", "厦门市海沧区港南路 99 号", "石磊", "采购员", None, "转 801", "shilei@haixia"),  # 电话只写了分机，邮箱不全
        ("铸造分厂", None, "袁斌", "厂长", "13800000062", None, None),  # 缺地点
        ("铸造分厂", "漳州市龙海区工业园 5 号", "江涛", "环保员", None, None, None),  # 一个电话也没有
    ),
    "F2.persons": table(
        PERSONS,
        ("罗志明", "总装厂", "动力科", "科长", "male", "2月30日", "13800000061", None, None, None, None, "风机噪声", "3", True, date(2026, 6, 2)),  # 没有这一天
        ("石磊", "总装厂", "采购科", "采购员", "男的", "08-19", None, None, None, None, None, None, "3", True, date(2026, 6, 2)),  # 不在选项内
        ("袁斌", "铸造分厂", "厂部", "厂长", "male", "05-06", "13800000062", None, None, None, None, "粉尘超标被通报", "3", True, date(2026, 6, 2)),  # “告知同意”后来填了“口头同意”
        ("江涛", "铸造分厂", "安环科", "环保员", "male", "10-21", None, None, None, None, None, None, "3", True, date(2026, 8, 15)),  # 未来的日期
        ("江涛", "铸造分厂", "安环科", "科员", "male", None, None, None, None, None, None, None, "3", True, date(2026, 6, 2)),  # 同一个人写了两行
    ),
    "F3.relations": table(
        RELATIONS,
        ("罗志明", None, "郑浩然", "客户经理", "influencer", "positive", 4, None),
        ("石磊", "罗志明", "郑浩然", "客户经理", "buyer", "neutral", 8, None),  # 影响力只有 1–5
        ("江涛", "袁斌", "郑浩然", "客户经理", "user", "neutral", 2.5, None),  # 要整数
    ),
    "F4.roles": table(ROLES, ("罗志明", "decision_maker", "方案论证", "噪声达标", "加装消声器")),
    "F6.objective": card(objective="改善铸造分厂关系。"),
    "F6.contacts": table(PLANNED, ("袁斌", "郑浩然", "了解整改期限", "visit", "monthly", "下周三", "郑浩然", None)),  # 不是日期
    "F7.plan": card(year="明年", objective="完成粉尘治理立项。"),  # 不是年份
    "F7.actions": table(
        ACTIONS,
        ("测量车间粉尘浓度", "郑浩然", date(2026, 5, 20), date(2026, 5, 10), None, None, "in_progress", None),  # 期限早于开始
        ("提交治理方案", "郑浩然", date(2026, 5, 6), date(2026, 6, 20), None, None, "done", None),  # 已完成却没有日期
    ),
    "F8.plan": card(year=2026, objective="粉尘治理签约。"),
    "F8.projects": table(
        PROJECTS,
        ("铸造粉尘治理", 150, 0.5, 0.2, date(2026, 9, 15), "tracking", None),  # “实际收入”的公式后来被覆盖
        ("总装厂降噪", -20, 0.6, 0.2, date(2026, 10, 15), "bidding", None),  # 金额不能是负数
        ("涂装废气", 90, "150%", "两成", date(2026, 12, 1), "tracking", None),  # 获取率超过 100%，利润率不是百分数
        ("喷砂除尘", 45, 0.9, 0.2, date(2026, 6, 5), "signed", None),  # 签约了没有实际签约额
    ),
    "F10.reports": table(
        REPORTS,
        (date(2026, 6, 2), "罗志明", "郑皓然", "visit", True, "测噪声。", None, None, None, None, None, True, date(2026, 6, 3), None, None),  # 名字写错
        (date(2026, 6, 9), "石磊", "李伟", "phone", False, "催款。", None, None, None, None, None, False, date(2026, 6, 9), None, None),  # 公司有两位李伟
        ("2026年6月31日", "袁斌", "郑浩然", "visit", True, "看通报文件。", None, None, None, None, None, True, None, None, None),  # 没有这一天
    ),
    "F11.transactions": table(
        TRANSACTIONS,
        ("XS20251130", date(2025, 11, 30), "离心风机 4-72", 186000, date(2025, 12, 30), None, 60000),
        ("XS20260302", date(2026, 3, 2), "消声器", 52000, date(2026, 2, 2), None, None),  # 应付日期早于成交
    ),
    "F12.complaints": table(
        COMPLAINTS,
        ("TS2026009", "complaint", datetime(2026, 6, 3, 14, 0), "phone", "风机噪声超标。", "质量", "serious", "罗永康",
         datetime(2026, 6, 3, 9, 30), True),  # 响应早于收到
        ("TS2026010", "claim", "六月上旬", "letter", "要求赔偿停工损失。", "质量", "serious", "罗永康"),  # 不是时间
    ),
    "F14.contracts": table(
        CONTRACTS, ("HT2025-040", "离心风机供货合同", date(2025, 11, 20), 18.6, date(2025, 11, 20), date(2025, 10, 31), None, "in_force"),  # 到期早于开始
    ),
}

YUEDONG: Archive = {  # 表与表之间的错，以及改动过的表头和工作表
    "F0.cover": card(
        code="KH0007", name="粤东水务投资有限公司", short_name="粤东水务", credit_code="91350200MA00000070", industry="市政", region="华南",  # 信用代码校验位不对
        stage="cooperating", account_manager="苏文杰", opened_on=date(2024, 9, 3), verified_on=date(2026, 5, 6), verified_by="苏文杰",
        payment_credit=None, high_level_visits=False, preferential_terms="全年药剂 95 折",  # 有交易没填信用；优惠没有审批
    ),
    "F1.contacts": table(CONTACTS, ("总部", "汕头市金平区水务路 10 号", "陈卓", "运营部长", "13800000071", None, "chenzhuo@yuedong.example")),
    "F2.persons": table(
        PERSONS,
        ("陈卓", "总部", "运营部", "部长", "male", "09-09", "13800000071", None, None, None, None, "出水总磷", "3", True, date(2026, 5, 6)),
        ("马丽", "总部", "计划部", "部长", "female", "04-17", None, None, None, None, None, None, "3", True, date(2026, 5, 6)),
        ("曾强", "总部", "总经办", "副总经理", "male", None, None, None, None, None, None, None, "3", True, date(2026, 5, 6)),
    ),
    "F3.relations": table(
        RELATIONS,
        ("陈卓", "马丽", "苏文杰", "客户经理", "influencer", "positive", 3, None),
        ("马丽", "陈卓", "苏文杰", "客户经理", "gatekeeper", "neutral", 3, None),  # 互为上级
        ("曾强", None, None, None, "decision_maker", "positive", 5, None),  # 没写我方联系人
        ("周总", None, "苏文杰", "客户经理", "decision_maker", "neutral", 5, None),  # 附表2 里没有这个人
    ),
    "F4.roles": table(ROLES, ("钟工", "user", "采购", "药剂投加方便", None)),  # 附表2 里没有
    "F5.information": table(
        INFORMATION,
        ("environment", "来函全文：" + "请贵司尽快回复。" * 700, "1", date(2026, 6, 12), None, "无", "ordinary"),  # 整封信贴了进来
        ("procurement", "提标改造即将招标，评标办法已内部讨论", "4", date(2026, 6, 30), None, "可提前准备业绩材料", "major"),  # 招投标的保密信息
    ),
    "F8.plan": card(year=2026, objective="提标改造中标。"),
    "F8.projects": table(PROJECTS, ("提标改造药剂供应", 260, 0.3, 0.12, date(2026, 10, 1), "bidding", None)),
    "F10.reports": table(
        REPORTS,
        (date(2026, 5, 6), "陈卓", "苏文杰", "visit", True, "了解提标改造进度。", "希望驻场服务", None, None, None, None, True, date(2026, 5, 7), "Daniel Weber", date(2026, 5, 11)),
    ),
    "F11.transactions": table(
        TRANSACTIONS, ("XS20260511", date(2026, 5, 11), "聚合氯化铝", 46000, date(2026, 6, 11), None, None),
    ),
}

DOUBLED: Archive = {  # 另建的一份：客户代码、信用代码都和别的档案重复，客户经理已经离职
    "F0.cover": card(
        code="KH0004", name="南湾生物医药有限公司珠海分公司", credit_code=credit_code(2), industry="医药", region="华南", stage="prospective",
        account_manager="谢雨", opened_on=date(2026, 5, 18), verified_on=date(2026, 5, 18),
    ),
}

HAIXIA |= {
    "F9.plan": card(year=2026, objective="进入海峡重工年度供应商名录。", drafted_on=date(2026, 1, 15), approved_by="唐志强", approved_on=date(2026, 1, 19)),  # 大区经理不能批准
    "F13.surveys": table(
        "date respondent product service delivery price overall comment",
        (date(2026, 5, 15), "罗志明", 3, 2, 2, 3, 2, "响应慢"),  # 评分低，没有改进措施
    ),
    "F15.care": table("subject occasion date planned owner", ("石磊", "festival", date(2026, 6, 19), "端午节送购物卡 500 元", "郑浩然")),  # 不能送
    "F16.tickets": table(
        "number kind first_asked reported_at problem confirmed_at result resolved_at parts_used",
        ("FW2026-021", "repair", "郑浩然", datetime(2026, 7, 6, 14, 0), "喷淋泵不上水", datetime(2026, 7, 6, 15, 0), "换机封后正常", datetime(2026, 7, 8, 11, 0), "两个机封"),  # 没有方案和承诺日期；备件没写编号
    ),
    "F18.incentives": table(
        "kind basis value recipient_kind granted_to",
        ("gift", "年度采购感谢", 2000, "company", "石磊"),  # 给了客户的员工
    ),
    "F19.orders": table(
        "number contract product quantity promised_on shipped_on delivered_on note",
        ("DD2026-019", "HT2026-012", "喷淋塔 PL-20", 1, date(2026, 5, 10), date(2026, 5, 12), date(2026, 5, 16)),  # 迟到，没写原因
        ("DD2026-029", "HT2026-012", "循环泵", 2, date(2026, 7, 3)),  # 过期还没到
    ),
}
"""Forms beyond the prescribed ones, each with its mistake."""
