"""Two versions of a text compared on a page: for officers, for the body that is asked, and for everybody."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tests.workflow.agreements import a_locked_bundle, a_working_set, in_approval, officer_of, request_to
from tests.workflow.factories import make_public
from tests.workflow.test_corrections import changed, corrected
from tests.workflow.views.consequences import reader_of, words_of
from tests.workflow.views.councils import NOW, decision_url
from tests.workflow.views.visitors import holder_of
from workflow.actions.publication import publish, withdraw_publication
from workflow.actions.putting_forward import put_forward
from workflow.actions.taking_back import take_back_bundle
from workflow.models import Bundle, BundleItem, Process, PublishedItem
from workflow.states import ChangeKind, PublicThing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]

LATER = NOW + timedelta(days=1)


def two_sets(process: Process) -> tuple[Bundle, Bundle]:
    """The set that counts, and a later one with another number in it and a new section."""
    text = "# 1 Mål\n\nSammenhæng for borgeren inden 30 dage.\n\n# 2 Ansvar\n\nHver part sit.\n"
    before = a_working_set(process, LATER, text=text, change="material")
    later = text.replace("30", "60") + "\n# 3 Nyt\n\nTilføjet.\n"
    return before, a_working_set(process, LATER, text=later, change="material")


def test_compare_two_sets_as_officer_tells_how_much_and_where_and_links_to_it() -> None:
    process = in_approval(NOW)
    before, after = two_sets(process)
    address = reverse("sets_compared", args=[process.public_id, before.public_id, after.public_id])
    client = reader_of(process)

    page = client.get(address)
    whole = client.get(address, {"vis": "hele"})

    said, html = words_of(page.content), page.content.decode()
    assert "1 afsnit ændret, 1 nyt afsnit, 1 tal ændret" in said
    assert "tal udgået: 30" in said
    assert "tal tilføjet: 60" in said
    assert "Hver part sit." not in said
    assert "Hver part sit." in words_of(whole.content)
    section = after.items.get().version.sections.get(number="1")
    assert f'href="#d1-{section.lineage_id}"' in html
    assert f'id="d1-{section.lineage_id}"' in html
    assert address in client.get(reverse("documents", args=[process.public_id])).content.decode()


def test_compare_versions_as_officer_and_choose_others_leads_to_their_own_address() -> None:
    process = in_approval(NOW)
    before, after = (bundle.items.get().version for bundle in two_sets(process))
    first = before.document.versions.get(number=1)
    client = reader_of(process)
    address = reverse("versions_compared", args=[process.public_id, before.public_id, after.public_id])

    said = words_of(client.get(address).content)
    chosen = client.get(address, {"fra": first.public_id, "til": after.public_id})
    version_page = client.get(reverse("document_version", args=[process.public_id, after.public_id]))

    assert "version 2 og version 3 sammenlignet" in said
    assert chosen["Location"] == reverse(
        "versions_compared", args=[process.public_id, first.public_id, after.public_id]
    )
    assert address in version_page.content.decode()
    assert (
        client.get(reverse("versions_compared", args=[process.public_id, before.public_id, uuid4()])).status_code == 404
    )


def test_read_documents_after_a_set_was_taken_back_compares_the_next_one_with_what_counts_too() -> None:
    process = in_approval(NOW)
    first = process.bundles.get()
    wrong = a_locked_bundle(process, NOW, text="# 1 Forkert\n", change=ChangeKind.MATERIAL)
    take_back_bundle(wrong, reason="Den forkerte fil", actor=officer_of(process), now=NOW)
    third = a_working_set(process, NOW, text="# 1 Rettet\n", change=ChangeKind.MATERIAL)

    page = reader_of(process).get(reverse("documents", args=[process.public_id])).content.decode()

    assert reverse("sets_compared", args=[process.public_id, first.public_id, third.public_id]) in page
    assert reverse("sets_compared", args=[process.public_id, wrong.public_id, third.public_id]) in page


def test_fetch_changes_as_pdf_and_word_from_the_page_that_compares_names_both_versions() -> None:
    process = in_approval(NOW)
    before, after = two_sets(process)
    address = reverse("sets_compared", args=[process.public_id, before.public_id, after.public_id])
    client = reader_of(process)
    page = client.get(address).content.decode()

    for ending, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        assert f"{address}?som={ending}" in page
        paper = client.get(address, {"som": ending})
        assert b"".join(paper).startswith(begins)
        assert f".{ending}" in paper["Content-Disposition"]
        assert "ndringer%20siden%20Version%202" in paper["Content-Disposition"]
    assert client.get(address, {"som": "exe"}).status_code == 404


def test_compare_after_a_correction_by_link_shows_both_versions_and_nobody_else_sees_them() -> None:
    process = in_approval(NOW)
    request = request_to(process, "council-1")
    address = decision_url(request, "decision_compared")
    assert holder_of(request.link).get(address)["Location"] == decision_url(request)
    corrected(process, LATER)

    page = holder_of(request.link).get(address)

    assert "Version 1 og Version 2 sammenlignet" in words_of(page.content)
    assert "</del>" in page.content.decode()
    assert b"".join(holder_of(request.link).get(address, {"som": "docx"})).startswith(b"PK")
    assert address in holder_of(request.link).get(decision_url(request)).content.decode()
    assert Client().get(address).status_code in (302, 403, 404)


def test_compare_after_a_change_of_substance_by_the_new_link_shows_what_the_body_was_asked_about_before() -> None:
    process = in_approval(NOW)
    changed(process, LATER)
    request = request_to(process, "council-1")
    address = decision_url(request, "decision_compared")
    holder = holder_of(request.link)

    page = holder.get(decision_url(request)).content.decode()
    compared = holder.get(address)

    assert "Det er ændret siden den version, I blev spurgt om før" in page
    assert address in page
    assert compared.status_code == 200
    assert "Andet mål" in compared.content.decode()


def test_compare_in_public_only_where_both_versions_are_public() -> None:
    process = make_public(in_approval(NOW), NOW)
    sets = two_sets(process)
    officer = officer_of(process)

    def made_public(bundle: Bundle) -> PublishedItem:
        bundle = put_forward(bundle, reason="Klar", change="material", actor=officer, now=LATER)
        item = BundleItem.objects.get(bundle=bundle)
        (made,) = publish(process, PublicThing.TEXT, [item.public_id], reason="Udkast", actor=officer, now=LATER)
        return made

    before = made_public(sets[0])
    alone = Client().get(reverse("public_text", args=[process.public_id, before.public_id])).content.decode()
    after = made_public(sets[1])
    address = reverse("public_compared", args=[process.public_id, before.public_id, after.public_id])

    page = Client().get(address)
    text = Client().get(reverse("public_text", args=[process.public_id, after.public_id])).content.decode()
    withdraw_publication(before, reason="Lagt ud ved en fejl", actor=officer, now=LATER)

    assert "sammenlign" not in alone
    assert "1 afsnit ændret, 1 nyt afsnit, 1 tal ændret" in words_of(page.content)
    assert address in text
    assert Client().get(address).status_code == 404
