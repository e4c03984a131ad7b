"""What changed in a posting, as a person reads it: pairs of before and after, and long texts line by line."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.web import words

LINES_MOST = 400
"""Comparing takes the product of both lengths at worst; two longer texts are only said to differ."""
_AROUND = 1
_NAMES = {
    "title": "Title",
    "locations": "Places",
    "workplace": "Workplace",
    "country_codes": "Countries",
    "department": "Department",
    "team": "Team",
    "employment_type": "Kind of employment",
    "salary": "Pay",
    "closes_at": "Closes",
    "requisition_id": "Requisition",
    "description_text": "Description",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a text that changed: `kept`, `gone`, `come`, or `skipped` for lines in between that did not."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What changed of one field: before and after in words (None: nothing was said), or line by line."""

    name: str
    before: str | None
    after: str | None
    lines: Sequence[Line] = ()


def changed(changes: Mapping[str, Sequence[Any]]) -> list[Change]:
    """Return the changes of an event, `{field: [before, after]}`, for people."""
    return [_change(name, before, after) for name, (before, after) in changes.items()]


def _change(name: str, before: Any, after: Any) -> Change:
    shown = _NAMES.get(name, name)
    if name == "description_text" and before and after:
        old, new = str(before).split("\n"), str(after).split("\n")
        if max(len(old), len(new)) > LINES_MOST:
            return Change(shown, _length(before), _length(after))
        return Change(shown, None, None, list(_lines(old, new)))
    return Change(shown, _said(name, before), _said(name, after))


def _said(name: str, value: Any) -> str | None:
    if value is None or value == []:
        return None
    match name:
        case "salary":
            return words.pay(value)
        case "workplace":
            return words.WORKPLACE.get(value, str(value))
        case "employment_type":
            return words.EMPLOYMENT.get(value, str(value))
        case "description_text":
            return _length(value)
        case _:
            return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _length(text: Any) -> str:
    return words.count(len(str(text)), "character")


def _lines(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    for kind, start, end, new_start, new_end in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield from _context(old[start:end], first=start == 0, last=end == len(old))
        else:
            yield from (Line("gone", text) for text in old[start:end] if text)
            yield from (Line("come", text) for text in new[new_start:new_end] if text)


def _context(same: Sequence[str], *, first: bool, last: bool) -> Iterator[Line]:
    """Yield the lines next to a change, and how many are left out."""
    texts = [text for text in same if text]
    head = [] if first else texts[:_AROUND]
    tail = [] if last else texts[len(head) :][-_AROUND:]
    left_out = len(texts) - len(head) - len(tail)
    yield from (Line("kept", text) for text in head)
    if left_out:
        yield Line("skipped", words.count(left_out, "line") + " as before")
    yield from (Line("kept", text) for text in tail)
