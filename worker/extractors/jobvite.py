"""Jobvite: search pages of 50 rows, and a page with a JobPosting for nearly every posting. Checked 2026-11.

No public documentation: this is what a company's careers site shows (https://jobs.jobvite.com/acme/search?p=0).

Only /search lists everything: a site's home and /jobs show what the employer chose. Pages count from 0. They say of how
many rows they are, and a posting may stand in two rows, so rows are what that number is held against. Templates put
rows into tables, lists or boxes, with a link or a script; all name the posting's address and the same classes. A
posting of several places says only how many there are, its own page says which. An unknown or retired site is a
redirect to another host. The JobPosting's `identifier` is Jobvite's id again and its `industry` the category; the
employer's number stands in the line below the title. `nl=1` is the page as employers frame it into their own, which
the other may be a redirect to.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

from lxml import html

from worker.documents import web_page, words
from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import text
from worker.posting import BoardKey, Page, Posting, Skipped
from worker.schema_org import completed, job_postings

# jobs.jobvite.com/acme/job/oXyz9fwA/apply, and the older …/careers/acme/jobs
NO_BOARDS = r"(?:careers|support|__assets__|api|static|favicon\.ico|robots\.txt)"
BOARD = (
    r"(?:https?://)?jobs\.jobvite\.com(?::\d+)?/(?:careers/)?"
    rf"(?!{NO_BOARDS}(?=[/?#]|$))(?P<board>[\w.%-]+)(?=[/?#]|$)"
)
LINKS = "//*[contains(@href, '/job/') or contains(@onclick, '/job/')]"
LINK = re.compile(
    r"(?:^|[\"'])\s*(?:(?:https?:)?//jobs\.jobvite\.com)?/(?:careers/)?(?P<board>[^/\"']+)/job/(?P<id>\w+)/?(?=[?#\"']|$)"
)
ROW = "ancestor-or-self::*[self::tr or self::li or contains(concat(' ', @class, ' '), ' tr ')][1]"

HOW_MANY = re.compile(r"\d+ [^\W\d]+", re.IGNORECASE)
NUMBER = re.compile(r"Req\.? ?Num\.?:\s*(?P<number>.+)", re.IGNORECASE)
PAY = re.compile(r"\s*Salary:(?P<pay>.*\S)", re.IGNORECASE)
APART, BELOW = "\ue000", "\ue001"  # marks that no text holds
DOUBLE_COMMA = re.compile(r",\s*,")  # of regions that end with one
MAX_PAGES = 200


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page, as web pages."""
    previous: list[str] = []
    received = in_all = 0
    for number in range(1, MAX_PAGES + 1):
        answer = http.get_text(f"{_site(board)}/search", params={"p": number - 1}, redirects=False)
        root = _page(answer)
        ids = [row["id"] for row in _rows(root, board)]
        received += len(ids)
        in_all = max(in_all, _in_all(root))
        more = bool(_class(root, "jv-pagination-next")) or received < in_all
        truncated = None
        if ids and ids == previous:
            truncated = f"page {number} of the list repeats the one before"
        elif not ids and received < in_all:
            truncated = f"{received} of {in_all} rows were received"
        elif ids and more and number == MAX_PAGES:
            truncated = f"not read beyond page {MAX_PAGES}"
        yield Page(answer, truncated=truncated)
        if truncated or not ids or not more:
            return
        previous = ids


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of a page."""
    yield from each(_rows(_page(page.data), board), lambda row: _posting(row, board))


def company(page: Page) -> str | None:
    """Return the company's name, which the page's title has before "Careers"."""
    title, is_one, _ = (words(_page(page.data).find(".//title")) or "").partition(" Careers")
    return text(title) if is_one else None


def _page(answer: Any) -> html.HtmlElement:
    """Raises UnexpectedPayload for a page without Jobvite's classes, which every page of a site has."""
    root = web_page(answer, of="the Jobvite site")
    if not root.xpath("//*[starts-with(@class, 'jv-') or contains(@class, ' jv-')]"):
        raise UnexpectedPayload("the Jobvite site answered with a page that is not Jobvite's")
    return root


def _class(element: html.HtmlElement, name: str) -> list[html.HtmlElement]:
    """What has a class, from the element itself inwards."""
    found: list[html.HtmlElement] = element.xpath(
        "descendant-or-self::*[contains(concat(' ', normalize-space(@class), ' '), $name)]", name=f" {name} "
    )
    return found


def _in_all(root: html.HtmlElement) -> int:
    """Read `1-50 of 2,831`, in any language; 0 where the page does not say it."""
    said = next(filter(None, map(words, _class(root, "jv-pagination-text"))), "")
    numbers = [int(re.sub(r"\D", "", number)) for number in re.findall(r"\d[\d.,]{0,8}", said, re.ASCII)]
    return numbers[-1] if numbers else 0


def _rows(root: html.HtmlElement, board: BoardKey) -> list[dict[str, Any]]:
    """What leads to a posting of this board: {"id", "title", "locations"}."""
    found: dict[tuple[html.HtmlElement, str], dict[str, Any]] = {}
    for element in root.xpath(LINKS):
        link = LINK.search(element.get("href") or "") or LINK.search(element.get("onclick") or "")
        if link and unquote(link["board"]).lower() == unquote(board["board"]).lower():
            row = next(iter(element.xpath(ROW)), element)
            names = [*_class(element, "jv-job-list-name"), element, *_class(row, "jv-job-list-name")]
            title = next(filter(None, map(words, names)), None)
            places = [place for place in map(_place, _class(row, "jv-job-list-location")) if place]
            found.setdefault((row, link["id"]), {"id": link["id"], "title": title, "locations": places[:1]})
    return [*found.values()]


def _place(element: html.HtmlElement) -> str | None:
    """A row's place, not `2 Locations`."""
    said = re.sub(r"\s+,", ",", words(element) or "")
    return said if said and not HOW_MANY.fullmatch(said) else None


def _posting(row: Mapping[str, Any], board: BoardKey) -> Posting:
    return Posting(
        external_id=row["id"],
        title=row["title"],
        url=f"{_site(board)}/job/{row['id']}",
        locations=row["locations"],
    )


def _site(board: BoardKey) -> str:
    return f"https://jobs.jobvite.com/{board['board']}"


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting's page."""
    return http.get_text(posting.url, params={"nl": 1}, redirects=False)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the page's JobPosting says, and the line below its title."""
    root = web_page(payload, of=f"Jobvite posting {posting.external_id}")
    body = next(iter(_class(root, "jv-job-detail-description")), None)
    job = next(iter(job_postings(payload)), None)
    if job is None and body is None:
        raise UnexpectedPayload(f"Jobvite posting {posting.external_id} has neither a JobPosting nor a description")
    found = completed(posting, {**job, "identifier": None, "industry": None}) if job else posting
    if body is not None and not found.description_html and not found.description_text:
        found = replace(found, description_html=html.tostring(body, encoding="unicode", with_tail=False))
    parts, below = _line(root)
    number = next((said["number"] for part in parts if (said := NUMBER.match(part))), None)
    category, *places = [part for part in parts if not NUMBER.match(part)] or [""]
    return replace(
        found,
        locations=[DOUBLE_COMMA.sub(",", place) for place in found.locations] or places,
        department=text((job or {}).get("industry")) or (category if places else None),
        requisition_id=number,
        extras={**found.extras, **({"salary": below} if below else {})},
    )


def _line(root: html.HtmlElement) -> tuple[list[str], str | None]:
    """Read `Category | Place | Place | Req.Num.: 1`, below which may stand `Salary: USD 25.00 - 28.00 Annually`."""
    found = next(iter(_class(root, "jv-job-detail-meta")), None)
    if found is None:
        return [], None
    for mark in found.iter("br", "span"):
        if mark.tag == "br" or "jv-inline-separator" in mark.get("class", ""):
            mark.text = BELOW if mark.tag == "br" else APART
    first, *rest = "".join(found.itertext()).split(BELOW)
    parts = [re.sub(r"\s+,", ",", said) for part in first.split(APART) if (said := " ".join(part.split()))]
    return parts, next((pay["pay"].strip() for line in rest if (pay := PAY.match(line))), None)


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://jobs.jobvite.com/acme": {"board": "acme"},
        "https://jobs.jobvite.com/acme-corp/jobs?nl=1": {"board": "acme-corp"},
        "https://jobs.jobvite.com/acme/search?p=2&q=baker#x": {"board": "acme"},
        "http://jobs.jobvite.com/acme/job/oXyz9fwA/apply?__jvst=Job%20Board": {"board": "acme"},
        "https://jobs.jobvite.com/careers/acme/job/oXyz9fwA": {"board": "acme"},
    },
    address="https://jobs.jobvite.com/{board}/search",
    host="jobs.jobvite.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    guessable=True,
    company=company,
    about=About(
        name="Jobvite",
        requests="⌈N/50⌉ + N",
        paging="by page number, 50",
        conditional="unknown",
        pay="the page's JobPosting",
        limits="none known",
        checked="recorded",
    ),
)
