"""What can go wrong on a careers site, each fault under a name, for a number of requests or until it is cleared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from inspect import signature
from threading import Lock
from typing import TYPE_CHECKING, Any

import orjson

from tests.boards import bodies
from tests.boards.vendors.vendor import Vendor
from tests.boards.wire import Answer, Request, View, html_answer, json_answer, redirect

if TYPE_CHECKING:
    from tests.boards.world import World

CHALLENGE = "<!doctype html><title>Just a moment…</title><h1>Checking your browser before you proceed</h1>"


# -- faults of the board: what it shows -------------------------------------------------------------------------------


def empty(view: View, world: "World") -> View:
    """Show no postings at all."""
    return replace(view, roles=(), advertised=0)


def mass_closure(view: View, world: "World", *, keep: float = 0.2) -> View:
    """Show only a share of the postings, as if the rest had closed."""
    roles = view.roles[: max(1, round(len(view.roles) * keep))]
    return replace(view, roles=roles, advertised=len(roles))


def truncated_inventory(view: View, world: "World", *, missing: int = 7) -> View:
    """Advertise more postings than there are rows."""
    if not view.company.vendor.advertises_total:
        raise ValueError(
            f"{view.company.vendor.name} advertises no total; only greenhouse, workday, smartrecruiters do"
        )
    return replace(view, advertised=view.advertised + missing)


def wrap(view: View, world: "World", *, at: int = 40) -> View:
    """Start again from the first page after so many rows."""
    return replace(view, wrap=at)


def other_account(view: View, world: "World") -> View:
    """Show another company's postings, as Workable did under load: under the name "Workable"."""
    peers = world.of(view.company.vendor.name)
    other = peers[(peers.index(view.company) + 1) % len(peers)]
    shown = world.view(other)
    return replace(shown, name="Workable") if view.company.vendor.name == "workable" else shown


# -- faults of the answer: what goes over the wire --------------------------------------------------------------------


def latency(answer: Answer, vendor: Vendor | None, request: Request, *, seconds: float = 2.0) -> Answer:
    """Answer late."""
    return answer.bent(delay=answer.delay + seconds)


def too_many(answer: Answer, vendor: Vendor | None, request: Request, *, retry_after: int | str = 30) -> Answer:
    """Answer 429 with Retry-After: seconds, an HTTP date, or nothing for an empty text."""
    headers = {"Retry-After": str(retry_after)} if retry_after != "" else {}
    return json_answer({"error": "too many requests"}, 429).bent(headers=headers)


def status(answer: Answer, vendor: Vendor | None, request: Request, *, code: int = 500) -> Answer:
    """Answer with a status and a short page."""
    return html_answer(f"<h1>{code}</h1>", code)


def not_found(answer: Answer, vendor: Vendor | None, request: Request) -> Answer:
    """Answer 404."""
    return json_answer({"error": "not found"}, 404)


def unknown(answer: Answer, vendor: Vendor | None, request: Request) -> Answer:
    """Answer as the vendor does for a board that it does not have."""
    return vendor.unknown(request) if vendor else json_answer({"error": "not found"}, 404)


def reset(answer: Answer, vendor: Vendor | None, request: Request) -> Answer:
    """Cut the connection instead of answering."""
    return answer.bent(reset=True)


def refuse(answer: Answer, vendor: Vendor | None, request: Request) -> Answer:
    """Refuse new connections to the host (the proxy answers 502); cut those that are open."""
    return answer.bent(reset=True)


def drip(answer: Answer, vendor: Vendor | None, request: Request, *, size: int = 16, pause: float = 0.2) -> Answer:
    """Send a few bytes at a time."""
    return answer.bent(drip=(size, pause))


def truncated_body(answer: Answer, vendor: Vendor | None, request: Request, *, share: float = 0.5) -> Answer:
    """Hang up in the middle of the body."""
    return answer.bent(cut=share)


def html(answer: Answer, vendor: Vendor | None, request: Request) -> Answer:
    """Answer 200 with a bot challenge."""
    return html_answer(CHALLENGE)


def wrong_shape(answer: Answer, vendor: Vendor | None, request: Request) -> Answer:
    """Rename the field that holds the postings, or wrap the list in an object."""
    return _rewritten(answer, vendor, bodies.renamed)


def broken_utf8(answer: Answer, vendor: Vendor | None, request: Request) -> Answer:
    """Put two bytes that are no UTF-8 into the first title."""
    return _rewritten(answer, vendor, bodies.spoiled)


def bad_posting(answer: Answer, vendor: Vendor | None, request: Request, *, count: int = 1) -> Answer:
    """Take the title from the first postings of the answer."""
    return _rewritten(answer, vendor, lambda body, vendor: bodies.untitled(body, vendor, count))


def huge(answer: Answer, vendor: Vendor | None, request: Request, *, megabytes: int = 300) -> Answer:
    """Send a valid but endless-looking body, made up while it goes out."""
    length = bodies.huge_length(megabytes)
    return Answer(200, kind=answer.kind, stream=lambda: bodies.huge(megabytes), length=length)


def gzip_bomb(answer: Answer, vendor: Vendor | None, request: Request, *, megabytes: int = 1024) -> Answer:
    """Send about a thousandth of the bytes, which unpack to all of them."""
    length = bodies.bomb_length(megabytes)
    return Answer(200, kind=answer.kind, stream=lambda: bodies.bomb(megabytes), length=length, encoding="gzip")


def redirect_away(
    answer: Answer, vendor: Vendor | None, request: Request, *, to: str = "https://www.elsewhere.example/jobs"
) -> Answer:
    """Redirect to another host."""
    return redirect(to, 301)


def redirect_private(
    answer: Answer, vendor: Vendor | None, request: Request, *, to: str = "http://169.254.169.254/latest/meta-data/"
) -> Answer:
    """Redirect to an address inside."""
    return redirect(to, 302)


def redirect_loop(answer: Answer, vendor: Vendor | None, request: Request) -> Answer:
    """Redirect to the same address for ever."""
    return redirect(f"https://{request.host}{request.target}", 307)


def _rewritten(answer: Answer, vendor: Vendor | None, rewrite: Callable[[bytes, Vendor], bytes]) -> Answer:
    if vendor is None or answer.status != 200 or not answer.kind.startswith(("application/", "text/xml")):
        return answer
    return answer.bent(body=rewrite(answer.body, vendor))


VIEW_FAULTS = {fault.__name__: fault for fault in (empty, mass_closure, truncated_inventory, wrap, other_account)}
ANSWER_FAULTS = {
    fault.__name__: fault
    for fault in (
        latency, too_many, status, not_found, unknown, reset, refuse, drip, truncated_body, html, wrong_shape,
        broken_utf8, bad_posting, huge, gzip_bomb, redirect_away, redirect_private, redirect_loop,
    )
}  # fmt: skip
NEEDED = {"truncated_inventory": "advertises_total", "wrap": "pages"}
"""What a vendor must be like to show a fault at all."""
KINDS = tuple(VIEW_FAULTS | ANSWER_FAULTS)


@dataclass(slots=True)
class Fault:
    """One fault set on a company (by slug) or a host, `*` for all."""

    target: str
    kind: str
    left: int | None = None
    """How many requests it will still meet; None: until cleared."""
    skip: int = 0
    """How many requests it lets pass before that, so that page 2 may fail and page 1 not."""
    path: str = ""
    """Only requests whose path and query contain this text."""
    options: Mapping[str, Any] = field(default_factory=dict)
    met: int = 0
    """How many requests it has met."""


class Faults:
    """The faults that are set. May be used from any thread."""

    def __init__(self) -> None:
        self._set: list[Fault] = []
        self._lock = Lock()

    def __iter__(self):
        return iter(list(self._set))

    def add(
        self,
        target: str,
        kind: str,
        *,
        vendor: Vendor | None = None,
        requests: int | None = None,
        after: int = 0,
        path: str = "",
        **options: Any,
    ) -> Fault:
        """Set a fault. Raises ValueError for a kind or an option that there is not, or that a vendor cannot show."""
        function = (VIEW_FAULTS | ANSWER_FAULTS).get(kind)
        if function is None:
            raise ValueError(f"there is no fault {kind!r}; there are {', '.join(KINDS)}")
        allowed = {name for name, one in signature(function).parameters.items() if one.kind is one.KEYWORD_ONLY}
        if unknown_options := set(options) - allowed:
            raise ValueError(f"{kind} has no option {', '.join(sorted(unknown_options))}; it has {sorted(allowed)}")
        if vendor and kind in NEEDED and not getattr(vendor, NEEDED[kind]):
            raise ValueError(f"{vendor.name} cannot show {kind}: {NEEDED[kind]} is false for it")
        fault = Fault(target, kind, requests, after, path, options)
        with self._lock:
            self._set.append(fault)
        return fault

    def clear(self, target: str | None = None) -> None:
        """Remove the faults of a company or host, or all."""
        with self._lock:
            self._set = [fault for fault in self._set if target is not None and fault.target != target]

    def meeting(self, request: Request, company: str | None) -> list[Fault]:
        """Return the faults that a request meets, and count it."""
        if not self._set:
            return []
        with self._lock:
            met = [fault for fault in self._set if self._meets(fault, request, company)]
            self._set = [fault for fault in self._set if fault.left is None or fault.left > 0]
            return met

    def refuses(self, host: str, company: str | None) -> bool:
        """Tell whether a new connection to a host is refused, and count it."""
        with self._lock:
            for fault in self._set:
                if fault.kind == "refuse" and fault.target in {host, company, "*"} and fault.left != 0:
                    self._count(fault)
                    return True
            return False

    def _meets(self, fault: Fault, request: Request, company: str | None) -> bool:
        if request.path == "/robots.txt" and fault.path != request.path:  # asked once a day: faults are for boards
            return False
        if fault.target not in {request.host, company, "*"} or fault.path not in request.target or fault.left == 0:
            return False
        if fault.skip:
            fault.skip -= 1
            return False
        self._count(fault)
        return True

    @staticmethod
    def _count(fault: Fault) -> None:
        fault.met += 1
        if fault.left is not None:
            fault.left -= 1


def bend_view(view: View, world: "World", met: list[Fault]) -> View:
    """Apply the faults of the board."""
    for fault in met:
        if change := VIEW_FAULTS.get(fault.kind):
            view = change(view, world, **fault.options)
    return view


def bend_answer(answer: Answer, vendor: Vendor | None, request: Request, met: list[Fault]) -> Answer:
    """Apply the faults of the answer, in the order in which they were set."""
    for fault in met:
        if change := ANSWER_FAULTS.get(fault.kind):
            delay = answer.delay
            answer = change(answer, vendor, request, **fault.options)
            answer = answer.bent(delay=max(delay, answer.delay))
    return answer


def decoded(body: bytes) -> Any:
    """Decode a JSON request of the control endpoint. Raises ValueError."""
    return orjson.loads(body or b"{}")
