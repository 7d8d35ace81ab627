"""What is on the stage while a scenario plays: office, people, bodies, the process, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypedDict, overload

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from consultations.player.files import made_file
from consultations.player.known import ScenarioRefused
from consultations.player.scenario import Scenario, Turn
from consultations.player.written import Day, File, Moment, NamedText, Text
from notifications.statements import Given, Read
from workflow.actions.bodies import PlannedBody, load_bodies
from workflow.actions.contacts import add_demo_contacts, set_contact
from workflow.actions.definitions import load_definition
from workflow.actions.files import store_file
from workflow.actions.offices import add_user, create_office, grant_role
from workflow.actions.starting import start_process
from workflow.actors import SYSTEM, Actor
from workflow.dates import local_day
from workflow.definitions import Problem
from workflow.models import Body, Bundle, Office, Process, Stage, StoredFile, User
from workflow.queries.processes import live_stage
from workflow.rules import Refused
from workflow.rules.sorting import danish_sort_key
from workflow.states import Channel


class Impossible(Exception):
    """A deed that makes no sense where the play stands: nothing to answer, nobody asked. The text says why."""


class OnceBy(TypedDict):
    """Who does something, when (UTC), and the key that makes a repetition harmless, as a form's key does."""

    actor: Actor
    now: datetime
    key: str


@dataclass
class Play:
    """What deeds find on the stage. turn: the deed that is being done, by whom and for whom.

    mail_down_until: the mail server is away before this instant.
    """

    scenario: Scenario
    office: Office
    process: Process
    users: Mapping[str, User]
    bodies: Mapping[str, Body]
    turn: Turn
    texts: dict[str, dict[str, str]] = field(default_factory=dict)
    bundle: Bundle | None = None
    mail_down_until: datetime | None = None

    @property
    def now(self) -> datetime:
        """The instant of the deed (UTC)."""
        return self.turn.at

    @property
    def today(self) -> date:
        """Its local day."""
        return local_day(self.turn.at, self.process.time_zone)

    @property
    def key(self) -> str:
        """What tells this deed from every other."""
        return f"{self.turn.line}.{self.turn.place}"

    @property
    def party(self) -> str:
        """The key of the body the deed is done by or for; "" for none."""
        return self.turn.party

    @property
    def body(self) -> Body:
        """That body."""
        return self.bodies[self.turn.party]

    @property
    def is_officers(self) -> bool:
        """Whether an officer does the deed."""
        return self.turn.by in self.users

    def officer(self, on_behalf_of: str = "") -> Actor:
        """The officer who does the deed."""
        actor = Actor.of_user(self.users[self.turn.by])
        return actor.acting_for(on_behalf_of) if on_behalf_of else actor

    def once_by(self, actor: Actor) -> OnceBy:
        """What an action asks that is done once, by this actor now."""
        return {"actor": actor, "now": self.now, "key": self.key}

    @property
    def once(self) -> OnceBy:
        """The same, by the officer."""
        return self.once_by(self.officer())

    def process_now(self) -> Process:
        """The process as it is now."""
        return _PROCESS.one(pk=self.process.pk)

    def stage(self, key: str) -> Stage:
        """The attempt of a stage that counts."""
        return live_stage(self.process_now(), key)

    def words(self, text: Text | None) -> str:
        """A text: as written, or one of a named text's versions by the deed's place; {party} is the party."""
        if isinstance(text, NamedText):
            versions = self.scenario.file.texts[text.name]
            text = versions[self.turn.place % len(versions)]
        return (text or "").replace("{party}", self.body.name if self.party else "").strip()

    def made(self, file: File) -> StoredFile:
        """A file of the scenario, made and stored."""
        return store_file(self.office, file.name, made_file(file.name, self.words(file.text)), now=self.now)

    def file(self, file: File | None) -> StoredFile | None:
        """The same where there is one."""
        return self.made(file) if file else None

    @overload
    def day(self, written: Day) -> date: ...
    @overload
    def day(self, written: Day | None) -> date | None: ...
    def day(self, written: Day | None) -> date | None:
        """The local day that is meant, counted from the deed's own."""
        return (
            None if written is None else self.scenario.almanac.day(written, self.scenario.almanac.local_day(self.now))
        )

    def moment(self, written: Moment | None) -> datetime | None:
        """The instant that is meant, counted from the deed's own."""
        return None if written is None else self.scenario.almanac.moment(written, self.now)


_PROCESS: Final = Read(lambda: Process.objects.select_related("office", "definition").filter(pk=Given("pk")))


def set_up(scenario: Scenario, *, password: str | None = None) -> Play:
    """Found the office, its people and addresses, and start the process; all by the actions, a while before the start.

    password: what every officer signs in with; None for accounts nobody signs in to. What an action or the database
    refuses is said with the line it comes from (`ScenarioRefused`).
    """
    file, at = scenario.file, scenario.starts_at
    with _said_at(scenario, "office"):
        text = file.office.model_dump(exclude={"region"})
        office = create_office(region_code=file.office.region, actor=SYSTEM, now=at, **text)
    users = {}
    for key, officer in file.actors.officers.items():
        with _said_at(scenario, "actors", "officers", key):
            user = add_user(email=officer.email, name=officer.name, password=password, actor=SYSTEM, now=at)
            grant_role(user, office, officer.role, actor=SYSTEM, now=at)
            users[key] = user
    load_bodies(actor=SYSTEM, now=at)
    with _said_at(scenario, "bodies"):
        Body.objects.bulk_create(_new_body(planned) for planned in scenario.bodies)
    bodies = {body.key: body for body in Body.objects.all()}
    starter = Actor.of_user(users[file.starts.by])
    for key, address in scenario.addresses.items():
        on_paper = bodies[key].name if address.channel == Channel.PAPER else ""
        with _said_at(scenario, "addresses", key):
            values = address.model_dump()
            set_contact(office, bodies[key], postal_address=on_paper, actor=starter, now=at, **values)
    with _said_at(scenario, "bodies"):
        add_demo_contacts(office, bodies.values(), actor=SYSTEM, now=at)
    with _said_at(scenario, "definition"):
        definition = load_definition(office, scenario.definition, scenario.definition_name, actor=starter, now=at)
    with _said_at(scenario, "process"):
        process = start_process(
            office,
            definition,
            title=file.process.title,
            parameters=scenario.parameters,
            bodies={name: [bodies[key] for key in keys] for name, keys in scenario.lists.items()},
            levels=scenario.levels,
            is_public=file.process.public,
            external_case_number=file.process.case_number,
            actor=starter,
            now=at,
        )
    return Play(scenario, office, process, users, bodies, scenario.turns[0])


@contextmanager
def _said_at(scenario: Scenario, *path: str) -> Iterator[None]:
    """What is refused inside is said of that part of the file."""
    try:
        yield
    except Refused as refused:
        code, message = refused.refusal.code, str(refused.refusal.text)
    except (DatabaseError, ValidationError, ValueError) as error:
        code, message = "not_taken", _("This cannot be kept: %(problem)s.") % {"problem": str(error).strip()}
    else:
        return
    remedy = _("Change this part of the file, and play it again.")
    if code in ("no_body", "several_bodies"):
        remedy = _("Say who it is under process, lists: {name: body}.")
    raise ScenarioRefused([Problem(scenario.path.name, scenario.line(path), code, message, remedy)])


def _new_body(planned: PlannedBody) -> Body:
    """A body the shipped lists lack."""
    return Body(
        key=planned.key,
        kind=planned.kind,
        name=planned.name,
        name_en=planned.name_en,
        region_code=planned.region_code,
        sort_key=danish_sort_key(planned.name),
    )
