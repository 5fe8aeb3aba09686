"""An import plan, told: Markdown and JSON with every row, and a summary for the screen."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from crmflow.importing.plan import Doubt, ImportPlan, RuleUsed, Unplaced, Written
from crmflow.texts import phrase


def as_json(plan: ImportPlan, written: Written) -> dict[str, Any]:
    """Everything of the report as plain values."""
    language = plan.language
    return {
        "workbooks": {"written": [str(path) for path in written.written],
                      "existing": [str(path) for path in written.existing]},
        "sources": {
            count.source: {"file": count.file, "rows": count.rows, "placed": count.placed,
                           "looked_up": count.looked_up, "left_out": count.left_out, "unplaced": count.unplaced,
                           "partly": count.partly}
            for count in plan.counts
        },
        "blocks": dict(_block_rows(plan)),
        "rules": [{"rule": _rule(used, language), "count": used.count} for used in plan.rules_used],
        "unplaced": [
            {"file": item.row.file, "line": item.row.line, "block": item.block, "reason": _reason(item, language),
             "cells": {column: item.row.text(column) for column in item.row.cells}}
            for item in plan.unplaced
        ],
        "doubts": [
            {"file": doubt.row.file, "line": doubt.row.line, "field": doubt.field, "value": doubt.value,
             "reason": phrase(doubt.reason, language)}
            for doubt in plan.doubts
        ],
    }


def as_markdown(plan: ImportPlan, written: Written) -> str:
    """The report to keep: counts, rules, and every row that was not placed."""
    language = plan.language
    return "\n".join((
        f"# {phrase('import.report.title', language)}", "",
        *_outcome(plan, written), "",
        *_counts(plan), "",
        *_section(plan, "rules", "rule_columns", ((_rule(used, language), used.count) for used in plan.rules_used)),
        *_section(plan, "unplaced", "unplaced_columns", (_unplaced(item, language) for item in plan.unplaced)),
        *_section(plan, "doubts", "doubt_columns", (_doubt(doubt, language) for doubt in plan.doubts)),
    ))


def summary(plan: ImportPlan, written: Written) -> str:
    """The same for the screen: rows that were not placed are summed by their reason."""
    reasons = Counter((item.row.file, _reason(item, plan.language)) for item in plan.unplaced)
    return "\n".join((
        *_outcome(plan, written),
        *_counts(plan),
        *(f"{file}: {phrase('import.report.sum', plan.language, count=count, reason=reason)}"
          for (file, reason), count in reasons.items()),
        *(f"{doubt.row.file}:{doubt.row.line} {doubt.field}: {doubt.value} – {phrase(doubt.reason, plan.language)}"
          for doubt in plan.doubts),
    ))


def _outcome(plan: ImportPlan, written: Written) -> Iterator[str]:
    yield phrase("import.report.workbooks", plan.language, written=len(written.written))
    if written.existing:
        yield phrase("import.report.existing", plan.language, existing=len(written.existing))
        yield from (f"- {path}" for path in written.existing)


def _counts(plan: ImportPlan) -> Iterator[str]:
    yield f"## {phrase('import.report.counts', plan.language)}"
    rows = (
        (f"{count.source} {count.file}".strip(), count.rows, count.placed, count.looked_up, count.left_out,
         count.unplaced, count.partly)
        for count in plan.counts
    )
    yield from _table(phrase("import.report.count_columns", plan.language), rows)


def _section(plan: ImportPlan, title: str, columns: str, rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    yield f"## {phrase(f'import.report.{title}', plan.language)}"
    told = list(rows)
    if told:
        yield from _table(phrase(f"import.report.{columns}", plan.language), told)
    else:
        yield phrase("import.report.none", plan.language)
    yield ""


def _table(columns: str, rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    yield f"| {columns} |"
    yield "|" + " --- |" * (columns.count("|") + 1)
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |"


def _block_rows(plan: ImportPlan) -> Counter[str]:
    return Counter(
        block for draft in plan.workbooks for block, rows in draft.filled.items() for _ in rows
    )


def _rule(used: RuleUsed, language: str) -> str:
    return phrase(used.use.phrase, language, **dict(used.use.facts))


def _reason(item: Unplaced, language: str) -> str:
    return phrase(item.reason, language, **item.facts)


def _unplaced(item: Unplaced, language: str) -> tuple[object, ...]:
    content = ", ".join(filter(None, (item.row.text(column) for column in item.row.cells)))
    return item.row.file, item.row.line, item.block, _reason(item, language), content


def _doubt(doubt: Doubt, language: str) -> tuple[object, ...]:
    return doubt.row.file, doubt.row.line, doubt.field, doubt.value, phrase(doubt.reason, language)
