"""JazzHR: one page lists every posting, whose own page has the text and at times a JobPosting. Checked 2026-11.

No public documentation: this is the list that employers frame into their sites
(https://acme.applytojob.com/apply/jobs). It looks alike for all of them; career pages do not.

The page repeats the list for telephones. The time in a row's id is the record's, often years before its publication,
so dates are those of the JobPosting alone, which a third of the postings lack. Its `validThrough` is computed, 90 days
after. What the posting's page says of the employment is finer than its JobPosting ("Part Time to Full Time"). A former
customer's page is another one with status 200, a host nobody has a redirect. An XML feed on app.jazz.co is a daily
copy of what is syndicated only.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lxml import html

from worker import json_ld
from worker.documents import web_page, words
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import text
from worker.posting import BoardKey, Page, Posting, Skipped
from worker.schema_org import completed, job_postings

OWN_HOSTS = r"(?!(?:www|app|api|info|support|help|blog|status|cdn|assets|static|go|mail)\.)"
URLS = (
    # acme.applytojob.com/apply/KqDYKxUH4p/Chief-Baker?source=LINK, …/apply/jobs/details/KqDYKxUH4p
    rf"(?:https?://)?{OWN_HOSTS}(?P<board>[a-z0-9][a-z0-9-]*)\.applytojob\.com(?::\d+)?(?=[/?#]|$)",
    r"(?:https?://)?app\.jazz\.co(?::\d+)?/feeds/export/jobs/(?P<board>[a-z0-9][a-z0-9-]*)(?=[/?#]|$)",
)
LINK = re.compile(r"/apply/jobs/details/(?P<id>[A-Za-z0-9]+)")
FORMER = "Inactive Career Page"
# What a posting's page is built of; employers with a design of their own say -type for -employment.
DESCRIPTION = "//*[@id='job-description' or @id='resumator-job-description']"
EMPLOYMENT = "//*[@id='resumator-job-employment' or @id='resumator-job-type']"
EXPERIENCE = "//*[@id='resumator-job-experience']"
DEPARTMENT = "//*[@id='resumator-job-department' or @title='Department']"


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board as one web page."""
    answer = http.get_text(f"{_site(board)}/apply/jobs", redirects=False)
    if FORMER in (words(web_page(answer, of="the JazzHR board").find(".//title")) or ""):
        raise BoardNotFound(f"{board['board']} is not with JazzHR any more: its career page is inactive")
    yield Page(answer)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of the table `jobs_table`."""
    root = web_page(page.data, of="the JazzHR board")
    if not root.xpath("//table[@id='jobs_table']"):
        raise UnexpectedPayload("the JazzHR page has no table of jobs")
    rows = [_row(row) for row in root.xpath("//table[@id='jobs_table']//tr[starts-with(@id, 'row_job_')]")]
    yield from each(rows, lambda row: _posting(row, board))


def company(page: Page) -> str | None:
    """Return the name of the page's Organization."""
    found = json_ld.items(page.data, "Organization") if isinstance(page.data, str) else []
    return next((name for one in found if (name := text(one.get("name")))), None)


def _row(row: html.HtmlElement) -> dict[str, Any]:
    """What a row says: {"id", "title", "department", "location"}."""
    link, cells = row.find(".//a[@href]"), row.findall("td")
    found = LINK.search(link.get("href")) if link is not None else None
    return {
        **({"id": found["id"]} if found else {}),
        "title": words(link),
        "department": words(row.find(".//*[@class='resumator_department']")),
        "location": words(cells[-1]) if len(cells) > 1 else None,
    }


def _posting(row: Mapping[str, Any], board: BoardKey) -> Posting:
    return Posting(
        external_id=row["id"],
        title=row["title"],
        url=f"{_site(board)}/apply/{row['id']}",
        locations=[row["location"]] if row["location"] else [],
        department=row["department"],
    )


def _site(board: BoardKey) -> str:
    return f"https://{board['board']}.applytojob.com"


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting's page."""
    return http.get_text(posting.url, redirects=False)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the page says: in its JobPosting, if it has one, and by its elements' ids."""
    root = web_page(payload, of=f"JazzHR posting {posting.external_id}")
    job, body = next(iter(job_postings(payload)), None), next(iter(root.xpath(DESCRIPTION)), None)
    if job is None and body is None:
        raise UnexpectedPayload(f"JazzHR posting {posting.external_id} has neither a JobPosting nor a description")
    found = completed(posting, {**job, "validThrough": None}) if job else posting
    if body is not None and not found.description_html and not found.description_text:
        found = replace(found, description_html=html.tostring(body, encoding="unicode", with_tail=False))
    experience = _said(root, EXPERIENCE)
    return replace(
        found,
        department=found.department or _said(root, DEPARTMENT),
        employment_type=_said(root, EMPLOYMENT) or found.employment_type,
        extras={**found.extras, **({"experience": experience} if experience else {})},
    )


def _said(root: html.HtmlElement, path: str) -> str | None:
    """The words of the first such element, without the label that some designs put before them in bold."""
    for element in root.xpath(path)[:1]:
        label = words(element.find("strong")) or ""
        return text((words(element) or "").removeprefix(label))
    return None


EXTRACTOR = Extractor(
    url=URLS,
    examples={
        "https://acme.applytojob.com": {"board": "acme"},
        "https://acme-corp.applytojob.com/apply/KqDYKxUH4p/Chief-Baker?source=LINK#top": {"board": "acme-corp"},
        "http://acme.applytojob.com/apply/jobs/details/KqDYKxUH4p?&": {"board": "acme"},
        "https://app.jazz.co/feeds/export/jobs/acme": {"board": "acme"},
    },
    address="https://{board}.applytojob.com/apply",
    host="applytojob.com",
    rate=4.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    guessable=True,
    company=company,
    about=About(
        name="JazzHR",
        requests="1 + N",
        paging="none",
        conditional="unknown",
        pay="the page's JobPosting, where there is one",
        limits="none known",
        checked="recorded",
    ),
)
