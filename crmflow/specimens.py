"""An invented mail of every kind, so that a template can be looked at before anybody gets it."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta

from crmflow.access import Customer
from crmflow.codes import say
from crmflow.config import Config
from crmflow.dates import WorkCalendar
from crmflow.digest import digests
from crmflow.drafts import Content, Draft, Situation
from crmflow.model import Duty, Finding, Person, Stage, Text, Where
from crmflow.overviews import (
    ComplaintLine,
    Coverage,
    Executive,
    FilingLine,
    GradeChange,
    LateComplaint,
    Migration,
    MonthComplaints,
    MonthRate,
    PersonLine,
    Portfolio,
    RiskLine,
    Score,
    Summary,
    TierLine,
)
from crmflow.people import Directory

WANG = Person("1003", "王芳", "account_manager", "1002", "市场部", "华东", "wang@example.com")
"""Who the specimens are for, unless somebody is named."""
COLLEAGUE = Person("1004", "刘洋", "account_manager", "1002", "市场部", "华东", "liu@example.com")
HARBOUR, RIVER = Text("临港化工集团", "Harbour Chemicals"), Text("江城热电有限公司", "River City Power")
OVERALL = Text("总体满意度", "Overall")
VIP, KEY = Text("战略客户", "VIP"), Text("重点客户", "Key")


def draft(kind: str, person: Person, today: date, config: Config) -> Draft:
    """The mail of this kind to ``person``, in their language; KeyError for a kind that has no specimen."""
    content = OF[kind](person, today, config)
    return Draft(person, kind, today, (), (), content)


def _digest(person: Person, today: date, config: Config) -> Content:
    """Something urgent, overdue, due today, and to mend."""
    def told(text: Text) -> str:
        return say(text, person.language)

    own, river = f"{person.name}/{told(HARBOUR)}.xlsx", f"{person.name}/{told(RIVER)}.xlsx"
    owed = (
        _duty("D2", "KH-1", person.number, today - timedelta(5), Stage.OVERDUE, own, customer=told(HARBOUR),
              left=Text("已逾期 3 个工作日", "3 working days late")),
        _duty("C2", "KH-2", person.number, today, Stage.AHEAD, river, urgent=True, customer=told(RIVER),
              number="TS-015", task=Text("首次响应", "first response"), field=Text("首次响应时间", "first response at"),
              left=Text("还有 2 小时", "2 hours left")),
        _duty("D11", "KH-1", person.number, today, Stage.DUE, own, person="赵敏", customer=told(HARBOUR),
              left=Text("就是今天", "It is today")),
    )
    wrong = Finding("NOT_A_MOBILE", Where(own, "F1", "E7"), "1380571234", "F1.contacts", "mobile",
                    customer="KH-1", owner=person.number)
    situation = Situation(
        today, WorkCalendar(), 5, Directory.of((person,)),
        {"KH-1": Customer("KH-1", told(HARBOUR), person.number), "KH-2": Customer("KH-2", told(RIVER), person.number)},
        config.catalogue, (wrong,), owed,
    )
    settings = config.model_copy(update={"mail": config.mail.model_copy(update={"cut_over_on": None})})
    return next(one.content for one in digests(situation, settings) if one.recipient.number == person.number)


def _duty(
    rule: str, code: str, owner: str, due: date, stage: Stage, file: str, *, urgent: bool = False, **facts: str | Text
) -> Duty:
    moment = datetime.combine(due, time(23, 59, 59))
    return Duty(rule, code, "", f"{due}", owner, moment, stage, Where(file, "F0"),
                facts={"due": f"{due}", **facts}, urgent=urgent)


def _summary(person: Person, today: date, config: Config) -> Content:
    own = PersonLine(person.name, 12, 3, 4, 2, 240, 36)
    colleague = PersonLine(COLLEAGUE.name, 9, 0, 1, 0, 180.5, 21)
    place = Where("刘洋/KH-3.xlsx", "F12", "A5")
    return Summary(
        f"{today:%G-W%V}", (own, colleague),
        (FilingLine(COLLEAGUE.name, 8, 2, 1, 1, 2 / 3), FilingLine(person.name, 11, 1, 0, 0, 11 / 12)), 6,
        _trend(today), (TierLine(say(VIP, person.language), 4), TierLine(say(KEY, person.language), 17)),
        (GradeChange(say(HARBOUR, person.language), say(KEY, person.language), say(VIP, person.language), True),),
        (LateComplaint(say(RIVER, person.language), COLLEAGUE.name, datetime.combine(today, time(9, 30)), place),),
        PersonLine("", 21, 3, 5, 2, 420.5, 57),
    )


def _trend(today: date) -> tuple[MonthRate, ...]:
    months = (today.year * 12 + today.month - 1 - back for back in range(6, 0, -1))
    rates = (0.71, 0.78, 0.76, 0.83, 0.9, 0.92)
    return tuple(
        MonthRate(f"{month // 12}-{month % 12 + 1:02}", rate) for month, rate in zip(months, rates, strict=True)
    )


def _executive(person: Person, today: date, config: Config) -> Content:
    vip, key, river = (say(text, person.language) for text in (VIP, KEY, RIVER))
    began = today.replace(day=1)
    total = Portfolio("", 21, 3120, 4200, 610, 1, Portfolio("", 20, 2980, 4100, 600))
    grades = (Portfolio(vip, 4, 1900, 2500, 400, 0, Portfolio(vip, 3, 1700, 2300, 380)),
              Portfolio(key, 17, 1220, 1700, 210, 1, Portfolio(key, 17, 1280, 1800, 220)))
    moved = (GradeChange(river, vip, key, False),)
    line = ComplaintLine(river, "", COLLEAGUE.name, serious=True, late=True, upheld=None, is_open=True)
    risk = RiskLine(river, vip, COLLEAGUE.name, 320, began, True, began - timedelta(60), 12.5, False)
    return Executive(
        f"{began - timedelta(1):%Y-%m}", began - timedelta(1), 12, total, grades,
        (Portfolio("华东", 13, 2000, 2700, 400), Portfolio("华北", 8, 1120, 1500, 210)),
        Migration((vip, key), 2, ((3, 1), (1, 15)), 1, 1, 1, moved), (Coverage(vip, 9, 6, 0), Coverage(key, 25, 11, 2)),
        14, (Score(say(OVERALL, person.language), 4.3, 4.1),), MonthComplaints(3, 5, 1, 1, 2, (line,)), (risk,), 1,
        (FilingLine("市场部", 19, 3, 1, 1, 19 / 24),), _trend(today),
    )


OF: Mapping[str, Callable[[Person, date, Config], Content]] = {
    "digest": _digest, "summary": _summary, "executive": _executive,
}
"""What makes the specimen of each kind of mail."""
