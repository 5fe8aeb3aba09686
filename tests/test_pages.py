"""Every mail in a real browser: it fits a telephone and a desk, in light and dark, whatever the values in it."""

import html
import json
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from crmflow import render
from crmflow.drafts import Draft
from crmflow.overviews import Executive
from tests.test_executive import GOLDEN, MANAGER, TEMPLATES, TODAY, told

WIDTHS = (390, 1200)
LONG = "特别长的客户名称第二十七工程局华东区域管理总部设备采购中心" + "Verylongnamewithoutanyspace" * 2

MEASURE = """
<script>
onload = () => {
  const found = {};
  for (const frame of document.querySelectorAll("iframe")) {
    const page = frame.contentDocument, sheet = getComputedStyle(page.querySelector(".sheet"));
    found[frame.id] = [page.documentElement.scrollWidth, sheet.backgroundColor, getComputedStyle(page.querySelector("h1").parentNode).color];
  }
  document.body.textContent = "FOUND" + JSON.stringify(found) + "END";
};
</script>
"""


def crowded() -> str:
    """An executive's month whose every word is long and every number large."""
    content = told()
    line = replace(content.total, label=LONG, customers=12345, turnover=1234567.8, expected=9876543.2, profit=1234567.8, before=content.total.before)
    assert content.migration and content.complaints
    content = replace(
        content, total=line, grades=(line,) * 5, regions=(line,) * 5,
        migration=replace(content.migration, labels=(LONG,) * 5, counts=((1, 2, 3, 4, 5),) * 5,
                          changes=tuple(replace(one, customer=LONG, before=LONG, after=LONG) for one in content.migration.changes)),
        complaints=replace(content.complaints, lines=tuple(replace(one, customer=LONG, category=LONG, owner=LONG) for one in content.complaints.lines)),
        risks=tuple(replace(one, customer=LONG, grade=LONG, manager=LONG, turnover=1234567.8) for one in content.risks),
        filings=tuple(replace(one, name=LONG, on_time=12345, late=12345) for one in content.filings),
    )
    return page_of(content)


def page_of(content: Executive) -> str:
    return render.message(Draft(MANAGER, "executive", TODAY, (), (), content), TEMPLATES).html


def measured(chromium: str, folder: Path, mails: Mapping[str, str], scheme: int) -> dict[str, list[object]]:
    """For each mail at each width how wide it came out, the colour of its sheet and of its words."""
    frames = "".join(
        f'<iframe id="{name} {width}" style="width:{width}px;height:900px;border:0" srcdoc="{html.escape(mail)}"></iframe>'
        for name, mail in mails.items() for width in WIDTHS
    )
    page = folder / f"pages-{scheme}.html"
    page.write_text(f'<!doctype html><meta charset="utf-8">{MEASURE}<body>{frames}</body>', encoding="utf-8")
    ended = subprocess.run(
        [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", f"--user-data-dir={folder / 'profile'}",
         f"--blink-settings=preferredColorScheme={scheme}", "--dump-dom", page.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )
    found = re.search(r"<body>FOUND(.*)END", ended.stdout)
    assert found, ended.stdout[-500:]
    return json.loads(html.unescape(found[1]))  # type: ignore[no-any-return]


@pytest.mark.parametrize("scheme", [0, 1], ids=["dark", "light"])
def test_every_mail_fits_a_telephone_and_a_desk_in_light_and_dark(scheme: int, tmp_path: Path, require_real: Callable[[str], str]) -> None:
    mails = {path.stem: path.read_text(encoding="utf-8") for path in GOLDEN.glob("*.html")} | {"crowded": crowded()}
    found = measured(require_real("chromium"), tmp_path, mails, scheme)
    assert len(found) == 2 * len(mails) > 10
    assert {name: width for name, (width, _, _) in found.items() if width != int(name.split()[-1])} == {}
    sheet, words = ("rgb(29, 36, 38)", "rgb(230, 235, 234)") if scheme == 0 else ("rgb(255, 255, 255)", "rgb(31, 42, 46)")
    assert {name for name, (_, *colours) in found.items() if colours != [sheet, words]} == set()
