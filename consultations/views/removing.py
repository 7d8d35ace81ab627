"""Several parties off the list at once, while the round is in preparation: who goes and who stays is shown first."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from consultations.actions.invitation_list import are_removed_by_key, remove_parties
from consultations.forms.rounds import RemovePartiesForm
from consultations.rules.rounds import may_prepare
from consultations.views.round_pages import form_status, frame, round_of, round_url
from workflow.policies import policy
from workflow.rules.processes import may_act
from workflow.rules.seen import digest_of_words
from workflow.views.access import Visit
from workflow.views.deeds import do_with, key_of, new_key


@policy("secretariat")
@require_http_methods(["GET", "HEAD", "POST"])
def round_parties_remove(request: Visit, process_id: UUID, stage_id: UUID) -> HttpResponse:
    """Tick the parties that are taken off, or those that alone stay; looking changes nothing."""
    found = round_of(request, process_id, stage_id, officers_only=True)
    back = round_url("round_parties", found)
    if request.method == "POST" and are_removed_by_key(found, key_of(request)):
        return redirect(back)
    refusal = may_act(found.stage.process) or may_prepare(found, request.actor)
    if refusal is not None:
        return render(request, "errors/409.html", {"refusal": refusal, "back_url": back}, status=409)
    listed = list(found.invitations.order_by("sort_key", "id"))
    form = RemovePartiesForm(request.POST or None, parties=listed)
    shown, is_moved = None, False
    if request.method == "POST" and form.is_valid():
        gone = form.removed()
        names = [party.name for party in gone]
        shown = {
            "gone": names,
            "staying": len(listed) - len(gone),
            "digest": digest_of_words(str(len(listed)), *(str(party.public_id) for party in gone)),
        }
        is_sent = request.POST.get("do") == "send"
        is_moved = is_sent and request.POST.get("shown", "") != shown["digest"]
        if is_sent and not is_moved:
            text = ngettext("%(count)d party is off the list.", "%(count)d parties are off the list.", len(gone))
            answer = do_with(
                request,
                form,
                lambda: remove_parties(found, gone, actor=request.actor, now=request.now, key=key_of(request)),
                done=text % {"count": len(gone)},
                to=back,
            )
            if answer:
                return answer
    context = {
        **frame(request, found, "round_parties", here=_("Take several off the list")),
        "form": form,
        "shown": shown,
        "is_moved": is_moved,
        "cancel_url": back,
        "key": key_of(request) or new_key(),
    }
    return render(request, "consultations/remove.html", context, status=422 if is_moved else form_status(form))
