"""Deeds on documents: versions from the scenario's texts, bundles, and what a later version changes."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

from django.utils.translation import gettext as _
from pydantic import Field, field_validator

from consultations.player.cast import Impossible, Play, original_of
from consultations.player.deeds.base import OfficersDeed
from consultations.player.shape import OneOrMany, Shape, known_by_then
from consultations.player.values import DocumentName, LineName, Reason, Text, Verbatim
from workflow.actions.bundles import BundleEntry, create_bundle, lock_bundle
from workflow.actions.documents import add_version, create_document
from workflow.actions.putting_forward import put_forward
from workflow.actions.taking_back import take_back_bundle
from workflow.models import Bundle, Document, DocumentVersion, TextLine
from workflow.queries.documents import change_since_current, line_of_next_set, newest_locked
from workflow.states import ChangeKind


class Replacement(Shape):
    """Other words in a document, wherever they stand."""

    document: DocumentName
    find: Verbatim
    into: Verbatim = Field(alias="with")


class Gathering(OfficersDeed):
    """A deed that puts texts together, for one line of text: without `line`, that of the open stage that makes or sends
    a set; of several, the first line without a set; where there is none, the definition's first line."""

    newer: ClassVar = {"line": 2}

    line: LineName | None = Field(None, description="the line of text; the one that is due when left out; version 2")
    documents: OneOrMany[DocumentName] = Field((), description="all so far when left out")
    replace: OneOrMany[Replacement] = Field((), description="[{document, find, with}]")

    _key_is_known = field_validator("line", mode="before")(known_by_then)

    def play(self, play: Play) -> object:
        for change in self.replace:
            texts = _texts(play, change.document)
            for number, text in texts.items():
                texts[number] = text.replace(change.find, change.into)
        process = play.process_now()
        line = process.lines.get(key=self.line) if self.line else line_of_next_set(process)
        entries = []
        for key in list(self.documents or play.texts or play.scenario.file.documents):
            text_now = play.scenario.file.documents[key]
            entries.append(BundleEntry(_version(play, line, key), text_now.role or key, text_now.needs_approval))
        play.bundle = play.call(partial(create_bundle, process, entries), self)
        return play.bundle


class Locking(OfficersDeed):
    """A deed that locks what has been put together and puts it forward. The first set of a line is first, whatever is
    said."""

    newer: ClassVar = {"working": 2}

    change: ChangeKind | None = Field(None, description="of a later set; material when left out")
    note: Text = ""
    working: bool = Field(False, description="locks and does not put forward; version 2")

    _working_is_known = field_validator("working", mode="before")(known_by_then)

    def play(self, play: Play) -> object:
        if play.bundle is None:
            raise Impossible(_("There is no bundle to lock; add one first."))
        has_earlier = newest_locked(play.bundle.line_id) is not None
        change = (self.change or ChangeKind.MATERIAL) if has_earlier else ChangeKind.FIRST
        bundle = Bundle.objects.select_related("process").get(pk=play.bundle.pk)
        bundle = play.call(partial(lock_bundle, bundle), self, change=change, weighty_reason=_editorial_in_play())
        # A drafting stage that completes by itself has put it forward already.
        bundle.refresh_from_db()
        if self.working or bundle.put_forward_at is not None:
            return bundle
        reason = self.note or _("The scenario puts every set forward at once.")
        return play.call(
            partial(put_forward, bundle),
            self,
            reason=reason,
            change=change_since_current(bundle),
            weighty_reason=_editorial_in_play(),
        )


class AddBundle(Gathering, do="add_bundle"):
    """Makes versions where a text is new or changed, and puts them together."""


class LockBundle(Locking, do="lock_bundle"):
    """Locks the latest bundle. An editorial change leaves approvals standing, a material one makes them fall."""


class NewBundle(Gathering, Locking, do="new_bundle"):
    """Both at once: puts texts together and locks them."""

    newer: ClassVar = {**Gathering.newer, **Locking.newer}

    def play(self, play: Play) -> object:
        Gathering.play(self, play)
        return Locking.play(self, play)


class PutForward(OfficersDeed, do="put_forward", since=2):
    """Puts the latest set forward that was only locked (`working: true`)."""

    change: ChangeKind | None = Field(None, description="as was said at locking when left out")
    reason: Text = ""

    def play(self, play: Play) -> object:
        if play.bundle is None:
            raise Impossible(_("There is no bundle to put forward; lock one first."))
        bundle = Bundle.objects.select_related("process").get(pk=play.bundle.pk)
        change = self.change or change_since_current(bundle)
        return play.call(partial(put_forward, bundle), self, change=change, weighty_reason=_editorial_in_play())


class TakeBack(OfficersDeed, do="take_back", since=2):
    """Takes back the latest set, which was put forward, as long as the first question about it has not left."""

    reason: Reason

    def play(self, play: Play) -> object:
        if play.bundle is None:
            raise Impossible(_("There is no bundle to take back; put one forward first."))
        bundle = Bundle.objects.select_related("process").get(pk=play.bundle.pk)
        return play.call(partial(take_back_bundle, bundle), self)


def _editorial_in_play() -> str:
    """Why a change is editorial whatever changed: a file is written by somebody who knows the text as a whole, and none
    has a word for it."""
    return _("The scenario calls the change editorial.")


def _texts(play: Play, key: str) -> dict[str, str]:
    """The sections of a document as they stand now, by number."""
    return play.texts.setdefault(key, play.scenario.file.documents[key].texts)


def _version(play: Play, line: TextLine, key: str) -> DocumentVersion:
    process, text = play.process_now(), play.scenario.file.documents[key]
    document = Document.objects.filter(line=line, key=key).first()
    if document is None:
        document = create_document(process, slug=key, title=text.title, line=line, actor=play.officer(), now=play.now)
    now = _texts(play, key)
    standing = document.versions.order_by("-number").first()
    if standing is not None and [s.text for s in standing.sections.all()] == list(now.values()):
        return standing
    document.process = process
    # A text that was changed after it was read in stands in no file: it was corrected on the page.
    file = original_of(play.scenario, play.office, text, now=play.now) if now == text.texts else None
    return add_version(
        document,
        sections=text.as_sections(now),
        file=file,
        pictures=text.pictures,
        actor=play.officer(),
        now=play.now,
        key=f"{play.key}.{key}",
    )
