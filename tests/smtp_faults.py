"""An SMTP server that does everything right but for one step, where it does what it is told to."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import BinaryIO

GOOD = {
    "greeting": b"220 ready", "EHLO": b"250-here\r\n250-STARTTLS\r\n250 AUTH PLAIN XOAUTH2", "STARTTLS": b"220 go ahead",
    "AUTH": b"235 welcome", "MAIL": b"250 ok", "RCPT": b"250 ok", "DATA": b"354 go on", "final": b"250 kept",
    "RSET": b"250 ok", "QUIT": b"221 bye",
}
SAID = {
    "refuse": b"554 5.0.0 no", "no_such_user": b"550 5.1.1 no such user", "tempfail": b"451 4.3.0 later",
    "closing": b"421 4.3.2 closing", "garbage": b"\xff\xfe\x00 what?", "wrong_class": b"150 hm",
    "chinese": "550 5.7.1 发件人没有权限".encode("gb18030"), "long": b"554 " + b"x" * 5000, "oversize": b"250 " + b"x" * 20_000,
}


class Dropped(Exception):
    """The server ends the connection."""


@dataclass
class FaultyServer:
    """``fault`` happens at ``step``, on each of the first ``times`` connections; what was accepted is kept."""

    step: str = ""
    fault: str = ""
    tls: ssl.SSLContext | None = None
    """What STARTTLS leads to; without it none is offered."""
    times: int = 1_000
    answers: dict[str, bytes] = field(default_factory=dict)
    accepted: list[bytes] = field(default_factory=list)
    heard: list[bytes] = field(default_factory=list)
    connections: int = 0
    port: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator["FaultyServer"]:
        """Listen on a port of its own until the test is over."""
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.port = listening.getsockname()[1]
            thread = threading.Thread(target=self._accept, args=(listening,), daemon=True)
            thread.start()
            try:
                yield self
            finally:
                self.over.set()
                with socket.create_connection(("127.0.0.1", self.port)):
                    pass
                thread.join(10)

    def _accept(self, listening: socket.socket) -> None:
        while not self.over.is_set():
            connection, _ = listening.accept()
            if self.over.is_set():
                connection.close()
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection, self.connections), daemon=True).start()

    def _serve(self, connection: socket.socket, number: int) -> None:
        try:
            with connection:
                _Talk(self, connection, faulty=number <= self.times).run()
        except (OSError, Dropped):
            return


@dataclass
class _Talk:
    server: FaultyServer
    connection: socket.socket
    faulty: bool

    def run(self) -> None:
        self.lines: BinaryIO = self.connection.makefile("rb")
        self.say("greeting")
        while line := self.lines.readline():
            self.server.heard.append(line)
            word = (line.split() or [b"?"])[0].decode("latin-1").upper()
            self.say("EHLO" if word == "HELO" else word)
            if word == "STARTTLS" and not self.misbehaves("STARTTLS"):
                assert self.server.tls is not None
                self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
                self.lines = self.connection.makefile("rb")
            elif word == "DATA" and not self.misbehaves("DATA"):
                self.take()
            elif word == "QUIT":
                return

    def take(self) -> None:
        """Read the content to its end; the fault of the step ``content`` comes after its first line."""
        content = [self.lines.readline()]
        if self.misbehaves("content"):
            self.trouble()
        while content[-1] not in (b".\r\n", b""):
            content.append(self.lines.readline())
        self.say("final")
        if not self.misbehaves("final") and content[-1]:
            self.server.accepted.append(b"".join(content[:-1]))

    def misbehaves(self, step: str) -> bool:
        return self.faulty and step == self.server.step

    def say(self, step: str) -> None:
        if self.misbehaves(step):
            self.trouble()
            return
        good = self.server.answers.get(step) or GOOD.get(step, b"502 unknown")
        if step == "EHLO" and (self.server.tls is None or isinstance(self.connection, ssl.SSLSocket)):
            good = good.replace(b"250-STARTTLS\r\n", b"")
        self.connection.sendall(good + b"\r\n")

    def trouble(self) -> None:
        fault, over = self.server.fault, self.server.over
        if fault == "drop":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            raise Dropped
        if fault == "hang":
            over.wait()
            raise Dropped
        if fault == "slow":
            for letter in b"250 as slow as can be":
                self.connection.sendall(bytes([letter]))
                if over.wait(0.05):
                    raise Dropped
        while fault == "endless" and not over.is_set():
            self.connection.sendall(b"250-and so on\r\n")
        self.connection.sendall(SAID.get(fault, b"") + b"\r\n")
