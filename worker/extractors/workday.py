"""Workday (CXS): a POSTed list of 20 rows a page without texts, and a document per posting. Checked 2026-11.

No public documentation: this is what the career sites' own pages ask (https://www.myworkdayjobs.com).

The first page alone tells the total; later pages say 0. On some tenants that total is clamped to 2000 and page 101 is
page 1 again. The counts of the facets are not clamped: they unmask a clamped total, and a facet splits such a board
into queries of less than 2000 postings. `postedOn` ("Posted 3 Days Ago") changes by itself and is not read, so the
date of a posting waits for its detail. There is no "gone": retired tenants answer 404 or 410.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

# A locale leads many addresses (/en-US/Careers, /fr/Careers) and names no board by itself.
LANGUAGES = "ar|bg|cs|da|de|el|en|es|fi|fr|he|hr|hu|id|it|ja|ko|ms|nb|nl|no|pl|pt|ro|ru|sk|sv|th|tr|uk|vi|zh"
LOCALE = rf"(?:[a-z]{{2}}-[a-z]{{2}}|{LANGUAGES})"
SITE = rf"(?!(?:{LOCALE}|wday|recruiting|login|robots\.txt)(?:[/?#]|$))(?P<site>[\w%-]+)(?=[/?#]|$)"
TENANT_HOST = r"(?:https?://)?(?!www\.)(?P<tenant>[a-z0-9][\w-]*)\.(?P<pod>wd\d+)\.myworkdayjobs\.com(?::\d+)?"
SHARED_HOST = r"(?:https?://)?(?P<pod>wd\d+)\.(?P<domain>myworkdaysite\.com)(?::\d+)?/"
URLS = (
    # nvidia.wd5.myworkdayjobs.com/en-US/Careers/job/…, …/Careers/details/…; the API; wd5.myworkdaysite.com, which
    # many tenants share, so that the tenant is a part of the path. acme.wd5.myworkdayjobs.com/en-US names no site.
    rf"{TENANT_HOST}(?:/(?:{LOCALE}/)?{SITE}|(?:/(?:{LOCALE}|wday))?/?(?=[?#]|$))",
    rf"{TENANT_HOST}/wday/cxs/[^/?#]+/{SITE}",
    rf"{SHARED_HOST}(?:{LOCALE}/)?recruiting/(?P<tenant>[\w%-]+)/{SITE}",
    rf"{SHARED_HOST}wday/cxs/(?P<tenant>[\w%-]+)/{SITE}",
)
TENANTS_OWN_DOMAIN = "myworkdayjobs.com"

_ON_PAGE = re.compile(
    r"""\bwindow\.workday\s*=[^{}]{0,100}\{\s*tenant:\s*["'](?P<tenant>[\w-]+)["'],\s*siteId:\s*["'](?P<site>[\w-]+)["']"""
)
_POD = re.compile(r"\b(?P<pod>wd\d+)\.myworkday(?:jobs|site|cdn)?\.com\b", re.IGNORECASE)
_SITEMAP = re.compile(r"^sitemap:\s*(\S+)", re.IGNORECASE | re.MULTILINE)

LIMIT = 20  # 21 is answered with HTTP 400
CLAMP = 2000
MAX_SPLITS = 4
MAX_PAGES = 1000  # 20,000 postings; the largest board known has 19,000

Facets = Mapping[str, Mapping[str, int]]
"""How many postings each value of each facet has: {"jobFamilyGroup": {"0c40f6…": 1771}}."""
Applied = Mapping[str, list[str]]


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"total", "jobPostings": [{"title", "externalPath", …}], "facets": […]}."""
    last, missing = Page(None), None
    for number, page in enumerate(_walk(http, board, {}), start=1):
        if number > 1:
            yield last
        # What one query of a split lacks is said by the last page of all, as nothing is read after a truncated one.
        last, missing = replace(page, truncated=None), missing or page.truncated
        if number == MAX_PAGES:
            missing = missing or f"not read beyond page {MAX_PAGES}"
            break
    yield replace(last, truncated=missing)


def _walk(http: Http, board: BoardKey, applied: Applied) -> Iterator[Page]:
    """Yield every page of one query; a query whose total is clamped is split by a facet into smaller ones."""
    first = _ask(http, board, applied, offset=0)
    total = _total(first)
    # An applied facet goes on counting what it has left out.
    facets = {facet: counts for facet, counts in _facets(first.get("facets")).items() if facet not in applied}
    advertised = _advertised(facets)
    if total != CLAMP or advertised == CLAMP:
        yield from _read_on(http, board, applied, first, total)
    elif len(applied) < MAX_SPLITS and advertised > CLAMP and (facet := _splitting(facets, advertised)):
        # The first page is left out: its rows come again in the queries of the split.
        for values in _groups(facets[facet]):
            for page in _walk(http, board, {**applied, facet: values}):
                yield replace(page, total=advertised)
    else:
        reason = f"Workday shows at most {CLAMP} postings of a query, and no facet splits this one further"
        yield from _read_on(http, board, applied, first, total, reason)


def _read_on(
    http: Http, board: BoardKey, applied: Applied, first: Any, total: int | None, truncated: str | None = None
) -> Iterator[Page]:
    """Yield the first page of a query and those after it, up to its total, an empty page or a repeated one."""
    yield Page(first, total, truncated)
    seen, offset = _paths(first), len(_rows(first))
    while offset and (total is None or offset < total):
        answer = _ask(http, board, applied, offset)
        paths = _paths(answer)
        if not _rows(answer):
            return
        if paths <= seen:
            yield Page(answer, truncated=f"the page at offset {offset} repeats earlier ones")
            return
        yield Page(answer)
        seen |= paths
        offset += len(_rows(answer))


def _ask(http: Http, board: BoardKey, applied: Applied, offset: int) -> Mapping[str, Any]:
    body = {"appliedFacets": dict(applied), "limit": LIMIT, "offset": offset, "searchText": ""}
    answer = http.post_json(f"{_api(board)}/jobs", body)
    _rows(answer)
    return mapping(answer)


def _rows(answer: Any) -> list[Any]:
    rows = answer.get("jobPostings") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Workday list has no list named jobPostings")
    return rows


def _paths(answer: Any) -> set[str]:
    return {str(mapping(row).get("externalPath")) for row in _rows(answer)}


def _total(answer: Any) -> int | None:
    """The total of a first page; 0 beside rows is no total."""
    total = answer.get("total")
    return total if isinstance(total, int) and not isinstance(total, bool) and (total or not _rows(answer)) else None


def _facets(listed: Any) -> dict[str, dict[str, int]]:
    """Flatten facets, which may be groups of facets: {"facetParameter", "values": [{"id", "count"} or a facet]}."""
    found: dict[str, dict[str, int]] = {}
    for facet in map(mapping, items(listed)):
        values = items(facet.get("values"))
        found.update(_facets([value for value in values if "values" in mapping(value)]))
        counts = {str(value["id"]): value["count"] for value in values if _is_counted(value)}
        if counts:
            found[str(facet.get("facetParameter"))] = counts
    return found


def _is_counted(value: Any) -> bool:
    number = mapping(value).get("count")
    return bool(mapping(value).get("id")) and isinstance(number, int) and not isinstance(number, bool) and number > 0


def _is_of_places(facet: str) -> bool:
    """A posting in three places is counted three times by such a facet, in all others once."""
    return "location" in facet.lower()


def _advertised(facets: Facets) -> int:
    """The true total: the largest sum over the values of a facet, as not every facet covers every posting."""
    once = {facet: counts for facet, counts in facets.items() if not _is_of_places(facet)}
    return max((sum(counts.values()) for counts in (once or facets).values()), default=0)


def _splitting(facets: Facets, advertised: int) -> str | None:
    """The facet to split by: one that covers every posting, is not of places, has few values that are too large."""

    def merit(facet: str) -> tuple[bool, bool, int, int]:
        sizes = facets[facet].values()
        too_large = sum(size >= CLAMP for size in sizes)
        return sum(sizes) >= advertised, not _is_of_places(facet), -too_large, sum(sizes)

    return max((facet for facet, counts in facets.items() if len(counts) > 1), key=merit, default=None)


def _groups(counts: Mapping[str, int]) -> Iterator[list[str]]:
    """Group values, which Workday joins by OR, so that each group stays below the clamp; a larger one stands alone."""
    group: list[str] = []
    size = 0
    for value, number in sorted(counts.items(), key=lambda pair: pair[1]):
        if group and size + number >= CLAMP:
            yield group
            group, size = [], 0
        group.append(value)
        size += number
    if group:
        yield group


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `jobPostings`."""
    for found in each(_rows(page.data), lambda row: _posting(row, board), id_field="externalPath"):
        if isinstance(found, Skipped) and found.external_id:
            yield replace(found, external_id=_identity(found.external_id))
        else:
            yield found


def _posting(row: Any, board: BoardKey) -> Posting:
    path = row["externalPath"]
    if not path.startswith("/"):
        raise ValueError(f"externalPath {path!r} is no path")
    identity, place = _identity(path), text(row.get("locationsText"))
    return Posting(
        external_id=identity,
        title=text(row["title"]) or "",
        url=_site(board) + path,
        # "5 Locations", "3 Standorte" name none; the detail does.
        locations=[place] if place and not re.fullmatch(r"\d+ *[^\W\d]+", place) else [],
        workplace=text(row.get("remoteType")),
        employment_type=text(row.get("timeType")),
        requisition_id=_requisition(row, identity),
    )


def _identity(path: str) -> str:
    """What follows the title's slug in a path: `JR2018805-1` of `/job/Santa-Clara/A-Title_JR2018805-1`.

    The path itself moves with title and place. The requisition's number alone would not do: a site may show one
    requisition several times, and those differ only by the suffix `-1`, `-2`. Slugs have no underscore, numbers may
    (`JR_00145400-1`), so the first one parts them.
    """
    last = path.rstrip("/").rpartition("/")[2]
    return last.partition("_")[2] or last


def _requisition(row: Any, identity: str) -> str | None:
    """The bullet that the identity repeats, apart from its suffix; other bullets are places, dates or anything."""
    bullets = map(text, items(row.get("bulletFields")))
    return next(
        (bullet for bullet in bullets if bullet and re.fullmatch(re.escape(bullet) + r"(-\d+)?", identity)), None
    )


def detail(http: Http, board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting: {"jobPostingInfo": {"jobDescription", "location", "startDate", "jobReqId", …}}."""
    return http.get_json(_api(board) + posting.url.removeprefix(_site(board)))


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add text, places, dates and the requisition to a posting of the list."""
    info = mapping(payload).get("jobPostingInfo")
    if not isinstance(info, dict):
        raise UnexpectedPayload(f"Workday posting {posting.external_id} has no jobPostingInfo")
    places = [
        place for value in (info.get("location"), *items(info.get("additionalLocations"))) if (place := text(value))
    ]
    country = _country(info)
    return replace(
        posting,
        locations=places or posting.locations,
        workplace=text(info.get("remoteType")) or posting.workplace,
        country_codes=[country] if country else posting.country_codes,
        employment_type=text(info.get("timeType")) or posting.employment_type,
        posted_at=moment(info.get("startDate")),
        closes_at=moment(info.get("endDate")),
        requisition_id=text(info.get("jobReqId")) or posting.requisition_id,
        description_html=text(info.get("jobDescription")),
    )


def _country(info: Mapping[str, Any]) -> str | None:
    """The country of the first place, as a code where the tenant gives one."""
    of_requisition = mapping(mapping(info.get("jobRequisitionLocation")).get("country"))
    return text(of_requisition.get("alpha2Code")) or text(mapping(info.get("country")).get("descriptor"))


def boards(http: Http, board: BoardKey) -> list[BoardKey]:
    """Return every career site of a tenant: its robots.txt names the sitemap of each (`…/Careers/siteMap.xml`)."""
    sites: dict[str, BoardKey] = {}
    for sitemap in _SITEMAP.findall(http.get_text(f"{_host(board)}/robots.txt")):
        key = EXTRACTOR.recognise(sitemap)
        if key and key["site"] and key["tenant"] == board["tenant"]:
            sites.setdefault(key["site"].lower(), key)
    return list(sites.values())


def sniff(page: WebPage) -> BoardKey | None:
    """Read tenant and site from Workday's own page on another domain, if it also names the data centre."""
    found, pod = _ON_PAGE.search(page.text), _POD.search(page.text)
    if not found or not pod:
        return None
    return {"tenant": found["tenant"], "pod": pod["pod"].lower(), "site": found["site"], "domain": TENANTS_OWN_DOMAIN}


def _host(board: BoardKey) -> str:
    if board["domain"] == TENANTS_OWN_DOMAIN:
        return f"https://{board['tenant']}.{board['pod']}.{TENANTS_OWN_DOMAIN}"
    return f"https://{board['pod']}.{board['domain']}"


def _api(board: BoardKey) -> str:
    return f"{_host(board)}/wday/cxs/{board['tenant']}/{board['site']}"


def _site(board: BoardKey) -> str:
    """The public address; on the shared domain `/{site}` alone answers 500."""
    shared = "" if board["domain"] == TENANTS_OWN_DOMAIN else f"/recruiting/{board['tenant']}"
    return f"{_host(board)}{shared}/{board['site']}"


_ACME = {"tenant": "acme", "pod": "wd5", "site": "Careers", "domain": TENANTS_OWN_DOMAIN}
_ACME_SHARED = {**_ACME, "domain": "myworkdaysite.com"}

EXTRACTOR = Extractor(
    url=URLS,
    fields=("tenant", "pod", "site", "domain"),
    defaults={"domain": TENANTS_OWN_DOMAIN},
    examples={
        "https://acme.wd5.myworkdayjobs.com/Careers": _ACME,
        "https://acme.wd5.myworkdayjobs.com/en-US/Careers?locations=5bd89e45&q=data#top": _ACME,
        "https://acme.wd5.myworkdayjobs.com/fr/Careers/job/Paris/Data-Engineer_JR1001-1/apply": _ACME,
        "http://acme.wd5.myworkdayjobs.com/en-US/Careers/details/Data-Engineer_JR1001?source=LinkedIn": _ACME,
        "https://acme.wd5.myworkdayjobs.com/wday/cxs/acme/Careers/jobs": _ACME,
        "https://wd5.myworkdaysite.com/en-US/recruiting/acme/Careers/job/Paris/Data-Engineer_JR1001": _ACME_SHARED,
        "https://wd5.myworkdaysite.com/recruiting/acme/Careers": _ACME_SHARED,
        "https://wd5.myworkdaysite.com/wday/cxs/acme/Careers/jobs": _ACME_SHARED,
    },
    address=_site,
    host="myworkdayjobs.com",
    rate=4.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    detail_budget=60,
    boards=boards,
    sniff=sniff,
    about=About(
        name="Workday",
        requests="⌈N/20⌉ + N",
        paging="offset, 20 a page; beyond 2,000 split by facets",
        conditional="none",
        pay="not given",
        limits="not documented; bursts are answered 429 or sent away (303)",
        checked="recorded",
    ),
)
