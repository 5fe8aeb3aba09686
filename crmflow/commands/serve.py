"""``crmflow serve``: the heartbeat around ``crmflow tick`` (decision 13).

Each tick is a process of its own. So a tick that fails, leaks or dies takes
nothing with it, a changed ``config.yaml`` counts from the next one on, and to
stop in the middle of a run is to end that process: whatever it was doing is
one transaction, or done again by the next tick.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import IO

import schedule

from crmflow.commands import show
from crmflow.commands.guard import COMPLETED
from crmflow.config import Config
from crmflow.lock import serving
from crmflow.texts import os_reason, phrase

HEARTBEAT = 60.0
"""Seconds from one tick to the next."""
STEP = 0.1
"""Seconds between looks whether to stop."""
PATIENCE = 1.0
"""Seconds a tick is given to end when it is told to."""
SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")


class Stop:
    """Whether ``serve`` is to end: by a signal, or because somebody made the stop file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.is_signalled = False

    def by_signal(self, number: int, frame: FrameType | None) -> None:
        """A signal's handler."""
        self.is_signalled = True

    def __bool__(self) -> bool:
        return self.is_signalled or self.file.exists()


def main(config: Config, now: datetime, path: Path) -> int:
    """Tick every minute until told to stop; ``path`` is that of the configuration."""
    with serving(config):
        stop = Stop(config.folders.data / "stop")
        stop.file.unlink(missing_ok=True)
        for name in SIGNALS:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), stop.by_signal)
        show.line(phrase("cli.serve.started", config.language, file=stop.file))
        sys.stdout.flush()
        keep(lambda: (sys.executable, "-m", "crmflow", "tick", "--config", str(path)), stop, config.language)
        stop.file.unlink(missing_ok=True)
        show.line(phrase("cli.serve.stopped", config.language))
    return COMPLETED


def keep(tick: Callable[[], Sequence[str]], stop: Stop, language: str, heartbeat: float = HEARTBEAT) -> None:
    """Run the command that ``tick`` gives, at once and then each ``heartbeat`` seconds, until told to stop."""
    pulse = schedule.Scheduler()
    pulse.every(heartbeat).seconds.do(_beat, tick, stop, language)  # type: ignore[arg-type]
    pulse.run_all()
    while not stop:
        pulse.run_pending()
        time.sleep(STEP)


def _beat(tick: Callable[[], Sequence[str]], stop: Stop, language: str) -> None:
    """One tick; what it has to complain of is passed on, unless it is we who ended it."""
    with tempfile.TemporaryFile() as complaints:
        try:
            child = _start(tick(), complaints)
        except OSError as error:
            print(phrase("cli.serve.no_tick", language, reason=os_reason(error, language)), file=sys.stderr)
            return
        while child.poll() is None:
            if stop:
                _end(child)
                return
            time.sleep(STEP)
        complaints.seek(0)
        print(complaints.read().decode("utf-8", "replace"), end="", file=sys.stderr, flush=True)


def _start(command: Sequence[str], complaints: IO[bytes]) -> "subprocess.Popen[bytes]":
    """In a group of its own, so that a key pressed on this terminal reaches us alone."""
    own = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
    return subprocess.Popen(command, stderr=complaints, start_new_session=True, creationflags=own)  # noqa: S603 – ours


def _end(child: "subprocess.Popen[bytes]") -> None:
    """End a tick with all its helpers, which on Windows end by themselves when it is gone."""
    _tell(child, signal.SIGTERM)
    try:
        child.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        _tell(child, getattr(signal, "SIGKILL", signal.SIGTERM))
        child.wait()


def _tell(child: "subprocess.Popen[bytes]", number: int) -> None:
    if sys.platform == "win32":
        child.terminate()
    else:
        os.killpg(child.pid, number)
