"""Who runs a host, as far as its name tells."""

_SHARED_SECOND_LABELS = frozenset(("ac", "co", "com", "edu", "gov", "gr", "ne", "net", "or", "org"))


def site(host: str) -> str:
    """Return the registered domain of a host, near enough: `acme.co.uk` of careers.acme.co.uk; an IP address whole."""
    host = host.lower().removesuffix(".")
    labels = host.split(".")
    if ":" in host or labels[-1].isdecimal():
        return host
    shared = len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SHARED_SECOND_LABELS  # noqa: PLR2004 - co.uk
    return ".".join(labels[-3:] if shared else labels[-2:])
