"""A deed beside another: threads with connections of their own, and an invitation's row held by somebody else."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, connections, transaction

from consultations.models import Invitation
from workflow.rules import Refused

WAIT = 20  # seconds until a test gives up


class Beside:
    """A deed in a thread of its own, with what came of it."""

    def __init__(self, deed: Callable[[], Any]) -> None:
        self.result: Any = None
        self.error: BaseException | None = None
        self._deed = deed
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self.result = self._deed()
        except BaseException as error:  # handed to the test
            self.error = error
        finally:
            connection.close()

    def done(self) -> Any:
        self._thread.join(WAIT)
        assert not self._thread.is_alive(), "still waiting"
        if self.error is not None:
            raise self.error
        return self.result


def wait_until_somebody_waits(count: int = 1) -> None:
    """Until so many sessions wait for a lock."""
    for _attempt in range(WAIT * 20):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")  # inside a transaction it would stand still
            cursor.execute("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
            if cursor.fetchone()[0] >= count:
                return
        threading.Event().wait(0.05)
    raise AssertionError("nobody waits for a lock")


@contextmanager
def held(party: Invitation) -> Iterator[None]:
    """The invitation's row, held by somebody else for the length of the block."""
    with transaction.atomic():
        Invitation.objects.select_for_update(of=("self",)).get(pk=party.pk)
        yield


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Run the deeds in threads that start together; each result, or the refusal it met."""
    barrier = threading.Barrier(len(deeds))
    found: list[Any] = [None] * len(deeds)

    def run(place: int, deed: Callable[[], Any]) -> None:
        barrier.wait(10)
        try:
            found[place] = deed()
        except Refused as refused:
            found[place] = refused.refusal.code
        except Exception as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, deed)) for place, deed in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return found
