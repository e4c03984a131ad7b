"""Recruitee: one document per subdomain; dates end in ` UTC`, the text is description and requirements."""

from datetime import UTC, datetime

from tests.boards import prose
from tests.boards.roles import Role
from tests.boards.vendors.vendor import Vendor, digits, stable_int
from tests.boards.vocabulary import Place
from tests.boards.wire import Answer, Request, View, json_answer

EMPLOYMENT = {
    "full_time": "fulltime_permanent",
    "part_time": "parttime_permanent",
    "contract": "freelance",
    "intern": "internship",
    "temporary": "fulltime_fixed_term",
}


def offers(view: View, request: Request, posting_id: str) -> Answer:
    """Write the board."""
    return json_answer({"offers": [_row(view, role, position) for position, role in enumerate(view.roles, 1)]})


def _row(view: View, role: Role, position: int) -> dict:
    first = role.places[0]
    page = f"https://{view.company.key['board']}.recruitee.com/o/{role.path}-{role.number}"
    description = (
        f"{prose.intro(view.name, role)}<h4>Your job</h4><ul>{prose.duties(role)}</ul>"
        f"{prose.about(view.name, view.company.trade)}"
    )
    requirements = f"<h4>What you bring</h4><ul>{prose.skills(role)}</ul><h4>Benefits</h4><ul>{prose.perks(role)}</ul>"
    pay = role.pay
    return {
        "id": int(role.id),
        "position": position,
        "guid": role.id[::-1],
        "slug": f"{role.path}-{role.number}",
        "title": role.title,
        "status": "published",
        "careers_url": page,
        "careers_apply_url": f"{page}/c/new",
        "company_name": view.name,
        "location": f"{first.city}, {first.region}, {first.country}",
        "city": first.city,
        "state_name": first.region,
        "state_code": first.region_code,
        "country": first.country,
        "country_code": first.country_code,
        "postal_code": "",
        "department": role.department,
        "employment_type_code": EMPLOYMENT[role.employment],
        "min_hours": 20 if role.employment == "part_time" else 40,
        "max_hours": 30 if role.employment == "part_time" else 40,
        "remote": role.workplace == "remote",
        "on_site": role.workplace == "onsite",
        "hybrid": role.workplace == "hybrid",
        "salary": {
            "max": str(pay.high) if pay else None,
            "min": str(pay.low) if pay else None,
            "period": pay.period if pay else None,
            "currency": pay.currency if pay else None,
        },
        "description": description,
        "requirements": requirements,
        "translations": {"en": {"title": role.title, "description": description, "requirements": requirements}},
        "locations": [_location(place) for place in role.places],
        "tags": [],
        "open_questions": [],
        "close_at": None,
        "created_at": _written(role.posted),
        "published_at": _written(role.posted),
        "updated_at": _written(max(role.posted, view.changed.replace(second=view.noise % 60))),
    }


def _location(place: Place) -> dict:
    return {
        "id": stable_int(place.city),
        "name": place.city,
        "state": place.region,
        "country": place.country,
        "city": place.city,
        "country_code": place.country_code,
        "state_code": place.region_code,
        "postal_code": "",
        "street": "",
        "note": None,
        "translations": {"en": {"name": place.city, "city": place.city, "note": None}},
    }


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


VENDOR = Vendor(
    name="recruitee",
    names=("*.recruitee.com",),
    routes=(("GET", r"(?P<board>[\w-]+)\.recruitee\.com", r"/api/offers/?", offers),),
    key=lambda slug, name, rng: {"board": slug},
    address=lambda key: f"https://{key['board']}.recruitee.com/",
    posting_id=digits(7, "2"),
    container="offers",
    shows_pay=True,
)
