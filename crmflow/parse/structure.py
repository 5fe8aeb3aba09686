"""Which blocks a workbook has, by its sheets' titles and headings, and what is wrong with its structure."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from crmflow.catalogue import Catalogue
from crmflow.declare import Form, block_id
from crmflow.model import Finding, Identity, Text, Where, WorkbookKind
from crmflow.parse.locate import Located, locate
from crmflow.workbook.read import Cells, Sheet


@dataclass(frozen=True, slots=True)
class Found:
    """A block on its sheet."""

    sheet: Sheet
    form: Form
    located: Located


def identity_of(pairs: Mapping[str, str]) -> Identity | None:
    if not pairs.get("workbook_id"):
        return None
    try:
        return Identity(
            workbook_id=pairs["workbook_id"],
            kind=WorkbookKind(pairs["kind"]),
            language=pairs.get("language", "zh"),
            serial=int(float(pairs.get("serial", "1"))),
            parent=pairs.get("parent", ""),
            forms={name: int(version) for name, _, version in (part.partition(":") for part in pairs["forms"].split())},
        )
    except (KeyError, ValueError, OverflowError):
        return None


def find_blocks(
    formed: Sequence[tuple[Sheet, Form]], kind: WorkbookKind, file: str, identity: Identity | None
) -> tuple[list[Found], list[Finding]]:
    """Every block of every form of the kind, each form on the first sheet that holds it.

    A staff register inside somebody's archive must not decide who is who: forms of another kind are not read.
    """
    found: list[Found] = []
    findings: list[Finding] = []
    taken: dict[str, str] = {}
    for sheet, form in formed:
        facts: dict[str, str | Text] = {"title": form.title}
        if form.kind is not kind:
            findings.append(Finding("SHEET_MISPLACED", Where(file, sheet.name), facts=facts))
            continue
        if form.id in taken:
            facts = {**facts, "other": taken[form.id]}
            findings += [
                Finding("SHEET_DOUBLED", Where(file, sheet.name), block=block_id(form, block), facts=facts)
                for block in form.blocks
            ]
            continue
        taken[form.id] = sheet.name
        version = _version(identity, form)
        for block, located in zip(form.blocks, locate(sheet, form), strict=True):
            if not isinstance(located, Text):
                found.append(Found(sheet, form, located))
                findings.extend(_about_headings(located, file, sheet.name, version))
            elif any(field.since <= version for field in block.fields):
                facts = {**facts, "block_title": located}
                findings.append(Finding("BLOCK_MISSING", Where(file, sheet.name), facts=facts))
    return found, findings


def _version(identity: Identity | None, form: Form) -> int:
    """The version of the form that the workbook was made with; one that says nothing should be up to date."""
    return identity.forms.get(form.id, form.version) if identity else form.version


def _about_headings(located: Located, file: str, sheet: str, version: int) -> Iterator[Finding]:
    later = {field.id for field in located.block.fields if field.since > version}
    for oddity in located.oddities:
        if oddity.code == "COLUMN_MISSING" and oddity.field_id in later:
            continue
        yield Finding(
            oddity.code, Where(file, sheet, oddity.cell), oddity.value,
            block=located.block_id, field_id=oddity.field_id, facts=dict(oddity.facts),
        )


def about_the_file(
    cells: Cells, file: str, identity: Identity | None, kind: WorkbookKind, found: Sequence[Found],
    catalogue: Catalogue,
) -> Iterator[Finding]:
    if cells.has_macros:
        yield Finding("FILE_MACROS", Where(file))
    if identity is None:
        yield Finding("IDENTITY_MISSING", Where(file))
    present = {one.form.id for one in found}
    forms = catalogue.of_kind(kind)
    older = [form for form in forms if _is_older(form, identity, present)]
    if older:
        yield Finding("FORM_OLD", Where(file), facts={"title": _titles(older)})
    for form in forms:
        if form.id not in present and not form.optional and form not in older:
            yield Finding("SHEET_MISSING", Where(file), facts={"title": form.title})
        elif (version := _version(identity, form)) > form.version:
            facts: dict[str, str | Text] = {"title": form.title, "version": str(form.version)}
            for block in form.blocks:
                yield Finding("FORM_NEWER", Where(file), str(version), block_id(form, block), facts=facts)


def _is_older(form: Form, identity: Identity | None, present: Set[str]) -> bool:
    """Whether the workbook was made before this version of the form, or before there was such a form."""
    if identity is None:
        return False
    if form.id in identity.forms:
        return identity.forms[form.id] < form.version
    return form.id not in present and not form.optional


def _titles(forms: Sequence[Form]) -> Text:
    return Text("、".join(f"“{form.title.zh}”" for form in forms), ", ".join(f"“{form.title.en}”" for form in forms))
