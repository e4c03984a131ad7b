"""Templates to pages: the environment, what each page is given, and the headers under which it goes out."""

import gzip
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from api.compression import takes_gzip
from api.web import assets, charts, descriptions, notices, words
from api.web.frame import appearance
from api.web.notices import Notice
from worker.settings import get_settings

FOLDER = Path(__file__).parent / "templates"
FRAGMENT = "Rolecall-Fragment"
"""A request's header that asks for one element of the page: the block of the template that has this name."""
POLICY = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
HEADERS = {
    "Content-Security-Policy": POLICY,
    # With the usual `no-referrer` browsers would send a form's Origin as null.
    "Referrer-Policy": "same-origin",
    "Vary": f"Accept-Encoding, Cookie, {FRAGMENT}",
}
MACROS = ("ui", "fields", "draw")
"""Files of macros, which every template may use under these names; each may use those before it."""
_WORTH_PACKING = 1_000
_BACKTICKED = re.compile("`([^`]+)`")


def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals |= {"asset": assets.address, "words": words, "charts": charts, "with_query": with_query}
    env.globals |= {"described": descriptions.shown, "marked": descriptions.marked}
    env.filters |= {
        "ago": words.ago,
        "exactly": words.exactly,
        "day": words.day,
        "clock": words.clock,
        "lasting": words.lasting,
        "size": words.size,
        "pay": words.pay,
        "places": words.places,
        "sentence": words.sentence,
        "coded": _coded,
        "pair": _pair,
    }
    for name in MACROS:
        env.globals[name] = env.get_template(f"macros/{name}.html").module
    return env


def render(request: Request, name: str, status: int = 200, /, **context: Any) -> HTMLResponse:
    """Return a template as a page, or of it the one element that the request asks for.

    `templates/base.html` says what a screen fills in. The values of `context` are what the template names; one that
    is missing is an error.
    """
    settings = get_settings()
    fragment = request.headers.get(FRAGMENT)
    template = ENVIRONMENT.get_template(name)
    values = {
        "frame": getattr(request.state, "frame", None),
        "here": _here(request),
        "path": request.url.path,
        "fragment": fragment,
        "notice": None if fragment else notices.left(request, settings),
        **appearance(request),
        **context,
    }
    response = _packed(request, _block(template, fragment, values) or template.render(values), status)
    if values["notice"]:
        notices.forget(response, settings)
    return response


def redirect(to: str, notice: str | Notice | None = None) -> RedirectResponse:
    """Send a browser that has changed something to the page that shows it (303), with a notice."""
    response = RedirectResponse(to, 303, headers={"Referrer-Policy": "same-origin"})
    if notice is not None:
        notices.leave(response, get_settings(), Notice(notice) if isinstance(notice, str) else notice)
    return response


def local(address: str | None, otherwise: str) -> str:
    """Return the address if it leads to a page of this installation, as `otherwise` does."""
    if not address or not address.startswith("/") or "\\" in address or not address.isprintable():
        return otherwise
    split = urlsplit(address)
    return otherwise if split.scheme or split.netloc else address


def with_query(address: str, **values: Any) -> str:
    """Return the address with these values in its query, in place of those of the same name; None takes one out."""
    path, _, query = address.partition("?")
    kept = [pair for pair in query.split("&") if pair and pair.partition("=")[0] not in values]
    given = {name: value for name, value in values.items() if value is not None}
    return "?".join(part for part in (path, "&".join([*kept, *filter(None, [urlencode(given, doseq=True)])])) if part)


def _coded(text: str) -> Markup:
    """Return a text in which what stands between backticks, as in a terminal's messages, is code."""
    return Markup(_BACKTICKED.sub(r"<code>\1</code>", str(escape(text))))  # noqa: S704 - escaped, but for the tags


def _pair(row: Mapping[str, Any]) -> tuple[int, str]:
    """Return a row as a choice of a field."""
    return row["id"], row["name"]


def _here(request: Request) -> str:
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")


def _block(template: Template, name: str | None, values: Mapping[str, Any]) -> str | None:
    """Return one block of a page, None where there is none of this name.

    Before a template writes anything it has taken in its parent's blocks and its own macros, which is what is needed.
    """
    if not name:
        return None
    context = template.new_context(dict(values))
    next(template.root_render_func(context))
    blocks = context.blocks.get(name.replace("-", "_"))
    return "".join(blocks[0](context)) if blocks else None


def _packed(request: Request, text: str, status: int) -> HTMLResponse:
    body = text.encode("utf-8", "replace")
    if len(body) < _WORTH_PACKING or not takes_gzip(request):
        return HTMLResponse(body, status, HEADERS)
    return HTMLResponse(gzip.compress(body, 5, mtime=0), status, {**HEADERS, "Content-Encoding": "gzip"})


ENVIRONMENT = _environment()


def page_headers(response: Response) -> None:
    """Give a response that is no template's the headers of a page."""
    response.headers.update(HEADERS)
