"""run_ready_seconds and idle_memory_mb: `make run` for the second time, until it answers; then what it holds."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from bench.figures import ROOT, at_most, embedded
from tests.servers import free_port

READY_TARGET = 5.0  # seconds from the command to the first 200 of /health/ready
MEMORY_TARGET = 200.0  # MB (10^6 bytes), PSS of every process of the group
IDLE = 10.0  # seconds between the first page and the reading of the memory
PATIENCE = 300.0  # seconds; the first start plays the demo
TIMES = 3


def measure() -> bool:
    """Start once so that everything is prepared; then the median of three starts, and the memory of the last."""
    with tempfile.TemporaryDirectory(prefix="samraad-bench-") as folder:
        _start(Path(folder))
        starts = [_start(Path(folder), idle=IDLE if last else 0) for last in (False, False, True)]
    seconds = sorted(start[0] for start in starts)[1]
    figures = (
        at_most("run_ready_seconds", seconds, "s", READY_TARGET, "sqlite"),
        at_most("idle_memory_mb", starts[-1][1], "MB", MEMORY_TARGET, "sqlite"),
    )
    for figure in figures:
        figure.say()
    return all(figure.ok for figure in figures)


def _start(folder: Path, idle: float = 0) -> tuple[float, float]:
    """Run `make run` until it is ready and stop it: seconds until then, and MB after so many seconds of idling."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    begun = time.perf_counter()
    with (folder / "run.out").open("wb") as out:
        running = subprocess.Popen(
            ["make", "run"],
            cwd=ROOT,
            env=embedded(folder) | {"PORT": str(port), "HOST": "127.0.0.1"},
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
    try:
        _wait(f"{address}/health/ready", running, folder)
        seconds = time.perf_counter() - begun
        if idle:
            urllib.request.urlopen(address, timeout=20).close()
            time.sleep(idle)
        return seconds, _pss(running.pid) / 1e6
    finally:
        os.killpg(running.pid, signal.SIGTERM)
        running.wait(60)


def _wait(address: str, running: "subprocess.Popen[bytes]", folder: Path) -> None:
    until = time.monotonic() + PATIENCE
    while running.poll() is None and time.monotonic() < until:
        try:
            urllib.request.urlopen(address, timeout=2).close()  # noqa: S310 (our own loopback address)
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
        else:
            return
    sys.exit("`make run` did not become ready:\n" + (folder / "run.out").read_text(errors="replace")[-3000:])


def _pss(group: int) -> int:
    """Bytes of memory of every process of a group, shared pages counted by share."""
    total = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(folder.name)) != group:
                continue
            found = re.search(r"^Pss:\s+(\d+) kB", (folder / "smaps_rollup").read_text(), re.MULTILINE)
        except (ProcessLookupError, FileNotFoundError):
            continue  # it ended just now
        total += int(found[1]) * 1024 if found else 0
    return total
