"""Hosts that are asked, for whoever wonders why a board waits."""

from typing import Any

from fastapi import APIRouter

from api.cursors import Page
from api.dependencies import RedisClient
from api.schemas.fields import Part
from api.schemas.hosts import Host
from worker import hosts

router = APIRouter(tags=["hosts"])


@router.get("/hosts", response_model=Part[Host])
def list_hosts(client: RedisClient, page: Page) -> dict[str, Any]:
    """List the hosts that were asked lately, and those in trouble within a day: pace, places, circuit, robots.txt."""
    after = page.after("hosts")
    found = hosts.hosts(client)[after : after + page.most]
    part = page.part("hosts", [{"id": number, "host": one} for number, one in enumerate(found, after + 1)])
    return {**part, "items": [row["host"] for row in part["items"]]}
