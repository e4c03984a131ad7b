"""Workable: the widget gives one row per posting and location; unknown accounts get plain text."""

from tests.boards import prose
from tests.boards.roles import Role
from tests.boards.vendors.vendor import Vendor, uuid
from tests.boards.vocabulary import Place
from tests.boards.wire import Answer, Request, View, json_answer, redirect

EMPLOYMENT = {
    "full_time": "Full-time",
    "part_time": "Part-time",
    "contract": "Contract",
    "intern": "Internship",
    "temporary": "Temporary",
}


def widget(view: View, request: Request, posting_id: str) -> Answer:
    """Write the account's rows; the text only with `details=true`."""
    whole = request.query.get("details") == "true"
    rows = [_row(view, role, place, whole=whole) for role in view.roles for place in role.places]
    return json_answer({"name": view.name, "description": prose.about(view.name, view.company.trade), "jobs": rows})


def twin(view: View, request: Request, posting_id: str) -> Answer:
    """Send the documented twin's reader to the widget, as the vendor does."""
    account = view.company.key["board"]
    return redirect(f"https://apply.workable.com/api/v1/widget/accounts/{account}?{request.target.partition('?')[2]}")


def _row(view: View, role: Role, place: Place, *, whole: bool) -> dict:
    page = f"https://apply.workable.com/j/{role.id}"
    row = {
        "title": role.title,
        "shortcode": role.id,
        "code": f"R{role.number:03}",
        "employment_type": EMPLOYMENT[role.employment],
        "telecommuting": role.workplace == "remote",
        "department": role.department,
        "url": page,
        "shortlink": page,
        "application_url": f"{page}/apply",
        "published_on": f"{role.posted:%Y-%m-%d}",
        "created_at": f"{role.posted:%Y-%m-%d}",
        "country": place.country,
        "city": place.city,
        "state": place.region,
        "education": "",
        "experience": "",
        "function": "",
        "industry": "",
        "locations": [
            {
                "country": place.country,
                "countryCode": place.country_code,
                "city": place.city,
                "region": place.region,
                "hidden": False,
            }
        ],
    }
    if whole:
        row["description"] = prose.whole(view.name, view.company.trade, role)
    return row


VENDOR = Vendor(
    name="workable",
    names=("apply.workable.com", "www.workable.com"),
    routes=(
        ("GET", r"apply\.workable\.com", r"/api/v1/widget/accounts/(?P<board>[\w-]+)/?", widget),
        ("GET", r"www\.workable\.com", r"/api/accounts/(?P<board>[\w-]+)/?", twin),
    ),
    key=lambda slug, name, rng: {"board": slug},
    address=lambda key: f"https://apply.workable.com/{key['board']}/",
    posting_id=lambda seed, number: uuid(seed, number).replace("-", "")[:10].upper(),
    unknown=lambda request: Answer(404, b"Not Found", "text/plain; charset=utf-8"),
    container="jobs",
    etag=False,
)
