"""Enums and named groups of the consultations floor."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RoundForm(TextChoices):
    LIGHT = "light", _("Early input")
    FULL = "full", _("Consultation")


class RoundState(TextChoices):
    DRAFT = "draft", _("In preparation")
    OPEN = "open", _("Under way")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")


class LineFate(TextChoices):
    """What a line of a pasted list does to the list of parties."""

    NEW = "new", _("New on the list")
    CORRECTED = "corrected", _("Is corrected")
    SAME = "same", _("Stands there already")


class InvitationState(TextChoices):
    LISTED = "listed", _("Listed")
    INVITED = "invited", _("Invited")
    ANSWERED = "answered", _("Answered")
    DECLINED = "declined", _("Will not answer")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class AnswerState(TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Submitted in time")
    LATE = "late", _("Late, to be decided")
    LATE_ACCEPTED = "late_accepted", _("Late, accepted")
    LATE_FILED = "late_filed", _("Late, filed only")
    REPLACED = "replaced", _("Replaced")


# The versions that stand for a party: at most one of these at a time.
ANSWER_STANDING = (
    AnswerState.SUBMITTED,
    AnswerState.LATE,
    AnswerState.LATE_ACCEPTED,
    AnswerState.LATE_FILED,
)


class AnswerKind(TextChoices):
    REMARKS = "remarks", _("Remarks")
    NO_REMARKS = "no_remarks", _("No remarks")


# The kinds of mail that bring a party its link for the first time, or again.
LINK_MAILS = (
    "hearing_invitation",
    "input_invitation",
    "hearing_forwarded",
    "hearing_taken_back",
    "hearing_answer_is_here",
)


# The kinds of mail by which a party is asked for its answer; when nobody asks any more it does not matter that they
# were lost.
ASKING_MAILS = (
    *LINK_MAILS,
    "hearing_reminder",
    "hearing_extended",
    "hearing_extension_refused",
    "hearing_message",
)


class Road(TextChoices):
    """By which road an answer reached us."""

    LINK = "link", _("Personal link")
    EMAIL = "email", _("E-mail")
    PAPER = "paper", _("Letter")
    TELEPHONE = "telephone", _("Telephone")
    MEETING = "meeting", _("Meeting")


class MessageTo(TextChoices):
    """Which parties of a round under way a letter goes to."""

    ALL = "all", _("All parties that are asked")
    UNANSWERED = "unanswered", _("Those who have not answered")
    ANSWERED = "answered", _("Those who have answered")


class Publication(TextChoices):
    NEVER = "never", _("Never")
    CONTINUOUSLY = "continuously", _("As they arrive")
    AFTER_DEADLINE = "after_deadline", _("After the deadline")
    AT_ISSUE = "at_issue", _("When the final text is issued")


class BoardFilter(TextChoices):
    """Which parties the board of a round shows; the value stands in the address."""

    ANSWERED = "svaret", _("Answered")
    MISSING = "mangler", _("Missing")
    NO_REMARKS = "ingen-bemaerkninger", _("No remarks")
    ASKING = "mere-tid", _("Ask for more time")
    DECLINED = "svarer-ikke", _("Will not answer")
    BOUNCED = "retur", _("Mail came back")
    OTHER_ROAD = "uden-om-mail", _("Not reached by mail")
    LATE = "for-sent", _("Late")


class ListFilter(TextChoices):
    """Which parties the list of a round in preparation shows."""

    LOST = "uden-adresse", _("Mail cannot reach them")
    OTHER_ROAD = "uden-om-mail", _("Not reached by mail")


class AnswerFilter(TextChoices):
    """Which answers the list of answers shows."""

    REMARKS = "bemaerkninger", _("With remarks")
    NO_REMARKS = "ingen-bemaerkninger", _("No remarks")
    LATE = "for-sent", _("Late")
    UNDISPOSED = "ubehandlet", _("Not dealt with")
