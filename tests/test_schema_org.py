"""How JobPostings are found in pages, also in those that are not quite right, and what is read of them."""

import json
import time
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from worker.normalise import normalise
from worker.posting import Posting, Salary
from worker.schema_org import completed, job_postings, posting

WELDER = {"@context": "https://schema.org", "@type": "JobPosting", "title": "Welder"}
BAKER = {"@type": "JobPosting", "title": "Baker"}


def script(text, tag='<script type="application/ld+json">'):
    return f"<html><head>{tag}{text}</script></head><body>Jobs</body></html>"


def titles(page):
    return [job["title"] for job in job_postings(page)]


def read(**fields):
    return posting({"@type": "JobPosting", "title": "Welder", **fields}, external_id="7", url="https://acme.example/7")


# What is found as JSON-LD


def test_a_page_without_postings_has_none():
    assert job_postings("") == []
    assert job_postings("<p>We have no JobPosting for you</p>") == []
    assert job_postings(script('{"@type": "Organization", "name": "JobPosting Inc"}')) == []


def test_a_posting_is_found_in_json_ld():
    assert job_postings(script(json.dumps(WELDER))) == [WELDER]


@pytest.mark.parametrize(
    "tag",
    [
        '<SCRIPT TYPE="application/ld+json">',
        "<script type=application/ld+json>",
        "<script type='application/ld+json; charset=utf-8' class=\"seo\">",
        '<script data-n-head="ssr" type="Application/LD+JSON">',
        '<script\n  id="job"\n  type = " application/ld+json ">',
    ],
)
def test_the_script_tag_may_be_written_in_any_way(tag):
    assert titles(script(json.dumps(WELDER), tag)) == ["Welder"]


def test_a_script_of_another_type_is_not_read():
    assert job_postings(script(json.dumps(WELDER), '<script type="text/template">')) == []
    assert job_postings(script(json.dumps(WELDER), "<script>var page = ")) == []


def test_a_script_within_a_script_or_a_comment_is_not_read():
    inner = '<script type=\\"application/ld+json\\">' + json.dumps(WELDER)
    assert job_postings(f"<script>var x = '{inner}';</script>") == []
    assert titles(f"<!-- {script(json.dumps(WELDER))} -->" + script(json.dumps(BAKER))) == ["Baker"]


@pytest.mark.parametrize(
    "document",
    [
        [WELDER, BAKER],
        {"@context": "https://schema.org", "@graph": [{"@type": "WebSite"}, WELDER, BAKER]},
        {"@type": "WebPage", "mainEntity": [WELDER, BAKER]},
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": WELDER}, {"item": BAKER}]},
        {"@type": "WebPage", "mainEntity": {"@type": "ItemList", "itemListElement": [WELDER, [[BAKER]]]}},
        {"@type": "Organization", "name": "Acme", "somethingElse": {"deeper": [[{"still": WELDER}], BAKER]}},
    ],
)
def test_postings_are_found_wherever_they_stand(document):
    assert titles(script(json.dumps(document))) == ["Welder", "Baker"]


def test_several_scripts_are_read_in_the_order_of_the_page():
    organisation = script('{"@type": "Organization"}')
    assert titles(script(json.dumps(BAKER)) + organisation + script(json.dumps(WELDER))) == ["Baker", "Welder"]


@pytest.mark.parametrize(
    "name",
    ["JobPosting", "http://schema.org/JobPosting", "https://schema.org/JobPosting", "schema:JobPosting",
     ["Thing", "JobPosting"], [None, "https://schema.org/JobPosting"]],
)  # fmt: skip
def test_the_type_may_be_a_list_or_an_address(name):
    assert titles(script(json.dumps({"@type": name, "title": "Welder"}))) == ["Welder"]


@pytest.mark.parametrize("name", ["JobPostings", "https://schema.org/Job", None, 7, {"JobPosting": 1}, ["Posting"]])
def test_another_type_is_no_posting(name):
    assert job_postings(script(json.dumps({"@type": name, "title": "JobPosting"}))) == []


def test_what_is_referred_to_is_filled_in():
    graph = [
        {**WELDER, "hiringOrganization": {"@id": "#acme"}, "jobLocation": [{"@id": "#hq"}]},
        {"@id": "#acme", "@type": "Organization", "name": "Acme"},
        {"@id": "#hq", "@type": "Place", "address": {"@id": "#street"}},
        {"@id": "#street", "addressLocality": "Oslo", "addressCountry": "NO"},
    ]  # fmt: skip
    job = job_postings(script(json.dumps({"@graph": graph})))[0]
    assert job["hiringOrganization"]["name"] == "Acme"
    assert posting(job, external_id="1", url="https://acme.example/1").locations == ["Oslo, NO"]


def test_references_in_a_circle_end():
    graph = [{"@id": "#a", "title": "x", "@type": "JobPosting", "jobLocation": {"@id": "#a"}, "about": {"@id": "#b"}}]
    assert titles(script(json.dumps({"@graph": graph}))) == ["x"]


# What is found as JSON-LD that is not quite JSON


@pytest.mark.parametrize(
    "text",
    [
        '{"@type": "JobPosting", "title": "Welder", "description": "one\ntwo\tthree\r\nfour"}',
        '{"@type": "JobPosting", "title": "Welder",}',
        '{"@type": ["JobPosting",], "title": "Welder", // the last\n}',
        '{"@type": "JobPosting", /* what it\n is */ "title": "Welder"}',
        '// generated\n{"@type": "JobPosting", "title": "Welder"}',
        '\ufeff{"@type": "JobPosting", "title": "Welder"}',
        ' {"@type": "JobPosting", "title": "Welder"};\n',
        '<!--\n{"@type": "JobPosting", "title": "Welder"}\n-->',
        '<![CDATA[{"@type": "JobPosting", "title": "Welder"}]]>',
        '//<![CDATA[\n{"@type": "JobPosting", "title": "Welder"}\n//]]>',
        '/*<![CDATA[*/{"@type": "JobPosting", "title": "Welder"}/*]]>*/',
        '{&quot;@type&quot;: &quot;JobPosting&quot;, &#34;title&#x22;: &quot;Welder&quot;}',
        '{"@type": "Organization"}{"@type": "JobPosting", "title": "Welder"}',
        '{"@type": "Organization"},\n{"@type": "JobPosting", "title": "Welder"},',
        r'{"@type": "JobPosting", "title": "Welder", "description": "Acme\'s \x welders"}',
        '{"@type": "JobPosting", "title": "Welder"} and something else',
    ],
)  # fmt: skip
def test_json_ld_with_the_usual_faults_is_read(text):
    assert titles(script(text)) == ["Welder"]


def test_what_looks_like_a_fault_within_a_string_stays():
    said = 'see https://acme.example/*all*/ , ] or "//" and ,}'
    text = json.dumps({"@type": "JobPosting", "title": "Welder", "description": said})[:-1] + ",}"
    assert job_postings(script(text))[0]["description"] == said


def test_a_script_that_cannot_be_read_costs_only_itself():
    assert titles(script('{"@type": "JobPosting", "title": Welder') + script(json.dumps(BAKER))) == ["Baker"]


# What is found as microdata and as RDFa

MICRODATA = """
<div itemscope itemtype="http://schema.org/JobPosting">
  <h1 itemprop="title">Welder &amp;
     fitter</h1>
  <meta itemprop="datePosted" content="2026-10-05"><time itemprop="validThrough" datetime="2026-12-31">soon</time>
  <link itemprop="jobLocationType" href="https://schema.org/TELECOMMUTE">
  <a itemprop="url" href="/jobs/7">here</a>
  <span itemprop="hiringOrganization" itemscope itemtype="https://schema.org/Organization">
    <b itemprop="name">Acme</b></span>
  <div itemprop="jobLocation" itemscope itemtype="https://schema.org/Place">
    <div itemprop="address" itemscope itemtype="https://schema.org/PostalAddress">
      <i itemprop="addressLocality">Oslo</i> <i itemprop="addressCountry">NO</i></div></div>
  <div itemprop="jobLocation" itemscope itemtype="https://schema.org/Place"><i itemprop="address">Bergen</i></div>
  <div itemprop="description"><p>Weld &lt;things&gt;.</p> <ul><li>Daily</li></ul>
    <span itemprop="employmentType">FULL_TIME</span></div>
  <div itemscope itemtype="https://schema.org/Person"><i itemprop="name">Nobody</i></div>
</div>
"""

RDFA = """
<article vocab="https://schema.org/" typeof="JobPosting">
  <h1 property="title">Welder</h1> <meta property="og:title" content="Acme careers"/>
  <div property="schema:jobLocation" typeof="Place"><p property="address" typeof="PostalAddress">
    <b property="addressLocality">Oslo</b></p></div>
  <div property="description"><p>Weld things.</p></div>
  <meta property="datePosted" content="2026-10-05">
</article>
"""


def test_microdata_is_read():
    jobs = job_postings(f"<html><body>{MICRODATA}</body></html>")
    assert len(jobs) == 1
    found = posting(jobs[0], external_id="7", url="https://acme.example/jobs/7")
    assert (found.title, found.locations, found.country_codes) == ("Welder & fitter", ["Oslo, NO", "Bergen"], ["NO"])
    assert (found.workplace, found.employment_type, found.extras["company"]) == ("remote", "FULL_TIME", "Acme")
    assert found.posted_at == datetime(2026, 10, 5, tzinfo=UTC)
    assert found.closes_at == datetime(2026, 12, 31, tzinfo=UTC)
    assert "<p>Weld &lt;things&gt;.</p> <ul><li>Daily</li></ul>" in found.description_html
    assert jobs[0]["url"] == "/jobs/7"
    assert "name" not in jobs[0]


def test_rdfa_is_read():
    found = posting(job_postings(RDFA)[0], external_id="7", url="https://acme.example/jobs/7")
    assert (found.title, found.locations) == ("Welder", ["Oslo"])
    assert found.posted_at == datetime(2026, 10, 5, tzinfo=UTC)
    assert normalise(found).description_text == "Weld things."


def test_a_page_that_says_the_same_twice_is_read_once():
    page = script(json.dumps(WELDER)) + MICRODATA + RDFA
    assert titles(page) == ["Welder"]


def test_the_syntax_that_says_more_is_read():
    assert len(job_postings(script(json.dumps(WELDER)) + MICRODATA * 3)) == 3


def test_a_page_that_declares_its_encoding_is_read():
    page = f'<?xml version="1.0" encoding="iso-8859-1"?><html><meta charset="latin-1">{MICRODATA}</html>'
    assert titles(page.replace("Welder", "Soudeur qualifié")) == ["Soudeur qualifié & fitter"]


# What pages may do to a reader


HOSTILE = {
    "10,000 levels of objects": '{"a":' * 10_000 + json.dumps(WELDER) + "}" * 10_000,
    "10,000 levels of lists": "[" * 10_000 + json.dumps(WELDER),
    "quotes that never close": json.dumps(WELDER)[:-1] + '"\\' * 1_000_000,
    "comments that never close": '"JobPosting"' + "/*" * 1_000_000,
    "commas without end": '"JobPosting"' + ", " * 1_000_000,
    "spaces without end": '"JobPosting",' + " " * 2_000_000,
    "numbers without end": '{"@type": "JobPosting", "title": ' + "9" * 1_000_000 + "}",
    "half wrappings": '"JobPosting"' + "//  <![CDATA[" * 200_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=list(HOSTILE))
def test_a_hostile_script_ends_soon_and_costs_only_itself(text):
    began = time.process_time()
    assert titles(script(text) + script(json.dumps(BAKER))) == ["Baker"]
    assert time.process_time() - began < 5


def test_100000_scripts_are_read_soon():
    began = time.process_time()
    assert len(job_postings('<script type="application/ld+json">{"@type":"JobPosting"}</script>' * 100_000)) == 100_000
    assert time.process_time() - began < 10


def test_100000_scripts_that_never_close_end_soon():
    began = time.process_time()
    assert job_postings('<script type="application/ld+json">{"@type":"JobPosting"}' * 100_000) == []
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "page",
    [
        '<div itemscope itemtype="https://schema.org/JobPosting">' * 10_000,
        '<div itemscope itemtype="https://schema.org/JobPosting" itemprop="about">' * 10_000,
        '<div itemscope itemtype="https://schema.org/JobPosting">'
        + '<b itemprop="description">' * 10_000
        + "x" * 10**6,
        "<div itemtype=" * 100_000 + "JobPosting",
    ],
)
def test_hostile_microdata_ends_soon(page):
    began = time.process_time()
    assert isinstance(job_postings(page), list)
    assert time.process_time() - began < 5


# What is read of a JobPosting


def test_everything_a_posting_says_is_read():
    found = read(
        description="<p>Weld.</p>",
        identifier={"@type": "PropertyValue", "name": "Acme", "value": 4711},
        datePosted="2026-10-05T08:00:00+02:00",
        validThrough="2026-12-31T23:59",
        employmentType=["FULL_TIME", "https://schema.org/TEMPORARY"],
        hiringOrganization={"@type": "Organization", "name": "Acme"},
        jobLocation={"address": {"addressLocality": "Oslo", "addressRegion": "Oslo", "addressCountry": "NO"}},
        baseSalary={"currency": "NOK", "value": {"minValue": 500000, "maxValue": "600,000", "unitText": "YEAR"}},
        inLanguage="nb-NO",
        industry="Steel",
        directApply=True,
    )  # fmt: skip
    assert found == Posting(
        external_id="7",
        title="Welder",
        url="https://acme.example/7",
        locations=["Oslo, NO"],
        country_codes=["NO"],
        employment_type="FULL_TIME, TEMPORARY",
        salary=Salary(Decimal(500000), Decimal(600000), "NOK", "YEAR"),
        posted_at=datetime(2026, 10, 5, 6, tzinfo=UTC),
        closes_at=datetime(2026, 12, 31, 23, 59, tzinfo=UTC),
        language="nb-NO",
        requisition_id="4711",
        description_html="<p>Weld.</p>",
        extras={"industry": "Steel", "company": "Acme"},
    )


@pytest.mark.parametrize(
    ("said", "read_as"),
    [
        ("2026-9-1", datetime(2026, 9, 1, tzinfo=UTC)),
        ("Thu Jul 30 00:00:00 UTC 2026", datetime(2026, 7, 30, tzinfo=UTC)),
        ("Thu, 01 Oct 2026 12:00:00 +0200", datetime(2026, 10, 1, 10, tzinfo=UTC)),
        ("Thu Oct 01 2026 00:00:00 GMT+0200", None),
        ("Thu Jul 30 00:00:00 CEST 2026", None),
        ("10/01/2026", None),
        ("2026-13-1", None),
    ],
)
def test_a_date_is_read_where_it_is_beyond_doubt(said, read_as):
    assert read(datePosted=said).posted_at == read_as


def test_a_street_may_be_a_whole_address():
    place = {"@type": "Place", "streetAddress": "Hamburg, DE, 20095"}
    assert read(jobLocation=place).locations == ["Hamburg, DE, 20095"]


def test_the_parts_of_a_text_stand_in_for_its_description():
    assert normalise(read(responsibilities="<li>Weld</li>", skills="Steel")).description_text == "- Weld\nSteel"
    assert normalise(read(description="Weld.", skills="Steel")).description_text == "Weld."


def test_what_is_not_said_stays_unknown():
    assert read() == Posting(external_id="7", title="Welder", url="https://acme.example/7")


def test_a_posting_needs_a_title_from_somewhere():
    with pytest.raises(KeyError):
        posting({"@type": "JobPosting", "title": " "}, external_id="7", url="https://acme.example/7")
    found = posting({"@type": "JobPosting"}, external_id="7", url="https://acme.example/7", title="Baker")
    assert found.title == "Baker"
    assert posting(WELDER, external_id="7", url="https://acme.example/7", title="Baker").title == "Welder"


@pytest.mark.parametrize(
    "field",
    ["title", "description", "identifier", "datePosted", "validThrough", "employmentType", "jobLocation", "baseSalary",
     "jobLocationType", "applicantLocationRequirements", "inLanguage", "hiringOrganization", "industry"],
)  # fmt: skip
@pytest.mark.parametrize(
    "value", [None, 0, True, 1e308, "", "null", [], {}, [None], [[]], [{}], {"value": [{}]}, {"@id": "#x"}]
)
def test_nothing_that_a_field_may_hold_breaks_the_reading(field, value):  # fmt: skip
    found = posting({**WELDER, field: value}, external_id="7", url="https://acme.example/7", title="Welder")
    assert normalise(found).title


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("&lt;p&gt;Weld &amp;amp; fit&lt;/p&gt;", "Weld & fit"),
        ("&amp;lt;p&amp;gt;Weld&amp;lt;/p&amp;gt;", "Weld"),
        ("<p>Weld &lt;p&gt; tags</p>", "Weld <p> tags"),
        ("Weld &amp; fit\n\nDaily < 8 hours", "Weld & fit\n\nDaily < 8 hours"),
        ({"@value": "<b>Weld</b>"}, "Weld"),
        ("<![CDATA[<p>Weld</p>]]>", "Weld"),
        ("&lt;![CDATA[&lt;p&gt;Weld&lt;/p&gt;]]&gt;", "Weld"),
        ("<![CDATA[Weld\nDaily]]>\n", "Weld\nDaily"),
    ],
)
def test_a_description_is_read_however_it_is_escaped(said, text):
    assert normalise(read(description=said)).description_text == text


@pytest.mark.parametrize(
    ("said", "places", "countries"),
    [
        ("Oslo", ["Oslo"], []),
        (["Oslo", {"address": "Bergen, Norway"}], ["Oslo", "Bergen, Norway"], []),
        ({"addressLocality": "Oslo", "addressCountry": {"name": "Norway"}}, ["Oslo, Norway"], ["Norway"]),
        ({"address": [{"addressLocality": "Oslo"}, {"addressLocality": "Bergen"}]}, ["Oslo", "Bergen"], []),
        ({"addressLocality": "Oslo", "addressCountry": "NO"}, ["Oslo, NO"], ["NO"]),
        ({"name": "Head office", "address": {}}, ["Head office"], []),
        ({"name": "Head office", "address": None}, ["Head office"], []),
        ({"addressLocality": "Rome", "addressRegion": "Rome", "addressCountry": "IT"}, ["Rome, IT"], ["IT"]),
        ({"address": {"addressLocality": "null", "addressRegion": "-", "addressCountry": "US"}}, ["US"], ["US"]),
        ({"address": {"streetAddress": "1 Road", "postalCode": "0150"}}, [], []),
        ({"address": {"addressLocality": "Windhoek", "addressCountry": "NA"}}, ["Windhoek, NA"], ["NA"]),
    ],
)  # fmt: skip
def test_places_are_read_however_they_are_written(said, places, countries):
    found = read(jobLocation=said)
    assert (found.locations, found.country_codes) == (places, countries)


def test_a_remote_posting_is_where_its_applicants_may_live():
    found = read(
        jobLocationType="TELECOMMUTE",
        applicantLocationRequirements=[{"@type": "Country", "name": "USA"}, {"@type": "State", "name": "Georgia"}],
    )
    assert (found.workplace, found.locations, found.country_codes) == ("remote", ["USA", "Georgia"], ["USA"])
    office = read(jobLocation="Oslo", jobLocationType=["https://schema.org/TELECOMMUTE"],
                  applicantLocationRequirements={"@type": "Country", "name": "NO"})  # fmt: skip
    assert (office.workplace, office.locations, office.country_codes) == ("remote", ["Oslo"], ["NO"])
    assert read(jobLocationType="HYBRID").workplace == "HYBRID"


@pytest.mark.parametrize(
    ("said", "salary"),
    [
        ({"value": {"minValue": "80,000", "maxValue": "90.000,50 €"}}, ("80000", "90000.50", "PLN", None)),
        ({"currency": "EUR", "minValue": 10, "maxValue": 12.5, "unitText": "HOUR"}, ("10", "12.5", "EUR", "HOUR")),
        ({"currency": "CHF", "value": "80'000"}, ("80000", "80000", "CHF", None)),
        ({"currency": "USD", "value": {"value": "$50,000 - $60,000"}}, ("50000", "60000", "USD", None)),
        ({"currency": "USD", "value": {"value": 21.125}}, ("21.125", "21.125", "USD", None)),
        ({"currency": "EUR", "value": {"value": "15,50"}}, ("15.50", "15.50", "EUR", None)),
        ({"currency": "SEK", "value": {"minValue": "30 000 kr"}}, ("30000", None, "SEK", None)),
        ([{"value": 0}, {"value": {"maxValue": 70000}, "currency": "USD"}], (None, "70000", "USD", None)),
        ({"value": [{"minValue": 1, "maxValue": 2, "unitText": "https://schema.org/HOUR"}]}, ("1", "2", "PLN", "HOUR")),
        (50000, ("50000", "50000", "PLN", None)),
    ],
)  # fmt: skip
def test_pay_is_read_however_it_is_written(said, salary):
    low, high, currency, period = salary
    expected = Salary(low and Decimal(low), high and Decimal(high), currency, period)
    assert read(baseSalary=said, salaryCurrency="PLN").salary == expected


@pytest.mark.parametrize(
    "said",
    [{"minValue": 0, "maxValue": 0}, {"value": "Competitive"}, {"value": "90k"}, "from 50000 plus bonus", {"value": -5},
     "Up to 10% above 30,000 a year", {"value": "2026-10-05"}, {"value": {"value": "1 to 2 to 3"}}],
)  # fmt: skip
def test_what_is_no_sum_is_no_pay(said):
    assert read(baseSalary=said).salary is None


def test_pay_in_words_is_kept_as_the_words_it_is():
    assert read(baseSalary="USD 50000 - 60000").salary == Salary(Decimal(50000), Decimal(60000), "USD", None)
    assert read(baseSalary="£28,000 plus bonus").extras == {"salary": "£28,000 plus bonus"}
    assert read(baseSalary={"currency": "GBP", "value": {"value": "Competitive"}}).extras == {"salary": "Competitive"}
    assert read(baseSalary={"currency": "GBP", "value": "28000"}).extras == {}


def test_an_estimate_is_not_pay():
    estimate = {"currency": "USD", "value": {"minValue": 1, "maxValue": 2}}
    assert read(estimatedSalary=estimate, salaryCurrency="USD").salary is None


# What is added to a list row


def test_a_detail_brings_the_description_and_what_the_list_left_out():
    listed = Posting(
        external_id="7",
        title="Welder II",
        url="https://acme.example/7",
        locations=["Oslo"],
        workplace="hybrid",
        description_text="Weld…",
        extras={"company": "Acme AS", "team_size": 4},
    )
    job = {**WELDER, "description": "<p>Weld all day.</p>", "jobLocation": "Bergen", "jobLocationType": "TELECOMMUTE",
           "employmentType": "FULL_TIME", "industry": "Steel", "hiringOrganization": "Acme"}  # fmt: skip
    found = completed(listed, job)
    assert (found.title, found.locations, found.workplace) == ("Welder II", ["Oslo"], "hybrid")
    assert (found.description_html, found.description_text) == ("<p>Weld all day.</p>", None)
    assert found.employment_type == "FULL_TIME"
    assert found.extras == {"company": "Acme AS", "team_size": 4, "industry": "Steel"}


def test_a_detail_without_a_description_leaves_the_lists():
    listed = Posting(external_id="7", title="Welder", url="https://acme.example/7", description_text="Weld…")
    assert completed(listed, {"@type": "JobPosting"}).description_text == "Weld…"
