"""The doors of the demo: processes laid at different points of their way, each with the officer who goes in there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflow.models import DeedKey, Membership, Process, User
from workflow.states import Role

SCOPE: Final = "demo"
"""Under which the demo keeps what it has played (`Once`), by the name of the scenario."""

DOORS: Final[Mapping[str, tuple[str | Promise, str | Promise]]] = {
    "demo-before-sending": (
        _("Before a consultation is sent"),
        _("The draft is ready, and the list and the letter are prepared. See who would get it, and send it."),
    ),
    "demo": (
        _("In the middle of a consultation"),
        _("Answers are coming in, some ask for more time, and one address does not work."),
    ),
    "demo-councils-deciding": (
        _("While the councils decide"),
        _("Some have approved, one with a reservation, and others meet in the coming weeks."),
    ),
}
"""Scenario → title and what one finds behind it, in the order of the way."""


@dataclass(frozen=True, slots=True)
class Door:
    """Where one may begin. key: the scenario's name. process: what was played. officer: as whom one goes in."""

    key: str
    title: str
    text: str
    process: Process
    officer: User


def doors() -> list[Door]:
    """The doors that the demo has laid, in their order; none where none was played. Three queries."""
    laid = dict(DeedKey.objects.filter(scope=SCOPE, key__in=DOORS).values_list("key", "result"))
    processes = Process.objects.filter(public_id__in=laid.values()).select_related("office", "definition")
    by_id = {process.public_id: process for process in processes}
    offices = {process.office_id for process in by_id.values()}
    members = Membership.objects.filter(office__in=offices, role=Role.SECRETARIAT, user__is_active=True)
    officers: dict[int | None, User] = {}
    for member in members.select_related("user").order_by("id"):
        officers.setdefault(member.office_id, member.user)
    return [
        Door(key, str(title), str(text), process, officers[process.office_id])
        for key, (title, text) in DOORS.items()
        if key in laid and (process := by_id.get(laid[key])) is not None and process.office_id in officers
    ]
