"""People: found, let in, changed, removed."""

import hashlib
from collections.abc import Mapping
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from worker.errors import Conflict, NotFound, Outdated

LOCAL_EMAIL = "local@rolecall.localhost"
"""The one person of an installation without accounts, whose settings the command line has; no mail reaches them."""

COLUMNS = "users.id, users.email, users.name, users.role, users.created_at, users.disabled_at"
"""What is said of a person wherever one is found."""

_INSERT = text(f"""
INSERT INTO users (email, name, role, google_sub) VALUES (lower(:email), :name, :role, :sub)
ON CONFLICT (email) DO NOTHING RETURNING {COLUMNS}
""")

_BY_SUB = text(f"""
UPDATE users SET email = lower(:email), name = coalesce(name, :name) WHERE google_sub = :sub RETURNING {COLUMNS}
""")

_LINK_GOOGLE = text(f"""
UPDATE users SET google_sub = :sub, name = coalesce(name, :name) WHERE id = :id RETURNING {COLUMNS}
""")

_ADD_LOCAL = text(f"""
INSERT INTO users (email, name, role) VALUES (:email, 'You', 'admin')
ON CONFLICT (email) DO UPDATE SET role = 'admin', disabled_at = NULL RETURNING {COLUMNS}
""")

_SIGNED_IN = text(f"""
UPDATE users SET signed_in_at = now(), role = CASE WHEN :admin THEN 'admin' ELSE role END
WHERE id = :id RETURNING {COLUMNS}
""")

_PERSON = text(f"SELECT {COLUMNS}, signed_in_at FROM users WHERE id = :id")
_LOCKED = text(f"SELECT {COLUMNS} FROM users WHERE id = :id FOR NO KEY UPDATE")
_BY_EMAIL = text(f"SELECT {COLUMNS}, signed_in_at, google_sub FROM users WHERE email = lower(:email)")
_ID_BY_SUB = text("SELECT id FROM users WHERE google_sub = :sub")
_PAGE = text(f"SELECT {COLUMNS}, signed_in_at FROM users WHERE id > :after ORDER BY id LIMIT :most")

_ADMINS = text("""
SELECT id FROM users WHERE role = 'admin' AND disabled_at IS NULL AND email <> :local ORDER BY id FOR UPDATE
""")

_CHANGES = {
    "name": "name = :name",
    "role": "role = :role",
    "disabled": "disabled_at = CASE WHEN :disabled THEN coalesce(disabled_at, now()) END",
}

# Keys that two people who left have both used would be the same person's: nobody's.
_FREE_KEYS = text("UPDATE scans SET idempotency_key = NULL WHERE user_id = :id AND idempotency_key IS NOT NULL")
_REMOVE = text("DELETE FROM users WHERE id = :id RETURNING id")


def get_or_create_google(
    session: Session, *, sub: str, email: str, name: str | None, create: bool = True
) -> dict[str, Any] | None:
    """Return the person of a Google account: known by it, known by its e-mail address, or made now.

    None where there is none and none is to be made. Raises Conflict when the address is that of another Google
    account here.
    """
    values = {"sub": sub, "email": email, "name": name, "role": "member"}
    taken = by_email(session, email)
    known = session.execute(_ID_BY_SUB, values).scalar_one_or_none()
    if taken is not None and taken["id"] != known and (known is not None or taken["google_sub"] is not None):
        raise Conflict(f"{email} belongs to another Google account here")
    if known is not None:
        return dict(session.execute(_BY_SUB, values).mappings().one())
    if taken is not None:
        return dict(session.execute(_LINK_GOOGLE, {**values, "id": taken["id"]}).mappings().one())
    return add(session, email=email, name=name, sub=sub) if create else None


def add(
    session: Session, *, email: str, name: str | None = None, role: str = "member", sub: str | None = None
) -> dict[str, Any]:
    """Store a new person. Raises Conflict when somebody has the e-mail address."""
    values = {"email": email, "name": name, "role": role, "sub": sub}
    row = session.execute(_INSERT, values).mappings().one_or_none()
    if row is None:
        raise Conflict(f"somebody here has the address {email} already")
    return dict(row)


def signed_in(session: Session, user: int, *, admin: bool) -> dict[str, Any]:
    """Note that a person has signed in, and make them an admin if they are to be one. Raises NotFound."""
    row = session.execute(_SIGNED_IN, {"id": user, "admin": admin}).mappings().one_or_none()
    return _found(row, user)


def local(session: Session) -> dict[str, Any]:
    """Return the one person of an installation without accounts. The caller commits: the first time adds the row."""
    values = {"email": LOCAL_EMAIL}
    row = session.execute(_BY_EMAIL, values).mappings().one_or_none()
    if row is None or row["role"] != "admin" or row["disabled_at"]:
        row = session.execute(_ADD_LOCAL, values).mappings().one()
    return dict(row)


def get(session: Session, user: int) -> dict[str, Any]:
    """Return a person. Raises NotFound."""
    return _found(session.execute(_PERSON, {"id": user}).mappings().one_or_none(), user)


def by_email(session: Session, email: str) -> dict[str, Any] | None:
    """Return the person with an e-mail address, None if there is none."""
    row = session.execute(_BY_EMAIL, {"email": email}).mappings().one_or_none()
    return dict(row) if row else None


def page(session: Session, *, after: int = 0, most: int = 100) -> list[dict[str, Any]]:
    """Return people by rising id."""
    return [dict(row) for row in session.execute(_PAGE, {"after": after, "most": most}).mappings()]


def admins(session: Session) -> list[int]:
    """Return the admins who can sign in, and keep others from changing that until the transaction ends."""
    return list(session.execute(_ADMINS, {"local": LOCAL_EMAIL}).scalars())


def version(person: Mapping[str, Any]) -> int:
    """Return a number that differs whenever what people change of a person does, and not with each sign-in."""
    shown = repr((person["name"], person["role"], person["disabled_at"] is not None)).encode()
    return int.from_bytes(hashlib.sha256(shown).digest()[:7])


def change(session: Session, user: int, changes: Mapping[str, Any], *, expected: int | None = None) -> None:
    """Write `name`, `role` or `disabled` of a person.

    Raises NotFound, and Outdated where `expected` is not their version any more.
    """
    person = _found(session.execute(_LOCKED, {"id": user}).mappings().one_or_none(), user)
    if expected not in (None, version(person)):
        raise Outdated("this person was changed since you read of them; read it again, and then decide")
    if changes:
        assignments = ", ".join(_CHANGES[name] for name in changes)
        session.execute(text(f"UPDATE users SET {assignments} WHERE id = :id"), {**changes, "id": user})


def remove(session: Session, user: int) -> None:
    """Delete a person with all that is theirs; scans they started stay, as nobody's. Raises NotFound."""
    session.execute(_FREE_KEYS, {"id": user})
    _found(session.execute(_REMOVE, {"id": user}).mappings().one_or_none(), user)


def _found(row: RowMapping | None, user: int) -> dict[str, Any]:
    if row is None:
        raise NotFound(f"there is no person {user} (any more)")
    return dict(row)
