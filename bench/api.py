"""`make bench-api`: what asking costs with a million postings, 5,000 companies and 50 people.

Prints the milliseconds of each request on a real server, and names every sequential scan of a large table in the plans
of its queries.
"""

import sys

from starlette.testclient import TestClient

from api.app import create_app
from bench.asking import HERE, Questions, ask
from bench.serving import served
from bench.world import options, world

LIMIT_MS = 100


def questions(postings: int, companies: int) -> Questions:
    """Return what is asked for."""
    paths: Questions = {
        "inbox": lambda _: "/matches?limit=50",
        "inbox, new only": lambda _: "/matches?state=new&open=true&limit=50",
        "inbox of a company": lambda n: f"/matches?company={1 + (1 + n * 500) % companies}&limit=50",
        "inbox, text": lambda _: "/matches?text=python&limit=50",
        "inbox, counts": lambda _: "/matches/counts",
        "companies": lambda n: f"/companies?limit=100&name=Company%20{n % 10}",
        "company": lambda n: f"/companies/{1 + n * 37 % companies}",
        "boards": lambda _: "/boards?limit=100",
        "posting": lambda n: f"/postings/{1 + n * 7919 % postings}",
        "posting, verdict": lambda n: f"/postings/{1 + n * 7919 % postings}/verdict",
        "postings": lambda _: "/postings?limit=100",
        "postings of a company": lambda n: f"/postings?company={1 + n * 37 % companies}&limit=100",
        "postings, open": lambda _: "/postings?state=open&limit=100",
        "postings, title filter": lambda _: "/postings?filter=senior%20python&limit=100",
        "postings, rare filter": lambda _: "/postings?filter=astronaut&limit=100",
        "postings, text": lambda _: "/postings?text=astronaut&limit=100",
        "postings since": lambda _: "/postings?since=2020-01-01T00:00:00Z&limit=100",
        "changes": lambda _: "/changes?limit=100",
        "groups": lambda _: "/groups",
        "setting": lambda n: f"/settings/{1 + n * 37 % companies}",
    }
    return {name: lambda n, path=path: f"/api/v1{path(n)}" for name, path in paths.items()}


def main() -> None:
    """Fill a database, ask, and print what it took."""
    wanted = options(__doc__).parse_args()
    with world(wanted), served() as address, TestClient(create_app(), **HERE) as client:
        ask(address, client, questions(wanted.postings, wanted.companies), times=wanted.requests, limit=LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
