"""How a party stands and what was done, in words: for the status board and the timeline."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STANDING: Final[dict[str, tuple[Promise, str]]] = {
    "listed": (_("Not sent yet"), "neutral"),
    "invited": (_("Not opened"), "neutral"),
    "opened": (_("Opened"), "info"),
    "drafting": (_("Has begun to write"), "info"),
    "asks_for_extension": (_("Asks for more time"), "warning"),
    "no_address": (_("No address"), "error"),
    "bounced": (_("Mail came back"), "error"),
    "other_road": (_("Contacted otherwise than by mail"), "info"),
    "submitted": (_("Answered"), "success"),
    "no_remarks": (_("No remarks"), "success"),
    "late": (_("Late, to be decided"), "warning"),
    "late_accepted": (_("Late, accepted"), "success"),
    "late_filed": (_("Late, filed only"), "neutral"),
    "declined": (_("Will not answer"), "neutral"),
    "withdrawn": (_("Withdrawn"), "neutral"),
}
"""State of a row of the board → words and the badge's tone."""

HISTORY: Final[dict[str, Promise]] = {
    "open_round": _("The round was made ready to prepare"),
    "prepare_round": _("The round was edited"),
    "add_parties": _("Parties were put on the list"),
    "paste_parties": _("A pasted list of parties was taken in"),
    "correct_party": _("A party on the list was corrected: %(name)s"),
    "invite_party": _("Another party was asked: %(name)s"),
    "release_party": _("A party is not asked any more: %(name)s"),
    "write_to_parties": _("A letter was sent to %(parties)s parties"),
    "remove_party": _("A party was taken off the list: %(name)s"),
    "launch_round": _("The round was sent to %(parties)s parties"),
    "cancel_round": _("The round was cancelled"),
    "close_round": _("The round closed"),
    "send_reminders": _("Reminders were sent"),
    "extend_for_one": _("A party was given more time"),
    "refuse_extension": _("A party was not given more time"),
    "open_invitation": _("A party opened its link"),
    "forward": _("A party passed the invitation on"),
    "claim": _("Somebody at a party took the task"),
    "take_back": _("A task that was passed on was taken back"),
    "promise_answer": _("A party said when it will answer"),
    "decline": _("A party will not answer"),
    "correct_address": _("The link was sent to a party's address again"),
    "contact_otherwise": _("Parties are contacted otherwise than by mail"),
    "record_bounce": _("A mail to a party came back"),
    "save_draft": _("A draft was saved"),
    "attach_file": _("A file was added to an answer"),
    "remove_file": _("A file was taken off an answer"),
    "submit_answer": _("An answer came in: %(receipt)s"),
    "decide_late": _("A late answer was decided on"),
    "dispose_answer": _("The remarks of an answer were dealt with: %(receipt)s"),
    "write_letter": _("A party's letter was written, with its code"),
    "add_note": _("Oral input was noted"),
    "record_summary": _("The input was summed up"),
}
"""Verb of the record → words on a timeline."""
