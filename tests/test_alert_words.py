"""What messages say, in each form that services take, and what boards' titles cannot do in them."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.channels import words

FORMS = [words.PLAIN, words.MARKDOWN, words.HTML]


def match(title: str = "Engineer", company: str = "Acme", **fields) -> dict:
    return {"title": title, "company": company, "url": "https://acme.example/1", "locations": [], "why": [], **fields}


def body(*matches: dict, more: int = 0) -> dict:
    return {"kind": "matches", "channel": {"id": 3, "name": "phone"}, "matches": list(matches), "more": more}


def text(of: dict, form: words.Form = words.PLAIN, *, most: int = 10_000) -> str:
    return words.text(of, form, delivery="7", most=most)


@pytest.mark.parametrize(
    ("of", "title"),
    [
        (body(match()), "Engineer at Acme"),
        (body(match(), match("Designer")), "2 new roles at Acme"),
        (body(match(), match("Designer", "Globex")), "2 new roles: Acme, Globex"),
        (body(match(), more=37), "38 new roles: Acme"),
        ({"kind": "test", "channel": {"name": "phone"}}, "Rolecall: a test"),
        ({"kind": "changes", "events": [1], "channel": {"name": "x"}}, "Rolecall: 1 change"),
    ],
)
def test_the_title_says_how_many_roles_there_are_and_where(of, title):
    assert words.title(of) == title


def test_a_title_is_one_line_of_bounded_length():
    of = body(*(match(company=f"Company\n{number} of many") for number in range(100)))
    assert len(words.title(of)) == 180
    assert words.title(of).endswith("…")
    assert "\n" not in words.title(of)


def test_plain_text_says_what_a_reader_wants_to_know():
    pay = {"min": 70000, "max": 90000.5, "currency": "EUR", "period": "YEAR"}
    why = [
        {"criterion": "title", "detail": "python engineer", "source": "group Dream"},
        {"criterion": "place", "detail": None, "source": None},
    ]
    of = body(match(locations=["Berlin, DE", "Remote"], workplace="remote", salary=pay, why=why), more=37)
    assert text(of) == (
        "Engineer\nAcme · Berlin, DE; Remote · remote\n70,000 to 90,000.5 EUR a year\nWhy: python engineer\n"
        "https://acme.example/1\n\nand 37 more in Rolecall\n\n— phone, message 7"
    )


@pytest.mark.parametrize(
    ("pay", "words_"),
    [
        ({"min": 50, "max": None, "currency": "USD", "period": "HOUR"}, "from 50 USD an hour"),
        ({"min": None, "max": 1000, "currency": None, "period": None}, "up to 1,000"),
        ({"min": 5, "max": 5, "currency": "USD", "period": "DAY"}, "5 USD a day"),
    ],
)
def test_pay_is_said_as_far_as_it_is_known(pay, words_):
    assert words_ in text(body(match(salary=pay))).split("\n")


def test_changes_and_tests_have_words_too():
    event = {"kind": "closed", "title": "Engineer", "company": "Acme", "url": "https://acme.example/1"}
    changes = {"kind": "changes", "channel": {"name": "x"}, "events": [event]}
    assert text(changes).startswith("closed: Engineer\nAcme\nhttps://acme.example/1")
    assert text({"kind": "test", "channel": {"name": "x"}}).startswith("This channel works")


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_what_does_not_fit_is_counted(form):
    of = body(*(match(f"Role {number}") for number in range(30)), more=7)
    whole = text(of, form, most=900)
    shown = len(re.findall(r"Role \d+", whole))
    assert 0 < shown < 30
    assert len(whole) <= 900
    assert f"and {37 - shown} more" in html.unescape(whole)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_nobody_is_mentioned_by_a_board(form):
    whole = text(body(match("@everyone wanted", "@here & <@123>")), form)
    assert not re.search(r"@(everyone|here|1)", whole)
    assert "ada@example.org" in text(body(match("Write to ada@example.org")), words.PLAIN)


def test_html_of_a_board_stays_text():
    whole = text(body(match('<script>alert(1)</script> "R&D"', url='https://acme.example/"><img src=x>')), words.HTML)
    assert "<script" not in whole
    assert "<img" not in whole
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &quot;R&amp;D&quot;" in whole


def test_only_web_addresses_become_links():
    assert "javascript" not in text(body(match(url="javascript:alert(1)")), words.HTML)


def test_markdown_of_a_board_stays_text():
    whole = text(body(match("*C* [free](http://evil.example) `x`", url="https://acme.example/a(b) c")), words.MARKDOWN)
    assert whole.startswith(r"[**\*C\* \[free\]\(http://evil.example\) \`x\`**](https://acme.example/a%28b%29%20c)")


@settings(max_examples=100, deadline=None)
@given(
    titles=st.lists(st.text(max_size=600), max_size=8),
    more=st.integers(0, 10_000),
    most=st.integers(200, 5_000),
    form=st.sampled_from(FORMS),
)
def test_whatever_the_titles_a_message_fits_and_has_no_markup_of_theirs(titles, more, most, form):
    of = body(*(match(title, title) for title in titles), more=more)
    whole = text(of, form, most=most)
    assert len(whole) <= most
    assert len(words.title(of)) <= 180
    if form is words.HTML and whole.endswith("</p>"):
        assert set(re.findall(r"<(/?\w+)", whole)) <= {"p", "/p", "b", "/b", "br", "a", "/a"}
