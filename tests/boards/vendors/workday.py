"""Workday: rows by POST, at most 20 a page, the total only on the first; text by a GET per posting.

A board of more than 2,000 rows states 2,000 and starts again from its first page there; only its facets tell the truth.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import orjson

from tests.boards import prose
from tests.boards.roles import Role
from tests.boards.vendors.vendor import Vendor, stable_uuid
from tests.boards.vocabulary import Place
from tests.boards.wire import Answer, Request, View, json_answer

LARGEST_PAGE, MOST_ROWS = 20, 2000
CENTRES = ("wd1", "wd3", "wd5", "wd12", "wd103")
BAD_REQUEST = {"errorCode": "HTTP_400", "errorCaseId": "", "httpStatus": 400, "message": "", "messageParams": {}}
WORKPLACE = {"onsite": "On-site", "hybrid": "Hybrid", "remote": "Remote"}
FACETS = {
    "jobFamilyGroup": ("Job Category", lambda role: (role.department,)),
    "locations": ("Locations", lambda role: tuple(_place_name(place) for place in role.places)),
    "timeType": ("Time Type", lambda role: (_time_type(role),)),
}


def jobs(view: View, request: Request, posting_id: str) -> Answer:
    """Write one page of the list, or 400 for more than 20 rows."""
    try:
        asked = orjson.loads(request.body)
        limit, offset, applied = int(asked["limit"]), int(asked["offset"]), dict(asked.get("appliedFacets") or {})
    except (ValueError, TypeError, KeyError):
        return json_answer(BAD_REQUEST, 400)
    if not 0 < limit <= LARGEST_PAGE or offset < 0:
        return json_answer(BAD_REQUEST, 400)
    return json_answer(_page(_narrowed(view, applied), limit, offset))


def _page(view: View, limit: int, offset: int) -> dict[str, Any]:
    huge = view.advertised > MOST_ROWS
    if huge and not view.wrap:
        view = replace(view, wrap=MOST_ROWS)
    rows = [_row(view, role) for role in view.window(offset, limit)]
    return {
        "total": min(view.advertised, MOST_ROWS) if offset == 0 else 0,
        "jobPostings": rows,
        "facets": _facets(view.roles) if offset == 0 else [],
        "userAuthenticated": False,
    }


def job(view: View, request: Request, posting_id: str) -> Answer:
    """Write one posting with its text."""
    for role in view.roles:
        if posting_id.endswith(f"_{role.id}"):
            return json_answer(_detail(view, role))
    return json_answer({"errorCode": "HTTP_404", "httpStatus": 404, "message": "The page you are looking for"}, 404)


def _narrowed(view: View, applied: dict[str, list[str]]) -> View:
    """Keep the roles that match every facet, any of its values."""
    roles = view.roles
    for facet, values in applied.items():
        if facet in FACETS:
            read = FACETS[facet][1]
            roles = tuple(role for role in roles if any(_value_id(facet, value) in values for value in read(role)))
    return replace(view, roles=roles, advertised=len(roles)) if roles is not view.roles else view


def _facets(roles: Sequence[Role]) -> list[dict]:
    return [
        {
            "facetParameter": facet,
            "descriptor": descriptor,
            "values": [
                {"descriptor": value, "id": _value_id(facet, value), "count": count}
                for value, count in Counter(value for role in roles for value in read(role)).most_common()
            ],
        }
        for facet, (descriptor, read) in FACETS.items()
    ]


def _row(view: View, role: Role) -> dict:
    places = [_place_name(place) for place in role.places]
    return {
        "title": role.title,
        "externalPath": _path(role),
        "locationsText": places[0] if len(places) == 1 else f"{len(places)} Locations",
        "postedOn": _posted_on((view.now.date() - role.posted.date()).days),
        "bulletFields": [role.id],
        "timeType": _time_type(role),
        "remoteType": WORKPLACE[role.workplace],
    }


def _detail(view: View, role: Role) -> dict:
    key, first = view.company.key, role.places[0]
    country = {"descriptor": _country(first), "id": stable_uuid(first.country).replace("-", "")}
    return {
        "jobPostingInfo": {
            "id": stable_uuid(key["tenant"], role.id).replace("-", ""),
            "title": role.title,
            "jobDescription": prose.whole(view.name, view.company.trade, role),
            "location": _place_name(first),
            "additionalLocations": [_place_name(place) for place in role.places[1:]],
            "postedOn": _posted_on((view.now.date() - role.posted.date()).days),
            "startDate": f"{role.posted:%Y-%m-%d}",
            "timeType": _time_type(role),
            "remoteType": WORKPLACE[role.workplace],
            "jobReqId": role.id,
            "jobPostingId": _path(role).rpartition("/")[2],
            "jobPostingSiteId": key["site"],
            "country": country,
            "jobRequisitionLocation": {
                "descriptor": _place_name(first),
                "country": country | {"alpha2Code": first.country_code},
            },
            "canApply": True,
            "posted": True,
            "includeResumeParsing": True,
            "externalUrl": f"https://{_host(key)}/{key['site']}{_path(role)}",
        },
        "hiringOrganization": {"name": view.name, "url": ""},
        "similarJobs": [],
        "userAuthenticated": False,
    }


def _path(role: Role) -> str:
    """The address is given once; a real tenant keeps it through edits unless the posting is published anew."""
    return f"/job/{role.number % 7 + 1}-Main-Office/{role.path.title()}_{role.id}"


def _posted_on(days: int) -> str:
    named = {0: "Posted Today", 1: "Posted Yesterday"}
    return named.get(days, f"Posted {days} Days Ago" if days < 30 else "Posted 30+ Days Ago")


def _place_name(place: Place) -> str:
    return (
        f"{_country(place)}, {place.city}" if place.country_code != "US" else f"US, {place.region_code}, {place.city}"
    )


def _country(place: Place) -> str:
    return "United States of America" if place.country_code == "US" else place.country


def _time_type(role: Role) -> str:
    return "Part time" if role.employment == "part_time" else "Full time"


@cache
def _value_id(facet: str, value: str) -> str:
    return stable_uuid(facet, value).replace("-", "")


def _host(key) -> str:
    return f"{key['tenant']}.{key['centre']}.myworkdayjobs.com"


HOST, SITE = (
    rf"(?P<tenant>[\w-]+)\.(?P<centre>{'|'.join(CENTRES)})\.myworkdayjobs\.com",
    r"/wday/cxs/[\w-]+/(?P<site>[\w-]+)",
)
VENDOR = Vendor(
    name="workday",
    names=tuple(f"*.{centre}.myworkdayjobs.com" for centre in CENTRES),
    routes=(
        ("POST", HOST, rf"{SITE}/jobs", jobs),
        ("GET", HOST, rf"{SITE}/job/(?P<id>.+)", job),
    ),
    key=lambda slug, name, rng: {
        "tenant": re.sub(r"\W", "", slug),
        "centre": rng.choice(CENTRES),
        "site": rng.choice(("Careers", "External", "External_Careers", name.replace(" ", "_"))),
    },
    address=lambda key: f"https://{_host(key)}/en-US/{key['site']}",
    posting_id=lambda seed, number: f"JR{100_000 + number * 7 + seed[number % 32] % 7}",
    unknown=lambda request: json_answer({"errorCode": "HTTP_404", "httpStatus": 404, "message": "Not found"}, 404),
    container="jobPostings",
    etag=False,
    shows_text=False,
    advertises_total=True,
    pages=True,
)
