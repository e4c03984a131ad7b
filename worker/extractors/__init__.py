"""One module per applicant-tracking system. The file's name is the ATS; there is nothing to register."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import MappingProxyType

from worker.errors import InvalidInput
from worker.extractor import Extractor


@cache
def extractors() -> Mapping[str, Extractor]:
    """Return every extractor of this package by ATS, in alphabetical order."""
    found = {
        module.name: import_module(f"{__name__}.{module.name}").EXTRACTOR for module in pkgutil.iter_modules(__path__)
    }
    return MappingProxyType(dict(sorted(found.items())))


def extractor(ats: str) -> Extractor:
    """Return the extractor of one ATS. Raises InvalidInput for a name that is none."""
    try:
        return extractors()[ats]
    except KeyError:
        raise InvalidInput(f"{ats!r} is not an ATS that Rolecall reads; it reads {', '.join(extractors())}") from None


def recognise(url: str) -> list[tuple[str, dict[str, str]]]:
    """Return (ats, board key) for every extractor that an address belongs to: normally none or one."""
    found = ((ats, one.recognise(url)) for ats, one in extractors().items())
    return [(ats, key) for ats, key in found if key is not None]
