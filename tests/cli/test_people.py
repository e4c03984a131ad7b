"""`rolecall people`."""

import csv
import io

import pytest
from sqlalchemy import text

from worker.store import people

FIELDS = ["id", "email", "name", "role", "created_at", "signed_in_at", "disabled_at"]


@pytest.fixture
def some(db):
    """An admin who has signed in, a disabled member, and somebody invited."""
    people.signed_in(db, people.add(db, email="root@example.org", name="Root", role="admin")["id"], admin=False)
    people.change(db, people.add(db, email="off@example.org")["id"], {"disabled": True})
    people.add(db, email="new@example.org")
    db.execute(text("UPDATE users SET disabled_at = '2026-10-01' WHERE disabled_at IS NOT NULL"))
    db.commit()


def test_people_are_listed_with_when_they_were_here(rolecall, some):
    header, root, off, new = rolecall("people").out.splitlines()
    assert header.split() == ["ID", "E-MAIL", "NAME", "ROLE", "SIGNED", "IN"]
    assert root.split() == ["1", "root@example.org", "Root", "admin", "just", "now"]
    assert off.split() == ["2", "off@example.org", "member", "disabled", "on", "2026-10-01"]
    assert new.split() == ["3", "new@example.org", "member", "never"]


def test_programs_get_every_field_and_nothing_that_opens_a_door(rolecall, some):
    rows = rolecall("people", "--format", "json").rows
    assert [list(row) for row in rows] == [FIELDS] * 3
    assert (rows[0]["email"], rows[0]["role"], rows[2]["signed_in_at"]) == ("root@example.org", "admin", None)
    lines = list(csv.reader(io.StringIO(rolecall("people", "--format", "csv", "--limit", 2).out)))
    assert lines[0] == FIELDS
    assert [line[1] for line in lines[1:]] == ["root@example.org", "off@example.org"]


def test_where_nobody_is_yet_it_says_so(rolecall, db):
    assert rolecall("people").err == "No people.\n"
