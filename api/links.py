"""Links to sign in with, asked for by mail. What is answered does not tell whether somebody has the address."""

from typing import Annotated

import kombu.exceptions
import redis
from fastapi import Depends, Request, Response
from limits import RateLimitItem, parse

from api import limiting
from worker import mail, tasks
from worker.errors import ServiceUnavailable
from worker.settings import Settings

_BY_ADDRESS = parse("20/hour")
_BY_EMAIL = parse("5/hour")


def limit_by_address() -> RateLimitItem:
    """Return how many links an address may ask for."""
    return _BY_ADDRESS


def limit_by_email() -> RateLimitItem:
    """Return how many links may be asked for one e-mail address, whoever asks."""
    return _BY_EMAIL


class Postbox:
    """Takes wishes for links, and counts them by where they come from and whom they are for."""

    def __init__(
        self,
        request: Request,
        response: Response,
        by_address: Annotated[RateLimitItem, Depends(limit_by_address)],
        by_email: Annotated[RateLimitItem, Depends(limit_by_email)],
    ) -> None:
        self._address = limiting.address_of(request)
        self._response = response
        self._by_address = by_address
        self._by_email = by_email

    def ask(self, settings: Settings, email: str) -> None:
        """Let a worker send a link, if somebody has the address. Raises TooManyRequests, ServiceUnavailable."""
        mail.server(settings)
        self._response.headers.update(limiting.count(self._by_address, "link from", self._address))
        limiting.count(self._by_email, "link for", email)
        try:
            tasks.promise_link(email)
        except (kombu.exceptions.OperationalError, redis.RedisError) as error:
            raise ServiceUnavailable("Redis does not answer right now, so no link can be sent; try again") from error


LinkPostbox = Annotated[Postbox, Depends()]
