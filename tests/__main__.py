"""What `make test`, `make test-slow` and `make browser` run: pytest on SQLite, then on PostgreSQL with a Valkey.

Shuffled anew each time, with the seed printed. Prints how many tests ran where, and a line `N passed, N failed`.
"""

import os
import random
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from tests import servers

SQLITE, POSTGRES = "SQLite", "PostgreSQL"
SELECTIONS: dict[str, list[list[tuple[str, str]]]] = {
    # Stretches one after the other; in each, what runs two at a time: on which database, which tests. On two cores two
    # runs side by side take half the time, and whichever is done first takes what is next; what kills processes on
    # purpose comes last and alone.
    # Of databases it is the floors below the pages that know: pages are asked on PostgreSQL in the slow run, and the
    # browser goes through them once, on the embedded default.
    "fast": [
        [
            (SQLITE, "not slow and not browser and not page"),
            (POSTGRES, "not slow and not browser and not page"),
            (SQLITE, "not slow and not browser and page"),
        ]
    ],
    "slow": [
        [
            (POSTGRES, "slow and not page and not browser and not alone and not mutants"),
            (SQLITE, "(slow or browser) and not mutants"),
            (SQLITE, "mutants"),
            (POSTGRES, "page and not browser"),
        ],
        [(POSTGRES, "alone")],
    ],
    "browser": [[(SQLITE, "browser")]],
}
HIGHEST_SEED = 2**32 - 1
NOTHING_COLLECTED = 5  # pytest's exit status


def run(name: str, selection: str, extra: list[str]) -> Counter[str]:
    """One pytest run with servers of its own, printed in one piece when it is done; counts of passed, failed, skipped,
    and of valkey tests."""
    with tempfile.TemporaryDirectory(prefix="samraad-report-") as folder, ExitStack() as stack:
        environment = {"DATABASE_URL": ""}
        if name == POSTGRES:
            environment["DATABASE_URL"] = stack.enter_context(servers.postgres())
            environment["TEST_REDIS_URL"] = stack.enter_context(servers.valkey())
        report = Path(folder) / "report.xml"
        started = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-m", selection, f"--junitxml={report}", *extra],
            # Compiled once, as for `make run`: otherwise each of the many processes would read the same sources again.
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": ""} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print(f"── {name}: pytest -m {selection!r}: {time.monotonic() - started:.0f} s\n{done.stdout}", flush=True)
        counts: Counter[str] = Counter()
        if report.exists():
            for case in ElementTree.parse(report).getroot().iter("testcase"):
                outcome = "passed"
                for child in case:
                    if child.tag in ("failure", "error"):
                        outcome = "failed"
                    elif child.tag == "skipped" and outcome == "passed":
                        outcome = "skipped"
                counts[outcome] += 1
                if outcome == "passed" and case.find("properties/property[@name='valkey']") is not None:
                    counts["valkey"] += 1
        if done.returncode not in (0, NOTHING_COLLECTED) and not counts["failed"]:
            counts["failed"] += 1  # it broke before or outside any test
        return counts


def main(arguments: list[str]) -> int:
    """Run one selection on both databases, shuffled; extra arguments go to pytest. 0 when everything passed.

    SEED in the environment repeats the order of an earlier run.
    """
    stretches, extra = SELECTIONS[arguments[0]], arguments[1:]
    seed = int(os.environ.get("SEED") or random.randint(0, HIGHEST_SEED))
    print(f"Shuffled with seed {seed}; SEED={seed} repeats the order.", flush=True)
    # By itself the browser leaves nothing to anybody.
    extra = [f"--randomly-seed={seed}", *(["--dealt"] if len(stretches[0]) > 1 else []), *extra]
    totals = {SQLITE: Counter[str](), POSTGRES: Counter[str]()}
    with ThreadPoolExecutor(2) as pool:
        for stretch in stretches:
            runs = [(name, pool.submit(run, name, _possible(name, selection), extra)) for name, selection in stretch]
            for name, counts_of_it in runs:
                totals[name] += counts_of_it.result()
    print()
    for name, counts in totals.items():
        skipped = f" ({counts['skipped']} skipped)" if counts["skipped"] else ""
        print(f"{name}: {counts['passed'] + counts['failed']} tests{skipped}")
    total = totals[SQLITE] + totals[POSTGRES]
    print(f"Valkey: {total['valkey']} tests")
    print(f"{total['passed']} passed, {total['failed']} failed")
    print(f"Shuffled with seed {seed}")
    return 1 if total["failed"] else 0


def _possible(name: str, selection: str) -> str:
    """What of a selection can run there: a Valkey and real row locks come with PostgreSQL."""
    return f"({selection}) and not postgres and not valkey" if name == SQLITE else selection


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
