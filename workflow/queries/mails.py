"""Which mails of an office still need somebody: those of processes that go on."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from notifications import queries as mails
from notifications.models import OutgoingMail
from workflow.models import Office, Process
from workflow.states import ProcessState


def mails_to_mend(offices: Sequence[Office]) -> QuerySet[OutgoingMail]:
    """Mails of these offices that did not arrive and that nothing has made good yet, newest first."""
    live = Process.objects.filter(office__in=offices, state__in=[ProcessState.RUNNING, ProcessState.SUSPENDED])
    of_live = Q(process_id=None) | Q(process_id__in=live.values("public_id"))
    return mails.mails_to_mend().filter(of_live, office_id__in=[office.public_id for office in offices])
