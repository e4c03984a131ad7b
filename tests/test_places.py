"""Locations to places: what boards write becomes a city, a region and a country, and nothing is made up."""

import hashlib
import re
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker import gazetteer
from worker.places import places
from worker.posting import Place

BERLIN = Place("Berlin", "Berlin", "DE")
MUNICH = Place("Munich", "Bavaria", "DE")
LONDON = Place("London", "England", "GB")
PARIS = Place("Paris", "Île-de-France", "FR")
NEW_YORK = Place("New York", "New York", "US")
SAN_FRANCISCO = Place("San Francisco", "California", "US")


def read(location: str, *countries: str) -> list[Place]:
    return places([location], countries)


def country(code: str) -> Place:
    return Place(None, None, code)


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("Berlin", BERLIN), ("BERLIN", BERLIN), ("Berlin, Germany", BERLIN), ("Berlin, Berlin, Germany", BERLIN),
        ("Berlin, DE", BERLIN), ("Germany - Berlin", BERLIN), ("DE-Berlin", BERLIN), ("10115 Berlin", BERLIN),
        ("Berlin Office", BERLIN), ("Hybrid - Berlin", BERLIN), ("Berlin (HQ)", BERLIN), ("Remote, Berlin", BERLIN),
        ("Remote in Berlin", BERLIN), ("München", MUNICH), ("Muenchen", MUNICH), ("Munich, Bayern", MUNICH),
        ("London UK", LONDON), ("London, England, United Kingdom", LONDON), ("Londres", LONDON),
        ("New York", NEW_YORK), ("NYC", NEW_YORK), ("New York, NY", NEW_YORK), ("New York, New York, USA", NEW_YORK),
        ("US, NY, New York", NEW_YORK), ("US-CA-San Francisco", SAN_FRANCISCO), ("San Francisco CA", SAN_FRANCISCO),
        ("Washington, D.C.", Place("Washington", "District of Columbia", "US")),
        ("Washington - Pullman", Place("Pullman", "Washington", "US")),
        ("Phoenix, AZ USA 85040", Place("Phoenix", "Arizona", "US")),
        ("Paris, TX", Place("Paris", "Texas", "US")), ("London, CA", Place("London", "Ontario", "CA")),
        ("Athens, GA", Place("Athens", "Georgia", "US")), ("Athens", Place("Athens", "Attica", "GR")),
        ("Frankfurt (Oder)", Place("Frankfurt (Oder)", "Brandenburg", "DE")),
        ("Saint Louis, MO", Place("St. Louis", "Missouri", "US")),
        ("St. John's, Newfoundland and Labrador", Place("St. John's", "Newfoundland and Labrador", "CA")),
        ("São Paulo, SP, Brasil", Place("São Paulo", "São Paulo", "BR")),
        ("東京", Place("Tokyo", "Tokyo", "JP")), ("Москва", Place("Moscow", "Moscow", "RU")),
        ("Singapore", Place("Singapore", None, "SG")), ("Hong Kong", Place("Hong Kong", None, "HK")),
        ("Kyiv, Ukraine", Place("Kyiv", "Kyiv", "UA")), ("Dublin", Place("Dublin", "Leinster", "IE")),
        ("Bayern", Place(None, "Bavaria", "DE")), ("England", Place(None, "England", "GB")),
        ("Quebec", Place(None, "Quebec", "CA")), ("Remote (New Jersey, US)", Place(None, "New Jersey", "US")),
        ("San Francisco Bay Area", Place(None, "California", "US")),
        ("Greater Boston Area", Place(None, "Massachusetts", "US")),
        ("Suffolk County, New York", Place(None, "New York", "US")),
        ("Remote - Germany", country("DE")), ("US Remote", country("US")), ("Mexico", country("MX")),
        ("Trinidad and Tobago", country("TT")), ("Luxembourg", country("LU")), ("U.S.", country("US")),
        ("US East Coast", country("US")), ("US (EST)", country("US")), ("North Texas", Place(None, "Texas", "US")),
        ("South West England", Place(None, "England", "GB")), ("Northern Germany", country("DE")),
        ("Kent, UK", country("GB")), ("Torino, TO", Place("Turin", "Piedmont", "IT")),
        ("Milano (MI), Italia", Place("Milan", "Lombardy", "IT")), ("Singapore, SG", Place("Singapore", None, "SG")),
        ("Casablanca", Place("Casablanca", "Casablanca-Settat", "MA")),
        ("IN-KA-Bengaluru", Place("Bengaluru", "Karnataka", "IN")),
        ("US-NC-Winston-Salem", Place("Winston-Salem", "North Carolina", "US")),
    ],
)  # fmt: skip
def test_a_location_is_a_place(location: str, expected: Place):
    assert read(location) == [expected]


@pytest.mark.parametrize(
    "location",
    [
        "Remote", "Remote - EMEA", "Hybrid", "3 Locations", "Multiple locations", "Various", "Headquarters", "APAC",
        "Europe", "Worldwide", "Nationwide", "Latin America", "New England", "North County", "Main Office", "HQ", "",
        "???", "12345", "Anywhere except US", "Remote (outside the US)", "Central", "Store 42", "Home Office", "TBD",
        "in", "de", "or", "DE", "CA", "Georgia", "Ontario, CA", "CA / Remote (CA)", "Sales, EMEA", "Customer site",
        "North America", "Remote - South America", "West Midlands", "East Coast", "Remote, EST", "South Jersey",
        "UKI",
    ],
)  # fmt: skip
def test_what_names_no_place_beyond_doubt_is_none(location: str):
    assert read(location) == []


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("London / Berlin", [LONDON, BERLIN]),
        ("Berlin or Paris", [BERLIN, PARIS]),
        ("Berlin, Munich, London", [BERLIN, MUNICH, LONDON]),
        ("Berlin, Munich, Germany", [BERLIN, MUNICH]),
        ("New York, NY; San Francisco, CA", [NEW_YORK, SAN_FRANCISCO]),
        ("New York, San Francisco", [NEW_YORK, SAN_FRANCISCO]),
        ("Illinois | Algonquin, Illinois", [Place("Algonquin", "Illinois", "US")]),
        ("San Francisco / Remote (US)", [SAN_FRANCISCO, country("US")]),
        ("US or Canada", [country("US"), country("CA")]),
        ("Remote: UK, Germany", [country("GB"), country("DE")]),
        ("Remote (US/CAN)", [country("US"), country("CA")]),
    ],
)
def test_a_location_may_be_several_places(location: str, expected: list[Place]):
    assert read(location) == expected


@pytest.mark.parametrize(
    ("location", "countries", "expected"),
    [
        ("Berlin", ["US"], Place("Berlin", None, "US")),
        ("Cambridge", ["US"], Place("Cambridge", "Massachusetts", "US")),
        ("Cambridge", ["GB"], Place("Cambridge", "England", "GB")),
        ("Georgia", ["US"], Place(None, "Georgia", "US")),
        ("Georgia", ["GE"], country("GE")),
        ("CA", ["CA"], country("CA")),
        ("CA", ["US"], Place(None, "California", "US")),
        ("Ontario, CA", ["US"], Place("Ontario", "California", "US")),
        ("Acme Helsinki", ["FI"], Place("Helsinki", "Uusimaa", "FI")),
        ("Paris", ["FR"], PARIS),
    ],
)
def test_the_board_s_country_tells_namesakes_apart(location: str, countries: list[str], expected: Place):
    assert read(location, *countries) == [expected]


@pytest.mark.parametrize("name", ["Cambridge", "Valencia", "Kingston"])
def test_of_namesakes_of_about_one_size_only_the_name_is_said(name: str):
    assert read(name) == [Place(name, None, None)]


def test_a_city_the_board_places_elsewhere_has_no_country():
    assert read("Stockholm", "JP") == [Place("Stockholm", None, None)]


def test_a_name_of_a_city_and_a_state_elsewhere_says_the_country_only():
    assert read("Washington") == [country("US")]


def test_among_several_locations_a_tiny_namesake_in_the_first_one_s_country_is_no_match():
    assert places(["New York", "Toronto"], ["US"]) == [NEW_YORK, Place("Toronto", "Ontario", "CA")]


@pytest.mark.parametrize(
    ("location", "town"),
    [
        ("Scotch Ridge, Iowa", "Scotch Ridge"), ("ALDEN, NY", "Alden"), ("Waverly, Tennessee", "Waverly"),
        ("Garnet Valley, PA", "Garnet Valley"), ("Varies by listing, Ohio", None), ("Any Office, Ohio", None),
        ("Northeast, Ohio", None), ("Springfield Airport, Ohio", None), ("St Louis County, Missouri", None),
    ],
)  # fmt: skip
def test_a_town_the_gazetteer_lacks_is_the_board_s_word_with_its_state(location: str, town: str | None):
    (place,) = read(location)
    assert place.city == town
    assert place.country == "US"
    assert place.region


def test_each_place_comes_once_and_in_order():
    assert places(["London", "Remote", "Berlin, Germany", "Berlin", "London, UK"], []) == [LONDON, BERLIN]


NAMES = [
    "Berlin", "Paris", "New York", "NY", "CA", "Georgia", "DE", "Germany", "US", "Remote", "Hybrid", "Springfield",
    "Northern", "Central", "San José", "Greater", "Area", "HQ", "Foo", "12345", "東京", "Île-de-France",
]  # fmt: skip
MARKS = [", ", " - ", " / ", "; ", " or ", " (", ")", " ", "-", "|", "\n", "\u2013", ":", "&", " and "]
locations = st.lists(st.sampled_from(NAMES + MARKS), max_size=16).map("".join) | st.text(max_size=60)
codes = st.lists(st.sampled_from(["DE", "US", "CA", "GE", "FR"]), max_size=3)


@given(st.lists(locations, max_size=4), codes)
def test_any_location_gives_whole_places_of_the_world_or_none(given_locations: list[str], countries: list[str]):
    found = places(given_locations, countries)
    assert len(found) == len(set(found))
    for place in found:
        assert place != Place(None, None, None)
        assert place.country is None or re.fullmatch("[A-Z]{2}", place.country)
        assert not (place.region and not place.country)
        assert place.region is None or place.region in {one.name for one in everywhere()}


def has_no_letters(sign: str) -> bool:
    """Also none that it is a short form of: a single sign stands for `mol`, which is a town."""
    return not any(letter.isalpha() for letter in unicodedata.normalize("NFKD", sign))


@given(st.text(st.characters(categories=["Nd", "P", "S", "Z"]).filter(has_no_letters), max_size=40))
def test_what_has_no_letters_names_no_place(text: str):
    assert read(text) == []


@given(st.sampled_from(NAMES), st.sampled_from(["Remote - {}", "{} (Hybrid)", "{} Office", "Remote ({})", "{} HQ"]))
def test_how_the_work_is_done_changes_nothing_about_the_place(name: str, form: str):
    assert read(form.format(name)) == read(name)


def everywhere() -> list[gazetteer.Region]:
    return list(gazetteer.load().regions.values())


def test_the_data_are_those_that_the_code_was_made_for():
    data = Path(gazetteer.__file__).with_name("data").joinpath("places.xz").read_bytes()
    assert hashlib.sha256(data).hexdigest() == gazetteer.DIGEST, "say the new digest, so that boards are read anew"
    assert len(data) < 1_000_000


def test_every_key_of_the_data_is_one_that_can_be_asked_for():
    lines = gazetteer.load().cities
    assert len(lines) > 70_000
    assert lines == sorted(lines)
    for line in lines[::97]:
        name_key = line.partition("\t")[0]
        assert gazetteer.key(name_key) == name_key
        assert gazetteer.cities(name_key)


def test_regions_are_found_by_name_and_by_letters():
    assert {one.name for one in gazetteer.regions("bayern")} == {"Bavaria"}
    assert {one.code for one in gazetteer.regions_of_letters("BY")} >= {"DE-BY"}
    assert all(one.country == one.code[:2] for one in everywhere())


def test_threads_that_begin_together_read_the_gazetteer_once():
    gazetteer._read.cache_clear()
    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(lambda _: gazetteer.load(), range(8)))
    assert len({id(one) for one in found}) == 1
