"""Postings as schema.org's JobPosting writes them into pages: found in JSON-LD, microdata or RDFa, and read.

https://schema.org/JobPosting, https://developers.google.com/search/docs/appearance/structured-data/job-posting
"""

import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from typing import Any

from worker import json_ld, microdata
from worker.lenient import amount, mapping, moment, text
from worker.posting import Posting, Salary

PARTS = (json_ld, microdata)
"""The modules that take part: when their code changes, what was read before may read differently."""

_TYPE = "JobPosting"
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ESCAPED_TAG = re.compile(r"&(?:amp;){0,2}lt;/?[a-z][a-z0-9]*(?:\s|/?&(?:amp;){0,2}gt;)", re.IGNORECASE)
_CDATA = re.compile(r"\A\s*<!\[CDATA\[|\]\]>\s*\Z")
_NOTHING = frozenset(("null", "none", "undefined", "nan", "n/a", "-", "--"))
# A number with its currency at either end.
_MONEY = re.compile(r"[^\d-]{0,4}(?P<digits>\d[\d.,\s']*)(?:[^\W\d_]{2,3}|[^\w\s]{1,2})?")
_THOUSANDS = re.compile(r"(?P<whole>\d{1,3}(?P<by>[.,])\d{3}(?:(?P=by)\d{3})*)(?:(?!(?P=by))[.,](?P<part>\d{1,2}))?")
_DECIMAL_COMMA = re.compile(r"\d+,\d{1,2}")
_CURRENCY = re.compile(r"(?<![^\W\d_])[A-Z]{3}(?![^\W\d_])|(?:US|CA|AU|NZ|HK|[ACSR])\$|[€£₹₪₩]")
_SHORT_DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})(?!\d)")
# As feeds and Java write a time, with a zone that is beyond doubt: `Thu Jul 30 00:00:00 UTC 2026`.
_SPELT_TIME = re.compile(r"[A-Z][a-z]{2},? [\w ]{5,14} \d\d:\d\d:\d\d (?:UTC|GMT|[+-]\d{4})(?: \d{4})?")
_RANGE = re.compile(r"\s*(?:[-\u2013\u2014]|\bto\b)\s*")
_LONGEST_AMOUNT = 60
_LONGEST_WORDS = 300
_LONGEST_PAGE = 10_000_000
# What a page may say where it has no description.
_INSTEAD = ("responsibilities", "qualifications", "skills")
# What a list may leave to the posting's own page.
_COMPLETED = (
    "locations", "workplace", "country_codes", "employment_type", "salary", "posted_at", "closes_at", "language",
    "requisition_id",
)  # fmt: skip
_EXTRAS = {"industry": "industry", "occupational_category": "occupationalCategory", "work_hours": "workHours"}


def job_postings(page: str) -> list[dict[str, Any]]:
    """Return every JobPosting of an HTML page as JSON-LD would say it, [] if there is none.

    Pages often say the same in two syntaxes, so it is the one that says most that is read. References within the page
    (`{"@id": …}`) are replaced by what they refer to. What lies beyond 10 million characters is not read.
    """
    page = page[:_LONGEST_PAGE]
    return max(json_ld.items(page, _TYPE), *microdata.items(page, _TYPE), key=len)


def unreadable(page: str) -> int:
    """Return how many JobPostings of a page `job_postings` leaves out, as their JSON-LD is no JSON."""
    page = page[:_LONGEST_PAGE]
    broken = json_ld.unreadable(page, _TYPE)
    return max(0, broken + len(json_ld.items(page, _TYPE)) - len(job_postings(page))) if broken else 0


def posting(job: Mapping[str, Any], *, external_id: str, url: str, title: str | None = None) -> Posting:
    """Return what a JobPosting says as a posting. `title` stands in where it says none.

    Raises KeyError where there is no title at all. An `estimatedSalary` is somebody's guess, not pay that is stated.
    """
    name = _text(job.get("title")) or title
    if not name:
        raise KeyError("title")
    markup, plain = _description(job)
    places, applicants = _places(job.get("jobLocation")), _places(job.get("applicantLocationRequirements"))
    return Posting(
        external_id=external_id,
        title=name,
        url=url,
        locations=_unique(map(_place, places)) or _unique(map(_place, applicants)),
        workplace=_workplace(job),
        country_codes=_unique(map(_country, [*places, *applicants])),
        employment_type=_words(job.get("employmentType")),
        salary=_salary(job),
        posted_at=_moment(job.get("datePosted")),
        closes_at=_moment(job.get("validThrough")),
        language=_text(mapping(job.get("inLanguage")).get("alternateName")) or _text(job.get("inLanguage")),
        requisition_id=identifier(job),
        description_html=markup,
        description_text=plain,
        extras=_extras(job),
    )


def completed(posting: Posting, job: Mapping[str, Any]) -> Posting:
    """Return a listed posting with what its JobPosting adds: its description, and all that the list said nothing of."""
    said = _said(job, posting)
    added = {name: getattr(said, name) for name in _COMPLETED if not getattr(posting, name)}
    if said.description_html or said.description_text:
        added |= {"description_html": said.description_html, "description_text": said.description_text}
    return replace(posting, **added, extras={**said.extras, **posting.extras})


def _said(job: Mapping[str, Any], listed: Posting) -> Posting:
    return posting(job, external_id=listed.external_id, url=listed.url, title=listed.title)


def identifier(job: Mapping[str, Any]) -> str | None:
    """Return the employer's own number of a posting: a PropertyValue's value, or the identifier itself."""
    for found in _each(job.get("identifier")):
        value = _text(found.get("value") if isinstance(found, dict) else found)
        if value:
            return value
    return None


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str | None:
    """Return the text of a value, of the first of a list, or of an object's `@value` or `name`."""
    for one in _each(value):
        plain = one.get("@value", one.get("name")) if isinstance(one, dict) else one
        found = text(plain[0] if isinstance(plain, list) and plain else plain)
        if found and found.lower() not in _NOTHING:
            return found
    return None


def _moment(value: Any) -> datetime | None:
    """Read a time in ISO 8601, also without its zeros (`2026-9-1`), or as it is spelt out with its zone."""
    said = _text(value) or ""
    if found := moment(said) or moment(_SHORT_DATE.sub(_with_zeros, said)):
        return found
    try:
        return parsedate_to_datetime(said) if _SPELT_TIME.fullmatch(said) else None
    except (ValueError, OverflowError):
        return None


def _with_zeros(date: re.Match[str]) -> str:
    return f"{date['year']}-{date['month']:0>2}-{date['day']:0>2}"


def _unique(values: Iterable[str | None]) -> list[str]:
    return list(dict.fromkeys(value for value in values if value))


def _last_part(word: str | None) -> str | None:
    """`https://schema.org/FULL_TIME`, `schema:FULL_TIME` → `FULL_TIME`."""
    return re.split(r"[/#:]", word.strip().rstrip("/"))[-1] if word and re.match(r"https?://|schema:", word) else word


def _words(value: Any) -> str | None:
    return ", ".join(_unique(_last_part(_text(word)) for word in _each(value))) or None


def _description(job: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Return the description's HTML, or its text where it has no markup; HTML that was escaped is read as HTML."""
    found = _text(job.get("description")) or "\n".join(filter(None, (_text(job.get(part)) for part in _INSTEAD)))
    if not found:
        return None, None
    while not _TAG.search(found) and _ESCAPED_TAG.search(found):
        found = html.unescape(found)
    found = _CDATA.sub("", found)
    return (found, None) if _TAG.search(found) else (None, html.unescape(found))


def _places(value: Any) -> list[Mapping[str, Any]]:
    """Return the addresses of places, each as an object that has at least the place's name where it has one."""
    found: list[Mapping[str, Any]] = []
    for place in _each(value):
        if not isinstance(place, dict):
            found.append({"name": place})
        elif "address" not in place:
            found.append(place)
        else:
            addresses = [mapping(one) or {"name": one} for one in _each(place["address"]) or [{}]]
            found += [{**address, "name": _text(address) or _text(place)} for address in addresses]
    return found


def _place(place: Mapping[str, Any]) -> str | None:
    """Locality, region and country as written, what the place is called, or its street if that has the town in it."""
    parts = [_text(place.get(name)) for name in ("addressLocality", "addressRegion", "addressCountry")]
    written = ", ".join({part.casefold(): part for part in parts if part}.values())
    street = _text(place.get("streetAddress")) or ""
    return written or _text(place) or (street if "," in street else None)


def _country(place: Mapping[str, Any]) -> str | None:
    """An address's country, or the name of a place that is one: Georgia, the State, is none."""
    is_one = "Country" in [_last_part(_text(word)) for word in _each(place.get("@type"))]
    return _text(place.get("addressCountry")) or (_text(place) if is_one else None)


def _workplace(job: Mapping[str, Any]) -> str | None:
    found = _words(job.get("jobLocationType"))
    return "remote" if found and "TELECOMMUTE" in found.upper() else found


def _salary(job: Mapping[str, Any]) -> Salary | None:
    """Read `baseSalary`: a MonetaryAmount of a number, a text or a QuantitativeValue, or a number by itself."""
    for stated in _each(job.get("baseSalary")):
        base = stated if isinstance(stated, Mapping) else {"value": stated}
        for inner in _each(base.get("value")) or [None]:
            value = {**base, **inner} if isinstance(inner, Mapping) else base
            low, high = _bounds(value)
            if low is not None or high is not None:
                currency = _text(value.get("currency")) or _text(job.get("salaryCurrency")) or _currency(value)
                return Salary(low, high, currency, _last_part(_text(value.get("unitText"))))
    return None


def _currency(value: Mapping[str, Any]) -> str | None:
    """Return the currency that stands beside an amount: `USD 50000 - 60000`."""
    amounts = (value.get(name) for name in ("value", "minValue", "maxValue"))
    found = (_CURRENCY.search(one[:_LONGEST_AMOUNT]) for one in amounts if isinstance(one, str))
    return next((one[0] for one in found if one), None)


def _pay_in_words(job: Mapping[str, Any]) -> str | None:
    """Return what `baseSalary` says where it is no number: `£28,000 plus bonus`."""
    for stated in _each(job.get("baseSalary")):
        for value in (stated, mapping(stated).get("value"), mapping(mapping(stated).get("value")).get("value")):
            if isinstance(value, str) and (found := _text(value)):
                return found[:_LONGEST_WORDS]
    return None


def _bounds(value: Mapping[str, Any]) -> tuple[Decimal | None, Decimal | None]:
    low, high = _money(value.get("minValue")), _money(value.get("maxValue"))
    if low is not None or high is not None:
        return low, high
    exactly = value.get("value")
    parts = _RANGE.split(exactly[:_LONGEST_AMOUNT].strip()) if isinstance(exactly, str) else [exactly]
    sums = [_money(part) for part in parts]
    return (sums[0], sums[-1]) if len(sums) <= 2 and None not in sums else (None, None)  # noqa: PLR2004 - from and to


def _money(value: Any) -> Decimal | None:
    """Read a sum from a number or from digits grouped in any way: `80,000`, `80.000,00 €`, `CHF 80'000`."""
    if not isinstance(value, str):
        return amount(value)
    found = _MONEY.fullmatch(value[:_LONGEST_AMOUNT].strip())
    digits = re.sub(r"[\s']", "", found["digits"]).rstrip(".,") if found else ""
    if grouped := _THOUSANDS.fullmatch(digits):
        digits = re.sub("[.,]", "", grouped["whole"]) + (f".{grouped['part']}" if grouped["part"] else "")
    elif _DECIMAL_COMMA.fullmatch(digits):
        digits = digits.replace(",", ".")
    return amount(digits)


def _extras(job: Mapping[str, Any]) -> dict[str, Any]:
    found = {name: _text(job.get(field)) for name, field in _EXTRAS.items()}
    found["company"] = _text(job.get("hiringOrganization"))
    found["salary"] = None if _salary(job) else _pay_in_words(job)
    return {name: value for name, value in found.items() if value}
