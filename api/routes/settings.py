"""A person's wish for a company."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from api import wishes as arranged
from api.auth import CurrentUser
from api.dependencies import DbSession, Id
from api.openapi import problems
from api.schemas.wishes import Setting, SettingWish
from api.versions import expected_version, tag
from worker import tasks
from worker.store import wishes

router = APIRouter(prefix="/settings", tags=["filters"])


@router.get("/{company_id:int}", response_model=Setting)
def get_setting(company_id: Id, db: DbSession, person: CurrentUser, response: Response) -> dict[str, Any]:
    """Return the person's wish for a company, and what it comes to together with the company's groups."""
    found = wishes.setting(db, person.id, company_id)
    tag(response, found["version"])
    return arranged.setting(db, person.id, found)


@router.put("/{company_id:int}", response_model=Setting, responses=problems(412))
def put_setting(
    company_id: Id,
    wish: SettingWish,
    db: DbSession,
    person: CurrentUser,
    response: Response,
    expected: Annotated[int | None, Depends(expected_version)],
) -> dict[str, Any]:
    """Store the person's wish for a company; stored postings follow. 422 names line and column of a mistake."""
    found = wishes.put_setting(db, person.id, company_id, wish.read(), enabled=wish.enabled, expected=expected)
    wishes.changed(db, person.id)
    answer = arranged.setting(db, person.id, found)
    db.commit()
    tasks.follow_wishes(person.id, [company_id])
    tag(response, found["version"])
    return answer


@router.delete("/{company_id:int}", status_code=204)
def delete_setting(company_id: Id, db: DbSession, person: CurrentUser) -> None:
    """Let a company be as its groups have it; without a group it is not watched."""
    wishes.delete_setting(db, person.id, company_id)
    wishes.changed(db, person.id)
    db.commit()
    tasks.follow_wishes(person.id, [company_id])
