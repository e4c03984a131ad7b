"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""

from collections.abc import Sequence
from typing import Any

import orjson

from worker import exact
from worker.feed_formats.entry import Entry, Feed

MEDIA_TYPE = "application/feed+json"


def render(feed: Feed, entries: Sequence[Entry]) -> bytes:
    """Return the document."""
    return orjson.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": feed.title,
            "feed_url": feed.url,
            "items": [_item(one) for one in entries],
        }
    )


def _item(one: Entry) -> dict[str, Any]:
    item = {
        "id": one.id,
        "url": one.url,
        "title": one.title,
        "summary": one.summary,
        "date_published": exact.moment(one.published),
        "date_modified": exact.moment(one.updated),
        "authors": [{"name": one.company}],
        "tags": list(one.categories),
    }
    if one.html is not None:
        item["content_html"] = one.html
    else:
        item["content_text"] = one.text if one.text is not None else one.summary
    if one.language:
        item["language"] = one.language
    return item
