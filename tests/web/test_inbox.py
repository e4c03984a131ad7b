"""The inbox: what it shows, finds, marks and takes back; without scripts first."""

import pytest
from sqlalchemy import text


def test_the_front_door_leads_to_the_inbox(browsing):
    answer = browsing.get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/inbox")


def test_the_inbox_shows(browsing, seeded):
    answer = browsing.get("/inbox")
    assert answer.status_code == 200, answer.text
    print(answer.text)
    answer = browsing.get("/inbox", params={"match": seeded.matches["Senior Python Engineer"]})
    assert answer.status_code == 200, answer.text
    answer = browsing.get(f"/postings/{seeded.postings['Baker']}")
    assert answer.status_code == 200, answer.text
