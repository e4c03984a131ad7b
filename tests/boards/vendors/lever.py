"""Lever: a bare array; the text is split over `description`, `lists` and `additional`; times are epoch milliseconds."""

from tests.boards import prose
from tests.boards.roles import Role
from tests.boards.vendors.vendor import Vendor, uuid
from tests.boards.wire import Answer, Request, View, html_answer, json_answer

COMMITMENT = {
    "full_time": "Full-time",
    "part_time": "Part-time",
    "contract": "Contract",
    "intern": "Internship",
    "temporary": "Temporary",
}
INTERVAL = {"year": "per-year-salary", "month": "per-month-salary", "hour": "per-hour-wage"}


def postings(view: View, request: Request, posting_id: str) -> Answer:
    """Write the board; a reader that asks for HTML gets a widget instead."""
    if "text/html" in request.headers.get("accept", ""):
        return html_answer(f"<ul>{''.join(f'<li>{role.title}</li>' for role in view.roles)}</ul>")
    rows = view.window(request.number("skip", 0), request.number("limit", 1_000_000))
    return json_answer([_row(view, role) for role in rows])


def _row(view: View, role: Role) -> dict:
    key = view.company.key
    page = f"https://jobs{_region(key)}.lever.co/{key['board']}/{role.id}"
    opening, extra = prose.intro(view.name, role), prose.about(view.name, view.company.trade)
    cities = [f"{place.city}, {place.country}" for place in role.places]
    row = {
        "additionalPlain": prose.plain(extra),
        "additional": f"<div>{extra}</div>",
        "categories": {
            "commitment": COMMITMENT[role.employment],
            "department": role.department,
            "location": cities[0],
            "team": role.focus or role.department,
            "allLocations": cities,
        },
        "createdAt": int(role.posted.timestamp() * 1000),
        "descriptionPlain": prose.plain(opening),
        "description": f"<div>{opening}</div>",
        "id": role.id,
        "lists": [
            {"text": "What you will do", "content": prose.duties(role)},
            {"text": "What you bring", "content": prose.skills(role)},
            {"text": "What we offer", "content": prose.perks(role)},
        ],
        "text": role.title,
        "country": role.places[0].country_code,
        "workplaceType": role.workplace,
        "hostedUrl": page,
        "applyUrl": f"{page}/apply",
    }
    if role.pay:
        row["salaryRange"] = {
            "min": role.pay.low,
            "max": role.pay.high,
            "currency": role.pay.currency,
            "interval": INTERVAL[role.pay.period],
        }
    return row


def _region(key) -> str:
    return f".{key['region']}" if key["region"] else ""


VENDOR = Vendor(
    name="lever",
    names=("api.lever.co", "api.eu.lever.co", "jobs.lever.co", "jobs.eu.lever.co"),
    routes=(("GET", r"api(?:\.(?P<region>eu))?\.lever\.co", r"/v0/postings/(?P<board>[\w-]+)/?", postings),),
    key=lambda slug, name, rng: {"board": slug, "region": rng.choice(("", "", "", "eu"))},
    address=lambda key: f"https://jobs{_region(key)}.lever.co/{key['board']}",
    posting_id=uuid,
    unknown=lambda request: json_answer({"ok": False, "error": "Document not found"}, 404),
    title_field="text",
    shows_pay=True,
)
