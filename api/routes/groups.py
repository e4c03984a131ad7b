"""A person's groups of companies, and what the companies inherit from them."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from api import wishes as arranged
from api.auth import CurrentUser
from api.dependencies import DbSession, Id
from api.openapi import problems
from api.schemas.wishes import Companies, Group, Groups, GroupWish, NewGroup
from api.versions import expected_version, tag
from worker import tasks
from worker.store import wishes

router = APIRouter(prefix="/groups", tags=["filters"])
Expected = Annotated[int | None, Depends(expected_version)]


@router.get("", response_model=Groups)
def list_groups(db: DbSession, person: CurrentUser) -> dict[str, Any]:
    """List the person's groups in the order in which they have their say."""
    return {"items": [arranged.group(row) for row in wishes.groups(db, person.id)]}


@router.post("", response_model=Group, status_code=201, responses=problems(409))
def add_group(wish: NewGroup, db: DbSession, person: CurrentUser, response: Response) -> dict[str, Any]:
    """Make a group. Its settings are inherited by its companies; stored postings follow."""
    group = wishes.add_group(
        db,
        person.id,
        name=wish.name,
        criteria=wish.read(),
        position=wish.position,
        all_companies=wish.all_companies,
        enabled=wish.enabled,
    )
    wishes.put_in_group(db, person.id, group, wish.company_ids)
    response.headers["Location"] = f"/api/v1/groups/{group}"
    return _changed(db, person.id, group, response)


@router.get("/{group_id:int}", response_model=Group)
def get_group(group_id: Id, db: DbSession, person: CurrentUser, response: Response) -> dict[str, Any]:
    """Return a group."""
    found = wishes.group(db, person.id, group_id)
    tag(response, found["version"])
    return arranged.group(found)


@router.put("/{group_id:int}", response_model=Group, responses=problems(409, 412))
def put_group(
    group_id: Id, wish: GroupWish, db: DbSession, person: CurrentUser, response: Response, expected: Expected
) -> dict[str, Any]:
    """Change a group's name, place in the order and settings. Stored postings follow."""
    wishes.put_group(
        db,
        person.id,
        group_id,
        name=wish.name,
        criteria=wish.read(),
        position=wish.position,
        enabled=wish.enabled,
        expected=expected,
    )
    return _changed(db, person.id, group_id, response)


@router.delete("/{group_id:int}", status_code=204)
def delete_group(group_id: Id, db: DbSession, person: CurrentUser) -> None:
    """Delete a group; its companies stay and lose what they inherit from it."""
    wishes.delete_group(db, person.id, group_id)
    wishes.changed(db, person.id)
    db.commit()
    tasks.follow_wishes(person.id)


@router.post("/{group_id:int}/companies", response_model=Group)
def put_in_group(
    group_id: Id, wish: Companies, db: DbSession, person: CurrentUser, response: Response
) -> dict[str, Any]:
    """Put companies into a group."""
    wishes.group(db, person.id, group_id)
    wishes.put_in_group(db, person.id, group_id, wish.company_ids)
    return _changed(db, person.id, group_id, response, wish.company_ids)


@router.delete("/{group_id:int}/companies/{company_id:int}", status_code=204)
def take_out_of_group(group_id: Id, company_id: Id, db: DbSession, person: CurrentUser) -> None:
    """Take a company out of a group."""
    wishes.group(db, person.id, group_id)
    wishes.take_out_of_group(db, person.id, group_id, [company_id])
    wishes.changed(db, person.id)
    db.commit()
    tasks.follow_wishes(person.id, [company_id])


def _changed(
    db: DbSession, user: int, group: int, response: Response, companies: list[int] | None = None
) -> dict[str, Any]:
    found = wishes.group(db, user, group)
    wishes.changed(db, user)
    db.commit()
    tasks.follow_wishes(user, companies)
    tag(response, found["version"])
    return arranged.group(found)
