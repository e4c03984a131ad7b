"""Sites made to harm whoever reads them. Each is all of a host: `net.page(f"https://{HOST}/*", SITES[name]())`.

Where the harm is not in the careers page itself, that page links to two honest postings, which should still be read.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import repeat
from random import Random

from tests.boards import bodies
from tests.boards.vendors.careers_page import XML, Opening
from tests.boards.wire import HTML, Answer, Request, html_answer, redirect

HOST = "www.hostile.example"
HOME = f"https://{HOST}"
HONEST = {"/jobs/welder": "Welder", "/jobs/baker": "Baker"}
GIGABYTE = 1 << 30
_PIECE = 1 << 16

Page = Answer | Callable[[Request], Answer]


@dataclass
class Hostile:
    """A site: its pages by path, `*` for all others. `taken` counts the bytes of endless bodies that went out."""

    pages: Mapping[str, Page]
    taken: int = 0

    def __call__(self, request: Request) -> Answer:
        page = self.pages.get(request.path) or self.pages.get("*") or html_answer("<h1>No such page</h1>", 404)
        answer = page(request) if callable(page) else page
        stream = answer.stream
        return answer.bent(stream=lambda: self._counted(stream())) if stream else answer

    def _counted(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        for piece in pieces:
            self.taken += len(piece)
            yield piece


def _with_honest(harm: Mapping[str, Page] | None = None, *, more: str = "") -> Hostile:
    """Return a site whose careers page links to the honest postings and holds `more`."""
    links = "".join(f'<li><a href="{path}">{title}</a></li>' for path, title in HONEST.items())
    pages: dict[str, Page] = {path: Opening(title).page() for path, title in HONEST.items()}
    pages["/careers"] = html_answer(f"<!doctype html><title>Careers</title><ul>{links}</ul>{more}")
    return Hostile(pages | dict(harm or {}))


def _with_posting(page: Page) -> Hostile:
    return _with_honest({"/jobs/harm": page}, more='<a href="/jobs/harm">Harmer</a>')


def _with_sitemap(sitemap: Page) -> Hostile:
    return _with_honest({"/robots.txt": _robots(f"Sitemap: {HOME}/sitemap-jobs.xml"), "/sitemap-jobs.xml": sitemap})


def _robots(lines: str) -> Answer:
    return Answer(200, f"User-agent: *\nAllow: /\n\n{lines}\n".encode(), "text/plain; charset=utf-8")


def _script(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def _posting(**fields: object) -> str:
    return json.dumps({"@context": "https://schema.org", "@type": "JobPosting", **fields})


def _deep() -> str:
    """Objects and lists 10,000 deep: with a posting at the bottom, without an end, and within a posting."""
    objects, lists = '{"a":' * 10_000, "[" * 10_000
    around = f"{objects}{_posting(title='Deep')}{'}' * 10_000}"
    return "".join(map(_script, (around, lists, f'{_posting(title="Harmer")[:-1]},"description":{objects}')))


_DEEP = _deep()


def _gigabyte(kind: str = HTML) -> Answer:
    return Answer(200, kind=kind, stream=lambda: repeat(b"x" * _PIECE, GIGABYTE // _PIECE), length=GIGABYTE)


def _bomb(kind: str = HTML, encoding: str = "gzip") -> Answer:
    """A gigabyte in a megabyte; without an encoding it is a file that is itself gzipped."""
    length = bodies.bomb_length(1024)
    return Answer(200, kind=kind, stream=lambda: bodies.bomb(1024), length=length, encoding=encoding)


def _sitemap_bomb() -> Answer:
    """A sitemap of some kilobytes in which there are eleven million elements, and no address."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = b"<urlset><url>" + b"<loc/>" * 11_000_000
    return Answer(200, deflate.compress(body) + deflate.flush(), "application/gzip")


def _sitemap(kind: str, addresses: Iterator[str]) -> Answer:
    element = {"urlset": "url", "sitemapindex": "sitemap"}[kind]
    rows = "".join(f"<{element}><loc>{address}</loc></{element}>" for address in addresses)
    return Answer(200, f'<{kind} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</{kind}>'.encode(), XML)


def links_without_end() -> Hostile:
    """Each page is made up, and links to itself, to lists that follow it and to what looks like postings."""

    def page(request: Request) -> Answer:
        number = request.number("page", 1)
        lists = "".join(f'<a rel="next" href="/jobs?page={number + step}">More</a>' for step in range(4))
        return html_answer(lists + "".join(f'<a href="/jobs/{number}-{step}">Role</a>' for step in range(5)))

    return Hostile({"*": page})


def postings_without_end() -> Hostile:
    """Each address that looks like a posting's is one, and the lists of them have no end."""

    def page(request: Request) -> Answer:
        if request.path.startswith("/jobs/"):
            return Opening(f"Role {request.path.removeprefix('/jobs/')}").page()
        number = request.number("page", 1)
        links = "".join(f'<a href="/jobs/{number * 40 + step}">Role {number * 40 + step}</a>' for step in range(40))
        return html_answer(f'{links}<a href="/jobs?page={number + 1}">More</a><a href="/jobs?page={number}">This</a>')

    return Hostile({"/robots.txt": _robots(""), "*": page})


def stated_without_end() -> Hostile:
    """Each list states 5,100 postings, and links to the next."""

    def page(request: Request) -> Answer:
        number = request.number("page", 1)
        jobs = (_posting(title="Role", identifier=f"{number}-{step}", description="x") for step in range(5_100))
        stated = ",".join(jobs)
        return html_answer(f'<a rel="next" href="/jobs?page={number + 1}">More</a>{_script(f"[{stated}]")}')

    return Hostile({"/robots.txt": _robots(""), "/careers": page, "/jobs": page})


def circle() -> Hostile:
    """The careers page redirects to itself."""
    return Hostile({"/robots.txt": _robots(""), "*": lambda request: redirect(f"{HOME}{request.target}")})


def redirects_without_end() -> Hostile:
    """Each address redirects to a new one."""
    return Hostile({"/robots.txt": _robots(""), "*": lambda request: redirect(f"{HOME}{request.target}x", 301)})


def postings_in_circles() -> Hostile:
    """The sitemap names fifty postings that redirect to themselves."""
    addresses = [f"/jobs/{number}" for number in range(50)]
    site = _with_sitemap(_sitemap("urlset", (f"{HOME}{address}" for address in addresses)))
    circles = {address: redirect(address) for address in addresses}
    return Hostile(dict(site.pages) | circles)


def sitemap_of_100000() -> Hostile:
    """All of its addresses look like postings, and are some."""
    site = _with_sitemap(_sitemap("urlset", (f"{HOME}/jobs/{number}" for number in range(100_000))))
    return Hostile({"*": lambda request: Opening(f"Role {request.path}").page()} | dict(site.pages))


def sitemaps_without_end() -> Hostile:
    """The index names itself and 10,000 others, each of which is an index of itself and 1,000 others."""

    def index(request: Request) -> Answer:
        others = 10_000 if request.path == "/sitemap-jobs.xml" else 1_000
        addresses = (f"{HOME}{request.path}-{number}.xml" for number in range(others))
        return _sitemap("sitemapindex", iter([f"{HOME}{request.path}", *addresses]))

    site = _with_sitemap(index)
    return Hostile({"*": index} | dict(site.pages))


def deep_json_ld() -> Hostile:
    """On the list, before each posting, and as a posting."""
    honest = {path: html_answer(_DEEP + _script(_posting(title=title))) for path, title in HONEST.items()}
    return _with_honest({"/jobs/harm": html_answer(_DEEP), **honest}, more=_DEEP + '<a href="/jobs/harm">Harmer</a>')


def _referred() -> str:
    """Half a megabyte in one text, and as much in pieces, to be referred to as `#text`."""
    pieces = {f"piece{number}": "harm " * 100 for number in range(1_000)}
    return json.dumps({"@id": "#text", "name": "<p>" + "harm " * 100_000, **pieces})


def references_of_a_posting() -> Hostile:
    """A posting refers to the same megabyte 20,000 times."""
    harm = _posting(title="Harmer", description=[{"@id": "#text"}] * 20_000)
    return _with_posting(html_answer(_script(f"[{_referred()},{harm}]")))


def references_of_a_list() -> Hostile:
    """2,000 postings refer to the same megabyte."""
    place = {"address": {"addressLocality": {"@id": "#text"}}}
    jobs = [_posting(title=f"Role {number}", url=f"/jobs/{number}", description={"@id": "#text"}, jobLocation=place)
            for number in range(2_000)]  # fmt: skip
    return Hostile({"/careers": html_answer(_script(f"[{','.join([_referred(), *jobs])}]"))})


def scripts_100000() -> Hostile:
    """Of any kind on the list, of JSON-LD before a posting."""
    harm = html_answer(_script("{}") * 100_000 + _script(_posting(title="Harmer")))
    scripts = '<a href="/jobs/harm">Harmer</a>' + "<script>{}</script>" * 100_000
    return _with_honest({"/jobs/harm": harm}, more=scripts)


def long_titles() -> Hostile:
    """Five megabytes in the title of a posting; one each in the title of the list, in a link and in a heading."""
    title, words = "Harm " * 1_000_000, "Harm " * 200_000
    page = html_answer(_script(_posting(title=title)))
    more = f'<title>{words}</title><a href="/jobs/harm" title="{words}">{words}</a><h1>{words}</h1>'
    return _with_honest({"/jobs/harm": page}, more=more)


def deep_microdata() -> Hostile:
    """10,000 postings, each within the description of the one before; in the thousandth are two megabytes of text.

    On the list are employers within employers.
    """
    item = '<div itemscope itemtype="https://schema.org/JobPosting"><b itemprop="title">Harmer</b><div itemprop="{}">'
    deep = item.format("description") * 1_000 + "harm " * 400_000 + item.format("description") * 9_000
    parts = item.format("hiringOrganization").replace("itemscope", 'itemscope itemprop="about"') * 250
    return _with_honest({"/jobs/harm": html_answer(deep)}, more=f'<a href="/jobs/harm">Harmer</a>{parts}')


def long_robots() -> Hostile:
    """Ten megabytes: rules that forbid nothing there is, sitemaps that there are not, and more of the same."""
    rules = "".join(f"Disallow: /no/*{number}*\n" for number in range(10_000))
    sitemaps = "".join(f"Sitemap: {HOME}/sitemap-jobs-{number}.xml\n" for number in range(10_000))
    return _with_honest({"/robots.txt": _robots(f"{rules}{sitemaps}\nUser-agent: *\n" * 14)})


def drip() -> Hostile:
    """The careers page arrives at 16 bytes in a fifth of a second."""
    site = _with_honest(more=Random(1).randbytes(20_000).hex())  # which no gzip makes short
    return Hostile({**site.pages, "/careers": site.pages["/careers"].bent(drip=(16, 0.2))})


SITES: Mapping[str, Callable[[], Hostile]] = {
    "links without end": links_without_end,
    "postings without end": postings_without_end,
    "stated postings without end": stated_without_end,
    "a redirect in a circle": circle,
    "redirects without end": redirects_without_end,
    "postings that redirect in circles": postings_in_circles,
    "a sitemap of 100,000 addresses": sitemap_of_100000,
    "sitemaps without end": sitemaps_without_end,
    "a sitemap that unpacks to a gigabyte": lambda: _with_sitemap(_bomb("application/gzip", "")),
    "a sitemap of eleven million elements": lambda: _with_sitemap(_sitemap_bomb()),
    "a sitemap of a gigabyte": lambda: _with_sitemap(_gigabyte(XML)),
    "a page of a gigabyte": lambda: Hostile({"/careers": _gigabyte()}),
    "a posting of a gigabyte": lambda: _with_posting(_gigabyte()),
    "a gzip bomb as page": lambda: Hostile({"/careers": _bomb()}),
    "a gzip bomb as posting": lambda: _with_posting(_bomb()),
    "nothing but JSON-LD 10,000 deep": lambda: Hostile({"/careers": html_answer(_DEEP)}),
    "JSON-LD 10,000 deep": deep_json_ld,
    "a posting that refers without end": references_of_a_posting,
    "a list that refers without end": references_of_a_list,
    "100,000 scripts": scripts_100000,
    "titles of 5 MB": long_titles,
    "microdata 10,000 deep": deep_microdata,
    "a robots.txt of 10 MB": long_robots,
    "a page that drips": drip,
}


def redirecting(place: str, to: str) -> Hostile:
    """Return a site that redirects from one place (page, sitemap, posting or robots.txt) to an address."""
    match place:
        case "page":
            return Hostile({"/robots.txt": _robots(""), "*": redirect(to)})
        case "sitemap":
            return _with_sitemap(redirect(to))
        case "posting":
            return _with_posting(redirect(to))
        case "robots.txt":
            return _with_honest({"/robots.txt": redirect(to)})
        case _:
            raise ValueError(f"nothing here redirects from a {place}")
