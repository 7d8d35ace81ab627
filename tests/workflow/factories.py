"""An office with its officer and bodies, and processes started by the very actions the screens use."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tests.kept import kept
from workflow.actions.definitions import load_definition
from workflow.actions.publication import publish
from workflow.actions.starting import start_process
from workflow.actors import SYSTEM, Actor
from workflow.definitions import SHIPPED
from workflow.models import Body, Membership, Office, PersonalLink, Process, ProcessDefinition, Stage, User
from workflow.queries.processes import live_stage
from workflow.states import BodyKind, PublicThing, Role

REASON = "Godkendt på mødet i styregruppen"

SMALL = """
schema_version: 1
key: small
title: {da: Lille, en: Small}
description: {da: En lille proces, en: A small process}
parameters:
  begins_on:
    type: date
    title: {da: Begynder, en: Begins}
stages:
  - key: first
    kind: drafting
    title: {da: Første, en: First}
    after: []
    actor: secretariat
    completes: manual
    gates:
      - gate: manual_with_reason
    deadline: {rule: days_after, event: first.opened, days: 10, source: Procesplan}
  - key: second
    kind: drafting
    title: {da: Anden, en: Second}
    after: [first]
    actor: secretariat
    optional: true
    completes: automatic
    gates:
      - gate: date_reached
        parameter: begins_on
    on_return: first
  - key: side
    kind: drafting
    title: {da: Ved siden af, en: Beside}
    after: [first]
    actor: secretariat
    completes: manual
    on_return: first
  - key: last
    kind: milestone
    title: {da: Sidste, en: Last}
    after: [second, side]
    actor: secretariat
    milestone:
      fact: {key: done, text: {da: Færdig, en: Done}}
    on_return: second
"""
"""Four stages and no bodies: first, then second (by its date) beside side (by hand), then last (by its fact)."""


def an_office(key: str = "sjaelland", **changes: Any) -> Office:
    """A secretariat, with `an_unnamed_officer` in it; case numbers begin with its key's first letters in capitals,
    "SJAE"."""
    values: dict[str, Any] = {
        "name": f"Sekretariatet {key}",
        "case_prefix": key[:4].upper(),
        "reply_to": f"sekretariatet@{key}.example",
        "region_code": key,
    }
    office = Office.objects.create(key=key, **{**values, **changes})
    somebody, _made = User.objects.get_or_create(
        public_id=an_unnamed_officer().public_id, defaults={"email": "somebody@office.example", "name": "Somebody"}
    )
    Membership.objects.create(user=somebody, office=office, role=Role.SECRETARIAT)
    return office


def an_officer(office: Office, email: str = "officer@example.dk", name: str = "Olga Officer") -> User:
    """An account with the role of secretariat officer in the office."""
    user = User.objects.create_user(email, "secret-password", name=name)
    Membership.objects.create(user=user, office=office, role=Role.SECRETARIAT)
    return user


def an_actor(office: Office) -> Actor:
    """An officer of the office as the one who acts."""
    return Actor.of_user(an_officer(office, f"officer-{office.key}@example.dk"))


def a_body(kind: BodyKind = BodyKind.MUNICIPAL_COUNCIL, name: str = "Solrød Byråd", **changes: Any) -> Body:
    """A body of the country; `key` is made from the name unless given."""
    values: dict[str, Any] = {"key": name.lower().replace(" ", "-"), "kind": kind, "region_code": "sjaelland"}
    return Body.objects.create(name=name, **{**values, **changes})


def the_bodies(councils: int = 3) -> dict[str, Body]:
    """One body of every kind the shipped definitions name, the regional council and so many municipal councils."""
    found = {kind.value: a_body(kind, str(kind.value), key=kind.value) for kind in BodyKind}
    for number in range(2, councils + 1):
        key = f"municipal_council-{number}"
        found[key] = a_body(BodyKind.MUNICIPAL_COUNCIL, f"Kommune {number}", key=key)
    return found


def a_definition(office: Office, now: datetime, text: str = SMALL, name: str = "test.yaml") -> ProcessDefinition:
    """A definition loaded from its text."""
    return load_definition(office, text, name, actor=SYSTEM, now=now)


def a_shipped_definition(office: Office, key: str, now: datetime) -> ProcessDefinition:
    """One of the definitions that come with the product, loaded for the office."""
    return a_definition(office, now, (SHIPPED / f"{key}.yaml").read_text(encoding="utf-8"), f"{key}.yaml")


def an_unnamed_officer() -> Actor:
    """An officer of every office made by `an_office`: for tests in which it does not matter who acts."""
    return Actor("user", UUID(int=1), "Somebody")


def a_stranger() -> Actor:
    """Somebody signed in who has no place anywhere."""
    return Actor("user", UUID(int=2), "A stranger")


def make_public(process: Process, now: datetime) -> Process:
    """The process opened to everyone: title and stages, and nothing else of it."""
    publish(process, PublicThing.PATH, [process.public_id], actor=an_unnamed_officer(), now=now)
    process.is_public = True
    return process


def a_process(office: Office, now: datetime, text: str = SMALL, **changes: Any) -> Process:
    """A process of a small definition, just started."""
    values: dict[str, Any] = {"title": "Prøve", "actor": an_unnamed_officer(), "now": now}
    return start_process(office, a_definition(office, now, text), **{**values, **changes})


@kept
def a_lone_process(now: datetime, text: str = SMALL, **changes: Any) -> Process:
    """A process of a small definition, just started, in an office of its own."""
    return a_process(an_office(), now, text, **changes)


def a_shipped_process(office: Office, key: str, now: datetime, **changes: Any) -> Process:
    """A process of a shipped definition, just started; the bodies must be there (`the_bodies`)."""
    values: dict[str, Any] = {"title": "Prøve", "actor": an_unnamed_officer(), "now": now}
    return start_process(office, a_shipped_definition(office, key, now), **{**values, **changes})


def stage_of(process: Process, key: str) -> Stage:
    """The attempt that counts of one stage, as it is in the database now."""
    return live_stage(Process.objects.get(pk=process.pk), key)


def out_of_use(link: PersonalLink, now: datetime) -> PersonalLink:
    """The link after its holder was erased: it opens nothing any more."""
    link.revoked_at = now
    link.save(update_fields=["revoked_at"])
    return link
