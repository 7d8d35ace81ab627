"""What waits because of what somebody did or left undone: on the desk, on the page it belongs to, and dealt with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from workflow.actions.matters import settle_matter, settled_by_key
from workflow.dates import weekday_date
from workflow.forms.processes import ReasonForm
from workflow.models import ApprovalRequest, Decision, ExternalQuestion, ExternalRuling, Office, Process, Stage
from workflow.queries.matters import OpenMatter
from workflow.queries.overview import processes_of
from workflow.queries.processes import stage_spec
from workflow.stage_kinds import matter_view, open_matters, page_of_stage
from workflow.stage_kinds.pages import Duty, MatterView
from workflow.states import Matter, Outcome, ProcessState
from workflow.views.access import Visit
from workflow.views.deeds import form_page, key_of
from workflow.views.pages import frame, process_page, trail_to, url_of_stage

NOT_ENDED = (ProcessState.RUNNING, ProcessState.SUSPENDED)

DECIDED: Final[dict[str, str | Promise]] = {
    Outcome.REJECTED: gettext_lazy("%(body)s has not approved. Decide how the matter goes on."),
    Outcome.NOTED: gettext_lazy("%(body)s has only taken note, which is not an approval."),
    Outcome.REFERRED_BACK: gettext_lazy("%(body)s has referred the matter back. Decide how it goes on."),
    Outcome.ACCESSION_DECLINED: gettext_lazy("%(body)s does not join the agreement."),
}


# ── Words and pages ───────────────────────────────────────────────────────────────────────────────────────────
def _decision(matter: OpenMatter) -> str:
    return str(DECIDED[matter.outcome]) % {"body": matter.who}


def _reservation(matter: OpenMatter) -> str:
    return _("%(body)s has approved with a reservation. Decide what the reservation means.") % {"body": matter.who}


def _clarification(matter: OpenMatter) -> str:
    return _("The reservation of %(body)s needs clarification. Settle it when that has been found out.") % {
        "body": matter.who
    }


def _minutes(matter: OpenMatter) -> str:
    return _("The minutes of the decision by %(body)s are missing.") % {"body": matter.who}


def _many_minutes(stage: Stage, number: int) -> tuple[str, str]:
    words = ngettext(
        "The minutes of %(number)d decision are missing.", "The minutes of %(number)d decisions are missing.", number
    )
    return words % {"number": number}, _page(stage)


def _meeting(matter: OpenMatter) -> str:
    if not matter.occasion:
        return _("%(body)s has postponed the matter without naming a day. Ask when it meets.") % {"body": matter.who}
    day = weekday_date(date.fromisoformat(matter.occasion))
    return _("%(body)s was to decide on %(day)s, and no decision has come. Call and ask.") % {
        "body": matter.who,
        "day": day,
    }


def _objection(matter: OpenMatter) -> str:
    return _("%(body)s has objected. Decide how the matter goes on.") % {"body": matter.who}


def _question(matter: OpenMatter) -> str:
    return _("%(body)s has asked a question. Answer by mail.") % {"body": matter.who}


def _page(stage: Stage) -> str:
    return page_of_stage(stage) or url_of_stage(stage)


def _page_of_body(matter: OpenMatter) -> str:
    asked = matter.subject.request if isinstance(matter.subject, Decision) else matter.subject
    assert isinstance(asked, ApprovalRequest)
    return reverse("approval", args=[matter.stage.process.public_id, asked.public_id])


def _page_of_settling(matter: OpenMatter) -> str:
    assert isinstance(matter.subject, Decision)
    return reverse("reservation_settle", args=[matter.stage.process.public_id, matter.subject.request.public_id])


def _page_of_stage(matter: OpenMatter) -> str:
    assert isinstance(matter.subject, ExternalRuling | ExternalQuestion)
    return _page(matter.stage)


MATTER_VIEWS: Final = {
    Matter.DECISION: MatterView(_decision, _page_of_body, gettext_lazy("Decision"), "warning"),
    Matter.RESERVATION: MatterView(_reservation, _page_of_settling, gettext_lazy("Reservation"), "warning"),
    Matter.CLARIFICATION: MatterView(_clarification, _page_of_settling, gettext_lazy("Reservation"), "warning"),
    Matter.MINUTES: MatterView(_minutes, _page_of_body, gettext_lazy("Minutes missing"), "neutral", _many_minutes),
    Matter.MEETING: MatterView(_meeting, _page_of_body, gettext_lazy("Call"), "warning"),
    Matter.QUESTION: MatterView(_question, _page_of_stage, gettext_lazy("Question"), "warning"),
    Matter.RULING: MatterView(_objection, _page_of_stage, gettext_lazy("Objection"), "error"),
}
"""How matters of bodies and authorities are shown."""


# ── The desk ──────────────────────────────────────────────────────────────────────────────────────────────────
def matter_duties(offices: Sequence[Office], now: datetime) -> list[Duty]:
    """Every matter that waits for the officers of these offices; of a kind that is grouped one line for each stage."""
    processes = list(processes_of(offices).filter(state__in=NOT_ENDED)) if offices else []
    together: defaultdict[tuple[str, int], list[OpenMatter]] = defaultdict(list)
    for matter in open_matters(processes, now):
        alone = matter_view(matter.matter).grouped is None
        together[matter.matter, matter.subject.pk if alone else -matter.stage.pk].append(matter)
    return [_duty(matters) for matters in together.values()]


def _duty(matters: list[OpenMatter]) -> Duty:
    first = matters[0]
    view = matter_view(first.matter)
    if len(matters) > 1 and view.grouped is not None:
        why, url = view.grouped(first.stage, len(matters))
    else:
        why, url = view.words(first), view.url(first)
    return Duty.in_stage(first.stage, url=url, why=why, badge=str(view.badge), tone=view.tone)


def matters_on(process: Process, subjects: Collection[UUID], request: Visit) -> list[dict[str, Any]]:
    """What waits about these rows, for the page they stand on: words, and where an officer deals with it."""
    if not subjects or process.state not in NOT_ENDED:
        return []
    return [
        {
            "words": matter_view(matter.matter).words(matter),
            "url": "" if matter.has_own_deed else _settled_at(matter),
        }
        for matter in open_matters([process], request.now)
        if matter.subject_id in subjects
    ]


def _settled_at(matter: OpenMatter) -> str:
    return reverse("matter_settle", args=[matter.stage.process.public_id, matter.matter, matter.subject_id])


# ── Dealt with ────────────────────────────────────────────────────────────────────────────────────────────────
@process_page("secretariat", "GET", "POST")
def matter_settle(request: Visit, process: Process, matter: str, subject_id: UUID) -> HttpResponse:
    """Say what became of a matter that has no deed of its own, and take it off the desk."""
    before = settled_by_key(process, key_of(request))
    waiting = open_matters([process], request.now, before=before) if process.state in NOT_ENDED else []
    open_matter = next((each for each in waiting if (each.matter, each.subject_id) == (matter, subject_id)), None)
    if open_matter is None or open_matter.has_own_deed:
        raise Http404
    view = matter_view(open_matter.matter)
    form = ReasonForm(request.POST or None)
    form.fields["reason"].label = _("What has been done, or why nothing needs to be done")
    heading, stage, url = _("Mark as dealt with"), open_matter.stage, view.url(open_matter)
    steps = ((str(stage_spec(stage).title), _page(stage)), (open_matter.who, url), (heading, ""))
    lead = _(
        "It leaves the desk of the office. Nobody gets a mail, nothing becomes public, and no stage goes on by it."
    )
    return form_page(
        request,
        trail_to(frame(request, process, "process"), *steps),
        form,
        partial(settle_matter, process, matter=open_matter.matter, subject_id=open_matter.subject_id),
        heading=f"{heading}: {open_matter.who}",
        lead=f"{view.words(open_matter)} {lead}",
        submit=heading,
        done=_("Dealt with."),
        to=url,
    )
