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


ROUND_GOING_ON = (RoundState.DRAFT, RoundState.OPEN)
"""The states of a round that is not over: prepared, or under way. Of one stage there is one such round at a time."""


class LineFate(TextChoices):
    """What a line of a pasted list does to the list of parties."""

    NEW = "new", _("New on the list")
    CORRECTED = "corrected", _("Is corrected")
    SAME = "same", _("Stands there already")


class InvitationState(TextChoices):
    LISTED = "listed", _("Listed")
    INVITED = "invited", _("Invited")
    INFORMED = "informed", _("For information")
    ANSWERED = "answered", _("Answered")
    DECLINED = "declined", _("Will not answer")
    WITHDRAWN = "withdrawn", _("Asked no longer")


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


# Those to whom a round under way has been sent and who may answer it, asked or informed.
MAY_STILL_ANSWER = (InvitationState.INVITED, InvitationState.INFORMED)


# The kinds of mail that bring a party its link for the first time, or again.
LINK_MAILS = (
    "hearing_invitation",
    "hearing_information",
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
    INFORMED = "orientering", _("For information")
    BOUNCED = "retur", _("Mail came back")
    OTHER_ROAD = "uden-om-mail", _("Not reached by mail")
    LATE = "for-sent", _("Late")
    PROVISIONAL = "foreloebige", _("Provisional answers")


class ListFilter(TextChoices):
    """Which parties the list of a round in preparation shows."""

    UNREACHED = "uden-adresse", _("Mail cannot reach them")
    OTHER_ROAD = "uden-om-mail", _("Not reached by mail")


class AnswerFilter(TextChoices):
    """Which answers the list of answers shows."""

    REMARKS = "bemaerkninger", _("With remarks")
    NO_REMARKS = "ingen-bemaerkninger", _("No remarks")
    LATE = "for-sent", _("Late")
    PROVISIONAL = "foreloebige", _("Provisional answers")
    UNDISPOSED = "ubehandlet", _("Not dealt with")


class RoundVerb(TextChoices):
    """What the record says was done about a round, a party or an answer; as `workflow.states.Verb`."""

    OPEN_ROUND = "open_round", _("The round was made ready to prepare")
    PREPARE_ROUND = "prepare_round", _("The round was edited")
    ADD_PARTIES = "add_parties", _("Parties were put on the list")
    PASTE_PARTIES = "paste_parties", _("A pasted list of parties was taken in")
    CORRECT_PARTY = "correct_party", _("A party on the list was corrected: %(name)s")
    INVITE_PARTY = "invite_party", _("Another party was asked: %(name)s")
    RELEASE_PARTY = "release_party", _("A party is not asked any more: %(name)s")
    WRITE_TO_PARTIES = "write_to_parties", _("A letter was sent to %(parties)s parties")
    REMOVE_PARTY = "remove_party", _("A party was taken off the list: %(name)s")
    LAUNCH_ROUND = "launch_round", _("The round was sent to %(parties)s parties")
    OPEN_SUPPLEMENTARY = (
        "open_supplementary",
        _("A supplementary round was made ready: %(parties)s parties are asked again"),
    )
    CANCEL_ROUND = "cancel_round", _("The round was cancelled")
    CLOSE_ROUND = "close_round", _("The round closed")
    SEND_REMINDERS = "send_reminders", _("Reminders were sent")
    EXTEND_FOR_ONE = "extend_for_one", _("A party was given more time")
    REFUSE_EXTENSION = "refuse_extension", _("A party was not given more time")
    OPEN_INVITATION = "open_invitation", _("A party opened its link")
    FORWARD = "forward", _("A party passed the invitation on")
    CLAIM = "claim", _("Somebody at a party took the task")
    TAKE_BACK = "take_back", _("A task that was passed on was taken back")
    PROMISE_ANSWER = "promise_answer", _("A party said when it will answer")
    DECLINE = "decline", _("A party will not answer")
    CORRECT_ADDRESS = "correct_address", _("The link was sent to a party's address again")
    CONTACT_OTHERWISE = "contact_otherwise", _("Parties are contacted otherwise than by mail")
    RECORD_BOUNCE = "record_bounce", _("A mail to a party came back")
    SAVE_DRAFT = "save_draft", _("A draft was saved")
    ATTACH_FILE = "attach_file", _("A file was added to an answer")
    REMOVE_FILE = "remove_file", _("A file was taken off an answer")
    SUBMIT_ANSWER = "submit_answer", _("An answer came in: %(receipt)s")
    CONFIRM_ANSWER = "confirm_answer", _("A provisional answer was confirmed: %(receipt)s")
    ASK_TO_CONFIRM = "ask_to_confirm", _("A party was asked to confirm its answer: %(receipt)s")
    DECIDE_LATE = "decide_late", _("A late answer was decided on")
    DISPOSE_ANSWER = "dispose_answer", _("The remarks of an answer were dealt with: %(receipt)s")
    WRITE_LETTER = "write_letter", _("A party's letter was written, with its code")
    ADD_NOTE = "add_note", _("Oral input was noted")
    RECORD_SUMMARY = "record_summary", _("The input was summed up")
