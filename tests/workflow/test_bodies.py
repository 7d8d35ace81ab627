"""The shipped bodies: counts, keys, successors, and that loading twice changes nothing."""

from collections import Counter
from datetime import date, datetime

import pytest
from django.core.management import call_command

from workflow.actions.bodies import load_bodies
from workflow.actors import SYSTEM
from workflow.imports.shipped import ImportRefused, read_organisations
from workflow.models import Body
from workflow.queries.candidates import bodies_of_kinds
from workflow.states import BodyKind

pytestmark = pytest.mark.django_db


def test_load_bodies_into_an_empty_database_makes_the_whole_country(now: datetime) -> None:
    load_bodies(actor=SYSTEM, now=now)

    kinds = Counter(Body.objects.values_list("kind", flat=True))
    assert kinds == {
        BodyKind.MUNICIPAL_COUNCIL: 98,
        BodyKind.SENIOR_COUNCIL: 98,
        BodyKind.DISABILITY_COUNCIL: 98,
        BodyKind.REGIONAL_COUNCIL: 6,
        BodyKind.COORDINATION_COMMITTEE: 5,
        BodyKind.COOPERATION_COMMITTEE: 5,
        BodyKind.HEALTH_COUNCIL: 5,
        BodyKind.STEERING_GROUP: 5,
        BodyKind.PATIENT_INVOLVEMENT_COMMITTEE: 5,
        BodyKind.PRACTICE_PLAN_COMMITTEE: 5,
        BodyKind.MUNICIPAL_CONTACT_COUNCIL: 5,
        BodyKind.GENERAL_PRACTITIONERS: 6,
        BodyKind.ANCHORING_GROUP: 10,
        BodyKind.HOSPITAL: 9,
        BodyKind.NATIONAL_AUTHORITY: 1,
        BodyKind.ORGANISATION: 22,
    }
    councils = Counter(Body.objects.filter(kind=BodyKind.MUNICIPAL_COUNCIL).values_list("region_code", flat=True))
    assert councils == {"sjaelland": 17, "hovedstaden": 29, "midtjylland": 19, "syddanmark": 22, "nordjylland": 11}


def test_load_bodies_twice_changes_nothing(now: datetime) -> None:
    first = load_bodies(actor=SYSTEM, now=now)
    ids = dict(Body.objects.values_list("key", "public_id"))

    second = load_bodies(actor=SYSTEM, now=now)

    assert (second.created, second.changed, second.unchanged) == (0, 0, first.created)
    assert dict(Body.objects.values_list("key", "public_id")) == ids


def test_load_bodies_after_a_name_was_altered_restores_it(now: datetime) -> None:
    load_bodies(actor=SYSTEM, now=now)
    Body.objects.filter(key="roskilde").update(name="Roskylde")

    done = load_bodies(actor=SYSTEM, now=now)

    assert done.changed == 1
    assert Body.objects.get(key="roskilde").name == "Roskilde Kommune"


@pytest.mark.parametrize(
    ("key", "kind", "name"),
    [
        ("roskilde", BodyKind.MUNICIPAL_COUNCIL, "Roskilde Kommune"),
        ("koege-aeldreraad", BodyKind.SENIOR_COUNCIL, "Ældrerådet i Køge Kommune"),
        ("aeroe", BodyKind.MUNICIPAL_COUNCIL, "Ærø Kommune"),
        ("bornholm", BodyKind.MUNICIPAL_COUNCIL, "Bornholms Regionskommune"),
        ("roskilde-handicapraad", BodyKind.DISABILITY_COUNCIL, "Handicaprådet i Roskilde Kommune"),
        ("region-sjaelland", BodyKind.REGIONAL_COUNCIL, "Region Sjælland"),
        ("kkr-sjaelland", BodyKind.MUNICIPAL_CONTACT_COUNCIL, "KKR Sjælland"),
        ("das-sjaelland", BodyKind.STEERING_GROUP, "Den administrative styregruppe i Region Sjælland"),
        ("sundhedsstyrelsen", BodyKind.NATIONAL_AUTHORITY, "Sundhedsstyrelsen"),
        ("tandlaegeforeningen", BodyKind.ORGANISATION, "Tandlægeforeningen"),
    ],
)
def test_load_bodies_gives_each_body_its_stable_key(now: datetime, key: str, kind: str, name: str) -> None:
    load_bodies(actor=SYSTEM, now=now)

    body = Body.objects.get(key=key)

    assert (body.kind, body.name) == (kind, name)


def test_load_bodies_names_the_successors_of_what_the_law_changed(now: datetime) -> None:
    load_bodies(actor=SYSTEM, now=now)

    sku = Body.objects.get(key="sku-sjaelland")
    region = Body.objects.get(key="region-sjaelland")
    assert sku.successor is not None
    assert (sku.valid_to, sku.successor.key, sku.successor.valid_from) == (
        date(2022, 6, 30),
        "ssu-sjaelland",
        date(2022, 7, 1),
    )
    assert region.successor is not None
    assert (region.valid_to, region.successor.key, region.successor.valid_from) == (
        date(2026, 12, 31),
        "region-oestdanmark",
        date(2027, 1, 1),
    )
    assert Body.objects.get(key="region-nordjylland").successor is None


@pytest.mark.parametrize(
    ("day", "region", "committees"),
    [
        (date(2022, 6, 30), "sjaelland", ["sku-sjaelland"]),
        (date(2022, 7, 1), "sjaelland", ["ssu-sjaelland"]),
        (date(2026, 11, 22), "fyn", []),
    ],
)
def test_find_bodies_of_a_kind_that_has_given_way_gives_what_took_its_place(
    now: datetime, day: date, region: str, committees: list[str]
) -> None:
    load_bodies(actor=SYSTEM, now=now)

    found = bodies_of_kinds([BodyKind.COORDINATION_COMMITTEE], day, region)

    assert [body.key for body in found] == committees


@pytest.mark.parametrize(
    ("day", "councils"),
    [
        (
            date(2026, 12, 31),
            ["region-hovedstaden", "region-midtjylland", "region-nordjylland", "region-sjaelland", "region-syddanmark"],
        ),
        (date(2027, 1, 1), ["region-midtjylland", "region-nordjylland", "region-syddanmark", "region-oestdanmark"]),
    ],
)
def test_find_regional_councils_on_either_side_of_the_merger_names_each_once(
    now: datetime, day: date, councils: list[str]
) -> None:
    load_bodies(actor=SYSTEM, now=now)

    assert [body.key for body in bodies_of_kinds([BodyKind.REGIONAL_COUNCIL], day)] == councils


def test_load_bodies_by_command_says_what_it_made(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_bodies")

    assert capsys.readouterr().out == "383 oprettet, 0 ændret, 0 uændret\n"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("key,name\n", 1),
        ("key,kind,name,name_en,region\na,organisation,,A,\n", 2),
        ("key,kind,name,name_en,region\na,club,A,A,\n", 2),
        ("key,kind,name,name_en,region\na,organisation,A,A,\na,organisation,B,B,\n", 3),
        ("key,kind,name,name_en,region\na,hospital,A,A,Region Skåne\n", 2),
    ],
)
def test_read_organisations_of_a_wrong_list_names_the_line(text: str, line: int) -> None:
    with pytest.raises(ImportRefused) as refused:
        read_organisations(text)

    assert [problem.line for problem in refused.value.problems] == [line]
