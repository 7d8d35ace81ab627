"""A text that is locked is held by the database itself: whoever goes round the actions is refused there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from tests.workflow.document_factories import a_bundle, a_locked_bundle, a_version
from tests.workflow.factories import a_process, an_office
from workflow.models import Bundle, BundleItem, DocumentVersion, Section
from workflow.queries.documents import altered_versions

pytestmark = pytest.mark.django_db

ALTERATIONS: dict[str, Callable[[Bundle], object]] = {
    "rewrite a section": lambda b: sections(b).filter(position=1).update(text="Regionen betaler alt."),
    "rename a section": lambda b: sections(b).filter(position=1).update(heading="Andet"),
    "take a section out": lambda b: sections(b).filter(position=1).delete(),
    "move a section to another text": lambda b: sections(b).filter(position=1).update(version=another(b)),
    "put a section in": lambda b: Section.objects.create(version=version(b), position=99, heading="Nyt", text="Nyt."),
    "move a section in from another text": lambda b: Section.objects.filter(version=another(b)).update(
        version=version(b)
    ),
    "rename a version": lambda b: DocumentVersion.objects.filter(pk=version(b).pk).update(title="Anden aftale"),
    "give a version another checksum": lambda b: DocumentVersion.objects.filter(pk=version(b).pk).update(
        sha256="0" * 64
    ),
    "put a text into the bundle": lambda b: BundleItem.objects.create(
        bundle=b, version=another(b), position=99, role="annex"
    ),
}


def version(bundle: Bundle) -> DocumentVersion:
    return bundle.items.get().version


def sections(bundle: Bundle) -> QuerySet[Section]:
    return Section.objects.filter(version=version(bundle))


def another(bundle: Bundle) -> DocumentVersion:
    """The text that lies beside, in no bundle."""
    return DocumentVersion.objects.exclude(pk=version(bundle).pk).get()


@pytest.mark.parametrize("alteration", ALTERATIONS)
def test_alter_a_locked_text_behind_the_actions_is_refused_by_the_database(now: datetime, alteration: str) -> None:
    process = a_process(an_office(), now)
    bundle = a_locked_bundle(process, now)
    a_version(process, now, "Bilag", key="bilag")

    with pytest.raises(IntegrityError, match="keeps its history"), transaction.atomic():
        ALTERATIONS[alteration](bundle)

    assert altered_versions(bundle) == []


def test_alter_a_text_that_is_not_locked_is_left_to_the_actions(now: datetime) -> None:
    process = a_process(an_office(), now)
    bundle = a_bundle(process, now, a_version(process, now))
    text = version(bundle)

    Section.objects.create(version=text, position=99, heading="Nyt", text="Nyt.", lineage_id=uuid4())
    Section.objects.filter(version=text).update(text="Regionen betaler alt.")
    Section.objects.filter(version=text, position=99).delete()

    assert DocumentVersion.objects.filter(pk=text.pk).update(title="Anden aftale") == 1


def test_erase_who_wrote_a_locked_text_leaves_the_text(now: datetime) -> None:
    bundle = a_locked_bundle(a_process(an_office(), now), now)

    DocumentVersion.objects.filter(pk=version(bundle).pk).update(by_label="", by_on_behalf_of="")

    assert altered_versions(bundle) == []
