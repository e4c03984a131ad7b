"""Asking a board outside of any run, with a run's manners."""

from collections.abc import Iterator
from contextlib import contextmanager

from worker.errors import BoardUnavailable
from worker.extractor import Extractor
from worker.http import BoardClient, Limits, Validators
from worker.pace import Pace
from worker.posting import BoardKey
from worker.resources import http_session, redis_client
from worker.robots import permit_of
from worker.settings import Settings


@contextmanager
def visit(
    vendor: Extractor, key: BoardKey, settings: Settings, seconds: float, validators: Validators | None = None
) -> Iterator[BoardClient]:
    """Yield a client that may ask a board for so many seconds: paced with all workers, bounded, as robots.txt permits.

    A pause that the host wants, and whether it answered, become known to every worker.
    """
    limits = Limits(settings.max_body_bytes, min(settings.request_seconds, seconds), seconds, settings.allow_loopback)
    with redis_client() as redis, http_session() as session:
        pace = Pace.of(vendor, key, redis, settings)
        permit = permit_of(vendor, redis, settings)
        client = BoardClient(session, limits, pace.wait, validators, statuses=vendor.statuses, permit=permit)
        try:
            yield client
        except BoardUnavailable as error:
            if error.retry_at:
                pace.block(error.retry_at)
            raise
        finally:
            pace.leave(answered=client.answered, failure=client.failure)
