"""``crmflow import``: the lists a company already has → archives."""

from datetime import datetime
from pathlib import Path

from crmflow.catalogue import catalogue
from crmflow.commands import show
from crmflow.commands.guard import COMPLETED
from crmflow.config import Config, Files
from crmflow.importer import plan, write_plan
from crmflow.importing import report as reports
from crmflow.importing.mapping import load_mapping
from crmflow.importing.sources import read_tables


def main(
    mapping: Path, source: Path, into: Path, report: Path | None, as_json: bool, config: Config | None = None,
    now: datetime | None = None,
) -> int:
    """Import; the report names every row that could not be placed and every rule that was used."""
    forms = (config.catalogue if config else catalogue()).forms
    rules = load_mapping(mapping)
    planned = plan(rules, read_tables(rules, source, Files()), forms)
    written = write_plan(planned, into, forms)
    where = report or into / "import-report.md"
    where.write_text(reports.as_markdown(planned, written), encoding="utf-8")
    if as_json:
        show.as_json(reports.as_json(planned, written))
    else:
        show.line(reports.summary(planned, written))
    return COMPLETED
