"""Deeds of the secretariat on a round: preparing, sending, extending, noting, judging late answers."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db.models import UUIDField
from django.utils.translation import gettext as _

from consultations.actions.answers import decide_late, dispose_answer
from consultations.actions.extensions import extend_for_all, extend_for_one, refuse_extension
from consultations.actions.invitation_list import add_party, remove_party
from consultations.actions.notes import add_note, record_summary
from consultations.actions.rounds import close_round, launch_round, prepare_round
from consultations.models import Answer, HearingRound, Invitation
from consultations.player.cast import Play
from consultations.player.deeds.registry import Impossible, does, key_of, words
from consultations.player.scenario import Deed
from consultations.queries.rounds import live_round
from consultations.states import ANSWER_STANDING, RoundState
from notifications.statements import Given, Read
from workflow.dates import local_day
from workflow.states import StageState


def round_of_deed(stage: Play, deed: Deed) -> HearingRound:
    """The round a deed is about: that of its stage, else the one under way, else the latest."""
    rows = HearingRound.objects.select_related("stage__process__office", "bundle").filter(stage__process=stage.process)
    if deed.values.get("stage"):
        rows = rows.filter(stage__key=deed.values["stage"])
    found = list(rows.exclude(stage__state=StageState.RETURNED).order_by("opened_at", "id"))
    if not found:
        raise Impossible(_("There is no round."))
    return ([hearing_round for hearing_round in found if hearing_round.state == RoundState.OPEN] or found)[-1]


def invitation_of_deed(stage: Play, deed: Deed) -> Invitation:
    """The invitation of the deed's party: in the round of its stage, else in the one under way, else in the latest."""
    return _INVITATION.one(public_id=invitation_id(stage, deed))


def invitation_id(stage: Play, deed: Deed) -> UUID:
    """Its public id only, for whoever is about to come by the link."""
    rows = _INVITED(process_id=stage.process.pk, body_id=stage.body(deed).pk)
    found = [row for row in rows if deed.values.get("stage") in (None, row[2])]
    if not found:
        raise Impossible(_("%(party)s is not on the list of the round.") % {"party": stage.body(deed).name})
    under_way = [public_id for public_id, state, _key in found if state == RoundState.OPEN]
    public_id: UUID = (under_way or [found[-1][0]])[-1]
    return public_id


_INVITATION: Final = Read(
    lambda: Invitation.objects.select_related("round__stage__process__office", "link", "body").filter(
        public_id=Given("public_id", UUIDField())
    )
)
_INVITED: Final = Read(
    lambda: (
        Invitation.objects.filter(round__stage__process_id=Given("process_id"), body_id=Given("body_id"))
        .exclude(round__stage__state=StageState.RETURNED)
        .order_by("round__opened_at", "id")
        .values_list("public_id", "round__state", "round__stage__key")
    )
)
_STANDING: Final = Read(lambda: Answer.objects.filter(invitation_id=Given("invitation_id"), state__in=ANSWER_STANDING))


def answer_of_deed(stage: Play, deed: Deed) -> Answer:
    """The answer that stands of the deed's party."""
    invitation = invitation_of_deed(stage, deed)
    found = _STANDING.first(invitation_id=invitation.pk)
    if found is None:
        raise Impossible(_("%(party)s has not answered.") % {"party": invitation.name})
    found.invitation = invitation
    return found


@does("set_round")
def _set(stage: Play, deed: Deed) -> object:
    return prepare_round(
        round_of_deed(stage, deed),
        title=deed.values.get("title"),
        letter=words(stage, deed, "letter") if "letter" in deed.values else None,
        publication=deed.values.get("publication"),
        actor=stage.officer(deed),
        now=deed.at,
    )


@does("add_party")
def _add(stage: Play, deed: Deed) -> object:
    return add_party(
        _round_in_stage(stage, deed),
        body=stage.body(deed),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("remove_party")
def _remove(stage: Play, deed: Deed) -> object:
    return remove_party(invitation_of_deed(stage, deed), actor=stage.officer(deed), now=deed.at)


def _round_in_stage(stage: Play, deed: Deed) -> HearingRound:
    found = live_round(stage.process_now(), deed.values["stage"])
    if found is None:
        raise Impossible(_("There is no round."))
    return found


@does("launch_round")
def _launch(stage: Play, deed: Deed) -> object:
    return launch_round(
        _round_in_stage(stage, deed),
        closes_on=deed.values.get("closes_on"),
        clock=deed.values.get("clock"),
        reason=words(stage, deed, "reason"),
        source=words(stage, deed, "source"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("close_round")
def _close(stage: Play, deed: Deed) -> object:
    return close_round(_round_in_stage(stage, deed), actor=stage.officer(deed), now=deed.at, key=key_of(deed))


@does("extend")
def _extend(stage: Play, deed: Deed) -> object:
    values = {
        "new_on": deed.values["to"],
        "new_clock": deed.values.get("clock"),
        "reason": words(stage, deed, "reason"),
        "actor": stage.officer(deed),
        "now": deed.at,
        "key": key_of(deed),
    }
    if deed.party:
        return extend_for_one(invitation_of_deed(stage, deed), **values)
    return extend_for_all(round_of_deed(stage, deed), **values)


@does("refuse_extension")
def _refuse_extension(stage: Play, deed: Deed) -> object:
    return refuse_extension(
        invitation_of_deed(stage, deed),
        reason=words(stage, deed, "reason"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("decide_late")
def _decide_late(stage: Play, deed: Deed) -> object:
    return decide_late(
        answer_of_deed(stage, deed),
        accept=deed.values["accept"],
        reason=words(stage, deed, "reason"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("dispose")
def _dispose(stage: Play, deed: Deed) -> object:
    return dispose_answer(
        answer_of_deed(stage, deed), note=words(stage, deed, "note"), actor=stage.officer(deed), now=deed.at
    )


@does("note_input")
def _note(stage: Play, deed: Deed) -> object:
    return add_note(
        _round_in_stage(stage, deed),
        held_on=deed.values.get("held_on") or local_day(deed.at, stage.process.time_zone),
        occasion=words(stage, deed, "occasion"),
        participants=words(stage, deed, "participants"),
        text=words(stage, deed, "text"),
        invitation=invitation_of_deed(stage, deed) if deed.party else None,
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("summarise")
def _summarise(stage: Play, deed: Deed) -> object:
    return record_summary(
        _round_in_stage(stage, deed), summary=words(stage, deed, "text"), actor=stage.officer(deed), now=deed.at
    )
