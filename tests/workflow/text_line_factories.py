"""An agreement with status reports, each report a line of text of its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from tests.kept import kept
from tests.workflow.agreements import AGREEMENT, in_submission, officer_of
from tests.workflow.submission_factories import acknowledged, in_force
from workflow.actions.bundles import BundleEntry, create_bundle, lock_bundle
from workflow.actions.documents import add_version, create_document
from workflow.actions.putting_forward import put_forward
from workflow.models import Bundle, Process, TextLine
from workflow.queries.documents import change_since_current
from workflow.states import ChangeKind

WITH_REPORTS = (
    AGREEMENT
    + """
  - key: midterm
    kind: external
    title: {da: Midtvejsstatus, en: Mid-term status}
    after: [in_force]
    actor: committee
    bundle: submits
    text: midterm
    external: {body: authority, awaits: receipt}
    gates:
      - gate: bundle_locked
      - gate: external_receipt
        body: authority
    deadline: {rule: statutory, event: in_force.occurred, years: 2, source: Bekendtgørelse}
  - key: final
    kind: external
    title: {da: Slutstatus, en: Final status}
    after: [midterm]
    actor: committee
    bundle: submits
    text: final
    external: {body: authority, awaits: receipt}
    gates:
      - gate: bundle_locked
      - gate: external_receipt
        body: authority
    deadline: {rule: statutory, event: in_force.occurred, years: 4, source: Bekendtgørelse}
"""
)
"""The agreement of `agreements`, and two years and four years after it is in force a report to the authority."""

NEARLY_TWO_YEARS = timedelta(days=700)


def line_of(process: Process, key: str) -> TextLine:
    return process.lines.get(key=key)


def a_locked_set(
    process: Process, now: datetime, line: str, *, text: str = "# 1 Status\n", change: str = ChangeKind.FIRST
) -> Bundle:
    """A new version of the one document of a line, locked and put forward."""
    actor, text_line = officer_of(process), line_of(process, line)
    document = text_line.documents.first() or create_document(
        process, title=text_line.title, line=text_line, actor=actor, now=now
    )
    version = add_version(document, markdown=text, actor=actor, now=now)
    bundle = create_bundle(process, [BundleEntry(version, "agreement")], actor=actor, now=now)
    bundle = lock_bundle(bundle, change=change, note="Rettelser.", actor=actor, now=now)
    return put_forward(bundle, reason="Klar.", change=change_since_current(bundle), actor=actor, now=now)


@kept
def reporting(now: datetime) -> Process:
    """The agreement lies with the authority and is in force everywhere; the mid-term report is due."""
    process = in_submission(now, text=WITH_REPORTS)
    acknowledged(process, now)
    in_force(process, now)
    return process
