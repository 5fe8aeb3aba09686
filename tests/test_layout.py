"""ARCHITECTURE.md's picture stays true: who may import whom, and which room uses which heavy library."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "crmflow"

FLOORS = (
    ("loading", "model", "processes"),
    ("dates", "declare", "metrics", "people", "scan", "tally"),
    ("access", "codes", "company", "forms"),
    ("catalogue", "overviews", "register", "rules", "texts"),
    ("check", "drafts", "figures", "settings", "timing", "uses"),
    ("cadence", "charts", "customising", "escalation", "festivals", "gate", "handling", "posting", "timetable"),
    ("config", "consolidate", "items", "render"),
    ("clock", "duties", "grade", "mail", "store", "summary", "sums", "workbook"),
    ("executive", "health", "ics", "importing", "lock", "outbox", "parse", "reports"),
    ("copies", "digest", "importer", "intake", "state"),
    ("filing", "simulation", "specimens", "workshop"),
    ("enclosures",),
    ("outgoing",),
    ("run",),
    ("commands",),
    ("cli",),
    ("__main__",),
)
"""From the ground up; a module imports only from floors below its own, or inside its own package."""

HEAVY = {
    "borax": {"dates/lunar"},
    "chinese_calendar": {"dates/working"},
    "css_inline": {"render"},
    "defusedxml": {"workbook"},
    "filelock": {"lock"},
    "jinja2": {"render"},
    "keyring": {"mail"},
    "matplotlib": {"charts"},
    "msal": {"mail"},
    "msoffcrypto": {"workbook"},
    "openpyxl": {"workbook"},
    "orjson": {"store"},
    "PIL": {"charts"},
    "pandera": {"check/schema"},
    "phonenumbers": {"parse/contacts"},
    "polars": {"check/schema"},
    "pydantic": {
        "cadence", "config", "customising/settings", "festivals", "handling", "importing", "posting", "settings", "timetable",
    },
    "python_calamine": {"workbook"},
    "rapidfuzz": {"importing"},
    "rich": {"commands"},
    "rustpy_xlsxwriter": {"workbook"},
    "schedule": {"commands/serve"},
    "sqlalchemy": {"store"},
    "stdnum": {"parse/contacts"},
    "typer": {"cli"},
    "xlsxwriter": {"workbook"},
    "xlwings": {"desk"},
    "yagmail": {"mail"},
    "yaml": {"settings"},
}
"""Each heavy library with the rooms that may use it."""

MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def floor_of(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imports_of(path: Path) -> Iterator[tuple[str, ast.AST]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            if node.module == "crmflow":
                yield from ((f"crmflow.{alias.name}", node) for alias in node.names)
            else:
                yield node.module, node


def named(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_imports_only_from_floors_below_its_own(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        return
    for name, _ in imports_of(path):
        parts = name.split(".")
        if parts[0] == "crmflow" and len(parts) > 1 and parts[1] not in (room, "__version__"):
            assert floor_of(parts[1]) < floor_of(room), f"{named(path)} must not import {name}"


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_heavy_library_has_one_room(path: Path) -> None:
    for name, _ in imports_of(path):
        allowed = HEAVY.get(name.split(".")[0])
        if allowed is not None:
            assert room_of(path) in allowed or named(path) in allowed, f"{named(path)} must not import {name}"


LAZY = {
    "check/books": {"crmflow.check.schema"}, "commands/tick": {"crmflow.commands.jobs"}, "workshop": {"crmflow.charts"}, "__main__": {"crmflow.cli", "crmflow.loading"},
    "mail/credentials": {"keyring", "msal"},
    "workbook/locking": {"msoffcrypto.format.ooxml"},
}
"""What is loaded only when it is needed: pandera, which a run that finds nothing changed never needs; a whole run; charts."""


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_nothing_else_is_imported_inside_a_function(path: Path) -> None:
    """The command line loads its commands by name; every other import stands at the head of its module."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside = {
        node.module if isinstance(node, ast.ImportFrom) else node.names[0].name
        for function in ast.walk(tree) if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)
    }
    assert inside == LAZY.get(named(path), set())


def test_only_config_reads_the_environment() -> None:
    readers = {named(path) for path in MODULES if re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))}
    assert readers == {"config"}


def test_only_the_doors_read_the_clock() -> None:
    """Time is an argument (decision 8); a run's own start and end in the ledger are the exception."""
    clocks = re.compile(r"datetime\.(now|today|utcnow)\(|date\.today\(|time\.time\(")
    readers = {named(path) for path in MODULES if clocks.search(path.read_text(encoding="utf-8"))}
    assert readers == {"commands/guard", "run"}


def test_every_room_stands_in_the_picture() -> None:
    rooms = {room_of(path) for path in MODULES} - {"__init__"}
    assert rooms == {room for rooms in FLOORS for room in rooms}
    picture = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    assert [room for room in rooms - {"__main__"} if f"`{room}`" not in picture] == []


def test_modules_and_functions_stay_short() -> None:
    long_modules, long_functions = [], []
    for path in MODULES:
        source = path.read_text(encoding="utf-8")
        if source.count("\n") > 340 and named(path) not in ("codes", "rules", "texts"):
            long_modules.append(named(path))
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno > 45:
                long_functions.append(f"{named(path)}:{node.name}")
    assert (long_modules, long_functions) == ([], [])
