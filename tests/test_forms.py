"""Every discovered form is complete, in both languages, and its rules do what the regulation says."""

import string
from collections.abc import Iterator
from datetime import date, datetime
from typing import get_args

import pytest

from crmflow.catalogue import catalogue
from crmflow.codes import CATALOGUE, describe, say
from crmflow.config import Role
from crmflow.declare import Audience, Block, Card, Field, Form, Kind, Table, blocks_of
from crmflow.model import Finding, Text, Value, Where

FORMS = catalogue().forms
BLOCKS = list(blocks_of(FORMS))
FIELDS = [(name, block, field) for name, _, block in BLOCKS for field in block.fields]

each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.id)
each_block = pytest.mark.parametrize(("name", "block"), [(n, b) for n, _, b in BLOCKS], ids=[n for n, _, _ in BLOCKS])
each_field = pytest.mark.parametrize(
    ("name", "block", "field"), FIELDS, ids=[f"{name}.{field.id}" for name, _, field in FIELDS]
)


def _texts(form: Form) -> Iterator[Text]:
    yield from (form.title, form.sheet, form.note)
    for block in form.blocks:
        yield block.title
        for field in block.fields:
            yield from (field.label, field.help)
            yield from (choice.label for choice in field.choices)
            if isinstance(field.example, Text):
                yield field.example


def _is_chinese(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def _failures(name: str, **values: Value) -> list[tuple[str, str]]:
    """Code and field of every row check that ``values``, otherwise empty, do not pass."""
    block = catalogue().block(name)
    row: dict[str, Value] = {field.id: None for field in block.fields} | values
    return [
        (check.code, check.field_id)
        for check in block.checks
        if all(row[needed] is not None for needed in check.needs) and not check.passes(row)
    ]


@each_form
def test_every_text_is_there_in_both_languages(form: Form) -> None:
    for text in _texts(form):
        assert text.zh.strip() == text.zh != ""
        assert text.en.strip() == text.en != ""
        assert not _is_chinese(text.en), text.en
    for text in (form.title, form.sheet, form.note):
        assert _is_chinese(text.zh), text.zh


@each_form
def test_a_sheet_name_is_one_that_excel_takes(form: Form) -> None:
    for name in (form.sheet.zh, form.sheet.en):
        assert len(name) <= 31
        assert not set(name) & set("[]:*?/\\'")


@each_form
def test_a_periodic_form_says_which_field_holds_its_period(form: Form) -> None:
    if form.period_field:
        card, _, field_id = form.period_field.partition(".")
        field = catalogue().field(f"{form.id}.{card}", field_id)
        assert field.required
        assert field.kind in (Kind.YEAR, Kind.MONTH)


@each_block
def test_no_two_fields_of_a_block_can_be_taken_for_each_other(name: str, block: Block) -> None:
    def bare(label: str) -> str:
        return label.replace("*", "").replace("（", "(").partition("(")[0].strip().casefold()

    names = [{bare(name) for name in (f.label.zh, f.label.en, *f.aliases)} for f in block.fields]
    assert len({field.id for field in block.fields}) == len(block.fields)
    assert sum(len(known) for known in names) == len(set().union(*names))


@each_form
def test_no_heading_of_a_form_reads_like_another(form: Form) -> None:
    titles = [form.title, *(block.title for block in form.blocks)]
    labels = [field.label for block in form.blocks for field in block.fields]
    for language in ("zh", "en"):
        assert not {say(title, language) for title in titles[1:]} & {say(label, language) for label in labels}
        assert len({say(block.title, language) for block in form.blocks}) == len(form.blocks)


@each_block
def test_the_fields_that_key_checks_and_formulas_name_exist(name: str, block: Block) -> None:
    ids = {field.id for field in block.fields}
    if isinstance(block, Table):
        assert block.key
        assert set(block.key) <= ids
    for check in block.checks:
        assert {check.field_id, *check.needs} <= ids
        assert check.code in CATALOGUE
    for field in block.fields:
        assert set(field.formula or ()) <= ids


@each_block
def test_every_row_check_can_be_put_into_a_sentence(name: str, block: Block) -> None:
    for check in block.checks:
        finding = Finding(check.code, Where("a.xlsx"), "2026-01-01", name, check.field_id, check.facts)
        for language in ("zh", "en"):
            sentence = describe(finding, language, catalogue().field(name, check.field_id))
            assert "{" not in sentence
            placeholders = string.Formatter().parse(say(CATALOGUE[check.code].text, language))
            assert {p for _, p, _, _ in placeholders if p} <= {*check.facts, "label", "value", "example", "choices"}


@each_block
def test_an_empty_row_breaks_no_check_but_that_something_is_missing(name: str, block: Block) -> None:
    assert {code for code, _ in _failures(name)} <= {"REQUIRED_ONE_OF"}


@each_field
def test_a_field_has_an_example_and_fits_its_kind(name: str, block: Block, field: Field) -> None:
    assert say(field.example, "zh")
    assert say(field.example, "en")
    assert bool(field.choices) == (field.kind is Kind.CHOICE)
    assert len({choice.id for choice in field.choices}) == len(field.choices)
    if field.kind is Kind.CHOICE:
        assert field.example in [choice.label for choice in field.choices]
    if field.kind is Kind.YES_NO:
        assert field.example in (Text("是", "Yes"), Text("否", "No"))
    if field.in_block:
        target, _, target_field = field.in_block.rpartition(".")
        assert catalogue().find_field(target, target_field) is not None


@each_field
def test_an_example_is_a_right_entry(name: str, block: Block, field: Field) -> None:
    example = say(field.example, "zh")
    if field.kind is Kind.DATE:
        date.fromisoformat(example)
    if field.kind is Kind.MOMENT:
        datetime.strptime(example, "%Y-%m-%d %H:%M")
    if field.kind is Kind.MONTH:
        date.fromisoformat(f"{example}-01")
    if field.kind in (Kind.INTEGER, Kind.YEAR, Kind.NUMBER, Kind.YUAN, Kind.WAN):
        number = float(example)
        assert field.minimum is None or number >= field.minimum
        assert field.maximum is None or number <= field.maximum


@each_field
def test_money_says_its_unit_in_the_label(name: str, block: Block, field: Field) -> None:
    if field.kind is Kind.YUAN:
        assert field.label.zh.endswith("（元）")
        assert field.label.en.endswith("(CNY)")
    if field.kind is Kind.WAN:
        assert field.label.zh.endswith("（万元）")
        assert field.label.en.endswith("(10k CNY)")


def test_phones_birthdays_and_private_addresses_are_personal() -> None:
    private = (Kind.MOBILE, Kind.PHONE, Kind.BIRTHDAY, Kind.EMAIL)
    exposed = [
        f"{name}.{field.id}" for name, _, field in FIELDS
        if field.kind in private and field.audience is not Audience.PERSONAL
    ]
    assert exposed == ["F30.people.email"]


def test_the_example_of_a_credit_code_has_the_right_check_digit() -> None:
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    code = str(catalogue().field("F0.cover", "credit_code").example)
    total = sum(alphabet.index(char) * pow(3, place, 31) for place, char in enumerate(code[:17]))
    assert code[17] == alphabet[-total % 31]


def test_the_roles_of_the_staff_register_are_those_that_config_knows() -> None:
    assert {choice.id for choice in catalogue().field("F30.people", "role").choices} == set(get_args(Role))


def test_a_cover_verified_before_it_was_opened_is_out_of_order() -> None:
    opened = date(2026, 3, 1)
    assert _failures("F0.cover", opened_on=opened, verified_on=date(2026, 2, 28)) == [
        ("TIMES_OUT_OF_ORDER", "verified_on")
    ]
    assert _failures("F0.cover", opened_on=opened, verified_on=opened) == []


def test_preferential_terms_need_who_approved_them_and_when() -> None:
    code = "TERMS_WITHOUT_APPROVAL"
    approved: dict[str, Value] = {"preferential_terms": "返 2%", "terms_approved_by": "总经理办公会"}
    assert _failures("F0.cover", preferential_terms="返 2%") == [(code, "terms_approved_by")]
    assert _failures("F0.cover", **approved) == [(code, "terms_approved_on")]
    assert _failures("F0.cover", **approved, terms_approved_on=date(2026, 2, 10)) == []


@pytest.mark.parametrize("field", ["mobile", "office_phone", "home_phone"])
def test_any_one_phone_number_of_a_contact_will_do(field: str) -> None:
    assert _failures("F1.contacts") == [("REQUIRED_ONE_OF", "mobile")]
    assert _failures("F1.contacts", **{field: "13805920001"}) == []


@pytest.mark.parametrize("status", ["positive", "neutral", "negative"])
def test_a_relation_needs_our_person(status: str) -> None:
    assert _failures("F3.relations", status=status) == [("RELATION_WITHOUT_OUR_PERSON", "our_person")]
    assert _failures("F3.relations", status=status, our_person="王芳") == []


def test_a_relation_not_yet_there_needs_nobody() -> None:
    assert _failures("F3.relations", status="none") == []


def test_an_action_that_is_done_needs_its_day() -> None:
    assert _failures("F7.actions", status="done") == [("REQUIRED_WHEN", "done_on")]
    assert _failures("F7.actions", status="done", done_on=date(2026, 4, 25)) == []
    assert _failures("F7.actions", status="in_progress") == []


def test_an_action_is_not_due_before_it_starts() -> None:
    start, early = date(2026, 4, 2), date(2026, 4, 1)
    assert _failures("F7.actions", start_on=start, due_on=early) == [("TIMES_OUT_OF_ORDER", "due_on")]


def test_a_signed_project_needs_its_actual_amount() -> None:
    assert _failures("F8.projects", status="signed") == [("REQUIRED_WHEN", "actual_amount")]
    assert _failures("F8.projects", status="signed", actual_amount=0) == []


def test_a_complaint_is_not_answered_before_it_arrives() -> None:
    received = datetime(2026, 5, 6, 9, 30)
    assert _failures("F12.complaints", received_at=received, first_response_at=datetime(2026, 5, 6, 9, 29)) == [
        ("TIMES_OUT_OF_ORDER", "first_response_at")
    ]


def test_a_complaint_may_be_answered_in_the_minute_it_arrives() -> None:
    received = datetime(2026, 5, 6, 9, 30)
    assert _failures("F12.complaints", received_at=received, first_response_at=received) == []


def test_an_apology_on_the_day_of_the_complaint_is_in_order_whatever_the_hour() -> None:
    received = datetime(2026, 5, 6, 9, 30)
    assert _failures("F12.complaints", received_at=received, apology_on=date(2026, 5, 6)) == []
    assert _failures("F12.complaints", received_at=received, apology_on=date(2026, 5, 5)) == [
        ("TIMES_OUT_OF_ORDER", "apology_on")
    ]


def test_a_complaint_is_not_closed_before_its_follow_up_visit() -> None:
    visit, closed = datetime(2026, 5, 18, 10), datetime(2026, 5, 18, 9)
    assert _failures("F12.complaints", follow_up_at=visit, closed_at=closed) == [("TIMES_OUT_OF_ORDER", "closed_at")]


def test_a_returned_delivery_may_have_a_negative_amount() -> None:
    for field_id in ("amount", "paid_amount"):
        assert catalogue().field("F11.transactions", field_id).minimum is None


def test_a_contract_does_not_end_before_it_starts() -> None:
    assert ("TIMES_OUT_OF_ORDER", "ends_on") in _failures(
        "F14.contracts", starts_on=date(2026, 4, 1), ends_on=date(2026, 3, 31)
    )


def test_leave_does_not_end_before_it_begins() -> None:
    assert _failures("F30.people", leave_from=date(2026, 9, 2), leave_until=date(2026, 9, 1)) == [
        ("TIMES_OUT_OF_ORDER", "leave_until")
    ]


def test_a_card_has_no_key_to_repeat() -> None:
    assert all(not hasattr(block, "key") for _, _, block in BLOCKS if isinstance(block, Card))
