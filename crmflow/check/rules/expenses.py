"""Rules over relationship-maintenance expenses (section 9) and whatever else is given to a customer."""

import re
from collections.abc import Iterator

from crmflow.check.rules.view import Broken, View, at, shown, text_of
from crmflow.forms._expenses import CHECKERS
from crmflow.model import Finding, Record, Text

BRIBE = re.compile(
    r"回扣|好处费|辛苦费|感谢费|茶水费|信息费|红包|礼金|购物卡|礼品卡|消费卡|储值卡|加油卡|提成|打点|(?:个人|私人)(?:账户|卡号)"
    r"|[给付送返][^，。；、]{0,8}(?:个人|本人)"
    r"|\b(?:kickbacks?|bribes?|gift cards?|red envelopes?|backhanders?)\b",
    re.IGNORECASE,
)
REFUSED = re.compile(r"[不勿禁未拒][^，。；、]{0,4}$")
"""Ends a text in which what follows is ruled out, as in 不送礼金."""
A_PERSON = re.compile(r"(?:先生|女士|小姐|经理|部长|科长|处长|主任|厂长|总监|总工)$|^.{1,2}总$|\b(?:Mr|Mrs|Ms)\b")
GIVEN = {
    "F33c.applications": ("purpose", "beneficiary"),
    "F33a.lines": ("purpose",),
    "F15.care": ("planned",),
    "F17.activities": ("follow_up",),
    "F18.incentives": ("basis", "granted_to"),
}
"""Where staff say what is given, and to whom."""
CHECKED = ("F33a.statement", "F33c.applications")


def nothing_is_given_for_preference(view: View) -> Broken:
    """BRIBERY: money or value to a customer's employee in exchange for preference cannot be approved (X2)."""
    for name, fields in GIVEN.items():
        for position, record in view.rows(name):
            for field_id in fields:
                if word := _bribe(field_id, text_of(record.values[field_id])):
                    yield position, at(record, field_id, "BRIBERY", word)


def _bribe(field_id: str, text: str) -> str:
    """What in ``text`` stands for a bribe; nothing where it is ruled out."""
    if field_id == "beneficiary" and A_PERSON.search(text):
        return text
    return next((found[0] for found in BRIBE.finditer(text) if not REFUSED.search(text[: found.start()])), "")


def incentives_go_to_the_company(view: View) -> Broken:
    """INCENTIVE_TO_PERSON: never to its employees; a contracted distributor may be a natural person (X2, F18)."""
    company = {
        text_of(record.values[field]) for _, record in view.rows("F0.cover") for field in ("name", "short_name")
    }
    people = {text_of(record.values["name"]) for _, record in view.rows("F2.persons")}
    people |= {text_of(record.values["contact"]) for _, record in view.rows("F1.contacts")}
    for position, record in view.rows("F18.incentives"):
        recipient = text_of(record.values["granted_to"])
        is_distributor = record.values["recipient_kind"] == "distributor"
        if recipient and recipient not in company and (recipient in people or not is_distributor):
            yield position, at(record, "granted_to", "INCENTIVE_TO_PERSON", recipient)


def expenses_keep_within_their_limits(view: View) -> Broken:
    """ABOVE_LIMIT, ABOVE_RATE: an application within its kind's limit (X2) and its product's rate (X7)."""
    for position, record in view.rows("F33c.applications"):
        amount, contract = record.values["amount"], record.values["contract_amount"]
        if not isinstance(amount, int | float):
            continue
        limit = view.reference.limits.expenses.get(text_of(record.values["kind"]))
        rate = _rate(view, record)
        if limit is not None and amount > limit:
            yield position, at(record, "amount", "ABOVE_LIMIT", shown(amount), limit=shown(float(limit)))
        elif rate is not None and isinstance(contract, int | float) and amount > contract * rate + 0.005:
            most = shown(contract * rate)
            yield position, at(record, "amount", "ABOVE_RATE", shown(amount), most=most, rate=f"{rate:.1%}")
    for position, record in view.rows("F33a.lines"):
        used, rate = record.values["rate"], _rate(view, record)
        if rate is not None and isinstance(used, int | float) and used > rate:
            yield position, at(record, "rate", "RATE_ABOVE_SET", f"{used:.1%}", rate=f"{rate:.1%}")


def _rate(view: View, record: Record) -> float | None:
    limits = view.reference.limits
    return limits.rates.get(text_of(record.values["ledger"]), limits.rate)


def checkers_are_entitled(view: View) -> Broken:
    """CHECKER_NOT_ENTITLED: clerk, manager and finance each by the role in F30 (X4)."""
    for name in CHECKED:
        for position, record in view.rows(name):
            for field_id, roles in CHECKERS.items():
                person = view.people.find(record.values[field_id])
                if person is not None and person.role not in roles:
                    labels = [view.catalogue.choice_label("F30.people", "role", role) for role in roles]
                    wanted = Text("或".join(one.zh for one in labels), " or ".join(one.en for one in labels))
                    yield position, at(record, field_id, "CHECKER_NOT_ENTITLED", person.name, roles=wanted)


def summaries_repeat_their_applications(view: View) -> Broken:
    """SUMMARY_WITHOUT_APPLICATION, SUMMARY_DIFFERS, SUMMARY_LACKS: F33b lists the month's applications of F33c."""
    if "F33c.applications" in view.book.absent:
        return
    applications = {text_of(record.values["number"]): record for _, record in view.rows("F33c.applications")}
    listed = set()
    for position, record in view.rows("F33b.lines"):
        number = text_of(record.values["number"])
        listed.add(number)
        if number and number not in applications:
            yield position, at(record, "number", "SUMMARY_WITHOUT_APPLICATION", number)
        elif number:
            yield from ((position, finding) for finding in _differences(record, applications[number]))
    for position, summary in view.rows("F33b.summary"):
        lacking = sorted(number for number, one in applications.items()
                         if number not in listed and summary.period and _month(one) == summary.period)
        if lacking:
            numbers = Text("、".join(lacking), ", ".join(lacking))
            yield position, at(summary, "month", "SUMMARY_LACKS", summary.period, numbers=numbers)


def _differences(line: Record, application: Record) -> Iterator[Finding]:
    for field_id in ("customer", "amount"):
        here, there = line.values[field_id], application.values[field_id]
        if here is not None and there is not None and here != there:
            yield at(line, field_id, "SUMMARY_DIFFERS", shown(here), there=shown(there))


def _month(application: Record) -> str:
    return text_of(application.values["applied_on"])[:7]
