"""Killing ``serve`` at random moments of a simulated month gives the same mails as never killing it.

The clock of the simulation stands still while nothing runs: what a tick was to
do, the next one does at the same moment. ``CRMFLOW_LONG_PROOFS=1`` takes the
whole of July 2026, else a few days do.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections import Counter
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from crmflow.catalogue import catalogue
from crmflow.commands.guard import guarded
from crmflow.config import Config
from crmflow.lock import WRITING
from crmflow.store import archive, mailbox, runs
from samples.make_company import make_company
from tests import tiny
from tests.tiny import processes_with

pytestmark = [
    pytest.mark.usefixtures("in_this_process"),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kill -9 and /proc are things of Linux"),
]
in_this_process = tiny.in_this_process
LONG = os.environ.get("CRMFLOW_LONG_PROOFS") == "1"
DAYS, CUTS = (31, 60) if LONG else (3, 4)
FIRST = datetime(2026, 7, 6 if not LONG else 1)
MOMENTS = [
    (FIRST + timedelta(days=day, hours=hour, minutes=minute)).isoformat()
    for day in range(DAYS) for hour, minute in ((8, 30), (9, 0), (14, 0))[: 3 if LONG else 2]
]
LONGEST_RUN = 1.5
"""Seconds."""
LATER = {2: "客户档案/林晓梅/KH0001 江南新能源科技有限公司.xlsx", 4: "月报/林晓梅 2026-06.xlsx"}
"""Workbooks that come only with that moment."""
TICK = textwrap.dedent("""
    import sys
    from pathlib import Path
    from tests.test_power_cuts import tick_at
    from tests.tiny import stay_here

    stay_here(setattr)
    sys.exit(tick_at(Path(sys.argv[1])))
""")
SERVE = textwrap.dedent("""
    import sys
    from pathlib import Path
    from crmflow.commands.serve import Stop, keep
    from tests.test_power_cuts import TICK

    folder = Path(sys.argv[1])
    keep(lambda: (sys.executable, "-c", TICK, str(folder)), Stop(folder / "stop"), "zh", 0.01)
""")


def company(folder: Path) -> Config:
    """The sample company, without the workbooks that come later."""
    list(make_company(folder / "workbooks"))
    for number, file in LATER.items():
        aside = folder / "later" / f"{number}.xlsx"
        aside.parent.mkdir(exist_ok=True)
        (folder / "workbooks" / file).rename(aside)
        os.utime(aside, (1_780_000_000, 1_780_000_000))
    (folder / "clock").write_text("0")
    return tiny.settle(folder)


def tick_at(folder: Path) -> int:
    """One tick at the moment of the simulation's clock, which then moves on; after the last one the stop file is made."""
    number = int((folder / "clock").read_text() or 0)
    for first, file in LATER.items():
        if first <= number:
            shutil.copy2(folder / "later" / f"{first}.xlsx", folder / "coming")
            (folder / "coming").replace(folder / "workbooks" / file)
    code = guarded("tick", config=folder / "config.yaml", today=MOMENTS[number], as_json=False, strict=False)
    if code == 0:
        (folder / "next").write_text(str(number + 1))
        (folder / "next").replace(folder / "clock")
        if number + 1 == len(MOMENTS):
            (folder / "stop").touch()
    return code


def serve(folder: Path, word: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-c", SERVE, str(folder)], cwd=tiny.ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(tiny.ROOT), "CRMFLOW_TEST": word}, start_new_session=True,
    )


def mails(config: Config) -> Counter[tuple[str, str, str, str]]:
    """Every mail as its reader sees it: row ids, which are random, tell nobody anything."""
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        parcels = mailbox.messages(connection)
    assert {parcel.state.value for parcel in parcels} == {"sent"}
    assert len(list((config.folders.output / "mail").glob("*.eml"))) == len(parcels)
    seen: Counter[tuple[str, str, str, str]] = Counter()
    for parcel in parcels:
        mail = message_from_bytes(parcel.raw, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        body = mail.get_body(("plain",))
        assert body is not None
        lines = "\n".join(sorted(body.get_content().splitlines()))
        seen[parcel.recipient, f"{parcel.created_at:%m-%d %H:%M}", parcel.subject, lines] += 1
    return seen


def done(config: Config) -> list[tuple[str, datetime]]:
    store = archive.open_store(config.store_url, catalogue())
    with store.engine.connect() as connection:
        return [(entry.job, entry.scheduled_for) for entry in runs.ledger(connection)]


def test_killing_serve_at_random_moments_gives_the_same_mails(tmp_path: Path) -> None:
    calm, shaken = company(tmp_path / "calm"), company(tmp_path / "shaken")
    for _ in MOMENTS:
        assert tick_at(tmp_path / "calm") == 0
    word, chance = f"cuts-{tmp_path.name}-{os.getpid()}", random.Random(20260701)
    running, at_work = serve(tmp_path / "shaken", word), shaken.folders.data / f"{WRITING}.pid"
    for _ in range(CUTS):
        while not at_work.exists() and running.poll() is None:
            time.sleep(0.01)
        time.sleep(chance.uniform(0, LONGEST_RUN))
        if chance.random() < 0.5:
            running.kill()
        else:
            for process in processes_with(word):
                os.kill(process, signal.SIGKILL)
        running.wait()
        at_work.unlink(missing_ok=True)
        running = serve(tmp_path / "shaken", word)
    assert running.wait(60 + 10 * len(MOMENTS)) == 0
    assert (tmp_path / "shaken" / "clock").read_text() == str(len(MOMENTS))
    assert mails(shaken) == mails(calm)
    assert len(mails(calm)) > DAYS
    assert done(shaken) == done(calm)
    assert processes_with(word) == set()
