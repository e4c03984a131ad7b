"""BrassRing (Kenexa): lists of 50 POSTed for with the token of a page, and a page per posting. Checked 2026-11.

No public documentation: this is what a careers site's own page asks
(https://sjobs.brassring.com/TGnewUI/Search/Home/Home?partnerid=25416&siteid=5429).

That page is asked first: it sets the cookies and holds the token and the session that lists are asked with. Without
them the answer is an empty list that counts nothing, so the page's own count is held against an empty answer. Some
sites count nothing at all and begin anew after their last page. Fields are named by each employer's own form
(`formtext8`); what they mean, the posting's page says in its labels, known here in English only. `lastupdated` is the
last edit. `reqid` is the posting's number, `autoreq` the employer's.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lxml import html

from worker.documents import web_page
from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, text
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

HOST = r"(?P<host>(?!(?:www|media|help|support)\.)[a-z0-9-]+\.brassring\.com)(?::443)?"
# sjobs.brassring.com/TGnewUI/Search/Home/Home?partnerid=25416&siteid=5429, …/HomeWithPreLoad?siteid=5&partnerid=6
BOARD = (
    rf"(?:https?://)?{HOST}/[^?#]*\?(?=(?:[^#]*&)?partnerid=(?P<partner>\d{{1,9}})(?:[&#]|$))"
    r"(?=(?:[^#]*&)?siteid=(?P<site>\d{1,9})(?:[&#]|$))"
)
GATEWAY = re.compile(r"/TGnewUI/", re.IGNORECASE)
ID = re.compile(r"\d{1,9}", re.ASCII)

SIZE = 50
MAX_PAGES = 200
SHORTEST_TEXT = 100

# What the labels of a posting's page are called.
PLACE = re.compile(r"^(?:job |work |primary )?locations?$", re.IGNORECASE)
CITY = re.compile(r"\bcity\b", re.IGNORECASE)
REGION = re.compile(r"^(?!.*\bcountry\b).*\b(?:state|province)\b", re.IGNORECASE)
COUNTRY = re.compile(r"\bcountry\b", re.IGNORECASE)
EMPLOYMENT = re.compile(r"^(?:employment|job|position|contract) type$", re.IGNORECASE)
WORKPLACE = re.compile(r"^(?:work(?:place)? (?:arrangement|model|type)|work mode)$", re.IGNORECASE)
MARKUP = re.compile(r"<(?:p|br|ul|ol|li|div)\b", re.IGNORECASE)


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page: {"Jobs": {"Job": [{"Questions": [{"QuestionName", "Value"}]}]}, "JobsCount"}."""
    root = web_page(http.get_text(_home(board)), of="the BrassRing site")
    headers = {"RFT": _token(root), "X-Requested-With": "XMLHttpRequest"}
    seen: set[str] = set()
    for number in range(1, MAX_PAGES + 1):
        answer = http.post_json(_list(board), _body(root, board, number), headers=headers)
        ids = {str(_said(row).get("reqid")) for row in _rows(answer)}
        total = _number(answer.get("JobsCount"))
        if number == 1 and not ids and (total or _counted(root)):
            raise UnexpectedPayload("the BrassRing site counts postings and its list holds none")
        known = len(seen)
        seen |= ids
        last = len(seen) == known or (total is not None and number * SIZE >= total)
        truncated = f"not read beyond page {MAX_PAGES}" if number == MAX_PAGES and not last else None
        yield Page(answer, total, truncated)
        if last:
            return


def _token(root: html.HtmlElement) -> str:
    token = _input(root, "__RequestVerificationToken")
    if not re.fullmatch(r"[\w.~+/=:-]{1,500}", token, re.ASCII):
        raise UnexpectedPayload("the BrassRing site's page holds no token to ask its list with")
    return token


def _input(root: html.HtmlElement, name: str) -> str:
    found = root.xpath("//input[@name=$name or @id=$name]/@value", name=name)
    return str(found[0]) if found else ""


def _body(root: html.HtmlElement, board: BoardKey, number: int) -> dict[str, Any]:
    """What the page's script asks its list with, for all postings."""
    return {
        "partnerId": board["partner"],
        "siteId": board["site"],
        "keyword": "",
        "location": "",
        "keywordCustomSolrFields": "",
        "locationCustomSolrFields": "",
        "linkId": "",
        "Latitude": 0,
        "Longitude": 0,
        "facetfilterfields": {"Facet": []},
        "powersearchoptions": {"PowerSearchOption": []},
        "SortType": "LastUpdated",
        "pageNumber": number,
        "encryptedSessionValue": _input(root, "CookieValue"),
    }


def _counted(root: html.HtmlElement) -> int | None:
    """How many postings the site's own page counts, where it does."""
    return _number(mapping(_json(_input(root, "searchResults"))).get("TotalCount"))


def _json(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None


def _number(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every one of `Jobs`."""
    rows = map(_said, _rows(page.data))
    yield from each(rows, lambda said: _posting(said, board), id_field="reqid", title_field="jobtitle")


def _rows(data: Any) -> list[Any]:
    """The postings of a list; an empty one has `Jobs` or its `Job` as null."""
    jobs = mapping(data).get("Jobs", {})
    rows = {"Job": None} if jobs is None else mapping(jobs)
    if "Job" not in rows or not isinstance(rows["Job"], list | None):
        raise UnexpectedPayload("the BrassRing list has no list of Jobs")
    return rows["Job"] or []


def _said(row: Any) -> dict[str, str]:
    """The fields of a row by their names: {"reqid": "7", "jobtitle": "Baker", "formtext8": "Leeds"}."""
    questions = [mapping(question) for question in items(mapping(row).get("Questions"))]
    named = ((text(question.get("QuestionName")), text(question.get("Value"))) for question in questions)
    return {name.lower(): value for name, value in named if name and value}


def _posting(said: Mapping[str, str], board: BoardKey) -> Posting:
    place = said.get("location")
    return Posting(
        external_id=said["reqid"],
        title=said["jobtitle"],
        url=_address(board, "home/HomeWithPreLoad") + f"&PageType=JobDetails&jobid={said['reqid']}",
        locations=[place] if place else [],
        department=said.get("department"),
        requisition_id=said.get("autoreq"),
        description_html=said.get("jobdescription"),
    )


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting's page."""
    return http.get_text(posting.url)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the labels of the posting's page say; its longer answers are the text."""
    loaded = _json(_input(web_page(payload, of="the BrassRing site"), "preLoadJSON"))
    questions = [mapping(one) for one in items(mapping(mapping(loaded).get("Jobdetails")).get("JobDetailQuestions"))]
    if not questions:
        raise UnexpectedPayload(f"BrassRing posting {posting.external_id} has no JobDetailQuestions in its page")
    answers = ((text(one.get("QuestionName")) or "", text(one.get("AnswerValue"))) for one in questions)
    said = [(label.rstrip(" :"), value) for label, value in answers if value]
    texts = [(label, value) for label, value in said if MARKUP.search(value) or len(value) >= SHORTEST_TEXT]
    short = [answer for answer in said if answer not in texts]
    place = _first(short, PLACE) or ", ".join(filter(None, (_first(short, part) for part in (CITY, REGION, COUNTRY))))
    whole = "".join((f"<h3>{escape(label)}</h3>" if label else "") + f"<div>{value}</div>" for label, value in texts)
    return replace(
        posting,
        locations=posting.locations or ([place] if place else []),
        workplace=_first(short, WORKPLACE),
        employment_type=_first(short, EMPLOYMENT),
        description_html=whole or posting.description_html,
    )


def _first(said: list[tuple[str, str]], label: re.Pattern[str]) -> str | None:
    return next((value for name, value in said if label.search(name)), None)


def _address(board: Mapping[str, str], name: str) -> str:
    return f"https://{board['host']}/TGnewUI/Search/{name}?partnerid={board['partner']}&siteid={board['site']}"


def _home(board: BoardKey) -> str:
    return _address(board, "Home/Home")


def _list(board: BoardKey) -> str:
    return f"https://{board['host']}/TgNewUI/Search/Ajax/ProcessSortAndShowMoreJobs"


def sniff(page: WebPage) -> BoardKey | None:
    """Read the key on a company's own host: from the address, else from the hidden fields of the page."""
    address = urlsplit(page.url)
    if not GATEWAY.match(address.path) or "CookieValue" not in page.text or not address.hostname:
        return None
    if address.port not in (None, 80, 443):
        return None
    asked = {name.lower(): value for name, value in parse_qsl(address.query)}
    root = web_page(page.text, of="the site")
    partner = asked.get("partnerid") or _input(root, "partnerId")
    site = asked.get("siteid") or _input(root, "siteId")
    known = ID.fullmatch(partner) and ID.fullmatch(site)
    return {"host": address.hostname, "partner": partner, "site": site} if known else None


EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("host", "partner", "site"),
    examples={
        "https://sjobs.brassring.com/TGnewUI/Search/Home/Home?partnerid=25416&siteid=5429": {
            "host": "sjobs.brassring.com", "partner": "25416", "site": "5429",
        },
        "https://krb-sjobs.brassring.com/TGnewUI/Search/home/HomeWithPreLoad?PageType=JobDetails&siteId=5476"
        "&partnerId=30013&jobid=1998515#jobDetails=1998515_5476": {
            "host": "krb-sjobs.brassring.com", "partner": "30013", "site": "5476",
        },
    },
    address=_home,
    host="{host}",
    rate=1.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    sniff=sniff,
    about=About(
        name="BrassRing",
        requests="1 + ⌈N/50⌉ + N",
        paging="`pageNumber`, 50 a page",
        conditional="no",
        pay="no",
        limits="none known",
        checked="handmade",
    ),
)  # fmt: skip
