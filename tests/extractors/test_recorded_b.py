"""The recordings of real boards in ../shared/payloads, read a second time, plainly, and compared."""

import json
import re
from pathlib import Path

import pytest

from tests.extractors.fake_http import FakeHttp
from worker.extractors import extractor
from worker.posting import Posting, Skipped

PAYLOADS = Path(__file__).parents[2].parent / "shared" / "payloads"
pytestmark = pytest.mark.skipif(not PAYLOADS.is_dir(), reason="the recordings are not here")

# recording, address asked, board, rows in the recording, total it states
RECORDINGS = [
    ("personio/personio.xml", "https://personio.jobs.personio.de/xml", {"board": "personio", "tld": "de"}, 1, None),
    ("personio/careerkit.xml", "https://careerkit.jobs.personio.de/xml", {"board": "careerkit", "tld": "de"}, 2, None),
    ("pinpoint/ergon.json", "https://ergon.pinpointhq.com/postings.json", {"board": "ergon"}, 3, None),
    ("pinpoint/careerkit.json", "https://careerkit.pinpointhq.com/postings.json", {"board": "careerkit"}, 2, None),
    ("teamtailor/1komma5.json", "https://1komma5.teamtailor.com/jobs.json", {"board": "1komma5"}, 2, None),
    ("teamtailor/teamtailor.json", "https://career.teamtailor.com/jobs.json", {"board": "career"}, 2, None),
    (
        "smartrecruiters/visa.json",
        "https://api.smartrecruiters.com/v1/companies/Visa/postings", {"board": "Visa"}, 2, 10,
    ),
    (
        "smartrecruiters/knightgayles.json",
        "https://api.smartrecruiters.com/v1/companies/knightgayles/postings", {"board": "knightgayles"}, 1, 1,
    ),
    (
        "workday/salesforce.json", "https://salesforce.wd12.myworkdayjobs.com/wday/cxs/salesforce/External/jobs",
        {"tenant": "salesforce", "pod": "wd12", "site": "External", "domain": "myworkdayjobs.com"}, 2, 2,
    ),
    (
        "workday/nvidia-ergon.json", "https://nvidia.wd5.myworkdayjobs.com/wday/cxs/nvidia/Careers/jobs",
        {"tenant": "nvidia", "pod": "wd5", "site": "Careers", "domain": "myworkdayjobs.com"}, 2, 2000,
    ),
]  # fmt: skip
for_each_recording = pytest.mark.parametrize(
    ("name", "url", "board", "rows", "total"), RECORDINGS, ids=[name for name, *_ in RECORDINGS]
)


def read(name, url, board):
    """Return the postings of a recording's first page, the pages and the number of requests."""
    one, path = extractor(name.partition("/")[0]), PAYLOADS / name
    http = FakeHttp({url: path.read_text() if path.suffix == ".xml" else json.loads(path.read_text())})
    pages = [*one.pages(http, board)]
    return [*one.parse(pages[0], board)], pages, len(http.calls)


def by_id(name):
    [(_, url, board, *_)] = [recording for recording in RECORDINGS if recording[0] == name]
    return {posting.external_id: posting for posting in read(name, url, board)[0]}


def plainly(name):
    """Read ids, titles and addresses of a recording with no code of Rolecall."""
    text = (PAYLOADS / name).read_text()
    ats = name.partition("/")[0]
    if ats == "personio":
        ids, titles = re.findall(r"<id>(\d+)</id>", text), re.findall(r"<name>(.*?)</name>", text)
        return [(number, title, f"/job/{number}") for number, title in zip(ids, titles, strict=True)]
    rows = json.loads(text)
    if ats == "pinpoint":
        return [(row["id"], row["title"], row.get("url", row["path"])) for row in rows["data"]]
    if ats == "teamtailor":
        return [(row["url"].split("/")[4].split("-")[0], row["title"], row["url"]) for row in rows["items"]]
    if ats == "smartrecruiters":
        return [(row["id"], " ".join(row["name"].split()), f"/{row['id']}") for row in rows["content"]]
    return [(row["externalPath"].split("_")[-1], row["title"], row["externalPath"]) for row in rows["jobPostings"]]


@for_each_recording
def test_every_row_of_a_recording_is_read(name, url, board, rows, total):
    postings, pages, _ = read(name, url, board)
    assert len(postings) == rows
    assert all(isinstance(posting, Posting) for posting in postings)
    assert pages[0].total == total


@for_each_recording
def test_ids_titles_and_addresses_are_those_of_the_recording(name, url, board, rows, total):
    postings, _, _ = read(name, url, board)
    expected = plainly(name)
    assert [posting.external_id for posting in postings] == [external_id for external_id, _, _ in expected]
    assert [" ".join(posting.title.split()) for posting in postings] == [title for _, title, _ in expected]
    for posting, (_, _, address) in zip(postings, expected, strict=True):
        assert posting.url.endswith(address)
        assert posting.url.startswith("https://")


@for_each_recording
def test_a_recording_that_is_whole_costs_one_request(name, url, board, rows, total):
    _, pages, requests = read(name, url, board)
    whole = total is None or total == rows
    assert requests == (1 if whole else 2)
    assert any(page.truncated for page in pages) == (not whole)


@for_each_recording
def test_the_board_of_a_recording_could_be_pasted(name, url, board, rows, total):
    assert extractor(name.partition("/")[0]).recognise(url) == board


def test_all_recordings_of_these_vendors_are_read():
    there = {f"{path.parent.name}/{path.name}" for path in PAYLOADS.glob("*/*.*")}
    mine = {name for name in there if name.split("/")[0] in {ats.split("/")[0] for ats, *_ in RECORDINGS}}
    assert mine == {name for name, *_ in RECORDINGS}
    assert (len(mine), sum(rows for *_, rows, _ in RECORDINGS)) == (10, 19)


def test_personio_by_eye():
    staff = by_id("personio/personio.xml")["1834171"]
    assert staff.title == "Staff Software Engineer, Data Platform"
    assert staff.url == "https://personio.jobs.personio.de/job/1834171"
    assert staff.locations == ["Munich", "Berlin"]
    assert (staff.department, staff.employment_type) == ("Product and Tech", "full-time")
    assert staff.posted_at.isoformat() == "2024-11-13T14:10:41+00:00"
    assert staff.description_html is None
    assert staff.extras["subcompany"] == "Personio SE & Co. KG"


def test_pinpoint_by_eye():
    found = by_id("pinpoint/ergon.json")
    manager, pipeline = found["515428"], found["217178"]
    assert (manager.department, manager.requisition_id) == ("Transportation", "PIN-0679")
    assert (manager.employment_type, manager.workplace, manager.locations) == ("full_time", "onsite", ["North County"])
    assert (manager.salary.min, manager.salary.max, manager.salary.currency, manager.salary.period) == (
        80000, 100000, "USD", "year"
    )  # fmt: skip
    assert manager.closes_at.isoformat() == "2026-06-27T03:59:59+00:00"
    assert "<h3>Skills, Knowledge and Expertise</h3>" in manager.description_html
    assert "<h3>Benefits</h3>" not in manager.description_html
    assert manager.extras["division"] == "AAWDC"
    assert pipeline.salary is None
    assert pipeline.locations == ["Varies by Listing, Maryland"]
    consultant = by_id("pinpoint/careerkit.json")["post-002"]
    assert (consultant.department, consultant.workplace, consultant.salary.period) == ("Consulting", "hybrid", "hour")


def test_teamtailor_by_eye():
    found = by_id("teamtailor/teamtailor.json")
    madrid, copenhagen = found["7167985"], found["7069633"]
    assert (madrid.locations, madrid.country_codes) == (["Madrid, ES"], ["ES"])
    assert madrid.posted_at.isoformat() == "2026-02-04T08:26:20+00:00"
    assert copenhagen.locations == ["Stockholm, SE", "København, DK"]
    assert copenhagen.country_codes == ["SE", "DK"]
    assert by_id("teamtailor/1komma5.json")["7793185"].description_html.startswith("<p>Vi driver visionen")


def test_smartrecruiters_by_eye():
    engineer = by_id("smartrecruiters/visa.json")["744000122509268"]
    assert engineer.url == "https://jobs.smartrecruiters.com/Visa/744000122509268"
    assert (engineer.workplace, engineer.locations, engineer.country_codes) == (
        "hybrid", ["Austin, TX, United States"], ["us"]
    )  # fmt: skip
    assert (engineer.department, engineer.employment_type) == ("Technology and Operations", "Full-time")
    assert (engineer.requisition_id, engineer.language) == ("REF97308A", "en")
    assert engineer.posted_at.isoformat() == "2026-04-23T16:54:54.835000+00:00"
    assert engineer.extras["customField"]["Job Family Group"] == "Engineering and Technology"
    nurse = by_id("smartrecruiters/knightgayles.json")["743999671674844"]
    assert (nurse.department, nurse.employment_type, nurse.workplace) == (None, "Part-time", None)


def test_workday_by_eye():
    manager = by_id("workday/nvidia-ergon.json")["JR2018805"]
    assert manager.url == (
        "https://nvidia.wd5.myworkdayjobs.com/Careers/job/US-CA-Santa-Clara/"
        "Developer-Relations-Manager--Physical-AI-Healthcare_JR2018805"
    )
    assert (manager.locations, manager.requisition_id) == (["US, CA, Santa Clara"], "JR2018805")
    assert manager.posted_at is None
    assert by_id("workday/salesforce.json")["JR354232"].locations == []


def test_no_recorded_row_is_skipped():
    for name, url, board, *_ in RECORDINGS:
        assert not [row for row in read(name, url, board)[0] if isinstance(row, Skipped)]
