"""Enums and named groups of the workflow floor: what a thing can be, in one place.

Everybody above comes in; nothing is imported from the rooms above.
"""

from django.db.models import CheckConstraint, Q, TextChoices
from django.utils.translation import gettext_lazy as _


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
    ADMINISTRATIVE = "administrative", _("Administrative level")
    COMMITTEE = "committee", _("Committee level")
    COUNCIL = "council", _("Council level")


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


STAGE_LIVE = (StageState.WAITING, StageState.OPEN, StageState.COMPLETED, StageState.SKIPPED)
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


class DecisionState(TextChoices):
    VALID = "valid", _("Valid")
    FALLEN = "fallen", _("Given to an earlier version")
    SUPERSEDED = "superseded", _("Replaced by a later decision")


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
    MINUTES = "minutes", _("Minutes that are missing")
    MEETING = "meeting", _("A meeting that is not known, or went by without a word")
    RULING = "ruling", _("An objection by the authority")
    QUESTION = "question", _("A question by the authority")
    PROMISE = "promise", _("A day of answer that went by")


class JobState(TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
