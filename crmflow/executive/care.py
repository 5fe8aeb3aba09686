"""How an executive's customers are cared for: decision makers, satisfaction, complaints, risks."""

from collections.abc import Iterable, Iterator
from datetime import date

from crmflow.codes import say
from crmflow.company import COMPLAINT_KINDS, COMPLAINTS, ROLES
from crmflow.dates import ONE_DAY, day_of, shift_months, span_of
from crmflow.executive.view import View, in_wan, keeps, value_of
from crmflow.figures import decision_makers
from crmflow.model import Accepted, Stage
from crmflow.overviews import ComplaintLine, Coverage, MonthComplaints, RiskLine, Score
from crmflow.register import is_past
from crmflow.summary import label_of

SURVEYS = "F13.surveys"
SCORES = ("product", "service", "delivery", "price", "overall")
VISITS = frozenset({"V1", "V2", "V3", "V4", "V5", "V6"})


def coverage(view: View) -> Iterator[Coverage]:
    """How many decision makers the archives of each grade's customers name, and how many are positive."""
    for tier in (*view.scheme, None):
        id = tier.id if tier else ""
        rows = [view.month.company.all_of(code) for code in view.customers if view.tiers.get(code, "") == id]
        known = [decision_makers(one) for one in rows]
        if known:
            deciders, positive = (sum(len(one[which]) for one in known) for which in (0, 1))
            nameless = sum(not one[0] for one in known)
            yield Coverage(label_of(tier, view.language), deciders, positive, nameless)


def surveys_of(view: View, until: date) -> Iterator[Accepted]:
    """The surveys of the window of months that ends with ``until``."""
    since = shift_months(until, -view.config.grading.window_months)
    for row in view.month.company.rows.get(SURVEYS, ()):
        day = day_of(row.values.get("date"))
        if day is not None and since < day <= until and row.customer in view.customers:
            yield row


def scores(view: View, surveys: Iterable[Accepted]) -> Iterator[Score]:
    """The average of each question, and what it was when the month began."""
    now, before = tuple(surveys), tuple(surveys_of(view, view.month.span.start - ONE_DAY))
    for id in SCORES:
        field = view.situation.catalogue.find_field(SURVEYS, id)
        if field is not None:
            yield Score(say(field.label, view.language), _average(now, id), _average(before, id))


def _average(rows: Iterable[Accepted], field: str) -> float | None:
    scores = [float(score) for row in rows if isinstance(score := row.values.get(field), int | float)]
    return round(sum(scores) / len(scores), 2) if scores else None


def complaints(view: View) -> MonthComplaints:
    """The complaints of the month, and what is still open of any."""
    span, late = view.month.span, _late_complaints(view)
    every = [
        (row, day) for row in view.month.company.rows.get(COMPLAINTS, ())
        if row.values.get("kind") in COMPLAINT_KINDS and row.customer in view.customers
        and (day := day_of(row.values.get("received_at"))) is not None and day <= view.situation.today
    ]
    received = [row for row, day in every if span.start <= day <= span.end]
    former = span_of("month", span.start - ONE_DAY)
    lines = (_complaint(row, late, view) for row in sorted(received, key=lambda row: str(row.values["received_at"])))
    return MonthComplaints(
        received=len(received),
        before=sum(former.start <= day <= former.end for _, day in every),
        late=sum(row.row_id in late for row in received),
        upheld=sum(row.values.get("upheld") is True for row in received),
        open=sum(row.values.get("closed_at") is None for row, _ in every),
        lines=tuple(line for line in lines if line.late or line.upheld or line.serious),
    )


def _late_complaints(view: View) -> frozenset[str]:
    """The row ids of complaints that were answered too late, or should have been by now (C2)."""
    met = (
        one.evidence for one in view.situation.met
        if one.rule == "C2" and one.met_on is not None and is_past(one.met_on, one.due)
    )
    open_ = (
        duty.subject.partition(":")[0] for duty in view.duties if duty.rule == "C2" and duty.stage >= Stage.OVERDUE
    )
    return frozenset((*met, *open_))


def _complaint(row: Accepted, late: frozenset[str], view: View) -> ComplaintLine:
    values, upheld = row.values, row.values.get("upheld")
    owner = view.situation.directory.find(values.get("responsible_party"))
    return ComplaintLine(
        customer=view.customers[row.customer].name,
        category=str(values.get("category") or ""),
        owner=owner.name if owner else str(values.get("responsible_party") or ""),
        serious=values.get("severity") == "serious",
        late=row.row_id in late,
        upheld=upheld if isinstance(upheld, bool) else None,
        is_open=values.get("closed_at") is None,
        code=row.customer,
    )


def risks(view: View) -> list[RiskLine]:
    """The customers of important grades that give reason to worry, the most pressing first."""
    return sorted(_risks(view), key=lambda risk: _pressing(risk, view))


def _risks(view: View) -> Iterator[RiskLine]:
    """Those that are late to be visited, silent, owe money or name no decision maker."""
    wanted = view.config.reports.R3_risk_tiers
    labels = {tier.id: label_of(tier, view.language) for tier in view.scheme}
    late = [duty for duty in view.duties if duty.stage >= Stage.OVERDUE]
    visits: dict[str, date] = {}
    for duty in sorted(late, key=lambda duty: duty.due_at, reverse=True):
        if duty.rule in VISITS:
            visits[duty.customer] = duty.due_at.date()
    silent = {duty.customer: duty.last_evidence for duty in late if duty.rule == "V11"}
    for code, customer in view.customers.items():
        tier, figures = view.tiers.get(code, ""), view.month.figures.get(code)
        if tier not in wanted or figures is None:
            continue
        manager = view.situation.directory.people.get(customer.manager)
        risk = RiskLine(
            customer=customer.name, grade=labels[tier], manager=manager.name if manager else "",
            turnover=in_wan([value_of(figures["turnover"])]), visit_due=visits.get(code),
            silent=code in silent, last_contact=silent.get(code),
            overdue=in_wan([value_of(figures["overdue_amount"])]),
            nameless=keeps(view, ROLES) and not decision_makers(view.month.company.all_of(code))[0],
            code=code,
        )
        if _reasons(risk):
            yield risk


def _reasons(risk: RiskLine) -> int:
    return sum((risk.visit_due is not None, risk.silent, risk.overdue > 0, risk.nameless))


def _pressing(risk: RiskLine, view: View) -> tuple[int, int, float, str]:
    """The better grade first, then the more reasons, then the larger turnover."""
    order = [label_of(tier, view.language) for tier in view.scheme]
    return order.index(risk.grade), -_reasons(risk), -risk.turnover, risk.customer
