"""The simulated careers-site internet does what its users rely on: tests of tests/boards itself."""

import gzip
import html
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zlib
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from tests.boards import Internet, World
from tests.boards.faults import KINDS
from tests.boards.vendors import VENDORS
from worker.extractors import extractor
from worker.posting import Skipped

LISTS = {
    "greenhouse": "https://boards-api.greenhouse.io/v1/boards/{board}/jobs?content=true",
    "lever": "https://api.{dot_region}lever.co/v0/postings/{board}?mode=json",
    "ashby": "https://api.ashbyhq.com/posting-api/job-board/{board}?includeCompensation=true",
    "teamtailor": "https://{board}.{dot_region}teamtailor.com/jobs.json?per_page=100",
    "smartrecruiters": "https://api.smartrecruiters.com/v1/companies/{board}/postings?limit=100",
    "recruitee": "https://{board}.recruitee.com/api/offers/",
    "personio": "https://{board}.jobs.personio.{domain}/xml?language=en",
    "workable": "https://apply.workable.com/api/v1/widget/accounts/{board}?details=true",
    "pinpoint": "https://{board}.pinpointhq.com/postings.json",
    "gem": "https://api.gem.com/job_board/v0/{board}/job_posts/",
    "workday": "https://{tenant}.{centre}.myworkdayjobs.com/wday/cxs/{tenant}/{site}/jobs",
}
ONE_CALL = [name for name in LISTS if name != "workday"]


@pytest.fixture(scope="module")
def shared_net():
    with Internet(seed=3, companies=22, sizes=(5, 14)) as net:
        yield net


@pytest.fixture
def net(shared_net):
    yield shared_net
    shared_net.clear()


@pytest.fixture
def http(net):
    with net.session() as session:
        yield session


def list_url(company) -> str:
    region = company.key.get("region")
    return LISTS[company.vendor.name].format(dot_region=f"{region}." if region else "", **company.key)


def workday_page(http, company, *, limit=20, offset=0, facets=None):
    body = {"appliedFacets": facets or {}, "limit": limit, "offset": offset, "searchText": ""}
    return http.post(list_url(company), json=body, timeout=10)


class Reader:
    """The simplest Http that an extractor may be given."""

    def __init__(self, session):
        self.session = session

    def get_json(self, url, *, params=None, headers=None, redirects=True):
        return self._get(url, params, headers, redirects).json()

    def get_text(self, url, *, params=None, headers=None, redirects=True):
        return self._get(url, params, headers, redirects).text

    def post_json(self, url, body, *, headers=None):
        return self._checked(self.session.post(url, json=body, headers=headers, timeout=10)).json()

    def _get(self, url, params, headers, redirects):
        answer = self.session.get(url, params=params, headers=headers, allow_redirects=redirects, timeout=10)
        return self._checked(answer)

    @staticmethod
    def _checked(answer):
        answer.raise_for_status()
        return answer


def read_board(http, company):
    """Read a board with Rolecall's own extractor: {external id: what a reader would notice}."""
    vendor = extractor(company.vendor.name)
    key = vendor.recognise(company.address)
    found = {}
    for page in vendor.pages(Reader(http), key):
        assert not page.truncated
        for posting in vendor.parse(page, key):
            assert not isinstance(posting, Skipped), posting
            found[posting.external_id] = (
                posting.title, posting.locations, posting.salary, posting.description_html, posting.description_text,
            )  # fmt: skip
    return found


# -- the world --------------------------------------------------------------------------------------------------------


def test_equal_seeds_make_equal_worlds_and_others_do_not():
    def life(seed):
        world = World(seed, 22)
        world.advance(30)
        return world.history, [(one.name, one.address, world.titles(one)) for one in world.companies]

    assert life(5) == life(5)
    assert life(5) != life(6)


def test_companies_have_names_and_addresses_of_their_own_on_every_vendor():
    world = World(1, 500)
    assert len({one.name for one in world.companies}) == len({one.slug for one in world.companies}) == 500
    assert len({one.address for one in world.companies}) == 500
    assert {one.vendor.name for one in world.companies} == set(VENDORS)


def test_the_history_is_exactly_the_difference_between_one_round_and_the_next():
    world = World(2, 33)
    world.advance(60)
    every_round = {company.slug: range(61) for company in world.companies}
    assert sorted(world.history) == world.expected_events(every_round)
    assert {change.kind for change in world.history} == {"opened", "updated", "closed", "reopened"}


def test_a_reader_who_looks_rarely_is_expected_to_see_the_difference_between_looks_only():
    world = World(2, 11)
    company = world.companies[0]
    first, second = sorted(world.open_ids(company))[:2]
    world.close(company, [first])
    world.reopen(company, [first])
    world.edit(company, second, title="Keeper of the Lighthouse")
    (new,) = world.open(company, title="Cartographer")
    world.close(company, [second])

    def seen(*rounds):
        events = world.expected_events({company.slug: rounds}, baseline=False)
        return [(event.round, event.external_id, event.kind) for event in events]

    assert seen(0, 2) == []
    assert seen(0, 1, 2) == [(1, first, "closed"), (2, first, "reopened")]
    assert seen(0, 3) == [(3, second, "updated")]
    assert sorted(seen(0, 5)) == sorted([(5, new.id, "opened"), (5, second, "closed")])
    assert len(world.expected_events({company.slug: [0]})) == len(world.open_ids(company, 0))


def test_ordinary_rounds_never_look_like_a_mass_closure():
    world = World(4, 60, pace=0.5)
    for _ in range(80):
        before = {company.slug: len(world.open_ids(company)) for company in world.companies}
        closed = Counter(change.company for change in world.advance() if change.kind == "closed")
        for slug, count in closed.items():
            assert len(world.open_ids(slug)) >= 1
            assert count < before[slug]
            assert count * 2 <= before[slug] or before[slug] < 10


def test_most_boards_rest_in_a_round():
    world = World(4, 100, pace=0.15)
    changed = [len({change.company for change in world.advance()}) for _ in range(20)]
    assert 5 <= min(changed) <= max(changed) <= 20


def test_asked_to_a_company_closes_most_of_its_board():
    world = World(4, 1, sizes=(20, 20))
    gone = world.close_most(world.companies[0], 0.8)
    assert len(gone) == 16
    assert len(world.open_ids(world.companies[0])) == 4


@pytest.mark.parametrize("vendor", LISTS)
def test_boards_show_exactly_what_the_history_says(vendor):
    """Opened, closed, reopened and updated as Rolecall's extractor reads them, through noise, on every vendor."""
    with Internet(8, 3, vendors=(vendor,), sizes=(8, 20), pace=1.0, noise=1.0) as net, net.session() as http:
        before = {company.slug: read_board(http, company) for company in net.world.companies}
        for company in net.world.companies:
            assert {one: noticed[0] for one, noticed in before[company.slug].items()} == net.world.titles(company)
        for at in range(1, 13):
            net.advance()
            for company in net.world.companies:
                old, new = before[company.slug], read_board(http, company)
                events = net.world.expected_events({company.slug: [at - 1, at]}, baseline=False)
                expected = {(event.external_id, event.kind) for event in events}
                seen = {(one, "closed") for one in old.keys() - new.keys()}
                seen |= {(one, "opened") for one in new.keys() - old.keys()}
                seen |= {(one, "updated") for one in new.keys() & old.keys() if new[one] != old[one]}
                assert seen == expected
                before[company.slug] = new


# -- the vendors ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("vendor", ONE_CALL)
def test_boards_answer_under_their_real_addresses(net, http, vendor):
    for company in net.world.of(vendor):
        answer = http.get(list_url(company), timeout=10)
        assert answer.status_code == 200
        shown = html.unescape(answer.text)
        assert [title for title in net.world.titles(company).values() if title not in shown] == []


@pytest.mark.parametrize("vendor", LISTS)
def test_a_second_look_is_answered_304_by_vendors_that_validate(net, http, vendor):
    company = net.world.of(vendor)[0]
    if vendor == "workday":
        assert "ETag" not in workday_page(http, company).headers
        return
    first = http.get(list_url(company), timeout=10)
    if vendor in {"smartrecruiters", "workable"}:
        assert "ETag" not in first.headers
        return
    again = http.get(list_url(company), headers={"If-None-Match": first.headers["ETag"]}, timeout=10)
    assert (again.status_code, again.content) == (304, b"")
    stale = http.get(list_url(company), headers={"If-None-Match": 'W/"else"'}, timeout=10)
    assert stale.status_code == 200


def test_teamtailor_also_answers_304_to_the_date_of_the_last_change(net, http):
    url = list_url(net.world.of("teamtailor")[0])
    modified = http.get(url, timeout=10).headers["Last-Modified"]
    assert http.get(url, headers={"If-Modified-Since": modified}, timeout=10).status_code == 304
    assert http.get(url, headers={"If-Modified-Since": "Mon, 01 Jan 2024 00:00:00 GMT"}, timeout=10).status_code == 200


def test_answers_are_compressed_for_those_who_ask(net, http):
    url = list_url(net.world.of("ashby")[0])
    zipped = http.get(url, headers={"Accept-Encoding": "gzip"}, stream=True, timeout=10)
    raw = zipped.raw.read(decode_content=False)
    plain = http.get(url, headers={"Accept-Encoding": "identity"}, timeout=10)
    assert gzip.decompress(raw) == plain.content
    assert "Content-Encoding" not in plain.headers


def test_greenhouse_escapes_its_content_once_and_leaves_it_out_unless_asked(net, http):
    url = list_url(net.world.of("greenhouse")[0])
    job = http.get(url, timeout=10).json()["jobs"][0]
    assert job["content"].startswith("&lt;div class=&quot;")
    assert "&amp;lt;" not in job["content"]
    assert "content" not in http.get(url.partition("?")[0], timeout=10).json()["jobs"][0]


def test_lever_splits_its_text_and_counts_milliseconds(net, http):
    company = net.world.of("lever")[0]
    rows = http.get(list_url(company), timeout=10).json()
    assert isinstance(rows, list)
    assert [part["text"] for part in rows[0]["lists"]] == ["What you will do", "What you bring", "What we offer"]
    posted = datetime.fromtimestamp(rows[0]["createdAt"] / 1000, tz=UTC)
    assert posted == net.world.role(company, rows[0]["id"]).posted
    widget = http.get(list_url(company), headers={"Accept": "text/html"}, timeout=10)
    assert widget.headers["Content-Type"].startswith("text/html")


def test_ashby_hides_an_unlisted_posting_among_the_rows_and_pay_in_tiers(net, http):
    company = net.world.of("ashby")[0]
    jobs = http.get(list_url(company), timeout=10).json()["jobs"]
    assert {job["id"] for job in jobs if job["isListed"]} == net.world.open_ids(company)
    assert sum(not job["isListed"] for job in jobs) == 1
    parts = [part for job in jobs for tier in job["compensation"]["compensationTiers"] for part in tier["components"]]
    assert {part["compensationType"] for part in parts} == {"EquityPercentage", "Salary"}


def test_recruitee_writes_times_that_are_not_iso(net, http):
    offer = http.get(list_url(net.world.of("recruitee")[0]), timeout=10).json()["offers"][0]
    assert datetime.strptime(offer["published_at"], "%Y-%m-%d %H:%M:%S UTC").replace(tzinfo=UTC) < net.world.now


def test_workable_gives_a_row_per_place():
    with Internet(3, 4, vendors=("workable",), sizes=(30, 30)) as net, net.session() as http:
        several = 0
        for company in net.world.companies:
            rows = Counter(row["shortcode"] for row in http.get(list_url(company), timeout=10).json()["jobs"])
            assert rows == {one: len(net.world.role(company, one).places) for one in net.world.open_ids(company)}
            several += sum(count > 1 for count in rows.values())
        assert several


def test_personio_is_german_unless_asked_otherwise(net, http):
    url = list_url(net.world.of("personio")[0])
    assert "sucht Verstärkung" in http.get(url.partition("?")[0], timeout=10).text
    assert "sucht Verstärkung" not in http.get(url, timeout=10).text


def test_teamtailor_is_paged_by_next_url_or_by_offset():
    with Internet(3, 0) as net, net.session() as http:
        ways = set()
        for _ in range(6):
            company = net.world.add_company("teamtailor", postings=120)
            first = http.get(list_url(company), timeout=10).json()
            ways.add("next_url" in first)
            next_url = first.get("next_url", f"{list_url(company)}&offset=100")
            second = http.get(next_url, timeout=10).json()
            assert (len(first["items"]), len(second["items"])) == (100, 20)
            assert len({item["id"] for item in first["items"] + second["items"]}) == 120
        assert ways == {True, False}


def test_workday_refuses_more_than_twenty_rows_and_tells_the_total_once(net, http):
    company = net.world.add_company("workday", postings=45)
    assert workday_page(http, company, limit=21).status_code == 400
    pages = [workday_page(http, company, offset=offset).json() for offset in (0, 20, 40, 60)]
    assert [page["total"] for page in pages] == [45, 0, 0, 0]
    assert [len(page["jobPostings"]) for page in pages] == [20, 20, 5, 0]
    assert pages[0]["facets"]
    assert not pages[1]["facets"]


def test_workday_facets_narrow_a_board_to_any_of_several_values(net, http):
    company = net.world.add_company("workday", postings=60)
    families = workday_page(http, company).json()["facets"][0]
    two = families["values"][:2]
    narrowed = workday_page(http, company, facets={families["facetParameter"]: [value["id"] for value in two]}).json()
    assert narrowed["total"] == sum(value["count"] for value in two)


def test_workday_clamps_a_huge_board_to_2000_and_starts_again(http, net):
    company = net.world.add_company("workday", postings=2100)
    first = workday_page(http, company).json()
    assert first["total"] == 2000
    assert sum(value["count"] for value in first["facets"][0]["values"]) == 2100
    assert workday_page(http, company, offset=2000).json()["jobPostings"] == first["jobPostings"]


def test_workday_ages_its_postings_by_itself_and_keeps_their_text_for_the_detail():
    with Internet(3, 1, vendors=("workday",), pace=0, noise=0) as net, net.session() as http:
        company = net.world.companies[0]
        before = workday_page(http, company).json()["jobPostings"]
        net.advance(24)
        after = workday_page(http, company).json()["jobPostings"]
        assert [row["externalPath"] for row in before] == [row["externalPath"] for row in after]
        assert [row["postedOn"] for row in before] != [row["postedOn"] for row in after]
        detail = http.get(list_url(company).removesuffix("/jobs") + before[0]["externalPath"], timeout=10).json()
        assert "What you will do" in detail["jobPostingInfo"]["jobDescription"]
        assert detail["jobPostingInfo"]["jobReqId"] == before[0]["bulletFields"][0]


def test_smartrecruiters_pages_by_a_hundred_and_has_a_detail_per_posting(net, http):
    company = net.world.add_company("smartrecruiters", postings=130)
    url = list_url(company).partition("?")[0]
    first = http.get(url, params={"limit": 500}, timeout=10).json()
    second = http.get(url, params={"limit": 100, "offset": 100}, timeout=10).json()
    assert (first["limit"], first["totalFound"], len(first["content"]), len(second["content"])) == (100, 130, 100, 30)
    detail = http.get(f"{url}/{first['content'][0]['id']}", timeout=10).json()
    assert set(detail["jobAd"]["sections"]) > {"jobDescription", "qualifications"}
    assert http.get(f"{url}/1", timeout=10).status_code == 404


def test_unknown_boards_are_answered_as_each_vendor_does(net, http):
    nobody = {name: url.format(board="nobody", dot_region="", domain="de", tenant="nobody", centre="wd1", site="Jobs")
              for name, url in LISTS.items()}  # fmt: skip
    answers = {name: http.get(nobody[name], allow_redirects=False, timeout=10) for name in ONE_CALL}
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 404} == {
        "smartrecruiters": 200,
        "personio": 307,
    }
    assert answers["lever"].json() == {"ok": False, "error": "Document not found"}
    assert answers["smartrecruiters"].json()["totalFound"] == 0
    assert answers["workable"].text == "Not Found"
    assert http.get(answers["personio"].headers["Location"], timeout=10).status_code == 429
    assert http.post(nobody["workday"], json={"limit": 20, "offset": 0}, timeout=10).status_code == 404


def test_companies_have_careers_pages_that_link_to_their_boards_and_hosts_allow_robots(net, http):
    for company in net.world.companies[:11]:
        assert f'href="{company.address}"' in http.get(company.site, timeout=10).text
        assert http.get(company.address, timeout=10).status_code == 200
        assert "Allow: /" in http.get(f"https://{company.address.split('/')[2]}/robots.txt", timeout=10).text


def test_noise_changes_the_answer_and_no_posting():
    with Internet(3, 11, pace=0, noise=1.0) as net, net.session() as http:
        for company in net.world.companies:
            if company.vendor.name != "workday":
                before, postings = http.get(list_url(company), timeout=10).content, read_board(http, company)
                net.advance()
                assert http.get(list_url(company), timeout=10).content != before
                assert read_board(http, company) == postings
        assert {change.kind for change in net.world.history} == {"opened"}


# -- the wire ---------------------------------------------------------------------------------------------------------


def test_hosts_that_do_not_exist_cannot_be_reached(http):
    with pytest.raises(requests.exceptions.ProxyError):
        http.get("https://www.wikipedia.org/", timeout=10)


def test_boards_can_be_read_without_tls_and_without_a_proxy(net, http):
    url = list_url(net.world.of("gem")[0])
    direct = requests.get(net.direct_url("api.gem.com", url.removeprefix("https://api.gem.com")), timeout=10)
    assert (
        direct.json() == http.get(url, timeout=10).json() == http.get(url.replace("https", "http"), timeout=10).json()
    )


def test_one_connection_serves_many_requests(net, http):
    url = list_url(net.world.of("gem")[0])
    http.get(url, timeout=10)
    before = net.server.connections
    for _ in range(20):
        http.get(url, timeout=10)
    assert net.server.connections == before


def test_requests_are_counted_by_company_host_and_status():
    with Internet(3, 11) as net, net.session() as http:
        company = net.world.of("gem")[0]
        for _ in range(3):
            http.get(list_url(company), timeout=10)
        http.get("https://api.gem.com/job_board/v0/nobody/job_posts/", timeout=10)
        assert net.counts() == {("api.gem.com", 200): 3, ("api.gem.com", 404): 1}
        assert [seen.status for seen in net.asked(company)] == [200, 200, 200]


def test_nothing_is_left_of_an_internet_that_ended_under_load():
    threads = set(threading.enumerate())
    with Internet(3, 11) as net:
        net.fault("*", "drip", size=1, pause=0.05)
        port = net.server.port
        idle = socket.create_connection(("127.0.0.1", port))
        session = net.session()
        answer = session.get(list_url(net.world.of("gem")[0]), stream=True, timeout=10)
    idle.close()
    answer.close()
    session.close()
    assert set(threading.enumerate()) == threads
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_a_mistake_of_the_simulation_fails_the_test_that_met_it():
    def meet_one():
        with Internet(3, 11) as net, net.session() as http:
            net.world.view = lambda company: 1 / 0
            assert http.get(list_url(net.world.of("gem")[0]), timeout=10).status_code == 500

    with pytest.raises(ZeroDivisionError):
        meet_one()


# -- the faults -------------------------------------------------------------------------------------------------------


def of(net, vendor="greenhouse"):
    return net.world.of(vendor)[0]


def test_a_fault_lasts_as_many_requests_as_it_was_told_to_on_one_company_alone(net, http):
    company, other = net.world.of("lever")
    fault = net.fault(company, "status", code=503, after=1, requests=2)
    statuses = [http.get(list_url(company), timeout=10).status_code for _ in range(4)]
    assert statuses == [200, 503, 503, 200]
    assert fault.met == 2
    net.fault(company, "status")
    assert http.get(list_url(other), timeout=10).status_code == 200
    assert http.get(list_url(company), timeout=10).status_code == 500
    net.clear(company)
    assert http.get(list_url(company), timeout=10).status_code == 200


def test_a_fault_of_a_host_meets_all_its_boards(net, http):
    net.fault("boards-api.greenhouse.io", "too_many", retry_after=7)
    for company in net.world.of("greenhouse"):
        answer = http.get(list_url(company), timeout=10)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert http.get(list_url(of(net, "lever")), timeout=10).status_code == 200


def test_a_fault_can_be_confined_to_details(net, http):
    company = of(net, "smartrecruiters")
    net.fault(company, "status", path="/postings/")
    url = list_url(company)
    first = http.get(url, timeout=10).json()["content"][0]["id"]
    assert http.get(f"{url.partition('?')[0]}/{first}", timeout=10).status_code == 500


def test_faults_that_do_not_exist_or_do_not_fit_are_refused(net):
    with pytest.raises(ValueError, match="there is no fault 'plague'"):
        net.fault(of(net), "plague")
    with pytest.raises(ValueError, match="latency has no option minutes"):
        net.fault(of(net), "latency", minutes=1)
    with pytest.raises(ValueError, match="lever cannot show wrap"):
        net.fault(of(net, "lever"), "wrap")


def test_latency_and_other_faults_add_up(net, http):
    net.fault(of(net), "latency", seconds=0.3)
    net.fault(of(net), "status", code=500)
    start = time.monotonic()
    assert http.get(list_url(of(net)), timeout=10).status_code == 500
    assert time.monotonic() - start >= 0.3


@pytest.mark.parametrize(
    ("kind", "status"), [("not_found", 404), ("unknown", 404), ("status", 500), ("html", 200), ("redirect_away", 301)]
)
def test_faults_of_the_status(net, http, kind, status):
    net.fault(of(net), kind)
    assert http.get(list_url(of(net)), allow_redirects=False, timeout=10).status_code == status


def test_html_comes_where_json_was_promised(net, http):
    net.fault(of(net), "html")
    answer = http.get(list_url(of(net)), timeout=10)
    assert answer.headers["Content-Type"].startswith("text/html")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()


def test_connections_are_cut(net, http):
    net.fault(of(net), "reset")
    with pytest.raises(requests.exceptions.ConnectionError):
        http.get(list_url(of(net)), timeout=10)


def test_connections_are_refused(net, http):
    net.fault(of(net, "recruitee"), "refuse")
    with pytest.raises(requests.exceptions.ProxyError):
        http.get(list_url(of(net, "recruitee")), timeout=10)


def test_bodies_drip(net, http):
    net.fault(of(net), "drip", size=100, pause=0.05)
    answer = http.get(list_url(of(net)), stream=True, timeout=10)
    start, received = time.monotonic(), b""
    while time.monotonic() - start < 0.4:
        received += answer.raw.read(10)
    answer.close()
    assert 200 < len(received) < 2000


def test_bodies_end_early(net, http):
    net.fault(of(net), "truncated_body")
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="IncompleteRead"):
        http.get(list_url(of(net)), headers={"Accept-Encoding": "identity"}, timeout=10)


@pytest.mark.parametrize("vendor", ["greenhouse", "workday", "smartrecruiters"])
def test_a_truncated_inventory_advertises_more_than_it_gives(net, http, vendor):
    company = of(net, vendor)
    net.fault(company, "truncated_inventory", missing=3)
    answer = (workday_page(http, company) if vendor == "workday" else http.get(list_url(company), timeout=10)).json()
    total = answer["meta"]["total"] if vendor == "greenhouse" else answer.get("total", answer.get("totalFound"))
    assert total == len(net.world.open_ids(company)) + 3


@pytest.mark.parametrize("vendor", ONE_CALL)
def test_payloads_lose_their_shape(net, http, vendor):
    company = of(net, vendor)
    net.fault(company, "wrong_shape")
    answer = http.get(list_url(company), timeout=10)
    if vendor == "personio":
        assert "workzag-jobs" not in answer.text
    else:
        assert isinstance(answer.json(), dict)
        assert company.vendor.container not in answer.json()


@pytest.mark.parametrize("vendor", ONE_CALL)
def test_text_is_not_utf8(net, http, vendor):
    net.fault(of(net, vendor), "broken_utf8")
    answer = http.get(list_url(of(net, vendor)), timeout=10)
    with pytest.raises(UnicodeDecodeError):
        answer.content.decode()
    lenient = answer.content.decode(errors="replace")
    assert lenient.count("\N{REPLACEMENT CHARACTER}" * 2) == 1
    assert lenient.rstrip()[-1] in "]}>"


@pytest.mark.parametrize("vendor", LISTS)
def test_one_posting_among_good_ones_is_bad(net, http, vendor):
    company = of(net, vendor)
    net.fault(company, "bad_posting")
    reader = extractor(vendor)
    key = reader.recognise(company.address)
    found = [posting for page in reader.pages(Reader(http), key) for posting in reader.parse(page, key)]
    skipped = [posting for posting in found if isinstance(posting, Skipped)]
    assert len(skipped) >= 1
    assert {posting.external_id for posting in found} == net.world.open_ids(company)


def test_boards_go_empty_or_lose_most_of_their_postings(net, http):
    company = of(net, "gem")
    net.fault(company, "empty", requests=1)
    assert http.get(list_url(company), timeout=10).json() == []
    net.fault(company, "mass_closure", keep=0.2)
    assert len(http.get(list_url(company), timeout=10).json()) == round(len(net.world.open_ids(company)) * 0.2)
    net.clear()
    assert len(http.get(list_url(company), timeout=10).json()) == len(net.world.open_ids(company))


def test_an_account_is_answered_with_another_one(net, http):
    company, other = net.world.of("workable")
    net.fault(company, "other_account")
    answer = http.get(list_url(company), timeout=10).json()
    assert answer["name"] == "Workable"
    assert {row["shortcode"] for row in answer["jobs"]} == net.world.open_ids(other)


def test_pages_wrap(net, http):
    company = net.world.add_company("smartrecruiters", postings=30)
    net.fault(company, "wrap", at=10)
    pages = [http.get(f"{list_url(company)}&offset={offset}", timeout=10).json()["content"] for offset in (0, 10, 20)]
    assert len(pages[0]) == 10
    assert pages[0] == pages[1] == pages[2]


def test_redirects_lead_away_inside_and_in_circles(net, http):
    company = of(net)
    net.fault(company, "redirect_private", requests=1)
    inside = http.get(list_url(company), allow_redirects=False, timeout=10).headers["Location"]
    assert inside.startswith("http://169.254.169.254/")
    net.fault(company, "redirect_loop")
    with pytest.raises(requests.exceptions.TooManyRedirects):
        http.get(list_url(company), timeout=10)


def test_a_huge_body_never_lies_in_memory(net, http):
    net.fault(of(net), "huge", megabytes=300)
    answer = http.get(list_url(of(net)), stream=True, timeout=10)
    assert int(answer.headers["Content-Length"]) > 300 << 20
    assert len(answer.raw.read(1 << 20)) == 1 << 20
    answer.close()


def test_a_gzip_bomb_unpacks_to_a_valid_document_a_thousand_times_its_size(net, http):
    net.fault(of(net), "gzip_bomb", megabytes=48)
    answer = http.get(list_url(of(net)), stream=True, timeout=10)
    packed = answer.raw.read(decode_content=False)
    assert len(packed) < 100_000
    unpacked = zlib.decompress(packed, wbits=31)
    assert len(unpacked) > 48 << 20
    assert json.loads(unpacked) == {"jobs": []}


def test_every_fault_is_tested_here():
    source = Path(__file__).read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f'"{kind}"' not in source] == []


# -- control from outside ---------------------------------------------------------------------------------------------


def test_another_process_can_change_the_world_and_set_faults(net, http):
    company = of(net, "pinpoint")
    control = "http://boards.control"
    assert len(http.get(f"{control}/companies", timeout=10).json()) == len(net.world.companies)
    opened = http.post(f"{control}/change", json={"company": company.name, "do": "open", "title": "Poet"}, timeout=10)
    assert [(change["kind"], change["title"]) for change in opened.json()["changes"]] == [("opened", "Poet")]
    assert "Poet" in http.get(list_url(company), timeout=10).text
    fault = {"target": company.slug, "kind": "status", "code": 502, "requests": 5}
    assert http.post(f"{control}/faults", json=fault, timeout=10).json()["left"] == 5
    assert http.get(list_url(company), timeout=10).status_code == 502
    assert http.delete(f"{control}/faults?target={company.slug}", timeout=10).json() == []
    assert http.get(list_url(company), timeout=10).status_code == 200
    assert http.post(f"{control}/advance", json={"rounds": 3}, timeout=10).json()["round"] == net.world.round
    wrong = http.post(f"{control}/faults", json={"target": company.slug, "kind": "plague"}, timeout=10)
    assert wrong.status_code == 400
    assert "there is no fault 'plague'" in wrong.json()["error"]


def run_boards(*options):
    command = [sys.executable, "-W", "error", "-m", "tests.boards", *map(str, options)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_the_command_serves_changes_by_itself_and_stops_cleanly(tmp_path):
    ready, companies, ca = tmp_path / "ready.json", tmp_path / "companies.txt", tmp_path / "ca.pem"
    with run_boards("--port", 0, "--ca", ca, "--list", companies, "--ready", ready, "--every", 0.2) as process:
        while not ready.exists():
            assert process.poll() is None
            time.sleep(0.02)
        facts = json.loads(ready.read_text())
        lines = companies.read_text().splitlines()
        assert len(lines) == 61
        name, address = lines[1].split(", ")
        with requests.Session() as session:
            session.trust_env = False
            answer = session.get(address, proxies={"https": facts["proxy"]}, verify=facts["ca"], timeout=10)
        assert name in answer.text
        time.sleep(0.7)
        process.send_signal(signal.SIGTERM)
        said, complained = process.communicate(timeout=10)
    assert process.returncode == 0, complained
    assert any(word in said for word in ("Opened: ", "Closed: ", "Updated: "))
    assert "Stopped after 1 requests" in said
    assert complained == ""


def test_a_taken_port_is_said_in_one_sentence(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with run_boards("--port", port, "--ca", os.fspath(tmp_path / "ca.pem")) as process:
            _, complained = process.communicate(timeout=20)
    assert process.returncode != 0
    assert complained == f"Port {port} is taken; choose another with --port, or 0 for any free one.\n"
