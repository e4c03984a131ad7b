"""SAP SuccessFactors, the older career portals: one XML document with all postings and their texts. Checked 2026-11.

SAP's note 2428902, "XML Feed for Posted Jobs" (https://userapps.support.sap.com/sap/support/knowledge/en/2428902),
gives the address. It is served under many media types.

The company's name counts with its capitals. A wrong one, and a portal without the feed, is answered with a web page and
status 200. The document is not quite XML: fields that are not set up come as `<>…</>`. What `filter1`, `mfield3` and so
on hold is the employer's choice and told by their labels, known here in English only. `[[…]]` is a place-holder nobody
has filled. Dates are month first, unless a day in the document says otherwise.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from lxml import etree

from worker.documents import words, xml_document
from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import moment, text
from worker.posting import BoardKey, Page, Posting, Skipped

HOST = r"(?P<host>(?:career|performancemanager)\d{0,3}\.(?:successfactors|sapsf)\.(?:com|eu|cn))(?::\d+)?"
BOARD = rf"(?:https?://)?{HOST}/(?:careers?|sf(?:career)?/[\w.]+)/?\?(?:[^#]*&)?company=(?P<company>[\w.-]+)(?=[&#]|$)"

PLACEHOLDER = re.compile(r"\[\[[^\[\]]*\]\]")
SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
MONTHS = 12

LOCATION = ("geographic location", "location", "duty station", "work site")
PARTS_OF_LOCATION = (("city", "town"), ("state", "province", "county"), ("country",))
WORKPLACE = ("work model", "workplace", "work arrangement", "location flexibility", "remote", "working model")
DEPARTMENT = ("department", "job function", "function", "job family", "job category", "career area", "job area")
EMPLOYMENT = ("employment type", "employment status", "contract type", "work schedule", "employment")


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board as XML text."""
    query = {"company": board["company"], "career_ns": "job_listing_summary", "resultType": "XML"}
    yield Page(http.get_text(f"https://{board['host']}/career", params=query, redirects=False))


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every `Job` of the `Job-Listing`."""
    if isinstance(page.data, str) and "<Job-Listing" not in page.data:
        raise UnexpectedPayload(
            f"{board['host']} has no postings of {board['company']}: there is no such company, or it shows no XML feed"
        )
    document = re.sub(r"</?>", "", page.data) if isinstance(page.data, str) else page.data
    root = xml_document(document, of="the SuccessFactors portal", root="Job-Listing")
    rows = [_row(job) for job in root.iterfind("Job")]
    day_first = any(int(found[1]) > MONTHS for row in rows if (found := SLASHED.fullmatch(row["posted"] or "")))
    yield from each(rows, lambda row: _posting(row, board, day_first=day_first))


def _row(job: etree._Element) -> dict[str, Any]:
    # <Job><JobTitle/><Job-Description>CDATA html</Job-Description><ReqId/><Posted-Date/><Location/>
    #   <filter1><label/><value/></filter1><mfield1><label/><value/></mfield1>…</Job>
    said: dict[str, str] = {}
    for field in job:
        label, value = words(field.find("label")), words(field.find("value"))
        if label and (stated := text(PLACEHOLDER.sub(" ", value or ""))):
            said.setdefault(label.lower(), stated)
    return {
        "id": text(job.findtext("ReqId")),
        "title": text(PLACEHOLDER.sub(" ", job.findtext("JobTitle") or "")),
        "description": text(job.findtext("Job-Description")),
        "posted": text(job.findtext("Posted-Date")),
        "location": text(job.findtext("Location")),
        "said": said,
    }


def _posting(row: Mapping[str, Any], board: BoardKey, *, day_first: bool) -> Posting:
    external_id, said = row["id"] or "", row["said"]
    page = f"https://{board['host']}/career?company={board['company']}&career_job_req_id={external_id}&career_ns="
    place = row["location"] or _place(said)
    country = _first(said, ("country",))
    return Posting(
        external_id=external_id,
        title=row["title"] or "",
        url=page + "job_listing",
        apply_url=page + "job_application",
        locations=[place] if place else [],
        workplace=_first(said, WORKPLACE),
        country_codes=[country] if country else [],
        department=_first(said, DEPARTMENT),
        employment_type=_first(said, EMPLOYMENT),
        posted_at=_date(row["posted"], day_first=day_first),
        requisition_id=external_id,
        description_html=row["description"],
    )


def _place(said: Mapping[str, str]) -> str | None:
    whole = {label: value for label, value in said.items() if not any(word in label for word in WORKPLACE)}
    return (
        _first(whole, LOCATION) or ", ".join(filter(None, (_first(whole, part) for part in PARTS_OF_LOCATION))) or None
    )


def _first(said: Mapping[str, str], labels: Sequence[str]) -> str | None:
    """The value under the first of the labels that is a part of one."""
    return next((value for label in labels for stated, value in said.items() if label in stated), None)


def _date(stated: str | None, *, day_first: bool) -> datetime | None:
    found = SLASHED.fullmatch(stated or "")
    if not found:
        return moment(stated)
    first, second, year = map(int, found.groups())
    month, day = (second, first) if day_first else (first, second)
    try:
        return datetime(year, month, day, tzinfo=UTC)
    except ValueError:
        return None


_ACME = {"host": "career5.successfactors.eu", "company": "AcmeP"}

EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("host", "company"),
    examples={
        "https://career5.successfactors.eu/career?company=AcmeP": _ACME,
        "https://career5.successfactors.eu/career?career_ns=job_listing&company=AcmeP&career_job_req_id=7": _ACME,
        "https://career5.successfactors.eu/careers?company=AcmeP&career_ns=job_listing_summary&lang=en#top": _ACME,
        "https://career5.successfactors.eu/sfcareer/jobreqcareer?jobId=14321&company=AcmeP&username=": _ACME,
        "http://performancemanager4.successfactors.com/career?company=acme": {
            "host": "performancemanager4.successfactors.com",
            "company": "acme",
        },
    },
    address="https://{host}/career?company={company}",
    host="{host}",
    rate=2.0,
    pages=pages,
    parse=parse,
    about=About(
        name="SAP SuccessFactors (older portals)",
        requests="1",
        paging="none",
        conditional="not known",
        pay="not stated",
        limits="none known",
        checked="handmade",
    ),
)
