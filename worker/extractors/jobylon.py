"""Jobylon: one page per board with every posting in a script, and a page per posting with the text. Checked 2026-11.

No public documentation: this is the widget that companies embed (https://cdn.jobylon.com/embedder.js). Boards are
numbers, of a company or of a group of companies; an unknown one is 404. The postings are a literal of JavaScript, not
JSON: keys stand bare, texts in single quotes, commas trail. `None` is Jobylon's word for nothing. Dates are written in
the reader's language, so they are read from the posting's page, a schema.org JobPosting.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, text
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage
from worker.schema_org import completed, job_postings

URLS = (
    # cdn.jobylon.com/jobs/company-groups/241/embed/v2/
    r"(?:https?:)?(?://)?cdn\.jobylon\.com(?::\d+)?/jobs/(?P<kind>companies|company-groups)/(?P<board>\d+)/embed(?=[/?#]|$)",
    # emp.jobylon.com/companies/1955-acme/
    r"(?:https?://)?emp\.jobylon\.com(?::\d+)?/(?P<kind>companies)/(?P<board>\d+)(?:-[^/?#]*)?(?=[/?#]|$)",
)
POSTINGS = "https://emp.jobylon.com"
WIDGET = re.compile(r"\bjbl_company(?P<group>_group)?_id[\"']?\s*[:=]\s*[\"']?(?P<board>\d+)")
ROWS = re.compile(r"JBL\.embed_v2\[[\"']jobs[\"']\]\s*=\s*(?=\[)")
TOKEN = re.compile(
    r"(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<key>[A-Za-z_$][\w$]*)(?=\s*:)|(?P<comma>,)(?=\s*[\]}])"
    r"|(?P<other>[^'\",:\[\]{}\s]+|[,:\[\]{}]|\s+)",
    re.DOTALL,
)
ESCAPE = re.compile(r"\"|\\(?P<code>x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)", re.DOTALL)
DEPTH = {"[": 1, "{": 1, "]": -1, "}": -1}
LANGUAGE = re.compile(r"job-lang-([a-z]{2})")


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board: HTML with `JBL.embed_v2['jobs'] = [{id: '101', url: '/jobs/101-…/', …}, …]`."""
    yield Page(http.get_text(_address(board)))


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of the script that the company shows outside."""
    start = ROWS.search(page.data) if isinstance(page.data, str) else None
    if start is None:
        raise UnexpectedPayload("the Jobylon board has no list named JBL.embed_v2['jobs']")
    rows = [row for row in _literal(page.data, start.end()) if mapping(row).get("is_internal") is not True]
    yield from each(rows, _posting)


def detail(http: Http, _board: BoardKey, posting: Posting) -> Any:
    """Ask for one posting's page: HTML with a schema.org JobPosting."""
    return http.get_text(posting.url)


def parse_detail(posting: Posting, payload: Any) -> Posting:
    """Add what the JobPosting says to a posting of the list."""
    found = job_postings(payload) if isinstance(payload, str) else []
    if not found:
        raise UnexpectedPayload(f"the page of Jobylon posting {posting.external_id} has no JobPosting")
    return completed(posting, found[0])


def sniff(page: WebPage) -> BoardKey | None:
    """Return the board of Jobylon's widget on a company's page."""
    found = WIDGET.search(page.text) if "jobylon.com" in page.text else None
    return {"board": found["board"], "kind": "company-groups" if found["group"] else "companies"} if found else None


def _address(board: BoardKey) -> str:
    return f"https://cdn.jobylon.com/jobs/{board['kind']}/{board['board']}/embed/v2/"


def _literal(page: str, start: int) -> list[Any]:
    """Read the array literal of JavaScript that begins at a place of a page, by writing it as JSON."""
    written: list[str] = []
    depth = 0
    for token in TOKEN.finditer(page, start):
        if token.start() != start:
            break
        start = token.end()
        written.append(_as_json(token))
        depth += DEPTH.get(token[0], 0)
        if not depth:
            break
    try:
        return items(json.loads("".join(written), strict=False))
    except (ValueError, RecursionError) as error:
        raise UnexpectedPayload(f"the Jobylon board's list is broken: {error}") from error


def _as_json(token: re.Match[str]) -> str:
    if token["key"]:
        return f'"{token["key"]}"'
    if token["text"]:
        return f'"{ESCAPE.sub(_escape, token["text"][1:-1])}"'
    return "" if token["comma"] else token[0]


def _escape(found: re.Match[str]) -> str:
    """Write what JavaScript escapes as JSON does: a quotation mark always, an apostrophe never, no `x27`."""
    code = found["code"]
    if code is None or re.fullmatch(r'["\\/bfnrt]|u.{4}', code):
        return found[0] if code else r"\""
    return rf"\u00{code[1:]}" if len(code) > 1 else code


def _posting(row: Any) -> Posting:
    path = row["url"].removeprefix(POSTINGS)
    if not path.startswith("/"):
        raise ValueError(f"url {path!r} is no path")
    named = [place for value in items(row.get("locations")) if (place := _said(value))]
    whole = _said(row.get("locations_text"))
    languages = (LANGUAGE.fullmatch(str(name)) for name in mapping(row.get("klass")))
    return Posting(
        external_id=text(row["id"]) or "",
        title=text(row["title"]) or "",
        url=POSTINGS + path,
        locations=named or ([whole] if whole else []),
        workplace=_said(row.get("workspace")),
        department=next((name for value in items(row.get("departments")) if (name := _said(value))), None),
        employment_type=_said(row.get("employment_type")),
        language=next((found[1] for found in languages if found), None),
        extras={name: value for name in ("company", "function", "experience") if (value := _said(row.get(name)))},
    )


def _said(value: Any) -> str | None:
    found = text(value)
    return None if found == "None" else found


_ACME = {"board": "1955", "kind": "companies"}

EXTRACTOR = Extractor(
    url=URLS,
    fields=("board", "kind"),
    defaults={"kind": "companies"},
    examples={
        "https://cdn.jobylon.com/jobs/companies/1955/embed/v2/": _ACME,
        "https://cdn.jobylon.com/jobs/company-groups/241/embed/v2/?target=x#top": {
            "board": "241",
            "kind": "company-groups",
        },
        "http://emp.jobylon.com/companies/1955-acme-bakeries/": _ACME,
    },
    address=_address,
    host="jobylon.com",
    rate=2.0,
    pages=pages,
    parse=parse,
    detail=detail,
    parse_detail=parse_detail,
    sniff=sniff,
    about=About(
        name="Jobylon",
        requests="1 + N",
        paging="none",
        conditional="none known",
        pay="the posting's JobPosting, where the employer shows it",
        limits="none known",
        checked="handmade",
    ),
)
