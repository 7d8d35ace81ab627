"""definition_read_ms: a shipped definition from its file to the checked models; the slowest of them counts."""

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from bench.figures import at_most, embedded, measure_apart

TARGET = 5.0  # milliseconds
TIMES = 25


def measure() -> bool:
    """The slowest shipped definition, in a process of its own that has read each once before."""
    with tempfile.TemporaryDirectory(prefix="samraad-bench-") as folder:
        return measure_apart("bench.definitions", embedded(Path(folder)))


def _read_all() -> bool:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from workflow.definitions import parse, shipped_paths

    medians = []
    for path in shipped_paths():
        taken = []
        for _time in range(TIMES + 1):
            parse.cache_clear()
            begun = time.process_time()
            parse(path.read_text(encoding="utf-8"), path.name)
            taken.append(time.process_time() - begun)
        medians.append(1000 * statistics.median(taken[1:]))
    figure = at_most("definition_read_ms", max(medians), "ms", TARGET, "sqlite")
    figure.say()
    return figure.ok


if __name__ == "__main__":
    sys.exit(0 if _read_all() else 1)
