"""What a web page holds that may lead to a board."""

import pytest

from worker.detection import pages
from worker.posting import WebPage

HERE = "https://www.acme.example/about/team"


def content(markup, url=HERE, kind="text/html"):
    return pages.take_apart(WebPage(url, markup.encode(errors="replace"), markup, kind))


def found(markup, **options):
    return {(one.url, one.how) for one in content(markup, **options).addresses}


@pytest.mark.parametrize(
    ("markup", "address", "how"),
    [
        ('<a href="../jobs#open">Jobs</a>', "https://www.acme.example/jobs#open", "linked"),
        ('<a href="//jobs.lever.co/acme">x', "https://jobs.lever.co/acme", "linked"),
        ('<base href="https://cdn.example/a/"><a href="b">x', "https://cdn.example/a/b", "linked"),
        ('<link rel="alternate" href="/jobs.rss">', "https://www.acme.example/jobs.rss", "linked"),
        ("<iframe src=https://a.example/1></iframe>", "https://a.example/1", "embedded"),
        ('<iframe src="about:blank" data-src="https://a.example/1"></iframe>', "https://a.example/1", "embedded"),
        ('<script src="//a.example/js?for=acme"></script>', "https://a.example/js?for=acme", "embedded"),
        ('<form action="https://a.example/apply">', "https://a.example/apply", "embedded"),
        ('<meta http-equiv="Refresh" content="3;URL=\'https://a.example/\'">', "https://a.example/", "forwarded"),
        ("<script>location.replace('https://a.example/x')</script>", "https://a.example/x", "forwarded"),
        (r'<script>{"u":"https:\/\/a.example\/v1\/b"}</script>', "https://a.example/v1/b", "mentioned"),
        (r'<script>"https:\u002F\u002Fa.example\u002Fb"</script>', "https://a.example/b", "mentioned"),
        ("<script>get('a.example/acme')</script>", "https://a.example/acme", "mentioned"),
        ('<div data-board="https://a.example/b?x=1&amp;y=2">', "https://a.example/b?x=1&y=2", "mentioned"),
        ("<p>See https://a.example/b.</p>", "https://a.example/b", "mentioned"),
    ],
)
def test_addresses_are_found_wherever_they_stand(markup, address, how):
    assert (address, how) in found(markup)


@pytest.mark.parametrize(
    "markup",
    [
        '<a href="mailto:jobs@acme.example">x</a>',
        '<a href="javascript:void(0)">x</a>',
        '<a href="#jobs">x</a>',
        '<a href="http://[x/">x</a>',
        f'<a href="/{"x" * 3000}">x</a>',
        "<!-- <iframe src='/jobs'></iframe> -->",
        "<script>'https://a.example/app.js'</script>",
        "",
        "<",
        "\0",
    ],
)
def test_what_is_no_address_or_leads_to_no_page_is_left_out(markup):
    assert found(markup) == set()


@pytest.mark.parametrize(
    "old",
    [
        '<!-- <iframe src="https://old.example/embed/board?for=acme"></iframe> -->',
        "<!--[if IE]><script>location.replace('https://old.example/x')</script><![endif]-->",
        '<p>The end</p><!-- <a href="https://old.example/jobs">',
    ],
)
def test_what_a_page_has_commented_out_leads_nowhere(old):
    script = "<script><!-- get('https://a.example/acme') --></script>"
    assert found(f"{script}{old}") == {("https://a.example/acme", "mentioned")}


def test_a_picture_is_not_taken_apart():
    assert found("<a href=/jobs>jobs</a>", kind="image/png") == set()


def test_only_so_many_addresses_are_kept():
    markup = "".join(f"<a href=/{number}>x</a>" for number in range(3_000))
    assert len(content(markup).addresses) == pages.ADDRESSES_MOST


def test_the_name_of_a_site_comes_before_the_title_of_a_page():
    markup = '<title> Jobs \n at Acme</title><meta property="og:site_name" content="Acme"><meta name=x>'
    assert content(markup).names == ("Acme", "Jobs at Acme")


def test_the_most_promising_links_come_first_and_those_of_other_matters_not_at_all():
    markup = (
        '<a href="/about">About us</a><a href="/blog/jobs-report">The jobs report</a>'
        '<a href="https://www.linkedin.com/company/acme/jobs">Jobs</a><a href="/careers.pdf">Careers</a>'
        f'<a href="{HERE}">Jobs</a>'
        '<a href="/life">Life at Acme</a>'
        '<a href="/careers">Careers</a><a href="/careers/open">See open positions</a><a href="/x">Karriere</a>'
        '<a href="https://careers.acme.example/">Join us</a>'
    )
    links = pages.job_links(content(markup))
    assert links[0] == "https://www.acme.example/careers/open"
    assert set(links[1:]) == {
        "https://www.acme.example/careers",
        "https://www.acme.example/x",
        "https://careers.acme.example/",
    }


@pytest.mark.parametrize(
    "said",
    ["Karriere", "Offres d\u2019emploi", "Rejoignez-nous", "Join the team", "Lavora con noi", "Vagas", "採用情報",
     "求人", "人才招募", "加入我們", "Вакансії", "Kariéra"],
)  # fmt: skip
def test_a_link_to_jobs_is_known_by_its_words_in_many_languages(said):
    assert pages.job_links(content(f'<a href="/x/1">{said}</a>')) == ["https://www.acme.example/x/1"]
