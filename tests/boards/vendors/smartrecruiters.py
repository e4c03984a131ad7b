"""SmartRecruiters: a list of at most 100 rows a page without text, a detail per posting; any name reads as empty."""

import re

from tests.boards import prose
from tests.boards.roles import Role, slug
from tests.boards.vendors.vendor import Vendor, digits, stable_int, stable_uuid
from tests.boards.wire import Answer, Request, View, json_answer

LARGEST_PAGE = 100
EMPLOYMENT = {
    "full_time": ("permanent", "Full-time"),
    "part_time": ("part-time", "Part-time"),
    "contract": ("contract", "Contract"),
    "intern": ("intern", "Intern"),
    "temporary": ("temporary", "Temporary"),
}


def postings(view: View, request: Request, posting_id: str) -> Answer:
    """Write one page of the list."""
    limit, offset = min(request.number("limit", LARGEST_PAGE), LARGEST_PAGE), request.number("offset", 0)
    rows = [_row(view, role) for role in view.window(offset, limit)]
    return json_answer({"offset": offset, "limit": limit, "totalFound": view.advertised, "content": rows})


def posting(view: View, request: Request, posting_id: str) -> Answer:
    """Write one posting with its text."""
    for role in view.roles:
        if role.id == posting_id:
            return json_answer(_detail(view, role))
    return json_answer({"message": "Posting not found", "errors": []}, 404)


def _row(view: View, role: Role) -> dict:
    identifier, place = view.company.key["board"], role.places[0]
    kind, label = EMPLOYMENT[role.employment]
    return {
        "id": role.id,
        "name": role.title,
        "uuid": stable_uuid(identifier, role.id),
        "jobAdId": stable_uuid(identifier, role.id, "ad"),
        "defaultJobAd": True,
        "refNumber": f"REF{role.number}N",
        "company": {"identifier": identifier, "name": view.name},
        "releasedDate": role.posted.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "location": {
            "city": place.city,
            "region": place.region_code,
            "country": place.country_code.lower(),
            "remote": role.workplace == "remote",
            "hybrid": role.workplace == "hybrid",
            "fullLocation": f"{place.city}, {place.region_code}, {place.country}",
        },
        "industry": {"id": "it_and_services", "label": "Information Technology And Services"},
        "department": {"id": str(stable_int(identifier, role.department)), "label": role.department},
        "function": {"id": "other", "label": "Other"},
        "typeOfEmployment": {"id": kind, "label": label},
        "experienceLevel": {"id": "not_applicable", "label": "Not Applicable"},
        "customField": [],
        "visibility": "PUBLIC",
        "ref": f"https://api.smartrecruiters.com/v1/companies/{identifier}/postings/{role.id}",
        "language": {"code": "en", "label": "English", "labelNative": "English (US)"},
    }


def _detail(view: View, role: Role) -> dict:
    page = f"https://jobs.smartrecruiters.com/{view.company.key['board']}/{role.id}-{slug(role.title)}"
    sections = {
        "companyDescription": ("Company Description", prose.about(view.name, view.company.trade)),
        "jobDescription": ("Job Description", f"{prose.intro(view.name, role)}<ul>{prose.duties(role)}</ul>"),
        "qualifications": ("Qualifications", f"<ul>{prose.skills(role)}</ul>"),
        "additionalInformation": ("Additional Information", f"<ul>{prose.perks(role)}</ul>"),
    }
    return _row(view, role) | {
        "postingUrl": page,
        "applyUrl": f"{page}?oga=true",
        "referralUrl": f"{page}?r={view.noise}",
        "active": True,
        "jobAd": {"sections": {name: {"title": title, "text": text} for name, (title, text) in sections.items()}},
    }


LIST = r"/v1/companies/(?P<board>[\w-]+)/postings"
VENDOR = Vendor(
    name="smartrecruiters",
    names=("api.smartrecruiters.com", "jobs.smartrecruiters.com", "careers.smartrecruiters.com"),
    routes=(
        ("GET", r"api\.smartrecruiters\.com", rf"{LIST}/?", postings),
        ("GET", r"api\.smartrecruiters\.com", rf"{LIST}/(?P<id>[\w-]+)", posting),
    ),
    key=lambda slug, name, rng: {"board": name.replace(" ", "")},
    address=lambda key: f"https://careers.smartrecruiters.com/{key['board']}",
    posting_id=digits(15, "744"),
    unknown=lambda request: (
        json_answer({"offset": 0, "limit": LARGEST_PAGE, "totalFound": 0, "content": []})
        if re.fullmatch(rf"{LIST}/?", request.path)
        else json_answer({"message": "Posting not found", "errors": []}, 404)
    ),
    container="content",
    title_field="name",
    etag=False,
    shows_text=False,
    advertises_total=True,
    pages=True,
)
