"""Looking into the store without changing it."""

from collections.abc import Iterator
from contextlib import contextmanager

from crmflow.config import Config
from crmflow.store import archive
from crmflow.store.archive import Store
from crmflow.store.base import Connection


@contextmanager
def looking(config: Config) -> Iterator[tuple[Store, Connection]]:
    """The store and a connection whose changes, if any, are taken back."""
    store = archive.open_to_look(config.store_url, config.catalogue)
    with store.engine.connect() as connection:
        yield store, connection
        connection.rollback()
