"""The configuration: where it comes from, and what a mistake in it says."""

import ast
import inspect
import json
import os
import re
from itertools import pairwise
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

from worker import settings as module
from worker.errors import StartRefused
from worker.settings import STACK_FILE, Settings, get_settings

POSTGRES = "postgresql://rolecall:hunter2@db.example.com:5432/rolecall"
REDIS = "redis://:correct-horse@redis.example.com:6379/0"
SECRETS = ("hunter2", "correct-horse", "s3cret-key-of-at-least-32-characters", "flower-pass")

NAMES = {name: str(one.alias) for name, one in Settings.model_fields.items()}


@pytest.fixture(autouse=True)
def _from_nowhere(monkeypatch, tmp_path):
    """No environment, no running stack, nothing read before."""
    for name in list(os.environ):
        if name in NAMES.values():
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def configured(monkeypatch):
    """Settings from the two addresses and what else a test sets."""

    def read(**values: str) -> Settings:
        for name, value in {"DATABASE_URL": POSTGRES, "REDIS_URL": REDIS, **values}.items():
            monkeypatch.setenv(name, value)
        get_settings.cache_clear()
        return get_settings()

    return read


def refusal(configured, **values: str) -> str:
    with pytest.raises(StartRefused) as refused:
        configured(**values)
    return str(refused.value)


def written(folder: Path, content: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / STACK_FILE).write_text(content)


def test_without_any_configuration_both_addresses_are_asked_for_and_the_way_out_is_told():
    with pytest.raises(StartRefused, match=r"DATABASE_URL: field required.*REDIS_URL: field required.*rolecall up"):
        get_settings()


def test_two_addresses_are_enough(configured):
    settings = configured()
    assert settings.redis_url.get_secret_value() == REDIS
    assert settings.allow_loopback is False


@pytest.mark.parametrize("scheme", ["postgres://", "postgresql://", "postgresql+psycopg2://"])
def test_every_way_to_write_a_postgres_address_names_the_driver(scheme, configured):
    address = POSTGRES.replace("postgresql://", scheme)
    assert configured(DATABASE_URL=address).database_url.get_secret_value() == POSTGRES.replace(
        "postgresql://", "postgresql+psycopg2://"
    )


WRONG = {
    "DATABASE_URL": [
        *("", "hunter2-is-no-address", "mysql://u:p@host/x", "sqlite:///x.db", "postgresql+asyncpg://u:p@host/x"),
        "postgresql://u:p@host:port/x",
    ],
    "REDIS_URL": ["", "nonsense", "localhost:6379", "http://host:6379", "amqp://host", "redis://host:port/0"],
    "ROLECALL_PORT": ["0", "65536", "x", ""],
    "ROLECALL_SECRET_KEY": ["short"],
    "ROLECALL_URL": [
        *("jobs.example.org", "ftp://jobs.example.org", "https://", "https://jobs.example.org/path", "https://a b"),
        *("https://u:p@jobs.example.org", "https://jobs.example.org:99999999", "https://jöbs.example", "http://x?y"),
        "https://" + "x" * 300,
    ],
    "ROLECALL_ACCOUNTS": ["maybe"],
    "ROLECALL_ADMIN": ["somebody", "a@b@c", "Ada <ada@example.org>", "a@b, c@d", f"{'x' * 250}@example.com"],
    "ROLECALL_SIGN_UP": ["everybody", "Invited", ""],
    "ROLECALL_MAIL_URL": ["smtp://example.org", "slack://token", "file:///etc/passwd", "json://127.0.0.1"],
    "ROLECALL_SCAN_INTERVAL": ["9", "-1", "1.5", "hourly"],
    "ROLECALL_CONTACT": [f"{'x' * 200}@example.com", "somebody", "Jo (jo@example.com)", "ftp://example.com", "a@b\nc"],
    "ROLECALL_PACE_SCALE": ["0", "-1", "10001", "nan", "fast"],
    "ROLECALL_ALLOW_LOOPBACK": ["maybe"],
    "ROLECALL_MAX_BODY_BYTES": ["1023", "64MB"],
    "ROLECALL_REQUEST_SECONDS": ["0", "-1", "nan"],
    "ROLECALL_RUN_SECONDS": ["0", "soon"],
    "ROLECALL_LEASE_SECONDS": ["0"],
    "ROLECALL_MAX_ATTEMPTS": ["0", "101"],
    "ROLECALL_RETRY_SECONDS": ["0"],
    "ROLECALL_LOST_SECONDS": ["0"],
    "ROLECALL_KEEP_DAYS": ["0"],
    "ROLECALL_LOG_FORMAT": ["xml", "JSON"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_is_refused_by_the_name_of_its_variable(name, value, configured):
    told = refusal(configured, **{name: value})
    assert told.startswith("Rolecall is not configured: ")
    assert re.search(rf"\b{name}: [a-z]", told)
    assert told.endswith(".")
    assert "pydantic" not in told
    assert "\n" not in told
    assert "hunter2" not in told


def test_all_mistakes_are_told_at_once(configured):
    told = refusal(configured, ROLECALL_PORT="x", ROLECALL_KEEP_DAYS="0")
    assert "ROLECALL_PORT" in told
    assert "ROLECALL_KEEP_DAYS" in told


def test_secrets_are_never_shown(configured):
    settings = configured(ROLECALL_SECRET_KEY=SECRETS[2], FLOWER_BASIC_AUTH="me:flower-pass")
    for shown in (repr(settings), str(settings), settings.model_dump_json(), f"{settings.model_dump()}"):
        assert not [secret for secret in SECRETS if secret in shown]
    assert settings.secret_key.get_secret_value() == SECRETS[2]


def test_secrets_are_not_in_the_error_of_another_setting_nor_of_their_own(configured):
    told = refusal(
        configured, ROLECALL_PORT="x", ROLECALL_SECRET_KEY="tooshort-hunter2", FLOWER_BASIC_AUTH="me:flower-pass"
    )
    assert not [secret for secret in (*SECRETS, "tooshort") if secret in told]


def test_a_refusal_carries_no_secret_in_its_traceback_either(configured):
    with pytest.raises(StartRefused) as refused:
        configured(ROLECALL_SECRET_KEY="tooshort")
    assert refused.value.__cause__ is None
    assert refused.value.__suppress_context__


def test_every_setting_is_explained():
    tree = ast.parse(inspect.getsource(module))
    body = next(one for one in tree.body if isinstance(one, ast.ClassDef) and one.name == "Settings").body
    for field, after in pairwise(body):
        if isinstance(field, ast.AnnAssign):
            assert isinstance(after, ast.Expr), f"{ast.unparse(field.target)} has no docstring"
            assert isinstance(after.value, ast.Constant)
            assert str(after.value.value).endswith(".")


def test_every_setting_has_a_default_or_is_asked_for_by_name():
    with pytest.raises(StartRefused) as refused:
        get_settings()
    without = {name for name, one in Settings.model_fields.items() if one.default is PydanticUndefined}
    assert without == {"database_url", "redis_url"}
    assert {NAMES[name] for name in without} == set(re.findall(r"([A-Z_]+): field required", str(refused.value)))


def test_every_setting_is_named_as_people_expect():
    for name, variable in NAMES.items():
        assert variable == variable.upper()
        assert variable in ("DATABASE_URL", "REDIS_URL", "GOOGLE_CLIENT_ID", "FLOWER_BASIC_AUTH") or (
            variable == f"ROLECALL_{name.upper()}"
        )


def test_everything_that_opens_a_door_is_kept_as_a_secret():
    hidden = {name for name, one in Settings.model_fields.items() if "SecretStr" in str(one.annotation)}
    assert hidden >= {"database_url", "redis_url", "secret_key", "flower_basic_auth"}
    suspicious = {name for name in NAMES if re.search("password|secret|token|_url|auth", name)}
    assert suspicious <= hidden | {"flower_url"}  # pages show it, so it is refused with a password in it


def test_an_address_that_pages_show_has_no_password_in_it(configured):
    assert configured(ROLECALL_FLOWER_URL="https://flower.example.org").flower_url == "https://flower.example.org"
    with pytest.raises(StartRefused, match="ROLECALL_FLOWER_URL"):
        configured(ROLECALL_FLOWER_URL="https://me:flower-pass@flower.example.org")


@pytest.mark.parametrize(
    "name", [name for name, one in Settings.model_fields.items() if one.annotation in (int, float)]
)
@pytest.mark.parametrize("value", ["-1", "0" * 20, "x", "", "nan"])
def test_no_number_is_without_bounds(name, value, configured):
    assert NAMES[name] in refusal(configured, **{NAMES[name]: value})


def test_a_running_stack_of_this_folder_is_found(tmp_path):
    written(tmp_path / ".rolecall", json.dumps({"database_url": POSTGRES, "redis_url": REDIS}))
    settings = get_settings()
    assert settings.database_url.get_secret_value().endswith("@db.example.com:5432/rolecall")
    assert isinstance(settings.redis_url, SecretStr)


def test_the_environment_comes_before_a_running_stack(tmp_path, configured):
    written(tmp_path / ".rolecall", json.dumps({"database_url": "postgresql://a/b", "redis_url": "redis://a/1"}))
    assert configured().redis_url.get_secret_value() == REDIS


def test_the_folder_of_the_stack_may_be_named(tmp_path, monkeypatch):
    written(tmp_path / "elsewhere", json.dumps({"database_url": POSTGRES, "redis_url": REDIS}))
    monkeypatch.setenv("ROLECALL_FOLDER", str(tmp_path / "elsewhere"))
    assert get_settings().redis_url.get_secret_value() == REDIS


@pytest.mark.parametrize("content", ["", "{", "\xff"])
def test_a_stack_file_that_is_only_half_written_is_as_none(content, tmp_path):
    written(tmp_path / ".rolecall", content)
    with pytest.raises(StartRefused, match="DATABASE_URL"):
        get_settings()


def test_names_are_exact(configured, monkeypatch):
    monkeypatch.setenv("rolecall_port", "9")
    assert configured().port == 8000


def test_hosts_are_told_who_asks(configured):
    assert re.fullmatch(r"Rolecall/[\w.]+ \(reads public job boards; no contact configured\)", configured().user_agent)
    for contact in ("ops@example.com", "https://example.com/bots?who=rolecall", "кадры@example.com"):
        agent = configured(ROLECALL_CONTACT=contact).user_agent
        assert re.fullmatch(rf"Rolecall/[\w.]+ \(\+{re.escape(contact)}\)", agent)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ({}, "http://127.0.0.1:8000"),
        ({"ROLECALL_HOST": "0.0.0.0", "ROLECALL_PORT": "9000"}, "http://127.0.0.1:9000"),
        ({"ROLECALL_HOST": "::"}, "http://[::1]:8000"),
        ({"ROLECALL_HOST": "192.0.2.7"}, "http://192.0.2.7:8000"),
        ({"ROLECALL_URL": "HTTPS://Jobs.Example.org:443/"}, "https://jobs.example.org"),
        ({"ROLECALL_URL": "http://nas:80"}, "http://nas"),
        ({"ROLECALL_URL": "https://jobs.example.org:8443"}, "https://jobs.example.org:8443"),
        ({"ROLECALL_URL": "http://[2001:DB8::1]:8000"}, "http://[2001:db8::1]:8000"),
    ],
)
def test_the_address_of_links_is_an_origin_as_browsers_write_it(configured, written, read):
    assert configured(**written).public_url == read


@pytest.mark.parametrize(
    ("written", "accounts"),
    [({}, False), ({"GOOGLE_CLIENT_ID": ""}, False), ({"GOOGLE_CLIENT_ID": "x"}, True),
     ({"ROLECALL_ACCOUNTS": "true"}, True), ({"ROLECALL_ACCOUNTS": "false", "GOOGLE_CLIENT_ID": "x"}, True)],
)  # fmt: skip
def test_several_people_are_meant_by_either_setting(configured, written, accounts):
    assert configured(**written).has_accounts is accounts


def test_the_password_of_the_mail_server_is_never_shown(configured):
    settings = configured(ROLECALL_MAIL_URL="mailtos://me:geheim@example.org")
    assert "geheim" not in f"{settings!r}{settings.model_dump_json()}"
    assert "geheim" not in refusal(configured, ROLECALL_MAIL_URL="smtp://me:geheim@example.org")


def test_the_operators_address_is_compared_without_case(configured):
    assert configured(ROLECALL_ADMIN="Root@Example.ORG").admin == "root@example.org"
