"""Descriptions: HTML from outside made harmless, and its plain text."""

import html
import re

import nh3

from worker.text import paragraphs, storable, tidy

MAX_CHARACTERS = 200_000
"""A longer description is cut; the longest of the recorded boards has 29,000."""

# Containers are kept although they say nothing: without them the words of neighbouring blocks would run together.
_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "caption", "dd", "details", "div", "dl", "dt", "figcaption", "figure",
     "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "main", "nav", "ol", "p", "pre", "section",
     "summary", "table", "tbody", "tfoot", "thead", "tr", "ul")
)  # fmt: skip
_INLINE = frozenset(
    ("a", "abbr", "b", "br", "cite", "code", "del", "em", "i", "ins", "kbd", "li", "mark", "q", "s", "samp", "small",
     "strong", "sub", "sup", "td", "th", "u", "var")
)  # fmt: skip
_CLEANER = nh3.Cleaner(
    tags=_BLOCKS | _INLINE,
    attributes={"a": {"href"}, "*": set()},  # without the star, title and lang would stay
    clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "svg", "math", "title"},
    link_rel="nofollow noopener",
    url_schemes={"http", "https", "mailto"},
    url_relative="deny",  # it would lead into this site
)

# HTML5 reopens every formatting tag left open in each block that follows, so some kilobytes of HTML can become
# gigabytes (1,000 `<b n=…>` and 1,000 `<p>`: 13 kB in, 7 MB out, 1 s). Only tags that differ add up beyond three of a
# name, so their number times the number of tags bounds the work.
_FORMATTING_WITH_ATTRIBUTES = re.compile(
    r"<(?:a|b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/]", re.IGNORECASE
)
_FORMATTING_WITHOUT = 42
_HARMLESS_TAGS = 600
_MOST_WORK = 600_000

_ITEM = "\x01"  # stands for a list item until the text is tidy; no sanitised HTML holds it
_BREAKS = {f"{end}{tag}": "\n\n" for tag in _BLOCKS for end in ("", "/")} | {
    "br": "\n", "tr": "\n", "/tr": "", "td": " ", "th": " ", "li": _ITEM, "/li": "\n",
}  # fmt: skip


def describe(markup: object, text: object) -> tuple[str | None, str | None]:
    """Return a description's harmless HTML and its plain text, each None when there is none.

    The text is read from the HTML where there is any, since boards leave parts out of the text they give.
    """
    harmless, plain = _read(markup) if isinstance(markup, str) else ("", "")
    if plain:
        return (harmless if len(harmless) <= MAX_CHARACTERS else None), plain[:MAX_CHARACTERS].rstrip()
    given = paragraphs(text[:MAX_CHARACTERS]) if isinstance(text, str) else ""
    return None, given or None


def _read(markup: str) -> tuple[str, str]:
    """Return the markup made harmless, and its text as tidy lines."""
    harmless = _sanitised(_bounded(markup))
    flowing = harmless.replace("\n", " ")
    if flowing.isprintable():
        return harmless.strip(), tidy(_with_breaks(flowing))
    # There are blanks of other kinds, or what must not be stored: `&#1;` has become a control character.
    while (kept := storable(harmless)) != harmless:
        harmless = _sanitised(kept)
    return harmless.strip(), paragraphs(_with_breaks(harmless.replace("\n", " ")))


def _sanitised(markup: str) -> str:
    """Return the markup with the structure of a text and nothing else: no scripts, styles, images, forms or frames."""
    try:
        return _CLEANER.clean(markup)
    except UnicodeEncodeError:  # a lone surrogate
        return _CLEANER.clean(storable(markup))


def _bounded(markup: str) -> str:
    """Cut off what lies beyond `MAX_CHARACTERS`, and what would take unreasonably long to read."""
    if len(markup) > MAX_CHARACTERS:
        markup = markup[:MAX_CHARACTERS]
        markup = markup[: markup.rfind("<")] if markup.rfind("<") > markup.rfind(">") else markup
    if markup.count("<") <= _HARMLESS_TAGS:
        return markup
    differing = len(_FORMATTING_WITH_ATTRIBUTES.findall(markup)) + _FORMATTING_WITHOUT
    most = max(_HARMLESS_TAGS, _MOST_WORK // differing)
    return "<".join(markup.split("<", most)[:most])


def _with_breaks(flowing: str) -> str:
    """Return the text of sanitised HTML without line breaks, broken where its tags break it."""
    flowing = flowing.replace("<li></li>", "").replace("<li><p></p></li>", "")
    pieces = flowing.replace(">", "<").split("<")  # text and tag in turn: elsewhere both signs are entities
    pieces[1::2] = [_BREAKS.get(tag, "") for tag in pieces[1::2]]
    return _with_items(html.unescape("".join(pieces)))


def _with_items(text: str) -> str:
    """Write list items one below the other, whatever blocks a board has put into and between them."""
    first, *items = [piece.strip(" \n") for piece in text.split(_ITEM)]
    return first + "".join([f"\n- {item}" for item in items if item])
