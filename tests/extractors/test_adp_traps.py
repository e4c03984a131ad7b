"""What has gone wrong with ADP Workforce Now for others, one test each."""

from decimal import Decimal

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.adp import EXTRACTOR, detail, pages, parse, parse_detail
from worker.posting import Page, Posting, Salary, Skipped

ID = "4f8b9ec0-1c2d-4e3f-8a5b-6c7d8e9f0a1b"
BOARD = {"client": ID, "center": "19000101_000001", "host": "workforcenow.adp.com"}
API = "https://workforcenow.adp.com/mascsr/default/careercenter/public/events/staffing/v1"
LISTED = Posting(external_id="7", title="Baker", url="https://workforcenow.adp.com/x", language="fr_CA")


def row(number, **fields):
    group = {"stringFields": [{"nameCode": {"codeValue": "ExternalJobID"}, "stringValue": str(number)}]}
    return {"itemID": f"9201_{number}", "requisitionTitle": f"Job {number}", "customFieldGroup": group, **fields}


def center(*languages, published=True):
    locales = [{"nameCode": {"codeValue": "Locale"}, "stringValue": language} for language in languages]
    indicators = [{"nameCode": {"codeValue": "PublishedIndicator"}, "indicatorValue": published}]
    return {"meta": {"customFieldGroup": {"stringFields": locales, "indicatorFields": indicators}}}


def lists(**numbers_of):
    """ADP as it answers: 20 rows a page whatever is asked, counted from 1, and no `meta` for an empty language."""

    def answer(url, params):
        numbers = numbers_of.get(params["lang"], [])
        if not numbers:
            return {"jobRequisitions": []}
        rows = [row(number) for number in numbers][params["$skip"] - 1 :][:20]
        return {"jobRequisitions": rows, "meta": {"startSequence": params["$skip"], "totalNumber": len(numbers)}}

    return answer


def read(about, listed):
    http = FakeHttp({f"{API}/content-links/career-center": about, f"{API}/job-requisitions": listed})
    found = [*pages(http, BOARD)]
    ids = [posting.external_id for page in found for posting in parse(page, BOARD)]
    asked = [(params["lang"], params["$skip"]) for _, url, params, _, _ in http.calls if url.endswith("requisitions")]
    return ids, [page.total for page in found], [page.truncated for page in found if page.truncated], asked


def posting(**fields):
    [found] = parse(Page({"jobRequisitions": [row(7, **fields)]}), BOARD)
    return found


def test_the_list_is_skipped_from_one_and_ends_at_its_total():
    ids, totals, truncated, asked = read(center("en_US"), lists(en_US=range(45)))
    assert (ids, totals, truncated) == ([str(number) for number in range(45)], [45, 45, 45], [])
    assert asked == [("en_US", 1), ("en_US", 21), ("en_US", 41)]


def test_every_language_of_the_career_center_is_asked_english_first():
    ids, totals, truncated, asked = read(center("fr_CA", "en_CA"), lists(en_CA=[1, 2], fr_CA=[2, 3]))
    assert (ids, truncated) == (["1", "2", "2", "3"], [])
    assert totals == [None, None]  # what is listed in two languages would be counted twice
    assert asked == [("en_CA", 1), ("fr_CA", 1)]


def test_a_center_that_names_no_language_is_asked_in_those_that_occur():
    _, _, _, asked = read(center(), lists(en_US=[1]))
    assert [language for language, _ in asked] == ["en_US", "en_CA", "fr_CA", "es_US"]


def test_a_posting_is_in_the_language_it_was_listed_under():
    http = FakeHttp(
        {f"{API}/content-links/career-center": center("fr_CA"), f"{API}/job-requisitions": lists(fr_CA=[1])}
    )
    [found] = [posting for page in pages(http, BOARD) for posting in parse(page, BOARD)]
    assert found.language == "fr_CA"
    assert found.url.endswith(f"recruitment.html?cid={ID}&ccId=19000101_000001&lang=fr_CA&jobId=1")


def test_an_empty_board_is_empty():
    ids, totals, truncated, asked = read(center("en_US"), lists())
    assert (ids, totals, truncated, asked) == ([], [None], [], [("en_US", 1)])


def test_a_career_center_that_does_not_exist_is_not_found_though_its_list_is_empty():
    with pytest.raises(BoardNotFound, match="19000101_000001"):
        read(center(published=False), lists())


def test_a_client_that_does_not_exist_is_not_found():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({}), BOARD)]


def test_a_list_that_repeats_its_first_page_is_truncated():
    always = {"jobRequisitions": [row(1), row(2)], "meta": {"totalNumber": 5}}
    _, _, truncated, asked = read(center("en_US", "fr_CA"), always)
    assert (truncated, len(asked)) == (["the list in en_US ends after 2 of 5 postings"], 2)


def test_a_language_that_ends_before_its_total_is_truncated():
    def answer(url, params):
        rows = [row(1)] if params["$skip"] == 1 else []
        return {"jobRequisitions": rows, "meta": {"totalNumber": 3}}

    _, _, truncated, _ = read(center("en_US", "fr_CA"), answer)
    assert truncated == ["the list in en_US ends after 1 of 3 postings"]


def test_a_missing_list_is_an_unexpected_payload_and_no_empty_board():
    with pytest.raises(UnexpectedPayload, match="jobRequisitions"):
        read(center("en_US"), {"meta": {"totalNumber": 0}})


def test_a_skipped_row_goes_by_the_same_id_as_a_read_one():
    [found] = parse(Page({"jobRequisitions": [row(7, requisitionTitle=None)]}), BOARD)
    assert isinstance(found, Skipped)
    assert found.external_id == "7"


def test_the_country_is_told_by_the_places_name_alone():
    found = posting(requisitionLocations=[{"nameCode": {"shortName": " Kalaheo, HI, US"}, "address": {}}])
    assert (found.locations, found.country_codes) == (["Kalaheo, HI, US"], [])


@pytest.mark.parametrize(("kind", "period"), [({"codeValue": "HR"}, "HR"), ({"shortName": "Annual"}, "Annual")])
def test_pay_keeps_the_boards_word_for_its_period(kind, period):
    group = {**row(7)["customFieldGroup"], "codeFields": [{"nameCode": {"codeValue": "SalaryType"}, **kind}]}
    rate = {"minimumRate": {"amountValue": 18.5, "currencyCode": "USD"}, "maximumRate": {"amountValue": 0}}
    found = posting(customFieldGroup=group, payGradeRange=rate)
    assert found.salary == Salary(Decimal("18.5"), None, "USD", period)
    assert posting(payGradeRange={"minimumRate": {"amountValue": 0}}).salary is None


def test_the_detail_is_asked_in_the_postings_own_language():
    http = FakeHttp(
        {f"{API}/job-requisitions/7": {"requisitionTitle": "Boulanger", "requisitionDescription": "<p>a</p>"}}
    )
    found = parse_detail(LISTED, detail(http, BOARD, LISTED))
    assert http.calls[0][2] == {"cid": ID, "ccId": "19000101_000001", "lang": "fr_CA", "locale": "fr_CA"}
    assert found.description_html == "<p>a</p>"


def test_the_skeleton_of_a_closed_posting_is_an_unexpected_payload():
    with pytest.raises(UnexpectedPayload, match="7"):
        parse_detail(LISTED, {"itemID": "", "requisitionLocations": []})


@pytest.mark.parametrize(
    "url",
    [
        "https://workforcenow.adp.com/theme/index.html",
        "https://workforcenow.adp.com/mascsr/default/mdf/recruitment/recruitment.html",
        f"https://workforcenow.adp.com/mascsr/default/mdf/recruitment/recruitment.html?ccId=1_2&xcid={ID}",
        f"https://www.adp.com/mascsr/default/mdf/recruitment/recruitment.html?cid={ID}",
        "https://myjobs.adp.com/acme/cx",
    ],
)
def test_adps_own_pages_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
