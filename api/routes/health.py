"""Whether the process lives, and whether it can work."""

from typing import Any

from fastapi import APIRouter

from api import health
from api.dependencies import DbSession, RedisClient
from api.schemas.health import Alive, Ready

router = APIRouter(tags=["health"])


@router.get("/healthz", response_model=Alive)
async def healthz() -> dict[str, str]:
    """Say that the process lives: no I/O and no thread, so that a busy process is not taken for a dead one."""
    return {"status": "ok"}


@router.get("/readyz", response_model=Ready)
def readyz(db: DbSession, client: RedisClient) -> dict[str, Any]:
    """Say that database, Redis, migrations and a worker are there; 503 names what is missing."""
    return health.check(db, client)
