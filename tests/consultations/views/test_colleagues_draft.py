"""A draft that a colleague saved after a page was opened: no form of that page does away with a word of it."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consultations.models import Answer, SectionComment
from consultations.states import AnswerKind
from consultations.urls import urlpatterns
from tests.architecture.odd_visitors import Controls
from tests.consultations.factories import Hearing, a_hearing, a_round_in_draft
from tests.consultations.views.conftest import holder_of, officer_of
from tests.consultations.views.test_words_given_back import an_answer, write_url

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

THEIRS = "Kollegaens ord, skrevet en hel formiddag"
PAGES = sorted(
    str(at.name) for at in urlpatterns if str(at.name).startswith("reply") and set(at.pattern.converters) == {"link_id"}
)


def forms_of(client: Client, url: str) -> list[tuple[str, dict[str, str]]]:
    """Where each form of a page leads, and what it sends; a file that is fetched has none."""
    page = client.get(url)
    if page.streaming:
        return []
    controls = Controls()
    controls.feed(page.content.decode())
    return [(action or url, values) for action, values, _typed, _id in controls.forms if action in ("", url)]


def colleague_saves(hearing: Hearing) -> None:
    sent = an_answer(hearing, do="save", text=THEIRS)
    assert holder_of(hearing).post(write_url(hearing), sent).status_code == 302


@pytest.mark.parametrize("version", ["shown", "", "x", None])
def test_press_any_form_of_a_party_after_a_colleague_saved_leaves_the_colleagues_draft(
    clock: time_machine.Traveller, version: str | None
) -> None:
    assert {"reply_write", "reply_none", "reply_decline", "reply_promise", "reply_forward"} <= set(PAGES)
    lost, pressed = [], set()

    for name in PAGES:
        hearing = a_hearing()
        client, url = holder_of(hearing), reverse(name, args=[hearing.party().link.public_id])
        forms = forms_of(client, url)
        colleague_saves(hearing)
        for action, values in forms:
            for deed in ("send", "save"):
                sent = values | {"do": deed}
                if version is None:
                    sent.pop("version", None)
                elif version != "shown" and "version" in sent:
                    sent["version"] = version
                client.post(action, sent)
                pressed.add(name)
                draft = Answer.objects.filter(invitation=hearing.party(), state="draft").first()
                if draft is None or draft.text != THEIRS:
                    lost.append(f"{name} {deed}")

    assert {"reply_write", "reply_none"} <= pressed
    assert not lost, ", ".join(lost)


def test_say_no_remarks_over_a_colleagues_new_draft_shows_it_and_sends_on_the_next_press(
    clock: time_machine.Traveller,
) -> None:
    hearing = a_hearing()
    client, url = holder_of(hearing), reverse("reply_none", args=[hearing.party().link.public_id])
    [(_action, sent)] = forms_of(client, url)
    colleague_saves(hearing)

    refused = client.post(url, sent, headers={"accept-language": "da"})

    shown = refused.content.decode()
    assert refused.status_code == 409
    assert "En kollega har ændret kladden" in shown
    assert THEIRS in shown
    assert SectionComment.objects.get().text in shown
    controls = Controls()
    controls.feed(shown)
    [again] = [values for action, values, _typed, _id in controls.forms if not action]
    assert client.post(url, again).status_code == 302
    assert Answer.objects.get().kind == AnswerKind.NO_REMARKS


@pytest.mark.parametrize("seen", ["shown", "", None])
@pytest.mark.parametrize("name", ["round_prepare", "round_summary"])
def test_save_words_of_a_round_over_a_colleagues_shows_both_and_saves_on_the_next_press(
    clock: time_machine.Traveller, name: str, seen: str | None
) -> None:
    hearing = a_round_in_draft()
    office, stage = hearing.process.office, hearing.round.stage
    url = reverse(name, args=[hearing.process.public_id, stage.public_id])
    one, other = officer_of(office), officer_of(office)
    [(_action, mine)] = forms_of(one, url)
    words = "summary" if name == "round_summary" else "letter"
    assert other.post(url, mine | {words: "Kollegaens ord"}).status_code == 302
    [(_action, theirs)] = forms_of(other, url)
    mine = {**mine, words: "Mine ord", "seen": mine["seen"] if seen == "shown" else ""}
    if seen is None:
        del mine["seen"]

    refused = one.post(url, mine, headers={"accept-language": "da"})

    shown = refused.content.decode()
    assert refused.status_code == 409
    assert "En kollega har gemt noget andet" in shown
    assert "Kollegaens ord" in shown
    assert "Mine ord" in shown
    assert getattr(hearing.reread(), words) == "Kollegaens ord"
    assert one.post(url, mine | {"seen": theirs["seen"]}).status_code == 302
    assert one.post(url, mine | {"seen": theirs["seen"]}).status_code == 302, "pressed twice"
    assert getattr(hearing.reread(), words) == "Mine ord"
