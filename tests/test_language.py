"""The language of a description, where it is sure."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker import language

with (Path(__file__).parent / "truth" / "languages.tsv").open(encoding="utf-8", newline="") as _file:
    TEXTS = {row["language"]: row["text"] for row in csv.DictReader(_file, delimiter="\t", quoting=csv.QUOTE_NONE)}


@pytest.mark.parametrize("code", TEXTS)
def test_a_description_in_one_language_has_it(code: str):
    assert language.of(TEXTS[code]) == code
    assert language.of(TEXTS[code].upper()) == code
    assert language.of("\n\n".join([TEXTS[code]] * 10)) == code


LOREM = (
    "Lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna "
    "aliqua enim minim veniam quis nostrud exercitation ullamco laboris nisi aliquip commodo consequat."
)


@pytest.mark.parametrize(
    "text",
    ["", "Baker", "We are hiring in Berlin.", LOREM, "1234567890 " * 50, "Python Kubernetes Terraform Docker " * 20],
)
def test_what_is_short_or_no_prose_has_none(text: str):
    assert language.of(text) is None


@pytest.mark.parametrize(("one", "other"), [("en", "de"), ("en", "fr"), ("de", "fr"), ("fr", "nl"), ("en", "sv")])
def test_a_text_in_two_languages_has_none(one: str, other: str):
    assert language.of(f"{TEXTS[one]}\n\n{TEXTS[other]}") is None


def test_a_few_words_of_another_language_change_nothing():
    assert language.of(f"{TEXTS['de']} Senior Site Reliability Engineer (m/w/d), remote first.") == "de"
    assert language.of(f"{TEXTS['en']} 東京, 서울, ไทย.") == "en"


@given(st.text(max_size=300))
def test_any_text_has_a_language_of_two_letters_or_none(text: str):
    found = language.of(text)
    assert found is None or (len(found) == 2 and found.isalpha())
