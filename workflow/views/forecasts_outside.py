"""What the deeds towards those outside would do: a question or a submission sent once more, an answer recorded, a day
moved. Each is found by a rehearsal of that very deed; what only the form will hold stands open in the words."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from django.utils.translation import gettext as _

from workflow.actions.approvals import ask_again
from workflow.actions.deadlines import extend_deadline, move_statutory_deadline
from workflow.actions.processes import set_parameter
from workflow.actions.submissions import acknowledge, record_ruling, send_submission
from workflow.dates import local_day
from workflow.definitions import Parameter
from workflow.models import ApprovalRequest, Deadline, ExternalRequest, Package, Process, Stage
from workflow.states import Ruling
from workflow.views.access import Visit
from workflow.views.consequences import Consequences, consequences_of, with_more

_REASON = "–" * 20


def sending_to_typed(name: str) -> Consequences:
    """What sending a question or a submission to the address that is typed does."""
    return Consequences(
        happens=(_("The link sent before stops working at once."),),
        mails=(_("%(name)s gets one mail with a new link, at the address you write.") % {"name": name},),
        public=(_("Nothing new becomes public."),),
        undo=(_("No. The old link does not come back; another can be sent."),),
    )


def asking_again_of(request: Visit, asked: ApprovalRequest) -> Consequences:
    """What asking a body anew does."""
    told = consequences_of(
        request,
        asked.stage.process,
        lambda: ask_again(
            ApprovalRequest.objects.get(pk=asked.pk), reason=_REASON, actor=request.actor, now=request.now
        ),
    )
    return with_more(told, happens=[_("The earlier decision stands until the body has made a new one.")])


def minutes_of(asked: ApprovalRequest) -> Consequences:
    """What recording the extract of the minutes does."""
    return Consequences(
        happens=(
            _("When the stage waits for nothing else it is completed, and whoever is asked next gets a mail at once."),
        ),
        mails=(_("%(name)s gets no mail.") % {"name": asked.body.name},),
        public=(_("Nothing new becomes public."),),
        undo=(_("No. Minutes that are recorded stay; they are corrected by an addendum."),),
    )


def moving_of(request: Visit, deadline: Deadline) -> Consequences:
    """What moving a deadline does; told for a day two weeks later than it is."""

    def move() -> None:
        found = Deadline.objects.select_related("process__office", "stage").get(pk=deadline.pk)
        new_on, who, now = found.on + timedelta(days=14), request.actor, request.now
        if found.is_statutory:
            move_statutory_deadline(found, new_on=new_on, reason=_REASON, source=_REASON, actor=who, now=now)
        else:
            extend_deadline(found, new_on=new_on, reason=_REASON, actor=who, now=now)

    return consequences_of(
        request, deadline.process, move, undo=_("No mail can be called back; the deadline can be moved once more.")
    )


def fact_of(request: Visit, process: Process, parameter: Parameter) -> Consequences:
    """What giving a fact does; a day is told for sixty days from now."""
    examples = {"date": local_day(request.now, process.time_zone) + timedelta(days=60), "integer": 60}

    def give() -> None:
        found = Process.objects.select_related("office", "definition").get(pk=process.pk)
        value = examples.get(parameter.type, "–")
        set_parameter(found, parameter.key, value, actor=request.actor, now=request.now)

    return consequences_of(request, process, give, undo=_("No, it can be given once only."))


def receipt_of(request: Visit, sent: ExternalRequest) -> Consequences:
    """What recording the authority's receipt does."""
    return consequences_of(
        request,
        sent.stage.process,
        lambda: acknowledge(
            ExternalRequest.objects.get(pk=sent.pk),
            received_at=request.now,
            actor=request.actor.acting_for(sent.body.name),
            now=request.now,
        ),
    )


def rulings_of(request: Visit, sent: ExternalRequest) -> list[Consequences]:
    """What recording the authority's ruling does, when it approves and when it objects."""
    found = []
    for ruling in (Ruling.APPROVED, Ruling.OBJECTED):
        told = consequences_of(
            request,
            sent.stage.process,
            lambda ruling=ruling: record_ruling(  # type: ignore[misc]
                ExternalRequest.objects.get(pk=sent.pk),
                outcome=ruling,
                ruled_on=local_day(request.now, sent.stage.process.time_zone),
                text=_REASON,
                actor=request.actor.acting_for(sent.body.name),
                now=request.now,
            ),
        )
        found.append(replace(told, title=_("If it is: %(change)s") % {"change": ruling.label}))
    return found


def sending_of(request: Visit, package: Package) -> Consequences:
    """What sending a package does."""
    return consequences_of(
        request,
        package.stage.process,
        lambda: send_submission(
            Stage.objects.select_related("process__office").get(pk=package.stage_id),
            Package.objects.get(pk=package.pk),
            actor=request.actor,
            now=request.now,
        ),
        undo=_("No. What is sent cannot be called back; what is missing follows as a supplement."),
    )


def dating_of() -> Consequences:
    """What recording the day does; not rehearsed, as the page is read far oftener than a day is recorded."""
    return Consequences(
        happens=(
            _("When the stage waits for nothing else it is completed, and whoever is asked next gets a mail at once."),
        ),
        mails=(_("While somebody is missing nobody gets a mail."),),
        public=(_("Nothing new becomes public."),),
        undo=(_("No, a recorded day stands."),),
    )
