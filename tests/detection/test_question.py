"""What a person typed: an address or a name."""

import pytest

from worker.detection.question import question


@pytest.mark.parametrize(
    ("what", "url"),
    [
        ("https://acme.com/careers", "https://acme.com/careers"),
        ("acme.com", "https://acme.com/"),
        ("  Acme.co.uk/jobs?x=1 ", "https://Acme.co.uk/jobs?x=1"),
        ("Booking.com", "https://Booking.com/"),
        ("http://acme.com", "http://acme.com/"),
        ("<https://acme.com/jobs>", "https://acme.com/jobs"),
        ("'acme.com',", "https://acme.com/"),
        ("acme.com:8443/jobs", "https://acme.com:8443/jobs"),
    ],
)
def test_addresses_and_domains_are_addresses(what, url):
    asked = question(what)
    assert (asked.url, asked.name) == (url, None)


@pytest.mark.parametrize(
    "what", ["Acme", "St. Gallen AG", "A/B Testing Inc.", "3M", "Dr. Oetker", "Yahoo!", "株式会社メルカリ"]
)
def test_everything_else_is_a_name(what):
    asked = question(what)
    assert (asked.url, asked.name) == (None, what)
