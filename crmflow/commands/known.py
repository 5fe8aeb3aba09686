"""Looking into the store without changing it, but for the access log."""

import getpass
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from crmflow.config import Config
from crmflow.store import accesses, archive
from crmflow.store.archive import Store
from crmflow.store.base import Connection
from crmflow.texts import phrase


@contextmanager
def looking(config: Config) -> Iterator[tuple[Store, Connection]]:
    """The store and a connection whose changes, if any, are taken back."""
    store = archive.open_to_look(config.store_url, config.catalogue)
    with store.engine.connect() as connection:
        yield store, connection
        connection.rollback()


def entered(store: Store, config: Config, now: datetime, what: str, customers: Iterable[str]) -> None:
    """Enter in the access log what is about to be shown to the user of this computer (A4).

    A run that keeps the store to itself is not waited for: the reader is told that nothing was entered.
    """
    if not accesses.enter(store.engine, now, getpass.getuser(), what, customers):
        print(phrase("cli.access.busy", config.language), file=sys.stderr)
