"""The commands that set up an office, as they are typed: what they say, how they refuse, and what they record."""

from __future__ import annotations

from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from workflow.actions.accounts import add_user
from workflow.actions.offices import grant_role
from workflow.actors import SYSTEM
from workflow.models import AuditEntry, Office, User
from workflow.states import Role

PASSWORD = "fjorten graa gaes"
OFFICE = ("--key", "sjaelland", "--name", "Fællessekretariatet", "--case-prefix", "RS")
REACHED = ("--reply-to", "post@region.example")
ANNA = "anna@region.example"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def refused(*arguments: str) -> str:
    """The sentence by which a command refuses; the status is then 1, as for whatever is refused."""
    before = AuditEntry.objects.count()
    with pytest.raises(CommandError) as error:
        run(*arguments)
    assert error.value.returncode == 1
    assert AuditEntry.objects.count() == before
    return str(error.value)


def an_account(name: str = "Anna", office: Office | None = None, role: Role | None = None) -> User:
    user = add_user(
        email=f"{name.lower()}@region.example",
        name=f"{name} Olsen",
        password=PASSWORD,
        actor=SYSTEM,
        now=datetime(2019, 3, 1, 9, 0, tzinfo=UTC),
    )
    if office and role:
        grant_role(user, office, role, actor=SYSTEM, now=datetime(2019, 3, 1, 9, 0, tzinfo=UTC))
    return user


def deeds() -> list[tuple[str, str]]:
    """What the record holds: each verb, and who did it."""
    return list(AuditEntry.objects.order_by("id").values_list("verb", "actor_kind"))


def verbs() -> list[str]:
    return [verb for verb, _by in deeds()]
