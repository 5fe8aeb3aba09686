"""Which fields each rule looks at, and so which rules a field serves.

What a declaration says already is not said again: row checks, people, figures
and formulas name their fields themselves. Here stands what functions read.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeAlias

from crmflow.codes import CATALOGUE
from crmflow.declare import Block, Field, Kind
from crmflow.metrics import METRICS
from crmflow.rules import RULES

EVERYWHERE = "F"
"""The rule that every field is under; it would tell nothing."""
_ID = re.compile(r"([A-Z])(\d*)([a-z]?)")

_Blocks: TypeAlias = Mapping[str, Mapping[str, str]]

_FORMS: _Blocks = {
    "F": {
        "F32.receptions": "customer", "F33a.lines": "customer", "F34.loans": "archive", "F36.suggestions": "archive",
    },
    "F0": {"F0.cover": "code credit_code account_manager payment_credit"},
    "F3": {"F2.persons": "name", "F3.relations": "key_person reports_to"},
    "F4": {"F3.relations": "our_person", "F4.roles": "role", "F8.projects": "project status"},
    "F9": {"F9.plan": "approved_by"},
    "F19": {"F19.orders": "promised_on delivered_on note"},
    "F20": {"F5.information": "information channel_level", "F20.news": "customer content channel_level"},
    "F30": {
        "F30.people": "number name role superior department region email language entered_on left_on leave_from "
                      "leave_until",
    },
    "F33b": {
        "F33b.summary": "month", "F33b.lines": "number customer amount",
        "F33c.applications": "number customer amount applied_on",
    },
    "F41a": {"F41a.exemptions": "form subject period reason approved_by until_on"},
}

_REGISTERS: _Blocks = {
    "N1": {"F31a.candidates": "number candidate screening decision", "F31b.steps": "number step owner due_on done_on"},
    "N3": {
        "F31a.candidates": "candidate screening development_plan development_owner development_due_on "
                           "development_done_on decision",
    },
    "N2": {
        "F32.receptions": "tier rank host met_by lodging vehicles room chair banquet_host welcome_screen told "
                          "approved_by",
    },
    "X2": {
        "F0.cover": "name short_name", "F1.contacts": "contact", "F2.persons": "name", "F15.care": "planned",
        "F17.activities": "follow_up", "F18.incentives": "basis recipient_kind granted_to", "F33a.lines": "purpose",
        "F33c.applications": "kind purpose beneficiary amount",
    },
    "X3": {"F33c.applications": "number customer finance finance_on"},
    "X4": {
        "F33a.statement": "clerk manager finance",
        "F33c.applications": "number customer applied_on clerk manager finance",
    },
    "X7": {"F33a.lines": "ledger rate", "F33c.applications": "ledger amount contract_amount"},
    "A2": {"F34.loans": "number borrower archive until_on returned_on"},
    "A6": {"F40.incidents": "number happened_on who superior closed_on"},
    "R8": {"F37.targets": "year month level team person target"},
}

_VISIT = {"F0.cover": "opened_on high_level_visits", "F10.reports": "date our_person method on_site"}
_CONTACTS: _Blocks = {
    **dict.fromkeys(("V1", "V2", "V3", "V4", "V5", "V6"), _VISIT),
    "V7": {
        "F6.contacts": "key_person our_person purpose method frequency first_on",
        "F10.reports": "date key_person our_person",
    },
    "V8": {"F0.cover": "opened_on", "F10.reports": "date our_person"},
    "V9": {"F10.reports": "date key_person our_person method planned filed_on reviewed_by reviewed_on"},
    "V9b": {"F6.contacts": "key_person first_on", "F10.reports": "date key_person our_person method planned"},
    "V10": {"F10.reports": "date key_person our_person method planned approved_by approved_on"},
    "V11": {"F0.cover": "stage opened_on", "F10.reports": "date", "F11.transactions": "date"},
    "D7": {"F10.reports": "date key_person our_person filed_on"},
    "D11": {"F2.persons": "name birthday", "F10.reports": "date key_person"},
    "D11b": {"F15.care": "subject occasion date planned owner done_on"},
}

_DEADLINES: _Blocks = {
    "D": {"F41b.days": "date kind"},
    "D1": {"F20.report": "account_manager month submitted_on"},
    "D2": {"F0.cover": "opened_on verified_on"},
    "D3": {"F5.information": "information channel_level observed_on importance"},
    "D3b": {
        "F20.report": "account_manager month submitted_on", "F20.news": "customer content channel_level importance",
    },
    "D4": {"F5.information": "observed_on"},
    "D4b": {"F2.persons": "updated_on"},
    "D5": {"F0.cover": "opened_on", "F9.plan": "drafted_on"},
    "D5b": {"F9.plan": "drafted_on approved_by approved_on revised_on"},
    "D6": {"F7.actions": "action owner due_on status done_on"},
    "D8": {"F33a.statement": "month prepared_by"},
    "D8b": {
        "F33a.statement": "month prepared_by submitted_on clerk clerk_on manager manager_on finance finance_on",
    },
    "D9": {"F36.suggestions": "quarter made_on"},
    "D9b": {"F36.suggestions": "number archive suggestion owner due_on done_on"},
    "D9c": {"F36.suggestions": "quarter archive owner made_on"},
    "D10": {"F14.contracts": "number name signed_on starts_on ends_on status"},
    "D12": {"F35.trainings": "person date hours"},
    "D12b": {"F9.plan": "drafted_on filed_on"},
}

_COMPLAINT = "number kind received_at responsible_party"
_TICKET = "number kind assigned_to reported_at problem promised_on resolved_at"
_SERVICE: _Blocks = {
    "D13": {"F0.cover": "opened_on", "F11.transactions": "date", "F13.surveys": "date overall measure"},
    "D13b": {"F13.surveys": "measure measure_owner measure_due_on measure_done_on"},
    "C1": {"F12.complaints": "kind received_at"},
    "C2": {"F12.complaints": f"{_COMPLAINT} first_response_at closed_at"},
    "C3": {"F12.complaints": f"{_COMPLAINT} content severity upheld closed_at"},
    "C4": {"F12.complaints": f"{_COMPLAINT} upheld cause_analysis measures analysed_on approved_at"},
    "C5": {"F12.complaints": f"{_COMPLAINT} approved_at agreed_at follow_up_at follow_up_result closed_at"},
    "C8": {
        "F12.complaints": f"{_COMPLAINT} upheld apology_on compensation refund_confirmed_on agreed_at",
    },
    "S1": {"F16.tickets": f"{_TICKET} urgent confirmed_at plan on_site_at"},
    "S4": {"F16.tickets": f"{_TICKET} first_asked plan appointment_on engineer on_site_at customer_confirmed"},
    "S5": {
        "F16.tickets": "reported_at on_site_at resolved_at parts_used",
        "F39.parts": "number previous_on previous received used counted_on counted",
    },
    "S6": {"F16.tickets": f"{_TICKET} appointment_on"},
}

USES: Mapping[str, Mapping[str, frozenset[str]]] = {
    rule: {block: frozenset(fields.split()) for block, fields in blocks.items()}
    for part in (_FORMS, _REGISTERS, _CONTACTS, _DEADLINES, _SERVICE) for rule, blocks in part.items()
}
"""By rule and block: the fields that its functions read, but what the customer is called and who keeps the archive."""

_BY_KIND: Mapping[Kind, str] = {
    Kind.STAFF: CATALOGUE["NOT_STAFF"].rule, Kind.CREDIT_CODE: CATALOGUE["NOT_A_CREDIT_CODE"].rule,
}


def rules_of(name: str, block: Block, field: Field, schemes: Mapping[str, Collection[str]]) -> tuple[str, ...]:
    """The rules, and grading schemes, that look at a field of the block ``name``, in order.

    ``schemes`` are those in force, each with the figures it rests on. The rule that every field is under is left out.
    """
    found = {*_declared(block, field), *_graded(name, field, schemes)}
    found |= {rule for rule, blocks in USES.items() if field.id in blocks.get(name, ())}
    found.discard(EVERYWHERE)
    return in_order(found)


def in_order(rules: Iterable[str]) -> tuple[str, ...]:
    """Rules by letter and number, V9 before V10; the company's own grading schemes last."""
    return tuple(sorted(rules, key=_place))


def _place(rule: str) -> tuple[bool, str, int, str]:
    parts = _ID.fullmatch(rule)
    return (False, parts[1], int(parts[2] or 0), parts[3]) if parts and rule in RULES else (True, rule, 0, "")


def _declared(block: Block, field: Field) -> Iterator[str]:
    """The rules behind what the form itself declares."""
    for check in block.checks:
        if field.id in (check.field_id, *check.needs, *check.reads):
            yield CATALOGUE[check.code].rule
    if field.kind in _BY_KIND:
        yield _BY_KIND[field.kind]
    if field.in_block:
        yield CATALOGUE["PERSON_WITHOUT_PROFILE"].rule
    if any(other.formula and field.id in (other.id, *other.formula) for other in block.fields):
        yield CATALOGUE["FORMULA_OVERTYPED"].rule


def _graded(name: str, field: Field, schemes: Mapping[str, Collection[str]]) -> Iterator[str]:
    """The schemes one of whose figures is worked out from the field."""
    for scheme, metrics in schemes.items():
        if any(field.id in METRICS[metric].fields.get(name, ()) for metric in metrics):
            yield scheme
