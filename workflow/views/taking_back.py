"""Taking back a set of documents that was put forward: where it can be, the page that asks, what it says before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.queries import live_mails, waits_until
from workflow.actions.taking_back import LedTo, mails_because, take_back_bundle, what_it_led_to, why_not_taken_back
from workflow.forms.processes import ReasonForm
from workflow.models import ApprovalRequest, Bundle, Office, Process, Stage
from workflow.queries.dispatches import listed_about
from workflow.queries.documents import bundle_before
from workflow.queries.processes import stage_spec
from workflow.rules.documents import set_name
from workflow.states import StageState
from workflow.views.access import Visit
from workflow.views.consequences import STAND_IN_WORDS, Consequences, afresh, rehearsal_of, told_of
from workflow.views.deeds import form_page
from workflow.views.pages import frame, process_page


@dataclass(frozen=True, slots=True)
class SetToTakeBack:
    """A set that can be taken back now: until that instant (UTC), or, once that is over or while a dispatch about it
    waits, until a question has left."""

    bundle: Bundle
    until: datetime
    is_over_time: bool

    @property
    def name(self) -> str:
        """What people call the set."""
        return set_name(self.bundle)


def sets_to_take_back(process: Process, now: datetime) -> list[SetToTakeBack]:
    """The sets of a process that can be taken back now. Three queries where there are none."""
    current: dict[int, Bundle] = {}
    for bundle in process.bundles.filter(put_forward_at__isnull=False).select_related("line").order_by("number"):
        bundle.process = process
        current[bundle.line_id] = bundle
    waiting = waits_until(process.public_id)
    listed = set(listed_about(process))
    found = []
    for bundle in current.values():
        until = bundle.questions_leave_at
        # Once its time has passed it can be taken back only where a question has not left.
        if until is None or (until <= now and until not in waiting and bundle.pk not in listed):
            continue
        led_to = what_it_led_to(bundle)
        if led_to is not None and _why_not(bundle, led_to, now) is None:
            found.append(SetToTakeBack(bundle, until, is_over_time=until <= now or bundle.pk in listed))
    return found


def _why_not(bundle: Bundle, led_to: LedTo, now: datetime) -> object:
    return why_not_taken_back(bundle, led_to, mails_because(led_to, live_mails), now)


@process_page("secretariat", "GET", "POST")
def bundle_take_back(request: Visit, process: Process, bundle_id: UUID) -> HttpResponse:
    """Let a set that was put forward count no longer: what carries again and what is withdrawn is said before."""
    bundle = get_object_or_404(process.bundles.select_related("line"), public_id=bundle_id)
    bundle.process = process
    back = reverse("documents", args=[process.public_id])
    words = {"set": set_name(bundle)}
    return form_page(
        request,
        frame(request, process, "documents"),
        ReasonForm(request.POST or None),
        partial(take_back_bundle, bundle),
        heading=_("Take back: %(set)s") % words,
        lead=_("The set then no longer counts, as if it had only been locked. It stays in the list of sets."),
        consequences=lambda: [taking_back_of(request, bundle)],
        submit=_("Take the set back"),
        done=_("%(set)s is taken back. Nobody got a mail.") % words,
        to=f"{back}#bundle-{bundle.public_id}",
        cancel_url=back,
    )


# ── What is said before ───────────────────────────────────────────────────────────────────────────────────────
def taking_back_of(request: Visit, bundle: Bundle) -> Consequences:
    """What taking a set back would do."""
    process = bundle.process
    deed = partial(take_back_bundle, afresh(bundle, "process"), reason=STAND_IN_WORDS)
    # What is withdrawn has reached nobody: there is nobody to tell.
    rehearsal = replace(rehearsal_of(request, process, deed), untold=())
    told = told_of(
        rehearsal, process, undo=_("The set can be put forward anew; that it was taken back stands in the record.")
    )
    led_to = what_it_led_to(bundle)
    if told.is_refused or led_to is None:
        return told
    carrying = [f"{row.body.name} ({_title(process, row.request.stage)})" for row in led_to.fallen]
    falls = [_("These decisions count again: %(names)s.") % {"names": ", ".join(carrying)}] if carrying else []
    return replace(told, happens=tuple(_happens(bundle, led_to)), falls=tuple(falls))


def _happens(bundle: Bundle, led_to: LedTo) -> Iterable[str]:
    before = bundle_before(bundle)
    if before is not None:
        yield _("%(set)s counts again.") % {"set": set_name(before)}
    else:
        yield _("No set of the text counts then.")
    completed = [stage for stage in led_to.anew if stage.public_id in led_to.completed]
    behind = [stage for stage in led_to.anew if stage not in completed and stage.state == StageState.OPEN]
    parts = {
        _("Goes on as it was: %(names)s."): _titles(bundle.process, led_to.set_aside),
        _("Is opened anew, as a new attempt: %(names)s."): _titles(bundle.process, completed),
        _("Waits again: %(names)s."): _titles(bundle.process, behind),
        _("Questions that are withdrawn before they leave: %(names)s."): _names(led_to.questions),
        _("Questions that are about the set before again: %(names)s."): _names(led_to.corrected),
        _("Questions that are open again, under the links they have: %(names)s."): _names(led_to.closed),
        _("Objections to a correction that wait for an answer again: %(names)s."): _names(
            [objection.request for objection in led_to.objections]
        ),
    }
    yield from (text % {"names": ", ".join(names)} for text, names in parts.items() if names)


def _titles(process: Process, stages: Iterable[Stage]) -> list[str]:
    return [_title(process, stage) for stage in stages]


def _title(process: Process, stage: Stage) -> str:
    stage.process = process
    return str(stage_spec(stage).title)


def _names(requests: Sequence[ApprovalRequest]) -> list[str]:
    return list(dict.fromkeys(request.body.name for request in requests))


def undo_of_putting_forward(office: Office, *, is_completed: bool = False) -> str:
    """Whether a set put forward can be taken back. is_completed: it is put forward by completing its stage."""
    minutes = office.minutes_to_take_back
    if not minutes:
        return _("A set that has been put forward goes on counting until a newer one is put forward.")
    text = ngettext(
        "The set can be taken back for %(count)d minute, and as long as a dispatch about it waits; not once the first "
        "question has left. After that it counts until a newer one is put forward.",
        "The set can be taken back for %(count)d minutes, and as long as a dispatch about it waits; not once the first "
        "question has left. After that it counts until a newer one is put forward.",
        minutes,
    )
    words = text % {"count": minutes}
    return words + " " + _("The stage is then opened anew.") if is_completed else words


def waits_to_leave(office: Office) -> str:
    """That what is asked does not leave with the press."""
    text = ngettext(
        "What is asked and told because of the set leaves %(count)d minute after the press.",
        "What is asked and told because of the set leaves %(count)d minutes after the press.",
        office.minutes_to_take_back,
    )
    return text % {"count": office.minutes_to_take_back}
