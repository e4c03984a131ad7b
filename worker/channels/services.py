"""The services that channels lead to, and which of them everybody may use."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

from worker.errors import InvalidInput

PLUGINS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("mailto", "mailtos"), "email"),
        "slack": "slack",
        "discord": "discord",
        "tgram": "telegram",
        **dict.fromkeys(("ntfy", "ntfys"), "ntfy"),
        **dict.fromkeys(("workflow", "workflows"), "workflows"),
        **dict.fromkeys(("matrix", "matrixs"), "matrix"),
        "pover": "pushover",
        **dict.fromkeys(("gotify", "gotifys"), "gotify"),
        **dict.fromkeys(("mmost", "mmosts"), "mattermost"),
        **dict.fromkeys(("rocket", "rockets"), "rocketchat"),
        "zulip": "zulip",
        "gchat": "google_chat",
        "wxteams": "webexteams",
        "pbul": "pushbullet",
        "prowl": "prowl",
        "spush": "simplepush",
    }
)
"""The schemes that everybody may use, and the module of Apprise's each is in."""

_NATIVE = (
    ("slack", re.compile(r"hooks\.slack(?:-gov)?\.com")),
    ("discord", re.compile(r"discord(?:app)?\.com")),
    ("workflows", re.compile(r"(?:.+\.)?(?:logic\.azure\.com|api\.powerplatform\.com)")),
)
"""Services that give out web addresses, and the hosts of these."""


def scheme_of(address: str) -> str:
    """Return the scheme of Apprise's that an address is for: `https` is somebody's own webhook. Raises InvalidInput."""
    try:
        parts = urlsplit(address)
        scheme, host = parts.scheme.lower(), parts.hostname or ""
    except ValueError:
        scheme, host = "", ""
    if not scheme or "://" not in address:
        raise InvalidInput(
            "this is no address of a channel; write one like ntfys://ntfy.sh/topic, or https://… for a webhook"
        )
    if scheme in ("http", "https"):
        return next((native for native, hosts in _NATIVE if hosts.fullmatch(host)), scheme)
    return scheme
