"""What tells a board where no address does: the source of pages, and the company's name on a board's first page."""

import json
from pathlib import Path

import pytest

from worker.extractor import Extractor
from worker.extractors import extractor
from worker.posting import Page, WebPage

HERE = Path(__file__).parent
PLACE = "https://careers.acme.example/jobs"


def sniff(ats: str, markup: str, url: str = PLACE):
    one: Extractor = extractor(ats)
    assert one.sniff is not None
    return one.sniff(WebPage(url, markup.encode(), markup, "text/html"))


GREENHOUSE = '<div id="grnhse_app"></div>'
SMART = '<script src="https://static.smartrecruiters.com/job-widget/1.6.0/script/smart_widget.js"></script>'


@pytest.mark.parametrize(
    ("ats", "markup", "key"),
    [
        ("greenhouse", f"{GREENHOUSE}<script>var config = {{boardToken: 'acme'}}</script>", {"board": "acme"}),
        ("greenhouse", f'{GREENHOUSE}<div data-board-token="acme-inc">', {"board": "acme-inc"}),
        ("greenhouse", f'{GREENHOUSE}<script>{{"urlToken":"acme"}}</script>', {"board": "acme"}),
        ("greenhouse", "<script>Grnhse.Settings = { scrollOnLoad: false, for: 'acme' };</script>", {"board": "acme"}),
        (
            "lever",
            "<script>window.leverJobsOptions = {accountName: 'acme.io', includeCss: true};</script>",
            {"board": "acme.io", "region": ""},
        ),
        ("ashby", '<script>x = {"organizationHostedJobsPageName":"Acme Corp"}', {"board": "Acme%20Corp"}),
        ("smartrecruiters", f"{SMART}<script>widget({{\"company_code\": \"AcmeInc\"}})</script>", {"board": "AcmeInc"}),
        ("workable", "<script>whr(document).ready(function(){whr_embed(94463, {})})", {"board": "94463"}),
        (
            "workday",
            ('<script>window.workday = window.workday || {\n tenant: "acme",\n siteId: "Careers", appName: "cxs"};\n'
             "var logo = 'https://acme.wd103.myworkdayjobs.com/logo'</script>"),
            {"tenant": "acme", "pod": "wd103", "site": "Careers", "domain": "myworkdayjobs.com"},
        ),
        ("teamtailor", '<link href="https://assets-aws.teamtailor-cdn.com/a.css">', {"board": "careers.acme.example"}),
        ("teamtailor", '<body data-controller="careersite--ui x">', {"board": "careers.acme.example"}),
        ("recruitee", '<img src="https://careers.recruiteecdn.com/image/1.png">', {"board": "careers.acme.example"}),
    ],
)  # fmt: skip
def test_the_source_of_a_page_tells_the_board(ats, markup, key):
    assert sniff(ats, markup) == key
    one = extractor(ats)
    assert one.key(one.key_text(key)) == key
    assert one.board_url(key).startswith("https://")


@pytest.mark.parametrize(
    ("ats", "markup"),
    [
        ("greenhouse", "<script>var shop = {boardToken: 'acme'}</script>"),  # of another maker
        ("greenhouse", "<p>We keep a greenhouse.</p>"),
        ("lever", "<script>accountName: 'acme'</script>"),
        ("ashby", "<p>organizationHostedJobsPageName</p>"),
        ("smartrecruiters", '<script>widget({"company_code": "Acme"})</script>'),
        ("smartrecruiters", SMART),
        ("workable", "<script>whr_embed(0, {})</script>"),
        (
            "workday",
            '<script>window.workday = window.workday || {tenant: "acme", siteId: "Careers"}</script>',
        ),  # where?
        ("teamtailor", '<img src="https://images.teamtailor-cdn.com/1.png">'),
        ("teamtailor", '<script src="https://scripts.teamtailor-cdn.com/widgets/eu-pink/jobs.js"></script>'),
        ("recruitee", '<script src="https://jobs-widget.recruiteecdn.com/widget.js"></script>'),
        ("recruitee", '<script src="https://captcha-base.recruiteecdn.com/1/api.js"></script>'),
    ],
)
def test_what_only_resembles_it_tells_nothing(ats, markup):
    assert sniff(ats, markup) is None


@pytest.mark.parametrize(
    ("ats", "markup", "url"),
    [
        ("teamtailor", '<link href="https://assets-aws.teamtailor-cdn.com/a.css">', "https://acme.teamtailor.com/jobs"),
        ("recruitee", '<img src="https://careers.recruiteecdn.com/image/1.png">', "https://acme.recruitee.com/"),
    ],
)
def test_a_site_on_the_vendors_own_domain_is_told_by_its_address(ats, markup, url):
    assert sniff(ats, markup, url) is None
    assert extractor(ats).recognise(url) == {"board": "acme"}


@pytest.mark.parametrize(
    ("ats", "host", "asked"),
    [
        ("teamtailor", "careers.acme.example", "https://careers.acme.example/jobs.json"),
        ("teamtailor", "acme.na", "https://acme.na.teamtailor.com/jobs.json"),
        ("teamtailor", "acme", "https://acme.teamtailor.com/jobs.json"),
        ("recruitee", "jobs.acme.example", "https://jobs.acme.example/api/offers/"),
        ("recruitee", "acme", "https://acme.recruitee.com/api/offers/"),
    ],
)
def test_a_board_is_asked_on_the_companys_own_domain_where_it_is_named_so(ats, host, asked):
    addresses = []

    class Listening:
        def get_json(self, url, **options):
            addresses.append(url)
            return {"items": [], "offers": []}

    list(extractor(ats).pages(Listening(), {"board": host}))
    assert addresses == [asked]
    assert extractor(ats).board_url({"board": host}) == f"https://{asked.split('/')[2]}"


@pytest.mark.parametrize(
    ("ats", "data", "name"),
    [
        ("greenhouse", {"jobs": [{"id": 1}, {"company_name": "Acme"}]}, "Acme"),
        ("greenhouse", {"jobs": []}, None),
        ("workable", {"name": "Acme Ltd", "jobs": []}, "Acme Ltd"),
        ("recruitee", {"offers": [{"company_name": "Acme"}]}, "Acme"),
        ("smartrecruiters", {"content": [{"company": {"name": "Acme", "identifier": "AcmeInc"}}]}, "Acme"),
        ("teamtailor", {"title": "Acme careers", "items": []}, "Acme careers"),
        (
            "teamtailor",
            {"title": "x", "items": [{}, {"_jobposting": {"hiringOrganization": {"name": "Acme"}}}]},
            "Acme",
        ),
        ("personio", "<workzag-jobs><position/><position><subcompany>Acme SE</subcompany></position></workzag-jobs>",
         "Acme SE"),
        ("personio", "<workzag-jobs/>", None),
    ],
)  # fmt: skip
def test_a_boards_first_page_names_the_company(ats, data, name):
    assert extractor(ats).company(Page(data)) == name


def test_the_recorded_cases_name_their_companies():
    named = {
        ats: extractor(ats).company(Page(json.loads((HERE / ats / case).read_text())))
        for ats, case in (("workable", "litware.json"), ("teamtailor", "wingtip.json"))
    }
    assert all(named.values()), named
