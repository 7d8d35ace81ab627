"""One reading of who fills a role or a list: the process, a scenario and a page name the same bodies."""

from __future__ import annotations

from datetime import date

import pytest

from consultations.player.parties import Directory
from workflow.actions.bodies import load_bodies
from workflow.actors import SYSTEM
from workflow.queries.candidates import bodies_of_kinds
from workflow.states import BodyKind

pytestmark = pytest.mark.django_db

DAYS = (date(2018, 1, 1), date(2022, 7, 1), date(2026, 11, 27), date(2027, 1, 1))
REGIONS = ("", "sjaelland", "hovedstaden", "nordjylland", "oestdanmark")


def test_fill_role_of_the_coordination_committee_in_2026_finds_the_cooperation_committee() -> None:
    directory = Directory([], "sjaelland", date(2026, 11, 27))

    assert directory.of_kinds([BodyKind.COORDINATION_COMMITTEE]) == ("ssu-sjaelland",)


def test_walk_kinds_on_days_before_and_after_reforms_processes_and_scenarios_find_the_same(now: object) -> None:
    load_bodies(actor=SYSTEM, now=now)  # type: ignore[arg-type]

    apart = []
    for day in DAYS:
        for region in REGIONS:
            directory = Directory([], region, day)
            for kind in BodyKind.values:
                in_process = tuple(body.key for body in bodies_of_kinds([kind], day, region))
                if directory.of_kinds([kind]) != in_process:
                    apart.append((day, region, kind, in_process, directory.of_kinds([kind])))

    assert not apart
