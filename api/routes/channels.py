"""A person's channels: made, changed, tried out."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response

from api import channels as arranged
from api.auth import CurrentUser
from api.channels import Lookouts
from api.cursors import Page
from api.dependencies import CurrentSettings, DbSession, Id
from api.openapi import problems
from api.schemas.channels import (
    Channel,
    ChannelChange,
    Delivery,
    DeliveryState,
    FreshChannel,
    NewChannel,
    ServiceForms,
    TestResult,
)
from api.schemas.fields import Part
from api.versions import expected_version, tag
from worker import alerts
from worker.channels import forms
from worker.store import channels, deliveries

router = APIRouter(prefix="/channels", tags=["alerts"])

Expected = Annotated[int | None, Depends(expected_version)]
Looks = Annotated[Lookouts, Depends()]


@router.get("/services", response_model=ServiceForms)
def list_services() -> dict[str, Any]:
    """List the common services with the forms that make their addresses."""
    return {"items": list(forms.SERVICES.values())}


@router.get("", response_model=Part[Channel])
def list_channels(db: DbSession, person: CurrentUser, page: Page) -> dict[str, Any]:
    """List the person's channels. Their addresses and secrets are never shown."""
    rows = channels.page(db, person.id, after=page.after("channels"), most=page.most)
    return page.part("channels", [arranged.arranged(row) for row in rows])


@router.post("", response_model=FreshChannel, status_code=201, responses=problems(409))
def add_channel(
    wish: NewChannel, db: DbSession, person: CurrentUser, settings: CurrentSettings, looks: Looks, response: Response
) -> dict[str, Any]:
    """Add a channel. For a webhook the answer is the only place that ever shows its secret."""
    looks.count(person)
    db.close()  # no connection is held while the address is looked at
    where, secret = alerts.place(settings, wish.leads_to())
    number = channels.add(db, person.id, where, wish.wish())
    found, version = arranged.channel(db, person.id, number)
    db.commit()
    response.headers["Location"] = f"/api/v1/channels/{number}"
    tag(response, version)
    return {**found, "secret": secret}


@router.get("/{channel_id:int}", response_model=Channel)
def get_channel(channel_id: Id, db: DbSession, person: CurrentUser, response: Response) -> dict[str, Any]:
    """Return a channel."""
    found, version = arranged.channel(db, person.id, channel_id)
    tag(response, version)
    return found


@router.put("/{channel_id:int}", response_model=Channel, responses=problems(409, 412))
def put_channel(
    channel_id: Id,
    wish: ChannelChange,
    db: DbSession,
    person: CurrentUser,
    settings: CurrentSettings,
    looks: Looks,
    response: Response,
    expected: Expected,
) -> dict[str, Any]:
    """Change a channel; without an address or a service it leads where it did."""
    channels.get(db, person.id, channel_id)
    where = None
    if (address := wish.found()) is not None:
        looks.count(person)
        db.close()  # as above
        where, _ = alerts.place(settings, address)
    channels.put(db, person.id, channel_id, wish.wish(), where=where, expected=expected)
    found, version = arranged.channel(db, person.id, channel_id)
    db.commit()
    tag(response, version)
    return found


@router.delete("/{channel_id:int}", status_code=204, responses=problems(412))
def delete_channel(channel_id: Id, db: DbSession, person: CurrentUser, expected: Expected) -> None:
    """Delete a channel with its log; what waits for it is never told."""
    channels.delete(db, person.id, channel_id, expected=expected)
    db.commit()


@router.post("/{channel_id:int}/test", response_model=TestResult)
def test_channel(
    channel_id: Id, db: DbSession, person: CurrentUser, settings: CurrentSettings, looks: Looks
) -> dict[str, Any]:
    """Send a test now, also where the channel is muted or turned off; return what was answered."""
    channels.get(db, person.id, channel_id)
    db.close()  # no connection is held while the service is waited for
    looks.count(person)
    tried = alerts.test(person.id, channel_id, settings)
    return {"ok": tried.ok, "answer": tried.answer, "milliseconds": tried.milliseconds}


@router.get("/{channel_id:int}/deliveries", response_model=Part[Delivery])
def list_deliveries(
    channel_id: Id, db: DbSession, person: CurrentUser, page: Page, state: DeliveryState | None = None
) -> dict[str, Any]:
    """List the messages to a channel, the newest first."""
    channels.get(db, person.id, channel_id)
    before = page.before("deliveries")
    rows = deliveries.page(db, person.id, channel=channel_id, state=state, before=before, most=page.most)
    return page.part("deliveries", rows)
