"""Locations as boards write them, read as places: `Remote - Berlin, DE` is Berlin, Berlin, DE.

A location is cut into names ("US, CA, Santa Clara"), each name is looked up as a city, a region and a country, and
what all names of an address agree on is the place. Where a name stands for several places and nothing tells which, the
largest counts if it is far larger than the others; else only what they have in common is said.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from worker.gazetteer import City, Region, key
from worker.place_names import LARGE, Name, alternatives, names
from worker.posting import Place

FAR_LARGER = 3
"""How many times as many people make one of several places the one that is meant."""
REGION_IS_MEANT = 3
"""A region must be so much larger still to be meant instead of a city elsewhere of its name."""
BOARDS_ARE_HERE = 4
"""How many times as often a board speaks of a place where most boards are than of an equally large one elsewhere."""
TOO_LARGE = 300
"""Thousands of people of a city that is no unknown small town of its name."""
NO_RIVAL = 10
"""A city in one of the board's countries may be so many times smaller than its namesake elsewhere."""
NAMES_MOST = 8

_HERE = frozenset((
    "AT", "AU", "BE", "BG", "CA", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU", "IE",
    "IL", "IN", "IS", "IT", "LT", "LU", "LV", "MT", "NL", "NO", "NZ", "PL", "PT", "RO", "RS", "SE", "SG", "SI", "SK",
    "UA", "US",
))  # fmt: skip
_EXCEPT = re.compile(r"\b(?:not|non|except|excluding|outside|without|außer|hors)\b", re.IGNORECASE)
_REMOTE = re.compile(r"\b(?:remote|anywhere|home ?office|télétravail|remoto)\b", re.IGNORECASE)
# Where the city is the country.
_CITY_STATES = frozenset(("SG", "HK", "MO", "MC", "GI", "VA"))
# The state in the United States and the country in the Caucasus are named as often.
_STATE_OR_COUNTRY = "georgia"
# What people mean who say Quebec is the province.
_REGION_NOT_CITY = "quebec"
# Where towns are named with their state or province.
_WITH_STATES = frozenset(("US", "CA", "AU"))
# Where they may be named with the letters of a division that ISO 3166-2 spells otherwise: `Torino, TO`.
_WITH_OTHER_LETTERS = frozenset(("IT", "IN", "MX"))
_LARGE_CODE = 100
"""Thousands of people of a city that is meant by two or three capitals alone: `NYC`, but not `UKI`."""
# No town has a name of the former alone, or with one of the latter in it.
_DIRECTIONS = frozenset((
    "north", "south", "east", "west", "northern", "southern", "eastern", "western", "northeast", "northwest",
    "southeast", "southwest", "central", "inner", "outer", "upper", "lower", "new", "mid", "city", "town",
    "county",
))  # fmt: skip
_NO_TOWN = frozenset((
    "county", "region", "area", "airport", "island", "islands", "varies", "listing", "multiple", "various",
    "any", "all", "state", "states", "plant", "store", "district", "territory", "field", "tbd", "coast",
    "province", "hub", "sales", "corporate", "center", "centre", "building", "floor", "street", "road",
    "avenue", "drive", "suite", "shop", "branch", "warehouse", "facility", "hospital", "clinic", "school",
    "university", "college", "mall", "metro", "greater", "country", "client", "customer", "customers", "base",
    "market", "markets", "zone", "timezone", "hours", "travel", "regional", "national", "global", "worldwide",
    "support", "team",
))  # fmt: skip
_TOWN = re.compile(r"[^\W\d_][\w.'\u2019 -]{1,40}")
_TOWN_WORDS = 4


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the names of one address may mean together. `of` are the cities of the name that stands for one."""

    country: str | None = None
    region: Region | None = None
    city: City | None = None
    of: tuple[City, ...] = ()

    @property
    def weight(self) -> float:
        """Thousands of people, more where boards are; those of a region count for less, of a country for nothing."""
        people = self.city.people if self.city else self.region.people / REGION_IS_MEANT if self.region else 0
        return people * (BOARDS_ARE_HERE if self.country in _HERE else 1)


def places(locations: Iterable[str], countries: Sequence[str]) -> list[Place]:
    """Return the places that locations name, each once and in order.

    `countries` are those the board gives for the posting (ISO 3166-1 alpha-2): they tell namesakes apart. A location
    that names no place (`Remote - EMEA`, `3 Locations`, `Headquarters`) adds nothing.
    """
    named = list(locations)
    hints = tuple(sorted(countries))
    return list(dict.fromkeys(place for one in named for place in _read(one, hints, alone=len(named) == 1)))


@lru_cache(maxsize=8192)
def _read(location: str, hints: tuple[str, ...], *, alone: bool) -> tuple[Place, ...]:
    if _EXCEPT.search(location):
        return ()
    offered: list[Place] = []
    for part in alternatives(location):
        # What only repeats where another place lies is left out (`Illinois | Algonquin, Illinois`), but "San Francisco
        # / Remote (US)" offers both.
        remote = _REMOTE.search(part) is not None
        for place in _of_part(part, hints, alone=alone):
            if remote or not any(_is_within(other, place) for other in offered):
                offered = [other for other in offered if not _is_within(place, other)] + [place]
    return tuple(dict.fromkeys(offered))


def _is_within(place: Place, other: Place) -> bool:
    """Whether a place lies in another."""
    same_country = place.country == other.country is not None
    return place != other and other.city is None and same_country and other.region in (None, place.region)


def _of_part(part: str, hints: tuple[str, ...], *, alone: bool) -> Iterator[Place]:
    """Yield the places of the addresses that follow each other: "Berlin, Munich, Germany" has two."""
    found = list(names(part, hints))[:NAMES_MOST]
    while found:
        for end in range(len(found), 0, -1):
            address, readings = _read_together(found[:end])
            if readings:
                break
        if readings and (place := _agreed(address, readings, hints, alone=alone)):
            yield place
        found = _after(found[end:], readings)


def _after(left: list[Name], readings: list[_Reading]) -> list[Name]:
    """Return the names after an address, without the letters of its city's province."""
    own = bool(readings) and all(one.city and one.country in _WITH_OTHER_LETTERS for one in readings)
    return left[1:] if own and left and left[0].is_code and not left[0].is_country_in_short else left


def _read_together(address: list[Name]) -> tuple[list[Name], list[_Reading]]:
    """Return all that the names may mean as one address, [] if they are none, and how the names were taken for that."""
    if readings := _readings(address):
        return address, readings
    # Where only a state follows, the gazetteer is without the town: `Waverly, Tennessee`.
    first, others = address[0], address[1:]
    namesakes: tuple[City | Region, ...] = (*first.cities, *first.regions)
    too_large = any(one.people >= TOO_LARGE for one in namesakes)
    if others and not first.country and (not too_large or any(name.country for name in others)):
        address = [Name(first.text), *others]
        readings = _readings(address) if first.cities else _beside_a_town(_readings(address))
        if all(one.city is None and one.region and one.country in _WITH_STATES for one in readings):
            return address, readings
        # Nor has it the one that is meant where only its country follows: `Kent, UK`.
        if not too_large and readings and all(one.country and not (one.city or one.of) for one in readings):
            return address, readings
    return address, []


def _readings(address: Sequence[Name]) -> list[_Reading]:
    known = [name for name in address if name.known]
    found = {_Reading(): None}
    for name in known:
        options = list(_options(name, lone=len(known) == 1))
        found = {both: None for one in found for option in options if (both := _both(one, option))}
    return [reading for one in found for reading in _with_cities(one)] if known else []


def _options(name: Name, *, lone: bool) -> Iterator[_Reading]:
    """Yield what one name may mean; on its own, two letters are a country or a state of a few countries."""
    countries = _WITH_STATES if not name.country else ("US",)
    for region in name.regions:
        if not (lone and name.is_code) or region.country in countries:
            yield _Reading(region.country, region)
    if name.country:
        yield _Reading(name.country)
    if name.cities:
        yield _Reading(of=name.cities)


def _both(one: _Reading, other: _Reading) -> _Reading | None:
    """Return what two names mean together, None if they contradict each other."""
    pairs = ((one.country, other.country), (one.region, other.region), (one.of, other.of))
    if any(first and second and first != second for first, second in pairs):
        return None
    return _Reading(one.country or other.country, one.region or other.region, None, one.of or other.of)


def _with_cities(one: _Reading) -> Iterator[_Reading]:
    if not one.of:
        yield one
    for city in one.of:
        if one.country in (None, city.country) and one.region in (None, city.region):
            yield _Reading(city.country, city.region, city)


def _agreed(address: Sequence[Name], readings: list[_Reading], hints: tuple[str, ...], *, alone: bool) -> Place | None:
    """Return what those of the readings that can be meant have in common; None if that is nothing."""
    known = [name for name in address if name.known]
    lone = known[0] if len(known) == 1 else None
    likely = _in_countries(readings, hints, alone=alone)
    if not likely and lone and lone.cities and not (lone.country or lone.around):
        return Place(lone.cities[0].name, None, None)  # the board names another country than those it is known in
    likely = likely or readings
    if lone and lone.is_code and not address[0].known and _town(address[0]):
        # "Garnet Valley, PA" is in Pennsylvania rather than in Panama.
        likely = [one for one in likely if one.region or one.country in _HERE] or likely
    if lone and not hints:
        least = _LARGE_CODE if lone.is_code else LARGE
        likely = [one for one in likely if not one.city or one.city.people >= least]
        likely = [one for one in likely if not one.region or _people(one) >= LARGE]
    likely = _meant(_beside_a_town(likely) if not address[0].known else likely, lone)
    if not likely:
        return None
    place = _in_common(likely)
    if place.country in _CITY_STATES:
        cities = (city.name for name in known for city in name.cities if city.country == place.country)
        place = replace(place, city=place.city or next(cities, None))
    if any(name.around for name in known):
        place = replace(place, city=None)
    elif place.region and not any(one.city for one in likely):
        place = replace(place, city=_town(address[0]))
    return None if place == Place(None, None, None) else place


def _people(one: _Reading) -> int:
    found = one.city or one.region
    return found.people if found else 0


def _in_countries(readings: list[_Reading], hints: tuple[str, ...], *, alone: bool) -> list[_Reading]:
    """Return the readings that lie in the board's countries, [] if none does.

    The country of a posting with several locations may be that of the first alone, so a small namesake there is no
    match.
    """
    matching = [one for one in readings if one.country in hints] if hints else readings
    largest = 0 if alone or not hints else max(one.weight for one in readings)
    found = [one for one in matching if one.weight * NO_RIVAL >= largest]
    return found or ([] if alone else readings)


def _beside_a_town(readings: list[_Reading]) -> list[_Reading]:
    """Leave out the cities that are named like their state, where another town is named with it: `Alden, New York`."""
    states = [
        one for one in readings if not (one.country == "US" and one.city and _is_named_like(one.city, one.region))
    ]
    return states or readings


def _is_named_like(city: City, region: Region | None) -> bool:
    return region is not None and key(region.name) == key(city.name)


def _meant(readings: list[_Reading], lone: Name | None) -> list[_Reading]:
    """Leave out what is not meant: regions around a city of their name, and what is far smaller than the largest."""
    if lone and any(one.city is None and one.region is None for one in readings):
        return _country_or_else(readings, lone)
    if lone and key(lone.text) == _REGION_NOT_CITY:
        return [one for one in readings if one.city is None]
    towns = [one for one in readings if one.city]
    readings = [one for one in readings if one.city or not any(_lies_around(one, town) for town in towns)]
    if lone is None and len({one.city is None for one in readings}) > 1:
        return readings  # "Ontario, CA" is a town in California or a province of Canada
    largest = max((one.weight for one in readings), default=0)
    return [one for one in readings if one.weight * FAR_LARGER > largest or one.weight == largest]


def _country_or_else(readings: list[_Reading], lone: Name) -> list[_Reading]:
    """Read a name that a country has: mostly the country is meant, but `CA` may be two things."""
    country = next(one.country for one in readings if one.city is None and one.region is None)
    if key(lone.text) == _STATE_OR_COUNTRY or (lone.is_code and len(readings) > 1):
        return readings if all(one.country == country for one in readings) else []
    inside = [one for one in readings if one.country == country and (one.city or one.region)]
    if country in _CITY_STATES:
        return [one for one in inside if one.city] or [_Reading(country)]
    if country == "GB":  # England, Scotland …
        return [one for one in inside if not one.city] or [_Reading(country)]
    return [_Reading(country)]


def _lies_around(region: _Reading, town: _Reading) -> bool:
    """Whether a region is the one around a city of its name, or less known than that."""
    less_known = region.country == town.country and region.weight < town.weight
    return region.region is not None and (region.region == town.region or less_known)


def _in_common(readings: Sequence[_Reading]) -> Place:
    first = readings[0]
    country = first.country if all(one.country == first.country for one in readings) else None
    region = first.region if all(one.region == first.region for one in readings) else None
    city = first.city.name if first.city else None
    same_city = all(one.city and one.city.name == city for one in readings)
    return Place(city if same_city else None, region.name if region else None, country)


def _town(name: Name) -> str | None:
    """Return the town that a board names in front of its region though the gazetteer is without it."""
    words = key(name.text).split()
    if name.known or not _TOWN.fullmatch(name.text) or len(words) > _TOWN_WORDS:
        return None
    if not _NO_TOWN.isdisjoint(words) or _DIRECTIONS.issuperset(words):
        return None
    return name.text.title() if name.text.isupper() else name.text
