"""What locking a set of documents and putting it forward would do, found by a rehearsal of that very deed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.models import OutgoingMail
from notifications.states import MailState
from workflow.actions.bundles import lock_documents
from workflow.actions.putting_forward import put_forward
from workflow.forms.documents import BundleForm, PutForwardForm, bundle_entries
from workflow.mails.corrections import TEXT_CORRECTED
from workflow.models import (
    ApprovalRequest,
    Bundle,
    DocumentVersion,
    Process,
)
from workflow.queries.documents import waits_to_be_put_forward
from workflow.queries.processes import live_stages
from workflow.rules.documents import set_name
from workflow.stage_kinds import stage_kind
from workflow.states import ChangeKind, RequestState
from workflow.views.access import Visit
from workflow.views.consequences import (
    STAND_IN_WORDS,
    Consequences,
    afresh,
    consequences_of,
    people,
    with_more,
)
from workflow.views.taking_back import undo_of_putting_forward, waits_to_leave


def lockings_of(request: Visit, process: Process, form: BundleForm) -> tuple[list[str], list[Consequences]]:
    """What is in the set, and what locking it would do; of the newest versions, all to be approved, until another
    choice has been sent."""
    is_sent = form.is_bound and form.is_valid()
    picked = form.picked() if is_sent else [(version, form.is_judged) for version in form.versions]
    words = _set_words(picked, form)
    if not picked:
        return words, []
    usual = ChangeKind.MATERIAL if "change" in form.fields else ChangeKind.FIRST
    change = str(form.cleaned_data.get("change", usual)) if is_sent else str(usual)
    told = consequences_of(
        request,
        process,
        partial(
            lock_documents,
            _process(process),
            bundle_entries(picked),
            change=change,
            note=STAND_IN_WORDS,
            weighty_reason=STAND_IN_WORDS,
        ),
        undo=_("A locked set cannot be changed or unlocked; a new version can be locked after it."),
    )
    public = (_("Locking publishes no text."), *(told.public if told.happens else ()))
    overtaken = _overtaken_words(picked[0][0].document.line_id)
    return words, [replace(told, happens=(*words, *told.happens, *overtaken), public=public)]


def _overtaken_words(line_id: int) -> list[str]:
    """That a set which waits to be put forward gives way to one that is locked after it."""
    waiting = waits_to_be_put_forward(line_id)
    if waiting is None:
        return []
    words = _("%(set)s, which waits to be put forward, gives way to it: the newest locked set is the one put forward.")
    return [words % {"set": set_name(waiting)}]


def puttings_forward_of(
    request: Visit, process: Process, bundle: Bundle, form: PutForwardForm, kinds: Sequence[ChangeKind]
) -> list[Consequences]:
    """What putting a set forward would do, for each of these kinds of change; those not chosen in the form folded."""
    usual = form.chosen or form.usual
    heard = _kept_words(process, bundle.line_id)
    puttings = []
    for kind in kinds:
        told = consequences_of(
            request,
            process,
            partial(
                put_forward,
                afresh(bundle, "process"),
                change=kind,
                reason=STAND_IN_WORDS,
                weighty_reason=STAND_IN_WORDS,
            ),
            undo=undo_of_putting_forward(process.office),
            may_touch_decisions=True,
        )
        if told.is_refused:
            return [told]
        if told.count and process.office.minutes_to_take_back:
            told = with_more(told, happens=[waits_to_leave(process.office)])
        told = with_more(told, happens=_notices_that_wait(bundle))
        if kind == ChangeKind.EDITORIAL:
            told = with_more(told, happens=_stays_asked(bundle.line_id))
        title = "" if kind == ChangeKind.FIRST else _("If it is: %(change)s") % {"change": kind.label}
        puttings.append(
            replace(
                told,
                title=title,
                is_folded=kind != usual,
                falls=(*told.falls, *heard),
                public=(_("No text is published by it."), *(told.public if told.happens else ())),
            )
        )
    return puttings


def _notices_that_wait(bundle: Bundle) -> list[str]:
    """Mails about a correction that have not left yet, and that a newer set makes pointless: they are not sent."""
    waiting = OutgoingMail.objects.filter(
        process_id=bundle.process.public_id, kind=TEXT_CORRECTED, state=MailState.QUEUED, erased_at=None
    )
    names = list(dict.fromkeys(waiting.order_by("id").values_list("to_name", flat=True)))
    if not names:
        return []
    text = _("Not sent any more, for they have not left yet: notices of the correction before this one, to %(names)s.")
    return [text % {"names": people(names)}]


def _stays_asked(line_id: int) -> list[str]:
    """What a correction leaves as it is for those who have not decided yet."""
    asked = ApprovalRequest.objects.filter(stage__line_id=line_id, state=RequestState.ASKED).count()
    if not asked:
        return []
    text = ngettext(
        "%(count)d body that has not decided stays asked: its link and deadline hold, and it reads the corrected text.",
        "%(count)d bodies that have not decided stay asked: links and deadlines hold, and they read the corrected "
        "text.",
        asked,
    )
    return [text % {"count": asked}, _("What has been recommended on the way holds too.")]


def _set_words(picked: Sequence[tuple[DocumentVersion, bool]], form: BundleForm) -> list[str]:
    within = {version.pk for version, _needs in picked}
    parts = {
        _("To be approved: %(names)s."): [str(version) for version, needs_approval in picked if needs_approval],
        (_("For information: %(names)s.") if form.is_judged else _("In the set: %(names)s.")): [
            str(version) for version, needs_approval in picked if not needs_approval
        ],
        _("Not in the set: %(names)s."): [str(version) for version in form.versions if version.pk not in within],
    }
    return [text % {"names": ", ".join(names)} for text, names in parts.items() if names]


def _kept_words(process: Process, line_id: int) -> list[str]:
    """What a new set leaves as it is in the stages about its text: what they say of it themselves."""
    stages = [row for row in live_stages(process) if row.line_id == line_id]
    return [sentence for row in stages for sentence in stage_kind(row.kind).said_on_new_set(row)]


def _process(process: Process) -> Process:
    return afresh(process, "office", "definition")
