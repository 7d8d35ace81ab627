"""Deeds that make something public and take it back, by the names a scenario has for it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import ClassVar
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import Field

from consultations.player.cast import Impossible, Play
from consultations.player.deeds.base import OfficersDeed
from consultations.player.shape import OneOrMany
from consultations.player.values import PublicName, Reason, Text
from workflow.actions.publication import publish, withdraw_publication
from workflow.public_kinds import public_kinds
from workflow.queries.publication import live_items
from workflow.rules.publication import Candidate
from workflow.states import PublicThing

SEVERAL = (PublicThing.DECISION, PublicThing.FACT)
"""Of these a stage has several, which one name means together; of all else the newest."""


class PublicationDeed(OfficersDeed):
    """A deed on what everyone sees."""

    since: ClassVar[int] = 2

    what: OneOrMany[PublicName] = Field(
        description="path, dates, letter, a document, a line of text, or a stage: its round, decisions, ruling or days"
    )


class Publish(PublicationDeed, do="publish"):
    """Makes it public: of a document the newest version put forward, of a stage what has come about in it."""

    reason: Text = Field("", description="of documents: what they are; everyone reads it")

    def play(self, play: Play) -> object:
        process = play.process_now()
        live = set(live_items(process).values_list("subject_id", "kind"))
        for name in self.what:
            thing, ids = _meant(play, name)
            left = [subject_id for subject_id in ids if (subject_id, thing) not in live]
            play.call(partial(publish, process, thing, left or ids), self, key=f"{play.key}.{name}")
        return process


class WithdrawPublication(PublicationDeed, do="withdraw_publication"):
    """Takes it back from the public page; with `path` all that is public of the process."""

    reason: Reason

    def play(self, play: Play) -> object:
        process = play.process_now()
        for name in self.what:
            thing, ids = _meant(play, name, is_public=True)
            for item in live_items(process).filter(kind=thing, subject_id__in=ids):
                play.call(partial(withdraw_publication, item), self, key=f"{play.key}.{item.public_id}")
        return process


def _meant(play: Play, name: str, *, is_public: bool = False) -> tuple[PublicThing, Sequence[UUID]]:
    """What a name means where the play stands: the kind, and the public ids of it. is_public: among what is public."""
    process = play.process_now()
    live = set(live_items(process).values_list("kind", "subject_id")) if is_public else set()
    for kind in public_kinds():
        named = [
            candidate
            for candidate in kind.candidates(process)
            if name in (candidate.name, candidate.line)
            and (not is_public or (kind.thing, candidate.subject_id) in live)
        ]
        if named:
            return kind.thing, [candidate.subject_id for candidate in _together(kind.thing, named)]
    if is_public:
        raise Impossible(_("“%(name)s” is not public.") % {"name": name})
    raise Impossible(_("There is no “%(name)s” yet that could be made public.") % {"name": name})


def _together(thing: PublicThing, named: Sequence[Candidate]) -> Sequence[Candidate]:
    """Of what bears one name, what is meant together: the newest, and with it what stands in the same set."""
    if thing in SEVERAL:
        return named
    return [candidate for candidate in named if candidate.group == named[0].group] if named[0].group else named[:1]
