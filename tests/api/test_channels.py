"""Channels through the API: made of an address or a form, changed, tried out; and the log of their messages."""

import pytest
from limits import parse
from sqlalchemy import text

from api import limiting
from tests import alerting
from tests.api import building, signing_in
from tests.receiving import Receiver, Reply
from worker import alerts
from worker.channels.webhooks import signature
from worker.secret import unseal
from worker.settings import get_settings

PATH = "/api/v1/channels"
HOOK = "https://example.org/hooks/s3cret-part?key=t0ken"


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


def add(client, **wish) -> dict:
    answer = client.post(PATH, json={"name": "mine", **wish})
    assert answer.status_code == 201, answer.text
    return answer.json()


def person(client) -> int:
    return client.get("/api/v1/me").json()["id"]


def with_delivery(client, db, url: str) -> tuple[dict, int]:
    """Add a webhook that a match is to be told to; return it and the delivery."""
    made = add(client, address=url)
    alerting.raise_alerts(db, person(client), building.company(db).board_id, "Engineer")
    alerting.release(db)
    (delivery,) = alerting.deliveries(db, made["id"])
    return made, delivery["id"]


def problem(answer) -> tuple[int, str]:
    return answer.status_code, answer.json().get("detail", "") + str(answer.json().get("errors", ""))


def test_a_webhooks_secret_is_shown_once_and_its_address_never(client, db):
    made = add(client, address=HOOK)
    assert made["kind"] == "webhook"
    assert made["address"] == "https://example.org/…"
    assert made["secret"].startswith("whsec_")
    for answer in (client.get(PATH), client.get(f"{PATH}/{made['id']}")):
        assert "s3cret" not in answer.text
        assert "t0ken" not in answer.text
        assert made["secret"] not in answer.text
    stored = db.execute(text("SELECT address, secret, shown FROM channels")).one()
    assert b"s3cret" not in bytes(stored.address)
    assert unseal(get_settings(), stored.address) == HOOK
    assert unseal(get_settings(), stored.secret) == made["secret"]


def test_a_channel_is_made_of_a_filled_in_form(client):
    services = client.get(f"{PATH}/services").json()["items"]
    assert [one["name"] for one in services] == [
        *("email", "slack", "discord", "telegram", "ntfy", "teams", "matrix", "pushover", "gotify", "webhook"),
    ]
    form = next(one for one in services if one["name"] == "ntfy")
    assert [(one["name"], one["required"], one["secret"]) for one in form["fields"]] == [
        ("topic", True, False), ("server", False, False), ("token", False, True),
    ]  # fmt: skip
    made = add(client, service="ntfy", fields={"topic": "jobs-x7", "token": "tk_s3cret", "server": ""})
    assert (made["kind"], made["address"], made["secret"]) == ("apprise", "ntfys://t...t@ntfy.sh/jobs-x7", None)


def test_a_channel_has_all_it_was_given_and_keeps_it(client):
    group = client.post("/api/v1/groups", json={"name": "Dream"}).json()["id"]
    plan = {
        "name": "evening", "enabled": True, "mode": "digest", "digest_hour": 18, "digest_days": [1, 5],
        "time_zone": "Europe/Berlin", "quiet_from": "22:00", "quiet_to": "07:30",
        "muted_until": "2031-01-01T00:00:00Z", "most": 5, "group_ids": [group], "matches": True,
        "events": ["closed", "opened"],
    }  # fmt: skip
    made = add(client, address=HOOK, **plan)
    assert {name: made[name] for name in plan} == plan
    assert (made["waiting"], made["dead"], made["last_delivery"]) == (0, 0, None)
    read = client.get(f"{PATH}/{made['id']}").json()
    assert {**read, "secret": made["secret"]} == made


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({}, "a channel has to lead somewhere"),
        ({"address": HOOK, "service": "ntfy"}, "not both"),
        ({"fields": {"topic": "x"}}, "fields belong to a service"),
        ({"service": "ntfy", "fields": {}}, "ntfy also needs: Topic"),
        ({"service": "pigeon"}, "there is no form for 'pigeon'"),
        ({"address": "nonsense"}, "this is no address of a channel"),
        ({"address": "discord://1"}, "this address is not complete"),
        ({"address": "http://169.254.169.254/"}, "private network"),
        ({"address": HOOK, "time_zone": "Mars/Olympus"}, "no time zone of the IANA database"),
        ({"address": HOOK, "quiet_from": "22:00"}, "give both quiet_from and quiet_to"),
        ({"address": HOOK, "quiet_from": "22:00", "quiet_to": "22:00"}, "end when they begin"),
        ({"address": HOOK, "quiet_from": "24:00", "quiet_to": "25:00"}, "pattern"),
        ({"address": HOOK, "muted_until": "9999-12-31T23:59:59-12:00"}, "between the years"),
        ({"address": HOOK, "muted_until": "2030-01-01T00:00:00"}, "timezone"),
        ({"address": HOOK, "digest_days": [0]}, "greater than or equal to 1"),
        ({"address": HOOK, "group_ids": [99]}, "there is no group 99"),
        ({"service": "ntfy", "fields": {"topic": "x"}, "events": ["opened"]}, "only webhooks can be told of changes"),
    ],
)
def test_what_cannot_be_a_channel_is_refused_with_the_reason(client, db, wish, words):
    answer = client.post(PATH, json={"name": "mine", **wish})
    assert problem(answer)[0] == 422
    assert words in problem(answer)[1]
    assert db.execute(text("SELECT count(*) FROM channels")).scalar_one() == 0


def test_in_an_installation_of_several_people_only_some_addresses_may_be_used(accounts, db):
    ada = signing_in.person(db, "ada@example.org")
    with signing_in.browser(accounts, **signing_in.key(db, ada)) as client:
        for address in ("file:///etc/passwd", "syslog://", "json://example.org", "http://127.0.0.1:8000/", "dbus://"):
            assert client.post(PATH, json={"name": "x", "address": address}).status_code == 422, address
        assert client.post(PATH, json={"name": "x", "address": HOOK}).status_code == 201


def test_a_change_keeps_the_address_unless_another_one_is_given(client, db):
    made = add(client, address=HOOK)
    path = f"{PATH}/{made['id']}"
    read = client.get(path)
    changed = client.put(path, json={"name": "other", "most": 3}, headers={"If-Match": read.headers["ETag"]})
    assert (changed.json()["name"], changed.json()["most"], changed.json()["address"]) == (
        "other", 3, "https://example.org/…",
    )  # fmt: skip
    late = client.put(path, json={"name": "third"}, headers={"If-Match": read.headers["ETag"]})
    assert problem(late)[0] == 412
    moved = client.put(path, json={"name": "other", "address": "https://elsewhere.example/x"})
    assert moved.json()["address"] == "https://elsewhere.example/…"
    stored = db.execute(text("SELECT address, secret FROM channels")).one()
    assert unseal(get_settings(), stored.address) == "https://elsewhere.example/x"
    assert unseal(get_settings(), stored.secret) == made["secret"], "the receiver's secret stays"
    other = client.put(path, json={"name": "other", "service": "ntfy", "fields": {"topic": "x"}})
    assert problem(other)[0] == 409


def test_a_group_that_is_gone_may_stay_in_a_channel_and_no_new_one_comes_in(client):
    group = client.post("/api/v1/groups", json={"name": "Dream"}).json()["id"]
    path = f"{PATH}/{add(client, address=HOOK, group_ids=[group])['id']}"
    client.delete(f"/api/v1/groups/{group}")
    assert client.put(path, json={"name": "mine", "group_ids": [group]}).json()["group_ids"] == [group]
    assert client.put(path, json={"name": "mine", "group_ids": [group + 1]}).status_code == 422


def test_turning_a_channel_off_forgets_what_waits(client, db):
    made = add(client, address=HOOK, mode="digest")
    alerting.raise_alerts(db, person(client), building.company(db).board_id, "Engineer")
    path = f"{PATH}/{made['id']}"
    assert client.get(path).json()["waiting"] == 1
    client.put(path, json={"name": "mine", "mode": "digest"})
    assert client.get(path).json()["waiting"] == 1
    client.put(path, json={"name": "mine", "enabled": False})
    client.put(path, json={"name": "mine", "enabled": True})
    assert client.get(path).json()["waiting"] == 0


def test_a_deleted_channel_is_gone_with_its_log(client, db, receiver):
    made, delivery = with_delivery(client, db, receiver.url)
    assert client.delete(f"{PATH}/{made['id']}", headers={"If-Match": '"7"'}).status_code == 412
    assert client.delete(f"{PATH}/{made['id']}").status_code == 204
    assert client.get(f"{PATH}/{made['id']}").status_code == 404
    assert client.get(f"/api/v1/deliveries/{delivery}").status_code == 404


def test_a_person_has_a_bounded_number_of_channels(client, db):
    ada = person(client)
    for _ in range(50):
        alerting.channel(db, ada)
    db.commit()
    assert problem(client.post(PATH, json={"name": "one more", "address": HOOK}))[0] == 409


def test_a_test_is_sent_now_and_tells_what_was_answered(client, receiver):
    made = add(client, address=receiver.url)
    answer = client.post(f"{PATH}/{made['id']}/test")
    assert answer.status_code == 200
    assert (answer.json()["ok"], answer.json()["answer"]) == (True, "200 thanks")
    (request,) = receiver.received
    assert (request.json["kind"], request.json["channel"]["name"]) == ("test", "mine")
    timestamp = int(request.headers["X-Rolecall-Timestamp"])
    assert request.headers["X-Rolecall-Signature"] == signature(made["secret"], timestamp, request.body)
    receiver.reply = lambda _: Reply(403, b"go away")
    answer = client.post(f"{PATH}/{made['id']}/test")
    assert (answer.status_code, answer.json()["ok"], answer.json()["answer"]) == (200, False, "403 go away")
    log = client.get(f"{PATH}/{made['id']}/deliveries").json()["items"]
    assert [(one["kind"], one["state"]) for one in log] == [("test", "dead"), ("test", "sent")]
    assert client.post(f"/api/v1/deliveries/{log[0]['id']}/retry").status_code == 409


def test_tests_are_bounded_in_number(app, client, receiver):
    app.dependency_overrides[limiting.channel_limit] = lambda: parse("4/day")
    made = add(client, address=receiver.url)
    answers = [client.post(f"{PATH}/{made['id']}/test") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 2
    assert "Retry-After" in answers[-1].headers
    assert len(receiver.received) == 3


def test_a_test_of_a_service_that_is_not_there_says_so(client):
    made = add(client, address="ntfy://127.0.0.1:9/jobs")
    answer = client.post(f"{PATH}/{made['id']}/test").json()
    assert not answer["ok"]
    assert "Connection" in answer["answer"]


def test_the_log_shows_each_try_and_a_dead_message_can_be_tried_again(client, db, receiver):
    receiver.reply = lambda _: Reply(410, b"gone")
    made, delivery = with_delivery(client, db, receiver.url)
    alerts.deliver(delivery, get_settings())
    (brief,) = client.get(f"{PATH}/{made['id']}/deliveries").json()["items"]
    assert {name: brief[name] for name in ("id", "state", "attempts", "told", "more", "error", "next_try_at")} == {
        "id": delivery, "state": "dead", "attempts": 1, "told": 1, "more": 0, "error": "410 gone", "next_try_at": None,
    }  # fmt: skip
    shown = client.get(f"{PATH}/{made['id']}").json()
    assert (shown["dead"], shown["last_delivery"]["state"], shown["last_delivery"]["error"]) == (1, "dead", "410 gone")
    receiver.reply = lambda _: Reply()
    again = client.post(f"/api/v1/deliveries/{delivery}/retry")
    assert again.status_code == 200
    assert again.json()["state"] == "waiting"
    assert client.post(f"/api/v1/deliveries/{delivery}/retry").status_code == 409
    alerts.deliver(delivery, get_settings())
    found = client.get(f"/api/v1/deliveries/{delivery}").json()
    assert (found["state"], found["error"]) == ("sent", None)
    assert [(one["ok"], one["answer"]) for one in found["tries"]] == [(False, "410 gone"), (True, "200 thanks")]
    assert [one["title"] for one in found["body"]["matches"]] == ["Engineer"]


def test_a_retry_puts_the_message_on_redis(client, db, redis, receiver):
    _, delivery = with_delivery(client, db, receiver.url)
    db.execute(text("UPDATE deliveries SET state = 'dead', finished_at = now()"))
    db.commit()
    client.post(f"/api/v1/deliveries/{delivery}/retry")
    assert redis.llen("alerts") == 1


def test_the_log_comes_in_parts_and_by_state(client, db):
    made = add(client, address=HOOK, most=1)
    alerting.raise_alerts(db, person(client), building.company(db).board_id, *(f"Role {one}" for one in range(5)))
    alerting.release(db)
    path = f"{PATH}/{made['id']}/deliveries"
    first = client.get(path, params={"limit": 3}).json()
    second = client.get(path, params={"limit": 3, "cursor": first["next_cursor"]}).json()
    found = [one["id"] for one in (*first["items"], *second["items"])]
    assert found == sorted(found, reverse=True)
    assert (len(found), second["next_cursor"]) == (5, None)
    assert client.get(path, params={"state": "dead"}).json()["items"] == []


def test_nobody_reads_or_changes_anothers_channels_and_messages(accounts, db, receiver):
    ada, bob = (signing_in.person(db, f"{name}@example.org") for name in ("ada", "bob"))
    channel = alerting.webhook(db, get_settings(), ada, receiver.url)
    alerting.raise_alerts(db, ada, building.company(db).board_id, "Engineer")
    alerting.release(db)
    (delivery,) = alerting.deliveries(db)
    with signing_in.browser(accounts, **signing_in.key(db, bob)) as client:
        path = f"{PATH}/{channel}"
        assert client.get(PATH).json()["items"] == []
        refused = [
            client.get(path), client.put(path, json={"name": "x"}), client.delete(path), client.post(f"{path}/test"),
            client.get(f"{path}/deliveries"), client.get(f"/api/v1/deliveries/{delivery['id']}"),
            client.post(f"/api/v1/deliveries/{delivery['id']}/retry"),
        ]  # fmt: skip
    assert [one.status_code for one in refused] == [404] * 7
    assert receiver.received == []
