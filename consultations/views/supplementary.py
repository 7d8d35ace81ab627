"""A changed text heard again by some: the page that makes the round ready, and the one that calls it off."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from consultations.actions.cancelling import cancel_round
from consultations.actions.supplementary import open_supplementary
from consultations.forms.supplementary import HearAgainForm
from consultations.mails.facts import matter_of
from consultations.models import HearingRound
from consultations.queries.supplementary import consultations_elsewhere, parties_to_ask_again, rounds_behind
from consultations.rules.supplementary import may_hear_again
from consultations.states import RoundState
from consultations.views.round_pages import frame as round_frame
from consultations.views.round_pages import round_page, round_url
from workflow.actors import Actor
from workflow.dates import in_language
from workflow.forms.processes import ReasonForm
from workflow.models import Bundle, Stage
from workflow.queries.documents import newest_locked
from workflow.queries.processes import stage_spec
from workflow.rules.processes import may_act
from workflow.stage_kinds.pages import Way
from workflow.states import StageKindName
from workflow.views.access import Visit, by_whom
from workflow.views.consequences import STAND_IN_WORDS, Consequences, afresh, consequences_of
from workflow.views.deeds import form_page
from workflow.views.pages import frame, stage_page, trail_to, url_of_stage

_HELD_ELSEWHERE: Final = _lazy(
    "The consultation was held outside the system, so its parties cannot be asked again from here. Ask those whom a "
    "change touches yourselves, and keep their answers with the case."
)


def ways_to_hear_again(stage: Stage, actor: Actor, now: datetime) -> list[Way]:
    """From a drafting stage with a consultation behind it: the way to a supplementary one, or why there is none yet."""
    rounds = rounds_behind(stage)
    if not rounds:
        return [Way(str(_HELD_ELSEWHERE))] if consultations_elsewhere(stage) else []
    refusal = may_hear_again(stage, rounds, newest_locked(stage.line_id), actor)
    if refusal is None:
        url = reverse("supplementary_new", args=[stage.process.public_id, stage.public_id])
        return [Way(_("Supplementary consultation …"), url)]
    if refusal.code == "round_going_on":
        return [Way(_("Open the supplementary consultation"), round_url("round_status", rounds[-1]))]
    words = _("Those whom a change touches can be asked again, once a new set of documents has been locked.")
    return [Way(words)] if refusal.code == "set_heard" else []


@stage_page("secretariat", "GET", "POST", kinds=(StageKindName.DRAFTING,))
def supplementary_new(request: Visit, stage: Stage) -> HttpResponse:
    """Choose who is asked again about the changed text; the round is then prepared and sent like any other."""
    rounds, bundle = rounds_behind(stage), newest_locked(stage.line_id)
    refusal = may_act(stage.process) or may_hear_again(stage, rounds, bundle, by_whom(request)["actor"])
    if not rounds or (refusal is not None and request.method != "POST"):
        context = {"refusal": refusal, "back_url": url_of_stage(stage)}
        return render(request, "errors/409.html", context, status=409)
    first, heading = rounds[0], _("Supplementary consultation")
    form = HearAgainForm(
        request.POST or None, choices=parties_to_ask_again(first), initial={"title": _title(first.title, stage)}
    )
    return form_page(
        request,
        trail_to(
            frame(request, stage.process, "process"), (str(stage_spec(stage).title), url_of_stage(stage)), (heading, "")
        ),
        form,
        partial(open_supplementary, stage),
        facts=form.facts,
        heading=heading,
        lead=_lead(first, bundle),
        consequences=lambda: [_what_follows(stage)],
        submit=_("Prepare the round"),
        done=_("The round is made ready. Look the list and the letter over, then send it."),
        to=lambda made: round_url("round_status", made),
        cancel_url=url_of_stage(stage),
    )


def _title(first_title: str, stage: Stage) -> str:
    """What the round is called unless the officer writes something else, in the language of the process."""
    with in_language(stage.process.language):
        if matter := matter_of(first_title):
            return (_("Supplementary consultation on %(matter)s") % {"matter": matter})[:200]
        return (_("Supplementary consultation: %(title)s") % {"title": first_title})[:200]


def _lead(first: HearingRound, bundle: Bundle | None) -> str:
    if bundle is None or first.bundle is None:
        return ""
    text = _(
        "Those you choose are asked about version %(new)d. The consultation before was about version %(old)d; its "
        "answers stand."
    )
    return text % {"new": bundle.number, "old": first.bundle.number}


def _what_follows(stage: Stage) -> Consequences:
    title = stage_spec(stage).title
    return Consequences(
        happens=(
            _("A further round is prepared, with the parties you choose on its list. Nobody is asked yet."),
            _("The stage waits for the round: %(stage)s cannot be completed before it has closed.") % {"stage": title},
        ),
        public=(_("Nothing new becomes public."),),
        undo=(_("Yes: the round can be called off, and before it is sent nobody hears of it."),),
    )


@round_page("secretariat", "GET", "POST")
def round_cancel(request: Visit, hearing_round: HearingRound) -> HttpResponse:
    """Call a supplementary round off, with a reason; who is told is shown before the press."""
    heading = _("Call the supplementary consultation off")
    was_sent = hearing_round.state == RoundState.OPEN
    undo = _("No. Another supplementary consultation can be prepared.")
    deed = partial(cancel_round, afresh(hearing_round, "stage__process__office"), reason=STAND_IN_WORDS)
    return form_page(
        request,
        round_frame(request, hearing_round, "round_status", here=heading),
        ReasonForm(request.POST or None),
        partial(cancel_round, hearing_round),
        heading=heading,
        lead=_("Answers that have been given stay. Those it was sent to are told; your reason is not in the mail.")
        if was_sent
        else _("It has not been sent, so nobody is told."),
        consequences=lambda: [consequences_of(request, hearing_round.stage.process, deed, undo=undo)],
        submit=_("Call it off"),
        done=_("The supplementary consultation is called off."),
        to=round_url("round_status", hearing_round),
    )
