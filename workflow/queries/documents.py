"""Which documents count: the bundle to be judged, and the bundles that are the same text but for editorial changes."""

from __future__ import annotations

from workflow.models import Bundle, Process
from workflow.states import BundleState, ChangeKind


def current_bundle(process: Process) -> Bundle | None:
    """The latest locked bundle of a process; None before the first is locked."""
    return process.bundles.filter(state=BundleState.LOCKED).order_by("-number").first()


def standing_bundles(bundle: Bundle) -> list[int]:
    """Primary keys of the bundles a decision on which stands for this one: itself, and those before it from which it
    differs by editorial changes only, however many."""
    found = [bundle.pk]
    rows = {
        row["pk"]: row
        for row in Bundle.objects.filter(process=bundle.process_id).values("pk", "predecessor_id", "change")
    }
    row = rows[bundle.pk]
    while row["change"] == ChangeKind.EDITORIAL and row["predecessor_id"] is not None:
        row = rows[row["predecessor_id"]]
        found.append(row["pk"])
    return found
