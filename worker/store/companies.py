"""Companies and their boards: added, listed, changed, removed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.errors import NotFound, Outdated
from worker.store.patterns import containing

_FIND_BOARD = text("""
SELECT id, company_id FROM boards WHERE (ats = :ats AND lower(key) = lower(:key)) OR lower(url) = lower(:url)
ORDER BY id LIMIT 1
""")

_WANTED = """
unnest(CAST(:ats AS text[]), CAST(:key AS text[]), CAST(:url AS text[])) WITH ORDINALITY AS wanted (ats, key, url, at)
"""

_FIND_BOARDS = text(f"""
SELECT DISTINCT ON (wanted.at) wanted.at, boards.id, boards.company_id
FROM {_WANTED} JOIN boards
    ON (boards.ats = wanted.ats AND lower(boards.key) = lower(wanted.key)) OR lower(boards.url) = lower(wanted.url)
ORDER BY wanted.at, boards.id
""")

_COMPANY_IDS = text("""
SELECT nextval(pg_get_serial_sequence('companies', 'id')) FROM generate_series(1, :count)
""")

_INSERT_COMPANIES = text("""
INSERT INTO companies (id, name) OVERRIDING SYSTEM VALUE
SELECT * FROM unnest(CAST(:ids AS bigint[]), CAST(:names AS text[]))
""")

_INSERT_BOARDS = text(f"""
INSERT INTO boards (company_id, ats, key, url)
SELECT (CAST(:ids AS bigint[]))[wanted.at], ats, key, url FROM {_WANTED} ORDER BY wanted.at
ON CONFLICT DO NOTHING RETURNING id, company_id
""")

_DELETE_MANY = text("DELETE FROM companies WHERE id = ANY(:ids)")

_INSERT_COMPANY = text("INSERT INTO companies (name) VALUES (:name) RETURNING id")

_INSERT_BOARD = text("""
INSERT INTO boards (company_id, ats, key, url) VALUES (:company, :ats, :key, :url)
ON CONFLICT DO NOTHING RETURNING id
""")

_COMPANIES = """
SELECT companies.id, companies.name, companies.created_at,
    coalesce(sum(boards.open_count), 0)::bigint AS open_postings
FROM companies LEFT JOIN boards ON boards.company_id = companies.id
"""

_COMPANY = text(f"{_COMPANIES} WHERE companies.id = :id GROUP BY companies.id")

_PAGE = text(f"""
{_COMPANIES} WHERE companies.id > :after AND (CAST(:name AS text) IS NULL OR companies.name ILIKE :name)
GROUP BY companies.id ORDER BY companies.id LIMIT :most
""")

_BOARD_COLUMNS = """
boards.id, boards.company_id, companies.name AS company, boards.ats, boards.key AS board, boards.url, boards.enabled,
boards.interval_seconds, boards.next_scan_at, boards.last_run_at, boards.last_read_at, boards.last_outcome,
boards.open_count AS open_postings, boards.details_pending, boards.failures, boards.error_kind, boards.error,
boards.gone_at, boards.created_at
"""

_BOARDS_OF = text(f"""
SELECT {_BOARD_COLUMNS} FROM boards JOIN companies ON companies.id = boards.company_id
WHERE boards.company_id = ANY(:companies) ORDER BY boards.id
""")

_BOARD_AT = text(f"""
SELECT {_BOARD_COLUMNS} FROM boards JOIN companies ON companies.id = boards.company_id
WHERE lower(boards.url) = ANY(SELECT lower(url) FROM unnest(CAST(:urls AS text[])) AS url)
ORDER BY length(boards.url) DESC, boards.id LIMIT 1
""")

_BOARDS = text(f"""
SELECT {_BOARD_COLUMNS} FROM boards JOIN companies ON companies.id = boards.company_id
WHERE boards.id > :after
    AND (NOT :failing OR boards.last_outcome IN ('failed', 'gone', 'suspect', 'partial') OR boards.failures > 0)
ORDER BY boards.id LIMIT :most
""")

_MOVE_BOARD = text("""
UPDATE boards SET key = :key, url = :url WHERE id = :id AND NOT EXISTS (
    SELECT 1 FROM boards AS other
    WHERE other.id <> :id AND ((ats = :ats AND lower(key) = lower(:key)) OR lower(url) = lower(:url))
)
""")

_UNKNOWN = text("""
SELECT wanted FROM unnest(CAST(:ids AS bigint[])) AS wanted WHERE NOT EXISTS (
    SELECT 1 FROM companies WHERE id = wanted
) ORDER BY wanted
""")

_BY_NAME = text("SELECT id FROM companies WHERE lower(name) = lower(:name) ORDER BY id")
_LOCK = text("SELECT 1 FROM companies WHERE id = :id FOR NO KEY UPDATE")
_RENAME = text("UPDATE companies SET name = :name WHERE id = :id RETURNING id")

_DELETE = text("""
WITH keys AS (DELETE FROM role_keys WHERE company_id = :id) DELETE FROM companies WHERE id = :id RETURNING id
""")

_LOCK_RUNS = text("""
SELECT 1 FROM scan_runs JOIN boards ON boards.id = scan_runs.board_id
WHERE boards.company_id = :id AND state <> 'finished' ORDER BY scan_runs.id FOR UPDATE OF scan_runs
""")

_ANY = text("SELECT EXISTS (SELECT 1 FROM companies)")

_SCHEDULE = text("""
UPDATE boards SET enabled = coalesce(:enabled, enabled),
    interval_seconds = CASE WHEN :set_interval THEN :interval ELSE interval_seconds END,
    next_scan_at = CASE WHEN :set_interval OR (:enabled AND NOT enabled) THEN now() ELSE next_scan_at END
WHERE company_id = :id
""")


@dataclass(frozen=True, slots=True)
class Added:
    """A board that is now watched; `new` is false when it was before."""

    company_id: int
    board_id: int
    new: bool


def add(session: Session, *, name: str, ats: str, key: str, url: str) -> Added:
    """Add a board with a company of its own, unless it is there already."""
    board = {"ats": ats, "key": key, "url": url}
    if found := session.execute(_FIND_BOARD, board).one_or_none():
        return Added(found[1], found[0], new=False)
    company = int(session.execute(_INSERT_COMPANY, {"name": name}).scalar_one())
    inserted = session.execute(_INSERT_BOARD, {**board, "company": company}).scalar_one_or_none()
    if inserted is None:  # somebody else added it a moment ago
        session.execute(_DELETE, {"id": company})
        found = session.execute(_FIND_BOARD, board).one()
        return Added(found[1], found[0], new=False)
    return Added(company, int(inserted), new=True)


@dataclass(frozen=True, slots=True)
class NewBoard:
    """A board to be added, with the name of its company."""

    name: str
    ats: str
    key: str
    url: str


def move_board(session: Session, board_id: int, *, ats: str, key: str, url: str) -> None:
    """Give a board that its vendor has renamed its new key and address, unless another one has them."""
    session.execute(_MOVE_BOARD, {"id": board_id, "ats": ats, "key": key, "url": url})


def add_many(session: Session, wanted: Sequence[NewBoard]) -> list[Added]:
    """Add boards, each with a company of its own unless it is there already; return what became of each, in order."""
    found = _find_many(session, wanted)
    missing: dict[tuple[str, str], NewBoard] = {}
    for number, one in enumerate(wanted):
        if number not in found:
            missing.setdefault((one.ats, one.key.lower()), one)
    new = _insert_many(session, list(missing.values()))
    if new:
        found = _find_many(session, wanted)
    return [
        Added(company, board, new=new.pop(board, None) is not None)
        for board, company in (found[number] for number in range(len(wanted)))
    ]


def _find_many(session: Session, wanted: Sequence[NewBoard]) -> dict[int, tuple[int, int]]:
    """Return (board, company) of those that are there, by their place."""
    rows = session.execute(_FIND_BOARDS, _arrays(wanted))
    return {row[0] - 1: (row[1], row[2]) for row in rows}


def _insert_many(session: Session, wanted: Sequence[NewBoard]) -> dict[int, int]:
    """Insert boards with their companies; return the company of each by board. What somebody else added is left out."""
    if not wanted:
        return {}
    ids = list(session.execute(_COMPANY_IDS, {"count": len(wanted)}).scalars())
    session.execute(_INSERT_COMPANIES, {"ids": ids, "names": [one.name for one in wanted]})
    new = {row[0]: row[1] for row in session.execute(_INSERT_BOARDS, {"ids": ids, **_arrays(wanted)})}
    session.execute(_DELETE_MANY, {"ids": list(set(ids) - set(new.values()))})
    return new


def _arrays(wanted: Sequence[NewBoard]) -> dict[str, list[str]]:
    return {name: [getattr(one, name) for one in wanted] for name in ("ats", "key", "url")}


def find(session: Session, *, ats: str, key: str, url: str) -> int | None:
    """Return the company a board belongs to, None when it is not watched."""
    found = session.execute(_FIND_BOARD, {"ats": ats, "key": key, "url": url}).one_or_none()
    return found[1] if found else None


def board_at(session: Session, urls: Sequence[str]) -> dict[str, Any] | None:
    """Return the watched board with one of these addresses, whatever their case; of several the most specific one."""
    found = session.execute(_BOARD_AT, {"urls": list(urls)}).mappings().one_or_none()
    return dict(found) if found else None


def get(session: Session, company: int) -> dict[str, Any]:
    """Return a company with its boards. Raises NotFound."""
    row = session.execute(_COMPANY, {"id": company}).mappings().one_or_none()
    if row is None:
        raise _no(company)
    return _with_boards(session, [row])[0]


def page(session: Session, *, after: int = 0, most: int = 100, name: str | None = None) -> list[dict[str, Any]]:
    """Return companies with their boards by rising id, optionally those whose name contains a text."""
    rows = session.execute(_PAGE, {"after": after, "most": most, "name": containing(name)}).mappings().all()
    return _with_boards(session, rows)


def boards(session: Session, *, after: int = 0, most: int = 100, failing: bool = False) -> list[dict[str, Any]]:
    """Return boards by rising id, or only those whose last run did not end well."""
    values = {"after": after, "most": most, "failing": failing}
    return [dict(row) for row in session.execute(_BOARDS, values).mappings()]


def unknown(session: Session, ids: Sequence[int]) -> list[int]:
    """Return those of some ids that no company has."""
    return list(session.execute(_UNKNOWN, {"ids": list(ids)}).scalars())


def named(session: Session, name: str) -> list[int]:
    """Return the companies of a name, whatever its case."""
    return list(session.execute(_BY_NAME, {"name": name}).scalars())


def version(company: Mapping[str, Any]) -> int:
    """Return a number that differs whenever what people change of a company does, and not with each scan."""
    boards = [(one["id"], one["enabled"], one["interval_seconds"]) for one in company["boards"]]
    shown = repr((company["name"], boards)).encode()
    return int.from_bytes(hashlib.sha256(shown).digest()[:7])


def change(session: Session, company: int, wish: Mapping[str, Any], *, expected: int | None = None) -> dict[str, Any]:
    """Give a company the name, or its boards the schedule, that a wish names; return the company as it is now.

    Raises NotFound, and Outdated where `expected` is not its version any more.
    """
    session.execute(_LOCK, {"id": company})
    if expected not in (None, version(get(session, company))):
        raise Outdated("this company was changed since you read it; read it again, and then decide")
    if "name" in wish:
        rename(session, company, wish["name"])
    if {"enabled", "interval_seconds"} & set(wish):
        schedule(session, company, wish)
    return get(session, company)


def rename(session: Session, company: int, name: str) -> None:
    """Give a company another name. Raises NotFound."""
    if session.execute(_RENAME, {"id": company, "name": name}).one_or_none() is None:
        raise _no(company)


def schedule(session: Session, company: int, wish: Mapping[str, Any]) -> None:
    """Pause or resume a company's boards (`enabled`) or set their interval (`interval_seconds`, None: the default)."""
    session.execute(
        _SCHEDULE,
        {
            "id": company,
            "enabled": wish.get("enabled"),
            "set_interval": "interval_seconds" in wish,
            "interval": wish.get("interval_seconds"),
        },
    )


def delete(session: Session, company: int) -> None:
    """Delete a company with its boards, postings and their history. Raises NotFound.

    Its runs are locked first, as by whoever writes what one found: the other way round each would wait for the other.
    """
    session.execute(_LOCK_RUNS, {"id": company})
    if session.execute(_DELETE, {"id": company}).one_or_none() is None:
        raise _no(company)


def is_empty(session: Session) -> bool:
    """Whether no company has been added yet."""
    return not session.execute(_ANY).scalar_one()


def _with_boards(session: Session, rows: Sequence[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    found = {int(row["id"]): {**row, "boards": []} for row in rows}
    for board in session.execute(_BOARDS_OF, {"companies": list(found)}).mappings():
        found[board["company_id"]]["boards"].append(dict(board))
    return list(found.values())


def _no(company: int) -> NotFound:
    return NotFound(f"there is no company {company}")
