"""What a mail can be and what can be heard of it afterwards. Everybody above comes in."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _


class MailState(TextChoices):
    """Where a mail is on its way out. A bounce comes after `sent` and is a date on the mail, not a state."""

    QUEUED = "queued", _("Queued")
    CLAIMED = "claimed", _("Being sent")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Could not be sent")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Priority(IntegerChoices):
    """Who goes first when many wait: a person at a screen before a round, a round before a digest."""

    WAITED_FOR = 1, _("Somebody is waiting for it")
    NORMAL = 5, _("Normal")
    BULK = 9, _("When there is room")


class EventKind(TextChoices):
    """What a mail server or a mail service tells us about a mail that has left."""

    DELIVERED = "delivered", _("Delivered")
    DEFERRED = "deferred", _("Delayed")
    BOUNCED = "bounced", _("Bounced")
    REJECTED = "rejected", _("Rejected")
    FAILED = "failed", _("Failed")
    COMPLAINED = "complained", _("Reported as spam")
    AUTORESPONDED = "autoresponded", _("Automatic reply")


# The mail did not reach the person: somebody has to find another address.
UNDELIVERED_EVENTS = (EventKind.BOUNCED, EventKind.REJECTED, EventKind.FAILED)

# Reason codes of a withdrawal that this floor gives itself; the kinds of mail bring their own.
ERASED = "erased"
ADDRESS_CHANGED = "address_changed"
HOLD_RELEASED = "hold_released"
