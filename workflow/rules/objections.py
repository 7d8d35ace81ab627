"""When a body may object to a correction, when the office may answer, and what an open objection holds back.

Actions, gates and pages come in. Days are local days of the process's zone; instants are UTC.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workflow.dates import local_day, short_date
from workflow.rules.approvals import may_use_link
from workflow.rules.processes import REASON_LENGTH, must_give_reason
from workflow.rules.refusals import Refusal
from workflow.states import ObjectionState, RequestState

if TYPE_CHECKING:
    from workflow.actors import Actor
    from workflow.models import ApprovalRequest, Bundle, Objection


def may_object(
    request: ApprovalRequest,
    actor: Actor,
    *,
    corrected: Bundle | None,
    earlier: Objection | None,
    in_force_since: datetime | None,
    zone: str,
) -> Refusal | None:
    """A body that was told of a correction may object to it once, by its own link, until the agreement is in force.

    corrected: the set that counts, where it corrects what the body was asked about or has decided on. earlier: its
    objection to that set. in_force_since: when a dated fact that rests on the text was complete.
    """
    refusal = may_use_link(request, actor)
    if refusal is not None:
        return refusal
    if request.state not in (RequestState.ASKED, RequestState.DECIDED):
        text = _(
            "A correction can no longer be objected to under this question: it was withdrawn, or the text has been "
            "changed in its substance. Where a new question is put, it comes in a mail of its own."
        )
        return Refusal("correction_over", text)
    if corrected is None:
        text = _(
            "Nothing has been corrected since the body was asked or decided, so there is nothing to object to. What it "
            "thinks of the text stands in its decision."
        )
        return Refusal("not_corrected", text)
    if in_force_since is not None:
        text = _(
            "The agreement is in force, as was recorded on {day}, and a correction can be objected to until then. "
            "Write to the secretariat: what is to be changed now takes a new version."
        )
        return Refusal("in_force_already", format_lazy(text, day=short_date(in_force_since, zone)))
    if earlier is not None:
        text = _("The body objected to this correction on {day}. One objection is enough; the office answers it.")
        return Refusal("objected_already", format_lazy(text, day=short_date(earlier.recorded_at, zone)))
    return None


def must_be_a_fitting_objection(
    text: str, corrected: Bundle, bundle_sha256: str, received_at: datetime, now: datetime, zone: str
) -> Refusal | None:
    """An objection is to the correction that counts, in words, and reached the office after that was put forward.

    bundle_sha256: digest of the set that is objected to.
    """
    if bundle_sha256 != corrected.sha256:
        words = _("There is a newer correction: version {number}. Read what differs, and object to that one.")
        return Refusal("correction_overtaken", format_lazy(words, number=corrected.number))
    if not text.strip():
        return Refusal("objection_empty", _("Write what you object to."))
    if received_at > now:
        return Refusal("received_in_future", _("The time of receipt has not come yet. Check date and clock time."))
    if corrected.put_forward_at and local_day(received_at, zone) < local_day(corrected.put_forward_at, zone):
        words = _("The correction was put forward on {day}; nobody has objected to it before.")
        return Refusal("received_before_correction", format_lazy(words, day=short_date(corrected.put_forward_at, zone)))
    return None


def may_answer(objection: Objection, answer: str) -> Refusal | None:
    """An open objection is answered once, with a reason of at least ten characters; the correction then stands."""
    if objection.state != ObjectionState.OPEN:
        return Refusal("objection_settled", _("The objection is settled already."))
    return must_give_reason(answer, REASON_LENGTH)


def objection_words(objection: Objection) -> str:
    """What is said of an open objection, in one sentence."""
    text = gettext("%(body)s has objected to the correction in version %(number)d.")
    return text % {"body": objection.body.name, "number": objection.bundle.number}


def must_have_no_objection(objections: Sequence[Objection]) -> Refusal | None:
    """Nothing comes into force, and nothing is sent to an authority, while an objection to the text is open."""
    if not objections:
        return None
    text = _("{objections} Answer it first, or put forward a version changed in its substance.")
    return Refusal("objection_open", format_lazy(text, objections=" ".join(map(objection_words, objections))))
