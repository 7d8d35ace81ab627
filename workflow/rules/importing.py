"""What a list that an office takes in does to its contacts, line by line. The action and its page come in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.rules import folded_address
from workflow.dates import short_date
from workflow.imports.cells import Problem
from workflow.imports.parties import PartyLine
from workflow.rules.names import folded_name
from workflow.rules.refusals import Refusal
from workflow.rules.validity import is_valid_on
from workflow.states import Channel, ContactFate

if TYPE_CHECKING:
    from datetime import date

    from workflow.models import Body, Contact

ANOTHER_THAN_SHOWN: Final = Refusal(
    "another_than_shown",
    gettext_lazy("The list or the contacts have changed since it was shown. See how it is read now, then press again."),
)


@dataclass(frozen=True, slots=True)
class PlannedContact:
    """What a line will do. body: None where it is put on the list. contact: the one the office has. email, person,
    channel: as they will stand; doubt: why the line may be no contact."""

    line: int
    fate: ContactFate
    name: str
    email: str
    person: str
    channel: str = Channel.EMAIL
    body: Body | None = None
    contact: Contact | None = None
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What a list will do. problems: of lines that nothing is done with, all that is wrong with each. digest: names
    exactly this, to be sent back with the press."""

    lines: Sequence[PlannedContact]
    problems: Sequence[Problem]
    digest: str

    def of(self, *fates: ContactFate) -> list[PlannedContact]:
        """The lines with one of these fates."""
        return [line for line in self.lines if line.fate in fates]


@dataclass(frozen=True, slots=True)
class Known:
    """What lines are held against. bodies: by folded name, also those that have ended; contacts: by body's primary key;
    copies: the addresses of a contact's copies by its primary key. may_add: names that nobody bears are put on the
    list."""

    bodies: Mapping[str, Sequence[Body]]
    contacts: Mapping[int, Contact]
    copies: Mapping[int, Sequence[str]]
    may_add: bool
    today: date


def import_plan(lines: Sequence[PartyLine], problems: Sequence[Problem], known: Known) -> ImportPlan:
    """What these lines do. A line about which anything is wrong does nothing; the others do what they say.

    problems: what the reader found. A body is known by its name, in whatever capitals. A line gives address and person
    and takes nothing away. Of two lines with one name neither is taken, for which of them holds is not known.
    """
    wrong = [*problems, *_written_twice(lines, problems)]
    wrong_lines = {problem.line for problem in wrong}
    planned = []
    for line in lines:
        if line.line in wrong_lines:
            continue
        one = _planned(line, known)
        if isinstance(one, Problem):
            wrong.append(one)
        else:
            planned.append(one)
    return ImportPlan(planned, sorted(wrong, key=lambda problem: problem.line), _digest(planned))


def _written_twice(lines: Sequence[PartyLine], problems: Sequence[Problem]) -> list[Problem]:
    """The reader names the later line of two; here the earlier one."""
    told = {problem.line for problem in problems}
    by_name: dict[str, list[PartyLine]] = {}
    for line in lines:
        if line.name:
            by_name.setdefault(folded_name(line.name), []).append(line)
    words = _("%(name)s stands in line %(line)d as well.")
    return [
        Problem(first.line, words % {"name": first.name, "line": others[0].line})
        for first, *others in by_name.values()
        if others and first.line not in told
    ]


def _planned(line: PartyLine, known: Known) -> PlannedContact | Problem:
    namesakes = known.bodies.get(folded_name(line.name), ())
    living = [body for body in namesakes if is_valid_on(body, known.today)]
    if len(living) > 1:
        return Problem(line.line, _("Several bodies are called %(name)s.") % {"name": line.name})
    if not living and namesakes:
        return Problem(line.line, _not_there(namesakes[-1], known.today))
    if not living:
        return _new_body(line, known)
    body = living[0]
    contact = known.contacts.get(body.pk)
    if contact is None:
        if not line.email:
            return Problem(line.line, _("The e-mail address of %(name)s is missing.") % {"name": body.name})
        return PlannedContact(
            line.line, ContactFate.NEW, body.name, line.email, line.contact_name, body=body, doubt=line.doubt
        )
    email, person = line.email or contact.email, line.contact_name or contact.name
    if folded_address(email) in map(folded_address, known.copies.get(contact.pk, ())):
        words = _("%(email)s gets copies of the mails to %(name)s. Take it off the copies first.")
        return Problem(line.line, words % {"email": email, "name": body.name})
    channel = Channel.EMAIL if line.email else contact.channel
    is_same = (email, person, channel) == (contact.email, contact.name, contact.channel)
    fate = ContactFate.SAME if is_same else ContactFate.CHANGED
    return PlannedContact(line.line, fate, body.name, email, person, channel, body, contact, line.doubt)


def _new_body(line: PartyLine, known: Known) -> PlannedContact | Problem:
    if not known.may_add:
        words = _("No body is called “%(name)s”. Write the name as it stands under Contacts, or put the body there.")
        return Problem(line.line, words % {"name": line.name})
    return PlannedContact(line.line, ContactFate.NEW_BODY, line.name, line.email, line.contact_name, doubt=line.doubt)


def _not_there(body: Body, today: date) -> str:
    if body.valid_from is not None and body.valid_from > today:
        return _("%(name)s does not exist until %(day)s.") % {"name": body.name, "day": short_date(body.valid_from)}
    if body.successor is not None:
        return _("%(name)s has ended; %(successor)s takes its place.") % {
            "name": body.name,
            "successor": body.successor.name,
        }
    return _("%(name)s has ended.") % {"name": body.name}


def _digest(planned: Sequence[PlannedContact]) -> str:
    # All that is written, and all that it is written over: what is left out could change between page and press.
    content = [
        (
            line.line,
            line.fate,
            line.name,
            line.email,
            line.person,
            line.channel,
            line.body.pk if line.body else 0,
            [line.contact.pk, line.contact.email, line.contact.name, line.contact.channel] if line.contact else [],
        )
        for line in planned
    ]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
