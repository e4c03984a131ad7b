"""Where filters find their words, in the text as it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.filters import compile_filters
from worker.marking import SPANS_MOST, spans


def found(text: str, *lines: str) -> list[str]:
    return [text[start:end] for start, end in spans(text, lines)]


@pytest.mark.parametrize(
    ("line", "text", "expected"),
    [
        ("engineer", "Engineers and an ENGINEER.", ["ENGINEER"]),
        ("engineer*", "Engineers and an ENGINEER.", ["Engineers", "ENGINEER"]),
        ('"machine learning"', "Machine-Learning and a machine", ["Machine-Learning"]),
        ("front-end", "Front End, frontend", ["Front End"]),
        ("C++ OR C#", "C, C++, C# and .NET", ["C++", "C#"]),
        (".net", "ASP.NET, .NET", [".NET", ".NET"]),
        ("ingenieur", "Ingénieur", ["Ingénieur"]),
        ("python -intern", "Python intern", ["Python"]),
        ("-intern", "Python intern", []),
        ("(backend OR platform) engineer", "Platform Engineer", ["Platform", "Engineer"]),
        ("データ", "データ分析", ["データ"]),
        ("# a remark", "a remark", []),
        ('"broken', "broken", []),
    ],
)
def test_what_a_line_looks_for_is_found_as_it_is_written(line, text, expected):
    assert found(text, line) == expected


def test_several_lines_mark_without_overlap():
    assert found("Senior machine learning engineer", "machine", '"machine learning"', "learning engineer") == [
        "machine learning",
        "engineer",
    ]


def test_marks_are_bounded():
    assert len(spans("python " * (SPANS_MOST + 10), ["python"])) == SPANS_MOST


@given(st.text(max_size=200), st.text(alphabet='ab +#-*"()OR.néß漢', max_size=30))
def test_whatever_is_written_spans_are_in_order_and_within_the_text(text, line):
    at = 0
    for start, end in spans(text, [line]):
        assert at <= start < end <= len(text)
        at = end


@given(st.lists(st.sampled_from(["Python", "C++", "front-end", "Zürich", "ASP.NET", "R&D"]), min_size=1, max_size=6))
def test_a_title_that_passes_by_words_has_them_marked(words):
    title = " ".join(words)
    assert compile_filters(words[0]).matches(title)
    assert spans(title, [words[0]])
