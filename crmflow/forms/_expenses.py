"""What the three sheets of F33 share: the ledger, and the checks by clerk, manager and finance (X4)."""

from crmflow.declare import Field, RowCheck
from crmflow.forms._parts import A_SUPERIOR, day, filled_once, in_order, staff, text
from crmflow.model import Text

CLERK = staff(
    "clerk", Text("文员审核人", "Checked by clerk"), Text("销售文员，第一道审核。", "The sales clerk, who checks first."),
    example=Text("李敏", "Li Min"),
)
CLERK_ON = day(
    "clerk_on", Text("文员审核日期", "Clerk checked on"), Text("第一道审核的日期。", "The day of the first check."), "2026-05-07", past=True,
)
MANAGER = staff(
    "manager", Text("经理审核人", "Checked by manager"), Text("销售经理（部长或大区经理），第二道审核。", "The sales manager, who checks second."),
    example=A_SUPERIOR,
)
MANAGER_ON = day(
    "manager_on", Text("经理审核日期", "Manager checked on"), Text("第二道审核的日期。", "The day of the second check."), "2026-05-08",
    past=True,
)
FINANCE = staff(
    "finance", Text("财务审核人", "Checked by finance"), Text("财务部，最后一道审核。", "Finance, who checks last."),
    example=Text("吴桂芳", "Wu Guifang"),
)
FINANCE_ON = day(
    "finance_on", Text("财务审核日期", "Finance checked on"), Text("最后一道审核的日期。", "The day of the last check."), "2026-05-09",
    past=True,
)

CHECK_FIELDS = (CLERK, CLERK_ON, MANAGER, MANAGER_ON, FINANCE, FINANCE_ON)
CHECKERS = {
    "clerk": ("sales_clerk",),
    "manager": ("department_head", "regional_manager"),
    "finance": ("finance",),
}
"""Whose check each is, by the role in F30 (X4)."""
CHECKED_BY = {roles: (person, f"{person}_on") for person, roles in CHECKERS.items()}
"""The fields that each of them fills in."""


def _after(earlier: Field, later: Field) -> RowCheck:
    """A later check without the one before it is invalid (X4)."""
    return RowCheck(
        "CHECK_SKIPPED", later.id, lambda row: row[earlier.id] is not None, needs=(later.id,), reads=(earlier.id,),
        facts={"before": earlier.label},
    )


CHECKS_IN_ORDER = (
    *(filled_once(by.id, on) for by, on in ((CLERK, CLERK_ON), (MANAGER, MANAGER_ON), (FINANCE, FINANCE_ON))),
    _after(CLERK_ON, MANAGER_ON),
    _after(MANAGER_ON, FINANCE_ON),
    in_order(CLERK_ON, MANAGER_ON),
    in_order(MANAGER_ON, FINANCE_ON),
)


def ledger(help: Text) -> Field:
    """The product whose ledger the expense is booked to (X7)."""
    return text(
        "ledger", Text("产品台账", "Product ledger"), help, Text("通风设备", "Ventilation"), required=True, width=12
    )
