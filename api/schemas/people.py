"""People, their credentials and their wishes."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.fields import FilterText, Name


class Credential(BaseModel):
    """What Google gave the browser."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"credential": "eyJhbGciOiJSUzI1NiIsImtpZCI6Ij…"}]})

    credential: str = Field(max_length=10_000)


class Me(BaseModel):
    """A person."""

    id: int = Field(examples=[1])
    email: str = Field(examples=["ada@example.org"])
    name: str | None = Field(examples=["Ada"])
    created_at: datetime


class SignedIn(BaseModel):
    """An access token, to be sent as `Authorization: Bearer …`."""

    access_token: str = Field(examples=["eyJhbGciOiJIUzI1NiIsInR5cCI6Ikp…"])
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme, no password
    expires_in: int = Field(description="Seconds", examples=[3600])
    user: Me


class NewApiKey(BaseModel):
    """How a new API key is to be called."""

    name: Name = Field(examples=["laptop"])


class ApiKey(BaseModel):
    """What may be shown of an API key."""

    id: int = Field(examples=[1])
    name: str = Field(examples=["laptop"])
    prefix: str = Field(examples=["rc_5xQ1zW8k"])
    created_at: datetime
    last_used_at: datetime | None
    revoked_at: datetime | None


class FreshApiKey(ApiKey):
    """A new API key with the key itself, which is shown this once."""

    key: str = Field(examples=["rc_5xQ1zW8kU…"])


class SettingWish(BaseModel):
    """A person's wish for a company: which titles, and whether at all."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"title_filters": ["python engineer", "-intern"], "enabled": True}]}
    )

    title_filters: FilterText = ""
    enabled: bool = True


class Setting(BaseModel):
    """A person's wish for a company as stored; `updated_at` is null where nothing is."""

    company_id: int = Field(examples=[1])
    title_filters: str = Field(examples=["python engineer\n-intern"])
    enabled: bool
    updated_at: datetime | None
