"""What every page of a round shares: who may come to it, its head, its pages beside each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from consultations.models import HearingRound, Invitation
from consultations.queries.rounds import reply_deadline, rounds_of
from consultations.rules.rounds import days_words
from consultations.states import RoundForm, RoundState
from workflow.models import Process, Stage
from workflow.policies import Policy
from workflow.queries.processes import stage_spec
from workflow.states import ProcessState, StageState
from workflow.views.access import Visit, officer_of
from workflow.views.deeds import form_page, is_overtaken
from workflow.views.pages import Declared, Ids, page_in_process


def round_page(who: Policy, *methods: str, takes_files: bool = False) -> Declared[HearingRound]:
    """Declare a page of the round of a stage (`page_in_process`); the view gets the round."""
    return page_in_process(round_in, who, *methods, takes_files=takes_files)


def party_page(who: Policy, *methods: str, takes_files: bool = False) -> Declared[Invitation]:
    """Declare a page of one party of a round; the view gets the party, with its `round`."""
    return page_in_process(
        lambda process, ids: party_of(round_in(process, ids), ids.pop("invitation_id")),
        who,
        *methods,
        takes_files=takes_files,
    )


def round_in(process: Process, ids: Ids) -> HearingRound:
    """The round that an address names (`HearingRound.address`); 404 where there is none."""
    stage_id, number = ids.pop("stage_id")
    rounds = HearingRound.objects.filter(stage__process=process, stage__public_id=stage_id, number=number)
    hearing_round = rounds.select_related("stage", "bundle__line").first()
    if hearing_round is None:
        raise Http404
    hearing_round.stage.process = process
    return hearing_round


def party_of(hearing_round: HearingRound, invitation_id: UUID) -> Invitation:
    """A party of the round; 404 for another's."""
    party = get_object_or_404(hearing_round.invitations.select_related("link", "body"), public_id=invitation_id)
    party.round = hearing_round
    return party


def party_form_page(
    request: Visit,
    party: Invitation,
    form: Form,
    deed: Callable[..., object],
    *,
    heading: str,
    follows: Sequence[str] = (),
    **rest: Any,
) -> HttpResponse:
    """A `form_page` about one party, below the status page; `heading` has its name in it. follows: what the press does,
    sentence by sentence, where no rehearsal tells it. rest: as `form_page` takes it."""
    title = heading % {"name": party.name}
    head = {**frame(request, party.round, "round_status", here=title), "follows": follows}
    back = round_url("party", party.round, party.public_id)
    return form_page(request, head, form, deed, heading=title, **{"to": back, "cancel_url": back, **rest})


def round_url(name: str, hearing_round: HearingRound, *more: object) -> str:
    """The address of one of the round's pages."""
    return reverse(name, args=[hearing_round.stage.process.public_id, hearing_round.address, *more])


def page_of_consultation(stage: Stage) -> str:
    """Where the work of a consultation stage is done: the page of its first round, which leads to the others."""
    return reverse("round_status", args=[stage.process.public_id, stage.public_id])


def frame(request: Visit, hearing_round: HearingRound, current: str, *, here: str = "") -> dict[str, Any]:
    """Head, trail and neighbours of a round's page. current: the URL name of the neighbour that is shown as chosen.

    here: the words of the last step of the trail for a page below the neighbours.
    """
    stage = hearing_round.stage
    process = stage.process
    title = str(stage_spec(stage).title)
    trail = [
        {"label": _("Processes"), "url": reverse("processes")},
        {"label": process.case_number, "url": reverse("process", args=[process.public_id])},
        {"label": title, "url": round_url("round_status", hearing_round)},
    ]
    if here:
        trail.append({"label": here, "url": ""})
    return {
        "frame_template": "consultations/frame.html",
        "round": hearing_round,
        "process": process,
        "zone": process.time_zone,
        "office_name": process.office.name,
        "is_officer": officer_of(request, process.office),
        "is_ended": process.state in (ProcessState.COMPLETED, ProcessState.ABANDONED),
        "is_suspended": process.state == ProcessState.SUSPENDED,
        "is_light": hearing_round.form == RoundForm.LIGHT,
        "is_draft": hearing_round.state == RoundState.DRAFT,
        "stage_title": title,
        "attempt": stage.attempt,
        "rounds": _rounds(hearing_round),
        "facts": _facts(hearing_round),
        "trail": trail,
        "pages": [
            {"label": label, "url": round_url(name, hearing_round), "current": name == current, "count": None}
            for name, label in _pages(hearing_round)
        ],
    }


def rounds_on_the_path(stages: Sequence[Stage]) -> dict[int, str]:
    """How the supplementary rounds of these stages stand, by the row ids of the stages. One query."""
    rounds = HearingRound.objects.filter(stage__in=stages, number__gt=1).only("stage_id", "number", "state")
    notes: dict[int, list[str]] = {}
    for row in rounds.order_by("number"):
        notes.setdefault(row.stage_id, []).append(_number_and_state(row))
    return {stage_id: " · ".join(words) for stage_id, words in notes.items()}


def _number_and_state(row: HearingRound) -> str:
    return _("Round %(number)d: %(state)s") % {"number": row.number, "state": row.get_state_display()}


def _rounds(hearing_round: HearingRound) -> list[dict[str, Any]]:
    """The rounds of the stage beside each other, where there are several; none while the stage is under way, which has
    its first round alone."""
    if hearing_round.stage.state == StageState.OPEN:
        return []
    rounds = rounds_of(hearing_round.stage)
    return [
        {
            "label": _number_and_state(row),
            "url": round_url("round_status", row),
            "current": row == hearing_round,
            "count": None,
        }
        for row in rounds
        if len(rounds) > 1
    ]


def _pages(hearing_round: HearingRound) -> list[tuple[str, str]]:
    pages = [("round_status", _("Status"))]
    if hearing_round.state == RoundState.DRAFT:
        pages += [("round_parties", _("The list")), ("round_prepare", _("The letter"))]
    else:
        pages.append(("round_answers", _("Answers")))
    if hearing_round.form == RoundForm.LIGHT:
        pages.append(("round_notes", _("Noted input")))
    return pages


def _facts(hearing_round: HearingRound) -> list[str]:
    facts = [
        _("Supplementary consultation") if hearing_round.is_supplementary else str(hearing_round.get_form_display())
    ]
    if hearing_round.opened_at and hearing_round.closes_at:
        facts.append(days_words(hearing_round))
    return facts


def standing_deadline(hearing_round: HearingRound) -> dict[str, Any] | None:
    """The round's deadline as the deadline component shows it, with what it was before the first extension."""
    deadline = reply_deadline(hearing_round)
    if deadline is None:
        return None
    first = deadline.changes.order_by("id").first()
    return {
        "at": deadline.at,
        "zone": deadline.zone,
        "source": deadline.source,
        "was_at": first.old_at if first else None,
    }


def form_status(*forms: Any) -> int:
    """A form that was refused comes back with 422, with 409 where a colleague has saved something else meanwhile; one
    that is only looked at with 200."""
    if any(is_overtaken(form) for form in forms):
        return 409
    return 422 if any(form.is_bound and form.errors for form in forms) else 200
