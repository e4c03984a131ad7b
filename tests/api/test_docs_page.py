"""The reference as a page: nothing of it comes from, or goes to, another host."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin

PAGE = "http://127.0.0.1:8000/docs"
SHIPPED = re.compile(r"url\(\s*[\"']?(?!data:)([^)\"']+)|@import\s+[\"']?([^;\"']+)")


class References(HTMLParser):
    """What a page loads or links, and whatever a strict policy would not let it run."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inline: list[str] = []
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self._open = tag
        for name, value in attrs:
            if name in ("src", "href", "action", "data", "srcset"):
                self.found.append(value)
            if name == "style" or name.startswith("on"):
                self.inline.append(f"{tag} {name}")

    def handle_data(self, data):
        if self._open in ("script", "style") and data.strip():
            self.inline.append(data)


def test_the_page_and_all_it_references_are_served_from_here(client):
    page = client.get("/docs")
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    references = References(page.text).found
    assert len(references) >= 4
    for one in references:
        address = urljoin(PAGE, one)
        assert address.startswith("http://127.0.0.1:8000/"), one
        part = client.get(address)
        assert part.status_code == 200, one
        assert part.content
        if part.headers["content-type"].startswith("text/css"):
            assert not SHIPPED.findall(part.text)


def test_the_page_runs_under_a_policy_without_exceptions(client):
    page = client.get("/docs")
    assert References(page.text).inline == []
    policy = page.headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == rules["frame-ancestors"] == "'none'"
    assert rules["script-src"] == rules["style-src"] == rules["connect-src"] == "'self'"
    assert not re.search(r"unsafe|://|\*|blob:", policy)
    assert client.get("/docs/start.js").headers["content-security-policy"].startswith("default-src 'none'")


def test_the_page_asks_for_the_document_of_this_installation(client):
    script = client.get("/docs/start.js").text
    assert "://" not in script
    address = re.search(r'\burl: "([^"]+)"', script)[1]
    assert client.get(urljoin(PAGE, address)).json()["info"]["title"] == "Rolecall"
    assert "validatorUrl: null" in script
    assert "SwaggerUIBundle" in client.get("/docs/swagger-ui-bundle.js").text


def test_only_the_parts_of_the_page_are_served(client):
    for path in ("/docs/__init__.py", "/docs/docs.html", "/docs/..%2fapp.py", "/docs/", "/redoc"):
        assert client.get(path).status_code == 404, path
