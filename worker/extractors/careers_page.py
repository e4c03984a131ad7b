"""Careers pages: any site that marks its postings up as schema.org JobPosting, read page by page. Checked 2026-11.

https://developers.google.com/search/docs/appearance/structured-data/job-posting, https://www.sitemaps.org/protocol.html

There is no vendor, so nothing tells such a site by its address: a board is the page that was pasted. Its postings are
on the page itself, or on pages of their own that its links, the lists it links to and the site's sitemaps lead to.
Which of those addresses are postings, only their pages say, so they are leads (`worker.leads`): where a sitemap says
when pages changed only those are read again, elsewhere all of them in turn. A posting that the site has taken down, or
whose `validThrough` is over, is not there any more. Where the page's address begins with a language, the others' are
left out.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from worker.careers_site import Site
from worker.errors import BoardNotFound, InvalidInput, NothingListed, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.job_links import identity, is_list, site
from worker.job_pages import SitePage, job_of, rows
from worker.lenient import mapping, text
from worker.normalise import web_address
from worker.posting import BoardKey, Page, Posting, Skipped
from worker.schema_org import completed, job_postings, unreadable
from worker.schema_org import posting as read_posting
from worker.sitemaps import Entry

REREAD_AFTER = timedelta(days=1)
REREAD_AFTER_LASTMOD = timedelta(days=7)
"""Some sites never move it, or take postings down without a word."""


def board_key(address: str) -> dict[str, str]:
    """Return the key of the board that a web page is, whatever page it is. Raises InvalidInput for no web address."""
    url = web_address(address)
    if url is None:
        raise InvalidInput(f"{address[:200]!r} is not a web address")
    parts = urlsplit(url)
    path = parts.path.strip("/") + (f"?{parts.query}" if parts.query else "")
    return {"host": _escaped(parts.netloc.lower()), "path": _escaped(path), "scheme": parts.scheme.lower()}


def _escaped(value: str) -> str:
    return quote(value, safe="").replace("~", "%7E")


def address(board: BoardKey) -> str:
    """Return the address of a board's page."""
    return f"{board['scheme']}://{unquote(board['host'])}/{unquote(board['path'])}"


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the board's page as text where all is on it, else {"pages": [{url, html}], "entries": […], "tried": […]}.

    That takes 40 requests at most. A page that is gone is passed over while sitemaps name what may be postings.
    """
    found = Site(http, address(board))
    gone = None
    try:
        found.read_lists()
    except BoardNotFound as error:
        gone = error
    alone = len(found.pages) == 1 and found.pages[0].says_it_all
    if alone and found.pages[0].url == found.home:
        yield Page(found.pages[0].html, truncated=found.left_out)
        return
    if not alone:
        found.read_sitemaps()
    if gone and not found.entries:
        raise gone
    data = {
        "pages": [{"url": page.url, "html": page.html} for page in found.pages],
        "entries": [[entry.url, entry.lastmod] for entry in found.entries],
        "tried": found.tried,
    }
    yield Page(data, truncated=found.left_out)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read the postings on the pages, and the addresses that look like postings' as leads; what is over is left out.

    Raises NothingListed where there is neither.
    """
    fetched, entries, tried = _fetched(page.data, board)
    home = address(board)
    found = rows(fetched, entries, home)
    if not found:
        links = sum(len(one.links) for one in fetched)
        raise NothingListed(
            f"no posting could be found at {home}: no schema.org JobPosting (JSON-LD, microdata, RDFa) on the "
            f"{len(fetched)} pages read, no address of one among their {links} links, and none in sitemaps "
            f"(tried: {', '.join(tried[:5]) or 'none'}). Either none is open, or the site shows them by script alone; "
            "paste the address of the job list, or of the ATS behind it"
        )
    for row in each(found, _posting, leads=True):
        if isinstance(row, Skipped) or not _is_over(row):
            yield row


def _fetched(data: Any, board: BoardKey) -> tuple[list[SitePage], list[Entry], list[str]]:
    if isinstance(data, str):
        return [SitePage(address(board), data)], [], []
    try:
        fetched = [SitePage(str(one["url"]), str(one["html"])) for one in data["pages"]]
        return fetched, [Entry(url, lastmod) for url, lastmod in data["entries"]], data["tried"]
    except (KeyError, TypeError, ValueError) as error:
        raise UnexpectedPayload("what was read of the careers page has not the shape it should have") from error


def _posting(row: dict[str, Any]) -> Posting:
    if "job" not in row:
        extras = {name: row[name] for name in ("lastmod", "pattern") if row[name]}
        return Posting(external_id=row["id"], title="", url=row["url"], extras=extras)
    if not row["id"]:
        raise ValueError(f"{row['url']} gives it neither an address of its own nor an identifier")
    found = _read(row["job"], row["id"], row["url"])
    if row["lastmod"] and not found.description_html and not found.description_text:
        found.extras["lastmod"] = row["lastmod"]  # its own page tells the rest
    return found


def _read(job: Any, external_id: str, url: str) -> Posting:
    return read_posting(job, external_id=external_id, url=url, title=text(job.get("name")))


def _is_over(posting: Posting) -> bool:
    """Whether a posting's `validThrough` has passed; a date alone lasts until its day is over everywhere."""
    closes = posting.closes_at
    if closes is None:
        return False
    lasts = timedelta(days=1, hours=12) if (closes.hour, closes.minute) == (0, 0) else timedelta()
    return closes + lasts < datetime.now(UTC)


def detail(http: Http, board: BoardKey, posting: Posting) -> dict[str, Any] | None:
    """Return {"url", "html", "is_list"} of a posting's page; None where its row says all there is."""
    home = address(board)
    described = posting.description_html or posting.description_text
    elsewhere = site(posting.url) != site(home) or identity(posting.url) == identity(home)
    if posting.title and (described or elsewhere):
        return None
    page = http.get_page(posting.url)
    here = identity(page.url)
    is_sent_to_list = here != identity(posting.url) and is_list(page.url)
    return {"url": page.url, "html": page.text, "is_list": here == identity(home) or is_sent_to_list}


def parse_detail(posting: Posting, payload: Any) -> Posting | None:
    """Read a posting's page; None if it holds no posting, or one that is over.

    Raises UnexpectedPayload for one that it holds but that cannot be read.
    """
    page = mapping(payload)
    if not isinstance(page.get("html"), str) or not isinstance(page.get("url"), str):
        raise UnexpectedPayload("a posting's page did not arrive as a page")
    job = job_of(
        job_postings(page["html"]), page["url"], wanted=posting.url, external_id=posting.external_id,
        is_list=bool(page.get("is_list")),
    )  # fmt: skip
    if job is None and unreadable(page["html"]):
        raise UnexpectedPayload(f"the JobPosting at {posting.url} is JSON-LD that cannot be read")
    if posting.title:
        found = completed(posting, job) if job else posting
        found.extras.pop("lastmod", None)
        return found
    try:
        read = _read(job, posting.external_id, posting.url) if job else None
    except KeyError as error:
        raise UnexpectedPayload(f"the JobPosting at {posting.url} has no title") from error
    return None if read is None or _is_over(read) else read


def reread_after(posting: Posting) -> timedelta:
    """How long a posting's page is believed to stay as it is while nothing says that it has changed."""
    return REREAD_AFTER_LASTMOD if posting.extras.get("lastmod") else REREAD_AFTER


def company(page: Page) -> str | None:
    """Return who hires, as the first posting on the first page says."""
    markup = [page.data] if isinstance(page.data, str) else [one["html"] for one in page.data["pages"][:1]]
    stated = [mapping(job.get("hiringOrganization")).get("name") for one in markup for job in job_postings(one)]
    return next(filter(None, map(text, stated)), None)


EXTRACTOR = Extractor(
    url=(),
    fields=("host", "path", "scheme"),
    defaults={"path": "", "scheme": "https"},
    examples={},
    address=address,
    host="{host}",
    rate=2.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    detail_budget=100,
    reread_after=reread_after,
    unknown_reads_empty=True,
    company=company,
    about=About(
        name="Careers page",
        requests="1 where all is on one page; else up to 40 and 1 for each new or changed posting",
        paging="links to further pages and lists; sitemaps and their indexes",
        conditional="what the site honours, where all is on one page",
        pay="baseSalary",
        limits="100 pages of postings a run; the 20,000 newest addresses",
        checked="recorded",
    ),
)
