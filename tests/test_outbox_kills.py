"""The sender killed, at random moments and at those of the protocol: nothing lost, nothing doubled to a reader's eyes.

The server is another process, and so is the sender. A reader's mail program
shows one Message-ID once, so that is what counts. ``CRMFLOW_LONG_PROOFS=1``
kills 200 times, else 20.
"""

import multiprocessing
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from crmflow import mail, outbox
from crmflow.store import bounces, mailbox
from crmflow.store.base import METADATA, open_engine, transaction
from crmflow.store.mailbox import State
from tests.sender import NOW, Place, expected, message, send, send_and_stop_before_settling
from tests.tiny import ROOT

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="kill -9 is a thing of Linux")
KILLS = 200 if os.environ.get("CRMFLOW_LONG_PROOFS") == "1" else 20
EACH = 12
"""Mails that each run adds."""
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.sender"])


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    server = subprocess.Popen([sys.executable, "-m", "tests.smtp_sink", str(tmp_path)], cwd=ROOT)
    try:
        until((tmp_path / "port").exists)
        engine = open_engine(Place(tmp_path).url)
        METADATA.create_all(engine)
        engine.dispose()
        yield Place(tmp_path)
    finally:
        server.kill()
        server.wait()


def until(happened: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.002)


def started(job: Callable[[Place, int, int], None], place: Place, count: int, day: int) -> BaseProcess:
    process = PROCESSES.Process(target=job, args=(place, count, day))
    process.start()
    return process


def killed(process: BaseProcess) -> bool:
    """Kill it; whether it was still running."""
    process.kill()
    process.join()
    return process.exitcode == -9


def test_killed_at_random_moments_every_mail_reaches_its_reader_once(place: Place) -> None:
    chance, kills, runs, longest = random.Random(20260722), 0, 0, 0.5
    while kills < KILLS:
        runs += 1
        (place.folder / "begun").unlink(missing_ok=True)
        process = started(send, place, EACH * runs, runs)
        until((place.folder / "begun").exists)
        time.sleep(chance.uniform(0, longest))
        cut = killed(process)
        kills += cut
        longest *= 1.1 if cut else 0.8
    assert State.SENT in place.states().values()
    process = started(send, place, EACH * runs, runs + 1)
    process.join(120)
    assert process.exitcode == 0
    seen = Counter(place.taken)
    all_of_them = expected(EACH * runs, place.config)
    assert {message_id for message_id, _ in seen} == all_of_them
    assert place.states() == dict.fromkeys(all_of_them, State.SENT)
    assert len({subject for _, subject in seen}) == len(seen) == EACH * runs
    assert 0 <= seen.total() - len(seen) <= kills


AT = {"MAIL": 1, "RCPT": 1, "DOT": 1, "STORED": 2, "SETTLE": 2}
"""The step at which the sender dies → how often the server then has the first mail in all."""


@pytest.mark.parametrize("step", AT)
@pytest.mark.parametrize("on_unknown", ["resend", "hold"])
def test_killed_at_a_step_of_the_protocol_the_mail_is_accounted_for(place: Place, step: str, on_unknown: str) -> None:
    place = Place(place.folder, on_unknown)
    if step != "SETTLE":
        (place.folder / "stop").write_text(step)
    job = send_and_stop_before_settling if step == "SETTLE" else send
    process = started(job, place, 3, 0)
    until((place.folder / "stopped").exists)
    before = Counter(message_id for message_id, _ in place.taken)
    assert killed(process)
    states = place.states()
    (first,) = (message_id for message_id, state in states.items() if state is State.SENDING)
    assert Counter(states.values()) == {State.SENDING: 1, State.PENDING: 2}
    assert before == ({first: 1} if AT[step] == 2 else {})
    process = started(send, place, 3, 1)
    process.join(60)
    assert process.exitcode == 0
    held, copies = on_unknown == "hold", Counter(message_id for message_id, _ in place.taken)
    assert place.states() == {**dict.fromkeys(states, State.SENT), first: State.HELD if held else State.SENT}
    assert copies == {**dict.fromkeys(states, 1), first: AT[step] - held} if AT[step] - held else len(copies) == 2
    assert len(states) == 3 and states.keys() == expected(3, place.config)


def test_a_refused_address_gets_nothing_more_and_a_corrected_one_everything(place: Place) -> None:
    config, engine = place.config, open_engine(place.url)
    wrong, right = "nobody@hengchuan.example", "wang@hengchuan.example"
    outbox.queue(engine, [message(number, wrong) for number in range(2)], config, NOW)
    assert outbox.deliver(engine, mail.carrier(config), config, NOW).bounced == 1
    assert set(place.states().values()) == {State.BOUNCED}
    assert outbox.queue(engine, [message(2, wrong)], config, NOW) == 0
    with transaction(engine) as connection:
        assert bounces.release(connection, {"3": wrong}, NOW) == 0
        assert bounces.release(connection, {"3": right}, NOW) == 2
        assert mailbox.known(connection).notices == frozenset()
    assert outbox.queue(engine, [message(number, right) for number in range(3)], config, NOW) == 3
    assert outbox.deliver(engine, mail.carrier(config), config, NOW).sent == 3
    assert len(set(place.taken)) == len(place.taken) == 3
