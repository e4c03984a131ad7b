"""ADP Workforce Now: a list of 20 a page and language without texts, and a document per posting. Checked 2026-11.

No public documentation: this is what the career center's own page asks (https://workforcenow.adp.com). Others have
measured that the host answers 200 requests a minute, over all clients together, and 429 from then on.

`lang` is a filter: a posting is listed under its own language alone, so every language that the career center names is
asked. A language without postings answers an empty list without `meta`, as an empty board does; a career center that
does not exist does so too, but says that it is not published. `$top` is cut to 20, and `$skip` counts from 1. The id
is `ExternalJobID`, which the details are asked by; `itemID` is another one. A detail that is not there any more is
answered with an almost empty document.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, items, mapping, moment, text, whole_number
from worker.posting import BoardKey, Page, Posting, Salary, Skipped

# …/recruitment.html?cid=<uuid>&ccId=19000101_000001&lang=en_US&jobId=523461, in any order
BOARD = (
    r"(?:https?://)?(?P<host>workforcenow(?:\.cloud)?\.adp\.com)(?::\d+)?/mascsr/default/"
    r"(?:mdf/recruitment/recruitment\.html|careercenter/public/events/staffing/v1/job-requisitions(?:/[^/?#]*)?)"
    r"\?(?=(?:[^#]*&)?cid=(?P<client>[0-9a-f-]{36})(?:[&#]|$))(?:(?=(?:[^#]*&)?ccId=(?P<center>\d+_\d+)(?:[&#]|$))|)"
)
FIRST_CENTER = "19000101_000001"

# Where a career center names no languages: those that postings have been seen in.
LANGUAGES = ("en_US", "en_CA", "fr_CA", "es_US")
MAX_PAGES = 500


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the list page by page and language by language.

    {"jobRequisitions": [{"itemID", "requisitionTitle", "customFieldGroup": {…}, …}], "meta": {"totalNumber"}}; each
    page is given its `lang`.
    """
    languages = _languages(http, board)
    for language in languages:
        for page in _walk(http, board, language):
            # Only a single language's total is the board's: a posting may be listed in several.
            yield replace(page, total=page.total if len(languages) == 1 else None)
            if page.truncated:
                return


def _languages(http: Http, board: BoardKey) -> list[str]:
    """Return the languages the career center posts in, English first."""
    answer = http.get_json(f"{_api(board)}/content-links/career-center", params=_query(board))
    about = mapping(mapping(mapping(answer).get("meta")).get("customFieldGroup"))
    if _field(about, "indicatorFields", "PublishedIndicator", "indicatorValue") is False:
        raise BoardNotFound(f"ADP says that this client has no published career center {board['center']}")
    named = {language for language in _strings(about, "Locale") if re.fullmatch(r"[a-z]{2}_[A-Z]{2}", language)}
    return sorted(named, key=lambda language: (not language.startswith("en"), language)) or list(LANGUAGES)


def _walk(http: Http, board: BoardKey, language: str) -> Iterator[Page]:
    seen: set[str | None] = set()
    skip = 1
    for number in range(1, MAX_PAGES + 1):
        params = {**_query(board), "lang": language, "locale": language, "$top": 20, "$skip": skip}
        answer = http.get_json(f"{_api(board)}/job-requisitions", params=params)
        rows, total = _rows(answer), _total(answer)
        ids = {_identity(mapping(row)) for row in rows}
        repeated = bool(ids) and ids <= seen
        seen |= ids
        finished = not rows or (total is not None and len(seen) >= total)
        truncated = None
        if repeated or (not rows and total is not None and len(seen) < total):
            truncated = f"the list in {language} ends after {len(seen)} of {total} postings"
        elif number == MAX_PAGES and not finished:
            truncated = f"the list in {language} is not read beyond page {MAX_PAGES}"
        yield Page({**answer, "lang": language}, total, truncated)
        if finished or truncated:
            return
        skip += len(rows)


def parse(page: Page, board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `jobRequisitions`."""
    rows = _rows(page.data)
    language = text(page.data.get("lang")) or LANGUAGES[0]
    for row in rows:
        for found in each([row], lambda row: _posting(row, board, language), title_field="requisitionTitle"):
            # A skipped row goes by the same id as a read one, so that it protects the posting it was.
            yield replace(found, external_id=_identity(mapping(row))) if isinstance(found, Skipped) else found


def detail(http: Http, board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting in its own language: a row of the list with its `requisitionDescription`."""
    language = posting.language or LANGUAGES[0]
    params = {**_query(board), "lang": language, "locale": language}
    return http.get_json(f"{_api(board)}/job-requisitions/{posting.external_id}", params=params)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add the text to a posting of the list."""
    if text(mapping(payload).get("requisitionTitle")) is None:
        raise UnexpectedPayload(
            f"ADP posting {posting.external_id} has no requisitionTitle, so it is closed or changed"
        )
    return replace(posting, description_html=text(payload.get("requisitionDescription")))


def _page(board: BoardKey) -> str:
    path = "mascsr/default/mdf/recruitment/recruitment.html"
    return f"https://{board['host']}/{path}?cid={board['client']}&ccId={board['center']}"


def _api(board: BoardKey) -> str:
    return f"https://{board['host']}/mascsr/default/careercenter/public/events/staffing/v1"


def _query(board: BoardKey) -> dict[str, str | int]:
    return {"cid": board["client"], "ccId": board["center"]}


def _rows(answer: Any) -> list[Any]:
    rows = answer.get("jobRequisitions") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the ADP list has no list named jobRequisitions")
    return rows


def _total(answer: Any) -> int | None:
    return whole_number(mapping(answer.get("meta")).get("totalNumber"))


def _posting(row: Any, board: BoardKey, language: str) -> Posting:
    external_id = _identity(row) or ""
    places = [mapping(place) for place in items(row.get("requisitionLocations"))]
    return Posting(
        external_id=external_id,
        title=text(row["requisitionTitle"]) or "",
        url=f"{_page(board)}&lang={language}&jobId={external_id}",
        locations=[name for place in places if (name := text(mapping(place.get("nameCode")).get("shortName")))],
        employment_type=text(mapping(row.get("workLevelCode")).get("shortName")),
        salary=_salary(row),
        posted_at=moment(row.get("postDate")),
        language=language,
        requisition_id=text(row.get("clientRequisitionID")),
        extras={"job_class": job_class} if (job_class := _custom(row, "JobClass")) else {},
    )


def _identity(row: Mapping[str, Any]) -> str | None:
    return _custom(row, "ExternalJobID") or text(row.get("itemID"))


def _custom(row: Mapping[str, Any], code: str) -> str | None:
    return next(iter(_strings(mapping(row.get("customFieldGroup")), code)), None)


def _fields(group: Mapping[str, Any], kind: str, code: str) -> list[Mapping[str, Any]]:
    """ADP's own fields of one name: {"stringFields": [{"nameCode": {"codeValue": "JobClass"}, "stringValue": …}]}."""
    fields = (mapping(field) for field in items(group.get(kind)))
    return [field for field in fields if mapping(field.get("nameCode")).get("codeValue") == code]


def _field(group: Mapping[str, Any], kind: str, code: str, value: str) -> Any:
    return next((field.get(value) for field in _fields(group, kind, code)), None)


def _strings(group: Mapping[str, Any], code: str) -> list[str]:
    return [word for field in _fields(group, "stringFields", code) if (word := text(field.get("stringValue")))]


def _salary(row: Mapping[str, Any]) -> Salary | None:
    bounds = mapping(row.get("payGradeRange"))
    rates = [mapping(bounds.get(name)) for name in ("minimumRate", "maximumRate")]
    lowest, highest = (amount(rate.get("amountValue")) for rate in rates)
    if lowest is None and highest is None:
        return None
    currency = next((code for rate in rates if (code := text(rate.get("currencyCode")))), None)
    group = mapping(row.get("customFieldGroup"))
    names = (text(_field(group, "codeFields", "SalaryType", name)) for name in ("shortName", "codeValue"))
    return Salary(lowest, highest, currency, next(filter(None, names), None))


_ID = "4f8b9ec0-1c2d-4e3f-8a5b-6c7d8e9f0a1b"
_ACME = {"client": _ID, "center": FIRST_CENTER, "host": "workforcenow.adp.com"}
_RECRUITMENT = "mascsr/default/mdf/recruitment/recruitment.html"

EXTRACTOR = Extractor(
    url=(BOARD,),
    fields=("client", "center", "host"),
    defaults={"center": FIRST_CENTER, "host": "workforcenow.adp.com"},
    examples={
        f"https://workforcenow.adp.com/{_RECRUITMENT}?cid={_ID}&ccId={FIRST_CENTER}&lang=en_US": _ACME,
        f"https://workforcenow.adp.com/{_RECRUITMENT}?cid={_ID}": _ACME,
        f"https://workforcenow.adp.com/{_RECRUITMENT}?ccId=9201289910657_2&type=MP&lang=fr_CA&cid={_ID}&jobId=523461": {
            **_ACME,
            "center": "9201289910657_2",
        },
        f"https://workforcenow.cloud.adp.com/{_RECRUITMENT}?cid={_ID}&selectedMenuKey=CareerCenter#top": {
            **_ACME,
            "host": "workforcenow.cloud.adp.com",
        },
        "https://workforcenow.adp.com/mascsr/default/careercenter/public/events/staffing/v1/job-requisitions/523461"
        f"?cid={_ID}&ccId={FIRST_CENTER}": _ACME,
    },
    address=_page,
    host="workforcenow.adp.com",
    rate=2.5,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    about=About(
        name="ADP Workforce Now",
        requests="1 + ⌈N/20⌉ for each language + N",
        paging="rows skipped from 1, 20 a page, to the advertised total of a language",
        conditional="none known",
        pay="the list's pay grade, where the employer shows it",
        limits="200 requests a minute, measured by others",
        checked="handmade",
    ),
)
