"""Gem: a bare array with text inline; ids are opaque tokens, the trailing slash is required."""

import base64
from uuid import UUID

from tests.boards import prose
from tests.boards.roles import Role
from tests.boards.vendors.vendor import Vendor, stable_uuid, uuid
from tests.boards.wire import Answer, Request, View, json_answer

WORKPLACE = {"onsite": "in_office", "hybrid": "hybrid", "remote": "remote"}


def job_posts(view: View, request: Request, posting_id: str) -> Answer:
    """Write the board."""
    return json_answer([_row(view, role) for role in view.roles])


def _row(view: View, role: Role) -> dict:
    board = view.company.key["board"]
    text = prose.whole(view.name, view.company.trade, role)
    posted = role.posted.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    places = [f"{place.city}, {place.country}" for place in role.places]
    return {
        "id": role.id,
        "internal_job_id": stable_uuid(board, role.number),
        "title": role.title,
        "absolute_url": f"https://jobs.gem.com/{board}/{role.id}",
        "content": text,
        "content_plain": prose.plain(text),
        "created_at": posted,
        "first_published_at": posted,
        "updated_at": max(role.posted, view.changed).strftime(f"%Y-%m-%dT%H:%M:%S.{view.noise % 1000:03}Z"),
        "employment_type": role.employment,
        "location_type": WORKPLACE[role.workplace],
        "location": {"name": places[0]},
        "offices": [
            {"id": stable_uuid(board, name), "name": name, "location": {"name": name}, "parent_id": None}
            for name in places
        ],
        "departments": [{"id": stable_uuid(board, role.department), "name": role.department, "parent_id": None}],
        "requisition_id": f"R{role.number}",
    }


VENDOR = Vendor(
    name="gem",
    names=("api.gem.com", "jobs.gem.com"),
    routes=(("GET", r"api\.gem\.com", r"/job_board/v0/(?P<board>[\w-]+)/job_posts/", job_posts),),
    key=lambda slug, name, rng: {"board": slug},
    address=lambda key: f"https://jobs.gem.com/{key['board']}",
    posting_id=lambda seed, number: (
        base64.urlsafe_b64encode(b"jobpost:" + UUID(uuid(seed, number)).bytes).decode().rstrip("=")
    ),
)
