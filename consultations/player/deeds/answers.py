"""What a hearing party does with its link, or an officer enters on its behalf."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from consultations.actions.answers import (
    AnswerContent,
    record_answer_on_behalf,
    save_draft,
    submit_answer,
)
from consultations.actions.parties import claim, decline, forward, open_invitation, promise_answer
from consultations.models import Invitation
from consultations.player.cast import Play
from consultations.player.deeds.registry import Impossible, does, file_of, key_of, said, stored, words
from consultations.player.deeds.rounds import invitation_id, invitation_of_deed
from consultations.player.mailbox import actor_by_link, link_in_mail
from consultations.player.scenario import Deed
from consultations.queries.parties import invitation_of
from consultations.states import AnswerKind
from workflow.actors import Actor
from workflow.models import Section, StoredFile


def by_link(stage: Play, deed: Deed) -> tuple[Invitation, Actor]:
    """The party follows the link in its mail and presses the start button, as everybody must."""
    link = link_in_mail(stage, deed, invitation_id(stage, deed))
    opened = invitation_of(link)
    if opened is None:
        raise Impossible(_("The link in the mail opens no consultation."))
    actor = actor_by_link(stage, deed, link)
    if link.opened_at is None:
        opened = open_invitation(opened, actor=actor, now=deed.at)
    return opened, actor


def by_link_or_officer(stage: Play, deed: Deed) -> tuple[Invitation, Actor]:
    """The same, or an officer for whom the party has told."""
    if deed.by in stage.users:
        invitation = invitation_of_deed(stage, deed)
        return invitation, stage.officer(deed, invitation.name)
    return by_link(stage, deed)


@does("draft")
def _draft(stage: Play, deed: Deed) -> object:
    invitation, actor = by_link(stage, deed)
    return save_draft(
        invitation, _content(stage, deed, invitation), files=_files(stage, deed), actor=actor, now=deed.at
    )


@does("answer")
def _answer(stage: Play, deed: Deed) -> object:
    """What is written in the deed, or else the draft as it was saved."""
    invitation, actor = by_link(stage, deed)
    content = None
    if {"text", "comments", "files"} & set(deed.values):
        content = _content(stage, deed, invitation)
    return submit_answer(
        invitation,
        content=content,
        files=_files(stage, deed),
        received_at=deed.at,
        key=key_of(deed),
        actor=actor,
        now=deed.at,
    )


@does("no_remarks")
def _no_remarks(stage: Play, deed: Deed) -> object:
    invitation, actor = by_link(stage, deed)
    content = AnswerContent(kind=AnswerKind.NO_REMARKS, signed_by=words(stage, deed, "signed_by"))
    return submit_answer(invitation, content=content, received_at=deed.at, key=key_of(deed), actor=actor, now=deed.at)


@does("answer_on_behalf")
def _on_behalf(stage: Play, deed: Deed) -> object:
    invitation = invitation_of_deed(stage, deed)
    if deed.values.get("no_remarks"):
        content = AnswerContent(kind=AnswerKind.NO_REMARKS, signed_by=words(stage, deed, "signed_by"))
    else:
        content = _content(stage, deed, invitation)
    return record_answer_on_behalf(
        invitation,
        content,
        road=deed.values["road"],
        received_at=deed.values.get("received") or deed.at,
        source=file_of(stage, deed, "source"),
        files=_files(stage, deed),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("promise")
def _promise(stage: Play, deed: Deed) -> object:
    invitation, actor = by_link_or_officer(stage, deed)
    return promise_answer(invitation, promised_on=deed.values["on"], actor=actor, now=deed.at)


@does("decline")
def _decline(stage: Play, deed: Deed) -> object:
    invitation, actor = by_link_or_officer(stage, deed)
    return decline(invitation, reason=words(stage, deed, "reason"), actor=actor, now=deed.at)


@does("forward")
def _forward(stage: Play, deed: Deed) -> object:
    invitation, actor = by_link_or_officer(stage, deed)
    return forward(
        invitation,
        to_email=deed.values["to"],
        to_name=words(stage, deed, "name"),
        note=words(stage, deed, "note"),
        actor=actor,
        now=deed.at,
        key=key_of(deed),
    )


@does("claim")
def _claim(stage: Play, deed: Deed) -> object:
    invitation, actor = by_link(stage, deed)
    return claim(
        invitation,
        email=deed.values["email"],
        name=words(stage, deed, "name"),
        actor=actor,
        now=deed.at,
        key=key_of(deed),
    )


def _files(stage: Play, deed: Deed) -> list[StoredFile]:
    return [stored(stage, deed, value) for value in deed.values.get("files", ())]


def _content(stage: Play, deed: Deed, invitation: Invitation) -> AnswerContent:
    return AnswerContent(
        text=words(stage, deed, "text"),
        comments=_comments(stage, deed, invitation),
        signed_by=words(stage, deed, "signed_by"),
        confidential_note=words(stage, deed, "confidential"),
    )


def _comments(stage: Play, deed: Deed, invitation: Invitation) -> dict[UUID, str]:
    """Comments by the lineage of the section they are on: "2" or, where several documents have one, "aftale 2"."""
    found = {}
    for name, text in deed.values.get("comments", {}).items():
        document, _space, number = name.rpartition(" ")
        sections = Section.objects.filter(version__bundle_items__bundle=invitation.round.bundle_id, number=number)
        if document:
            sections = sections.filter(version__document__key=document)
        section = sections.order_by("version__bundle_items__position").first()
        if section is None:
            raise Impossible(_("The documents for consultation have no section “%(name)s”.") % {"name": name})
        found[section.lineage_id] = said(stage, deed, text)
    return found
