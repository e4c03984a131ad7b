"""Comeet (Spark Hire Recruit): one page per board with every posting as JSON in a script, no paging. Checked 2026-11.

https://developers.comeet.com/reference/careers-position-model. A hosted board's address needs both the company's label
and its uid, and a wrong label redirects to the vendor's home. Companies that show their postings on pages of their own
name uid and token there: with those the Careers API answers with the same rows. `time_updated` is the last edit, so no
date is read; `location.is_remote` is an old flag that contradicts `workplace_type`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from worker.errors import UnexpectedPayload
from worker.extractor import About, Extractor, Http, each
from worker.lenient import items, mapping, text
from worker.posting import BoardKey, Page, Posting, Skipped, WebPage

UID = r"[0-9a-f]+\.[0-9a-f]+"
NO_LABEL = "company"  # the Careers API goes by the uid alone
HOST = r"(?:https?://)?(?:www\.)?comeet\.com?(?::\d+)?"
# www.comeet.com/jobs/acme/A1.00B/engineer/C2.10D
HOSTED = rf"{HOST}/jobs/(?P<label>[\w.%-]+)/(?P<uid>{UID})(?=[/?#]|$)"
CAREERS_API = (
    rf"{HOST}/careers-api/2\.0/company/(?P<uid>{UID})/positions(?:/[^?#]*)?"
    r"\?(?:[^#]*&)?token=(?P<token>[0-9a-z]+)(?=[&#]|$)"
)
ROWS = re.compile(r"\bCOMPANY_POSITIONS_DATA\s*=\s*(?=\[)")
# COMEET.init({"token": "5E7236…", "company-uid": "E5.007", …})
WIDGET = re.compile(r"\bCOMEET\.init\s*\(\s*\{([^{}]{1,5000})\}")
WIDGET_UID = re.compile(rf"[\"']?company-uid[\"']?\s*:\s*[\"']({UID})[\"']", re.IGNORECASE)
WIDGET_TOKEN = re.compile(r"[\"']?token[\"']?\s*:\s*[\"']([0-9a-z]+)[\"']", re.IGNORECASE)


def pages(http: Http, board: BoardKey) -> Iterator[Page]:
    """Yield the whole board: HTML with `COMPANY_POSITIONS_DATA = [{"uid", "name", …}]`, or those rows themselves."""
    if board["token"]:
        url = f"https://www.comeet.co/careers-api/2.0/company/{board['uid']}/positions"
        yield Page(http.get_json(url, params={"token": board["token"], "details": "true"}))
    else:
        yield Page(http.get_text(_address(board), redirects=False))


def parse(page: Page, _board: BoardKey) -> Iterator[Posting | Skipped]:
    """Read every row that the company shows outside."""
    rows = [row for row in _rows(page.data) if mapping(row).get("is_internal") is not True]
    yield from each(rows, _posting, id_field="uid", title_field="name")


def sniff(page: WebPage) -> BoardKey | None:
    """Return the board of Comeet's widget on a company's page."""
    if not (widget := WIDGET.search(page.text)):
        return None
    uid, token = WIDGET_UID.search(widget[1]), WIDGET_TOKEN.search(widget[1])
    return {"label": NO_LABEL, "uid": uid[1], "token": token[1]} if uid and token else None


def _address(board: BoardKey) -> str:
    if board["token"]:
        return f"https://www.comeet.co/careers-api/2.0/company/{board['uid']}/positions?token={board['token']}"
    return f"https://www.comeet.com/jobs/{board['label']}/{board['uid']}"


def _rows(data: Any) -> list[Any]:
    if isinstance(data, list):
        return data
    start = ROWS.search(data) if isinstance(data, str) else None
    try:
        rows = json.JSONDecoder().raw_decode(data, start.end())[0] if start else None
    except (ValueError, RecursionError) as error:
        raise UnexpectedPayload(f"the Comeet board's COMPANY_POSITIONS_DATA is broken: {error}") from error
    if not isinstance(rows, list):
        raise UnexpectedPayload("the Comeet board has no list named COMPANY_POSITIONS_DATA")
    return rows


def _posting(row: Any) -> Posting:
    location = mapping(row.get("location"))
    country = text(location.get("country"))
    return Posting(
        external_id=text(row["uid"]) or "",
        title=text(row["name"]) or "",
        # The company's own page may be one for all of its postings, the hosted one never is.
        url=text(row.get("url_comeet_hosted_page"))
        or text(row.get("url_recruit_hosted_page"))
        or text(row["url_active_page"])
        or "",
        locations=_locations(location),
        workplace=text(row.get("workplace_type")),
        country_codes=[country] if country else [],
        department=text(row.get("department")),
        employment_type=text(row.get("employment_type")),
        description_html=_description(row),
        extras={"experience_level": level} if (level := text(row.get("experience_level"))) else {},
    )


def _locations(location: Mapping[str, Any]) -> list[str]:
    """City and state; where there is no city, the name the board gives the place."""
    state = text(location.get("state"))
    parts = [city, state] if (city := text(location.get("city"))) else [text(location.get("name")) or state]
    place = ", ".join(part for part in parts if part)
    return [place] if place else []


def _description(row: Mapping[str, Any]) -> str | None:
    """Join the sections, each under its name."""
    sections = items(mapping(row.get("custom_fields")).get("details")) or items(row.get("details"))
    parts = []
    for section in map(mapping, sections):
        if body := text(section.get("value")):
            name = text(section.get("name"))
            parts.append((f"<h3>{escape(name)}</h3>" if name else "") + body)
    return "\n".join(parts) or None


EXTRACTOR = Extractor(
    url=(HOSTED, CAREERS_API),
    fields=("label", "uid", "token"),
    defaults={"label": NO_LABEL, "token": ""},
    examples={
        "https://www.comeet.com/jobs/acme/A1.00B": {"label": "acme", "uid": "A1.00B", "token": ""},
        "http://www.comeet.co/jobs/acme/A1.00B/engineer/C2.10D?coref=x#top": {
            "label": "acme",
            "uid": "A1.00B",
            "token": "",
        },
        "https://www.comeet.co/careers-api/2.0/company/A1.00B/positions?token=5E7236A0BCE5&details=true": {
            "label": NO_LABEL,
            "uid": "A1.00B",
            "token": "5E7236A0BCE5",
        },
    },
    address=_address,
    host="comeet.com",
    rate=1.0,
    pages=pages,
    parse=parse,
    sniff=sniff,
    about=About(
        name="Comeet",
        requests="1",
        paging="none",
        conditional="none known",
        pay="none",
        limits="none known",
        checked="documented",
    ),
)
