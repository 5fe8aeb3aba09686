"""Four archives without a mistake, one of each tier: what a well-kept archive looks like."""

from datetime import date, datetime

from samples.company.codes import credit_code
from samples.company.rows import Archive, card, table

CONTACTS = "institution location contact post mobile office_phone email"
PERSONS = "name institution department post gender birthday mobile email education career preferences concerns channel_level consent updated_on"
RELATIONS = "key_person reports_to our_person our_post role status influence note"
ROLES = "key_person role stage concerns response"
INFORMATION = "category information channel_level observed_on trend effect importance"
PLANNED = "key_person our_person purpose method frequency first_on report_to copies_to"
ACTIONS = "action owner start_on due_on resources measure status done_on"
PROJECTS = "project contract_amount win_rate margin signing_on status actual_amount"
REPORTS = "date key_person our_person method on_site content needs problems follow_up follow_up_owner follow_up_due_on planned filed_on reviewed_by reviewed_on"
TRANSACTIONS = "number date product amount due_on paid_on paid_amount"
COMPLAINTS = "number kind received_at channel content category severity responsible_party first_response_at upheld apology_on compensation refund_confirmed_on cause_analysis measures approved_by approved_at agreed_at follow_up_at follow_up_result closed_at"
CONTRACTS = "number name signed_on amount starts_on ends_on payment_terms status"

JIANGNAN: Archive = {
    "F0.cover": card(
        code="KH0001", name="江南新能源科技有限公司", short_name="江南新能源", credit_code=credit_code(1), industry="新能源",
        region="华东", stage="loyal", account_manager="林晓梅", opened_on=date(2021, 3, 15), verified_on=date(2026, 7, 3),
        verified_by="林晓梅", investment_scale=12000, payment_credit="excellent", payment_method="电汇，验收后 30 天",
        high_level_visits=True, licence="营业执照副本，档案柜 A3", procurement_procedure="使用车间提需求 → 设备部出技术要求 → 采购部三家比价 → 分管副总批准 → 总经理签合同",
        strategy="三年内把电池材料产能扩大一倍，新建湖州基地，环保设施与主体工程同步招采。", organisation="总经理下设生产、设备、采购、安环四部；与我们有关的是设备部和安环部。",
        preferential_terms="年采购满 80 万元返 2%，旺季优先供货", terms_approved_by="总经理办公会", terms_approved_on=date(2026, 2, 10),
    ),
    "F1.contacts": table(
        CONTACTS,
        ("总部", "宁波市鄞州区创新路 18 号", "顾建民", "设备部经理", "13800000011", "0574-55500011", "gujm@jiangnan.example"),
        ("湖州基地", "湖州市南浔区工业大道 6 号", "钱晓东", "项目经理", "13800000012", None, "qianxd@jiangnan.example"),
    ),
    "F2.persons": table(
        PERSONS,
        ("顾建民", "总部", "设备部", "经理", "male", "1976-07-20", "13800000011", "gujm@jiangnan.example", "机械工程硕士",
         "在公司十五年，从维修班长做起", "喜欢登山，不喝酒", "停产检修时间太长会影响交货", "3", True, date(2026, 6, 18)),
        ("许明月", "总部", "总经办", "总经理", "female", "11-02", None, None, "化工博士", "创始人之一", "重视数据，讨厌空话", "新基地能否按期投产", "3", True, date(2026, 5, 20)),
        ("钱晓东", "湖州基地", "项目部", "项目经理", "male", "03-28", "13800000012", None, None, "从总部调任", "足球", "土建与设备安装的配合", "3", True, date(2026, 6, 18)),
        ("孙丽", "总部", "采购部", "采购主管", "female", "09-14", None, "sunli@jiangnan.example", None, None, "下午三点后方便通话", "三家比价要有书面记录", "3", True, date(2026, 4, 9)),
    ),
    "F3.relations": table(
        RELATIONS,
        ("许明月", None, "沈婉清", "分管副总", "decision_maker", "positive", 5, "每季度见面一次"),
        ("顾建民", "许明月", "林晓梅", "客户经理", "initiator", "positive", 4, "技术问题直接找他"),
        ("钱晓东", "顾建民", "林晓梅", "客户经理", "user", "positive", 3, None),
        ("孙丽", "许明月", "林晓梅", "客户经理", "buyer", "neutral", 3, "只认书面材料"),
    ),
    "F4.roles": table(
        ROLES,
        ("许明月", "decision_maker", "方案论证", "投产日期和总投资", "用同类项目的投运数据说话"),
        ("顾建民", "initiator", "方案论证", "停产时间要短", "提出分两段施工、夜间切换"),
        ("孙丽", "buyer", "询价", "比价过程合规", "提前备齐资质和报价明细"),
    ),
    "F5.information": table(
        INFORMATION,
        ("strategy", "湖州二期列入 2026 年投资计划", "1", date(2026, 4, 28), "扩产", "二期废气治理约 900 万元，我方有一期业绩", "important"),
        ("competitors", "蓝岭环保为二期做了初步方案", "3", date(2026, 6, 5), "竞争加剧", "对方报价偏低，但没有电池行业业绩", "important"),
    ),
    "F6.objective": card(objective="二期方案阶段与设备部、总经办保持稳定接触，签约前完成两次高层会面。"),
    "F6.contacts": table(
        PLANNED,
        ("许明月", "沈婉清", "介绍二期总体方案，听取投产要求", "visit", "quarterly", date(2026, 2, 25), "林晓梅", "陆建业"),
        ("顾建民", "林晓梅", "跟踪一期运行，收集二期技术要求", "visit", "monthly", date(2026, 1, 14), "林晓梅", None),
    ),
    "F7.plan": card(year=2026, objective="拿下湖州二期废气治理，巩固一期运维。"),
    "F7.actions": table(
        ACTIONS,
        ("提交二期初步方案", "林晓梅", date(2026, 3, 2), date(2026, 4, 15), "设计院配合两周", "设备部书面认可", "done", date(2026, 4, 13)),
        ("安排客户参观宁德样板项目", "林晓梅", date(2026, 5, 6), date(2026, 7, 17), "差旅费 2 万元", "总经理到场", "in_progress", None),
        ("完成二期投标文件", "陆建业", date(2026, 7, 1), date(2026, 9, 10), "投标组", "按期递交", "not_started", None),
    ),
    "F8.plan": card(year=2026, objective="新签合同额不低于 900 万元，运维收入增长 10%。"),
    "F8.projects": table(
        PROJECTS,
        ("湖州二期废气治理", 900, 0.6, 0.18, date(2026, 9, 30), "bidding", None),
        ("一期运维年度合同", 68, 0.95, 0.25, date(2026, 12, 20), "tracking", None),
        ("一期活性炭更换", 36, 1, 0.22, date(2026, 3, 20), "signed", 35.6),
    ),
    "F10.reports": table(
        REPORTS,
        (date(2026, 1, 14), "顾建民", "林晓梅", "visit", True, "春节前设备巡检，核对易损件清单。", "希望备件提前两周到货", "风机轴承有异响", "寄送轴承并安排更换", "林晓梅", date(2026, 1, 28), True, date(2026, 1, 15), "唐志强", date(2026, 1, 19)),
        (date(2026, 2, 25), "许明月", "沈婉清", "visit", True, "介绍公司去年业绩，了解二期总体安排。", "关心投产日期", "无", "四月中旬前提交初步方案", "林晓梅", date(2026, 4, 15), True, date(2026, 2, 26), "周启明", date(2026, 3, 2)),
        (date(2026, 4, 13), "顾建民", "林晓梅", "meeting", True, "汇报二期初步方案。", "停产不超过五天", "施工场地狭窄", None, None, None, True, date(2026, 4, 14), "唐志强", date(2026, 4, 16)),
        (date(2026, 5, 20), "许明月", "沈婉清", "visit", True, "二期投资计划批复后的首次会面。", "要看同行业样板", "竞争对手已接触", "七月中旬安排参观样板项目", "林晓梅", date(2026, 7, 17), True, date(2026, 5, 21), "周启明", date(2026, 5, 25)),
        (date(2026, 6, 18), "钱晓东", "林晓梅", "visit", True, "湖州现场踏勘，复核风量。", "接口图纸要提前交", "无", "下月初交接口图纸", "林晓梅", date(2026, 7, 3), True, date(2026, 6, 19), "唐志强", date(2026, 6, 23)),
        (date(2026, 7, 8), "孙丽", "林晓梅", "phone", False, "确认询价文件的格式要求。", "报价明细到设备级", "无", None, None, None, False, date(2026, 7, 9), None, None),
    ),
    "F11.transactions": table(
        TRANSACTIONS,
        ("XS20250918", date(2025, 9, 18), "一期废气治理尾款", 420000, date(2025, 10, 18), date(2025, 10, 10), 420000),
        ("XS20251205", date(2025, 12, 5), "布袋除尘器滤袋 DMC-96", 86400, date(2026, 1, 5), date(2025, 12, 30), 86400),
        ("XS20260326", date(2026, 3, 26), "活性炭更换", 356000, date(2026, 4, 26), date(2026, 4, 20), 356000),
        ("XS20260612", date(2026, 6, 12), "一期运维（上半年）", 310000, date(2026, 7, 12), date(2026, 7, 10), 310000),
    ),
    "F12.complaints": table(
        COMPLAINTS,
        ("TS2026001", "complaint", datetime(2026, 1, 12, 9, 20), "phone", "风机轴承异响，担心突然停机。", "设备", "ordinary", "罗永康",
         datetime(2026, 1, 12, 10, 5), True, date(2026, 1, 13), 0, None, "轴承润滑脂牌号与高温工况不符", "更换轴承并改用高温润滑脂", "沈婉清",
         datetime(2026, 1, 14, 16, 0), datetime(2026, 1, 15, 11, 0), datetime(2026, 1, 29, 14, 30), "运行正常，客户满意", datetime(2026, 1, 29, 17, 0)),
    ),
    "F14.contracts": table(
        CONTRACTS,
        ("HT2025-031", "一期运维合同", date(2025, 12, 22), 62, date(2026, 1, 1), date(2026, 12, 31), "半年一付", "in_force"),
        ("HT2026-007", "活性炭更换合同", date(2026, 3, 18), 35.6, date(2026, 3, 18), date(2026, 9, 18), "货到 30 天付清", "in_force"),
    ),
}

MINJIANG: Archive = {
    "F0.cover": card(
        code="KH0002", name="闽江食品集团有限公司", short_name="闽江食品", credit_code=credit_code(2), industry="食品加工", region="华东",
        stage="cooperating", account_manager="林晓梅", opened_on="2023年5月8日", verified_on="2026.7.1", verified_by="林晓梅",
        investment_scale="２，６００", payment_credit="good", payment_method="电汇，月结 30 天", high_level_visits=False,
        organisation="集团下设三个工厂，环保归口集团安环部。",
    ),
    "F1.contacts": table(
        CONTACTS,
        ("集团总部", "福州市仓山区闽江大道 66 号", "郭立新", "安环部部长", "138 0000 0021", "0591-55500021", "guolx@minjiang.example"),
        ("长乐工厂", "福州市长乐区文岭镇 9 号", "高燕", "厂长助理", "13800000022", None, None),
    ),
    "F2.persons": table(
        PERSONS,
        ("郭立新", "集团总部", "安环部", "部长", "male", "07-16", "13800000021", "guolx@minjiang.example", None, None, "书法", "污水站臭气被周边居民投诉", "3", True, date(2026, 5, 12)),
        ("何国平", "集团总部", "总经办", "总经理", "male", "01-30", None, None, None, None, None, "投资回报期不超过三年", "3", True, date(2026, 2, 3)),
        ("高燕", "长乐工厂", "生产部", "厂长助理", "female", None, "13800000022", None, None, None, None, "夏季用冷高峰不能停机", "3", True, date(2026, 5, 12)),
    ),
    "F3.relations": table(
        RELATIONS,
        ("何国平", None, "陆建业", "市场部部长", "decision_maker", "neutral", 5, "只在年会见过一次"),
        ("郭立新", "何国平", "林晓梅", "客户经理", "influencer", "positive", 4, None),
        ("高燕", "郭立新", "林晓梅", "客户经理", "user", "positive", 2, None),
    ),
    "F4.roles": table(
        ROLES,
        ("何国平", "decision_maker", "立项", "回报期", "算清节省的药剂和电费"),
        ("郭立新", "influencer", "立项", "居民投诉", "先做小试，用监测数据说话"),
    ),
    "F7.plan": card(year=2026, objective="污水站除臭项目立项并签约。"),
    "F7.actions": table(
        ACTIONS,
        ("完成除臭小试并出报告", "林晓梅", date(2026, 5, 18), date(2026, 7, 15), "小试装置一套", "监测报告盖章", "in_progress", None),
        ("把小试方案送客户书面确认", "林晓梅", date(2026, 6, 22), date(2026, 7, 10), None, "客户签字", "in_progress", None),
        ("请部长拜访何总", "陆建业", date(2026, 6, 1), date(2026, 8, 20), None, "会谈纪要", "not_started", None),
    ),
    "F8.plan": card(year=2026, objective="签下污水站除臭项目。"),
    "F8.projects": table(PROJECTS, ("污水站除臭", 85, "50%", 0.2, "2026-10-31", "tracking", None)),
    "F10.reports": table(
        REPORTS,
        (date(2026, 2, 3), "郭立新", "陆建业", "visit", True, "年初走访，了解环保投入计划。", "希望先看小试效果", "无", None, None, None, True, date(2026, 2, 4), "沈婉清", date(2026, 2, 6)),
        (date(2026, 5, 12), "郭立新", "林晓梅", "visit", True, "商定小试方案和位置。", "小试期间不影响生产", "臭气收集管线不全", "补一段临时管线", "林晓梅", date(2026, 5, 20), True, date(2026, 5, 13), "唐志强", date(2026, 5, 15)),
    ),
    "F11.transactions": table(
        TRANSACTIONS,
        ("XS20250822", "2025/8/22", "喷淋塔 PL-20", 98000, date(2025, 9, 22), date(2025, 9, 20), 98000),
        ("XS20260115", date(2026, 1, 15), "填料及药剂", "76,500.00", date(2026, 2, 15), date(2026, 3, 2), 76500),
    ),
    "F14.contracts": table(
        CONTRACTS, ("HT2025-022", "喷淋塔供货合同", date(2025, 8, 12), 9.8, date(2025, 8, 12), date(2026, 8, 11), "货到付款", "in_force"),
    ),
}

QUANZHOU: Archive = {
    "F0.cover": card(
        code="KH0003", name="恒生纺织（泉州）有限公司", short_name="恒生纺织", credit_code=credit_code(3), industry="纺织", region="华东",
        stage="cooperating", account_manager="郑浩然", opened_on=date(2024, 6, 20), verified_on=date(2026, 7, 10), verified_by="郑浩然",
        payment_credit="fair", high_level_visits=False,
    ),
    "F1.contacts": table(CONTACTS, ("泉州工厂", "泉州市洛江区万安街道 3 号", "董海英", "设备科长", "13800000031", "0595-55500031", None)),
    "F2.persons": table(
        PERSONS, ("董海英", "泉州工厂", "设备科", "科长", "female", "07-15", "13800000031", None, None, None, "喜欢喝铁观音", "备件到货慢", "3", True, date(2026, 5, 28)),
    ),
    "F3.relations": table(RELATIONS, ("董海英", None, "郑浩然", "客户经理", "user", "positive", 3, None)),
    "F4.roles": table(ROLES, ("董海英", "decision_maker", "日常采购", "到货快", "常用滤袋在泉州备库")),
    "F7.plan": card(year=2026, objective="滤袋供货做成年度框架合同。"),
    "F7.actions": table(
        ACTIONS,
        ("报出年度框架价格", "郑浩然", date(2026, 5, 6), date(2026, 6, 30), None, "客户书面回复", "in_progress", None),
    ),
    "F10.reports": table(
        REPORTS,
        (date(2026, 4, 16), "董海英", "郑浩然", "visit", True, "送样品滤袋试用。", "试用三个月再定", "无", None, None, None, True, date(2026, 4, 17), "唐志强", date(2026, 4, 20)),
        (date(2026, 5, 28), "董海英", "郑浩然", "visit", True, "查看试用情况，压差稳定。", "想谈年度价格", "无", "报年度框架价格", "郑浩然", date(2026, 6, 30), True, date(2026, 5, 29), "唐志强", date(2026, 6, 1)),
    ),
    "F11.transactions": table(
        TRANSACTIONS,
        ("XS20251111", date(2025, 11, 11), "布袋除尘器滤袋", 32800, date(2025, 12, 11), date(2026, 1, 8), 32800),
        ("XS20260420", date(2026, 4, 20), "脉冲阀及膜片", 9650, date(2026, 5, 20), date(2026, 5, 18), 9650),
    ),
    "F12.complaints": table(
        COMPLAINTS,
        ("TS2026014", "return", datetime(2026, 7, 14, 15, 30), "phone", "两条滤袋口径不合，要求退换。", "质量", "ordinary", "李伟（1033）"),
    ),
}

NANWAN: Archive = {
    "F0.cover": card(
        code="KH0004", name="南湾生物医药有限公司", short_name="南湾医药", credit_code=credit_code(4), industry="医药", region="华南",
        stage="prospective", account_manager="苏文杰", opened_on=date(2026, 4, 2), verified_on=date(2026, 4, 2), verified_by="苏文杰",
        investment_scale=5000, high_level_visits=False,
    ),
    "F1.contacts": table(CONTACTS, ("总部", "珠海市金湾区创业路 21 号", "梁思远", "工程部经理", "13800000041", "0756-5550041", "liangsy@nanwan.example")),
    "F2.persons": table(
        PERSONS,
        ("梁思远", "总部", "工程部", "经理", "male", "10-08", "13800000041", "liangsy@nanwan.example", None, None, None, "GMP 车间的排风不能中断", "2", True, date(2026, 4, 2)),
        ("宋佳宁", "总部", "总经办", "副总经理", "female", None, None, None, None, None, None, "供应商要有制药业绩", "2", False, date(2026, 4, 2)),
    ),
    "F3.relations": table(
        RELATIONS,
        ("梁思远", "宋佳宁", "苏文杰", "客户经理", "initiator", "neutral", 3, None),
        ("宋佳宁", None, None, None, "decision_maker", "none", 5, "还没见过面"),
    ),
    "F4.roles": table(ROLES, ("宋佳宁", "decision_maker", "意向", "制药业绩", "准备两家药厂的业绩证明")),
    "F8.plan": card(year=2026, objective="进入合格供应商名录。"),
    "F8.projects": table(PROJECTS, ("车间排风改造", 210, 0.2, 0.2, date(2026, 12, 31), "tracking", None)),
    "F10.reports": table(
        REPORTS,
        (date(2026, 4, 2), "梁思远", "苏文杰", "visit", True, "首次拜访，介绍公司。", "想看制药行业案例", "无", "补充业绩材料", "苏文杰", date(2026, 4, 20), True, date(2026, 4, 3), "Daniel Weber", date(2026, 4, 8)),
    ),
}

JIANGNAN |= {
    "F9.plan": card(
        year=2026, life_cycle="mature", objective="签下湖州二期废气治理，全年回款不低于 900 万元；运维续约。",
        summary="以湖州二期为主线，稳住设备部，每季度与总经办见面一次。", overview="电池材料龙头，三年内产能翻番，环保与主体同步招采。",
        competition="两家在争二期，我方在设备部占优，对方报价低。", history="2021 年一期废气治理，按期验收；2026 年续签运维。",
        business="一期运维合同在执行，二期方案已认可，九月投标。", strengths="有一期业绩和运行数据，响应快。", weaknesses="报价偏高，与采购部来往少。",
        opportunities="二期投资已批复；排放标准明年收严。", threats="对方可能低价抢标。",
        drafted_on=date(2026, 1, 12), discussed_with="沈婉清、唐志强", approved_by="陆建业", approved_on=date(2026, 1, 20), revision=0, filed_on=date(2026, 1, 22),
    ),
    "F9.competitors": table(
        "competitor strengths weaknesses state strategy",
        ("蓝岭环保", "报价低，付款条件宽", "没有电池行业业绩", "behind", "用一期运行数据说话，邀请参观样板"),
        ("华清科技", "研发力量强", "外地公司，服务半径大", "entering", "突出四小时到场"),
    ),
    "F13.surveys": table(
        "date respondent product service delivery price overall comment measure measure_owner measure_due_on",
        (date(2026, 6, 18), "顾建民", 5, 5, 4, 4, 5, "运维人员很负责"),
        (date(2026, 6, 18), "孙丽", 4, 4, 2, 3, 2, "备件交货太慢，催了三次", "常用轴承、滤袋在宁波备库，三天内到货", "罗永康", date(2026, 8, 31)),
    ),
    "F15.care": table(
        "subject occasion date planned owner done_on",
        ("顾建民", "birthday", date(2026, 7, 20), "当天上午电话祝贺，附总经理签名贺卡", "林晓梅"),
        ("江南新能源", "milestone", date(2026, 4, 28), "二期投资批复，发贺信", "沈婉清", date(2026, 4, 28)),
    ),
    "F16.tickets": table(
        "number kind first_asked assigned_to reported_at problem confirmed_at plan promised_on appointment_on engineer on_site_at cause process result resolved_at parts_used customer_confirmed",
        ("FW2026-008", "repair", "林晓梅", "罗永康", datetime(2026, 4, 8, 9, 10), "3 号除尘风机振动大", datetime(2026, 4, 8, 9, 40), "带动平衡仪上门，备两套轴承", date(2026, 4, 12),
         date(2026, 4, 10), "李伟（1033）", datetime(2026, 4, 10, 10, 0), "轴承磨损", "更换轴承，重做动平衡", "运行正常", datetime(2026, 4, 10, 16, 30), "BJ-001×2、BJ-014×1", True),
        ("FW2026-017", "maintenance", "罗永康", "罗永康", datetime(2026, 6, 2, 8, 30), "半年度保养", datetime(2026, 6, 2, 8, 35), "按保养清单", date(2026, 6, 5),
         date(2026, 6, 4), "李伟（1033）", datetime(2026, 6, 4, 9, 0), None, "清灰、换滤袋、紧固", "压差恢复正常", datetime(2026, 6, 4, 15, 0), "BJ-020×96", True),
    ),
    "F17.activities": table(
        "kind planned_on held_on host participants feedback follow_up follow_up_owner follow_up_due_on cost",
        ("discussion", date(2026, 3, 10), date(2026, 3, 12), "陆建业", "顾建民等五人", "关心停产时间", "给出分段施工计划", "林晓梅", date(2026, 4, 10), 1800),
        ("demonstration", date(2026, 7, 17), None, "沈婉清", "许明月等四人"),
    ),
    "F18.incentives": table(
        "kind basis value recipient_kind granted_to approved_by approved_on granted_on valid_until",
        ("rebate", "2025 年度采购返利，优惠政策第一条", 17200, "company", "江南新能源科技有限公司", "陆建业", date(2026, 2, 12), date(2026, 3, 2), date(2026, 12, 31)),
    ),
    "F19.orders": table(
        "number contract product quantity promised_on shipped_on delivered_on note",
        ("DD2026-011", "HT2026-007", "蜂窝活性炭 100×100", 42, date(2026, 3, 24), date(2026, 3, 20), date(2026, 3, 23)),
        ("DD2026-026", "HT2025-031", "滤袋 φ133×2450", 96, date(2026, 6, 1), date(2026, 6, 1), date(2026, 6, 3), "客户要求推迟两天卸货"),
        ("DD2026-034", "HT2025-031", "轴承 6312", 4, date(2026, 7, 24)),
    ),
}
"""What is kept beyond the prescribed forms of a customer with a plan, service and orders."""
