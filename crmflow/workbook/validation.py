"""What Excel itself refuses or advises while staff type: drop-down lists, bounds, input messages."""

from collections.abc import Sequence
from datetime import datetime

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from crmflow.codes import say
from crmflow.declare import Field, Kind
from crmflow.texts import phrase
from crmflow.workbook.read import LISTS_SHEET

TITLE_LIMIT, MESSAGE_LIMIT = 32, 255
"""Excel's own."""
EARLIEST = datetime(1900, 1, 1)
NO_BOUND = 1e12


class Lists:
    """The hidden sheet of drop-down lists: one column and one defined name a list, however many fields use it."""

    def __init__(self, workbook: Workbook, sheet: Worksheet, language: str, staff: Sequence[str]) -> None:
        self._workbook, self._sheet, self._language, self._staff = workbook, sheet, language, staff
        self._names: dict[tuple[str, ...], str] = {}

    def for_field(self, block: str, field: Field) -> str:
        """The defined name of the list for ``field``; empty where there is no list."""
        if field.kind is Kind.YES_NO:
            return self._add("list_yes_no", [phrase("blank.yes", self._language), phrase("blank.no", self._language)])
        if field.kind is Kind.STAFF and self._staff:
            return self._add("list_staff", self._staff)
        if field.choices:
            labels = [say(choice.label, self._language) for choice in field.choices]
            return self._add(f"list_{block}_{field.id}".replace(".", "_"), labels)
        return ""

    def _add(self, name: str, entries: Sequence[str]) -> str:
        entries = tuple(entries)
        if entries not in self._names:
            column = xl_col_to_name(len(self._names))
            self._sheet.write_column(f"{column}1", [name, *entries])
            self._workbook.define_name(name, f"='{LISTS_SHEET}'!${column}$2:${column}${len(entries) + 1}")
            self._names[entries] = name
        return self._names[entries]


def validation(field: Field, list_name: str, language: str) -> dict[str, object]:
    """The XlsxWriter options for the cells of ``field``; ``list_name`` is empty where there is no drop-down."""
    options = _criteria(field, list_name)
    options |= {
        "input_title": say(field.label, language)[:TITLE_LIMIT],
        "input_message": _message(field, language)[:MESSAGE_LIMIT],
        "ignore_blank": True,
    }
    if options["validate"] != "any":
        options |= {
            "error_title": say(field.label, language)[:TITLE_LIMIT],
            "error_message": _refusal(field, language)[:MESSAGE_LIMIT],
        }
    return options


def _criteria(field: Field, list_name: str) -> dict[str, object]:
    if list_name:
        # Names of staff go stale in an old workbook, so they only warn (decision 7).
        return {
            "validate": "list", "source": f"={list_name}",
            "error_type": "warning" if field.kind is Kind.STAFF else "stop",
        }
    if field.kind in (Kind.DATE, Kind.MONTH, Kind.MOMENT):
        if not field.past:
            return {"validate": "date", "criteria": ">=", "value": EARLIEST}
        latest = "=NOW()" if field.kind is Kind.MOMENT else "=TODAY()"
        return {"validate": "date", "criteria": "between", "minimum": EARLIEST, "maximum": latest}
    if field.kind in (Kind.INTEGER, Kind.YEAR):
        return _between("integer", field)
    if field.kind in (Kind.NUMBER, Kind.YUAN, Kind.WAN, Kind.PERCENT):
        return _between("decimal", field)
    return {"validate": "any"}


def _between(kind: str, field: Field) -> dict[str, object]:
    minimum = -NO_BOUND if field.minimum is None else field.minimum
    maximum = NO_BOUND if field.maximum is None else field.maximum
    return {"validate": kind, "criteria": "between", "minimum": minimum, "maximum": maximum}


def _message(field: Field, language: str) -> str:
    help_text = say(field.help, language)
    if field.formula or field.choices or not field.example or field.kind in (Kind.YES_NO, Kind.STAFF):
        return help_text
    return phrase("blank.example", language, help=help_text, example=say(field.example, language))


def _refusal(field: Field, language: str) -> str:
    if field.choices or field.kind is Kind.YES_NO:
        return phrase("blank.not_in_list", language)
    if field.kind is Kind.STAFF:
        return phrase("blank.not_staff", language)
    return phrase("blank.not_valid", language, help=say(field.help, language), example=say(field.example, language))
