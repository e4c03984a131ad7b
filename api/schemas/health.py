"""How the installation is."""

from typing import Literal

from pydantic import BaseModel, Field


class Alive(BaseModel):
    """The process lives."""

    status: Literal["ok"]


class Ready(BaseModel):
    """Every part is there."""

    status: Literal["ok"]
    workers: list[str] = Field(description="Seen within the last minute", examples=[["worker1@host"]])
