"""People, and what they sign in with."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from api.schemas.fields import Body, Name
from worker import mail

Role = Literal["admin", "member"]
Email = Annotated[str, Field(pattern=mail.ADDRESS, examples=["ada@example.org"]), AfterValidator(str.lower)]
WantsSession = Annotated[
    bool, Field(description="Sign the browser in by a cookie, too; only for pages of this installation")
]


class Credential(Body):
    """What Google gave the browser."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"credential": "eyJhbGciOiJSUzI1NiIsImtpZCI6Ij…"}]})

    credential: str = Field(max_length=10_000)
    session: WantsSession = False


class LinkWish(Body):
    """Who wants to sign in by a link."""

    email: Email


class LinkPromise(BaseModel):
    """That a link is on its way, if the address may sign in."""

    expires_in: int = Field(description="Seconds for which the link works", examples=[900])


class LinkToken(Body):
    """What stands behind the last slash of a link."""

    token: str = Field(max_length=200, examples=["yPVEOJ2pCkXqzB4hGg0mUeWv1sN7tQxR3aLfD9iKbZc"])
    session: WantsSession = False


class Me(BaseModel):
    """A person."""

    id: int = Field(examples=[1])
    email: str = Field(examples=["ada@example.org"])
    name: str | None = Field(examples=["Ada"])
    role: Role
    created_at: datetime


class MyChange(Body):
    """What is to be changed of oneself; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Ada"}]})

    name: Name | None = None


class PersonRow(Me):
    """A person as admins see them."""

    signed_in_at: datetime | None = Field(description="The last time; null for somebody invited who has not come yet")
    disabled_at: datetime | None


class PersonChange(MyChange):
    """What is to be changed of a person; what is left out stays."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "admin"}, {"disabled": True}]})

    role: Role = "member"
    disabled: bool = False


class Invitation(Body):
    """Who is invited, and as what."""

    email: Email
    name: Name | None = None
    role: Role = "member"


class LoginLink(BaseModel):
    """An address that signs a person in, once."""

    url: str = Field(examples=["https://jobs.example.org/sign-in/yPVEOJ2pCkXqzB4hGg0mUeWv1sN7tQxR3aLfD9iKbZc"])
    expires_at: datetime


class Invited(BaseModel):
    """A person who was invited, with the link to hand over: it is shown this once."""

    person: PersonRow
    link: LoginLink


class BrowserSession(BaseModel):
    """A browser that a person has signed in with."""

    id: int = Field(examples=[1])
    browser: str | None = Field(description="What it calls itself", examples=["Mozilla/5.0 (X11; Linux x86_64) …"])
    created_at: datetime
    last_used_at: datetime = Field(description="To the minute")
    expires_at: datetime = Field(description="Unless it is used again")
    current: bool = Field(description="Whether this request was made with it")


class SignedIn(BaseModel):
    """An access token, to be sent as `Authorization: Bearer …`."""

    access_token: str = Field(examples=["eyJhbGciOiJIUzI1NiIsInR5cCI6Ikp…"])
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme, no password
    expires_in: int = Field(description="Seconds", examples=[3600])
    user: Me


class NewApiKey(Body):
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
