"""Pictures of a text: read in with it, kept with the version, shown to those who may read it, in papers, compared."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import Any

import pikepdf
import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client, TestCase
from django.urls import reverse

from tests.consultations.test_paper_kinds import assert_accessible
from tests.workflow.agreements import an_agreement, asked, in_approval, officer_of
from tests.workflow.factories import a_process, an_office, an_officer, make_public
from tests.workflow.papers import opened, tags
from tests.workflow.pictures import BLUE, RED, a_picture, a_word_file_with, name_of
from tests.workflow.views.consequences import words_of
from tests.workflow.views.test_reading_in import browser_of, read_in, shown_fields, upload, url_of
from tests.workflow.views.visitors import a_member, holder_of, signed_in
from workflow.actions.bundles import BundleEntry, lock_documents
from workflow.actions.documents import add_version, begin_document
from workflow.actions.erasure import erase_person
from workflow.actions.publication import publish, withdraw_publication
from workflow.actions.putting_forward import put_forward
from workflow.actors import Actor
from workflow.models import (
    ApprovalRequest,
    BundleItem,
    DocumentVersion,
    Process,
    PublishedItem,
    StoredFile,
    User,
    VersionPicture,
)
from workflow.queries.comparisons import compared_versions
from workflow.readers import FoundPicture, read_document
from workflow.reports.papers.registry import make_paper
from workflow.reports.papers.texts import text_of
from workflow.rules.change_lines import change_lines
from workflow.states import ChangeKind, PublicThing

NOW = datetime(2019, 1, 15, 9, 0, tzinfo=UTC)
CURVE, MAP = a_picture(RED), a_picture(BLUE, "JPEG", (90, 60))
CURVE_NAME, MAP_NAME = name_of(CURVE), name_of(MAP, "jpg")

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


@pytest.fixture(autouse=True)
def _at_nine() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


def given(*contents: bytes) -> list[FoundPicture]:
    return read_document("a.docx", io.BytesIO(a_word_file_with(*((each, "") for each in contents)))).pictures


def with_pictures(process: Process, *contents: bytes, text: str = "") -> DocumentVersion:
    """The next version of the process's document, the picture of a curve in it unless another text is given."""
    text = text or f"# 1 Tal\n\nKurven falder:\n\n![Faldende kurve]({CURVE_NAME})"
    document = process.documents.first()
    actor, pictures = officer_of(process), given(*contents)
    if document is None:
        return begin_document(process, title="Aftale", markdown=text, pictures=pictures, actor=actor, now=NOW)
    return add_version(document, markdown=text, pictures=pictures, actor=actor, now=NOW)


def put_forward_in_a_set(version: DocumentVersion) -> BundleItem:
    process, change = version.document.process, ChangeKind.EDITORIAL
    actor, said = officer_of(process), {"change": change, "weighty_reason": "Aftalt"}
    entries = [BundleEntry(version, "agreement")]
    bundle = lock_documents(process, entries, note="Ny", actor=actor, now=NOW, **said)
    put_forward(bundle, reason="Klar", actor=actor, now=NOW, **said)
    return bundle.items.get()


def address(process: Process, name: str = CURVE_NAME) -> str:
    return reverse("process_picture", args=[process.public_id, name])


def statuses(addresses: dict[str, tuple[Client, str]]) -> dict[str, int]:
    return {who: client.get(url).status_code for who, (client, url) in addresses.items()}


# ── Read in ───────────────────────────────────────────────────────────────────────────────────────────────────
def test_read_in_fetch_as_word_and_read_in_again_the_pictures_are_the_same_and_kept_once() -> None:
    process = an_agreement(NOW)
    officer = browser_of(process)
    file = a_word_file_with((CURVE, "Faldende kurve"), (MAP, ""), (CURVE, "Faldende kurve"))

    url = reverse("document_read_in", args=[process.public_id])
    looked = officer.post(url, {"file": upload(file), "do": "look"})
    fields = {**shown_fields(looked), f"picture-{MAP_NAME}": " Kort [over]  regionen "}
    answer = officer.post(url, fields)

    assert "Billede i »1 Tal«: Hvad viser det?" in words_of(looked.content)
    assert f"picture-{CURVE_NAME}" not in looked.content.decode()
    assert answer.status_code == 302
    first = DocumentVersion.objects.get()
    text = first.sections.get().text
    assert f"![Faldende kurve]({CURVE_NAME})" in text
    assert rf"![Kort \[over\] regionen]({MAP_NAME})" in text
    page = officer.get(reverse("document_version", args=[process.public_id, first.public_id])).content.decode()
    assert f'src="{address(process)}" alt="Faldende kurve" width="40" height="30"' in page
    assert f'src="{address(process, MAP_NAME)}" alt="Kort [over] regionen" width="90" height="60"' in page

    ids = [process.public_id, first.public_id, "docx"]
    fetched = b"".join(officer.get(reverse("document_paper", args=ids)))  # type: ignore[arg-type]
    again = read_in(officer, url_of(first.document), fetched, key="k2")

    assert again.status_code == 302
    second = first.document.versions.get(number=2)
    assert second.sections.get().text == text
    assert list(second.pictures.values_list("name", "file_id")) == list(first.pictures.values_list("name", "file_id"))
    assert StoredFile.objects.filter(media_type__startswith="image/").count() == 2


def test_read_in_pictures_without_words_leaves_them_without_and_says_so_on_the_page() -> None:
    process = an_agreement(NOW)

    read_in(browser_of(process), reverse("document_read_in", args=[process.public_id]), a_word_file_with((CURVE, "")))

    version = DocumentVersion.objects.get()
    assert f"![]({CURVE_NAME})" in version.sections.get().text
    page = browser_of(process).get(reverse("document_version", args=[process.public_id, version.public_id]))
    assert 'alt="Billede, som ingen har beskrevet"' in page.content.decode()


def test_write_a_version_by_hand_its_pictures_go_with_it_and_unknown_ones_are_words() -> None:
    process = an_agreement(NOW)
    with_pictures(process, CURVE)
    strange = "0" * 64 + ".png"

    later = with_pictures(process, text=f"# 1 Tal\n\n![Kurven]({CURVE_NAME})\n\n![x]({strange}) ![y](/etc/passwd.png)")

    page = browser_of(process).get(reverse("document_version", args=[process.public_id, later.public_id]))
    assert [row.name for row in later.pictures.all()] == [CURVE_NAME]
    assert page.content.decode().count('<img class="picture"') == 1
    assert "[Billede: x]" in words_of(page.content)
    assert "[Billede: y]" in words_of(page.content)


def test_keep_a_picture_whose_bytes_are_not_those_of_its_name_is_not_done() -> None:
    process = an_agreement(NOW)
    [picture] = given(CURVE)
    picture.encoded = given(MAP)[0].encoded

    version = begin_document(
        process,
        title="Aftale",
        markdown=f"![x]({CURVE_NAME})",
        pictures=[picture],
        actor=officer_of(process),
        now=NOW,
    )

    assert not version.pictures.exists()


def test_change_the_pictures_of_a_locked_version_is_refused_by_the_database() -> None:
    process = in_approval(NOW)
    version = put_forward_in_a_set(with_pictures(process, CURVE)).version

    for change in (
        lambda: version.pictures.update(name=MAP_NAME),
        lambda: version.pictures.all().delete(),
        lambda: VersionPicture.objects.create(
            version=version, name=MAP_NAME, file=version.pictures.get().file, width=1, height=1
        ),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_erase_the_officer_who_read_a_picture_in_leaves_it_without_asking() -> None:
    process = an_agreement(NOW)
    version = with_pictures(process, CURVE)
    user = User.objects.get(public_id=officer_of(process).public_id)
    other = an_officer(process.office, "kollega@example.dk")

    with TestCase.captureOnCommitCallbacks(execute=True):
        erase_person(user, reason="Ønsker det selv", actor=Actor.of_user(other), now=NOW)

    assert signed_in(other).get(address(process)).status_code == 200
    assert version.pictures.get().file.erased_at is None


# ── Who sees them ─────────────────────────────────────────────────────────────────────────────────────────────
def test_fetch_a_picture_whoever_may_read_a_text_that_holds_it_may_and_nobody_else() -> None:
    process = in_approval(NOW)
    put_forward_in_a_set(with_pictures(process, CURVE))
    draft = with_pictures(process, MAP, text=f"# 1 Tal\n\n![Kort]({MAP_NAME})")
    [mine, *_others] = asked(process, "approval")
    elsewhere = a_process(an_office("midtjylland"), NOW)
    # The committee has decided on the set before, and is shown what was corrected since.
    link, foreign = mine.link, ApprovalRequest.objects.get(stage__process=process, stage__key="review").link
    holder, other = holder_of(link), holder_of(foreign)
    member = signed_in(a_member(process.office, mine.body))

    def by_link(which: Any, name: str) -> str:
        return reverse("decision_picture_link", args=[which.public_id, name])

    def by_account(name: str) -> str:
        return reverse("decision_picture_member", args=[mine.public_id, name])

    found = statuses(
        {
            "officer": (browser_of(process), address(process)),
            "officer, of a draft": (browser_of(process), address(process, MAP_NAME)),
            "officer, elsewhere": (browser_of(process), address(elsewhere)),
            "officer of another office": (
                signed_in(an_officer(elsewhere.office, "x@nord.dk")),
                address(process),
            ),
            "nobody": (Client(), address(process)),
            "holder": (holder, by_link(link, CURVE_NAME)),
            "holder, of a draft": (holder, by_link(link, MAP_NAME)),
            "holder, with a path": (holder, by_link(link, "..%2f..%2fx.png")),
            "other holder at the same address": (other, by_link(link, CURVE_NAME)),
            "other holder at its own": (other, by_link(foreign, CURVE_NAME)),
            "member": (member, by_account(CURVE_NAME)),
            "member, of a draft": (member, by_account(MAP_NAME)),
            "the public": (Client(), reverse("public_picture", args=[process.public_id, CURVE_NAME])),
        }
    )

    assert draft.pictures.get().name == MAP_NAME
    assert {who for who, status in found.items() if status == 200} == {
        "officer",
        "officer, of a draft",
        "holder",
        "other holder at its own",
        "member",
    }, found


def test_read_the_text_by_link_shows_its_pictures_under_the_links_own_address() -> None:
    process = in_approval(NOW)
    item = put_forward_in_a_set(with_pictures(process, CURVE))
    link = asked(process, "approval")[0].link

    page = holder_of(link).get(reverse("decision_document_link", args=[link.public_id, item.version.public_id]))

    assert f'src="{reverse("decision_picture_link", args=[link.public_id, CURVE_NAME])}"' in page.content.decode()


def test_fetch_a_picture_of_a_public_text_everybody_may_until_it_is_taken_back() -> None:
    process = make_public(in_approval(NOW), NOW)
    item = put_forward_in_a_set(with_pictures(process, CURVE))
    url = reverse("public_picture", args=[process.public_id, CURVE_NAME])
    actor = officer_of(process)

    before = Client().get(url).status_code
    publish(process, PublicThing.TEXT, [item.public_id], reason="Endelig tekst", actor=actor, now=NOW)
    published = PublishedItem.objects.get(kind=PublicThing.TEXT)
    page = Client().get(reverse("public_text", args=[process.public_id, published.public_id]))
    picture = Client().get(url)
    withdraw_publication(published, reason="Det var en fejl", actor=actor, now=NOW)
    after = Client().get(url).status_code

    assert (before, picture.status_code, after) == (404, 200, 404)
    assert f'src="{url}"' in page.content.decode()
    assert b"".join(picture) == CURVE  # type: ignore[arg-type]
    assert picture["Content-Type"] == "image/png"
    assert picture["X-Content-Type-Options"] == "nosniff"
    assert picture["Content-Disposition"].startswith("inline")


# ── Papers ────────────────────────────────────────────────────────────────────────────────────────────────────
def images_of(pdf: pikepdf.Pdf) -> list[tuple[int, int]]:
    sizes = {(int(image.Width), int(image.Height)) for page in pdf.pages for image in page.get_images().values()}
    return sorted(sizes)


def alternatives_of(pdf: pikepdf.Pdf) -> list[str]:
    return [str(each.Alt) for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and "/Alt" in each]


def test_make_the_pdf_of_a_text_with_a_picture_wider_than_the_page_it_stays_within_the_margins() -> None:
    process = an_agreement(NOW)
    wide = a_picture(size=(2000, 1000))
    version = with_pictures(process, wide, text=f"# 1 Tal\n\n![Kurve]({name_of(wide)}) ![Kurve]({name_of(wide)})")

    pdf = opened(make_paper("text", text_of(version), "pdf").content)

    boxes = [
        each.A.BBox for each in pdf.objects if isinstance(each, pikepdf.Dictionary) and each.get("/S") == "/Figure"
    ]
    assert [round(float(right) - float(left)) for left, _low, right, _high in boxes] == [605, 605]


def test_make_the_papers_of_a_text_they_hold_its_pictures_with_words_and_the_same_bytes() -> None:
    process = an_agreement(NOW)
    text = (
        f"# 1 Tal\n\n![Kurve]({CURVE_NAME}) og ![]({MAP_NAME})\n\n| A | B |\n|---|---|\n"
        f"| ![I tabel]({CURVE_NAME}) | 2 |\n\nNote[^1] ![Væk]({'1' * 64}.png)"
        f"\n\n[^1]: I noten ![Kurve]({CURVE_NAME}) og [her](https://nord.example/)."
    )
    version = with_pictures(process, CURVE, MAP, text=text)

    pdf, again, word = (make_paper("text", text_of(version), ending).content for ending in ("pdf", "pdf", "docx"))

    assert pdf == again
    assert_accessible(pdf)
    read = opened(pdf)
    assert images_of(read) == [(40, 30), (90, 60)]
    assert tags(read).count("Figure") == 4
    assert sorted(alternatives_of(read)) == ["Billede, som ingen har beskrevet", "I tabel", "Kurve", "Kurve"]
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        media = {archive.read(name) for name in archive.namelist() if "media/" in name}
    assert media == {CURVE, MAP}
    found = read_document("a.docx", io.BytesIO(word))
    assert f"![Kurve]({CURVE_NAME}) og ![]({MAP_NAME})" in found.sections[0].text
    assert f"| ![I tabel]({CURVE_NAME}) | 2 |" in found.sections[0].text
    assert "[Billede: Væk]" in found.sections[0].text.replace("\\", "")
    assert f"[^1]: I noten ![Kurve]({CURVE_NAME}) og [her](https://nord.example/)." in found.sections[0].text


# ── Compared ──────────────────────────────────────────────────────────────────────────────────────────────────
def test_compare_versions_says_which_picture_was_changed_taken_out_and_put_in() -> None:
    process = an_agreement(NOW)
    other = a_picture((1, 2, 3))
    parts = [f"![Kurve]({CURVE_NAME})", f"![Kort]({MAP_NAME})", "Uændret tekst om tallene i hele regionen."]
    before = with_pictures(process, CURVE, MAP, text="# 1 Tal\n\n" + "\n\n".join(parts))
    after = with_pictures(
        process, other, text=f"# 1 Tal\n\n![Kurve]({name_of(other)})\n\n{parts[2]}\n\n![Nyt]({MAP_NAME})"
    )
    third = with_pictures(process, text=f"# 1 Tal\n\n{parts[2]}\n\n![Nyt]({MAP_NAME})")

    def page(one: DocumentVersion, two: DocumentVersion) -> str:
        ids = [process.public_id, one.public_id, two.public_id]
        return words_of(browser_of(process).get(reverse("versions_compared", args=ids)).content)

    changed, gone, come = page(before, after), page(after, third), page(third, after)
    assert "[Tidligere billede: Kurve]" in changed
    assert "[Ændret billede: Kurve]" in changed
    assert "[Billede taget ud: Kurve]" in gone
    assert "[Billede sat ind: Kurve]" in come
    assert CURVE_NAME[:16] not in changed + gone + come
    lines = change_lines([compared_versions(after, third, "da")])
    assert lines == ["1 Tal: »[Billede taget ud: Kurve]« er taget ud"]


def test_make_the_paper_of_changes_it_shows_both_pictures_and_word_tracks_them() -> None:
    process = an_agreement(NOW)
    other = a_picture((1, 2, 3), size=(50, 50))
    with_pictures(process, CURVE)
    later = with_pictures(process, other, text=f"# 1 Tal\n\nKurven falder:\n\n![Faldende kurve]({name_of(other)})")

    pdf, word = (make_paper("text_changes", later, ending).content for ending in ("pdf", "docx"))

    assert_accessible(pdf)
    assert images_of(opened(pdf)) == [(40, 30), (50, 50)]
    accepted, rejected = (read_document("a.docx", io.BytesIO(word), original=original) for original in (False, True))
    assert f"![Faldende kurve]({name_of(other)})" in accepted.sections[0].text
    assert CURVE_NAME not in accepted.sections[0].text
    assert f"![Faldende kurve]({CURVE_NAME})" in rejected.sections[0].text
    assert name_of(other) not in rejected.sections[0].text
