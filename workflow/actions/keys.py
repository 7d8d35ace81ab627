"""Deeds that carry a key: a second press of the same button returns what the first one made."""

from datetime import datetime
from uuid import UUID

from workflow.models import DeedKey


def earlier_result(scope: str, key: str) -> UUID | None:
    """Public id of what the same key made before in this scope, or None. Ask after the lock is taken."""
    if not key:
        return None
    return DeedKey.objects.filter(scope=scope, key=key).values_list("result", flat=True).first()


def keep_result(scope: str, key: str, result: UUID, now: datetime) -> None:
    """Remember in the deed's transaction what the key made."""
    if key:
        DeedKey.objects.create(scope=scope, key=key, result=result, at=now)
