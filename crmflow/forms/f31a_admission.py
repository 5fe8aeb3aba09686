"""F31a Admission 新客户准入: who is to become a customer or supplier, and how it was decided (N1, N3)."""

from dataclasses import replace

from crmflow.declare import Choice, Form, Table
from crmflow.forms._parts import choice, code, day, filled_once, note, required_when, staff, text
from crmflow.model import Text, WorkbookKind

KINDS = (
    Choice("customer", Text("客户", "Customer")),
    Choice("supplier", Text("供应商", "Supplier")),
)
SCREENING = (
    Choice("target", Text("列为目标", "Target")),
    Choice("watch", Text("继续观察", "Watch")),
    Choice("rejected", Text("不予考虑", "Rejected"), aliases=("淘汰",)),
)
DECISIONS = (
    Choice("admitted", Text("同意准入", "Admitted"), aliases=("同意",)),
    Choice("refused", Text("不予准入", "Refused"), aliases=("不同意",)),
    Choice("postponed", Text("暂缓", "Postponed")),
)

CUSTOMER_CODE = code(
    "customer_code", Text("客户代码", "Customer code"),
    Text("准入后由信息管理员编发，写在档案封面上。", "Given by the administrator on admission; it goes onto the archive's cover."),
    "KH0012", width=12,
)
INFORMED = day(
    "informed_on", Text("通知部门日期", "Departments informed on"),
    Text("把付款条件等告知财务、发货等部门的日期。", "The day finance, dispatch and others were told."), "2026-03-25", past=True,
)

DEVELOPED_BY = replace(
    day("development_due_on", Text("开发期限", "Development due"), Text("开发计划最迟哪天完成。", "The last day for the development plan."),
        "2026-06-30"),
    since=2,
)
DEVELOPED = replace(
    day("development_done_on", Text("开发完成日期", "Development done on"),
        Text("开发计划做完的日期。", "The day the development plan was carried out."), "2026-06-18", past=True),
    since=2,
)

CANDIDATES = Table(
    id="candidates",
    title=Text("准入对象", "Candidates"),
    key=("number",),
    blank_rows=32,
    filled_by={
        ("department_head",): ("decision",),
        ("information_administrator",): ("customer_code", "informed_on"),
    },
    fields=(
        code("number", Text("编号", "No"), Text("每家一个编号；准入步骤表里用同一个编号。", "One number each, repeated in the steps."), "ZR2026-004",
             required=True),
        text(
            "candidate", Text("单位名称", "Candidate"), required=True, width=28,
            help=Text("营业执照上的全称。", "The full name as in the business licence."),
            example=Text("江南精密制造有限公司", "Jiangnan Precision Manufacturing Co., Ltd."),
        ),
        choice("kind", Text("类别", "Kind"), KINDS, Text("准备做客户还是供应商。", "Customer or supplier."), required=True, width=9),
        choice("screening", Text("初选结果", "Screening"), SCREENING, Text("潜在客户先筛选，目标客户要有开发计划。",
               "Prospects are screened; the targets get a development plan.")),
        note(
            "development_plan", Text("开发计划", "Development plan"), width=32,
            help=Text("列为目标的必填：谁、做什么、什么时候。", "Required for targets: who does what by when."),
            example=Text("王芳六月底前拜访设备部，八月送样机", "Wang Fang visits equipment by June, sample in August"),
        ),
        replace(
            staff("development_owner", Text("开发负责人", "Developed by"), Text("开发计划由谁做。", "Who carries out the development plan.")),
            since=2,
        ),
        DEVELOPED_BY,
        DEVELOPED,
        choice("decision", Text("决定", "Decision"), DECISIONS, Text("会签以后的决定。", "The decision taken.")),
        code("contract", Text("合同号", "Contract no"), Text("签订的合同编号。", "The contract's number."), "HT2026-018"),
        code("quality_contract", Text("质量保证合同号", "Quality contract no"),
             Text("质量保证合同的编号。", "The quality-assurance contract's number."), "ZB2026-018"),
        CUSTOMER_CODE,
        text(
            "payment_terms", Text("付款条件", "Payment terms"), width=24,
            help=Text("商定的付款条件。", "The terms agreed."),
            example=Text("预付 30%，验收后 60%，质保金 10%", "30 % in advance, 60 % on acceptance, 10 % retained"),
        ),
        INFORMED,
    ),
    checks=(
        required_when("development_plan", lambda row: row["screening"] == "target",
                      Text("初选结果为“列为目标”", "the screening is “Target”")),
        filled_once("development_owner", DEVELOPED_BY),
        filled_once("decision", CUSTOMER_CODE),
        filled_once("contract", CUSTOMER_CODE),
        filled_once("payment_terms", INFORMED),
    ),
)

FORM = Form(
    id="F31a",
    title=Text("新客户准入登记表", "Register of admissions"),
    sheet=Text("准入登记", "F31a Admission"),
    kind=WorkbookKind.ADMISSION,
    note=Text(
        "每家准入的客户或供应商一行。初选列为目标的，写开发计划；办理过程在“准入步骤”表里一步一行，按顺序办。先定合同，再编客户代码，最后通知各部门。",
        "One row for each customer or supplier to be admitted. Targets get a development plan; the procedure is kept in the "
        "sheet of steps, one row a step, in order: contract first, then the code, then the departments.",
    ),
    blocks=(CANDIDATES,),
    source="Q2 准入（N1、N3）",
    version=2,
)
