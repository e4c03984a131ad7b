"""What single vendors are known to answer, as it comes over the wire."""

from datetime import UTC, datetime

import pytest
import requests
from requests.adapters import HTTPAdapter

from tests.http.conftest import reply
from worker.errors import BoardNotFound, BoardRefused, BoardUnavailable
from worker.extractors import extractor
from worker.http import BoardClient, Limits
from worker.settings import Settings


def default(name: str) -> float:
    return float(Settings.model_fields[name].default)


@pytest.mark.parametrize(
    ("ats", "status", "error"),
    [
        ("trakstar", 400, BoardNotFound),
        ("polymer", 422, BoardNotFound),
        ("avature", 406, BoardRefused),
        ("avature", 202, BoardRefused),
        ("icims", 405, BoardRefused),
        ("icims", 202, BoardRefused),
        ("eightfold", 403, BoardUnavailable),
        ("eightfold", 405, BoardUnavailable),
    ],
)
def test_a_status_means_what_it_means_with_that_vendor(ats, status, error, host, pools):
    url = host.on("/board", reply(b"{}", status))
    pool = pools()
    session = pool.acquire()
    try:
        limits = Limits(1 << 20, 10, 60, allow_loopback=True)
        reader = BoardClient(session, limits, lambda most: None, statuses=extractor(ats).statuses)
        with pytest.raises(error) as failed:
            reader.get_json(url)
    finally:
        pool.release(session)
    assert type(failed.value) is error
    if error is BoardUnavailable:
        assert failed.value.retry_at > datetime.now(UTC)  # a throttle: the host is left alone for a while


class Noting(HTTPAdapter):
    """Sends as usual, and keeps how long it was told to wait: (to connect, for the next bytes)."""

    def send(self, request, **options):
        self.timeout = options["timeout"]
        return super().send(request, **options)


def test_a_vendor_that_takes_ten_seconds_to_answer_is_waited_for_three_times_as_long(host):
    url = host.on("/board", reply(b'{"jobs": []}'))
    adapter = Noting()
    with requests.Session() as session:
        session.mount("http://", adapter)
        limits = Limits(1 << 20, default("request_seconds"), default("run_seconds"), allow_loopback=True)
        assert BoardClient(session, limits, lambda most: None).get_json(url) == {"jobs": []}
    assert adapter.timeout[1] >= 30
    assert default("request_seconds") >= 30


def test_the_largest_answers_known_are_far_below_what_is_read():
    assert default("max_body_bytes") >= 10 * 2_800_000
