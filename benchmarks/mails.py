"""A thousand digests: put in words, queued, and sent to a server on this computer over one connection.

    python benchmarks/mails.py [--count 1000] [--items 8]

Prints a small table of seconds and of the memory of this process, and the same
as JSON with ``--json``. The store lies in a temporary folder. Linux and macOS.
"""

import argparse
import json
import multiprocessing
import resource
import socketserver
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from crmflow import mail, outbox, render  # noqa: E402
from crmflow.access import Customer  # noqa: E402
from crmflow.catalogue import catalogue  # noqa: E402
from crmflow.config import Config, load  # noqa: E402
from crmflow.dates import WorkCalendar  # noqa: E402
from crmflow.digest import digests  # noqa: E402
from crmflow.drafts import Draft, Situation  # noqa: E402
from crmflow.gate import Gate  # noqa: E402
from crmflow.model import Finding, Message, Person, Where  # noqa: E402
from crmflow.people import Directory  # noqa: E402
from crmflow.posting import Mail  # noqa: E402
from crmflow.store.base import METADATA, open_engine  # noqa: E402

TODAY = date(2026, 7, 22)
NOW = datetime(2026, 7, 22, 1, 30, tzinfo=UTC)
MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10
"""ru_maxrss counts bytes on macOS, kilobytes elsewhere."""

MadeT = TypeVar("MadeT")


@dataclass(frozen=True)
class Measured:
    """One step: wall time, time of the processor, and the most memory that this process had until then."""

    name: str
    seconds: float
    of_the_processor: float
    megabytes: float


class Server(socketserver.StreamRequestHandler):
    """Just enough of SMTP to take every mail."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            verb = line[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                while self.rfile.readline() != b".\r\n":
                    pass
            self.wfile.write(b"221 bye\r\n" if verb == b"QUIT" else b"250 OK\r\n")


def serve(port: Connection) -> None:
    """Tell the port, then take mails until killed."""
    with socketserver.TCPServer(("127.0.0.1", 0), Server) as server:
        port.send(server.server_address[1])
        server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--items", type=int, default=8, help="what each digest tells")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(there,), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as folder:
        measured = measure(arguments.count, arguments.items, Path(folder), here.recv())
    server.kill()
    as_json = json.dumps([asdict(one) for one in measured], ensure_ascii=False, indent=2)
    print(as_json if arguments.json else table(measured))


def measure(count: int, items: int, folder: Path, port: int) -> list[Measured]:
    """Everything once: a run does it once, too."""
    config, measured = to_server(load(ROOT / "config.yaml"), port), []
    templates = render.load(ROOT / "templates", config.company.name)
    known = situation(count, items)
    gate, drafts = Gate.of(known, (templates.wording,)), digests(known, config)
    engine = open_engine(f"sqlite:///{(folder / 'crmflow.db').as_posix()}")
    METADATA.create_all(engine)

    def timed(name: str, job: Callable[[], MadeT]) -> MadeT:
        begun, used = time.perf_counter(), time.process_time()
        made = job()
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE
        measured.append(Measured(name, time.perf_counter() - begun, time.process_time() - used, most))
        return made

    messages = timed(f"{count} digests in words", lambda: in_words(drafts, templates, gate))
    queued = timed("composed and queued", lambda: outbox.queue(engine, messages, config, NOW))
    delivery = timed("sent over one connection", lambda: outbox.deliver(engine, mail.carrier(config), config, NOW))
    assert queued == delivery.sent == count, delivery
    return measured


def in_words(drafts: Sequence[Draft], templates: render.Templates, gate: Gate) -> list[Message]:
    made = (render.written(draft, templates, gate).message for draft in drafts)
    return [message for message in made if message is not None]


def to_server(config: Config, port: int) -> Config:
    """The shipped configuration with mail going to a port of this computer, in the clear."""
    settings = config.mail.model_dump(exclude_unset=True) | {
        "server": "127.0.0.1", "port": port, "security": "none", "user": "",
    }
    return config.model_copy(update={"mail": Mail.model_validate(settings)})


def situation(count: int, items: int) -> Situation:
    """So many account managers, each with a customer and entries to mend in its archive."""
    people = [
        Person(f"{1000 + n}", f"客户经理{n:04}", "account_manager", email=f"p{n}@hengchuan.example",
               language="en" if n % 10 == 0 else "zh")
        for n in range(count)
    ]
    customers = {f"KH{n:05}": Customer(f"KH{n:05}", f"第{n:05}号精密制造公司", people[n].number) for n in range(count)}
    finding = Finding("NOT_A_MOBILE", Where("", "基本情况"), "1380571234", "F1.contacts", "mobile")
    findings = tuple(
        finding._replace(where=Where(f"{code}.xlsx", "基本情况", f"E{7 + at}"), customer=code, owner=person.number)
        for person, code in zip(people, customers, strict=True) for at in range(items)
    )
    return Situation(TODAY, WorkCalendar(), 5, Directory.of(people), customers, catalogue(), findings)


def table(measured: Sequence[Measured]) -> str:
    """The results as a Markdown table."""
    rows = (
        f"| {one.name} | {one.seconds:.2f} | {one.of_the_processor:.2f} | {one.megabytes:.0f} |" for one in measured
    )
    return "\n".join(["| | seconds | of the processor | MB at most |", "|---|---|---|---|", *rows])


if __name__ == "__main__":
    main()
