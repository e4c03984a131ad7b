"""Two people in one installation: neither sees nor changes what is the other's, by any route and any method.

`tests.api.who_may` has a row for each route; one that is added without a row fails here.
"""

import re

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from sqlalchemy import text

from api.web import router as web
from tests.api.signing_in import browser
from tests.api.who_may import ROWS, WORD, Row, World, world
from worker.models import Base

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
OWN_IDS = {"key_id", "session_id", "group_id", "match_id", "feed_id", "channel_id", "delivery_id"}
SHARED = {
    *("boards", "companies", "drifts", "posting_events", "postings", "role_keys", "suggestions", "vendor_days"),
    *("board_weeks", "run_days", "vendor_weeks"),
}
"""Tables whose rows are nobody's own. Every other one leads to a person."""


@pytest.fixture
def there(accounts, db) -> World:
    return world(accounts, db)


def routes(app) -> set[tuple[str, str]]:
    """Return method and path of everything that the application answers, in the document or not."""
    return {
        (method, re.sub(r":\w+}", "}", context.path))
        for context in iter_route_contexts(app.routes)
        for method in context.methods or ()
    }


def pages() -> FastAPI:
    """The screens alone, which `tests/web` looks after."""
    alone = FastAPI(openapi_url=None)
    web.install(alone)
    return alone


def ask(app, method: str, path: str, row: Row | None, there: World, credential: dict[str, str]):
    """Ask as one person does, without cookies of anybody's."""
    with browser(app, **credential) as client:
        body = {"json": row.sent(there.ids)} if row and row.body is not None else {}
        return client.request(method, there.path(path) + (row.query if row else ""), **body)


def of(*who: str):
    """Parametrize by the rows of some people."""
    found = [(method, path, row) for (method, path), row in ROWS.items() if row.who in who]
    return pytest.mark.parametrize(
        ("method", "path", "row"), found, ids=[f"{method} {path}" for method, path, _ in found]
    )


def test_every_route_has_its_row_and_every_row_its_route(app):
    assert routes(app) - routes(pages()) - set(ROWS) == set(), "add a row to tests/api/who_may.py: who may ask this?"
    assert set(ROWS) - routes(app) == set(), "these rows name no route"


def test_without_a_credential_nobody_gets_more_than_what_is_public(accounts, there):
    got = {}
    for (method, path), row in ROWS.items():
        answer = ask(accounts, method, path, row, there, {})
        expected = row.answer if row.who == "anyone" else 401
        if answer.status_code != expected or WORD in answer.text:
            got[method, path] = (answer.status_code, answer.text)
    assert got == {}


def test_a_member_is_refused_what_admins_decide(accounts, there, db):
    before = everything(db)
    got = {}
    for (method, path), row in ROWS.items():
        if row.who == "admin":
            answer = ask(accounts, method, path, row, there, there.bob)
            if answer.status_code != 403 or WORD in answer.text:
                got[method, path] = (answer.status_code, answer.text)
    assert got == {}
    assert everything(db) == before


@of("signed-in", "admin", "owner", "starter")
def test_who_may_ask_is_answered(accounts, there, method, path, row):
    credential = {"signed-in": there.bob, "admin": there.root}.get(row.who, there.ada)
    answer = ask(accounts, method, path, row, there, credential)
    assert answer.status_code == row.answer, answer.text
    if row.who == "signed-in":
        assert WORD not in answer.text
    if row.who == "owner" and method == "GET":
        strangers = ask(accounts, method, path, row, there, there.bob)
        assert answer.text != strangers.text
        assert not row.shows or WORD in answer.text, "a stranger's answer without the word would prove nothing"


@pytest.mark.parametrize("stranger", ["bob", "root"])
def test_nobody_sees_or_changes_what_is_anothers(accounts, there, db, stranger):
    """An admin is a stranger to the things of others, too, but for people and scans."""
    before = of_person(db, there.ids["person_id"])
    got = {}
    for (method, path), row in sorted(ROWS.items(), key=_last_the_persons_own_end):
        if row.who in ("admin", "anyone") or (row.who == "starter" and stranger == "root"):
            continue
        answer = ask(accounts, method, path, row, there, getattr(there, stranger))
        expected = row.answer if row.who == "signed-in" else row.stranger
        if answer.status_code != expected or WORD in answer.text:
            got[method, path] = (answer.status_code, answer.text)
        elif of_person(db, there.ids["person_id"]) != before:
            got[method, path] = "changed what is Ada's"
    assert got == {}


def has_row(method: str, path: str) -> bool:
    return any(one == method and re.fullmatch(re.sub(r"{\w+}", "[^/]+", template), path) for one, template in ROWS)


def _last_the_persons_own_end(route) -> bool:
    (method, path), _ = route
    return (method, path) == ("DELETE", "/api/v1/me")


def test_a_method_that_a_path_does_not_have_reaches_nothing(accounts, there, db):
    before = of_person(db, there.ids["person_id"])
    for path in sorted({path for _, path in ROWS}):
        for method in METHODS:
            if not has_row(method, there.path(path)):
                answer = ask(accounts, method, path, None, there, there.bob)
                assert answer.status_code in (403, 404, 405), (method, path, answer.text)
                assert WORD not in answer.text
    assert of_person(db, there.ids["person_id"]) == before


def test_what_is_anothers_looks_like_what_is_not_there(accounts, there):
    """A stranger does not even learn that there is something: the answer for another's id is that for any id."""
    for (method, path), row in ROWS.items():
        named = OWN_IDS & set(re.findall(r"{(\w+)}", path))
        if row.who != "owner" or not named:
            continue
        nowhere = World({**there.ids, **dict.fromkeys(named, 987654321)}, there.root, there.ada, there.bob)
        shown = []
        for which in (there, nowhere):
            answer = ask(accounts, method, path, row, which, there.bob)
            assert answer.status_code == 404, (method, path)
            body = {name: answer.json()[name] for name in ("type", "title", "status", "detail")}
            shown.append(re.sub(rf"\b({'|'.join(str(which.ids[name]) for name in named)})\b", "N", str(body)))
        assert shown[0] == shown[1], (method, path)


def test_every_table_is_a_persons_or_everybodys(there, db):
    tables = {table.name for table in Base.metadata.sorted_tables}
    assert set(owned()) == tables - SHARED, "is it a person's? Then it must lead to users; else name it in SHARED"
    empty = [name for name, rows in of_person(db, there.ids["person_id"]).items() if not rows]
    assert empty == [], "Ada must have one of everything, or that it is untouched proves nothing"


def owned() -> dict[str, str]:
    """Return, for each table whose rows lead to a person, the condition that they lead to `:user`."""
    found = {"users": "id = :user"}
    for table in Base.metadata.sorted_tables:
        conditions = [
            f"{key.parent.name} = :user"
            if key.column.table.name == "users"
            else f"{key.parent.name} IN (SELECT id FROM {key.column.table.name} WHERE {found[key.column.table.name]})"
            for key in sorted(table.foreign_keys, key=lambda key: key.parent.name)
            if key.column.table.name in found and key.column.table is not table
        ]
        if conditions:
            found[table.name] = " OR ".join(conditions)
    return found


def of_person(db, user: int) -> dict[str, list[str]]:
    """Return every row that is a person's, by table."""
    db.rollback()
    return {
        name: list(
            db.execute(text(f"SELECT t::text FROM {name} t WHERE {condition} ORDER BY 1"), {"user": user}).scalars()
        )
        for name, condition in owned().items()
    }


def everything(db) -> dict[str, list[str]]:
    """Return every row of every table, but for when keys were last used."""
    db.rollback()
    tables = {table.name for table in Base.metadata.sorted_tables} - {"api_keys"}
    return {name: sorted(db.execute(text(f"SELECT t::text FROM {name} t")).scalars()) for name in tables}
