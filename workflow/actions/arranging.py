"""The names and the order of a process's documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from workflow.actions.documents import add_version
from workflow.actions.locking import lock_process
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import Document, Process
from workflow.queries.documents import names_and_places, section_texts
from workflow.rules import Refusal, Refused, insist
from workflow.rules.overwriting import digest_of_fields, words_changed_since
from workflow.states import Verb


@dataclass(frozen=True, slots=True)
class NamedDocument:
    """A document with the name it is to have."""

    document: Document
    title: str


@transaction.atomic
def arrange_documents(
    process: Process,
    arranged: Sequence[NamedDocument],
    *,
    shown_digest: str | None = None,
    actor: Actor,
    now: datetime,
    key: str = "",
) -> Process:
    """Give a process's documents their names and their order; the next set of documents has them so.

    arranged: every document of the process, in its new order. One that gets another name gets a version with it, of the
    same sections and file, for a name is part of what is decided on; sets that are locked keep the names they were
    locked with. shown_digest: of the names and places the person had before the eyes (`names_and_places`), None where
    nobody looked. Refuses everybody but an officer, a suspended or ended process, an empty name, documents that are not
    those of the process, and names or places that a colleague has changed meanwhile. Where all is as it was, and when a
    `key` is repeated, nothing is done.
    """
    process = lock_process(process)
    once = Once(f"arrange_documents:{process.public_id}", key, (arranged,))
    if once.made is not None:
        return process
    insist_officer(actor, process.office, now)
    stored = list(process.documents.order_by("position", "pk"))
    by_key = {document.pk: document for document in stored}
    if sorted(one.document.pk for one in arranged) != sorted(by_key):
        words = _("The process has other documents than the ones you were shown. Look at them, and save again.")
        raise Refused(Refusal("documents_changed", words))
    titles = {one.document.pk: one.title.strip() for one in arranged}
    if not all(titles.values()):
        raise Refused(Refusal("title_missing", _("Give the document a title.")))
    before = names_and_places([(document, document.title) for document in stored])
    after = names_and_places([(by_key[pk], title) for pk, title in titles.items()])
    insist(words_changed_since(shown_digest, digest_of_fields(before), digest_of_fields(after)))
    if before == after:
        return process
    renamed = [by_key[pk] for pk, title in titles.items() if by_key[pk].title != title]
    for place, pk in enumerate(titles, start=1):
        Document.objects.filter(pk=pk).update(position=place)
    codes = {
        "documents": [by_key[pk].public_id for pk in titles],
        "renamed": [document.public_id for document in renamed],
    }
    record(Verb.ARRANGE_DOCUMENTS, process, actor=actor, now=now, process=process, codes=codes)
    for document in renamed:
        _rename(document, titles[document.pk], actor, now)
    once.keep(process.public_id, now)
    return process


def _rename(document: Document, title: str, actor: Actor, now: datetime) -> None:
    last = document.versions.select_related("file").order_by("-number").first()
    if last is not None and last.title != title:
        add_version(document, title=title, sections=section_texts(last), file=last.file, actor=actor, now=now)
    Document.objects.filter(pk=document.pk).update(title=title)
