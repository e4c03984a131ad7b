"""The title filter language: what a line means, what is refused and with which words, and laws that always hold."""

import time
import unicodedata
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.errors import FilterSyntaxError
from worker.filters import MAX_CHARACTERS, MAX_DEPTH, MAX_LINES, Verdict, compile_filters


def passes(filters: str, title: str) -> bool:
    return compile_filters(filters).matches(title)


def refusal(filters: str) -> FilterSyntaxError:
    with pytest.raises(FilterSyntaxError) as caught:
        compile_filters(filters)
    return caught.value


# What a line means


@pytest.mark.parametrize(
    ("filters", "title"),
    [
        ("python engineer", "Senior Engineer, Python"),
        ("python engineer", "PYTHON ENGINEER (m/f/d)"),
        ('"machine learning"', "Staff Machine Learning Engineer"),
        ('"machine learning"', "Machine-Learning Lead"),
        ("engineer -intern", "Engineer"),
        ('engineer -"working student"', "Student working as an Engineer"),
        ("engineer -(senior OR lead)", "Engineer"),
        ("(backend OR platform) engineer", "Platform Engineer"),
        ("(site reliability OR devops) engineer", "Engineer, Reliability of the Site"),
        ("((data OR ml) OR (ai -research)) engineer", "AI Engineer"),
        ("python OR java engineer", "Python Person"),
        ("python OR java engineer", "Engineer (Java)"),
        ("intern*", "Internship Marketing"),
        ("intern*", "Marketing Intern"),
        ('"software engineer*"', "Software Engineering Manager"),
        ("designer\nengineer", "Engineer"),
        ("entwickler*in", "Software-Entwickler*in (w/m/d)"),
        ("rock-n-roll OR oracle", "Oracle Administrator"),
        ("ORACLE", "Oracle Administrator"),
        ("engineer,", "Engineer"),
    ],
)
def test_a_line_lets_in(filters: str, title: str):
    assert passes(filters, title)


@pytest.mark.parametrize(
    ("filters", "title"),
    [
        ("python engineer", "Python Developer"),
        ('"machine learning"', "Learning Machine Engineer"),
        ('"machine learning"', "Machine Assisted Learning"),
        ("engineer -intern", "Engineer Intern"),
        ('engineer -"working student"', "Engineer, Working Student"),
        ('engineer -"working student"', "Engineer, Working / Student"),
        ("engineer -(senior OR lead)", "Lead Engineer"),
        ("(site reliability OR devops) engineer", "Site Engineer"),
        ("python OR java engineer", "Java Person"),
        ("CTO", "Director of Engineering"),
        ("intern", "International Sales Manager"),
        ("intern", "Internship Marketing"),
        ("engineer*", "Bioengineer"),
        ("python or java", "Python Engineer"),
    ],
)
def test_a_line_does_not_let_in(filters: str, title: str):
    assert not passes(filters, title)


@pytest.mark.parametrize(
    ("word", "titles", "others"),
    [
        ("C++", ["C++ Developer", "Engineer (C/C++)", "C++17 Engineer"], ["C Developer", "C# Developer"]),
        ("C#", ["C# Developer", "Engineer C#/.NET"], ["C Developer", "Objective-C Developer"]),
        ("C", ["C Developer", "Engineer (C/C++)"], ["C++ Developer", "C# Developer"]),
        (".NET", [".NET Engineer", "Engineer C#/.NET", "ASP.NET Engineer"], ["Net Zero Analyst", "Network Engineer"]),
        ("net", ["Net Zero Analyst"], [".NET Engineer"]),
        ("Node.js", ["Node.js Engineer", "Node JS Engineer"], ["Node Operator", "JS Engineer"]),
        ("R&D", ["R&D Engineer", "Head of R & D"], ["Engineer R", "D&R Engineer"]),
        ("front-end", ["Front End Developer", "Front-End Developer", "front/end"], ["Frontend Developer", "End Front"]),
        ("frontend", ["Frontend Developer"], ["Front-End Developer"]),
        ("24/7", ["Support Agent 24/7"], ["Support Agent 7/24", "Support 247"]),
        ("driver", ["Driver's Mate", "Truck driver: nights", "Driver|Helper", "Driver_2"], ["Drivers"]),
        ("d'affaires", ["Chargé d\u2019affaires"], ["Affaires"]),
        ("エンジニア", ["データエンジニア"], ["データアナリスト"]),
        ("hindi", ["Hindi \U0001f680\ufe0f Teacher"], []),
        ("भाषा", ["हिन्दी भाषा"], ["भाष"]),
    ],
)
def test_words_of_the_trade_are_found_as_written(word: str, titles: list[str], others: list[str]):
    assert [title for title in titles if not passes(word, title)] == []
    assert [title for title in others if passes(word, title)] == []


@pytest.mark.parametrize(
    ("word", "title"),
    [
        ("ingenieur", "Ingénieur"),
        ("INGÉNIEUR", "inge\u0301nieur"),
        ("strasse", "Straße"),
        ("STRAßE", "STRASSE"),
        ("sorensen", "Sørensen"),
        ("lodz", "Łódź"),
        ("dordevic", "Đorđević"),
        ("isci", "\u0130\u015e\u00c7\u0130"),
        ("isci", "i\u015f\u00e7i"),
        ("kapi", "Kap\u0131"),
        ("oeuvre", "Œuvre"),
        ("flow", "\ufb02ow"),
        ("engineer", "\uff25ngineer"),
        ("engineer", "Engi\u00adneer"),
        ("инженер", "ИНЖЕНЕР"),
        ("σοφος", "ΣΟΦΟΣ"),
    ],
)
def test_case_and_accents_do_not_count(word: str, title: str):
    assert passes(word, title)
    assert passes(title, word)


# Lines that keep out


def test_a_line_that_begins_with_a_minus_keeps_out_for_all_lines():
    filters = "engineer\n-intern\ndesigner"
    assert passes(filters, "Engineer")
    assert not passes(filters, "Engineer Intern")
    assert not passes(filters, "Designer Intern")


def test_a_minus_within_a_line_keeps_out_for_that_line_only():
    filters = "engineer -senior\npython"
    assert not passes(filters, "Senior Engineer")
    assert passes(filters, "Senior Python Engineer")


def test_in_an_excluding_line_each_minus_keeps_out_by_itself():
    filters = "-intern -trainee"
    assert not passes(filters, "Intern")
    assert not passes(filters, "Trainee")
    assert passes(filters, "Engineer")


def test_words_behind_one_minus_keep_out_only_together():
    filters = "-senior manager -intern"
    assert not passes(filters, "Manager, Senior")
    assert not passes(filters, "Intern")
    assert passes(filters, "Manager")
    assert passes(filters, "Senior Engineer")


def test_an_excluding_line_takes_groups_phrases_and_stars():
    filters = '-(senior -engineer) OR "vice president" -intern*'
    assert not passes(filters, "Senior Manager")
    assert passes(filters, "Senior Engineer")
    assert not passes(filters, "Vice President")
    assert not passes(filters, "Internship")


def test_only_excluding_lines_let_everything_else_pass():
    assert passes("-intern\n-sales", "Baker")
    assert not passes("-intern\n-sales", "Sales")


@pytest.mark.parametrize("filters", ["", " \n\t\n", "# engineer", "\r\n\r\n", []])
def test_an_empty_filter_lets_everything_pass(filters: str | list[str]):
    assert compile_filters(filters).verdict("Anything") == Verdict(passed=True, filter=None, line=None)


def test_remarks_are_no_lines():
    assert not passes("# engineer\ndesigner", "Engineer")


# What people paste from phones and word processors


def test_typographic_quotes_and_minus_mean_what_they_look_like():
    assert passes("\u201cmachine learning\u201d \u2013intern", "Machine Learning")
    assert not passes("\u201emachine learning\u201c", "Learning Machine")
    assert not passes("engineer\n\u2014intern", "Engineer Intern")


def test_an_invisible_byte_order_mark_does_not_turn_an_exclusion_into_a_wish():
    assert passes("\ufeff-intern", "Engineer")


def test_a_list_of_lines_is_the_same_as_a_text():
    assert compile_filters(["engineer", "-intern"]) is compile_filters("engineer\n-intern")


# Verdicts


def test_a_verdict_names_the_line_that_let_in_as_written():
    verdict = compile_filters("designer\r\n  Python  engineer \r\n").verdict("Python Engineer")
    assert verdict == Verdict(passed=True, filter="Python  engineer", line=2)
    assert verdict.reason == 'let in by "Python  engineer"'


def test_a_verdict_names_the_line_that_kept_out():
    verdict = compile_filters("engineer\n# remark\n\u2013intern").verdict("Engineer Intern")
    assert verdict == Verdict(passed=False, filter="\u2013intern", line=3)
    assert verdict.reason == 'kept out by "\u2013intern"'


def test_a_verdict_says_when_no_line_matches_or_none_is_needed():
    assert compile_filters("engineer").verdict("Baker") == Verdict(passed=False, filter=None, line=None)
    assert compile_filters("engineer").verdict("Baker").reason == "no line matches"
    assert compile_filters("-intern").verdict("Baker").reason == "nothing keeps it out"


# What is refused


@pytest.mark.parametrize(
    ("line", "column", "says"),
    [
        ('python "machine learning', 8, "quote is never closed"),
        ("(a OR b", 1, "parenthesis is never closed"),
        ("x (a (b) c", 3, "parenthesis is never closed"),
        ("python)", 7, "parenthesis closes nothing"),
        (")", 1, "parenthesis closes nothing"),
        ("python OR", 8, "OR has nothing on its right"),
        ("(python OR) java", 9, "OR has nothing on its right"),
        ("a OR OR b", 3, "OR has nothing on its right"),
        ("OR python", 1, "OR has nothing on its left"),
        ("a (OR python)", 4, "OR has nothing on its left"),
        ("python - intern", 8, "a minus stands alone"),
        ("python -", 8, "a minus stands alone"),
        ("python --intern", 8, "a minus stands alone"),
        ("-OR", 1, "a minus stands alone"),
        ("-a OR -b", 4, "each minus keeps out by itself"),
        ("python ( )", 8, "the group is empty"),
        ("c*", 1, "at least two letters"),
        ("python *", 8, "at least two letters"),
        ("python *ship", 8, "a star stands at the end"),
        ("eng*er", 1, "a star stands at the end"),
        ('"eng* lead"', 1, "a star stands at the end"),
        ("sales & marketing", 7, "no letter or digit"),
        ('python ""', 8, "no letter or digit"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_remedy(line: str, column: int, says: str):
    error = refusal(f"# remark\n{line}")
    assert (error.line, error.column) == (2, column)
    assert says in str(error)
    assert ";" in str(error) or ", as in" in str(error)


def test_nesting_is_bounded():
    assert passes("(" * MAX_DEPTH + "python" + ")" * MAX_DEPTH, "Python")
    error = refusal("(" * (MAX_DEPTH + 1) + "python" + ")" * (MAX_DEPTH + 1))
    assert error.column == MAX_DEPTH + 1


def test_size_is_bounded():
    assert passes("\n".join(["python"] * MAX_LINES), "Python")
    assert refusal("\n".join(["python"] * (MAX_LINES + 1))).line == MAX_LINES + 1
    assert passes("x" * MAX_CHARACTERS, "x" * MAX_CHARACTERS)
    assert refusal("python\n" + "x" * MAX_CHARACTERS).line == 2


@pytest.mark.parametrize(
    "piece",
    ["(", ")", '"', "-", "*", "a ", "a OR ", "(a ", "-a ", "-(", '"a" ', "a*", "OR", " ", "(a) ", "ß", "\u0301"],
)
def test_no_text_takes_long_to_read(piece: str):
    started = time.process_time()
    with suppress(FilterSyntaxError):
        compile_filters((piece * MAX_CHARACTERS)[:MAX_CHARACTERS])
    assert time.process_time() - started < 1


def test_twenty_thousand_titles_against_ten_lines_take_less_than_a_second():
    filters = compile_filters([f'(role{n} OR "head of {n}") engineer -intern' for n in range(9)] + ["-sales*"])
    titles = [f"Senior Software Engineer {n}, Zürich (Remote)" for n in range(20_000)]
    started = time.process_time()
    assert not any(filters.matches(title) for title in titles)
    assert time.process_time() - started < 1


# Laws

NAMES = ["python", "java", "senior", "engineer", "intern", "data", "lead"]
names = st.sampled_from(NAMES)
titles = st.lists(names, max_size=6).map(" ".join)


@dataclass(frozen=True)
class Term:
    """A filter's term written down, and a naive reading of it to compare with."""

    text: str
    holds: object

    def __repr__(self) -> str:
        return self.text


def has_phrase(words: list[str], phrase: list[str]) -> bool:
    return any(words[start : start + len(phrase)] == phrase for start in range(len(words)))


def conjunction(terms: list[Term]) -> Term:
    return Term(" ".join(term.text for term in terms), lambda words: all(term.holds(words) for term in terms))


def group(choices: list[Term]) -> Term:
    return Term(
        f"({' OR '.join(choice.text for choice in choices)})", lambda words: any(one.holds(words) for one in choices)
    )


def negated(term: Term) -> Term:
    return Term(f"-{term.text}", lambda words: not term.holds(words))


words = names.map(lambda name: Term(name, lambda words: name in words))
beginnings = names.map(lambda name: Term(f"{name[:3]}*", lambda words: any(one.startswith(name[:3]) for one in words)))
phrases = st.lists(names, min_size=1, max_size=3).map(
    lambda phrase: Term(f'"{" ".join(phrase)}"', lambda words: has_phrase(words, phrase))
)
simple = words | beginnings | phrases
positive = st.recursive(
    simple,
    lambda inner: st.lists(
        st.lists(inner | inner.map(negated), min_size=1, max_size=3).map(conjunction), min_size=1, max_size=3
    ).map(group),
    max_leaves=6,
)
wanted_lines = st.builds(
    lambda first, rest: conjunction([first, *rest]), positive, st.lists(positive | positive.map(negated), max_size=3)
)
unwanted_lines = st.lists(st.lists(positive, min_size=1, max_size=2).map(conjunction), min_size=1, max_size=2).map(
    lambda parts: Term(
        " ".join(f"-{part.text}" for part in parts), lambda words: any(part.holds(words) for part in parts)
    )
)


@given(st.lists(wanted_lines, max_size=3), st.lists(unwanted_lines, max_size=2), titles)
def test_a_naive_reading_comes_to_the_same_verdict(wanted: list[Term], unwanted: list[Term], title: str):
    split = title.split()
    expected = not any(line.holds(split) for line in unwanted) and (
        not wanted or any(line.holds(split) for line in wanted)
    )
    assert compile_filters([line.text for line in [*wanted, *unwanted]]).matches(title) == expected


@given(st.text() | st.text(alphabet='ab "-()OR*\n\r#&\u2013\u201c.+'))
def test_any_text_is_read_or_refused_at_a_place_within_it(text: str):
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    line, column = place_of_refusal(text) or (1, 1)
    assert 1 <= line <= len(lines)
    assert 1 <= column <= max(1, len(lines[line - 1]))


def place_of_refusal(text: str) -> tuple[int, int] | None:
    try:
        compile_filters(text)
    except FilterSyntaxError as error:
        return error.line, error.column
    return None


@given(st.text() | st.text(alphabet="abC+#.net&/- "), st.text())
def test_every_title_gets_a_verdict(title: str, other: str):
    compile_filters("python").verdict(title + other)


@given(st.permutations(NAMES[:4]), st.permutations(NAMES[:5]))
def test_the_order_of_words_is_irrelevant(line: list[str], title: list[str]):
    assert passes(" ".join(line), " ".join(title))


@given(st.text(alphabet="éÉüñçøłđßaeiouzst ĞğİöÅșțž", min_size=1), st.sampled_from(["NFC", "NFD"]))
def test_case_and_accents_are_irrelevant_for_any_latin_title(title: str, form: str):
    bare = "".join(char for char in unicodedata.normalize("NFD", title) if not unicodedata.combining(char))
    for one in title.split():
        assert passes(f'"{one}"', unicodedata.normalize(form, title.upper()))
        assert passes(f'"{one}"', unicodedata.normalize(form, title.lower()))
        assert passes(f'"{one}"', bare)


@given(st.lists(wanted_lines, min_size=1, max_size=3), unwanted_lines, wanted_lines, titles)
def test_another_line_only_widens_and_another_excluding_line_only_narrows(
    lines: list[Term], unwanted: Term, wanted: Term, title: str
):
    texts = [line.text for line in lines]
    before = compile_filters(texts).matches(title)
    assert compile_filters([*texts, wanted.text]).matches(title) >= before
    assert compile_filters([*texts, unwanted.text]).matches(title) <= before
