"""What has gone wrong with Personio's XML for others, one test each."""

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.detection.guessing import rounds
from worker.errors import BoardNotFound, UnexpectedPayload
from worker.extractors.personio import EXTRACTOR, pages, parse
from worker.posting import Page

BOARD = {"board": "acme", "tld": "de"}
URL = "https://acme.jobs.personio.de/xml"


def document(*positions: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>\n') -> str:
    return f"{head}<workzag-jobs>{''.join(positions)}</workzag-jobs>"


def position(**fields: str) -> str:
    fields = {"id": "1", "name": "Baker", **fields}
    return f"<position>{''.join(f'<{name}>{value}</{name}>' for name, value in fields.items())}</position>"


def postings(text):
    return [*parse(Page(text), BOARD)]


def test_english_is_asked_for_because_other_answers_lack_descriptions():
    http = FakeHttp({URL: document()})
    assert len([*pages(http, BOARD)]) == 1
    [(method, url, params, _, _)] = http.calls
    assert (method, url, params) == ("GET", URL, {"language": "en"})


def test_the_redirect_of_an_unknown_board_is_not_followed():
    http = FakeHttp({URL: BoardNotFound("moved to personio.com")})
    with pytest.raises(BoardNotFound):
        [*pages(http, BOARD)]
    assert [redirects for *_, redirects in http.calls] == [False]


def test_the_com_twin_is_a_board_of_its_own():
    http = FakeHttp({"https://acme.jobs.personio.com/xml": document(position())})
    [page] = pages(http, {"board": "acme", "tld": "com"})
    [posting] = parse(page, {"board": "acme", "tld": "com"})
    assert posting.url == "https://acme.jobs.personio.com/job/1"


def test_a_company_is_looked_for_on_both_domains_by_its_name():
    first, twins, *_ = rounds(["Acme"], "personio")
    assert ("personio", BOARD) in first
    assert ("personio", {"board": "acme", "tld": "com"}) in twins


def test_a_site_whose_xml_is_switched_off_is_not_found_and_no_empty_board():
    with pytest.raises(BoardNotFound):
        [*pages(FakeHttp({"https://acme.jobs.personio.de/": "<html>Open positions</html>"}), BOARD)]


@pytest.mark.parametrize("written", ["2026-09-01T10:00:00+0200", "2026-09-01T08:00:00+00:00"])
def test_both_ways_of_writing_a_zone_give_the_same_moment(written):
    [posting] = postings(document(position(createdAt=written)))
    assert posting.posted_at.isoformat() == "2026-09-01T08:00:00+00:00"


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE workzag-jobs>",
        '<!DOCTYPE x [<!ENTITY a "boom"><!ENTITY b "&a;&a;">]>',
        '<!doctype x SYSTEM "file:///etc/passwd">',
        '<!-- <workzag-jobs --><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_a_document_with_a_dtd_is_refused(doctype):
    with pytest.raises(UnexpectedPayload):
        postings(document(position(name="&e;"), head=doctype))


def test_an_undeclared_entity_is_broken_xml():
    with pytest.raises(UnexpectedPayload, match="broken"):
        postings(document(position(name="Caf&eacute;")))


def test_a_doctype_within_a_description_is_only_text():
    html = "<jobDescription><name>A</name><value><![CDATA[<!DOCTYPE html><p>b</p>]]></value></jobDescription>"
    [posting] = postings(document(position(jobDescriptions=html)))
    assert posting.description_html == "<h3>A</h3><!DOCTYPE html><p>b</p>"


@pytest.mark.parametrize(
    "head",
    [
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<?xml version='1.0' encoding='ISO-8859-1'?>",
        "\ufeff",
        '\n\n<?xml version="1.0"?>',
        "",
    ],
)
def test_text_is_read_whatever_encoding_its_prolog_once_named(head):
    [posting] = postings(document(position(name="Bäcker 🥐"), head=head))
    assert posting.title == "Bäcker 🥐"


@pytest.mark.parametrize(
    "text", ["", "<workzag-jobs><position>", "<html><body>Page not found</body></html>", "{}", "<rss/>", "\x00"]
)
def test_what_is_no_workzag_document_is_an_unexpected_payload_and_no_empty_board(text):
    with pytest.raises(UnexpectedPayload):
        postings(text)


def test_an_empty_board_is_empty():
    assert postings(document()) == []


@pytest.mark.parametrize(
    ("employment", "schedule", "word"),
    [
        ("permanent", "part-time", "part-time"),
        ("permanent", "", "permanent"),
        ("Intern", "full-time", "Intern"),
        ("trainee", "full-time", "trainee"),
        ("freelance", "full-time", "freelance"),
        ("temporary", "part-time", "temporary"),
        ("", "full-time", "full-time"),
        ("", "", None),
    ],
)
def test_the_schedule_says_the_employment_type_unless_the_contract_says_more(employment, schedule, word):
    [posting] = postings(document(position(employmentType=employment, schedule=schedule)))
    assert posting.employment_type == word


def test_a_position_listed_twice_is_given_twice_and_merged_later():
    assert [posting.external_id for posting in postings(document(position(), position()))] == ["1", "1"]


@pytest.mark.parametrize(
    "url",
    [
        "https://www.personio.de/jobs",
        "https://acme.personio.de/job/1",
        "https://www.jobs.personio.de",
        "jobs.personio.de",
    ],
)
def test_other_pages_of_personio_are_no_boards(url):
    assert EXTRACTOR.recognise(url) is None
