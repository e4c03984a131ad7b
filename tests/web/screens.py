"""Every screen and the addresses its states are seen at, for what holds of all of them."""

from collections.abc import Callable, Mapping

from tests.web.seed import Seeded

SCREENS: Mapping[str, Callable[[Seeded], str]] = {
    "inbox": lambda seeded: "/inbox",
    "inbox-reading": lambda seeded: f"/inbox?match={seeded.matches['Senior Python Engineer']}",
    "inbox-nothing-found": lambda seeded: "/inbox?text=zookeeper",
    "inbox-hidden": lambda seeded: "/inbox?state=hidden",
    "posting": lambda seeded: f"/postings/{seeded.postings['Senior Python Engineer']}",
    "posting-no-match": lambda seeded: f"/postings/{seeded.postings['Baker']}",
    "error": lambda seeded: "/postings/999999",
}
