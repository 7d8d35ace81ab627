"""Personal links and typed codes: derived from keys when shown, checked when they come back, never stored.

A link is `/l/<public id>/<token>/`; the token is an HMAC over purpose, public id and version under a link key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from workflow.models import Office, PersonalLink
from workflow.states import LinkPurpose

# No letter or figure that is mistaken for another when read aloud or from paper.
# Codes in mails that were sent are made of them: not to be changed.
CODE_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 12
TOKEN_LENGTH: Final = 27
"""Characters of a token: 20 bytes of HMAC in URL-safe base64."""


@dataclass(frozen=True, slots=True)
class ReadLink:
    """What came of reading a link. `link` is None when nothing by that id and token exists.

    is_old: the signature is right but the link was revoked or replaced; the holder may be told so. version: of the link
    that was read.
    """

    link: PersonalLink | None
    is_old: bool = False
    version: int = 0


def new_link(office: Office, purpose: LinkPurpose, now: datetime) -> PersonalLink:
    """An unsaved link of version 1 with its code's digest in place, ready for `bulk_create`."""
    link = PersonalLink(office=office, purpose=purpose, version=1, created_at=now)
    link.code_digest = code_digest(typed_code(link))
    return link


def link_path(link: PersonalLink) -> str:
    """The link's path on this installation, derived anew each time and kept nowhere."""
    # Made with the first key; `read_link` knows the others, so that keys can be changed without a mail.
    return f"/l/{link.public_id}/{_token(settings.LINK_KEYS[0], link.purpose, link.public_id, link.version)}/"


def link_url(link: PersonalLink) -> str:
    """The whole address, to stand alone on its line in a mail."""
    return f"{settings.BASE_URL}{link_path(link)}"


def code_page() -> str:
    """The address where a code is typed, for those who are told never to click in a mail."""
    return page_address("link_code")


def page_address(name: str, *ids: object) -> str:
    """The whole address of an ordinary page, for a mail or a command: no secret is in it, and whoever opens it must be
    allowed to see the page."""
    return settings.BASE_URL + reverse(name, args=ids)


def mail_secrets(link: PersonalLink) -> Mapping[str, str]:
    """What a mail fills in while it is rendered and the outbox never keeps."""
    return {"link": link_url(link), "code": typed_code(link)}


def read_link(public_id: UUID, token: str, *, purpose: str | None = None) -> ReadLink:
    """Find the link by its id and check its token against every key; a mail program's trailing full stop is forgiven.

    The signature is checked first; only a holder of a genuine token learns that it is old.
    """
    token_bytes = token.rstrip(".,;:!?)>]").encode()
    link = PersonalLink.objects.select_related("office").filter(public_id=public_id).first()
    if link is None or (purpose is not None and link.purpose != purpose):
        return ReadLink(None)
    for version in range(link.version, 0, -1):
        for key in settings.LINK_KEYS:
            # Compared in the same time however much is right, so that no token can be felt out.
            if hmac.compare_digest(_token(key, link.purpose, link.public_id, version).encode(), token_bytes):
                return ReadLink(link, is_old=version != link.version or link.revoked_at is not None, version=version)
    return ReadLink(None)


def typed_code(link: PersonalLink) -> str:
    """The code of a link as people type it: three groups of four, for example "7KQ4-M2XD-9RTB"."""
    raw = _mac(settings.CODE_KEY, "code", link.purpose, link.public_id, link.version)
    number = int.from_bytes(raw[:16])
    letters = []
    for _ in range(CODE_LENGTH):
        number, rest = divmod(number, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[rest])
    code = "".join(letters)
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"


def code_digest(code: str) -> str:
    """Keyed HMAC of a typed code in hex; case, spaces and dashes do not matter."""
    plain = "".join(c for c in code.upper() if c.isalnum())
    return _mac(settings.CODE_KEY, "digest", plain).hex()


def find_by_code(code: str) -> PersonalLink | None:
    """The live link whose code this is, or None."""
    links = PersonalLink.objects.select_related("office")
    return links.filter(code_digest=code_digest(code), revoked_at__isnull=True).first()


def _token(key: str, purpose: str, public_id: object, version: int) -> str:
    return base64.urlsafe_b64encode(_mac(key, "link", purpose, public_id, version)[:20]).rstrip(b"=").decode()


def _mac(key: str, *parts: object) -> bytes:
    # What is signed stands in mails that were sent: made otherwise, no link or code out there works any more.
    return hmac.new(key.encode(), "\n".join(map(str, parts)).encode(), hashlib.sha256).digest()
