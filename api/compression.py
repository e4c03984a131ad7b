"""Whether an answer may go out compressed."""

from fastapi import Request


def takes_gzip(request: Request) -> bool:
    """Say whether a client takes gzip (RFC 9110, 12.5.3): it is named, or `*`, and not with the weight 0."""
    weights = {}
    for one in request.headers.get("Accept-Encoding", "").lower().split(","):
        name, _, weight = one.replace(" ", "").partition(";q=")
        weights[name] = weight.strip("0.") != "" if weight else True
    return weights.get("gzip", weights.get("*", False))
