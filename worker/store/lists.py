"""What is watched as a list: companies with their boards and a person's groups, and companies that are one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import text
from sqlalchemy.orm import Session

_AT_ONCE = 1000

_LISTED = text("""
SELECT companies.id, companies.name,
    array_agg(boards.ats ORDER BY boards.id) AS ats, array_agg(boards.key ORDER BY boards.id) AS keys,
    array_agg(boards.url ORDER BY boards.id) AS urls,
    ARRAY(
        SELECT groups.name FROM groups JOIN group_companies ON group_id = groups.id
        WHERE company_id = companies.id AND user_id = :user ORDER BY position, groups.id
    ) AS groups
FROM companies JOIN boards ON boards.company_id = companies.id
WHERE companies.id > :after GROUP BY companies.id ORDER BY companies.id LIMIT :most
""")

_MOVE = text("""
UPDATE boards SET company_id = joined.kept
FROM unnest(CAST(:gone AS bigint[]), CAST(:kept AS bigint[])) AS joined (gone, kept) WHERE company_id = joined.gone
""")

_DELETE = text("DELETE FROM companies WHERE id = ANY(:gone)")


@dataclass(frozen=True, slots=True)
class Listed:
    """A company: its boards as (ATS, board, address), oldest first, and the names of the person's groups it is in."""

    id: int
    name: str
    boards: list[tuple[str, str, str]]
    groups: list[str]


def listed(session: Session, user: int | None) -> Iterator[Listed]:
    """Yield every company that has a board, in the order they were added, with the groups of a person, if of one."""
    last = 0
    while rows := session.execute(_LISTED, {"user": user, "after": last, "most": _AT_ONCE}).all():
        for row in rows:
            yield Listed(row.id, row.name, list(zip(row.ats, row.keys, row.urls, strict=True)), row.groups)
        last = rows[-1].id


def join(session: Session, joined: Mapping[int, int]) -> None:
    """Give the boards of companies that were added a moment ago to others, and delete them: nothing refers to them."""
    if joined:
        values = {"gone": list(joined), "kept": list(joined.values())}
        session.execute(_MOVE, values)
        session.execute(_DELETE, values)
