"""From what a page holds to the boards it speaks of: pure, nothing is asked."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from worker.detection import names
from worker.detection.pages import Address, Content, How
from worker.detection.result import ORDER, Certainty
from worker.extractors import extractor, extractors, recognise
from worker.posting import BoardKey

_MANY_BOARDS = 4
"""A page that links to more boards than this is a list of other companies'."""
_ASKED_BY_SCRIPTS = re.compile(r"://(?:[\w-]*api)\b|/(?:api|embed|widget|v\d)(?:[/?#]|$)|[/_-]embed\b", re.IGNORECASE)
_SEVERAL = 2


@dataclass(frozen=True, slots=True)
class Clue:
    """A board (or, by a key with empty fields, a company at a vendor) with how sure it is and a sentence why."""

    ats: str
    key: BoardKey
    certainty: Certainty
    evidence: str

    @property
    def place(self) -> tuple[str, str]:
        """What two clues to the same board have in common."""
        return self.ats, extractor(self.ats).key_text(self.key).lower()

    def beats(self, other: "Clue") -> bool:
        """Whether this clue is surer than another."""
        return ORDER.index(self.certainty) < ORDER.index(other.certainty)


def vendor_name(ats: str) -> str:
    """Return how a vendor writes its own name."""
    about = extractor(ats).about
    return about.name if about else ats


def of_address(url: str, evidence: str) -> list[Clue]:
    """Return the boards that an address names by itself; sure, unless it could be of two vendors."""
    found = recognise(url)
    return [Clue(ats, key, "certain" if len(found) == 1 else "possible", evidence) for ats, key in found]


def of_page(content: Content, asked: str, owner: Sequence[str]) -> list[Clue]:
    """Return the boards that a page speaks of, each once, the surest first; `owner` are names of whose page it is.

    A board that the page leads to, embeds or is served by is certain. One that it links to is likely the company's if
    it is linked more than once or named like the company, else possible; so is every board of a long list of them.
    """
    here = content.page.url
    found = _elsewhere(asked, here) + _sniffed(content)
    grouped: dict[tuple[str, str], list[tuple[BoardKey, Address]]] = defaultdict(list)
    host = urlsplit(here).netloc
    for one in content.addresses:
        # A page's links within its own host say nothing that its own address would not have said.
        for ats, key in recognise(one.url) if urlsplit(one.url).netloc != host else ():
            grouped[ats, extractor(ats).key_text(key).lower()].append((key, one))
    linked = sum(not any(_is_built_in(one) for _, one in group) for group in grouped.values())
    for (ats, _), group in grouped.items():
        addresses = [one for _, one in group]
        found.append(_of_group(ats, group[0][0], addresses, here, owner, among_many=linked > _MANY_BOARDS))
    best: dict[tuple[str, str], Clue] = {}
    for clue in found:
        if clue.place not in best or clue.beats(best[clue.place]):
            best[clue.place] = clue
    return sorted(best.values(), key=lambda clue: ORDER.index(clue.certainty))


def _elsewhere(asked: str, here: str) -> list[Clue]:
    return of_address(here, f"{asked} leads to {here}") if here != asked else []


def _sniffed(content: Content) -> list[Clue]:
    clues = []
    for ats, one in extractors().items():
        if one.sniff and (key := one.sniff(content.page)) is not None:
            clues.append(Clue(ats, key, "certain", f"the source of {content.page.url} shows that it is its board"))
    return clues


def _is_built_in(one: Address) -> bool:
    """Whether the page shows the board by itself, so that nobody else's is meant."""
    if one.how in ("forwarded", "embedded"):
        return True
    return one.how == "mentioned" and bool(_ASKED_BY_SCRIPTS.search(one.url))


_WAYS: dict[How, str] = {"forwarded": "sends its readers on to it", "embedded": "embeds it", "mentioned": "asks it"}


def _of_group(
    ats: str, key: BoardKey, addresses: Sequence[Address], here: str, owner: Iterable[str], *, among_many: bool
) -> Clue:
    for one in addresses:
        if _is_built_in(one):
            return Clue(ats, key, "certain", f"{here} {_WAYS[one.how]}: {one.url}")
    links = len({one.url for one in addresses})
    how = f"{here} names {links} addresses of it" if links >= _SEVERAL else f"{here} names it: {addresses[0].url}"
    if among_many:
        return Clue(ats, key, "possible", f"{how}, among the boards of many companies")
    if is_named_like(ats, key, owner):
        return Clue(ats, key, "likely", f"{how}, and it is named like the company")
    return Clue(ats, key, "likely" if links >= _SEVERAL else "possible", how)


def is_named_like(ats: str, key: BoardKey, owner: Iterable[str]) -> bool:
    """Whether a board's own name is that of one of the given names, or begins like it."""
    board = key[extractor(ats).fields[0]]
    board = names.site_label(board) if board.count(".") > 1 else board
    plain = re.sub(r"[\W_]|%\w\w", "", board).lower()
    for name in owner:
        wanted = "".join(names.words(name))
        if len(wanted) > _SEVERAL and (
            plain.startswith(wanted) or (wanted.startswith(plain) and len(plain) > _SEVERAL)
        ):
            return True
    return False
