"""Google: one XML feed for job sites holds every open role of the company, with texts, no paging. Checked 2026-11.

https://www.google.com/about/careers/applications/jobs/feed.xml is not documented, but made for machines; the paged
search results beside it are closed by robots.txt and never asked for. It is about 22 MB. It holds the roles of all
employers on the site (Google, YouTube, DeepMind …). A place's parts are spread over city, state and country as it
comes: a country may stand there as a code. Pay is written into the texts only.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import moment, text
from worker.posting import BoardKey, Page, Posting, Skipped

URLS = (
    r"(?:https?://)?careers\.google\.com(?::\d+)?(?=[/?#]|$)",
    # www.google.com/about/careers/applications/jobs/results/105628505345000002-a-title
    r"(?:https?://)?(?:www\.)?google\.com(?::\d+)?(?:/intl/[\w%-]+)?/about/careers(?=[/?#]|$)",
)
APPLICATIONS = "https://www.google.com/about/careers/applications"


def pages(http: Http, _board: BoardKey) -> Iterator[Page]:
    """Yield the feed as XML text."""
    yield Page(http.get_text(f"{APPLICATIONS}/jobs/feed.xml", redirects=False))


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every `job` of the feed."""
    rows = [_row(job) for job in _document(page.data).iter("job")]
    yield from each(rows, _posting, id_field="jobid")


def _document(data: Any) -> etree._Element:
    """Parse without DTD, entities or network. Raises UnexpectedPayload for what is neither empty nor a feed of jobs."""
    if not isinstance(data, str):
        raise UnexpectedPayload("Google's feed is no XML text")
    if "<!DOCTYPE" in data.partition("<job")[0].upper():
        raise UnexpectedPayload("Google's feed is a page or brings a DTD, which it is not known to do")
    # Stating the encoding overrides the prolog's, which spoke of the bytes this text was decoded from.
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data.lstrip("\ufeff \t\r\n").encode(errors="replace"), parser)
    except etree.XMLSyntaxError as error:
        raise UnexpectedPayload(f"Google's feed is broken: {error}") from error
    if root.tag != "jobs" and root.find(".//job") is None:
        raise UnexpectedPayload(f"Google's feed is a {root.tag} document without jobs")
    return root


def _row(job: etree._Element) -> dict[str, Any]:
    # <job><jobid/><title/><url/><published/><description/><employer/><isRemote/><jobtype/>
    #   <locations><location><city/><state/><country/></location>…</locations>
    #   <categories><category/>…</categories></job>
    row: dict[str, Any] = {str(child.tag): child.text for child in job}
    row["locations"] = [
        [text(place.findtext(part)) for part in ("city", "state", "country")] for place in job.iterfind(".//location")
    ]
    row["categories"] = [category.text for category in job.iterfind(".//category")]
    return row


def _posting(row: dict[str, Any]) -> Posting:
    external_id = text(row["jobid"]) or ""
    categories = [word for name in row["categories"] if (word := text(name)) and not word.endswith("_UNSPECIFIED")]
    employer = text(row.get("employer"))
    return Posting(
        external_id=external_id,
        title=text(row["title"]) or "",
        url=f"{APPLICATIONS}/jobs/results/{_slug(row, external_id)}",
        locations=[place for parts in row["locations"] if (place := ", ".join(part for part in parts if part))],
        workplace="remote" if (text(row.get("isRemote")) or "").lower() == "yes" else None,
        country_codes=list(dict.fromkeys(country for _, _, country in row["locations"] if country)),
        department=", ".join(dict.fromkeys(categories)) or None,
        employment_type=text(row.get("jobtype")),
        posted_at=moment(row.get("published")),
        description_html=text(row.get("description")),
        extras={"employer": employer} if employer else {},
    )


def _slug(row: dict[str, Any], external_id: str) -> str:
    """The posting's place on the site: `123-a-title`, of whatever address of it the feed gives; else its number."""
    last = urlsplit(text(row.get("url")) or "").path.rstrip("/").rpartition("/")[2]
    return last if re.fullmatch(rf"{re.escape(external_id)}-[\w%-]+", last) else external_id


EXTRACTOR = Extractor(
    url=URLS,
    defaults={"board": "google"},
    examples={
        "https://careers.google.com/jobs/results/?q=engineer": {"board": "google"},
        "https://www.google.com/about/careers/applications/jobs/results/105628505345000002-baker?hl=en_US": {
            "board": "google"
        },
        "https://google.com/intl/de/about/careers": {"board": "google"},
        "https://www.google.com/about/careers/applications/jobs/feed.xml": {"board": "google"},
    },
    address=f"{APPLICATIONS}/jobs/results/",
    host="www.google.com",
    rate=1.0,
    in_flight=1,
    pages=pages,
    parse=parse,
    about=About(
        name="Google",
        requests="1",
        paging="none",
        conditional="unknown (the answer may be cached for 25 minutes)",
        pay="none (only in the texts)",
        limits="unknown; the paged results are closed by robots.txt, the feed is not",
        checked="handmade",
    ),
)
