"""F37 Sales targets 销售目标: persons add up to teams, teams to the company, months to the year (Q4)."""

from crmflow.declare import Choice, Field, Form, Kind, RowCheck, Table
from crmflow.forms._parts import choice, required_when, staff, text, yuan
from crmflow.model import Text, WorkbookKind

MONTHS = (
    Choice("year", Text("全年", "Whole year"), aliases=("年度", "合计全年")),
    *(
        Choice(f"{month:02}", Text(f"{month}月", name), aliases=(str(month), f"{month:02}", f"{month:02}月"))
        for month, name in enumerate(
            ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
             "November", "December"), start=1,
        )
    ),
)
LEVELS = (
    Choice("person", Text("个人", "Person")),
    Choice("team", Text("团队", "Team"), aliases=("大区", "部门")),
    Choice("company", Text("公司", "Company"), aliases=("全公司",)),
)

TARGETS = Table(
    id="targets",
    title=Text("目标分解", "Targets by person, team and company"),
    key=("year", "month", "level", "team", "person"),
    blank_rows=19,
    filled_by={("finance",): ("actual",)},
    fields=(
        Field("year", Text("年度", "Year"), Kind.YEAR, Text("四位数字。", "Four digits."), "2026", required=True, minimum=2000, maximum=2100, width=9),
        choice("month", Text("月份", "Month"), MONTHS, Text("哪个月；全年目标选“全年”，各月之和要等于全年。",
               "Which month; the months add up to the whole year."), required=True, width=13),
        choice("level", Text("层级", "Level"), LEVELS, Text("个人之和等于团队，团队之和等于公司。",
               "Persons add up to their team, teams to the company."), required=True, width=10),
        text("team", Text("大区或团队", "Region or team"), Text("写法前后一致；公司一级可空。", "Always spelled the same; may be blank for the company."),
             Text("华东", "East China"), width=18),
        staff("person", Text("个人", "Sales person"), Text("层级为“个人”时填。", "Only where the level is Person.")),
        yuan("target", Text("目标（元）", "Target (CNY)"), Text("单位元。", "In yuan."), "5000000.00", required=True, width=20),
        Field("actual", Text("实际（元）", "Actual (CNY)"), Kind.YUAN, Text("单位元，按交易记录填；可为负（退货）。", "In yuan, from the transactions; negative for returns."),
              "4860000.00", width=20),
    ),
    checks=(
        required_when("person", lambda row: row["level"] == "person", Text("层级为“个人”", "the level is “Person”")),
        required_when("team", lambda row: row["level"] in ("person", "team"), Text("层级为“个人”或“团队”", "the level is “Person” or “Team”")),
        RowCheck("PERSON_IN_A_TOTAL", "person", lambda row: row["level"] == "person", needs=("level", "person")),
    ),
)

FORM = Form(
    id="F37",
    title=Text("销售目标分解表", "Sales targets"),
    sheet=Text("销售目标", "F37 Targets"),
    kind=WorkbookKind.TARGETS,
    note=Text(
        "每个人、每个团队、全公司，每月一行，另有“全年”一行。个人之和等于团队，团队之和等于公司，各月之和等于全年；对不上的会提示差多少。",
        "One row a month for each person, team and the company, and one for the whole year. Persons add up to teams, teams to the "
        "company, months to the year; where they do not, the check says by how much.",
    ),
    blocks=(TARGETS,),
    source="Q4 销售目标（R8）",
)
