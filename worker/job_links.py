"""Links of a company's own site: which lead to postings, which to lists of them, and what an address is known by. Pure.

That an address looks like one of a posting is a guess, made from the words in it. Only its page can tell.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import islice, takewhile
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

from lxml import etree, html

from worker import domains
from worker.normalise import MAX_LABEL, web_address
from worker.text import one_line, plain_words

PARTS = (domains,)
"""The module that takes part: when its code changes, what was read before may read differently."""

LINKS_MOST = 5_000
_LONGEST_TEXT = 300
_PIECES_OF_TEXT = 50
_DEEPEST = 4
"""Parts of a path beyond the one that speaks of jobs: /jobs/berlin/engineering/4711/welder."""

# Words of which a posting's address has one, before the part that names the posting itself.
_POSTINGS = frozenset(
    ("job", "jobs", "jobb", "jobposting", "joblisting", "jobdetail", "position", "positions", "vacancy", "vacancies",
     "vacature", "vacatures", "opening", "openings", "role", "roles", "posting", "postings", "requisition", "stelle",
     "stellen", "stellenangebot", "stellenangebote", "stellenanzeige", "stellenanzeigen", "stellenausschreibungen",
     "emploi", "emplois", "offre", "offres", "poste", "postes", "oferta", "ofertas", "empleo", "empleos", "vaga",
     "vagas", "vacante", "vacantes", "lavoro", "posizioni", "offerte", "oferty", "praca", "stilling", "stillinger",
     "tjanst", "tjanster", "tyopaikat", "tyopaikka", "ledige", "lediga", "nabidka", "volna", "opportunity",
     "opportunities")
)  # fmt: skip
# Words under which a site keeps its postings, among much else.
_CAREERS = frozenset(
    ("career", "careers", "karriere", "karrieren", "carriere", "carrieres", "carriera", "carreras", "carreira",
     "carreiras", "kariera", "kariery", "karriar", "hiring", "recruitment", "recruiting", "recrutement", "talent",
     "employment", "vacatures", "join us", "join our team", "work with us", "work for us", "work at", "jobs careers",
     "werken bij", "lavora con noi", "trabaja con nosotros", "trabalhe conosco", "nous rejoindre", "arbeiten bei uns",
     "bewerbung", "rekrytointi")
)  # fmt: skip
_FILLERS = frozenset(
    ("open", "current", "our", "all", "the", "list", "listing", "listings", "board", "search", "detail", "details",
     "view", "page", "offer", "offers", "offene", "aktuelle", "of", "d", "de", "di", "da", "pracy", "stanowiska", "at",
     "us", "and", "available", "join", "team", "work", "description", "descriptions", "advert", "adverts", "mista")
)  # fmt: skip
# Parts of a path that stand under jobs and careers and are no posting.
_NO_POSTINGS = frozenset(
    ("about", "about us", "alert", "alerts", "apply", "application", "applications", "apprenticeships", "articles",
     "benefits", "blog", "categories", "category", "contact", "culture", "department", "departments", "diversity",
     "diversity and inclusion", "events", "faq", "faqs", "feed", "graduates", "how we hire", "index", "internships",
     "life", "location", "locations", "login", "news", "office", "offices", "our culture", "our values", "page",
     "people", "perks", "privacy", "privacy policy", "process", "profile", "register", "saved", "search", "share",
     "sign in", "sitemap", "stories", "students", "tag", "tags", "team", "teams", "terms", "testimonials", "type",
     "types", "values", "why us", "vorteile", "benefit", "filter", "results", "thank you", "thanks", "rss")
)  # fmt: skip
_NAMES_A_POSTING = re.compile(
    r"(?:gh_)?(?:jid|job|jobid|job_id|id|pid|oid|vacancy|vacancyid|vacancy_id|position|positionid|position_id|posting"
    r"|postingid|opening|req|reqid|req_id|requisition|requisitionid|jobreqid|ref|reference|stelle)",
    re.IGNORECASE,
)
_NAMES_NOTHING = frozenset(("lang", "language", "locale", "hl", "source", "src", "origin", "medium", "campaign"))
# Plugins put a prefix before it: `1a2b3c_page`, `tx_jobs[currentPage]`.
_NAMES_A_PAGE = re.compile(
    r"(?:[\w-]{1,60}[_\[])?(?:current_?)?page(?:d|_?(?:no|nr|num|number|index))?\]?|pg|p|offset|start|from|seite|pagina",
    re.IGNORECASE,
)
_PAGE_IN_PATH = re.compile(r"(?<=[^/])/page/\d+/?\Z", re.IGNORECASE)
_NO_PAGE = re.compile(
    r"\.(?:pdf|docx?|odt|rtf|xlsx?|pptx?|zip|gz|xml|json|txt|csv|ics|rss|css|js|png|jpe?g|gif|svg|webp|ico|mp[34]|mov"
    r"|woff2?)$",
    re.IGNORECASE,
)
_PAGE_ENDING = re.compile(r"\.(?:html?|php|aspx?|jsp|cfm|do)$", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2}(?:[-_][a-z]{2})?", re.IGNORECASE)


class Link(NamedTuple):
    """A link of a page: where it leads, what it says, and whether it says that it leads to the next page of a list."""

    url: str
    text: str
    is_next: bool


@dataclass(frozen=True, slots=True)
class Likeness:
    """How an address looks like one of a posting: all of its kind share `pattern`, `strength` is from 1 to 3."""

    pattern: str
    strength: int


def links(page: str, base: str) -> list[Link]:
    """Return the links of an HTML page to web addresses, each once, in the page's order."""
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(page.replace("\0", "").encode(errors="replace"), parser=parser)
    except (etree.LxmlError, ValueError):
        return []
    stated = root.find(".//base")
    base = _joined(base, stated.get("href", "") if stated is not None else "") or base
    found: dict[str, Link] = {}
    for element in islice(root.iter("a", "link"), LINKS_MOST * 4):
        href, rel = element.get("href"), element.get("rel", "").lower().split()
        if href is None or (element.tag == "link" and "next" not in rel):
            continue
        if url := _joined(base, href):
            pieces = [str(text)[:_LONGEST_TEXT] for text in islice(element.itertext(), _PIECES_OF_TEXT)]
            said = one_line("".join(pieces))[:_LONGEST_TEXT]
            before = found.get(url, Link(url, "", is_next=False))
            found[url] = Link(url, before.text or said, before.is_next or "next" in rel)
        if len(found) == LINKS_MOST:
            break
    return list(found.values())


def _joined(base: str, href: str) -> str | None:
    """Return a link's target as a web address without trackers and anchors."""
    try:
        return web_address(urljoin(base, href.strip()))
    except ValueError:
        return None


def site(url: str) -> str:
    """Return the registered domain of an address, near enough to who runs it."""
    return domains.site(_host(url))


def identity(url: str, *, at: str = "") -> str:
    """Return what an address is known by, however it is written: without scheme, `www.`, language, closing slash.

    On the host of the address `at` it is the path alone.
    """
    parts = urlsplit(url)
    path = "/".join(quote(unquote(part), safe="!$&'()*+,;=:@") for part in parts.path.split("/")).rstrip("/")
    said = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode(sorted((name, value) for name, value in said if name.lower() not in _NAMES_NOTHING))
    host = "" if at and _host(url) == _host(at) else f"//{_host(url)}"
    found = f"{host}{path or '/'}" + (f"?{query}" if query else "") + (f"#{parts.fragment}" if parts.fragment else "")
    if len(found) <= MAX_LABEL:
        return found
    digest = blake2b(found.encode(), digest_size=8).hexdigest()
    return f"{found[: MAX_LABEL - 20]}~{digest}"


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removesuffix(".").removeprefix("www.")
    except ValueError:
        return ""


def language(url: str) -> str:
    """Return the languages and countries that an address begins with: `de`, `us/en`, or nothing."""
    return "/".join(_languages(_parts(url)))


def _languages(path: list[str]) -> Iterator[str]:
    return (part.lower() for part in takewhile(_LANGUAGE.fullmatch, path[:2]))


def belongs(url: str, home: str) -> bool:
    """Whether an address can be of the board whose page is `home`: on its site, in its language, of its company.

    On a site of many companies `/companies/acme/jobs` says whose jobs they are; `/companies/other/jobs/7` is another's.
    """
    own_site, own_language, here = _place(home)
    its_site, its_language, there = _place(url)
    if its_site != own_site or (own_language and its_language not in ("", own_language)):
        return False
    return here == there or len(here) != len(there) or len(here) < 2  # noqa: PLR2004


@lru_cache(maxsize=64)
def _place(url: str) -> tuple[str, str, list[str]]:
    """The site of an address, its language, and the parts of its path up to the one that speaks of jobs."""
    path = _parts(url)
    said = list(_languages(path))
    return site(url), "/".join(said), list(takewhile(lambda part: not _is_about_jobs(part), path[len(said) :]))


def likeness(url: str, *, home: str = "") -> Likeness | None:
    """Tell whether an address looks like one of a posting, None if not. `home` is the page it may be kept under."""
    path = _parts(url)
    if not path or _NO_PAGE.search(path[-1]):
        return None
    if _is_about_jobs(path[-1]):
        return _in_query(url, path)
    under = [at for at, part in enumerate(path) if _is_about_jobs(part)]
    if under:
        return _under(url, path, under[-1] + 1, strength=3 if _names_postings(path[under[-1]]) else 2)
    words = plain_words(_plain(path[-1])).split()
    if words and {words[0], words[-1]} & _POSTINGS and not _speaks_of_others(path):  # /job-welder-berlin
        found = _under(url, path, len(path) - 1, strength=2)
        return found and Likeness(f"{found.pattern}-job", 2)
    return _on_own_ground(url, path, home)


def _in_query(url: str, path: list[str]) -> Likeness | None:
    """`/jobs?id=4711`."""
    named = [name for name, value in parse_qsl(urlsplit(url).query) if value and _NAMES_A_POSTING.fullmatch(name)]
    return Likeness(f"{_host(url)}/{'/'.join(path)}?{named[0]}=*", 3) if named else None


def _on_own_ground(url: str, path: list[str], home: str) -> Likeness | None:
    """`/people/welder` under the page `/people`, and `jobs.acme.com/welder`: no word, but the place speaks of jobs."""
    kept_under = _parts(home)
    if kept_under and _host(url) == _host(home) and path[: len(kept_under)] == kept_under:
        return _under(url, path, len(kept_under), strength=1)
    if _is_about_jobs(_host(url).partition(".")[0]):
        return _under(url, path, len(list(_languages(path))), strength=1)
    return None


def _under(url: str, path: list[str], start: int, *, strength: int) -> Likeness | None:
    """What an address is like whose first parts lead to where postings are, and whose others name one."""
    names = path[start:]
    if not 0 < len(names) <= _DEEPEST or _speaks_of_others(names):
        return None
    return Likeness("/".join([_host(url), *path[:start], *("*" for _ in names)]), strength)


def _speaks_of_others(path: list[str]) -> bool:
    return any(plain_words(_plain(part)) in _NO_POSTINGS for part in path)


def is_list(url: str) -> bool:
    """Whether an address looks like one of a list of postings, or of a further page of one."""
    whole = _unpaged(url)
    path = _parts(whole)
    return not urlsplit(whole).query and _is_about_jobs(path[-1] if path else _host(url).partition(".")[0])


def is_further_page(url: str, page: str) -> bool:
    """Whether an address is another page of the list that `page` is one of: it differs in the number alone."""
    return identity(url) != identity(page) and identity(_unpaged(url)) == identity(_unpaged(page))


def _unpaged(url: str) -> str:
    """Return the address of a list without the number of its page: `/people?page=2`, `/people/page/2`."""
    parts = urlsplit(url)
    said = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(name, value) for name, value in said if not (_NAMES_A_PAGE.fullmatch(name) and value.isdecimal())]
    path = _PAGE_IN_PATH.sub("", parts.path)
    return parts._replace(path=path, query=urlencode(kept)).geturl()


def speaks_of_jobs(url: str) -> bool:
    """Whether any word of an address' path is about jobs: `/sitemap-jobs.xml`."""
    return bool((_POSTINGS | _CAREERS) & set(plain_words(unquote(urlsplit(url).path)).split()))


def _parts(url: str) -> list[str]:
    try:
        return [part for part in urlsplit(url).path.split("/") if part]
    except ValueError:
        return []


def _plain(part: str) -> str:
    return _PAGE_ENDING.sub("", unquote(part))


@lru_cache(maxsize=4096)
def _is_about_jobs(part: str) -> bool:
    """Whether a part of a path says jobs and nothing else: `open-positions`, but not `career-advice`."""
    said = plain_words(_plain(part))
    words = set(said.split())
    return said in _CAREERS or (bool(words & (_POSTINGS | _CAREERS)) and words <= _POSTINGS | _CAREERS | _FILLERS)


def _names_postings(part: str) -> bool:
    return bool(set(plain_words(_plain(part)).split()) & _POSTINGS)
