"""Access tokens (JWT, HS256) and API keys (random, kept only as their HMAC)."""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta

import jwt

from api.errors import NotSignedIn

LIFETIME = timedelta(hours=1)
_ALGORITHM = "HS256"
_ISSUER = "rolecall"
_AUDIENCE = "rolecall-api"
_KEY_PREFIX = "rc_"
_SHOWN = 11
"""Characters of a key that stay visible, so that its owner can tell keys apart."""


def access_token(user: int, secret: bytes) -> str:
    """Return a token that proves for an hour to be this person."""
    now = datetime.now(UTC)
    claims = {"sub": str(user), "iat": now, "exp": now + LIFETIME, "iss": _ISSUER, "aud": _AUDIENCE}
    return jwt.encode(claims, secret, algorithm=_ALGORITHM)


def user_of(token: str, secret: bytes) -> int:
    """Return whom a token proves to be. Raises NotSignedIn."""
    try:
        claims = jwt.decode(
            token,
            secret,
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            options={"require": ["sub", "iat", "exp", "iss", "aud"]},
        )
        return int(claims["sub"])
    except jwt.ExpiredSignatureError:
        raise NotSignedIn("this access token has expired; sign in again") from None
    except (jwt.InvalidTokenError, ValueError):
        raise NotSignedIn("this access token is not valid; sign in again") from None


def new_api_key() -> str:
    """Return a new API key."""
    return _KEY_PREFIX + secrets.token_urlsafe(32)


def prefix_of(key: str) -> str:
    """Return the part of a key that may be shown."""
    return key[:_SHOWN]


def digest_of(key: str, secret: bytes) -> bytes:
    """Return a key's HMAC-SHA256, as it is stored."""
    return hmac.new(secret, key.encode("utf-8", "replace"), hashlib.sha256).digest()
