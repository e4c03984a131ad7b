"""The hosts that are asked, for whoever wonders why a board waits."""

from tests import hosting


def test_hosts_are_listed_by_name_with_what_is_known_of_each(client, redis):
    hosting.well(redis)
    hosting.broken(redis)
    hosting.blocked(redis)
    hosting.robots(redis, "https://api.well.example", crawl_delay=0)
    body = client.get("/api/v1/hosts").json()
    assert body["next_cursor"] is None
    broken, busy, well = body["items"]
    assert [one["host"] for one in body["items"]] == ["api.broken.example", "api.busy.example", "api.well.example"]
    assert (broken["circuit"], broken["failures"], broken["error"]) == ("open", 5, "it refuses connections")
    assert broken["open_until"].endswith("Z")
    assert busy["blocked_until"]
    assert (well["rate"], well["places"], well["in_flight"], well["circuit"]) == (0.5, 2, 1, "closed")
    assert (well["robots"]["read"], well["robots"]["crawl_delay"], well["robots"]["troubled"]) == (1, None, [])
    assert broken["robots"] is None


def test_hosts_come_in_parts(client, redis):
    names = [f"host{number:02}.example" for number in range(25)]
    for name in names:
        hosting.well(redis, name)
    found, cursor = [], None
    while True:
        body = client.get("/api/v1/hosts", params={"limit": 10} | ({"cursor": cursor} if cursor else {})).json()
        found += [one["host"] for one in body["items"]]
        if (cursor := body["next_cursor"]) is None:
            break
    assert found == names


def test_no_hosts_are_an_empty_list(client, redis):
    assert client.get("/api/v1/hosts").json() == {"items": [], "next_cursor": None}


def test_a_cursor_of_another_list_is_refused(client, redis):
    assert client.get("/api/v1/hosts", params={"cursor": "c2NhbnM6MQ"}).status_code == 422
