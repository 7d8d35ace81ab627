"""The bodies of the country, loaded from the shipped lists: councils, committees, authorities and organisations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from workflow.actors import Actor
from workflow.imports.shipped import MunicipalityRow, OrganisationRow, shipped_municipalities, shipped_organisations
from workflow.models import AuditEntry, Body
from workflow.rules.slugs import danish_slug
from workflow.rules.sorting import danish_sort_key
from workflow.states import BodyKind, Verb

# Sundhedsloven: health coordination committees (SKU) gave way to health cooperation committees (SSU) on 1 July 2022.
SKU_VALID_TO = date(2022, 6, 30)
SSU_VALID_FROM = date(2022, 7, 1)
# Region Sjælland and Region Hovedstaden merge into Region Østdanmark on 1 January 2027.
MERGED_REGIONS = ("Region Hovedstaden", "Region Sjælland")
MERGER_ON = date(2027, 1, 1)
LAST_DAY_BEFORE_MERGER = date(2026, 12, 31)
NEW_REGION = "Region Østdanmark"

REGIONS_EN = {
    "Region Hovedstaden": "Capital Region of Denmark",
    "Region Sjælland": "Region Zealand",
    "Region Syddanmark": "Region of Southern Denmark",
    "Region Midtjylland": "Central Denmark Region",
    "Region Nordjylland": "North Denmark Region",
    NEW_REGION: "Region of Eastern Denmark",
}

_COMPARED = (
    "kind",
    "name",
    "name_en",
    "own_name",
    "sort_key",
    "municipality_code",
    "region_code",
    "parent_id",
    "successor_id",
    "valid_from",
    "valid_to",
)


@dataclass(frozen=True, slots=True)
class LoadedBodies:
    """How many bodies a load made, changed and found as they should be."""

    created: int
    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class PlannedBody:
    """A body of the shipped lists as it should stand; `parent` and `successor` are keys of other planned bodies."""

    key: str
    kind: str
    name: str
    name_en: str
    region_code: str = ""
    municipality_code: str = ""
    parent: str = ""
    successor: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    own_name: str = ""


def planned_bodies() -> list[PlannedBody]:
    """Every body of the shipped lists, without a database: what a file may name before anything is loaded."""
    return list(_plans(shipped_municipalities(), shipped_organisations()))


def region_code(region: str) -> str:
    """The key by which bodies name a region: "Region Sjælland" gives "sjaelland"."""
    # Part of the bodies' keys: spelt otherwise, the bodies of a region would be made once more beside the old ones.
    return danish_slug(region.removeprefix("Region "))


@transaction.atomic
def load_bodies(*, actor: Actor, now: datetime) -> LoadedBodies:
    """Make or bring up to date every body of the shipped lists; loading twice changes nothing the second time.

    Leaves alone the bodies an office made itself or has changed, and the contacts of all. Refuses shipped lists with
    wrong counts.
    """
    plans = planned_bodies()
    bodies_before = {body.key: body for body in Body.objects.filter(key__in=[plan.key for plan in plans])}
    by_key = dict(bodies_before)
    plans_left = [plan for plan in plans if plan.key not in bodies_before]
    new_keys: set[str] = set()
    while plans_left:
        # In waves: a body is made when its parent and its successor stand.
        wave = [plan for plan in plans_left if all(key in by_key for key in (plan.parent, plan.successor) if key)]
        if not wave:
            raise ValueError("Bodies of the shipped lists name each other in a circle.")
        fresh = [Body(key=plan.key, **_columns_of(plan, by_key)) for plan in wave]
        Body.objects.bulk_create(fresh, batch_size=500)
        by_key |= {body.key: body for body in fresh}
        new_keys |= {body.key for body in fresh}
        plans_left = [plan for plan in plans_left if plan.key not in new_keys]
    changed = []
    by_hand = set(
        AuditEntry.objects.filter(verb__in=(Verb.CHANGE_BODY, Verb.END_BODY)).values_list("subject_id", flat=True)
    )
    for plan in plans:
        body = by_key[plan.key]
        if body.public_id in by_hand:
            continue
        columns = _columns_of(plan, by_key)
        if any(getattr(body, name) != value for name, value in columns.items()):
            for name, value in columns.items():
                setattr(body, name, value)
            changed.append(body)
    Body.objects.bulk_update(changed, [name.removesuffix("_id") for name in _COMPARED], batch_size=200)
    return LoadedBodies(len(new_keys), len(changed), len(plans) - len(new_keys) - len(changed))


def _columns_of(plan: PlannedBody, by_key: Mapping[str, Body]) -> dict[str, Any]:
    """The columns of a body as planned; its parent and successor stand already."""
    return {
        "kind": plan.kind,
        "name": plan.name,
        "name_en": plan.name_en,
        "own_name": plan.own_name,
        "sort_key": danish_sort_key(plan.name),
        "municipality_code": plan.municipality_code,
        "region_code": plan.region_code,
        "parent_id": by_key[plan.parent].pk if plan.parent else None,
        "successor_id": by_key[plan.successor].pk if plan.successor else None,
        "valid_from": plan.valid_from,
        "valid_to": plan.valid_to,
    }


def _plans(municipalities: list[MunicipalityRow], organisations: list[OrganisationRow]) -> Iterator[PlannedBody]:
    yield _regional_council(NEW_REGION)
    for region in sorted({row.region for row in municipalities}, key=danish_sort_key):
        yield from _bodies_of_region(region)
    for row in municipalities:
        yield from _bodies_of_municipality(row)
    for organisation in organisations:
        yield PlannedBody(
            key=organisation.key,
            kind=organisation.kind,
            name=organisation.name,
            name_en=organisation.name_en,
            region_code=region_code(organisation.region) if organisation.region else "",
        )


def _regional_council(region: str) -> PlannedBody:
    merges = region in MERGED_REGIONS
    return PlannedBody(
        key=danish_slug(region),
        kind=BodyKind.REGIONAL_COUNCIL,
        name=region,
        name_en=REGIONS_EN[region],
        region_code=region_code(region),
        own_name="regionsrådet",
        successor=danish_slug(NEW_REGION) if merges else "",
        valid_from=MERGER_ON if region == NEW_REGION else None,
        valid_to=LAST_DAY_BEFORE_MERGER if merges else None,
    )


def _bodies_of_region(region: str) -> Iterator[PlannedBody]:
    """The regional council and what works beside it: committees, contact council, general practitioners, groups."""
    council = _regional_council(region)
    yield council
    code, english = council.region_code, council.name_en
    short = region.removeprefix("Region ")

    def beside(key: str, kind: BodyKind, name: str, name_en: str, **more: object) -> PlannedBody:
        values: dict[str, object] = {
            "key": f"{key}-{code}",
            "kind": kind,
            "name": name,
            "name_en": name_en,
            "region_code": code,
            "parent": council.key,
            **more,
        }
        return PlannedBody(**values)  # type: ignore[arg-type]

    yield beside(
        "ssu",
        BodyKind.COOPERATION_COMMITTEE,
        f"Sundhedssamarbejdsudvalget i {region}",
        f"Health Cooperation Committee, {english}",
        valid_from=SSU_VALID_FROM,
    )
    yield beside(
        "sku",
        BodyKind.COORDINATION_COMMITTEE,
        f"Sundhedskoordinationsudvalget i {region}",
        f"Health Coordination Committee, {english}",
        successor=f"ssu-{code}",
        valid_to=SKU_VALID_TO,
    )
    yield beside("sundhedsraad", BodyKind.HEALTH_COUNCIL, f"Sundhedsrådet i {region}", f"Health Council, {english}")
    yield beside(
        "das",
        BodyKind.STEERING_GROUP,
        f"Den administrative styregruppe i {region}",
        f"Administrative Steering Group, {english}",
    )
    yield beside(
        "piu",
        BodyKind.PATIENT_INVOLVEMENT_COMMITTEE,
        f"Patientinddragelsesudvalget i {region}",
        f"Patient Involvement Committee, {english}",
    )
    yield beside(
        "praksisplanudvalget",
        BodyKind.PRACTICE_PLAN_COMMITTEE,
        f"Praksisplanudvalget i {region}",
        f"Practice Plan Committee, {english}",
    )
    yield beside(
        "kkr", BodyKind.MUNICIPAL_CONTACT_COUNCIL, f"KKR {short}", f"Municipal Contact Council (KKR), {english}"
    )
    yield beside("plo", BodyKind.GENERAL_PRACTITIONERS, f"PLO {short}", f"General Practitioners (PLO), {english}")
    yield beside(
        "forankringsgruppe-kommuner",
        BodyKind.ANCHORING_GROUP,
        f"Den politiske forankringsgruppe for kommunerne i {region}",
        f"Political Anchoring Group of the municipalities, {english}",
    )
    yield beside(
        "forankringsgruppe-region",
        BodyKind.ANCHORING_GROUP,
        f"Den politiske forankringsgruppe for {region}",
        f"Political Anchoring Group of the region, {english}",
    )


def _bodies_of_municipality(row: MunicipalityRow) -> Iterator[PlannedBody]:
    """The municipal council under the municipality's own name, its senior council and its disability council."""
    key, code = danish_slug(row.short_name), region_code(row.region)
    english = f"{row.short_name} Municipality"
    yield PlannedBody(key, BodyKind.MUNICIPAL_COUNCIL, row.name, english, code, row.code, own_name=row.own_name)
    yield PlannedBody(
        f"{key}-aeldreraad",
        BodyKind.SENIOR_COUNCIL,
        f"Ældrerådet i {row.name}",
        f"Senior Council, {english}",
        code,
        row.code,
        parent=key,
    )
    yield PlannedBody(
        f"{key}-handicapraad",
        BodyKind.DISABILITY_COUNCIL,
        f"Handicaprådet i {row.name}",
        f"Disability Council, {english}",
        code,
        row.code,
        parent=key,
    )
