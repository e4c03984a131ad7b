"""Normalising: what each vendor's words become, what is refused, and what no junk may do."""

import re
import time
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any

import nh3
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.html_text import MAX_CHARACTERS
from worker.normalise import MAX_EXTRAS_BYTES, MAX_TITLE, MAX_URL, merge, normalise
from worker.posting import Place, Posting, Salary


def posting(**values: Any) -> Posting:
    return Posting(**{"external_id": "1", "title": "Baker", "url": "https://acme.example/jobs/1", **values})


def normal(**values: Any) -> Posting:
    return normalise(posting(**values))


# Text


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("  Senior\u00a0\u200bEngineer \n(m/f)\t", "Senior Engineer (m/f)"),
        ("R&amp;D Engineer", "R&D Engineer"),
        ("R&amp;amp;D Engineer", "R&D Engineer"),
        ("Caf&eacute; &#8211; Barista", "Café \u2013 Barista"),
        ("Sales&copy writing", "Sales&copy writing"),
        ("AT&T Lead", "AT&T Lead"),
        ("Inge\u0301nieur", "Ingénieur"),
        ("Bak\x00er\x07 \ud83d", "Baker"),
        ("<b>Baker</b>", "<b>Baker</b>"),
        ("Baker\u202egnihton", "Bakergnihton"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("x" * 600, "x" * MAX_TITLE),
        ("&lt;b&gt;Baker", "<b>Baker"),
    ],
)
def test_titles_become_one_tidy_line(title: str, expected: str):
    assert normal(title=title).title == expected


def test_labels_are_tidy_and_empty_ones_are_none():
    found = normal(department=" R&amp;D ", team="\u200b", requisition_id="R-1\n")
    assert (found.department, found.team, found.requisition_id) == ("R&D", None, "R-1")


@pytest.mark.parametrize("word", ["TBD", "See Opening ID", "n/a", "-"])
def test_a_placeholder_is_no_requisition(word: str):
    assert normal(requisition_id=word).requisition_id is None


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("external_id", "", "external id"),
        ("external_id", " \x00 ", "external id"),
        ("external_id", "x" * 201, "external id"),
        ("external_id", None, "external id"),
        ("title", "", "title"),
        ("title", "\u200b", "title"),
        ("title", None, "title"),
        ("url", "", "address"),
        ("url", "/jobs/1", "address"),
        ("url", "javascript:alert(1)", "address"),
        ("url", "https://", "address"),
        ("url", "https://acme.example/" + "x" * MAX_URL, "address"),
        ("url", None, "address"),
    ],
)
def test_a_posting_without_usable_id_title_or_address_is_refused(field: str, value: Any, says: str):
    with pytest.raises(ValueError, match=says):
        normal(**{field: value})


def test_a_numeric_id_is_text():
    assert normal(external_id=4711).external_id == "4711"


# Addresses


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://acme.example/jobs/1?utm_source=x&gh_jid=7&UTM_Medium=y", "https://acme.example/jobs/1?gh_jid=7"),
        ("https://acme.example/jobs/1?gh_src=abc", "https://acme.example/jobs/1"),
        ("https://jobs.lever.co/a/1?lever-source%5B%5D=LinkedIn&lever-origin=x", "https://jobs.lever.co/a/1"),
        ("https://acme.example/jobs?ref=REQ1&source=2", "https://acme.example/jobs?ref=REQ1&source=2"),
        ("https://acme.example/jobs/1?#apply", "https://acme.example/jobs/1"),
        ("https://acme.example/#/jobs/1", "https://acme.example/#/jobs/1"),
        ("https://acme.example/#!jobs/1", "https://acme.example/#!jobs/1"),
        (" http://acme.example:8080/a b ", "http://acme.example:8080/a%20b"),
        ("https://bücher.example/stelle?ort=Köln", "https://bücher.example/stelle?ort=Köln"),
        ('https://acme.example/"><script>', "https://acme.example/%22%3E%3Cscript%3E"),
        ("https://[2001:db8::1]/jobs", "https://[2001:db8::1]/jobs"),
    ],
)
def test_addresses_lose_trackers_and_anchors(url: str, expected: str):
    found = normal(url=url, apply_url=url)
    assert (found.url, found.apply_url) == (expected, expected)


@pytest.mark.parametrize(
    "url",
    [
        "mailto:jobs@acme.example", "javascript:alert(1)", "ftp://acme.example/1", "https:///1", "//acme.example/1",
        "https://acme.example@evil.example/1", "https://[::1", "http://acme.example:port/", 7, {"href": "x"},
        "https://acme.example/" + "x" * MAX_URL,
    ],
)  # fmt: skip
def test_an_apply_address_that_is_none_is_left_out(url: Any):
    assert normal(apply_url=url).apply_url is None


# The vendors' words


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Remote", "remote"), ("OnSite", "onsite"), ("On-site", "onsite"), ("in_office", "onsite"),
        ("Fully remote", "remote"), ("fully_remote", "remote"), ("Hybrid", "hybrid"), ("fully", "remote"),
        ("none", "onsite"), ("temporary", "remote"), ("unspecified", None), ("TELECOMMUTE", "remote"),
        ("Remote Eligible", "remote"), ("Flexible", "hybrid"), ("Distributed", "remote"), ("Hybrid remote", "hybrid"),
        ("No remote", "onsite"), ("ORA_ON_SITE", "onsite"), ("ORA_REMOTE", "remote"), ("ORA_HYBRID", "hybrid"),
        ("remote_local", "remote"), ("Home office", "remote"), ("Télétravail", "remote"), ("Vor Ort", "onsite"),
        ("Remote or On-site", "hybrid"), ("Office", "onsite"), ("Pas de télétravail", "onsite"),
        ("Télétravail partiel", "hybrid"), ("Teilweise Homeoffice", "hybrid"), ("Semi-presencial", "hybrid"),
        ("Remote: No", "onsite"), ("Remote: Yes", "remote"), ("Not eligible for remote work", "onsite"),
        ("Fully on-site", "onsite"), ("None specified", None), ("Temporary site", None), ("Virtual office", "remote"),
        ("Praca zdalna", "remote"), ("Distansarbete", "remote"), ("", None), ("???", None), (True, None), (["x"], None),
    ],
)  # fmt: skip
def test_words_for_the_workplace(word: Any, expected: str | None):
    assert normal(workplace=word).workplace == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("FullTime", "FULL_TIME"), ("Full time", "FULL_TIME"), ("Full-time", "FULL_TIME"), ("fulltime", "FULL_TIME"),
        ("FULL_TIME", "FULL_TIME"), ("Vollzeit", "FULL_TIME"), ("Temps plein", "FULL_TIME"),
        ("Voltijd", "FULL_TIME"), ("SALARIED_FT", "FULL_TIME"), ("Regular Full-Time", "FULL_TIME"),
        ("fulltime_permanent", "FULL_TIME"), ("Permanent, Full-time", "FULL_TIME"),
        ("Full-time or part-time", "FULL_TIME"), ("full-or-part-time", "FULL_TIME"),
        ("Voll- oder Teilzeit", "FULL_TIME"), ("Pełny etat", "FULL_TIME"), ("Fuldtid", "FULL_TIME"),
        ("Część etatu", "PART_TIME"), ("Osa-aikainen", "PART_TIME"), ("Befristeter Vertrag", "TEMPORARY"),
        ("Kontrakt B2B", "CONTRACTOR"), ("Staż", "INTERN"), ("全职", "FULL_TIME"),
        ("PartTime", "PART_TIME"), ("Part-time", "PART_TIME"), ("parttime_permanent", "PART_TIME"),
        ("Teilzeit", "PART_TIME"), ("HOURLY_PT", "PART_TIME"), ("working_student", "PART_TIME"),
        ("Werkstudent:in", "PART_TIME"), ("Temps partiel", "PART_TIME"), ("Deeltijd", "PART_TIME"),
        ("Intern", "INTERN"), ("Internship", "INTERN"), ("Part-time internship", "INTERN"), ("Praktikum", "INTERN"),
        ("Stage", "INTERN"), ("Co-op", "INTERN"),
        ("Contract", "CONTRACTOR"), ("Contractor", "CONTRACTOR"), ("Contract to hire", "CONTRACTOR"),
        ("Freelance", "CONTRACTOR"), ("Contract, Full-time", "CONTRACTOR"), ("Freie Mitarbeit", "CONTRACTOR"),
        ("Temporary", "TEMPORARY"), ("Temp", "TEMPORARY"), ("fulltime_fixed_term", "TEMPORARY"),
        ("Fixed-term contract", "TEMPORARY"), ("Seasonal", "TEMPORARY"), ("Befristet", "TEMPORARY"),
        ("CDD", "TEMPORARY"), ("Temporary contract", "TEMPORARY"),
        ("Volunteer", "VOLUNTEER"), ("Ehrenamt", "VOLUNTEER"), ("PER_DIEM", "PER_DIEM"), ("PRN", "PER_DIEM"),
        ("Apprenticeship", "OTHER"), ("trainee", "OTHER"), ("Ausbildung", "OTHER"), ("OTHER", "OTHER"),
        ("Permanent", None), ("CDI", None), ("Permanent contract", None), ("Festanstellung", None), ("", None),
        ("nicht befristet", None), ("Open-ended contract", None),
        ("zero_hours_contract", None), ("Full-time employment contract", "FULL_TIME"),
        (["FULL_TIME", "CONTRACTOR"], "CONTRACTOR"), (7, None),
    ],
)  # fmt: skip
def test_words_for_the_employment_type(word: Any, expected: str | None):
    assert normal(employment_type=word).employment_type == expected


@pytest.mark.parametrize("word", ["Permanent", "Trainee", "Zeitarbeit"])
def test_a_word_schema_org_does_not_have_is_kept_in_the_extras(word: str):
    assert normal(employment_type=word).extras == {"employment_type": word}
    assert normal(employment_type=word, extras={"employment_type": "x"}).extras == {"employment_type": "x"}


def test_a_word_schema_org_has_is_not_kept_twice():
    assert normal(employment_type="Full-time").extras == {}


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("us", "US"), ("USA", "US"), ("United States", "US"), ("United States of America", "US"), ("U.S.", "US"),
        ("UK", "GB"), ("GBR", "GB"), ("England", "GB"), ("United Kingdom", "GB"), ("Czechia", "CZ"),
        ("Czech Republic", "CZ"), ("South Korea", "KR"), ("Korea, Republic of", "KR"), ("UAE", "AE"),
        ("The Netherlands", "NL"), ("netherlands", "NL"), ("Deutschland", "DE"), ("España", "ES"), ("ESPANA", "ES"),
        ("Österreich", "AT"), ("Schweiz", "CH"), ("Suisse", "CH"), ("Polska", "PL"), ("Türkiye", "TR"),
        ("Turkey", "TR"), ("日本", "JP"), ("Hong Kong", "HK"), ("Viet Nam", "VN"), ("Russian Federation", "RU"),
        ("Côte d'Ivoire", "CI"), ("Bosnia and Herzegovina", "BA"), ("Kosovo", "XK"), ("XKX", "XK"), ("DEU", "DE"),
        ("Saint Lucia", "LC"), ("Myanmar", "MM"), ("Georgia", "GE"), ("Ireland", "IE"), ("Brasil", "BR"),
    ],
)  # fmt: skip
def test_words_for_countries(word: str, code: str):
    assert normal(country_codes=[word]).country_codes == [code]


@pytest.mark.parametrize("word", ["EU", "EMEA", "ZZ", "UN", "Europe", "Berlin", "XX", "", "001", None, 7, ["DE"]])
def test_what_is_no_country_is_dropped(word: Any):
    assert normal(country_codes=[word, "DE"]).country_codes == ["DE"]


def test_countries_keep_their_order_and_come_once():
    assert normal(country_codes=["Germany", "us", "DEU", "USA"]).country_codes == ["DE", "US"]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("en", "en"), ("EN", "en"), ("en_US", "en-US"), ("de-de", "de-DE"), ("zh_hant_tw", "zh-Hant-TW"),
        ("eng", "en"), ("es-419", "es-419"), ("xx", None), ("English!", None), ("", None), ("und", None), (7, None),
    ],
)  # fmt: skip
def test_languages_are_bcp_47(word: Any, expected: str | None):
    assert normal(language=word).language == expected


# Locations


def test_locations_are_tidy_unique_and_in_order():
    found = normal(locations=[" Berlin ", "New&nbsp;York", "", "BERLIN", None, {"city": "x"}, "Zürich"])
    assert found.locations == ["Berlin", "New York", "Zürich"]


@pytest.mark.parametrize(
    ("locations", "places", "workplace"),
    [
        (["Remote"], [], "remote"),
        (["Hybrid", "Berlin"], ["Berlin"], "hybrid"),
        (["Distributed"], [], "remote"),
        (["Berlin", "Fully Remote"], ["Berlin"], "remote"),
        (["Multiple locations"], [], None),
        (["3 Locations"], [], None),
        (["On-site"], [], None),
        (["Remote - Germany"], ["Remote - Germany"], "remote"),
        (["US Remote", "Remote (Canada)"], ["US Remote", "Remote (Canada)"], "remote"),
        (["London (Hybrid)"], ["London (Hybrid)"], "hybrid"),
        (["US-TX-Remote"], ["US-TX-Remote"], "remote"),
        (["Home Office, Germany"], ["Home Office, Germany"], "remote"),
        (["Home Office - Dallas, TX"], ["Home Office - Dallas, TX"], None),
        (["London", "Remote - UK"], ["London", "Remote - UK"], None),
        (["Berlin / Remote"], ["Berlin / Remote"], None),
        (["New York, Boston, Remote"], ["New York, Boston, Remote"], None),
        (["Remote Sensing Centre"], ["Remote Sensing Centre"], None),
        ("Berlin", [], None),
    ],
)
def test_work_models_are_no_places(locations: Any, places: list[str], workplace: str | None):
    found = normal(locations=locations)
    assert (found.locations, found.workplace) == (places, workplace)


def test_the_board_s_own_workplace_beats_a_location():
    assert normal(workplace="OnSite", locations=["Remote"]).workplace == "onsite"


# What follows from other fields


def test_locations_become_places_and_complete_the_countries():
    found = normal(locations=["Berlin", "Remote - EMEA", "Hybrid", "Toronto, ON"], country_codes=["Germany"])
    assert found.places == [Place("Berlin", "Berlin", "DE"), Place("Toronto", "Ontario", "CA")]
    assert found.country_codes == ["DE", "CA"]
    assert found.locations == ["Berlin", "Remote - EMEA", "Toronto, ON"]
    assert normal(locations=["Berlin"], country_codes=["US"]).places == [Place("Berlin", None, "US")]


@pytest.mark.parametrize(
    ("said", "title", "expected"),
    [
        ({}, "Senior Baker", "senior"),
        ({"extras": {"experienceLevel": "Entry Level"}}, "Senior Baker", "entry"),
        ({"extras": {"experience_code": "not_applicable"}}, "Senior Baker", "senior"),
        ({"seniority": "Director"}, "Baker", "director"),
        ({"seniority": 7, "extras": {"seniority": ["x"]}}, "Baker", None),
    ],
)
def test_seniority_is_the_board_s_word_or_the_title_s(said: dict[str, Any], title: str, expected: str | None):
    assert normal(title=title, **said).seniority == expected


PROSE = (
    "We bake for the people of the old town and we are looking for you. You will work with us on the best bread. " * 2
)


def test_the_language_is_the_board_s_or_that_of_the_description():
    assert normal(description_html=f"<p>{PROSE}</p>").language == "en"
    assert normal(description_text=PROSE, language="de").language == "de"
    assert normal(description_text="Bake.").language is None


def test_pay_is_read_out_of_the_description_only_where_the_board_gives_none():
    text = "We bake.\n\nSalary: €30,000 - €40,000 per year"
    found = normal(description_text=text)
    assert found.salary == Salary(Decimal(30_000), Decimal(40_000), "EUR", "YEAR", "text")
    stated = Salary(Decimal(1), None, "EUR", "HOUR")
    assert normal(description_text=text, salary=stated).salary == stated
    assert normal(description_text="We bake. 401(k) match up to $5,000.").salary is None


def test_a_dollar_in_the_description_is_that_of_the_place():
    text = "Salary: $30,000 - $40,000 per year"
    assert normal(description_text=text, locations=["Toronto, ON"]).salary.currency == "CAD"
    assert normal(description_text=text, locations=["Toronto, ON", "Boston"]).salary.currency is None


def test_pay_in_words_in_a_field_of_its_own_is_the_board_s():
    extras = {"compensation": "$17.00 - $18.00 / hour"}
    found = normal(extras=extras, country_codes=["US"], description_text="Salary: €30,000 - €40,000 per year")
    assert found.salary == Salary(Decimal(17), Decimal(18), "USD", "HOUR", "board")
    assert found.extras == extras
    assert normal(extras={"compensation": ["x"], "salary": "Competitive"}).salary is None


def test_amounts_out_of_words_look_like_those_out_of_numbers():
    in_words = normal(description_text="Salary: €30,000.00 - €40.5k per year").salary
    assert str(in_words) == str(Salary(Decimal(30_000), Decimal(40_500), "EUR", "YEAR", "text"))


@pytest.mark.parametrize("value", ["Posted 30+ Days Ago", "Posted Today", "30+", "yesterday", "vor 3 Tagen"])
def test_how_long_ago_a_posting_was_posted_is_no_date(value: str):
    assert normal(posted_at=value).posted_at is None


# Salary


def salary(low: Any = 1, high: Any = 2, currency: Any = "EUR", period: Any = "YEAR") -> Salary | None:
    return normal(salary=Salary(low, high, currency, period)).salary


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("1 YEAR", "YEAR"), ("per-year-salary", "YEAR"), ("yearly", "YEAR"), ("annually", "YEAR"), ("P1Y", "YEAR"),
        ("1-YEAR", "YEAR"), ("per annum", "YEAR"), ("1 HOUR", "HOUR"), ("per-hour-wage", "HOUR"), ("hourly", "HOUR"),
        ("month", "MONTH"), ("1 MONTH", "MONTH"), ("week", "WEEK"), ("DAY", "DAY"), ("two_weeks", None),
        ("2 WEEK", None), ("bi-week-salary", None), ("biweekly", None), ("semi-month-salary", None), ("NONE", None),
        ("one-time", None), ("jährlich", "YEAR"), ("Monatlich", "MONTH"), ("par heure", "HOUR"), ("mensual", "MONTH"),
        ("", None), (7, None),
    ],
)  # fmt: skip
def test_words_for_the_period(word: Any, expected: str | None):
    assert salary(period=word).period == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [("eur", "EUR"), (" USD ", "USD"), ("€", "EUR"), ("£", "GBP"), ("$", None), ("US$", "USD"), ("zł", "PLN"),
     ("kr", None), ("Euro", "EUR"), ("Euros", "EUR"), ("TBD", None), ("XXX", None), (None, None), (7, None)],
)  # fmt: skip
def test_words_for_the_currency(word: Any, expected: str | None):
    assert salary(currency=word).currency == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (Decimal(50_000), Decimal(70_000), (Decimal(50_000), Decimal(70_000))),
        (Decimal(70_000), Decimal(50_000), (Decimal(50_000), Decimal(70_000))),
        (Decimal(0), Decimal(50_000), (None, Decimal(50_000))),
        (Decimal(-1), Decimal(50_000), (None, Decimal(50_000))),
        (Decimal("12.345"), None, (Decimal("12.34"), None)),
        (Decimal(10**9 + 1), Decimal(5), (None, Decimal(5))),
        (Decimal("NaN"), Decimal(5), (None, Decimal(5))),
        (float("inf"), 5.5, (None, Decimal("5.5"))),
        ("50000", "many", (Decimal(50_000), None)),
    ],
)
def test_amounts_are_positive_ordered_and_believable(low: Any, high: Any, expected: tuple[Any, Any]):
    found = salary(low, high)
    assert (found.min, found.max) == expected


def test_equal_amounts_look_equal():
    assert str(salary(Decimal("5E+4"), Decimal("70000.00"))) == str(salary(Decimal(50_000), Decimal(70_000)))


@pytest.mark.parametrize("value", [Salary(None, None, "EUR", "YEAR"), Salary(Decimal(0), None, None, None), 7, "x", {}])
def test_a_salary_without_an_amount_is_none(value: Any):
    assert normal(salary=value).salary is None


# Times


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (datetime(2026, 9, 1, 12, tzinfo=timezone(timedelta(hours=2))), datetime(2026, 9, 1, 10, tzinfo=UTC)),
        (datetime(2026, 9, 1, 12), datetime(2026, 9, 1, 12, tzinfo=UTC)),  # noqa: DTZ001  # what must be mended
        ("2026-09-01", datetime(2026, 9, 1, tzinfo=UTC)),
        (datetime(1989, 12, 31, tzinfo=UTC), None),
        (datetime(2101, 1, 1, tzinfo=UTC), None),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=1))), None),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=1))), None),
        (date(2026, 9, 1), None),
        (7, None),
    ],
)
def test_times_are_utc_and_believable(value: Any, expected: datetime | None):
    found = normal(posted_at=value, closes_at=value)
    assert (found.posted_at, found.closes_at) == (expected, expected)
    assert expected is None or found.posted_at.tzinfo is UTC


# Descriptions


def described(markup: str) -> str | None:
    return normal(description_html=markup).description_html


def text_of(markup: str) -> str | None:
    return normal(description_html=markup).description_text


def test_structure_stays_and_everything_else_goes():
    markup = (
        '<h2 class="x" id="y" title="z">We</h2>'
        '<p lang="de" style="color:red" onclick="x()">are <b>good</b> &amp; <span>kind</span></p>'
        '<img src="https://t.example/pixel.gif"><!-- secret -->'
    )
    assert described(markup) == "<h2>We</h2><p>are <b>good</b> &amp; kind</p>"


def test_links_lead_out_and_vouch_for_nothing():
    link = '<a href="https://acme.example/?a=1&amp;b=2" target="_top">us</a>'
    assert described(link) == '<a href="https://acme.example/?a=1&amp;b=2" rel="nofollow noopener">us</a>'
    assert (
        described('<a href="mailto:a@b.example">us</a>')
        == '<a href="mailto:a@b.example" rel="nofollow noopener">us</a>'
    )
    assert described('<a href="/logout">us</a>') == '<a rel="nofollow noopener">us</a>'


HOSTILE = [
    "<script>alert(1)</script>", "<scr<script>ipt>alert(1)</scr</script>ipt>", "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>", '<a href="javascript:alert(1)">x</a>',
    '<a href="jAvA&#x09;scr&#10;ipt:alert(1)">x</a>', '<a href="&#1;javascript:alert(1)">x</a>',
    '<a href="java\x01script:alert(1)">x</a>', '<a href="data:text/html,<script>alert(1)</script>">x</a>',
    '<a href="vbscript:x">x</a>', "<style>*{background:url(//e.example)}</style>",
    '<p style="background:url(//e)">x</p>',
    '<link rel=stylesheet href="//e.example">', '<meta http-equiv="refresh" content="0;url=//e.example">',
    "<iframe src=//e.example></iframe>", "<form action=//e.example><input name=a><button>x</button></form>",
    "<object data=//e.example></object>", "<embed src=//e.example>", "<base href=//e.example>",
    "<video src=//e.example>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<noscript><p title='</noscript><img src=x onerror=a>'>",
    "<template><script>alert(1)</script></template>", "<details open ontoggle=alert(1)>x</details>",
    "<textarea><img src=x onerror=alert(1)></textarea>", "<title><img src=x onerror=alert(1)></title>",
    "<p>\ud83d\x00<b onmouseover=alert(1)", "<!--><img src=x onerror=alert(1)>-->", "<plaintext><img onerror=alert(1)>",
    "<xmp><img src=x onerror=alert(1)></xmp>", "<isindex action=javascript:alert(1)>", "<p x='<' onclick=alert(1)>y",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
]  # fmt: skip
ALLOWED = {
    "a", "abbr", "address", "article", "aside", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del",
    "details", "div", "dl", "dt", "em", "figcaption", "figure", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header",
    "hr", "i", "ins", "kbd", "li", "main", "mark", "nav", "ol", "p", "pre", "q", "s", "samp", "section", "small",
    "strong", "sub", "summary", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul", "var",
}  # fmt: skip


class Tags(HTMLParser):
    """Collects every tag and attribute, as another parser than the sanitiser's sees them."""

    def __init__(self, markup: str):
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str]] = set()
        self.feed(markup)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]):
        self.tags.add(tag)
        self.attributes |= {(name, value or "") for name, value in attrs}


def assert_harmless(markup: str | None):
    seen = Tags(markup or "")
    assert seen.tags <= ALLOWED
    for name, value in seen.attributes:
        assert name in ("href", "rel")
        assert name != "href" or re.match("(https?|mailto):", value, re.IGNORECASE)


@pytest.mark.parametrize("markup", HOSTILE)
def test_hostile_markup_comes_out_harmless(markup: str):
    assert_harmless(described(markup))
    assert_harmless(described(f"<p>Bakers <b>wanted{markup}</b></p>"))
    assert text_of(f"<p>Bakers wanted</p>{markup}").startswith("Bakers wanted")


def test_scripts_and_styles_are_no_text():
    assert text_of("<p>Bake</p><script>alert(1)</script><style>p{}</style>") == "Bake"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<p>One<br>Two</p>", "One\nTwo"),
        ("<div>One</div><div>Two</div>", "One\n\nTwo"),
        ("<p>You:</p><ul><li>bake</li><li><p>sell</p></li></ul><p>We:</p>", "You:\n- bake\n- sell\n\nWe:"),
        ("<ul><li>a</li><li></li><li><p></p></li></ul><p>b</p>", "- a\n\nb"),
        ("<h2>Who</h2>we are", "Who\n\nwe are"),
        ("a  &nbsp; b\n c &lt;d&gt; &amp;amp;", "a b c <d> &amp;"),
        ("<p><b>No</b>ble <a href='https://a.example/?x=>'>link</a></p>", "Noble link"),
        ("<p><b>No</b>ble <a href='https://a.example/?x=<p>&quot;'>link</a></p>", "Noble link"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>x", "a b\nc\n\nx"),
        ("<p>\u200b</p><p></p><p> </p>x<p></p><p></p>y", "x\n\ny"),
        ("only text", "only text"),
    ],
)
def test_text_is_read_from_the_html(markup: str, text: str):
    assert text_of(markup) == text


def test_given_text_is_kept_only_where_there_is_no_html():
    assert normal(description_html="<p>All</p>", description_text="Part").description_text == "All"
    found = normal(description_text="One \r\n\r\n\r\n\r\nTwo\x00\u00a0 three ")
    assert (found.description_html, found.description_text) == (None, "One\n\nTwo three")
    assert normal(description_html="<img src=x>", description_text="Two").description_text == "Two"


@pytest.mark.parametrize("markup", ["", "<p> </p>", "<br>", "<script>x</script>", None, 7, ["<p>x</p>"]])
def test_no_words_are_no_description(markup: Any):
    found = normal(description_html=markup)
    assert (found.description_html, found.description_text) == (None, None)


def test_a_control_character_written_as_an_entity_goes_too():
    assert described("<p>a&#1;b</p>") == "<p>ab</p>"


def test_a_long_description_is_cut_before_a_tag_that_would_break():
    markup = "<p>x</p>" + "y" * (MAX_CHARACTERS - 20) + '<a href="https://acme.example">more</a>'
    found = normal(description_html=markup)
    assert "href" not in found.description_html
    assert found.description_text.endswith("yyy")


# What takes a parser of HTML5 minutes or gigabytes: depth, and formatting tags that each block opens anew.
TANGLES = {
    "deep": "<div>" * 10_000 + "x",
    "deeper": "<div>" * 1_000_000,
    "megabytes of text": "<p>word word</p>" * 330_000,
    "formatting": "<p>" + "".join(f"<b n={n}>" for n in range(10_000)) + "<p>x" * 10_000,
    "adoption": "".join(f"<b n={n}><p>" for n in range(10_000)) + "</b>" * 10_000,
    "tables": "<table><tr><td>" * 10_000,
    "lists": "<ul><li>" * 20_000,
    "attributes": "<p " + " ".join(f"a{n}" for n in range(60_000)) + ">x",
    "unclosed comments": "<!--" * 500_000,
    "angle brackets": "<" * 1_000_000,
    "ampersands": "&" * 1_000_000,
    "entities": "&amp;" * 200_000,
    "spaces": " " * 5_000_000 + "x",
    "line breaks": "<br>" * 100_000 + "x",
}


@pytest.mark.parametrize("name", TANGLES)
def test_no_description_takes_long_or_grows(name: str):
    started = time.process_time()
    found = normal(description_html=TANGLES[name])
    assert time.process_time() - started < 3
    assert len(found.description_html or "") <= MAX_CHARACTERS
    assert len(found.description_text or "") <= MAX_CHARACTERS


def test_deep_nesting_keeps_its_text():
    assert text_of("<div>" * 10_000 + "x") == "x"


# Extras


def test_extras_are_cleaned_and_bounded_largest_first():
    extras = {"note": "a\x00b\ud83d", "big": "x" * 20_000, "small": [1, {"k\x00": "v"}], "nan": float("nan")}
    assert normal(extras=extras).extras == {"note": "ab", "small": [1, {"k": "v"}], "nan": None}
    many = {f"key {n}": "x" * 100 for n in range(1_000)}
    assert 5_000 < len(orjson.dumps(normal(extras=many).extras)) <= MAX_EXTRAS_BYTES


def test_extras_of_any_depth_and_kind_survive():
    deep: Any = []
    for _ in range(5_000):
        deep = [deep]
    found = normal(extras={"deep": deep, "huge": 2**70, "odd": object(), 7: "x", "tuple": (1,)}).extras
    assert found["huge"] == str(2**70)
    orjson.dumps(found)
    assert normal(extras=["no", "object"]).extras == {}


# Merging


def test_postings_with_one_id_become_the_first_with_all_places():
    first = posting(title="First", locations=["Berlin"], country_codes=["DE"])
    again = posting(title="Again", locations=["berlin", "Paris"], country_codes=["FR", "DE"])
    other = posting(external_id="2")
    merged = merge([first, other, again])
    assert [one.external_id for one in merged] == ["1", "2"]
    assert (merged[0].title, merged[0].locations, merged[0].country_codes) == (
        "First",
        ["Berlin", "Paris"],
        ["DE", "FR"],
    )
    assert first.locations == ["Berlin"]


# Laws


def test_the_posting_given_is_left_as_it_is():
    given_one = posting(title=" x ", locations=[" Berlin "], extras={"a": "\x00"}, employment_type="Permanent")
    before = repr(given_one)
    normalise(given_one)
    assert repr(given_one) == before


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
WORDS = [
    "Remote", "Full-time", "1 YEAR", "Germany", "&amp;", "&", "amp;", "#38;", "\x00", "\u200b", "\ud800", "e\u0301",
    "\xe9", "\u037e", "\u1fef", " ", "\n", "\r", "<p>", "</p>", "<li>", "<div>", "<br>", "<b>", "<script>", "#", "/",
    "https://a.example/", "?utm_source=x",
]  # fmt: skip
text = st.text(st.characters(), max_size=30) | st.lists(st.sampled_from(WORDS), max_size=8).map("".join)
sums = st.decimals() | st.floats() | st.integers() | st.none() | text
values: dict[str, st.SearchStrategy[Any]] = {
    "external_id": st.just("1") | text,
    "title": st.just("Baker") | text,
    "url": st.just("https://acme.example/") | text.map(lambda path: f"https://acme.example/{path}"),
    "locations": st.lists(text | junk, max_size=4) | junk,
    "country_codes": st.lists(text | st.sampled_from(["us", "Deutschland"]), max_size=4) | junk,
    "salary": st.builds(Salary, sums, sums, text | st.none(), text | st.none()) | junk,
    "posted_at": st.datetimes() | st.datetimes(timezones=st.timezones()) | junk,
    "extras": st.dictionaries(text, junk, max_size=4) | junk,
}
postings = st.fixed_dictionaries(
    {}, optional={field.name: values.get(field.name, text | junk) for field in fields(Posting)}
).map(lambda given_values: posting(**given_values))


def normal_or_none(one: Posting) -> Posting | None:
    try:
        return normalise(one)
    except ValueError as error:
        if not re.match("the (external id|title|address) ", str(error)):
            raise
        return None


def strings_of(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for pair in value.items() for item in pair for text in strings_of(item)]
    if isinstance(value, list):
        return [text for item in value for text in strings_of(item)]
    return []


@given(postings)
def test_any_junk_is_refused_for_one_of_three_reasons_or_comes_out_storable(one: Posting):
    found = normal_or_none(one)
    if found is None:
        return
    for value in (getattr(found, field.name) for field in fields(Posting)):
        for string in strings_of(value):
            assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", string)
            string.encode()
    assert len(orjson.dumps(found.extras)) <= MAX_EXTRAS_BYTES
    orjson.dumps(replace(found, salary=None))
    assert_harmless(found.description_html)


@given(postings)
def test_normalising_twice_changes_nothing_more(one: Posting):
    found = normal_or_none(one)
    assert found is None or normalise(found) == found


@given(postings, postings)
def test_merging_takes_raw_postings(one: Posting, other: Posting):
    assert len(merge([one, other])) == len({str(one.external_id), str(other.external_id)})


@given(st.lists(st.sampled_from([*HOSTILE, *WORDS, "</b>", "</div>", "</table>", "<table>", "<td>", "&#1;", "x"])))
def test_no_mixture_of_hostile_markup_comes_out_harmful(pieces: list[str]):
    found = described("".join(pieces))
    assert_harmless(found)
    assert_harmless(nh3.clean(found or ""))
