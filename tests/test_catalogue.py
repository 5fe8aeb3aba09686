"""The forms are found by themselves, and looked up by the names the program uses."""

import subprocess
import sys

import pytest

from crmflow.catalogue import Catalogue, catalogue, forms
from crmflow.declare import Form, Kind, Table
from crmflow.model import Text, WorkbookKind


def test_the_built_in_forms_come_in_the_order_of_their_numbers() -> None:
    assert [form.id for form in forms()] == [
        "F0", "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12", "F13", "F14", "F15", "F16",
        "F17", "F18", "F19", "F20", "F30", "F31a", "F31b", "F32", "F33a", "F33b", "F33c", "F34", "F35", "F36", "F37",
        "F38", "F39", "F40", "F41a", "F41b", "F41c",
    ]


def test_a_kind_of_workbook_has_its_own_forms() -> None:
    assert [form.id for form in catalogue().of_kind(WorkbookKind.MONTHLY)] == ["F20"]
    assert [form.id for form in catalogue().of_kind(WorkbookKind.STAFF)] == ["F30"]
    assert [form.id for form in catalogue().of_kind(WorkbookKind.ARCHIVE)][:2] == ["F0", "F1"]


def test_a_block_and_its_form_are_found_by_name() -> None:
    projects = catalogue().block("F8.projects")
    assert isinstance(projects, Table)
    assert projects.key == ("project",)
    assert catalogue().form_of("F10.reports").id == "F10"
    assert catalogue().form("F8").blocks[1] is projects


def test_a_field_is_found_by_block_and_id() -> None:
    assert catalogue().field("F8.projects", "win_rate").kind is Kind.PERCENT
    assert catalogue().label("F8.projects", "win_rate") == Text("获取率", "Win rate")
    assert catalogue().find_field("F8.projects", "nothing") is None
    assert catalogue().find_field("", "") is None


def test_an_unknown_name_is_our_bug_and_raises() -> None:
    for look_up in (lambda: catalogue().form("F99"), lambda: catalogue().block("F8.nothing")):
        with pytest.raises(KeyError):
            look_up()


def test_a_choice_has_its_label_and_one_that_is_gone_stands_for_itself() -> None:
    assert catalogue().choice_label("F8.projects", "status", "signed") == Text("签约", "Signed")
    assert catalogue().choice_label("F8.projects", "status", "was_once") == Text("was_once", "was_once")


def test_a_catalogue_may_hold_the_companys_own_forms_too() -> None:
    own = Form(
        id="F90", title=Text("本公司的表", "Our own form"), sheet=Text("自用", "Own"), kind=WorkbookKind.ARCHIVE,
        note=Text("说明", "Note"), blocks=(), source="",
    )
    assert Catalogue((*forms(), own)).form("F90") is own


def test_a_hidden_form_is_in_force_no_more_but_known() -> None:
    hidden = catalogue().form("F5")
    kept = Catalogue(tuple(form for form in forms() if form is not hidden), (hidden,))
    assert "F5.information" not in kept.blocks
    assert kept.find_field("F5.information", "effect") is None
    assert hidden in kept.hidden and hidden not in kept.of_kind(WorkbookKind.ARCHIVE)


def test_the_built_in_catalogue_hides_nothing_and_has_no_origin() -> None:
    assert (catalogue().hidden, catalogue().origin) == ((), "")


def test_the_catalogue_loads_no_heavy_library() -> None:
    script = (
        "import sys, crmflow.catalogue as c; c.catalogue(); "
        "print([m for m in ('pandera', 'polars', 'openpyxl', 'xlsxwriter', 'pydantic', 'sqlalchemy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
