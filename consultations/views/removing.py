"""Several parties off the list at once, while the round is in preparation: who goes and who stays is shown first."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from consultations.actions.invitation_list import are_removed_by_key, remove_parties
from consultations.forms.rounds import RemovePartiesForm
from consultations.models import HearingRound
from consultations.rules.rounds import may_prepare
from consultations.views.round_pages import form_status, frame, round_page, round_url
from workflow.rules.overwriting import digest_of_words
from workflow.rules.processes import may_act
from workflow.views.access import Visit
from workflow.views.deeds import key_of, new_key, press_form


@round_page("secretariat", "GET", "POST")
def round_parties_remove(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """Tick the parties that are taken off, or those that alone stay; looking changes nothing."""
    back = round_url("round_parties", hearing_round)
    if request.method == "POST" and are_removed_by_key(hearing_round, key_of(request)):
        return redirect(back)
    refusal = may_act(hearing_round.stage.process) or may_prepare(hearing_round, request.actor)
    if refusal is not None:
        return render(request, "errors/409.html", {"refusal": refusal, "back_url": back}, status=409)
    listed = list(hearing_round.invitations.order_by("sort_key", "id"))
    form = RemovePartiesForm(request.POST or None, parties=listed)
    shown, is_moved = None, False
    if request.method == "POST" and form.is_valid():
        leaving = form.removed()
        shown = {
            "gone": [party.name for party in leaving],
            "staying": len(listed) - len(leaving),
            "digest": digest_of_words(str(len(listed)), *(str(party.public_id) for party in leaving)),
        }
        is_sent = request.POST.get("do") == "send"
        is_moved = is_sent and request.POST.get("shown", "") != shown["digest"]
        if is_sent and not is_moved:
            text = ngettext("%(count)d party is off the list.", "%(count)d parties are off the list.", len(leaving))
            done = text % {"count": len(leaving)}
            deed = partial(remove_parties, hearing_round)
            if answer := press_form(request, form, deed, facts=form.facts, done=done, to=back):
                return answer
    context = {
        **frame(request, hearing_round, "round_parties", here=_("Take several off the list")),
        "form": form,
        "shown": shown,
        "is_moved": is_moved,
        "cancel_url": back,
        "key": key_of(request) or new_key(),
    }
    return render(request, "consultations/remove.html", context, status=422 if is_moved else form_status(form))
