"""The gates of every kind of stage: a locked bundle, a day that has come, a person's word. `apps.py` registers them."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

from django.db.models import DateTimeField, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from notifications.statements import Given, Read
from workflow.dates import deadline_words, weekday_date
from workflow.deadlines import instant
from workflow.definitions import BundleUse, Gate, GateName
from workflow.gates.registry import GateStatus, register, status
from workflow.models import Bundle, Stage
from workflow.queries.documents import current_bundle
from workflow.queries.processes import (
    definition_of,
    named_deadline,
    other_text,
    parameter,
    stage_deadline,
    stage_spec,
    stands_still,
)
from workflow.states import BundleState


def bundle_locked(stage: Stage, gate: Gate, now: datetime) -> GateStatus:
    """A set of the stage's text has been put forward; where the stage is there to make one, one has been locked, or put
    forward, since this attempt opened."""
    text = other_text(stage)
    title = _("Locked documents: %(text)s") % {"text": text} if text else _("Locked documents")
    if stage_spec(stage).bundle is BundleUse.LOCKS:
        if stage.opened_at is not None and _LOCKED_SINCE(line_id=stage.line_id, opened_at=stage.opened_at):
            return status(title)
        return status(title, _("No set of documents has been locked since the stage began."))
    if current_bundle(stage.line_id) is not None:
        return status(title)
    missing = _("Nothing has been put forward of “%(text)s” yet. Put a set of its documents forward.") % {"text": text}
    return status(title, missing if text else _("No set of documents has been put forward yet."))


_OPENED_AT: Final = Given("opened_at", DateTimeField())
_LOCKED_SINCE: Final = Read(
    lambda: Bundle.objects.filter(
        Q(locked_at__gte=_OPENED_AT) | Q(put_forward_at__gte=_OPENED_AT),
        # With the text that a process begins with in mid-course no stage that makes one is done.
        ~Exists(Stage.objects.filter(bundle=OuterRef("pk"), done_on__isnull=False)),
        line_id=Given("line_id"),
        state=BundleState.LOCKED,
    ).values_list("pk")[:1]
)


def date_reached(stage: Stage, gate: Gate, now: datetime) -> GateStatus:
    """A day has begun (a parameter), or a deadline has run out (a named one, else the stage's own)."""
    process = stage.process
    if gate.parameter:
        terms = definition_of(process).parameters[gate.parameter]
        title = str(terms.title)
        day = parameter(process, gate.parameter)
        if not isinstance(day, date):
            return status(title, _("The date “%(name)s” has not been set.") % {"name": title})
        # The day begins at local midnight, which in UTC lies on the day before.
        opens_at = instant(day, time(0), ZoneInfo(process.time_zone))
        if opens_at <= now:
            return status(title)
        words = weekday_date(day, process.time_zone)
        return status(title, _("The day has not come: %(day)s.") % {"day": words}, opens_at=opens_at)
    title = _("A date that must be reached")
    deadline = named_deadline(process, gate.deadline) if gate.deadline else stage_deadline(stage)
    if deadline is None:
        return status(title, _("The date is not known yet."))
    if stands_still(deadline):
        return status(title, _("The clock of this deadline stands still."))
    if deadline.at <= now:
        return status(title)
    words = deadline_words(deadline.at, deadline.zone)
    return status(title, _("The day has not come: %(day)s.") % {"day": words}, opens_at=deadline.at)


def manual_with_reason(stage: Stage, gate: Gate, now: datetime) -> GateStatus:
    """Shut until an officer confirms it with a reason (`confirm_gate`)."""
    return status(_("Confirmation by the secretariat"), _("An officer must confirm this, with a reason."))


def register_gates() -> None:
    """Called once by the app."""
    register(GateName.BUNDLE_LOCKED, bundle_locked)
    register(GateName.DATE_REACHED, date_reached)
    register(GateName.MANUAL_WITH_REASON, manual_with_reason)
