"""A mail server in a process of its own: it notes what it has taken, and stops where it is told to.

    python -m tests.smtp_sink FOLDER

``port`` in the folder says where it listens. ``taken`` has a line for each mail
it has stored: Message-ID, tab, subject. A file ``stop`` with the name of a step
makes it stop there once, for good; then ``stopped`` is there. The steps are
MAIL, RCPT, DOT (the final dot has come, nothing is stored) and STORED (no
answer was given yet).
"""

import asyncio
import email
import os
import sys
from email import policy
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP


class Sink:
    """The hooks of aiosmtpd."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_MAIL(  # noqa: N802 - aiosmtpd looks the hook up by this name
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        await self._perhaps_stop("MAIL")
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        await self._perhaps_stop("RCPT")
        if address.startswith("nobody"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        await self._perhaps_stop("DOT")
        mail = email.message_from_bytes(envelope.content, policy=policy.default)
        with (self._folder / "taken").open("a", encoding="utf-8") as stream:
            stream.write(f"{mail['Message-ID']}\t{mail['Subject']}\n")
        await self._perhaps_stop("STORED")
        return "250 OK"

    async def _perhaps_stop(self, step: str) -> None:
        order = self._folder / "stop"
        if order.exists() and order.read_text() == step:
            order.unlink()
            (self._folder / "stopped").touch()
            await asyncio.sleep(3600)


async def listen(folder: Path) -> None:
    """Listen until killed, or until the one who started this is gone."""
    sink, loop, parent = Sink(folder), asyncio.get_running_loop(), os.getppid()
    server = await loop.create_server(lambda: SMTP(sink, loop=loop), "127.0.0.1", 0)
    (folder / "port.new").write_text(str(server.sockets[0].getsockname()[1]))
    (folder / "port.new").replace(folder / "port")
    while os.getppid() == parent:
        await asyncio.sleep(1)


if __name__ == "__main__":
    asyncio.run(listen(Path(sys.argv[1])))
