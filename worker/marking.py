"""Where in a text stands what a filter looks for, so that a page can mark it."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from worker.errors import FilterSyntaxError
from worker.filters import compile_filters, words_of

SPANS_MOST = 2_000
"""Marks in one text: beyond them nobody looks."""
# Pieces that hold one word each, or several of a script without spaces; `words_of` says which.
_PIECE = re.compile(r"[^\W_](?:\+\+|#(?!\w))|\.net(?!\w)|[^\W_]+", re.IGNORECASE)

Span = tuple[int, int]


def spans(text: str, lines: Sequence[str]) -> list[Span]:
    """Return (start, end) of what these lines of filters find in a text, in order and without overlap."""
    sought = _sought(tuple(lines))
    if not sought:
        return []
    found = list(_words(text))
    marked: list[Span] = []
    for at, (_, start, _) in enumerate(found):
        if marked and start < marked[-1][1]:
            continue
        length = max((len(words) for words, begins in sought if _stands(found, at, words, begins=begins)), default=0)
        if length:
            marked.append((start, found[at + length - 1][2]))
            if len(marked) == SPANS_MOST:
                break
    return marked


@lru_cache(maxsize=256)
def _sought(lines: tuple[str, ...]) -> tuple[tuple[tuple[str, ...], bool], ...]:
    """A line may have been stored under rules that have changed since; such a one marks nothing."""
    found: list[tuple[tuple[str, ...], bool]] = []
    for line in lines:
        try:
            found += compile_filters(line).sought
        except FilterSyntaxError:
            continue
    return tuple(found)


def _words(text: str) -> Iterator[tuple[str, int, int]]:
    for piece in _PIECE.finditer(text):
        words = words_of(piece[0])
        if len(words) == len(piece[0]) > 1:  # signs that are words each
            for number, word in enumerate(words):
                yield word, piece.start() + number, piece.start() + number + 1
        else:
            for word in words:
                yield word, piece.start(), piece.end()


def _stands(found: Sequence[tuple[str, int, int]], at: int, words: tuple[str, ...], *, begins: bool) -> bool:
    if at + len(words) > len(found):
        return False
    *first, last = words
    if any(found[at + number][0] != word for number, word in enumerate(first)):
        return False
    here = found[at + len(first)][0]
    return here.startswith(last) if begins else here == last
