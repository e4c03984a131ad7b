"""A person's wish for a company."""

from typing import Any

from fastapi import APIRouter

from api.auth import CurrentUser
from api.dependencies import DbSession, Id
from api.schemas.people import Setting, SettingWish
from worker.filters import compile_filters
from worker.store import people

router = APIRouter(prefix="/settings", tags=["settings"])


@router.get("/{company_id:int}", response_model=Setting)
def get_setting(company_id: Id, db: DbSession, person: CurrentUser) -> dict[str, Any]:
    """Return the person's title filters for a company; without any, every title passes."""
    return people.setting(db, person.id, company_id)


@router.put("/{company_id:int}", response_model=Setting)
def put_setting(company_id: Id, wish: SettingWish, db: DbSession, person: CurrentUser) -> dict[str, Any]:
    """Store the person's title filters for a company; 422 names line and column of a mistake."""
    text = str(wish.title_filters)
    compile_filters(text)
    setting = people.put_setting(db, person.id, company_id, title_filters=text, enabled=wish.enabled)
    db.commit()
    return setting
