"""crmflow beside the straw man, on the same generated workbooks in the same session.

    pip install -e .                                  # in one environment
    pip install pandas "pandera[pandas]" openpyxl     # in another, since pandas slows crmflow's imports
    python benchmarks/run.py 1000 /tmp/bench --straw-python /path/to/other/bin/python

Prints a small table, and the same as JSON with ``--json``. Linux and macOS.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.generate import TODAY, generate  # noqa: E402

REPEATS = 5
BEFORE = 3
"""Runs before the straw man, the others after it: it takes minutes, in which a shared machine may become another."""
MEGABYTE = 2**20 if sys.platform == "darwin" else 2**10
"""ru_maxrss counts bytes on macOS, kilobytes elsewhere."""


@dataclass(frozen=True)
class Measured:
    """One command: wall time, and the memory of its largest process."""

    name: str
    seconds: float
    megabytes: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, help="workbooks")
    parser.add_argument("folder", type=Path, help="generated once, used again if it is there")
    parser.add_argument("--straw-python", default=sys.executable, help="the interpreter that has pandas")
    parser.add_argument("--without-straw", action="store_true")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    workbooks = folder / "workbooks"
    if not workbooks.exists():
        generate(arguments.count, workbooks)
    results = measure(folder, workbooks, None if arguments.without_straw else arguments.straw_python)
    told = {"workbooks": arguments.count, "measured": [asdict(result) for result in results], "ratio": ratio(results)}
    print(json.dumps(told, ensure_ascii=False, indent=2) if arguments.json else table(told))


def measure(folder: Path, workbooks: Path, straw_python: str | None) -> list[Measured]:
    """The straw man and the arrears once, of everything else the median of five."""
    late = folder / "never begun"
    late.mkdir(exist_ok=True)
    config, boundless = write_config(folder, workbooks), write_config(late, workbooks, since=None)
    crmflow = [sys.executable, "-m", "crmflow"]
    today = ["--today", f"{TODAY:%Y-%m-%d}", "--json"]
    consolidate = [*crmflow, "run", "--config", str(config), *today]
    one = next(iter(sorted((workbooks / "客户档案").rglob("*.xlsx"))))
    check = [*crmflow, "check", str(one), "--config", str(config), *today]
    results, runs = [], [first_run(consolidate, folder) for _ in range(BEFORE)]
    if straw_python is not None:
        straw = [straw_python, str(ROOT / "benchmarks" / "straw_man.py"), str(workbooks)]
        results.append(timed("straw man", [*straw, "--output", str(folder / "straw_man.xlsx")], folder))
    runs += [first_run(consolidate, folder) for _ in range(BEFORE, REPEATS)]
    results.append(middle("crmflow run", runs))
    results.append(median("crmflow run, nothing changed", consolidate, folder))
    of_all_arrears = [*crmflow, "run", "--config", str(boundless), *today]
    results.append(replace(first_run(of_all_arrears, late), name="crmflow run, reminding of all arrears"))
    results.append(median("crmflow --help", [*crmflow, "--help"], folder))
    results.append(median("crmflow check, one workbook", check, folder, also_fine=(1,)))
    return results


def write_config(folder: Path, workbooks: Path, since: date | None = TODAY) -> Path:
    """The shipped configuration, pointed at the generated workbooks, for a company that begins on a day.

    Without one it reminds of everything that was ever due, which no company should.
    """
    raw: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    raw["folders"] = {
        "workbooks": str(workbooks), "templates": str(ROOT / "templates"),
        "data": str(folder / "data"), "output": str(folder / "output"),
    }
    raw["mail"]["cut_over_on"] = since
    path = folder / "config.yaml"
    path.write_text(yaml.safe_dump(raw, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def first_run(command: Sequence[str], folder: Path) -> Measured:
    """A run that finds an empty store."""
    for leftover in (folder / "data", folder / "output"):
        shutil.rmtree(leftover, ignore_errors=True)
    return timed("crmflow run", command, folder)


def median(name: str, command: Sequence[str], folder: Path, also_fine: Sequence[int] = ()) -> Measured:
    """The median of several runs, after one that warms the disk cache."""
    timed(name, command, folder, also_fine)
    return middle(name, [timed(name, command, folder, also_fine) for _ in range(REPEATS)])


def middle(name: str, runs: Sequence[Measured]) -> Measured:
    """The median time of several runs, and the most memory of any."""
    return Measured(name, statistics.median(run.seconds for run in runs), max(run.megabytes for run in runs))


def timed(name: str, command: Sequence[str], folder: Path, also_fine: Sequence[int] = ()) -> Measured:
    """Run one command to its end; the memory is its own, which is more than that of any process that helps it."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}
    with tempfile.TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, *also_fine):
            said.seek(0)
            raise SystemExit(f"{name} ended with {process.returncode}\n{said.read().decode(errors='replace')[-4000:]}")
    return Measured(name, seconds, usage.ru_maxrss / MEGABYTE)


def ratio(results: Sequence[Measured]) -> float | None:
    """How many times faster the full run is than the straw man."""
    seconds = {result.name: result.seconds for result in results}
    return round(seconds["straw man"] / seconds["crmflow run"], 1) if "straw man" in seconds else None


def table(told: dict[str, Any]) -> str:
    """The results as a Markdown table."""
    rows = [f"| {row['name']} | {row['seconds']:.2f} | {row['megabytes']:.0f} |" for row in told["measured"]]
    foot = [] if told["ratio"] is None else ["", f"crmflow run is {told['ratio']} times faster than the straw man."]
    return "\n".join([f"| {told['workbooks']} workbooks | seconds | MB |", "|---|---|---|", *rows, *foot])


if __name__ == "__main__":
    main()
