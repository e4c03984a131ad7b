"""Oracle Recruiting Cloud: a list of 200 a page without texts, and a document per posting. Checked 2026-11.

https://docs.oracle.com/en/cloud/saas/human-resources/farws/api-recruiting-ce-job-requisitions-requisition-list.html
names the fields of what every candidate site asks; Oracle documents it for its own use.

Limit and offset count only within `finder`: beside it they are ignored, and every page is page 1. Without `expand` the
total comes without rows. Rows are hidden after a page is cut, so that pages in the middle may be short by a few, which
the total still counts. Only the total at offset 0 is one, and no page lies beyond offset 10,000. An unknown site number
is answered with the host's default site. `Language` is a code of Oracle's (`US`), the detail's `ContentLocale` is one
of the web's. A posting that has been withdrawn is a detail without items.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

HOST = r"(?P<host>[a-z0-9][a-z0-9-]*\.fa(?:\.[a-z0-9-]+)*\.oraclecloud\d{0,2}\.com)(?::\d+)?"
SITE = r"(?P<site>[\w.-]+)"
URLS = (
    # ejov.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1/job/25587, …/requisitions/preview/25587
    rf"(?:https?://)?{HOST}/hcmUI/CandidateExperience/(?:[a-z]{{2}}(?:-[a-z]+)?/)?sites/{SITE}(?=[/?#]|$)",
    rf"(?:https?://)?{HOST}/hcmRestApi/resources/[\w.]+/recruitingCEJobRequisition\w*\?[^#]*siteNumber(?:=|%3D){SITE}",
)
API = "https://{host}/hcmRestApi/resources/latest/recruitingCEJobRequisition{resource}"
SITE_ON_PAGE = re.compile(rf"""sitenumber["']?\s*[:=]\s*["']{SITE}["']""", re.IGNORECASE)
HOST_ON_PAGE = re.compile(rf"""apibaseurl["']?\s*[:=]\s*["']https://{HOST}(?=["'/])""", re.IGNORECASE)

LIMIT = 200
WINDOW = 10_000
HIDDEN_MOST = 10
"""Rows that a page may lack and be whole, if it lacks them twice."""

BLANK = re.compile(r"(?:<[^>]*+>|&nbsp;|\s)*+")
"""Markup that says nothing: `<p>&nbsp;<br></p>`."""

EMPLOYMENT = ("JobType", "ContractType", "WorkerType", "JobSchedule")
EXTRAS = ("Category", "JobFunction", "JobShift", "StudyLevel", "LegalEmployer", "BusinessUnit")


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list: {"items": [{"TotalJobsCount", "requisitionList": [{"Id", "Title", "PostedDate", …}]}]}.

    The last page states the total, less the rows that Oracle counts and shows to nobody.
    """
    total: int | None = None
    seen: set[str] = set()
    offset = hidden = 0
    while True:
        answer = _ask(http, board, offset)
        total = _total(answer) if offset == 0 else total
        rows, ids, missing = _rows(answer), _ids(answer), _missing(answer, offset, total)
        hidden += missing if missing and _ids(_ask(http, board, offset)) == ids else 0
        truncated = f"the page at offset {offset} repeats earlier ones" if ids and ids <= seen else None
        seen |= ids
        # Hosts that give fewer rows at a time than they are asked for go on where their page ends.
        offset += LIMIT if missing or len(rows) == LIMIT else len(rows)
        finished = not rows or (total is not None and offset >= total)
        if offset >= WINDOW and not finished:
            truncated = f"Oracle shows at most {WINDOW:,} postings of a site"
        last = finished or truncated is not None
        yield Page(answer, total - hidden if last and total is not None else None, truncated)
        if last:
            return


def _ask(http: Http, board: BoardKey, offset: int) -> Any:
    finder = f"findReqs;siteNumber={board['site']},limit={LIMIT},offset={offset},sortBy=POSTING_DATES_DESC"
    query = {"onlyData": "true", "expand": "requisitionList.secondaryLocations", "finder": finder}
    answer = http.get_json(API.format(host=board["host"], resource="s"), params=query)
    _rows(answer)
    return answer


def _missing(answer: Any, offset: int, total: int | None) -> int:
    """How many rows a page lacks, if they are so few that they may be hidden; a second answer tells."""
    missing = min(LIMIT, (total or 0) - offset) - len(_rows(answer))
    return missing if 0 < missing <= HIDDEN_MOST and _rows(answer) else 0


def _search(answer: Any) -> Mapping[str, Any]:
    found = items(mapping(answer).get("items"))
    return mapping(found[0]) if found else {}


def _rows(answer: Any) -> list[Any]:
    rows = _search(answer).get("requisitionList")
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Oracle list has no requisitionList within its items")
    return rows


def _ids(answer: Any) -> set[str]:
    return {str(mapping(row).get("Id")) for row in _rows(answer)}


def _total(answer: Any) -> int | None:
    """The total of a first page; 0 beside rows is no total."""
    total = _search(answer).get("TotalJobsCount")
    return total if isinstance(total, int) and not isinstance(total, bool) and (total or not _rows(answer)) else None


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `requisitionList`."""
    yield from each(_rows(page.data), lambda row: _posting(row, board), id_field="Id", title_field="Title")


def _posting(row: Any, board: BoardKey) -> Posting:
    external_id = text(row["Id"]) or ""
    countries = [row.get("PrimaryLocationCountry"), *(place.get("CountryCode") for place in _other_places(row))]
    return Posting(
        external_id=external_id,
        title=text(row["Title"]) or "",
        url=f"{_site(board)}/job/{external_id}",
        locations=_locations(row),
        workplace=_workplace(row),
        country_codes=[country for value in countries if (country := text(value))],
        department=text(row.get("Department")) or text(row.get("Organization")),
        team=text(row.get("JobFamily")),
        employment_type=_employment_type(row),
        posted_at=moment(row.get("PostedDate")),
        closes_at=moment(row.get("PostingEndDate")),
        requisition_id=external_id,
        extras=_extras(row),
    )


def _other_places(row: Any) -> list[Mapping[str, Any]]:
    return [mapping(place) for place in items(row.get("secondaryLocations"))]


def _locations(row: Any) -> list[str]:
    names = [row.get("PrimaryLocation"), *(place.get("Name") for place in _other_places(row))]
    return [name for value in names if (name := text(value))]


def _workplace(row: Any) -> str | None:
    return text(row.get("WorkplaceTypeCode")) or text(row.get("WorkplaceType"))


def _employment_type(row: Any) -> str | None:
    """All that is said of it: `Permanent, Full time`."""
    return ", ".join(dict.fromkeys(word for name in EMPLOYMENT if (word := text(row.get(name))))) or None


def _extras(row: Any) -> dict[str, Any]:
    return {name: value for name in EXTRAS if (value := text(row.get(name)))}


def detail(http: Http, board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting: {"items": [{"ExternalDescriptionStr", "ExternalQualificationsStr", "JobSchedule", …}]}."""
    finder = f'ById;Id="{posting.external_id}",siteNumber={board["site"]}'
    query = {"onlyData": "true", "expand": "all", "finder": finder}
    answer = http.get_json(API.format(host=board["host"], resource="Details"), params=query)
    if mapping(answer).get("items") == []:
        raise BoardNotFound(f"Oracle does not show posting {posting.external_id} any more")
    return answer


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add text, employment and language to a posting of the list."""
    info = _search(payload)
    if not info:
        raise UnexpectedPayload(f"Oracle posting {posting.external_id} has no items")
    return replace(
        posting,
        locations=posting.locations or _locations(info),
        workplace=posting.workplace or _workplace(info),
        department=posting.department or text(info.get("Department")) or text(info.get("Organization")),
        employment_type=_employment_type(info) or posting.employment_type,
        posted_at=posting.posted_at or moment(info.get("ExternalPostedStartDate")),
        closes_at=posting.closes_at or moment(info.get("ExternalPostedEndDate")),
        language=text(info.get("ContentLocale")),
        description_html=_description(info),
        extras={**posting.extras, **_extras(info)},
    )


def _description(info: Mapping[str, Any]) -> str | None:
    """What is said of the role. Some templates leave that empty (`<br>`) and fill in what others say of the company."""
    of_role = _joined(info, "ExternalDescriptionStr", "ExternalResponsibilitiesStr", "ExternalQualificationsStr")
    if of_role and not BLANK.fullmatch(of_role):
        return of_role
    return _joined(info, "CorporateDescriptionStr", "OrganizationDescriptionStr")


def _joined(info: Mapping[str, Any], *names: str) -> str | None:
    return "\n".join(part for name in names if (part := text(info.get(name)))) or None


def _site(board: BoardKey) -> str:
    return f"https://{board['host']}/hcmUI/CandidateExperience/en/sites/{board['site']}"


def sniff(page: WebPage) -> BoardKey | None:
    """Read host and site number from the settings in a candidate site's page, also on a company's own domain."""
    host, site = HOST_ON_PAGE.search(page.text), SITE_ON_PAGE.search(page.text)
    return {"host": host["host"].lower(), "site": site["site"]} if host and site else None


_ACME = {"host": "acme.fa.us2.oraclecloud.com", "site": "CX_1"}
_BAKERY = {"host": "fa-evmr-saasfaprod1.fa.ocs.oraclecloud.com", "site": "BakeryCareers"}

EXTRACTOR = Extractor(
    url=URLS,
    fields=("host", "site"),
    examples={
        "https://acme.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/en/sites/CX_1": _ACME,
        "https://acme.fa.us2.oraclecloud.com/hcmUI/CandidateExperience/fr-CA/sites/CX_1/job/25587?utm_medium=x": _ACME,
        "https://acme.fa.us2.oraclecloud.com:443/hcmUI/CandidateExperience/en/sites/CX_1/requisitions?mode=map": _ACME,
        "http://fa-evmr-saasfaprod1.fa.ocs.oraclecloud.com/hcmUI/CandidateExperience/sites/BakeryCareers/jobs": _BAKERY,
        "https://acme.fa.us2.oraclecloud.com/hcmRestApi/resources/latest/recruitingCEJobRequisitions"
        "?onlyData=true&expand=all&finder=findReqs;siteNumber=CX_1,limit=25": _ACME,
    },
    address=_site,
    host="{host}",
    rate=2.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    unknown_reads_empty=True,
    sniff=sniff,
    about=About(
        name="Oracle Recruiting Cloud",
        requests="⌈N/200⌉ + N",
        paging="offset within `finder`, 200 a page",
        conditional="not known",
        pay="not stated in a field",
        limits="10,000 postings of a site; a firewall refuses some data centres (403)",
        checked="recorded",
    ),
)
