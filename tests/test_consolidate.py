"""Good rows go in, bad rows stay out, nothing is lost: what one workbook changes in the store (decisions 4, 5, 7)."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from crmflow.catalogue import catalogue
from crmflow.check.books import check_books
from crmflow.check.rules import Reference, at
from crmflow.consolidate import Action, Changes, Revision, consolidate
from crmflow.consolidate.matching import Known
from crmflow.model import Book, WorkbookKind
from crmflow.people import Directory
from tests import books
from tests.tiny import PEOPLE, cover

TODAY = date(2026, 7, 15)
NOBODY = Reference(Directory({}), {})
PLAN = "年度 | 2026\n目标描述 | 签约"


@dataclass
class Ledger:
    """A store in memory: every revision ever made, and the rows as they stand."""

    known: dict[str, Known] = field(default_factory=dict)
    history: list[Revision] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def take(self, book: Book, confirmed: Set[str] = frozenset()) -> Changes:
        checked = check_books([book], catalogue(), NOBODY, TODAY)[0]
        changes = consolidate(checked, list(self.known.values()), confirmed, catalogue(), lambda: f"r{next(self.numbers)}")
        self.history += changes.revisions
        for one in changes.revisions:
            self.known[one.row_id] = Known(
                one.row_id, one.block, one.period, one.key, one.ordinal, one.values, one.action is not Action.CLOSE,
                False, "", 0, changes.customer,
            )
        for position in changes.positions:
            self.known[position.row_id] = replace(
                self.known[position.row_id], stale=position.stale, sheet=position.sheet, row=position.row
            )
        return changes

    def open(self, block: str) -> list[Known]:
        return [one for one in self.known.values() if one.block == block and one.is_open]


def archive(**blocks: str) -> Book:
    named = {name.replace("_", ".", 1): drawing for name, drawing in blocks.items()}
    return books.book({"F0.cover": cover(), **named})


def sales(*rows: str) -> str:
    return "单据号 | 日期 | 产品 | 金额（元） | 应付日期\n" + "\n".join(rows)


def sold(*rows: str, **blocks: str) -> Book:
    return archive(F11_transactions=sales(*rows), **blocks)


FIVE = [f"S-{number} | 2026-03-0{number} | 风机 | {number}00 | 2026-04-01" for number in range(1, 6)]


def counts(changes: Changes) -> tuple[int, int, int, int]:
    return changes.accepted, changes.unchanged, len(changes.held), changes.closed


def codes(changes: Changes) -> list[str]:
    return [finding.code for finding in changes.findings]


def test_new_rows_are_accepted_and_the_same_again_are_unchanged() -> None:
    store = Ledger()
    assert counts(store.take(sold(*FIVE))) == (6, 0, 0, 0)
    again = store.take(sold(*FIVE))
    assert counts(again) == (0, 6, 0, 0)
    assert again.revisions == ()


def test_one_changed_cell_is_one_revision() -> None:
    store = Ledger()
    store.take(sold(*FIVE))
    changes = store.take(sold(*FIVE[:4], FIVE[4].replace("500", "555")))
    assert [(one.action, one.values["amount"]) for one in changes.revisions] == [(Action.CHANGE, 555.0)]


def test_a_row_inserted_above_moves_the_others_without_a_revision() -> None:
    store = Ledger()
    store.take(sold(*FIVE))
    changes = store.take(sold("S-9 | 2026-03-09 | 泵 | 900 | 2026-04-01", *FIVE))
    assert counts(changes) == (1, 6, 0, 0)
    assert sorted(one.row for one in store.open("F11.transactions")) == [5, 6, 7, 8, 9, 10]


def test_a_bad_row_leaves_its_last_good_revision_standing_and_stale() -> None:
    store = Ledger()
    store.take(sold(*FIVE))
    changes = store.take(sold(*FIVE[:4], FIVE[4].replace("500", "五百")))
    assert counts(changes) == (0, 5, 1, 0)
    assert changes.held[0].record.unread == {"amount": "五百"}
    stale = [one for one in store.open("F11.transactions") if one.stale]
    assert [one.values["amount"] for one in stale] == [500.0]
    assert counts(store.take(sold(*FIVE))) == (0, 6, 0, 0)
    assert not any(one.stale for one in store.known.values())


def test_a_row_that_disappears_is_closed_and_one_that_comes_back_is_reopened() -> None:
    store = Ledger()
    store.take(sold(*FIVE))
    assert counts(store.take(sold(*FIVE[:4]))) == (0, 5, 0, 1)
    assert len(store.open("F11.transactions")) == 4
    back = store.take(sold(*FIVE))
    assert [(one.action, one.row_id) for one in back.revisions] == [(Action.REOPEN, "r6")]


def test_a_row_is_kept_while_a_bad_row_may_be_it_under_a_mistyped_key() -> None:
    store = Ledger()
    store.take(sold(*FIVE))
    changes = store.take(sold(*FIVE[:4], "S-50 | 下周 | 水泵 | 五百 | "))
    assert counts(changes) == (0, 5, 1, 0)
    assert len(store.open("F11.transactions")) == 5


def test_a_renamed_row_that_is_otherwise_alike_keeps_its_history() -> None:
    store = Ledger()
    store.take(sold(*FIVE))
    changes = store.take(sold(*FIVE[:4], FIVE[4].replace("S-5", "S-55")))
    assert [(one.action, one.row_id) for one in changes.revisions] == [(Action.CHANGE, "r6")]
    rekeyed = next(one for one in changes.findings if one.code == "REKEYED")
    assert (rekeyed.facts["before"], rekeyed.value) == ("S-5", "S-55")


def test_a_renamed_row_of_which_too_little_is_alike_is_another_row() -> None:
    store = Ledger()
    store.take(sold(*FIVE))
    changes = store.take(sold(*FIVE[:4], "S-55 | 2026-03-06 | 水泵 | 777 | 2026-04-01"))
    assert sorted(one.action for one in changes.revisions) == [Action.CLOSE, Action.OPEN]


def test_two_candidates_that_are_alike_are_not_guessed_between() -> None:
    store = Ledger()
    same = "2026-03-01 | 风机 | 100 | 2026-04-01"
    store.take(sold(f"A | {same}", f"B | {same}"))
    changes = store.take(sold(f"C | {same}", f"D | {same}"))
    assert sorted(one.action for one in changes.revisions) == [Action.CLOSE, Action.CLOSE, Action.OPEN, Action.OPEN]


def test_most_rows_gone_at_once_waits_for_a_word_and_goes_with_it() -> None:
    store = Ledger()
    store.take(sold(*FIVE))
    changes = store.take(sold(*FIVE[:2]))
    assert codes(changes) == ["HELD_ROWS_GONE"]
    assert counts(changes) == (0, 1, 2, 0)
    assert len(store.open("F11.transactions")) == 5
    confirmed = {changes.holds[0].token}
    assert counts(store.take(sold(*FIVE[:2]), confirmed)) == (0, 3, 0, 3)
    assert codes(store.take(sold(*FIVE))) == []


def test_most_keys_changed_at_once_looks_like_a_shifted_column() -> None:
    store = Ledger()
    store.take(sold(*FIVE))
    renamed = [row.replace("S-", "X-") for row in FIVE]
    changes = store.take(sold(*renamed))
    assert codes(changes) == ["HELD_KEYS_CHANGED"]
    assert [one.key for one in store.open("F11.transactions")] == [f"\x1fs-{n}" for n in range(1, 6)]
    assert counts(store.take(sold(*renamed), {changes.holds[0].token})) == (5, 1, 0, 0)


def test_a_lost_sheet_or_heading_closes_nothing() -> None:
    store = Ledger()
    store.take(sold(*FIVE))
    whole = sold(*FIVE[:1])
    gone = replace(
        whole, absent=frozenset({"F11.transactions"}),
        records=tuple(record for record in whole.records if record.block != "F11.transactions"),
    )
    assert counts(store.take(gone)) == (0, 1, 0, 0)
    assert [one.stale for one in store.open("F11.transactions")] == [True] * 5
    barred = books.cells({"F0.cover": cover(), "F11.transactions": sales(*FIVE[:1]).replace("金额（元）", "金额（万元）")})
    misread = books.parse(barred, whole.state, catalogue())
    assert "UNIT_DIFFERS" in codes(changes := store.take(misread))
    assert counts(changes) == (0, 1, 1, 0)


def test_another_customer_on_the_cover_holds_the_whole_file_until_confirmed() -> None:
    store = Ledger()
    store.take(sold(*FIVE))
    other = books.book({"F0.cover": cover("KH0099"), "F11.transactions": sales(*FIVE)})
    changes = store.take(other)
    assert codes(changes) == ["HELD_CUSTOMER_CHANGED"]
    assert (counts(changes), changes.customer) == ((0, 0, 6, 0), "KH0012")
    let_through = store.take(other, {changes.holds[0].token})
    assert (counts(let_through), let_through.customer) == ((6, 0, 0, 0), "KH0099")
    assert {one.customer for one in store.known.values()} == {"KH0099"}
    assert counts(store.take(other)) == (0, 6, 0, 0)


def test_code_and_credit_code_changed_together_are_one_confirmation() -> None:
    store = Ledger()
    store.take(books.book({"F0.cover": cover(统一社会信用代码="91350200MA0000001W")}))
    changed = books.book({"F0.cover": cover("KH0099", 统一社会信用代码="91350100M000100Y43")})
    changes = store.take(changed)
    assert len(changes.holds) == 1
    assert counts(store.take(changed, {changes.holds[0].token})) == (1, 0, 0, 0)


def test_a_new_account_manager_waits_while_the_rest_of_the_cover_is_taken_in() -> None:
    store = Ledger()
    store.take(archive())
    changed = books.book({"F0.cover": cover(manager="李伟", 行业="化工")})
    changes = store.take(changed)
    assert codes(changes) == ["HELD_TRUST"]
    standing = store.open("F0.cover")[0]
    assert (standing.values["account_manager"], standing.values["industry"], standing.stale) == ("王芳", "化工", True)
    confirmed = {changes.holds[0].token}
    store.take(changed, confirmed)
    assert store.open("F0.cover")[0].values["account_manager"] == "李伟"
    assert not store.open("F0.cover")[0].stale


def test_two_namesakes_with_the_same_change_need_two_confirmations() -> None:
    store = Ledger()
    people = PEOPLE.replace("李伟  ", "王芳  ")
    store.take(books.book({"F30.people": people}, WorkbookKind.STAFF))
    changes = store.take(books.book({"F30.people": people.replace("客户经理  ", "总经理    ")}, WorkbookKind.STAFF))
    assert len({hold.token for hold in changes.holds}) == len(changes.holds) == 2


def test_role_superior_and_mail_address_each_wait_for_their_own_word() -> None:
    store = Ledger()
    store.take(books.book({"F30.people": PEOPLE}, WorkbookKind.STAFF))
    changed = PEOPLE.replace("'1003 | 李伟   | 客户经理   | '1001    | 市场部 | li@a.example",
                             "'1003 | 李伟   | 总经理     |          | 销售部 | li@b.example")
    changes = store.take(books.book({"F30.people": changed}, WorkbookKind.STAFF))
    assert codes(changes) == ["HELD_TRUST"] * 3
    li = next(one for one in store.open("F30.people") if one.values["number"] == "1003")
    kept = [li.values[name] for name in ("role", "superior", "email", "department")]
    assert kept == ["account_manager", "1001", "li@a.example", "销售部"]


def projects(year: str, *rows: str) -> Book:
    drawn = "项目 | 合同额（万元） | 获取率 | 利润率 | 状态\n" + "\n".join(f"{row} | 1 | 1% | 1% | 丢失" for row in rows)
    return books.book({"F0.cover": cover(), "F8.plan": f"年度 | {year}\n目标描述 | 签约", "F8.projects": drawn})


def test_a_new_year_does_not_close_the_rows_of_the_last() -> None:
    store = Ledger()
    store.take(projects("2025", "甲", "乙"))
    assert counts(store.take(projects("2026", "甲"))) == (2, 1, 0, 0)
    assert sorted((one.period, one.values["project"]) for one in store.open("F8.projects")) == [
        ("2025", "乙"), ("2025", "甲"), ("2026", "甲"),
    ]


def test_the_last_project_of_a_year_can_be_taken_out() -> None:
    store = Ledger()
    store.take(projects("2026", "甲"))
    assert counts(store.take(projects("2026"))) == (0, 2, 0, 1)


def test_losing_most_of_this_year_is_an_accident_however_many_years_went_before() -> None:
    store = Ledger()
    for year in ("2024", "2025", "2026"):
        store.take(projects(year, *"甲乙丙丁戊"))
    assert codes(store.take(projects("2026", "甲"))) == ["HELD_ROWS_GONE"]


def test_a_plan_without_its_year_is_held_as_a_whole() -> None:
    store = Ledger()
    store.take(projects("2026", "甲"))
    changes = store.take(projects("", "甲", "乙"))
    assert counts(changes) == (0, 1, 3, 0)
    assert [one.period for one in store.open("F8.projects")] == ["2026"]


def test_an_archive_without_a_code_is_held_as_a_whole() -> None:
    assert counts(Ledger().take(books.book({"F0.cover": cover(""), "F11.transactions": sales(*FIVE)}))) == (0, 0, 6, 0)


def test_the_archive_of_a_customer_who_has_one_already_is_nobodys() -> None:
    checked = check_books([sold(*FIVE)], catalogue(), NOBODY, TODAY)[0]
    cover_row = next(at_ for at_, record in enumerate(checked.book.records) if record.block == "F0.cover")
    fault = at(checked.book.records[cover_row], "code", "CUSTOMER_DOUBLED", "KH0012", original="旧.xlsx")
    faults = tuple((fault,) if position == cover_row else row for position, row in enumerate(checked.faults))
    changes = consolidate(replace(checked, faults=faults), [], frozenset(), catalogue(), iter("abcdef").__next__)
    assert (counts(changes), changes.customer) == ((0, 0, 6, 0), "")


def test_a_card_stands_where_its_first_field_does() -> None:
    changes = Ledger().take(archive())
    assert [position.row for position in changes.positions] == [4]


def test_a_finding_keeps_the_key_of_its_row_when_the_row_moves() -> None:
    bad = FIVE[4].replace("500", "五百")
    names = [
        [one.row_key for one in Ledger().take(book).findings]
        for book in (sold(*FIVE[:4], bad), sold(bad, *FIVE[:4]))
    ]
    assert names[0] == names[1] == ["\x1fs-5\x1f0"]


AMOUNTS = st.sampled_from(["100", "250", "五百", ""])
SHEETS = st.dictionaries(st.sampled_from([f"S-{number}" for number in range(1, 9)]), AMOUNTS, max_size=8)


def drawn(rows: Mapping[str, str], order: Sequence[str]) -> Book:
    return sold(*(f"{name} | 2026-03-01 | 风机{name} | {rows[name]} | 2026-04-01" for name in order))


@settings(max_examples=40)
@given(st.lists(SHEETS, min_size=1, max_size=5), st.booleans())
def test_whatever_is_edited_every_row_is_counted_once_and_nothing_is_lost(
    edits: list[dict[str, str]], confirming: bool
) -> None:
    store = Ledger()
    for edit in edits:
        before = list(store.history)
        book = drawn(edit, sorted(edit))
        changes = store.take(book)
        if confirming and changes.holds:
            changes = store.take(book, {hold.token for hold in changes.holds})
        assert changes.accepted + changes.unchanged + len(changes.held) == len(book.records)
        assert store.history[:len(before)] == before
        assert changes.closed == sum(one.action is Action.CLOSE for one in changes.revisions)
        again = store.take(book)
        assert again.revisions == ()
        assert again.unchanged + len(again.held) == len(book.records)
        for one in store.open("F11.transactions"):
            newest = [revision for revision in store.history if revision.row_id == one.row_id][-1]
            assert newest.values == one.values


@settings(max_examples=40)
@given(SHEETS, SHEETS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(first: dict[str, str], second: dict[str, str], random: object) -> None:
    shuffled = sorted(second)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    outcomes = []
    for order in (sorted(second), shuffled):
        store = Ledger()
        store.take(drawn(first, sorted(first)))
        changes = store.take(drawn(second, order))
        outcomes.append((counts(changes), sorted((one.key, one.values["amount"]) for one in store.open("F11.transactions"))))
    assert outcomes[0] == outcomes[1]
