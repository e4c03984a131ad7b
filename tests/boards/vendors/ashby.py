"""Ashby: one document; a posting that is not listed is among the rows, pay stands in compensation tiers."""

from tests.boards import prose
from tests.boards.roles import Pay, Role
from tests.boards.vendors.vendor import Vendor, stable_uuid, uuid
from tests.boards.vocabulary import Place
from tests.boards.wire import Answer, Request, View, json_answer

EMPLOYMENT = {
    "full_time": "FullTime",
    "part_time": "PartTime",
    "contract": "Contract",
    "intern": "Intern",
    "temporary": "Temporary",
}
WORKPLACE = {"onsite": "OnSite", "hybrid": "Hybrid", "remote": "Remote"}
NO_COMPENSATION = {
    "compensationTierSummary": None,
    "scrapeableCompensationSalarySummary": None,
    "compensationTiers": [],
    "summaryComponents": [],
}


def jobs(view: View, request: Request, posting_id: str) -> Answer:
    """Write the board, the unlisted posting last; pay only where it is asked for."""
    paid = request.query.get("includeCompensation") == "true"
    rows = [_row(view, role, listed=True, paid=paid) for role in view.roles]
    rows += [_row(view, role, listed=False, paid=paid) for role in view.company.unlisted if view.roles]
    return json_answer({"jobs": rows, "apiVersion": "1"})


def _row(view: View, role: Role, *, listed: bool, paid: bool) -> dict:
    page = f"https://jobs.ashbyhq.com/{view.company.key['board']}/{role.id}"
    text = prose.whole(view.name, view.company.trade, role).replace("<p>", '<p style="min-height:1.5em">')
    row = {
        "id": role.id,
        "title": role.title,
        "department": role.department,
        "team": role.focus or role.department,
        "employmentType": EMPLOYMENT[role.employment],
        "location": role.places[0].city,
        "shouldDisplayCompensationOnJobPostings": role.pay is not None,
        "secondaryLocations": [{"location": place.city, "address": _address(place)} for place in role.places[1:]],
        "publishedAt": role.posted.isoformat(timespec="milliseconds"),
        "isListed": listed,
        "isRemote": role.workplace == "remote",
        "workplaceType": WORKPLACE[role.workplace],
        "address": _address(role.places[0]),
        "jobUrl": page,
        "applyUrl": f"{page}/application",
        "descriptionHtml": text,
        "descriptionPlain": prose.plain(text),
    }
    if paid:
        row["compensation"] = _compensation(role, role.pay) if role.pay else NO_COMPENSATION
    return row


def _address(place: Place) -> dict:
    return {
        "postalAddress": {
            "addressLocality": place.city,
            "addressRegion": place.region,
            "addressCountry": place.country,
        }
    }


def _compensation(role: Role, pay: Pay) -> dict:
    summary = f"{pay.currency} {pay.low:,} \N{EN DASH} {pay.high:,}"
    equity = {
        "compensationType": "EquityPercentage",
        "interval": "NONE",
        "currencyCode": None,
        "minValue": None,
        "maxValue": None,
    }
    salary = {
        "compensationType": "Salary",
        "interval": f"1 {pay.period.upper()}",
        "currencyCode": pay.currency,
        "minValue": pay.low,
        "maxValue": pay.high,
    }
    return {
        "compensationTierSummary": f"{summary} • Offers Equity",
        "scrapeableCompensationSalarySummary": summary,
        "compensationTiers": [
            {
                "id": stable_uuid(role.id, "tier"),
                "tierSummary": f"{summary} • Offers Equity",
                "title": None,
                "additionalInformation": None,
                "components": [
                    {"id": stable_uuid(role.id, "equity"), "summary": "Offers Equity", **equity},
                    {"id": stable_uuid(role.id, "salary"), "summary": summary, **salary},
                ],
            }
        ],
        "summaryComponents": [equity, salary],
    }


VENDOR = Vendor(
    name="ashby",
    names=("api.ashbyhq.com", "jobs.ashbyhq.com"),
    routes=(("GET", r"api\.ashbyhq\.com", r"/posting-api/job-board/(?P<board>[\w.%-]+)", jobs),),
    key=lambda slug, name, rng: {"board": slug},
    address=lambda key: f"https://jobs.ashbyhq.com/{key['board']}",
    posting_id=uuid,
    container="jobs",
    shows_pay=True,
)
