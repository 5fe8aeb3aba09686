"""The accepted facts of the company, indexed."""

from crmflow.company import CONTACTS, COVER, Company
from crmflow.model import Accepted, Person, Value, Where
from crmflow.people import Directory

PEOPLE = Directory.of([
    Person("1003", "王芳", "account_manager"), Person("1004", "李伟", "account_manager"),
    Person("1005", "李伟", "account_manager"),
])


def row(block: str, customer: str, **values: Value) -> Accepted:
    return Accepted(f"{block}-{customer}", block, customer, values, Where(f"{customer}.xlsx"))


def company(*rows: Accepted) -> Company:
    return Company(PEOPLE, {block: tuple(r for r in rows if r.block == block) for block in {r.block for r in rows}})


def test_rows_are_found_by_customer_and_block_in_their_order() -> None:
    first, other, second = row(CONTACTS, "KH1", content="a"), row(CONTACTS, "KH2"), row(CONTACTS, "KH1", content="b")
    facts = company(row(COVER, "KH1"), first, other, second)
    assert facts.of("KH1", CONTACTS) == (first, second)
    assert facts.all_of("KH1") == {COVER: (row(COVER, "KH1"),), CONTACTS: (first, second)}


def test_what_is_not_there_is_empty() -> None:
    facts = company(row(COVER, "KH1"))
    assert facts.of("KH1", CONTACTS) == ()
    assert facts.of("KH9", CONTACTS) == ()
    assert facts.all_of("KH9") == {}


def test_customers_come_in_the_order_of_their_codes() -> None:
    assert list(company(row(COVER, "KH2"), row(COVER, "KH1")).customers) == ["KH1", "KH2"]


def test_a_customer_is_called_by_its_short_name_then_its_name_then_its_code() -> None:
    facts = company(
        row(COVER, "KH1", name="江南精密制造有限公司", short_name="江南精密"),
        row(COVER, "KH2", name="北方热力有限公司", short_name=None), row(COVER, "KH3"),
    )
    assert [facts.name_of(code) for code in ("KH1", "KH2", "KH3", "KH4")] == ["江南精密", "北方热力有限公司", "KH3", "KH4"]


def test_the_account_manager_is_the_one_person_whom_the_cover_names() -> None:
    facts = company(
        row(COVER, "KH1", account_manager="王芳"), row(COVER, "KH2", account_manager="李伟"),
        row(COVER, "KH3", account_manager="李伟（1005）"), row(COVER, "KH4", account_manager=None),
    )
    managers = [facts.manager_of(code) for code in ("KH1", "KH2", "KH3", "KH4", "KH5")]
    assert [manager.number if manager else None for manager in managers] == ["1003", None, "1005", None, None]
