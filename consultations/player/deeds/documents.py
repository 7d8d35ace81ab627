"""Deeds on documents: versions from the scenario's texts, bundles, and what a later version changes."""

from __future__ import annotations

from django.utils.translation import gettext as _

from consultations.player.cast import Play
from consultations.player.deeds.registry import Impossible, does, key_of, words
from consultations.player.scenario import Deed, DocumentText
from workflow.actions.documents import BundleEntry, add_version, create_bundle, create_document, lock_bundle
from workflow.models import Bundle, Document, DocumentVersion
from workflow.queries.documents import current_bundle
from workflow.rules.documents import SectionText
from workflow.states import ChangeKind


@does("add_bundle")
def _add(stage: Play, deed: Deed) -> object:
    """New versions where a text is new or changed, the standing ones else."""
    _rewrite(stage, deed)
    keys = deed.values.get("documents") or tuple(stage.texts) or tuple(stage.scenario.documents)
    entries = []
    for key in keys:
        text = stage.scenario.documents[key]
        entries.append(BundleEntry(_version(stage, deed, text), text.role, text.needs_approval))
    stage.bundle = create_bundle(stage.process_now(), entries, actor=stage.officer(deed), now=deed.at, key=key_of(deed))
    return stage.bundle


@does("lock_bundle")
def _lock(stage: Play, deed: Deed) -> object:
    if stage.bundle is None:
        raise Impossible(_("There is no bundle to lock; add one first."))
    before = current_bundle(stage.process_now())
    change = deed.values.get("change") or (ChangeKind.MATERIAL if before else ChangeKind.FIRST)
    bundle = Bundle.objects.select_related("process").get(pk=stage.bundle.pk)
    return lock_bundle(
        bundle,
        change=change,
        note=words(stage, deed, "note"),
        actor=stage.officer(deed),
        now=deed.at,
        key=key_of(deed),
    )


@does("new_bundle")
def _new(stage: Play, deed: Deed) -> object:
    _add(stage, deed)
    return _lock(stage, deed)


def _rewrite(stage: Play, deed: Deed) -> None:
    for change in deed.values.get("replace", ()):
        texts = _texts(stage, stage.scenario.documents[change["document"]])
        for number, text in texts.items():
            texts[number] = text.replace(change["find"], change["with"])


def _texts(stage: Play, text: DocumentText) -> dict[str, str]:
    """The sections of a document as they stand now, by number."""
    if text.key not in stage.texts:
        stage.texts[text.key] = {section.number: section.text for section in text.sections}
    return stage.texts[text.key]


def _version(stage: Play, deed: Deed, text: DocumentText) -> DocumentVersion:
    process = stage.process_now()
    document = Document.objects.filter(process=process, key=text.key).first()
    if document is None:
        document = create_document(process, slug=text.key, title=text.title, actor=stage.officer(deed), now=deed.at)
    now = _texts(stage, text)
    standing = document.versions.order_by("-number").first()
    if standing is not None and [s.text for s in standing.sections.all()] == list(now.values()):
        return standing
    sections = [SectionText(section.number, section.heading, now[section.number]) for section in text.sections]
    document.process = process
    return add_version(
        document, sections=sections, actor=stage.officer(deed), now=deed.at, key=f"{key_of(deed)}.{text.key}"
    )
