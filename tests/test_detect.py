"""Which board an address belongs to, as people paste it."""

import csv
from pathlib import Path

import pytest

from worker import detect
from worker.errors import InvalidInput, UnsafeAddress, UnsupportedSite
from worker.extractors import extractors

CATALOGUE = Path(__file__).parents[2] / "shared" / "catalogue.csv"


@pytest.mark.parametrize(
    ("address", "ats", "key", "name"),
    [
        ("https://boards.greenhouse.io/acme-corp", "greenhouse", "acme-corp", "Acme Corp"),
        ("  boards.greenhouse.io/acme  ", "greenhouse", "acme", "Acme"),
        ("HTTPS://JOBS.LEVER.CO/Acme/123/apply?x=1#y", "lever", "Acme", "Acme"),
        ("https://jobs.eu.lever.co/acme", "lever", "acme/eu", "Acme"),
        ("https://jobs.ashbyhq.com/Acme Corp", "ashby", "Acme%20Corp", "Acme Corp"),
        ("https://jobs.ashbyhq.com/Acme%20Corp/", "ashby", "Acme%20Corp", "Acme Corp"),
        (
            "https://acme.wd5.myworkdayjobs.com/en-US/External/job/Berlin/Cook_R1",
            "workday",
            "acme/wd5/External",
            "Acme",
        ),
        ("https://acme.jobs.personio.com/", "personio", "acme/com", "Acme"),
    ],
)
def test_a_pasted_address_gives_its_board(address, ats, key, name):
    found = detect.from_address(address)
    assert (found.ats, found.key, found.name) == (ats, key, name)
    assert detect.from_address(found.url).key == key


@pytest.mark.parametrize(
    ("address", "says"),
    [
        ("", "not a web address"),
        ("acme", "not a web address"),
        ("ftp://boards.greenhouse.io/acme", "not a web address"),
        ("javascript:alert(1)", "not a web address"),
        ("https://" + "a" * 3000, "not a web address"),
        ("https://boards.greenhouse.io/ac\nme", "not a web address"),
        ("http://127.0.0.1/careers", "private network"),
        ("http://2130706433/careers", "private network"),
        ("http://[::1]/careers", "private network"),
        ("http://169.254.169.254/latest/meta-data/", "private network"),
        ("http://localhost:8000/", "private place"),
        ("https://me:secret@boards.greenhouse.io/acme", "user name or password"),
    ],
)
def test_what_is_no_public_address_is_refused_with_its_reason(address, says):
    with pytest.raises((InvalidInput, UnsafeAddress), match=says):
        detect.from_address(address)


def test_an_address_of_no_known_vendor_says_what_was_tried():
    with pytest.raises(UnsupportedSite) as refused:
        detect.from_address("https://www.example.org/careers")
    for ats in extractors():
        assert ats in str(refused.value)


def test_a_board_can_be_named_by_ats_and_key():
    assert detect.from_name("greenhouse", "acme").url == detect.from_address("https://boards.greenhouse.io/acme").url
    with pytest.raises(InvalidInput, match="not an ATS"):
        detect.from_name("grenhouse", "acme")
    with pytest.raises(InvalidInput, match="tenant/pod/site"):
        detect.from_name("workday", "acme")


@pytest.mark.skipif(not CATALOGUE.exists(), reason="the catalogue is not beside this checkout")
def test_catalogued_boards_are_recognised_as_their_vendors():
    known = {row["url"]: row["ats"] for row in csv.DictReader(CATALOGUE.read_text().splitlines())}
    ours = {url: ats for url, ats in known.items() if ats in extractors() and ats != "workday"}
    wrong = []
    for url, ats in ours.items():
        try:
            found = detect.from_address(url).ats
        except (InvalidInput, UnsupportedSite):
            found = None
        if found != ats:
            wrong.append(url)
    # Rows that name no board: an embed without one, and a posting's short address.
    assert len(wrong) <= 4, wrong
    assert len(ours) > 14_000
