"""Fetching what a company's own site says of its postings: lists of them, and the addresses in its sitemaps."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from urllib.parse import urljoin

from worker import sitemaps
from worker.errors import BoardError, BoardNotFound, BoardUnavailable
from worker.extractor import Http
from worker.job_links import belongs, identity, is_list, language, likeness, site, speaks_of_jobs
from worker.job_pages import SitePage
from worker.normalise import web_address
from worker.schema_org import unreadable
from worker.sitemaps import Entry, Sitemap

LISTS_MOST = 12
"""Pages of links that are asked for, the board's own among them."""
SITEMAPS_MOST = 25
ADDRESSES_MOST = 200_000
"""Addresses of sitemaps that are looked at, those first that changed last."""
LEADS_MOST = 20_000
"""Addresses that look like postings' and are taken for leads."""
STATED_MOST = 10_000
"""Postings that lists state, after which no further list is asked for."""
_PAGE_MOST = 5_000_000
"""Characters of a list that are read."""


@dataclass
class Site:
    """What is fetched of a site from the board's page on; `left_out` says why some of it is missing."""

    http: Http
    home: str
    pages: list[SitePage] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    left_out: str | None = None
    looked_at: int = 0

    def read_lists(self) -> None:
        """Read the board's page and the lists of postings that it leads to, breadth first, each once."""
        waiting, seen = [self.home], {identity(self.home)}
        for _ in range(LISTS_MOST):
            page = self._list_page(waiting.pop(0)) if waiting else None
            for url in self._lists(page) if page else []:
                name = identity(url)
                if name not in seen:
                    seen.add(name)
                    waiting.append(url)
            waiting.sort(key=self._is_translated)
            if len(self.pages) == 1 and self.pages[0].says_it_all:
                return
            if waiting and sum(len(one.jobs) for one in self.pages) > STATED_MOST:
                self.left_out = f"the site states more than {STATED_MOST:,} postings; its other lists were not read"
                return
        if waiting and not self._is_translated(waiting[0]):
            self.left_out = f"the site has more than {LISTS_MOST} pages that look like lists; the others were not read"

    def _list_page(self, url: str) -> SitePage | None:
        """Fetch a page of a list. The board's own must be there, the others may turn out to be none."""
        try:
            found = self.http.get_page(url)
        except BoardError as error:
            if not self.pages or isinstance(error, BoardUnavailable):
                raise
            self.tried.append(f"{url} ({error})")
            return None
        page = SitePage(found.url, found.text[:_PAGE_MOST])
        self.pages.append(page)
        if count := unreadable(page.html):
            self.left_out = f"the JSON-LD of {count} postings at {page.url} cannot be read"
        return page

    def _is_translated(self, url: str) -> bool:
        return language(url) != language(self.home)

    def _lists(self, page: SitePage) -> Iterator[str]:
        """Yield the lists of postings that a page leads to."""
        for link in page.links:
            if belongs(link.url, self.home) and (is_list(link.url) or page.is_continued_at(link)):
                yield link.url

    def read_sitemaps(self) -> None:
        """Read the sitemaps that robots.txt names, else /sitemap.xml; if any speak of jobs, only those."""
        start = self.pages[0].url if self.pages else self.home
        named = self._named_sitemaps(start)
        known = {url: Entry(url) for url in named or [urljoin(start, "/sitemap.xml")]}
        waiting = self._in_order(known.values())
        for _ in range(SITEMAPS_MOST):
            if not waiting:
                break
            found = self._sitemap(waiting.pop(0).url, is_named=bool(named))
            further = {entry.url: entry for entry in found.sitemaps if entry.url not in known}
            known |= further
            waiting = self._in_order([*waiting, *further.values()])
            self._take_leads(found.pages)
        if waiting and (speaks_of_jobs(waiting[0].url) or not self._has_leads()):
            self.left_out = f"the site has more sitemaps than the {SITEMAPS_MOST} that were read"

    def _in_order(self, entries: Iterable[Entry]) -> list[Entry]:
        """Return the sitemaps of the site that come next, and one more: of jobs, else any, the newest first."""
        home = site(self.home)
        ours = [entry for entry in entries if site(entry.url) == home]
        about_jobs = [entry for entry in ours if speaks_of_jobs(entry.url)]
        return sorted(about_jobs or ours, key=_lastmod, reverse=True)[: SITEMAPS_MOST + 1]

    def _named_sitemaps(self, start: str) -> list[str]:
        try:
            return sitemaps.of_robots(self.http.get_page(urljoin(start, "/robots.txt")).text)
        except BoardUnavailable:
            raise
        except BoardError:
            return []

    def _sitemap(self, url: str, *, is_named: bool) -> Sitemap:
        """Fetch a sitemap. One that is named but cannot be read may name postings: then the reading is not complete."""
        try:
            found = sitemaps.read(self.http.get_page(url).content)
            fault = found.fault if found else None
        except BoardUnavailable:
            raise
        except BoardNotFound:
            found, fault = None, None
        except BoardError as error:
            found, fault = None, str(error) if is_named else None
        self.tried.append(url if found else f"{url} (no sitemap)")
        if fault:
            self.left_out = f"the sitemap {url} could not be read in full: {fault}"
        return found or Sitemap()

    def _take_leads(self, entries: list[Entry]) -> None:
        """Keep the addresses that look like postings', the newest first, and say so if that is not all."""
        room = ADDRESSES_MOST - self.looked_at
        self.looked_at += min(room, len(entries))
        newest = sorted(entries, key=_lastmod, reverse=True)[:room]
        leads = (lead for entry in newest if (lead := self._lead(entry)))
        self.entries += islice(leads, LEADS_MOST + 1)
        self.entries.sort(key=_lastmod, reverse=True)
        if len(entries) > room or len(self.entries) > LEADS_MOST:
            self.left_out = f"the sitemaps name more pages than can be read; the newest {LEADS_MOST:,} are"
            del self.entries[LEADS_MOST:]

    def _lead(self, entry: Entry) -> Entry | None:
        """Return an entry of a sitemap if its address looks like a posting's of this board."""
        url = web_address(entry.url)
        ours = url and belongs(url, self.home) and likeness(url, home=self.home)
        return Entry(url, entry.lastmod) if url and ours else None

    def _has_leads(self) -> bool:
        return bool(self.entries) or any(
            likeness(link.url, home=self.home) for page in self.pages for link in page.links
        )


def _lastmod(entry: Entry) -> str:
    return entry.lastmod or ""
