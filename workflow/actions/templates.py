"""An office's own Word templates: uploaded and checked, put in use when somebody has looked at a sample, removed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from workflow import storage
from workflow.actions.files import open_file, take_in
from workflow.actions.once import Once
from workflow.actions.rights import insist_officer
from workflow.actors import Actor
from workflow.audit import record
from workflow.models import Office, PaperTemplate, StoredFile, by
from workflow.reports.papers.facts import Template
from workflow.reports.papers.filled import sample
from workflow.reports.papers.registry import paper_kind
from workflow.rules import Refused, insist
from workflow.rules.files import may_use, no_longer_waits
from workflow.rules.templates import may_remove_template, may_use_template
from workflow.states import Verb

if TYPE_CHECKING:
    from workflow.rules.files import GivenFile


def upload_template(
    office: Office, kind: str, *, file: GivenFile, actor: Actor, now: datetime, key: str = ""
) -> PaperTemplate:
    """Keep a Word template for a kind of paper, to be looked at; one that waited before is replaced. Papers are made as
    before until it is put in use.

    Refuses everybody but an officer of the office, and a template that cannot be filled with the examples of its kind,
    each fault with its place.
    """
    insist_officer(actor, office, now)
    once = Once(f"upload_template:{office.pk}:{kind}", key, file.sha256)
    if earlier := once.made:
        return PaperTemplate.objects.get(public_id=earlier)
    # Before the transaction: a template may take its time to fail.
    _try(_facts_of(kind), office, file)
    with transaction.atomic():
        Office.objects.select_for_update().get(pk=office.pk)  # of two who upload at once the later one waits
        if earlier := once.made:
            return PaperTemplate.objects.get(public_id=earlier)
        PaperTemplate.objects.filter(office=office, kind=kind, used_at=None, ended_at=None).update(ended_at=now)
        template = PaperTemplate.objects.create(
            office=office, kind=kind, file=take_in(office, file, now=now), uploaded_at=now, **by(actor)
        )
        _record(Verb.UPLOAD_TEMPLATE, template, actor, now)
        once.keep(template.public_id, now)
        return template


def use_template(template: PaperTemplate, *, actor: Actor, now: datetime, key: str = "") -> PaperTemplate:
    """From now on the Word edition of papers of this kind is made with the template; the one before it ends.

    Refuses everybody but an officer of the office, one that does not wait to be looked at, and one that cannot be
    filled any more.
    """
    insist_officer(actor, template.office, now)
    once = Once(f"use_template:{template.public_id}", key)
    if once.made:
        return template
    _try(_facts_of(template.kind), template.office, template.file)
    with transaction.atomic():
        template = _locked(template)
        if once.made:
            return template
        insist(may_use_template(template))
        before = PaperTemplate.objects.filter(
            office=template.office, kind=template.kind, used_at__isnull=False, ended_at=None
        )
        before.update(ended_at=now)
        template.used_at = now
        template.save(update_fields=["used_at"])
        _record(Verb.USE_TEMPLATE, template, actor, now)
        once.keep(template.public_id, now)
        return template


@transaction.atomic
def remove_template(template: PaperTemplate, *, actor: Actor, now: datetime, key: str = "") -> PaperTemplate:
    """End a template; one that was in use gives way to ours. Refuses everybody but an officer of the office, and one
    that has ended."""
    insist_officer(actor, template.office, now)
    template = _locked(template)
    once = Once(f"remove_template:{template.public_id}", key)
    if once.made:
        return template
    insist(may_remove_template(template))
    template.ended_at = now
    template.save(update_fields=["ended_at"])
    _record(Verb.REMOVE_TEMPLATE, template, actor, now)
    once.keep(template.public_id, now)
    return template


def _facts_of(kind: str) -> Template:
    template = paper_kind(kind).template
    assert template is not None
    return template


def _try(facts: Template, office: Office, file: GivenFile) -> None:
    insist(may_use(office.pk, file))
    if isinstance(file, StoredFile):
        with open_file(file) as content:
            sample(facts, office, file.name, content)
        return
    try:
        with storage.open_waiting(file.matter, file.sha256) as content:
            sample(facts, office, file.name, content)
    except FileNotFoundError as error:
        raise Refused(no_longer_waits(file.name)) from error


def _locked(template: PaperTemplate) -> PaperTemplate:
    Office.objects.select_for_update().get(pk=template.office_id)
    return PaperTemplate.objects.select_related("office", "file").get(pk=template.pk)


def _record(verb: Verb, template: PaperTemplate, actor: Actor, now: datetime) -> None:
    codes = {"kind": template.kind, "sha256": template.file.sha256}
    record(
        verb, template, actor=actor, now=now, office=template.office, codes=codes, detail={"name": template.file.name}
    )
