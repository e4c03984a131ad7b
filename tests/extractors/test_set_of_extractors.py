"""The tests of the set of extractors: what holds for each of them, and the recorded cases of all.

A case is `<ats>/<name>.json`, `.xml` or `.html` (an answer of a board) beside `<name>.expected.json`. For a vendor with
details, `<name>.detail.json` maps external ids to their answers and `<name>.detail.expected.json` lists the postings.
Where a board's page has to be asked before its data, `<name>.page.html` is that page.
"""

import ast
import json
from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from worker.errors import UnexpectedPayload
from worker.extractor import Extractor
from worker.extractors import extractor, extractors, recognise
from worker.posting import Page, Posting, Skipped, WebPage

HERE = Path(__file__).parent
SOURCES = Path(extractors.__wrapped__.__code__.co_filename).parent
ALL = sorted(extractors())
CASES = sorted(
    path
    for path in HERE.glob("*/*.*")
    if path.suffix in {".json", ".xml", ".html"} and not path.stem.endswith((".expected", ".detail", ".page"))
)
DETAILS = sorted(HERE.glob("*/*.detail.json"))
EXAMPLES = [(ats, url, key) for ats in ALL for url, key in extractor(ats).examples.items()]

for_each_extractor = pytest.mark.parametrize("ats", ALL)
for_each_case = pytest.mark.parametrize("case", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
for_each_detail = pytest.mark.parametrize("case", DETAILS, ids=lambda path: f"{path.parent.name}/{path.stem}")
for_each_example = pytest.mark.parametrize(("ats", "url", "key"), EXAMPLES, ids=[url for _, url, _ in EXAMPLES])


class Everywhere:
    """Gives the same answer at every address; to those who ask for a page, not for data, `page` if there is one."""

    def __init__(self, answer: Any, page: str | None = None) -> None:
        self.answer = answer
        self.page = answer if page is None else page

    def get_json(self, url, **options):
        return deepcopy(self.answer)

    def post_json(self, url, body, **options):
        return deepcopy(self.answer)

    def get_text(self, url, **options):
        return self.page

    def get_page(self, url, **options):
        text = self.page if isinstance(self.page, str) else json.dumps(self.page)
        return WebPage(url, text.encode(), text, "text/html")


def load(case: Path) -> Any:
    return json.loads(case.read_text()) if case.suffix == ".json" else case.read_text()


def page_of(case: Path) -> str | None:
    """The page that has to be asked before a case, where there is one."""
    page = case.with_name(f"{case.stem}.page.html")
    return page.read_text() if page.exists() else None


def expectation(case: Path) -> Path:
    return case.with_name(f"{case.stem}.expected.json")


def board_of(case: Path) -> dict[str, str]:
    """The board an expectation names; before there is one, that of the extractor's first example."""
    if (expected := expectation(case)).exists():
        return json.loads(expected.read_text())["board"]
    return dict(next(iter(extractor(case.parent.name).examples.values())))


def any_board(ats: str) -> dict[str, str]:
    """A board of an ATS: its first example's, or its first case's where boards live on the companies' own hosts."""
    examples = extractor(ats).examples
    return dict(next(iter(examples.values()))) if examples else board_of(next(c for c in CASES if c.parent.name == ats))


def plain(value: Any) -> Any:
    """Return a posting or a skipped row as JSON shows it."""
    return json.loads(json.dumps(asdict(value), default=_plain_leaf))


def _plain_leaf(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{value!r} has no place in a posting")


def read(one: Extractor, page: Page, board: dict[str, str]) -> tuple[list[Posting], list[Skipped]]:
    found = list(one.parse(page, board))
    assert all(isinstance(row, Posting | Skipped) for row in found)
    return [row for row in found if isinstance(row, Posting)], [row for row in found if isinstance(row, Skipped)]


def compare(expected: Path, found: Any) -> None:
    if not expected.exists():
        expected.write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
        pytest.fail(f"{expected.relative_to(HERE)} was missing and is written now: review it by hand, then run again")
    assert found == json.loads(expected.read_text())


@for_each_case
def test_a_recorded_board_gives_the_expected_postings(case):
    one, board = extractor(case.parent.name), board_of(case)
    page = next(one.pages(Everywhere(load(case), page_of(case)), board))
    postings, skipped = read(one, page, board)
    found = {
        "board": board,
        "postings": [*map(plain, postings)],
        "skipped": [*map(plain, skipped)],
        "total": page.total,
    }
    compare(expectation(case), found)


@for_each_detail
def test_recorded_details_give_the_expected_postings(case):
    one = extractor(case.parent.name)
    [listed] = [path for path in CASES if path.parent == case.parent and f"{path.stem}.detail.json" == case.name]
    postings, _ = read(one, Page(load(listed)), board_of(listed))
    details = load(case)
    assert set(details) <= {posting.external_id for posting in postings}, "a detail without its row in the list"
    found = [one.parse_detail(posting, details[posting.external_id]) for posting in postings
             if posting.external_id in details]  # fmt: skip
    compare(expectation(case), [*map(plain, found)])


@for_each_extractor
def test_every_extractor_has_an_example_or_tells_its_pages_and_has_a_case(ats):
    one = extractor(ats)
    is_any_page = ats == "careers_page"  # which nothing tells but that it is nobody else's
    assert one.examples or one.sniff or is_any_page
    assert [case for case in CASES if case.parent.name == ats]


@for_each_extractor
def test_an_extractor_with_details_reads_them_and_has_a_case_of_them(ats):
    one = extractor(ats)
    assert (one.detail is None) == (one.parse_detail is None)
    assert (one.detail is not None) == any(case.parent.name == ats for case in DETAILS)


@for_each_extractor
def test_every_case_belongs_to_a_board_that_could_be_added(ats):
    one = extractor(ats)
    for case in (case for case in CASES if case.parent.name == ats):
        key = board_of(case)
        assert one.key(one.key_text(key)) == key


@for_each_example
def test_every_example_is_recognised_by_its_own_extractor_alone(ats, url, key):
    assert recognise(url) == [(ats, dict(key))]


@for_each_example
def test_scheme_and_host_may_be_written_in_capitals(ats, url, key):
    host = urlsplit(url).netloc
    scheme, _, rest = url.partition("://")
    [(found, found_key)] = recognise(f"{scheme.upper()}://{rest.replace(host, host.upper(), 1)}")
    assert found == ats
    assert {name: value.lower() for name, value in found_key.items()} == {n: v.lower() for n, v in key.items()}


@for_each_example
@pytest.mark.parametrize("trick", ["{host}.evil.example", "{host}@evil.example", "{host}:443@evil.example"])
def test_an_address_that_only_begins_like_one_of_a_vendor_is_nobodys(ats, url, key, trick):
    host = urlsplit(url).netloc
    assert recognise(url.replace(host, trick.format(host=host), 1)) == []
    assert recognise(f"https://{trick.format(host=host)}") == []


@for_each_example
def test_an_address_inside_another_address_is_nobodys(ats, url, key):
    assert recognise(f"https://evil.example/?next={url}") == []
    assert recognise(f"https://evil.example/{url.split('://')[-1]}") == []


@for_each_extractor
def test_every_pattern_has_an_example(ats):
    one = extractor(ats)
    for pattern in one.patterns:
        assert any(pattern.match(url) for url in one.examples), f"no example for {pattern.pattern}"


@for_each_example
def test_a_key_survives_being_written_and_read(ats, url, key):
    one = extractor(ats)
    assert one.key(one.key_text(key)) == key


@for_each_example
def test_a_boards_public_address_is_recognised_as_that_board(ats, url, key):
    one = extractor(ats)
    assert recognise(one.board_url(key)) == [(ats, dict(key))]


@for_each_extractor
def test_every_key_has_exactly_the_fields_of_its_extractor(ats):
    one = extractor(ats)
    assert set(one.defaults) <= set(one.fields)
    for pattern in one.patterns:
        assert set(pattern.groupindex) <= set(one.fields)
        assert set(one.fields) <= set(pattern.groupindex) | set(one.defaults)


@for_each_extractor
def test_an_extractor_imports_no_machinery_and_no_other_extractor(ats):
    tree = ast.parse((SOURCES / f"{ats}.py").read_text())
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "a relative import"
            imported |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    for name in ("celery", "sqlalchemy", "redis", "requests", "urllib3", "psycopg2", "worker.extractors"):
        assert not {module for module in imported if module == name or module.startswith(f"{name}.")}


@for_each_extractor
def test_the_docstring_says_when_the_vendor_was_checked_and_where(ats):
    docstring = ast.get_docstring(ast.parse((SOURCES / f"{ats}.py").read_text()))
    assert "Checked 20" in docstring
    assert "https://" in docstring


@for_each_extractor
@pytest.mark.parametrize("garbage", [[], {}, "x", "", None, 3, True, [None], {"x": []}], ids=repr)
def test_a_container_of_another_shape_is_an_unexpected_payload_or_gives_no_posting(ats, garbage):
    one = extractor(ats)
    key = any_board(ats)
    with suppress(UnexpectedPayload):
        postings, _ = read(one, Page(garbage), key)
        assert not postings


@for_each_extractor
@pytest.mark.parametrize("garbage", [[], {}, "x", None, 3, [None]], ids=repr)
def test_asking_a_board_that_answers_garbage_ends(ats, garbage):
    one = extractor(ats)
    key = any_board(ats)
    with suppress(UnexpectedPayload):
        for page in islice(one.pages(Everywhere(garbage), key), 5):
            assert not read(one, page, key)[0]


@pytest.mark.parametrize("ats", [ats for ats in ALL if extractor(ats).parse_detail])
@pytest.mark.parametrize("garbage", [[], {}, "x", None, 3], ids=repr)
def test_a_detail_of_another_shape_is_an_unexpected_payload(ats, garbage):
    with pytest.raises(UnexpectedPayload):
        extractor(ats).parse_detail(Posting(external_id="1", title="A", url="https://a.example/1"), garbage)


Step = str | int
PLAIN_JUNK = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
ODD_JUNK = st.sampled_from([None, 3, -1.5, "x", "", [], {}, True, [None], {"x": [{}]}, [[["x"]]], "<b>", 10**30])
NAMES = st.sampled_from(["id", "name", "value", "x"])
JUNK = ODD_JUNK | st.recursive(
    PLAIN_JUNK,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=3,
)


def paths_of(value: Any, path: tuple[Step, ...] = ()) -> Iterator[tuple[Step, ...]]:
    """Every place in a decoded document, from the outside in."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, below in inner:
        yield (*path, step)
        yield from paths_of(below, (*path, step))


def with_junk(document: Any, path: tuple[Step, ...], junk: Any) -> Any:
    changed = deepcopy(document)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = junk
    return changed


def lies_within_a_row(document: Any, path: tuple[Step, ...]) -> bool:
    """A row is an item of the outermost list of several; what lies outside of it may concern the whole board."""
    inner = document
    for step in path[:-1]:
        if isinstance(step, int) and len(inner) > 1:
            return True
        inner = inner[step]
    return False


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.suffix == ".json"], ids=lambda path: f"{path.parent.name}/{path.stem}"
)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_junk_in_one_row_never_raises_and_costs_that_row_at_most(case, data):
    one, board, document = extractor(case.parent.name), board_of(case), load(case)
    path = data.draw(st.sampled_from([path for path in paths_of(document) if lies_within_a_row(document, path)]))
    before, _ = read(one, Page(document), board)
    after, _ = read(one, Page(with_junk(document, path, data.draw(JUNK))), board)
    assert sum(posting in after for posting in before) >= len(before) - 1, f"junk at {path} cost more than its row"
    for posting in after:
        plain(posting)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.suffix == ".json"], ids=lambda path: f"{path.parent.name}/{path.stem}"
)
@given(data=st.data())
@settings(max_examples=50, deadline=None)
def test_junk_anywhere_in_an_answer_is_at_most_an_unexpected_payload(case, data):
    one, board, document = extractor(case.parent.name), board_of(case), load(case)
    changed = with_junk(document, data.draw(st.sampled_from([*paths_of(document)])), data.draw(JUNK))
    with suppress(UnexpectedPayload):
        for page in islice(one.pages(Everywhere(changed, page_of(case)), board), 5):
            read(one, page, board)


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.suffix == ".xml"], ids=lambda path: f"{path.parent.name}/{path.stem}"
)
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_junk_in_one_element_never_raises_and_costs_that_row_at_most(case, data):
    one, board = extractor(case.parent.name), board_of(case)
    before, _ = read(one, Page(load(case)), board)
    root = etree.fromstring(case.read_bytes())
    inner = [element for row in root for element in row.iterdescendants() if isinstance(element.tag, str)]
    element = inner[data.draw(st.integers(0, len(inner) - 1))]
    for child in [*element]:
        element.remove(child)
    element.text = data.draw(st.sampled_from([None, "", "x", "3", "true", "<b>", "[]"]))
    if data.draw(st.booleans()):
        etree.SubElement(element, data.draw(st.sampled_from(["x", "id", "office", "value"])))
    after, _ = read(one, Page(etree.tostring(root, encoding="unicode")), board)
    assert sum(posting in after for posting in before) >= len(before) - 1


@for_each_detail
@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_junk_in_a_detail_is_at_most_an_unexpected_payload(case, data):
    one, details = extractor(case.parent.name), load(case)
    path = data.draw(st.sampled_from([*paths_of(details)]))
    changed = with_junk(details, path, data.draw(JUNK))
    posting = Posting(external_id=str(path[0]), title="A", url="https://a.example/1")
    with suppress(UnexpectedPayload):
        plain(one.parse_detail(posting, changed[path[0]]))
