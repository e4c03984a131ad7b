"""What programs get: JSON and CSV, exact and complete."""

import csv
import io
import json
import subprocess
from dataclasses import fields
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text
from sqlalchemy.exc import InternalError

from tests import hosting
from tests.api import building
from tests.cli.conftest import CHECKOUT, command, commands, company, event, posting, run_of, scan_row
from worker import matching
from worker.cli.paging import one_moment
from worker.criteria import Criteria
from worker.hosts import RobotsSeen
from worker.models import StoredPosting
from worker.posting import Posting
from worker.store import people, suggestions, wishes
from worker.store.suggestions import Gone, Suggested

NO_LISTS = {"up", "migrate", "add", "import", "scan", "cancel", "catalogue add"}
NO_LISTS |= {"export postings", "export matches", "export changes", "export-list", "backup", "restore", "login-link"}
NO_LISTS |= {"preview", "group", "mark", "undo", "why", "channel add", "channel remove", "channel test"}
OF_THEIR_OWN = {"detect", "extractor try"}
"""They write one thing in full, as an object for programs."""
ARGUMENTS = {"runs": ["1"], "settings": ["Acme"], "catalogue search": ["figma"], "dry-run": None, "verify": None}
ARGUMENTS |= {"channels": None, "deliveries": None}
"""What a list needs besides its format; None: it is tested elsewhere."""
COMMANDS = commands()
LISTS = sorted(set(COMMANDS) - NO_LISTS - OF_THEIR_OWN)
POSTING_FIELDS = [
    "id",
    "company",
    "ats",
    "board",
    "state",
    "first_seen",
    "last_seen",
    "closed_at",
    "role_id",
    "external_id",
    "title",
    "url",
    "apply_url",
    "locations",
    "workplace",
    "country_codes",
    "places",
    "department",
    "team",
    "employment_type",
    "salary",
    "posted_at",
    "closes_at",
    "seniority",
    "language",
    "requisition_id",
    "description_html",
    "description_text",
    "extras",
]
SALARY_COLUMNS = ["salary_min", "salary_max", "salary_currency", "salary_period", "salary_source"]
PARTS = {"salary": SALARY_COLUMNS, "robots": [f"robots_{one.name}" for one in fields(RobotsSeen)]}


@pytest.fixture
def acme(db):
    return company(db, "Acme")


@pytest.fixture
def installation(db, redis, acme):
    """One of everything that can be listed."""
    one = posting(db, acme.board_id, "1", title='Engineer, "Data"')
    event(db, one.id, acme.board_id, "opened")
    run_of(db, scan_row(db), acme.board_id, "changed", found=1, opened=1)
    db.execute(
        text("UPDATE boards SET last_outcome = 'gone', error = 'no', error_kind = 'BoardNotFound', gone_at = now()")
    )
    suggested = Suggested("lever", "acme", "https://jobs.lever.co/acme", "likely", "https://acme.example embeds it", 7)
    suggestions.write(db, Gone(acme.board_id, "Acme", "greenhouse", "acme", None), suggested)
    person = people.local(db)["id"]
    wishes.add_group(db, person, name="Everything", criteria=Criteria(), all_companies=True)
    wishes.changed(db, person)
    building.caught_up(db)
    matching.apply(person)
    hosting.well(redis)


def csv_rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


@pytest.mark.parametrize("name", LISTS)
def test_every_list_offers_the_three_formats(name):
    options = {option: param for param in COMMANDS[name].params for option in param.opts}
    assert "--format" in options, f"{name} lists something: give it --format, or name it in NO_LISTS"


@pytest.mark.parametrize("name", [name for name in LISTS if ARGUMENTS.get(name, ()) is not None])
def test_json_and_csv_say_the_same_and_nothing_else_is_on_standard_output(rolecall, installation, name):
    typed = [*name.split(), *ARGUMENTS.get(name, [])]
    as_json = rolecall(*typed, "--format", "json")
    as_csv = rolecall(*typed, "--format", "csv")
    as_table = rolecall(*typed)
    assert as_json.rows
    assert len(csv_rows(as_csv.stdout)) == len(as_json.rows)
    expected = [PARTS.get(field, [field]) for field in as_json.rows[0]]
    assert list(csv_rows(as_csv.stdout)[0]) == [column for columns in expected for column in columns]
    assert max(len(line) for line in as_table.out.splitlines()) <= 80 or name in {
        "settings",
        "doctor",
        "boards",
        "groups",
    }


@pytest.mark.parametrize("name", ["boards", "companies", "postings", "changes", "scans"])
def test_an_empty_list_is_still_a_document(rolecall, db, name):
    assert rolecall(name, "--format", "json").out == "[\n]\n"
    as_csv = rolecall(name, "--format", "csv").out
    assert as_csv.endswith("\r\n")
    assert as_csv.count("\n") == 1
    table = rolecall(name)
    assert (table.code, table.out, table.err) == (0, "", f"No {name}.\n")


def test_a_posting_has_the_fields_of_the_design_by_their_names(rolecall, installation):
    assert list(rolecall("postings", "--format", "json").rows[0]) == POSTING_FIELDS
    assert [one.name for one in fields(Posting)] == POSTING_FIELDS[9:]


def test_values_that_break_naive_writers_survive(rolecall, db, acme):
    stored = posting(
        db,
        acme.board_id,
        'a"b',
        title='Senior, "C++"; Engineer\nsecond line — Ö 工程师 🚀\u2028end',
        locations=["Zürich; Genève", 'a "b"', ""],
        salary_min=Decimal("12.50"),
        salary_max=Decimal("100000.00"),
        salary_currency="CHF",
        salary_source="text",
        places=[{"city": "Zürich", "region": None, "country": "CH"}],
        description_html="<p>\r\n,=1+1\t</p>",
        description_text="",
        extras={"deep": [{"n": 12345678901234567890123, "f": 0.1, "none": None}], "": "empty name"},
        posted_at=datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))),
    )
    as_json = rolecall("postings", "--format", "json")
    (row,) = as_json.rows
    assert row["title"] == stored.title
    assert row["locations"] == stored.locations
    assert row["salary"] == {"min": Decimal("12.5"), "max": 100000, "currency": "CHF", "period": None,
                             "source": "text"}  # fmt: skip
    assert row["places"] == [{"city": "Zürich", "region": None, "country": "CH"}]
    assert '"salary":{"min":12.5,"max":100000,"currency":"CHF","period":null,"source":"text"}' in as_json.out
    assert row["extras"] == {"deep": [{"n": 12345678901234567890123, "f": Decimal("0.1"), "none": None}],
                             "": "empty name"}  # fmt: skip
    assert row["posted_at"] == "2025-12-31T23:00:00Z"
    assert row["first_seen"] == "2026-10-01T08:30:00.123456Z"
    assert row["closed_at"] is None
    (line,) = csv_rows(rolecall("postings", "--format", "csv").stdout)
    assert line["title"] == stored.title
    assert json.loads(line["locations"]) == stored.locations
    assert [line[name] for name in SALARY_COLUMNS] == ["12.5", "100000", "CHF", "", "text"]
    assert json.loads(line["places"]) == stored.places
    assert line["description_html"] == stored.description_html
    assert line["closed_at"] == line["description_text"] == ""


_words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
_said = st.none() | _words
_moments = st.none() | st.datetimes(timezones=st.just(UTC))
_amounts = st.none() | st.decimals(0, 10**12, places=2)
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | _words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=3),
    max_leaves=8,
)
_SAID = ["apply_url", "workplace", "department", "team", "employment_type", "salary_currency", "salary_period",
         "salary_source", "seniority", "language", "requisition_id", "description_html",
         "description_text"]  # fmt: skip
_contents = st.fixed_dictionaries(
    dict.fromkeys(["title", "url"], _words)
    | dict.fromkeys(_SAID, _said)
    | {"locations": st.lists(_words, max_size=3), "country_codes": st.lists(_words, max_size=2)}
    | {"places": st.lists(st.fixed_dictionaries(dict.fromkeys(["city", "region", "country"], _said)), max_size=2)}
    | {"salary_min": _amounts, "salary_max": _amounts, "extras": st.dictionaries(_words, _json, max_size=3)}
    | dict.fromkeys(["posted_at", "closes_at", "closed_at"], _moments)
)


def _iso(moment: datetime | None) -> str | None:
    return moment and moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(contents=st.lists(_contents, min_size=1, max_size=3))
def test_whatever_is_stored_comes_back(rolecall, db, acme, contents):
    db.execute(text("DELETE FROM postings"))
    for number, values in enumerate(contents):
        posting(db, acme.board_id, f"x{number}", **values)
    stored = list(db.scalars(select(StoredPosting).order_by(StoredPosting.id.desc())))
    as_json = rolecall("postings", "--state", "all", "--format", "json").rows
    as_csv = csv_rows(rolecall("postings", "--state", "all", "--format", "csv").stdout)
    db.commit()
    assert len(as_json) == len(as_csv) == len(stored)
    for row, line, wanted in zip(as_json, as_csv, stored, strict=True):
        expected = _expected(wanted)
        assert row == expected
        for name in set(POSTING_FIELDS) - {"salary"}:
            assert line[name] == _as_csv(expected[name])
        for part, column in zip(("min", "max", "currency", "period", "source"), SALARY_COLUMNS, strict=True):
            value = getattr(wanted, column)
            assert (Decimal(line[column]) if line[column] and part in {"min", "max"} else line[column] or None) == (
                value if value != "" else None
            )


def _expected(stored: StoredPosting) -> dict[str, Any]:
    pay = {part: getattr(stored, f"salary_{part}") for part in ("min", "max", "currency", "period", "source")}
    return {
        **{name: getattr(stored, name, None) for name in POSTING_FIELDS},
        "company": "Acme",
        "ats": "greenhouse",
        "board": "acme",
        "state": "closed" if stored.closed_at else "open",
        "first_seen": _iso(stored.first_seen_at),
        "last_seen": _iso(stored.last_seen_at),
        "closed_at": _iso(stored.closed_at),
        "salary": pay if any(value is not None for value in pay.values()) else None,
        "posted_at": _iso(stored.posted_at),
        "closes_at": _iso(stored.closes_at),
    }


def _as_csv(value: Any) -> str:
    if value is None:
        return ""
    return (
        json.dumps(value, ensure_ascii=False, separators=(",", ":")) if isinstance(value, list | dict) else str(value)
    )


def test_nothing_is_left_out_however_many_pages(rolecall, db, acme):
    db.execute(
        text("""
        INSERT INTO postings (board_id, external_id, title, url, locations, country_codes, extras, content_hash,
            row_hash, detail_pending, first_seen_at, last_seen_at)
        SELECT :board, n, 'Role ' || n, 'https://x.example/' || n, '{}', '{}', '{}', '', '', false, now(), now()
        FROM generate_series(1, 1234) AS n
    """),
        {"board": acme.board_id},
    )
    db.commit()
    assert [row["external_id"] for row in rolecall("postings", "--format", "json").rows] == [
        str(number) for number in range(1234, 0, -1)
    ]
    assert len(csv_rows(rolecall("postings", "--format", "csv").stdout)) == 1234
    assert len(rolecall("postings", "--format", "json", "--limit", 7).rows) == 7
    table = rolecall("postings")
    assert len(table.out.splitlines()) == 101
    assert "there are more postings" in table.err
    assert "there are more" not in rolecall("postings", "--limit", 1234).err


def test_a_reader_that_has_seen_enough_is_no_error(db, acme):
    db.execute(
        text("""
        INSERT INTO postings (board_id, external_id, title, url, locations, country_codes, extras, content_hash,
            row_hash, detail_pending, first_seen_at, last_seen_at)
        SELECT :board, n, repeat('long ', 200), 'https://x.example/', '{}', '{}', '{}', '', '', false, now(), now()
        FROM generate_series(1, 600) AS n
    """),
        {"board": acme.board_id},
    )
    db.commit()
    for form in (["--format", "json"], ["--limit", "600"]):
        with subprocess.Popen(
            command("postings", *form), stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=CHECKOUT
        ) as process:
            assert process.stdout
            assert process.stderr
            assert process.stdout.readline()
            process.stdout.close()
            assert (process.stderr.read(), process.wait()) == (b"", 0)


def test_a_list_is_of_one_moment_however_long_the_writing_takes(db, acme):
    posting(db, acme.board_id, "1")
    with one_moment() as reader:
        count = text("SELECT count(*) FROM postings")
        assert reader.execute(count).scalar_one() == 1
        posting(db, acme.board_id, "2")
        assert reader.execute(count).scalar_one() == 1
        with pytest.raises(InternalError, match="read-only"):
            reader.execute(text("DELETE FROM postings"))
    assert db.execute(count).scalar_one() == 2
