"""The names in a location, apart from all else boards write there, and what each can stand for."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from worker import gazetteer, vocabulary
from worker.gazetteer import City, Region, key
from worker.posting import Workplace

LARGE = 15
"""Thousands of people without which a city or a region is not told by its name alone."""

_ALTERNATIVES = re.compile(r"\s*[;/|•·\n+]\s*")
_AND = re.compile(r"\s+(?:or|and|&|und|oder|ou|et)\s+", re.IGNORECASE)
_BETWEEN_NAMES = re.compile(r"\s*[,()\[\]:\u2013\u2014]\s*|\s+-+\s*|\s*-+\s+")
_HOME_OFFICE = "home office"
_AFTER_COMMA = re.compile(r",\s*\w+$")
_WITH_DIGITS = re.compile(r"\S*\d\S*")
_CODE = re.compile(r"[A-Z]{2,3}|(?:[A-Z]\.){2,3}")
_COUNTRIES_IN_SHORT = frozenset(("us", "usa", "u s", "u s a", "uk", "u k", "uae"))

# Words around the name of a place, which say how or in which house the work is done.
_NOISE = frozenset((
    "remote", "remotely", "hybrid", "onsite", "office", "offices", "hq", "headquarter", "headquarters", "home",
    "homeoffice", "based", "flexible", "fully", "partially", "partly", "first", "friendly", "eligible",
    "optional", "only", "within", "in", "the", "anywhere", "nationwide", "statewide", "work", "working", "from",
    "wfh", "virtual", "distributed", "telecommute", "campus", "hub", "location", "locations", "site", "on",
    "standort", "büro", "zentrale", "hauptsitz", "siège", "bureau", "oficina", "sede", "kantoor", "ufficio",
    "télétravail", "teletrabajo", "remoto", "deutschlandweit", "bundesweit",
))  # fmt: skip
_AROUND = frozenset((
    "greater", "metro", "metropolitan", "area", "region", "surroundings", "umgebung", "raum", "großraum",
    "grossraum",
))  # fmt: skip
# Beside a name they stand for a part of what it names: North Texas, Southern Germany, US East.
_COMPASS = frozenset((
    "north", "south", "east", "west", "northern", "southern", "eastern", "western", "northeast", "northwest",
    "southeast", "southwest",
))  # fmt: skip
# What has no part of its own: these are a continent and the half of a State.
_NO_PARTS = frozenset(("america", "jersey"))
# In front of a country's name they make another one: New England, Latin America, Northern Ireland.
_OTHER_PLACE = _COMPASS | {"central", "new", "latin", "middle", "little", "upper", "lower", "inner", "outer", "mid"}
# Parts of the world and of towns, and hours of the day; some are spelt as a small town or a far country is.
_NO_PLACES = frozenset((
    "apac", "emea", "latam", "amer", "amers", "apj", "dach", "mena", "anz", "nordics", "nordic", "benelux",
    "cee", "eu", "row", "europe", "asia", "africa", "global", "worldwide", "central", "downtown", "metro",
    "hub", "online", "coast", "east coast", "west coast", "midlands", "west midlands", "east midlands",
    "est", "et", "edt", "cst", "mst", "pst",
))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Name:
    """A name out of a location, and all it can stand for; with `around`, for what lies around it."""

    text: str
    country: str | None = None
    regions: tuple[Region, ...] = ()
    cities: tuple[City, ...] = ()
    around: bool = False

    @property
    def known(self) -> bool:
        """Whether the gazetteer or the list of countries has it."""
        return bool(self.country or self.regions or self.cities)

    @property
    def is_code(self) -> bool:
        """Whether it is two or three capitals."""
        return bool(_CODE.fullmatch(self.text))

    @property
    def is_country_in_short(self) -> bool:
        """Whether it is a country's code that is written like a word."""
        return key(self.text) in _COUNTRIES_IN_SHORT


def alternatives(location: str) -> Iterator[str]:
    """Cut a location at what offers another one ("London / Paris or Rome"), unless that would cut through a name."""
    if meaning(location).known:
        yield location
        return
    for part in _ALTERNATIVES.split(location):
        joined = [name for name in _BETWEEN_NAMES.split(part) if _AND.search(name)]
        if all(meaning(name).known for name in joined):
            yield part
        else:
            yield from _AND.split(part)


@lru_cache(maxsize=8192)
def work_model(location: str) -> Workplace | None:
    """Return the work model that a location is said with: `Remote - Germany`, `US Remote`, `London (Hybrid)`.

    It is none where another place is offered without it: `Berlin / Remote`, `New York, Boston, Remote`.
    """
    found = {_model_of(part) for part in alternatives(location)}
    return found.pop() if len(found) == 1 else None


def _model_of(part: str) -> Workplace | None:
    texts = [text.strip() for text in _BETWEEN_NAMES.split(part) if text.strip()]
    models = [vocabulary.place(text)[1] or _model_beside_name(text) for text in texts]
    if _AFTER_COMMA.search(part) and not (any(models[:-1]) or all(meaning(text).country for text in texts[:-1])):
        return None
    # Beside a city, a home office is where a company has its head.
    others = [text for text in texts if key(text) != _HOME_OFFICE]
    if others != texts and not all(meaning(text).country for text in others):
        return None
    return next(filter(None, models), None)


def _model_beside_name(text: str) -> Workplace | None:
    """Read `US Remote` and `Remote in Canada`, but neither `Remote Sensing Centre` nor `not remote`."""
    words = re.split(r"[\s-]+", text.casefold())
    if "remote" not in (words[0], words[-1]):
        return None
    names = [word for word in re.split(r"[\s-]+", text) if word.casefold() not in _NOISE]
    name = " ".join(names)
    # "US-TX-Remote" has two names.
    is_place = meaning(name).known or key(name) in _NO_PLACES or all(meaning(one).is_code for one in names)
    return "remote" if is_place else None


def names(part: str, hints: tuple[str, ...]) -> Iterator[Name]:
    """Return the names in one of the alternatives, known or not, without what says how the work is done."""
    part = part.strip(" ()[]")
    texts = [part] if meaning(part).known else _BETWEEN_NAMES.split(part)  # "Frankfurt (Oder)" is one name
    for text in texts:
        yield from _of_text(text, hints)


@lru_cache(maxsize=8192)
def meaning(text: str) -> Name:
    """Look a name up. Codes count in capitals only, since `in` and `de` are words."""
    name_key = key(text)
    if not name_key or name_key in _NO_PLACES or _COMPASS.issuperset(name_key.split()):
        return Name(text)
    cities = gazetteer.cities(name_key)
    if _CODE.fullmatch(text):
        letters = text.replace(".", "")
        regions = (*gazetteer.regions_of_letters(letters), *gazetteer.regions(name_key))
        return Name(letters, vocabulary.country_code(letters), tuple(dict.fromkeys(regions)), cities)
    is_code = len(name_key.replace(" ", "")) <= len("usa") and name_key not in _COUNTRIES_IN_SHORT
    country = None if is_code and name_key.isascii() else vocabulary.country_code(text)
    return Name(text, country, tuple(gazetteer.regions(name_key)), cities)


def _of_text(text: str, hints: tuple[str, ...]) -> Iterator[Name]:
    text = " ".join(_WITH_DIGITS.sub(" ", text).split()).strip(" .-")
    whole = meaning(text)
    if whole.known:
        yield whole
    elif pieces := _hyphenated(text):
        yield from pieces
    elif kept := [word for word in text.split() if word.casefold() not in _NOISE]:
        central = [word for word in kept if word.casefold() not in _AROUND]
        if (found := meaning(" ".join(central))).known:
            yield replace(found, around=central != kept)
        elif central:
            yield from _in_words(central, hints) or [Name(text)]


def _hyphenated(text: str) -> list[Name]:
    """Return the names in `US-CA-San Francisco` and `US-NC-Winston-Salem`, [] if they are not all known."""
    for cuts in (2, 1, -1):
        found = [(one, meaning(one)) for one in text.split("-", cuts)] if "-" in text else []
        # `IN-KA-Bengaluru`: capitals are a code before they are a word.
        names = [name for one, name in found if one.casefold() not in _NOISE or (name.is_code and name.known)]
        if all(name.known for name in names) and any(name.country for name in names):
            return names
    return []


def _in_words(words: Sequence[str], hints: tuple[str, ...]) -> list[Name]:
    """Return the names in words without commas (`Toronto ON Canada`, `Acme Germany`), [] if they hold none."""
    for cut in range(1, len(words)):
        left, right = meaning(" ".join(words[:cut])), meaning(" ".join(words[cut:]))
        if right.country or right.regions:
            before = [left] if left.known else _in_words(words[:cut], hints)
            if before:
                return [*before, right]
        if left.country and right.known:
            return [left, right]
    part_of = meaning(" ".join(word for word in words if word.casefold() not in (*_COMPASS, "coast")))
    if (part_of.country or part_of.regions) and key(part_of.text) not in _NO_PARTS:
        return [replace(part_of, around=True)]
    if any(word.casefold() in _OTHER_PLACE for word in words):
        return []
    for cut in range(1, len(words)):
        right = meaning(" ".join(words[cut:]))
        if right.country or any(city.country in hints and city.people >= LARGE for city in right.cities):
            return [right]
    return []
