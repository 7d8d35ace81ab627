"""The invitation to a supplementary consultation lists what has changed since the one before."""

from __future__ import annotations

import pytest

from notifications import delivery
from notifications.models import OutgoingMail
from tests.consultations.factories import a_hearing
from tests.consultations.supplementary import REVISED, a_heard_text, heard_again

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_deliver_invitation_to_a_supplementary_consultation_lists_what_has_changed() -> None:
    # Its sections are none of those that were heard.
    again = heard_again(a_heard_text())

    with delivery.recording():
        delivery.deliver(REVISED, delivery.clock_from(REVISED))

    [mail] = OutgoingMail.objects.filter(kind="hearing_invitation", subject_id=again.party(1).public_id)
    assert "Ændringerne afsnit for afsnit:\n– 1 Afsnit 1: afsnittet er udgået\n" in mail.text_sent
    assert "– 1 Afsnit 1: nyt afsnit\n" in mail.text_sent
    assert mail.text_sent.count("\n– ") == 6


def test_deliver_invitation_to_a_first_consultation_lists_nothing() -> None:
    hearing = a_hearing()
    with delivery.recording():
        delivery.deliver(hearing.now, delivery.clock_from(hearing.now))

    texts = list(OutgoingMail.objects.filter(kind="hearing_invitation").values_list("text_sent", flat=True))
    assert any(texts)
    assert not [text for text in texts if "Ændringerne afsnit for afsnit:" in text]
