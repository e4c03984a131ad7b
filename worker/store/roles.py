"""The roles of a company's postings: found by their keys, or made."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.roles import Assigned, Listing, assign
from worker.store.copying import copy_into

_LOCK = text("SELECT 1 FROM companies WHERE id = :company FOR NO KEY UPDATE")

_KNOWN = text("SELECT key, role_id FROM role_keys WHERE company_id = :company AND key = ANY(:keys)")

_CURRENT = text("""
SELECT external_id, role_id FROM postings
WHERE board_id = :board AND external_id = ANY(:names) AND role_id IS NOT NULL
""")

_NEW = text("INSERT INTO roles (company_id) SELECT :company FROM generate_series(1, :new) RETURNING id")

_FOLLOW = text("UPDATE role_keys SET role_id = :role WHERE company_id = :company AND key = ANY(:keys)")

_OPEN_ELSEWHERE = text("""
SELECT role_id, bool_or(closed_at IS NULL AND NOT id = ANY(:closing)) FROM postings
WHERE role_id = ANY(:roles) AND NOT (board_id = :board AND external_id = ANY(:names)) GROUP BY role_id
""")


def of_listings(session: Session, company_id: int, board_id: int, found: Sequence[Listing]) -> dict[str, int]:
    """Return the role of each listing by external id; roles and keys that are not there yet are written.

    The company is locked until the transaction ends, so that two boards that are read at the same time find the same
    role.
    """
    if not found:
        return {}
    session.execute(_LOCK, {"company": company_id})
    keys = sorted({key for listing in found for key in listing.keys})
    known = {bytes(row[0]): row[1] for row in session.execute(_KNOWN, {"company": company_id, "keys": keys})}
    names = [listing.external_id for listing in found]
    current = {row[0]: row[1] for row in session.execute(_CURRENT, {"board": board_id, "names": names})}
    assigned = assign(found, known, current)
    ids = _made(session, company_id, assigned)
    _write_keys(session, company_id, {key: ids.get(role, role) for key, role in assigned.keys.items()}, known)
    return {name: ids.get(role, role) for name, role in assigned.roles.items()}


def news(
    session: Session, board_id: int, roles: dict[str, int], *, opened: Collection[str], closing: Collection[int]
) -> dict[str, str]:
    """Tell what is no news among postings that open, by external id: `listing` or `repost`.

    A `listing` is one more of a role that is open elsewhere, a `repost` brings back a role whose listings are closed,
    or close now (`closing` are their ids). A posting that is alone with its role is not named.
    """
    names = [name for name in opened if name in roles]
    if not names:
        return {}
    values = {"roles": [roles[name] for name in names], "board": board_id, "names": names, "closing": list(closing)}
    older = {row[0]: row[1] for row in session.execute(_OPEN_ELSEWHERE, values)}
    found: dict[str, str] = {}
    for name in names:
        role = roles[name]
        if role in older:
            found[name] = "listing" if older[role] else "repost"
        older[role] = True
    return found


def _made(session: Session, company_id: int, assigned: Assigned) -> dict[int, int]:
    """Write the new roles; return their ids by their provisional numbers."""
    if not assigned.new:
        return {}
    ids = session.execute(_NEW, {"company": company_id, "new": assigned.new}).scalars()
    return dict(zip(range(-1, -assigned.new - 1, -1), ids, strict=True))


def _write_keys(session: Session, company_id: int, roles: dict[bytes, int], known: dict[bytes, int]) -> None:
    copy_into(
        session,
        "role_keys",
        ("company_id", "key", "role_id"),
        _rows(company_id, ((key, role) for key, role in roles.items() if key not in known)),
    )
    for key, role in roles.items():
        if key in known:
            session.execute(_FOLLOW, {"company": company_id, "key": key, "role": role, "keys": [key]})


def _rows(company_id: int, keys: Iterable[tuple[bytes, int]]) -> list[tuple[int, bytes, int]]:
    return [(company_id, key, role) for key, role in keys]
