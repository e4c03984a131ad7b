"""How often a caller may ask, counted in Redis. Without Redis nobody is counted: the API stays."""

import math
import time
from functools import lru_cache
from typing import Annotated

import redis
import structlog
from fastapi import Depends, Request
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.datastructures import MutableHeaders
from starlette.types import Scope

from api.errors import TooManyRequests
from worker.resources import redis_pool

log = structlog.get_logger()

_REQUESTS = parse("1200/minute")
_SIGN_INS = parse("30/minute")
_DRY_RUNS = parse("20/minute")
_PREVIEWS = parse("120/minute")
_CHANNELS = parse("20/minute")
_FEEDS = parse("60/minute")
_OUTAGE_SECONDS = 5.0
"""After Redis failed, nobody waits for it again for so long."""
_TOLD = "rate_limits"


class _Outage:
    """When Redis may be asked again, by this process's clock."""

    over_at = 0.0


def request_limit() -> RateLimitItem:
    """Return how many requests a person may make."""
    return _REQUESTS


def sign_in_limit() -> RateLimitItem:
    """Return how many sign-ins, and requests with a wrong credential, an address may make."""
    return _SIGN_INS


def dry_run_limit() -> RateLimitItem:
    """Return how many dry runs a person may start."""
    return _DRY_RUNS


def preview_limit() -> RateLimitItem:
    """Return how often a person may try filters out on what is stored."""
    return _PREVIEWS


def channel_limit() -> RateLimitItem:
    """Return how often a person may let a channel's address be looked at or tried out."""
    return _CHANNELS


def feed_limit() -> RateLimitItem:
    """Return how often a feed may be read, by whomever."""
    return _FEEDS


RequestLimit = Annotated[RateLimitItem, Depends(request_limit)]
SignInLimit = Annotated[RateLimitItem, Depends(sign_in_limit)]
DryRunLimit = Annotated[RateLimitItem, Depends(dry_run_limit)]
PreviewLimit = Annotated[RateLimitItem, Depends(preview_limit)]
ChannelLimit = Annotated[RateLimitItem, Depends(channel_limit)]
FeedLimit = Annotated[RateLimitItem, Depends(feed_limit)]


def count(limit: RateLimitItem, *caller: str) -> dict[str, str]:
    """Count a request of a caller; return the headers that say what is left. Raises TooManyRequests.

    Headers as in draft-ietf-httpapi-ratelimit-headers-10; the first word of the caller is the policy's name.
    """
    if time.monotonic() < _Outage.over_at:
        return {}
    limiter = _limiter(redis_pool())
    try:
        allowed = limiter.hit(limit, *caller)
        stats = limiter.get_window_stats(limit, *caller)
    except StorageError as error:
        _Outage.over_at = time.monotonic() + _OUTAGE_SECONDS
        log.warning("callers are not counted while Redis is away", error=str(error.storage_error))
        return {}
    reset = max(1, math.ceil(stats.reset_time - time.time()))
    headers = {
        "RateLimit-Policy": f'"{caller[0]}";q={limit.amount};w={limit.get_expiry()}',
        "RateLimit": f'"{caller[0]}";r={stats.remaining};t={reset}',
    }
    if not allowed:
        # A window that ends frees one request after another, not all at once.
        wait = reset + math.ceil(limit.get_expiry() / limit.amount)
        message = f"over {limit.amount} requests in {limit.get_expiry()} seconds; try again in {wait} seconds"
        raise TooManyRequests(message, headers={**headers, "Retry-After": str(wait)})
    return headers


def count_and_tell(request: Request, limit: RateLimitItem, *caller: str) -> None:
    """Count a request of a caller, and let its answer say what is left, whichever it will be.

    Raises TooManyRequests.
    """
    state = request.scope.setdefault("state", {})
    state.setdefault(_TOLD, []).append(count(limit, *caller))


def tell(scope: Scope, headers: MutableHeaders) -> None:
    """Add what is left by each policy that a request was counted under to the headers of its answer."""
    for told in scope.get("state", {}).get(_TOLD, ()):
        for name, value in told.items():
            headers[name] = f"{headers[name]}, {value}" if name in headers else value


def count_sign_in(request: Request, limit: SignInLimit) -> None:
    """Count a sign-in by the address it comes from."""
    count_and_tell(request, limit, "sign-in", address_of(request))


def address_of(request: Request) -> str:
    """Return where a request comes from, as far as the server knows."""
    return request.client.host if request.client else "local"


@lru_cache(maxsize=1)
def _limiter(pool: redis.ConnectionPool) -> SlidingWindowCounterRateLimiter:
    storage = RedisStorage("redis://", connection_pool=pool, key_prefix="rolecall:limit", wrap_exceptions=True)
    return SlidingWindowCounterRateLimiter(storage)
