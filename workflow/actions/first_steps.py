"""An empty installation gets its first office and its administrator, and the office what comes with the product."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from workflow.actions.accounts import add_user
from workflow.actions.bodies import LoadedBodies, load_bodies
from workflow.actions.changing_bodies import in_turn
from workflow.actions.definitions import load_definition
from workflow.actions.offices import create_office, grant_role
from workflow.actions.once import Once
from workflow.actions.rights import insist_administrator
from workflow.actors import SYSTEM, Actor
from workflow.audit import record
from workflow.definitions import shipped_paths
from workflow.models import Office, ProcessDefinition, User
from workflow.queries.first_steps import scope_of
from workflow.rules import Refusal, Refused, insist
from workflow.rules.offices import must_have_name
from workflow.states import Role, Verb


@transaction.atomic
def begin_installation(
    *,
    key: str,
    name: str,
    case_prefix: str,
    reply_to: str,
    region_code: str,
    language: str,
    admin_name: str,
    admin_email: str,
    now: datetime,
) -> tuple[Office, User]:
    """Found the first office of an installation, and give its first person an account without a password: both its
    administrator and an officer. By the system, for there is nobody else yet.

    Refuses where there is an office already, and as `create_office` and `add_user` do.
    """
    taken = Office.objects.order_by("pk").first()
    if taken is not None:
        text = _("This installation has begun: there is %(office)s. Found another office with create_office.")
        raise Refused(Refusal("installation_begun", text % {"office": taken.name}))
    office = create_office(
        key=key,
        name=name,
        case_prefix=case_prefix,
        reply_to=reply_to,
        region_code=region_code,
        language=language,
        actor=SYSTEM,
        now=now,
    )
    insist(must_have_name(admin_name))
    user = add_user(email=admin_email, name=admin_name.strip(), language=language, actor=SYSTEM, now=now)
    for role in (Role.ADMIN, Role.SECRETARIAT):
        grant_role(user, office, role, actor=SYSTEM, now=now)
    return office, user


@transaction.atomic
def load_shipped_bodies(office: Office, *, actor: Actor, now: datetime, key: str = "") -> LoadedBodies:
    """Put the councils, committees, authorities and organisations that come with the product on the list, or bring them
    up to date. Refuses everybody but an administrator of the office."""
    in_turn()
    insist_administrator(actor, office, now)
    once = Once(f"load_shipped_bodies:{office.public_id}", key)
    if once.made is not None:
        return LoadedBodies(0, 0, 0)
    loaded = load_bodies(actor=actor, now=now)
    codes = {"created": loaded.created, "changed": loaded.changed}
    record(Verb.LOAD_BODIES, office, actor=actor, now=now, office=office, codes=codes)
    once.keep(office.public_id, now)
    return loaded


@transaction.atomic
def load_shipped_definitions(office: Office, *, actor: Actor, now: datetime, key: str = "") -> list[ProcessDefinition]:
    """Load every definition that comes with the product, for this office. Refuses as `load_definition` does.

    Loaded again, each is what new processes follow, as `load_definition` has it.
    """
    insist_administrator(actor, office, now)
    once = Once(f"load_shipped_definitions:{office.public_id}", key)
    if once.made is not None:
        return []
    rows = [
        load_definition(office, path.read_text(encoding="utf-8"), path.name, actor=actor, now=now)
        for path in shipped_paths()
    ]
    once.keep(office.public_id, now)
    return rows


@transaction.atomic
def put_first_steps_away(office: Office, *, actor: Actor, now: datetime, key: str = "") -> None:
    """Show the first steps of the office on nobody's desk any more, though some are left. Refuses everybody but an
    administrator of the office. Once for all: again it changes nothing."""
    Office.objects.select_for_update().get(pk=office.pk)
    insist_administrator(actor, office, now)
    # Not under the form's key: that it was done once is what is asked later.
    once = Once(scope_of(office), "done")
    if once.made is None:
        record(Verb.PUT_FIRST_STEPS_AWAY, office, actor=actor, now=now, office=office)
        once.keep(office.public_id, now)
