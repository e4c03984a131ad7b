"""Boards that a company may have by its name alone: tried politely, and held against the name."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from worker import detect
from worker.detection import names, pages
from worker.detection.candidates import Candidates, InParallel
from worker.detection.evidence import Clue, vendor_name
from worker.detection.result import Candidate, Certainty
from worker.detection.visits import Reading, Visits, in_brief
from worker.errors import BoardError, BoardNotFound
from worker.extractors import extractors
from worker.posting import BoardKey

Guess = tuple[str, BoardKey]

_COMMONEST = (
    "greenhouse", "ashby", "lever", "workable", "personio", "recruitee", "teamtailor", "pinpoint", "rippling", "gem",
    "bamboohr",
)  # fmt: skip
"""Tried first; the vendors that are not named here come after them."""
_FIRST = 8
_FOR_FURTHER_SLUGS = 4
_ENDINGS = ("-careers", "careers", "-jobs", "inc", "hq")
"""What boards are called besides the company's name, tried where only one vendor is in question."""
_REQUESTS_KEPT = 3
"""For seeing whose boards they are that were found."""


def rounds(owner: Sequence[str], ats: str | None) -> Iterator[list[Guess]]:
    """Yield rounds of boards to try for what a company goes by, the likeliest first; of one ATS if it is given."""
    first, *further = names.slugs(owner) or [""]
    if not first:
        return
    vendors = [one for one in _vendors() if ats in (None, one)]
    if ats:
        further += [f"{first}{ending}" for ending in _ENDINGS]
    yield [(one, _keys(one, first)[0]) for one in vendors[:_FIRST]]
    twins = [(one, key) for one in vendors[:_FIRST] for key in _keys(one, first)[1:]]
    yield twins + [(one, _keys(one, slug)[0]) for slug in further[:1] for one in vendors[:_FOR_FURTHER_SLUGS]]
    yield [(one, _keys(one, first)[0]) for one in vendors[_FIRST:]]
    yield [(one, _keys(one, slug)[0]) for slug in further[1:] for one in vendors[:_FOR_FURTHER_SLUGS]]


def _vendors() -> list[str]:
    """Return the vendors whose boards can be guessed, the commonest first."""
    able = [ats for ats, one in extractors().items() if one.guessable]
    return sorted(able, key=lambda ats: (_COMMONEST.index(ats) if ats in _COMMONEST else len(_COMMONEST), ats))


def _keys(ats: str, slug: str) -> list[BoardKey]:
    """Return the keys that a slug may have at a vendor: the usual one, then its twins (personio.com, eu.lever.co).

    Which twins there are is told by the extractor's examples.
    """
    one = extractors()[ats]
    keys = [{**one.defaults, one.fields[0]: slug}]
    for example in one.examples.values():
        if (twin := {**example, one.fields[0]: slug}) not in keys:
            keys.append(twin)
    return [*keys]


class Guesses:
    """The guesses of one detection."""

    def __init__(
        self, visits: Visits, candidates: Candidates, tell: Callable[[str], None], ats: str | None, owner: Sequence[str]
    ) -> None:
        self._visits, self._candidates, self._tell, self._owner = visits, candidates, tell, owner
        self._rounds = rounds(owner, ats)

    def run(self, in_parallel: InParallel, *, rounds_most: int | None = None) -> bool:
        """Try boards round by round until one is the company's; say whether one was found. Goes on where it stopped."""
        for guesses in islice(self._rounds, rounds_most):
            room = max(0, self._visits.budget.left - _REQUESTS_KEPT)
            new = [(ats, key) for ats, key in guesses if not self._candidates.knows(ats, key)]
            nowhere: dict[str, list[str]] = {}
            for (ats, key), outcome in in_parallel(self._try, new[:room]):
                name = key[extractors()[ats].fields[0]]
                if isinstance(outcome, Candidate):
                    self._candidates.take(Clue(ats, key, outcome.certainty, outcome.evidence), outcome)
                elif isinstance(outcome, BoardNotFound):
                    nowhere.setdefault(name, []).append(vendor_name(ats))
                else:
                    why = outcome if isinstance(outcome, str) else in_brief(outcome)
                    self._tell(f"a board called {name} at {vendor_name(ats)}: {why}")
            for name, vendors in nowhere.items():
                self._tell(f"no board is called {name} at {', '.join(vendors)}")
            if self._candidates.is_found:
                return True
        return False

    def _try(self, guess: Guess) -> tuple[Guess, Candidate | BoardError | str]:
        """Read a board that may not exist: a candidate, why it is none, or the error."""
        ats, key = guess
        try:
            reading = self._visits.read(extractors()[ats], key)
        except BoardError as error:
            return guess, error
        board = detect.from_key(ats, key)
        if self._candidates.leads_home(reading):
            verdict: tuple[Certainty, str] | None = ("likely", "a board of this name exists")
        else:
            verdict = self._judge(board.url, reading)
        if verdict is None:
            return guess, f"it is that of {reading.company}"
        certainty, evidence = verdict
        if not reading.open_postings:
            certainty, evidence = "possible", f"{evidence}, but it has no open postings"
        return guess, self._candidates.described(Candidate(board, certainty, evidence), reading)

    def _judge(self, url: str, reading: Reading) -> tuple[Certainty, str] | None:
        """Return how sure a guess is and why, None if the board is another company's."""
        if reading.company:
            likeness = names.alike(self._owner, reading.company)
            if likeness == "different":
                return None
            says = f"a board of this name exists, and it says that it is that of {reading.company}"
            return ("likely" if likeness == "same" else "possible"), says
        title = self._title(url)
        if title is None:
            return "possible", "a board of this name exists, but nothing on it says whose it is"
        return "likely", f"a board of this name exists, and its page is called {title!r}"

    def _title(self, url: str) -> str | None:
        """Return what a board's public page is called, if that names the company."""
        if not self._visits.budget.left:
            return None
        page = self._visits.page(url).page
        titles = pages.take_apart(page).names if page else ()
        return next((title for title in titles if any(names.is_named_in(name, title) for name in self._owner)), None)
