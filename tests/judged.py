"""A company to check registers against, and a check in one call."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from crmflow.catalogue import catalogue
from crmflow.check.books import check_books
from crmflow.check.rules import Archive, Limits, Reference
from crmflow.model import Finding, Person, WorkbookKind
from crmflow.people import Directory
from tests import books

TODAY = date(2026, 7, 15)
STAFF = Directory.of([
    Person("1000", "周启明", "general_manager"), Person("1001", "陈亮", "department_head"),
    Person("1002", "王芳", "account_manager", superior="1001"), Person("1003", "孟凡", "sales_clerk"),
    Person("1004", "吴桂芳", "finance"), Person("1005", "李伟", "sales_staff"),
])
LIMITS = Limits(
    expenses={"hospitality": 3000, "gift": 500}, rate=0.02, rates={"备件": 0.01}, low_score=2,
    reception={("vip", "executive"): {
        "host": ("general_manager", "chairman"), "lodging": ("five_star",), "welcome_screen": ("yes",), "told": ("行政部",),
    }},
)
KNOWN = Reference(STAFF, {"KH0012": Archive("w-1", "KH0012", "江南精密制造有限公司", "", "a.xlsx")}, limits=LIMITS)


def found(blocks: Mapping[str, str], kind: WorkbookKind = WorkbookKind.ARCHIVE, **known: object) -> list[Finding]:
    """The findings of a drawn workbook; ``known`` replaces parts of what is known."""
    reference = replace(KNOWN, **known)  # type: ignore[arg-type]
    return list(check_books([books.book(blocks, kind)], catalogue(), reference, TODAY)[0].all_findings)


def codes(blocks: Mapping[str, str], kind: WorkbookKind = WorkbookKind.ARCHIVE, **known: object) -> list[tuple[str, str]]:
    """Code and field of each finding."""
    return [(finding.code, finding.field_id) for finding in found(blocks, kind, **known)]
