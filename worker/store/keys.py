"""API keys: of each only its HMAC."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.errors import NotFound
from worker.store.people import COLUMNS

_INSERT = text("""
INSERT INTO api_keys (user_id, name, prefix, digest) VALUES (:user, :name, :prefix, :digest)
RETURNING id, name, prefix, created_at, last_used_at, revoked_at
""")

_KEYS = text("""
SELECT id, name, prefix, created_at, last_used_at, revoked_at FROM api_keys
WHERE user_id = :user AND id > :after ORDER BY id LIMIT :most
""")

_REVOKE = text("""
UPDATE api_keys SET revoked_at = coalesce(revoked_at, now()) WHERE id = :id AND user_id = :user RETURNING id
""")

_USE = text(f"""
SELECT {COLUMNS}, api_keys.id AS key_id,
    last_used_at IS NULL OR last_used_at < now() - interval '1 minute' AS stale
FROM api_keys JOIN users ON users.id = api_keys.user_id WHERE digest = :digest AND revoked_at IS NULL
""")

_TOUCH = text("UPDATE api_keys SET last_used_at = now() WHERE id = :id")


def add(session: Session, user: int, *, name: str, prefix: str, digest: bytes) -> dict[str, Any]:
    """Store an API key's HMAC; return what may be shown of it."""
    values = {"user": user, "name": name, "prefix": prefix, "digest": digest}
    return dict(session.execute(_INSERT, values).mappings().one())


def page(session: Session, user: int, *, after: int = 0, most: int = 100) -> list[dict[str, Any]]:
    """Return a person's API keys, by rising id."""
    return [dict(row) for row in session.execute(_KEYS, {"user": user, "after": after, "most": most}).mappings()]


def revoke(session: Session, user: int, key: int) -> None:
    """Revoke an API key of a person's. Raises NotFound."""
    if session.execute(_REVOKE, {"id": key, "user": user}).one_or_none() is None:
        raise NotFound(f"there is no API key {key}")


def use(session: Session, digest: bytes) -> dict[str, Any] | None:
    """Return the person a key's HMAC belongs to, and note the use to the minute. The caller commits."""
    row = session.execute(_USE, {"digest": digest}).mappings().one_or_none()
    if row is None:
        return None
    person = dict(row)
    key, stale = person.pop("key_id"), person.pop("stale")
    if stale:
        session.execute(_TOUCH, {"id": key})
    return person
