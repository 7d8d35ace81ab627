"""What the kinds of mail to those who are asked have alike: their rows, link and code, and why one need not go."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Final, Generic, TypeVar
from uuid import UUID

from notifications.kinds import StillWanted
from notifications.models import OutgoingMail
from notifications.statements import Among, Read
from workflow.links import mail_secrets
from workflow.models import Asked
from workflow.rules.asked import may_have_link

Row = TypeVar("Row", bound=Asked)
_LONG: Final = ("body", "source")
AlsoAt = Callable[[Collection[int]], Mapping[int, Collection[str]]]


def _nowhere_else(ids: Collection[int]) -> Mapping[int, Collection[str]]:
    return {}


class MailsTo(Generic[Row]):
    """Mails to those asked in one table, read for a whole batch when it is claimed.

    related: what facts and reasons need of a row besides its own columns. also_at: the addresses that may have the
    present links of these rows besides the rows' own, folded; asked where a mail goes to another. One query each.
    """

    def __init__(self, model: type[Row], *related: str, also_at: AlsoAt = _nowhere_else) -> None:
        rows = model._default_manager.filter
        # The definition's texts are long, would be read with each row, and are kept in memory (`read_definition`).
        unread = [f"{path}__{column}" for path in related if path.endswith("definition") for column in _LONG]
        self._rows: Read[Row] = Read(
            lambda: rows(Among("public_id", "subjects")).select_related(*related).defer(*unread)
        )
        self._with_links: Read[Row] = Read(lambda: rows(Among("public_id", "subjects")).select_related("link"))
        self._also_at = also_at

    def rows(self, mails: Sequence[OutgoingMail]) -> dict[UUID, Row]:
        """Whom each mail is about, by public id."""
        return {row.public_id: row for row in self._rows(subjects={mail.subject_id for mail in mails})}

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

    def secrets(self, mails: Sequence[OutgoingMail]) -> Mapping[int, Mapping[str, str] | None]:
        """Link and typed code, derived just before a mail is written; none for one to an address that may not have them
        any more."""
        rows = {row.public_id: row for row in self._with_links(subjects={mail.subject_id for mail in mails})}
        known = [(mail, rows[mail.subject_id]) for mail in mails if mail.subject_id in rows]
        elsewhere = {row.pk for mail, row in known if not may_have_link(row, mail.to_address)}
        also_at = self._also_at(elsewhere) if elsewhere else {}
        # None withdraws a mail; one that is left out here would be tried again.
        return {
            mail.pk: mail_secrets(row.link) if may_have_link(row, mail.to_address, also_at.get(row.pk, ())) else None
            for mail, row in known
        }
