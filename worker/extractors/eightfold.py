"""Eightfold: a list of ten a page without texts, and a document per posting. Checked 2026-11.

No public documentation: this is what the careers sites' own pages ask (https://albemarle.eightfold.ai/careers); their
robots.txt allows both lists by name.

There are two lists, `/api/pcsx/search` and the older `/api/apply/v2/jobs`, and a site has one of them; the other
answers 403. So do both, and 405, when a reader has asked too much (some 290 requests), which is why these are no
refusals here. The newer one wants the company's `domain`, which no host tells: without it 422, with a wrong one a web
page. The careers page holds it in a hidden JSON document. A page is ten rows whatever `num` says. Positions beyond
2,000 cannot be reached. `t_update` moves with every edit. The older list's document of a posting is there for both.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from worker.errors import BoardUnavailable, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import epoch_milliseconds, items, mapping, text, whole_number
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

NO_TENANTS = r"(?:www|api|static|help|support|docs|status|blog|info|go|login|developer)"
TENANT = r"[a-z0-9][a-z0-9-]*\.eightfold\.ai"
DOMAIN = r"(?P<domain>[\w-]+(?:\.[\w-]+)+)"
URLS = (
    # acme.eightfold.ai/careers/job/109955?domain=acme.com; app.eightfold.ai is shared, so that only the domain tells
    rf"(?:https?://)?(?P<host>(?!{NO_TENANTS}\.){TENANT})(?::\d+)?(?=[/?])[^?#]*\?(?:[^#]*&)?domain={DOMAIN}(?=[&#]|$)",
    rf"(?:https?://)?(?P<host>(?!(?:{NO_TENANTS}|app)\.){TENANT})(?::\d+)?(?=[/?#]|$)",
)
NEWER, OLDER = "api/pcsx/search", "api/apply/v2/jobs"
HIDDEN = re.compile(
    r"""<code[^>]*\bid=["'](?:pcsx-data|pcs-data|smartApplyData)["'][^>]*>(?P<json>.*?)</code>""", re.DOTALL
)
DOMAIN_IN_JSON = re.compile(rf'"domain"\s*:\s*"{DOMAIN}"')

PAGE = 10
MOST = 2_000


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"count", "positions": [{"id", "name", …}]}, the newer one within `data`."""
    domain = board["domain"] or _domain(http.get_page(f"https://{board['host']}/careers").text)
    api = NEWER if domain else OLDER
    total: int | None = None
    seen: set[str] = set()
    start = 0
    while True:
        try:
            answer = _ask(http, board, api, domain, start)
        except BoardUnavailable:
            if api == OLDER or start:
                raise
            api = OLDER
            continue
        rows, total = _rows(answer), _total(answer) if start == 0 else total
        known = len(seen)
        seen |= {str(mapping(row).get("id")) for row in rows}
        start += len(rows)
        last = not rows or (len(rows) < PAGE if total is None else start >= total)
        truncated = None
        if rows and len(seen) == known:
            truncated = f"the page at {start - len(rows)} of the list repeats earlier ones"
        elif start >= MOST and not last:
            truncated = f"Eightfold shows at most {MOST:,} positions of a site"
        yield Page(answer, total, truncated)
        if last or truncated:
            return


def _ask(http: Http, board: BoardKey, api: str, domain: str | None, start: int) -> Any:
    query: dict[str, str | int] = {"query": "", "start": start, "sort_by": "timestamp"}
    if domain:
        query["domain"] = domain
    return http.get_json(f"https://{board['host']}/{api}", params=query, redirects=False)


def _rows(answer: Any) -> list[Any]:
    rows = _list(answer).get("positions")
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Eightfold list has no list named positions")
    return rows


def _list(answer: Any) -> Mapping[str, Any]:
    """The newer list has its rows one level deeper than the older."""
    return mapping(mapping(answer).get("data")) or mapping(answer)


def _total(answer: Any) -> int | None:
    return whole_number(_list(answer).get("count"))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `positions`."""
    yield from each(_rows(page.data), lambda row: _posting(row, board), title_field="name")


def _posting(row: Any, board: BoardKey) -> Posting:
    external_id = text(row["id"]) or ""
    places = (text(place) for place in (row.get("location"), *items(row.get("locations"))))
    return Posting(
        external_id=external_id,
        title=text(row["name"]) or text(row.get("posting_name")) or "",
        url=_url(row, board, external_id),
        locations=list(dict.fromkeys(place for place in places if place)),
        workplace=text(row.get("workLocationOption")) or text(row.get("work_location_option")),
        department=text(row.get("department")),
        posted_at=_moment(row.get("postedTs")) or _moment(row.get("t_create")),
        language=text(row.get("locale")),
        requisition_id=text(row.get("displayJobId")) or text(row.get("display_job_id")),
    )


def _url(row: Mapping[str, Any], board: BoardKey, external_id: str) -> str:
    """The public page, often on the company's own domain."""
    path = text(row.get("positionUrl")) or ""
    site = f"https://{board['host']}"
    return text(row.get("canonicalPositionUrl")) or site + (
        path if path.startswith("/careers/") else f"/careers/job/{external_id}"
    )


def _moment(seconds: Any) -> datetime | None:
    is_number = isinstance(seconds, int) and not isinstance(seconds, bool) and seconds > 0
    return epoch_milliseconds(seconds * 1000) if is_number else None


def detail(http: Http, board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting: {"id", "job_description", …}."""
    query = {"domain": board["domain"]} if board["domain"] else None
    return http.get_json(f"https://{board['host']}/{OLDER}/{posting.external_id}", params=query, redirects=False)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add the text to a posting of the list."""
    info = _list(payload)
    name = next((name for name in ("job_description", "jobDescription") if name in info), None)
    if name is None:
        raise UnexpectedPayload(f"Eightfold posting {posting.external_id} has no job_description")
    return replace(posting, description_html=text(info[name]))


def _domain(page: str) -> str | None:
    """The company's domain from the JSON document that a careers page hides, escaped, among its elements."""
    for hidden in HIDDEN.finditer(page):
        if found := DOMAIN_IN_JSON.search(html.unescape(hidden["json"])):
            return found["domain"].lower()
    return None


def sniff(page: WebPage) -> BoardKey | None:
    """A site on a company's own domain is told by its hidden document; it is read at the page's own host."""
    parts, domain = urlsplit(page.url), _domain(page.text)
    if not domain or not parts.hostname or parts.port not in (None, 80, 443):
        return None
    return {"host": parts.hostname, "domain": domain}


def _address(board: BoardKey) -> str:
    return f"https://{board['host']}/careers" + (f"?domain={board['domain']}" if board["domain"] else "")


_ACME = {"host": "acme.eightfold.ai", "domain": ""}
_ACME_NAMED = {"host": "acme.eightfold.ai", "domain": "acme.com"}

EXTRACTOR = Extractor(
    url=URLS,
    fields=("host", "domain"),
    defaults={"domain": ""},
    examples={
        "https://acme.eightfold.ai": _ACME,
        "https://acme.eightfold.ai/careers/job/1099555326551#x": _ACME,
        "https://acme.eightfold.ai/careers?hl=en&domain=acme.com&start=0": _ACME_NAMED,
        "https://acme.eightfold.ai/careers/job/1099555326551-a-title?domain=acme.com": _ACME_NAMED,
        "http://acme.eightfold.ai/api/apply/v2/jobs?domain=acme.com": _ACME_NAMED,
        "https://app.eightfold.ai/careers?domain=acme.com": {"host": "app.eightfold.ai", "domain": "acme.com"},
    },
    address=_address,
    host="{host}",
    rate=1.0,
    in_flight=1,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    statuses={403: BoardUnavailable, 405: BoardUnavailable},
    sniff=sniff,
    about=About(
        name="Eightfold",
        requests="⌈N/10⌉ + N",
        paging="`start`, ten a page",
        conditional="no",
        pay="not stated in a field",
        limits="2,000 positions of a site; 403 and 405 after some 290 requests",
        checked="recorded",
    ),
)
