"""A company's own careers site: no vendor, but a page, robots.txt, an index of sitemaps, schema.org on each posting.

It is put into a simulated internet with `net.page(site.everywhere, site)`.
"""

import gzip
import html
import json
from dataclasses import dataclass, field

from tests.boards.wire import Answer, Request, html_answer

XML = "application/xml; charset=utf-8"


@dataclass
class Opening:
    """A posting with a page of its own; without `markup` the page says nothing to machines."""

    title: str
    city: str = "Oslo"
    text: str = "Polish the telescopes."
    lastmod: str | None = "2026-11-01"
    valid_through: str | None = None
    markup: bool = True
    gone: bool = False

    def page(self) -> Answer:
        job = {
            "@context": "https://schema.org/",
            "@type": "JobPosting",
            "title": self.title,
            "description": f"<p>{self.text}</p>",
            "datePosted": "2026-10-05",
            "employmentType": "FULL_TIME",
            "jobLocation": {"@type": "Place", "address": {"addressLocality": self.city, "addressCountry": "NO"}},
            "hiringOrganization": {"@type": "Organization", "name": "Acme"},
        } | ({"validThrough": self.valid_through} if self.valid_through else {})
        markup = f'<script type="application/ld+json">{json.dumps(job)}</script>' if self.markup else ""
        title = html.escape(self.title)
        return html_answer(f"<!doctype html><html><head>{markup}</head><body><h1>{title}</h1></body></html>")


@dataclass
class Site:
    """A site: `openings` by slug live under /jobs/, `junk` are addresses that look like postings and are none.

    What is listed in the sitemaps can be told apart from what the careers page links to.
    """

    host: str
    openings: dict[str, Opening] = field(default_factory=dict)
    junk: list[str] = field(default_factory=list)
    junk_lastmod: str = "2026-10-01"
    in_sitemap: bool = True
    linked: bool = False
    broken_sitemap: bool = False

    @property
    def everywhere(self) -> str:
        return f"https://{self.host}/*"

    @property
    def address(self) -> str:
        return f"https://{self.host}/careers"

    def fill(self, count: int) -> None:
        """Open so many postings."""
        self.openings |= {f"role-{n}": Opening(f"Role {n}") for n in range(count)}

    def __call__(self, request: Request) -> Answer:
        pages = {
            "/robots.txt": self._robots,
            "/careers": self._careers,
            **({"/sitemap_index.xml": self._index, "/sitemap-jobs.xml.gz": self._jobs} if self.in_sitemap else {}),
            **{f"/jobs/{slug}": one.page for slug, one in self.openings.items() if not one.gone},
            **{path: lambda: html_answer("<!doctype html><h1>How we work</h1>") for path in self.junk},
        }
        page = pages.get(request.path)
        return page() if page else html_answer("<h1>No such page</h1>", 404)

    def _robots(self) -> Answer:
        named = f"Sitemap: https://{self.host}/sitemap_index.xml\n" if self.in_sitemap else ""
        return Answer(200, f"User-agent: *\nAllow: /\n\n{named}".encode(), "text/plain; charset=utf-8")

    def _careers(self) -> Answer:
        slugs = [slug for slug, one in self.openings.items() if not one.gone] if self.linked else []
        links = "".join(
            f'<li><a href="/jobs/{slug}">{html.escape(self.openings[slug].title)}</a></li>' for slug in slugs
        )
        return html_answer(f'<!doctype html><h1>Careers</h1><a href="/careers/benefits">Benefits</a><ul>{links}</ul>')

    def _index(self) -> Answer:
        names = ("sitemap-pages.xml", "sitemap-jobs.xml.gz", "sitemap_index.xml")  # the last is itself
        rows = "".join(f"<sitemap><loc>https://{self.host}/{name}</loc></sitemap>" for name in names)
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        return Answer(200, f'<?xml version="1.0"?><sitemapindex xmlns="{space}">{rows}</sitemapindex>'.encode(), XML)

    def _jobs(self) -> Answer:
        entries = [(f"/jobs/{slug}", one.lastmod) for slug, one in self.openings.items()]
        entries += [(path, self.junk_lastmod) for path in self.junk] + [("/about-us", None)]
        rows = "".join(
            f"<url><loc>https://{self.host}{path}</loc>{f'<lastmod>{moved}</lastmod>' if moved else ''}</url>"
            for path, moved in entries
        )
        end = "<url><loc>https://" if self.broken_sitemap else "</urlset>"
        sitemap = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}{end}'
        return Answer(200, gzip.compress(sitemap.encode(), mtime=0), "application/gzip")
