"""Text as it is compared and as it is stored: which letters are equal, and which characters survive."""

import html
import re
import unicodedata

# Letters that no Unicode decomposition splits into a base letter and a mark.
_UNSPLIT = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "\u0131": "i",
        "ŋ": "n",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
# Accents, variation selectors, soft hyphens. The marks of other scripts (Indic vowels, kana voicing) are letters there.
_ACCENTS = re.compile(
    "[\u00ad\u200b\u2060\ufeff\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]"
)
_CAMEL_HUMP = re.compile("(?<=[a-z])(?=[A-Z])")
_NO_WORD = re.compile(r"[\W_]+")
# Controls, lone surrogates, and what is invisible but turns or splits the words around it. Postgres refuses NUL,
# psycopg2 refuses surrogates. Joiners (U+200C, U+200D) stay: Persian and emoji are written with them.
_REMOVED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_LINE_BREAK = re.compile("[\r\x0b\x0c\x1c-\x1f\x85\u2028\u2029]")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|[A-Za-z]\w{1,31});")

MAX_TITLE = 500
"""Characters of a title; the rest is cut."""


def fold(text: str) -> str:
    """Return the text as it is compared: without case, accents and compatibility forms (`Ingénieur` = `INGENIEUR`)."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_UNSPLIT)
    return unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFKD", plain)))


def words(text: str) -> str:
    """Return the folded words of a text, single-spaced: `Saint-Étienne` → `saint etienne`."""
    return _NO_WORD.sub(" ", fold(text)).strip()


def plain_words(text: str) -> str:
    """Return the folded words of a vendor's term, single-spaced: `FullTime`, `full_time`, `Full-Time` → `full time`."""
    return words(_CAMEL_HUMP.sub(" ", text))


def storable(text: str) -> str:
    """Return the text without what a database or a reader cannot take; every kind of line break becomes LF."""
    if text.replace("\n", "").replace("\xa0", "").isprintable():
        return text  # nearly always, and ten times as fast to find out
    return _LINE_BREAK.sub("\n", _REMOVED.sub("", text).replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Return the text as one tidy line: storable, NFC, whitespace collapsed and stripped."""
    if not (text.isascii() and text.isprintable()):
        text = unicodedata.normalize("NFC", _REMOVED.sub("", text))
    return " ".join(text.split())


def paragraphs(text: str) -> str:
    """Return the text as tidy lines: storable, NFC, single spaces, at most one empty line in a row."""
    # Seldom there is whitespace of other kinds, or what must not be stored.
    if not text.replace("\n", "").replace("\xa0", "").isprintable():
        text = "\n".join([" ".join(line.split()) for line in storable(text).split("\n")])
    return tidy(text)


def tidy(text: str) -> str:
    """Return tidy lines of a text in which nothing is unprintable but line breaks and no-break spaces."""
    text = unicodedata.normalize("NFC", text.replace("\xa0", " "))
    while "  " in text:
        text = text.replace("  ", " ")
    lines = [line.strip() for line in text.split("\n")]
    return "\n".join([line for line, before in zip(lines, ["", *lines], strict=False) if line or before]).rstrip()


def label(value: object, limit: int) -> str | None:
    """Return a short text (title, place, department) as one tidy line of at most `limit` characters, or None.

    HTML entities are read until none is left, since vendors escape what others have escaped before. Only those
    closed by a semicolon count: `Sales&copy writing` is no ©.
    """
    if not isinstance(value, str):
        return None
    text = one_line(value[: limit * 20])
    while "&" in text and (read := one_line(_ENTITY.sub(lambda entity: html.unescape(entity[0]), text))) != text:
        text = read
    return text[:limit].rstrip() or None
