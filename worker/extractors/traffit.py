"""TRAFFIT: published job posts with their texts, 100 a page. Checked 2026-11.

https://api.traffit.com documents this endpoint as safe to expose. Page and sort order are asked for in headers; totals
come in headers too and are not needed: the last page is the one that is not full.

What an employer adds to an advert is in `values` by field, and what it adds to the post in `options`, whose names every
employer makes up (`job_type` or `_job_type`, `_Salary_MIN`). `geolocation` is JSON within JSON. The id is the post's:
an advert that is published again is a new one.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import amount, items, mapping, moment, text
from worker.paging import Part, paged
from worker.posting import BoardKey, Page, Posting, Salary, Skipped

# acme.traffit.com/career, /public/an/NVRnPQ==, /public/job_posts/published
BOARD = (
    r"(?:https?://)?(?!(?:www|api|app|cdn\d*|help|knowledge|support|status|blog|static|assets|login)\.)"
    r"(?P<board>[a-z0-9][a-z0-9-]*)\.traffit\.com(?::\d+)?(?=[/?#]|$)"
)

PER_PAGE = 100
MAX_PAGES = 200

TEXTS = (("description", None), ("responsibilities", "Responsibilities"), ("requirements", "Requirements"),
         ("benefits", "Benefits"))  # fmt: skip


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the posts page by page: [{"id", "url", "valid_start", "advert": {"name", "values"}, "options": {…}}]."""

    def ask(number: int, _received: int) -> Part:
        headers = {
            "X-Request-Page-Size": str(PER_PAGE),
            "X-Request-Current-Page": str(number),
            "X-Request-Sort": '{"sort_by": "id", "direction": "ASC"}',
        }
        answer = http.get_json(f"https://{board['board']}.traffit.com/public/job_posts/published", headers=headers)
        rows = _rows(answer)
        return Part(answer, [mapping(row).get("id") for row in rows], last=len(rows) < PER_PAGE)

    yield from paged(ask, most=MAX_PAGES)


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every post."""
    yield from each(_rows(page.data), _posting)


def _rows(answer: Any) -> list[Any]:
    if not isinstance(answer, list):
        raise UnexpectedPayload("the TRAFFIT board's answer is no list of job posts")
    return answer


def _posting(row: dict[str, Any]) -> Posting:
    advert, options = mapping(row["advert"]), mapping(row.get("options"))
    values = {
        text(mapping(value).get("field_id")): mapping(value).get("value") for value in items(advert.get("values"))
    }
    place = _decoded(values.get("geolocation")) or _decoded(_option(options, "job_location"))
    country = text(place.get("iso")) or text(place.get("country"))
    return Posting(
        external_id=text(row["id"]) or "",
        title=text(advert["name"]) or "",
        url=text(row["url"]) or "",
        locations=[name] if (name := _place(place)) else [],
        workplace=_workplace(options),
        country_codes=[country] if country else [],
        department=_words(_option(options, "branches")),
        employment_type=_words(_option(options, "job_type")),
        salary=_salary(options),
        posted_at=moment(row.get("valid_start")),
        closes_at=moment(row.get("valid_end")),
        language=text(advert.get("language")),
        requisition_id=text(mapping(advert.get("recruitment")).get("nr_ref")),
        description_html=_description(values),
    )


def _option(options: Mapping[str, Any], name: str) -> Any:
    """An option by its name, in whatever case and with or without the underscore of those an employer adds."""
    wanted = name.lower()
    return next((value for key, value in options.items() if key.lower().lstrip("_") == wanted), None)


def _words(value: Any) -> str | None:
    return text(value) or ", ".join(word for one in items(value) if (word := text(one))) or None


def _decoded(value: Any) -> Mapping[str, Any]:
    try:
        return mapping(json.loads(value)) if isinstance(value, str) else mapping(value)
    except (ValueError, RecursionError):
        return {}


def _place(place: Mapping[str, Any]) -> str | None:
    parts = (text(place.get(name)) for name in ("locality", "region1", "country"))
    return ", ".join(dict.fromkeys(part for part in parts if part)) or None


def _workplace(options: Mapping[str, Any]) -> str | None:
    """The work model in its words, else the switch for remote work; that it is off says nothing."""
    return _words(_option(options, "work_model")) or (
        "remote" if _option(options, "remote") in ("1", 1, True) else None
    )


def _salary(options: Mapping[str, Any]) -> Salary | None:
    lowest, highest = amount(_option(options, "Salary_MIN")), amount(_option(options, "Salary_MAX"))
    if lowest is None and highest is None:
        return None
    return Salary(lowest, highest, _words(_option(options, "Salary_Currency")), _words(_option(options, "Salary_Rate")))


def _description(values: Mapping[str | None, Any]) -> str | None:
    parts = [(f"<h3>{heading}</h3>" if heading else "") + body for name, heading in TEXTS
             if (body := text(values.get(name)))]  # fmt: skip
    return "\n".join(parts) or None


EXTRACTOR = Extractor(
    url=(BOARD,),
    examples={
        "https://acme.traffit.com": {"board": "acme"},
        "https://acme.traffit.com/career/?utm_source=x#jobs": {"board": "acme"},
        "https://acme-group.traffit.com/public/an/NVRnPQ==": {"board": "acme-group"},
        "http://acme.traffit.com/public/job_posts/published": {"board": "acme"},
    },
    address="https://{board}.traffit.com/career/",
    host="traffit.com",
    rate=3.0,
    pages=pages,
    parse=parse,
    about=About(
        name="TRAFFIT",
        requests="⌈N/100⌉",
        paging="by page number (in headers), 100 rows",
        conditional="unknown",
        pay="structured where the employer adds the fields",
        limits="unknown",
        checked="documented",
        public_api="https://api.traffit.com",
    ),
)
