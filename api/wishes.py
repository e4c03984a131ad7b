"""Wishes in the form the API documents."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy.orm import Session

from worker.criteria import Criteria, from_json
from worker.judging import Preview
from worker.store import postings, wishes
from worker.wish import Reason


def group(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a group as it was read from the store."""
    kept = {name: value for name, value in row.items() if name not in ("criteria", "title_filters", "version")}
    return {**kept, **criteria(from_json(row["title_filters"], row["criteria"]))}


def setting(db: Session, user: int, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a company's setting, with what it comes to together with the company's groups."""
    wish = wishes.of_person(db, user).of(row["company_id"])
    effective = {**criteria(wish.criteria), "watched": wish.enabled, "sources": dict(wish.sources)}
    kept = {name: row[name] for name in ("company_id", "enabled", "updated_at")}
    return {**kept, **criteria(row["criteria"]), "effective": effective}


def criteria(of: Criteria) -> dict[str, Any]:
    """Return criteria by their names."""
    return asdict(of)


def preview(db: Session, found: Preview) -> dict[str, Any]:
    """Return what criteria let in and kept out, with the postings."""
    shown = [number for number, _ in (*found.matches, *found.rejected)]
    by_id = {row["id"]: row for row in postings.some(db, shown, brief=True)}
    return {
        "found": found.found,
        "looked_at": found.looked_at,
        "matched": found.matched,
        "matches": _previewed(by_id, found.matches),
        "rejected": _previewed(by_id, found.rejected),
    }


def _previewed(
    by_id: Mapping[int, Mapping[str, Any]], judged: Sequence[tuple[int, list[Reason]]]
) -> list[dict[str, Any]]:
    return [{"posting": by_id[number], "reasons": reasons} for number, reasons in judged if number in by_id]
