"""What has gone wrong with JOIN's company pages for others, one test each."""

import json

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.join import EXTRACTOR, company, detail, pages, parse, parse_detail
from worker.posting import Page, Posting, Salary, Skipped

BOARD = {"board": "acme"}
SITE = "https://join.com/companies/acme"


def row(number=1, **fields):
    return {"id": number, "idParam": f"{number}-baker", "title": "Baker", **fields}


def page(*rows, last=1, total=None, domain="acme", **page_props):
    pagination = {"page": 1, "pageCount": last, "pageSize": 5, "perPage": 5, "total": total}
    state = {"company": {"name": "Acme Bakeries", "domain": domain}, "jobs": {"items": rows, "pagination": pagination}}
    data = {"props": {"pageProps": {"initialState": state, **page_props}}}
    return f'<html><script id="__NEXT_DATA__" type="application/json">{json.dumps(data)}</script></html>'


def site(*answers):
    return FakeHttp({SITE: lambda _, query: answers[query["page"] - 1]})


def posting(**fields):
    [found] = parse(Page(page(row(**fields))), BOARD)
    return found


def with_job(**fields):
    job = {"@type": "JobPosting", "title": "Baker", **fields}
    return f'<script type="application/ld+json">{json.dumps(job)}</script>'


def test_pages_are_asked_for_as_long_as_they_are_counted():
    http = site(page(row(1), row(2), last=2, total=3), page(row(3), last=2, total=3))
    found = [*pages(http, BOARD)]
    assert [query for _, _, query, _, _ in http.calls] == [{"page": 1}, {"page": 2}]
    assert [(one.total, one.truncated) for one in found] == [(3, None), (3, None)]


def test_an_empty_page_ends_the_list_whatever_was_counted():
    assert len([*pages(site(page(row(1), last=9), page(last=9)), BOARD)]) == 2


def test_a_page_that_repeats_earlier_ones_ends_the_reading():
    found = [*pages(FakeHttp({SITE: page(row(1), row(2), last=9)}), BOARD)]
    assert [one.truncated for one in found] == [None, "page 2 of the list repeats earlier ones"]


def test_it_ends_after_so_many_pages_whatever_the_site_says():
    *_, last = pages(FakeHttp({SITE: lambda _, query: page(row(query["page"]), last=10**6)}), BOARD)
    assert last.truncated == "not read beyond page 400"


def test_a_company_without_postings_is_empty():
    [only] = pages(site(page(last=0, total=0)), BOARD)
    assert ([*parse(only, BOARD)], only.total, only.truncated) == ([], 0, None)


@pytest.mark.parametrize("status", [404, 410])
def test_a_company_that_does_not_exist_is_said_to_be_so_with_status_200(status):
    with pytest.raises(BoardNotFound, match="no such company"):
        [*pages(site(page(statusCode=status)), BOARD)]


def test_the_page_of_another_company_is_not_read_as_this_ones():
    with pytest.raises(UnexpectedPayload, match="another company, join-gmbh"):
        [*pages(site(page(row(), domain="join-gmbh")), BOARD)]


@pytest.mark.parametrize("domain", ["ACME", "acme.com", "", None])
def test_a_domain_that_is_no_other_companys_short_name_is_no_hindrance(domain):
    assert len([*parse(Page(page(row(), domain=domain)), BOARD)]) == 1


@pytest.mark.parametrize(
    "changed",
    [
        "<html>Just a moment...</html>",
        '<script id="__NEXT_DATA__">{"props": {"pageProps": {"initialState": {"jobs": {}}}}}</script>',
        '<script id="__NEXT_DATA__">{"props": [</script>',
        '<script id="__NEXT_DATA__">[]</script>',
        '<script id="__NEXT_DATA__">' + "[" * 50_000,
        "",
        None,
    ],
    ids=range(7),
)
def test_a_page_without_its_data_is_an_unexpected_payload_and_no_empty_board(changed):
    with pytest.raises(UnexpectedPayload):
        [*parse(Page(changed), BOARD)]


def test_a_row_that_cannot_be_read_costs_only_itself():
    found = [
        *parse(Page(page(row(1), row(2, title=None), row(3, idParam=" "), {"title": "No id"}, "x", row(4))), BOARD)
    ]
    assert [one.external_id for one in found if isinstance(one, Posting)] == ["1", "4"]
    skipped = [(one.external_id, one.title) for one in found if isinstance(one, Skipped)]
    assert skipped == [("2", None), ("3", "Baker"), (None, "No id"), (None, None)]


def test_what_the_list_does_not_say_stays_unknown():
    assert posting() == Posting(external_id="1", title="Baker", url=f"{SITE}/1-baker")


def test_a_posting_keeps_its_id_when_the_number_in_its_address_changes():
    found = posting(idParam="99-chief-baker")
    assert (found.external_id, found.url) == ("1", f"{SITE}/99-chief-baker")


EUROS = {"amount": 4_000_000, "currency": "EUR"}


def test_pay_is_in_hundredths():
    found = posting(salaryAmountFrom=EUROS, salaryFrequency="PER_YEAR", settings={"showSalary": True})
    assert found.salary == Salary(40_000, None, "EUR", "PER_YEAR")


@pytest.mark.parametrize("settings", [{"showSalary": False}, {}, None])
def test_pay_that_is_not_shown_is_not_read(settings):
    assert posting(salaryAmountFrom=EUROS, salaryFrequency="PER_YEAR", settings=settings).salary is None


def test_a_period_without_an_amount_is_no_pay():
    assert posting(salaryFrequency="PER_YEAR", settings={"showSalary": True}).salary is None


def test_a_place_names_city_region_and_country_once():
    city = {"cityName": "Berlin", "regionName": "Berlin", "countryName": "Germany", "countryCode": "de"}
    assert (posting(city=city).locations, posting(city=city).country_codes) == (["Berlin, Germany"], ["de"])
    assert posting(country={"name": "Austria", "iso3166": "AT"}).locations == ["Austria"]


def test_the_category_is_joins_own_and_no_department():
    found = posting(category={"name": "Accounts Receivable"})
    assert (found.department, found.extras) == (None, {"category": "Accounts Receivable"})


def test_the_postings_page_has_its_text():
    found = parse_detail(posting(workplaceType="HYBRID"), with_job(description="&lt;p&gt;Bake.&lt;/p&gt;"))
    assert (found.description_html, found.workplace) == ("<p>Bake.</p>", "HYBRID")
    http = FakeHttp({posting().url: "<html>"})
    assert detail(http, BOARD, posting()) == "<html>"


def test_joins_own_number_and_computed_end_are_not_the_employers():
    found = parse_detail(posting(), with_job(identifier={"value": "123"}, validThrough="2027-01-01"))
    assert (found.requisition_id, found.closes_at) == (None, None)


def test_a_posting_that_was_withdrawn_still_has_a_page_and_that_is_no_text():
    with pytest.raises(UnexpectedPayload, match="no JobPosting"):
        parse_detail(posting(), page())


def test_the_companys_name_is_in_the_data():
    assert company(Page(page())) == "Acme Bakeries"


@pytest.mark.parametrize(
    "url", ["https://join.com/jobs", "https://join.com/companies", "https://help.join.com/companies/acme"]
)
def test_joins_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
