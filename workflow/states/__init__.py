"""Enums and named groups of the workflow floor: what a thing can be, in one place.

Everybody above comes in; nothing is imported from the rooms above.
"""

from django.db.models import CheckConstraint, Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workflow.states.verbs import ERASING as ERASING
from workflow.states.verbs import Verb as Verb


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
    LISTED = "listed", pgettext_lazy("question", "Not asked yet")
    ASKED = "asked", _("Awaiting decision")
    DECIDED = "decided", _("Decided")
    FALLEN = "fallen", _("Given to an earlier version")
    WITHDRAWN = "withdrawn", _("Withdrawn")


WAITING = (RequestState.LISTED, RequestState.ASKED)
"""The questions without an answer."""

LIVE_REQUESTS = (RequestState.LISTED, RequestState.ASKED, RequestState.DECIDED)
"""The questions that stand for a body in a stage: about to be put, put, or answered."""


class DispatchState(TextChoices):
    DRAFT = "draft", pgettext_lazy("dispatch", "Being prepared")
    SCHEDULED = "scheduled", pgettext_lazy("dispatch", "Leaves at its time")
    SENT = "sent", pgettext_lazy("dispatch", "Sent")
    WITHDRAWN = "withdrawn", pgettext_lazy("dispatch", "Given up: nobody is left to ask")


UNSENT = (DispatchState.DRAFT, DispatchState.SCHEDULED)


class FellBack(TextChoices):
    """Why a dispatch that was to leave is being prepared again."""

    NEWER_SET = "newer_set", _("Another version of the documents has been put forward since.")
    RECIPIENT = "recipient", _("Somebody on its list has got another address, or is asked otherwise.")
    DEADLINE = "deadline", _("The day by which it asks for an answer was moved.")
    SUSPENDED = "suspended", _("The process was suspended.")
    REFUSED = "refused", _("It could not leave at its time.")


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
