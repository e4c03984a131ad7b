"""Descriptions on a page: made harmless once more, fitted into its outline, with the words of filters marked."""

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import nh3
from markupsafe import Markup

from worker.marking import spans

CHARACTERS_MOST = 60_000
"""A longer description is cut on the page; the longest of the recorded boards has 29,000."""
_KEPT = frozenset(
    ("a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "del", "div", "em", "h3", "h4", "h5", "h6", "hr",
     "i", "ins", "kbd", "li", "ol", "p", "pre", "q", "s", "samp", "small", "strong", "sub", "sup", "table", "tbody",
     "td", "tfoot", "th", "thead", "tr", "u", "ul", "var")
)  # fmt: skip
_OTHERS = {"h1": "h3", "h2": "h3", "h3": "h4", "h4": "h5", "h5": "h6", "h6": "h6",
           "dl": "div", "dt": "div", "dd": "div"}  # fmt: skip
"""What stands under a heading of the page, and lists of terms, which boards seldom write well-formed."""
_NEVER_SHOWN = {"iframe", "math", "noscript", "object", "script", "style", "svg", "template", "title"}
_LISTS = ("ul", "ol")
_VOID = ("br", "hr")
_TAG = re.compile(r"(<[^<>]*>)")
_NAME = re.compile(r"</?([a-z0-9]+)")


def _cleaner(tags: frozenset[str]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes={"a": {"href"}, "*": set()},  # without the star, title and lang would stay
        clean_content_tags=_NEVER_SHOWN,
        link_rel="noopener nofollow ugc",
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",  # it would lead into this site
    )


_FIRST = _cleaner(_KEPT | _OTHERS.keys())
_LAST = _cleaner(_KEPT | {"mark"})


def shown(posting: Mapping[str, Any], lines: Sequence[str] = ()) -> Markup:
    """Return a posting's description as HTML that can do no harm, with what `lines` of filters look for in <mark>.

    Empty where the board gives none. What is cut off because of its length is replaced by a sentence.
    """
    source, is_html = posting["description_html"], True
    if not source:
        source, is_html = posting["description_text"] or "", False
    cut = len(source) > CHARACTERS_MOST
    if cut:
        source = source[:CHARACTERS_MOST]
        source = source[: source.rfind("<")] if is_html and source.rfind("<") > source.rfind(">") else source
    fitted = "".join(_fitted(_FIRST.clean(source), lines) if is_html else _paragraphs(source, lines))
    if cut:
        fitted += "<p><em>The description goes on; the rest is on the board's own page.</em></p>"
    return Markup(_LAST.clean(fitted))  # noqa: S704 - what the cleaner lets through is harmless


def marked(text: str, lines: Sequence[str]) -> Markup:
    """Return a text with what `lines` of filters look for in <mark>."""
    return Markup(_marked(text, lines))  # noqa: S704 - all of the text is escaped


def _paragraphs(text: str, lines: Sequence[str]) -> Iterator[str]:
    for paragraph in text.split("\n\n"):
        yield f"<p>{_marked(paragraph, lines).replace(chr(10), '<br>')}</p>"


def _fitted(harmless: str, lines: Sequence[str]) -> Iterator[str]:
    """Yield the pieces of sanitised HTML, in which `<` and `>` stand in tags only: text and tag in turn."""
    inside: list[str] = []
    for number, piece in enumerate(_TAG.split(harmless)):
        if number % 2:
            yield _tag(piece, inside)
        elif piece.strip() and inside and inside[-1] in _LISTS:
            yield f"<li>{_marked(html.unescape(piece), lines)}</li>"
        else:
            yield _marked(html.unescape(piece), lines)


def _tag(tag: str, inside: list[str]) -> str:
    """Return a tag as it fits; `inside` are the tags that are open, as they were written."""
    match = _NAME.match(tag)
    name = match[1] if match else ""
    outside = inside[-1] if inside else ""
    if name in _VOID:
        return "" if outside in _LISTS else tag
    if tag.startswith("</"):
        return f"</{inside.pop()}>" if inside else ""
    fitting = "div" if name == "li" and outside not in _LISTS else _OTHERS.get(name, name)
    before = "<li>" if outside in _LISTS and name != "li" else ""
    inside.append(fitting if not before else f"{fitting}></li")
    return before + (tag if fitting == name else f"<{fitting}>")


def _marked(text: str, lines: Sequence[str]) -> str:
    pieces, at = [], 0
    for start, end in spans(text, lines):
        pieces += [html.escape(text[at:start]), "<mark>", html.escape(text[start:end]), "</mark>"]
        at = end
    return "".join([*pieces, html.escape(text[at:])])
