"""What signing in leaves behind, forgotten in time: who tried and who came, and sessions that have run out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.sessions.models import Session

KEPT_FOR: Final = timedelta(days=90)
"""So long an administrator can see who signed in from where, and what was tried."""


def forget_sign_ins(now: datetime) -> int:
    """The sweep: take away entries of the login log that are ninety days old, and sessions that have run out.

    Returns how many rows went.
    """
    long_ago = now - KEPT_FOR
    count = sum(
        model.objects.filter(attempt_time__lte=long_ago).delete()[0]
        for model in (AccessAttempt, AccessFailureLog, AccessLog)
    )
    return count + Session.objects.filter(expire_date__lte=now).delete()[0]
