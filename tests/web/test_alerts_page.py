"""The alerts: how channels do, new ones, what they are told and when, and the log of their messages."""

import pytest
from lxml import html

from tests.alerting import raise_alerts, release
from tests.receiving import Receiver, Reply
from tests.web.conftest import SIZES, THEMES, check_accessible
from tests.web.test_inbox import follow, notice
from worker import alerts
from worker.channels.webhooks import new_secret
from worker.settings import get_settings
from worker.store import channels, deliveries


@pytest.fixture
def receiver():
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def channel(db, app, seeded, receiver) -> int:
    """A webhook of the person's."""
    where, _ = alerts.place(get_settings(), receiver.url)
    made = channels.add(db, seeded.user, where, channels.Wish("my program"))
    db.commit()
    return made


def form_of(answer, action: str):
    [form] = [one for one in html.fromstring(answer.text).forms if one.action == action]
    return form


def fields(answer, action: str) -> dict[str, list[str]]:
    """What a form would send."""
    found: dict[str, list[str]] = {}
    for name, value in form_of(answer, action).form_values():
        found.setdefault(name, []).append(value)
    return found


def stored(db, seeded, channel: int):
    db.rollback()
    return channels.get(db, seeded.user, channel)


def test_without_an_alert_the_page_says_what_one_is(browsing, seeded):
    assert "No alert yet" in browsing.get("/alerts").text


def test_a_channel_is_listed_with_what_it_is_told_and_how_it_does(browsing, seeded, db, channel):
    text = " ".join(html.fromstring(browsing.get("/alerts").text).text_content().split())
    for expected in ("my program", "Not tried yet", "At once; all matches"):
        assert expected in text


def test_each_service_has_its_form_and_secrets_are_not_readable_on_the_screen(browsing, seeded):
    offered = html.fromstring(browsing.get("/alerts/new").text).xpath("//*[@class='services']//a/@href")
    assert len(offered) == 11
    for address in offered:
        page = browsing.get(address)
        assert page.status_code == 200, address
        assert form_of(page, "/alerts/new").fields["name"]
    telegram = html.fromstring(browsing.get("/alerts/new?service=telegram").text)
    assert telegram.get_element_by_id("field-token").get("type") == "password"


def test_a_service_is_added_by_its_form(browsing, seeded, db):
    sent = fields(browsing.get("/alerts/new?service=ntfy"), "/alerts/new")
    sent |= {"field-topic": ["jobs-x7Gq2v"], "name": ["phone"], "mode": ["digest"], "digest_days": ["1", "4"]}
    sent |= {"digest_hour": ["7"], "time_zone": ["Europe/Berlin"], "quiet_from": ["22:00"], "quiet_to": ["06:30"]}
    answer = browsing.post("/alerts/new", data=sent)
    assert "Send a test" in notice(follow(browsing, answer))
    [made] = channels.page(db, seeded.user)
    assert (made["name"], made["mode"], made["digest_days"], made["digest_hour"]) == ("phone", "digest", [1, 4], 7)
    text = " ".join(browsing.get("/alerts").text.split())
    assert "Together at 7:00 on Monday, Thursday (Europe/Berlin); silent from 22:00 to 06:30" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"field-topic": [""]}, "also needs: Topic"),
        ({"time_zone": ["Atlantis/Deep"]}, "no time zone"),
        ({"quiet_from": ["22:00"], "quiet_to": [""]}, "have a beginning and an end"),
        ({"most": ["0"]}, "greater than or equal to 1"),
    ],
)
def test_a_form_that_is_wrong_comes_back_as_it_was_with_the_reason(browsing, seeded, db, change, said):
    sent = fields(browsing.get("/alerts/new?service=ntfy"), "/alerts/new")
    sent |= {"field-topic": ["jobs"], "field-token": ["tk_secret"], "name": ["phone"]} | change
    answer = browsing.post("/alerts/new", data=sent)
    assert answer.status_code == 422
    assert said in " ".join(html.fromstring(answer.text).xpath("//*[contains(@class, 'error')]//text()"))
    again = fields(answer, "/alerts/new")
    assert again["name"] == ["phone"]
    assert "tk_secret" not in answer.text
    assert channels.page(db, seeded.user) == []


def test_a_webhooks_secret_is_shown_once(browsing, seeded, db, receiver):
    sent = fields(browsing.get("/alerts/new?service=webhook"), "/alerts/new")
    sent |= {"field-url": [receiver.url], "events": ["opened", "closed"]}
    answer = browsing.post("/alerts/new", data=sent)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    secret = html.fromstring(answer.text).get_element_by_id("secret").value
    assert secret.startswith(new_secret()[:6])
    [made] = channels.page(db, seeded.user)
    assert made["events"] == ["closed", "opened"]
    for address in ("/alerts", f"/alerts/{made['id']}"):
        assert secret not in browsing.get(address).text


@pytest.mark.parametrize(("status", "said"), [(200, "was taken"), (503, "did not arrive")])
def test_a_test_is_sent_and_its_answer_shown(browsing, seeded, channel, receiver, status, said):
    receiver.reply = lambda _: Reply(status)
    page = follow(browsing, browsing.post(f"/alerts/{channel}/test"))
    assert len(receiver.received) == 1
    assert said in notice(page)
    assert str(status) in notice(page)
    assert "A test" in page.text


def test_what_is_told_and_when_is_changed_by_the_form(browsing, seeded, db, channel):
    sent = fields(browsing.get(f"/alerts/{channel}"), f"/alerts/{channel}")
    sent.pop("tells")
    sent |= {
        "mute": ["2030-01-05T08:00"],
        "time_zone": ["Europe/Berlin"],
        "group_ids": [str(seeded.group)],
        "most": ["5"],
    }
    assert browsing.post(f"/alerts/{channel}", data=sent).status_code == 303
    found = stored(db, seeded, channel)
    assert (found["matches"], found["most"], found["group_ids"]) == (False, 5, [seeded.group])
    assert found["muted_until"].isoformat() == "2030-01-05T07:00:00+00:00"
    page = browsing.get(f"/alerts/{channel}")
    assert "Muted until 5 January 2030, 07:00 UTC" in page.text
    assert fields(page, f"/alerts/{channel}")["mute"] == ["2030-01-05T08:00"]
    browsing.post(f"/alerts/{channel}", data=fields(page, f"/alerts/{channel}") | {"mute": [""]})
    assert stored(db, seeded, channel)["muted_until"] is None


def test_a_channel_that_somebody_changed_meanwhile_is_not_overwritten(browsing, seeded, db, channel):
    opened = fields(browsing.get(f"/alerts/{channel}"), f"/alerts/{channel}")
    assert browsing.post(f"/alerts/{channel}", data=opened | {"name": ["theirs"]}).status_code == 303
    answer = browsing.post(f"/alerts/{channel}", data=opened | {"name": ["mine"]})
    assert answer.status_code == 412
    assert "Somebody changed this alert" in answer.text
    assert "theirs" in html.fromstring(answer.text).xpath("//h1/text()")
    again = fields(answer, f"/alerts/{channel}")
    assert again["name"] == ["mine"]
    assert browsing.post(f"/alerts/{channel}", data=again).status_code == 303
    assert stored(db, seeded, channel)["name"] == "mine"


def test_the_log_has_each_try_and_a_message_that_was_given_up_is_tried_again(browsing, seeded, db, channel, receiver):
    receiver.reply = lambda _: Reply(410, b"moved away")
    raise_alerts(db, 1, seeded.boards["acme"], "Platform Engineer")
    release(db)
    [made] = deliveries.page(db, seeded.user, before=None, most=10)
    alerts.deliver(made["id"], get_settings())
    listed = html.fromstring(browsing.get("/alerts").text).get_element_by_id("main").text_content()
    assert "Does not arrive" in listed
    assert "1 message was given up" in listed
    page = browsing.get(f"/alerts/{channel}?state=dead")
    assert "Given up" in page.text
    message = browsing.get(f"/alerts/messages/{made['id']}")
    assert "410" in html.fromstring(message.text).xpath("//table")[0].text_content()
    assert "Platform Engineer" in message.text
    receiver.reply = lambda _: Reply()
    answer = browsing.post(f"/alerts/messages/{made['id']}/retry")
    assert "tried again" in notice(follow(browsing, answer))
    alerts.deliver(made["id"], get_settings())
    db.rollback()
    assert [one["ok"] for one in deliveries.get(db, seeded.user, made["id"])["tries"]] == [False, True]
    answer = follow(browsing, browsing.post(f"/alerts/messages/{made['id']}/retry"))
    assert "is sent" in notice(answer)


def test_deleting_is_asked_first(browsing, seeded, db, channel):
    assert "Delete “my program”?" in browsing.get(f"/alerts/{channel}/delete").text
    assert "No alert yet" in follow(browsing, browsing.post(f"/alerts/{channel}/delete")).text


def test_nobody_sees_another_persons_channel(browsing, seeded, db, channel):
    for address in ("/alerts/999999", "/alerts/999999/delete", "/alerts/messages/999999"):
        assert browsing.get(address).status_code == 404


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("theme", THEMES)
def test_a_channel_and_its_log_are_accessible_and_fit_their_width(
    visitor, seeded, db, channel, receiver, pictures, theme, size
):
    receiver.reply = lambda _: Reply(410, b"moved away")
    raise_alerts(db, 1, seeded.boards["acme"], "Platform Engineer")
    release(db)
    [made] = deliveries.page(db, seeded.user, before=None, most=10)
    alerts.deliver(made["id"], get_settings())
    page = visitor.open("/alerts", size=SIZES[size], theme=theme)
    for name, address in (
        ("alerts", "/alerts"),
        ("alert", f"/alerts/{channel}"),
        ("alert-message", f"/alerts/messages/{made['id']}"),
        ("alert-delete", f"/alerts/{channel}/delete"),
    ):
        page.goto(address)
        pictures(page, f"{name}-{size}-{theme}")
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{name} is wider than the screen"
