"""What may be made public and taken back. A deed asks under the process's lock; a page asks what is pressed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from workflow.rules.processes import REASON_LENGTH, must_give_reason
from workflow.rules.refusals import Refusal
from workflow.states import PublicThing

if TYPE_CHECKING:
    from workflow.models import PublishedItem

NEEDS_REASON = (PublicThing.TEXT,)
"""What does not say by itself why it is public: a draft, a text under consideration, the final one."""

NOTHING_CHOSEN = Refusal("nothing_chosen", _("Choose what is to be made public."))
REASON_MISSING = Refusal(
    "publication_reason_missing",
    _("Write what the documents are, such as “Final text”. Everyone reads it on the public page."),
)
CLOSED_ITEM = Refusal("closed_item", _("A decision that was taken on a closed item is never made public."))
NO_CANDIDATE = Refusal(
    "not_publishable",
    _("This is not there to be made public, or no longer. Open the page anew to see what is."),
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something of a process that can be made public, or is.

    subject_id: its public id. title: what it is, in the language of the process. name: what a scenario calls it.
    group: what it is pressed together with, such as the set a document is in; "" where each kind is one. line: the key
    of the line of text it belongs to, of documents. refusal: why it cannot be made public, else None.
    """

    subject_id: UUID
    title: str
    name: str
    group: str = ""
    line: str = ""
    refusal: Refusal | None = None


def may_publish(
    thing: PublicThing, chosen: Sequence[Candidate | None], live: Collection[UUID], reason: str, *, is_open: bool
) -> Refusal | None:
    """Whether these may be made public.

    chosen: None for what is none. live: the public ids of what is public of that kind. is_open: whether the process has
    a public page. Also in a suspended process and after its end.
    """
    if not chosen:
        return NOTHING_CHOSEN
    for candidate in chosen:
        if candidate is None:
            return NO_CANDIDATE
        if candidate.refusal:
            return candidate.refusal
        if candidate.subject_id in live:
            text = _("“%(title)s” is public already. Take it back first if it is to be made public anew.")
            return Refusal("already_public", text % {"title": candidate.title})
    if not is_open and thing != PublicThing.PATH:
        return Refusal("process_not_public", _("The process has no public page. Make the process public first."))
    if thing in NEEDS_REASON and not reason.strip():
        return REASON_MISSING
    return None


def may_withdraw_publication(item: PublishedItem, reason: str) -> Refusal | None:
    """What is public is taken back with a reason, at any time."""
    if item.withdrawn_at is not None:
        text = _("“%(title)s” has been taken back already.")
        return Refusal("not_public", text % {"title": item.title})
    return must_give_reason(reason, REASON_LENGTH)
