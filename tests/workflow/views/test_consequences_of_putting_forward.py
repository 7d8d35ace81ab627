"""What the page that puts a changed text forward says of open questions and of recommendations on the way."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from tests.workflow.agreements import a_working_set, decide, in_approval, request_to
from tests.workflow.test_corrections import corrected
from tests.workflow.views.consequences import LATER, NOW, reader_of, words_of
from workflow.models import Process
from workflow.states import ChangeKind, Level, Outcome

CORRECTED_AT = LATER

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


def said_before(process: Process, text: str, change: ChangeKind) -> str:
    """What the page says that puts a set with this text forward."""
    bundle = a_working_set(process, NOW, text=text, change=change)
    url = reverse("bundle_put_forward", args=[process.public_id, bundle.public_id])
    return words_of(reader_of(process).get(url).content)


@time_machine.travel(LATER, tick=False)
def test_put_forward_names_whoever_has_postponed_among_those_still_asked_alone() -> None:
    process = in_approval(NOW)
    decide(process, "council-1", NOW, Outcome.POSTPONED)

    said = said_before(process, "# 1 Formål\n\nNy tekst.\n", ChangeKind.MATERIAL)

    material, editorial = said.split("Hvis det er: Redaktionel")
    council = request_to(process, "council-1").body.name
    still_asked = material.split("linket holder straks op med at virke")[1]
    assert council in still_asked
    assert f"{council} (" not in said
    assert "2 organer, der ikke har besluttet, er fortsat spurgt" in editorial or "3 organer" in editorial


@time_machine.travel(CORRECTED_AT, tick=False)
def test_put_forward_names_the_notices_of_a_correction_that_are_not_sent_any_more() -> None:
    process = in_approval(NOW)
    corrected(process, CORRECTED_AT)

    said = said_before(process, "# 1 Formål\n\nNy tekst.\n", ChangeKind.MATERIAL)

    assert "Sendes ikke længere, da de endnu ikke er gået: meddelelser om rettelsen før denne, til " in said


@time_machine.travel(LATER, tick=False)
def test_show_what_follows_asks_for_no_reason_and_the_press_does() -> None:
    process = in_approval(NOW)
    bundle = a_working_set(process, NOW, text="# 1 Formål\n\nNy tekst.\n", change=ChangeKind.MATERIAL)
    client, url = reader_of(process), reverse("bundle_put_forward", args=[process.public_id, bundle.public_id])

    looked = client.post(url, {"change": "editorial", "reason": "", "do": "look"})
    pressed = client.post(url, {"change": "editorial", "reason": "", "shown": looked.context["look"].shown})

    assert looked.status_code == 200
    assert not looked.context["form"].errors
    assert (pressed.status_code, "reason" in pressed.context["form"].errors) == (422, True)


@time_machine.travel(LATER, tick=False)
def test_put_forward_a_change_of_substance_says_whose_link_stops_and_who_had_recommended_the_version_before() -> None:
    process = in_approval(NOW)
    decide(process, "region", NOW)
    decide(process, "council-1", NOW, level=Level.STANDING_COMMITTEE)
    bundle = a_working_set(process, NOW, text="# 1 Formål\n\nNy tekst.\n", change=ChangeKind.MATERIAL)
    names = [request_to(process, body).body.name for body in ("council-1", "council-2")]
    url = reverse("bundle_put_forward", args=[process.public_id, bundle.public_id])

    said = words_of(reader_of(process).get(url).content)

    material, editorial = said.split("Hvis det er: Redaktionel")
    asks_anew = "linket holder straks op med at virke; de kan træffe beslutning, når de har fået det nye spørgsmål: "
    recommended = "Spørg, om de også gælder den nye version: "
    assert asks_anew + ", ".join(names) in material
    assert f"{recommended}{names[0]}." in material
    assert asks_anew not in editorial
    assert recommended not in editorial
