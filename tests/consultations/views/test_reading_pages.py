"""Reading a text that is heard: from each section to the remarks to it, and back."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from tests.consultations.factories import LAUNCHED, OFFICER, Hearing, a_hearing
from tests.consultations.views.conftest import at, holder_of
from tests.consultations.views.reply_addresses import url
from workflow.actions.processes import abandon_process
from workflow.models import Section
from workflow.queries.documents import versions_in
from workflow.templatetags.texts import section_anchor

pytestmark = pytest.mark.django_db


def page_of_text(hearing: Hearing) -> tuple[str, list[Section]]:
    version = versions_in(hearing.round.bundle)[0]
    address = reverse("reply_document", args=[hearing.party().link.public_id, version.public_id])
    return address, list(version.sections.all())


def test_read_document_heard_each_section_leads_to_the_remarks_to_it_and_back(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    party = holder_of(hearing)
    address, sections = page_of_text(hearing)

    text = party.get(address).content.decode()
    answer = party.get(url("reply_write", hearing)).content.decode()

    assert sections
    for section in sections:
        anchor = section_anchor(section.lineage_id)
        assert f'href="{url("reply_write", hearing)}#{anchor}"' in text
        assert f'id="{anchor}"' in text
        assert f'href="{address}#{anchor}"' in answer
        # Within what is folded, so that a browser that comes to the address unfolds it.
        assert answer.index("<details", answer.index("<form")) < answer.index(f'id="{anchor}"')


def test_read_document_heard_when_nothing_can_be_written_leads_to_no_remarks(clock: time_machine.Traveller) -> None:
    hearing = a_hearing()
    party = holder_of(hearing)
    address, _sections = page_of_text(hearing)
    at(clock, LAUNCHED + timedelta(days=1))
    abandon_process(hearing.process, reason="Afløst af en ny lov", actor=OFFICER, now=LAUNCHED + timedelta(days=1))

    assert "#afsnit-" not in party.get(address).content.decode().split("document-sections")[1]
