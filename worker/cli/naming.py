"""Finding the company a person means."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from difflib import get_close_matches

from sqlalchemy.orm import Session

from worker.cli.paging import PAGE_ROWS, every
from worker.errors import InvalidInput, NotFound, RolecallError, UnsupportedSite
from worker.store import companies
from worker.text import fold, one_line
from worker.watched import board_of

_LONGEST_ID = 18
"""Digits; what has more is no id that Postgres could hold."""
_LONGEST_NAME = 200
_SUGGESTED = 5


def company(db: Session, wanted: str) -> int:
    """Return the company of an id, a name (case does not count) or the address of its board.

    Raises NotFound, which suggests what is close, and InvalidInput where several companies have the name.
    """
    wanted = wanted.strip()
    if is_address(wanted):
        return _at(db, wanted)
    if _is_id(wanted) and not companies.unknown(db, [int(wanted)]):
        return int(wanted)
    found = companies.named(db, wanted)
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidInput(_ambiguous(db, wanted, found))
    if "." in wanted:  # a bare domain, unless a company is called so
        with suppress(RolecallError):
            return _at(db, wanted)
    raise NotFound(_unknown(db, wanted))


def given_name(written: str, of: str) -> str:
    """Return the name that somebody gives a thing, as one tidy line. Raises InvalidInput for none, or a long one."""
    name = one_line(written)
    if not name:
        raise InvalidInput(f"the name of the {of} is empty; write one")
    if len(name) > _LONGEST_NAME:
        raise InvalidInput(f"the name of the {of} has {len(name):,} letters; write at most {_LONGEST_NAME}")
    return name


def is_address(wanted: str) -> bool:
    """Say whether a person means a web address, with or without its scheme."""
    host, slash, _ = wanted.partition("/")
    return "://" in wanted or (bool(slash) and "." in host and " " not in host)


def company_ids(db: Session, wanted: Sequence[str]) -> list[int]:
    """Return several companies, each once."""
    return list(dict.fromkeys(company(db, one) for one in wanted))


def _at(db: Session, address: str) -> int:
    try:
        board, found = board_of(db, address)
    except UnsupportedSite:
        raise NotFound(
            f"{address} is the address of no board that is watched; name the company by its id or name as "
            f"`rolecall companies` lists them, or add it with `rolecall add {address}`"
        ) from None
    if found is None:
        raise NotFound(f"{board.url} is not watched; add it with `rolecall add {board.url}`")
    return found


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_ID


def _ambiguous(db: Session, wanted: str, found: Sequence[int]) -> str:
    lines = []
    for one in found:
        row = companies.get(db, one)
        lines.append(f"  {one}  {row['name']}  {', '.join(board['url'] for board in row['boards'])}")
    return f"several companies are called {wanted!r}; name one by its id:\n" + "\n".join(lines)


def _unknown(db: Session, wanted: str) -> str:
    if not wanted:
        return "an empty name names no company"
    if companies.is_empty(db):
        return f"there is no company {wanted!r}, nor any other yet; add one with `rolecall add ADDRESS`"
    close = _close(db, wanted)
    if not close:
        return f"there is no company {wanted!r}; `rolecall companies` lists those there are"
    return f"there is no company {wanted!r}; did you mean {' or '.join(close)}?"


def _close(db: Session, wanted: str) -> list[str]:
    """Return names that are spelt much like the wanted one, then names that contain it."""
    names = {fold(name): name for name in _names(db)}
    alike = [names[key] for key in get_close_matches(fold(wanted), names, n=_SUGGESTED, cutoff=0.7)]
    inside = [name for key, name in names.items() if fold(wanted) in key]
    return list(dict.fromkeys([*alike, *inside]))[:_SUGGESTED]


def _names(db: Session) -> Iterator[str]:
    for row in every(lambda last: companies.page(db, after=last, most=PAGE_ROWS)):
        yield row["name"]
