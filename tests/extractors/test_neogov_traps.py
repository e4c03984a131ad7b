"""What has gone wrong with NEOGOV's feeds for others, one test each."""

from decimal import Decimal

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import UnexpectedPayload
from worker.extractors.neogov import EXTRACTOR, company, pages, parse
from worker.posting import Page, Posting, Salary, Skipped

BOARD = {"board": "acme", "site": "governmentjobs.com"}
LINK = "https://www.governmentjobs.com/careers/acme/jobs/1"


def item(number="1", title="Baker", inner="", **fields):
    said = {"jobId": number, **fields}
    vendors = "".join(f"<j:{name}>{value}</j:{name}>" for name, value in said.items())
    return f"<item><title>{title}</title><link>{LINK}</link>{inner}{vendors}</item>"


def feed(*items, namespace="http://www.neogov.com/namespaces/JobListing"):
    return f'<rss version="2.0" xmlns:j="{namespace}"><channel><title>Acme, GA</title>{"".join(items)}</channel></rss>'


def posting(**fields):
    [found] = parse(Page(feed(item(**fields))), BOARD)
    return found


@pytest.mark.parametrize("site", ["governmentjobs.com", "schooljobs.com"])
def test_one_request_gives_the_whole_board_of_either_site(site):
    http = FakeHttp({f"https://www.{site}/SearchEngine/JobsFeed": feed(item())})
    [page] = pages(http, {**BOARD, "site": site})
    assert (page.total, page.truncated) == (None, None)
    assert [query for _, _, query, _, _ in http.calls] == [{"agency": "acme"}]


def test_the_vendors_elements_are_known_by_their_names_whatever_their_namespace():
    [found] = parse(Page(feed(item(location="Atlanta"), namespace="https://www.schooljobs.com")), BOARD)
    assert (found.external_id, found.locations) == ("1", ["Atlanta"])


@pytest.mark.parametrize("mark", ["", "\ufeff", "\u00ef\u00bb\u00bf"])
def test_a_byte_order_mark_may_precede_the_feed_and_may_have_been_misread(mark):
    assert len([*parse(Page(mark + feed(item())), BOARD)]) == 1


def test_a_feed_without_items_is_an_empty_board():
    assert [*parse(Page(feed()), BOARD)] == []


@pytest.mark.parametrize(
    "changed", ["<!DOCTYPE html><html><h1>Not found</h1></html>", "<rss></rss>", "<rss><channel></rss>", "", {}, None]
)
def test_an_answer_that_is_no_feed_is_an_unexpected_payload_and_no_empty_board(changed):
    with pytest.raises(UnexpectedPayload):
        [*parse(Page(changed), BOARD)]


def test_a_row_that_cannot_be_read_costs_only_itself():
    found = [*parse(Page(feed(item("1"), item("2", ""), "<item><title>Chef</title></item>", item("3"))), BOARD)]
    assert [one.external_id for one in found if isinstance(one, Posting)] == ["1", "3"]
    skipped = [(one.external_id, one.title) for one in found if isinstance(one, Skipped)]
    assert skipped == [("2", None), (None, "Chef")]


def test_what_the_feed_does_not_say_stays_unknown():
    assert posting() == Posting(external_id="1", title="Baker", url=LINK)


def test_the_day_of_publication_is_that_of_the_advertisement_and_not_of_the_last_edit():
    pub = "<pubDate>Wed, 26 Aug 2026 23:10:38 GMT</pubDate>"
    assert posting(inner=pub).posted_at is None
    found = posting(inner=pub, advertiseFromDateUTC="Wed, 19 Aug 2026 05:00:00:0")
    assert found.posted_at.isoformat() == "2026-08-19T05:00:00+00:00"


def test_times_in_universal_time_go_before_local_ones():
    found = posting(advertiseFromDate="Wed, 19 Aug 2026 00:00:00:0", advertiseFromDateUTC="Wed, 19 Aug 2026 05:00:00:0")
    assert found.posted_at.hour == 5
    assert posting(advertiseFromDate="Wed, 19 Aug 2026 00:00:00:0").posted_at.hour == 0


@pytest.mark.parametrize("said", ["Continuous", "", "Wed, 99 Aug 2026 05:00:00:0", "9/20/2026"])
def test_an_end_that_is_no_time_is_none(said):
    assert posting(advertiseToDateTimeUTC=said).closes_at is None


def test_pay_is_structured_or_words():
    found = posting(minimumSalary="22.50", maximumSalary="33", salaryCurrency="USD", salaryInterval="Hour")
    assert (found.salary, found.extras) == (Salary(Decimal("22.50"), Decimal(33), "USD", "Hour"), {})
    found = posting(minimumSalary="Depends on Qualifications", salaryInterval="Hour")
    assert (found.salary, found.extras) == (None, {"salary": "Depends on Qualifications"})


@pytest.mark.parametrize(
    ("location", "state", "expected"),
    [
        ("Atlanta", "Georgia", "Atlanta, Georgia"),
        ("Atlanta, Georgia", "Georgia", "Atlanta, Georgia"),
        ("Las Vegas, NV", "nv", "Las Vegas, NV"),
        ("Vermont Avenue", "VT", "Vermont Avenue, VT"),
        ("", "Georgia", "Georgia"),
        ("Remote", "", "Remote"),
    ],
)
def test_a_state_is_said_once(location, state, expected):
    assert posting(location=location, state=state).locations == [expected]


def test_the_sections_of_a_text_stand_under_their_names():
    found = posting(
        qualifications="&lt;p&gt;Bake.&lt;/p&gt;", inner="<description>&lt;p&gt;Ours.&lt;/p&gt;</description>"
    )
    assert found.description_html == "<p>Ours.</p>\n<h3>Qualifications</h3><p>Bake.</p>"


@pytest.mark.parametrize(
    "categories",
    ["<j:category>Food</j:category>", "<j:category><j:Category>Food</j:Category></j:category>", "Food"],
)
def test_categories_may_be_nested(categories):
    assert posting(categories=categories).extras == {"category": "Food"}


def test_the_agencys_name_is_the_channels_title():
    assert company(Page(feed())) == "Acme, GA"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.governmentjobs.com/careers/home/index",
        "https://www.governmentjobs.com/jobs/410001",
        "https://www.schooljobs.com/",
        "https://www.neogov.com/careers/acme",
    ],
)
def test_the_vendors_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
