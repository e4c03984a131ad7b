"""Rows go in by COPY and come out as they went in, whatever is in them."""

from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy import text

from worker.posting import Place, Posting, Salary
from worker.store import companies, inventory

HOSTILE = 'tab\there, line\nbreak\r, back\\slash, \\N, \\., "quotes", {brace,s}, NULL, é, 🦊, \\x41, \'; DROP TABLE'


def test_whatever_a_posting_says_is_stored_as_it_is(db):
    board = companies.add(db, name="Acme", ats="lever", key="acme", url="https://jobs.lever.co/acme").board_id
    posting = Posting(
        external_id=HOSTILE,
        title=HOSTILE,
        url="https://acme.example/1",
        locations=[HOSTILE, "NULL", "", "a,b"],
        country_codes=[],
        places=[Place(HOSTILE, None, "DE"), Place(None, "", None)],
        salary=Salary(Decimal("80000.50"), None, "EUR", "YEAR", "text"),
        seniority="senior",
        posted_at=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
        description_html=HOSTILE,
        description_text="",
        extras={HOSTILE: [HOSTILE, None, 1.5, {"deep": "\\"}]},
    )
    row = inventory.Row(posting, b"\x00\\\xff", b"\n\t", detail_pending=True)
    ids = inventory.insert(db, board, [row], now=datetime.now(UTC))
    inventory.record(db, board, 7, [inventory.Event(HOSTILE, "opened", {"title": [HOSTILE, 1]})], ids, baseline=False)
    stored = db.execute(text("SELECT * FROM postings")).mappings().one()
    for name in (
        "external_id",
        "title",
        "url",
        "locations",
        "country_codes",
        "seniority",
        "posted_at",
        "description_html",
        "extras",
    ):
        assert stored[name] == getattr(posting, name), name
    assert stored["description_text"] == ""
    assert [Place(**place) for place in stored["places"]] == posting.places
    assert stored["salary_source"] == "text"
    assert (stored["salary_min"], stored["salary_max"], stored["apply_url"]) == (Decimal("80000.50"), None, None)
    assert (bytes(stored["content_hash"]), bytes(stored["row_hash"])) == (b"\x00\\\xff", b"\n\t")
    assert stored["detail_pending"] is True
    assert db.execute(text("SELECT changes FROM posting_events")).scalar_one() == {"title": [HOSTILE, 1]}
    before = inventory.contents(db, board, [HOSTILE])[HOSTILE]
    assert (before["salary"], before["places"]) == (posting.salary, posting.places)
