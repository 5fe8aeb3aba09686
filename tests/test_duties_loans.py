"""Archives that were lent come back; losses and leaks are settled (A2, A6)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.model import Accepted, Stage, Value
from tests.owed import CODE, HEAD, MANAGER, SERVICE, changed, cover, due, row, sentence


def loan(**values: Value) -> Accepted:
    standard: dict[str, Value] = {
        "number": "JY1", "borrower": "售后赵", "archive": "江南精密", "purpose": "投标", "from_on": "2026-07-01",
        "until_on": "2026-07-10", "approved_by": "部长周",
    }
    return row("F34.loans", "l1", **(standard | values))


def incident(**values: Value) -> Accepted:
    standard: dict[str, Value] = {
        "number": "SJ1", "happened_on": "2026-07-01", "what": "遗失报价", "who": "王芳", "superior": "部长周", "action": "换报价",
    }
    return row("F40.incidents", "i1", **(standard | values))


def test_a_loan_is_returned_by_its_day_by_whoever_borrowed_it() -> None:
    [duty] = due("A2", "2026-07-08", cover(), loan())
    assert (duty.owner, duty.stage, duty.due_at.date()) == (SERVICE.number, Stage.AHEAD, date(2026, 7, 10))
    assert [one.stage for one in due("A2", "2026-07-07", cover(), loan())] == [Stage.LATER]
    assert [one.stage for one in due("A2", "2026-07-15", cover(), loan())] == [Stage.COPIED]
    assert due("A2", "2026-07-15", cover(), loan(returned_on="2026-07-15")) == []


@pytest.mark.parametrize(
    ("archive", "customer"), [("江南精密", CODE), (CODE, CODE), ("KH1 江南精密", CODE), ("没有这家", "")]
)
def test_a_loan_belongs_to_the_customer_that_it_names(archive: str, customer: str) -> None:
    [duty] = due("A2", "2026-07-08", cover(), loan(archive=archive))
    assert duty.customer == customer


def test_a_longer_loan_is_a_new_period() -> None:
    [longer] = due("A2", "2026-07-08", cover(), loan(until_on="2026-07-20"))
    assert longer.period == "2026-07-20"


def test_what_the_borrower_reads() -> None:
    [duty] = due("A2", "2026-07-13", cover(), loan(archive="KH1"))
    assert sentence(duty, "zh") == (
        "已超过 1 个工作日（期限 2026-07-10）。请归还借阅的 江南精密 档案（借阅编号 JY1），"
        "并请信息管理员在“借阅登记”里填“归还日期”；还要用的请重新申请。"
    )
    assert sentence(duty, "en") == (
        "Working days overdue: 1 (due 2026-07-10). Please return the archive of 江南精密 (loan JY1) and have the administrator fill in "
        "“Returned on” in the register of loans; if you still need it, apply for a new loan."
    )


def test_the_superior_hears_of_an_incident_at_once_and_settles_it() -> None:
    [duty] = due("A6", "2026-07-01 09:00", incident())
    assert (duty.owner, duty.stage, duty.due_at.date()) == (HEAD.number, Stage.AHEAD, date(2026, 7, 15))
    assert due("A6", "2026-07-10", incident(closed_on="2026-07-10")) == []
    assert due("A6", "2026-07-10", incident(), config=changed("confidentiality", A6_closed_working_days=0)) == []


def test_what_the_superior_reads() -> None:
    [duty] = due("A6", "2026-07-13", incident())
    assert sentence(duty, "zh") == (
        "还有 2 个工作日（期限 2026-07-15）。请负责处理泄密或遗失事件 SJ1（当事人 王芳），落实措施，处理完在“泄密与遗失”里填“结案日期”。"
    )
    assert sentence(duty, "en") == (
        "Working days left: 2 (due 2026-07-15). Please see incident SJ1 (王芳) through until the action is carried out, then fill in "
        "“Closed on” in the register of incidents."
    )


DAYS = st.none() | st.dates(date(2026, 7, 1), date(2026, 7, 31))


@given(DAYS, st.dates(date(2026, 7, 2), date(2026, 7, 31)), st.sampled_from(["售后赵", "王芳"]))
def test_a_loan_and_an_incident_are_owed_until_the_day_typed_has_come(done: date | None, today: date, who: str) -> None:
    is_done = done is not None and done <= today
    typed = str(done) if done else None
    owners = [] if is_done else [{"售后赵": SERVICE.number, "王芳": MANAGER.number}[who]]
    assert [one.owner for one in due("A2", str(today), cover(), loan(borrower=who, returned_on=typed))] == owners
    assert bool(due("A6", str(today), incident(closed_on=typed))) is not is_done
