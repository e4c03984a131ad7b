"""What a detection found: boards with how sure it is of each, and what was tried."""

from dataclasses import dataclass, field
from typing import Literal

from worker.detect import Recognised
from worker.errors import UnsupportedSite

Certainty = Literal["certain", "likely", "possible"]
ORDER: tuple[Certainty, ...] = ("certain", "likely", "possible")

TITLES_MOST = 5


@dataclass(slots=True)
class Candidate:
    """A board that may be the one looked for.

    `evidence` says in a sentence why. `open_postings` is None where the board could not be read, `error` says why not;
    with `at_least` there are so many or more.
    """

    board: Recognised
    certainty: Certainty
    evidence: str
    open_postings: int | None = None
    at_least: bool = False
    titles: list[str] = field(default_factory=list)
    error_kind: str | None = None
    error: str | None = None

    @property
    def is_refuted(self) -> bool:
        """Whether reading it showed that there is no such board, whatever led there."""
        return self.error_kind in ("BoardNotFound", "UnexpectedPayload", "UnsafeAddress", "InternalError")


@dataclass(frozen=True, slots=True)
class Detection:
    """The candidates, the best first; what was tried, in words; what that took."""

    what: str
    candidates: list[Candidate]
    tried: list[str]
    requests: int
    seconds: float

    @property
    def chosen(self) -> Candidate | None:
        """The one board that is meant, None where several may be, or none surely enough."""
        best = [one for one in self.candidates if one.certainty == self.candidates[0].certainty]
        return best[0] if len(best) == 1 and best[0].certainty != "possible" else None


REMEDY = "Paste the address of the company's job list or of one of its postings as the browser shows it"


class NotOneBoard(UnsupportedSite):
    """No board was found, or several among which a person has to choose; `detection` has all that is known."""

    def __init__(self, detection: Detection) -> None:
        super().__init__(_in_words(detection))
        self.detection = detection


def _in_words(detection: Detection) -> str:
    if not detection.candidates:
        tried = "; ".join(detection.tried) or "nothing, as no time was left"
        return f"no board was found for {detection.what!r}. Tried: {tried}. {REMEDY}"
    found = ", ".join(one.board.url for one in detection.candidates)
    one_or_more = "a board" if len(detection.candidates) == 1 else "one of several boards"
    return f"{detection.what!r} may mean {one_or_more}: {found}. Add the one that is meant by its address"
