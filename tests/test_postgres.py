"""The store on PostgreSQL: the same runs, the same figures, and a lock that reaches other machines."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from crmflow.catalogue import catalogue
from crmflow.config import Config
from crmflow.lock import Busy, exclusive
from crmflow.store import archive, current, findings, history
from crmflow.store.base import transaction
from tests import tiny
from tests.tiny import NOW

in_this_process = tiny.in_this_process
PLACES = ("/usr/local/bin", *sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True))


def program(name: str) -> str | None:
    return shutil.which(name, path=os.pathsep.join((os.environ.get("PATH", ""), *PLACES)))


def server_user() -> dict[str, int]:
    """The server refuses to run as root; then it runs as nobody."""
    return {"user": 65534, "group": 65534} if os.geteuid() == 0 else {}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a throw-away server that listens on a socket in its own folder."""
    initdb, postgres = program("initdb"), program("postgres")
    if initdb is None or postgres is None:
        if os.environ.get("CRMFLOW_REQUIRE_REAL") == "1":
            pytest.fail("no PostgreSQL server is installed")
        pytest.skip("no PostgreSQL server is installed")
    folder = Path(subprocess.run(["mktemp", "-d", "/tmp/crmflow-pg-XXXXXX"], check=True, capture_output=True, text=True).stdout.strip())
    data = folder / "data"
    if owner := server_user():
        os.chown(folder, owner["user"], owner["group"])
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "cwd": folder, **owner}
    subprocess.run([initdb, "-D", data, "-U", "crm", "-A", "trust", "-E", "UTF8", "--no-sync"], check=True, **quiet)  # type: ignore[call-overload]
    options = ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off"]
    process = subprocess.Popen(  # type: ignore[call-overload]
        [postgres, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder, **owner)
    try:
        wait_for(folder / ".s.PGSQL.5432", process)
        yield f"postgresql://crm@/postgres?host={folder}"
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(socket: Path, process: subprocess.Popen[bytes]) -> None:
    pg_isready = program("pg_isready")
    for _ in range(200):
        assert process.poll() is None, "the server has ended"
        if socket.exists() and (
            pg_isready is None or subprocess.run([pg_isready, "-h", socket.parent, "-q"], check=False).returncode == 0
        ):
            return
        subprocess.run(["sleep", "0.1"], check=True)
    pytest.fail("the server does not answer")


@pytest.fixture
def config(server: str, tmp_path: Path, in_this_process: None) -> Config:
    config = tiny.company(tmp_path)
    fresh = config.model_copy(update={"store": server})
    with archive.open_engine(server).connect() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
        connection.commit()
    return fresh


def test_the_tiny_company_runs_twice_as_it_does_on_sqlite(config: Config, tmp_path: Path) -> None:
    on_sqlite = tiny.at(tiny.company(tmp_path / "sqlite")).figures
    first, second = tiny.at(config).figures, tiny.at(config, NOW + timedelta(minutes=1)).figures
    assert (first.rows, first.grades, first.duties) == (on_sqlite.rows, on_sqlite.grades, on_sqlite.duties)
    assert first.messages == on_sqlite.messages
    assert second.rows == {"seen": 10, "accepted": 0, "unchanged": 10, "held": 0, "closed": 0}
    assert second.messages["queued"] == 0


def test_changes_closings_holds_and_history_work_alike(config: Config, tmp_path: Path) -> None:
    tiny.at(config)
    bad = tiny.SALES.replace("200000", "二十万").replace("    S-1    | 2026-03-02 | 100000\n", "")
    tiny.archive(tmp_path, {"F0.cover": tiny.cover(manager="李伟", 行业="化工"), "F11.transactions": bad})
    figures = tiny.at(config, NOW + timedelta(days=1)).figures
    assert figures.rows == {"seen": 7, "accepted": 1, "unchanged": 5, "held": 1, "closed": 3}
    store = archive.open_store(config.store_url, catalogue())
    with transaction(store.engine) as connection:
        tokens = [hold.token for hold in findings.pending_holds(connection)]
        assert findings.confirm(connection, tokens, "何静", NOW) == ()
        assert len(history.as_of(connection, catalogue(), "KH0012", NOW)) == 6
        assert len(archive.closed_rows(store, connection, ("F10.reports",))["F10.reports"]) == 1
    assert tiny.at(config, NOW + timedelta(days=1, minutes=1)).figures.rows["accepted"] == 1


def test_a_dry_run_leaves_the_database_as_it_was(config: Config) -> None:
    assert tiny.at(config, preview=True).figures.rows["accepted"] == 10
    with archive.open_engine(config.store_url).connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").scalar() == 0
    tiny.at(config)
    tiny.archive(config.folders.workbooks.parent, {"F0.cover": tiny.cover(行业="化工")})
    tiny.at(config, NOW + timedelta(minutes=1), preview=True)
    tables = current.tables(catalogue())
    with archive.open_engine(config.store_url).connect() as connection:
        assert connection.scalar(select(tables["F0.cover"].c.v_industry)) == "装备制造"


def test_another_machine_with_its_own_data_folder_is_turned_away(config: Config, tmp_path: Path) -> None:
    folders = config.folders.model_copy(update={"data": tmp_path / "another machine"})
    elsewhere = config.model_copy(update={"folders": folders})
    with exclusive(config), pytest.raises(Busy), exclusive(elsewhere):
        pytest.fail("both write to the database")
    with exclusive(elsewhere):
        pass
