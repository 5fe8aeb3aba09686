"""Which files are read: workbooks, but no owner files, no copies and no foreign formats."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmflow.scan import Claim, scan, settle_claims


def lay(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"PK")
    return folder


def paths(folder: Path) -> list[str]:
    return [state.path for state in scan(folder).files]


def told(folder: Path) -> dict[str, tuple[str, dict]]:
    return {finding.where.file: (finding.code, dict(finding.facts)) for finding in scan(folder).findings}


def test_workbooks_are_found_in_all_folders_and_named_from_the_top(tmp_path):
    lay(tmp_path, "b.xlsx", "王芳/a.XLSX", "王芳/华东/c.xlsm")
    assert paths(tmp_path) == ["b.xlsx", "王芳/a.XLSX", "王芳/华东/c.xlsm"]
    assert scan(tmp_path).findings == ()


def test_a_file_is_known_by_its_size_and_time(tmp_path):
    lay(tmp_path, "a.xlsx")
    os.utime(tmp_path / "a.xlsx", ns=(1, 1_700_000_000_123_456_700))
    (state,) = scan(tmp_path).files
    assert (state.size, state.modified_ns) == (2, (tmp_path / "a.xlsx").stat().st_mtime_ns)


@pytest.mark.parametrize("name", [
    "~$a.xlsx", ".hidden.xlsx", ".~lock.a.xlsx#", ".git/a.xlsx", "a.tmp", "~WRL0001.tmp", "3F2A1B00", "a.xlsx.crdownload", "notes.txt",
    "$RECYCLE.BIN/a.xlsx", "#recycle/a.xlsx", "__MACOSX/a.xlsx", "folder.xlsx/readme.txt",
])
def test_owner_hidden_unfinished_and_thrown_away_files_are_passed_over(tmp_path, name):
    lay(tmp_path, "keep.xlsx", name)
    assert paths(tmp_path) == ["keep.xlsx"]
    assert told(tmp_path) == {}


@pytest.mark.parametrize("suffix", [".xls", ".XLS", ".xlsb", ".et", ".wps", ".ods", ".numbers"])
def test_a_foreign_format_is_to_be_saved_as_xlsx(tmp_path, suffix):
    lay(tmp_path, f"a{suffix}")
    assert paths(tmp_path) == []
    assert told(tmp_path) == {f"a{suffix}": ("FILE_OLD_FORMAT", {"format": suffix.lower()})}


@pytest.mark.parametrize("copy", [
    "KH01 江南 (1).xlsx", "KH01 江南(2).xlsx", "KH01 江南（1）.xlsx", "KH01 江南 (1) (1).xlsx",
    "KH01 江南 - 副本.xlsx", "KH01 江南 - 副本 (2).xlsx", "KH01 江南-副本.xlsx", "KH01 江南 副本.xlsx", "KH01 江南的副本.xlsx", "KH01 江南 副本2.xlsx",
    "副本KH01 江南.xlsx", "复件 KH01 江南.xlsx", "复件 (2) KH01 江南.xlsx", "Copy of KH01 江南.xlsx", "KH01 江南 - Copy.xlsx", "KH01 江南 - Copy (3).xlsx",
    "KH01 江南 copy.xlsx", "KH01 江南 (Wang Fang's conflicted copy 2026-07-01).xlsx", "KH01 江南 (conflicted copy 2026-07-01 093000).xlsx",
    "KH01 江南 (王芳的冲突副本 2026-07-01).xlsx", "KH01 江南（冲突 王芳）.xlsx", "KH01 江南-冲突-王芳.xlsx", "KH01 江南_冲突文件_20260701.xlsx",
    "KH01 江南-NSConflict-wangfang-mac.xlsx", "KH01 江南-DESKTOP-AB12CD3.xlsx", "KH01 江南-DESKTOP-AB12CD3-2.xlsx", "KH01 江南-LAPTOP-9XYZ.xlsx",
    "KH01 江南.sync-conflict-20260701-093000-ABCDEFG.xlsx", "KH01 江南_conflict-20260701.xlsx",
])
def test_a_sync_copy_is_not_read_beside_its_original(tmp_path, copy):
    lay(tmp_path, "王芳/KH01 江南.xlsx", f"王芳/{copy}")
    assert paths(tmp_path) == ["王芳/KH01 江南.xlsx"]
    assert told(tmp_path) == {f"王芳/{copy}": ("SYNC_COPY", {"original": "王芳/KH01 江南.xlsx"})}


@pytest.mark.parametrize("name", ["KH01 江南 (1).xlsx", "KH01 江南 - 副本.xlsx", "(1).xlsx", "副本.xlsx"])
def test_a_copy_whose_original_is_gone_or_elsewhere_is_a_workbook(tmp_path, name):
    lay(tmp_path, name, "elsewhere/KH01 江南.xlsx", "elsewhere/x.xlsx")
    assert name in paths(tmp_path)
    assert told(tmp_path) == {}


@pytest.mark.parametrize("name", ["KH01 江南 2025.xlsx", "KH01 江南 (南京).xlsx", "KH01 江南-二期.xlsx", "KH01 江南 copyright.xlsx"])
def test_a_similar_name_is_no_copy(tmp_path, name):
    lay(tmp_path, "KH01 江南.xlsx", name)
    assert paths(tmp_path) == sorted(["KH01 江南.xlsx", name])


def test_a_copy_of_a_copy_is_told_of_the_nearest_one_that_is_here(tmp_path):
    lay(tmp_path, "a.xlsx", "a (1).xlsx", "a (1) - 副本.xlsx")
    assert told(tmp_path)["a (1) - 副本.xlsx"] == ("SYNC_COPY", {"original": "a (1).xlsx"})


def test_a_bracket_in_a_folder_is_no_part_of_the_name(tmp_path):
    lay(tmp_path, "(旧) 王芳/a.xlsx", "(旧) 王芳/a (王芳的冲突副本).xlsx")
    assert paths(tmp_path) == ["(旧) 王芳/a.xlsx"]


@pytest.mark.skipif(sys.platform == "win32", reason="making links needs a right there")
def test_a_link_into_nowhere_is_no_workbook_and_a_linked_folder_is_not_followed(tmp_path):
    lay(tmp_path, "a.xlsx")
    (tmp_path / "b.xlsx").symlink_to(tmp_path / "nowhere.xlsx")
    (tmp_path / "round").symlink_to(tmp_path)
    assert paths(tmp_path) == ["a.xlsx"]


def test_a_folder_that_may_not_be_opened_is_named_and_the_others_are_read(tmp_path, monkeypatch):
    lay(tmp_path, "a.xlsx", "closed/b.xlsx")
    really = os.scandir

    def guarded(place):
        if str(place).endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return really(place)

    monkeypatch.setattr(os, "scandir", guarded)
    assert paths(tmp_path) == ["a.xlsx"]
    assert told(tmp_path) == {"closed/": ("FILE_NOT_READABLE", {"reason": "Permission denied"})}


def test_a_missing_folder_is_no_empty_folder(tmp_path):
    with pytest.raises(FileNotFoundError):
        scan(tmp_path / "nowhere")


STANDING = Claim("a.xlsx", "sha-1", "")
CHILD = Claim("return.xlsx", "sha-2", "sha-1")
COPY = Claim("copy.xlsx", "sha-3", "")
EDITED = Claim("a.xlsx", "sha-4", "")


def codes(findings) -> dict[str, tuple[str, str]]:
    return {path: (finding.code, finding.facts["original"]) for path, finding in findings.items()}


def test_a_single_file_is_the_workbook():
    assert settle_claims([COPY], None) == ("copy.xlsx", {})


def test_what_was_made_from_the_standing_file_supersedes_it():
    chosen, findings = settle_claims([STANDING, CHILD], STANDING)
    assert chosen == "return.xlsx"
    assert codes(findings) == {"a.xlsx": ("SYNC_COPY", "return.xlsx")}


def test_a_copy_that_was_not_made_from_the_standing_file_does_not_supersede_it():
    chosen, findings = settle_claims([COPY, STANDING], STANDING)
    assert chosen == "a.xlsx"
    assert codes(findings) == {"copy.xlsx": ("SYNC_COPY", "a.xlsx")}


def test_both_edited_since_are_held_and_both_named():
    chosen, findings = settle_claims([EDITED, CHILD], STANDING)
    assert chosen is None
    assert codes(findings) == {"a.xlsx": ("BOTH_EDITED", "return.xlsx"), "return.xlsx": ("BOTH_EDITED", "a.xlsx")}


def test_two_different_children_are_held():
    other = Claim("other.xlsx", "sha-5", "sha-1")
    chosen, findings = settle_claims([STANDING, CHILD, other], STANDING)
    assert chosen is None
    assert {code for code, _ in codes(findings).values()} == {"BOTH_EDITED"}


def test_a_child_that_was_handed_in_twice_is_one_child():
    twin = Claim("twin.xlsx", "sha-2", "sha-1")
    chosen, findings = settle_claims([STANDING, CHILD, twin], STANDING)
    assert chosen == "return.xlsx"
    assert codes(findings)["twin.xlsx"] == ("SYNC_COPY", "return.xlsx")


def test_a_child_saved_over_the_standing_file_is_its_newer_content():
    over = Claim("a.xlsx", "sha-2", "sha-1")
    assert settle_claims([over, COPY], STANDING)[0] == "a.xlsx"


def test_with_nothing_accepted_before_files_that_differ_are_held():
    chosen, findings = settle_claims([STANDING, COPY], None)
    assert chosen is None
    assert codes(findings) == {"a.xlsx": ("BOTH_EDITED", "copy.xlsx"), "copy.xlsx": ("BOTH_EDITED", "a.xlsx")}


PARENTS = {"s1": "", "s2": "s1", "s3": "s1", "s4": "s2", "s5": ""}
"""A file says itself what it was made from, so the same content has the same parent."""
CLAIMS = st.lists(
    st.tuples(st.sampled_from("abcde"), st.sampled_from(sorted(PARENTS))).map(lambda one: Claim(f"{one[0]}.xlsx", one[1], PARENTS[one[1]])),
    min_size=1, max_size=5, unique_by=lambda claim: claim.path,
)
STANDINGS = st.none() | st.builds(Claim, st.sampled_from(["a.xlsx", "b.xlsx"]), st.sampled_from(["s1", "s2"]), st.just(""))


@given(claims=CLAIMS, standing=STANDINGS)
def test_never_more_than_one_is_chosen_and_everybody_else_is_told(claims, standing):
    chosen, findings = settle_claims(claims, standing)
    assert findings.keys() == {claim.path for claim in claims} - {chosen}
    assert {finding.code for finding in findings.values()} <= ({"SYNC_COPY"} if chosen else {"BOTH_EDITED"})
    assert all(finding.facts["original"] != path for path, finding in findings.items())


@given(names=st.lists(st.sampled_from("abcde"), min_size=1, unique=True), parent=st.sampled_from(["", "s0"]), standing=STANDINGS)
def test_identical_files_never_conflict(names, parent, standing):
    claims = [Claim(f"{name}.xlsx", "s1", parent) for name in names]
    chosen, findings = settle_claims(claims, standing)
    assert chosen is not None
    assert {finding.code for finding in findings.values()} <= {"SYNC_COPY"}


@given(strangers=st.lists(st.builds(Claim, st.sampled_from("xyz"), st.sampled_from(["s3", "s4"]), st.just("")), unique_by=lambda claim: claim.path),
       edited=st.booleans(), data=st.data())
def test_a_child_of_the_standing_file_wins_unless_the_standing_one_was_edited(strangers, edited, data):
    claims = data.draw(st.permutations([EDITED if edited else STANDING, CHILD, *strangers]))
    assert settle_claims(claims, STANDING)[0] == (None if edited else CHILD.path)


@given(claims=CLAIMS, standing=STANDINGS, data=st.data())
def test_the_order_of_the_files_does_not_decide_the_content(claims, standing, data):
    content = {claim.path: claim.sha256 for claim in claims}
    chosen = {content.get(settle_claims(data.draw(st.permutations(claims)), standing)[0]) for _ in range(2)}
    assert len(chosen) == 1
