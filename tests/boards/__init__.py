"""The simulated careers-site internet: hundreds of companies on eleven vendors, over real HTTP and TLS on loopback.

It stands where the real internet would: clients reach it as a forward proxy (HTTPS_PROXY) and trust its certificate
authority (REQUESTS_CA_BUNDLE). Boards change by a seed, round by round, and show every fault that a test sets.

    with Internet(seed=1, companies=30) as net:
        company = net.world.of("greenhouse")[0]
        net.fault(company, "too_many", requests=2, retry_after=1)
        net.advance()
"""

from tests.boards.company import Change, Company
from tests.boards.internet import Internet
from tests.boards.world import World

__all__ = ["Change", "Company", "Internet", "World"]
