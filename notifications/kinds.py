"""The register of mail kinds. Each app registers its own in `apps.py`; delivery asks a kind just before it sends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.db.models import Q
from django.utils.functional import Promise

from notifications.models import MailEvent, OutgoingMail

if TYPE_CHECKING:
    from notifications.outbox import Letter

Facts = Callable[[Sequence[OutgoingMail], datetime], Mapping[int, Mapping[str, object]]]
StillWanted = Callable[[Sequence[OutgoingMail], datetime], Mapping[int, str]]
Secrets = Callable[[Sequence[OutgoingMail]], Mapping[int, Mapping[str, str] | None]]
Redirected = Callable[[Sequence[OutgoingMail], datetime], Mapping[int, "Elsewhere"]]
Copies = Callable[[Sequence["Letter"]], Sequence["Letter"]]
OnEvent = Callable[[OutgoingMail, MailEvent, datetime], None]


COPY_TO_OFFICE: Final = "copy_to_office"
"""The kind of the copies that an office gets of every mail; the floor above registers it."""


class UnknownKind(LookupError):
    """A mail of a kind that no app has registered."""


def no_facts(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Mapping[str, object]]:
    """For a kind whose mails carry all they need in their own `facts`."""
    return {}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Where a mail goes instead of the address it was written to, and what it says of that."""

    address: str
    name: str
    facts: Mapping[str, object]


def nowhere_else(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, Elsewhere]:
    """For a kind whose mails go to the address they were written to."""
    return {}


def no_copies(letters: Sequence[Letter]) -> Sequence[Letter]:
    """For a kind whose mails go to nobody else."""
    return ()


def always_wanted(mails: Sequence[OutgoingMail], now: datetime) -> Mapping[int, str]:
    """For a kind that nothing can overtake and that carries no secret, such as a notice."""
    return {}


def no_secrets(mails: Sequence[OutgoingMail]) -> Mapping[int, Mapping[str, str]]:
    """For a kind without personal link or code."""
    return {mail.id: {} for mail in mails}


@dataclass(frozen=True, slots=True)
class MailKind:
    """How one kind of mail is written and when it is no longer wanted.

    key           stands in `OutgoingMail.kind`: "hearing_invitation"
    templates     path without ending: "mails/hearing_invitation" has .subject.txt and .txt, and the HTML is laid out
                  from them: the subject as heading, each paragraph, and a button where `{{ link }}` stands alone, with
                  the words above it. A .html is there only where the heading, or something in it, is to be another
    facts         for a claimed batch, in bulk: mail id -> names for the templates, which stand over the mail's own
                  `facts`; no secrets
    still_wanted  for a claimed batch, in bulk, judged at that moment: mail id -> reason code, for those not wanted
                  any more
    redirected    for a claimed batch, in bulk, judged at that moment: mail id -> where it goes instead, with facts
    secrets       for a claimed batch, in bulk: mail id -> {"link": "https://…", "code": "…"}; the templates write
                  `{{ link }}`, the record keeps a placeholder. None for a mail whose address may not have them (any
                  more): it is withdrawn. A mail left out is not sent. A kind without secrets may have the address of
                  an ordinary page as `link` among its facts
    asks          puts the question about its subject: later mails about that subject answer it in the mail program
    to_others     goes to others than the one its subject asks: it does not follow that one's address, nor stand in the
                  thread of its mails
    title         what such a mail is called before it has a subject
    copies        for letters of the kind that are put into the outbox, in bulk: the copies that go with them, of a kind
                  that has no secrets
    over          which of these mails nobody needs to make good any more, whatever became of them
    on_event      told of each bounce, refusal, delay and delivery, in a transaction of its own; told again when it
                  fails, and never twice when it succeeds
    """

    key: str
    templates: str
    facts: Facts
    still_wanted: StillWanted
    secrets: Secrets = no_secrets
    on_event: OnEvent | None = None
    asks: bool = False
    to_others: bool = False
    title: str | Promise = ""
    over: Callable[[], Q] | None = None
    redirected: Redirected = nowhere_else
    copies: Copies = no_copies


_kinds: dict[str, MailKind] = {}


def register(kind: MailKind) -> None:
    """Make a kind known. Refuses a second, different kind under the same key, and one that has secrets and is always
    wanted: a link that nobody asks about before it leaves may go to somebody who should not have it any more."""
    if kind.secrets is not no_secrets and kind.still_wanted is always_wanted:
        raise ValueError(f"the mail kind {kind.key!r} has secrets and is always wanted; say when it is not")
    registered_kind = _kinds.setdefault(kind.key, kind)
    if registered_kind != kind:
        raise ValueError(f"the mail kind {kind.key!r} is registered twice, with different contents")


def kind(key: str) -> MailKind:
    """The kind registered under `key`. Refuses, with `UnknownKind`, a key that no app has registered."""
    try:
        return _kinds[key]
    except KeyError:
        raise UnknownKind(f"no app has registered the mail kind {key!r}") from None


def title_of(key: str) -> str:
    """What a mail of this kind is called before it has a subject; the key itself of a kind nobody has registered."""
    registered_kind = _kinds.get(key)
    return str(registered_kind.title) if registered_kind and registered_kind.title else key


def mails_over() -> list[Q]:
    """What the kinds know to be over, each condition once."""
    return [condition() for condition in dict.fromkeys(kind.over for kind in kinds() if kind.over)]


def secrets(mail: OutgoingMail) -> Mapping[str, str]:
    """The secrets of one mail, as its kind derives them; none when what it is about is gone or its address may not
    have them any more."""
    return kind(mail.kind).secrets([mail]).get(mail.id) or {}


def kinds() -> tuple[MailKind, ...]:
    """All registered kinds, by key."""
    return tuple(_kinds[key] for key in sorted(_kinds))


# What `send_test_mail` sends: proves server, sender and templates with the real delivery.
TEST_MAIL = MailKind(key="test_mail", templates="mails/test_mail", facts=no_facts, still_wanted=always_wanted)
