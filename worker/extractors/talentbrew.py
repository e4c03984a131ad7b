"""TalentBrew (Radancy): search pages of 15 cards or so, and a page per posting with a JobPosting. Checked 2026-11.

No public documentation (https://www.radancy.com). The vendor's sites stand before a company's ATS and live on the
company's own domains only, so a board is known by its pages. `/search-jobs?p=2` is read; the paged results behind it
(`/search-jobs/results`) and everything else below `/search-jobs/` are closed by most sites' robots.txt. The sitemap
would be one request, but ends at 500 or 10,000 postings on large sites and has no titles. `data-total-job-results` is
the total. Dates are written without leading zeros (`2026-9-3`), pay without its period; a few sites have no JobPosting,
and their text is in a box named `ats-description`.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from lxml import etree, html

from worker import schema_org
from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import text
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

OF_TALENTBREW = re.compile(
    r"\btbcdn\.talentbrew\.com/|\btmpwebeng\.com/magicbullet|\bname=[\"']gtm_tbcn_", re.IGNORECASE
)
JOB_PATH = re.compile(r"/[^/?#]*[^/?#\d][^/?#]*/\d+/(\d{5,})/?(?:[?#]|$)")  # …/a-title/27595/95182838288
TOTAL = "data-total-job-results"

MAX_PAGES = 1500


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the search page by page, as HTML: <section id="search-results" data-total-job-results data-total-pages>."""
    found = http.get_page(f"https://{board['host']}/search-jobs")
    base, seen = found.url.partition("?")[0], set[str]()
    for number in range(1, MAX_PAGES + 1):
        root = _document(found.text)
        counters = _counters(root)
        ids = {row["id"] for row in _rows(root)}
        last = not ids or number >= (_count(counters, "data-total-pages") or 1)
        truncated = None
        if ids and ids <= seen:
            truncated = f"page {number} of the search repeats earlier ones"
        elif not last and number == MAX_PAGES:
            truncated = f"not read beyond page {MAX_PAGES}"
        yield Page(found.text, _count(counters, TOTAL), truncated)
        if last or truncated:
            return
        seen |= ids
        found = http.get_page(f"{base}?p={number + 1}")


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every card of the search."""
    root = _document(page.data)
    _counters(root)
    yield from each(_rows(root), lambda row: _posting(row, board))


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for a posting's page."""
    return http.get_text(posting.url)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the page's JobPosting says to a posting of the list, else the text of the page's own box."""
    root = _document(payload)
    listed = replace(posting, department=_category(root) or posting.department)
    if jobs := schema_org.job_postings(payload):
        job = {**jobs[0], "datePosted": None}
        said = schema_org.posting(job, external_id=posting.external_id, url=posting.url, title=posting.title)
        listed = replace(listed, locations=said.locations or posting.locations, posted_at=_date(jobs[0]))
        return schema_org.completed(listed, job)
    if not (body := root.xpath("//div[contains(concat(' ', @class, ' '), ' ats-description ')]")):
        raise UnexpectedPayload(f"the page of TalentBrew posting {posting.external_id} has no JobPosting and no text")
    return replace(listed, description_html=html.tostring(body[0], encoding="unicode", with_tail=False))


def sniff(page: WebPage) -> BoardKey | None:
    """Tell a TalentBrew site by the vendor's files or the metadata of its pages."""
    host = urlsplit(page.url).hostname or ""
    vendors_own = host.endswith((".talentbrew.com", ".radancy.com", ".radancy.net"))
    return {"host": host} if host and not vendors_own and OF_TALENTBREW.search(page.text) else None


def _document(page: Any) -> html.HtmlElement:
    if not isinstance(page, str):
        raise UnexpectedPayload("the TalentBrew site's answer is no page")
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        return html.document_fromstring(page.replace("\0", "").encode(errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnexpectedPayload(f"the TalentBrew site's page cannot be read: {error}") from error


def _counters(root: html.HtmlElement) -> html.HtmlElement:
    """The element that counts the results; without one the page is no search."""
    found = root.xpath(f"//*[@{TOTAL}]")
    if not found:
        raise UnexpectedPayload("the TalentBrew site's search page does not count its results")
    return next((element for element in found if element.get("id") == "search-results"), found[0])


def _count(counters: html.HtmlElement, name: str) -> int | None:
    said = counters.get(name, "").strip()
    return int(said) if re.fullmatch(r"\d{1,7}", said, re.ASCII) else None


def _rows(root: html.HtmlElement) -> list[dict[str, Any]]:
    """One row for each posting that a link of the results leads to: {"id", "path", "title", "location"}."""
    rows: dict[str, dict[str, Any]] = {}
    for link in root.xpath("//a[@href][@data-job-id or ancestor::*[starts-with(@id, 'search-results')]]"):
        path = JOB_PATH.search(link.get("href"))
        if not path:
            continue
        card = next((above for above in link.iterancestors("li", "tr")), link)
        title = _first(link, "h1", "h2", "h3", "h4") or _named(link, "title") or _said(link)
        row = {"id": path[1], "path": link.get("href"), "title": title, "location": _named(card, "location")}
        if not rows.get(path[1], {}).get("title"):
            rows[path[1]] = row
    return [*rows.values()]


def _first(element: html.HtmlElement, *tags: str) -> str | None:
    return next((said for inner in element.iter(*tags) if (said := _said(inner))), None)


def _named(element: html.HtmlElement, word: str) -> str | None:
    """The text of the first element within that has a class speaking of `word`."""
    inner = element.xpath(f".//*[contains(@class, '{word}')]")
    return next((said for one in inner if (said := _said(one))), None)


def _said(element: html.HtmlElement) -> str:
    return " ".join("".join(map(str, element.itertext())).split())


def _posting(row: dict[str, Any], board: BoardKey) -> Posting:
    place = re.sub(r"^Locations?:\s*", "", row["location"] or "")
    url = urljoin(f"https://{board['host']}/", row["path"])
    if urlsplit(url).hostname != board["host"]:
        raise ValueError(f"{url[:200]} is no address of this site")
    return Posting(external_id=row["id"], title=row["title"], url=url, locations=[place] if place else [])


def _date(job: dict[str, Any]) -> datetime | None:
    """Read `2026-9-3`; a time of day after it is not read."""
    found = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", text(job.get("datePosted")) or "")
    try:
        return datetime(*(int(part) for part in found.groups()), tzinfo=UTC) if found else None  # type: ignore[arg-type,misc]
    except ValueError:
        return None


def _category(root: html.HtmlElement) -> str | None:
    return next((said for value in root.xpath("//meta[@name='gtm_tbcn_jobcategory']/@content")
                 if (said := text(str(value)))), None)  # fmt: skip


EXTRACTOR = Extractor(
    url=(),
    fields=("host",),
    examples={},
    address="https://{host}/search-jobs",
    host="{host}",
    rate=2.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    sniff=sniff,
    about=About(
        name="TalentBrew (Radancy)",
        requests="⌈N/15⌉ + N",
        paging="by page number, 15 cards or as many as the company likes",
        conditional="unknown",
        pay="structured (baseSalary) on a few sites, without its period",
        limits="unknown; most sites' robots.txt close /search-jobs/",
        checked="handmade",
    ),
)
