"""People, their API keys, and their wishes for companies."""

from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.errors import NotFound

LOCAL_EMAIL = "local@rolecall.localhost"
"""The one person of an installation without sign-in; no mail can reach the address."""

_BY_GOOGLE = text("""
INSERT INTO users (email, name, google_sub) VALUES (lower(:email), :name, :sub)
ON CONFLICT (email) DO UPDATE SET name = coalesce(excluded.name, users.name), google_sub = excluded.google_sub
    WHERE users.google_sub IS NULL OR users.google_sub = excluded.google_sub
RETURNING id, email, name, created_at
""")

_BY_SUB = text("""
UPDATE users SET email = lower(:email), name = coalesce(:name, name) WHERE google_sub = :sub
RETURNING id, email, name, created_at
""")

_ADD_LOCAL = text("INSERT INTO users (email, name) VALUES (:email, 'You') ON CONFLICT (email) DO NOTHING")

_USER = text("SELECT id, email, name, created_at FROM users WHERE id = :id")
_USER_BY_EMAIL = text("SELECT id, email, name, created_at FROM users WHERE email = lower(:email)")

_INSERT_KEY = text("""
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

_USE_KEY = text("""
SELECT users.id, users.email, users.name, users.created_at, api_keys.id AS key_id,
    last_used_at IS NULL OR last_used_at < now() - interval '1 minute' AS stale
FROM api_keys JOIN users ON users.id = api_keys.user_id WHERE digest = :digest AND revoked_at IS NULL
""")

_TOUCH_KEY = text("UPDATE api_keys SET last_used_at = now() WHERE id = :id")

_SETTING = text("""
SELECT companies.id AS company_id, coalesce(title_filters, '') AS title_filters, coalesce(enabled, true) AS enabled,
    updated_at
FROM companies LEFT JOIN company_settings
    ON company_settings.company_id = companies.id AND company_settings.user_id = :user
WHERE companies.id = :company
""")

_PUT_SETTING = text("""
INSERT INTO company_settings (user_id, company_id, title_filters, enabled)
SELECT :user, id, :title_filters, :enabled FROM companies WHERE id = :company
ON CONFLICT (user_id, company_id) DO UPDATE
    SET title_filters = excluded.title_filters, enabled = excluded.enabled, updated_at = now()
RETURNING company_id, title_filters, enabled, updated_at
""")


def get_or_create_google(session: Session, *, sub: str, email: str, name: str | None) -> dict[str, Any] | None:
    """Return the person of a Google account, made at the first sign-in.

    None when the e-mail address belongs to another Google account here.
    """
    values = {"sub": sub, "email": email, "name": name}
    taken = session.execute(_USER_BY_EMAIL, values).mappings().one_or_none()
    by_sub = text("SELECT id FROM users WHERE google_sub = :sub")
    known = session.execute(by_sub, values).scalar_one_or_none()
    if known is not None:
        if taken is not None and taken["id"] != known:
            return None
        return dict(session.execute(_BY_SUB, values).mappings().one())
    row = session.execute(_BY_GOOGLE, values).mappings().one_or_none()
    return dict(row) if row else None


def local(session: Session) -> dict[str, Any]:
    """Return the one person of an installation without sign-in. The caller commits: the first time adds the row."""
    values = {"email": LOCAL_EMAIL}
    row = session.execute(_USER_BY_EMAIL, values).mappings().one_or_none()
    if row is None:
        session.execute(_ADD_LOCAL, values)
        row = session.execute(_USER_BY_EMAIL, values).mappings().one()
    return dict(row)


def get(session: Session, user: int) -> dict[str, Any]:
    """Return a person. Raises NotFound."""
    row = session.execute(_USER, {"id": user}).mappings().one_or_none()
    if row is None:
        raise NotFound("this person does not exist any more")
    return dict(row)


def add_key(session: Session, user: int, *, name: str, prefix: str, digest: bytes) -> dict[str, Any]:
    """Store an API key's HMAC; return what may be shown of it."""
    values = {"user": user, "name": name, "prefix": prefix, "digest": digest}
    return dict(session.execute(_INSERT_KEY, values).mappings().one())


def keys(session: Session, user: int, *, after: int = 0, most: int = 100) -> list[dict[str, Any]]:
    """Return a person's API keys, by rising id."""
    return [dict(row) for row in session.execute(_KEYS, {"user": user, "after": after, "most": most}).mappings()]


def revoke_key(session: Session, user: int, key: int) -> None:
    """Revoke an API key of a person's. Raises NotFound."""
    if session.execute(_REVOKE, {"id": key, "user": user}).one_or_none() is None:
        raise NotFound(f"there is no API key {key}")


def of_key(session: Session, digest: bytes) -> dict[str, Any] | None:
    """Return the person a key's HMAC belongs to, and note the use to the minute. The caller commits."""
    row = session.execute(_USE_KEY, {"digest": digest}).mappings().one_or_none()
    if row is None:
        return None
    person = dict(row)
    key, stale = person.pop("key_id"), person.pop("stale")
    if stale:
        session.execute(_TOUCH_KEY, {"id": key})
    return person


def setting(session: Session, user: int, company: int) -> dict[str, Any]:
    """Return a person's wish for a company; without one, everything passes. Raises NotFound."""
    row = session.execute(_SETTING, {"user": user, "company": company}).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no company {company}")
    return dict(row)


def put_setting(session: Session, user: int, company: int, *, title_filters: str, enabled: bool) -> dict[str, Any]:
    """Store a person's wish for a company. Raises NotFound."""
    values = {"user": user, "company": company, "title_filters": title_filters, "enabled": enabled}
    row = session.execute(_PUT_SETTING, values).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no company {company}")
    return dict(row)
