"""A stored file that is gone from the disk is a page in words to whoever asks for it, never a fault of the server."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from tests.workflow.agreements import in_approval, officer_of, request_to
from tests.workflow.factories import make_public
from tests.workflow.views.test_publication_pages import NOW, all_public, with_a_file
from tests.workflow.views.visitors import holder_of, signed_in
from workflow import storage
from workflow.models import Process, PublishedItem, StoredFile, User
from workflow.states import PublicThing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def of_the_office(process: Process) -> tuple[Client, str]:
    client = signed_in(User.objects.get(public_id=officer_of(process).public_id))
    return client, reverse("file", args=[process.public_id, StoredFile.objects.get().public_id])


def of_the_body(process: Process) -> tuple[Client, str]:
    link = request_to(process, "council-1").link
    return holder_of(link), reverse("decision_file_link", args=[link.public_id, StoredFile.objects.get().public_id])


def of_everyone(process: Process) -> tuple[Client, str]:
    item = PublishedItem.objects.filter(kind=PublicThing.TEXT).latest("id")
    return Client(), reverse("public_file", args=[process.public_id, item.public_id])


@pytest.mark.parametrize("who", [of_the_office, of_the_body, of_everyone])
def test_fetch_file_that_is_gone_from_the_disk_says_so_in_words(who: Callable[[Process], tuple[Client, str]]) -> None:
    process = with_a_file(in_approval(NOW))
    all_public(make_public(process, NOW))
    client, url = who(process)
    assert client.get(url).status_code == 200
    for file in StoredFile.objects.all():
        storage.remove(file.public_id, file.path)

    page = client.get(url)

    assert page.status_code == 404
    assert "Filen kan ikke hentes" in page.content.decode()
    assert "Skriv til sekretariatet" in page.content.decode()
