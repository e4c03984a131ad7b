"""Title filters: the small language in which a person says which titles are worth reading.

A filter is a text of several lines; a posting passes when any line lets it in.

- `python engineer`: the title has all these words, as whole words, in any order. Case and accents do not count.
- `"machine learning"`: these words, one right after the other.
- `engineer*`: any word that begins so; at least two letters before the star.
- `(backend OR platform) engineer`: one of several. OR is upper case; between two ORs, all words must be there.
- `engineer -intern`, `-"working student"`, `-(senior OR lead)`: a minus keeps out what the next word, phrase or
  group finds, within its line.
- A line that begins with a minus keeps titles out whatever other lines say. Each minus in it begins a thing of its
  own: `-intern -trainee` keeps out either, `-senior manager` only titles that have both words.
- A line that begins with `#` is a remark. A filter that lets in nothing by name lets in all it does not keep out.

Titles and filters are split into words in the same way: at everything that is no letter or digit, except that `C++`,
`C#` and `.NET` are words. So `front-end`, `Node.js`, `R&D` and `24/7` are phrases: `front-end` finds "Front End", not
"Frontend". Chinese characters and kana are words each, since nothing stands between the words there.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, NamedTuple, Protocol

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedToken, v_args

from worker.errors import FilterSyntaxError
from worker.text import fold

MAX_CHARACTERS = 10_000
MAX_LINES = 200
MAX_DEPTH = 20
_LETTERS_BEFORE_STAR = 2

# What phones and word processors make of quotes and minus, and characters that hide before them; one for one, so that
# columns stay true.
_AS_TYPED = str.maketrans("“”„‟«»\uff02\u2012\u2013\u2014\u2212\ufeff\u200b\u2060", '"' * 7 + "-" * 4 + " " * 3)
_WORD = re.compile(r"[a-z](?:\+\+|#(?![a-z0-9]))|\.net(?![a-z0-9])|[a-z0-9\x80-\U0010ffff]+")
_PUNCTUATION = "\u00a0\u2013\u2014\u2018\u2019\u201c\u201d\u201e\u2022\u2026"
_SPACES = bytes(code if chr(code).isalnum() and code < 128 else 32 for code in range(256))  # noqa: PLR2004 - ASCII
_STRAY_STAR = re.compile(r"(?:^|\s)\*|\*(?!$|in(?:nen)?\b)", re.IGNORECASE)  # Entwickler*in is no mistake
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a title passes, and which line decided: its text as written and its number from 1, if one did."""

    passed: bool
    filter: str | None
    line: int | None

    @property
    def reason(self) -> str:
        """The verdict in words for people."""
        if self.filter is None:
            return "nothing keeps it out" if self.passed else "no line matches"
        return f'{"let in" if self.passed else "kept out"} by "{self.filter}"'


class _Condition(Protocol):
    def holds(self, title: str) -> bool: ...


class _Has(NamedTuple):
    """A word or phrase as it stands in a searchable title: spaces around it, none behind the beginning of a word."""

    needle: str

    def holds(self, title: str) -> bool:
        return self.needle in title


class _Missing(NamedTuple):
    condition: _Condition

    def holds(self, title: str) -> bool:
        return not self.condition.holds(title)


class _All(NamedTuple):
    conditions: tuple[_Condition, ...]

    def holds(self, title: str) -> bool:
        for condition in self.conditions:  # noqa: SIM110  # a generator would double the time of a verdict
            if not condition.holds(title):
                return False
        return True


class _Any(NamedTuple):
    conditions: tuple[_Condition, ...]

    def holds(self, title: str) -> bool:
        for condition in self.conditions:  # noqa: SIM110  # as above
            if condition.holds(title):
                return True
        return False


class _Line(NamedTuple):
    number: int
    text: str
    condition: _Condition


@dataclass(frozen=True, slots=True)
class TitleFilter:
    """A filter ready for use: the lines that keep out and the lines that let in, and whether any has a phrase."""

    unwanted: tuple[_Line, ...]
    wanted: tuple[_Line, ...]
    has_phrases: bool

    def verdict(self, title: str) -> Verdict:
        """Say whether the title passes and which line decided; lines that keep out come first."""
        searchable = _searchable(title, single_spaced=self.has_phrases)
        for line in self.unwanted:
            if line.condition.holds(searchable):
                return Verdict(passed=False, filter=line.text, line=line.number)
        for line in self.wanted:
            if line.condition.holds(searchable):
                return Verdict(passed=True, filter=line.text, line=line.number)
        return Verdict(passed=not self.wanted, filter=None, line=None)

    def matches(self, title: str) -> bool:
        """Say whether the title passes."""
        return self.verdict(title).passed

    @property
    def sought(self) -> list[tuple[tuple[str, ...], bool]]:
        """What the lines that let in look for: each phrase as its words, and whether the last one only begins so."""
        needles = [needle for line in self.wanted for needle in _needles(line.condition, missing=False)]
        return [(tuple(needle.split()), not needle.endswith(" ")) for needle in needles]


def _needles(condition: _Condition, *, missing: bool) -> Iterator[str]:
    """Yield what a condition looks for, also what is to be missing if that is wanted."""
    match condition:
        case _Has(needle):
            yield needle
        case _All(conditions) | _Any(conditions):
            for one in conditions:
                yield from _needles(one, missing=missing)
        case _Missing(one) if missing:
            yield from _needles(one, missing=missing)


def compile_filters(text: str | Sequence[str]) -> TitleFilter:
    """Read a filter, given as one text or as its lines. Raises FilterSyntaxError, which says where and what to do."""
    return _compile(text if isinstance(text, str) else "\n".join(text))


@lru_cache(maxsize=1024)
def _compile(text: str) -> TitleFilter:
    unwanted: list[_Line] = []
    wanted: list[_Line] = []
    for number, line in enumerate(_bounded_lines(text), start=1):
        stripped = line.translate(_AS_TYPED).strip()
        if not stripped or stripped.startswith("#"):
            continue
        start, lines = ("unwanted", unwanted) if stripped.startswith("-") else ("wanted", wanted)
        try:
            condition = _parse(line.translate(_AS_TYPED), start)
        except _Fault as fault:
            raise FilterSyntaxError(fault.message, line=number, column=fault.column) from None
        lines.append(_Line(number, line.strip(), condition))
    needles = [needle for line in (*unwanted, *wanted) for needle in _needles(line.condition, missing=True)]
    return TitleFilter(tuple(unwanted), tuple(wanted), any(" " in needle.strip() for needle in needles))


def _bounded_lines(text: str) -> list[str]:
    lines = re.split("\r\n|\r|\n", text[:MAX_CHARACTERS])
    if len(lines) > MAX_LINES:
        message = f"a filter has at most {MAX_LINES} lines; leave out the rest or join lines with OR"
        raise FilterSyntaxError(message, line=MAX_LINES + 1, column=1)
    if len(text) > MAX_CHARACTERS:
        message = f"a filter has at most {MAX_CHARACTERS:,} characters; leave out what lies behind"
        raise FilterSyntaxError(message, line=len(lines), column=max(1, len(lines[-1])))
    return lines


def words_of(text: str) -> list[str]:
    """Return the words of a title or filter as they are compared."""
    folded = fold(text)
    if not folded.isascii():
        plain = "".join([char if char.isascii() or _in_word(char) else " " for char in folded])
        folded = _IDEOGRAPH.sub(r" \g<0> ", plain)
    return _WORD.findall(folded)


def _in_word(char: str) -> bool:
    return char.isalnum() or unicodedata.category(char) in ("Mn", "Mc")


def _searchable(text: str, *, single_spaced: bool) -> str:
    """Return the text's words with spaces between and around them; one each, if phrases are looked for."""
    lowered = text.lower()
    if not lowered.isascii():
        for mark in _PUNCTUATION:
            lowered = lowered.replace(mark, " ")
    if lowered.isascii() and "+" not in lowered and "#" not in lowered and ".net" not in lowered:
        words = lowered.encode().translate(_SPACES)  # most texts; a tenth of the time, and less without phrases
        return f" {(b' '.join(words.split()) if single_spaced else words).decode()} "
    return f" {' '.join(words_of(text))} "


class _Fault(Exception):
    """A mistake in one line, before it is known which line."""

    def __init__(self, message: str, token: Token) -> None:
        super().__init__(message)
        self.message = message
        self.column = token.column or 1


@v_args(inline=True)
class _Builder(Transformer[Token, _Condition]):
    """Builds conditions while lark reads, so that no tree is walked recursively."""

    def word(self, token: Token) -> _Condition:
        return _has(token, str(token))

    def phrase(self, token: Token) -> _Condition:
        return _has(token, token[1:-1])

    def missing(self, condition: _Condition) -> _Condition:
        return _Missing(condition)

    def all(self, *conditions: _Condition) -> _Condition:
        return conditions[0] if len(conditions) == 1 else _All(conditions)

    def any(self, *conditions: _Condition) -> _Condition:
        return conditions[0] if len(conditions) == 1 else _Any(conditions)

    def wanted(self, condition: _Condition) -> _Condition:
        return condition


def _has(token: Token, written: str) -> _Condition:
    written = written.rstrip(",;:.")
    words, begins = words_of(written), written.endswith("*")
    if begins and len("".join(words)) < _LETTERS_BEFORE_STAR:
        raise _Fault("a star needs at least two letters before it, as in intern*", token)
    if _STRAY_STAR.search(written):
        raise _Fault("a star stands at the end of a word or phrase, as in intern*; move or remove it", token)
    if not words:
        raise _Fault(f"{token} has no letter or digit to look for; write a word or leave it out", token)
    return _Has(f" {' '.join(words)}{'' if begins else ' '}")


@cache
def _parser() -> Lark:
    return Lark.open(
        "filters.lark",
        rel_to=__file__,
        parser="lalr",
        lexer="basic",
        start=["wanted", "unwanted"],
        transformer=_Builder(),
    )


def _parse(line: str, start: str) -> _Condition:
    tokens = _tokens(line)
    _check_depth(tokens)
    try:
        condition: Any = _parser().parse(line, start=start)
    except UnexpectedToken as error:
        raise _misplaced(tokens, error.token) from None
    return condition  # type: ignore[no-any-return]  # lark does not know what its transformer returns


def _tokens(line: str) -> list[Token]:
    try:
        return list(_parser().lex(line))
    except UnexpectedCharacters as error:
        here = Token("HERE", error.char, column=error.column)
        if error.char == '"':
            raise _Fault('the quote is never closed; add " after the last word of the phrase', here) from None
        raise _lone_minus(here) from None


def _lone_minus(token: Token) -> _Fault:
    return _Fault("a minus stands alone; write it right before what it keeps out, as in -intern, or remove it", token)


def _check_depth(tokens: Iterable[Token]) -> None:
    depth = 0
    for token in tokens:
        depth += (token.type == "_OPEN") - (token.type == "_CLOSE")
        if depth > MAX_DEPTH:
            raise _Fault(f"groups go at most {MAX_DEPTH} deep; use fewer parentheses or more lines", token)


def _misplaced(tokens: list[Token], culprit: Token) -> _Fault:
    """Explain a token in a place where the grammar has no use for it."""
    before = tokens if culprit.type == "$END" else [token for token in tokens if _position(token) < _position(culprit)]
    previous = before[-1] if before else Token("NOTHING", "")
    match previous.type, culprit.type:
        case "_MINUS", _:
            return _lone_minus(previous)
        case "_OR", "_MINUS":
            fault = "in a line that begins with a minus each minus keeps out by itself; leave OR out", previous
        case "_OR", _:
            fault = "OR has nothing on its right; write the other choice there or leave OR out", previous
        case _, "_OR":
            fault = "OR has nothing on its left; write the first choice there or leave OR out", culprit
        case _, "$END":
            fault = "the parenthesis is never closed; add ) where the group ends", _last_open(tokens)
        case "_OPEN", _:
            fault = "the group is empty; write words between the parentheses or leave them out", previous
        case _:
            fault = "the parenthesis closes nothing; remove it or add ( where the group begins", culprit
    return _Fault(*fault)


def _position(token: Token) -> int:
    return token.start_pos or 0


def _last_open(tokens: list[Token]) -> Token:
    waiting: list[Token] = []
    for token in tokens:
        if token.type == "_OPEN":
            waiting.append(token)
        elif token.type == "_CLOSE":
            waiting.pop()
    return waiting[-1]
