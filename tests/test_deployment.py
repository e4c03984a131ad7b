"""docker-compose.yml, Dockerfile and .env.example: valid, and as safe as operations.md says. No engine is needed."""

import json
import re
from importlib.resources import files
from pathlib import Path

import jsonschema
import pytest
import yaml

from worker.settings import Settings

ROOT = Path(__file__).parents[1]
COMPOSE = (ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(COMPOSE)["services"]


def test_the_compose_file_follows_the_compose_specification():
    schema = json.loads(files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json").read_text())
    jsonschema.validate(yaml.safe_load(COMPOSE), schema)


def test_the_services_are_those_that_are_promised():
    assert set(SERVICES) == {"postgres", "redis", "migrate", "api", "worker", "beat", "flower"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_health_check_and_does_not_run_as_root(name):
    check = SERVICES[name]["healthcheck"]
    assert check.get("test") or (name == "migrate" and check["disable"])
    assert SERVICES[name]["user"] not in ("root", "0", 0)


@pytest.mark.parametrize("name", SERVICES)
def test_ports_are_published_on_loopback_only(name):
    for port in SERVICES[name].get("ports", []):
        assert port.startswith("127.0.0.1:")


@pytest.mark.parametrize("name", ["api", "worker", "beat"])
def test_whatever_uses_the_database_waits_for_the_migration(name):
    assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_workers_can_be_scaled():
    assert "container_name" not in SERVICES["worker"]
    assert "ports" not in SERVICES["worker"]


def test_redis_keeps_what_it_is_given():
    command = " ".join(SERVICES["redis"]["command"])
    assert "--appendonly yes" in command
    assert "--maxmemory-policy noeviction" in command
    assert "--requirepass" in command


def test_the_example_of_the_environment_names_every_variable_and_gives_no_secret_away():
    example = (ROOT / ".env.example").read_text()
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", COMPOSE))
    given = dict(line.split("=", 1) for line in example.splitlines() if "=" in line and not line.startswith("#"))
    assert set(given) == used
    assert not any(given.values())


def test_every_rolecall_variable_of_the_compose_file_is_a_setting():
    known = {field.alias for field in Settings.model_fields.values()}
    for service in SERVICES.values():
        for name in service.get("environment", {}):
            assert name in known or name.startswith(("POSTGRES_", "REDIS_PASSWORD")), name


def test_the_image_does_not_run_as_root_and_installs_by_hash():
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.search(r"^USER rolecall$", dockerfile, re.MULTILINE)
    assert "--require-hashes" in dockerfile
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", dockerfile, re.MULTILINE):
        for name in copied.split():
            assert (ROOT / name).exists(), name
