"""The staff register, with the mistakes that an administrator makes in it."""

from datetime import date

from samples.company.rows import Rows, table

MANAGERS = ("林晓梅", "郑浩然", "苏文杰")
NAMES = ("周启明", "沈婉清", "陆建业", "何静", "唐志强", "Daniel Weber", *MANAGERS, "吴桂芳", "方琳", "罗永康", "李伟（1032）", "李伟（1033）")

PEOPLE: Rows = table(
    "number name role superior department region email language entered_on left_on leave_from leave_until deputy",
    ("1001", "周启明", "general_manager", None, "总经办", None, "zhouqm@hengchuan.example", "zh", date(2009, 4, 1)),
    ("1002", "沈婉清", "vice_president", "1001", "总经办", None, "shenwq@hengchuan.example", "zh", date(2011, 9, 1)),
    ("1003", "陆建业", "department_head", "1002", "市场部", None, "lujy@hengchuan.example", "zh", date(2012, 3, 12)),
    ("1004", "何静", "information_administrator", "1003", "市场部", None, "hejing@hengchuan.example", "zh", "2018.7.2"),
    ("1005", "唐志强", "regional_manager", "1003", "市场部", "华东", "tangzq@hengchuan.example", "zh", date(2014, 6, 3)),
    ("1006", "Daniel Weber", "regional_manager", "1003", "市场部", "华南", "weber@hengchuan.example", "en", date(2019, 2, 18)),
    ("1011", "林晓梅", "account_manager", "1005", "市场部", "华东", "linxm@hengchuan.example", "zh", date(2016, 5, 9)),
    ("1012", "郑浩然", "account_manager", "1005", "市场部", "华东", "zhenghr@hengchuan.example", "zh", date(2020, 8, 17)),
    ("1013", "苏文杰", "account_manager", "1006", "市场部", "华南", "suwj@hengchuan.example", "zh", date(2021, 3, 1)),
    ("1021", "吴桂芳", "finance", "1001", "财务部", None, "wugf@hengchuan.example", "zh", date(2010, 7, 5)),
    ("1022", "罗永康", "responsible_party", "1002", "售后服务部", None, "luoyk@hengchuan.example", "zh", date(2013, 11, 4)),
    ("1023", "方琳", "sales_clerk", "1003", "市场部", None, "fanglin@hengchuan.example", "zh", date(2019, 7, 1)),
    ("1031", "谢雨", "sales_staff", "1005", "市场部", "华东", "xieyu@hengchuan.example", "zh", date(2022, 4, 6), date(2026, 5, 31)),
    ("1032", "李伟", "sales_staff", "1012", "市场部", "华东", "liwei@hengchuan.example", "zh", date(2023, 7, 3)),
    ("1033", "李伟", "responsible_party", "1022", "售后服务部", None, "liwei2@hengchuan.example", "zh", date(2024, 1, 15)),
    # 下面几行有错：上级不存在、互为上级、没有邮箱
    ("1034", "马骏", "sales_staff", "1099", "市场部", "华南", "majun@hengchuan.example", "zh", date(2025, 10, 9)),
    ("1035", "崔明", "sales_staff", "1036", "市场部", "华南", "cuiming@hengchuan.example", "zh", date(2025, 3, 10)),
    ("1036", "丁兰", "sales_staff", "1035", "市场部", "华南", "dinglan@hengchuan.example", "zh", date(2025, 3, 10)),
    ("1037", "孟凡", "sales_clerk", "1003", "市场部", None, None, "zh", date(2026, 6, 22)),
)
