"""Enums and named groups of the workflow floor: what a thing can be, in one place.

Everybody above comes in; nothing is imported from the rooms above.
"""

from django.db.models import CheckConstraint, Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


def one_of(field: str, choices: type[TextChoices], name: str) -> CheckConstraint:
    """A CHECK that holds `field` within `choices`: django-fsm alone lets `create` and `update` write anything."""
    return CheckConstraint(condition=Q(**{f"{field}__in": list(choices.values)}), name=name)


class Role(TextChoices):
    SECRETARIAT = "secretariat", _("Secretariat officer")
    AUDITOR = "auditor", _("Auditor")
    ADMIN = "admin", _("Administrator")


STAFF_ROLES = (Role.SECRETARIAT, Role.AUDITOR, Role.ADMIN)


class BodyKind(TextChoices):
    MUNICIPAL_COUNCIL = "municipal_council", _("Municipal council")
    REGIONAL_COUNCIL = "regional_council", _("Regional council")
    COORDINATION_COMMITTEE = "coordination_committee", _("Health coordination committee (SKU)")
    COOPERATION_COMMITTEE = "cooperation_committee", _("Health cooperation committee (SSU)")
    HEALTH_COUNCIL = "health_council", _("Health council (sundhedsråd)")
    PATIENT_INVOLVEMENT_COMMITTEE = "patient_involvement_committee", _("Patient involvement committee (PIU)")
    PRACTICE_PLAN_COMMITTEE = "practice_plan_committee", _("Practice plan committee")
    MUNICIPAL_CONTACT_COUNCIL = "municipal_contact_council", _("Municipal contact council (KKR)")
    GENERAL_PRACTITIONERS = "general_practitioners", _("General practitioners (PLO)")
    ANCHORING_GROUP = "anchoring_group", _("Political anchoring group")
    SENIOR_COUNCIL = "senior_council", _("Senior council")
    DISABILITY_COUNCIL = "disability_council", _("Disability council")
    STEERING_GROUP = "steering_group", _("Steering group")
    WORKING_GROUP = "working_group", _("Working group")
    NATIONAL_AUTHORITY = "national_authority", _("National authority")
    HOSPITAL = "hospital", _("Hospital")
    ORGANISATION = "organisation", _("Organisation")


COUNCILS = (BodyKind.MUNICIPAL_COUNCIL, BodyKind.REGIONAL_COUNCIL)


class Channel(TextChoices):
    EMAIL = "email", _("E-mail")
    PAPER = "paper", _("Paper")
    NONE = "none", _("None")


class Level(TextChoices):
    """Who decides within a body, from the bottom up. What a council is called here stands for every other body too:
    one without levels inside decides itself."""

    ADMINISTRATIVE = "administrative", _("The administration")
    STANDING_COMMITTEE = "standing_committee", _("Standing committee")
    FINANCE_COMMITTEE = "finance_committee", _("Finance committee")
    COUNCIL = "council", _("The council, or the body itself")


class ScanState(TextChoices):
    CHECKED = "checked", _("Type checked")
    CLEAN = "clean", _("Scanned, clean")
    REFUSED = "refused", _("Refused")


class BundleState(TextChoices):
    OPEN = "open", _("In preparation")
    LOCKED = "locked", _("Locked")


class ChangeKind(TextChoices):
    """How a bundle differs from the one before; only an editorial change leaves approvals standing."""

    FIRST = "first", _("First version")
    EDITORIAL = "editorial", _("Editorial change")
    MATERIAL = "material", _("Material change")


class ProcessState(TextChoices):
    RUNNING = "running", _("Under way")
    SUSPENDED = "suspended", _("Suspended")
    COMPLETED = "completed", _("Completed")
    ABANDONED = "abandoned", _("Abandoned")


class StageKindName(TextChoices):
    DRAFTING = "drafting", _("Drafting")
    REVIEW = "review", _("Review")
    CONSULTATION = "consultation", _("Early input and consultation")
    APPROVAL = "approval", _("Approval")
    EXTERNAL = "external", _("External")
    MILESTONE = "milestone", _("Milestone")


class StageState(TextChoices):
    WAITING = "waiting", _("Not begun")
    OPEN = "open", _("Under way")
    COMPLETED = "completed", _("Completed")
    SKIPPED = "skipped", _("Left out")
    RETURNED = "returned", _("Sent back")


STAGE_BEHIND_US = (StageState.COMPLETED, StageState.SKIPPED)


class RequestPurpose(TextChoices):
    RECOMMENDATION = "recommendation", _("Recommendation")
    APPROVAL = "approval", _("Approval")
    ACCESSION = "accession", _("Accession")


class RequestState(TextChoices):
    ASKED = "asked", _("Awaiting decision")
    DECIDED = "decided", _("Decided")
    FALLEN = "fallen", _("Given to an earlier version")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Outcome(TextChoices):
    APPROVED = "approved", _("Approved")
    APPROVED_WITH_REMARKS = "approved_with_remarks", _("Approved with remarks")
    APPROVED_WITH_RESERVATION = "approved_with_reservation", _("Approved with reservation")
    REJECTED = "rejected", _("Not approved")
    REFERRED_BACK = "referred_back", _("Referred back")
    POSTPONED = "postponed", _("Postponed")
    NOTED = "noted", _("Noted")
    ACCESSION_DECLINED = "accession_declined", _("Accession declined")


# A postponed matter comes back to the same body, so the request stays open.
OUTCOMES_STILL_OPEN = (Outcome.POSTPONED,)


class Basis(TextChoices):
    COUNCIL_MEETING = "council_meeting", _("at an ordinary meeting")
    EXTRAORDINARY_MEETING = "extraordinary_meeting", _("at an extraordinary meeting")
    WRITTEN_PROCEDURE = "written_procedure", _("by written vote")
    CHAIR_DECISION = "chair_decision", _("by the chair on the body's behalf")
    DELEGATION = "delegation", _("by delegation")


class Ground(TextChoices):
    """Why a chair decided on a council's behalf (kommunestyrelsesloven § 31)."""

    URGENT = "urgent", _("the matter could not wait")
    UNDOUBTED = "undoubted", _("the matter gave no rise to doubt")


class DecisionState(TextChoices):
    VALID = "valid", _("Valid")
    STEP = "step", _("A step on the way; it does not count")
    FALLEN = "fallen", _("Given to an earlier version")
    SUPERSEDED = "superseded", _("Replaced by a later decision")


class ObjectionState(TextChoices):
    OPEN = "open", _("Not settled")
    ANSWERED = "answered", _("Answered: the correction stands")
    OVERTAKEN = "overtaken", _("A changed text took its place")


class Settlement(TextChoices):
    """What a reservation has been found to mean."""

    IMMATERIAL = "immaterial", _("Without significance for the agreement")
    TO_CLARIFY = "to_clarify", _("Needs clarification")
    LAPSED = "lapsed", _("Lapsed on its day")


class ExternalState(TextChoices):
    SENT = "sent", _("Sent")
    ACKNOWLEDGED = "acknowledged", _("Acknowledged")
    RULED = "ruled", _("Ruled")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Ruling(TextChoices):
    APPROVED = "approved", _("Approved")
    APPROVED_WITH_REMARKS = "approved_with_remarks", _("Approved with remarks")
    OBJECTED = "objected", _("Objected")


class DeadlineKind(TextChoices):
    REPLY = "reply", _("Reply deadline")
    STATUTORY = "statutory", _("Statutory deadline")
    STAGE = "stage", _("Stage deadline")
    RULING = "ruling", _("Deadline for the ruling")
    ADVISORY = "advisory", _("Advisory date")


class LinkPurpose(TextChoices):
    ANSWER = "answer", _("Answer a consultation")
    DECISION = "decision", _("Record a decision")
    AUTHORITY = "authority", _("Receive a submission")


class Matter(TextChoices):
    """What a body, a party or an authority has done or left undone, and an officer must look at."""

    DECISION = "decision", _("A decision that does not let the matter simply go on")
    RESERVATION = "reservation", _("A reservation that is not settled")
    CLARIFICATION = "clarification", _("A reservation that needs clarification")
    MINUTES = "minutes", _("Minutes that are missing")
    MEETING = "meeting", _("A meeting that is not known, or went by without a word")
    RULING = "ruling", _("An objection by the authority")
    QUESTION = "question", _("A question by the authority")
    PROMISE = "promise", _("A day of answer that went by")
    PROVISIONAL = "provisional", _("A provisional answer that was not confirmed")


class PublicThing(TextChoices):
    """What of a process can be made public, in the order of its public page."""

    PATH = "path", _("The process and its stages")
    DATES = "dates", _("The planned dates")
    ROUND = "round", _("Consultations: period and parties")
    LETTER = "letter", _("Consultation letters")
    TEXT = "text", _("Documents")
    DECISION = "decision", _("Decisions")
    RULING = "ruling", _("The ruling of the authority")
    FACT = "fact", _("Dates that have been recorded")


class JobState(TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Broken off")


JOBS_UNDER_WAY = (JobState.WAITING, JobState.RUNNING)


class Verb(TextChoices):
    """What the record says was done: the action's name, and its words on a timeline; %(…)s comes from the entry."""

    START_PROCESS = "start_process", _("The process was started")
    OPEN_STAGE = "open_stage", _("Stage opened: %(stage)s")
    COMPLETE_STAGE = "complete_stage", _("Stage completed: %(stage)s")
    TELL_OF_STAGE = "tell_of_stage", _("Done outside the system on %(done_on)s: %(stage)s")
    SKIP_STAGE = "skip_stage", _("Stage left out: %(stage)s")
    RETURN_STAGE = "return_stage", _("Sent back from: %(stage)s")
    OVERRIDE_GATE = "override_gate", _("Went on although a condition was not met, in: %(stage)s")
    CONFIRM_GATE = "confirm_gate", _("Confirmed in: %(stage)s")
    COMPLETE_PROCESS = "complete_process", _("The process was completed")
    SUSPEND_PROCESS = "suspend_process", _("The process was suspended")
    RESUME_PROCESS = "resume_process", _("The process was resumed")
    ABANDON_PROCESS = "abandon_process", _("The process was given up")
    SET_PARAMETER = "set_parameter", _("A fact of the process was set")
    SET_DEADLINE = "set_deadline", _("A deadline was set")
    EXTEND_DEADLINE = "extend_deadline", _("A deadline was extended")
    MOVE_STATUTORY_DEADLINE = "move_statutory_deadline", _("A statutory deadline was moved by its authority")
    FOLLOW_DEADLINE = "follow_deadline", _("A deadline moved along with another")
    PASS_DEADLINE = "pass_deadline", _("A deadline passed")
    PAUSE_CLOCK = "pause_clock", _("A clock was stopped")
    RESUME_CLOCK = "resume_clock", _("A clock runs again")
    WRITE_PRESENTATION = "write_presentation", _("The case presentation was written: %(stage)s")
    CREATE_DOCUMENT = "create_document", _("A document was begun")
    ARRANGE_DOCUMENTS = "arrange_documents", _("The names or the order of the documents were changed")
    ADD_VERSION = "add_version", _("A new version of a document was written")
    CREATE_BUNDLE = "create_bundle", _("A set of documents was put together")
    LOCK_BUNDLE = "lock_bundle", _("A set of documents was locked")
    PUT_FORWARD = "put_forward", _("A set of documents was put forward")
    TAKE_BACK_BUNDLE = "take_back_bundle", _("A set of documents that was put forward was taken back")
    ASK_BODIES = "ask_bodies", _("Bodies were asked for a decision: %(stage)s")
    DECIDE_ANEW = "decide_anew", _("The earlier decision no longer settles the stage: %(stage)s")
    WITHDRAW_REQUESTS = "withdraw_requests", _("Questions not answered were withdrawn: %(stage)s")
    REBIND_REQUESTS = "rebind_requests", _("Bodies are asked about the new version of the documents")
    LET_FALL = (
        "let_fall",
        _("Questions and decisions on an earlier version no longer count; nobody is asked about the new"),
    )
    TELL_OF_CORRECTION = "tell_of_correction", _("The text was corrected; whoever has decided or is asked is told")
    OBJECT_TO_CORRECTION = "object_to_correction", _("A correction was objected to")
    ANSWER_OBJECTION = "answer_objection", _("An objection was answered; the correction stands")
    OVERTAKE_OBJECTIONS = "overtake_objections", _("Objections no longer count; a changed text took their place")
    ASK_AGAIN = "ask_again", _("A body was asked again")
    ADD_PARTY = "add_party", _("A body was taken in as a party")
    ANNOUNCE_MEETING = "announce_meeting", _("A body told when it will decide")
    READDRESS_REQUEST = "readdress_request", _("A question was sent under a new link")
    RECORD_DECISION = "record_decision", _("Decision: %(outcome)s")
    ADD_ADDENDUM = "add_addendum", _("An addition to a decision")
    RECORD_STEP = "record_step", _("A step on the way: %(outcome)s")
    SETTLE_RESERVATION = "settle_reservation", _("A reservation was settled: %(settlement)s")
    LAPSE_RESERVATION = "lapse_reservation", _("A reservation lapsed on its day")
    RECEIVE_MINUTES = "receive_minutes", _("The minutes of a decision came in")
    MAKE_PACKAGE = "make_package", _("Package %(number)s was made")
    SEND_SUBMISSION = "send_submission", _("A package was sent to the authority")
    AWAIT_RULING = "await_ruling", _("The authority was asked for its ruling")
    WITHDRAW_SUBMISSION = "withdraw_submission", _("The submission was withdrawn")
    READDRESS_SUBMISSION = "readdress_submission", _("The submission was sent under a new link")
    ASK_QUESTION = "ask_question", _("The authority asked a question")
    ACKNOWLEDGE = "acknowledge", _("The authority acknowledged receipt")
    RECORD_RULING = "record_ruling", _("The authority's ruling: %(outcome)s")
    RECORD_MILESTONE = "record_milestone", _("A date was recorded: %(stage)s")
    HEAR_BOUNCE = "hear_bounce", _("A mail came back")
    NOTE_CALL = "note_call", _("A call was noted")
    OPEN_LINK = "open_link", _("A personal link was opened")
    CONTACT_BODIES_OTHERWISE = "contact_bodies_otherwise", _("Bodies are asked otherwise than by mail")
    PUBLISH = "publish", _("Made public")
    WITHDRAW_PUBLICATION = "withdraw_publication", _("Taken back from the public page")
    CREATE_OFFICE = "create_office", _("The office was set up")
    LOAD_BODIES = "load_bodies", _("The bodies that come with the product were put on the list")
    PUT_FIRST_STEPS_AWAY = "put_first_steps_away", _("The list of first steps was put away")
    CHANGE_OFFICE = "change_office", _("The office's details were changed")
    SET_JOURNAL_ADDRESS = "set_journal_address", _("The journal's mailbox was set")
    CREATE_BODY = "create_body", _("A body was put on the list")
    CHANGE_BODY = "change_body", _("A body was renamed, or its details changed")
    END_BODY = "end_body", _("A body ends, or gives way to another")
    ADD_USER = "add_user", _("An account was made")
    INVITE_PERSON = "invite_person", _("A person was invited")
    SEND_PASSWORD_LINK = "send_password_link", _("A link to a new password was sent")
    LINK_IDENTITY = "link_identity", _("An account was linked to its owner's identity at the sign-in provider")
    SET_PASSWORD = "set_password", _("A password was chosen by a link in a mail")
    CLOSE_ACCOUNT = "close_account", _("An account was closed")
    REOPEN_ACCOUNT = "reopen_account", _("An account was reopened")
    RESET_SIGN_IN = "reset_sign_in", _("An account got a new password, and sets up its second factor anew")
    GRANT_ROLE = "grant_role", _("A role was given")
    GRANT_SEAT = "grant_seat", _("A seat in a body was given")
    REVOKE_MEMBERSHIP = "revoke_membership", _("A role or seat was taken back")
    SETTLE_MATTER = "settle_matter", _("Looked at and dealt with")
    SET_CONTACT = "set_contact", _("A contact was written down")
    NAME_SUBSTITUTE = "name_substitute", _("A substitute was named for a body")
    END_SUBSTITUTE = "end_substitute", _("A body's substitute was ended")
    SUBSTITUTE_BOUNCED = "substitute_bounced", _("A mail to a body's substitute came back")
    UPLOAD_TEMPLATE = "upload_template", _("A Word template was uploaded")
    USE_TEMPLATE = "use_template", _("A Word template was put in use")
    REMOVE_TEMPLATE = "remove_template", _("A Word template was removed")
    ADD_DEMO_CONTACTS = "add_demo_contacts", _("Invented contacts were added")
    LOAD_DEFINITION = "load_definition", _("A definition was loaded")
    SET_ERASURE_DAY = "set_erasure_day", _("The day of erasure was set")
    MAKE_JOURNAL_PARCEL = "make_journal_parcel", _("Parcel %(number)s was made for the journal")
    RECEIPT_JOURNAL_PARCEL = "receipt_journal_parcel", _("Parcel %(number)s is in the journal")
    ACCEPT_HEAD = "accept_head", _("The head of the record was confirmed after a restore")
    EXPORT_PERSON = "export_person", _("What is stored of a person was handed out")
    ERASE_PERSON = "erase_person", _("A person's data were erased")
    PURGE_PERSON = "purge_person", _("A person's data were erased on the date set")
    PURGE_PROCESS = "purge_process", _("Personal data of the process were erased on the date set")


# Deeds that take personal words out of the record; each of their entries says out of which.
ERASING = (Verb.ERASE_PERSON, Verb.PURGE_PERSON, Verb.PURGE_PROCESS)


class Direction(TextChoices):
    """Which way something went that the journal is told of."""

    IN = "in", pgettext_lazy("journal", "In")
    OUT = "out", pgettext_lazy("journal", "Out")


class Kinship(TextChoices):
    """How a section is kin to the version before."""

    SAME = "same", pgettext_lazy("section", "As before")
    RENAMED = "renamed", pgettext_lazy("section", "Renamed")
    SPLIT = "split", pgettext_lazy("section", "Split off")
    JOINED = "joined", pgettext_lazy("section", "Joined")
    NEW = "new", pgettext_lazy("section", "New")


class ContactFate(TextChoices):
    """What a line of a list does to an office's contacts."""

    NEW_BODY = "new_body", _("Is put on the list")
    NEW = "new", _("Contact is made")
    CHANGED = "changed", _("Is changed")
    SAME = "same", _("Stands there already")
