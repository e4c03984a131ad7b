"""Many companies at once, an answer for each line."""

import pytest
from sqlalchemy import text

from tests.api import building
from worker.errors import InvalidInput
from worker.list_files import LINES_MOST, Line, decode, parse_lines
from worker.store import people, wishes

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


OPML = """<?xml version="1.0"?><opml version="2.0"><head/><body><outline text="Europe">
<outline text="Acme" url="https://jobs.lever.co/acme"/></outline>
<outline text="Globex" xmlUrl="https://jobs.lever.co/globex"/></body></opml>"""


@pytest.mark.parametrize("kind", ["text/x-opml", "application/xml", "text/plain", "application/json"])
def test_opml_is_imported_with_its_groups_whatever_it_is_called(client, db, kind):
    if kind == "application/json":
        body = client.post(PATH, json={"text": OPML}, params={"scan": False}).json()
    else:
        body = post(client, OPML, kind).json()
    assert (body["added"], body["errors"]) == (2, 0)
    (group,) = client.get("/api/v1/groups").json()["items"]
    assert (group["name"], group["company_ids"]) == ("Europe", [body["lines"][0]["company_id"]])


def test_what_was_there_follows_a_group_that_a_list_puts_it_in(client, db):
    added = building.company(db, "acme", "lever")
    building.postings(db, added.board_id, "Baker", "Cook")
    db.execute(text("UPDATE boards SET url = 'https://jobs.lever.co/acme'"))
    db.commit()
    client.post("/api/v1/groups", json={"name": "Europe", "title_filters": "baker"})
    post(client, "url,group\nhttps://jobs.lever.co/acme,europe\n")
    assert [one["title"] for one in titles(client)] == ["Baker"]


def titles(client):
    return [one["posting"] for one in client.get("/api/v1/matches").json()["items"]]


@pytest.mark.parametrize(
    "content", ["<html/>", "<opml", '<!DOCTYPE x [<!ENTITY y SYSTEM "file:///etc/passwd">]><opml><body/></opml>']
)
def test_xml_that_is_no_opml_is_refused_in_words(client, content):
    answer = post(client, content, "text/x-opml")
    assert answer.status_code == 422
    assert "give an OPML file, or a list with an address on each line" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("form", "media_type"),
    [("txt", "text/plain; charset=utf-8"), ("csv", "text/csv; charset=utf-8"), ("opml", "text/x-opml; charset=utf-8")],
)
def test_an_export_can_be_imported_again(client, db, form, media_type):
    first = post(client, OPML).json()
    answer = client.get(f"/api/v1/companies/export.{form}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    assert answer.headers["content-disposition"] == f'attachment; filename="rolecall-companies.{form}"'
    for one in first["lines"]:
        client.delete(f"/api/v1/companies/{one['company_id']}")
    again = post(client, answer.content, "text/plain").json()
    assert (again["added"], again["errors"]) == (2, 0)
    assert [one["name"] for one in client.get("/api/v1/companies").json()["items"]] == ["Acme", "Globex"]
    (group,) = client.get("/api/v1/groups").json()["items"]
    assert len(group["company_ids"]) == (form != "txt")


def test_an_export_of_another_kind_is_not_there(client):
    assert client.get("/api/v1/companies/export.pdf").status_code == 422
    assert client.get("/api/v1/companies/export").status_code == 404


def test_an_export_has_the_groups_of_whoever_asks_and_nobody_elses(client, db):
    other = people.add(db, email="other@acme.example")["id"]
    added = building.company(db)
    group = wishes.group_named(db, other, "Secret")
    wishes.put_in_group(db, other, group, [added.company_id])
    db.commit()
    for form in ("csv", "opml", "txt"):
        assert b"Secret" not in client.get(f"/api/v1/companies/export.{form}").content
