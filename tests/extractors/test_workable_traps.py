"""What Workable's answers are known to get wrong, one test each."""

from typing import Any

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.errors import BoardUnavailable, UnexpectedPayload
from worker.extractors.workable import EXTRACTOR
from worker.posting import Page, Posting

BOARD = {"board": "acme"}
ACCOUNTS = "https://apply.workable.com/api/v1/widget/accounts"


def job(**values: Any) -> dict[str, Any]:
    return {"shortcode": "0897A038EC", "title": "Engineer", "url": "https://apply.workable.com/j/0897A038EC", **values}


def read(**values: Any) -> Posting:
    [posting] = EXTRACTOR.parse(Page({"name": "Acme", "jobs": [job(**values)]}), BOARD)
    assert isinstance(posting, Posting), posting
    return posting


def test_workable_is_asked_once_with_details() -> None:
    answer = {"name": "Acme", "jobs": [job()]}
    http = FakeHttp({f"{ACCOUNTS}/acme": answer})
    assert list(EXTRACTOR.pages(http, BOARD)) == [Page(answer)]
    assert http.calls == [("GET", f"{ACCOUNTS}/acme", {"details": "true"}, {}, True)]


@pytest.mark.parametrize("name", ["Workable", " workable "])
def test_an_answer_for_another_account_is_tried_again_later(name: str) -> None:
    http = FakeHttp({f"{ACCOUNTS}/acme": {"name": name, "jobs": [job()]}})
    with pytest.raises(BoardUnavailable, match="acme"):
        list(EXTRACTOR.pages(http, BOARD))


@pytest.mark.parametrize("account", ["workable", "careers"])
def test_workables_own_account_is_a_board_like_any_other(account: str) -> None:
    http = FakeHttp({f"{ACCOUNTS}/{account}": {"name": "Workable", "jobs": []}})
    assert len(list(EXTRACTOR.pages(http, {"board": account}))) == 1


@pytest.mark.parametrize("name", [None, 7, "Workable Solutions BV", "Acme"])
def test_any_other_name_is_the_account_that_was_asked_for(name: object) -> None:
    http = FakeHttp({f"{ACCOUNTS}/acme": {"name": name, "jobs": []}})
    assert len(list(EXTRACTOR.pages(http, BOARD))) == 1


def test_the_shortcode_that_repeats_once_per_place_is_the_same_posting_for_whoever_merges() -> None:
    rows = [
        job(locations=[{"country": "Spain", "countryCode": "ES", "city": ""}]),
        job(locations=[{"country": "Portugal", "countryCode": "PT", "city": ""}]),
    ]
    spain, portugal = EXTRACTOR.parse(Page({"jobs": rows}), BOARD)
    assert isinstance(spain, Posting)
    assert isinstance(portugal, Posting)
    assert spain.external_id == portugal.external_id == "0897A038EC"
    assert (spain.locations, portugal.locations) == (["Spain"], ["Portugal"])


def test_hidden_places_are_not_shown() -> None:
    posting = read(
        city="Linz",
        country="Austria",
        locations=[
            {"country": "Austria", "countryCode": "AT", "city": "Linz", "region": None, "hidden": True},
            {"country": "Germany", "countryCode": "DE", "city": "Munich", "region": "Bavaria", "hidden": False},
        ],
    )
    assert (posting.locations, posting.country_codes) == (["Munich, Bavaria, Germany"], ["DE"])


def test_when_every_place_is_hidden_none_is_shown() -> None:
    posting = read(city="Linz", country="Austria", locations=[{"country": "Austria", "city": "Linz", "hidden": True}])
    assert (posting.locations, posting.country_codes) == ([], [])


def test_a_row_without_locations_says_its_place_itself() -> None:
    posting = read(city="Brno", state="", country="Czech Republic", locations=[])
    assert (posting.locations, posting.country_codes) == (["Brno, Czech Republic"], ["Czech Republic"])


def test_posted_is_the_date_of_publishing_not_of_creating() -> None:
    posting = read(published_on="2026-06-02", created_at="2025-11-21")
    assert posting.posted_at is not None
    assert posting.posted_at.isoformat() == "2026-06-02T00:00:00+00:00"
    assert read(created_at="2025-11-21").posted_at is None


def test_the_code_is_the_requisition_id_and_empty_words_are_unknown() -> None:
    assert read(code="FE-12").requisition_id == "FE-12"
    posting = read(code="", employment_type="", department="", experience="", industry="Insurance")
    assert (posting.requisition_id, posting.employment_type, posting.department) == (None, None, None)
    assert posting.extras == {"industry": "Insurance"}


@pytest.mark.parametrize(("telecommuting", "workplace"), [(True, "remote"), (False, None), (None, None), ("no", None)])
def test_telecommuting_means_remote_and_its_absence_says_nothing(telecommuting: object, workplace: str | None) -> None:
    assert read(telecommuting=telecommuting).workplace == workplace


@pytest.mark.parametrize("answer", [None, [], "Not Found", {}, {"name": "Acme"}, {"name": "Acme", "jobs": {}}])
def test_an_answer_without_jobs_is_unexpected_and_never_an_empty_board(answer: object) -> None:
    [page] = EXTRACTOR.pages(FakeHttp({f"{ACCOUNTS}/acme": answer}), BOARD)
    with pytest.raises(UnexpectedPayload, match="jobs"):
        EXTRACTOR.parse(page, BOARD)


def test_a_bad_row_costs_only_itself_and_keeps_its_shortcode() -> None:
    found = list(EXTRACTOR.parse(Page({"jobs": [None, {"shortcode": "A1", "url": "x"}, job()]}), BOARD))
    assert [type(one).__name__ for one in found] == ["Skipped", "Skipped", "Posting"]
    assert found[1].external_id == "A1"


@pytest.mark.parametrize("wrong", [None, 7, True, "odd", [], [None], [7], {}, {"city": []}, [{"city": []}]])
def test_no_optional_field_can_cost_a_posting(wrong: object) -> None:
    optional = (
        "code employment_type telecommuting department application_url published_on country city state locations"
        " experience education function industry description"
    )
    assert read(**dict.fromkeys(optional.split(), wrong)).external_id == "0897A038EC"


@pytest.mark.parametrize(
    "url",
    [
        "http://apply.workable.com/acme/",
        "HTTPS://Apply.Workable.com/acme/#jobs",
        "https://apply.workable.com/acme/j/0897A038EC/",
        "https://apply.workable.com/acme/jobs/view/0897A038EC.md",
        "https://acme.workable.com",
        "https://acme.workable.com/j/0897A038EC",
        "https://workable.com/api/accounts/acme",
        "https://apply.workable.com/api/v2/accounts/acme/jobs/0897A038EC",
    ],
)
def test_an_address_of_a_workable_account_is_recognised(url: str) -> None:
    assert EXTRACTOR.recognise(url) == BOARD


@pytest.mark.parametrize(
    "url",
    [
        "https://apply.workable.com/j/0897A038EC",
        "https://apply.workable.com/j/0897A038EC/apply",
        "https://apply.workable.com/j",
        "https://apply.workable.com/api/v1/widget/accounts/",
        "https://apply.workable.com/",
        "https://apply.workable.com.evil.example/acme",
        "https://acme.workable.com.evil.example/",
        "https://acme.workable.com@evil.example/",
        "https://www.workable.com/careers",
        "https://jobs.workable.com/company/abc",
        "https://help.workable.com/hc/en-us",
        "https://careers.workable.com/",
    ],
)
def test_what_is_no_workable_account_is_not_recognised(url: str) -> None:
    assert EXTRACTOR.recognise(url) is None
