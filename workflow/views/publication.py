"""Publication as the office does it: what of a process is public, what could be, and the presses that change it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from workflow.actions.publication import publish, withdraw_publication
from workflow.forms.processes import ReasonForm
from workflow.forms.publication import PublishForm
from workflow.models import Process, PublishedItem
from workflow.public_kinds import PublicKind, public_kind, public_kinds
from workflow.queries.publication import items_taken_back, live_items
from workflow.rules.publication import Candidate
from workflow.states import PublicThing
from workflow.views.access import Visit
from workflow.views.consequences import Consequences
from workflow.views.deeds import form_page
from workflow.views.pages import frame, process_page, trail_to
from workflow.views.pictures import pictures_of_process

ONLY = "kun"
"""In an address: the public ids of what alone is to be asked about."""


@process_page("auditor", "GET")
def publication(request: Visit, process: Process) -> HttpResponse:
    """What everyone sees of the process, since when and by whose press; what they could see; what was taken back."""
    items = list(live_items(process))
    context = {
        **frame(request, process, "publication"),
        "kinds": [_kind(process, kind, [item for item in items if item.kind == kind.thing]) for kind in public_kinds()],
        "taken_back": items_taken_back(process),
    }
    return render(request, "workflow/publication.html", context)


def _kind(process: Process, kind: PublicKind, items: Sequence[PublishedItem]) -> dict[str, Any]:
    """One kind with what is public of it, and what is not, pressed together as it belongs together."""
    live = {item.subject_id for item in items}
    left = [candidate for candidate in kind.candidates(process) if candidate.subject_id not in live]
    return {
        "label": kind.thing.label,
        "items": items,
        "groups": [
            {"label": group, "candidates": candidates, "url": _url(process, kind.thing, candidates)}
            for group, candidates in (
                (group, list(of_group)) for group, of_group in groupby(left, key=lambda candidate: candidate.group)
            )
        ],
        "is_shut": not process.is_public and kind.thing != PublicThing.PATH,
    }


def _url(process: Process, thing: PublicThing, candidates: Sequence[Candidate]) -> str:
    """The page that asks about these, "" where none of them can be made public."""
    ids = [str(candidate.subject_id) for candidate in candidates if candidate.refusal is None]
    address = reverse("publication_publish", args=[process.public_id, thing])
    return f"{address}?{urlencode({ONLY: ids}, doseq=True)}" if ids else ""


@process_page("secretariat", "GET", "POST")
def publication_publish(request: Visit, process: Process, thing: str) -> HttpResponse:
    """Make something public, after it has been shown as everyone will see it."""
    if thing not in PublicThing.values:
        raise Http404
    kind = public_kind(PublicThing(thing))
    only, pressed = set(request.GET.getlist(ONLY)), set(request.POST.getlist("items"))
    live = {str(public_id) for public_id in live_items(process).filter(kind=thing).values_list("subject_id", flat=True)}
    candidates = kind.candidates(process)
    left = [
        candidate
        for candidate in candidates
        if candidate.refusal is None
        and str(candidate.subject_id) not in live
        and (not only or str(candidate.subject_id) in only)
    ]
    to_come = [
        PublishedItem(process=process, kind=thing, subject_id=candidate.subject_id, published_at=request.now)
        for candidate in left
    ]
    # What was pressed stays a choice whatever has become of it, so that the deed itself says why it is refused.
    choices = [candidate for candidate in candidates if candidate in left or str(candidate.subject_id) in pressed]
    context = {
        **_frame(request, process, _("Make public")),
        "preview": kind.template,
        "pictures": pictures_of_process(process),
        "shown": kind.shown(process, to_come, request.now) if to_come else None,
    }
    form = PublishForm(request.POST or None, thing=kind.thing, candidates=choices)
    return form_page(
        request,
        context,
        form,
        partial(publish, process, kind.thing),
        facts=form.facts,
        heading=_("Make public: %(what)s") % {"what": kind.thing.label},
        consequences=lambda: [_publishing(kind.thing)],
        submit=_("Make public"),
        done=_done_words,
        to=_url_of(process),
        template="workflow/publication_publish.html",
    )


@process_page("secretariat", "GET", "POST")
def publication_withdraw(request: Visit, process: Process, item_id: UUID) -> HttpResponse:
    """Take something back from the public page, with a reason."""
    item = get_object_or_404(PublishedItem.objects.filter(process=process), public_id=item_id)
    item.process = process
    return form_page(
        request,
        {**_frame(request, process, _("Take back")), "variant": "warning"},
        ReasonForm(request.POST or None),
        partial(withdraw_publication, item),
        heading=_("Take back: %(title)s") % {"title": item.title},
        consequences=lambda: [_withdrawing(item)],
        submit=_("Take back"),
        done=_("It is taken back. Nobody can see it on the public page any more."),
        to=_url_of(process),
    )


def _frame(request: Visit, process: Process, here: str) -> dict[str, Any]:
    return trail_to(frame(request, process, "publication"), (_("Publication"), _url_of(process)), (here, ""))


def _url_of(process: Process) -> str:
    return reverse("publication", args=[process.public_id])


def _done_words(items: Sequence[PublishedItem]) -> str:
    text = ngettext(
        "%(count)d entry stands on the public page now.", "%(count)d entries stand on the public page now.", len(items)
    )
    return text % {"count": len(items)}


_SAID: Final = {
    PublicThing.PATH: _lazy(
        "Everyone can follow the process: its title and its stages, with how far they have come. Nothing else is on "
        "its page yet; consultations sent from now on become public when they are sent, which is said before the press."
    ),
    PublicThing.DATES: _lazy("The days planned for what lies ahead. When they are moved, the page shows the new ones."),
    PublicThing.ROUND: _lazy(
        "The period and the names of the parties; who has answered when the round lets it be seen, and never the "
        "answers."
    ),
    PublicThing.LETTER: _lazy("The letter, word for word."),
    PublicThing.TEXT: _lazy(
        "The documents you choose, in full, each with its file as it is, its version and what you write here. Look "
        "into the file first: it may hold comments and names."
    ),
    PublicThing.DECISION: _lazy(
        "Who decided what, on which day and how, the agenda item and the words of the decision. Not its minutes, its "
        "remarks, or who recorded it. Should it fall, the page says so."
    ),
    PublicThing.RULING: _lazy("What the authority ruled, on which day, in which words. Not its file."),
    PublicThing.FACT: _lazy("The day, and whose it is. Not the note and the file."),
}
"""What everyone sees, in words beside the thing itself."""


def _publishing(thing: PublicThing) -> Consequences:
    """What the press does that makes something public."""
    return Consequences(
        public=(str(_SAID[thing]), _("It stands below as everyone will see it.")),
        undo=(_("Yes, with a reason. What somebody has read or fetched by then cannot be called back."),),
    )


def _withdrawing(item: PublishedItem) -> Consequences:
    """What the press does that takes something back."""
    lines = [
        _("It is gone from the public page at once."),
        _("The page says what kind of thing was taken back, and on which day; neither its title nor your reason."),
    ]
    if item.kind == PublicThing.PATH:
        others = live_items(item.process).exclude(pk=item.pk).count()
        text = ngettext(
            "The public page is gone at once, with %(count)d other thing that is public of the process.",
            "The public page is gone at once, with %(count)d other things that are public of the process.",
            others,
        )
        lines = [
            text % {"count": others},
            _("If the process is made public again, they have to be made so one by one."),
        ]
    return Consequences(
        public=tuple(lines),
        undo=(_("It can be made public again. What somebody has read or fetched cannot be called back."),),
    )
