"""The pages of an office's own Word templates."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.workflow.factories import an_office, an_officer
from tests.workflow.template_files import a_template, a_word_template, paragraphs_of
from tests.workflow.views.visitors import signed_in
from workflow.models import PaperTemplate

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("demo")]


def _officer(office: Any) -> Client:
    return signed_in(an_officer(office, f"officer@{office.key}.example"))


def _upload(client: Client, office: Any, content: bytes) -> Any:
    url = reverse("template_upload", args=[office.public_id, "transmittal"])
    return client.post(url, {"file": SimpleUploadedFile("brev.docx", content), "key": "a"})


def test_upload_template_leads_to_its_sample_and_is_put_in_use_from_there(now: datetime) -> None:
    office = an_office()
    client = _officer(office)

    answer = _upload(client, office, a_word_template("{{ titel }}"))

    template = PaperTemplate.objects.get()
    use = reverse("template_use", args=[template.public_id])
    assert answer.headers["Location"] == use
    page = client.get(use).content.decode()
    sample_url = reverse("template_sample", args=[template.public_id])
    assert sample_url in page
    for words in ("PDF-udgaven bliver, som Samråd sætter den", "Ingen får mail.", "Intet bliver offentligt."):
        assert words in page
    sample: Any = client.get(sample_url)
    assert paragraphs_of(b"".join(sample.streaming_content)) == ["Fremsendelse af Sundhedsaftale 2027–2030"]
    assert client.post(use, {"key": "b"}).status_code == 302
    listed = client.get(reverse("office_templates")).content.decode()
    assert "I brug" in listed
    assert "brev.docx" in listed
    assert "Venter på at blive set" not in listed


def test_upload_template_with_unknown_names_says_each_on_a_line_of_its_own_and_keeps_the_file(now: datetime) -> None:
    office = an_office()

    answer = _upload(_officer(office), office, a_word_template("{{ kunde }}", "{{ navn }}"))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "<br>– »kunde« er ikke en oplysning i denne slags papir; afsnit 1" in page
    assert "<br>– »navn« er ikke en oplysning" in page
    assert "brev.docx" in page
    assert not PaperTemplate.objects.exists()


def test_read_templates_page_names_every_fact_of_every_kind_with_an_example(now: datetime) -> None:
    page = _officer(an_office()).get(reverse("office_templates")).content.decode()

    for words in ("{{ sagsnummer }}", "SJAE-2026-1", "{{ indstilling }}", "{{ varighed }}", "{{ kontrolsum }}"):
        assert words in page


def test_remove_template_in_use_says_that_ours_is_used_again(now: datetime) -> None:
    office = an_office()
    template = a_template(office, now, "transmittal")
    client, url = _officer(office), reverse("template_remove", args=[template.public_id])

    page = client.get(url).content.decode()
    assert "bliver igen lavet med Samråds egen opsætning" in page
    assert client.post(url, {"key": "a"}).status_code == 302
    assert "Bliver lavet med Samråds egen opsætning" in client.get(reverse("office_templates")).content.decode()


@pytest.mark.parametrize("name", ["template_use", "template_remove", "template_sample", "template_file"])
def test_open_template_of_another_office_is_not_there(name: str, now: datetime) -> None:
    template = a_template(an_office(), now)
    stranger = _officer(an_office("anden"))

    assert stranger.get(reverse(name, args=[template.public_id])).status_code == 404


def test_upload_template_of_a_kind_that_has_none_is_not_there(now: datetime) -> None:
    office = an_office()
    client = _officer(office)

    for kind in ("text", "findes-ikke"):
        assert client.get(reverse("template_upload", args=[office.public_id, kind])).status_code == 404
