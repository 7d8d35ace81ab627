"""Moments: a local day and clock time as an exact instant in UTC, and whether something came in time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

COPENHAGEN = ZoneInfo("Europe/Copenhagen")


def instant(on: date, clock: time, zone: ZoneInfo = COPENHAGEN) -> datetime:
    """The exact moment (UTC) of a local day and clock time.

    Around the change to winter time a clock time occurs twice: the later one counts, to the benefit of the one who
    answers. Around the change to summer time some do not occur: then it is the moment the clock leaps. So a later clock
    time never gives an earlier moment.
    """
    local = datetime.combine(on, clock.replace(tzinfo=None))
    # fold=1 is the later of two equal clock times in the autumn.
    later = local.replace(tzinfo=zone, fold=1)
    moment = later.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    # This clock time does not exist: the gap is halved until the second at which the clock leaps.
    before = moment.replace(microsecond=0)
    after = local.replace(tzinfo=zone, fold=0, microsecond=0).astimezone(UTC)
    old_offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=int((after - before).total_seconds()) // 2)
        if middle.astimezone(zone).utcoffset() == old_offset:
            before = middle
        else:
            after = middle
    return after


def occurs(on: date, clock: time, zone: ZoneInfo = COPENHAGEN) -> int:
    """How many times the local clock shows that time on that day: 0 when it leaps over it, 2 when it goes back."""
    local = datetime.combine(on, clock.replace(tzinfo=None))
    moments = {local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sum(moment.astimezone(zone).replace(tzinfo=None) == local for moment in moments)


def local_day(moment: datetime, zone: ZoneInfo = COPENHAGEN) -> date:
    """The local day on which a moment falls. Refuses a moment without a zone."""
    return _aware(moment).astimezone(zone).date()


def last_day_before(deadline_at: datetime, zone: ZoneInfo = COPENHAGEN) -> date:
    """The last local day on which something is in time: that of a deadline at 00.00 is the day before."""
    return local_day(deadline_at - timedelta(microseconds=1), zone)


def _aware(moment: datetime) -> datetime:
    if moment.utcoffset() is None:
        raise ValueError("A moment needs a time zone.")
    return moment


def is_before_deadline(now: datetime, deadline_at: datetime) -> bool:
    """Before the deadline, to the microsecond: at the very moment it is late."""
    return _aware(now) < _aware(deadline_at)
