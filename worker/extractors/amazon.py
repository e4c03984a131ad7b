"""Amazon: amazon.jobs' own search, 100 rows a page with their texts, split by business category. Checked 2026-11.

No public documentation: this is what https://www.amazon.jobs/en/search itself asks. Its robots.txt closes only pages
of the company's own staff.

One query reaches no further than 10,000 rows, and its `hits` stop there too; beyond, the answer is `error` with status
200. Every posting has exactly one business category, and the counts of that facet are not clamped: their sum is the
total, and they split the board. A visitor in too great a hurry is answered with a page of HTML (status 200), so the
pace is slow. `updated_time` ("about 2 hours") changes by itself, `company_name` is the legal entity, and titles end in
blanks. Pay is written into the texts only.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, text
from worker.posting import BoardKey, Page, Posting, Skipped

# www.amazon.jobs/en/jobs/10553947/a-title, /en/search?…, /en/teams/aws. A search by one business category is a board
# of its own: …/search?business_category%5B%5D=aws.
HOST = r"(?:https?://)?(?:www\.)?amazon\.jobs(?::\d+)?"
CATEGORY = r"(?:\[\]|%5B%5D)?=(?P<category>[a-z0-9][\w-]*)(?=&|#|$)"
URLS = (
    rf"{HOST}/(?:[a-z]{{2}}(?:-[a-z]{{2}})?/)?search(?:\.json)?\?(?:[^#]*&)?business_category{CATEGORY}",
    rf"{HOST}(?!/internal)(?=[/?#]|$)(?![^#]*[?&]business_category(?:\[\]|%5B%5D)?=[a-z0-9])",
)
EVERYTHING = "all"

LIMIT = 100
WINDOW = 10_000


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the search page by page: {"hits", "jobs": [{"id_icims", "title", …}], "facets": {…}}."""
    category = board["category"]
    if category != EVERYTHING:
        first = _ask(http, category, 0)
        hits = _hits(first)
        yield from _walk(http, first, category, hits, hits if hits < WINDOW else None)
        return
    first = _ask(http, None, 0)
    counts = _categories(first)
    total = sum(counts.values())
    if total <= WINDOW:
        yield from _walk(http, first, None, total, total)
        return
    # The first page is left out: its rows come again in the queries of the categories.
    last, missing = Page(None), None
    for number, page in enumerate(_by_category(http, counts, total)):
        if number:
            yield last
        # What one category lacks is said by the last page of all, as nothing is read after a truncated one.
        last, missing = replace(page, truncated=None), missing or page.truncated
    yield replace(last, truncated=missing)


def _by_category(http: Http, counts: Mapping[str, int], total: int) -> Iterator[Page]:
    for category in counts:
        first = _ask(http, category, 0)
        yield from _walk(http, first, category, _hits(first), total)


def _walk(http: Http, first: Mapping[str, Any], category: str | None, hits: int, total: int | None) -> Iterator[Page]:
    """Yield the first page of a query and those after it, up to its hits, the window or an empty page."""
    answer, offset = first, LIMIT
    while offset < min(hits, WINDOW) and _rows(answer):
        yield Page(answer, total)
        answer = _ask(http, category, offset)
        offset += LIMIT
    beyond = f"amazon.jobs shows at most {WINDOW:,} postings of a search" if category and hits >= WINDOW else None
    yield Page(answer, total, beyond)


def _ask(http: Http, category: str | None, offset: int) -> Mapping[str, Any]:
    query: dict[str, str | int] = {"offset": offset, "result_limit": LIMIT, "sort": "recent"}
    query |= {"business_category[]": category} if category else {"facets[]": "business_category"}
    answer = http.get_json("https://www.amazon.jobs/en/search.json", params=query)
    if said := text(mapping(answer).get("error")):
        raise UnexpectedPayload(f"amazon.jobs refuses the search: {said[:200]}")
    _rows(answer)
    return mapping(answer)


def _rows(answer: Any) -> list[Any]:
    rows = answer.get("jobs") if isinstance(answer, dict) else None
    if not isinstance(rows, list):
        raise UnexpectedPayload("the answer of amazon.jobs has no list named jobs")
    return rows


def _hits(answer: Mapping[str, Any]) -> int:
    hits = answer.get("hits")
    if not isinstance(hits, int) or isinstance(hits, bool):
        raise UnexpectedPayload("the answer of amazon.jobs does not say how many hits there are")
    return hits


def _categories(answer: Mapping[str, Any]) -> dict[str, int]:
    """How many postings each business category has: [{"aws": 8238}, {"retail": 801}, …]."""
    facet = mapping(answer.get("facets")).get("business_category_facet")
    if not isinstance(facet, list) or (not facet and _rows(answer)):
        raise UnexpectedPayload("the answer of amazon.jobs does not count its postings by business category")
    counts = [pair for value in facet for pair in mapping(value).items()]
    return {name: count for name, count in counts if isinstance(count, int) and not isinstance(count, bool)}


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row of `jobs`."""
    yield from each(_rows(page.data), _posting, id_field="id_icims")


def _posting(row: dict[str, Any]) -> Posting:
    places = [found for value in items(row.get("locations")) if (found := _location(value))]
    country = text(row.get("country_code"))
    names = dict.fromkeys(text(place.get("normalizedLocation")) or text(place.get("location")) for place in places)
    said = text(row.get("normalized_location")) or text(row.get("location"))
    return Posting(
        external_id=text(row["id_icims"]) or "",
        title=text(row["title"]) or "",
        url="https://www.amazon.jobs" + row["job_path"],
        apply_url=text(row.get("url_next_step")),
        locations=[name for name in names if name] or ([said] if said else []),
        workplace="remote" if any(place.get("type") == "VIRTUAL" for place in places) else None,
        country_codes=[country] if country else [],
        department=text(row.get("job_category")),
        team=text(row.get("job_family")),
        employment_type=text(row.get("job_schedule_type")),
        posted_at=_date(row.get("posted_date")),
        description_html=_description(row),
        extras={name: said for name in ("business_category", "company_name") if (said := text(row.get(name)))},
    )


def _location(value: Any) -> Mapping[str, Any]:
    """A place is an object written as JSON into a string: type (ONSITE or VIRTUAL), normalizedLocation, location."""
    try:
        return mapping(json.loads(value)) if isinstance(value, str) else mapping(value)
    except (ValueError, RecursionError):
        return {}


def _date(value: Any) -> datetime | None:
    """Read `September  9, 2026`, blanks and all."""
    try:
        return datetime.strptime(" ".join((text(value) or "").split()), "%B %d, %Y").replace(tzinfo=UTC)
    except ValueError:
        return None


def _description(row: dict[str, Any]) -> str | None:
    parts = [text(row.get("description"))]
    for name, heading in (("basic_qualifications", "Basic qualifications"),
                          ("preferred_qualifications", "Preferred qualifications")):  # fmt: skip
        if body := text(row.get(name)):
            parts.append(f"<h3>{heading}</h3>{body}")
    return "\n".join(part for part in parts if part) or None


def _address(board: BoardKey) -> str:
    category = "" if board["category"] == EVERYTHING else f"?business_category%5B%5D={board['category']}"
    return f"https://www.amazon.jobs/en/search{category}"


EXTRACTOR = Extractor(
    url=URLS,
    fields=("category",),
    defaults={"category": EVERYTHING},
    examples={
        "https://www.amazon.jobs": {"category": "all"},
        "https://www.amazon.jobs/en/jobs/10553947/data-center-technician?cmpid=x": {"category": "all"},
        "https://amazon.jobs/de/search?offset=0&result_limit=10&base_query=engineer": {"category": "all"},
        "https://www.amazon.jobs/en/search?sort=recent&business_category[]=aws": {"category": "aws"},
        "https://www.amazon.jobs/en/search.json?business_category%5B%5D=fulfillment-ops&offset=100": {
            "category": "fulfillment-ops"
        },
    },
    address=_address,
    host="www.amazon.jobs",
    rate=2.0,
    in_flight=1,
    pages=pages,
    parse=parse,
    about=About(
        name="Amazon",
        requests="⌈N/100⌉ + a page or two per business category (about 290 for all of Amazon)",
        paging="by offset, 100 rows, 10,000 rows a query",
        conditional="none",
        pay="none (only in the texts)",
        limits="undocumented; too many requests are answered with a page of HTML",
        checked="handmade",
    ),
)
