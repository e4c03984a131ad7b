"""What goes wrong on sites without a vendor, one test each."""

import gzip
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.extractors.fake_http import FakeHttp
from worker import reading
from worker.errors import (
    BoardNotFound,
    BoardRefused,
    BoardUnavailable,
    InvalidInput,
    NothingListed,
    UnexpectedPayload,
)
from worker.extractors import recognise
from worker.extractors.careers_page import EXTRACTOR, address, board_key, detail, pages, parse, parse_detail
from worker.normalise import normalise
from worker.posting import Page, Posting, WebPage

SITE = "https://www.acme.example"
HOME = f"{SITE}/careers"
BOARD = board_key(HOME)
WELDER = {"@type": "JobPosting", "title": "Welder", "description": "<p>Weld.</p>"}


def page(*jobs, body=""):
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(job)}</script>' for job in jobs)
    return f"<!doctype html><html><head>{scripts}</head><body>{body}</body></html>"


def linked(*paths):
    return "".join(f'<a href="{path}">more</a>' for path in paths)


def urlset(*rows):
    """Write a sitemap of (path or address, lastmod)."""
    entries = "".join(
        f"<url><loc>{path if '://' in path else SITE + path}</loc><lastmod>{moved}</lastmod></url>"
        for path, moved in rows
    )
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'


def index(*paths):
    rows = "".join(f"<sitemap><loc>{SITE}{path}</loc></sitemap>" for path in paths)
    return f"<sitemapindex>{rows}</sitemapindex>"


class Web(FakeHttp):
    """Answers by address with its query, and at every other one with what `elsewhere` makes of it."""

    def __init__(self, answers, elsewhere=lambda url: BoardNotFound(f"{url} is not there")):
        super().__init__({})
        self.web, self.elsewhere = answers, elsewhere

    def _answer(self, method, url, sent, headers, redirects):
        self.calls.append((method, url, sent, dict(headers or {}), redirects))
        answer = self.web[url] if url in self.web else self.elsewhere(url)
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def asked(self):
        return [call[1].removeprefix(SITE) for call in self.calls]


def site(answers, **options):
    return Web({SITE + path: answer for path, answer in answers.items()}, **options)


def board(http, key=BOARD):
    return reading.read(EXTRACTOR, *reading_of(http, key))


def reading_of(http, key):
    found, missing = reading.fetch(EXTRACTOR, http, key, keep_what_arrived=False)
    return found, key, missing


def ids(http, key=BOARD):
    return list(board(http, key).postings)


# The board: any page at all


@pytest.mark.parametrize(
    ("pasted", "text", "url"),
    [
        ("https://www.Acme.example/careers/", "www.acme.example/careers", "https://www.acme.example/careers"),
        ("http://acme.example", "acme.example//http", "http://acme.example/"),
        ("http://acme.example/jobs#top", "acme.example/jobs/http", "http://acme.example/jobs"),
        ("https://acme.example:8443/a/b?team=x&utm_source=y", "acme.example%3A8443/a%2Fb%3Fteam%3Dx", "https://acme.example:8443/a/b?team=x"),
        ("https://acme.example/~hr/größe%2Fx", "acme.example/%7Ehr%2Fgr%C3%B6%C3%9Fe%252Fx", "https://acme.example/~hr/größe%2Fx"),
    ],
)  # fmt: skip
def test_a_board_is_the_page_that_was_pasted(pasted, text, url):
    key = board_key(pasted)
    assert EXTRACTOR.key_text(key) == text
    assert EXTRACTOR.key(text) == key
    assert EXTRACTOR.board_url(key) == address(key) == url
    assert EXTRACTOR.pace_host(key) == key["host"]


@pytest.mark.parametrize(
    "pasted", ["", "acme", "ftp://acme.example", "https://user@acme.example/", "javascript:alert(1)"]
)
def test_what_is_no_web_address_is_no_board(pasted):
    with pytest.raises(InvalidInput):
        board_key(pasted)


def test_no_address_is_recognised_as_a_careers_page():
    assert recognise(HOME) == []


# Postings on the page itself


def test_a_page_that_says_it_all_is_the_only_one_asked():
    jobs = [{**WELDER, "identifier": "W1"}, {**WELDER, "title": "Baker", "identifier": {"value": "B2"}}]
    http = site({"/careers": page({"@type": "ItemList", "itemListElement": jobs}, body=linked("/careers/culture"))})
    found = board(http)
    assert {name: (one.title, one.url) for name, one in found.postings.items()} == {
        "W1": ("Welder", HOME),
        "B2": ("Baker", HOME),
    }
    assert http.asked == ["/careers"]
    assert detail(http, BOARD, found.postings["W1"]) is None
    assert http.asked == ["/careers"]


def test_a_list_that_goes_on_is_read_to_its_end():
    def listing(n, more):
        jobs = [{**WELDER, "identifier": f"{n}{letter}"} for letter in "ab"]
        return page(*jobs, body=f'<a rel="next" href="{more}">next</a>' if more else "")

    http = site(
        {"/careers": listing(1, "?page=2"), "/careers?page=2": listing(2, "?page=3"), "/careers?page=3": listing(3, "")}
    )
    assert ids(http) == ["1a", "1b", "2a", "2b", "3a", "3b"]


@pytest.mark.parametrize(
    ("home", "further"),
    [
        ("/careers", "/careers?page=2"),
        ("/careers", "/careers?pageNumber=2"),
        ("/people", "/people?page=2"),
        ("/people", "/people/page/2"),
        ("/people", "/people?1a2b3c4d_page=2"),
        ("/careers?country=de", "/careers?country=de&page=2"),
        ("/?lang=en", "/?page=2"),
    ],
)
@pytest.mark.parametrize("own", ["identifier", "url"])
def test_a_list_goes_on_at_its_second_page_whatever_that_is_called(home, further, own):
    first, second = ([{**WELDER, own: f"/x/{name}"} for name in names] for names in ("ab", "cd"))
    http = site({home: page(*first, body=linked(home, further)), further: page(*second, body=linked(home))})
    assert len(ids(http, board_key(SITE + home))) == 4


def test_a_first_page_of_news_is_not_followed_through_its_archive():
    http = site({"/": page(body=linked("/jobs/1", "/?page=2", "/page/2"))})
    assert ids(http, board_key(SITE)) == ["/jobs/1"]
    assert http.asked == ["/", "/robots.txt", "/sitemap.xml"]


def test_postings_without_an_address_are_told_by_the_one_link_that_is_called_like_them():
    jobs = [
        {"@type": "JobPosting", "title": title} for title in ("Ship Agent", "Tea &amp; Spice Buyer", "Cook", "Pilot")
    ]
    named = {"/x/ship-agent": "Read on", "/x/7": " Tea &amp; Spice  buyer", "/x/cook": "a", "/y/cook": "b"}
    body = "".join(f'<a href="{path}">{said}</a>' for path, said in named.items())
    found = board(site({"/careers": page(*jobs, body=body)}))
    assert list(found.postings) == ["/x/ship-agent", "/x/7"]
    assert [(one.title, "neither an address" in one.reason) for one in found.skipped] == [
        ("Cook", True),
        ("Pilot", True),
    ]


def test_an_address_that_all_postings_share_is_none_of_theirs():
    jobs = [
        {**WELDER, "url": where, "identifier": name}
        for name, where in (("1", SITE), ("2", f"{SITE}/"), ("3", f"{SITE}/x"), ("4", f"{SITE}/x"))
    ]
    assert ids(site({"/careers": page(*jobs)})) == ["1", "2", "3", "4"]


def test_an_identifier_that_postings_of_several_titles_share_is_none_of_theirs():
    jobs = [{**WELDER, "identifier": {"@type": "PropertyValue", "name": "Acme", "value": "Acme"}, "title": title}
            for title in ("Welder", "Baker")]  # fmt: skip
    found = board(site({"/careers": page(*jobs, {**WELDER, "title": "Cook", "identifier": "C3"})}))
    assert list(found.postings) == ["C3"]
    assert [one.title for one in found.skipped] == ["Welder", "Baker"]


def test_a_posting_that_a_list_states_twice_is_read_once():
    jobs = [{**WELDER, "url": url} for url in ("/jobs/1", f"{SITE}/jobs/1/", "/jobs/1?utm_source=x")]
    found = board(site({"/careers": page(*jobs, {**WELDER, "title": "Cook", "url": "/jobs/2"})}))
    assert (list(found.postings), found.skipped) == (["/jobs/1", "/jobs/2"], [])


def test_where_a_list_shows_what_postings_look_like_nothing_else_is_taken_for_one():
    jobs = [{**WELDER, "url": f"/careers/open/{n}"} for n in (1, 2)]
    body = linked("/careers/open/3", "/careers/our-story")
    assert ids(site({"/careers": page(*jobs, body=body)})) == ["/careers/open/1", "/careers/open/2", "/careers/open/3"]


def test_a_posting_that_was_pasted_is_read_with_those_beside_it():
    key = board_key(f"{SITE}/jobs/welder")
    entries = urlset(("/jobs/welder", "2026-11-01"), ("/jobs/baker", "2026-11-02"))
    found = board(site({"/jobs/welder": page(WELDER), "/sitemap.xml": entries}), key)
    assert {name: one.title for name, one in found.postings.items()} == {"/jobs/welder": "Welder", "/jobs/baker": ""}


# Leads


def test_links_are_followed_from_the_home_page_to_lists_and_from_them_to_postings():
    http = site({
        "/": page(body=linked("/about", "/careers", "/careers/benefits")),
        "/careers": page(body=linked("/", "/careers", "/careers/open-positions", "/careers/our-story", "/jobs/1.pdf")),
        "/careers/open-positions": page(body=linked(
            "/careers/open-positions/welder", "https://jobs.acme.example/2/baker", "https://other.example/jobs/3",
            "/careers/open-positions/welder/apply",
        )),
    })  # fmt: skip
    assert sorted(ids(http, board_key(SITE))) == [
        "//jobs.acme.example/2/baker",
        "/careers/open-positions/welder",
        "/careers/our-story",
    ]


def test_a_lead_keeps_its_id_whichever_way_its_address_is_written():
    one = site({"/careers": page(body=linked("http://acme.example/jobs/caf%c3%a9/?utm_source=x#apply"))})
    other = site({"/careers": page(), "/sitemap.xml": urlset(("/jobs/café", "2026-11-01"))})
    assert ids(one) == ids(other) == ["/jobs/caf%C3%A9"]


def test_leads_of_every_kind_come_early():
    entries = [(f"/jobs/{n}", "2026-11-20") for n in range(5)] + [
        ("/stellen/a", "2020-01-01"),
        ("/careers/b", "2020-01-01"),
    ]
    found = ids(site({"/careers": page(), "/sitemap.xml": urlset(*entries)}))
    assert set(found[:3]) == {"/jobs/0", "/stellen/a", "/careers/b"}


def test_the_lastmod_of_a_sitemap_stands_with_a_lead_that_is_linked_too():
    http = site({"/careers": page(body=linked("/jobs/1")), "/sitemap.xml": urlset(("/jobs/1", "2026-11-01"))})
    assert board(http).postings["/jobs/1"].extras == {"pattern": "acme.example/jobs/*", "lastmod": "2026-11-01"}


def test_translations_of_postings_are_left_out():
    paths = ("/jobs/1", "/de/jobs/1", "/fr/jobs/1")
    http = {"/sitemap.xml": urlset(*((path, "2026-11-01") for path in paths))}
    assert ids(site({**http, "/careers": page()})) == ["/jobs/1"]
    german = {**http, "/de/karriere": page(body=linked("/fr/emplois"))}
    assert sorted(ids(site(german), board_key(f"{SITE}/de/karriere"))) == ["/jobs/1"]


def test_lists_in_other_languages_are_read_last_and_not_missed():
    languages = [f"/{one}{two}/jobs" for one in "abcd" for two in "xyzw"]
    found = board(site({"/careers": page(body=linked(*languages, "/jobs")), "/jobs": page(body=linked("/jobs/1"))}))
    assert (list(found.postings), found.incomplete) == (["/jobs/1"], None)


# Sitemaps


def test_the_sitemaps_that_robots_names_are_read_and_those_of_jobs_alone_where_there_are_some():
    http = site({
        "/careers": page(),
        "/robots.txt": f"User-agent: *\nSitemap: {SITE}/all.xml\nSitemap: https://other.example/jobs.xml\n",
        "/all.xml": index("/posts.xml", "/jobs-1.xml.gz", "/all.xml", "/jobs-2.xml"),
        "/jobs-1.xml.gz": gzip.compress(urlset(("/jobs/1", "2026-11-01")).encode()),
        "/jobs-2.xml": urlset(("/jobs/2", "2026-11-02"), ("/about", ""), ("https://other.example/jobs/3", "")),
    })  # fmt: skip
    found = board(http)
    assert sorted(found.postings) == ["/jobs/1", "/jobs/2"]
    assert found.incomplete is None
    assert http.asked == ["/careers", "/robots.txt", "/all.xml", "/jobs-1.xml.gz", "/jobs-2.xml"]


@pytest.mark.parametrize(
    "answer", ["<html>Not found</html>", BoardNotFound("404"), BoardRefused("403"), UnexpectedPayload("400")]
)
def test_without_sitemaps_the_links_stand_for_themselves(answer):
    found = board(site({"/careers": page(body=linked("/jobs/1")), "/robots.txt": answer, "/sitemap.xml": answer}))
    assert (list(found.postings), found.incomplete) == (["/jobs/1"], None)


@pytest.mark.parametrize(
    "answer",
    [
        BoardRefused("the host does not let Rolecall read this (403)"),
        UnexpectedPayload("the answer is larger than 64 bytes"),
        '<!DOCTYPE urlset [<!ENTITY a "b">]><urlset/>',
        gzip.compress(b"<urlset/>")[:-8],
        urlset(("/jobs/2", "2026-11-01"))[:-9],
    ],
    ids=["refused", "huge", "dtd", "damaged", "broken off"],
)
def test_a_sitemap_that_is_named_and_cannot_be_read_makes_the_reading_incomplete(answer):
    http = site({"/careers": page(body=linked("/jobs/1")), "/robots.txt": f"Sitemap: {SITE}/s.xml", "/s.xml": answer})
    assert board(http).incomplete.startswith(f"the sitemap {SITE}/s.xml could not be read in full")


@pytest.mark.parametrize("path", ["/robots.txt", "/sitemap.xml", "/jobs"])
def test_a_host_in_trouble_is_asked_again_later(path):
    http = site({"/careers": page(body=linked("/jobs", "/jobs/1")), path: BoardUnavailable("503")})
    with pytest.raises(BoardUnavailable):
        board(http)


# What was tried in vain


def test_a_site_without_postings_says_what_was_tried():
    http = site({"/careers": page({"@type": "Organization"}, body=linked("/about", "/careers/benefits"))})
    with pytest.raises(NothingListed) as error:
        board(http)
    said = str(error.value)
    assert "no posting could be found at https://www.acme.example/careers" in said
    assert "JSON-LD, microdata, RDFa" in said
    assert "https://www.acme.example/sitemap.xml (no sitemap)" in said
    assert isinstance(error.value, UnexpectedPayload)


def test_a_page_that_is_gone_is_passed_over_while_the_sitemap_names_postings():
    assert ids(site({"/sitemap.xml": urlset(("/jobs/1", "2026-11-01"))})) == ["/jobs/1"]
    with pytest.raises(BoardNotFound):
        board(site({"/sitemap.xml": urlset(("/about", "2026-11-01"))}))


@pytest.mark.parametrize("error", [BoardRefused("403"), UnexpectedPayload("it now redirects elsewhere")])
def test_a_page_that_cannot_be_read_is_that_error(error):
    with pytest.raises(type(error)):
        board(site({"/careers": error}))


# What is over


def today(days=0):
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


@pytest.mark.parametrize(
    ("through", "is_open"),
    [("2020-01-31", False), (today(-3), False), (today(), True), (today(1), True), ("2020-01-31T12:00:00Z", False),
     ("soon", True), (None, True)],
)  # fmt: skip
def test_a_posting_is_there_until_its_valid_through_is_over(through, is_open):
    job = {**WELDER, "validThrough": through, "identifier": "W1"}
    assert ids(site({"/careers": page(job, {**WELDER, "identifier": "W2"})})) == (["W1", "W2"] if is_open else ["W2"])
    found = parse_detail(lead("/jobs/1"), {"url": f"{SITE}/jobs/1", "html": page(job)})
    assert (found is not None) is is_open


# Pages of postings


def lead(path, **fields):
    return Posting(external_id=path, title="", url=SITE + path, **fields)


def test_a_lead_becomes_the_posting_that_its_page_states():
    http = site({"/jobs/1": page({"@type": "WebPage"}, {**WELDER, "identifier": 7, "jobLocation": "Oslo"})})
    found = parse_detail(lead("/jobs/1"), detail(http, BOARD, lead("/jobs/1")))
    assert (found.external_id, found.url, found.title) == ("/jobs/1", f"{SITE}/jobs/1", "Welder")
    assert (found.locations, found.requisition_id, found.description_html) == (["Oslo"], "7", "<p>Weld.</p>")
    assert found.extras == {}


@pytest.mark.parametrize("html", [page(), "%PDF-1.7 \0\x01", page({"@type": "Article", "title": "JobPosting"})])
def test_a_page_without_a_posting_is_none(html):
    assert parse_detail(lead("/jobs/1"), {"url": f"{SITE}/jobs/1", "html": html}) is None


BROKEN = """<script type="application/ld+json">
{"@context": "https://schema.org", "@type": "JobPosting", "title": "Cook", "description": "<a href="/x">Cook</a>"}
</script>"""


@pytest.mark.parametrize("own", ["identifier", "url"])
def test_a_list_with_a_posting_that_is_no_json_is_not_complete(own):
    jobs = [{**WELDER, own: f"/jobs/{n}"} for n in (1, 2)]
    found = board(site({"/careers": page(*jobs, body=BROKEN)}))
    assert list(found.postings) == ["/jobs/1", "/jobs/2"]
    assert found.incomplete == f"the JSON-LD of 1 postings at {HOME} cannot be read"


def test_a_page_whose_posting_is_no_json_does_not_say_that_there_is_none():
    with pytest.raises(UnexpectedPayload, match="cannot be read"):
        parse_detail(lead("/jobs/1"), {"url": f"{SITE}/jobs/1", "html": page(body=BROKEN)})
    microdata = '<div itemscope itemtype="https://schema.org/JobPosting"><b itemprop="title">Cook</b></div>'
    found = parse_detail(lead("/jobs/1"), {"url": f"{SITE}/jobs/1", "html": page(body=BROKEN + microdata)})
    assert found.title == "Cook"


def test_of_several_postings_on_a_page_it_is_the_one_that_names_it_else_the_fullest():
    others = [{"@type": "JobPosting", "title": f"Related {n}", "url": f"/jobs/{n}"} for n in (2, 3)]
    url = f"{SITE}/jobs/1"
    named = page(*others, {"@type": "JobPosting", "title": "Welder", "url": f"{url}/"})
    assert parse_detail(lead("/jobs/1"), {"url": url, "html": named}).title == "Welder"
    assert parse_detail(lead("/jobs/1"), {"url": url, "html": page(*others, WELDER)}).title == "Welder"


def test_a_posting_that_is_sent_on_to_the_list_is_no_more():
    answer = WebPage(HOME, b"", page({**WELDER, "url": "/jobs/2"}), "text/html")
    http = site({"/jobs/1": answer})
    assert parse_detail(lead("/jobs/1"), detail(http, BOARD, lead("/jobs/1"))) is None
    http = site({"/jobs/2": answer})
    assert parse_detail(lead("/jobs/2"), detail(http, BOARD, lead("/jobs/2"))).title == "Welder"


@pytest.mark.parametrize(
    ("sent_to", "jobs"),
    [
        ("/jobs", [{**WELDER, "url": "/jobs"}]),
        ("/jobs?page=1", [WELDER]),
        ("/", [WELDER]),
        ("/", [{**WELDER, "url": "/jobs/2"}]),
        ("/", [{**WELDER, "url": "/"}]),
        ("/work", [{**WELDER, "url": "/work"}, {**WELDER, "title": "Baker", "url": "/work"}]),
        ("/work", [{**WELDER, "url": "/jobs/2"}, {**WELDER, "url": "/jobs/3"}]),
        ("/work", [WELDER, {**WELDER, "title": "Baker"}]),
    ],
)
def test_a_posting_that_is_sent_on_to_where_others_are_is_none_of_them(sent_to, jobs):
    http = site({"/jobs/1": WebPage(SITE + sent_to, b"", page(*jobs), "text/html")})
    assert parse_detail(lead("/jobs/1"), detail(http, BOARD, lead("/jobs/1"))) is None


@pytest.mark.parametrize(
    "jobs",
    [
        [WELDER],
        [{**WELDER, "url": "/jobs/1-welder"}],
        [{**WELDER, "url": "/jobs/1"}],
        [{"@type": "JobPosting", "title": "Baker"}, {**WELDER, "url": "/jobs/1-welder/"}],
    ],
)
def test_a_posting_that_is_sent_on_to_its_new_address_is_read_there(jobs):
    http = site({"/jobs/1": WebPage(f"{SITE}/jobs/1-welder", b"", page(*jobs), "text/html")})
    assert parse_detail(lead("/jobs/1"), detail(http, BOARD, lead("/jobs/1"))).title == "Welder"


def test_a_listed_posting_stands_where_its_page_says_nothing():
    listed = Posting(external_id="/jobs/1", title="Welder", url=f"{SITE}/jobs/1", extras={"lastmod": "2026-11-01"})
    found = parse_detail(listed, {"url": listed.url, "html": page()})
    assert (found.title, found.extras) == ("Welder", {})


def test_postings_elsewhere_are_not_asked_for():
    listed = Posting(external_id="x", title="Welder", url="https://other.example/jobs/1")
    http = site({})
    assert detail(http, BOARD, listed) is None
    assert http.calls == []


def test_a_posting_without_a_title_says_so():
    with pytest.raises(UnexpectedPayload, match="no title"):
        parse_detail(lead("/jobs/1"), {"url": f"{SITE}/jobs/1", "html": page({"@type": "JobPosting"})})
    named = parse_detail(
        lead("/jobs/1"), {"url": f"{SITE}/jobs/1", "html": page({"@type": "JobPosting", "name": "Baker"})}
    )
    assert named.title == "Baker"


# Hostile sites


def test_a_maze_of_lists_ends():
    ways = iter(range(10**6))
    http = site(
        {}, elsewhere=lambda url: page(body=linked(*(f"/{next(ways)}/jobs" for _ in range(50)), "/jobs/1", "/careers"))
    )
    assert board(http).incomplete == "the site has more than 12 pages that look like lists; the others were not read"
    assert len(http.calls) <= 40


def test_links_that_lead_nowhere_end():
    http = site({"/careers": page(body=linked(*(f"/{n}/jobs" for n in range(1_000)), "/jobs/1"))})
    assert list(board(http).postings) == ["/jobs/1"]
    assert len(http.calls) <= 40


def test_sitemaps_of_sitemaps_without_end_end():
    ways = iter(range(10**6))
    http = site({"/careers": page(), "/robots.txt": f"Sitemap: {SITE}/s.xml"},
                elsewhere=lambda url: index(*(f"/jobs-{next(ways)}.xml" for _ in range(50))))  # fmt: skip
    with pytest.raises(NothingListed):
        board(http)
    assert len(http.calls) <= 40


def test_a_sitemap_of_100000_postings_gives_the_newest_and_says_what_was_left_out():
    entries = urlset(*((f"/jobs/{n}", f"20{n // 10_000:02}-01-01") for n in range(100_000)))
    began = time.process_time()
    found = board(site({"/careers": page(), "/sitemap.xml": entries}))
    assert len(found.postings) == 20_000
    assert found.incomplete == "the sitemaps name more pages than can be read; the newest 20,000 are"
    assert {one.extras["lastmod"] for one in found.postings.values()} == {"2009-01-01", "2008-01-01"}
    assert time.process_time() - began < 40


def test_json_ld_nested_10000_deep_is_no_posting():
    deep = '<script type="application/ld+json">' + '{"@type":"JobPosting","a":' * 10_000 + "</script>"
    with pytest.raises(NothingListed):
        board(site({"/careers": deep}))
    with pytest.raises(UnexpectedPayload, match="cannot be read"):
        parse_detail(lead("/jobs/1"), {"url": f"{SITE}/jobs/1", "html": deep})


def test_10000_postings_on_a_page_are_read_soon():
    jobs = [{**WELDER, "title": f"Welder {n}", "url": f"/jobs/{n}"} for n in range(10_000)]
    began = time.process_time()
    assert len(ids(site({"/careers": page(jobs, body=linked(*(f"/jobs/{n}" for n in range(10_000))))}))) == 10_000
    assert time.process_time() - began < 40


# Recorded pages

PAYLOADS = Path(__file__).parents[2].parent / "shared" / "payloads"
recorded = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the recorded answers are not here")


@recorded
def test_a_recorded_list_of_postings_is_read_with_their_own_pages():
    html = (PAYLOADS / "jsonld" / "avalanchefusion.html").read_text()
    found = board(site({"/careers/open-positions": html}), board_key(f"{SITE}/careers/open-positions"))
    assert len(found.postings) == 9
    assert found.incomplete is None
    one = normalise(found.postings["/careers/open-position/radiation-safety-officer-fusionwerx"])
    assert (one.title, one.locations) == ("Radiation Safety Officer (FusionWERX)", ["Seattle, WA, US"])


@recorded
@pytest.mark.parametrize("name", ["diode-senior", "diode-staff", "loombotic"])
def test_recorded_pages_of_postings_are_read(name):
    html = (PAYLOADS / "jsonld" / f"workatastartup-{name}.html").read_text()
    found = normalise(parse_detail(lead("/jobs/1"), {"url": f"{SITE}/jobs/1", "html": html}))
    assert found.title
    assert len(found.description_text) > 100
    assert (found.employment_type, found.salary.currency, found.salary.period) == ("FULL_TIME", "USD", "YEAR")
    assert found.country_codes


@recorded
@pytest.mark.parametrize("name", ["iperionx", "solideon", "terminusindustrials", "workatastartup-diode"])
def test_recorded_pages_without_postings_for_machines_are_an_error(name):
    html = (PAYLOADS / "careers-html" / f"{name}.html").read_text()
    with pytest.raises(NothingListed):
        board(site({"/careers": html}))


@recorded
@pytest.mark.parametrize("name", ["framework_co-detail", "hyl_io-detail"])
def test_recorded_postings_without_markup_are_none(name):
    html = (PAYLOADS / "careers-html" / f"{name}.html").read_text()
    assert parse_detail(lead("/jobs/1"), {"url": f"{SITE}/jobs/1", "html": html}) is None


def test_what_is_no_reading_of_a_site_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload):
        list(parse(Page({"pages": 3}), BOARD))
    assert list(pages(site({"/careers": page(WELDER, WELDER)}), BOARD))
