"""Judging stored postings by a person's wishes: many at once, one with all reasons, or a sample to try a wish out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from worker.criteria import Criteria, Layer
from worker.store import matches, wishes
from worker.store.matches import Stored
from worker.store.wishes import Wishes
from worker.wish import Reason, Wish, check

PREVIEW_MOST = 20_000
"""Open postings that a wish is tried out on: the newest."""
GLANCE_MOST = 2_500
"""So many where nobody asked for it and a page waits."""
DESCRIPTIONS_AT_ONCE = 500

Judgement = tuple[bool, list[Reason]]
"""Whether a posting passes, and the reasons: those that let it in, or the one that keeps it out."""


class Judge:
    """One person's wishes; what they come to for a company is worked out once."""

    def __init__(self, mine: Wishes) -> None:
        self.wishes = mine
        self._by_company: dict[int, Wish] = {}

    def wish(self, company: int) -> Wish:
        """Return what the person wishes of a company."""
        if company not in self._by_company:
            self._by_company[company] = self.wishes.of(company)
        return self._by_company[company]

    def judged(self, db: Session, batch: Sequence[Stored]) -> Iterator[tuple[Stored, Judgement]]:
        """Yield what becomes of each posting. Descriptions are read only of those that everything else lets in."""
        waiting = []
        for one in batch:
            wish = self.wish(one.company_id)
            if not wish.enabled:
                yield one, (False, [])
            elif (judged := wish.judge(one.facts, without_text=True))[0] and wish.reads_descriptions:
                waiting.append(one)
            else:
                yield one, judged
        for start in range(0, len(waiting), DESCRIPTIONS_AT_ONCE):
            some = waiting[start : start + DESCRIPTIONS_AT_ONCE]
            texts = matches.descriptions(db, [one.id for one in some])
            for one in some:
                facts = one.facts._replace(description=texts.get(one.id))
                yield one, self.wish(one.company_id).judge(facts)


@dataclass(frozen=True, slots=True)
class Explained:
    """Why a posting is a match of a person's, or why not: everything that each criterion says of it."""

    watched: bool
    passed: bool
    reasons: list[Reason]


def explain(db: Session, user: int, posting: int) -> Explained:
    """Say of a stored posting whether it passes a person's wishes, and why. Raises NotFound."""
    company, facts = matches.facts(db, posting)
    wish = wishes.of_person(db, user).of(company)
    reasons = list(wish.reasons(facts))
    return Explained(wish.enabled, wish.enabled and all(one.passed for one in reasons), reasons)


@dataclass(slots=True)
class Preview:
    """What criteria would let in: of `looked_at` postings (of `found` that are open), how many, and the first ones."""

    found: int
    looked_at: int = 0
    matched: int = 0
    matches: list[tuple[int, list[Reason]]] = field(default_factory=list)
    rejected: list[tuple[int, list[Reason]]] = field(default_factory=list)


def preview(
    db: Session, criteria: Criteria, companies: Sequence[int] | None, *, most: int, look_at: int = PREVIEW_MOST
) -> Preview:
    """Try criteria out on the newest open postings of some companies, or of all; return `most` of each kind.

    Raises FilterSyntaxError, and InvalidInput for what else cannot be used.
    """
    check(criteria)
    judge = Judge(Wishes(everywhere=Layer("preview", criteria, enabled=True)))
    found = Preview(matches.count_open(db, companies))
    batch = matches.newest_postings(db, companies, most=look_at)
    found.looked_at = len(batch)
    verdicts = sorted(judge.judged(db, batch), key=lambda pair: -pair[0].id)
    for one, (passed, reasons) in verdicts:
        shown = found.matches if passed else found.rejected
        found.matched += passed
        if len(shown) < most:
            shown.append((one.id, reasons))
    return found
