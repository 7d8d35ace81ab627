"""Documents renamed, put in another order, and left out of the next set."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.refusals import code_of
from tests.workflow.factories import a_lone_process, an_actor
from tests.workflow.test_documents import DRAFTING
from workflow.actions.arranging import NamedDocument, arrange_documents
from workflow.actions.bundles import lock_documents
from workflow.actions.documents import add_version, begin_document
from workflow.actors import Actor
from workflow.forms.arranging import ArrangeForm
from workflow.forms.documents import BundleForm, bundle_entries
from workflow.models import AuditEntry, Document, Process
from workflow.queries.documents import latest_versions, names_and_places, newest_locked
from workflow.rules.overwriting import digest_of_fields
from workflow.states import Verb


@pytest.fixture
def process(db: None, now: datetime) -> Process:
    return a_lone_process(now, DRAFTING)


@pytest.fixture(autouse=True)
def officer(process: Process, now: datetime) -> Actor:
    actor = an_actor(process.office)
    for title in ("Aftale", "Bilag", "Ordliste"):
        begin_document(process, title=title, markdown=f"# 1 {title}\n\nOrd.", actor=actor, now=now)
    return actor


def documents(process: Process) -> list[Document]:
    return list(process.documents.order_by("position"))


def titles(process: Process) -> list[str]:
    return [document.title for document in documents(process)]


def named(*pairs: tuple[Document, str]) -> list[NamedDocument]:
    return [NamedDocument(document, title) for document, title in pairs]


def test_arrange_documents_orders_and_renames_them_for_the_next_set_and_records_it(
    process: Process, officer: Actor, now: datetime
) -> None:
    agreement, annex, words = documents(process)
    lineage = annex.versions.get().sections.get().lineage_id

    arrange_documents(
        process, named((words, "Ordliste"), (agreement, "Aftale"), (annex, "Bilag 1: Økonomi")), actor=officer, now=now
    )

    assert titles(process) == ["Ordliste", "Aftale", "Bilag 1: Økonomi"]
    line = process.lines.get()
    assert [str(version) for version in latest_versions(line)] == ["Ordliste v1", "Aftale v1", "Bilag 1: Økonomi v2"]
    assert annex.versions.get(number=2).sections.get().lineage_id == lineage
    entry = AuditEntry.objects.get(verb=Verb.ARRANGE_DOCUMENTS)
    assert entry.codes == {
        "documents": [str(one.public_id) for one in (words, agreement, annex)],
        "renamed": [str(annex.public_id)],
    }


def test_arrange_documents_of_a_locked_set_leaves_the_set_as_it_was(
    process: Process, officer: Actor, now: datetime
) -> None:
    line = process.lines.get()
    bundle = lock_documents(
        process, bundle_entries([(one, True) for one in latest_versions(line)]), actor=officer, now=now
    )
    first, *others = documents(process)

    arrange_documents(
        process, named((first, "Nyt navn"), *((one, one.title) for one in others)), actor=officer, now=now
    )

    bundle.refresh_from_db()
    assert [item["title"] for item in (bundle.manifest or {})["items"]] == ["Aftale", "Bilag", "Ordliste"]
    assert [str(item.version) for item in bundle.items.all()] == ["Aftale v1", "Bilag v1", "Ordliste v1"]


def test_arrange_documents_that_cannot_be_is_refused_with_the_reason(
    process: Process, officer: Actor, now: datetime
) -> None:
    first, second, third = documents(process)
    same = named((first, "Aftale"), (second, "Bilag"), (third, "Ordliste"))
    shown = digest_of_fields(names_and_places([(one, "Andet") for one in documents(process)]))

    def refusal_of(arranged: list[NamedDocument], shown_digest: str | None = None) -> str:
        return code_of(lambda: arrange_documents(process, arranged, shown_digest=shown_digest, actor=officer, now=now))

    assert refusal_of(same[:2]) == "documents_changed"
    assert refusal_of([*same[:2], NamedDocument(third, " ")]) == "title_missing"
    assert refusal_of([same[1], same[0], same[2]], shown) == "words_changed"
    assert titles(process) == ["Aftale", "Bilag", "Ordliste"]


def test_arrange_documents_as_they_are_does_nothing(process: Process, officer: Actor, now: datetime) -> None:
    entries = AuditEntry.objects.count()

    arrange_documents(process, named(*((one, one.title) for one in documents(process))), actor=officer, now=now)

    assert AuditEntry.objects.count() == entries


def test_arrange_documents_twice_with_one_key_is_one_deed(process: Process, officer: Actor, now: datetime) -> None:
    first, second, third = documents(process)
    arranged = named((second, "Bilag A"), (first, "Aftale"), (third, "Ordliste"))

    for _press in range(2):
        arrange_documents(process, arranged, actor=officer, now=now, key="k1")

    assert AuditEntry.objects.filter(verb=Verb.ARRANGE_DOCUMENTS).count() == 1
    assert second.versions.count() == 2


def test_write_version_with_another_title_the_document_is_called_so(
    process: Process, officer: Actor, now: datetime
) -> None:
    add_version(documents(process)[0], title="Sundhedsaftale", markdown="# 1 Ny", actor=officer, now=now)

    assert titles(process)[0] == "Sundhedsaftale"


@pytest.mark.parametrize(
    ("chosen", "order"),
    [
        (("3", "2", "3"), ["Bilag", "Ordliste", "Aftale"]),
        (("1", "2", "1"), ["Ordliste", "Aftale", "Bilag"]),
        (("2", "1", "3"), ["Bilag", "Aftale", "Ordliste"]),
        (("1", "1", "1"), ["Ordliste", "Bilag", "Aftale"]),
        (("3", "3", "3"), ["Ordliste", "Aftale", "Bilag"]),
    ],
)
def test_read_chosen_places_those_that_were_moved_stand_where_it_says(
    process: Process, chosen: tuple[str, ...], order: list[str]
) -> None:
    rows = documents(process)
    sent = {f"title-{one.public_id}": one.title for one in rows}
    sent |= {f"place-{one.public_id}": place for one, place in zip(rows, chosen, strict=True)}
    form = ArrangeForm(sent, documents=rows)

    assert form.is_valid()
    assert [one.title for one in form.facts()["arranged"]] == order


def test_read_form_to_lock_a_document_that_was_left_out_is_left_out_again(
    process: Process, officer: Actor, now: datetime
) -> None:
    line = process.lines.get()
    taken = latest_versions(line)[:2]
    lock_documents(process, bundle_entries([(one, True) for one in taken]), actor=officer, now=now + timedelta(days=1))
    new = begin_document(process, title="Helt ny", markdown="# 1 Ny", actor=officer, now=now + timedelta(days=2))

    form = BundleForm(versions=latest_versions(line), is_judged=False, earlier=newest_locked(line.pk))

    assert form.fields["chosen"].initial == [str(one.public_id) for one in (*taken, new)]
    assert form.fields["chosen"].help_text
