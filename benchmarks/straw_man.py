"""What a good data engineer writes in an afternoon: ``python benchmarks/straw_man.py DIR``.

pandas.read_excel for every file and sheet, one pandera validate for every
sheet, concat, to_excel with one sheet for every form. It knows nothing of
crmflow; it finds header rows by their titles, keeps bad rows out and lists
what is wrong with them. It does not compare with the last run, keep history,
grade, work out duties or write mails.
"""

import argparse
import json
import time
from collections.abc import Collection
from pathlib import Path

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

MARK = " *"


def text(required: bool = False, choices: list[str] | None = None) -> pa.Column:
    check = pa.Check.isin(choices) if choices else None
    return pa.Column("string", check, nullable=not required, required=required, coerce=True)


def number(required: bool = False, low: float | None = None, high: float | None = None) -> pa.Column:
    checks = [pa.Check.ge(low)] if low is not None else []
    checks += [pa.Check.le(high)] if high is not None else []
    return pa.Column(float, checks, nullable=not required, required=required, coerce=True)


def day(required: bool = False) -> pa.Column:
    return pa.Column("datetime64[ns]", nullable=not required, required=required, coerce=True)


def pattern(regex: str) -> pa.Column:
    return pa.Column("string", pa.Check.str_matches(regex), nullable=True, required=False, coerce=True)


METHODS = ["拜访", "电话", "邮件", "短信", "微信", "会议", "活动", "宴请"]
ROLES = ["发起者", "使用者", "影响者", "把关者", "采购者", "决策者"]
CATEGORIES = ["行业和市场", "战略方向", "组织与管理", "购买程序", "投资规模", "经营环境", "竞争对手"]
LEVELS = ["1 客户公开", "2 行业媒体", "3 客户及伙伴", "4 内部保密"]
IMPORTANCE = ["一般", "重要", "重大"]
YES_NO = ["是", "否"]
MOBILE = r"^1\d{10}$"
EMAIL = r"^[^@\s]+@[^@\s]+\.[^@\s]+$"

CARD = {
    "封面": {
        "客户代码": text(True),
        "单位名称": text(True),
        "行业": text(True),
        "地区": text(True),
        "客户阶段": text(True, ["潜在", "新", "合作", "忠诚", "流失"]),
        "客户经理": text(True),
        "建档日期": day(True),
        "核定日期": day(True),
        "年度投资规模（万元）": number(low=0),
        "付款信用": text(choices=["优", "良", "中", "差"]),
        "高层回访名单": text(choices=YES_NO),
    },
}
TABLES = {
    "附表1 基本情况": {
        "机构": text(True),
        "所处地点": text(True),
        "主要联系人": text(True),
        "职务": text(),
        "手机": pattern(MOBILE),
        "办公电话": text(),
        "家庭电话": text(),
        "邮箱": pattern(EMAIL),
    },
    "附表2 关键人物资料": {
        "姓名": text(True),
        "机构": text(),
        "部门": text(),
        "职务": text(True),
        "性别": text(choices=["男", "女"]),
        "生日": text(),
        "手机": pattern(MOBILE),
        "邮箱": pattern(EMAIL),
        "教育背景": text(),
        "工作经历": text(),
        "偏好": text(),
        "担忧的问题": text(),
        "信息渠道等级": text(True, LEVELS),
        "告知同意": text(True, YES_NO),
        "更新日期": day(True),
    },
    "附表3 关系图": {
        "关键人物": text(True),
        "上级": text(),
        "我方联系人": text(),
        "我方职务": text(),
        "购买角色": text(choices=ROLES),
        "关系状况": text(True, ["积极的", "中立的", "消极的", "尚未建立关系"]),
        "影响力（1–5）": number(low=1, high=5),
        "备注": text(),
    },
    "附表4 角色作用": {
        "关键人物": text(True),
        "角色": text(True, ROLES),
        "采购阶段": text(),
        "关心的要点": text(True),
        "我方对策": text(),
    },
    "附表5 信息的意义": {
        "信息类别": text(True, CATEGORIES),
        "信息内容": text(True),
        "信息渠道等级": text(True, LEVELS),
        "获知日期": day(True),
        "变化趋势": text(),
        "对我方的影响": text(True),
        "重要程度": text(True, IMPORTANCE),
    },
    "附表6 接触计划": {
        "关键人物": text(True),
        "我方人员": text(True),
        "接触目的": text(True),
        "接触方式": text(True, METHODS),
        "频率": text(True, ["每周", "每两周", "每月", "每季度", "每半年", "每年", "一次"]),
        "首次日期": day(True),
        "报告对象": text(True),
        "抄送": text(),
    },
    "附表7 行动计划": {
        "行动": text(True),
        "负责人": text(True),
        "开始日期": day(),
        "完成期限": day(True),
        "所需资源": text(),
        "衡量标准": text(),
        "状态": text(True, ["未开始", "进行中", "已完成", "已取消"]),
        "完成日期": day(),
    },
    "附表8 收益计划": {
        "项目": text(True),
        "合同额（万元）": number(True, 0),
        "获取率": number(True, 0, 1),
        "实际收入（万元）": number(),
        "利润率": number(True, -1, 1),
        "利润额（万元）": number(),
        "预计签约日期": day(),
        "状态": text(choices=["跟踪", "投标", "中标", "签约", "丢失"]),
        "实际签约额（万元）": number(low=0),
    },
    "接触记录": {
        "日期": day(True),
        "关键人物": text(),
        "我方人员": text(True),
        "接触方式": text(True, METHODS),
        "现场": text(True, YES_NO),
        "内容": text(True),
        "需求与反馈": text(),
        "发现的问题": text(),
        "后续事项": text(),
        "跟进人": text(),
        "跟进期限": day(),
        "计划内": text(True, YES_NO),
        "报告日期": day(),
        "审阅人": text(),
        "审阅日期": day(),
    },
    "交易记录": {
        "单据号": text(True),
        "日期": day(True),
        "产品": text(),
        "金额（元）": number(True),
        "应付日期": day(),
        "付款日期": day(),
        "已付金额（元）": number(),
    },
    "投诉与反馈": {
        "编号": text(True),
        "类型": text(True, ["投诉", "索赔", "退换货", "建议", "咨询", "表扬"]),
        "收到时间": day(True),
        "渠道": text(True, ["电话", "信函", "邮件", "传真", "来访", "网站"]),
        "内容": text(True),
        "问题类别": text(),
        "严重程度": text(choices=["轻微", "一般", "严重"]),
        "责任方": text(True),
        "首次响应时间": day(),
        "属实": text(choices=YES_NO),
        "处理措施": text(),
        "结案时间": day(),
    },
    "合同": {
        "合同号": text(True),
        "合同名称": text(True),
        "签订日期": day(True),
        "合同金额（万元）": number(True, 0),
        "开始日期": day(),
        "到期日期": day(True),
        "付款条件": text(),
        "状态": text(choices=["履行中", "已完成", "已终止"]),
    },
    "人员": {
        "工号": text(True),
        "姓名": text(True),
        "角色": text(True),
        "上级工号": text(),
        "部门": text(True),
        "大区": text(),
        "邮箱": pattern(EMAIL),
    },
}
SCHEMAS = {name: pa.DataFrameSchema(columns, strict="filter") for name, columns in (CARD | TABLES).items()}


def read_card(sheet: pd.DataFrame, labels: Collection[str]) -> pd.DataFrame:
    """The value stands right of its label."""
    found = {}
    for row in sheet.itertuples(index=False):
        for at, cell in enumerate(row[:-1]):
            label = cell.removesuffix(MARK) if isinstance(cell, str) else None
            if label in labels and label not in found:
                found[label] = row[at + 1]
    return pd.DataFrame([found])


def read_table(sheet: pd.DataFrame, labels: Collection[str]) -> pd.DataFrame:
    """The rows below the header, which is the row that holds most of the labels."""
    titles = sheet.map(lambda cell: cell.removesuffix(MARK) if isinstance(cell, str) else cell)
    hits = titles.isin(labels).sum(axis=1)
    header = hits.idxmax()
    frame = sheet.iloc[header + 1 :].copy()
    frame.columns = titles.iloc[header]
    frame = frame.loc[:, frame.columns.isin(labels)].replace("", pd.NA).dropna(how="all")
    frame.index = frame.index + 1
    return frame


def validate(name: str, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Good rows, and what is wrong with the others."""
    try:
        return SCHEMAS[name].validate(frame, lazy=True), None
    except SchemaErrors as error:
        cases = error.failure_cases
        bad = set(cases["index"].dropna())
        good = frame[~frame.index.isin(bad)]
        try:
            good = SCHEMAS[name].validate(good, lazy=True)
        except SchemaErrors:
            good = good.iloc[:0]
        return good, cases.drop_duplicates(["index", "column"])[["index", "column", "check", "failure_case"]]


def consolidate(folder: Path) -> tuple[dict[str, list[pd.DataFrame]], list[pd.DataFrame]]:
    """Read everything below ``folder``; returns the frames by sheet and the errors."""
    good: dict[str, list[pd.DataFrame]] = {name: [] for name in SCHEMAS}
    errors: list[pd.DataFrame] = []
    for path in sorted(folder.rglob("*.xlsx")):
        with pd.ExcelFile(path) as book:
            for name in book.sheet_names:
                if name not in SCHEMAS:
                    continue
                sheet = pd.read_excel(book, sheet_name=name, header=None, dtype=object)
                frame = read_card(sheet, CARD[name]) if name in CARD else read_table(sheet, set(TABLES[name]))
                if frame.empty:
                    continue
                rows, wrong = validate(name, frame)
                good[name].append(rows.assign(文件=path.name, 行=rows.index + 1))
                if wrong is not None:
                    errors.append(wrong.assign(文件=path.name, 表=name))
    return good, errors


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, default=Path("straw_man.xlsx"))
    arguments = parser.parse_args()
    begun = time.perf_counter()
    good, errors = consolidate(arguments.folder)
    read = time.perf_counter()
    with pd.ExcelWriter(arguments.output) as writer:
        for name, frames in good.items():
            if frames:
                pd.concat(frames, ignore_index=True).to_excel(writer, sheet_name=name, index=False)
        if errors:
            pd.concat(errors, ignore_index=True).astype(str).to_excel(writer, sheet_name="错误", index=False)
    rows = sum(len(frame) for frames in good.values() for frame in frames)
    print(
        json.dumps(
            {
                "rows": rows,
                "errors": sum(map(len, errors)),
                "seconds": {
                    "read_and_validate": round(read - begun, 2),
                    "write": round(time.perf_counter() - read, 2),
                },
            }
        )
    )


if __name__ == "__main__":
    main()
