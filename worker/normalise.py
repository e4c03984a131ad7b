"""Normalising: the one step that turns a board's words into Rolecall's, the same for every vendor.

An extractor hands over what the board says; what leaves here can be stored, compared and shown. Optional values that
cannot be read become None and never cost the posting.
"""

import math
import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import orjson

from worker import (
    gazetteer,
    html_text,
    language,
    lenient,
    pay,
    pay_words,
    place_names,
    places,
    seniority,
    text,
    vocabulary,
)
from worker.posting import Place, Posting, Salary, Seniority, Workplace
from worker.text import MAX_TITLE, label, one_line, storable

PARTS = (vocabulary, html_text, text, gazetteer, place_names, places, pay_words, pay, seniority, language)
"""The modules that take part: when their code changes, what was read before may read differently."""

MAX_LABEL = 200
MAX_URL = 2_000
MAX_LOCATIONS = 200
MAX_EXTRAS_BYTES = 10_000
MAX_EXTRAS_DEPTH = 10
MAX_AMOUNT = Decimal(10**9)
FIRST_YEAR, LAST_YEAR = 1990, 2100

_CENT = Decimal("0.01")
# A user name before the host is refused: it makes an address look like another one's.
_WEB_ADDRESS = re.compile(r"https?://(?:[^\s/?#@:\[\]%]+|\[[\da-f:.]+\])(?::\d{1,5})?(?=[/?#]|$)", re.IGNORECASE)
_ESCAPES = str.maketrans({" ": "%20", '"': "%22", "<": "%3C", ">": "%3E", "`": "%60", "\\": "%5C"})
# Parameters that say where a visitor came from. `gh_jid`, `ref` and `source` stay: on some sites they name the posting.
_TRACKERS = frozenset(
    ("gh_src", "lever-source", "lever-source[]", "lever-source%5b%5d", "lever-origin", "fbclid", "gclid", "dclid",
     "gbraid", "wbraid", "msclkid", "yclid", "igshid", "mc_cid", "mc_eid", "_ga", "_gl", "trk", "_hsenc", "_hsmi",
     "mkt_tok")
)  # fmt: skip
_PAY_IN_WORDS = ("compensation", "salary", "pay")
"""Where extractors leave pay that a board gives in a field of its own, but as words."""
_PLACEHOLDERS = frozenset(("tbd", "tba", "n/a", "na", "none", "-", "see opening id"))


def normalise(posting: Posting) -> Posting:
    """Return the posting cleaned, bounded and in Rolecall's vocabulary; the one given is left as it is.

    Raises ValueError when its id, title or address cannot be used. Done twice, it changes nothing more, except where
    HTML was so broken that its repair by HTML5's rules is broken too (`<h1>x<font><h1>`).
    """
    title = _title(posting.title)
    locations, model = _locations(posting.locations)
    said = _country_codes(posting.country_codes)
    found_places = _places(posting.places) or places.places(locations, said)
    countries = _unique([*said, *(place.country for place in found_places)])
    description_html, description_text = html_text.describe(posting.description_html, posting.description_text)
    employment_word = _joined(posting.employment_type)
    employment_type = vocabulary.employment_type(employment_word) if employment_word else None
    return Posting(
        external_id=_external_id(posting.external_id),
        title=title,
        url=_url(posting.url),
        apply_url=web_address(posting.apply_url),
        locations=locations,
        workplace=_workplace(posting.workplace) or model,
        country_codes=countries,
        places=found_places,
        department=label(posting.department, MAX_LABEL),
        team=label(posting.team, MAX_LABEL),
        employment_type=employment_type,
        salary=_pay(posting, description_text, countries),
        posted_at=_moment(posting.posted_at),
        closes_at=_moment(posting.closes_at),
        seniority=_seniority(posting, title),
        language=_language(posting.language) or (language.of(description_text) if description_text else None),
        requisition_id=_requisition_id(posting.requisition_id),
        description_html=description_html,
        description_text=description_text,
        extras=_extras(posting.extras, None if employment_type not in (None, "OTHER") else employment_word),
    )


def merge(postings: Iterable[Posting]) -> list[Posting]:
    """Return one posting per external id: the first of each, with the locations and countries of all.

    It takes postings before and after normalising; a field that is no list adds nothing.
    """
    merged: dict[str, Posting] = {}
    for posting in postings:
        first = merged.get(posting.external_id)
        merged[posting.external_id] = posting if first is None else _united(first, posting)
    return list(merged.values())


def _united(first: Posting, other: Posting) -> Posting:
    return replace(
        first,
        locations=_unique([*lenient.items(first.locations), *lenient.items(other.locations)])[:MAX_LOCATIONS],
        country_codes=_unique([*lenient.items(first.country_codes), *lenient.items(other.country_codes)]),
    )


def _unique(values: Iterable[object]) -> list[str]:
    """Return the texts among the values that differ in more than case, in order and as first spelt."""
    first_spellings: dict[str, str] = {}
    for value in values:
        if isinstance(value, str):
            first_spellings.setdefault(value.casefold(), value)
    return list(first_spellings.values())


def _external_id(value: object) -> str:
    found = one_line(str(value)) if isinstance(value, str | int) else ""
    if not 0 < len(found) <= MAX_LABEL:
        raise ValueError(f"the external id is empty or has more than {MAX_LABEL} characters")
    return found


def _title(value: object) -> str:
    found = label(value, MAX_TITLE)
    if found is None:
        raise ValueError("the title is empty")
    return found


def _url(value: object) -> str:
    found = web_address(value)
    if found is None:
        raise ValueError(f"the address is no web address of at most {MAX_URL:,} characters")
    return found


def web_address(value: object) -> str | None:
    """Return an http(s) address without trackers and in-page anchors; None for anything else or a longer one.

    A fragment that is a route of a single-page site (`#/jobs/1`, `#!jobs/1`) stays.
    """
    if not isinstance(value, str) or len(value) > MAX_URL * 2:
        return None
    address = one_line(value).translate(_ESCAPES)
    if not _WEB_ADDRESS.match(address):
        return None
    page, _, fragment = address.partition("#")
    path, _, query = page.partition("?")
    kept = "&".join([part for part in query.split("&") if part and not _is_tracker(part)])
    found = path + (f"?{kept}" if kept else "") + (f"#{fragment}" if fragment.startswith(("/", "!")) else "")
    return found if len(found) <= MAX_URL else None


def _is_tracker(parameter: str) -> bool:
    name = parameter.partition("=")[0].lower()
    return name.startswith("utm_") or name in _TRACKERS


def _locations(values: object) -> tuple[list[str], Workplace | None]:
    """Return the places among the values, and the work model (`Remote`, `Hybrid`) that comes with them.

    It is the first that stood in for a place, else the one that all of them are said with: `Remote - Germany`.
    """
    labels = [found for value in lenient.items(values) if (found := label(value, MAX_LABEL))]
    places = [vocabulary.place(found) for found in _unique(labels)[:MAX_LOCATIONS]]
    named = [name for name, _ in places if name]
    model = next((model for _, model in places if model), None)
    beside = {place_names.work_model(name) for name in named}
    return named, model or (beside.pop() if len(beside) == 1 else None)


def _workplace(value: object) -> Workplace | None:
    return vocabulary.workplace(value[:MAX_LABEL]) if isinstance(value, str) else None


def _country_codes(values: object) -> list[str]:
    words = [value[:MAX_LABEL] for value in lenient.items(values) if isinstance(value, str)]
    return _unique([code for word in words if (code := vocabulary.country_code(word))])


def _places(values: object) -> list[Place]:
    """Return the places of a posting that has been normalised before."""
    found = lenient.items(values)
    return found if all(isinstance(one, Place) for one in found) else []


def _seniority(posting: Posting, title: str) -> Seniority | None:
    extras = posting.extras if isinstance(posting.extras, dict) else {}
    words = (posting.seniority, *(extras.get(name) for name in seniority.FIELDS))
    said = next(
        (level for word in words if isinstance(word, str) and (level := seniority.of_word(word[:MAX_LABEL]))), None
    )
    return said or seniority.of_title(title)


def _language(value: object) -> str | None:
    return vocabulary.language_tag(value) if isinstance(value, str) else None


def _joined(value: object) -> str | None:
    """One text for what may be a list, as schema.org's `employmentType` often is."""
    words = [word for word in lenient.items(value) if isinstance(word, str)]
    return label(", ".join(words[:MAX_EXTRAS_DEPTH]) if words else value, MAX_LABEL)


def _requisition_id(value: object) -> str | None:
    found = label(value, MAX_LABEL)
    return None if found is None or found.lower() in _PLACEHOLDERS else found


def _pay(posting: Posting, description: str | None, countries: list[str]) -> Salary | None:
    """Return the pay the board states in a field, in numbers or words, else the one its description states."""
    if found := _salary(posting.salary):
        return found
    extras = posting.extras if isinstance(posting.extras, dict) else {}
    for words in map(extras.get, _PAY_IN_WORDS):
        if isinstance(words, str) and (found := _salary(pay.stated(words, countries))):
            return found
    return _salary(pay.from_text(description, countries)) if description else None


def _salary(value: object) -> Salary | None:
    if not isinstance(value, Salary):
        return None
    bounds = [_amount(value.min), _amount(value.max)]
    low, high = sorted(bounds) if None not in bounds else bounds  # type: ignore[type-var]  # no None among them
    if low is None and high is None:
        return None
    return Salary(
        min=low,
        max=high,
        currency=vocabulary.currency(value.currency) if isinstance(value.currency, str) else None,
        period=vocabulary.salary_period(value.period) if isinstance(value.period, str) else None,
        source="text" if value.source == "text" else "board",
    )


def _amount(value: object) -> Decimal | None:
    """Return a sum in (0, 10⁹], to the cent and without idle zeros, so that equal sums look equal."""
    found = value if isinstance(value, Decimal) else lenient.amount(value)
    if found is None or not found.is_finite() or not 0 < found <= MAX_AMOUNT:
        return None
    cents = found.quantize(_CENT)
    return (cents.quantize(Decimal(1)) if cents == cents.to_integral_value() else cents) or None


def _moment(value: object) -> datetime | None:
    """Return an aware time in UTC between 1990 and 2100; without a zone it is taken as UTC."""
    if not isinstance(value, datetime):
        return _moment(lenient.moment(value)) if isinstance(value, str) else None
    try:
        found = value.replace(tzinfo=UTC) if value.utcoffset() is None else value.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def _extras(value: object, employment_word: str | None) -> dict[str, Any]:
    """Return what is JSON of the extras, within bounds; the largest values go first.

    The board's word for the employment type is kept where schema.org's says less.
    """
    found: dict[str, Any] = _json(value, MAX_EXTRAS_DEPTH) if isinstance(value, dict) else {}
    if employment_word and employment_word != "OTHER":
        found.setdefault("employment_type", employment_word)
    sizes = {key: len(orjson.dumps({key: item})) for key, item in found.items()}
    total = sum(sizes.values())
    for key in sorted(sizes, key=lambda key: -sizes[key]):
        if total <= MAX_EXTRAS_BYTES:
            break
        total -= sizes[key]
        del found[key]
    return found


def _json(value: object, depth: int) -> Any:
    """Return a decoded JSON value without what orjson or Postgres refuse; too deep or unknown values are None."""
    found: Any = None
    match value:
        case str():
            found = storable(value)
        case bool():
            found = value
        case int():
            found = value if -(2**63) <= value < 2**63 else str(value)
        case float() if math.isfinite(value):
            found = value
        case list() if depth:
            found = [_json(item, depth - 1) for item in value]
        case dict() if depth:
            found = {storable(key): _json(item, depth - 1) for key, item in value.items() if isinstance(key, str)}
    return found
