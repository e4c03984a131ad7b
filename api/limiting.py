"""How often a caller may ask, counted in Redis. Without Redis nobody is counted: the API stays."""

import math
import time
from functools import lru_cache
from typing import Annotated

import redis
import structlog
from fastapi import Depends, Request, Response
from limits import RateLimitItem, parse
from limits.errors import StorageError
from limits.storage import RedisStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from api.errors import TooManyRequests
from worker.resources import redis_pool

log = structlog.get_logger()

_REQUESTS = parse("1200/minute")
_SIGN_INS = parse("30/minute")
_DRY_RUNS = parse("20/minute")
_OUTAGE_SECONDS = 5.0
"""After Redis failed, nobody waits for it again for so long."""


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


RequestLimit = Annotated[RateLimitItem, Depends(request_limit)]
SignInLimit = Annotated[RateLimitItem, Depends(sign_in_limit)]
DryRunLimit = Annotated[RateLimitItem, Depends(dry_run_limit)]


def count(limit: RateLimitItem, *caller: str) -> dict[str, str]:
    """Count a request of a caller; return the headers that say what is left. Raises TooManyRequests.

    Headers as in draft-ietf-httpapi-ratelimit-headers-10.
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
        "RateLimit-Policy": f'"default";q={limit.amount};w={limit.get_expiry()}',
        "RateLimit": f'"default";r={stats.remaining};t={reset}',
    }
    if not allowed:
        message = f"over {limit.amount} requests in {limit.get_expiry()} seconds; try again in {reset} seconds"
        raise TooManyRequests(message, headers={**headers, "Retry-After": str(reset)})
    return headers


def count_sign_in(request: Request, response: Response, limit: SignInLimit) -> None:
    """Count a sign-in by the address it comes from."""
    response.headers.update(count(limit, "sign-in", address_of(request)))


def address_of(request: Request) -> str:
    """Return where a request comes from, as far as the server knows."""
    return request.client.host if request.client else "local"


@lru_cache(maxsize=1)
def _limiter(pool: redis.ConnectionPool) -> SlidingWindowCounterRateLimiter:
    storage = RedisStorage("redis://", connection_pool=pool, key_prefix="rolecall:limit", wrap_exceptions=True)
    return SlidingWindowCounterRateLimiter(storage)
