"""D8, D9, D12, D14: what the department's registers must show by when (section 5)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from crmflow.dates import ONE_DAY, Span, day_of, shift_months
from crmflow.duties.rule import DutyRule, told
from crmflow.duties.situation import Situation
from crmflow.forms import f33a_expense_statement, f35_training, f36_suggestions
from crmflow.forms._expenses import CHECKERS
from crmflow.model import Accepted, Expectation, Person, Where
from crmflow.people import in_service
from crmflow.texts import PHRASES
from crmflow.timing import Pace

STATEMENT, SUGGESTIONS, TRAININGS = "F33a.statement", "F36.suggestions", "F35.trainings"
_CHECKED_ON = {field.id: field.label for field in f33a_expense_statement.STATEMENT.fields}


def expense_statements(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D8: sales staff file the month's statement of expenses by a working day of the next month."""
    config, filed = situation.config.deadlines, _statements(situation)
    where = Where("", f33a_expense_statement.FORM.sheet.zh)
    for person in _in_service(situation, config.D8_roles):
        for month, until in situation.spans("month", person.entered_on or date.min):
            statement = filed.get((person.number, month.start))
            submitted = situation.day(statement, "submitted_on") if statement else None
            yield Expectation(
                rule, "", person.number, month.name, person.number,
                _working_day(situation, month, config.D8_filed_working_day), statement.where if statement else where,
                {"month": month.name}, (config.D8_ahead_working_days,), met_on=submitted,
                evidence=statement.row_id if statement else "", last=submitted, until=situation.next_month_end(until),
            )


def expense_reviews(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D8b: clerk, manager and finance check a statement one after the other, by a working day of the next month."""
    config = situation.config.deadlines
    for (number, _), statement in _statements(situation).items():
        month, checked = day_of(statement.values.get("month")), situation.day(statement, "submitted_on")
        if month is None or checked is None or not situation.reaches(month):
            continue
        span = Span(month, shift_months(month, 1) - ONE_DAY, f"{month:%Y-%m}")
        for level in CHECKERS:
            if checked is None:
                break
            checked = situation.day(statement, f"{level}_on")
            due = _working_day(situation, span, config.D8_reviewed_working_day)
            yield Expectation(
                rule, "", f"{statement.row_id}:{level}", span.name, _checker(situation, statement, level, number), due,
                statement.where,
                {"month": span.name, "person": str(statement.values.get("prepared_by")),
                 "field": _CHECKED_ON[f"{level}_on"]},
                (config.D8_ahead_working_days,), met_on=checked, evidence=statement.row_id, last=checked,
                until=situation.next_month_end(due),
            )


def _statements(situation: Situation) -> Mapping[tuple[str, date], Accepted]:
    """The statement of each person and month."""
    found: dict[tuple[str, date], Accepted] = {}
    for row in situation.company.rows.get(STATEMENT, ()):
        person, month = situation.company.people.find(row.values.get("prepared_by")), day_of(row.values.get("month"))
        if person and month:
            found[person.number, month.replace(day=1)] = row
    return found


def _checker(situation: Situation, statement: Accepted, level: str, preparer: str) -> str:
    """Who checks: the person named, else the preparer's own head, else the first in the role."""
    people = situation.company.people
    named = people.find(statement.values.get(level))
    author = people.people.get(preparer)
    head = people.head_of(author) if author and "department_head" in CHECKERS[level] else None
    person = named or head or next(_in_service(situation, CHECKERS[level]), None)
    return person.number if person else ""


def _working_day(situation: Situation, month: Span, nth: int) -> date:
    """The ``nth`` working day of the month after ``month``."""
    following = month.end + ONE_DAY
    return situation.calendar.nth_working_day(following.year, following.month, nth)


def suggestions(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D9: each quarter the administrator writes down how archives are to be mended.

    Where the form is older than its field for the day, the first day of the quarter stands for it.
    """
    made = _made(situation)
    administrator = next(_in_service(situation, ("information_administrator",)), None)
    where = Where("", f36_suggestions.FORM.sheet.zh)
    if administrator is None:
        return
    for quarter, until in situation.spans("quarter", administrator.entered_on or date.min):
        first = next(iter(made.get(quarter.name, ())), None)
        made_on = situation.day(first, "made_on") or quarter.start if first else None
        yield Expectation(
            rule, "", administrator.number, quarter.name, administrator.number, quarter.end,
            first.where if first else where, {"quarter": quarter.name},
            (situation.config.deadlines.D9_ahead_working_days,), met_on=made_on,
            evidence=first.row_id if first else "", last=made_on, until=until,
        )


def _made(situation: Situation) -> Mapping[str, Sequence[Accepted]]:
    """The suggestions of each quarter, the first made first."""
    made: dict[str, list[Accepted]] = {}
    for row in situation.company.rows.get(SUGGESTIONS, ()):
        made.setdefault(str(row.values.get("quarter")), []).append(row)
    for rows in made.values():
        rows.sort(key=lambda row: situation.day(row, "made_on") or date.min)
    return made


def copies(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D9c: account manager and head are told once of a quarter's suggestions for their customers."""
    company, days = situation.company, timedelta(days=situation.config.deadlines.D9_told_days)
    for quarter, rows in _made(situation).items() if days else ():
        concerned: dict[str, list[Accepted]] = {}
        for row in rows:
            customer, owner = company.code_of(row.values.get("archive")), situation.answering(row, "owner")
            readers = {situation.manager_of(customer), situation.head_for(customer)} - {owner, ""}
            for reader in readers if situation.day(row, "made_on") else ():
                concerned.setdefault(reader, []).append(row)
        for reader, theirs in sorted(concerned.items()):
            made_on = [day for row in theirs if (day := situation.day(row, "made_on"))]
            yield told(rule, theirs[0], "", reader, reader, quarter, (min(made_on), max(made_on) + days), {
                "quarter": quarter, "count": str(len(theirs)),
            })


def carried_out(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D9b: a suggestion is carried out by its date, by its owner."""
    ahead = situation.config.deadlines.D9_done_ahead_working_days
    for row in situation.company.rows.get(SUGGESTIONS, ()):
        due, done = day_of(row.values.get("due_on")), situation.day(row, "done_on")
        customer = situation.company.code_of(row.values.get("archive"))
        owner = situation.answering(row, "owner") or situation.manager_of(customer)
        if due is not None:
            yield Expectation(
                rule, customer, row.row_id, due.isoformat(), owner, due, row.where,
                {"archive": str(row.values.get("archive")), "suggestion": str(row.values.get("suggestion")),
                 "number": str(row.values.get("number"))},
                (ahead,), met_on=done, evidence=row.row_id, last=done,
            )


def training_hours(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D12: account managers and service staff reach the year's hours of training, in part of a year in proportion."""
    config, trained = situation.config.deadlines, _trainings(situation)
    for person in _in_service(situation, config.D12_roles) if config.D12_hours else ():
        for year, _ in situation.spans("year", person.entered_on or date.min):
            came = person.entered_on if person.entered_on and person.entered_on > year.start else year.start
            required = config.D12_hours * (13 - came.month) / 12
            hours, reached, evidence = 0.0, None, ""
            for day, row in trained.get(person.number, ()):
                if year.start <= day <= year.end and reached is None:
                    hours += _number(row.values.get("hours"))
                    reached, evidence = (day, row.row_id) if hours >= required else (None, "")
            yield Expectation(
                rule, "", person.number, year.name, person.number, year.end, Where("", f35_training.FORM.sheet.zh),
                {"year": year.name, "hours": f"{hours:g}", "missing": f"{max(required - hours, 0):.3g}",
                 "often": PHRASES["due.over_the_year"]},
                (config.D12_ahead_working_days,), met_on=reached, evidence=evidence,
                last=max((day for day, _ in trained.get(person.number, ())), default=None),
                until=situation.next_month_end(year.end),
            )


def _trainings(situation: Situation) -> Mapping[str, list[tuple[date, Accepted]]]:
    """The trainings that each person has had, oldest first."""
    found: dict[str, list[tuple[date, Accepted]]] = {}
    for row in situation.company.rows.get(TRAININGS, ()):
        person, day = situation.company.people.find(row.values.get("person")), situation.day(row, "date")
        if person and day:
            found.setdefault(person.number, []).append((day, row))
    return {number: sorted(rows, key=lambda dated: dated[0]) for number, rows in found.items()}


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0.0


def regulation_review(situation: Situation, rule: str) -> Iterator[Expectation]:
    """D14: the department head has the regulation reviewed within some months of its last approval.

    A newer day of approval in the configuration is the evidence.
    """
    config, approved = situation.config.deadlines, situation.config.regulation.approved_on
    head = next(_in_service(situation, ("department_head",)), None)
    if config.D14_months and approved and head:
        due = shift_months(approved, config.D14_months)
        yield Expectation(
            rule, "", "regulation", due.isoformat(), head.number, due, Where("config.yaml"),
            {"approved": approved.isoformat()}, (config.D14_ahead_working_days,), last=approved,
        )


def _in_service(situation: Situation, roles: tuple[str, ...]) -> Iterator[Person]:
    return (one for one in situation.company.people.with_role(*roles) if in_service(one, situation.today))


RULES = {
    "D8": DutyRule(expense_statements, (STATEMENT,), form="F33a", evidence="F33a.statement.submitted_on"),
    "D8b": DutyRule(expense_reviews, (STATEMENT,)),
    "D9": DutyRule(suggestions, (SUGGESTIONS,), form="F36", evidence="F36.suggestions.made_on"),
    "D9b": DutyRule(carried_out, (SUGGESTIONS,)),
    "D9c": DutyRule(copies, (SUGGESTIONS,), Pace.CALENDAR_DAYS),
    "D12": DutyRule(training_hours, (TRAININGS,)),
    "D14": DutyRule(regulation_review, ()),
}
