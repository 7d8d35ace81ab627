"""What the kinds of mail to those who are asked have alike: their rows, link and code, and why one need not go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Generic, TypeVar
from uuid import UUID

from notifications.kinds import Elsewhere, StillWanted
from notifications.models import OutgoingMail
from notifications.outbox import Letter
from notifications.rules import folded_address
from notifications.statements import Among, Read
from workflow.dates import local_day
from workflow.links import mail_secrets
from workflow.mails.copies import copies_of
from workflow.models import Asked
from workflow.queries.copies import copies_for
from workflow.queries.substitutes import named_for
from workflow.rules.asked import may_have_link

Row = TypeVar("Row", bound=Asked)
_LONG: Final = ("body", "source")
AlsoAt = Callable[[Collection[int]], Mapping[int, Collection[str]]]


def _nowhere_else(ids: Collection[int]) -> Mapping[int, Collection[str]]:
    return {}


class MailsTo(Generic[Row]):
    """Mails to those asked in one table, read for a whole batch when it is claimed.

    within: the foreign key to what many of them are asked in. related: what facts and reasons need of a row besides its
    own columns, and of what it is asked in (`within__…`), which is read once for all. also_at: the addresses that may
    have the present links of these rows besides the rows' own, folded; asked where a mail goes to another. One query
    each.
    """

    def __init__(self, model: type[Row], within: str, *related: str, also_at: AlsoAt = _nowhere_else) -> None:
        rows = model._default_manager.filter
        asked_in: Any = model._meta.get_field(within).related_model
        inside = [path.removeprefix(f"{within}__") for path in related if path.startswith(f"{within}__")]
        beside = [path for path in related if not path.startswith(f"{within}__")]
        # The definition's texts are long, and are kept in memory (`read_definition`).
        unread = [f"{path}__{column}" for path in inside if path.endswith("definition") for column in _LONG]
        found = rows(Among("public_id", "subjects"))
        # Without a name, `select_related` reads everything along.
        self._rows: Read[Row] = Read(lambda: found.select_related(*beside) if beside else found)
        self._within = within
        self._asked_in: Read[Any] = Read(
            lambda: asked_in._default_manager.filter(Among("pk", "ids")).select_related(*inside).defer(*unread)
        )
        self._with_links: Read[Row] = Read(
            lambda: rows(Among("public_id", "subjects")).select_related("link", model.PROCESS)
        )
        self._also_at = also_at
        self._model = model

    def rows(self, mails: Sequence[OutgoingMail]) -> dict[UUID, Row]:
        """Whom each mail is about, by public id. Two queries."""
        rows = self._rows(subjects={mail.subject_id for mail in mails})
        ids = {getattr(row, f"{self._within}_id") for row in rows}
        asked_in = {one.pk: one for one in self._asked_in(ids=ids)} if ids else {}
        for row in rows:
            setattr(row, self._within, asked_in[getattr(row, f"{self._within}_id")])
        return {row.public_id: row for row in rows}

    def wanted(self, why: Callable[[OutgoingMail, Row, datetime], str | None]) -> StillWanted:
        """Asks of each mail of a batch why it need not go any more; a code, or nothing when it is wanted."""

        def reasons(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
            rows = self.rows(mails)
            codes = {
                mail.pk: why(mail, rows[mail.subject_id], now) if mail.subject_id in rows else "unknown"
                for mail in mails
            }
            return {pk: code for pk, code in codes.items() if code}

        return reasons

    def redirected(self, mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Elsewhere]:
        """Where mails go whose body somebody else acts for now, and back where nobody does any more.

        What goes to an address that the task was passed on to, or to another than who is asked has, goes there.
        """
        rows = self.rows(mails)
        named = named_for(list(rows.values()))
        passed_on = self._also_at(set(named)) if named else {}
        elsewhere = {}
        for mail in mails:
            row = rows.get(mail.subject_id)
            substitutes = named.get(row.pk, []) if row is not None else []
            if row is None or not substitutes:
                continue
            today = local_day(now, row.process.office.time_zone)
            acting = next((one for one in substitutes if one.acts_on(today)), None)
            at, own = folded_address(mail.to_address), folded_address(row.email)
            is_with_substitute = at != own and at in {folded_address(one.email) for one in substitutes}
            if acting is not None and (is_with_substitute or (at == own and not passed_on.get(row.pk))):
                facts = {"acting_until": acting.until_on, "acting_for": row.who}
                elsewhere[mail.pk] = Elsewhere(acting.email, acting.name, facts)
            elif is_with_substitute:
                elsewhere[mail.pk] = Elsewhere(row.email, row.contact_name or row.who, {})
        return elsewhere

    def copies(self, letters: Sequence[Letter]) -> list[Letter]:
        """The copies that go with letters that ask, to whoever gets copies of what their bodies are asked. One query,
        two where somebody does."""
        copies = copies_for({letter.office_id for letter in letters if letter.office_id})
        if not copies:
            return []
        rows = self._model._default_manager.filter(public_id__in={letter.subject_id for letter in letters})
        bodies = rows.exclude(body=None).values_list("public_id", "body_id")
        return copies_of(letters, dict(bodies), copies)

    def secrets(self, mails: Sequence[OutgoingMail]) -> Mapping[int, Mapping[str, str] | None]:
        """Link and typed code, derived just before a mail is written; none for one to an address that may not have them
        any more."""
        rows = {row.public_id: row for row in self._with_links(subjects={mail.subject_id for mail in mails})}
        known = [(mail, rows[mail.subject_id]) for mail in mails if mail.subject_id in rows]
        elsewhere = {row.pk for mail, row in known if not may_have_link(row, mail.to_address)}
        also_at = self._allowed(elsewhere, {row.pk: row for row in rows.values()}) if elsewhere else {}
        # None withdraws a mail; one that is left out here would be tried again.
        return {
            mail.pk: mail_secrets(row.link) if may_have_link(row, mail.to_address, also_at.get(row.pk, ())) else None
            for mail, row in known
        }

    def _allowed(self, ids: Collection[int], rows: Mapping[int, Row]) -> dict[int, set[str]]:
        """The other addresses that may have the present links of these rows: where the task was passed on, and whoever
        is named to act for the body. On which days such a one does was asked just before (`redirected`)."""
        allowed = {pk: set(addresses) for pk, addresses in self._also_at(ids).items()}
        for pk, substitutes in named_for([rows[pk] for pk in ids]).items():
            acting = (one for one in substitutes if one.bounced_at is None and one.ended_at is None)
            addresses = {folded_address(one.email) for one in acting}
            allowed.setdefault(pk, set()).update(addresses)
        return allowed
