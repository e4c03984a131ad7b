"""A posting's page: its facts, its description made harmless, why it is a match, and what happened to it."""

import pytest
from lxml import html
from sqlalchemy import text

from api.web import descriptions, differences
from tests.web.conftest import check_accessible
from tests.web.seed import offer
from worker.store import inbox

SENIOR = "Senior Python Engineer"

HOSTILE = {
    "script": "<p>kept</p><script>document.title = 'owned'</script>",
    "onerror": "<p>kept</p><img src=x onerror=\"document.title='owned'\">",
    "svg": "<p>kept</p><svg onload=\"document.title='owned'\"><script>1</script></svg>",
    "javascript": "<p>kept</p><a href=\"javascript:document.title='owned'\">click</a>",
    "css": "<p style='position:fixed;inset:0'>kept</p><style>main { display: none }</style>",
    "refresh": '<p>kept</p><meta http-equiv="refresh" content="0;url=https://evil.example/">',
    "frame": '<p>kept</p><iframe src="https://evil.example/"></iframe><object data="https://evil.example/"></object>',
    "form": '<p>kept</p><form action="https://evil.example/"><input name="password"><button>Send</button></form>',
    "base": '<base href="https://evil.example/"><p>kept</p>',
    "closing": "</div></section></article></main></body></html><p>kept</p><div><section>",
    "outline": "<h1>kept</h1><main>m</main><nav>n</nav><li>loose</li><ul>text<p>in a list</p><br></ul>"
    "<dl><dd>d</dd></dl>",
    "mixed": "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>"
    "</table></mtext></math><p>kept</p>",
}


def store(db, seeded, markup: str, plain: str = "kept") -> int:
    """A description as a database might hold it that something else than Rolecall has written to."""
    number = offer(db, seeded.boards["acme"], "Engineer of hostile words")
    db.execute(
        text("UPDATE postings SET description_html = :html, description_text = :text WHERE id = :id"),
        {"html": markup, "text": plain, "id": number},
    )
    db.commit()
    return number


def test_all_hostile_descriptions_are_shown_harmlessly(visitor, seeded, db):
    number = store(db, seeded, "")
    page = visitor.open("/inbox")
    for name, markup in HOSTILE.items():
        db.execute(text("UPDATE postings SET description_html = :html WHERE id = :id"), {"html": markup, "id": number})
        db.commit()
        page.goto(f"/postings/{number}")
        assert page.title() == "Engineer of hostile words · Rolecall", name
        assert page.locator(".prose").get_by_text("kept").is_visible(), name
        assert page.locator(".prose").locator("script, style, img, svg, iframe, form, input, object, meta").count() == 0
        assert page.locator("main").count() == 1
        assert page.locator("h1").count() == 1
        assert page.get_by_role("heading", name="What happened").is_visible(), name
    check_accessible(page)


@pytest.mark.parametrize("markup", HOSTILE.values(), ids=HOSTILE)
def test_what_is_left_of_a_hostile_description_is_text_and_its_structure(markup):
    shown = descriptions.shown({"description_html": markup, "description_text": None}, ["kept"])
    tree = html.fragment_fromstring(str(shown), create_parent=True)
    for element in tree.iterdescendants():
        assert set(element.attrib) <= {"href", "rel"}
        assert element.get("href", "https:").startswith("https:")
        if element.tag == "li":
            assert element.getparent().tag in ("ul", "ol")
        if element.tag in ("ul", "ol"):
            assert {child.tag for child in element} <= {"li"}
            assert not (element.text or "").strip()
    assert "<mark>kept</mark>" in shown


def test_five_megabytes_and_turned_words_are_shown_within_bounds(browsing, seeded, db):
    number = store(db, seeded, "<p>" + "kept \u202eabc " * 400_000, "")
    answer = browsing.get(f"/postings/{number}")
    assert len(answer.content) < 150_000
    assert "The description goes on" in answer.text
    assert 'class="prose" dir="auto"' in answer.text


def test_links_lead_away_without_telling_from_where_and_stay_what_they_were():
    shown = descriptions.shown(
        {"description_html": '<a href="https://acme.example/life" target="_top" rel="opener">life</a>'}, ()
    )
    assert str(shown) == '<a href="https://acme.example/life" rel="noopener nofollow ugc">life</a>'


def test_a_description_that_is_only_text_keeps_its_paragraphs():
    shown = descriptions.shown({"description_html": None, "description_text": "We <bake>.\n\nOne\nTwo"}, ["bake"])
    assert str(shown) == "<p>We &lt;<mark>bake</mark>&gt;.</p><p>One<br>Two</p>"


def test_words_that_a_filter_finds_are_marked_in_title_and_text_only(browsing, seeded):
    page = html.fromstring(browsing.get(f"/postings/{seeded.postings[SENIOR]}").text)
    assert page.xpath("//h1/mark/text()") == ["Engineer"]
    shown = descriptions.shown(
        {"description_html": '<p title="python">Python, <b>C++</b> &amp; python</p>'}, ["python"]
    )
    assert str(shown) == "<p><mark>Python</mark>, <b>C++</b> &amp; <mark>python</mark></p>"


def test_the_page_says_why_a_posting_is_a_match_and_why_another_is_none(browsing, seeded):
    fits = browsing.get(f"/postings/{seeded.postings[SENIOR]}").text
    assert "Why it is a match" in fits
    assert "let in by &#34;engineer*&#34;" in fits
    none = browsing.get(f"/postings/{seeded.postings['Baker']}").text
    assert "Why it is no match" in none
    assert "no line matches" in none
    assert "I have applied" not in none


def test_an_application_is_kept_with_its_day_and_note_and_can_be_taken_back(browsing, seeded, db):
    address = f"/postings/{seeded.postings[SENIOR]}"
    sent = {"applied_on": "2026-11-02", "note": "by mail\r\nto Ada", "back": address}
    answer = browsing.post(f"{address}/application", data=sent)
    shown = browsing.get(answer.headers["location"]).text
    assert "You applied on 2 November 2026" in shown
    assert "Kept: you have applied." in shown
    match = inbox.get(db, seeded.user, seeded.matches[SENIOR])
    assert (match["state"], str(match["applied_on"]), match["note"]) == ("applied", "2026-11-02", "by mail\nto Ada")


def test_a_day_that_is_none_is_refused_beside_its_field_with_the_rest_kept(browsing, seeded, db):
    address = f"/postings/{seeded.postings[SENIOR]}"
    answer = browsing.post(f"{address}/application", data={"applied_on": "yesterday", "note": "by mail"})
    page = html.fromstring(answer.text)
    assert answer.status_code == 422
    (field,) = page.xpath("//input[@name='applied_on']")
    assert field.get("aria-invalid") == "true"
    said = page.get_element_by_id(field.get("aria-describedby").split()[-1]).text_content()
    assert "as in 2026-11-09" in said
    assert page.xpath("string(//textarea[@name='note'])").strip() == "by mail"
    assert inbox.get(db, seeded.user, seeded.matches[SENIOR])["state"] == "new"


def test_a_timeline_tells_what_became_what(browsing, seeded, db):
    db.execute(
        text("""INSERT INTO posting_events (posting_id, board_id, scan_run_id, kind, baseline, changes)
            VALUES (:posting, :board, 9, 'updated', false, CAST(:changes AS jsonb))"""),
        {
            "posting": seeded.postings[SENIOR],
            "board": seeded.boards["acme"],
            "changes": """{"title": ["Python Engineer", "Senior Python Engineer"], "locations": [[], ["Berlin"]],
                "description_text": ["One\\nTwo\\nThree\\nFour\\nFive", "One\\nTwo\\nThree\\nFour\\nSix"]}""",
        },
    )
    db.commit()
    timeline = html.fromstring(browsing.get(f"/postings/{seeded.postings[SENIOR]}").text).xpath(
        "//ol[@class='timeline']"
    )
    said = " ".join(timeline[0].text_content().split())
    assert "Title: Python Engineer became Senior Python Engineer" in said
    assert "Places: not said became Berlin" in said
    assert "Removed: Five" in said
    assert "Added: Six" in said


def test_texts_too_long_to_compare_are_only_said_to_differ():
    long = "\n".join(map(str, range(2_000)))
    (change,) = differences.changed({"description_text": [long, long + "x"]})
    assert (change.before, change.after, change.lines) == ("8,889 characters", "8,890 characters", ())


def test_lines_far_from_a_change_are_left_out():
    old = [str(number) for number in range(20)]
    (change,) = differences.changed({"description_text": ["\n".join(old), "\n".join([*old[:10], "new", *old[11:]])]})
    assert [(line.kind, line.text) for line in change.lines] == [
        ("skipped", "9 lines as before"), ("kept", "9"), ("gone", "10"), ("come", "new"), ("kept", "11"),
        ("skipped", "8 lines as before"),
    ]  # fmt: skip


def test_other_listings_of_the_role_are_shown(browsing, seeded, db):
    ids = [seeded.postings[SENIOR], seeded.postings["Python Engineer, Data Platform"]]
    db.execute(text("UPDATE postings SET role_id = 5 WHERE id = ANY(:ids)"), {"ids": ids})
    db.commit()
    page = browsing.get(f"/postings/{ids[0]}").text
    assert "1 other listing of this role" in page
    assert f'href="/postings/{ids[1]}"' in page


def test_a_posting_that_is_not_there_says_so_on_a_page(browsing, seeded):
    answer = browsing.get("/postings/999999")
    assert answer.status_code == 404
    assert "There is no posting 999999." in answer.text
