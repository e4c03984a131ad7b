"""Whether each vendor still answers as its extractor expects: one board that is known to be there is read of each.

Nothing runs this by itself; a person does, or a monitor of theirs. Nothing is written.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from typing import Literal

import redis
import structlog

from worker import catalogue, detect
from worker.catalogue import Entry
from worker.detect import Recognised
from worker.errors import BoardNotFound, BoardUnavailable, RolecallError
from worker.extractors import extractor, extractors
from worker.sampling import Sample, sample
from worker.settings import Settings

log = structlog.get_logger()

Verdict = Literal["ok", "changed", "failed", "unknown"]

POSTINGS = 3
"""How many postings of a board are looked at, with their details."""
SECONDS = 45.0
"""A board's time, waiting for its host's pace included."""
_THREADS = 5
_TRIED_MOST = 3
"""Boards of a vendor that are tried in turn while there is nothing to be seen on the one before."""

KNOWN = {
    "amazon": ("Amazon", "all"),
    "apple": ("Apple", "apple"),
    "avature": ("Bloomberg", "bloomberg.avature.net/careers"),
    "breezy": ("10-4 Truck Recruiting", "10-4-truck-recruiting"),
    "cornerstone": ("World Bank Group", "worldbankgroup"),
    "eightfold": ("Albemarle", "albemarle.eightfold.ai"),
    "gem": ("Gem", "gem"),
    "google": ("Google", "google"),
    "greenhouse": ("Figma", "figma"),
    "gupy": ("Acrisure", "acrisure"),
    "gusto": ("Natura Resources", "natura-resources-llc-629e09d9-d8bf-4616-94a7-b744e4a77616"),
    "hibob": ("HiBob", "hibob-e360.careers.hibob.com"),
    "hrmdirect": ("King Arthur Baking", "kingarthurbaking"),
    "icims": ("Wipfli", "careers-wipfli.icims.com"),
    "jobvite": ("Feeding America", "feedingamerica"),
    "jobylon": ("Acne Studios", "2631"),
    "join": ("OneTwoSocial", "onetwosocial"),
    "lever": ("Spotify", "spotify"),
    "manatal": ("Castelion", "castelion-corporation"),
    "neogov": ("King County", "kingcounty"),
    "oracle": ("a board on ejov", "ejov.fa.ca2.oraclecloud.com/CX"),
    "pageup": ("City of Greater Geelong", "887/cw/en"),
    "paylocity": ("Fermi", "add565e9-4cee-4334-8182-9de221ffb9e4"),
    "personio": ("Personio", "personio"),
    "phenom": ("Phenom", "careers.phenom.com/global/en"),
    "pinpoint": ("Pinpoint", "workwithus"),
    "recruitee": ("Channable", "channable"),
    "rippling": ("11:FS", "11fs-group-ltd"),
    "smartrecruiters": ("Visa", "Visa"),
    "softgarden": ("Abeking & Rasmussen", "abeking"),
    "taleo": ("Costco", "phf.tbe.taleo.net/phf02/COSTCO/41"),
    "teamtailor": ("Teamtailor", "career"),
    "ukg": ("Woolpert", "WOO1009/97967b39-b3fa-4972-8da3-2af68e0ffa86"),
    "workable": ("Hugging Face", "huggingface"),
    "workday": ("NVIDIA", "nvidia/wd5/NVIDIAExternalCareerSite"),
    "zohorecruit": ("Acquism", "acquism/eu"),
}
"""Company and board of vendors of which the catalogue counted none: seen in public data, the vendor's own if possible.

Companies leave their vendors; a board that is gone says nothing of the vendor, and is replaced here by another.
"""


@dataclass(slots=True)
class Verified:
    """What reading a vendor's known board has shown.

    `failed`: it could not be read. `changed`: it was, but not all of it as it should be; `why` tells both. `unknown`:
    no board is known to read. `filled` is the share of optional fields that the `sampled` postings fill, from 0 to 1.
    """

    ats: str
    verdict: Verdict = "unknown"
    company: str | None = None
    url: str | None = None
    listed: int = 0
    total: int | None = None
    skipped: int = 0
    sampled: int = 0
    filled: float | None = None
    empty: list[str] = field(default_factory=list)
    requests: int = 0
    milliseconds: int = 0
    why: str | None = None
    error_kind: str | None = None


def verify(names: Sequence[str], settings: Settings) -> Iterator[Verified]:
    """Read a known board of each of these ATS, or of all; yield what came of it as it comes, five at a time.

    Raises InvalidInput for a name that is no ATS.
    """
    for name in names:
        extractor(name)
    wanted = dict.fromkeys(names or extractors())
    pool = ThreadPoolExecutor(max_workers=_THREADS, thread_name_prefix="verify")
    try:
        for done in as_completed([pool.submit(_verify, ats, settings) for ats in wanted]):
            yield done.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def known_boards(ats: str) -> list[Recognised]:
    """Return boards of an ATS that should be there, the best first.

    Those come first that the catalogue saw with most postings, then the one named above, then what was seen open.
    """
    seen = [entry for entry in catalogue.entries() if entry.ats == ats and entry.checked and entry.open_jobs != 0]
    counted = sorted((entry for entry in seen if entry.open_jobs), key=lambda entry: -(entry.open_jobs or 0))
    named = [_named(ats, *KNOWN[ats])] if ats in KNOWN else []
    rest = [entry for entry in seen if not entry.open_jobs]
    return [*_of(counted), *named, *_of(rest)][:_TRIED_MOST]


def _named(ats: str, company: str, key: str) -> Recognised:
    board = detect.from_name(ats, key)
    return Recognised(board.ats, board.key, board.url, company)


def _of(entries: Sequence[Entry]) -> list[Recognised]:
    found = [(entry.name, detect.from_address(entry.url)) for entry in entries[:_TRIED_MOST]]
    return [Recognised(board.ats, board.key, board.url, name) for name, board in found]


def _verify(ats: str, settings: Settings) -> Verified:
    found = Verified(ats, why="no known board")
    for board in known_boards(ats):
        found = _read(board, settings)
        if found.listed or found.error_kind not in (None, BoardNotFound.__name__):
            break
    return found


def _read(board: Recognised, settings: Settings) -> Verified:
    found = Verified(board.ats, "failed", board.name, board.url)
    vendor = extractor(board.ats)
    try:
        seen = sample(vendor, vendor.key(board.key), settings, postings=POSTINGS, seconds=SECONDS)
    except RolecallError as error:
        found.error_kind, found.why = type(error).__name__, str(error)
    except redis.RedisError:
        found.error_kind = BoardUnavailable.__name__
        found.why = "Redis, which keeps the pace of requests, does not answer right now"
    # The outermost door of a vendor's thread: a fault of ours, too, must not take the other vendors' verdicts along.
    except Exception as error:
        log.exception("verifying failed", ats=board.ats, board=board.url)
        found.error_kind = "InternalError"
        found.why = f"Rolecall failed at this board ({type(error).__name__}); its log says more"
    else:
        _judge(found, seen)
    return found


def _judge(found: Verified, seen: Sample) -> None:
    found.listed, found.total, found.skipped = len(seen.listed), seen.total, len(seen.skipped)
    found.sampled = sum(one.cleaned is not None for one in seen.specimens)
    found.requests, found.milliseconds = seen.requests, seen.milliseconds
    if not found.sampled and (found.skipped or seen.specimens):
        found.error_kind = "UnexpectedPayload"
        found.why = "; ".join(_troubles(seen))
        return
    found.filled, found.empty = (seen.filled, seen.empty) if found.sampled else (None, [])
    troubles = [*_troubles(seen)] if found.sampled else ["the board is empty, though it was known not to be"]
    found.verdict, found.why = ("changed", "; ".join(troubles)) if troubles else ("ok", None)


def _troubles(seen: Sample) -> Iterator[str]:
    if seen.skipped:
        rows = len(seen.skipped) + len(seen.listed)
        yield f"{len(seen.skipped)} of {rows} rows could not be read, the first: {seen.skipped[0].reason}"
    if troubled := [one for one in seen.specimens if one.trouble]:
        first = troubled[0]
        yield (
            f"{len(troubled)} of the {len(seen.specimens)} postings looked at are not whole, the first is "
            f"{first.raw.title or first.raw.url}: {first.trouble}"
        )
    if seen.stopped:
        yield f"not all of it was read: {seen.stopped}"
