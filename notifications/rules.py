"""Pure rules of mail: which addresses can be written to, how long to wait after a failure and what a failure was, who
this installation is."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.errors import HeaderParseError
from email.header import decode_header
from email.utils import parseaddr
from functools import lru_cache
from typing import Final

import idna
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

MAX_ADDRESS_LENGTH = 254  # characters, RFC 5321
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_PAUSE_WITHOUT_SERVER = timedelta(minutes=5)
GIVEN_UP_AFTER = timedelta(days=3)

_valid = EmailValidator()


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a deed is not allowed now; the floors above refuse with it too.

    code: stable word for tests, API and record, such as "bundle_not_locked".
    text: what is wrong and what to do about it, translated when shown.
    """

    code: str
    text: str | Promise

    def __str__(self) -> str:
        return str(self.text)


class ImpossibleLetter(ValueError):
    """A letter that can never be delivered; nothing of its batch has been stored."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal))
        self.refusal = refusal


def _breaks_or_spaces(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Zl", "Zp", "Zs")


def on_the_wire(address: str) -> str:
    """An address as mail servers know it: a domain with Danish letters in its ASCII form by IDNA 2008 (RFC 5891).

    The standard of 2003 reads ß as ss and drops a zero-width joiner: mail to one domain would reach another.
    """
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{idna.encode(domain, uts46=True).decode()}" if not domain.isascii() else address


def may_mail(address: str) -> Refusal | None:
    """May a mail be addressed to this one address, as typed?

    Only says whether it is possible: no server is asked. Danish domains (`@rådhuset.dk`) are, letters such as æ before
    the @ are not, because most mail servers refuse them. A domain without a dot is only known to a machine itself: it
    is refused except where the installation runs on somebody's own machine.
    """
    refusal = _is_impossible(address)
    if refusal is None and "." not in address.rpartition("@")[2] and not settings.IS_LOCAL:
        return Refusal(
            "address_without_dot", _("No mail server is known by a name without a dot. Write it as name@example.dk.")
        )
    return refusal


# Cached for the whole process, so nothing here may ask the settings or the language; `may_mail` does.
@lru_cache(maxsize=4096)
def _is_impossible(address: str) -> Refusal | None:
    if not address.strip():
        return Refusal("address_missing", _("The e-mail address is missing."))
    if any(_breaks_or_spaces(character) for character in address):
        return Refusal(
            "address_space", _("The e-mail address holds a space or a line break. Write it without: name@example.dk.")
        )
    if len(re.findall("@", address)) > 1 or re.search(r"[,;]", address):
        return Refusal("address_several", _("This looks like several e-mail addresses. Write one address per party."))
    if len(address) > MAX_ADDRESS_LENGTH:
        return Refusal("address_long", _("The e-mail address is longer than 254 characters. Check it for a slip."))
    local, at, domain = address.partition("@")
    if not at or not local or not domain:
        return Refusal("address_incomplete", _("The e-mail address must look like name@example.dk."))
    if domain.startswith("["):
        return Refusal("address_impossible", _("No mail can reach this e-mail address. Check it for a slip."))
    if not local.isascii():
        return Refusal(
            "address_letters",
            _("Letters such as æ, ø and å cannot stand before the @ of an e-mail address. Ask for the right address."),
        )
    try:
        _valid(address)
    except ValidationError:
        return Refusal("address_impossible", _("No mail can reach this e-mail address. Check it for a slip."))
    try:
        on_the_wire(address)
    except UnicodeError:
        return Refusal("address_impossible", _("No mail can reach this e-mail address. Check it for a slip."))
    if parseaddr(address)[1] != address or _ENCODED_BEGINS in address:
        return Refusal("address_impossible", _("No mail can reach this e-mail address. Check it for a slip."))
    return None


def folded_address(address: str) -> str:
    """What writings of one address have in common: they differ in capitals and in blanks around it alone.

    Whoever compares two addresses compares them so. “ß” and “ss” are two letters: mail goes to two mailboxes.
    """
    return address.strip().lower()


_ENCODED_BEGINS: Final = "=?"
_ENCODED_WORD: Final = re.compile(r"=\?[^?\s]+\?[qb]\?[^?]*\?=", re.IGNORECASE)  # RFC 2047, section 2


def _letters_of(word: re.Match[str]) -> str:
    """The letters an encoded word stands for; the word as typed where it stands for none."""
    try:
        [(letters, charset)] = decode_header(word[0])
        decoded = letters if isinstance(letters, str) else letters.decode(charset or "ascii")
        decoded.encode()
    except (HeaderParseError, LookupError, ValueError):
        return word[0]
    return decoded


def one_line(text: str) -> str:
    """The text on one line, so that no name or title can smuggle a header into a mail.

    An encoded word (`=?utf-8?q?K=C3=B8ge?=`, as mail programs write names) becomes the letters it stands for; one that
    stands for none is kept apart by a space, since mail software would stumble over it.
    """
    if _ENCODED_BEGINS in text:
        text = _ENCODED_WORD.sub(_letters_of, text).replace(_ENCODED_BEGINS, "= ?")
    return " ".join("".join(" " if _breaks_or_spaces(character) else character for character in text).split())


def next_attempt(attempts: int, now: datetime, *, server_is_away: bool = False) -> datetime:
    """When to try again after `attempts` attempts: 1, 2, 4 … minutes, at most an hour.

    While the server itself is away at most five minutes, so that mail flows soon after it has come back.
    """
    longest = LONGEST_PAUSE_WITHOUT_SERVER if server_is_away else LONGEST_PAUSE
    return now + min(FIRST_PAUSE * 2 ** min(max(attempts, 1) - 1, 12), longest)


def is_given_up(first_attempt_at: datetime | None, now: datetime) -> bool:
    """Has the recipient's server put us off for three days? Counted from the first attempt, not from the queueing."""
    return first_attempt_at is not None and now - first_attempt_at >= GIVEN_UP_AFTER


_TLS: Final = _("No secure connection (TLS) to the mail server could be made.")
# The enhanced codes (5.1.1, 4.2.2 …) are those of RFC 3463, the plain ones those of RFC 5321 and 4954.
_ANSWERS: Final[tuple[tuple[str, str | Promise], ...]] = (
    (r"552 (?!5\.3)|.*\b[45]\.2\.2\b", _("The recipient's mailbox is full.")),
    (
        r"5.*\b5\.1\.([0-36]|10)\b|55[013] .*(no such|unknown|not found)",
        _("The mail server does not know the address."),
    ),
    (r"538 |5.*\bSTARTTLS\b", _TLS),
    (r"53[045] |5.*\b5\.7\.8\b", _("The mail server did not accept the installation's name and password.")),
    (r"5.*\b5\.7\.\d", _("The mail server takes no mail from this sender.")),
    (r"4", _("The mail server does not take the mail just now.")),
    (r"5", _("The mail server refused the mail.")),
)
"""How a server's answer begins → its class; the first that fits."""

_FAILURES: Final[tuple[tuple[str, str | Promise], ...]] = (
    (r"ConnectionRefusedError", _("The mail server refused the connection.")),
    (r"\w*Timeout\w*|timeout|.*\btimed out\b", _("The mail server did not answer in time.")),
    (r"gaierror|herror", _("The mail server's name was not found.")),
    (r"(SSL|Certificate)\w*|.*\bSTARTTLS\b", _TLS),
    (r"SMTPServerDisconnected|Connection\w+Error|BrokenPipeError", _("The connection to the mail server broke off.")),
    (r"OSError|the mail server is away", _("The mail server cannot be reached.")),
    (
        r"the mail service (says|refused)|the mail service answered (400|413|422)",
        _("The mail service refused the mail."),
    ),
    (r"the mail service ", _("The mail service does not take the mail just now.")),
    (r"the worker was lost", _("The sending was interrupted.")),
    (r"SMTP\w+", _("The mail server refused the mail.")),
    (
        r"\w+(Error|Exception|DoesNotExist|Refused)\b",
        _("The mail could not be written. Whoever runs the installation can see why in the log."),
    ),
)
"""How what we noted ourselves begins → its class; the first that fits."""


def why_undelivered(noted: str) -> str:
    """What kept a mail from arriving, in words, from what was noted of it; "" for nothing.

    A server's own answer follows as a quotation, in whatever language the server speaks; our own names of failures are
    only for the log.
    """
    if not noted:
        return ""
    answer = re.search(r"(?:^|; ?)([45]\d\d[ -].*)", noted, re.DOTALL)
    classes, wording = (_ANSWERS, answer[1]) if answer else (_FAILURES, noted)
    text = next((str(text) for begins, text in classes if re.match(begins, wording, re.IGNORECASE | re.DOTALL)), "")
    if text and not answer:
        return text
    quoted = gettext("The server answered: “%(words)s”") % {"words": one_line(noted)}
    return f"{text} {quoted}".strip()


def identity_digest(installation_id: str) -> str:
    """What the database remembers of an installation's identity: enough to compare it, too little to copy it."""
    # Stands in the database: made otherwise, every installation would hold its mail from the next start on.
    return hashlib.sha256(f"samraad installation {installation_id}".encode()).hexdigest()
