"""What a web page holds that may lead to a board: addresses, links that speak of jobs, the name of its owner."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal
from urllib.parse import urljoin, urlsplit

from lxml import etree

from worker.posting import WebPage
from worker.text import fold, one_line

How = Literal["forwarded", "embedded", "linked", "mentioned"]

TEXT_MOST = 600_000
"""Characters of a page that are looked at. Pages of people are shorter; longer ones would cost seconds to search."""
ADDRESSES_MOST = 1_000
_LONGEST_ADDRESS = 2_000
_LONGEST_NAME = 200
_PIECES_OF_TEXT = 50
_EMBEDS = {"iframe": "src", "frame": "src", "embed": "src", "object": "data", "script": "src", "form": "action"}
_LINKS = {"a": "href", "area": "href", "link": "href"}
_LAZY = ("data-src", "data-url", "data-href")
_NOT_READ = ("image/", "video/", "audio/", "font/", "application/pdf", "application/zip", "application/octet-stream")

# In scripts and JSON slashes are often escaped, and the scheme is often left out.
_ESCAPED_SLASH = re.compile(r"\\u002[fF]|\\/|&#(?:x2[fF]|47);")
_MENTIONED = re.compile(
    r"""(?:https?:)?//[a-z0-9](?:[a-z0-9-]*\.)+[a-z]{2,}[^\s"'`<>\\)\]}]*"""
    r"""|(?<=["'])(?:[a-z0-9-]+\.)+[a-z]{2,}/[^\s"'`<>\\]+(?=["'])""",
    re.IGNORECASE,
)
# Unclosed ones reach to the end, as in a browser. Scripts are matched as what looks like a comment in them is none.
_SCRIPT_OR_COMMENT = re.compile(r"(?P<script><script\b.*?(?:</script|\Z))|<!--.*?(?:-->|\Z)", re.IGNORECASE | re.DOTALL)
_SENT_ON = re.compile(r"""\blocation(?:\.href)?\s*(?:=|\.(?:replace|assign)\()\s*["'](https?://[^"'\s]+)["']""")
_REFRESH = re.compile(r"url\s*=\s*['\"]?([^'\";]+)", re.IGNORECASE)
_A_FILE = re.compile(
    r"\.(?:css|gif|ico|jpe?g|js|json|map|mp4|png|svg|webp|woff2?|ttf|pdf|xml)(?:[?#]|$)", re.IGNORECASE
)

_OF_JOBS = re.compile(
    r"\b(?:careers?|jobs?|vacanc(?:y|ies)|join (?:us|(?:our|the) team)|openings|hiring|work (?:with|for|at) \w+"
    r"|(?:open|current|all|our|job) (?:positions?|roles?|openings?)|karriere|stellen\w*|offene stellen"
    r"|jobb\w*|lediga \w+|ledige \w+|rekrytointi|tyopaikat|avoimet \w+|vacatures?|werken bij"
    r"|emplois?|recrutement|carrieres?|nous rejoindre|rejoignez.nous|offres d.emploi"
    r"|lavora con noi|carriera|posizioni aperte"
    r"|trabaja con nosotros|empleos?|carreras?|unete|trabalhe conosco|vagas|carreiras?"
    r"|kariera|kariery|praca|oferty pracy|volna mista|allasok|kariyer|вакансии|карьера|вакансі\w+)\b"
    r"|採用|求人|招聘|招募|加入我们|加入我們|채용"
)
_OF_LISTS = re.compile(
    r"\b(?:openings?|positions?|vacanc\w+|roles|see all|view|search|find|browse|all jobs|open jobs|stellen\w*|offene"
    r"|vacatures|offres|vagas|posizioni)\b"
)
_OF_ARTICLES = re.compile(r"/(?:blog|news|press|stories|article|magazine|legal|privacy|login|signin)\b")
_OTHERS = re.compile(
    r"(?:^|\.)(?:linkedin|facebook|instagram|twitter|x|youtube|glassdoor|indeed|xing|kununu|google|github|tiktok|medium"
    r"|wikipedia|apple|welcometothejungle|stepstone|monster)\.[a-z.]{2,6}$"
)
"""Sites where many have a page, and none its board."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address in a page, how it stands there, and the words of the link."""

    url: str
    how: How
    words: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """A web page taken apart."""

    page: WebPage
    addresses: tuple[Address, ...]
    names: tuple[str, ...]
    """What the page calls its owner or itself: the site's name first, then its title."""


def take_apart(page: WebPage) -> Content:
    """Return what a page holds. Broken markup, or none at all, costs only what cannot be read."""
    if page.content_type.startswith(_NOT_READ):
        return Content(replace(page, text=""), (), ())
    page = replace(page, text=page.text[:TEXT_MOST])
    tree = _tree(page)
    found: dict[tuple[str, How], Address] = {}
    for one in _addresses(page, tree):
        found.setdefault((one.url, one.how), one)
        if len(found) == ADDRESSES_MOST:
            break
    return Content(page, tuple(found.values()), tuple(dict.fromkeys(_names(tree))))


def job_links(content: Content) -> list[str]:
    """Return the links that seem to lead to jobs, the most promising first."""
    here = _bare(content.page.url)
    ranked: dict[str, int] = {}
    for one in content.addresses:
        parts = urlsplit(one.url)
        url = one.url.partition("#")[0]
        if one.how != "linked" or _bare(url) == here or _OTHERS.search(parts.hostname or "") or _A_FILE.search(url):
            continue
        if promise := _promise(one.words, parts.hostname or "", parts.path):
            ranked[url] = max(promise, ranked.get(url, 0))
    return sorted(ranked, key=lambda url: (-ranked[url], len(url)))


def _promise(said: str, host: str, path: str) -> int:
    """Weigh a link: what it says, where it leads, and whether it speaks of a list rather than of working there."""
    label = fold(said)
    way = fold(re.sub(r"[-_/.]+", " ", f"{host.partition('.')[0]} {path}"))
    weight = 3 * bool(_OF_JOBS.search(label)) + 2 * bool(_OF_JOBS.search(way))
    if not weight or _OF_ARTICLES.search(path):
        return 0
    return weight + bool(_OF_LISTS.search(label))


def _tree(page: WebPage) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, huge_tree=False)
    try:
        return etree.fromstring(page.text.encode("utf-8", "replace") or b"<html/>", parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _addresses(page: WebPage, tree: etree._Element | None) -> Iterator[Address]:
    base = page.url
    if tree is not None:
        named = tree.find(".//base")
        base = _joined(page.url, None if named is None else named.get("href")) or page.url
        for element in tree.iter(*_EMBEDS, *_LINKS, "meta"):
            yield from _of_element(element, base)
    shown = _SCRIPT_OR_COMMENT.sub(lambda found: found["script"] or " ", page.text)
    text = _ESCAPED_SLASH.sub("/", shown).replace("&amp;", "&")
    for found in _SENT_ON.finditer(text):
        yield from _address(base, found[1], "forwarded")
    for found in _MENTIONED.finditer(text):
        url = found[0].rstrip(".,;:")
        if not _A_FILE.search(url):
            yield from _address(base, url if "//" in url else f"https://{url}", "mentioned")


def _of_element(element: etree._Element, base: str) -> Iterator[Address]:
    tag = str(element.tag)
    if tag == "meta":
        if (element.get("http-equiv") or "").lower() == "refresh" and (
            to := _REFRESH.search(element.get("content", ""))
        ):
            yield from _address(base, to[1], "forwarded")
        return
    if tag in _LINKS:
        pieces = (str(piece)[:_LONGEST_NAME] for piece in islice(element.itertext(), _PIECES_OF_TEXT))
        said = one_line(" ".join((*pieces, element.get("title", ""), element.get("aria-label", ""))))
        yield from _address(base, element.get(_LINKS[tag]), "linked", said[:_LONGEST_NAME])
        return
    for attribute in (_EMBEDS[tag], *_LAZY):
        yield from _address(base, element.get(attribute), "embedded")


def _address(base: str, written: str | None, how: How, said: str = "") -> Iterable[Address]:
    url = _joined(base, written)
    return [Address(url, how, said)] if url else []


def _joined(base: str, written: str | None) -> str | None:
    written = (written or "").strip()
    if not written or len(written) > _LONGEST_ADDRESS or written.startswith("#"):
        return None
    try:
        url = urljoin(base, written)
        return url if urlsplit(url).scheme in ("http", "https") and urlsplit(url).hostname else None
    except ValueError:
        return None


def _names(tree: etree._Element | None) -> Iterator[str]:
    if tree is None:
        return
    metas = {str(one.get("property") or one.get("name")).lower(): one.get("content") for one in tree.iter("meta")}
    title = tree.find(".//title")
    for value in (metas.get("og:site_name"), metas.get("application-name"), title is not None and title.text,
                  metas.get("og:title")):  # fmt: skip
        if name := one_line(value or "")[:_LONGEST_NAME].strip():
            yield name


def _bare(url: str) -> str:
    return url.partition("#")[0].removeprefix("https://").removeprefix("http://").removeprefix("www.").rstrip("/")
