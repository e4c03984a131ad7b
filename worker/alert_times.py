"""When a channel may be told: digests, quiet hours and mutes, by the clock on the person's wall. `now` is given."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_A_WEEK = 7
_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Plan:
    """When a person wants to hear of matches; `models.Channel` says what the fields mean."""

    mode: str = "instant"
    digest_hour: int = 8
    digest_days: tuple[int, ...] = ()
    time_zone: str = "UTC"
    quiet_from: time | None = None
    quiet_to: time | None = None
    muted_until: datetime | None = None


def is_due(plan: Plan, since: datetime, now: datetime) -> bool:
    """Say whether what has been waiting `since` then is to be told `now`.

    Nothing is told while the channel is muted or in its quiet hours; what a digest would have said meanwhile is told
    when they end.
    """
    if is_muted(plan, now) or is_quiet(plan, now):
        return False
    return plan.mode == "instant" or next_digest(plan, since) <= now


def is_muted(plan: Plan, now: datetime) -> bool:
    """Say whether the person wants silence."""
    return plan.muted_until is not None and now < plan.muted_until


def is_quiet(plan: Plan, now: datetime) -> bool:
    """Say whether the wall clock shows a quiet time: from `quiet_from` to just before `quiet_to`, over midnight too."""
    if plan.quiet_from is None or plan.quiet_to is None:
        return False
    shown = now.astimezone(zone(plan.time_zone)).time()
    if plan.quiet_from <= plan.quiet_to:
        return plan.quiet_from <= shown < plan.quiet_to
    return shown >= plan.quiet_from or shown < plan.quiet_to


def after_quiet(plan: Plan, moment: datetime) -> datetime:
    """Return a moment if it is not in quiet hours, else when these end, in UTC."""
    if plan.quiet_to is None or not is_quiet(plan, moment):
        return moment
    place = zone(plan.time_zone)
    today = moment.astimezone(place).date()
    ends = [_moment(today + timedelta(days=number), plan.quiet_to, place) for number in range(3)]
    return next(end for end in ends if end > moment)


def next_digest(plan: Plan, after: datetime) -> datetime:
    """Return the first moment of a digest after another moment, in UTC."""
    place = zone(plan.time_zone)
    today = after.astimezone(place).date()
    days = (today + timedelta(days=number) for number in range(_A_WEEK + 2))
    wanted = (day for day in days if not plan.digest_days or day.isoweekday() in plan.digest_days)
    return next(found for day in wanted if (found := _moment(day, time(plan.digest_hour), place)) > after)


def zone(name: str) -> ZoneInfo:
    """Return a time zone by its IANA name; one that this machine does not know any more is taken for UTC."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")


def _moment(day: date, at: time, place: ZoneInfo) -> datetime:
    """Return when clocks show a time on a day: the first time if twice, else when they are set over it."""
    shown = datetime.combine(day, at, place)
    first, second = (shown.replace(fold=fold).astimezone(UTC) for fold in (0, 1))
    return first if first <= second else _change(second, first, place)


def _change(before: datetime, after: datetime, place: ZoneInfo) -> datetime:
    """Return the second at which clocks are changed, between two moments."""
    offset = before.astimezone(place).utcoffset()
    while after - before > _SECOND:
        between = before + (after - before) // 2
        if between.astimezone(place).utcoffset() == offset:
            before = between
        else:
            after = between
    return after.replace(microsecond=0)
