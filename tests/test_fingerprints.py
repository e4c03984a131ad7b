"""What an extractor's fingerprint is made of: its own code and that of the shared readers it uses."""

import inspect

import pytest

from worker import json_ld, paging, reading, sitemaps


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


@pytest.mark.parametrize(("ats", "module"), [("careers_page", json_ld), ("careers_page", sitemaps), ("ukg", paging)])
def test_other_code_of_a_reader_concerns_the_extractors_that_use_it_alone(ats, module, edited):
    before = {one: edited(one, None) for one in (ats, "pinpoint")}
    assert not reading.parsed_alike(edited(ats, module), before[ats])
    assert edited("pinpoint", module) == before["pinpoint"]
