"""Who is told what, once."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmflow import codes
from crmflow.access import Customer, may_see
from crmflow.catalogue import catalogue
from crmflow.config import load
from crmflow.dates import WorkCalendar
from crmflow.digest import digests, has_address, workbooks_to_mend
from crmflow.drafts import About, Digest, Draft, Situation, Summary, Sums, Tally, Telling, Urgency
from crmflow.items import subject_of
from crmflow.model import Accepted, Duty, Expectation, Finding, Grade, Notice, Person, Stage, Text, Where
from crmflow.people import Directory
from crmflow.rules import RULES

CONFIG = load(Path(__file__).parent.parent / "config.yaml")
TODAY = date(2026, 7, 22)

GENERAL = Person("1", "周总", "general_manager", email="zhou@x.example")
HEAD = Person("2", "陈立", "department_head", "1", "市场部", email="chen@x.example")
WANG = Person("3", "王芳", "account_manager", "2", "市场部", "华东", "wang@x.example")
LIU = Person("4", "刘洋", "account_manager", "2", "市场部", "华北", "liu@x.example")
STAFFER = Person("5", "小赵", "sales_staff", "3", "市场部", email="zhao@x.example")
ADMIN = Person("9", "管理员", "information_administrator", "1", email="admin@x.example")
CUSTOMERS = {"C1": Customer("C1", "临港化工", "3", "华东"), "C2": Customer("C2", "北方制药", "4", "华北")}


def situation(*people: Person, **facts: object) -> Situation:
    directory = Directory.of(people or (GENERAL, HEAD, WANG, LIU, STAFFER, ADMIN))
    return Situation(TODAY, WorkCalendar(), 5, directory, CUSTOMERS, catalogue(), **facts)  # type: ignore[arg-type]


def wrong_phone(value: str = "1380571234", owner: str = "3", cell: str = "E7", customer: str = "C1", key: str = "") -> Finding:
    where = Where("王芳/临港化工.xlsx", "附表1", cell)
    return Finding("NOT_A_MOBILE", where, value, "F1.contacts", "mobile", customer=customer, owner=owner, row_key=key)


def duty(stage: Stage, owner: str = "3", customer: str = "C1", due: datetime = datetime(2026, 7, 20, 23, 59, 59), rule: str = "D2") -> Duty:
    facts = {name: f"〈{name} {customer}〉" for name in ("left", "due", "customer", "person", "number", "task", "field", "action", "month")}
    return Duty(rule, customer, "", "2026Q3", owner, due, stage, Where("王芳/临港化工.xlsx", "封面"), facts=facts)


def staff_digests(known: Situation) -> dict[str, Digest]:
    """The digests by staff number, summaries left out."""
    return {draft.recipient.number: draft.content for draft in digests(known, CONFIG) if isinstance(draft.content, Digest)}


def notices(known: Situation) -> frozenset[Notice]:
    return frozenset(notice for draft in digests(known, CONFIG) for notice in draft.notices)


def summary(known: Situation) -> Summary:
    (content,) = (draft.content for draft in digests(known, CONFIG) if isinstance(draft.content, Summary))
    return content


def test_a_finding_is_told_to_who_must_mend_it_with_its_cell_value_and_rule() -> None:
    digest = staff_digests(situation(findings=(wrong_phone(),)))["3"]
    (item,) = digest.items
    assert item.sentence.startswith("“手机”填的“1380571234”不是有效的手机号码。")
    assert (item.where.cell, item.value, item.rule, item.customer) == ("E7", "1380571234", "F1", "临港化工")
    assert item.article == RULES["F1"].article.zh
    assert (digest.mend, digest.late) == (1, 0)


def wrong_in(file: str, owner: str = "3", customer: str = "C1") -> Finding:
    return wrong_phone(owner=owner, customer=customer)._replace(where=Where(file, "附表1", "E7"))


LEFT = replace(WANG, left_on=TODAY - timedelta(days=1))


@pytest.mark.parametrize(("known", "along"), [
    (situation(findings=(wrong_in("c.xlsx"), wrong_in("a.xlsx"), wrong_in("d.xlsx"), wrong_in("b.xlsx"), wrong_in("e.xlsx", "4", "C2"))),
     {"3": ["a.xlsx", "b.xlsx", "c.xlsx"], "4": ["e.xlsx"]}),
    (situation(findings=(wrong_in("a.xlsx", customer="C2"),)), {}),
    (situation(findings=(wrong_in("a.xlsx")._replace(code="HELD_TRUST", facts={"person": "刘洋", "before": "王芳"}),)), {}),
    (situation(GENERAL, HEAD, LEFT, ADMIN, findings=(wrong_in("a.xlsx"),)), {}),
    (situation(findings=(wrong_in("a.xlsx"),), already=notices(situation(findings=(wrong_in("a.xlsx"),)))), {}),
    (situation(findings=(wrong_in("a.xlsx")._replace(where=Where("a.xlsx", "附表1", "")),)), {}),
], ids=["as many as are configured", "of a colleague's customer", "that waits", "of who has left", "told before", "without a cell"])
def test_their_own_workbooks_go_with_people_s_digests_as_soon_as_something_new_is_to_be_mended(
    known: Situation, along: Mapping[str, list[str]]
) -> None:
    found = workbooks_to_mend(known, CONFIG)
    assert {person.number: files for person, files in found.items()} == along
    told = staff_digests(replace(known, copies=found))
    assert {number: list(digest.copies) for number, digest in told.items() if digest.copies} == along


def test_nothing_to_say_nothing_sent() -> None:
    assert digests(situation(GENERAL, ADMIN), CONFIG) == ()


def test_a_second_run_of_the_same_facts_tells_nothing() -> None:
    first = situation(findings=(wrong_phone(),), duties=(duty(Stage.ESCALATED),))
    assert digests(replace(first, already=notices(first)), CONFIG) == ()


def test_what_was_told_before_is_only_counted_beside_what_is_new() -> None:
    old, new = wrong_phone(cell="E7"), wrong_phone(cell="E9", value="139")
    told = notices(situation(findings=(old,)))
    digest = staff_digests(situation(findings=(old, new), already=told))["3"]
    assert [item.where.cell for item in digest.items] == ["E9"]
    assert digest.still_open == (Sums(About.CELLS, (Tally("临港化工", 1),)),)
    assert (digest.before, digest.beyond, digest.sums, digest.listed) == (1, 0, (), False)


@pytest.mark.parametrize(("first_told", "cycle"), [
    (date(2026, 7, 22), "0"), (date(2026, 7, 16), "0"), (date(2026, 7, 15), "1"), (date(2026, 7, 8), "2"),
])
def test_an_unmended_finding_is_told_again_every_five_working_days(first_told: date, cycle: str) -> None:
    finding = wrong_phone()
    known = situation(findings=(finding,), first_told={(subject_of(finding), "3"): first_told})
    assert {notice.period for notice in notices(known) if notice.kind == "finding"} == {cycle}


def test_a_finding_stays_the_same_one_when_a_row_is_inserted_above() -> None:
    assert subject_of(wrong_phone(cell="E7", key="总部·赵敏")) == subject_of(wrong_phone(cell="E8", key="总部·赵敏"))
    assert subject_of(wrong_phone(cell="E7")) != subject_of(wrong_phone(cell="E8"))
    assert subject_of(wrong_phone(value="1")) != subject_of(wrong_phone(value="2"))


def test_later_duties_are_not_mailed() -> None:
    assert staff_digests(situation(duties=(duty(Stage.LATER),))) == {}


@pytest.mark.parametrize(("stage", "told"), [
    (Stage.AHEAD, ["3"]), (Stage.DUE, ["3"]), (Stage.OVERDUE, ["3"]),
    (Stage.COPIED, ["2", "3"]), (Stage.ESCALATED, ["2", "3"]), (Stage.AT_HEAD, ["1", "2", "3"]),
])
def test_an_overdue_duty_goes_up_one_step_a_stage(stage: Stage, told: list[str]) -> None:
    assert sorted(staff_digests(situation(duties=(duty(stage),)))) == told


def test_the_superior_reads_whose_duty_it_is() -> None:
    told = staff_digests(situation(duties=(duty(Stage.COPIED),)))
    assert (told["2"].items[0].of, told["3"].items[0].of) == ("王芳", "")
    assert (told["2"].fyi, told["3"].late) == (1, 1)
    assert told["3"].items[0].above == ("陈立",)


def test_each_stage_of_a_duty_is_told_once() -> None:
    overdue = situation(duties=(duty(Stage.OVERDUE),))
    escalated = situation(duties=(duty(Stage.COPIED),), already=notices(overdue))
    assert sorted(staff_digests(escalated)) == ["2", "3"]
    assert staff_digests(replace(escalated, already=escalated.already | notices(escalated))) == {}


def test_what_a_person_who_left_must_do_goes_to_their_superior() -> None:
    gone = replace(WANG, left_on=TODAY - timedelta(days=1))
    told = staff_digests(situation(GENERAL, HEAD, gone, ADMIN, findings=(wrong_phone(),), duties=(duty(Stage.DUE),)))
    assert sorted(told) == ["2"]
    assert len(told["2"].items) == 2


def test_an_escalation_passes_over_a_superior_who_left_or_may_not_see_the_customer() -> None:
    gone, other = replace(HEAD, left_on=date(2026, 1, 1)), replace(HEAD, department="后勤部")
    for superior in (gone, other):
        assert sorted(staff_digests(situation(GENERAL, superior, WANG, ADMIN, duties=(duty(Stage.COPIED),)))) == ["1", "3"]


def test_an_escalation_of_somebody_without_a_superior_goes_to_the_administrator() -> None:
    alone = replace(WANG, superior="")
    assert sorted(staff_digests(situation(alone, ADMIN, duties=(duty(Stage.COPIED),)))) == ["3", "9"]


def test_a_finding_without_an_owner_goes_to_the_administrator() -> None:
    assert sorted(staff_digests(situation(findings=(wrong_phone(owner=""),)))) == ["9"]


@pytest.mark.parametrize(("code", "told"), [("HELD_TRUST", ["9"]), ("HELD_ROWS_GONE", ["3", "9"])])
def test_what_waits_for_confirmation_comes_to_the_administrator(code: str, told: list[str]) -> None:
    facts = {"person": "王芳", "before": "a", "title": "附表1", "gone": "6"}
    held = wrong_phone(owner="3")._replace(code=code, facts=facts)
    assert sorted(staff_digests(situation(findings=(held,)))) == told


def test_without_an_administrator_in_the_register_the_configured_address_is_used() -> None:
    (draft,) = digests(situation(GENERAL, findings=(wrong_phone(owner=""),)), CONFIG)
    assert (draft.recipient.email, draft.notices[0].recipient) == ("crm-admin@hengchuan.example", "administrator")


@pytest.mark.parametrize("email", ["", "wang", "王芳@x.example", "a@x.example\r\nBcc: b@x.example", "a b@x.example", "a..b@x.example"])
def test_somebody_who_cannot_be_reached_is_a_finding_for_the_administrator(email: str) -> None:
    mute = replace(WANG, email=email)
    told = staff_digests(situation(GENERAL, HEAD, mute, ADMIN, findings=(wrong_phone(),)))
    assert [item.sentence for item in told["9"].items] == ["王芳没有邮箱，收不到提醒。请在人员登记表里补上邮箱。"]
    assert "3" not in told


def test_a_missing_address_that_the_register_s_check_found_is_not_told_twice() -> None:
    found = Finding("NO_ADDRESS", Where("人员.xlsx", "人员", "H5"), block="F30.people", field_id="email", facts={"person": "王芳"})
    told = staff_digests(situation(GENERAL, HEAD, replace(WANG, email=""), ADMIN, findings=(wrong_phone(), found)))
    assert [item.where.cell for item in told["9"].items] == ["H5"]


def test_duties_due_before_the_cut_over_day_are_left_out() -> None:
    before, since = datetime(2025, 12, 31, 23, 59, 59), datetime(2026, 1, 1, 23, 59, 59)
    assert staff_digests(situation(duties=(duty(Stage.OVERDUE, due=before),))) == {}
    assert sorted(staff_digests(situation(duties=(duty(Stage.OVERDUE, due=since),)))) == ["3"]


def test_the_most_urgent_comes_first() -> None:
    warning = Finding("NO_DECISION_MAKER", Where("a.xlsx", "附表4", "A6"), "", "F4.roles", "role", {"project": "二期"}, "C1", "3")
    duties = (duty(Stage.AHEAD, rule="V6"), duty(Stage.DUE), duty(Stage.OVERDUE, rule="D6"))
    digest = staff_digests(situation(findings=(warning, wrong_phone()), duties=duties))["3"]
    assert [item.urgency for item in digest.items] == [Urgency.LATE, Urgency.TODAY, Urgency.MEND, Urgency.SOON, Urgency.LOOK]


def test_findings_follow_the_rows_of_their_sheet() -> None:
    findings = tuple(wrong_phone(cell=cell) for cell in ("E10", "AA9", "E9"))
    digest = staff_digests(situation(findings=findings))["3"]
    assert [item.where.cell for item in digest.items] == ["E9", "AA9", "E10"]


def test_beyond_the_cap_everything_is_summed_up_goes_as_a_list_and_counts_as_told() -> None:
    known = situation(findings=tuple(wrong_phone(cell=f"E{row}") for row in range(7, 57)))
    (draft,) = (one for one in digests(known, CONFIG) if one.recipient.number == "3")
    digest = staff_digests(known)["3"]
    assert [item.where.cell for item in digest.items] == [f"E{row}" for row in range(7, 27)]
    assert (digest.mend, digest.beyond, digest.listed) == (50, 30, True)
    assert digest.sums == (Sums(About.CELLS, (Tally("临港化工", 50),)),)
    assert sorted(one.fact.where.cell for one in draft.listed) == sorted(f"E{row}" for row in range(7, 57))
    assert len(draft.notices) == 50
    assert staff_digests(replace(known, already=notices(known))) == {}


def test_the_list_has_what_was_told_before_too_and_says_so() -> None:
    old = tuple(wrong_phone(cell=f"E{row}") for row in range(7, 10))
    new = tuple(wrong_phone(cell=f"E{row}") for row in range(10, 40))
    known = situation(findings=(*old, *new), already=notices(situation(findings=old)))
    (draft,) = (one for one in digests(known, CONFIG) if one.recipient.number == "3")
    assert [one.fact.where.cell for one in draft.listed if not one.is_new] == ["E7", "E8", "E9"]
    assert sum(one.is_new for one in draft.listed) == 30


def test_what_does_not_exceed_the_cap_goes_without_a_list() -> None:
    known = situation(findings=tuple(wrong_phone(cell=f"E{row}") for row in range(7, 27)))
    (draft,) = (one for one in digests(known, CONFIG) if one.recipient.number == "3")
    assert (draft.listed, staff_digests(known)["3"].beyond, staff_digests(known)["3"].listed) == ((), 0, False)


def late(day: int, owner: str = "3", rule: str = "D6", stage: Stage = Stage.ESCALATED) -> Duty:
    """A duty of its own that was due on a day of July."""
    return duty(stage, owner, "C1" if owner == "3" else "C2", datetime(2026, 7, day, 23, 59, 59), rule)._replace(subject=f"{owner} {day} {rule}")


def test_a_superior_reads_the_most_overdue_of_all_colleagues_first_and_all_by_person_and_by_matter() -> None:
    duties = (*(late(day) for day in range(2, 20)), *(late(day, "4", "D2") for day in range(1, 20)))
    digest = staff_digests(situation(duties=duties))["2"]
    assert sum(item.due_at < datetime(2026, 7, 11) for item in digest.items if item.due_at) == 19
    first, second = datetime(2026, 7, 1, 23, 59, 59), datetime(2026, 7, 2, 23, 59, 59)
    assert digest.pushed == Sums(About.PUSHED, (Tally("刘洋", 19, first), Tally("王芳", 18, second)))
    matters = Sums(About.PUSHED_MATTERS, (Tally(RULES["D2"].article.zh, 19, first, "D2"), Tally(RULES["D6"].article.zh, 18, second, "D6")))
    assert digest.sums == (digest.pushed, matters)


def test_sums_are_bounded_and_say_how_much_they_leave_out() -> None:
    findings = tuple(wrong_phone(cell=f"E{row}")._replace(where=Where(f"王芳/{book}.xlsx", "附表1", f"E{row}")) for book in range(11) for row in range(7, 20 - book))
    (cells,) = staff_digests(situation(findings=findings))["3"].sums
    assert [line.count for line in cells.lines] == [13, 12, 11, 10, 9, 8, 7, 6]
    assert (cells.more, cells.rest, cells.headings) == (3, 5 + 4 + 3, 11)


def test_who_answers_for_a_matter_without_seeing_the_customer_reads_it_masked() -> None:
    findings = (wrong_phone("1380571234567", owner="5"), wrong_phone("1380571234567", owner="3"))
    told = staff_digests(situation(findings=findings, duties=(duty(Stage.DUE, owner="5", rule="D11"),)))
    assert [item.value for item in told["3"].items] == ["1380571234567"]
    assert [item.value for item in told["5"].items if item.notice.kind == "finding"] == ["138****4567"]
    assert not any("〈" in item.sentence or "138057" in item.sentence for item in told["5"].items)


def test_a_doubled_customer_does_not_name_a_colleague_s_archive_to_who_may_not_see_it() -> None:
    facts = {"original": "客户档案/刘洋/C2 北方制药.xlsx"}
    doubled = Finding("CREDIT_CODE_DOUBLED", Where("客户档案/王芳/C1 临港化工.xlsx", "封面", "D5"), "9135", "F0.cover", "credit_code", facts, "C1")
    told = staff_digests(situation(findings=(doubled._replace(owner="3"), doubled._replace(owner="2", value="9136"))))
    assert "北方制药" not in told["3"].items[0].sentence and "同事负责的一份档案" in told["3"].items[0].sentence
    assert "客户档案/刘洋/C2 北方制药.xlsx" in told["2"].items[0].sentence


def test_a_copy_in_one_s_own_folder_is_named() -> None:
    copy = Finding("SYNC_COPY", Where("客户档案/王芳/档案 (1).xlsx"), facts={"original": "客户档案/王芳/档案.xlsx"}, customer="C1", owner="3")
    (item,) = staff_digests(situation(findings=(copy,)))["3"].items
    assert "“客户档案/王芳/档案.xlsx”" in item.sentence


def test_each_head_gets_one_summary_a_week() -> None:
    monday = situation(HEAD, WANG)
    (notice,) = notices(monday)
    assert (notice.kind, notice.rule, notice.period, notice.recipient) == ("summary", "R2", "2026-W30", "2")
    friday = replace(monday, today=date(2026, 7, 24), already=frozenset({notice}))
    assert digests(friday, CONFIG) == ()
    assert notices(replace(friday, today=date(2026, 7, 27)))


def test_the_summary_counts_by_person_what_is_late_and_to_correct() -> None:
    warning = Finding("NO_DECISION_MAKER", Where("b.xlsx", "附表4", "A6"), "", "F4.roles", "role", {"project": "二期"}, "C2", "4")
    duties = (duty(Stage.OVERDUE), duty(Stage.AHEAD, rule="V6"), duty(Stage.COPIED, owner="4", customer="C2"))
    told = summary(situation(findings=(wrong_phone(), warning), duties=duties))
    lines = {line.name: (line.customers, line.overdue, line.errors, line.warnings) for line in told.people}
    assert lines == {"王芳": (1, 1, 1, 0), "刘洋": (1, 1, 0, 1)}
    assert (told.total.overdue, told.total.errors, told.total.warnings) == (2, 1, 1)


def plan(customer: str, expected: float | None, profit: float | None, status: str = "bidding", year: str = "2026") -> Accepted:
    values = {"status": status, "expected_revenue": expected, "profit": profit}
    return Accepted("r", "F8.projects", customer, values, Where("a.xlsx"), year)


def test_the_summary_adds_up_this_year_s_plan_without_lost_projects() -> None:
    plans = (plan("C1", 72, 10.8), plan("C1", 50, 5, status="lost"), plan("C1", 90, 9, year="2025"),
             plan("C1", None, None), plan("C2", 0.1, 0.2), plan("C2", 0.2, 0.1))
    told = summary(situation(plans=plans))
    assert {line.name: (line.expected, line.profit) for line in told.people} == {"王芳": (72, 10.8), "刘洋": (0.3, 0.3)}
    assert (told.total.expected, told.total.profit) == (72.3, 11.1)


def grade(customer: str, tier: str) -> Grade:
    return Grade(customer, "G1", tier, Text(tier, tier), Text("", ""), ())


def test_the_summary_shows_the_grades_in_order_and_those_that_moved() -> None:
    told = summary(situation(
        grades=(grade("C1", "key"), grade("C2", "")), former_grades=(grade("C1", "vip"), grade("C2", "general")),
    ))
    assert [(line.label, line.count) for line in told.tiers] == [("重点客户", 1), ("未定级", 1)]
    moved = [(change.customer, change.before, change.after, change.rose) for change in told.changes]
    assert moved == [("临港化工", "VIP客户", "重点客户", False), ("北方制药", "一般客户", "未定级", None)]


def test_the_summary_lists_complaints_whose_clock_has_run_out() -> None:
    duties = (duty(Stage.OVERDUE, rule="C2", due=datetime(2026, 7, 21, 9)), duty(Stage.AHEAD, rule="C2", owner="4", customer="C2"))
    (late,) = summary(situation(duties=duties)).complaints
    assert (late.customer, late.owner, late.due_at) == ("临港化工", "王芳", datetime(2026, 7, 21, 9))


def test_a_summary_holds_nothing_of_another_department() -> None:
    other = Person("6", "孙部长", "department_head", "1", "大客户部", email="sun@x.example")
    theirs = Person("7", "孙倩", "account_manager", "6", "大客户部", email="qian@x.example")
    known = situation(GENERAL, HEAD, WANG, LIU, other, theirs, findings=(wrong_phone(),), duties=(duty(Stage.OVERDUE),))
    assert [draft.recipient.number for draft in digests(known, CONFIG) if draft.kind == "summary"] == ["2"]


def test_every_finding_cites_a_rule_that_is_written_down() -> None:
    cited = {code.rule for code in codes.CATALOGUE.values()}
    assert cited <= RULES.keys()


ROLES = ("account_manager", "department_head", "regional_manager", "general_manager", "finance", "sales_staff", "sales_clerk")


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    """Any staff, any customers, every fact marked with its customer's code."""
    numbers = [str(number) for number in range(1, draw(st.integers(2, 7)))]
    someone = st.sampled_from([*numbers, ""])
    people = tuple(
        Person(number, f"员工{number}", draw(st.sampled_from(ROLES)), draw(someone), draw(st.sampled_from(("甲部", "乙部", ""))),
               draw(st.sampled_from(("华东", "华北", ""))), draw(st.sampled_from((f"p{number}@x.example", ""))),
               draw(st.sampled_from(("zh", "en"))), left_on=draw(st.sampled_from((None, date(2026, 1, 1)))))
        for number in numbers
    )
    customers = {code: Customer(code, f"〈{code}〉", draw(someone), draw(st.sampled_from(("华东", "华北", "")))) for code in ("K1", "K2", "K3")}
    about = st.sampled_from(("K1", "K2", "K3", "K4"))
    facts = draw(st.lists(st.tuples(about, someone, st.sampled_from([*Stage])), max_size=8))
    findings = tuple(wrong_phone(f"〈{code}〉{at}", owner, f"E{at + 7}", code) for at, (code, owner, _) in enumerate(facts))
    duties = tuple(duty(stage, owner, code, rule=("D11", "C2", "D2")[at % 3])._replace(subject=str(at)) for at, (code, owner, stage) in enumerate(facts))
    plans = tuple(plan(code, 1, 1) for code in customers)
    grades = tuple(grade(code, "vip") for code in customers)
    known = Situation(TODAY, WorkCalendar(), 5, Directory.of(people), customers, catalogue(), findings, duties, grades)
    return replace(known, former_grades=tuple(grade(code, "key") for code in customers), plans=plans)


@settings(max_examples=300)
@given(situations())
def test_nobody_receives_a_fact_of_a_customer_they_are_not_entitled_to(known: Situation) -> None:
    owners = {(fact.customer, fact.owner) for fact in (*known.findings, *known.duties)}
    for draft in digests(known, CONFIG):
        person = draft.recipient
        assert has_address(person) and (person.left_on is None or person.left_on >= TODAY)
        told = repr(draft.content)
        for code in ("K1", "K2", "K3", "K4"):
            customer = known.customers.get(code)
            sees_all = person.role in ("general_manager", "information_administrator")
            entitled = sees_all or (customer is not None and may_see(person, customer, known.directory))
            if not entitled and (code, person.number) not in owners:
                assert code not in told and code not in draft.customers


@settings(max_examples=200)
@given(situations())
def test_every_new_matter_reaches_somebody(known: Situation) -> None:
    """A finding or a duty that nobody is told of would be a silent skip: at least a missing address is told."""
    drafts: tuple[Draft, ...] = digests(known, CONFIG)
    told = {notice.subject for draft in drafts for notice in draft.notices}
    no_address = any(notice.rule == "F30" for draft in drafts for notice in draft.notices)
    for finding in known.findings:
        assert subject_of(finding) in told or no_address


def test_what_looks_like_a_bribe_is_reported_to_finance_and_the_head() -> None:
    finance = Person("7", "吴桂芳", "finance", "1", email="wu@x.example")
    bribe = Finding("BRIBERY", Where("登记簿/费用.xlsx", "特殊费用申请", "E8"), "好处费", "F33c.applications", "purpose", owner="3")
    told = staff_digests(situation(GENERAL, HEAD, WANG, ADMIN, finance, findings=(bribe,)))
    assert set(told) == {"2", "3", "7"}
    assert all(item.rule == "X2" for digest in told.values() for item in digest.items)


def test_the_head_of_another_department_does_not_read_of_a_bribe() -> None:
    other = Person("8", "孙立", "department_head", "1", "大客户部", email="sun@x.example")
    bribe = Finding("BRIBERY", Where("王芳/临港化工.xlsx", "客户关怀", "E8"), "现金", "F15.care", "planned", customer="C1", owner="3")
    assert set(staff_digests(situation(GENERAL, HEAD, WANG, ADMIN, other, findings=(bribe,)))) == {"2", "3"}


# what is passed up, and what has been done since


def met(on: date, owner: str = "3") -> Expectation:
    return Expectation("D2", "C1", "", "2026Q3", owner, date(2026, 7, 20), Where("王芳/临港化工.xlsx", "封面"), {}, met_on=on)


PASSED_UP = Notice("duty", "D2", "C1/", "2026Q3", int(Stage.ESCALATED), "2")


def test_a_superior_is_asked_to_push_what_was_only_a_copy_before() -> None:
    copied = situation(duties=(duty(Stage.COPIED),))
    escalated = situation(duties=(duty(Stage.ESCALATED),), already=notices(copied))
    assert [item.urgency for item in staff_digests(copied)["2"].items] == [Urgency.FYI]
    assert [item.urgency for item in staff_digests(escalated)["2"].items] == [Urgency.PUSH]


def test_a_superior_is_not_told_again_when_it_moves_on_above_them() -> None:
    escalated = situation(duties=(duty(Stage.ESCALATED),))
    at_head = situation(duties=(duty(Stage.AT_HEAD),), already=notices(escalated))
    assert sorted(staff_digests(at_head)) == ["1", "3"]


def test_what_is_to_be_pushed_stands_by_person_then_customer() -> None:
    customers = {**CUSTOMERS, "C3": Customer("C3", "江城热电", "3", "华东")}
    duties = (duty(Stage.ESCALATED, "4", "C2"), duty(Stage.ESCALATED, "3", "C3"), duty(Stage.ESCALATED, "3", "C1", datetime(2026, 7, 21)))
    items = staff_digests(replace(situation(duties=duties), customers=customers))["2"].items
    assert [(item.of, item.code) for item in items] == [("刘洋", "C2"), ("王芳", "C1"), ("王芳", "C3")]


def test_what_is_done_rides_along_with_the_next_digest_at_its_end() -> None:
    known = situation(findings=(wrong_phone(owner="2"),), already=frozenset({PASSED_UP}), met=(met(TODAY),))
    items = staff_digests(known)["2"].items
    assert [item.urgency for item in items] == [Urgency.MEND, Urgency.RESOLVED]
    assert items[-1].sentence.startswith("已办结（2026-07-22）：") and items[-1].of == "王芳"


@pytest.mark.parametrize(("on", "mailed"), [(TODAY, False), (date(2026, 7, 16), False), (date(2026, 7, 15), True)])
def test_what_is_done_is_mailed_alone_only_after_five_working_days(on: date, mailed: bool) -> None:
    known = situation(already=frozenset({PASSED_UP}), met=(met(on),))
    assert ("2" in staff_digests(known)) is mailed


def test_what_is_done_is_told_once() -> None:
    known = situation(already=frozenset({PASSED_UP}), met=(met(date(2026, 7, 1)),))
    assert [notice.kind for notice in notices(known) if notice.recipient == "2" and notice.rule == "D2"] == ["resolved"]
    assert staff_digests(replace(known, already=known.already | notices(known))) == {}


def test_what_is_no_longer_asked_for_leaves_without_a_word() -> None:
    assert staff_digests(situation(already=frozenset({PASSED_UP}))) == {}


def test_a_deputy_reads_whose_duty_it_is_and_the_superior_who_is_to_do_it() -> None:
    owed = duty(Stage.ESCALATED, owner="5")._replace(stands_in_for="3")
    told = staff_digests(situation(GENERAL, HEAD, WANG, replace(STAFFER, superior="2"), ADMIN, duties=(owed,)))
    assert (told["5"].items[0].of, told["2"].items[0].of) == ("王芳", "小赵")


def test_an_alert_tells_what_is_urgent_and_nothing_else() -> None:
    urgent = duty(Stage.AHEAD, rule="C2")._replace(urgent=True)
    known = situation(findings=(wrong_phone(),), duties=(urgent, duty(Stage.OVERDUE)), already=frozenset({PASSED_UP}), met=(met(date(2026, 7, 1)),))
    (alert,) = digests(known, CONFIG, frozenset({Telling.ALERTS}))
    assert isinstance(alert.content, Digest)
    assert [item.urgency for item in alert.content.items] == [Urgency.URGENT]
    rest = staff_digests(replace(known, already=known.already | set(alert.notices)))
    assert [item.urgency for item in rest["3"].items] == [Urgency.LATE, Urgency.MEND]


def test_an_item_shows_how_its_due_day_came_about_without_saying_it_twice() -> None:
    facts = {"left": Text("已超过 3 个工作日", "3 late"), "due": "2026-07-17", "customer": "临港化工"}
    owed = duty(Stage.COPIED)._replace(facts=facts, last_evidence=date(2026, 3, 12))
    told = staff_digests(situation(duties=(owed,)))
    assert told["3"].items[0].arithmetic == "上次 2026-03-12 · 每季度一次"
    assert told["2"].items[0].arithmetic == "上次 2026-03-12 · 每季度一次 · 期限 2026-07-17 · 已超过 3 个工作日"


@pytest.mark.parametrize(("wanted", "stage", "promised"), [(True, Stage.DUE, True), (True, Stage.LATER, False), (False, Stage.DUE, False)])
def test_a_digest_promises_a_calendar_where_it_is_wanted_and_there_is_one(wanted: bool, stage: Stage, promised: bool) -> None:
    config = CONFIG.model_copy(update={"mail": CONFIG.mail.model_copy(update={"calendar": wanted})})
    drafts = digests(situation(findings=(wrong_phone(),), duties=(duty(stage),)), config)
    assert [draft.content.calendar for draft in drafts if isinstance(draft.content, Digest)] == [promised]
