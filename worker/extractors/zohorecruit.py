"""Zoho Recruit: a careers page holds its list as JSON, a page per posting its full record. Checked 2026-11.

No public documentation (https://www.zoho.com/recruit/developer-guide/ is the employers' API): the list is the value of
the page's hidden `<input id="jobs">`. A board without openings has the page's other inputs and not this one. The page
shows a bounded number of postings, of which there is no more to be had: 750 were seen at most, on newer pages 50. Which
fields a row has is the employer's choice; the posting's own page, 1.7 MB of it, has all. Too many requests are answered
with a redirect to a page that says it is unavailable. A board belongs to one of Zoho's data centres (.com, .in, .eu …).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lxml import etree, html

from worker.errors import BoardUnavailable, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import mapping, moment, text
from worker.posting import BoardKey, Page, Posting, Skipped

# acme.zohorecruit.com/jobs/Careers/741923000037955058/Head-Baker?source=CareerSite, acme.zohorecruit.in/jobs/Labs
BOARD = (
    r"(?:https?://)?(?!(?:www|accounts|recruit|static|help|css|js|creator|api|app|login)\.)"
    r"(?P<board>[a-z0-9][a-z0-9-]*)\.zohorecruit\.(?P<tld>com\.au|com\.cn|com|in|eu|jp|sa|ca|uk)(?::\d+)?"
    r"(?:/jobs/(?P<portal>[\w%-]+))?(?=[/?#]|$)"
)
DEFAULTS = {"tld": "com", "portal": "Careers"}
OTHER_INPUTS = {"meta", "pageJson", "moduleMeta"}
RECORD = re.compile(r"\bjobs\s*=\s*JSON\.parse\('((?:[^'\\]|\\.)*+)'\)")
ESCAPE = re.compile(r"\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|(.))", re.DOTALL)
MOST = (50, 750)


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the careers page as HTML; its list is [{"id", "Posting_Title", "City", "Job_Description", …}]."""
    page = http.get_text(_site(board))
    number = len(_rows(page))
    full = number in MOST or number > max(MOST)
    yield Page(page, truncated=f"Zoho Recruit shows at most {number} postings" if full else None)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row that is published."""
    rows = [row for row in _rows(page.data) if _is_public(mapping(row))]
    yield from each(rows, lambda row: _posting(row, board), title_field="Posting_Title")


def detail(http: Http, board: BoardKey, posting: Posting) -> Any:
    """Ask for a posting's page, unless its row says enough; its record is [{"Job_Description", "Date_Opened", …}]."""
    if posting.description_html and posting.posted_at:
        return None
    return http.get_text(f"{_site(board)}/{posting.external_id}")


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the record says to a posting of the list, whose columns may be fewer and shorter."""
    found = RECORD.search(payload) if isinstance(payload, str) else None
    records = _decoded(ESCAPE.sub(_unescaped, found[1])) if found else None
    if not isinstance(records, list) or not records:
        raise UnexpectedPayload(f"the page of Zoho Recruit posting {posting.external_id} has no record of a job")
    full = _fields(mapping(records[0]))
    said = {name: value for name, value in full.items() if value}
    return replace(posting, **{**said, "extras": {**posting.extras, **full["extras"]}})


def _site(board: BoardKey) -> str:
    return f"https://{board['board']}.zohorecruit.{board['tld']}/jobs/{board['portal']}"


def _rows(page: Any) -> list[Any]:
    """The list of a careers page; none where the page is one without openings."""
    if not isinstance(page, str):
        raise UnexpectedPayload("the Zoho Recruit board's answer is no page")
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(page.replace("\0", "").encode(errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnexpectedPayload(f"the Zoho Recruit board's page cannot be read: {error}") from error
    inputs = {str(element.get("id")): element for element in root.iter("input")}
    if "jobs" not in inputs:
        if inputs.keys() & OTHER_INPUTS:
            return []
        if "page is currently unavailable" in page:
            raise BoardUnavailable("Zoho Recruit says that the page is unavailable, as it does after too many requests")
        raise UnexpectedPayload("the Zoho Recruit board's page has no input named jobs")
    rows = _decoded(inputs["jobs"].get("value", ""))
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Zoho Recruit board's input named jobs holds no list")
    return rows


def _decoded(said: str) -> Any:
    try:
        return json.loads(said, strict=False)
    except (ValueError, RecursionError):
        return None


def _unescaped(escape: re.Match[str]) -> str:
    """Undo one escape of a JavaScript text in single quotes: of a character by its code, or of the one that follows."""
    code = escape[1] or escape[2]
    return chr(int(code, 16)) if code else {"n": "\n", "t": "\t", "r": "\r"}.get(escape[3], escape[3])


def _is_public(row: Mapping[str, Any]) -> bool:
    return row.get("Is_Locked") is not True and row.get("Publish") is not False


def _posting(row: dict[str, Any], board: BoardKey) -> Posting:
    external_id = text(row["id"]) or ""
    title = text(row.get("Posting_Title")) or text(row["Job_Opening_Name"]) or ""
    return Posting(external_id=external_id, title=title, url=f"{_site(board)}/{external_id}", **_fields(row))


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    """What a row or a record says beside id and title; the employer chooses which columns there are."""
    parts = [text(row.get(name)) for name in ("City", "State", "Country")]
    place = ", ".join(dict.fromkeys(part for part in parts if part and part.strip(".- ")))
    extras = {name.lower(): said for name in ("Industry", "Work_Experience", "Salary") if (said := text(row.get(name)))}
    return {
        "locations": [place] if place else [],
        "workplace": "remote" if row.get("Remote_Job") is True else None,
        "country_codes": [parts[2]] if parts[2] else [],
        "employment_type": text(row.get("Job_Type")),
        "posted_at": moment(row.get("Date_Opened")),
        "description_html": text(row.get("Job_Description")),
        "extras": extras,
    }


_ACME = {"board": "acme", **DEFAULTS}

EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("board", "tld", "portal"),
    defaults=DEFAULTS,
    examples={
        "https://acme.zohorecruit.com/jobs/Careers": _ACME,
        "https://acme.zohorecruit.com/jobs/Careers/741923000037955058/Head-Baker?source=CareerSite#x": _ACME,
        "http://acme-labs.zohorecruit.in": {**_ACME, "board": "acme-labs", "tld": "in"},
        "https://acme.zohorecruit.com.au/jobs/Interns": {"board": "acme", "tld": "com.au", "portal": "Interns"},
    },
    address=_site,
    host="zohorecruit.com",
    rate=1.0,
    in_flight=1,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    detail_budget=20,
    about=About(
        name="Zoho Recruit",
        requests="1 + N (where rows lack text or date)",
        paging="none, 50 or 750 postings at most",
        conditional="unknown",
        pay="none (free text among the extras)",
        limits="about 1,000 requests, then a few minutes of refusals (observed by others)",
        checked="handmade",
    ),
)
