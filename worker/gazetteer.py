"""The gazetteer: cities and regions of the world by their names, offline. `data/README.md` says where it comes from."""

import lzma
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from threading import Lock

from worker.text import words

DIGEST = "20c3c3e4bdad329a8f1699c7f24fb3ed519a622c4eda2afc40cdf3740ed3188b"
"""SHA-256 of `data/places.xz`: other data reads differently, and so counts as other code."""

_APOSTROPHES = str.maketrans("", "", "'\u2019\u2018\u02bb\u02bc\u02b9`\u00b4")
_SHORT = {"saint": "st", "sankt": "st", "mount": "mt", "fort": "ft"}


@dataclass(frozen=True, slots=True)
class Region:
    """A first-level division of a country; `people` counts those of its cities of 5,000 and more, in thousands."""

    code: str
    name: str
    people: int

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2."""
        return self.code[:2]


@dataclass(frozen=True, slots=True)
class City:
    """A city; `region` is None where the country has none (Singapore), `people` counts thousands."""

    name: str
    country: str
    region: Region | None
    people: int


@dataclass(frozen=True, slots=True)
class _Gazetteer:
    cities: list[str]
    """Lines `key<TAB>region or country<TAB>thousands of people[<TAB>name]`, sorted."""
    regions: Mapping[str, Region]
    regions_by_name: Mapping[str, list[Region]]
    regions_by_letters: Mapping[str, list[Region]]


def key(name: str) -> str:
    """Return a name as the gazetteer spells it: folded, without apostrophes, `saint` and its like shortened."""
    found = words(name.translate(_APOSTROPHES))
    return " ".join([_SHORT.get(word, word) for word in found.split()]) if found else ""


@lru_cache(maxsize=2048)
def cities(name_key: str) -> tuple[City, ...]:
    """Return the cities of a name, the largest first."""
    data = load()
    start = f"{name_key}\t"
    position = bisect_left(data.cities, start)
    found = []
    while position < len(data.cities) and data.cities[position].startswith(start):
        found.append(_city(data.cities[position], data.regions))
        position += 1
    return tuple(sorted(found, key=lambda city: -city.people))


def regions(name_key: str) -> list[Region]:
    """Return the regions of a name."""
    return load().regions_by_name.get(name_key, [])


def regions_of_letters(letters: str) -> list[Region]:
    """Return the regions whose ISO 3166-2 code ends in these letters: `CA` is California, `BW` in Germany."""
    return load().regions_by_letters.get(letters, [])


def _city(line: str, known: Mapping[str, Region]) -> City:
    name_key, place, people, *name = line.split("\t")
    region = known.get(place)
    return City(name[0] if name else name_key.title(), place[:2], region, int(people))


_LOADING = Lock()


def load() -> _Gazetteer:
    """Return the process's gazetteer. While one thread reads it the others wait, instead of reading it too."""
    with _LOADING:
        return _read()


@cache
def _read() -> _Gazetteer:
    """Read the data once: some 50 ms and 15 MB."""
    data = files("worker").joinpath("data", "places.xz").read_bytes()
    _, listed, cities_ = lzma.decompress(data).decode().split("\n\n")
    found: dict[str, Region] = {}
    by_name: dict[str, list[Region]] = {}
    by_letters: dict[str, list[Region]] = {}
    for line in listed.split("\n"):
        code, name, people, names = line.split("\t")
        found[code] = region = Region(code, name, int(people))
        for one in names.split("|"):
            by_name.setdefault(one, []).append(region)
        if code[2] == "-" and code[3:].isalpha():
            by_letters.setdefault(code[3:], []).append(region)
    return _Gazetteer(cities_.split("\n"), found, by_name, by_letters)
