"""What an extractor's fingerprint is made of: its own code and that of the shared readers it uses."""

import inspect

import pytest

from worker import json_ld, reading, sitemaps


@pytest.fixture
def edited(monkeypatch):
    """Return an extractor's fingerprint as it would be if a module's source were another."""
    source = inspect.getsource

    def fingerprint(ats, module):
        with monkeypatch.context() as patch:
            patch.setattr(inspect, "getsource", lambda one: source(one) + "#" * (one is module))
            reading.fingerprint.cache_clear()
            return reading.fingerprint(ats)

    yield fingerprint
    reading.fingerprint.cache_clear()


@pytest.mark.parametrize("module", [json_ld, sitemaps])
def test_other_code_of_a_reader_concerns_the_extractors_that_use_it_alone(module, edited):
    before = {ats: edited(ats, None) for ats in ("careers_page", "pinpoint")}
    assert not reading.parsed_alike(edited("careers_page", module), before["careers_page"])
    assert edited("pinpoint", module) == before["pinpoint"]
