"""When people hear of matches, by the clock on their wall: over changes of clocks, in quiet hours, through mutes."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from worker.alert_times import Plan, after_quiet, is_due, is_quiet, next_digest, zone


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


CHANGES = {
    "Europe/Berlin": [utc(2026, 3, 29, 1), utc(2026, 10, 25, 1)],
    "America/New_York": [utc(2026, 3, 8, 7), utc(2026, 11, 1, 6)],
    "America/Santiago": [utc(2026, 4, 5, 3), utc(2026, 9, 6, 4)],  # at midnight
    "Australia/Lord_Howe": [utc(2026, 4, 4, 15), utc(2026, 10, 3, 15, 30)],  # by half an hour
    "Asia/Kathmandu": [utc(2026, 6, 1)],  # never, and 5:45 from UTC
    "UTC": [utc(2026, 1, 1)],
}
"""Zones, and moments (UTC) at which their clocks change."""
MINUTE = timedelta(minutes=1)
TICK = timedelta(minutes=15)


@st.composite
def places(draw):
    """A time zone, and a moment within two days of a change of its clocks."""
    name = draw(st.sampled_from(sorted(CHANGES)))
    change = draw(st.sampled_from(CHANGES[name]))
    return name, change + draw(st.integers(-2 * 24 * 60, 2 * 24 * 60)) * MINUTE


times = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30, 45]))
hours = st.integers(0, 23)
weekdays = st.sets(st.integers(1, 7)).map(lambda days: tuple(sorted(days)))


def ticks(start: datetime, *, days: int):
    return [start + number * TICK for number in range(days * 24 * 4)]


def told(plan: Plan, start: datetime, *, days: int) -> list[datetime]:
    """Return when somebody is told to whom something happens all the time, by a clock that is moved on."""
    since, found = start, []
    for now in ticks(start, days=days):
        if is_due(plan, since, now):
            found.append(now)
            since = now
    return found


@settings(max_examples=60, deadline=None)
@given(places(), hours, weekdays)
def test_a_digest_comes_once_on_each_of_its_days_at_its_hour_whatever_the_clocks_do(place, hour, days):
    name, start = place
    plan = Plan(mode="digest", digest_hour=hour, digest_days=days, time_zone=name)
    found = [moment.astimezone(ZoneInfo(name)) for moment in told(plan, start, days=9)]
    first, last = (start + TICK).astimezone(ZoneInfo(name)), (start + timedelta(days=9)).astimezone(ZoneInfo(name))
    inner = [first.date() + timedelta(days=number) for number in range(1, (last.date() - first.date()).days)]
    wanted = [day for day in inner if not days or day.isoweekday() in days]
    assert [moment.date() for moment in found if moment.date() in inner] == wanted
    for moment in found:
        late = moment.replace(tzinfo=None) - datetime.combine(moment.date(), time(hour))
        assert timedelta(0) <= late <= TICK + timedelta(hours=1), "an hour that is left out is made up for at once"


@settings(max_examples=60, deadline=None)
@given(places(), hours, weekdays)
def test_the_next_digest_is_later_and_nothing_lies_between(place, hour, days):
    name, after = place
    plan = Plan(mode="digest", digest_hour=hour, digest_days=days, time_zone=name)
    found = next_digest(plan, after)
    assert after < found <= after + timedelta(days=8, hours=1)
    assert next_digest(plan, found - MINUTE) == found
    assert next_digest(plan, after + (found - after) / 2) == found


@pytest.mark.parametrize(
    ("name", "hour", "day", "at"),
    [
        ("Europe/Berlin", 2, date(2026, 3, 29), utc(2026, 3, 29, 1)),  # 2:00 does not exist: 3:00 summer time
        ("Europe/Berlin", 2, date(2026, 10, 25), utc(2026, 10, 25, 0)),  # 2:00 occurs twice: the first
        ("America/Santiago", 0, date(2026, 9, 6), utc(2026, 9, 6, 4)),  # the day begins at 1:00
        ("Australia/Lord_Howe", 2, date(2026, 10, 4), utc(2026, 10, 3, 15, 30)),  # at 2:30
        ("Europe/Berlin", 8, date(2026, 3, 29), utc(2026, 3, 29, 6)),
    ],
)
def test_an_hour_that_does_not_exist_is_the_next_that_does_and_one_that_occurs_twice_is_the_first(name, hour, day, at):
    plan = Plan(mode="digest", digest_hour=hour, time_zone=name)
    before = datetime.combine(day, time(0), ZoneInfo(name)) - timedelta(minutes=1)
    assert next_digest(plan, before.astimezone(UTC)) == at
    assert next_digest(plan, at) > at + timedelta(hours=20)


def test_a_day_that_a_country_leaves_out_is_made_up_for_when_the_next_begins():
    samoa = Plan(mode="digest", digest_hour=8, digest_days=(5,), time_zone="Pacific/Apia")
    friday = next_digest(samoa, utc(2011, 12, 24, 12))  # 30 December 2011 did not take place
    assert friday.astimezone(ZoneInfo("Pacific/Apia")).isoformat() == "2011-12-31T00:00:00+14:00"


@settings(max_examples=60, deadline=None)
@given(places(), times, times, st.sampled_from(["instant", "digest"]), hours)
def test_nobody_is_told_in_quiet_hours_and_all_are_told_after_them(place, quiet_from, quiet_to, mode, hour):
    assume(quiet_from != quiet_to)
    name, start = place
    plan = Plan(mode, hour, (), name, quiet_from, quiet_to)
    found = told(plan, start, days=4)
    for moment in found:
        shown = moment.astimezone(ZoneInfo(name)).time()
        inside = quiet_from <= shown < quiet_to if quiet_from < quiet_to else not quiet_to <= shown < quiet_from
        assert not inside
    loud = [now for now in ticks(start, days=4) if not is_quiet(plan, now)]
    if mode == "instant":
        assert found == loud
    else:
        assert found
        assert set(found) <= set(loud)
        assert len({moment.astimezone(ZoneInfo(name)).date() for moment in found}) >= 3


@settings(max_examples=60, deadline=None)
@given(places(), hours, st.integers(0, 3 * 24 * 60), st.sampled_from(["instant", "digest"]))
def test_a_mute_is_silence_and_what_came_meanwhile_is_told_once_when_it_ends(place, hour, minutes, mode):
    name, start = place
    until = start + minutes * MINUTE
    plan = Plan(mode, hour, (), name, muted_until=until)
    found = told(plan, start, days=5)
    assert all(moment >= until for moment in found)
    missed = next_digest(plan, start) if mode == "digest" else start
    at_the_end = [moment for moment in found if until <= moment < until + TICK]
    if missed <= until:
        assert len(at_the_end) == 1
    rest = [moment.astimezone(ZoneInfo(name)).date() for moment in found if moment not in at_the_end]
    if mode == "digest":
        assert len(rest) == len(set(rest)), "at most one on a day but for that of the mute's end"


def test_a_digest_that_was_due_while_nothing_ran_is_told_at_once():
    plan = Plan(mode="digest", digest_hour=8, time_zone="Europe/Berlin")
    since = utc(2026, 6, 1, 5)
    assert not is_due(plan, since, utc(2026, 6, 1, 5, 59))
    assert is_due(plan, since, utc(2026, 6, 1, 15))


@settings(max_examples=60, deadline=None)
@given(places(), times, times)
def test_what_would_come_in_quiet_hours_comes_when_they_end(place, quiet_from, quiet_to):
    assume(quiet_from != quiet_to)
    name, moment = place
    plan = Plan("instant", 8, (), name, quiet_from, quiet_to)
    later = after_quiet(plan, moment)
    assert moment <= later <= moment + timedelta(hours=25)
    if not is_quiet(plan, moment):
        assert later == moment
    elif zone(name).utcoffset(moment.astimezone(zone(name))) == zone(name).utcoffset(later.astimezone(zone(name))):
        assert later.astimezone(zone(name)).time() == quiet_to
        assert is_quiet(plan, later - timedelta(seconds=1))


def test_quiet_hours_that_are_half_said_are_none():
    assert not is_quiet(Plan(quiet_from=time(22)), utc(2026, 6, 1, 23))


def test_a_zone_that_is_not_known_any_more_is_taken_for_utc():
    assert zone("Mars/Olympus_Mons") == zone("../etc") == ZoneInfo("UTC")
    assert is_due(Plan("digest", 8, (), "Mars/Olympus_Mons"), *(utc(2026, 6, 1, hour) for hour in (7, 8)))
