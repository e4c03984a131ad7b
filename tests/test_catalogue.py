"""The catalogue: what is in it, how it is searched, and how an entry is watched."""

import pytest

from worker import catalogue, detect
from worker.errors import UnsupportedSite


def names(name: str, **options) -> list[str]:
    return [entry.name for entry in catalogue.search(name, **options)]


def test_the_catalogue_is_as_large_as_it_says():
    assert len(catalogue.entries()) == 17_879
    assert sum(entry.standing != "unverified" for entry in catalogue.entries()) > 7_000


def test_a_company_is_found_by_its_name_its_beginning_and_its_words():
    assert names("figma")[0] == "Figma"
    assert "OpenAI" in names("open ai", most=1)
    assert "Azra Games" in names("azra")
    assert "Azra Games" in names("games azra")
    assert names("there is no such company at all") == []
    assert names("  ") == []


def test_of_equals_the_larger_comes_first():
    found = [entry.open_jobs or 0 for entry in catalogue.search("a", most=1000) if entry.name.casefold() == "a"]
    assert found == sorted(found, reverse=True)


def test_an_entry_says_how_far_it_can_be_trusted():
    standing = {entry.name: entry.standing for entry in catalogue.entries()}
    assert standing["10xteam"] == "seen open on 2026-08-24"
    assert standing["0X"] == "seen open on 2026-08-24, without a posting"
    assert standing["01C"] == "unverified"


@pytest.mark.parametrize("number", range(0, 17_879, 997))
def test_an_entrys_address_is_its_board_or_names_its_company(number):
    entry = catalogue.entries()[number]
    try:
        found = detect.from_address(entry.url).ats
    except UnsupportedSite as error:
        found = entry.ats if "names a company" in str(error) else None
    assert found == entry.ats
