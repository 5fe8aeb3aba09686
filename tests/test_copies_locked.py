"""Attached workbooks that open with their reader's password only."""

import io
import subprocess
from collections.abc import Callable, Mapping
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import msoffcrypto
import openpyxl
import pytest

from crmflow.catalogue import catalogue
from crmflow.config import Config
from crmflow.enclosures import passwords_of
from crmflow.store import archive, mailbox
from crmflow.workbook.locking import locked
from tests import tiny

pytestmark = pytest.mark.usefixtures("in_this_process")
in_this_process = tiny.in_this_process
PYTHON_WITH_UNO = "/usr/bin/python3"
COVER = catalogue().form("F0").sheet.zh
WRONG = tiny.REPORTS.replace("2026-07-02 |", "'七月初 |")


def company(folder: Path, passwords: str) -> Config:
    """The tiny company with a date to mend in 王芳's archive, and a file of passwords."""
    tiny.staff(folder)
    tiny.archive(folder, {"F0.cover": tiny.cover(), "F2.persons": tiny.PERSONS, "F10.reports": WRONG, "F11.transactions": tiny.SALES})
    (folder / "passwords.txt").write_text(passwords, encoding="utf-8")
    return tiny.settle(folder, **{'copy_passwords: ""': "copy_passwords: passwords.txt"})


def mails(config: Config) -> Mapping[str, EmailMessage]:
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        return {one.name: message_from_bytes(one.raw, policy=policy.default) for one in mailbox.messages(connection)}  # type: ignore[misc]


def words(mail: EmailMessage) -> str:
    return "".join(mail.get_body((kind,)).get_content() for kind in ("plain", "html"))  # type: ignore[union-attr]


def opened(content: bytes, password: str) -> bytes:
    file, plain = msoffcrypto.OfficeFile(io.BytesIO(content)), io.BytesIO()
    file.load_key(password=password)
    file.decrypt(plain)
    return plain.getvalue()


def test_the_copy_opens_with_the_password_of_who_keeps_it_and_is_the_one_on_the_disk(tmp_path: Path) -> None:
    config = company(tmp_path, "# 工号: 密码\n1002: 山重水复 疑无路:8\n1003: other\n")
    tiny.at(config)
    mail = mails(config)["王芳"]
    (part,) = mail.iter_attachments()
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes) and not content.startswith(b"PK")
    (plain,) = (config.folders.output / "return/1002").glob("*.xlsx")
    assert opened(content, "山重水复 疑无路:8") == plain.read_bytes()
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        opened(content, "other")
    assert words(mail).count("要用您的密码打开") == 2
    assert "山重水复" not in str(mail)


def test_without_a_password_the_reminder_goes_without_the_copy_and_the_administrator_reads_it(tmp_path: Path) -> None:
    config = company(tmp_path, "1003: other\n1002:\n")
    tiny.at(config)
    found = mails(config)
    assert not list(found["王芳"].iter_attachments())
    assert "附上您的工作簿" not in words(found["王芳"]) and "七月初" in words(found["王芳"])
    assert "passwords.txt 里没有王芳的密码" in words(found["何静"])
    code = "COPY_WITHOUT_PASSWORD"
    assert code and "passwords.txt" not in words(found["王芳"])


def crowded(folder: Path, passwords: str) -> Config:
    """The same with more dates to mend than the digest lists."""
    company(folder, passwords)
    heading, wrong = WRONG.strip("\n").splitlines()
    more = (wrong.replace("谈二期工程", f"谈第 {number} 期工程") for number in range(8))
    tiny.archive(folder, {"F0.cover": tiny.cover(), "F2.persons": tiny.PERSONS, "F10.reports": "\n".join((heading, *more)), "F11.transactions": tiny.SALES})
    return tiny.settle(folder, **{'copy_passwords: ""': "copy_passwords: passwords.txt", "items_per_person: 20": "items_per_person: 5"})


def test_the_list_of_what_is_too_much_for_the_mail_opens_with_the_same_password(tmp_path: Path) -> None:
    config = crowded(tmp_path, "1002: p-密码\n")
    tiny.at(config)
    mail = mails(config)["王芳"]
    made = next(part for part in mail.iter_attachments() if part.get_filename() == "待办清单 2026-07-15.xlsx")
    content = made.get_payload(decode=True)
    assert isinstance(content, bytes) and not content.startswith(b"PK")
    sheet = openpyxl.load_workbook(io.BytesIO(opened(content, "p-密码"))).active
    assert sheet is not None and sheet.max_row > 8
    assert words(mail).count("要用您的密码打开") == 2 and words(mail).count("都在附件《待办清单》里") == 2


def told(config: Config, number: str) -> int:
    """Of how much somebody has been told."""
    with archive.open_store(config.store_url, catalogue()).engine.connect() as connection:
        return sum(notice.recipient == number for notice in mailbox.known(connection).notices)


def test_without_a_password_there_is_no_list_and_what_it_would_say_follows_in_the_next_mails(tmp_path: Path) -> None:
    config = crowded(tmp_path, "1003: other\n")
    tiny.at(config)
    found = mails(config)
    assert not list(found["王芳"].iter_attachments())
    assert "待办清单" not in words(found["王芳"]) and "随后面的邮件逐条列出" in words(found["王芳"])
    assert "待办清单没有附上" in words(found["何静"]) and "passwords.txt 里没有王芳的密码" in words(found["何静"])
    assert told(config, "1002") == 5
    tiny.at(config, tiny.NOW + timedelta(days=1))
    assert told(config, "1002") == 10


def test_without_the_file_nobody_has_a_password_and_without_the_setting_nothing_is_encrypted(tmp_path: Path) -> None:
    config = company(tmp_path, "")
    assert passwords_of(config) == {}
    (tmp_path / "passwords.txt").unlink()
    assert passwords_of(config) == {}
    assert passwords_of(tiny.settle(tmp_path)) is None


def test_libreoffice_opens_it_with_the_password(tmp_path: Path, require_real: Callable[[str], str]) -> None:
    require_real("soffice")
    source, shut, target = tiny.archive(tmp_path), tmp_path / "shut.xlsx", tmp_path / "open.xlsx"
    shut.write_bytes(locked(source.read_bytes(), "p-密码1"))
    program = [PYTHON_WITH_UNO, str(Path(__file__).with_name("office_open.py")), str(shut), "p-密码1", str(target)]
    subprocess.run(program, check=True, timeout=180)
    before, after = (openpyxl.load_workbook(path)[COVER] for path in (source, target))
    values = [[[cell.value for cell in row] for row in sheet.iter_rows(max_row=12, max_col=2)] for sheet in (before, after)]
    assert values[0] == values[1] and "KH0012" in str(values)
