"""What can go wrong at the HTTP door itself; everything else is in `worker.errors`."""

from collections.abc import Mapping

from worker.errors import InvalidInput, RolecallError


class NotSignedIn(RolecallError):
    """No credential was sent, or it is not valid (any more)."""


class Forbidden(RolecallError):
    """The request comes from a place, or from a person, that may not make it."""


class UnsupportedMediaType(RolecallError):
    """The body is of a kind that this route does not read."""


class InvalidCursor(InvalidInput):
    """The cursor was not given out by this list."""


class TooManyRequests(RolecallError):
    """The caller has used up its allowance; `headers` say when it is renewed."""

    def __init__(self, message: str, *, headers: Mapping[str, str]) -> None:
        super().__init__(message)
        self.headers = dict(headers)
