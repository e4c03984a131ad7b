"""Items written into a page's scripts as JSON-LD: found, and read also where it is not quite JSON."""

import html
import json
import re
from collections.abc import Iterator, Mapping
from math import inf
from typing import Any

_SCRIPT_OR_COMMENT = re.compile(r"<!--|<script\b([^<>]*)>", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</script", re.IGNORECASE)
_JSON_LD_TYPE = re.compile(r"""(?:^|\s)type\s*=\s*["']?\s*application/ld\+json\b""", re.IGNORECASE)

# What content systems put around a script so that older readers pass over it.
_WRAPPING = re.compile(r"\ufeff|(?:(?://|/\*)[ \t]*)?(?:<!\[CDATA\[|\]\]>)(?:\s*\*/)?|^\s*<!--|(?://\s*)?-->\s*$")
# Strings are matched so that what looks like a comment in them is none. All are possessive: no input is read twice.
_STRING_OR_FAULT = re.compile(
    r"""(?P<string>"(?:[^"\\]++|\\.)*+"?)|/\*.*?(?:\*/|\Z)|//[^\n]*+|,(?:\s++|//[^\n]*+\n|/\*[^*]*+\*/)*+(?=[}\]])""",
    re.DOTALL,
)
_WRONG_ESCAPE = re.compile(r'\\(?:(?P<right>["\\/bfnrt]|u[\da-fA-F]{4})|(?P<wrong>.))', re.DOTALL)
_BETWEEN = re.compile(r"[\s,;\ufeff]*+")
_REFERRED_MOST, _REFERRED_DEEPEST = 1_000, 4
"""Characters and levels of a property of what is referred to: thousands of postings may refer to the same long text."""
_DECODER = json.JSONDecoder(strict=False)  # a browser-side reader takes raw line breaks in strings, orjson does not


Node = Mapping[str, Any]


def items(page: str, type_name: str) -> list[dict[str, Any]]:
    """Return every object of a schema.org type in a page's JSON-LD, in the page's order and however deep it stands.

    What is within one is a part of it. References (`{"@id": …}`) are replaced by what they refer to, long texts left
    out. Scripts that cannot be read are passed over, and so are those that the page has commented out.
    """
    if type_name.lower() not in page.lower():
        return []
    found: list[dict[str, Any]] = []
    named: dict[str, Node] = {}
    for text in _scripts(page):
        for node in _nodes(_decoded(text), type_name):
            if isinstance(name := node.get("@id"), str) and len(node) > 1:
                named.setdefault(name, _shortened(node))
            if _is(node, type_name):
                found.append(node)
    resolved: dict[int, Any] = {}
    return [{key: _resolved(value, named, resolved) for key, value in item.items()} for item in found]


def unreadable(page: str, type_name: str) -> int:
    """Return how many objects of a type a page's JSON-LD holds in places that `items` passes over: they are no JSON."""
    if type_name.lower() not in page.lower():
        return 0
    named = re.compile(rf"""["']@type["']\s*:\s*\[?\s*["'](?:[^"'\s]*[/#:])?{type_name}["']""")
    return sum(_unreadable(text, named, type_name) for text in _scripts(page))


def _unreadable(text: str, named: re.Pattern[str], type_name: str) -> int:
    times = len(named.findall(text))
    if not times or _is_json(text):
        return 0
    return max(0, times - sum(_is(node, type_name) for node in _nodes(_decoded(text), type_name)))


def _is_json(text: str) -> bool:
    try:
        _DECODER.decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def _nodes(documents: list[Any], type_name: str) -> Iterator[dict[str, Any]]:
    waiting: list[Any] = [documents]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += reversed(value)
        elif isinstance(value, dict):
            yield value
            if not _is(value, type_name):
                waiting += reversed(value.values())


def _is(node: Node, type_name: str) -> bool:
    """Whether an object's type, or one of its types, is this one, also written as an address or with a prefix."""
    types = node.get("@type")
    return any(
        isinstance(word, str) and re.split("[/#:]", word.strip())[-1] == type_name
        for word in (types if isinstance(types, list) else [types])
    )


def _resolved(value: Any, named: Mapping[str, Node], resolved: dict[int, Any]) -> Any:
    """Replace references by what they refer to, there and one level further in (a place and its address)."""
    if isinstance(value, list):
        return [_resolved(item, named, resolved) for item in value if not isinstance(item, list)]
    node = _referred(value, named)
    if not isinstance(node, Mapping):
        return node
    if id(node) not in resolved:
        resolved[id(node)] = {key: _referred(item, named) for key, item in node.items()}
    return resolved[id(node)]


def _shortened(node: Node) -> Node:
    """Return what a node says in few words: where a place is, what an employer is called."""
    return {key: value for key, value in node.items() if _length(value, _REFERRED_DEEPEST) <= _REFERRED_MOST}


def _length(value: Any, levels: int) -> float:
    """Return the characters of all that is in a value; infinitely many where it goes deeper than so many levels."""
    if isinstance(value, str):
        return len(value)
    if not isinstance(value, list | dict):
        return 1
    if levels == 0:
        return inf
    return 1 + sum(_length(one, levels - 1) for one in (value.values() if isinstance(value, dict) else value))


def _referred(value: Any, named: Mapping[str, Node]) -> Any:
    if isinstance(value, Mapping) and len(value) == 1 and isinstance(name := value.get("@id"), str):
        return named.get(name, value)
    return value


def _scripts(page: str) -> Iterator[str]:
    position = 0
    while found := _SCRIPT_OR_COMMENT.search(page, position):
        if found[1] is None:
            end = page.find("-->", found.start() + 2)
        else:
            closing = _SCRIPT_END.search(page, found.end())
            end = closing.start() if closing else -1
            if end >= 0 and _JSON_LD_TYPE.search(found[1]):
                yield page[found.end() : end]
        if end < 0:
            return
        position = end + 3


def _decoded(text: str) -> list[Any]:
    """Return the documents of one script; where it is not JSON as it stands, with the usual faults mended."""
    try:
        return [_DECODER.decode(text)]
    except (ValueError, RecursionError):
        return _one_after_another(_mended(text))


def _one_after_another(text: str) -> list[Any]:
    found: list[Any] = []
    position = _start(text, 0)
    while position < len(text):
        try:
            document, position = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError):
            break
        found.append(document)
        position = _start(text, position)
    return found


def _start(text: str, position: int) -> int:
    between = _BETWEEN.match(text, position)
    return between.end() if between else position


def _mended(text: str) -> str:
    """Take out wrappings, comments and trailing commas; read entities where the quotes themselves are escaped."""
    if '"' not in text:
        text = html.unescape(text)
    return _STRING_OR_FAULT.sub(_without_fault, _WRAPPING.sub("", text))


def _without_fault(found: re.Match[str]) -> str:
    string: str | None = found["string"]
    if string is None:
        return ""
    return _WRONG_ESCAPE.sub(_right_escape, string) if "\\" in string else string


def _right_escape(found: re.Match[str]) -> str:
    return found[0] if found["right"] else str(found["wrong"])
