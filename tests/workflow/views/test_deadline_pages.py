"""The secretariat moves a deadline, gives a fact that was not known, stops an authority's clock; others may not."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from notifications.models import OutgoingMail
from tests.workflow.agreements import in_approval, officer_of
from tests.workflow.deadline_definitions import CLOCK, deadline_of
from tests.workflow.factories import a_process, an_office, an_officer, stage_of, the_bodies
from tests.workflow.views.visitors import an_auditor, signed_in
from workflow.actions.stages import complete_stage
from workflow.models import Deadline, Process, User

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo", "today"), pytest.mark.slow]


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    """Requests arrive at `now`."""
    monkeypatch.setattr("config.middleware.timezone.now", lambda: now)


def officer(process: Process) -> User:
    return User.objects.get(public_id=officer_of(process).public_id)


def move_url(deadline: Deadline) -> str:
    return reverse("deadline_move", args=[deadline.process.public_id, deadline.public_id])


def test_move_deadline_of_an_approval_moves_it_and_tells_those_who_are_asked(now: datetime) -> None:
    process = in_approval(now - timedelta(hours=1), councils=1)
    deadline = deadline_of(process, "approval")
    client = signed_in(officer(process))
    url = move_url(deadline)

    page = client.get(reverse("process", args=[process.public_id])).content.decode()
    form = client.get(url).content.decode()
    values = {"new_on": "05/04/2019", "new_clock": "12.00", "reason": "Byrådet holder møde 3. april.", "key": "k1"}
    blind = client.post(url, values)
    looked = client.post(url, {**values, "do": "look"})
    assert deadline_of(process, "approval").on == date(2019, 3, 29)
    seen = {**values, "shown": looked.context["look"].shown}
    answers = [client.post(url, seen) for _press in range(2)]

    assert (blind.status_code, looked.status_code) == (422, 200)
    assert "Hvis den flyttes til: fredag den 5. april 2019" in looked.content.decode()
    assert "Besked om ny frist: 2 modtagere" in looked.content.decode()
    assert url in page
    assert "Fristen er fredag den 29. marts 2019 kl. 12.00." in form
    assert "Organer, der er spurgt og ikke har besluttet, får besked med mail." in form
    assert [answer.status_code for answer in answers] == [302, 302]
    assert deadline_of(process, "approval").at == datetime(2019, 4, 5, 10, 0, tzinfo=UTC)
    assert OutgoingMail.objects.filter(kind="decision_deadline").count() == 2  # the regional council and the council
    assert "fredag den 5. april 2019 kl. 12.00" in client.get(answers[0]["Location"]).content.decode()


def test_move_deadline_to_an_earlier_day_says_why_not_and_keeps_what_was_typed(now: datetime) -> None:
    process = in_approval(now, councils=1)
    deadline = deadline_of(process, "approval")

    answer = signed_in(officer(process)).post(
        move_url(deadline), {"new_on": "20/03/2019", "new_clock": "12.00", "reason": "Vi vil have den før tid."}
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "En frist forkortes aldrig. Den er fredag den 29. marts 2019 kl. 12.00" in page
    assert "Vi vil have den før tid." in page
    assert deadline_of(process, "approval").on == date(2019, 3, 29)


def test_move_deadline_set_by_law_asks_for_the_source(now: datetime) -> None:
    process, client = _before_the_authority(now)
    deadline = deadline_of(process, "ruling")
    values = {"new_on": "10/05/2019", "new_clock": "23.59", "reason": "Ministeriet har udskudt fristen."}

    without = client.post(move_url(deadline), values)
    values["source"] = "Brev af 1. marts 2019"
    looked = client.post(move_url(deadline), {**values, "do": "look"})
    moved = client.post(move_url(deadline), {**values, "shown": looked.context["look"].shown})

    assert without.status_code == 422
    assert "Den er fastsat ved lov" in without.content.decode()
    assert moved.status_code == 302
    found = deadline_of(process, "ruling")
    assert (found.on, found.source) == (date(2019, 5, 10), "Brev af 1. marts 2019")


def test_move_deadline_as_auditor_or_from_another_office_is_refused(now: datetime) -> None:
    process = in_approval(now, councils=1)
    url = move_url(deadline_of(process, "approval"))
    auditor, stranger = an_auditor(process.office), an_officer(an_office("midtjylland"), email="stranger@example.dk")

    assert signed_in(auditor).get(url).status_code == 403
    assert url not in signed_in(auditor).get(reverse("process", args=[process.public_id])).content.decode()
    assert signed_in(stranger).get(url).status_code == 404


def test_give_fact_left_open_at_the_start_sets_the_deadlines_that_lean_on_it_once(now: datetime) -> None:
    process = in_approval(now, councils=1, parameters={})
    client = signed_in(officer(process))
    url = reverse("fact_set", args=[process.public_id, "reply_on"])
    overview = reverse("process", args=[process.public_id])

    before = client.get(overview).content.decode()
    wrong = client.post(url, {"value": "snart"})
    given = [client.post(url, {"value": "29/03/2019", "key": "k1"}) for _press in range(2)]
    later = client.post(url, {"value": "05/04/2019", "key": "k2"})

    assert f'href="{url}"' in before
    assert "Endnu ikke oplyst" in before
    assert wrong.status_code == 422
    assert "snart" in wrong.content.decode()
    assert [answer.status_code for answer in given] == [302, 302]
    assert deadline_of(process, "approval").on == date(2019, 3, 29)
    assert url not in client.get(overview).content.decode()
    assert "er allerede angivet" in later.content.decode()
    assert client.get(reverse("fact_set", args=[process.public_id, "no-such"])).status_code == 404


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("28/02/2019", "Fristen for »Politisk godkendelse« ville allerede være udløbet: torsdag den 28. februar 2019"),
        ("29/03/0219", "Kontrollér årstallet: det skal ligge mellem 1900 og 2199."),
        ("31/12/9999", "Kontrollér årstallet: det skal ligge mellem 1900 og 2199."),
    ],
)
def test_give_fact_with_a_slip_says_so_and_tells_nobody(now: datetime, day: str, said: str) -> None:
    process = in_approval(now, councils=1, parameters={})

    answer = signed_in(officer(process)).post(reverse("fact_set", args=[process.public_id, "reply_on"]), {"value": day})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert day in answer.content.decode()
    assert not Deadline.objects.filter(name="approval").exists()
    assert not OutgoingMail.objects.filter(kind="decision_deadline").exists()


def test_stop_clock_of_the_authority_and_let_it_run_adds_the_days(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    process, client = _before_the_authority(now)
    deadline = deadline_of(process, "ruling")
    place = [process.public_id, deadline.public_id]
    reason = {"reason": "Styrelsen har spurgt."}

    stopped = [client.post(reverse("clock_pause", args=place), {**reason, "key": "k1"}) for _press in range(2)]
    monkeypatch.setattr("config.middleware.timezone.now", lambda: now + timedelta(days=7))
    shown = client.get(reverse("submission", args=[process.public_id, deadline.subject_id])).content.decode()
    running = client.post(reverse("clock_resume", args=place), {"reason": "Svaret er sendt."})

    assert [answer.status_code for answer in stopped] == [302, 302]
    assert "Uret står stille, indtil myndigheden har fået sit svar." in shown
    assert reverse("clock_resume", args=place) in shown
    assert running.status_code == 302
    assert deadline_of(process, "ruling").on == deadline.on + timedelta(days=7)


def _before_the_authority(now: datetime) -> tuple[Process, object]:
    office = an_office()
    the_bodies()
    process = a_process(office, now, CLOCK)
    complete_stage(stage_of(process, "before"), actor=officer_of(process), now=now)
    return process, signed_in(officer(process))
