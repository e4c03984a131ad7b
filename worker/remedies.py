"""What a board's trouble means in plain words, and what a person can do about it."""

_CAUSES = {
    "BoardUnavailable": "The host did not answer usefully",
    "BoardNotFound": "The vendor says that there is no such board",
    "BoardRefused": "The host does not let programs read this board",
    "UnexpectedPayload": "The answer was not of the shape that this vendor gives",
    "NothingListed": "The site shows no posting that can be read",
    "BoardMoved": "The address leads to another site now",
    "UnsafeAddress": "The address leads into a private network",
    "WorkerLost": "The worker that read it died",
    "Cancelled": "The scan was cancelled before this board was read",
    "InternalError": "Something in Rolecall itself went wrong",
    "Incomplete": "Only a part of the postings could be read",
    "MassClosure": "Most postings were missing at once",
}
_REMEDIES = {
    "BoardUnavailable": "The next scan tries again. If all boards say so, this machine may need a proxy (HTTPS_PROXY).",
    "BoardNotFound": "Look up the company's new address and add that. The postings are closed after "
    "three such answers over 12 hours.",
    "BoardRefused": "Leave this board, or ask the host to allow it.",
    "UnexpectedPayload": "A newer Rolecall may know the new shape of the answers. Nothing was closed.",
    "NothingListed": "Either nothing is open there now, or the site does not show it to programs; add the address of "
    "its job list, or of the ATS behind it. Nothing was closed.",
    "BoardMoved": "Look at where the address leads, and add that if it is the company's new board. Nothing was closed.",
    "UnsafeAddress": "Such addresses are never fetched; add the public address of the board.",
    "WorkerLost": "See the log of the workers, and whether the machine has memory enough.",
    "Cancelled": "Scan again when you like.",
    "InternalError": "This is a fault of Rolecall's own; please report it with the message.",
}
_BY_OUTCOME = {
    "partial": "Not every posting could be read, so nothing was closed; the next scan tries again.",
    "suspect": "Most postings would be gone at once; it is believed if another scan, at least an hour later or asked "
    "for by you, says so again.",
}


def cause(error_kind: str | None) -> str:
    """Return what the kind of an error means."""
    return _CAUSES.get(error_kind or "", "It could not be read")


def remedy(outcome: str | None, error_kind: str | None) -> str:
    """Return what to do about an outcome and the kind of its error."""
    return _BY_OUTCOME.get(outcome or "") or _REMEDIES.get(error_kind or "", "Scan again.")
