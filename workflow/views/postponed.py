"""What the system could not do by itself and put off, as duties on the desk of the office it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.postponed import postponed_rows
from workflow.actions.erasure.journal import NotInTheJournal
from workflow.dates import COPENHAGEN, deadline_words
from workflow.models import Office, Process
from workflow.stage_kinds.pages import Duty

TITLES: Final = {
    "deliver_mail": gettext_lazy("A mail that cannot be made"),
    "tell_mail_events": gettext_lazy("A mail that came back, not yet noted at its matter"),
    "send_reminders": gettext_lazy("A reminder to a consultation party"),
    "repair_reminders": gettext_lazy("The days for reminding a consultation party"),
    "ask_to_confirm": gettext_lazy("A party to be asked to confirm its provisional answer"),
    "close_rounds": gettext_lazy("The closing of a consultation"),
    "check_processes": gettext_lazy("Deadlines and stages of a process"),
    "repair_processes": gettext_lazy("Deadlines and stages of a process"),
    "remind_bodies": gettext_lazy("A reminder to a council or committee"),
    "repair_reminders_of_bodies": gettext_lazy("The days for reminding a council or committee"),
    "send_dispatches": gettext_lazy("A dispatch that leaves at its time"),
    "lapse_reservations": gettext_lazy("A reservation that lapses on its day"),
    "seal_audit": gettext_lazy("The sealing of the record"),
    "mail_heads": gettext_lazy("The daily mail with the newest seal of the record"),
    "run_jobs": gettext_lazy("A longer task"),
    "sweep_long_work": gettext_lazy("The tidying away of files that were made to be fetched"),
    "purge_due": gettext_lazy("The erasure of somebody whose day has come"),
    "sweep_files": gettext_lazy("The tidying away of a file"),
}
"""What each sweep does with one row, in an officer's words."""


def postponed_duties(offices: Sequence[Office], now: datetime) -> list[Duty]:
    """What was put off for these offices, with when it is tried again. Two queries, or one where nothing was."""
    rows = postponed_rows([office.public_id for office in offices]) if offices else []
    if not rows:
        return []
    ids = [row.process for row in rows if row.process]
    processes = {found.public_id: found for found in Process.objects.filter(public_id__in=ids)}
    duties = []
    for row in rows:
        process = processes.get(row.process) if row.process else None
        if row.error == NotInTheJournal.__name__:
            # No fault: the office has yet to put it in its journal.
            why = _(
                "What is to be erased is not in your journal yet. Fetch the parcel on the process's page “Journal” and "
                "say that it is journalised; then it is erased by itself."
            )
        elif row.next_try_at is None:
            why = _("It went wrong again and again, and is not tried any more. Show this to whoever runs the site.")
        else:
            at = deadline_words(row.next_try_at, COPENHAGEN)  # the process's own zone may be what is wrong with it
            why = _(
                "It went wrong and is tried again %(at)s. If it still stands here tomorrow, show it to whoever runs"
                " the site."
            ) % {"at": at}
        title = TITLES.get(row.duty, gettext_lazy("A task in the background"))
        duties.append(
            Duty(
                title=_("Not done yet: %(what)s") % {"what": title},
                url=reverse("process", args=[process.public_id]) if process else reverse("processes"),
                why=why if row.error == NotInTheJournal.__name__ else f"{why} ({row.duty}, {row.error})",
                process=f"{process.case_number} {process.title}" if process else "",
                badge=_("Put off"),
                tone="warning",
            )
        )
    return duties
