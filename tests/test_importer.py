"""The importer: small lists, written in the tests, and what becomes of every row of them."""

import csv
import os
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from crmflow.catalogue import forms
from crmflow.config import Files
from crmflow.importer import plan, write_plan
from crmflow.importing import report
from crmflow.importing.mapping import ImportMapping, Source, load_mapping
from crmflow.importing.plan import DraftWorkbook, ImportPlan, Written
from crmflow.importing.sources import csv_table, excel_table, read_tables
from crmflow.settings import ConfigError
from crmflow.workbook.read import read

MAVEN = Path(__file__).parents[1] / "examples" / "maven" / "mapping.yaml"

MAPPING = """
language: en
sources:
  firms: {file: firms.csv}
  deals: {file: deals.csv}
currencies: {USD: 7}
customers: {source: firms, name: firm, path: "Archives/{account_manager}/{code} {name}.xlsx"}
staff: {path: Staff.xlsx}
decisions:
  keeper: {source: deals, customer: firm, choose: agent, where: {stage: [Won]}, then_largest: worth}
blocks:
  F0.cover:
    - source: firms
      customer: firm
      fields:
        code: {template: "K{n:02}"}
        name: firm
        industry: {column: trade, table: {technolgy: technology}}
        region: {constant: East}
        stage: {constant: cooperating}
        account_manager: {decision: keeper}
        opened_on: {constant: 2026-01-01}
        verified_on: {constant: 2026-01-01}
        investment_scale: {column: budget, money: {currency: USD, times: 1000000}}
  F11.transactions:
    - source: deals
      customer: firm
      where: {stage: [Won]}
      fields:
        number: {column: id, prefix: T-}
        date: {column: day, date: "%d/%m/%Y"}
        amount: {column: worth, money: {currency: USD}}
"""

FIRMS = """firm,trade,budget
Acme,technolgy,1.5
Bloom,retail,
"""

DEALS = """id,firm,agent,stage,day,worth
1,Acme,Ann,Won,01/02/2026,"1,000"
2,Acme,Ben,Won,02/02/2026,5000
3,Bloom,Ben,Won,03/02/2026,10
4,Bloom,Ben,Won,04/02/2026,10
5,Bloom,Ann,Won,05/02/2026,900
"""


def planned(deals: str = DEALS, firms: str = FIRMS, text: str = MAPPING) -> ImportPlan:
    mapping = ImportMapping.model_validate(yaml.safe_load(text))
    tables = {"firms": csv_table("firms", "firms.csv", firms), "deals": csv_table("deals", "deals.csv", deals)}
    return plan(mapping, tables, forms())


def archive(made: ImportPlan, customer: str) -> DraftWorkbook:
    return next(draft for draft in made.workbooks if customer in str(draft.path))


def reasons(made: ImportPlan) -> list[tuple[str, int, str]]:
    return [(item.row.file, item.row.line, item.reason) for item in made.unplaced]


def rules(made: ImportPlan) -> dict[str, int]:
    return {item["rule"]: item["count"] for item in report.as_json(made, Written((), ()))["rules"]}


def adds_up(made: ImportPlan) -> bool:
    return all(count.rows == count.placed + count.looked_up + count.left_out + count.unplaced for count in made.counts)


def test_a_deal_becomes_a_transaction_of_its_customer() -> None:
    assert archive(planned(), "Acme").filled["F11.transactions"][0] == {
        "number": "T-1", "date": date(2026, 2, 1), "amount": 7000.0,
    }


def test_every_customer_gets_an_archive_under_its_account_manager() -> None:
    assert [str(draft.path) for draft in planned().workbooks] == [
        "Archives/Ben/K01 Acme.xlsx", "Archives/Ben/K02 Bloom.xlsx",
    ]


def test_of_several_agents_the_one_with_most_deals_is_chosen_and_of_equals_the_one_with_the_larger_sum() -> None:
    told = rules(planned())
    assert archive(planned(), "Acme").filled["F0.cover"][0]["account_manager"] == "Ben"
    assert archive(planned(), "Bloom").filled["F0.cover"][0]["account_manager"] == "Ben"
    assert told["keeper: the “agent” with most rows of deals"] == 2
    assert told["keeper: of these, customers with several candidates"] == 2
    assert told["keeper: of these, ties, decided by the larger sum of “worth”, then by name"] == 1


def test_a_customer_of_whom_nobody_sold_anything_has_no_account_manager_and_that_is_told() -> None:
    made = planned(deals=DEALS + "6,,Ann,Won,05/02/2026,1\n", firms=FIRMS + "Corner,retail,\n")
    assert archive(made, "Corner").filled["F0.cover"][0]["account_manager"] is None
    assert str(archive(made, "Corner").path) == "Archives/Unassigned/K03 Corner.xlsx"
    assert rules(made)["keeper: customers without a candidate, left empty"] == 1


def test_a_customer_whose_cover_no_statement_makes_still_has_a_file_of_its_own() -> None:
    text = MAPPING.replace("  F0.cover:\n    - source: firms\n", "  F0.cover:\n    - source: firms\n      where: {trade: [retail]}\n")
    assert [str(draft.path) for draft in planned(text=text).workbooks] == [
        "Archives/Unassigned/Unassigned Acme.xlsx", "Archives/Ben/K02 Bloom.xlsx",
    ]


def test_a_misspelt_value_is_mended_only_where_the_table_says_so() -> None:
    made = planned(firms="firm,trade,budget\nAcme,technolgy,\nBloom,tecnology,\n")
    assert archive(made, "Acme").filled["F0.cover"][0]["industry"] == "technology"
    assert archive(made, "Bloom").filled["F0.cover"][0]["industry"] == "tecnology"
    assert rules(made)["F0.cover.industry: “technolgy” stands as “technology”"] == 1


def test_millions_of_dollars_become_ten_thousands_of_yuan() -> None:
    assert archive(planned(), "Acme").filled["F0.cover"][0]["investment_scale"] == 1050.0


def test_an_empty_amount_stays_empty() -> None:
    assert archive(planned(), "Bloom").filled["F0.cover"][0]["investment_scale"] is None


def test_a_row_without_a_customer_is_reported_with_its_line() -> None:
    made = planned(deals=DEALS + "6,,Ann,Won,05/02/2026,900\n")
    assert reasons(made) == [("deals.csv", 7, "import.reason.no_customer")]
    assert adds_up(made)


def test_an_unknown_spelling_is_reported_with_a_suggestion_and_not_placed() -> None:
    made = planned(deals=DEALS + "6,Acme Ltd,Ann,Won,05/02/2026,900\n")
    assert reasons(made) == [("deals.csv", 7, "import.reason.unknown_customer")]
    assert made.unplaced[0].facts == {"spelling": "Acme Ltd", "suggestion": "Acme"}
    assert len(archive(made, "Acme").filled["F11.transactions"]) == 2


def test_an_alias_joins_another_spelling_and_says_how_often() -> None:
    text = MAPPING.replace("name: firm, path", "name: firm, aliases: {Acme Ltd: Acme}, path")
    made = planned(deals=DEALS + "6,Acme Ltd,Ann,Won,05/02/2026,900\n", text=text)
    assert not made.unplaced
    assert rules(made)["the customer “Acme Ltd” is “Acme”"] == 1


def test_a_row_that_no_statement_takes_is_reported() -> None:
    assert reasons(planned(deals=DEALS + "6,Acme,Ann,Lost,05/02/2026,0\n")) == [("deals.csv", 7, "import.reason.no_rule")]


def test_a_row_left_out_on_purpose_is_counted_with_its_reason() -> None:
    text = MAPPING + "left_out:\n  - {source: deals, where: {stage: [Lost]}, reason: {zh: 丢单, en: lost}}\n"
    made = planned(deals=DEALS + "6,Acme,Ann,Lost,05/02/2026,0\n", text=text)
    assert not made.unplaced
    assert rules(made)["left out of deals on purpose: lost"] == 1
    assert adds_up(made)


def test_a_doubled_number_is_reported_with_the_line_it_repeats() -> None:
    made = planned(deals=DEALS + "1,Acme,Ann,Won,09/02/2026,900\n")
    assert reasons(made) == [("deals.csv", 7, "import.reason.doubled")]
    assert made.unplaced[0].facts["line"] == "2"


def test_a_customer_listed_twice_gets_one_archive() -> None:
    made = planned(firms=FIRMS + "Acme,retail,\n")
    assert len(made.workbooks) == 2
    assert reasons(made) == [("firms.csv", 4, "import.reason.doubled")]


def test_a_date_that_cannot_be_read_stands_as_it_was_and_is_told() -> None:
    made = planned(deals=DEALS + "6,Acme,Ann,Won,2026-02-31,900\n")
    assert archive(made, "Acme").filled["F11.transactions"][-1]["date"] == "2026-02-31"
    assert [(doubt.row.line, doubt.field, doubt.value) for doubt in made.doubts] == [
        (7, "F11.transactions.date", "2026-02-31"),
    ]


def test_rows_that_agree_in_the_distinct_columns_become_one_and_a_contradiction_is_reported() -> None:
    text = MAPPING + """
  F30.people:
    - source: deals
      distinct: [agent]
      fields:
        number: {template: "A{n}"}
        name: agent
        role: {constant: account_manager}
        department: {column: stage}
        email: {template: "{agent:slug}@firm.example"}
"""
    made = planned(deals=DEALS + "6,Acme,Ann,Lost,05/02/2026,0\n", text=text)
    staff = made.workbooks[0]
    assert str(staff.path) == "Staff.xlsx"
    assert [(row["number"], row["name"], row["email"]) for row in staff.filled["F30.people"]] == [
        ("A1", "Ann", "ann@firm.example"), ("A2", "Ben", "ben@firm.example"),
    ]
    assert reasons(made) == [("deals.csv", 7, "import.reason.contradicts")]
    assert adds_up(made)


def test_a_looked_up_value_comes_from_the_other_list() -> None:
    text = MAPPING.replace("amount: {column: worth,", "product: {column: id, lookup: {source: prices, key: id, value: what}}\n        amount: {column: worth,")
    text = text.replace("sources:\n", "sources:\n  prices: {rows: [{id: 1, what: pump}, {id: 2, what: fan}]}\n")
    mapping = ImportMapping.model_validate(yaml.safe_load(text))
    tables = {
        **read_tables(mapping.model_copy(update={"sources": {"prices": mapping.sources["prices"]}}), Path(), Files()),
        "firms": csv_table("firms", "firms.csv", FIRMS), "deals": csv_table("deals", "deals.csv", DEALS),
    }
    made = plan(mapping, tables, forms())
    assert [row["product"] for row in archive(made, "Acme").filled["F11.transactions"]] == ["pump", "fan"]
    assert [(doubt.value, doubt.reason) for doubt in made.doubts] == [(n, "import.doubt.lookup") for n in "345"]
    assert adds_up(made)


@pytest.mark.parametrize(("right", "wrong", "told"), [
    ("industry: {column: trade", "industry: {column: trad", "blocks.F0.cover[0].fields.industry (firms): there is no “trad”"),
    ("        number: {", "        nummer: {", "blocks.F11.transactions[0].fields: there is no “nummer”; there is: number"),
    ("        name: firm\n", "", "blocks.F0.cover[0]: the required field “name” has no source"),
    (", money: {currency: USD}}", "}", "blocks.F11.transactions[0].fields.amount: this is money"),
    ("money: {currency: USD}", "money: {currency: EUR}", "there is no “EUR”; there is: USD"),
    ("  F11.transactions", "  F11.transaction", "blocks.F11.transaction: there is no “F11.transaction”"),
    ('"K{n:02}"', '"K{n:slug}"', "blocks.F0.cover[0].fields.code: “K{n:slug}” is malformed"),
    ('"K{n:02}"', '"K{firm"', "blocks.F0.cover[0].fields.code: “K{firm” is malformed"),
    ("{account_manager}/", "{manager}/", "customers.path: there is no “manager”"),
    ("decision: keeper", "decision: keper", "there is no “keper”; there is: keeper"),
])
def test_a_mapping_that_does_not_fit_is_answered_with_its_key(right: str, wrong: str, told: str) -> None:
    assert right in MAPPING
    with pytest.raises(ConfigError) as error:
        planned(text=MAPPING.replace(right, wrong))
    assert told in str(error.value)


def test_a_mapping_file_with_an_unknown_key_is_answered_with_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    path.write_text(MAPPING.replace("then_largest", "then_biggest"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"mapping\.yaml line 10, decisions\.keeper\.then_biggest"):
        load_mapping(path)


def test_a_list_in_gb18030_is_read_as_well_as_one_in_utf_8_with_a_mark(tmp_path: Path) -> None:
    mapping = ImportMapping.model_validate(yaml.safe_load(MAPPING))
    (tmp_path / "firms.csv").write_bytes("firm,trade\n恒川,环保\n".encode("gb18030"))
    (tmp_path / "deals.csv").write_bytes("firm;agent\n恒川;王芳\n".encode("utf-8-sig"))
    tables = read_tables(mapping, tmp_path, Files())
    assert tables["firms"].rows[0].cells == {"firm": "恒川", "trade": "环保"}
    assert tables["deals"].rows[0].cells == {"firm": "恒川", "agent": "王芳"}


def test_a_list_that_is_not_there_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot read firms\.csv: No such file"):
        read_tables(ImportMapping.model_validate(yaml.safe_load(MAPPING)), tmp_path, Files())


def test_the_line_of_a_row_is_where_it_begins_even_after_a_cell_of_several_lines() -> None:
    table = csv_table("firms", "firms.csv", 'firm,note\n"A","one\ntwo"\n\nB,x\n')
    assert [(row.text("firm"), row.line, row.n) for row in table.rows] == [("A", 2, 1), ("B", 5, 2)]


def test_an_excel_list_begins_at_its_first_filled_row_and_short_rows_are_padded() -> None:
    table = excel_table("firms", "firms.xlsx", [["", ""], ["firm", "budget"], ["Acme", 12.0], ["Bloom"]])
    assert [(row.line, dict(row.cells)) for row in table.rows] == [
        (3, {"firm": "Acme", "budget": 12}), (4, {"firm": "Bloom", "budget": None}),
    ]


def test_a_list_may_be_a_sheet_of_an_excel_file(tmp_path: Path) -> None:
    book = Workbook()
    book.create_sheet("客户").append(["firm", "budget", "since"])
    book["客户"].append(["Acme", 12, date(2020, 5, 1)])
    book.save(tmp_path / "firms.xlsx")
    mapping = ImportMapping.model_validate(yaml.safe_load(MAPPING))
    mapping = mapping.model_copy(update={"sources": {"firms": Source(file="firms.xlsx", sheet="客户")}})
    row = read_tables(mapping, tmp_path, Files())["firms"].rows[0]
    assert (row.line, row.text("firm"), row.cells["budget"]) == (2, "Acme", 12)
    assert str(row.cells["since"]).startswith("2020-05-01")


def test_an_old_excel_file_is_answered_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "firms.xls").write_bytes(b"\xd0\xcf\x11\xe0" + bytes(508))
    mapping = ImportMapping.model_validate(yaml.safe_load(MAPPING))
    mapping = mapping.model_copy(update={"sources": {"firms": Source(file="firms.xls")}})
    with pytest.raises(ConfigError, match=r"firms\.xls: This file has the \.xls format\."):
        read_tables(mapping, tmp_path, Files())


def test_written_archives_are_never_overwritten(tmp_path: Path) -> None:
    made = planned()
    first = write_plan(made, tmp_path, forms())
    kept = (tmp_path / first.written[0]).read_bytes()
    second = write_plan(made, tmp_path, forms())
    assert [str(path) for path in first.written] == ["Archives/Ben/K01 Acme.xlsx", "Archives/Ben/K02 Bloom.xlsx"]
    assert second == Written((), first.written)
    assert (tmp_path / first.written[0]).read_bytes() == kept
    assert "2 files were there already" in report.summary(made, second)


def test_a_written_archive_holds_the_rows_of_the_plan(tmp_path: Path) -> None:
    made = planned()
    write_plan(made, tmp_path, forms())
    cells = read(tmp_path / "Archives/Ben/K01 Acme.xlsx", Files())
    seen = {cell for sheet in cells.sheets for row in sheet.rows for cell in row if cell != ""}
    assert {"K01", "Acme", "technology", "T-1", "T-2", 7000.0, date(2026, 2, 1)} <= seen


def test_the_report_lists_every_row_that_was_not_placed() -> None:
    made = planned(deals=DEALS + "6,,Ann,Won,05/02/2026,900\n7,,Ben,Won,06/02/2026,1\n")
    text = report.as_markdown(made, Written((), ()))
    assert "| deals.csv | 7 | F11.transactions | “firm” is empty, so the customer is not known | 6, Ann, Won, 05/02/2026, 900 |" in text
    assert "deals.csv: 2 rows: “firm” is empty, so the customer is not known" in report.summary(made, Written((), ()))


ROWS = st.lists(st.tuples(
    st.sampled_from(["Acme", "Bloom", "", "Acmé", "Zed"]), st.sampled_from(["Won", "Lost", "Open"]),
    st.sampled_from(["1", "2", "3", "4"]),
))


@given(ROWS)
def test_whatever_the_rows_the_counts_add_up_and_each_row_is_placed_or_told(rows: list[tuple[str, str, str]]) -> None:
    deals = DEALS.splitlines()[0] + "\n" + "".join(f"{id},{firm},Ann,{stage},01/02/2026,5\n" for firm, stage, id in rows)
    made = planned(deals=deals)
    count = next(count for count in made.counts if count.source == "deals")
    assert count.rows == len(rows) == count.placed + count.unplaced
    assert count.placed == sum(len(draft.filled.get("F11.transactions", ())) for draft in made.workbooks)
    assert len(made.unplaced) == count.unplaced


@pytest.mark.skipif("CRMFLOW_REAL_DATA" not in os.environ, reason="CRMFLOW_REAL_DATA does not name the data's folder")
def test_the_real_data_set_becomes_what_an_independent_count_says() -> None:
    folder = Path(os.environ["CRMFLOW_REAL_DATA"])
    mapping = load_mapping(MAVEN)
    made = plan(mapping, read_tables(mapping, folder, Files()), forms())
    deals = _csv(folder / "maven_sales_pipeline.csv")
    accounts = _csv(folder / "maven_accounts.csv")
    agents = _csv(folder / "maven_sales_teams.csv")
    won = [deal for deal in deals if deal["deal_stage"] == "Won"]
    still_open = [deal for deal in deals if deal["deal_stage"] in ("Prospecting", "Engaging")]

    by_block = Counter(block for draft in made.workbooks for block, rows in draft.filled.items() for _ in rows)
    managers = {agent["manager"] for agent in agents}
    assert by_block["F0.cover"] == by_block["F1.contacts"] == len(accounts) == 85
    assert by_block["F30.people"] == len(agents) + len(managers) + 4 == 35 + 6 + 4
    assert by_block["F11.transactions"] == by_block["F14.contracts"] == len(won)
    assert by_block["F8.projects"] == sum(bool(deal["account"]) for deal in still_open)
    assert len(made.unplaced) == sum(not deal["account"] for deal in deals) == 1425
    assert adds_up(made)

    turnover = defaultdict(float)
    for deal in won:
        turnover[deal["account"]] += float(deal["close_value"]) * 6.75
    for draft in made.workbooks[1:]:
        cover = draft.filled["F0.cover"][0]
        total = sum(float(str(row["amount"])) for row in draft.filled["F11.transactions"])
        assert total == pytest.approx(turnover[str(cover["name"])])
        sold = Counter(deal["sales_agent"] for deal in won if deal["account"] == cover["name"])
        assert sold[str(cover["account_manager"])] == max(sold.values())


def _csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))
