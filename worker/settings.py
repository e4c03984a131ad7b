"""The configuration, read from the environment (and from a running `rolecall up` of this folder)."""

import json
import re
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict
from redis.connection import parse_url
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from worker.errors import StartRefused

STACK_FILE = "stack.json"
_CONTACT = re.compile(r"(?:https?://|[^\s()<>@:/]+@)[^\s()<>@]+")
_MAIL_ADDRESS = re.compile(r"[^\s()<>@:/,;]+@[^\s()<>@:/,;]+")
_ORIGIN = re.compile(r"(https?)://((?:[a-z0-9_-]+\.)*[a-z0-9_-]+|\[[0-9a-f:.]+\])(?::(\d{1,5}))?/?", re.IGNORECASE)
_USUAL_PORTS = {"http": "80", "https": "443"}
_ANY_ADDRESS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not bound


class RunningStack(PydanticBaseSettingsSource):
    """The addresses a running `rolecall up` wrote into its folder; the environment takes precedence."""

    def get_field_value(self, field: Any, field_name: str) -> tuple[Any, str, bool]:  # noqa: ARG002
        """Not used: the whole file is read at once."""
        return None, field_name, False

    def __call__(self) -> dict[str, Any]:
        """Return what the file says, or nothing where none can be read."""
        folder = Path(self.current_state.get("ROLECALL_FOLDER") or ".rolecall")
        try:
            found = json.loads((folder / STACK_FILE).read_text())
            return {"DATABASE_URL": found["database_url"], "REDIS_URL": found["redis_url"]}
        except (OSError, ValueError, LookupError, TypeError):
            return {}


class Settings(BaseSettings):
    """Every setting of Rolecall. docs and README list them from here; a test compares the two."""

    model_config = SettingsConfigDict(env_prefix="", extra="ignore", populate_by_name=True, case_sensitive=True)

    folder: Path = Field(Path(".rolecall"), alias="ROLECALL_FOLDER")
    """Where `rolecall up` keeps its data and tells other commands of this folder that it runs."""
    database_url: SecretStr = Field(alias="DATABASE_URL")
    """PostgreSQL, as `postgresql://user:password@host:port/database`."""
    redis_url: SecretStr = Field(alias="REDIS_URL")
    """Redis or Valkey, as `redis://:password@host:port/0`."""
    host: str = Field("127.0.0.1", alias="ROLECALL_HOST")
    """The address the API listens on."""
    port: int = Field(8000, alias="ROLECALL_PORT", ge=1, le=65535)
    """The port the API listens on."""
    url: str = Field("", alias="ROLECALL_URL", max_length=300)
    """The address people reach Rolecall under, as `https://jobs.example.org`; without it http://HOST:PORT."""
    accounts: bool = Field(default=False, alias="ROLECALL_ACCOUNTS")
    """Several people, who sign in; GOOGLE_CLIENT_ID implies it. Without either: one local person, loopback only."""
    google_client_id: str | None = Field(None, alias="GOOGLE_CLIENT_ID")
    """The audience of Google's ID tokens; set, people can sign in with Google."""
    secret_key: SecretStr | None = Field(None, alias="ROLECALL_SECRET_KEY", min_length=32)
    """Signs tokens, keys, sessions and links, encrypts channels; at least 32 characters. Needed with accounts."""
    admin: str = Field("", alias="ROLECALL_ADMIN", max_length=254)
    """An e-mail address that is let in without an invitation, and is an admin from each sign-in on."""
    sign_up: Literal["invited", "anyone"] = Field("invited", alias="ROLECALL_SIGN_UP")
    """Who may sign in with Google for the first time: those an admin has invited, or anyone with an account."""
    mail_url: SecretStr | None = Field(None, alias="ROLECALL_MAIL_URL")
    """Sends sign-in links, as `mailtos://user:password@example.org?smtp=…&from=…` (Apprise's form of address)."""
    flower_basic_auth: SecretStr | None = Field(None, alias="FLOWER_BASIC_AUTH")
    """`user:password` that Flower asks for; `rolecall up` generates one."""
    flower_url: str = Field("", alias="ROLECALL_FLOWER_URL", max_length=300, pattern=r"^(https?://[^\s@]+)?$")
    """Where people find Flower, for the link on the page Health (no password in it); `rolecall up` knows its own."""
    scan_interval: int = Field(3600, alias="ROLECALL_SCAN_INTERVAL", ge=10)
    """Seconds between two scans of a board that has no interval of its own."""
    contact: str = Field("", alias="ROLECALL_CONTACT", max_length=200)
    """An e-mail address or a page that stands in the User-Agent, for hosts who want to ask about the requests."""
    pace_scale: float = Field(1.0, alias="ROLECALL_PACE_SCALE", gt=0, le=10_000)
    """Multiplies every host's request rate; above 1 only with the host's consent, or in a benchmark."""
    allow_loopback: bool = Field(default=False, alias="ROLECALL_ALLOW_LOOPBACK")
    """Lets boards be fetched from this machine itself. For tests only."""
    max_body_bytes: int = Field(64 * 1024 * 1024, alias="ROLECALL_MAX_BODY_BYTES", ge=1024)
    """The largest answer of a board, in bytes after decompression."""
    request_seconds: float = Field(60.0, alias="ROLECALL_REQUEST_SECONDS", gt=0)
    """The longest a single request may take in all."""
    run_seconds: float = Field(240.0, alias="ROLECALL_RUN_SECONDS", gt=0)
    """The longest a run may take in all; details left over wait for the next run."""
    lease_seconds: float = Field(300.0, alias="ROLECALL_LEASE_SECONDS", gt=0)
    """How long a run is a worker's own; a worker that died gives it up after that. Longer than the run."""
    max_attempts: int = Field(5, alias="ROLECALL_MAX_ATTEMPTS", ge=1, le=100)
    """How often a run is tried before it is failed."""
    retry_seconds: float = Field(5.0, alias="ROLECALL_RETRY_SECONDS", gt=0)
    """The pause before the second attempt; each further one doubles it."""
    lost_seconds: float = Field(60.0, alias="ROLECALL_LOST_SECONDS", gt=0)
    """A run that is on an empty queue for this long was lost by Redis and is sent again."""
    sweep_seconds: float = Field(30.0, alias="ROLECALL_SWEEP_SECONDS", ge=1)
    """How often beat looks for due boards and lost runs; runs that waited are sent six times as often."""
    keep_days: int = Field(90, alias="ROLECALL_KEEP_DAYS", ge=1)
    """How long scans, deliveries, and what people did and may undo are kept; postings and their events stay."""
    companies: Path = Field(Path("companies.txt"), alias="ROLECALL_COMPANIES")
    """The careers addresses that `rolecall up` adds to an empty database."""
    alert_seconds: float = Field(30.0, alias="ROLECALL_ALERT_SECONDS", gt=0, le=300)
    """The longest a message to a channel may take; a worker that died over one gives it up after twice that."""
    alert_retry_seconds: float = Field(30.0, alias="ROLECALL_ALERT_RETRY_SECONDS", gt=0)
    """The pause before a message is sent a second time; each further one doubles it, up to 4 hours, for 24 hours."""
    log_format: Literal["text", "json"] = Field("text", alias="ROLECALL_LOG_FORMAT")
    """How log lines look: for people or for machines."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """The environment first, then a running `rolecall up`."""
        return init_settings, env_settings, RunningStack(settings_cls)

    @field_validator("database_url", mode="before")
    @classmethod
    def _name_the_driver(cls, value: Any) -> Any:
        """A plain `postgresql://` means psycopg 3 to SQLAlchemy 2.1; Rolecall uses psycopg2."""
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        for scheme in ("postgres://", "postgresql://"):
            if isinstance(text, str) and text.startswith(scheme):
                return "postgresql+psycopg2://" + text.removeprefix(scheme)
        return value

    @field_validator("database_url")
    @classmethod
    def _is_postgres(cls, value: SecretStr) -> SecretStr:
        try:
            driver = make_url(value.get_secret_value()).drivername
        except (ArgumentError, ValueError):
            driver = ""
        if driver != "postgresql+psycopg2":
            raise ValueError("cannot be read; write it as postgresql://user:password@host:port/database")
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr) -> SecretStr:
        try:
            parse_url(value.get_secret_value())  # type: ignore[no-untyped-call]  # redis-py has no types for it
        except ValueError:
            raise ValueError("cannot be read; write it as redis://:password@host:port/0") from None
        return value

    @field_validator("contact")
    @classmethod
    def _leads_to_somebody(cls, value: str) -> str:
        if value and not _CONTACT.fullmatch(value):
            raise ValueError("write an e-mail address, or the address of a page (https://…), and nothing else")
        return value

    @field_validator("url")
    @classmethod
    def _is_an_origin(cls, value: str) -> str:
        """As browsers write it in `Origin`: lower case, and no port where it is the usual one."""
        if not value:
            return value
        found = _ORIGIN.fullmatch(value)
        if found is None:
            raise ValueError("write scheme, host and port alone, like https://jobs.example.org")
        scheme, host, port = found[1].lower(), found[2].lower(), found[3]
        return f"{scheme}://{host}" + (f":{port}" if port and port != _USUAL_PORTS[scheme] else "")

    @field_validator("admin")
    @classmethod
    def _is_a_mail_address(cls, value: str) -> str:
        if value and not _MAIL_ADDRESS.fullmatch(value):
            raise ValueError("write an e-mail address, and nothing else")
        return value.lower()

    @field_validator("mail_url")
    @classmethod
    def _sends_mail(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not value.get_secret_value().startswith(("mailto://", "mailtos://")):
            raise ValueError("write an address of Apprise's that begins with mailto:// or mailtos://")
        return value

    @property
    def has_accounts(self) -> bool:
        """Whether people sign in here; otherwise this is one person's own installation."""
        return self.accounts or bool(self.google_client_id)

    @property
    def public_url(self) -> str:
        """The address people reach Rolecall under, without a slash at its end: links begin with it."""
        return self.url or address_of(self.host, self.port)

    @property
    def secure(self) -> bool:
        """Whether people reach Rolecall over https, which is then the only way that its cookies go."""
        return self.public_url.startswith("https://")

    @property
    def user_agent(self) -> str:
        """How Rolecall presents itself to hosts."""
        about = f"+{self.contact}" if self.contact else "reads public job boards; no contact configured"
        return f"Rolecall/{rolecall_version()} ({about})"


def reachable(host: str) -> str:
    """Return the address to call for an address to listen on: "all of them" is none to call."""
    return _ANY_ADDRESS.get(host, host)


def address_of(host: str, port: int) -> str:
    """Return the web address of what listens there."""
    host = reachable(host)
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def rolecall_version() -> str:
    """Return the version that is installed, or `unreleased`."""
    try:
        return version("rolecall")
    except PackageNotFoundError:
        return "unreleased"


@lru_cache
def get_settings() -> Settings:
    """Return the settings of this process. Raises StartRefused, naming each variable that is missing or wrong."""
    try:
        return Settings()  # type: ignore[call-arg]  # the values come from the environment
    except ValidationError as error:
        raise StartRefused(_in_words(error)) from None


def _in_words(error: ValidationError) -> str:
    lines = []
    for problem in error.errors(include_url=False, include_input=False):
        said = problem["msg"].removeprefix("Value error, ")
        lines.append(f"{'.'.join(map(str, problem['loc']))}: {said[0].lower()}{said[1:]}")
    running = sorted(str(found.parent) for found in Path().glob(f".rolecall*/{STACK_FILE}"))
    remedy = (
        f"Rolecall runs here with the data in {running[0]}: set ROLECALL_FOLDER={running[0]}"
        if running
        else "Start `rolecall up` in this folder, or set the variables (README, Configuration)"
    )
    return f"Rolecall is not configured: {'; '.join(lines)}. {remedy}."
