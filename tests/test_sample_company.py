"""The sample company: its clean archives are clean, and its mistakes show every kind of finding that they should."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from crmflow.catalogue import catalogue
from crmflow.check.books import check_books
from crmflow.check.rules import Archive, Reference, person_of, usage_of
from crmflow.config import Files, load
from crmflow.intake import Reading, read_chunk
from crmflow.model import Finding
from crmflow.people import Directory
from crmflow.scan import scan
from samples.make_company import make_company

CONFIG = Path(__file__).parents[1] / "config.yaml"
TODAY = date(2026, 7, 15)
CLEAN = (
    "客户档案/林晓梅/KH0001 江南新能源科技有限公司.xlsx", "客户档案/林晓梅/KH0002 闽江食品集团有限公司.xlsx",
    "客户档案/郑浩然/KH0003 恒生纺织（泉州）有限公司.xlsx", "客户档案/苏文杰/KH0004 南湾生物医药有限公司.xlsx",
    "月报/林晓梅 2026-05.xlsx", "月报/林晓梅 2026-06.xlsx", "月报/郑浩然 2026-05.xlsx", "月报/苏文杰 2026-05.xlsx",
)
CELLS = {
    "REQUIRED", "REQUIRED_ONE_OF", "REQUIRED_WHEN", "ERROR_VALUE", "NOT_CALCULATED", "NOT_A_DATE", "NOT_A_MOMENT",
    "NOT_A_MONTH", "NOT_A_YEAR", "NOT_A_BIRTHDAY", "NOT_A_NUMBER", "NOT_AN_INTEGER", "NOT_A_PERCENT", "NOT_YES_NO",
    "NOT_IN_LIST", "BELOW_MINIMUM", "ABOVE_MAXIMUM", "NOT_A_MOBILE", "NOT_A_PHONE", "NOT_AN_EMAIL", "NOT_A_CREDIT_CODE",
    "TOO_LONG", "IN_FUTURE", "FORMULA_OVERTYPED",
}
ROWS_AND_FORMS = {
    "KEY_DOUBLED", "TIMES_OUT_OF_ORDER", "CREDIT_TERM_REQUIRED", "PERSON_WITHOUT_PROFILE", "REPORTS_TO_CYCLE",
    "RELATION_WITHOUT_OUR_PERSON", "RELATIONS_ON_ONE_PERSON", "NO_DECISION_MAKER", "NOT_STAFF", "STAFF_AMBIGUOUS",
    "STAFF_LEFT", "SUPERIOR_NOT_STAFF", "SUPERIOR_CYCLE", "CUSTOMER_DOUBLED", "CREDIT_CODE_DOUBLED", "TERMS_WITHOUT_APPROVAL", "UNKNOWN_CUSTOMER",
    "TENDER_INFORMATION",
}
SERVICE_AND_REGISTERS = {
    "PLAN_NOT_BY_HEAD", "LOW_SCORE_WITHOUT_MEASURE", "TICKET_WITHOUT_PROMISE", "PARTS_UNREADABLE", "ORDER_LATE",
    "ORDER_LATE_UNEXPLAINED", "BRIBERY", "INCENTIVE_TO_PERSON", "ABOVE_LIMIT", "ABOVE_RATE", "RATE_ABOVE_SET",
    "EXPENSE_ABOVE_ALLOWANCE", "APPLICATION_TOO_LATE", "CHECK_SKIPPED", "CHECKER_NOT_ENTITLED", "PAID_TOO_EARLY",
    "PAID_ABOVE_SHARE", "SUMMARY_DIFFERS", "SUMMARY_LACKS", "SAME_PERSON", "CUSTOMER_NOT_ON_FILE",
    "STEP_WITHOUT_CANDIDATE", "STEPS_MISSING", "STEP_OUT_OF_ORDER", "RECEPTION_DEPARTS", "RECEPTION_PROPOSAL",
    "TARGETS_DO_NOT_ADD_UP", "STOCK_DIFFERS", "USAGE_DIFFERS",
}
SHEETS = {
    "NO_FORM_FOUND", "SHEET_MISSING", "SHEET_DOUBLED", "BLOCK_MISSING", "COLUMN_MISSING", "COLUMN_DOUBLED",
    "COLUMN_UNKNOWN", "UNIT_DIFFERS", "IDENTITY_MISSING",
}
FILES = {"FILE_EMPTY", "FILE_NOT_EXCEL", "FILE_OLD_FORMAT", "FILE_ENCRYPTED", "FILE_DAMAGED", "SYNC_COPY"}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Finding]]:
    """Every finding in the sample, by file."""
    folder: Path = tmp_path_factory.mktemp("workbooks")
    list(make_company(folder))
    scanned = scan(folder)
    books = read_chunk(Reading(folder, Files()), scanned.files)
    covers = [(book, record.values) for book in books for record in book.records if record.block == "F0.cover"]
    archives = {
        str(cover["code"]): Archive(book.workbook_id, str(cover["code"]), str(cover["name"]), "", book.file)
        for book, cover in reversed(covers)
    }
    people = Directory.of(
        person_of(record.values) for book in books for record in book.records if record.block == "F30.people"
    )
    tickets = (record.values for book in books for record in book.records if record.block == "F16.tickets")
    usage = tuple(used for ticket in tickets for used in usage_of(ticket))
    known = Reference(people, archives, limits=load(CONFIG).limits, usage=usage)
    by_file: dict[str, list[Finding]] = defaultdict(list)
    for checked in check_books(books, catalogue(), known, TODAY):
        by_file[checked.book.file] += checked.all_findings
    for finding in scanned.findings:
        by_file[finding.where.file].append(finding)
    return by_file


@pytest.mark.parametrize("file", CLEAN)
def test_a_well_kept_workbook_has_no_finding_whatever_way_its_dates_are_typed(
    found: Mapping[str, list[Finding]], file: str
) -> None:
    assert file in found
    assert found[file] == []


@pytest.mark.parametrize("code", sorted(CELLS | ROWS_AND_FORMS | SERVICE_AND_REGISTERS | SHEETS | FILES))
def test_the_sample_shows(found: Mapping[str, list[Finding]], code: str) -> None:
    assert code in {finding.code for findings in found.values() for finding in findings}


def test_the_same_script_makes_the_same_files(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    assert [path.relative_to(first) for path in make_company(first)] == [
        path.relative_to(second) for path in make_company(second)
    ]
    for file in CLEAN:
        assert (first / file).read_bytes() == (second / file).read_bytes()
