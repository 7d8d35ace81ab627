"""A text corrected since the body was asked or decided: both versions and what differs, for the body's own page."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.models import ApprovalRequest, Bundle
from workflow.queries.corrections import Correction, correction_of, differences
from workflow.rules.differences import DocumentDifference
from workflow.views.decisions.recorded import valid_decision


@dataclass(frozen=True, slots=True)
class CorrectionShown:
    """A correction as the page shows it."""

    correction: Correction
    differences: list[DocumentDifference]


def correction_seen(asked: ApprovalRequest) -> Correction | None:
    """What was corrected since the body was asked or decided, as far as anything was."""
    return correction_of(asked, valid_decision(asked))


def sets_seen(asked: ApprovalRequest, correction: Correction | None) -> list[Bundle]:
    """The sets whose papers the body may read: the one in question, and with a correction both, the newer first."""
    if correction is not None:
        return [correction.after, correction.before]
    return [asked.bundle] if asked.bundle is not None else []


def correction_shown(correction: Correction | None) -> CorrectionShown | None:
    """The correction with what differs; None where there is none."""
    return CorrectionShown(correction, differences(correction.before, correction.after)) if correction else None
