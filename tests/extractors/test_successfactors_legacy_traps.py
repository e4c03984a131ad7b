"""What has gone wrong with the older SuccessFactors portals for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors import recognise
from worker.extractors.successfactors_legacy import EXTRACTOR, pages, parse
from worker.posting import Page, Skipped

BOARD = {"host": "career5.successfactors.eu", "company": "AcmeP"}
API = "https://career5.successfactors.eu/career"


def listing(*jobs):
    return f"<Job-Listing>{''.join(f'<Job>{job}</Job>' for job in jobs)}</Job-Listing>"


def job(inner="", number=7):
    return f"<JobTitle>Baker</JobTitle><ReqId>{number}</ReqId>{inner}"


def field(label, value, name="filter1"):
    return f"<{name}><label>{label}</label><value>{value}</value></{name}>"


def read(document):
    return [*parse(Page(document), BOARD)]


def posting(inner=""):
    [found] = read(listing(job(inner)))
    return found


def test_one_request_gives_the_board_and_names_the_company_as_it_is_written():
    http = FakeHttp({API: listing(job())})
    [page] = pages(http, BOARD)
    assert (page.total, page.truncated) == (None, None)
    [(_, _, params, _, redirects)] = http.calls
    assert params == {"company": "AcmeP", "career_ns": "job_listing_summary", "resultType": "XML"}
    assert not redirects


def test_a_portal_without_postings_is_complete_and_empty():
    assert read("<Job-Listing></Job-Listing>") == []


def test_a_company_that_does_not_exist_is_a_web_page_and_no_empty_board():
    with pytest.raises(UnexpectedPayload, match="AcmeP"):
        read("<!DOCTYPE html><html><body>Error</body></html>")


def test_a_portal_that_is_gone_passes_through_as_what_it_is():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


@pytest.mark.parametrize("document", [listing(job())[:-8], "<x><Job-Listing/></x>", None, {}])
def test_a_document_of_another_shape_is_an_unexpected_payload(document):
    with pytest.raises(UnexpectedPayload):
        read(document)


def test_fields_that_are_not_set_up_do_not_break_the_document():
    found = posting(f"<><label></label><value></value></>{field('City', 'Oslo')}")
    assert found.locations == ["Oslo"]


def test_placeholders_that_nobody_filled_are_unsaid():
    found = posting(field("City", "[[filter3]]") + field("Department", "Ovens [[x]]", "filter2"))
    assert found.locations == []
    assert found.department == "Ovens"


@pytest.mark.parametrize(("label", "locations", "workplace"), [
    ("Work Location", ["Hybrid"], None),
    ("Location Flexibility", [], "Hybrid"),
    ("Remote Type", [], "Hybrid"),
])  # fmt: skip
def test_a_way_of_working_is_no_place(label, locations, workplace):
    found = posting(field(label, "Hybrid"))
    assert (found.locations, found.workplace) == (locations, workplace)


def test_fields_are_told_by_their_labels_whatever_their_number():
    found = posting(field("City", "Graz", "mfield9") + field("COUNTRY", "Austria", "filter12"))
    assert (found.locations, found.country_codes) == (["Graz, Austria"], ["Austria"])


def dates(*stated):
    jobs = [job(f"<Posted-Date>{date}</Posted-Date>", number) for number, date in enumerate(stated)]
    return [found.posted_at.date().isoformat() if found.posted_at else None for found in read(listing(*jobs))]


def test_dates_are_month_first_unless_one_of_them_says_otherwise():
    assert dates("03/04/2026", "08/24/2026") == ["2026-03-04", "2026-08-24"]
    assert dates("03/04/2026", "24/08/2026") == ["2026-04-03", "2026-08-24"]
    assert dates("2026-04-03", "3 days ago", "") == ["2026-04-03", None, None]


def test_what_a_job_does_not_say_stays_unsaid():
    found = posting()
    assert (found.locations, found.country_codes, found.workplace, found.posted_at) == ([], [], None, None)
    assert (found.department, found.employment_type, found.description_html) == (None, None, None)


def test_a_job_without_number_is_skipped_and_costs_only_itself():
    bad, good = read(listing("<JobTitle>Baker</JobTitle>", job(number=8)))
    assert isinstance(bad, Skipped)
    assert bad.title == "Baker"
    assert good.external_id == "8"


def test_the_company_keeps_its_capitals_and_the_host_is_a_part_of_the_key():
    assert EXTRACTOR.key_text(BOARD) == "career5.successfactors.eu/AcmeP"
    url = "https://CAREER10.sapsf.com/career?lang=en_US&company=JBS-prod&site="
    assert recognise(url) == [("successfactors_legacy", {"host": "career10.sapsf.com", "company": "JBS-prod"})]


@pytest.mark.parametrize("url", [
    "https://career5.successfactors.eu/career", "https://career5.successfactors.eu/career?lang=en_US",
    "https://www.successfactors.com/career?company=acme", "https://api4.successfactors.com/odata/v2?company=acme",
    "https://career5.successfactors.eu.evil.example/career?company=acme",
    "https://career5.successfactors.eu/career#?company=acme",
])  # fmt: skip
def test_an_address_without_a_company_names_no_board(url):
    assert recognise(url) == []
