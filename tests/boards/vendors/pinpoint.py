"""Pinpoint: one document per subdomain; the text is split over four fields, pay has a readable and a plain form."""

from tests.boards import prose
from tests.boards.roles import Role
from tests.boards.vendors.vendor import Vendor, digits, stable_int, stable_uuid
from tests.boards.wire import Answer, Request, View, json_answer

EMPLOYMENT_TEXT = {
    "full_time": "Full Time",
    "part_time": "Part Time",
    "contract": "Contract",
    "intern": "Internship",
    "temporary": "Temporary",
}
WORKPLACE_TEXT = {"onsite": "Onsite", "hybrid": "Hybrid", "remote": "Fully remote"}


def postings(view: View, request: Request, posting_id: str) -> Answer:
    """Write the board."""
    return json_answer({"data": [_row(view, role) for role in view.roles]})


def _row(view: View, role: Role) -> dict:
    board, place, pay = view.company.key["board"], role.places[0], role.pay
    path = f"/en/postings/{stable_uuid(board, role.id)}"
    return {
        "id": role.id,
        "title": role.title,
        "url": f"https://{board}.pinpointhq.com{path}",
        "path": path,
        "description": prose.intro(view.name, role).replace("<p>", "<div><!--block-->").replace("</p>", "</div>"),
        "key_responsibilities_header": "Key Responsibilities",
        "key_responsibilities": f"<ul>{prose.duties(role)}</ul>",
        "skills_knowledge_expertise_header": "Skills, Knowledge and Expertise",
        "skills_knowledge_expertise": f"<ul>{prose.skills(role)}</ul>",
        "benefits_header": "Benefits",
        "benefits": f"<ul>{prose.perks(role)}</ul>{prose.about(view.name, view.company.trade)}",
        "reporting_to": "",
        "employment_type": {"intern": "internship"}.get(role.employment, role.employment),
        "employment_type_text": EMPLOYMENT_TEXT[role.employment],
        "workplace_type": role.workplace,
        "workplace_type_text": WORKPLACE_TEXT[role.workplace],
        "compensation": f"{pay.currency} {pay.low:,} - {pay.high:,} / {pay.period}" if pay else None,
        "compensation_minimum": float(pay.low) if pay else None,
        "compensation_maximum": float(pay.high) if pay else None,
        "compensation_currency": pay.currency if pay else None,
        "compensation_frequency": pay.period if pay else None,
        "compensation_visible": pay is not None,
        "deadline_at": None,
        "job": {
            "id": str(int(role.id) + 6000),
            "requisition_id": f"PIN-{role.number:04}",
            "department": {"id": str(stable_int(board, role.department, below=10**5)), "name": role.department},
            "division": None,
            "structure_custom_group_one": None,
        },
        "location": {
            "id": str(stable_int(board, place.city, below=10**5)),
            "city": place.city,
            "name": " / ".join(f"{one.city}, {one.country}" for one in role.places),
            "postal_code": "",
            "province": place.region,
        },
    }


VENDOR = Vendor(
    name="pinpoint",
    names=("*.pinpointhq.com",),
    routes=(("GET", r"(?P<board>[\w-]+)\.pinpointhq\.com", r"/postings\.json", postings),),
    key=lambda slug, name, rng: {"board": slug},
    address=lambda key: f"https://{key['board']}.pinpointhq.com/",
    posting_id=digits(6, "5"),
    container="data",
    shows_pay=True,
)
