"""What the page that puts a changed text forward says of open questions and of recommendations on the way."""

from __future__ import annotations

import pytest
import time_machine
from django.urls import reverse

from tests.workflow.agreements import a_working_set, decide, in_approval, request_to
from tests.workflow.views.consequences import LATER, NOW, reader_of, words_of
from workflow.states import ChangeKind, Level

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("demo")]


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
