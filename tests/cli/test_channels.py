"""Channels and their messages from the command line."""

import re

import pytest
from sqlalchemy import text

from tests import alerting
from tests.api import building
from tests.receiving import Receiver, Reply
from worker import alerts
from worker.secret import unseal
from worker.settings import get_settings
from worker.store import people

HOOK = "https://example.org/hooks/s3cret"


@pytest.fixture(autouse=True)
def folder(db, settings, tmp_path):
    """Where the secret of this installation is kept."""
    settings(ROLECALL_FOLDER=tmp_path)


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


def listed(rolecall) -> list[dict]:
    ran = rolecall("channels", "--format", "json")
    assert ran.code == 0, ran.err
    return ran.rows


def with_delivery(rolecall, db, url: str) -> int:
    """Add a webhook that a match is to be told to; return the delivery."""
    assert rolecall("channel", "add", url, "--name", "hook").code == 0
    me = people.local(db)["id"]
    alerting.raise_alerts(db, me, building.company(db).board_id, "Engineer")
    alerting.release(db)
    (delivery,) = alerting.deliveries(db)
    return delivery["id"]


def test_a_webhook_is_added_and_its_secret_shown_once(rolecall, db):
    ran = rolecall("channel", "add", HOOK, "--name", "hook", "--event", "opened", "--no-matches")
    assert ran.code == 0, ran.err
    secret = re.search(r"whsec_\S{43}", ran.out)[0]
    (row,) = listed(rolecall)
    assert (row["name"], row["kind"], row["shown"], row["events"], row["matches"]) == (
        "hook", "webhook", "https://example.org/…", ["opened"], False,
    )  # fmt: skip
    stored = db.execute(text("SELECT address, secret FROM channels")).one()
    assert unseal(get_settings(), stored.address) == HOOK
    assert unseal(get_settings(), stored.secret) == secret
    table = rolecall("channels")
    assert "s3cret" not in ran.out + table.out
    assert secret not in table.out


def test_a_digest_is_told_by_the_clock_on_the_wall(rolecall):
    options = ["--digest", "8", "--day", "Thursday", "--day", "mon", "--time-zone", "Europe/Berlin", "--most", "5"]
    ran = rolecall("channel", "add", HOOK, *options, "--quiet", "22:00-07:30")
    assert ran.code == 0, ran.err
    (row,) = listed(rolecall)
    assert (row["mode"], row["digest_hour"], row["digest_days"], row["time_zone"], row["most"]) == (
        "digest", 8, [1, 4], "Europe/Berlin", 5,
    )  # fmt: skip
    assert (row["quiet_from"], row["quiet_to"]) == ("22:00:00", "07:30:00")


def test_an_address_is_read_from_standard_input_so_that_no_history_has_it(rolecall):
    ran = rolecall("channel", "add", "-", "--name", "typed", stdin=f"{HOOK}\n".encode())
    assert ran.code == 0, ran.err
    assert listed(rolecall)[0]["name"] == "typed"


def test_a_form_makes_the_address(rolecall):
    fields = {
        row["field"] for row in rolecall("channel", "services", "--format", "json").rows if row["service"] == "ntfy"
    }
    assert fields == {"topic", "server", "token"}
    ran = rolecall("channel", "add", "--service", "ntfy", "--field", "topic=jobs-x7")
    assert ran.code == 0, ran.err
    assert (listed(rolecall)[0]["name"], listed(rolecall)[0]["shown"]) == ("ntfy", "ntfys://ntfy.sh/jobs-x7")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "say where the channel leads"),
        ([HOOK, "--service", "ntfy"], "say where the channel leads"),
        ([HOOK, "--field", "topic=x"], "--field belongs to a --service"),
        (["--service", "ntfy", "--field", "topic"], "--field is written NAME=VALUE"),
        (["nonsense"], "this is no address of a channel"),
        ([HOOK, "--quiet", "late"], "are no quiet hours"),
        ([HOOK, "--quiet", "22:00-22:00"], "quiet hours end at another time"),
        ([HOOK, "--time-zone", "Mars/Olympus"], "is no time zone"),
        ([HOOK, "--day", "someday"], "is no day of the week"),
        ([HOOK, "--event", "vanished"], "is no kind of change"),
        ([HOOK, "--group", "Dream"], "there is no group 'Dream'"),
    ],
)
def test_what_cannot_be_added_is_refused_with_the_reason(rolecall, options, words):
    ran = rolecall("channel", "add", *options)
    assert ran.code == 1
    assert words.lower() in " ".join(ran.err.split()).lower()
    assert listed(rolecall) == []


def test_matches_of_a_group_only(rolecall, db):
    rolecall("group", "Dream", "--filter", "engineer")
    rolecall("channel", "add", HOOK, "--group", "dream")
    assert listed(rolecall)[0]["group_ids"] == [rolecall("groups", "--format", "json").rows[0]["id"]]


def test_a_test_shows_what_was_answered(rolecall, receiver):
    rolecall("channel", "add", receiver.url, "--name", "hook")
    ran = rolecall("channel", "test", "hook")
    assert (ran.code, ran.out) == (0, "It arrived: 200 thanks\n")
    receiver.reply = lambda _: Reply(500, b"out of order")
    ran = rolecall("channel", "test", "1")
    assert (ran.code, ran.err) == (1, "Error: It did not arrive: 500 out of order\n")


def test_a_channel_is_removed_by_its_name(rolecall):
    for name in ("one", "two", "two"):
        rolecall("channel", "add", HOOK, "--name", name)
    assert rolecall("channel", "remove", "One").code == 0
    assert [row["name"] for row in listed(rolecall)] == ["two", "two"]
    assert "name one by its id" in " ".join(rolecall("channel", "remove", "two").err.split())
    assert "there is no channel 'three'" in rolecall("channel", "remove", "three").err.replace("There", "there")


def test_the_messages_are_listed_and_a_dead_one_is_tried_again(rolecall, db, redis, receiver):
    receiver.reply = lambda _: Reply(410, b"gone")
    delivery = with_delivery(rolecall, db, receiver.url)
    alerts.deliver(delivery, get_settings())
    (row,) = rolecall("deliveries", "--channel", "hook", "--state", "dead", "--format", "json").rows
    assert (row["id"], row["attempts"], row["told"], row["error"]) == (delivery, 1, 1, "410 gone")
    assert "410 gone" in rolecall("deliveries").out
    assert rolecall("deliveries", "--state", "sent", "--format", "json").rows == []
    assert rolecall("deliveries", "--retry", delivery).code == 0
    assert redis.llen("alerts") == 1
    assert rolecall("deliveries", "--retry", delivery).code == 1
    assert rolecall("deliveries", "--retry", 99).code == 1


def test_without_channels_that_is_said(rolecall):
    assert rolecall("channels").err == "No channels.\n"
    assert rolecall("deliveries").err == "No messages.\n"
