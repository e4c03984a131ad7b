"""The catalogue: boards that are known to be there."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from api.schemas.catalogue import Entry
from api.schemas.fields import Name, Part
from worker import catalogue

router = APIRouter(tags=["companies"])


@router.get("/catalogue", response_model=Part[Entry])
def search_catalogue(
    name: Annotated[Name, Query(description="A company's name, or the beginning of it")],
    limit: Annotated[int, Query(ge=1, le=100)] = catalogue.MOST,
) -> dict[str, Any]:
    """Search known boards by name, the likeliest first. `POST /companies` with an entry's address watches it."""
    return {"items": catalogue.search(name, most=limit), "next_cursor": None}
