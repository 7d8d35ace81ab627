"""A text is corrected without a change of substance: open questions are about the corrected words under the links they
have, and whoever has decided or is still asked is told."""

from __future__ import annotations

from datetime import datetime

from notifications import outbox
from workflow.actions.approvals.requests import list_about
from workflow.actors import Actor
from workflow.audit import record
from workflow.mails.corrections import correction_letters
from workflow.models import ApprovalRequest, Bundle, Process
from workflow.queries.corrections import decided_on, one_for_each_body, sets_corrected_by, still_asked_about
from workflow.states import Verb


def follow_correction(process: Process, bundle: Bundle, *, actor: Actor, now: datetime) -> None:
    """A set counts that differs only editorially from the one before: decisions stand, and what is still asked is from
    now on asked about it, under the same link. Each body that has decided on the text, or is still asked, is told once.

    A decision on any of the sets of this text counts. Called when a set is put forward, with the process locked.
    """
    earlier = sets_corrected_by(bundle)
    waiting, decisions = still_asked_about(earlier), decided_on(earlier)
    # Read before the questions are about the corrected text.
    version_known = {decision.request_id: decision.bundle for decision in decisions}
    version_known |= {request.pk: request.bundle for request in waiting}
    for request in waiting:
        request.bundle = bundle
    ApprovalRequest.objects.filter(pk__in=[request.pk for request in waiting]).update(bundle=bundle)
    listed = list_about(bundle, ApprovalRequest.objects.filter(bundle__in=earlier), process, actor, now)
    # What still waits comes last: of a body that has decided in one stage and is asked in another, that is the one.
    told = one_for_each_body([*(decision.request for decision in decisions), *waiting])
    if not told and not listed:
        return
    outbox.enqueue(correction_letters(told, bundle, version_known, process), now)
    codes = {
        "bundle": bundle.sha256,
        "asked": [request.public_id for request in waiting],
        "told": [request.public_id for request in told],
        "listed": [request.public_id for request in listed],
    }
    record(Verb.TELL_OF_CORRECTION, bundle, actor=actor, now=now, process=process, codes=codes)
