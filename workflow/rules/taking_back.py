"""When a set of documents that was put forward may be taken back."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from workflow.rules.refusals import Refusal

if TYPE_CHECKING:
    from workflow.models import Bundle

SINCE: Final = {
    "asked": _("a body has been asked about it by itself"),
    "dispatch": _("a dispatch about it has left"),
    "decision": _("a decision has been recorded on it"),
    "objection": _("a body has objected to it"),
    "package": _("a package has been made of it"),
    "authority": _("an authority has been asked"),
    "sent": _("a stage has sent it, or rests on it"),
    "consultation": _("a consultation has been sent"),
    "cancelled": _("a consultation was cancelled by it, and its parties have been told"),
    "stage": _("a stage has been completed, left out or sent back"),
    "day": _("a date has been recorded"),
    "pause": _("the process has rested"),
}
"""What can have happened since a set was put forward that no taking back undoes, in words."""

NOT_PUT_FORWARD: Final = Refusal(
    "not_put_forward", _("The set does not count: it has not been put forward, or was taken back.")
)
PUBLISHED: Final = Refusal(
    "published_since",
    _("Documents of the set are public. Take them back from the public page first; then the set can be taken back."),
)


def may_take_back(
    bundle: Bundle,
    current: Bundle | None,
    now: datetime,
    *,
    waits: bool,
    has_left: bool,
    since: Collection[str],
    is_public: bool,
) -> Refusal | None:
    """The set that counts in its text is taken back until the first question about it has left; where none waits, until
    the instant at which one would have.

    current: the set that counts in its line. waits, has_left: whether mails because of it wait to leave, and whether
    one has left or is about to. since: keys of `SINCE`. is_public: whether any of its documents is.
    """
    if bundle.put_forward_at is None or bundle.questions_leave_at is None:
        return NOT_PUT_FORWARD
    if current != bundle:
        return Refusal(
            "bundle_overtaken_by_current",
            _("A newer set has been put forward since. Only the set that counts can be taken back."),
        )
    if has_left:
        text = _("The first question about it has left, so it can no longer be taken back. Put a new set forward.")
        return Refusal("question_left", text)
    if not waits and now >= bundle.questions_leave_at:
        text = _("It was put forward too long ago to be taken back. Put a new set forward.")
        return Refusal("too_late_to_take_back", text)
    if is_public:
        return PUBLISHED
    if since:
        words = _("It can no longer be taken back, for since then %(what)s. Put a new set forward.")
        what = "; ".join(str(SINCE[key]) for key in SINCE if key in since)
        return Refusal("happened_since", words % {"what": what})
    return None
