"""API keys: shown once, kept as their HMAC, revoked at any time."""

from typing import Any

from fastapi import APIRouter

from api import tokens
from api.auth import CurrentUser
from api.cursors import Page
from api.dependencies import CurrentSettings, DbSession, Id
from api.schemas.fields import Part
from api.schemas.people import ApiKey, FreshApiKey, NewApiKey
from worker.secret import secret_key
from worker.store import keys

router = APIRouter(prefix="/api-keys", tags=["people"])


@router.post("", response_model=FreshApiKey, status_code=201)
def create_api_key(wish: NewApiKey, db: DbSession, person: CurrentUser, settings: CurrentSettings) -> dict[str, Any]:
    """Create an API key. The answer is the only place that ever shows it."""
    key = tokens.new_api_key()
    digest = tokens.digest_of(key, secret_key(settings))
    row = keys.add(db, person.id, name=wish.name, prefix=tokens.prefix_of(key), digest=digest)
    db.commit()
    return {**row, "key": key}


@router.get("", response_model=Part[ApiKey])
def list_api_keys(db: DbSession, person: CurrentUser, page: Page) -> dict[str, Any]:
    """List the person's API keys, revoked ones among them."""
    return page.part("keys", keys.page(db, person.id, after=page.after("keys"), most=page.most))


@router.delete("/{key_id:int}", status_code=204)
def revoke_api_key(key_id: Id, db: DbSession, person: CurrentUser) -> None:
    """Revoke an API key at once."""
    keys.revoke(db, person.id, key_id)
    db.commit()
