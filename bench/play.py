"""play_seconds: the reference scenario played with the embedded default, as a person would from the command line."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.figures import ROOT, at_most, embedded

SCENARIO = "sundhedsaftale-2019"
TARGET = 12.0  # seconds on 2 cores, from the command to its end
TIMES = 3


def measure() -> bool:
    """The median of three whole commands: start-up, empty database, play, verification of the record."""
    found = []
    for _time in range(TIMES):
        with tempfile.TemporaryDirectory(prefix="samraad-bench-") as folder:
            begun = time.perf_counter()
            done = subprocess.run(
                [sys.executable, "manage.py", "play", SCENARIO, "--json"],
                cwd=ROOT,
                env=embedded(Path(folder)),
                stdout=subprocess.DEVNULL,
                check=False,
            )
            found.append(time.perf_counter() - begun)
        if done.returncode:
            sys.stderr.write(f"play_seconds: {SCENARIO} ended with status {done.returncode}\n")
            return False
    figure = at_most("play_seconds", sorted(found)[TIMES // 2], "s", TARGET, "sqlite")
    figure.say()
    return figure.ok
