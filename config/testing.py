"""What `make test`, `make test-slow` and `make browser` run: pytest on SQLite, then on PostgreSQL with a Valkey.

Prints how many tests ran where, and a last line `N passed, N failed`.
"""

import os
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

from config import servers

SELECTIONS = {  # on SQLite, on PostgreSQL
    # Of databases it is the floors below the pages that know: pages are asked on PostgreSQL in the slow run, and the
    # browser goes through them once, on the embedded default.
    "fast": ("not slow and not browser", "not slow and not browser and not page"),
    "slow": ("slow or browser", "(slow or page) and not browser"),
    "browser": ("browser", ""),
}
NOTHING_COLLECTED = 5  # pytest's exit status


def run(name: str, selection: str, environment: dict[str, str], extra: list[str]) -> Counter[str]:
    """One pytest run, printed in one piece when it is done; counts of passed, failed, skipped, and of valkey tests."""
    with tempfile.TemporaryDirectory(prefix="samraad-report-") as folder:
        report = Path(folder) / "report.xml"
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-m", selection, f"--junitxml={report}", *extra],
            # Compiled once, as for `make run`: otherwise each of the many processes would read the same sources again.
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": ""} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        print(f"── {name}: pytest -m {selection!r}\n{done.stdout}", flush=True)
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
    """Run one selection on both databases; extra arguments go to pytest. 0 when everything passed."""
    on_sqlite, on_postgres = SELECTIONS[arguments[0]]
    extra = arguments[1:]
    # Side by side the fast ones take half the time on two cores; the slow ones measure races, crashes and pages.
    with ExitStack() as stack, ThreadPoolExecutor(2 if arguments[0] == "fast" else 1) as pool:
        environment = {
            "DATABASE_URL": stack.enter_context(servers.postgres()),
            "TEST_REDIS_URL": stack.enter_context(servers.valkey()),
        }
        without_servers = f"({on_sqlite}) and not postgres and not valkey"
        first = pool.submit(run, "SQLite", without_servers, {"DATABASE_URL": ""}, extra)
        second = pool.submit(run, "PostgreSQL", on_postgres, environment, extra) if on_postgres else None
        sqlite, postgres = first.result(), second.result() if second else Counter[str]()
    print()
    for name, counts in (("SQLite", sqlite), ("PostgreSQL", postgres)):
        skipped = f" ({counts['skipped']} skipped)" if counts["skipped"] else ""
        print(f"{name}: {counts['passed'] + counts['failed']} tests{skipped}")
    print(f"Valkey: {sqlite['valkey'] + postgres['valkey']} tests")
    total = sqlite + postgres
    print(f"{total['passed']} passed, {total['failed']} failed")
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
