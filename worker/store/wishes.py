"""What people wish for: settings of companies, groups with theirs, and whether the stored postings follow them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import text
from sqlalchemy.orm import Session

from worker.criteria import Criteria, Layer, as_json, from_json
from worker.errors import Conflict, InvalidInput, NotFound, Outdated
from worker.wish import Wish, wish_of

GROUPS_MOST = 200
_LOCK = 7_264_001
"""The advisory lock of wishes: shared by whoever judges postings in a scan, exclusive for whoever changes a wish,
judges what is stored by it, or deletes a person."""

_SHARE = text(f"SELECT pg_advisory_xact_lock_shared({_LOCK})")
_ALONE = text(f"SELECT pg_advisory_xact_lock({_LOCK})")
_CHANGED = text(f"""
WITH alone AS MATERIALIZED (SELECT pg_advisory_xact_lock({_LOCK}))
UPDATE users SET wishes = wishes + 1 FROM alone WHERE id = :user RETURNING wishes
""")

_PENDING = text("SELECT id FROM users WHERE wishes_applied < wishes AND disabled_at IS NULL ORDER BY id LIMIT :most")
_VERSION = text("SELECT wishes, wishes_applied FROM users WHERE id = :user")
_APPLIED = text("UPDATE users SET wishes_applied = greatest(wishes_applied, :version) WHERE id = :user")

_LAYERS_OF_COMPANY = text("""
SELECT user_id, layers.name, layers.enabled, title_filters, criteria FROM (
    SELECT user_id, 0 AS rank, 0::bigint AS position, id, NULL AS name, enabled, title_filters, criteria
    FROM company_settings WHERE company_id = :company
    UNION ALL
    SELECT user_id, 1, position, id, name, enabled, title_filters, criteria
    FROM groups JOIN group_companies ON group_id = id WHERE company_id = :company AND NOT all_companies
    UNION ALL
    SELECT user_id, 2, position, id, name, enabled, title_filters, criteria FROM groups WHERE all_companies
) AS layers JOIN users ON users.id = user_id
WHERE users.disabled_at IS NULL ORDER BY user_id, rank, position, layers.id
""")

_SETTINGS_OF = text("""
SELECT company_id, enabled, title_filters, criteria FROM company_settings WHERE user_id = :user
""")

_GROUP_COLUMNS = """
id, name, position, all_companies, enabled, title_filters, criteria, version, created_at, updated_at
"""

_GROUPS = text(f"""
SELECT {_GROUP_COLUMNS}, ARRAY(
    SELECT company_id FROM group_companies WHERE group_id = id ORDER BY company_id
) AS company_ids
FROM groups WHERE user_id = :user AND (CAST(:group AS bigint) IS NULL OR id = :group)
ORDER BY all_companies, position, id
""")

_ADD_GROUP = text("""
INSERT INTO groups (user_id, name, position, all_companies, enabled, title_filters, criteria)
VALUES (:user, :name, :position, :all_companies, :enabled, :title_filters, CAST(:criteria AS jsonb))
RETURNING id
""")

_PUT_GROUP = text("""
UPDATE groups SET name = :name, position = :position, enabled = :enabled, title_filters = :title_filters,
    criteria = CAST(:criteria AS jsonb), version = version + 1, updated_at = now()
WHERE user_id = :user AND id = :group AND version = coalesce(:expected, version) RETURNING id
""")

_HAS_ANY = text("""
SELECT EXISTS (SELECT 1 FROM groups WHERE user_id = :user)
    OR EXISTS (SELECT 1 FROM company_settings WHERE user_id = :user)
""")
_COUNT_GROUPS = text("SELECT count(*) FROM groups WHERE user_id = :user")
_GROUP_NAMED = text("SELECT id FROM groups WHERE user_id = :user AND lower(name) = lower(:name)")
_DELETE_GROUP = text("DELETE FROM groups WHERE user_id = :user AND id = :group RETURNING id")

_PUT_IN = text("""
INSERT INTO group_companies (group_id, company_id)
SELECT groups.id, companies.id FROM groups JOIN companies ON companies.id = ANY(:companies)
WHERE groups.user_id = :user AND groups.id = :group ON CONFLICT DO NOTHING
""")

_TAKE_OUT = text("""
DELETE FROM group_companies USING groups
WHERE groups.id = group_id AND groups.user_id = :user AND group_id = :group AND company_id = ANY(:companies)
""")

_SETTING = text("""
SELECT companies.id AS company_id, title_filters, criteria, enabled, coalesce(version, 0) AS version, updated_at
FROM companies LEFT JOIN company_settings
    ON company_settings.company_id = companies.id AND company_settings.user_id = :user
WHERE companies.id = :company
""")

_PUT_SETTING = text("""
INSERT INTO company_settings (user_id, company_id, title_filters, criteria, enabled)
SELECT :user, id, :title_filters, CAST(:criteria AS jsonb), :enabled FROM companies WHERE id = :company
ON CONFLICT (user_id, company_id) DO UPDATE SET title_filters = excluded.title_filters, criteria = excluded.criteria,
    enabled = excluded.enabled, version = company_settings.version + 1, updated_at = now()
    WHERE company_settings.version = coalesce(:expected, company_settings.version)
RETURNING company_id
""")

_ENABLE = text("""
INSERT INTO company_settings (user_id, company_id, enabled)
SELECT :user, id, CAST(:enabled AS boolean) FROM companies WHERE id = :company
ON CONFLICT (user_id, company_id) DO UPDATE
    SET enabled = excluded.enabled, version = company_settings.version + 1, updated_at = now()
""")

_DELETE_SETTING = text("DELETE FROM company_settings WHERE user_id = :user AND company_id = :company RETURNING id")


@dataclass(frozen=True, slots=True)
class Wishes:
    """All that one person wishes: the settings by company, and the groups in the order in which they have their say."""

    settings: Mapping[int, Layer] = field(default_factory=dict)
    groups: Sequence[tuple[Layer, frozenset[int]]] = ()
    everywhere: Layer | None = None

    def of(self, company: int) -> Wish:
        """Return what the person wishes of one company."""
        return wish_of(self.layers(company))

    def layers(self, company: int) -> list[Layer]:
        """Return the layers that have a say about a company, the first one first."""
        own = [self.settings[company]] if company in self.settings else []
        shared = [layer for layer, companies in self.groups if company in companies]
        return [*own, *shared, *([self.everywhere] if self.everywhere else [])]

    @property
    def companies(self) -> frozenset[int] | None:
        """The companies that any layer names; None: all are."""
        if self.everywhere:
            return None
        return frozenset(self.settings).union(*(companies for _, companies in self.groups))


def watchers(session: Session, company: int) -> list[tuple[int, Wish]]:
    """Return (user, wish) of everyone who watches a company. Until the transaction ends no wish can change."""
    session.execute(_SHARE)
    layers: dict[int, list[Layer]] = {}
    for row in session.execute(_LAYERS_OF_COMPANY, {"company": company}).mappings():
        layers.setdefault(row["user_id"], []).append(_layer(row, row["name"]))
    wishes = [(user, wish_of(of)) for user, of in layers.items()]
    return [(user, wish) for user, wish in wishes if wish.enabled]


def of_person(session: Session, user: int) -> Wishes:
    """Return all that a person wishes."""
    settings = {
        row["company_id"]: _layer(row, None) for row in session.execute(_SETTINGS_OF, {"user": user}).mappings()
    }
    rows = groups(session, user)
    shared = [(_layer(row, row["name"]), frozenset(row["company_ids"])) for row in rows if not row["all_companies"]]
    everywhere = next((_layer(row, row["name"]) for row in rows if row["all_companies"]), None)
    return Wishes(settings, shared, everywhere)


def has_any(session: Session, user: int) -> bool:
    """Whether a person has said anything of what they wish for."""
    return bool(session.execute(_HAS_ANY, {"user": user}).scalar_one())


def changed(session: Session, user: int) -> int:
    """Note that a person's wishes have changed; return their version. Waits for scans that judge by the old ones."""
    return int(session.execute(_CHANGED, {"user": user}).scalar_one())


def pending(session: Session, *, most: int = 100) -> list[int]:
    """Return people whose wishes have not been applied to the stored postings."""
    return list(session.execute(_PENDING, {"most": most}).scalars())


def version(session: Session, user: int) -> tuple[int, int]:
    """Return the version of a person's wishes, and the one that has been applied. Raises NotFound."""
    row = session.execute(_VERSION, {"user": user}).one_or_none()
    if row is None:
        raise NotFound("this person does not exist any more")
    return row[0], row[1]


def hold_scans(session: Session) -> None:
    """Wait until no scan writes matches; until the transaction ends none does, and no wish changes."""
    session.execute(_ALONE)


def alone(session: Session, user: int) -> tuple[int, int]:
    """Return `version` as it is until the transaction ends, with scans held. Raises NotFound."""
    hold_scans(session)
    return version(session, user)


def applied(session: Session, user: int, version: int) -> None:
    """Note that a version of a person's wishes has been applied."""
    session.execute(_APPLIED, {"user": user, "version": version})


def setting(session: Session, user: int, company: int) -> dict[str, Any]:
    """Return what a person wishes of one company alone. Raises NotFound."""
    row = session.execute(_SETTING, {"user": user, "company": company}).mappings().one_or_none()
    if row is None:
        raise NotFound(f"there is no company {company}")
    return {**row, "criteria": from_json(row["title_filters"], row["criteria"] or {})}


def put_setting(
    session: Session, user: int, company: int, criteria: Criteria, *, enabled: bool | None, expected: int | None = None
) -> dict[str, Any]:
    """Store what a person wishes of one company. Raises NotFound, and Outdated if it is not the expected version."""
    if expected is not None and expected != setting(session, user, company)["version"]:
        raise _outdated()
    values = {"user": user, "company": company, "enabled": enabled, "expected": expected, **_stored(criteria)}
    if session.execute(_PUT_SETTING, values).one_or_none() is None:
        raise _outdated() if expected is not None else NotFound(f"there is no company {company}")
    return setting(session, user, company)


def enable(session: Session, user: int, company: int, *, enabled: bool | None) -> None:
    """Watch a company, hide it, or leave that to its groups (None); its criteria stay. Raises NotFound."""
    setting(session, user, company)
    session.execute(_ENABLE, {"user": user, "company": company, "enabled": enabled})


def delete_setting(session: Session, user: int, company: int) -> None:
    """Let a company be as its groups have it. Raises NotFound."""
    if session.execute(_DELETE_SETTING, {"user": user, "company": company}).one_or_none() is None:
        raise NotFound(f"there is no setting for company {company}")


def groups(session: Session, user: int, group: int | None = None) -> list[dict[str, Any]]:
    """Return a person's groups with their companies, in the order in which they have their say."""
    rows = session.execute(_GROUPS, {"user": user, "group": group}).mappings()
    return [dict(row) for row in rows]


def group(session: Session, user: int, group: int) -> dict[str, Any]:
    """Return one group of a person's. Raises NotFound."""
    found = groups(session, user, group)
    if not found:
        raise _no_group(group)
    return found[0]


def add_group(
    session: Session,
    user: int,
    *,
    name: str,
    criteria: Criteria,
    position: int = 0,
    all_companies: bool = False,
    enabled: bool = True,
) -> int:
    """Make a group; return its id. Raises Conflict for a name, or a group of all companies, that is there already."""
    mine = groups(session, user)
    if len(mine) >= GROUPS_MOST:
        raise InvalidInput(f"a person has at most {GROUPS_MOST} groups; delete one first")
    if all_companies and any(one["all_companies"] for one in mine):
        raise Conflict("you have a group of all companies already; change that one")
    _refuse_name(mine, name)
    values = {"user": user, "name": name, "position": position, "all_companies": all_companies, "enabled": enabled}
    return int(session.execute(_ADD_GROUP, {**values, **_stored(criteria)}).scalar_one())


def put_group(
    session: Session,
    user: int,
    group: int,
    *,
    name: str,
    criteria: Criteria,
    position: int,
    enabled: bool,
    expected: int | None = None,
) -> None:
    """Change a group. Raises NotFound, Conflict for a name that another one has, Outdated."""
    mine = {one["id"]: one for one in groups(session, user)}
    if group not in mine:
        raise _no_group(group)
    _refuse_name([one for number, one in mine.items() if number != group], name)
    values = {"user": user, "group": group, "name": name, "position": position, "enabled": enabled}
    if session.execute(_PUT_GROUP, {**values, "expected": expected, **_stored(criteria)}).one_or_none() is None:
        raise _outdated()


def delete_group(session: Session, user: int, group: int) -> None:
    """Delete a group; its companies stay. Raises NotFound."""
    if session.execute(_DELETE_GROUP, {"user": user, "group": group}).one_or_none() is None:
        raise _no_group(group)


def companies_meant(
    session: Session, user: int, companies: Sequence[int] | None, group_id: int | None
) -> list[int] | None:
    """Return the companies that are named, or a group's; None: all. Raises NotFound."""
    if companies is not None:
        return list(companies)
    meant = None if group_id is None else group(session, user, group_id)
    return None if meant is None or meant["all_companies"] else list(meant["company_ids"])


def group_named(session: Session, user: int, name: str) -> int:
    """Return a person's group of a name, whatever its case; it is made where there is none."""
    found = session.execute(_GROUP_NAMED, {"user": user, "name": name}).scalar_one_or_none()
    return found if found is not None else add_group(session, user, name=name, criteria=Criteria())


def put_in_group(session: Session, user: int, group: int, company_ids: Sequence[int]) -> None:
    """Put companies into a person's group. Those that are there already, or do not exist, change nothing."""
    session.execute(_PUT_IN, {"user": user, "group": group, "companies": list(company_ids)})


def take_out_of_group(session: Session, user: int, group: int, company_ids: Sequence[int]) -> None:
    """Take companies out of a person's group."""
    session.execute(_TAKE_OUT, {"user": user, "group": group, "companies": list(company_ids)})


def _refuse_name(others: Sequence[Mapping[str, Any]], name: str) -> None:
    if any(one["name"].lower() == name.lower() for one in others):
        raise Conflict(f"you have a group {name!r} already; choose another name")


def _layer(row: Mapping[Any, Any], group: str | None) -> Layer:
    source = "company" if group is None else f"group {group}"
    return Layer(source, from_json(row["title_filters"], row["criteria"]), row["enabled"])


def _stored(criteria: Criteria) -> dict[str, Any]:
    return {"title_filters": criteria.title_filters, "criteria": orjson.dumps(as_json(criteria)).decode()}


def _outdated() -> Outdated:
    return Outdated("this has been changed since you read it; read it again and repeat the change")


def _no_group(group: int) -> NotFound:
    return NotFound(f"there is no group {group} of yours")
