"""The benchmark's workbooks are what they say: about 100 rows each, about one bad cell in a hundred, always the same."""

import socketserver
from datetime import date
from pathlib import Path
from random import Random
from threading import Thread

from benchmarks import duties, mails, warm
from benchmarks.generate import ROWS, archive, generate, spoil
from crmflow.catalogue import catalogue
from crmflow.check.books import check_books
from crmflow.check.rules import Reference, person_of
from crmflow.config import Files
from crmflow.intake import Reading, read_chunk
from crmflow.model import WorkbookKind
from crmflow.people import Directory
from crmflow.scan import scan


def test_generated_archives_are_read_whole_and_wrong_only_where_they_were_spoilt(tmp_path: Path) -> None:
    generate(4, tmp_path, workers=1)
    books = read_chunk(Reading(tmp_path, Files()), scan(tmp_path).files)
    archives = [book for book in books if "客户档案" in book.file]
    people = Directory.of(person_of(row.values) for book in books for row in book.records if row.block == "F30.people")
    assert [len(book.records) for book in archives] == [sum(ROWS.values()) + 4] * 4
    findings = [
        finding for checked in check_books(books, catalogue(), Reference(people, {}), date(2026, 7, 15))
        for finding in checked.all_findings
    ]
    assert 0 < len(findings) < 4 * 40


def test_an_archive_that_is_not_spoilt_depends_on_its_number_alone() -> None:
    assert archive(Random("archive 7"), 7, "王建") == archive(Random("archive 7"), 7, "王建")


def test_about_one_cell_in_a_hundred_is_spoilt_and_never_the_cover() -> None:
    spoilt = filled = 0
    for n in range(100):
        rows = archive(Random(n), n, "王建")
        right = archive(Random(n), n, "王建")
        spoil(Random(n), rows)
        assert rows["F0.cover"] == right["F0.cover"]
        for block, before in right.items():
            for old, new in zip(before, rows[block], strict=True):
                filled += sum(value is not None for value in old.values())
                spoilt += sum(old[name] != new[name] for name in old)
    assert 0.004 < spoilt / filled < 0.012


def test_the_warm_archive_has_rows_in_every_form_and_only_a_few_findings(tmp_path: Path) -> None:
    path = warm.write_full_archive(tmp_path)
    (book,) = read_chunk(Reading(tmp_path, Files()), (warm.state(tmp_path, path),))
    assert {row.block for row in book.records if any(row.values.values())} == {
        name for name in catalogue().blocks if catalogue().form_of(name).kind is WorkbookKind.ARCHIVE
    }
    assert 0 < len(warm.check(tmp_path, path, warm.known(tmp_path))) < 30


def test_every_digest_that_is_written_arrives(tmp_path: Path) -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), mails.Server) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        measured = mails.measure(3, 2, tmp_path, server.server_address[1])
        server.shutdown()
    assert [one.name for one in measured] == ["3 digests in words", "composed and queued", "sent over one connection"]
    assert mails.table(measured).count("\n") == 4


def test_the_duties_of_many_customers_are_worked_out_by_their_tiers() -> None:
    told = duties.measure(8)
    assert told["customers"] == 8
    assert told["rows"] == 8 * 78
    assert told["expectations"] > told["duties"] > 100


def test_marks_all_over_stand_on_every_sheet(tmp_path: Path) -> None:
    path = warm.write_full_archive(tmp_path)
    forms = catalogue().of_kind(WorkbookKind.ARCHIVE)
    assert {found.where.sheet for found in warm.marked_all_over(tmp_path, path)} == {form.sheet.zh for form in forms}
