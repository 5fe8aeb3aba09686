"""The duties of many customers by all rules: ``python benchmarks/duties.py 10000``.

Makes the accepted rows of N customers in memory, like those of ``generate.py`` without its mistakes, and works out
every expectation and every duty. Prints seconds, and megabytes: those of the rows alone, and the most there were.
"""

import argparse
import gc
import json
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.generate import TODAY, archive, managers_of, number  # noqa: E402
from crmflow.company import COVER, Company  # noqa: E402
from crmflow.config import load  # noqa: E402
from crmflow.dates import WorkCalendar  # noqa: E402
from crmflow.duties import BLOCKS, duties, expectations  # noqa: E402
from crmflow.duties.situation import Situation  # noqa: E402
from crmflow.model import Accepted, Expectation, Grade, Person, Text, Where  # noqa: E402
from crmflow.people import Directory  # noqa: E402

MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10
"""ru_maxrss counts bytes on macOS, kilobytes elsewhere."""
TIERS = ("vip", "key", "general", "reserve")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("customers", type=int)
    parser.add_argument("--rows", type=float, default=1.0, help="share of the usual rows, 0.25 for a quarter")
    arguments = parser.parse_args()
    gc.disable()
    print(json.dumps(measure(arguments.customers, arguments.rows), indent=2))


def measure(customers: int, share: float = 1.0) -> dict[str, float]:
    """Seconds and megabytes for so many customers."""
    situation = made(customers, share)
    rows = sum(map(len, situation.company.rows.values()))
    before, start = megabytes(), time.perf_counter()
    cpu = time.process_time()
    counted = Counter[bool]()
    owed = duties(_counted(expectations(situation), counted), situation)
    return {
        "customers": customers, "rows": rows,
        "expectations": counted.total(), "met": counted[True], "duties": len(owed),
        "seconds": round(time.perf_counter() - start, 2), "processor_seconds": round(time.process_time() - cpu, 2),
        "megabytes_of_rows": round(before), "megabytes_at_most": round(megabytes()),
    }


def _counted(expected: Iterator[Expectation], counted: Counter[bool]) -> Iterator[Expectation]:
    for one in expected:
        counted[one.met_on is not None] += 1
        yield one


def megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE


def made(customers: int, share: float) -> Situation:
    """A company of so many customers on the day of the generated archives, a quarter of them in each tier."""
    rows: dict[str, list[Accepted]] = {block: [] for block in BLOCKS}
    for n in range(customers):
        for row in _rows(n, managers_of(customers)[n % len(managers_of(customers))], share):
            rows[row.block].append(row)
    company = Company(Directory.of(_people(customers)), {block: tuple(found) for block, found in rows.items()})
    tiers = {code: TIERS[n % len(TIERS)] for n, code in enumerate(company.customers)}
    grades = {code: Grade(code, "G1", tier, Text(tier, tier), Text("", ""), ()) for code, tier in tiers.items()}
    now = datetime(TODAY.year, TODAY.month, TODAY.day, 8, 30)
    return Situation(company, grades, load(ROOT / "config.yaml"), WorkCalendar(), now)


def _rows(n: int, manager: str, share: float) -> Iterator[Accepted]:
    code = f"KH{n:05}"
    for block, found in archive(Random(f"archive {n}"), n, manager).items():
        wanted = found if block == COVER else found[: max(1, round(len(found) * share))]
        for at, values in enumerate(wanted) if block in BLOCKS else ():
            yield Accepted(f"{code}-{block}-{at}", block, code, values, Where(f"{code}.xlsx", block, f"A{at}"))


def _people(customers: int) -> Iterator[Person]:
    yield Person("1001", "总经理一", "general_manager")
    yield Person("1002", "副总一", "vice_president", "1001")
    yield Person("1003", "部长一", "department_head", "1002", "市场部")
    yield Person("1004", "管理员一", "information_administrator", "1003", "市场部")
    for n, name in enumerate(managers_of(customers)):
        yield Person(number(n), name, "account_manager", "1003", "市场部")


if __name__ == "__main__":
    main()
