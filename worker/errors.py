"""Everything that can go wrong with a board, as types. The type alone decides what happens next."""

from datetime import datetime


class RolecallError(Exception):
    """Base of the errors Rolecall raises on purpose. The message is written for the person who reads it."""


class BoardError(RolecallError):
    """A board could not be read this time. Nothing about its postings may be concluded from it."""


class BoardUnavailable(BoardError):
    """The board did not answer usefully: network trouble, 5xx, 429 or too slow. It is tried again later."""

    def __init__(self, message: str, *, retry_at: datetime | None = None) -> None:
        super().__init__(message)
        self.retry_at = retry_at


class BoardNotFound(BoardError):
    """The vendor says that there is no such board. Believed only after several confirmations."""


class BoardRefused(BoardError):
    """The host does not let us read the board (401, 403, robots.txt). Trying harder would be rude."""


class UnexpectedPayload(BoardError):
    """The answer does not have the shape the vendor documents. Never mistaken for an empty board."""


class NothingListed(UnexpectedPayload):
    """A site shows no posting that can be read. Whether none is open, only the pages of those known can tell."""


class BoardMoved(UnexpectedPayload):
    """The board's address leads to another site, `address`. Nothing is read there unasked; it is suggested instead."""

    def __init__(self, message: str, *, address: str) -> None:
        super().__init__(message)
        self.address = address


class UnsafeAddress(BoardError):
    """The address leads to this machine or a private network, so it is not fetched."""


class UnsupportedSite(RolecallError):
    """No extractor recognises the address."""


class InvalidInput(RolecallError):
    """What the person sent cannot be used; the message says why and what would be."""


class FilterSyntaxError(InvalidInput):
    """A title filter cannot be read. `line` and `column` count from 1."""

    def __init__(self, message: str, *, line: int, column: int) -> None:
        super().__init__(f"line {line}, column {column}: {message}")
        self.line = line
        self.column = column


class NotFound(RolecallError):
    """The thing asked for does not exist, or is not this person's to see."""


class Conflict(RolecallError):
    """The request contradicts what is already stored."""


class Outdated(Conflict):
    """Somebody has changed the thing since it was read; what is there now would be overwritten."""


class SignInRefused(RolecallError):
    """Who somebody is has been proven, but they may not come in: not invited, or disabled."""


class SealBroken(RolecallError):
    """What is stored encrypted was encrypted with another secret than this installation has now."""


class StaleRun(RolecallError):
    """Another worker has taken over this run; what this one found is dropped."""


class ServiceUnavailable(RolecallError):
    """Postgres, Redis or another part of Rolecall itself is not there right now."""


class StartRefused(RolecallError):
    """Rolecall cannot start here; the message names the cause and the remedy."""
