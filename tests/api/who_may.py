"""Who may ask what: a row for every route and method of the application, and an installation with things to ask for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.api import building, signing_in
from worker.secret import seal
from worker.settings import get_settings
from worker.store import channels

API = "/api/v1"
WORD = "zebra"
"""Is in everything that is Ada's, and in nothing else."""

Ids = dict[str, Any]
Body = Callable[[Ids], Any] | dict[str, Any] | None


@dataclass(frozen=True)
class Row:
    """Who may ask, with which query and body, and which status they get; `stranger` is what somebody else gets.

    `anyone` needs no credential. What an `owner` asks for is theirs alone, what a `starter` began anyone sees, but only
    they and admins end it. What an owner reads `shows` Ada's word, or else numbers that tell her from others.
    """

    who: Literal["anyone", "signed-in", "admin", "owner", "starter"]
    answer: int = 200
    body: Body = None
    query: str = ""
    stranger: int | None = None
    shows: bool = True

    def sent(self, ids: Ids) -> Any:
        return self.body(ids) if callable(self.body) else self.body


def anyone(answer: int = 200, body: Body = None) -> Row:
    return Row("anyone", answer, body)


def signed_in(answer: int = 200, body: Body = None, query: str = "") -> Row:
    return Row("signed-in", answer, body, query)


def admin(answer: int = 200, body: Body = None) -> Row:
    return Row("admin", answer, body)


def owner(answer: int = 200, body: Body = None, *, query: str = "", stranger: int = 404) -> Row:
    return Row("owner", answer, body, query, stranger)


def own_view(*, shows: bool = True) -> Row:
    """Everybody has one, with their own things in it."""
    return Row("owner", stranger=200, shows=shows)


NOT_HERE = 422
"""What asks other hosts is sent nonsense: that it is refused as such shows that the person was let in."""

ROWS: dict[tuple[str, str], Row] = {
    # What needs no sign-in
    ("GET", "/openapi.json"): anyone(),
    ("HEAD", "/openapi.json"): anyone(),
    ("GET", "/docs"): anyone(),
    ("GET", "/docs/{part}"): anyone(),
    ("GET", "/healthz"): anyone(),
    ("GET", "/readyz"): anyone(503),
    ("POST", f"{API}/auth/google"): anyone(404, {"credential": "x"}),
    ("POST", f"{API}/auth/links"): anyone(503, {"email": "eve@example.org"}),
    ("POST", f"{API}/auth/links/use"): anyone(401, {"token": "x"}),
    ("GET", "/sign-in/{token}"): anyone(),
    ("GET", "/sign-in/google"): anyone(404),
    ("POST", "/sign-in/google"): anyone(403),
    ("POST", "/sign-in/{token}"): anyone(401),
    ("GET", "/feeds/{address}.atom"): anyone(404),
    ("GET", "/feeds/{address}.json"): anyone(404),
    ("GET", "/feeds/{address}.ics"): anyone(404),
    # What everybody shares
    ("GET", f"{API}/ats"): signed_in(),
    ("GET", f"{API}/boards"): signed_in(),
    ("GET", f"{API}/channels/services"): signed_in(),
    ("GET", f"{API}/catalogue"): signed_in(query="?name=figma"),
    ("GET", f"{API}/changes"): signed_in(),
    ("GET", f"{API}/companies"): signed_in(),
    ("POST", f"{API}/companies"): signed_in(201, {"ats": "lever", "board": "initech", "scan": False}),
    ("GET", f"{API}/companies/{{company_id}}"): signed_in(),
    ("POST", f"{API}/companies/import"): signed_in(
        body={"text": "Globex, https://globex.recruitee.com"}, query="?scan=false"
    ),
    ("POST", f"{API}/detections"): signed_in(NOT_HERE, {}),
    ("GET", f"{API}/drift"): signed_in(),
    ("POST", f"{API}/dry-run"): signed_in(NOT_HERE, {}),
    ("GET", f"{API}/exports/changes.{{form}}"): signed_in(),
    ("GET", f"{API}/exports/postings.{{form}}"): signed_in(),
    ("GET", f"{API}/filters/examples"): signed_in(),
    ("GET", f"{API}/hosts"): signed_in(),
    ("GET", f"{API}/metrics"): signed_in(),
    ("GET", f"{API}/postings"): signed_in(),
    ("GET", f"{API}/postings/{{posting_id}}"): signed_in(),
    ("GET", f"{API}/scans"): signed_in(),
    ("POST", f"{API}/scans"): signed_in(202, {"all": True}),
    ("GET", f"{API}/scans/{{scan_id}}"): signed_in(),
    ("GET", f"{API}/scans/{{scan_id}}/events"): signed_in(),
    ("POST", f"{API}/scans/{{scan_id}}/cancel"): Row("starter", stranger=403),
    ("GET", f"{API}/suggestions"): signed_in(),
    # What admins decide for everybody
    ("PATCH", f"{API}/companies/{{company_id}}"): admin(body={"name": "Globex"}),
    ("DELETE", f"{API}/companies/{{company_id}}"): admin(204),
    ("GET", f"{API}/people"): admin(),
    ("POST", f"{API}/people"): admin(201, {"email": "eve@example.org"}),
    ("GET", f"{API}/people/{{person_id}}"): admin(),
    ("PATCH", f"{API}/people/{{person_id}}"): admin(body={"role": "member"}),
    ("DELETE", f"{API}/people/{{person_id}}"): admin(204),
    ("POST", f"{API}/suggestions/{{suggestion_id}}/accept"): admin(),
    ("POST", f"{API}/suggestions/{{suggestion_id}}/dismiss"): admin(204),
    # What is a person's own
    ("GET", f"{API}/me"): own_view(),
    ("PATCH", f"{API}/me"): owner(body={"name": "Bob"}, stranger=200),
    ("DELETE", f"{API}/me"): owner(204, stranger=204),
    ("GET", f"{API}/api-keys"): own_view(),
    ("POST", f"{API}/api-keys"): owner(201, {"name": "laptop"}, stranger=201),
    ("DELETE", f"{API}/api-keys/{{key_id}}"): owner(204),
    ("GET", f"{API}/sessions"): own_view(),
    ("DELETE", f"{API}/sessions"): owner(204, stranger=204),
    ("DELETE", f"{API}/sessions/current"): owner(404),  # these requests are made with keys
    ("DELETE", f"{API}/sessions/{{session_id}}"): owner(204),
    ("GET", f"{API}/companies/export.{{form}}"): own_view(),
    ("GET", f"{API}/settings/{{company_id}}"): own_view(),
    ("DELETE", f"{API}/settings/{{company_id}}"): owner(204),
    ("POST", f"{API}/companies/{{company_id}}/hide"): owner(stranger=200),
    ("PUT", f"{API}/settings/{{company_id}}"): owner(body={"title_filters": "python"}, stranger=200),
    ("GET", f"{API}/groups"): own_view(),
    ("POST", f"{API}/groups"): owner(201, {"name": "Europe"}, stranger=201),
    ("GET", f"{API}/groups/{{group_id}}"): owner(),
    ("PUT", f"{API}/groups/{{group_id}}"): owner(body={"name": "Africa"}),
    ("DELETE", f"{API}/groups/{{group_id}}"): owner(204),
    ("POST", f"{API}/groups/{{group_id}}/companies"): owner(body=lambda ids: {"company_ids": [ids["company_id"]]}),
    ("DELETE", f"{API}/groups/{{group_id}}/companies/{{company_id}}"): owner(204),
    ("POST", f"{API}/filters/preview"): owner(body=lambda ids: {"group_id": ids["group_id"]}),
    ("GET", f"{API}/postings/{{posting_id}}/verdict"): own_view(shows=False),
    ("GET", f"{API}/matches"): own_view(),
    ("GET", f"{API}/matches/counts"): own_view(shows=False),
    ("GET", f"{API}/matches/{{match_id}}"): owner(),
    ("PATCH", f"{API}/matches/{{match_id}}"): owner(body={"state": "hidden"}),
    ("POST", f"{API}/matches/mark"): owner(body=lambda ids: {"state": "hidden", "ids": [ids["match_id"]]}),
    ("POST", f"{API}/matches/undo"): owner(body=lambda ids: {"action_id": ids["action_id"]}, stranger=409),
    ("GET", f"{API}/exports/matches.{{form}}"): own_view(),
    ("GET", f"{API}/feeds"): own_view(),
    ("POST", f"{API}/feeds"): owner(201, lambda ids: {"name": "Feed", "group_id": ids["group_id"]}),
    ("GET", f"{API}/feeds/{{feed_id}}"): owner(),
    ("PATCH", f"{API}/feeds/{{feed_id}}"): owner(body={"name": "Feed"}),
    ("POST", f"{API}/feeds/{{feed_id}}/renew"): owner(),
    ("DELETE", f"{API}/feeds/{{feed_id}}"): owner(204),
    ("GET", f"{API}/channels"): own_view(),
    ("POST", f"{API}/channels"): owner(201, {"name": "phone", "address": "https://example.org/"}, stranger=201),
    ("GET", f"{API}/channels/{{channel_id}}"): owner(),
    ("PUT", f"{API}/channels/{{channel_id}}"): owner(body={"name": "phone"}),
    ("POST", f"{API}/channels/{{channel_id}}/test"): owner(),
    ("GET", f"{API}/channels/{{channel_id}}/deliveries"): owner(),
    ("GET", f"{API}/deliveries/{{delivery_id}}"): owner(),
    ("POST", f"{API}/deliveries/{{delivery_id}}/retry"): owner(),
    ("DELETE", f"{API}/channels/{{channel_id}}"): owner(204),
}


@dataclass(frozen=True)
class World:
    """An installation: what the ids in paths stand for (Ada's, where they are somebody's), and everybody's keys."""

    ids: Ids
    root: dict[str, str]
    ada: dict[str, str]
    bob: dict[str, str]

    def path(self, template: str) -> str:
        return template.format_map(self.ids)


def world(app, db: Session, role: str = "member") -> World:
    """Let Ada have one of everything that a person can have; Bob is a member, and Root an admin."""
    root = signing_in.person(db, "root@example.org", "admin")
    signing_in.person(db, "another.root@example.org", "admin")
    ada = signing_in.person(db, f"ada.{WORD}@example.org", role, name=WORD.title())
    bob = signing_in.person(db, "bob@example.org")
    keys = {user: signing_in.key(db, user) for user in (root, ada, bob)}
    ids = {"person_id": ada, "form": "csv", "part": "start.js", "token": "wrong", "address": "1-wrong"}
    ids |= _shared(db) | _signing_in(app, db, ada)
    with signing_in.browser(app, **keys[ada]) as client:
        ids |= _wishes(client, ids["company_id"]) | _scan(client, db)
    ids |= _alerts(db, ada, ids["match_id"])
    db.commit()
    return World(ids, keys[root], keys[ada], keys[bob])


def _shared(db: Session) -> Ids:
    added = building.company(db)
    posting = building.postings(db, added.board_id, "Python Engineer", "Baker")["Python Engineer"]
    suggestion = db.execute(
        text("""INSERT INTO suggestions (board_id, ats, key, url, certainty, evidence)
            VALUES (:board, 'ashby', 'acme', 'https://jobs.ashbyhq.com/acme', 'likely', 'its name') RETURNING id"""),
        {"board": added.board_id},
    ).scalar_one()
    db.execute(text("UPDATE boards SET open_count = 2, gone_at = now()"))
    db.commit()
    return {"company_id": added.company_id, "posting_id": posting, "suggestion_id": suggestion}


def _signing_in(app, db: Session, ada: int) -> Ids:
    """Let Ada have a browser, a link that she has not used, and keys that say whose they are."""
    with signing_in.sign_in(app, db, ada, **{"User-Agent": f"{WORD} browser"}):
        session = db.execute(text("SELECT id FROM browser_sessions")).scalar_one()
    signing_in.link(db, ada)
    key = db.execute(
        text("UPDATE api_keys SET name = :word WHERE user_id = :user RETURNING id"), {"word": WORD, "user": ada}
    ).scalar_one()
    db.commit()
    return {"session_id": session, "key_id": key}


def _wishes(client, company: int) -> Ids:
    wish = {"name": WORD, "title_filters": f"engineer\n-{WORD}", "all_companies": True}
    group = client.post(f"{API}/groups", json=wish).json()["id"]
    client.post(f"{API}/groups/{group}/companies", json={"company_ids": [company]})
    client.put(f"{API}/settings/{company}", json={"title_filters": f"engineer\n-{WORD}"})
    match = client.get(f"{API}/matches").json()["items"][0]["id"]
    applied = client.patch(f"{API}/matches/{match}", json={"state": "applied", "note": WORD}).json()
    feed = client.post(f"{API}/feeds", json={"name": WORD, "group_id": group}).json()["id"]
    return {"group_id": group, "match_id": match, "action_id": applied["action_id"], "feed_id": feed}


def _scan(client, db: Session) -> Ids:
    """Let Ada have scanned; the scan is over, so that watching it ends."""
    scan = client.post(f"{API}/scans", json={"all": True}).json()["id"]
    for run in building.runs(db, scan):
        building.finish(db, run)
    db.commit()
    return {"scan_id": scan}


def _alerts(db: Session, ada: int, match: int) -> Ids:
    """Let Ada have a channel, a message that was sent there and one that could not be, and a match that waits."""
    sealed = seal(get_settings(), f"https://{WORD}.example/hook")
    where = channels.Place("webhook", sealed, f"https://{WORD}.example/", seal(get_settings(), WORD))
    channel = channels.add(db, ada, where, channels.Wish(name=WORD))
    values = {"channel": channel, "match": match, "word": WORD}
    delivery = db.execute(
        text("""INSERT INTO deliveries (channel_id, kind, body, state, error, finished_at)
            VALUES (:channel, 'matches', jsonb_build_object('title', CAST(:word AS text)), 'dead', :word, now())
            RETURNING id"""),
        values,
    ).scalar_one()
    values["delivery"] = delivery
    db.execute(
        text("""INSERT INTO delivery_tries (delivery_id, ok, answer, milliseconds)
            VALUES (:delivery, false, :word, 1)"""),
        values,
    )
    for number, told in ((1, delivery), (2, None)):
        db.execute(
            text("""INSERT INTO alerts (channel_id, match_id, scan_run_id, delivery_id)
                VALUES (:channel, :match, :run, :told)"""),
            {**values, "run": number, "told": told},
        )
    db.commit()
    return {"channel_id": channel, "delivery_id": delivery}
