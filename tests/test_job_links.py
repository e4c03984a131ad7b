"""Which addresses of a company's site look like postings, and what each is known by."""

import time

import pytest

from worker.job_links import belongs, identity, is_list, language, likeness, links, site


@pytest.mark.parametrize(
    ("url", "pattern"),
    [
        ("https://www.acme.example/jobs/welder", "acme.example/jobs/*"),
        ("https://acme.example/jobs/berlin/engineering/4711/welder", "acme.example/jobs/*/*/*/*"),
        ("https://acme.example/careers/open-positions/welder/", "acme.example/careers/open-positions/*"),
        (
            "https://acme.example/de/karriere/stellenangebote/schweisser-m-w-d",
            "acme.example/de/karriere/stellenangebote/*",
        ),
        ("https://acme.example/JobDetail/4711.html", "acme.example/JobDetail/*"),
        ("https://acme.example/job_listing/welder", "acme.example/job_listing/*"),
        ("https://acme.example/jobs?id=4711", "acme.example/jobs?id=*"),
        ("https://acme.example/careers.php?gh_jid=4711", "acme.example/careers.php?gh_jid=*"),
        ("https://acme.example/job-welder-berlin", "acme.example/*-job"),
        ("https://jobs.acme.example/us/en/4711/welder", "jobs.acme.example/us/en/*/*"),
        ("https://acme.example/offres-d-emploi/soudeur", "acme.example/offres-d-emploi/*"),
        ("https://acme.example/ledige-stillinger/svejser", "acme.example/ledige-stillinger/*"),
    ],
)
def test_an_address_like_a_postings_has_the_pattern_of_its_kind(url, pattern):
    assert likeness(url).pattern == pattern


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example/", "https://acme.example/careers", "https://acme.example/jobs?page=2",
        "https://acme.example/jobs/page/2", "https://acme.example/careers/benefits", "https://acme.example/jobs/search",
        "https://acme.example/jobs/4711/apply", "https://acme.example/jobs/welder.pdf", "https://acme.example/about-us",
        "https://acme.example/career-advice/how-to-ask", "https://acme.example/blog/how-to-get-a-job",
        "https://acme.example/jobs/a/b/c/d/e", "https://acme.example/people/ada", "https://jobs.acme.example/de/de",
    ],
)  # fmt: skip
def test_other_addresses_do_not_look_like_postings(url):
    assert likeness(url) is None


def test_what_is_kept_under_the_boards_page_may_be_a_posting():
    assert likeness("https://acme.example/people/welder", home="https://acme.example/people").strength == 1
    assert likeness("https://acme.example/people-of-ours/x", home="https://acme.example/people") is None
    assert likeness("https://acme.example/anything", home="https://acme.example/") is None


def test_places_of_postings_weigh_more_than_places_of_careers():
    strengths = [likeness(f"https://acme.example/{place}/welder").strength for place in ("jobs", "careers")]
    assert strengths == [3, 2]


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://acme.example/careers", True),
        ("https://acme.example/careers/open-positions?page=2", True),
        ("https://acme.example/jobs/page/3/", True),
        ("https://jobs.acme.example/", True),
        ("https://acme.example/join-us", True),
        ("https://acme.example/jobs?team=sales", False),
        ("https://acme.example/jobs/welder", False),
        ("https://acme.example/", False),
    ],
)
def test_a_list_is_told_by_what_its_address_ends_in(url, found):
    assert is_list(url) is found


def test_an_address_is_the_same_however_it_is_written():
    written = [
        "https://www.acme.example/jobs/caf%C3%A9",
        "http://acme.example/jobs/café/",
        "https://ACME.example/jobs/caf%c3%a9",
    ]
    assert {identity(url) for url in written} == {"//acme.example/jobs/caf%C3%A9"}
    assert identity("https://www.acme.example/jobs/1?b=2&a=1", at="https://acme.example/careers") == "/jobs/1?a=1&b=2"
    assert identity("https://acme.example/jobs/1?lang=de&source=list", at="https://acme.example") == "/jobs/1"
    assert identity("https://jobs.acme.example/1", at="https://acme.example/careers") == "//jobs.acme.example/1"
    assert identity("https://acme.example/jobs/Welder") != identity("https://acme.example/jobs/welder")


def test_a_long_address_is_known_by_a_text_that_fits_and_is_its_own():
    one, other = (identity(f"https://acme.example/jobs/{'x' * 500}{end}") for end in "ab")
    assert one != other
    assert max(len(one), len(other)) <= 200


def test_links_are_resolved_as_a_browser_does():
    page = """<html><head><base href="/careers/"><link rel="next" href="?page=2"><link rel=icon href=/i.png></head>
        <a href="jobs/1?utm_source=x#apply"><b>Welder</b>\n Berlin</a> <a href="//jobs.acme.example/2">B</a>
        <a href="mailto:a@acme.example">C</a> <a href="javascript:void(0)">D</a> <a>E</a> <a href="http://[">F</a>
        <a rel="nofollow next" href="/careers?page=3">next</a> <a href="jobs/1">again</a>"""
    found = links(page, "https://www.acme.example/somewhere/else")
    assert [(link.url.removeprefix("https://"), link.text, link.is_next) for link in found] == [
        ("www.acme.example/careers/?page=2", "", True),
        ("www.acme.example/careers/jobs/1", "Welder Berlin", False),
        ("jobs.acme.example/2", "B", False),
        ("www.acme.example/careers?page=3", "next", True),
    ]
    assert links("", "https://acme.example") == []


def test_pages_full_of_links_are_read_soon():
    began = time.process_time()
    assert len(links("<a href=/x>y</a>" * 200_000, "https://acme.example")) == 1
    assert len(links("".join(f"<a href=/{n}>" for n in range(100_000)), "https://acme.example")) == 5_000
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    ("url", "home", "found"),
    [
        ("https://jobs.acme.example/1", "https://www.acme.example/careers", True),
        ("https://acme.example.evil.test/jobs/1", "https://acme.example/careers", False),
        ("https://other.co.uk/jobs/1", "https://acme.co.uk/careers", False),
        ("https://acme.example/de/jobs/1", "https://acme.example/de/karriere", True),
        ("https://acme.example/jobs/1", "https://acme.example/de/karriere", True),
        ("https://acme.example/en/jobs/1", "https://acme.example/de/karriere", False),
        ("https://acme.example/en/jobs/1", "https://acme.example/careers", True),
        ("https://many.example/companies/acme/jobs/1", "https://many.example/companies/acme/jobs", True),
        ("https://many.example/companies/other/jobs/1", "https://many.example/companies/acme/jobs", False),
        ("https://acme.example/jobs/1", "https://acme.example/company/careers", True),
    ],
)
def test_a_board_is_of_one_site_one_language_and_one_company(url, home, found):
    assert belongs(url, home) is found


def test_sites_and_languages_are_told_from_addresses():
    assert [site(f"https://{host}/x") for host in ("jobs.acme.co.uk", "acme.com", "1.2.3.4", "[::1]")] == [
        "acme.co.uk", "acme.com", "1.2.3.4", "::1",
    ]  # fmt: skip
    assert [language(f"https://a.example/{path}") for path in ("us/en/jobs", "en-GB/jobs", "jobs", "")] == [
        "us/en",
        "en-gb",
        "",
        "",
    ]
