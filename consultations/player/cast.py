"""Who is in a play: the office with its officers, the bodies with their addresses, the process, who acts as whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from consultations.player.scenario import Deed, Scenario
from notifications.statements import Given, Read
from workflow.actions.bodies import load_bodies
from workflow.actions.contacts import add_demo_contacts, set_contact
from workflow.actions.definitions import load_definition
from workflow.actions.offices import add_user, create_office, grant_role
from workflow.actions.processes import start_process
from workflow.actors import SYSTEM, Actor
from workflow.models import Body, Bundle, Office, Process, User
from workflow.rules.sorting import danish_sort_key
from workflow.states import Channel, Level, Role


@dataclass
class Play:
    """What is on the stage while a scenario plays. mail_down_until: the mail server is away before this instant."""

    scenario: Scenario
    office: Office
    process: Process
    users: dict[str, User]
    bodies: dict[str, Body]
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    bundle: Bundle | None = None
    mail_down_until: datetime | None = None

    def officer(self, deed: Deed, on_behalf_of: str = "") -> Actor:
        """The officer who does a deed."""
        actor = Actor.of_user(self.users[deed.by])
        return actor.acting_for(on_behalf_of) if on_behalf_of else actor

    def body(self, deed: Deed) -> Body:
        """The body a deed is done by or for."""
        return self.bodies[deed.party]

    def process_now(self) -> Process:
        """The process as it is now."""
        return _PROCESS.one(pk=self.process.pk)


_PROCESS: Final = Read(lambda: Process.objects.select_related("office", "definition").filter(pk=Given("pk")))


def set_up(scenario: Scenario, *, password: str | None = None) -> Play:
    """Found the office, its people and addresses, and start the process; all by the actions, a while before the start.

    password: what every officer signs in with; None for accounts nobody signs in to. Refuses as the actions do.
    """
    at = scenario.start.at
    text = scenario.office
    office = create_office(
        key=text.key,
        name=text.name,
        case_prefix=text.case_prefix,
        reply_to=text.reply_to,
        region_code=text.region,
        language=text.language,
        time_zone=text.time_zone,
        postal_address=text.postal_address,
        actor=SYSTEM,
        now=at,
    )
    users = {}
    for officer in scenario.officers.values():
        user = add_user(email=officer.email, name=officer.name, password=password, actor=SYSTEM, now=at)
        grant_role(user, office, Role(officer.role), actor=SYSTEM, now=at)
        users[officer.key] = user
    load_bodies(actor=SYSTEM, now=at)
    Body.objects.bulk_create(
        Body(
            key=new.key,
            kind=new.kind,
            name=new.name,
            name_en=new.name_en,
            region_code=new.region,
            sort_key=danish_sort_key(new.name),
        )
        for new in scenario.bodies
    )
    bodies = {body.key: body for body in Body.objects.all()}
    starter = Actor.of_user(users[scenario.start.by])
    for key, address in scenario.addresses.items():
        set_contact(
            office,
            bodies[key],
            email=address.email,
            name=address.name,
            language=address.language,
            channel=Channel(address.channel),
            postal_address=bodies[key].name if address.channel == Channel.PAPER else "",
            actor=starter,
            now=at,
        )
    add_demo_contacts(office, bodies.values(), actor=SYSTEM, now=at)
    definition = load_definition(office, scenario.definition, scenario.definition_name, actor=starter, now=at)
    process = start_process(
        office,
        definition,
        title=scenario.start.title,
        parameters=scenario.start.parameters,
        bodies={name: _one_or_all([bodies[key] for key in keys]) for name, keys in scenario.start.lists.items()},
        levels={key: Level(level) for key, level in scenario.start.levels.items()},
        is_public=scenario.start.is_public,
        external_case_number=scenario.start.case_number,
        actor=starter,
        now=at,
    )
    return Play(scenario, office, process, users, bodies)


def _one_or_all(bodies: list[Body]) -> Body | list[Body]:
    return bodies[0] if len(bodies) == 1 else bodies
