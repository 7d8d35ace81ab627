"""What goes to an authority and comes back, and dated facts."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from consultations.player.cast import Play
from consultations.player.deeds.registry import Impossible, does, file_of, key_of, stage_of, words
from consultations.player.mailbox import actor_by_link, link_in_mail
from consultations.player.scenario import Deed
from workflow.actions.links import open_link
from workflow.actions.milestones import record_milestone
from workflow.actions.submissions import acknowledge, make_package, record_ruling, send_submission
from workflow.actors import Actor
from workflow.dates import local_day
from workflow.models import ExternalRequest
from workflow.queries.submissions import external_request_of_link
from workflow.states import ExternalState, StageState


@does("submit")
def _submit(stage: Play, deed: Deed) -> object:
    """Make the package and send the authority its link."""
    external = stage_of(stage, deed)
    actor = stage.officer(deed)
    reason = words(stage, deed, "reason")
    package = make_package(
        external,
        is_provisional=bool(deed.values.get("provisional")),
        reason=reason,
        actor=actor,
        now=deed.at,
        key=key_of(deed),
    )
    return send_submission(external, package, actor=actor, now=deed.at, key=key_of(deed))


@does("acknowledge")
def _acknowledge(stage: Play, deed: Deed) -> object:
    request, actor = _by_link_or_officer(stage, deed)
    return acknowledge(
        request,
        received_at=deed.values.get("received") or deed.at,
        number=words(stage, deed, "number"),
        file=file_of(stage, deed, "file"),
        actor=actor,
        now=deed.at,
        key=key_of(deed),
    )


@does("rule")
def _rule(stage: Play, deed: Deed) -> object:
    request, actor = _by_link_or_officer(stage, deed)
    return record_ruling(
        request,
        outcome=deed.values["outcome"],
        ruled_on=deed.values.get("on") or local_day(deed.at, stage.process.time_zone),
        text=words(stage, deed, "text"),
        file=file_of(stage, deed, "file"),
        actor=actor,
        now=deed.at,
        key=key_of(deed),
    )


@does("milestone")
def _milestone(stage: Play, deed: Deed) -> object:
    return record_milestone(
        stage_of(stage, deed),
        happened_on=deed.values.get("on") or local_day(deed.at, stage.process.time_zone),
        body=stage.body(deed) if deed.party else None,
        note=words(stage, deed, "note"),
        file=file_of(stage, deed, "file"),
        actor=stage.officer(deed, stage.body(deed).name if deed.party else ""),
        now=deed.at,
        key=key_of(deed),
    )


def _request_of_deed(stage: Play, deed: Deed) -> ExternalRequest:
    rows = (
        ExternalRequest.objects.select_related("stage__process__office", "body", "link")
        .filter(stage__process=stage.process, body__key=deed.party)
        .exclude(state=ExternalState.WITHDRAWN)
    )
    if deed.values.get("stage"):
        rows = rows.filter(stage__key=deed.values["stage"])
    found = rows.filter(stage__state=StageState.OPEN).order_by("-id").first() or rows.order_by("-id").first()
    if found is None:
        raise Impossible(_("Nothing has been sent to %(party)s.") % {"party": stage.body(deed).name})
    return found


def _by_link_or_officer(stage: Play, deed: Deed) -> tuple[ExternalRequest, Actor]:
    request = _request_of_deed(stage, deed)
    if deed.by in stage.users:
        return request, stage.officer(deed, request.body.name)
    link = link_in_mail(stage, deed, UUID(str(request.public_id)))
    actor = actor_by_link(stage, deed, link)
    open_link(link, actor=actor, now=deed.at)
    return external_request_of_link(link), actor
