"""What keeps pages safe whatever a board writes: headers, nothing inline, nothing from elsewhere."""

import re

import pytest
from lxml import html

from tests.web.screens import SCREENS

POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
ADDRESSES = ("href", "src", "action", "formaction", "poster", "data", "srcset")
LEADING_AWAY = {"a": "href"}


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_has_nothing_inline_and_loads_nothing_from_elsewhere(browsing, seeded, name):
    answer = browsing.get(SCREENS[name](seeded))
    assert answer.headers["content-security-policy"] == POLICY
    assert answer.headers["cache-control"] == "no-store"
    for element in html.fromstring(answer.text).iter():
        assert element.tag not in ("style", "iframe", "object", "embed", "base"), element.tag
        assert "style" not in element.attrib
        assert not [one for one in element.attrib if one.startswith("on")]
        if element.tag == "script":
            assert element.get("src")
            assert not (element.text or "").strip()
        for attribute in ADDRESSES:
            value = element.get(attribute, "/")
            if LEADING_AWAY.get(element.tag) != attribute:
                assert value.startswith("/"), f"{element.tag} loads {value}"
            elif not value.startswith(("/", "#")):
                assert re.match(r"(https?|mailto):", value), value
                assert {"noopener", "nofollow"} <= set(element.get("rel", "").split()), value


def test_own_files_are_named_by_their_content_and_kept(browsing):
    page = browsing.get("/inbox").text
    for path in re.findall(r'"(/static/[^"]+)"', page):
        answer = browsing.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
    assert browsing.get("/static/style.css").status_code == 404


@pytest.mark.parametrize("accepts", ["identity", "gzip;q=0", "gzip;q=0.000, br", "*;q=0"])
def test_a_browser_that_takes_no_gzip_gets_none(browsing, accepts):
    page = browsing.get("/inbox", headers={"Accept-Encoding": accepts})
    files = re.findall(r'"(/static/[^"]+)"', page.text)
    answers = [page, *(browsing.get(path, headers={"Accept-Encoding": accepts}) for path in files)]
    assert len(answers) > 1
    assert not [answer.url for answer in answers if "content-encoding" in answer.headers]


def test_what_is_loaded_for_a_page_is_small(browsing, seeded):
    page = browsing.get("/inbox", headers={"Accept-Encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    sizes = [int(page.headers["content-length"])]
    for path in re.findall(r'"(/static/[^"]+)"', page.text):
        sizes.append(int(browsing.get(path, headers={"Accept-Encoding": "gzip"}).headers["content-length"]))
    assert sum(sizes) < 100_000
