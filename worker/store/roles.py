"""The roles of a company's postings: found by their keys, or made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.roles import Listing, assign
from worker.store.copying import copy_into

_LOCK = text("SELECT 1 FROM companies WHERE id = :company FOR NO KEY UPDATE")

_KNOWN = text("SELECT key, role_id FROM role_keys WHERE company_id = :company AND key = ANY(:keys)")

_CURRENT = text("""
SELECT external_id, role_id FROM postings
WHERE board_id = :board AND external_id = ANY(:names) AND role_id IS NOT NULL
""")

_NEW = text("SELECT nextval('role_ids') FROM generate_series(1, :new)")

_JOINED = "FROM unnest(CAST(:later AS bigint[]), CAST(:older AS bigint[])) AS joined (later, older)"

_JOIN_KEYS = text(f"""
UPDATE role_keys SET role_id = joined.older {_JOINED} WHERE company_id = :company AND role_id = joined.later
""")

_JOIN_POSTINGS = text(f"UPDATE postings SET role_id = joined.older {_JOINED} WHERE role_id = joined.later")

_OLDER = text("""
SELECT role_id, bool_or(closed_at IS NULL) FROM postings
WHERE role_id = ANY(:roles) AND NOT id = ANY(:opened) GROUP BY role_id
""")


def lock(session: Session, company_id: int) -> None:
    """Let no other board of the company write until the transaction ends: read at once, they find the same role."""
    session.execute(_LOCK, {"company": company_id})


@dataclass(frozen=True, slots=True)
class Roles:
    """The role of each listing by external id, and which roles were made for them."""

    of: Mapping[str, int] = field(default_factory=dict)
    made: frozenset[int] = frozenset()


def of_listings(session: Session, company_id: int, board_id: int, found: Sequence[Listing]) -> Roles:
    """Find the role of each listing, or make it; keys that are not there yet are written.

    The caller holds the company's `lock`.
    """
    if not found:
        return Roles()
    keys = sorted({key for listing in found for key in listing.keys})
    known = {row[0]: row[1] for row in session.execute(_KNOWN, {"company": company_id, "keys": keys})}
    names = [listing.external_id for listing in found]
    current = {row[0]: row[1] for row in session.execute(_CURRENT, {"board": board_id, "names": names})}
    assigned = assign(found, known, current)
    ids = _made(session, assigned.new)
    rows = [(company_id, key, ids.get(role, role)) for key, role in sorted(assigned.keys.items())]
    copy_into(session, "role_keys", ("company_id", "key", "role_id"), rows)
    _join(session, company_id, assigned.joined)
    return Roles({name: ids.get(role, role) for name, role in assigned.roles.items()}, frozenset(ids.values()))


def news(session: Session, roles: Roles, opened: Mapping[str, int]) -> dict[str, str]:
    """Tell what is no news among postings that have just opened, by external id: `listing` or `repost`.

    A `listing` is one more of a role that is open elsewhere, a `repost` brings back a role whose listings are closed.
    A posting that is alone with its role is not named. `opened` are their ids; everything else has been written.
    """
    if not opened:
        return {}
    alone = roles.made - {role for name, role in roles.of.items() if name not in opened}
    older = [role for name in opened if (role := roles.of[name]) not in alone]
    values = {"roles": older, "opened": list(opened.values())}
    is_open = {row[0]: row[1] for row in session.execute(_OLDER, values)} if older else {}
    found: dict[str, str] = {}
    for name in opened:
        if (role := roles.of[name]) in is_open:
            found[name] = "listing" if is_open[role] else "repost"
        is_open[role] = True
    return found


def _made(session: Session, new: int) -> dict[int, int]:
    """Return new roles by their provisional numbers."""
    if not new:
        return {}
    ids = session.execute(_NEW, {"new": new}).scalars()
    return dict(zip(range(-1, -new - 1, -1), ids, strict=True))


def _join(session: Session, company_id: int, joined: Mapping[int, int]) -> None:
    """Let what led to a role, and its postings, go to an older one that turned out to be the same."""
    if joined:
        values = {"company": company_id, "later": list(joined), "older": list(joined.values())}
        session.execute(_JOIN_KEYS, values)
        session.execute(_JOIN_POSTINGS, values)
