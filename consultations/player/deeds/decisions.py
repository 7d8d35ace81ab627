"""What bodies decide, by their links or through an officer, and what is added to it afterwards."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from consultations.player.cast import Play
from consultations.player.deeds.registry import Impossible, does, file_of, key_of, words
from consultations.player.mailbox import actor_by_link, link_in_mail
from consultations.player.scenario import Deed
from notifications.statements import Given, Read
from workflow.actions.approvals import (
    add_addendum,
    announce_meeting,
    ask_again,
    receive_minutes,
    record_decision,
)
from workflow.actions.links import open_link
from workflow.actors import Actor
from workflow.dates import local_day
from workflow.models import ApprovalRequest, Decision
from workflow.queries.approvals import request_of_link
from workflow.rules.approvals import DecisionFacts, MinorityFacts
from workflow.states import Basis, DecisionState, Outcome, RequestState


def request_of_deed(stage: Play, deed: Deed) -> ApprovalRequest:
    """The question the deed's body is asked: the one that waits, else the latest."""
    rows = _REQUESTS(process_id=stage.process.pk, body_id=stage.body(deed).pk)
    found = [row for row in rows if deed.values.get("stage") in (None, row.stage.key)]
    if not found:
        raise Impossible(_("%(party)s has not been asked for a decision.") % {"party": stage.body(deed).name})
    return next((row for row in found if row.state == RequestState.ASKED), found[0])


_REQUESTS: Final = Read(
    lambda: (
        ApprovalRequest.objects.select_related("stage__process__office", "body", "bundle", "link")
        .filter(stage__process_id=Given("process_id"), body_id=Given("body_id"))
        .order_by("-id")
    )
)


def by_link_or_officer(stage: Play, deed: Deed) -> tuple[ApprovalRequest, Actor]:
    """The body opens the link in its mail and presses start; or an officer records what has been decided."""
    request = request_of_deed(stage, deed)
    if deed.by in stage.users:
        return request, stage.officer(deed, request.body.name)
    link = link_in_mail(stage, deed, UUID(str(request.public_id)))
    actor = actor_by_link(stage, deed, link)
    open_link(link, actor=actor, now=deed.at)
    return request_of_link(link), actor


@does("plan_meeting")
def _plan(stage: Play, deed: Deed) -> object:
    request, actor = by_link_or_officer(stage, deed)
    return announce_meeting(request, meeting_on=deed.values["on"], actor=actor, now=deed.at, key=key_of(deed))


@does("decide")
def _decide(stage: Play, deed: Deed) -> object:
    request, actor = by_link_or_officer(stage, deed)
    values = deed.values
    facts = DecisionFacts(
        outcome=Outcome(values["outcome"]),
        basis=values.get("basis") or Basis.COUNCIL_MEETING,
        meeting_on=values.get("meeting_on") or local_day(deed.at, stage.process.time_zone),
        agenda_item=words(stage, deed, "agenda_item"),
        body_case_number=words(stage, deed, "case_number"),
        text=words(stage, deed, "text"),
        remarks=words(stage, deed, "remarks"),
        minutes=file_of(stage, deed, "minutes"),
        minority_statements=tuple(MinorityFacts(**row) for row in values.get("minority", ())),
        next_meeting_on=values.get("next_meeting_on"),
    )
    return record_decision(
        request,
        facts,
        bundle_sha256=request.bundle.sha256 if request.bundle else "",
        received_at=values.get("received"),
        source=file_of(stage, deed, "source"),
        actor=actor,
        now=deed.at,
        key=key_of(deed),
    )


@does("receive_minutes")
def _minutes(stage: Play, deed: Deed) -> object:
    minutes = file_of(stage, deed, "minutes")
    assert minutes is not None
    return receive_minutes(_decision(stage, deed), minutes, actor=stage.officer(deed), now=deed.at, key=key_of(deed))


@does("add_addendum")
def _addendum(stage: Play, deed: Deed) -> object:
    return add_addendum(
        _decision(stage, deed),
        text=words(stage, deed, "text"),
        file=file_of(stage, deed, "file"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("ask_again")
def _again(stage: Play, deed: Deed) -> object:
    return ask_again(
        request_of_deed(stage, deed),
        reason=words(stage, deed, "reason"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


def _decision(stage: Play, deed: Deed) -> Decision:
    rows = Decision.objects.select_related("request__stage__process").filter(
        request__stage__process=stage.process, body__key=deed.party, state=DecisionState.VALID
    )
    if deed.values.get("stage"):
        rows = rows.filter(request__stage__key=deed.values["stage"])
    found = rows.order_by("-id").first()
    if found is None:
        raise Impossible(_("%(party)s has decided nothing.") % {"party": stage.body(deed).name})
    return found
