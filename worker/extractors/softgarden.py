"""softgarden: one schema.org DataFeed per board, no paging. Checked 2026-11.

Not in the vendor's documentation (https://dev.softgarden.de), whose API wants a token: it is the feed that the career
sites themselves publish, under the vendor's name and on companies' own domains alike. What a posting does not say is
written as `-`. `dateModified` of an element is the last edit. The older boards at acme.softgarden.io publish no feed
and are not read.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from worker import schema_org
from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import mapping, text, whole_number
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

# acme.career.softgarden.de/jobs/63228739/A-Title/. A board on a domain of its own is named by that domain.
DOMAIN = "career.softgarden.de"
BOARD = r"(?:https?://)?(?!www\.)(?P<board>[a-z0-9][a-z0-9-]*)\.career\.softgarden\.de(?::\d+)?(?=[/?#]|$)"

VENDORS_FILES = re.compile(r"""["'(]https?://[\w.-]*\bsoftgarden\.(?:de|io)/""", re.IGNORECASE)
POSTING_PATH = r"/jobs?/\d{5,}(?=[/?#\"'])"


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board: {"numberOfItems", "dataFeedElement": [{"dateModified", "item": {JobPosting}}]}."""
    feed = http.get_json(f"{_site(board)}/jobs.feed.json")
    yield Page(feed, whole_number(mapping(feed).get("numberOfItems")))


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read the JobPosting of every element of the feed."""
    for row in _rows(page.data):
        job = mapping(mapping(row).get("item"))
        for found in each([job], _posting):
            # A skipped row goes by the same id as a read one, so that it protects the posting it was.
            yield replace(found, external_id=_external_id(job)) if isinstance(found, Skipped) else found


def sniff(page: WebPage) -> BoardKey | None:
    """Tell a career site on a company's own domain: files from softgarden, and links to postings of this very site."""
    host = urlsplit(page.url).hostname or ""
    own = rf"""["'](?:https?://{re.escape(host)})?{POSTING_PATH}"""
    if host.endswith((".softgarden.de", ".softgarden.io")) or not VENDORS_FILES.search(page.text):
        return None
    return {"board": host} if re.search(own, page.text) else None


def _site(board: BoardKey) -> str:
    name = board["board"]
    return f"https://{name}" if "." in name else f"https://{name}.{DOMAIN}"


def _rows(feed: Any) -> list[Any]:
    rows = feed.get("dataFeedElement") if isinstance(feed, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the softgarden feed has no list named dataFeedElement")
    return rows


def _external_id(job: Any) -> str | None:
    """The number of the posting: stated, else from its address."""
    in_url = re.search(r"/jobs?/(\d+)(?:[/?#]|$)", text(job.get("url")) or "")
    return schema_org.identifier(job) or (in_url[1] if in_url else None)


def _posting(job: Any) -> Posting:
    found = schema_org.posting(job, external_id=_external_id(job) or "", url=text(job["url"]) or "")
    return replace(found, requisition_id=None)  # the identifier is softgarden's own


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://acme.career.softgarden.de": {"board": "acme"},
        "https://acme.career.softgarden.de/de/jobs/63228739/Hotelfachkraft-100%25/?utm_source=x": {"board": "acme"},
        "http://acme-group.career.softgarden.de/jobs.feed.json": {"board": "acme-group"},
    },
    address=lambda board: f"{_site(board)}/",
    host=DOMAIN,
    rate=3.0,
    pages=pages,
    parse=parse,
    sniff=sniff,
    about=About(
        name="softgarden",
        requests="1",
        paging="none",
        conditional="unknown",
        pay="structured (baseSalary), mostly absent",
        limits="unknown",
        checked="handmade",
    ),
)
