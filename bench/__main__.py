"""`python -m bench [--only NAME]`: measures, prints one JSON line per figure, and ends with 1 when one misses."""

import argparse
import sys
from collections.abc import Callable

from bench import (
    approval,
    board,
    comparing,
    definitions,
    delivery,
    importing,
    kits,
    papers,
    play,
    putting_forward,
    reading,
    serving,
    slow,
)

MEASUREMENTS: dict[tuple[str, ...], Callable[[], bool]] = {
    ("play_seconds",): play.measure,
    ("definition_read_ms",): definitions.measure,
    ("read_docx_seconds", "read_docx_mb"): reading.measure,
    ("compare_ms",): comparing.measure,
    ("paper_pdf_seconds",): papers.measure,
    ("kits_seconds",): kits.measure,
    ("approval_vs_floor", "approval_statements"): approval.measure,
    ("put_forward_ms", "put_forward_queries", "last_of_30_ms"): putting_forward.measure,
    ("delivery_vs_smtplib",): delivery.measure,
    ("board_ms", "board_queries"): board.measure,
    ("import_seconds",): importing.measure,
    ("slow_clients",): slow.measure,
    ("run_ready_seconds", "idle_memory_mb"): serving.measure,
}


def main(arguments: list[str]) -> int:
    """Measure all, or those that belong to one name; figures measured together are printed together."""
    names = [name for group in MEASUREMENTS for name in group]
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", choices=names, help="one figure")
    only = parser.parse_args(arguments).only
    met = [measure() for group, measure in MEASUREMENTS.items() if only is None or only in group]
    return 0 if all(met) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
