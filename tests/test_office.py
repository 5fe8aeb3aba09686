"""A person at work in LibreOffice: what they type arrives, and nothing else changes."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from crmflow.catalogue import catalogue
from crmflow.config import Files
from crmflow.model import FileState, Identity, WorkbookKind
from crmflow.parse.book import read_book
from crmflow.store.archive import open_store
from crmflow.store.tables import REVISION
from crmflow.workbook import blank
from tests import tiny

SYSTEM_PYTHON = "/usr/bin/python3"
EDIT = Path(__file__).with_name("office_edit.py")


@pytest.fixture
def type_in(require_real: Callable[[str], str]) -> Callable[[Path, list[list[str]]], None]:
    """Types texts into cells of a file, as a person does."""
    require_real("soffice")

    def type_in(file: Path, edits: list[list[str]]) -> None:
        done = subprocess.run(
            [SYSTEM_PYTHON, EDIT, file, json.dumps(edits)], capture_output=True, text=True, timeout=180, check=False,
            env={"PATH": "/usr/bin:/bin:/usr/local/bin"},
        )
        assert done.returncode == 0, done.stderr

    return type_in


def revisions(config) -> int:
    engine = open_store(config.store_url, catalogue()).engine
    with engine.connect() as connection:
        return connection.scalar(select(func.count()).select_from(REVISION))


def test_one_cell_changed_in_libreoffice_is_exactly_one_revision(tmp_path, type_in):
    config = tiny.settle(tmp_path)
    tiny.staff(tmp_path)
    file = tmp_path / "workbooks" / "王芳" / "KH0012.xlsx"
    forms = catalogue().of_kind(WorkbookKind.ARCHIVE)
    identity = Identity("w-1", WorkbookKind.ARCHIVE, "zh", 1, "", {form.id: form.version for form in forms})
    filled = {
        "F0.cover": [{
            "code": "KH0012", "name": "江南精密", "industry": "装备制造", "region": "华东", "stage": "cooperating",
            "account_manager": "王芳", "opened_on": tiny.NOW.date(), "verified_on": tiny.NOW.date(),
        }],
        "F8.plan": [{"year": 2026, "objective": "签下二期"}],
        "F8.projects": [{"project": "二期", "contract_amount": 100.0, "win_rate": 0.5, "margin": 0.2, "status": "won"}],
    }
    blank.write(file, forms, identity, filled, ["王芳"])
    tiny.at(config)
    before = revisions(config)

    type_in(file, [["附表8 收益计划", "B9", "130"]])
    figures = tiny.at(config).figures

    assert (figures.rows["accepted"], figures.rows["held"]) == (1, 0)
    assert revisions(config) == before + 1
    with open_store(config.store_url, catalogue()).engine.connect() as connection:
        newest = connection.scalar(select(REVISION.c["values"]).order_by(REVISION.c.id.desc()).limit(1))
    assert json.loads(newest)["contract_amount"] == 130
    assert json.loads(newest)["profit"] == 13


def test_a_locked_formula_cannot_be_overtyped_in_libreoffice(tmp_path, type_in):
    file = tmp_path / "a.xlsx"
    forms = catalogue().of_kind(WorkbookKind.ARCHIVE)
    identity = Identity("w-1", WorkbookKind.ARCHIVE, "zh", 1, "", {})
    project = {"project": "二期", "contract_amount": 100.0, "win_rate": 0.5, "margin": 0.2, "status": "won"}
    blank.write(file, forms, identity, {"F8.projects": [project]}, [])
    type_in(file, [["附表8 收益计划", "D9", "999"], ["附表8 收益计划", "H9", "丢失"]])
    book = read_book(file, FileState("a.xlsx", 1, 1), catalogue(), Files())
    row = next(record for record in book.records if record.block == "F8.projects")
    assert (row.values["expected_revenue"], row.values["status"], row.findings) == (50, "lost", ())
