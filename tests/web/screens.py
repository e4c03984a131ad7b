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
    "runs": lambda seeded: "/runs",
    "run": lambda seeded: f"/runs/{seeded.scan}",
    "insights": lambda seeded: "/insights",
    "insights-nothing-found": lambda seeded: "/insights?name=zookeeper",
    "health": lambda seeded: "/health",
    "error": lambda seeded: "/postings/999999",
    "companies": lambda seeded: "/companies",
    "companies-nothing-found": lambda seeded: "/companies?name=zookeeper",
    "companies-delete": lambda seeded: f"/companies/delete?ids={seeded.companies['acme']}",
    "companies-add": lambda seeded: "/companies/add",
    "company": lambda seeded: f"/companies/{seeded.companies['acme']}",
    "start": lambda seeded: "/start",
    "start-found": lambda seeded: f"/start/found?company={seeded.companies['acme']}&unread=Globex",
    "start-filter": lambda seeded: "/start/filter",
    "start-alert": lambda seeded: "/start/alert",
    "start-alert-email": lambda seeded: "/start/alert?service=email",
    "filters": lambda seeded: "/filters",
    "filter-new": lambda seeded: "/filters/new",
    "filter": lambda seeded: f"/filters/{seeded.group}",
    "filter-delete": lambda seeded: f"/filters/{seeded.group}/delete",
    "alerts-none": lambda seeded: "/alerts",
    "alerts-new": lambda seeded: "/alerts/new",
    "alerts-new-email": lambda seeded: "/alerts/new?service=email",
    "alerts-new-webhook": lambda seeded: "/alerts/new?service=webhook",
    "settings": lambda seeded: "/settings",
    "settings-keys": lambda seeded: "/settings/keys",
    "settings-feeds": lambda seeded: "/settings/feeds",
    "settings-exports": lambda seeded: "/settings/exports",
}
