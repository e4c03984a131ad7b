"""The origin servers of the simulated internet: from a request to an answer, without sockets."""

import html
import zlib
from collections import OrderedDict
from collections.abc import Callable, Hashable
from email.utils import format_datetime, parsedate_to_datetime

from tests.boards.company import Company
from tests.boards.control import CONTROL_HOST, control
from tests.boards.faults import Fault, Faults, bend_answer, bend_view
from tests.boards.vendors import VENDORS
from tests.boards.vendors.vendor import Vendor
from tests.boards.wire import HTML, Answer, Request, View, html_answer
from tests.boards.world import World

ROBOTS = b"User-agent: *\nAllow: /\n"
SHELF_BYTES = 128 << 20


class Origin:
    """Answers for every board of a world, and for the companies' own careers pages."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world, self.faults = world, faults
        self._shelf = _Shelf(SHELF_BYTES)
        self._vendor_of_host: dict[str, Vendor | None] = {}
        self.pages: dict[str, Answer | Callable[[Request], Answer]] = {}
        """What is found at `host/path` besides the boards; it comes before them. `host/*` is all of a host."""

    def knows(self, host: str) -> bool:
        """Tell whether a host exists in this internet."""
        has_pages = any(place.startswith(f"{host}/") for place in self.pages)
        return has_pages or self.vendor(host) is not None or host == CONTROL_HOST or host.endswith(".example")

    def vendor(self, host: str) -> Vendor | None:
        """Return the vendor that a host belongs to."""
        if host not in self._vendor_of_host:
            found = [vendor for vendor in VENDORS.values() if vendor.hosts(host)]
            self._vendor_of_host[host] = found[0] if found else None
        return self._vendor_of_host[host]

    def tenant(self, host: str) -> Company | None:
        """Return the company that alone lives on a host, where a vendor gives each company its own."""
        slug = host.removeprefix("www.").partition(".")[0]
        vendor = self.vendor(host)
        company = self.world.get(slug)
        return company if company and vendor in (None, company.vendor) else None

    def answer(self, request: Request) -> tuple[Answer, Company | None]:
        """Answer a request, and name the company it was about."""
        if request.host == CONTROL_HOST:
            return control(self.world, self.faults, request), None
        vendor = self.vendor(request.host)
        page = self.pages.get(f"{request.host}{request.path}") or self.pages.get(f"{request.host}/*")
        if page:
            met = self.faults.meeting(request, None)
            return bend_answer(page(request) if callable(page) else page, vendor, request, met), None
        company, render, posting_id = self._route(vendor, request)
        met = self.faults.meeting(request, company.slug if company else None)
        if request.path == "/robots.txt":
            answer = Answer(200, ROBOTS, "text/plain; charset=utf-8")
        elif company and render:
            answer = self._rendered(company, render, request, posting_id, met)
        elif company:
            answer = self._page(company)
        else:
            answer = vendor.unknown(request) if vendor else html_answer("<h1>No such page</h1>", 404)
        return bend_answer(answer, vendor, request, met), company

    def _route(self, vendor: Vendor | None, request: Request):
        """Return (company, render, posting id); no render stands for a page that people read."""
        asked = "GET" if request.method == "HEAD" else request.method
        for method, host, path, render in vendor.compiled if vendor else ():
            on_host, on_path = host.fullmatch(request.host), path.fullmatch(request.path)
            if method == asked and on_host and on_path:
                groups = {**on_host.groupdict(), **on_path.groupdict()}
                posting_id = groups.pop("id", None) or ""
                return self.world.find(vendor.name, groups), render, posting_id
        if asked == "GET":
            return self.world.lives_at(request.host, request.path), None, ""
        return None, None, ""

    def _rendered(self, company: Company, render, request: Request, posting_id: str, met: list[Fault]) -> Answer:
        view = self.world.view(company)
        bent = bend_view(view, self.world, met)
        if bent is not view:
            return _validated(render(bent, request, posting_id), bent)
        wants_html = "text/html" in request.headers.get("accept", "")
        key = (
            company.slug,
            company.now.round,
            view.now.date(),
            wants_html,
            request.method,
            request.target,
            request.body,
        )
        if (answer := self._shelf.get(key)) is None:
            answer = _validated(render(view, request, posting_id), view)
            self._shelf.put(key, answer)
        return answer

    def _page(self, company: Company) -> Answer:
        rows = "".join(f"<li>{html.escape(role.title)}</li>\n" for role in self.world.view(company).roles)
        name = html.escape(company.name)
        return html_answer(
            f"<!doctype html>\n<html lang=en><title>Careers at {name}</title>\n<h1>Work at {name}</h1>\n"
            f'<p>{name} {html.escape(company.trade)}.</p>\n<p><a href="{company.address}">Our open roles</a></p>\n'
            f"<ul>\n{rows}</ul>\n</html>\n"
        )


def unchanged(request: Request, answer: Answer) -> bool:
    """Tell whether the reader has this answer already (RFC 9110 §13.1); faults of the delivery never are."""
    if answer.status != 200 or answer.reset or answer.drip or answer.stream or answer.cut is not None:
        return False
    etag, known = answer.headers.get("ETag"), request.headers.get("if-none-match")
    if etag and known:
        return etag.removeprefix("W/") in {one.strip().removeprefix("W/") for one in known.split(",")}
    modified, since = answer.headers.get("Last-Modified"), request.headers.get("if-modified-since")
    try:
        return bool(modified and since) and parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _validated(answer: Answer, view: View) -> Answer:
    """Add the validators that the vendor gives."""
    vendor, headers = view.company.vendor, dict(answer.headers)
    if answer.status != 200 or answer.kind == HTML:
        return answer
    if vendor.etag:
        headers["ETag"] = f'W/"{zlib.crc32(answer.body):08x}{len(answer.body):x}"'
    if vendor.last_modified:
        headers["Last-Modified"] = format_datetime(view.changed, usegmt=True)
    return answer.bent(headers=headers)


class _Shelf:
    """Rendered answers, the longest unused dropped first."""

    def __init__(self, most: int) -> None:
        self._most, self._size = most, 0
        self._answers: OrderedDict[Hashable, Answer] = OrderedDict()

    def get(self, key: Hashable) -> Answer | None:
        if key in self._answers:
            self._answers.move_to_end(key)
        return self._answers.get(key)

    def put(self, key: Hashable, answer: Answer) -> None:
        self._answers[key] = answer
        self._size += len(answer.body)
        while self._size > self._most:
            self._size -= len(self._answers.popitem(last=False)[1].body)
