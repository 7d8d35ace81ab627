"""What is on the stage while a scenario plays: office, people, bodies, the process, and whose turn it is."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils.translation import gettext as _

from consultations.player.check import ScenarioRefused
from consultations.player.made_files import made_file
from consultations.player.shape import Shape
from consultations.player.values import File
from notifications.statements import Given, Read
from workflow.actions.accounts import add_user
from workflow.actions.bodies import load_bodies
from workflow.actions.contacts import add_demo_contacts, set_contact
from workflow.actions.definitions import load_definition
from workflow.actions.files import store_file
from workflow.actions.offices import create_office, grant_role
from workflow.actions.starting import start_process
from workflow.actors import SYSTEM, Actor
from workflow.definitions import Problem
from workflow.models import Body, Bundle, Office, Process, StoredFile, User
from workflow.rules import Refused
from workflow.rules.mid_course import EarlierStage, TextOfStage
from workflow.rules.sorting import danish_sort_key
from workflow.states import Channel

if TYPE_CHECKING:
    from consultations.player.scenario import DocumentText, Scenario, Turn


class Impossible(Exception):
    """A deed that makes no sense where the play stands: nothing to answer, nobody asked. The text says why."""

    def __init__(self, text: str, code: str = "impossible") -> None:
        self.code = code
        super().__init__(text)


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
    def key(self) -> str:
        """What tells this deed from every other."""
        return f"{self.scenario.line(self.turn.path)}.{self.turn.place}"

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

    def process_now(self) -> Process:
        """The process as it is now."""
        return _PROCESS.one(pk=self.process.pk)

    def call(self, action: Callable[..., Any], deed: Shape, **more: Any) -> Any:
        """An action, with what it takes of these: the deed's keys by its names, who does it, for which body, when, and
        the key that makes a repetition harmless, as a form's key does. Files are made and stored on the way."""
        given = {"now": self.now, "key": self.key, "body": self.body if self.party else None, **dict(deed), **more}
        given.setdefault("actor", self.officer() if self.is_officers else None)
        taken = {name: self._stored(given[name]) for name in inspect.signature(action).parameters if name in given}
        return action(**taken)

    def _stored(self, value: Any) -> Any:
        """A file of the deed made and stored, several one by one; all else as it is."""
        if isinstance(value, File):
            return stored(self.scenario, self.office, value, now=self.now)
        return [self._stored(item) for item in value] if isinstance(value, tuple) else value


_PROCESS: Final = Read(lambda: Process.objects.select_related("office", "definition").filter(pk=Given("pk")))


def set_up(scenario: Scenario, *, password: str | None = None) -> Play:
    """Found the office, its people and addresses, and start the process; all by the actions, a while before the start.

    password: what every officer signs in with; None for accounts nobody signs in to. What an action or the database
    refuses is said with the line it comes from (`ScenarioRefused`).
    """
    file, at = scenario.file, scenario.file.starts.at
    with _said_at(scenario, "office"):
        text = file.office.model_dump(exclude={"region"})
        office = create_office(region_code=file.office.region, actor=SYSTEM, now=at, **text)
    if file.schema_version == 1:
        # What is asked leaves at once there, as ever.
        office.minutes_to_take_back = 0
        office.save(update_fields=["minutes_to_take_back"])
    users = {}
    for key, officer in file.actors.officers.items():
        with _said_at(scenario, "actors", "officers", key):
            user = add_user(email=officer.email, name=officer.name, password=password, actor=SYSTEM, now=at)
            grant_role(user, office, officer.role, actor=SYSTEM, now=at)
            users[key] = user
    load_bodies(actor=SYSTEM, now=at)
    return _begin(scenario, office, users)


def join(scenario: Scenario, play: Play) -> Play:
    """Start the process of another scenario in the office of one that is under way, among its people.

    Refuses another office's, and officers that the office does not have (`ScenarioRefused`).
    """
    by_email = {user.email: user for user in play.users.values()}
    with _said_at(scenario, "office"):
        if scenario.file.office.key != play.office.key:
            raise ValueError(play.office.key)
    with _said_at(scenario, "actors", "officers"):
        users = {key: by_email[officer.email] for key, officer in scenario.file.actors.officers.items()}
    return _begin(scenario, play.office, users)


def _begin(scenario: Scenario, office: Office, users: Mapping[str, User]) -> Play:
    """The bodies and addresses of the scenario's own, and its process."""
    file, at = scenario.file, scenario.file.starts.at
    with _said_at(scenario, "bodies"):
        columns = ("key", "kind", "name", "name_en", "region_code")
        Body.objects.bulk_create(
            Body(sort_key=danish_sort_key(body.name), **{column: getattr(body, column) for column in columns})
            for body in file.planned_bodies
        )
    bodies = {body.key: body for body in Body.objects.all()}
    starter = Actor.of_user(users[file.starts.by])
    for key, address in {key: address for keys, address in file.addresses.items() for key in keys}.items():
        on_paper = bodies[key].name if address.channel == Channel.PAPER else ""
        with _said_at(scenario, "addresses", key):
            values = address.model_dump()
            set_contact(office, bodies[key], postal_address=on_paper, actor=starter, now=at, **values)
    with _said_at(scenario, "bodies"):
        add_demo_contacts(office, bodies.values(), actor=SYSTEM, now=at)
    with _said_at(scenario, "definition"):
        definition = load_definition(office, scenario.definition, scenario.definition_name, actor=SYSTEM, now=at)
    with _said_at(scenario, "process"):
        process = start_process(
            office,
            definition,
            title=file.process.title,
            parameters=file.process.parameters,
            bodies={name: [bodies[key] for key in keys] for name, keys in file.process.lists.items()},
            levels={key: level for keys, level in file.process.levels.items() for key in keys},
            is_public=file.process.public,
            external_case_number=file.process.case_number,
            done_elsewhere=_done_elsewhere(scenario, office),
            actor=starter,
            now=at,
        )
    # What came out of the stages before is what the deeds begin with.
    texts = {key: file.documents[key].texts for one in file.starts.done_elsewhere for key in one.documents}
    return Play(scenario, office, process, users, bodies, scenario.turns[0], texts)


def _done_elsewhere(scenario: Scenario, office: Office) -> list[EarlierStage]:
    """The stages done outside the system, their files made and stored."""
    file = scenario.file
    return [
        EarlierStage(
            one.stage,
            one.on,
            one.reason,
            files=[stored(scenario, office, paper, now=file.starts.at) for paper in one.files],
            texts=[_text(scenario, office, key) for key in one.documents],
        )
        for one in file.starts.done_elsewhere
    ]


def stored(scenario: Scenario, office: Office, file: File, *, now: datetime) -> StoredFile:
    """A file of the scenario, taken from beside it or made, and kept."""
    content = (scenario.path.parent / file.copy_of).read_bytes() if file.copy_of else made_file(file.name, file.text)
    return store_file(office, file.name, content, now=now)


def original_of(scenario: Scenario, office: Office, document: DocumentText, *, now: datetime) -> StoredFile | None:
    """The file a document is read in from, kept as it is beside the text; None for one written in the scenario."""
    if not document.file:
        return None
    path = scenario.path.parent / document.file
    return store_file(office, path.name, path.read_bytes(), now=now)


def _text(scenario: Scenario, office: Office, key: str) -> TextOfStage:
    document = scenario.file.documents[key]
    return TextOfStage(
        document.title,
        sections=document.as_sections(document.texts),
        pictures=document.pictures,
        file=original_of(scenario, office, document, now=scenario.file.starts.at),
        slug=key,
        role=document.role or key,
        needs_approval=document.needs_approval,
    )


def leave(on_stage: Play) -> None:
    """Let the office of the play be as any other: whoever works on in it can take back what is put forward."""
    minutes = Office._meta.get_field("minutes_to_take_back").default
    Office.objects.filter(pk=on_stage.office.pk).update(minutes_to_take_back=minutes)


@contextmanager
def _said_at(scenario: Scenario, *path: str) -> Iterator[None]:
    """What is refused inside is said of that part of the file."""
    try:
        yield
    except Refused as refused:
        code, message = refused.refusal.code, str(refused.refusal.text)
    except (DatabaseError, ValidationError, ValueError, KeyError) as error:
        code, message = "not_taken", _("This cannot be kept: %(problem)s.") % {"problem": str(error).strip()}
    else:
        return
    remedy = _("Change this part of the file, and play it again.")
    if code in ("no_body", "several_bodies"):
        remedy = _("Say who it is under process, lists: {name: body}.")
    raise ScenarioRefused([Problem(scenario.path.name, scenario.line(path), code, message, remedy)])
