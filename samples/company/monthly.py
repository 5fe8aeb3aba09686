"""Monthly market reports: 林晓梅 in time, 郑浩然 late and with mistakes, 苏文杰 without a month."""

from datetime import date

from samples.company.rows import Archive, card, table

NEWS = "customer category content source channel_level effect importance suggestion"

REPORTS: dict[str, Archive] = {
    "林晓梅 2026-05": {
        "F20.report": card(account_manager="林晓梅", month=date(2026, 5, 1), submitted_on=date(2026, 6, 1)),
        "F20.news": table(
            NEWS,
            ("KH0001", "investment", "湖州二期投资计划已批复，环保部分约 900 万元。", "客户年会", "1", "主体项目启动，需加快方案", "important", "五月安排副总拜访"),
            ("闽江食品集团有限公司", "environment", "长乐工厂被周边居民投诉臭气。", "客户安环部", "3", "除臭项目有了由头", "important", "先做小试"),
        ),
    },
    "林晓梅 2026-06": {
        "F20.report": card(account_manager="林晓梅", month=date(2026, 6, 1), submitted_on="2026.7.6"),
        "F20.news": table(
            NEWS,
            ("KH0001", "competitors", "蓝岭环保为湖州二期提交了初步方案，报价偏低。", "客户设备部", "3", "价格压力", "important", "突出电池行业业绩和运维能力"),
        ),
    },
    "郑浩然 2026-05": {
        "F20.report": card(account_manager="郑浩然", month=date(2026, 5, 1), submitted_on=date(2026, 6, 1)),
        "F20.news": table(
            NEWS, ("KH0003", "industry_and_market", "泉州纺织开工率回升到八成。", "行业公众号", "2", "滤袋消耗增加", "ordinary", "推年度框架合同"),
        ),
    },
    "苏文杰 2026-05": {
        "F20.report": card(account_manager="苏文杰", month=date(2026, 5, 1), submitted_on="2026/6/1"),
        "F20.news": table(
            NEWS, ("KH0004", "strategy", "南湾医药计划明年申报新车间。", "公司网站", "1", "排风改造有望提前", "important", "补充制药业绩"),
        ),
    },
    "苏文杰 六月": {
        "F20.report": card(account_manager="苏文杰", month="六月份", submitted_on=date(2026, 7, 13)),  # 没写年份，不知道是哪个月
        "F20.news": table(NEWS, ("KH0007", "investment", "提标改造资金已到位。", "客户计划部", "3", "下半年启动", "important", None)),
    },
    "郑浩然 2026-06": {
        "F20.report": card(account_manager="郑浩然", month="2026年6月", submitted_on=date(2026, 7, 9)),
        "F20.news": table(
            NEWS,
            ("KH0005", "investment", "2 号炉除尘改造列入明年技改。", "检修部", "3", "提前介入", "important", "八月前做现场测试"),
            ("海峡重工有限公司", "procurement", "降噪项目正在评标，报价区间从内部听说。", "采购科熟人", "4", "可能影响报价", "major", None),  # 单位名称和档案不一致；招投标的保密信息
            ("福建铸造行业协会", "industry_and_market", "协会将开展粉尘专项检查。", "协会网站", "2", "带来一批改造需求", "ordinary", None),  # 不是客户，按行业处理
            ("KH0003", "市场", "布袋涨价 5%。", "供应商", "2", "成本上升", "ordinary", None),  # 类别不在选项内
        ),
    },
}
