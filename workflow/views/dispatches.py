"""What asks the bodies of a stage, looked through before it leaves: to whom, which letter, which papers, by when."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.kinds import kind
from notifications.models import OutgoingMail
from workflow.actions.approvals import first_letters
from workflow.actions.dispatches import recall_dispatch, schedule_dispatch, send_dispatch, write_dispatch
from workflow.dates import deadline_words
from workflow.forms.dispatches import NOW, SendForm, WordsForm
from workflow.mails.letters import read_beforehand
from workflow.models import ApprovalRequest, Dispatch, Office, Process
from workflow.queries.copies import copies_to_parties
from workflow.queries.dispatches import digest_of_dispatch, listed_on, waiting_dispatches
from workflow.queries.documents import bundle_of, versions_in
from workflow.queries.processes import stage_deadline, stage_spec
from workflow.rules.asked import is_reached, why_unreached
from workflow.rules.bodies import level_name
from workflow.stage_kinds.pages import Duty
from workflow.states import UNSENT, DispatchState, FellBack, Level
from workflow.views.access import Visit
from workflow.views.consequences import Consequences, afresh, consequences_of
from workflow.views.deeds import do, form_page, key_of, new_key, press_form, status_of
from workflow.views.overwriting import WrittenOver
from workflow.views.pages import frame, page_in_process, trail_to
from workflow.views.papers import ways_to_presentation


def _open(process: Process, ids: dict[str, Any]) -> Dispatch:
    rows = Dispatch.objects.select_related("stage__bundle__line", "stage__line")
    dispatch = rows.filter(public_id=ids.pop("dispatch_id"), stage__process=process).first()
    if dispatch is None:
        raise Http404
    dispatch.stage.process = process
    return dispatch


def url_of_dispatch(dispatch: Dispatch) -> str:
    """The page of a dispatch, whose stage and process are read along."""
    return reverse("dispatch", args=[dispatch.stage.process.public_id, dispatch.public_id])


@page_in_process(_open, "auditor", "GET")
def dispatch(request: Visit, dispatch: Dispatch) -> HttpResponse:
    """Who is asked, by which letter, about which papers, by when."""
    return _show(request, dispatch, _send_form(request, dispatch))


@page_in_process(_open, "secretariat", "GET", "POST")
def dispatch_send(request: Visit, dispatch: Dispatch) -> HttpResponse:
    """The same page, with the button that lets it leave."""
    form = _send_form(request, dispatch)
    if form.is_valid():
        is_now = form.cleaned_data["when"] == NOW
        shown = {"shown": request.POST.get("seen", "")}
        answer = press_form(
            request,
            form,
            partial(send_dispatch if is_now else schedule_dispatch, dispatch),
            facts=lambda: shown if is_now else {**shown, "leaves_at": form.leaves_at()},
            done=_done_words,
            to=url_of_dispatch(dispatch),
        )
        if answer:
            return answer
    return _show(request, dispatch, form)


def _send_form(request: Visit, dispatch: Dispatch) -> SendForm:
    process = dispatch.stage.process
    return SendForm(request.POST or None, minutes=process.office.minutes_to_take_back, zone=process.time_zone)


def _show(request: Visit, dispatch: Dispatch, form: SendForm) -> HttpResponse:
    requests, deadline = listed_on(dispatch), stage_deadline(dispatch.stage)
    context = {
        **_frame(request, dispatch),
        **_what_is_sent(request, dispatch, requests),
        "deadline": deadline,
        "form": form,
        "digest": digest_of_dispatch(dispatch, requests, deadline.at if deadline else None),
        "key": key_of(request) or new_key(),
        "recall_key": new_key(),
    }
    status = status_of(form) if request.method == "POST" else 200
    return render(request, "workflow/dispatch.html", context, status=status)


def _done_words(dispatch: Dispatch) -> str:
    if dispatch.leaves_at is None:
        return _("The dispatch is sent. The mails are on their way.")
    at = deadline_words(dispatch.leaves_at, dispatch.stage.process.time_zone)
    return _("The dispatch leaves on %(at)s. Until then you can take it back.") % {"at": at}


def _frame(request: Visit, dispatch: Dispatch) -> dict[str, Any]:
    stage = dispatch.stage
    board = reverse("approvals", args=[stage.process.public_id, stage.public_id])
    spec = stage_spec(stage)
    return {
        **trail_to(frame(request, stage.process, "process"), (str(spec.title), board), (_("Dispatch"), "")),
        "dispatch": dispatch,
        "stage": stage,
        "spec": spec,
        "board_url": board,
    }


def _what_is_sent(request: Visit, dispatch: Dispatch, requests: Sequence[ApprovalRequest]) -> dict[str, Any]:
    """The page around the form."""
    stage = dispatch.stage
    process = stage.process
    is_unsent = dispatch.state in UNSENT
    bundle = next((row.bundle for row in requests), None) or bundle_of(stage)
    reached = [row for row in requests if is_reached(row)]
    shown = requests if is_unsent else list(dispatch.requests.select_related("body").order_by("id"))
    return {
        "is_unsent": is_unsent,
        "is_scheduled": dispatch.state == DispatchState.SCHEDULED,
        "fell_back": FellBack(dispatch.fell_back).label if dispatch.fell_back else "",
        "board": {
            "columns": [{"label": _("Body")}, {"label": _("How it is asked")}],
            "rows": [_row(row, process) for row in shown],
        },
        "sent_words": _sent_words(requests, len(reached)),
        "bundle": bundle,
        "documents": versions_in(bundle),
        "copies": [f"{row.body.name}: {copy.email}" for row, copy in copies_to_parties(reached, process.office)],
        "samples": _samples(requests, reached, request) if is_unsent else [],
        "presentation_ways": ways_to_presentation(stage),
        "consequences": [_consequences(request, dispatch)] if is_unsent else [],
    }


def _row(row: ApprovalRequest, process: Process) -> dict[str, Any]:
    how = row.email if is_reached(row) else str(row.get_channel_display())
    level = "" if row.level == Level.COUNCIL else _("Decides: %(level)s") % {"level": level_name(row.level, row.body)}
    url = reverse("approval", args=[process.public_id, row.public_id])
    missing = why_unreached(row)
    cell: dict[str, Any] = {"text": how, "note": row.contact_name}
    if missing:
        cell = {"badge": _("No mail reaches it"), "tone": "warning", "note": row.email}
    return {
        "cells": [{"text": row.body.name, "url": url, "note": level}, cell],
        "tone": "warning" if missing else "",
    }


def _sent_words(requests: Sequence[ApprovalRequest], by_mail: int) -> str:
    """What the press sends, and what is left to the office: "12 mails, 1 body you ask yourself"."""
    words = [ngettext("%(count)d mail", "%(count)d mails", by_mail) % {"count": by_mail}]
    if others := len(requests) - by_mail:
        asked = ngettext("%(count)d body you ask yourself", "%(count)d bodies you ask yourself", others)
        words.append(asked % {"count": others})
    return ", ".join(words)


def _samples(
    requests: Sequence[ApprovalRequest], reached: Sequence[ApprovalRequest], request: Visit
) -> list[dict[str, str]]:
    """The mail as the first of each sort and language will read it."""
    if not reached:
        return []
    stage = reached[0].stage
    names = {row.public_id: row.body.name for row in requests}
    letters = {
        (letter.kind, letter.language): letter for letter in reversed(first_letters(stage, reached, stage.process))
    }
    samples = []
    for letter in reversed(letters.values()):
        mail = OutgoingMail(
            kind=letter.kind, subject_id=letter.subject_id, language=letter.language, facts=dict(letter.facts)
        )
        facts = kind(letter.kind).facts([mail], request.now)
        subject, text = read_beforehand(letter, facts.get(mail.pk, {}))
        samples.append(
            {"name": names[letter.subject_id], "language": letter.language, "subject": subject, "text": text}
        )
    return samples


def _consequences(request: Visit, dispatch: Dispatch) -> Consequences:
    return consequences_of(
        request,
        dispatch.stage.process,
        lambda **press: send_dispatch(afresh(dispatch, "stage__process"), **press),
        undo=_("Until it has left, it can be taken back. No mail can be called back afterwards."),
    )


# ── Its words ─────────────────────────────────────────────────────────────────────────────────────────────────
@page_in_process(_open, "secretariat", "GET", "POST")
def dispatch_write(request: Visit, dispatch: Dispatch) -> HttpResponse:
    """What the office writes to all who are asked."""
    over = WrittenOver(dispatch, {"words": "words"})
    return form_page(
        request,
        _frame(request, dispatch),
        WordsForm(request.POST or None, initial=over.stored()),
        partial(write_dispatch, dispatch),
        heading=_("The letter: %(stage)s") % {"stage": stage_spec(dispatch.stage).title},
        lead=_(
            "Nobody gets a mail by it, no decision falls, and nothing becomes public. You see the whole letter next."
        ),
        submit=_("Save the letter"),
        done=_("The letter is saved. Look it through below."),
        to=url_of_dispatch(dispatch),
        over=over,
    )


@page_in_process(_open, "secretariat", "POST")
def dispatch_recall(request: Visit, dispatch: Dispatch) -> HttpResponse:
    """Take back what has not left."""
    return do(
        request,
        partial(recall_dispatch, dispatch),
        done=_("The dispatch is taken back. Nobody has got anything."),
        to=url_of_dispatch(dispatch),
    )


# ── What waits ────────────────────────────────────────────────────────────────────────────────────────────────
def dispatch_duties(offices: Sequence[Office], _now: object) -> list[Duty]:
    """The dispatches that nobody has let leave yet."""
    duties = []
    for row in waiting_dispatches(offices):
        why = _("Look the dispatch through and send it: nobody has been asked yet")
        if row.fell_back:
            again = _("Look the dispatch through again and send it")
            why = f"{FellBack(row.fell_back).label} {again}"
        duties.append(Duty.in_stage(row.stage, url=url_of_dispatch(row), why=why))
    return duties


def way_to_dispatch(dispatch: Dispatch | None, zone: str) -> dict[str, str] | None:
    """What is said of an unsent dispatch on the pages of its stage, and the way to it; None where there is none."""
    if dispatch is None:
        return None
    words = _("Nobody has been asked yet. The dispatch waits for you to look it through and send it.")
    if dispatch.leaves_at is not None:
        at = deadline_words(dispatch.leaves_at, zone)
        words = _("Nobody has been asked yet. The dispatch leaves on %(at)s.") % {"at": at}
    return {"words": words, "url": url_of_dispatch(dispatch)}
