"""What a message says, in the form that a service takes: plain text, Markdown or HTML. Pure.

Titles and names come from boards: they are made harmless in each form, mentions among them (`@everyone`).
"""

import html
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from worker.text import one_line

Json = Mapping[str, Any]

_TITLE_MOST = 180
_LINE_MOST = 300
_WHY_MOST = 3
_MARKDOWN = re.compile(r"([\\`*_~|\[\]()<>#])")
_MENTION = re.compile(r"(?<!\w)@(?=\w)")
_IN_ADDRESS = {ord(letter): f"%{ord(letter):02X}" for letter in " ()<>[]\\\"'`|"}
_PER = {"HOUR": "an hour", "DAY": "a day", "WEEK": "a week", "MONTH": "a month", "YEAR": "a year"}


@dataclass(frozen=True, slots=True)
class Form:
    """How a service wants text: how a line is escaped, an entry (headline, lines, address) written, entries joined."""

    name: str
    escape: Callable[[str], str]
    entry: Callable[[str, Sequence[str], str | None], str]
    joint: str


def title(body: Json) -> str:
    """Return a message's title, in one line of at most 180 characters."""
    match body["kind"]:
        case "matches":
            return _cut(_of_matches(body), _TITLE_MOST)
        case "changes":
            number = len(body["events"])
            return f"Rolecall: {number} {'change' if number == 1 else 'changes'}"
        case _:
            return "Rolecall: a test"


def text(body: Json, form: Form, *, delivery: str, most: int) -> str:
    """Return a message's text of at most `most` characters: what does not fit is counted in its last lines."""
    entries = [form.entry(*one) for one in _entries(body)]
    shown = len(entries)
    while True:
        left = len(entries) - shown + body.get("more", 0)
        whole = form.joint.join([*entries[:shown], *_last_lines(body, form, left, delivery)])
        if len(whole) <= most or not shown:
            return whole[:most]
        shown -= 1


def _of_matches(body: Json) -> str:
    matches = body["matches"]
    number = len(matches) + body.get("more", 0)
    if number == 1:
        return f"{_safe(matches[0]['title'])} at {_safe(matches[0]['company'])}"
    companies = list(dict.fromkeys(_safe(one["company"]) for one in matches))
    if len(companies) == 1 and not body.get("more"):
        return f"{number} new roles at {companies[0]}"
    return f"{number} new roles: {', '.join(companies)}"


def _entries(body: Json) -> Iterator[tuple[str, Sequence[str], str | None]]:
    for one in body.get("matches", ()):
        lines = (_where(one), _pay(one.get("salary")), _why(one))
        yield _safe(one["title"]), [line for line in lines if line], _link(one["url"])
    for one in body.get("events", ()):
        yield f"{one['kind']}: {_safe(one['title'])}", [_safe(one["company"])], _link(one["url"])
    if body["kind"] == "test":
        yield "This channel works: what Rolecall finds for you will arrive here.", (), None


def _where(one: Json) -> str:
    places = _safe("; ".join(one.get("locations") or ()))
    return " · ".join(part for part in (_safe(one["company"]), places, one.get("workplace")) if part)


def _pay(salary: Json | None) -> str:
    if not salary or (salary["min"] is None and salary["max"] is None):
        return ""
    bounds = [f"{Decimal(str(one)):,}" for one in (salary["min"], salary["max"]) if one is not None]
    amount = " to ".join(dict.fromkeys(bounds))
    if salary["max"] is None:
        amount = f"from {amount}"
    elif salary["min"] is None:
        amount = f"up to {amount}"
    return " ".join(part for part in (amount, salary.get("currency"), _PER.get(salary.get("period") or "")) if part)


def _why(one: Json) -> str:
    why = [reason for reason in one.get("why") or () if reason["detail"]][:_WHY_MOST]
    return f"Why: {'; '.join(_safe(reason['detail']) for reason in why)}" if why else ""


def _last_lines(body: Json, form: Form, more: int, delivery: str) -> Iterator[str]:
    if more and body["kind"] == "matches":
        yield form.escape(f"and {more:,} more in Rolecall")
    elif more:
        yield form.escape(f"and {more:,} more")
    yield form.escape(f"— {body['channel']['name']}, message {delivery}")


def _safe(words: str) -> str:
    """Return words from outside as one line in which nobody is mentioned: a zero-width space splits each mention."""
    return _cut(_MENTION.sub("@\u200b", one_line(words)), _LINE_MOST)


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"


def _link(url: str) -> str | None:
    return url if url.startswith(("https://", "http://")) else None


def _address(url: str) -> str:
    return url.translate(_IN_ADDRESS)


def _plain_entry(headline: str, lines: Sequence[str], url: str | None) -> str:
    return "\n".join([headline, *lines, *([url] if url else [])])


def _in_markdown(line: str) -> str:
    return _MARKDOWN.sub(r"\\\1", line)


def _markdown_entry(headline: str, lines: Sequence[str], url: str | None) -> str:
    first = f"**{_in_markdown(headline)}**"
    return "\n".join([f"[{first}]({_address(url)})" if url else first, *map(_in_markdown, lines)])


def _html_entry(headline: str, lines: Sequence[str], url: str | None) -> str:
    link = f'<a href="{html.escape(_address(url))}">{html.escape(url)}</a>' if url else ""
    parts = [f"<b>{html.escape(headline)}</b>", *map(html.escape, lines), *([link] if link else [])]
    return f"<p>{'<br>'.join(parts)}</p>"


PLAIN = Form("text", str, _plain_entry, "\n\n")
MARKDOWN = Form("markdown", _in_markdown, _markdown_entry, "\n\n")
HTML = Form("html", lambda line: f"<p>{html.escape(line)}</p>", _html_entry, "\n")
