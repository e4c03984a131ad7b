"""Vendors as pages name them."""

from functools import cache

from worker.extractors import extractors


@cache
def _names() -> dict[str, str]:
    return {ats: one.about.name if one.about else ats for ats, one in extractors().items()}


def name(ats: str) -> str:
    """Return what a vendor is called; its key where this version does not know it."""
    return _names().get(ats, ats)
