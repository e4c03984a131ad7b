"""Messages to a person's channels: what each said, its tries, and another one."""

from typing import Any

from fastapi import APIRouter

from api.auth import CurrentUser
from api.dependencies import DbSession, Id
from api.openapi import problems
from api.schemas.channels import DeliveryWithTries
from worker import tasks
from worker.store import deliveries

router = APIRouter(prefix="/deliveries", tags=["alerts"])


@router.get("/{delivery_id:int}", response_model=DeliveryWithTries)
def get_delivery(delivery_id: Id, db: DbSession, person: CurrentUser) -> dict[str, Any]:
    """Return a message with what it says and each try to send it."""
    return deliveries.get(db, person.id, delivery_id)


@router.post("/{delivery_id:int}/retry", response_model=DeliveryWithTries, responses=problems(409))
def retry_delivery(delivery_id: Id, db: DbSession, person: CurrentUser) -> dict[str, Any]:
    """Let a dead message be tried again, now and for another 24 hours."""
    deliveries.retry(db, person.id, delivery_id)
    found = deliveries.get(db, person.id, delivery_id)
    db.commit()
    tasks.enqueue_deliveries(found["channel_id"])
    return found
