"""Greenhouse: one document per board; `content` is HTML whose markup is escaped once."""

import html
from datetime import datetime, timedelta, timezone

from tests.boards import prose
from tests.boards.roles import Role
from tests.boards.vendors.vendor import Vendor, digits, stable_int
from tests.boards.wire import Answer, Request, View, json_answer

EASTERN = timezone(timedelta(hours=-4))


def jobs(view: View, request: Request, posting_id: str) -> Answer:
    """Write the board; without `content=true` rows carry neither text nor departments."""
    whole = request.query.get("content") == "true"
    return json_answer(
        {"jobs": [_row(view, role, whole=whole) for role in view.roles], "meta": {"total": view.advertised}}
    )


def job(view: View, request: Request, posting_id: str) -> Answer:
    """Write one posting."""
    for role in view.roles:
        if role.id == posting_id:
            return json_answer(_row(view, role, whole=True))
    return json_answer({"status": 404, "error": "Job not found"}, 404)


def board(view: View, request: Request, posting_id: str) -> Answer:
    """Write the board's own name and introduction."""
    about = html.escape(prose.about(view.name, view.company.trade))
    return json_answer({"name": view.name, "content": about})


def _row(view: View, role: Role, *, whole: bool) -> dict:
    token = view.company.key["board"]
    number = int(role.id)
    row = {
        "absolute_url": f"https://job-boards.greenhouse.io/{token}/jobs/{role.id}?gh_src=feed{view.noise}",
        "data_compliance": [
            {
                "type": "gdpr",
                "requires_consent": False,
                "requires_processing_consent": False,
                "requires_retention_consent": False,
                "retention_period": None,
                "demographic_data_consent_applies": False,
            }
        ],
        "internal_job_id": number - 1_000_000,
        "location": {"name": "; ".join(_place_names(role))},
        "metadata": [
            {
                "id": 4_095_122,
                "name": "Workplace Type",
                "value": role.workplace.title().replace("Onsite", "On-site"),
                "value_type": "single_select",
            }
        ],
        "id": number,
        "updated_at": _eastern(max(role.posted, view.changed - timedelta(minutes=view.noise * 7 + 11))),
        "requisition_id": f"R-{10_000 + role.number}",
        "title": role.title,
        "company_name": view.name,
        "first_published": _eastern(role.posted),
        "language": "en",
        "application_deadline": None,
    }
    if whole:
        text = prose.whole(view.name, view.company.trade, role)
        department = stable_int(token, role.department)
        row |= {
            "content": html.escape(f'<div class="content-body">{text}</div>'),
            "departments": [{"id": department, "name": role.department, "child_ids": [], "parent_id": None}],
            "offices": [
                {
                    "id": stable_int(token, place.city),
                    "name": place.city,
                    "location": f"{place.city}, {place.region}, {place.country}",
                    "child_ids": [],
                    "parent_id": None,
                }
                for place in role.places
            ],
        }
    return row


def _place_names(role: Role) -> list[str]:
    remote = "Remote - " if role.workplace == "remote" else ""
    return [f"{remote}{place.city}, {place.country}" for place in role.places]


def _eastern(moment: datetime) -> str:
    return moment.astimezone(EASTERN).isoformat(timespec="seconds")


HOST, BOARD = r"boards-api(?:\.eu)?\.greenhouse\.io", r"/v1/boards/(?P<board>[\w-]+)"
VENDOR = Vendor(
    name="greenhouse",
    names=(
        "boards-api.greenhouse.io",
        "boards-api.eu.greenhouse.io",
        "boards.greenhouse.io",
        "job-boards.greenhouse.io",
        "boards.eu.greenhouse.io",
        "job-boards.eu.greenhouse.io",
    ),
    routes=(
        ("GET", HOST, rf"{BOARD}/jobs/?", jobs),
        ("GET", HOST, rf"{BOARD}/jobs/(?P<id>\d+)", job),
        ("GET", HOST, rf"{BOARD}/?", board),
    ),
    key=lambda slug, name, rng: {"board": slug},
    address=lambda key: f"https://job-boards.greenhouse.io/{key['board']}",
    posting_id=digits(10, "4"),
    unknown=lambda request: json_answer({"status": 404, "error": "Job not found"}, 404),
    container="jobs",
    advertises_total=True,
)
