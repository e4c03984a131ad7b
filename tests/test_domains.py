"""Who runs a host."""

import pytest

from worker.domains import site


@pytest.mark.parametrize(
    ("host", "owner"),
    [
        ("careers.acme.com", "acme.com"),
        ("acme.com.", "acme.com"),
        ("Jobs.ACME.de", "acme.de"),
        ("careers.acme.co.uk", "acme.co.uk"),
        ("recruit.acme.ne.jp", "acme.ne.jp"),
        ("co.uk", "co.uk"),
        ("jobs.acme.io", "acme.io"),
        ("localhost", "localhost"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8::7", "2001:db8::7"),
        ("", ""),
    ],
)
def test_a_host_belongs_to_its_registered_domain(host, owner):
    assert site(host) == owner
