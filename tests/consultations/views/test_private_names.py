"""A party's name can be read by everybody: what is private in it is refused wherever a name is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from consultations.actions.invitation_list import add_party
from consultations.models import Invitation
from tests.architecture.test_fields import our_forms
from tests.consultations.factories import LAUNCHED, OFFICER, Hearing, a_hearing, a_round_in_draft
from tests.consultations.views.conftest import officer_of
from workflow.rules import Refused
from workflow.rules.names import private_in_name

PRIVATE = {
    "Hans Jensen, hans@privat.example": "An e-mail address stands in the name",
    "Hans Jensen, Nygade 3, tlf. 22334455": "A telephone number stands in the name",
    "Hans Jensen 010190-1234": "A CPR number stands in the name",
}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Hans Jensen <hans@privat.example>", "address_in_name"),
        *((f"Hans Jensen {number}", "telephone_in_name") for number in ("22334455", "22 33 44 55", "22.33.44.55")),
        *((f"Hans Jensen, {number}", "telephone_in_name") for number in ("22-33-44-55", "2233 4455", "+45 2233")),
        ("Hans Jensen 0045 22334455", "telephone_in_name"),
        *((f"Hans Jensen {number}", "cpr_in_name") for number in ("010190-1234", "0101901234", "010190 - 1234")),
    ],
)
def test_read_name_with_something_private_says_what_it_is(name: str, code: str) -> None:
    refusal = private_in_name(name)

    assert refusal is not None
    assert refusal.code == code


@pytest.mark.parametrize(
    "name",
    [
        *("Danske Regioner", "3F", "Ældrerådet 2018-2019", "Foreningen af 01.01.2019", "Kunst@Aarhus", "Café 1234"),
        *("Firma A/S, CVR 12345678", "Firma ApS (CVR-nr. 12 34 56 78)", "Råd nr. 112 af 28/12-2018", "1. 2. 3. og 4."),
    ],
)
def test_read_name_with_public_figures_is_allowed(name: str) -> None:
    assert private_in_name(name) is None


def _typed(officer: Client, hearing: Hearing, at: str, *more: object, **sent: str) -> Any:
    url = reverse(at, args=[hearing.process.public_id, hearing.round.stage.public_id, *more])
    return officer.post(url, {"email": "", "channel": "none", "language": "da", **sent})


ENTRIES: dict[str, tuple[Callable[[], Hearing], Callable[[Client, Hearing, str], Any]]] = {
    "add": (a_round_in_draft, lambda who, hearing, name: _typed(who, hearing, "round_parties", name=name)),
    "correct": (
        a_round_in_draft,
        lambda who, hearing, name: _typed(who, hearing, "party_correct", hearing.party(1).public_id, name=name),
    ),
    "paste": (
        a_round_in_draft,
        lambda who, hearing, name: _typed(
            who, hearing, "round_parties_many", text=f"navn;mail\nRådet;\n{name};", do="look"
        ),
    ),
    "invite": (a_hearing, lambda who, hearing, name: _typed(who, hearing, "round_invite", name=name, do="send")),
}


@pytest.mark.django_db
@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("name", PRIVATE)
def test_type_private_data_into_a_partys_name_is_refused_at_every_entry(
    clock: time_machine.Traveller, entry: str, name: str
) -> None:
    made, types = ENTRIES[entry]
    hearing = made()
    before = set(Invitation.objects.values_list("name", flat=True))

    page = types(officer_of(hearing.process.office), hearing, name)

    said = page.content.decode()
    is_taken_apart = entry == "paste" and "@" in name  # a pasted address beside a name goes where it belongs
    assert page.status_code == (200 if is_taken_apart else 422)
    assert (PRIVATE[name] in said) != is_taken_apart
    assert "Line 3" in said or entry != "paste" or is_taken_apart
    assert set(Invitation.objects.values_list("name", flat=True)) == before


@pytest.mark.django_db
@pytest.mark.parametrize("name", PRIVATE)
def test_add_party_with_private_data_in_its_name_refuses_also_past_the_page(
    clock: time_machine.Traveller, name: str
) -> None:
    hearing = a_round_in_draft()

    with pytest.raises(Refused) as caught:
        add_party(hearing.round, name=name, channel="none", actor=OFFICER, now=LAUNCHED)

    assert caught.value.refusal.code in ("address_in_name", "telephone_in_name", "cpr_in_name")


def test_type_a_partys_name_has_no_other_entry() -> None:
    labels = {form: getattr(form.base_fields.get("name"), "label", "") for form in our_forms()}
    named = {form for form, label in labels.items() if str(label) == "Name of the party"}

    assert {form.__name__ for form in named} == {"PartyForm", "ListedPartyForm", "InviteForm"}
    assert all(hasattr(form, "clean_name") for form in named)
