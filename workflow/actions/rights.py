"""Whose matter it is: no deed relies on the page for the office. Actions of this floor and the one above come in.

A personal link is judged by the rule of the deed itself; the system may do what it finds to be due.
"""

from __future__ import annotations

from datetime import datetime

from workflow.actors import Actor
from workflow.models import Body, Office
from workflow.queries.people import is_administrator
from workflow.queries.processes import is_officer, is_officer_or_member
from workflow.rules import insist
from workflow.rules.offices import must_administer
from workflow.rules.processes import must_be_officer


def insist_officer(actor: Actor, office: Office, now: datetime) -> None:
    """Refuse everybody but an officer of the office. One query for an account, none for others."""
    if actor.kind != "system":
        insist(must_be_officer(is_officer(actor, office, now)))


def insist_officer_or_body(actor: Actor, office: Office, now: datetime, body: Body | None = None) -> None:
    """Refuse an account that is neither an officer of the office nor a member of the body whose deed it is.

    One query for an account, none for others.
    """
    if actor.kind == "user":
        is_own = is_officer(actor, office, now) if body is None else is_officer_or_member(actor, office, body, now)
        insist(must_be_officer(is_own))


def insist_administrator(actor: Actor, office: Office | None, now: datetime) -> None:
    """Refuse everybody but an administrator of the office; of any office when none is named."""
    if actor.kind != "system":
        insist(must_administer(is_administrator(actor, office, now)))
