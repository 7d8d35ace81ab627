"""The page on which an office names who acts for a body, and where it is shown."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from notifications import delivery
from notifications.models import OutgoingMail
from tests.consultations.factories import LAUNCHED, a_hearing
from tests.consultations.test_substitutes import reminder_day
from tests.consultations.views.conftest import auditor_of, officer_of
from tests.workflow.agreements import in_approval, request_to
from tests.workflow.factories import an_office
from workflow.models import Body, Substitute

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

GIVEN = {
    "name": "Vera Vikar",
    "email": "vikar@kommune.example",
    "from_on": "11/03/2019",
    "until_on": "22/03/2019",
    "key": "k",
}


@pytest.fixture(autouse=True)
def demo(settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]


def test_name_a_substitute_see_who_acts_now_and_end_it(mailoutbox: list[object]) -> None:
    with time_machine.travel(LAUNCHED, tick=False) as clock:
        hearing = a_hearing(parties=2)
        party, office = hearing.party(1), hearing.process.office
        assert party.body is not None
        officer = officer_of(office)
        page = reverse("body_substitutes", args=[party.body.public_id, office.public_id])
        contact = officer.get(reverse("body_contact", args=[party.body.public_id, office.public_id])).content.decode()
        shown = officer.get(page).content.decode()
        refused = officer.post(page, {**GIVEN, "until_on": "10/03/2019"})
        named = officer.post(page, GIVEN, follow=True).content.decode()

        assert page in contact
        assert "What leaves for the body on these days goes to the substitute instead." in shown
        assert refused.status_code == 422
        assert "The last day lies before the first." in refused.content.decode()
        assert "Vera Vikar acts for Part 01 from 11 March 2019 to 22 March 2019." in named

        clock.move_to(reminder_day(hearing))
        delivery.deliver(reminder_day(hearing), lambda: reminder_day(hearing))
        officer = officer_of(office)
        on_party = officer.get(
            reverse("party", args=[hearing.process.public_id, hearing.reread().address, party.public_id])
        ).content.decode()
        register = officer.get(reverse("bodies") + "?name=Part 01").content.decode()
        assert "Vera Vikar (vikar@kommune.example)" in on_party
        assert "until 22 March 2019; mail goes there" in on_party
        assert "Vera Vikar acts for it until 22 March 2019" in register

        substitute = Substitute.objects.get()
        end = reverse("substitute_end", args=[substitute.public_id])
        ended = officer.post(end, {"key": "k"}, follow=True).content.decode()
        twice = officer.post(end, {"key": "k"})
        again = officer.post(end, {"key": "another"})
        assert "Mail goes to Part 01 itself again." in ended
        assert (twice.status_code, again.status_code) == (302, 409)
        assert "Vera Vikar" not in officer.get(reverse("bodies") + "?name=Part 01").content.decode()


def test_read_substitutes_of_another_office_or_as_auditor_is_not_found() -> None:
    office, other = an_office(), an_office("anden")
    with time_machine.travel(LAUNCHED, tick=False):
        body = Body.objects.create(key="raadet", kind="senior_council", name="Rådet", sort_key="raadet")
        page = reverse("body_substitutes", args=[body.public_id, office.public_id])

        assert officer_of(other).get(page).status_code == 404
        assert auditor_of(office).get(page).status_code in (403, 404)
        assert Client().get(page).status_code in (302, 403)


def test_read_page_of_a_body_asked_for_a_decision_names_who_acts_now() -> None:
    now = datetime(2019, 3, 1, 9, 0, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        process = in_approval(now)
        asked = request_to(process, "council-1")
        Substitute.objects.create(
            office=process.office,
            body=asked.body,
            name="Vera Vikar",
            email="vikar@kommune.example",
            from_on=date(2019, 3, 1),
            until_on=date(2019, 3, 8),
            named_at=now,
        )

        page = officer_of(process.office).get(reverse("approval", args=[process.public_id, asked.public_id]))

    assert "Vera Vikar (vikar@kommune.example)" in page.content.decode()
    assert not OutgoingMail.objects.filter(to_address="vikar@kommune.example").exists()
