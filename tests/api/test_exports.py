"""Exports as people get them: complete, of one moment, streamed, few at a time, and gone with their reader."""

import csv
import io
import json
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal

import anyio
import openpyxl
import pytest
import requests
from pyarrow import parquet
from sqlalchemy import text
from starlette.requests import ClientDisconnect

from api import exports
from tests.api import building
from tests.api.conftest import serve
from tests.api.signing_in import key, person
from worker.export_formats import FORMATS, csv_file
from worker.posting import Place, Salary
from worker.store import people
from worker.store.exports import POSTINGS

PATH = "/api/v1/exports"
OTHERS = """FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'
    AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"""


@pytest.fixture
def acme(db):
    return building.company(db)


def lines(answer) -> list[dict]:
    assert answer.status_code == 200, answer.text
    return [json.loads(line, parse_float=Decimal) for line in answer.content.splitlines()]


def titles(client, what: str = "postings", **params) -> list[str]:
    return [row["title"] for row in lines(client.get(f"{PATH}/{what}.jsonl", params=params))]


def match(db, posting: int, user: int | None = None, **values) -> int:
    """Write a match of a person's, of the local one if nobody is named; the caller commits."""
    row = {"user_id": user or people.local(db)["id"], "posting_id": posting, **values}
    names = ", ".join(row)
    statement = f"INSERT INTO matches ({names}) VALUES ({', '.join(f':{name}' for name in row)}) RETURNING id"
    return db.execute(text(statement), row).scalar_one()


def soon(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def open_transactions(db) -> int:
    db.rollback()
    found = db.execute(text(f"SELECT count(*) {OTHERS}")).scalar_one()
    db.rollback()
    return found


def many(db, board: int, number: int, letters: int = 500) -> None:
    db.execute(
        text("""INSERT INTO postings (board_id, external_id, title, url, locations, country_codes, extras, content_hash,
                row_hash, detail_pending, first_seen_at, last_seen_at, description_text)
            SELECT :board, n, 'Role ' || n, 'https://x.example/' || n, '{}', '{}', '{}', '', '', false, now(), now(),
                repeat(md5(n::text), :letters / 32)
            FROM generate_series(1, :number) AS n"""),
        {"board": board, "number": number, "letters": letters},
    )
    db.commit()


def test_a_posting_is_the_same_in_every_format_with_every_field(client, db, acme):
    building.postings(
        db, acme.board_id, "Engineer", locations=["Berlin"], salary=Salary(Decimal("70000.5"), None, "EUR", "YEAR"),
        places=[Place("Berlin", None, "DE")], posted_at=datetime(2026, 1, 1, tzinfo=UTC), extras={"a": [1, 0.25]},
        description_html="<p>Hi</p>",
    )  # fmt: skip
    db.commit()
    answers = {form: client.get(f"{PATH}/postings.{form}") for form in FORMATS}
    for form, answer in answers.items():
        assert answer.status_code == 200
        assert answer.headers["content-type"] == FORMATS[form].media_type
        assert re.fullmatch(
            rf'attachment; filename="rolecall-postings-\d{{4}}-\d\d-\d\d\.{form}"',
            answer.headers["content-disposition"],
        )
    (line,) = csv.DictReader(io.StringIO(answers["csv"].text, newline=""))
    (row,) = lines(answers["jsonl"])
    (stored,) = parquet.read_table(io.BytesIO(answers["parquet"].content)).to_pylist()
    header, cells = openpyxl.load_workbook(io.BytesIO(answers["xlsx"].content)).active.iter_rows(values_only=True)
    assert list(line) == list(stored) == list(header) == POSTINGS.header
    assert row["salary"] == {"min": Decimal("70000.5"), "max": None, "currency": "EUR", "period": "YEAR",
                             "source": "board"}  # fmt: skip
    assert [name for name in POSTINGS.header if not name.startswith("salary_")] == [
        name for name in row if name != "salary"
    ]
    sheet = dict(zip(header, cells, strict=True))
    assert line["title"] == row["title"] == stored["title"] == sheet["title"] == "Engineer"
    assert line["salary_min"] == "70000.5"
    assert stored["salary_min"] == Decimal("70000.5") == Decimal(str(sheet["salary_min"]))
    assert row["posted_at"] == line["posted_at"] == "2026-01-01T00:00:00Z"
    assert stored["posted_at"] == datetime(2026, 1, 1, tzinfo=UTC)
    assert (row["state"], row["places"]) == ("open", [{"city": "Berlin", "region": None, "country": "DE"}])
    assert row["extras"] == json.loads(line["extras"]) == {"a": [1, 0.25]}


def test_postings_are_chosen_as_in_their_list(client, db, acme):
    globex = building.company(db, "globex", ats="lever")
    building.postings(db, acme.board_id, "Python Engineer", "Data Intern", description_text="with Django")
    building.postings(db, globex.board_id, "Go Engineer", run=2)
    db.execute(text("UPDATE postings SET closed_at = now(), first_seen_at = '2020-01-01Z' WHERE title = 'Data Intern'"))
    db.commit()
    for params in (
        *({}, {"company": globex.company_id}, {"ats": "greenhouse"}, {"state": "closed"}, {"text": "DJANGO"}),
        *({"since": "2021-01-01T00:00:00Z"}, {"filter": "engineer -go"}, {"filter": ["intern", "go"], "state": "open"}),
    ):
        listed = [one["title"] for one in client.get("/api/v1/postings", params=params).json()["items"]]
        assert titles(client, **params) == listed, params
        assert listed or not params
    assert client.get(f"{PATH}/postings.csv", params={"filter": "(a"}).json()["errors"][0]["column"] == 1


def test_matches_are_the_persons_own_and_chosen_as_in_their_list(client, db, acme):
    ids = building.postings(db, acme.board_id, "Seen", "Hidden", "Applied", "No match any more", "Theirs")
    why = json.dumps([{"criterion": "title", "detail": 'let in by "python"', "source": "company"}])
    match(db, ids["Seen"], state="seen", why=why)
    match(db, ids["Hidden"], state="hidden")
    match(db, ids["Applied"], state="applied", fits=False, applied_on="2026-11-02", note="=by mail")
    match(db, ids["No match any more"], fits=False)
    match(db, ids["Theirs"], people.add(db, email="bob@example.org")["id"])
    db.commit()
    rows = {row["title"]: row for row in lines(client.get(f"{PATH}/matches.jsonl"))}
    assert set(rows) == {"Seen", "Applied"}
    assert set(titles(client, "matches", state=["seen", "hidden"])) == {"Seen", "Hidden"}
    assert titles(client, "matches", filter="seen") == ["Seen"]
    assert titles(client, "matches", company=acme.company_id + 1) == []
    assert rows["Seen"]["why"] == json.loads(why)
    assert {name: rows["Applied"][name] for name in ("match_state", "applied_on", "note", "fits", "repeats")} == {
        "match_state": "applied", "applied_on": "2026-11-02", "note": "=by mail", "fits": False, "repeats": None,
    }  # fmt: skip
    assert list(rows["Seen"])[9:] == list(lines(client.get(f"{PATH}/postings.jsonl"))[0])
    (cells,) = [row for row in csv.DictReader(client.get(f"{PATH}/matches.csv").text.splitlines()) if row["note"]]
    assert cells["note"] == "'=by mail"


def test_changes_are_chosen_by_kind_company_time_and_title(client, db, acme):
    globex = building.company(db, "globex")
    building.postings(db, acme.board_id, "A", "B")
    building.postings(db, globex.board_id, "C", run=2)
    db.execute(text("UPDATE posting_events SET kind = 'closed', at = '2020-01-01Z' WHERE posting_id = 1"))
    db.execute(text("UPDATE posting_events SET baseline = true WHERE posting_id = 3"))
    building.caught_up(db)
    assert titles(client, "changes") == ["A", "B", "C"]
    assert titles(client, "changes", kind=["closed", "updated"]) == ["A"]
    assert titles(client, "changes", company=globex.company_id) == ["C"]
    assert titles(client, "changes", since="2021-01-01T00:00:00Z") == ["B", "C"]
    assert titles(client, "changes", news=True) == ["A", "B"]
    assert titles(client, "changes", filter="b") == ["B"]
    (row,) = lines(client.get(f"{PATH}/changes.jsonl", params={"kind": "closed"}))
    assert row == client.get("/api/v1/changes", params={"kind": "closed"}).json()["items"][0]


def test_csv_for_excel_begins_with_a_byte_order_mark(client, db, acme):
    assert client.get(f"{PATH}/postings.csv?bom=true").content.startswith(b"\xef\xbb\xbfid,")
    assert client.get(f"{PATH}/postings.csv").content.startswith(b"id,")


def test_an_unknown_format_is_refused(client, db):
    answer = client.get(f"{PATH}/postings.doc")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/form")


def test_nothing_is_left_out_however_many_rows(client, db, acme):
    many(db, acme.board_id, 1234)
    assert titles(client) == [f"Role {number}" for number in range(1234, 0, -1)]


def test_an_export_is_of_one_moment(server, db, acme, monkeypatch):
    """What is written while the file is on its way is not in it."""
    monkeypatch.setattr(csv_file, "CHUNK_CHARACTERS", 1000)
    many(db, acme.board_id, 3000, 5000)
    with requests.get(f"{server}{PATH}/postings.csv", stream=True) as answer:
        parts = answer.iter_content(1000)
        beginning = next(parts)
        db.execute(text("UPDATE postings SET title = 'Changed'"))
        building.postings(db, acme.board_id, "Newer")
        building.caught_up(db)  # an export holds back no reader of the feed of changes
        whole = (beginning + b"".join(parts)).decode()
    found = [row["title"] for row in csv.DictReader(io.StringIO(whole, newline=""))]
    assert found == [f"Role {number}" for number in range(3000, 0, -1)]


def test_a_reader_that_leaves_frees_connection_and_place(server, db, acme):
    many(db, acme.board_id, 3000, 20_000)
    for _ in range(exports.AT_ONCE + 1):
        with requests.get(f"{server}{PATH}/postings.jsonl", stream=True) as answer:
            parts = answer.iter_content(100)
            assert next(parts)
            assert open_transactions(db) == 1
        soon(lambda: open_transactions(db) == 0)


def test_a_reader_that_stalls_is_left(server, db, acme, monkeypatch):
    monkeypatch.setattr(exports, "STALL_SECONDS", 0.2)
    many(db, acme.board_id, 3000, 20_000)
    with requests.get(f"{server}{PATH}/postings.jsonl", stream=True) as answer:
        soon(lambda: open_transactions(db) == 0)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            assert answer.content


def test_the_reading_ends_with_the_sending():
    """It has to, before the session does: a cursor that is closed later would be closed in another's transaction."""
    ended = []

    def parts():
        try:
            yield from [b"a", b"b", b"c"]
        finally:
            ended.append(True)

    async def receive():
        return {"type": "http.disconnect"}

    async def send(message):
        if message.get("body") == b"b":
            raise OSError("the reader has gone")

    reading = parts()
    download = exports.Download(reading, "csv", "name")
    with pytest.raises(ClientDisconnect):
        anyio.run(download, {"type": "http", "asgi": {"spec_version": "2.4"}}, receive, send)
    assert ended


def test_an_export_ends_when_its_time_is_over(server, db, acme, monkeypatch):
    monkeypatch.setattr(exports, "LONGEST_SECONDS", 0.2)
    many(db, acme.board_id, 3000, 20_000)
    with requests.get(f"{server}{PATH}/postings.jsonl", stream=True) as answer:
        parts = answer.iter_content(1000)
        assert next(parts)
        soon(lambda: open_transactions(db) == 0)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            list(parts)


def test_a_failure_on_the_way_cuts_the_answer_short(server, db, acme):
    """A file that ends early must not look whole."""
    many(db, acme.board_id, 3000, 20_000)
    with requests.get(f"{server}{PATH}/postings.jsonl", stream=True) as answer:
        parts = answer.iter_content(1000)
        assert next(parts)
        db.execute(text(f"SELECT pg_terminate_backend(pid) {OTHERS}"))
        db.commit()
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            print(len(b"".join(parts)))
    assert len(requests.get(f"{server}{PATH}/postings.jsonl").content.splitlines()) == 3000


def test_a_person_has_two_exports_at_a_time_and_all_together_four(accounts, db, acme):
    many(db, acme.board_id, 3000, 20_000)
    keys = [key(db, person(db, f"{name}@example.org")) for name in ("ada", "bob", "eve")]
    with serve(accounts) as url:

        def get(who: int) -> requests.Response:
            return requests.get(f"{url}{PATH}/postings.jsonl", headers=keys[who], stream=True)

        with get(0), get(0):
            third = get(0)
            assert (third.status_code, third.headers["Retry-After"]) == (429, "30")
            assert third.json()["detail"].startswith("2 exports of yours are under way")
            with get(1), get(1):
                fifth = get(2)
                assert (fifth.status_code, fifth.json()["detail"]) == (
                    503, "other exports are under way; try again when one has ended",
                )  # fmt: skip
        soon(lambda: open_transactions(db) == 0)
        with get(0) as again:
            assert again.status_code == 200
