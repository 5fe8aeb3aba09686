"""Rules over the department's registers: admission, reception, loans, targets, spare parts (sections 6–8)."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from crmflow.check.rules.view import Broken, View, at, text_of
from crmflow.declare import Field, Kind
from crmflow.forms.f31b_admission_steps import STEPS
from crmflow.model import Record, Text, Value
from crmflow.people import EXECUTIVES

NAMED = {
    "F32.receptions": "customer", "F33a.lines": "customer", "F34.loans": "archive", "F36.suggestions": "archive",
}
"""Where a register names a customer that must have an archive."""
APPROVERS = ("department_head", *EXECUTIVES)
"""Who approves an exemption."""
STEP_ORDER = tuple(step.id for step in STEPS)
STEP_LABELS = {step.id: step.label for step in STEPS}
MONTHS_IN_A_YEAR = 12
TOLERANCE = 0.005
"""Half a cent."""


def customers_are_on_file(view: View) -> Broken:
    """CUSTOMER_NOT_ON_FILE: a customer named in a register has an archive, by its code or its name."""
    archives = view.reference.customers
    names = {archive.name for archive in archives.values()}
    for block, field_id in NAMED.items():
        for position, record in view.rows(block):
            named = text_of(record.values[field_id])
            if archives and named and named not in names and archives.keys().isdisjoint(named.split()):
                yield position, at(record, field_id, "CUSTOMER_NOT_ON_FILE", named)


def exemptions_are_approved_by_a_head(view: View) -> Broken:
    """EXEMPTION_NOT_ENTITLED: a filing need not be made when a department head or an executive says so."""
    for position, record in view.rows("F41a.exemptions"):
        person = view.people.find(record.values["approved_by"])
        if person is not None and person.role not in APPROVERS:
            labels = [view.catalogue.choice_label("F30.people", "role", role) for role in APPROVERS]
            roles = Text("、".join(one.zh for one in labels), ", ".join(one.en for one in labels))
            yield position, at(record, "approved_by", "EXEMPTION_NOT_ENTITLED", person.name, roles=roles)


def steps_belong_to_a_candidate(view: View) -> Broken:
    """STEP_WITHOUT_CANDIDATE, STEPS_MISSING: every admission has all its steps, every step its admission (N1)."""
    if {"F31a.candidates", "F31b.steps"} & view.book.absent:
        return
    steps: dict[str, set[str]] = defaultdict(set)
    for _, record in view.rows("F31b.steps"):
        steps[text_of(record.values["number"])].add(text_of(record.values["step"]))
    numbers = {text_of(record.values["number"]) for _, record in view.rows("F31a.candidates")}
    for position, record in view.rows("F31b.steps"):
        number = text_of(record.values["number"])
        if number and number not in numbers:
            yield position, at(record, "number", "STEP_WITHOUT_CANDIDATE", number)
    for position, record in view.rows("F31a.candidates"):
        goes_on = record.values["screening"] != "rejected" and record.values["decision"] in (None, "admitted")
        missing = [STEP_LABELS[step] for step in STEP_ORDER if step not in steps[text_of(record.values["number"])]]
        if goes_on and missing and record.values["number"]:
            yield position, at(record, "number", "STEPS_MISSING", steps=_listed(missing))


def steps_are_taken_in_order(view: View) -> Broken:
    """STEP_OUT_OF_ORDER: a step of N1 is done after all before it."""
    done: dict[tuple[str, str], date | None] = {}
    for _, record in view.rows("F31b.steps"):
        on = record.values["done_on"]
        key = text_of(record.values["number"]), text_of(record.values["step"])
        done[key] = on if isinstance(on, date) else None
    for position, record in view.rows("F31b.steps"):
        number, step, on = (record.values[name] for name in ("number", "step", "done_on"))
        if not isinstance(on, date) or step not in STEP_ORDER:
            continue
        for earlier in STEP_ORDER[: STEP_ORDER.index(str(step))]:
            before = done.get((text_of(number), earlier))
            if before is None or before > on:
                yield position, at(record, "done_on", "STEP_OUT_OF_ORDER", str(on), before=STEP_LABELS[earlier])
                break


def receptions_follow_the_standard(view: View) -> Broken:
    """RECEPTION_DEPARTS, RECEPTION_PROPOSAL: the standard of tier and rank is proposed, a departure told (N2)."""
    for position, record in view.rows("F32.receptions"):
        fields = {field.id: field for field in view.catalogue.block("F32.receptions").fields}
        which = text_of(record.values["tier"]), text_of(record.values["rank"])
        blank = []
        for field_id, allowed in view.reference.limits.reception.get(which, {}).items():
            standard = _named(view, fields[field_id], allowed)
            if record.values[field_id] is None:
                label = fields[field_id].label
                blank.append(Text(f"{label.zh}：{standard.zh}", f"{label.en}: {standard.en}"))
            elif not _keeps(view, fields[field_id], record.values[field_id], allowed):
                shown = _named(view, fields[field_id], (_word(record.values[field_id]),)).zh
                yield position, at(record, field_id, "RECEPTION_DEPARTS", shown, standard=standard)
        if blank:
            yield position, at(record, "rank", "RECEPTION_PROPOSAL", standard=_listed(blank, "；", "; "))


def _keeps(view: View, field: Field, value: Value, allowed: Sequence[str]) -> bool:
    if field.kind is Kind.STAFF:
        person = view.people.find(value)
        return person is None or person.role in allowed
    if field.kind is Kind.TEXT:
        return all(word in text_of(value) for word in allowed)
    return _word(value) in allowed


def _word(value: Value) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else text_of(value)


def _named(view: View, field: Field, allowed: Sequence[str]) -> Text:
    """What the standard asks for, in the words of the forms."""
    if field.kind is Kind.STAFF:
        return _listed([view.catalogue.choice_label("F30.people", "role", role) for role in allowed], "或", " or ")
    if field.kind is Kind.YES_NO:
        return Text("是", "Yes") if "yes" in allowed else Text("否", "No")
    if field.kind is Kind.CHOICE:
        labels = {choice.id: choice.label for choice in field.choices}
        return _listed([labels.get(one, Text(one, one)) for one in allowed], "或", " or ")
    return _listed([Text(one, one) for one in allowed])


def _listed(texts: Sequence[Text], zh: str = "、", en: str = ", ") -> Text:
    return Text(zh.join(one.zh for one in texts), en.join(one.en for one in texts))


def targets_add_up(view: View) -> Broken:
    """TARGETS_DO_NOT_ADD_UP: persons to teams, teams to the company, months to the year (F37, R8)."""
    rows = view.rows("F37.targets")
    for position, record in rows:
        target = record.values["target"]
        if not isinstance(target, int | float):
            continue
        for parts, name, is_whole in _parts(record, [other for _, other in rows]):
            total = sum(part for part in parts if isinstance(part, int | float))
            if parts and (total > target + TOLERANCE or (is_whole and total < target - TOLERANCE)):
                gap, shown = f"{total - target:+,.2f}", f"{target:,.2f}"
                yield position, at(
                    record, "target", "TARGETS_DO_NOT_ADD_UP", shown, parts=name, total=f"{total:,.2f}", gap=gap
                )
                break


def _parts(whole: Record, rows: Sequence[Record]) -> Iterator[tuple[list[Value], Text, bool]]:
    """What must add up to a target, what it is called, and whether all of it is there already."""
    level, month = whole.values["level"], whole.values["month"]
    same = [row.values for row in rows if row.values["year"] == whole.values["year"]]
    in_month = [row for row in same if row["month"] == month]
    if level == "team":
        mine = [row["target"] for row in in_month if row["level"] == "person" and row["team"] == whole.values["team"]]
        yield mine, Text("各人目标", "persons'"), True
    if level == "company":
        yield [row["target"] for row in in_month if row["level"] == "team"], Text("各团队目标", "teams'"), True
    if month == "year":
        own = [row["target"] for row in same if row["month"] != "year" and _holder(row) == _holder(whole.values)]
        yield own, Text("各月目标", "months'"), len(own) == MONTHS_IN_A_YEAR


def _holder(row: Mapping[str, Value]) -> tuple[Value, ...]:
    """Whose target a row is; there is one company, whatever its team says."""
    return ("company",) if row["level"] == "company" else (row["level"], row["team"], row["person"])


def stock_agrees(view: View) -> Broken:
    """STOCK_DIFFERS, USAGE_DIFFERS: a count agrees with what came and went, and that with the service tickets (S5)."""
    for position, record in view.rows("F39.parts"):
        previous, received, used, counted = (record.values[n] for n in ("previous", "received", "used", "counted"))
        if isinstance(previous, int) and isinstance(counted, int):
            came, went = (one if isinstance(one, int) else 0 for one in (received, used))
            expected = previous + came - went
            if expected != counted:
                yield position, at(record, "counted", "STOCK_DIFFERS", str(counted), expected=str(expected))
        if isinstance(used, int) and view.reference.usage is not None:
            by_tickets = _used_by_tickets(view, record)
            if by_tickets is not None and by_tickets != used:
                yield position, at(record, "used", "USAGE_DIFFERS", str(used), tickets=str(by_tickets))


def _used_by_tickets(view: View, record: Record) -> int | None:
    """How many the service tickets used between the two counts; None while a date is missing."""
    start, end = record.values["previous_on"], record.values["counted_on"]
    if not isinstance(start, date) or not isinstance(end, date):
        return None
    part = text_of(record.values["number"]).casefold()
    usage = view.reference.usage or ()
    return sum(one.quantity for one in usage if one.part.casefold() == part and start < one.on <= end)
