"""Pages of a company's own site: the postings they state, the leads they give, and which job a page is about. Pure."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from worker.job_links import Link, belongs, identity, is_further_page, is_list, language, likeness, links, site
from worker.lenient import mapping, text
from worker.normalise import web_address
from worker.schema_org import identifier, job_postings
from worker.sitemaps import Entry
from worker.text import MAX_TITLE, label, words


@dataclass
class SitePage:
    """A page with what is read of it, once."""

    url: str
    html: str

    @cached_property
    def links(self) -> list[Link]:
        """Where it leads."""
        return links(self.html, self.url)

    @cached_property
    def jobs(self) -> list[dict[str, Any]]:
        """The JobPostings it holds."""
        return job_postings(self.html)

    @cached_property
    def own_pages(self) -> list[str | None]:
        """For each of the jobs its own page, where it has one: the one it names, or the one link called like it."""
        stated = [_stated(job, self.url) for job in self.jobs]
        names = [url and identity(url) for url in stated]
        shared = _shared(names, [(text(job.get("title")), identifier(job)) for job in self.jobs])
        return [
            url if name and name not in shared else self._called_like(label(job.get("title"), MAX_TITLE))
            for job, url, name in zip(self.jobs, stated, names, strict=True)
        ]

    @cached_property
    def identifiers(self) -> list[str | None]:
        """For each of the jobs its identifier; what postings of several titles share is their employer's."""
        stated = [identifier(job) for job in self.jobs]
        shared = _shared(stated, [text(job.get("title")) for job in self.jobs])
        return [None if name in shared else name for name in stated]

    @property
    def says_it_all(self) -> bool:
        """Whether it lists several postings that have no pages of their own, and does not go on elsewhere."""
        return len(self.jobs) > 1 and not any(self.own_pages) and not any(map(self.is_continued_at, self.links))

    def is_continued_at(self, link: Link) -> bool:
        """Whether a link leads to more of the list that the page is."""
        is_more = is_further_page(link.url, self.url)
        # A company's first page mostly has further pages of news.
        return link.is_next or (is_more and bool(urlsplit(self.url).path.strip("/") or self.jobs))

    def _called_like(self, title: str | None) -> str | None:
        found = self._links_by_name.get(words(title or ""), set())
        return next(iter(found)) if len(found) == 1 else None

    @cached_property
    def _links_by_name(self) -> dict[str, set[str]]:
        """Addresses of other pages of the site by what their links say, and by the words they end in."""
        found: dict[str, set[str]] = {}
        for url, said, _ in self.links:
            if site(url) == site(self.url) and identity(url) != identity(self.url):
                for name in {words(said), words(urlsplit(url).path.rstrip("/").rpartition("/")[2])} - {""}:
                    found.setdefault(name, set()).add(url)
        return found


def _shared(names: Iterable[str | None], whose: Iterable[Hashable]) -> set[str | None]:
    """Return the names that several go by. One posting may be stated twice."""
    each = set(zip(names, whose, strict=True))
    return {name for name, times in Counter(name for name, _ in each).items() if times > 1}


def _stated(job: Mapping[str, Any], base: str) -> str | None:
    """Return the address a JobPosting gives as its own, if that is another page than the one it is read from."""
    for name in ("url", "mainEntityOfPage", "@id"):
        url = stated_address(job.get(name), base)
        if url and urlsplit(url).path.strip("/") + urlsplit(url).query and identity(url) != identity(base):
            return url
    return None


def stated_address(value: Any, base: str) -> str | None:
    """Return a value of a JobPosting as a web address, None if it is none."""
    said = text(mapping(value).get("@id") if isinstance(value, Mapping) else value)
    try:
        return web_address(urljoin(base, said)) if said and (said.startswith("/") or "://" in said) else None
    except ValueError:
        return None


def rows(pages: Iterable[SitePage], entries: Iterable[Entry], home: str) -> list[dict[str, Any]]:
    """Return what pages and sitemaps say of postings, each once by its `id`, as {"id", "url", "lastmod", …}.

    A posting that a page states has its `job`; its id is empty where it gives neither an address nor an identifier.
    Every other row is a lead: an address that looks like a posting's, and its `pattern`. Where a page lists several
    postings, their addresses show what postings look like here, and only such leads are taken.
    """
    pages = list(pages)
    found: dict[str, dict[str, Any]] = {}
    for row in (row for page in pages for row in _stated_rows(page, home)):
        found.setdefault(row["id"] or f"#{len(found)}", row)
    patterns = _patterns_of_lists(pages, home)
    for lead in _leads(pages, entries, home):
        if patterns is None or lead["pattern"] in patterns:
            known = found.setdefault(lead["id"], lead)
            known["lastmod"] = known["lastmod"] or lead["lastmod"]
    return list(found.values())


def _stated_rows(page: SitePage, home: str) -> Iterator[dict[str, Any]]:
    is_its_own = len(page.jobs) == 1 and not is_list(page.url)
    for job, own, number in zip(page.jobs, page.own_pages, page.identifiers, strict=True):
        url = own or (page.url if is_its_own else None)
        name = identity(url, at=home) if url else number or ""
        yield {"id": name, "url": url or page.url, "lastmod": None, "job": job, "title": text(job.get("title"))}


def _patterns_of_lists(pages: Iterable[SitePage], home: str) -> set[str] | None:
    """Return how the addresses of postings look, learnt from lists of them; None where there is no list."""
    lists = [page for page in pages if len(page.jobs) > 1]
    own = [url for page in lists for url in page.own_pages if url]
    return {like.pattern for url in own if (like := likeness(url, home=home))} if lists else None


def _leads(pages: Iterable[SitePage], entries: Iterable[Entry], home: str) -> list[dict[str, Any]]:
    """Return the addresses that look like postings', those of each pattern in turn, so that none waits for another."""
    kinds: dict[str, dict[str, dict[str, Any]]] = {}
    strengths: dict[str, int] = {}
    for entry in (*(Entry(link.url) for page in pages for link in page.links), *entries):
        like = likeness(entry.url, home=home)
        if like is None or not belongs(entry.url, home):
            continue
        strengths[like.pattern] = like.strength
        name = identity(entry.url, at=home)
        blank = {"id": name, "url": entry.url, "lastmod": None, "pattern": like.pattern}
        lead = kinds.setdefault(like.pattern, {}).setdefault(name, blank)
        lead["lastmod"] = entry.lastmod or lead["lastmod"]
    ordered = sorted(_in_one_language(kinds), key=lambda pattern: -strengths[pattern])
    ranked = [(rank, lead) for kind in ordered for rank, lead in enumerate(kinds[kind].values())]
    return [lead for _, lead in sorted(ranked, key=lambda one: one[0])]


def _in_one_language(patterns: Iterable[str]) -> list[str]:
    """Leave out translations of addresses that are there without a language, too: `/jobs/*` and `/de/jobs/*`."""
    patterns = set(patterns)

    def original(pattern: str) -> str:
        said = language(f"//{pattern}")
        return pattern.replace(f"/{said}/", "/", 1) if said else pattern

    return sorted(pattern for pattern in patterns if original(pattern) == pattern or original(pattern) not in patterns)


def job_of(
    jobs: Iterable[Mapping[str, Any]], url: str, *, wanted: str, external_id: str, is_list: bool
) -> Mapping[str, Any] | None:
    """Return the JobPosting on the page `url` of the posting at `wanted`: the one that names it, else the fullest.

    On a list of postings only one that names it will do; where the site sends its readers on from there, the only one
    on that page, or the one that names the page, unless that is another's.
    """
    jobs = list(jobs)
    stated = [identity(own) if (own := stated_address(job.get("url"), url)) else None for job in jobs]
    for job, name in zip(jobs, stated, strict=True):
        if identifier(job) == external_id or name == identity(wanted):
            return job
    if is_list:
        return None
    if identity(url) == identity(wanted):
        return max(jobs, key=lambda job: len(text(job.get("description")) or ""), default=None)
    named = [job for job, name in zip(jobs, stated, strict=True) if name == identity(url)]
    found = named or (jobs if stated == [None] else [])
    return found[0] if len(found) == 1 and urlsplit(url).path.strip("/") else None
