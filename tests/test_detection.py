"""Detection in a simulated internet: from addresses, pages, domains and names to boards, politely and within bounds."""

import json
import os
import time
from dataclasses import replace

import pytest
import redis as redis_py

from tests import scanning
from tests.boards import Internet
from tests.boards.faults import Faults
from tests.boards.origin import Origin
from tests.boards.wire import Answer, Request, html_answer, redirect
from worker import resources, robots
from worker.detection import NotOneBoard, find_boards, find_one
from worker.detection.search import REQUESTS, SECONDS
from worker.errors import InvalidInput, UnsafeAddress
from worker.settings import get_settings

HOME = "https://www.proseware.example"


@pytest.fixture(scope="module")
def internet():
    with Internet(seed=5, companies=22) as internet:
        yield internet


@pytest.fixture
def net(internet, stack, redis):
    robots.MEMORY.clear()
    with scanning.inside(internet):
        yield internet
    internet.clear()
    internet.server.origin.pages.clear()


@pytest.fixture(autouse=True)
def _bounds(net):
    """Whatever a test does, no detection takes more requests than it may."""
    before = len(net.requests)
    yield
    asked = net.requests[before:]
    assert len(asked) <= REQUESTS * max(1, LOOKS.pop("count", 1))


LOOKS: dict[str, int] = {}


def look(what, **options):
    """Detect, and check on what it says it took."""
    LOOKS["count"] = LOOKS.get("count", 0) + 1
    found = find_boards(what, get_settings(), **options)
    assert found.requests <= options.get("requests", REQUESTS)
    assert found.seconds <= options.get("seconds", SECONDS) + 0.5
    return found


def the_one(found):
    """The candidate that adding would take."""
    assert found.chosen is not None, found
    return found.chosen


def as_if_at(net, host):
    """Answer at another host as one of the simulated hosts does."""
    plain = Origin(net.world, Faults())
    return lambda request: plain.answer(replace(request, host=host))[0]


def page(body, title="Proseware"):
    return f"<!doctype html><html><head><title>{title}</title></head><body>{body}</body></html>"


# -- the address itself ------------------------------------------------------------------------------------------------


def test_every_vendors_address_is_its_board_counted_and_shown_with_five_titles(net):
    for company in net.world.companies[:11]:
        one = the_one(look(company.address))
        assert one.certainty == "certain"
        assert one.board.ats == company.vendor.name
        assert one.open_postings == len(net.world.open_ids(company))
        assert not one.at_least
        assert len(one.titles) == min(5, one.open_postings)
        assert set(one.titles) <= set(net.world.titles(company).values())


def test_a_posting_of_a_board_leads_to_the_board(net):
    company = net.world.of("lever")[0]
    found = look(f"{company.address}/{next(iter(net.world.open_ids(company)))}/apply?utm_source=x")
    assert the_one(found).board.key == company.slug
    assert found.requests == 1


def test_a_board_that_is_gone_is_shown_with_the_reason_and_not_chosen(net):
    found = look("https://jobs.lever.co/there-is-no-such-company")
    (one,) = found.candidates
    assert (one.error_kind, one.open_postings) == ("BoardNotFound", None)
    assert found.chosen is None


def test_a_board_that_does_not_answer_now_is_chosen_all_the_same(net):
    company = net.world.of("ashby")[0]
    net.fault(company, "status", code=503)
    one = the_one(look(company.address))
    assert (one.certainty, one.error_kind) == ("certain", "BoardUnavailable")


def test_many_postings_of_a_board_without_a_total_are_counted_in_three_pages(net):
    company = net.world.add_company("teamtailor", postings=305)
    found = look(company.address)
    assert (the_one(found).open_postings, the_one(found).at_least) == (300, True)


@pytest.mark.parametrize(
    "named", ["https://acme.wd5.myworkdayjobs.com/en-us", "https://acme.wd5.myworkdayjobs.com/wday"]
)
def test_a_tenant_without_a_site_is_asked_for_its_sites(net, named):
    company = net.world.of("workday")[0]
    tenant = f"https://{company.key['tenant']}.{company.key['centre']}.myworkdayjobs.com"
    asked = named.replace("https://acme.wd5.myworkdayjobs.com", tenant)
    site = f"Sitemap: {tenant}/{company.key['site']}/siteMap.xml\n"
    net.page(f"{tenant}/robots.txt", Answer(200, f"User-agent: *\n{site}".encode(), "text/plain"))
    one = the_one(look(asked))
    assert one.board.url == f"{tenant}/{company.key['site']}"
    assert one.open_postings == len(net.world.open_ids(company))

    net.page(f"{tenant}/robots.txt", Answer(200, f"{site}Sitemap: {tenant}/Campus/siteMap.xml".encode(), "text/plain"))
    both = look(asked)
    assert {one.board.url: one.error_kind for one in both.candidates} == {
        f"{tenant}/{company.key['site']}": None,
        f"{tenant}/Campus": "BoardNotFound",
    }
    net.page(f"{tenant}/robots.txt", Answer(200, b"User-agent: *\nAllow: /", "text/plain"))
    none = look(asked)
    assert none.candidates == []
    assert any("names none" in tried for tried in none.tried)


# -- the company's page ------------------------------------------------------------------------------------------------

EMBEDS = {
    "script": ("greenhouse", '<script src="https://boards.greenhouse.io/embed/job_board/js?for={slug}"></script>'),
    "script without a scheme": ("greenhouse", '<script src="//boards.greenhouse.io/embed/job_board/js?for={slug}">'),
    "iframe": ("lever", '<iframe src="https://jobs.lever.co/{slug}?embed=1"></iframe>'),
    "lazy iframe": ("personio", '<iframe data-src="{address}/?language=en"></iframe>'),
    "form": ("pinpoint", '<form action="https://{slug}.pinpointhq.com/postings"></form>'),
    "settings of a script": ("greenhouse", "<div id=grnhse_app></div><script>cfg={{boardToken: '{slug}'}}</script>"),
    "options of a widget": ("lever", "<script>window.leverJobsOptions = {{accountName: '{slug}', css: 1}};</script>"),
    "an API in a script": ("ashby", "<script>fetch('https://api.ashbyhq.com/posting-api/job-board/{slug}')</script>"),
    "an escaped API": (
        "workable",
        r'<script>{{"u":"https:\/\/apply.workable.com\/api\/v1\/widget\/accounts\/{slug}"}}</script>',
    ),
    "a company's code": (
        "smartrecruiters",
        (
            '<script src="https://static.smartrecruiters.com/job-widget/1.6.0/script/smart_widget.js"></script>'
            "<script>widget({{'company_code': '{slug}'}})</script>"
        ),
    ),
    "refresh": ("recruitee", '<meta http-equiv="refresh" content="0; url=https://{slug}.recruitee.com/">'),
    "location": ("gem", "<script>window.location.href = 'https://jobs.gem.com/{slug}';</script>"),
}


@pytest.mark.parametrize("how", EMBEDS)
def test_what_a_page_embeds_is_certain(net, how):
    ats, markup = EMBEDS[how]
    company = net.world.of(ats)[0]
    names = {"slug": company.key.get("board") or company.slug, "address": company.address}
    net.page(f"{HOME}/jobs", page(markup.format(**names)))
    one = the_one(look(f"{HOME}/jobs"))
    assert (one.board.ats, one.certainty) == (ats, "certain"), one
    assert one.open_postings == len(net.world.open_ids(company))
    assert f"{HOME}/jobs" in one.evidence


def test_many_links_to_one_board_make_it_likely(net):
    company = net.world.of("lever")[0]
    links = "".join(f'<a href="{company.address}/{one}">Role</a>' for one in net.world.open_ids(company))
    net.page(f"{HOME}/jobs", page(links))
    one = the_one(look(f"{HOME}/jobs"))
    assert (one.board.key, one.certainty) == (company.slug, "likely")


def test_a_single_link_is_likely_where_the_board_is_called_like_the_company(net):
    company = net.world.of("greenhouse")[0]
    net.page(f"https://{company.slug}.example/team", page(f'<a href="{company.address}">Open roles</a>'))
    assert the_one(look(f"https://{company.slug}.example/team")).certainty == "likely"


def test_a_single_link_to_a_board_of_another_name_is_possible_and_not_chosen(net):
    company = net.world.of("greenhouse")[0]
    net.page(f"{HOME}/partners", page(f'<a href="{company.address}">Our partner hires</a>'))
    found = look(f"{HOME}/partners")
    assert [(one.board.key, one.certainty) for one in found.candidates] == [(company.slug, "possible")]
    assert found.chosen is None


def test_the_boards_of_many_companies_are_nobodys(net):
    companies = net.world.companies[:8]
    links = [f'<a href="{one.address}{more}">{one.name}</a>' for one in companies for more in ("", "?page=2")]
    net.page(f"{HOME}/portfolio", page("".join(links)))
    found = look(f"{HOME}/portfolio")
    assert {one.certainty for one in found.candidates} == {"possible"}
    assert len(found.candidates) == len(companies)
    assert found.chosen is None


def test_postings_that_lead_back_to_the_site_make_a_board_certain(net):
    company = net.world.of("recruitee")[0]
    board = as_if_at(net, f"{company.slug}.recruitee.com")

    def at_home(request: Request) -> Answer:
        answer = board(request)
        return answer.bent(body=answer.body.replace(b"https://%b.recruitee.com" % company.slug.encode(), HOME.encode()))

    net.page(f"https://{company.slug}.recruitee.com/api/offers/", at_home)
    net.page(f"{HOME}/jobs", page(f'<a href="https://{company.slug}.recruitee.com">Jobs</a>'))
    one = the_one(look(f"{HOME}/jobs"))
    assert one.certainty == "certain"
    assert "its postings lead to proseware.example" in one.evidence


@pytest.mark.parametrize("refuses", [False, True])
def test_a_page_that_leads_to_a_board_names_it_even_where_the_boards_page_cannot_be_read(net, refuses):
    company = net.world.of("greenhouse")[0]
    net.page(f"{HOME}/careers", redirect(company.address))
    if refuses:
        net.fault("job-boards.greenhouse.io", "status", code=403)
    one = the_one(look(f"{HOME}/careers"))
    assert (one.board.key, one.certainty) == (company.slug, "certain")
    assert "leads to" in one.evidence


@pytest.mark.parametrize(
    ("ats", "assets", "path"),
    [
        ("teamtailor", "https://assets-aws.teamtailor-cdn.com/assets/careersite.js", "/jobs.json"),
        ("recruitee", "https://careers.recruiteecdn.com/assets/app.js", "/api/offers/"),
    ],
)
def test_a_vendors_site_on_a_companys_own_domain_is_read_there(net, ats, assets, path):
    company = net.world.of(ats)[0]
    region = ".na" if company.key.get("region") else ""
    net.page("https://careers.proseware.example/", page(f'<script src="{assets}"></script>'))
    net.page(f"https://careers.proseware.example{path}", as_if_at(net, f"{company.slug}{region}.{ats}.com"))
    one = the_one(look("careers.proseware.example"))
    assert (one.board.ats, one.board.key) == (ats, "careers.proseware.example")
    assert one.board.url == "https://careers.proseware.example"
    assert one.open_postings == len(net.world.open_ids(company))
    assert one.board.name == company.name


def test_a_vendors_widget_on_a_page_is_not_a_site_of_the_vendor(net):
    scripts = (
        "https://jobs-widget.recruiteecdn.com/widget.js",
        "https://scripts.teamtailor-cdn.com/widgets/eu/jobs.js",
    )
    net.page(f"{HOME}/jobs", page("".join(f'<script src="{one}"></script>' for one in scripts)))
    assert look(f"{HOME}/jobs").candidates == []


def test_two_embedded_boards_are_both_shown_and_none_is_chosen(net):
    one, other = net.world.of("greenhouse")[0], net.world.of("ashby")[0]
    net.page(
        f"{HOME}/careers",
        page(f'<iframe src="{one.address}"></iframe><iframe src="{other.address}/embed"></iframe>'),
    )
    found = look(f"{HOME}/careers")
    assert {(one.board.ats, one.certainty) for one in found.candidates} == {
        ("greenhouse", "certain"), ("ashby", "certain")
    }  # fmt: skip
    assert found.chosen is None
    with pytest.raises(NotOneBoard, match="may mean one of several boards") as unclear:
        find_one(f"{HOME}/careers", get_settings())
    assert len(unclear.value.detection.candidates) == 2
    LOOKS["count"] += 1


def test_a_link_to_a_board_that_is_gone_does_not_end_the_search(net):
    company = net.world.of("ashby")[0]
    home = f"https://{company.slug}.example"
    net.page(f"{home}/", page(f'<a href="https://jobs.lever.co/{company.slug}">Jobs</a>'))
    found = look(f"{company.slug}.example")
    assert the_one(found).board.ats == "ashby"
    gone = next(one for one in found.candidates if one.board.ats == "lever")
    assert (gone.certainty, gone.error_kind) == ("possible", "BoardNotFound")


# -- pages that are the board themselves -------------------------------------------------------------------------------


def job(title, number):
    """A JobPosting as pages state it."""
    stated = {
        "@context": "https://schema.org",
        "@type": "JobPosting",
        "title": title,
        "description": f"<p>{title} wanted.</p>",
        "datePosted": "2026-11-01",
        "identifier": {"@type": "PropertyValue", "value": str(number)},
        "hiringOrganization": {"@type": "Organization", "name": "Proseware Ltd"},
    }
    return f'<script type="application/ld+json">{json.dumps(stated)}</script>'


def test_a_page_that_states_its_postings_is_the_board_where_there_is_no_other(net):
    titles = ["Cook", "Baker", "Butler", "Maid", "Driver", "Gardener"]
    net.page(f"{HOME}/jobs", page("".join(job(title, number) for number, title in enumerate(titles))))
    one = the_one(look(f"{HOME}/jobs"))
    assert (one.board.ats, one.board.url, one.certainty) == ("careers_page", f"{HOME}/jobs", "likely")
    assert (one.open_postings, one.at_least, one.titles) == (6, True, titles[:5])
    assert one.board.name == "Proseware Ltd"
    assert "no vendor's board was found" in one.evidence


def test_a_list_whose_postings_have_pages_of_their_own_is_the_board(net):
    links = "".join(f'<a href="/jobs/{number}-role">Role {number}</a>' for number in range(1, 8))
    net.page("https://proseware.example/", page('<a href="/jobs">Jobs</a>'))
    net.page("https://proseware.example/jobs", page(links))
    for number in range(1, 8):
        net.page(f"https://proseware.example/jobs/{number}-role", page(job(f"Role {number}", number)))
    one = the_one(look("proseware.example"))
    assert (one.board.ats, one.board.url) == ("careers_page", "https://proseware.example/jobs")
    assert one.open_postings >= 1
    assert set(one.titles) <= {f"Role {number}" for number in range(1, 8)}


def test_the_page_of_one_posting_is_no_board(net):
    net.page("https://proseware.example/jobs/7-cook", page(job("Cook", 7)))
    assert look("https://proseware.example/jobs/7-cook").candidates == []


def test_links_that_only_look_like_postings_are_no_board(net):
    net.page("https://proseware.example/jobs", page('<a href="/jobs/we-care">We care</a><a href="/jobs/x">X</a>'))
    net.page("https://proseware.example/jobs/we-care", page("We care."))
    found = look("https://proseware.example/jobs")
    assert found.candidates == []
    assert any("state no postings themselves" in tried for tried in found.tried)


def test_a_vendors_board_comes_before_what_pages_state_themselves(net):
    company = net.world.of("lever")[0]
    stated = "".join(job(title, number) for number, title in enumerate(["Cook", "Baker"]))
    net.page(f"{HOME}/jobs", page(f'{stated}<iframe src="{company.address}"></iframe>'))
    assert [one.board.ats for one in look(f"{HOME}/jobs").candidates] == ["lever"]


# -- from a domain -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("Careers", "/company/x1"),
        ("Karriere bei uns", "/de/x2"),
        ("Rejoignez-nous", "/recrutement"),
        ("Werken bij Proseware", "/nl/x3"),
        ("Trabaja con nosotros", "/es/x4"),
        ("採用情報", "/ja/x5"),
        ("<img alt=x>", "/lavora-con-noi"),
    ],
)
def test_links_that_speak_of_jobs_are_followed_in_many_languages(net, text, path):
    company = net.world.of("greenhouse")[0]
    net.page(
        f"{HOME}/", page(f'<a href="/about">About</a><a href="{path}">{text}</a><a href="/blog/jobs-report">Blog</a>')
    )
    net.page(f"{HOME}{path}", page(f'<iframe src="{company.address}"></iframe>'))
    found = look("www.proseware.example")
    assert the_one(found).board.key == company.slug
    assert not any("/about" in tried or "/blog" in tried for tried in found.tried)


def test_a_list_two_links_away_is_found(net):
    company = net.world.of("lever")[0]
    net.page("https://proseware.example/", page('<a href="/careers">Careers</a>'))
    net.page("https://proseware.example/careers", page('<a href="/careers/list">See open positions</a>'))
    net.page("https://proseware.example/careers/list", page(f'<iframe src="{company.address}"></iframe>'))
    assert the_one(look("proseware.example")).board.ats == "lever"


@pytest.mark.parametrize("place", ["https://careers.proseware.example/", "https://proseware.example/jobs"])
def test_the_usual_places_are_looked_at(net, place):
    company = net.world.of("ashby")[0]
    net.page("https://proseware.example/", page("We make prose."))
    net.page(place, page(f'<script src="{company.address}/embed"></script>'))
    assert the_one(look("proseware.example")).board.ats == "ashby"


def test_a_board_called_like_the_domain_is_found_where_the_site_says_nothing(net):
    company = net.world.of("workable")[0]
    net.page(f"https://{company.slug}.example/", page("<script src=/app.js></script>"))
    one = the_one(look(f"{company.slug}.example"))
    assert (one.board.ats, one.certainty) == ("workable", "likely")
    assert company.name in one.evidence


# -- from a name -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "ats", ["greenhouse", "ashby", "lever", "workable", "recruitee", "teamtailor", "pinpoint", "gem"]
)
def test_a_company_is_found_by_its_name_and_held_against_it(net, ats):
    company = next(one for one in net.world.of(ats) if not one.key.get("region"))
    found = look(f"The {company.name.upper()} GmbH & Co. KG")
    one = the_one(found)
    assert (one.board.ats, one.certainty) == (ats, "likely")
    assert one.open_postings == len(net.world.open_ids(company))
    assert company.name.lower() in one.evidence.lower()


def test_each_vendor_is_asked_at_its_pace_and_told_who_asks(net, redis):
    look("Nobody Knows Them Inc")
    assert float(redis.hget("rolecall:pace:apply.workable.com", "tokens")) >= 0
    for seen in net.requests[-10:]:
        assert seen.method in ("GET", "CONNECT")


def test_a_board_of_another_company_is_named_and_not_proposed(net):
    net.world.add_company("greenhouse", name="Delta Dental", postings=3)
    company = net.world["Delta Dental"]
    board = as_if_at(net, "boards-api.greenhouse.io")
    net.page(
        "https://boards-api.greenhouse.io/v1/boards/delta/jobs",
        lambda request: board(replace(request, target=request.target.replace("/delta/", f"/{company.slug}/"))),
    )
    found = look("Delta")
    assert [(one.board.key, one.certainty) for one in found.candidates] == [("delta", "possible")]
    found = look("DELTA Airlines", ats="greenhouse")
    assert found.candidates == []
    assert any("Greenhouse: it is that of Delta Dental" in tried for tried in found.tried)


def test_boards_of_the_same_name_are_all_shown(net):
    net.world.add_company("greenhouse", name="Twin Peaks", postings=3)
    net.world.add_company("recruitee", name="Twin Peaks", postings=4)
    found = look("Twin Peaks")
    assert {(one.board.ats, one.certainty) for one in found.candidates} == {
        ("greenhouse", "likely"), ("recruitee", "likely")
    }  # fmt: skip
    assert found.chosen is None


def test_an_empty_board_of_that_name_is_only_possible(net):
    net.world.add_company("greenhouse", name="Hollow Shell", postings=0)
    found = look("Hollow Shell")
    assert [(one.certainty, one.open_postings) for one in found.candidates] == [("possible", 0)]


def test_the_site_that_a_name_suggests_is_looked_at_if_it_says_whose_it_is(net):
    company = net.world.of("workday")[0]
    net.page(
        "https://wingtiptoys.com/", page(f'<iframe src="{company.address}"></iframe>', title="Wingtip Toys | Home")
    )
    one = the_one(look("Wingtip Toys"))
    assert (one.board.ats, one.certainty) == ("workday", "likely")
    net.page("https://wingtiptoys.com/", page(f'<iframe src="{company.address}"></iframe>', title="Domain for sale"))
    found = look("Wingtip Toys")
    assert found.candidates == []
    assert "https://wingtiptoys.com/: nothing there says that it is the site of Wingtip Toys" in found.tried


def test_only_one_vendor_is_asked_if_it_is_named(net):
    company = net.world.of("lever")[0]
    before = len(net.requests)
    assert the_one(look(company.name, ats="lever")).board.ats == "lever"
    assert {one.host for one in net.requests[before:]} <= {"api.lever.co", "jobs.lever.co"}
    found = look(company.name, ats="workday")
    assert found.candidates == []
    assert any("no board was guessed" in tried for tried in found.tried)
    with pytest.raises(InvalidInput, match="not an ATS"):
        look(company.name, ats="grenhouse")


# -- nothing, and nothing good -----------------------------------------------------------------------------------------


def test_where_nothing_is_found_it_is_said_what_was_tried(net):
    net.page("https://proseware.example/", page('<a href="/jobs/mail-us">Jobs</a>'))
    net.page("https://proseware.example/jobs/mail-us", page("Write to us."))
    found = look("proseware.example")
    assert found.candidates == []
    tried = "\n".join(found.tried)
    for place in ("/", "/jobs/mail-us", "/careers"):
        assert f"https://proseware.example{place}: " in tried
    assert "no board is called proseware at Greenhouse" in tried
    with pytest.raises(NotOneBoard, match=r"no board was found.*Tried: https://proseware\.example/"):
        find_one("proseware.example", get_settings())
    LOOKS["count"] += 1


@pytest.mark.parametrize("what", ["", "   ", "!?", "ftp://acme.example/jobs", "javascript:alert(1)", "x" * 201])
def test_what_is_neither_address_nor_name_is_refused(net, what):
    with pytest.raises(InvalidInput):
        look(what)


@pytest.mark.parametrize(
    "what", ["http://127.0.0.1/", "http://169.254.169.254/latest", "10.0.0.1:80/x", "http://[::1]/"]
)
def test_an_address_that_is_not_public_is_refused_before_anything_is_asked(net, what):
    before = len(net.requests)
    with pytest.raises((UnsafeAddress, InvalidInput)):
        look(what)
    assert len(net.requests) == before


def test_a_page_that_robots_txt_forbids_is_not_asked_for(net):
    net.page("https://proseware.example/robots.txt", Answer(200, b"User-agent: *\nDisallow: /", "text/plain"))
    found = look("proseware.example")
    assert "https://proseware.example/: the host does not let programs read it" in found.tried
    assert [one.target for one in net.requests if one.host == "proseware.example"][-1] == "/robots.txt"


HOSTILE = {
    "redirects in a circle": lambda request: redirect(f"https://{request.host}/again{len(request.target)}"),
    "redirects inside": lambda request: redirect("http://169.254.169.254/latest/meta-data/"),
    "redirects to a file": lambda request: redirect("file:///etc/passwd"),
    "no page": lambda request: Answer(200, b"\x89PNG\r\n\x1a\n" + b"\0\xff" * 50_000, "image/png"),
    "no text": lambda request: Answer(200, bytes(range(256)) * 400, "text/html"),
    "too large": lambda request: html_answer("<p>x" * 3_000_000),
    "too deep": lambda request: html_answer("<div>" * 200_000),
    "a hundred thousand links": lambda request: html_answer(
        "".join(f'<a href="/jobs/{number}">job</a>' for number in range(100_000))
    ),
    "a hundred thousand boards": lambda request: html_answer(
        "".join(f'<a href="https://jobs.lever.co/c{number}">job</a>' for number in range(100_000))
    ),
    "broken addresses": lambda request: html_answer(
        '<base href="http://[::"><a href="http://[x/jobs">jobs</a><iframe src="https://\x00/"></iframe>'
        '<a href="//">jobs</a><a href="https://a.example:99999999/jobs">jobs</a><a href="\ud7ff">jobs</a>'
    ),
    "half a slash": lambda request: html_answer("<script>" + "//a-" * 500_000 + "</script>"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_site_costs_no_more_than_a_detection_may(net, kind):
    for host in ("proseware.example", "www.proseware.example", "jobs.proseware.example"):
        for path in ("/", "/careers", "/jobs"):
            net.page(f"https://{host}{path}", HOSTILE[kind])
    found = look("proseware.example", seconds=5.0)
    assert found.chosen is None
    assert any("proseware.example/" in tried for tried in found.tried)
    assert not any(seen.host.startswith(("169.", "127.")) for seen in net.requests)


def test_a_slow_site_costs_no_more_time_than_was_given(net):
    company = net.world.of("lever")[0]
    net.page(f"{HOME}/", page(f'{os.urandom(5_000).hex()}<iframe src="{company.address}"></iframe>'))
    net.fault("www.proseware.example", "drip", size=16, pause=0.1, path="/")
    started = time.monotonic()
    found = look(f"{HOME}/", seconds=2.0)
    assert time.monotonic() - started < 3.0
    assert found.candidates == []


def test_what_was_found_before_the_time_was_over_is_shown(net):
    company = net.world.of("lever")[0]
    net.page(f"{HOME}/", page(f'<iframe src="{company.address}"></iframe>'))
    net.fault(company, "latency", seconds=30)
    found = look(f"{HOME}/", seconds=2.0)
    (one,) = found.candidates
    assert (one.board.key, one.certainty, one.open_postings) == (company.slug, "certain", None)
    assert one.error
    assert found.chosen is one


@pytest.mark.parametrize("requests", [1, 2, 5])
def test_no_more_requests_are_made_than_were_given(net, requests):
    before = len(net.requests)
    found = look("nobody-knows-them.example", requests=requests)
    assert found.requests == len(net.requests) - before == requests


def test_connections_and_places_are_given_back(net, redis):
    look(net.world.of("lever")[0].site)
    assert resources.http_pool().checked_out == 0
    assert [key for key in redis.keys("rolecall:places:*") if redis.zcard(key)] == []


def test_without_redis_nothing_is_asked(net, settings):
    before = len(net.requests)
    resources.close_all()
    settings(REDIS_URL="redis://127.0.0.1:1/0")
    try:
        with pytest.raises(redis_py.RedisError):
            find_boards(net.world.of("lever")[0].address, get_settings())
    finally:
        resources.close_all()
    assert len(net.requests) == before


def test_one_board_is_found_without_asking_where_the_address_names_it(net):
    before = len(net.requests)
    assert find_one("https://jobs.lever.co/acme/1", get_settings()).key == "acme"
    assert len(net.requests) == before
