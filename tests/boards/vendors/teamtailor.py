"""Teamtailor: a JSON Feed per subdomain with schema.org inside, at most 100 items a page.

Half of the sites name the next page by `next_url` and count pages, the others say nothing and count postings.
"""

from tests.boards import prose
from tests.boards.roles import Role
from tests.boards.vendors.vendor import Vendor, digits, stable_int, stable_uuid
from tests.boards.wire import Answer, Request, View, json_answer

DEFAULT_PAGE, LARGEST_PAGE = 50, 100
EMPLOYMENT = {
    "full_time": "FULL_TIME",
    "part_time": "PART_TIME",
    "contract": "CONTRACTOR",
    "intern": "INTERN",
    "temporary": "TEMPORARY",
}


def feed(view: View, request: Request, posting_id: str) -> Answer:
    """Write one page of the feed."""
    limit = max(1, min(request.number("per_page", DEFAULT_PAGE), LARGEST_PAGE))
    page = max(1, request.number("page", 1))
    offset = request.number("offset", 0) or (page - 1) * limit
    home = f"https://{_host(view.company.key)}/jobs"
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": view.name,
        "home_page_url": home,
        "feed_url": f"{home}.json",
        "items": [_item(view, role, home) for role in view.window(offset, limit)],
    }
    if _names_next_page(view) and (offset + limit < len(view.roles) or view.wrap):
        feed["next_url"] = f"{home}.json?page={offset // limit + 2}&per_page={limit}"
    return json_answer(feed).bent(kind="application/feed+json; charset=utf-8")


def _names_next_page(view: View) -> bool:
    return stable_int(view.company.slug, below=2) == 0


def _item(view: View, role: Role, home: str) -> dict:
    text, posted = prose.whole(view.name, view.company.trade, role), role.posted.isoformat(timespec="seconds")
    return {
        "id": stable_uuid(role.id),
        "title": role.title,
        "url": f"{home}/{role.id}-{role.path}",
        "date_published": posted,
        "content_html": text,
        "_jobposting": {
            "@context": "http://schema.org/",
            "@type": "JobPosting",
            "title": role.title,
            "description": text,
            "identifier": {"@type": "PropertyValue", "name": view.name, "value": int(role.id)},
            "datePosted": posted,
            "employmentType": EMPLOYMENT[role.employment],
            "jobLocationType": "TELECOMMUTE" if role.workplace == "remote" else None,
            "hiringOrganization": {
                "@type": "Organization",
                "name": view.name,
                "sameAs": home.removesuffix("/jobs"),
                "logo": f"https://images.teamtailor-cdn.com/{stable_uuid(view.name)}.png?v={view.noise}",
            },
            "jobLocation": [
                {
                    "@type": "Place",
                    "address": {
                        "@type": "PostalAddress",
                        "streetAddress": "",
                        "addressLocality": place.city,
                        "postalCode": "",
                        "addressCountry": place.country_code,
                        "addressRegion": place.region,
                    },
                }
                for place in role.places
            ],
        },
    }


def _host(key) -> str:
    return f"{key['board']}.{key['region']}.teamtailor.com" if key["region"] else f"{key['board']}.teamtailor.com"


VENDOR = Vendor(
    name="teamtailor",
    names=("*.teamtailor.com", "*.na.teamtailor.com"),
    routes=(("GET", r"(?P<board>[\w-]+)(?:\.(?P<region>na))?\.teamtailor\.com", r"/jobs\.json", feed),),
    key=lambda slug, name, rng: {"board": slug, "region": rng.choice(("", "", "", "na"))},
    address=lambda key: f"https://{_host(key)}/jobs",
    posting_id=digits(7, "7"),
    container="items",
    last_modified=True,
    pages=True,
)
