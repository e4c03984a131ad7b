"""Many companies at once, an answer for each line."""

import pytest
from sqlalchemy import text

from worker.errors import InvalidInput
from worker.importing import LINES_MOST, Line, decode, parse_lines

PATH = "/api/v1/companies/import"


def post(client, content, kind="text/plain", **params):
    content = content.encode() if isinstance(content, str) else content
    return client.post(PATH, content=content, headers={"Content-Type": kind}, params={"scan": False, **params})


def test_a_line_each_with_an_answer_each(client, db):
    client.post("/api/v1/companies", json={"url": "https://jobs.lever.co/known", "scan": False})
    body = post(
        client,
        "\ufeff# my companies\r\n\r\nhttps://boards.greenhouse.io/acme\r\n"
        "Globex Corp, jobs.lever.co/globex # a friend\r\n"
        'https://jobs.lever.co/known\r\nhttps://example.com\r\nrubbish\r\n"Acme, Inc.", https://boards.greenhouse.io/ACME\r\n',
    ).json()
    assert (body["added"], body["known"], body["errors"]) == (2, 2, 2)
    assert [(line["line"], line["status"]) for line in body["lines"]] == [
        (3, "added"), (4, "added"), (5, "known"), (6, "error"), (7, "error"), (8, "known"),
    ]  # fmt: skip
    assert body["lines"][0]["company_id"] == body["lines"][5]["company_id"]
    assert body["lines"][3]["reason"] == (
        "https://example.com is not the address of a board that Rolecall can read. Paste the address of the company's "
        "job list or of one of its postings as the browser shows it, or let `rolecall detect` look for the board "
        "behind it."
    )
    assert [one["name"] for one in client.get("/api/v1/companies").json()["items"]] == ["Known", "Acme", "Globex Corp"]


def test_a_line_that_names_a_company_but_no_board_says_what_to_do(client, db):
    (line,) = post(client, "https://acme.wd5.myworkdayjobs.com").json()["lines"]
    assert line["status"] == "error"
    assert "names a company at workday, but none of its boards there; `rolecall detect` looks" in line["reason"]


@pytest.mark.parametrize(
    "text_",
    [
        "name,url\nAcme,https://jobs.lever.co/acme\n",
        "URL;Company;Notes\nhttps://jobs.lever.co/acme;Acme;x\n",
        "company\turl\nAcme\thttps://jobs.lever.co/acme",
        '"name","url"\n"Acme","https://jobs.lever.co/acme"',
        "Acme\thttps://jobs.lever.co/acme",
    ],
)
def test_tables_of_any_kind(text_):
    (line,) = parse_lines(text_)
    assert (line.address, line.name) == ("https://jobs.lever.co/acme", "Acme")


def test_lines_that_are_odd_stay_lines():
    assert parse_lines("https://x.example/a,b#c") == [Line(1, "https://x.example/a,b#c")]
    assert parse_lines('a,b,c\n"unclosed') == [Line(1, "a,b,c"), Line(2, "unclosed")]
    assert parse_lines("url\n\n") == []
    assert parse_lines("name,url\nAcme\n") == [Line(2, "", "Acme")]
    assert parse_lines("") == []


def test_files_of_any_encoding():
    assert decode("Müller".encode("utf-8-sig")) == "Müller"
    assert decode("Müller".encode("utf-16")) == "Müller"
    assert decode("Müller".encode("cp1252")) == "Müller"


def test_json_with_the_text(client):
    body = client.post(PATH, json={"text": "https://jobs.lever.co/acme"}).json()
    assert body["added"] == 1
    assert client.get(f"/api/v1/scans/{body['scan_id']}").json()["runs"]["total"] == 1
    for wrong in ({}, [], {"text": 5}, "x"):
        assert client.post(PATH, json=wrong).status_code == 422
    assert post(client, "{", "application/json").status_code == 422
    assert post(client, "[" * 100_000, "application/json").status_code == 422


def test_a_form_is_not_a_file(client):
    assert client.post(PATH, files={"file": b"https://jobs.lever.co/acme"}).status_code == 415


def test_a_thousand_lines_twice(client, db, redis):
    lines = "\n".join(f"Company {n}, https://jobs.lever.co/company{n}" for n in range(1000))
    first = post(client, lines, scan=True).json()
    assert first["added"] == 1000
    assert sum(redis.llen(queue) for queue in ("interactive", "scans", "maintenance")) == 1
    again = post(client, lines, scan=True).json()
    assert (again["known"], again["scan_id"]) == (1000, None)
    assert [line["company_id"] for line in again["lines"]] == [line["company_id"] for line in first["lines"]]
    assert db.execute(text("SELECT count(*) FROM companies")).scalar_one() == 1000
    assert db.execute(text("SELECT name FROM companies ORDER BY id LIMIT 1")).scalar_one() == "Company 0"


def test_too_many_lines_are_refused_as_a_whole(client, db):
    answer = post(client, "https://jobs.lever.co/acme\n" * (LINES_MOST + 1))
    assert answer.status_code == 422
    assert "10,000" in answer.json()["detail"]
    with pytest.raises(InvalidInput):
        parse_lines("\n" * (LINES_MOST + 5))
    assert len(parse_lines("x\n" * LINES_MOST)) == LINES_MOST


def test_characters_that_cannot_be_stored_cost_their_line_only(client):
    body = post(client, b"https://jobs.lever.co/a\x00b\nA\x00cme, https://jobs.lever.co/acme\n\xff\xff\n").json()
    assert [line["status"] for line in body["lines"]] == ["error", "added", "error"]
