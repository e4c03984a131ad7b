"""What docs/alerts.md promises: its recipes, its webhook format, and the code that verifies a signature."""

import json
import re
import time
from pathlib import Path

import pytest

from tests import alerting
from tests.alerting import deliveries, raise_alerts, release
from tests.api import building
from tests.receiving import Receiver
from worker import alerts
from worker.channels.forms import SERVICES
from worker.channels.services import PLUGINS

DOCUMENT = (Path(__file__).parents[1] / "docs" / "alerts.md").read_text()


def block(language: str) -> str:
    return re.search(rf"^```{language}\n(.*?)^```", DOCUMENT, re.DOTALL | re.MULTILINE)[1]


@pytest.fixture
def sent(db, settings, tmp_path):
    """A message as a receiver gets it."""
    here = settings(ROLECALL_FOLDER=tmp_path)
    with Receiver() as receiver:
        channel = alerting.webhook(db, here, alerting.person(db), receiver.url)
        raise_alerts(db, 1, building.company(db).board_id, "Engineer")
        release(db)
        alerts.deliver(deliveries(db, channel)[0]["id"], here)
        (request,) = receiver.received
    return request


def test_the_verification_takes_what_is_genuine_and_nothing_else(sent):
    written: dict = {}
    exec(block("python"), written)
    genuine = written["is_genuine"]
    headers = dict(sent.headers)
    assert genuine(alerting.SIGNED_WITH, headers, sent.body)
    assert not genuine("whsec_another", headers, sent.body)
    assert not genuine(alerting.SIGNED_WITH, headers, sent.body + b" ")
    late = {**headers, "X-Rolecall-Timestamp": str(int(time.time()) - 1)}
    assert not genuine(alerting.SIGNED_WITH, late, sent.body)
    assert not genuine(alerting.SIGNED_WITH, headers, sent.body, seconds=-1)


def test_the_body_has_the_fields_that_are_documented(sent):
    documented = json.loads(block("json"))
    assert set(documented) == set(sent.json)
    assert set(documented["matches"][0]) == set(sent.json["matches"][0])


@pytest.mark.parametrize("service", SERVICES)
def test_each_common_service_has_a_recipe_that_fills_in_its_form(service):
    recipes = re.findall(r"^### (.*?)\n(.*?)(?=^##)", DOCUMENT, re.DOTALL | re.MULTILINE)
    (recipe,) = [text for heading, text in recipes if heading.lower().replace("-", "") == service]
    if service != "webhook":
        assert f"--service {service} " in recipe
        named = set(re.findall(r"--field '?(\w+)=", recipe))
        known = {field.name for field in SERVICES[service].fields}
        assert {field.name for field in SERVICES[service].fields if field.required} <= named <= known


def test_the_schemes_that_everybody_may_use_are_all_named():
    (named,) = re.findall(r"Only these schemes may be used: (.*?)\. Nothing leads", DOCUMENT, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", named)) == set(PLUGINS) | {"http", "https"}
