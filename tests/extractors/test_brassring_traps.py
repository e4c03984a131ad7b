"""What has gone wrong with BrassRing for others, one test each."""

import html
import json

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors import recognise
from worker.extractors.brassring import MAX_PAGES, detail, pages, parse, parse_detail, sniff
from worker.posting import Page, Posting, Skipped, WebPage

BOARD = {"host": "sjobs.brassring.com", "partner": "25999", "site": "5099"}
SITE = "https://sjobs.brassring.com"
HOME = f"{SITE}/TGnewUI/Search/Home/Home"
LIST = f"{SITE}/TgNewUI/Search/Ajax/ProcessSortAndShowMoreJobs"
LISTED = Posting(
    external_id="7", title="Baker",
    url=f"{SITE}/TGnewUI/Search/home/HomeWithPreLoad?partnerid=25999&siteid=5099&PageType=JobDetails&jobid=7",
)  # fmt: skip
EMPTY = {"Jobs": None, "JobsCount": 0}


def landing(count=None, token="abc-_.~"):
    said = html.escape(json.dumps({"TotalCount": count}))
    return (
        f'<input name="__RequestVerificationToken" type="hidden" value="{token}"><input id="CookieValue" value="^s">'
        f'<input id="partnerId" value="25999"><input id="siteId" value="5099"><input id="searchResults" value="{said}">'
    )


def job(number, **fields):
    questions = {"reqid": str(number), "jobtitle": f"Baker {number}", **fields}
    return {"Link": None, "Questions": [{"QuestionName": name, "Value": value} for name, value in questions.items()]}


class Site:
    """A simulated site of `count` postings, 50 a page; it may count nothing and begin anew after its last page."""

    def __init__(self, count, *, counts=True, wraps=False):
        self.count, self.counts, self.wraps = count, counts, wraps
        self.asked = []

    def __call__(self, url, body):
        number = body["pageNumber"]
        self.asked.append(number)
        last = -(-self.count // 50)
        number = (number - 1) % last + 1 if self.wraps else number
        jobs = [job(n) for n in range(number * 50 - 50, min(number * 50, self.count))]
        return {"Jobs": {"Job": jobs} if jobs else None, "JobsCount": self.count if self.counts else 0}


def read(answer, page=None):
    http = FakeHttp({HOME: page or landing(), LIST: answer})
    found = [*pages(http, BOARD)]
    ids = {row.external_id for one in found for row in parse(one, BOARD)}
    return ids, found[0].total, found[-1].truncated


def test_lists_are_asked_with_what_the_page_gave():
    http = FakeHttp({HOME: landing(), LIST: Site(1)})
    [*pages(http, BOARD)]
    [home, (method, url, body, headers, _)] = http.calls
    assert home[1] == f"{HOME}?partnerid=25999&siteid=5099"
    assert (method, url, headers["RFT"]) == ("POST", LIST, "abc-_.~")
    assert (body["partnerId"], body["siteId"], body["encryptedSessionValue"]) == ("25999", "5099", "^s")


@pytest.mark.parametrize(("count", "asked"), [(1, [1]), (50, [1]), (101, [1, 2, 3])])
def test_pages_are_read_up_to_the_count(count, asked):
    site = Site(count)
    ids, total, truncated = read(site)
    assert (len(ids), total, truncated, site.asked) == (count, count, None, asked)


@pytest.mark.parametrize("wraps", [True, False])
def test_a_site_that_counts_nothing_is_read_until_nothing_new_comes(wraps):
    site = Site(120, counts=False, wraps=wraps)
    ids, total, truncated = read(site)
    assert (len(ids), total, truncated, site.asked) == (120, None, None, [1, 2, 3, 4])


def test_a_list_that_ends_before_its_count_tells_what_is_missing():
    ids, total, _ = read(lambda url, body: {"Jobs": {"Job": [job(1)]}, "JobsCount": 60})
    assert (ids, total) == ({"1"}, 60)


def test_a_site_without_end_is_left_after_a_bounded_number_of_pages():
    ids, _, truncated = read(Site(50 * (MAX_PAGES + 3)))
    assert len(ids) == 50 * MAX_PAGES
    assert str(MAX_PAGES) in truncated


@pytest.mark.parametrize("answer", [EMPTY, {"Jobs": {"Job": []}, "JobsCount": 0}, {"Jobs": {"Job": None}}])
def test_an_empty_site_is_complete_and_empty(answer):
    assert read(answer) == (set(), None, None)
    assert read(answer, landing(count=0)) == (set(), None, None)


def test_the_empty_answer_to_those_without_a_session_is_no_empty_site():
    with pytest.raises(UnexpectedPayload, match="counts postings"):
        read(EMPTY, landing(count=577))
    with pytest.raises(UnexpectedPayload, match="counts postings"):
        read({"Jobs": None, "JobsCount": 12})


@pytest.mark.parametrize("page", ["<p>Access denied</p>", landing(token=""), landing(token="a b\n")])
def test_a_page_without_a_token_is_an_unexpected_payload(page):
    with pytest.raises(UnexpectedPayload):
        read(EMPTY, page)


@pytest.mark.parametrize("answer", [{}, [], {"Jobs": []}, {"Jobs": {}}, {"Jobs": {"Items": []}}, {"Jobs": {"Job": {}}}])
def test_a_list_of_another_shape_is_an_unexpected_payload(answer):
    with pytest.raises(UnexpectedPayload):
        read(answer)


def test_an_unknown_site_is_a_board_that_does_not_exist():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def listed(row):
    [found] = parse(Page({"Jobs": {"Job": [row]}}), BOARD)
    return found


def test_a_row_without_a_title_is_skipped_and_known_by_its_number():
    row = job(7)
    row["Questions"][1]["Value"] = None
    assert listed(row) == Skipped("missing 'jobtitle'", external_id="7")


def test_the_day_of_the_last_edit_is_not_the_day_of_posting():
    assert listed(job(7, lastupdated="18-Jun-2026")).posted_at is None


def test_an_employers_own_fields_mean_nothing_without_their_labels():
    found = listed(job(7, formtext8="Leeds", formtext10="UK", latitude="0.0"))
    assert (found.locations, found.department, found.extras) == ([], None, {})


def test_a_posting_is_addressed_on_the_boards_own_host():
    row = job(7) | {"Link": "https://elsewhere.example/?jobid=7"}
    assert listed(row).url == LISTED.url
    assert recognise(LISTED.url) == [("brassring", BOARD)]


def page(*questions):
    said = [{"VerityZone": "x", "QuestionName": label, "AnswerValue": value} for label, value in questions]
    loaded = html.escape(json.dumps({"Jobdetails": {"JobDetailQuestions": said}}))
    return f'<input id="preLoadJSON" value="{loaded}">'


def test_the_detail_asks_for_the_postings_page():
    http = FakeHttp({LISTED.url.partition("?")[0]: page(("Role", "<p>Bread</p>"))})
    assert parse_detail(LISTED, detail(http, BOARD, LISTED)).description_html == "<h3>Role</h3><div><p>Bread</p></div>"
    assert http.calls[0][1] == LISTED.url


@pytest.mark.parametrize(("labels", "places"), [
    ([("Location", "Leeds"), ("City", "York")], ["Leeds"]),
    ([("Country / State", "Switzerland - Zürich"), ("City", "Zürich")], ["Zürich, Switzerland - Zürich"]),
    ([("Location Country", "USA"), ("State/Province:", "IL"), ("Location City/Town", "Decatur")], ["Decatur, IL, USA"]),
    ([("Relocation", "Yes"), ("Capacity", "Full")], []),
])  # fmt: skip
def test_places_are_told_by_the_labels_of_the_page(labels, places):
    assert parse_detail(LISTED, page(*labels)).locations == places


def test_a_page_without_text_keeps_that_of_the_list():
    before = Posting(external_id="7", title="Baker", url=LISTED.url, description_html="Bread", locations=["Leeds"])
    found = parse_detail(before, page(("Title", "Baker"), ("City", "York"), ("Job Type", "Part Time"), ("Pay", None)))
    assert (found.description_html, found.locations, found.employment_type) == ("Bread", ["Leeds"], "Part Time")


@pytest.mark.parametrize("answer", [
    "", "<p>Job closed</p>", '<input id="preLoadJSON" value="{">', '<input id="preLoadJSON" value="[]">',
    '<input id="preLoadJSON" value=\'{"Jobdetails": null}\'>', page(),
])  # fmt: skip
def test_a_page_without_a_posting_is_an_unexpected_payload(answer):
    with pytest.raises(UnexpectedPayload):
        parse_detail(LISTED, answer)


def web(url, text):
    return WebPage(url, text.encode(), text, "text/html")


@pytest.mark.parametrize("url", [
    "https://jobs.acme.example/TGnewUI/Search/Home/Home?PartnerId=25999&siteid=5099",
    "https://jobs.acme.example/TGnewUI/Search/home/HomeWithPreLoad#home",
])  # fmt: skip
def test_a_site_on_a_companys_own_host_is_told_by_its_page(url):
    assert sniff(web(url, landing())) == {"host": "jobs.acme.example", "partner": "25999", "site": "5099"}


@pytest.mark.parametrize(("url", "text"), [
    ("https://acme.example/careers?partnerid=1&siteid=2", landing()),
    ("https://jobs.acme.example/TGnewUI/Search/Home/Home?partnerid=1&siteid=2", "<p>Moved</p>"),
    ("https://jobs.acme.example/TGnewUI/Search/Home/Home?partnerid=x&siteid=2", landing()),
    ("https://jobs.acme.example/TGnewUI/Search/Home/Home", '<input id="CookieValue">'),
    ("https://jobs.acme.example:8443/TGnewUI/Search/Home/Home?partnerid=1&siteid=2", landing()),
])  # fmt: skip
def test_other_pages_are_no_sites(url, text):
    assert sniff(web(url, text)) is None


@pytest.mark.parametrize("address", [
    "https://sjobs.brassring.com/TGnewUI/Search/Home/Home?partnerid=25999", "https://sjobs.brassring.com/",
    "https://sjobs.brassring.com/TGnewUI/Search/Home/Home?siteid=5099&partnerid=",
    "https://www.brassring.com/x?partnerid=1&siteid=2", "https://brassring.com/x?partnerid=1&siteid=2",
    "https://sjobs.brassring.com.evil.example/x?partnerid=1&siteid=2",
    "https://jobs.acme.example/TGnewUI/Search/Home/Home?partnerid=1&siteid=2",
])  # fmt: skip
def test_addresses_that_name_no_board_are_nobodys(address):
    assert recognise(address) == []
