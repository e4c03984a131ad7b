"""Which board an address belongs to, as people paste it."""

import pytest

from worker import detect
from worker.errors import InvalidInput, UnsafeAddress, UnsupportedSite
from worker.extractors import extractors


@pytest.mark.parametrize(
    ("address", "ats", "key", "name"),
    [
        ("https://boards.greenhouse.io/acme-corp", "greenhouse", "acme-corp", "Acme Corp"),
        ("  boards.greenhouse.io/acme  ", "greenhouse", "acme", "Acme"),
        ("HTTPS://JOBS.LEVER.CO/Acme/123/apply?x=1#y", "lever", "Acme", "Acme"),
        ("https://jobs.lever.co:443/acme", "lever", "acme", "Acme"),
        ("http://jobs.lever.co:80/acme?a=:80", "lever", "acme", "Acme"),
        ("https://jobs.lever.co./acme", "lever", "acme", "Acme"),
        ("<https://jobs.lever.co/acme>", "lever", "acme", "Acme"),
        ("(https://jobs.lever.co/acme),", "lever", "acme", "Acme"),
        ("https://jobs.lever.co/acme)", "lever", "acme", "Acme"),
        ("https://jobs.lever.co/acme(uk)", "lever", "acme%28uk%29", "Acme(Uk)"),
        ('"https://jobs.lever.co/acme"', "lever", "acme", "Acme"),
        ("[our jobs](https://jobs.lever.co/acme)", "lever", "acme", "Acme"),
        ("https://jobs.lever.co/acme-inc.", "lever", "acme-inc.", "Acme Inc."),
        ("\u200bhttps://jobs.lever.co/acme\u200b", "lever", "acme", "Acme"),
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
        ('"https://jobs.lever.co/acme",', "lever", "acme", "Acme"),
        ("https://jobs.lever.co/acme,", "lever", "acme", "Acme"),
        ("\ufeffhttps://jobs.lever.co/acme", "lever", "acme", "Acme"),
        ("https://jobs.ashbyhq.com/Acme%20Inc.", "ashby", "Acme%20Inc.", "Acme Inc."),
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
        ("https://jobs.lever.co/acme https://jobs.lever.co/other", "not a web address"),
        ("http://127.0.0.1/careers", "private network"),
        ("http://2130706433/careers", "private network"),
        ("http://[::1]/careers", "private network"),
        ("http://169.254.169.254/latest/meta-data/", "private network"),
        ("http://localhost:8000/", "private place"),
        ("https://localhost.:443/", "private place"),
        ("<http://127.0.0.1.:80/>", "private network"),
        ("https://me:secret@boards.greenhouse.io/acme", "user name or password"),
        ("https://jobs.lever.co/acm…", "cut off"),
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


def test_an_address_of_a_company_without_a_board_says_how_its_boards_are_found():
    with pytest.raises(UnsupportedSite, match=r"names a company at workday, but none of its boards.*rolecall detect"):
        detect.from_address("https://acme.wd5.myworkdayjobs.com/en-US")


@pytest.mark.parametrize(
    ("ats", "key", "url", "name"),
    [
        ("teamtailor", "careers.acme-robotics.example", "https://careers.acme-robotics.example", "Acme Robotics"),
        ("recruitee", "jobs.acme.example", "https://jobs.acme.example", "Acme"),
        ("teamtailor", "acme.na", "https://acme.na.teamtailor.com", "Acme.Na"),
        ("ashby", "acme.io", "https://jobs.ashbyhq.com/acme.io", "Acme.Io"),
    ],
)
def test_a_board_on_a_companys_own_domain_is_named_by_its_host(ats, key, url, name):
    found = detect.from_name(ats, key)
    assert (found.key, found.url, found.name) == (key, url, name)
