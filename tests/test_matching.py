"""Matches, seen from the database: who gets them, when they are news, and that a changed wish finds the same."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from sqlalchemy import event, text

from tests.api.building import company, postings
from tests.boards import Internet
from tests.scanning import inside, scan_one, watch
from worker import accounts, judging, matching, tasks, wishing
from worker.criteria import Criteria
from worker.errors import Conflict, NotFound, Outdated
from worker.posting import Place
from worker.resources import database, engine
from worker.secret import seal
from worker.settings import get_settings
from worker.store import inbox, matches, people, wishes
from worker.store.inbox import Wanted


@pytest.fixture(scope="module")
def shared_net():
    with Internet(seed=31, companies=2) as net:
        yield net


@pytest.fixture
def net(shared_net, db, redis):
    shared_net.clear()
    with inside(shared_net):
        yield shared_net
    shared_net.clear()


@pytest.fixture
def board(net):
    return net.world.add_company("greenhouse", postings=6)


@pytest.fixture
def added(board, db):
    added = watch(db, board)
    scan_one(db, added.company_id)
    return added


def person(db, name: str = "ada") -> int:
    found = people.get_or_create_google(db, sub=name, email=f"{name}@example.org", name=None)
    db.commit()
    return found["id"]


def wish(db, user: int, company_id: int, *, enabled: bool | None = True, **criteria) -> None:
    wishes.put_setting(db, user, company_id, Criteria(**criteria), enabled=enabled)
    follow(db, user, [company_id])


def group(db, user: int, name: str = "All", *, companies=(), all_companies=False, **criteria) -> int:
    made = wishes.add_group(db, user, name=name, criteria=Criteria(**criteria), all_companies=all_companies)
    wishes.put_in_group(db, user, made, companies)
    follow(db, user)
    return made


def follow(db, user: int, companies=None) -> None:
    wishes.changed(db, user)
    db.commit()
    matching.apply(user, companies=companies)


def channel(db, user: int) -> int:
    """A channel that wants every match; nothing is sent in these tests."""
    address = seal(get_settings(), "json://127.0.0.1:1")
    made = db.execute(
        text("""INSERT INTO channels (user_id, name, kind, address, shown) VALUES (:user, 'c', 'webhook', :address, 'c')
            RETURNING id"""),
        {"user": user, "address": address},
    ).scalar_one()
    db.commit()
    return made


def matched(db, user: int) -> dict[str, str]:
    """The state of each match that fits, by title."""
    rows = db.execute(
        text("""SELECT title, state FROM matches JOIN postings ON postings.id = posting_id
            WHERE user_id = :user AND fits ORDER BY title"""),
        {"user": user},
    ).all()
    db.commit()
    return dict(rows)


def alerted(db) -> list[str]:
    rows = db.execute(
        text("""SELECT title FROM alerts JOIN matches ON matches.id = match_id JOIN postings ON postings.id = posting_id
            ORDER BY alerts.id""")
    )
    found = list(rows.scalars())
    db.commit()
    return found


def open_titled(net, board, *titles: str) -> None:
    for title in titles:
        net.world.open(board, 1, title=title)


# -- in a scan -----------------------------------------------------------------------------------------------


def test_a_baseline_is_matched_and_alerts_nobody(net, board, db):
    open_titled(net, board, "Lighthouse Keeper")
    added = watch(db, board)
    user = person(db)
    channel(db, user)
    wish(db, user, added.company_id, title_filters="keeper")
    scan_one(db, added.company_id)
    assert matched(db, user) == {"Lighthouse Keeper": "new"}
    assert alerted(db) == []


def test_what_opens_is_matched_and_alerted_once(net, board, added, db):
    user = person(db)
    channel(db, user)
    wish(db, user, added.company_id, title_filters="keeper")
    open_titled(net, board, "Lighthouse Keeper", "Baker")
    for _ in range(2):
        scan_one(db, added.company_id)
    assert matched(db, user) == {"Lighthouse Keeper": "new"}
    assert alerted(db) == ["Lighthouse Keeper"]


def test_a_posting_that_begins_to_fit_is_news_and_one_that_ceases_leaves(net, board, added, db):
    user = person(db)
    channel(db, user)
    wish(db, user, added.company_id, title_filters="keeper")
    name = min(net.world.open_ids(board))
    net.world.edit(board, name, title="Lighthouse Keeper")
    scan_one(db, added.company_id)
    assert (matched(db, user), alerted(db)) == ({"Lighthouse Keeper": "new"}, ["Lighthouse Keeper"])
    net.world.edit(board, name, title="Baker")
    scan_one(db, added.company_id)
    assert matched(db, user) == {}


def test_what_a_person_made_of_a_match_outlives_that_it_fits(net, board, added, db):
    user = person(db)
    wish(db, user, added.company_id, title_filters="keeper")
    open_titled(net, board, "Lighthouse Keeper")
    scan_one(db, added.company_id)
    (match,) = inbox.page(db, user, Wanted(), most=10)
    inbox.mark(db, user, [match["id"]], "applied", note="by mail", set_note=True)
    wish(db, user, added.company_id, title_filters="baker")
    (kept,) = inbox.page(db, user, Wanted(), most=10)
    assert (kept["state"], kept["note"], kept["fits"]) == ("applied", "by mail", False)


def test_nobody_is_told_who_is_disabled_or_does_not_watch(net, board, added, db):
    watching, hiding, gone = (person(db, name) for name in ("ada", "bea", "cy"))
    for user in (watching, hiding, gone):
        wish(db, user, added.company_id, title_filters="keeper", enabled=user != hiding)
    db.execute(text("UPDATE users SET disabled_at = now() WHERE id = :id"), {"id": gone})
    db.commit()
    open_titled(net, board, "Lighthouse Keeper")
    scan_one(db, added.company_id)
    assert [bool(matched(db, user)) for user in (watching, hiding, gone)] == [True, False, False]


def test_a_repost_of_what_was_hidden_is_shown_as_such_and_not_alerted(net, board, added, db):
    user = person(db)
    channel(db, user)
    wish(db, user, added.company_id, title_filters="keeper")
    open_titled(net, board, "Lighthouse Keeper")
    scan_one(db, added.company_id)
    (first,) = inbox.page(db, user, Wanted(), most=10)
    inbox.mark(db, user, [first["id"]], "hidden")
    db.commit()
    role = db.execute(text("SELECT role_id FROM postings WHERE id = :id"), {"id": first["posting_id"]}).scalar_one()
    repost(net, board, db, first["posting_id"])
    scan_one(db, added.company_id)
    roles = db.execute(text("SELECT role_id FROM postings WHERE title = 'Lighthouse Keeper'")).scalars().all()
    assert roles == [role, role]
    (second,) = inbox.page(db, user, Wanted(), most=10)
    assert second["repeats"] == {
        "id": first["id"], "state": "hidden", "applied_on": None, "posting_id": first["posting_id"],
    }  # fmt: skip
    assert second["state"] == "seen"
    assert alerted(db) == ["Lighthouse Keeper"]


def repost(net, board, db, posting: int) -> None:
    """Close a posting on its board, and open its role under a new id."""
    name = db.execute(text("SELECT external_id FROM postings WHERE id = :id"), {"id": posting}).scalar_one()
    db.commit()
    old = net.world.role(board, name)
    net.world.close(board, [name])
    [again] = net.world.open(board, title=old.title)
    net.world.edit(board, again.id, number=old.number)


def test_a_posting_that_flickers_is_no_news_and_one_that_comes_back_after_long_is(net, board, added, db):
    user = person(db)
    channel(db, user)
    wish(db, user, added.company_id, title_filters="keeper")
    open_titled(net, board, "Lighthouse Keeper")
    scan_one(db, added.company_id)
    (match,) = inbox.page(db, user, Wanted(), most=10)
    inbox.mark(db, user, [match["id"]], "seen")
    db.commit()
    name = db.execute(text("SELECT external_id FROM postings WHERE title = 'Lighthouse Keeper'")).scalar_one()
    for days, told, state in ((1, 1, "seen"), (15, 2, "new")):
        net.world.close(board, [name])
        scan_one(db, added.company_id)
        db.execute(
            text(
                "UPDATE postings SET last_seen_at = last_seen_at - :days * interval '1 day' WHERE external_id = :name"
            ),
            {"days": days, "name": name},
        )
        db.commit()
        net.world.reopen(board, [name])
        scan_one(db, added.company_id)
        assert (len(alerted(db)), matched(db, user)) == (told, {"Lighthouse Keeper": state})


# -- groups --------------------------------------------------------------------------------------------------


def test_companies_inherit_from_their_groups_and_may_override(db):
    ada = person(db)
    acme, other, third = (company(db, name) for name in ("acme", "other", "third"))
    for one in (acme, other, third):
        postings(db, one.board_id, "Baker", "Python Engineer")
    db.commit()
    group(db, ada, "Europe", companies=[acme.company_id, other.company_id], title_filters="engineer")
    assert len(rows(db, ada)) == 2
    wish(db, ada, other.company_id, title_filters="baker", enabled=None)
    assert rows(db, ada) == {(acme.board_id, "Python Engineer"), (other.board_id, "Baker")}
    group(db, ada, "Everything", all_companies=True)
    assert (third.board_id, "Baker") in rows(db, ada)
    assert len(rows(db, ada)) == 4
    wish(db, ada, third.company_id, enabled=False)
    assert len(rows(db, ada)) == 2


def test_a_company_that_leaves_its_group_leaves_the_inbox(db):
    ada, acme = person(db), company(db)
    postings(db, acme.board_id, "Baker")
    db.commit()
    number = group(db, ada, "Europe", companies=[acme.company_id])
    assert matched(db, ada) == {"Baker": "new"}
    wishes.take_out_of_group(db, ada, number, [acme.company_id])
    follow(db, ada, [acme.company_id])
    assert matched(db, ada) == {}


def test_groups_of_others_are_not_there(db):
    ada, bea, acme = person(db), person(db, "bea"), company(db)
    number = group(db, ada, "Europe", companies=[acme.company_id])
    for attempt in (
        lambda: wishes.group(db, bea, number),
        lambda: wishes.delete_group(db, bea, number),
        lambda: wishes.put_group(db, bea, number, name="x", criteria=Criteria(), position=0, enabled=True),
    ):
        with pytest.raises(NotFound):
            attempt()
    wishes.put_in_group(db, bea, number, [acme.company_id])
    wishes.take_out_of_group(db, bea, number, [acme.company_id])
    assert wishes.group(db, ada, number)["company_ids"] == [acme.company_id]


def test_a_name_or_a_group_of_all_is_there_once(db):
    ada = person(db)
    group(db, ada, "Europe", all_companies=True)
    with pytest.raises(Conflict, match="another name"):
        group(db, ada, "EUROPE")
    with pytest.raises(Conflict, match="all companies"):
        group(db, ada, "Others", all_companies=True)


def test_a_change_that_was_overtaken_changes_nothing(db):
    ada, acme = person(db), company(db)
    wish(db, ada, acme.company_id, title_filters="a")
    with pytest.raises(Outdated):
        wishes.put_setting(db, ada, acme.company_id, Criteria(title_filters="b"), enabled=True, expected=7)
    wishes.put_setting(db, ada, acme.company_id, Criteria(title_filters="c"), enabled=True, expected=1)
    assert wishes.setting(db, ada, acme.company_id)["title_filters"] == "c"


def rows(db, user: int) -> set[tuple[int, str]]:
    found = db.execute(
        text("""SELECT board_id, title FROM matches JOIN postings ON postings.id = posting_id
            WHERE user_id = :user AND fits"""),
        {"user": user},
    ).all()
    db.commit()
    return {(row[0], row[1]) for row in found}


# -- when wishes change --------------------------------------------------------------------------------------


WORDS = st.sampled_from(["", "engineer", "python engineer", "-baker", "baker\nengineer", "nobody"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("setting"), st.integers(0, 2), st.none() | WORDS, st.none() | st.booleans()),
        st.tuples(st.just("group"), st.integers(0, 2), st.none() | WORDS, st.booleans()),
        st.tuples(st.just("all"), st.just(0), st.none() | WORDS, st.booleans()),
        st.tuples(st.just("move"), st.integers(0, 2), st.just(None), st.booleans()),
    ),
    min_size=1,
    max_size=6,
)


@examples(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_after_any_changes_the_matches_are_those_of_a_recomputation_from_nothing(db, steps):
    for table in ("companies", "users"):
        db.execute(text(f"TRUNCATE {table} RESTART IDENTITY CASCADE"))
    ada = person(db)
    three = [company(db, name) for name in ("acme", "other", "third")]
    for one in three:
        postings(db, one.board_id, "Baker", "Python Engineer", "Go Engineer")
    db.commit()
    some = wishes.add_group(db, ada, name="Some", criteria=Criteria())
    every = wishes.add_group(db, ada, name="All", criteria=Criteria(), all_companies=True, enabled=False)
    for kind, number, words, flag in steps:
        chosen, criteria = three[number].company_id, Criteria(title_filters=words)
        if kind == "setting":
            wishes.put_setting(db, ada, chosen, criteria, enabled=flag)
        elif kind == "move":
            (wishes.put_in_group if flag else wishes.take_out_of_group)(db, ada, some, [chosen])
        else:
            name, which = ("Some", some) if kind == "group" else ("All", every)
            wishes.put_group(db, ada, which, name=name, criteria=criteria, position=0, enabled=flag)
        follow(db, ada, [chosen] if kind in ("setting", "move") else None)
    stepwise = rows(db, ada)
    db.execute(text("DELETE FROM matches"))
    db.commit()
    follow(db, ada)
    assert rows(db, ada) == stepwise
    mine = wishes.of_person(db, ada)
    expected = {
        (one.board_id, title)
        for one in three
        for title in ("Baker", "Python Engineer", "Go Engineer")
        if mine.of(one.company_id).enabled and mine.of(one.company_id).judge(facts(title))[0]
    }
    assert stepwise == expected


def facts(title: str):
    from worker.wish import Facts

    return Facts(title, [], [], None, None, None, None, datetime.now(UTC), None)


def test_stored_postings_that_begin_to_fit_alert_nobody(db):
    ada, acme = person(db), company(db)
    channel(db, ada)
    postings(db, acme.board_id, "Baker", "Python Engineer")
    db.commit()
    wish(db, ada, acme.company_id, title_filters="engineer")
    assert (matched(db, ada), alerted(db)) == ({"Python Engineer": "new"}, [])


def test_a_match_is_dated_by_its_posting_when_a_wish_finds_it_later(db):
    ada, acme = person(db), company(db)
    postings(db, acme.board_id, "Baker")
    db.execute(text("UPDATE postings SET first_seen_at = now() - interval '30 days'"))
    db.commit()
    wish(db, ada, acme.company_id)
    (match,) = inbox.page(db, ada, Wanted(), most=10)
    assert timedelta(days=29) < datetime.now(UTC) - match["found_at"] < timedelta(days=31)


def test_what_is_closed_becomes_no_match_but_one_that_is_follows(db):
    ada, acme = person(db), company(db)
    postings(db, acme.board_id, "Baker", "Python Engineer")
    db.commit()
    wish(db, ada, acme.company_id, title_filters="baker")
    db.execute(text("UPDATE postings SET closed_at = now()"))
    db.commit()
    wish(db, ada, acme.company_id, title_filters="engineer")
    assert matched(db, ada) == {}
    wish(db, ada, acme.company_id, title_filters="")
    assert matched(db, ada) == {"Baker": "new"}


def test_descriptions_places_and_strictness_take_part(db):
    ada, acme = person(db), company(db)
    postings(db, acme.board_id, "Baker", places=[Place("Berlin", "Berlin", "DE")], description_text="We like bread.")
    postings(db, acme.board_id, "Cook", places=[Place("Paris", None, "FR")], description_text="We like soup.")
    postings(db, acme.board_id, "Waiter")
    db.commit()
    wish(db, ada, acme.company_id, places=("Germany",))
    assert set(matched(db, ada)) == {"Baker", "Waiter"}
    wish(db, ada, acme.company_id, places=("Germany",), strict=True)
    assert set(matched(db, ada)) == {"Baker"}
    wish(db, ada, acme.company_id, text_filters="soup")
    assert set(matched(db, ada)) == {"Cook", "Waiter"}


def test_wishes_that_nobody_applied_are_found(db):
    ada, acme = person(db), company(db)
    postings(db, acme.board_id, "Baker")
    wishes.put_setting(db, ada, acme.company_id, Criteria(), enabled=True)
    wishes.changed(db, ada)
    db.commit()
    assert wishes.pending(db) == [ada]
    matching.apply(ada)
    assert (wishes.pending(db), matched(db, ada)) == ([], {"Baker": "new"})
    db.commit()


def test_a_scan_that_judges_by_the_old_wish_is_judged_again(db):
    """Whoever changes a wish waits for transactions that read the old one; what they write is seen afterwards."""
    ada, acme = person(db), company(db)
    wish(db, ada, acme.company_id, title_filters="nobody")
    changed = threading.Event()

    def change() -> None:
        with database() as other:
            wishes.put_setting(other, ada, acme.company_id, Criteria(title_filters="baker"), enabled=True)
            wishes.changed(other, ada)
            other.commit()
        changed.set()
        matching.apply(ada, companies=[acme.company_id])

    with database() as scanning:
        ((user, old),) = wishes.watchers(scanning, acme.company_id)
        assert (user, old.criteria.title_filters) == (ada, "nobody")
        thread = threading.Thread(target=change)
        thread.start()
        assert not changed.wait(0.3), "a wish changed under a scan that judges by it"
        postings(scanning, acme.board_id, "Baker")
        scanning.commit()
    thread.join(20)
    assert matched(db, ada) == {"Baker": "new"}


@contextmanager
def meanwhile(work):
    """Let something be tried once between the reading of a batch of postings and its writing."""
    thread = threading.Thread(target=work)

    def listener(connection, cursor, statement, *_) -> None:
        if "FROM matches WHERE user_id = ANY" in statement and not thread.ident:  # what is known of a batch
            thread.start()
            thread.join(0.5)  # it is done by then, or waits for this batch

    event.listen(engine(), "before_cursor_execute", listener)
    try:
        yield
    finally:
        event.remove(engine(), "before_cursor_execute", listener)
        thread.join(20)


def test_what_a_scan_finds_while_wishes_are_applied_stays_found(db):
    ada, acme = person(db), company(db)
    cook = postings(db, acme.board_id, "Cook")["Cook"]
    db.commit()

    def scan() -> None:
        with database() as scanning:
            scanning.execute(text("UPDATE postings SET title = 'Baker'"))
            assert wishes.watchers(scanning, acme.company_id)
            matches.write(scanning, [matches.Fit(ada, cook, [], "updated", datetime.now(UTC))], {})
            scanning.commit()

    with meanwhile(scan):
        wish(db, ada, acme.company_id, title_filters="baker")
    assert matched(db, ada) == {"Baker": "new"}


def test_of_two_wishes_that_are_applied_at_the_same_time_the_last_one_counts(db):
    ada, acme = person(db), company(db)
    postings(db, acme.board_id, "Baker", "Cook")
    db.commit()

    def change() -> None:
        with database() as other:
            wish(other, ada, acme.company_id, title_filters="cook")

    with meanwhile(change):
        wish(db, ada, acme.company_id, title_filters="baker")
    assert matched(db, ada) == {"Cook": "new"}


def test_a_person_who_is_deleted_waits_for_a_scan_that_writes_their_matches(db):
    ada, acme = person(db), company(db)
    wish(db, ada, acme.company_id)

    def delete() -> None:
        with database() as other:
            accounts.remove(other, ada)
            other.commit()

    with database() as scanning:
        assert wishes.watchers(scanning, acme.company_id)
        baker = postings(scanning, acme.board_id, "Baker")["Baker"]
        thread = threading.Thread(target=delete)
        thread.start()
        thread.join(0.3)
        matches.write(scanning, [matches.Fit(ada, baker, [], "opened", datetime.now(UTC))], {})
        scanning.commit()
    thread.join(20)
    assert db.execute(text("SELECT count(*) FROM users")).scalar_one() == 0
    assert db.execute(text("SELECT count(*) FROM postings")).scalar_one() == 1


def test_whoever_applies_a_wish_that_somebody_else_has_applied_by_then_stops(db, monkeypatch):
    ada, acme = person(db), company(db)
    postings(db, acme.board_id, "Baker", "Cook", "Clerk")
    db.commit()
    monkeypatch.setattr(matching, "AT_ONCE", 1)
    begun = []

    def apply() -> None:
        begun.append(True)
        with database() as other:
            wishes.applied(other, ada, 1)
            other.commit()

    with meanwhile(apply):
        wish(db, ada, acme.company_id)
    assert begun
    assert len(matched(db, ada)) == 1


# -- asked and undone ----------------------------------------------------------------------------------------


def test_every_posting_can_be_asked_why(db):
    ada, acme = person(db), company(db)
    ids = postings(db, acme.board_id, "Baker", places=[Place("Paris", None, "FR")])
    db.commit()
    wish(db, ada, acme.company_id, title_filters="baker", places=("Germany",))
    found = judging.explain(db, ada, ids["Baker"])
    assert (found.watched, found.passed) == (True, False)
    assert [(one.criterion, one.passed, one.detail) for one in found.reasons] == [
        ("title", True, 'let in by "baker"'),
        ("place", False, "Paris, FR is not in Germany"),
    ]
    with pytest.raises(NotFound):
        judging.explain(db, ada, 99)


def test_a_preview_counts_and_shows_the_first_of_both_kinds(db):
    acme = company(db)
    postings(db, acme.board_id, *[f"Baker {number}" for number in range(5)], *[f"Cook {n}" for n in range(20)])
    db.execute(text("UPDATE boards SET open_count = 25"))
    db.commit()
    found = judging.preview(db, Criteria(title_filters="baker"), None, most=3)
    assert (found.found, found.looked_at, found.matched) == (25, 25, 5)
    assert (len(found.matches), len(found.rejected)) == (3, 3)
    assert {one.detail for _, reasons in found.rejected for one in reasons} == {"no line matches"}
    assert judging.preview(db, Criteria(), [99], most=3).looked_at == 0


def test_hiding_a_company_can_be_undone_with_all_as_it_was(db):
    ada, acme = person(db), company(db)
    postings(db, acme.board_id, "Baker", "Cook")
    db.commit()
    group(db, ada, "Everything", all_companies=True)
    (one, _) = inbox.page(db, ada, Wanted(), most=10)
    inbox.mark(db, ada, [one["id"]], "saved")
    db.commit()
    before = matched(db, ada)
    action = wishing.hide_company(db, ada, acme.company_id)
    db.commit()
    matching.apply(ada, companies=[acme.company_id])
    assert matched(db, ada) == {}
    assert [row["state"] for row in inbox.page(db, ada, Wanted(), most=10)] == ["saved"], "what was kept stays in sight"
    assert wishing.undo(db, ada, action) == (0, (acme.company_id,))
    db.commit()
    matching.apply(ada, companies=[acme.company_id])
    assert matched(db, ada) == before
    with pytest.raises(Conflict, match="undone already"):
        wishing.undo(db, ada, action)


def test_an_action_undone_gives_back_what_has_not_changed_since(db):
    ada, bea, acme = person(db), person(db, "bea"), company(db)
    postings(db, acme.board_id, "Baker", "Cook", "Waiter")
    db.commit()
    wish(db, ada, acme.company_id)
    ids = {row["posting_id"]: row["id"] for row in inbox.page(db, ada, Wanted(), most=10)}
    marked = inbox.mark_all(db, ada, Wanted(states=("new",)), "hidden")
    assert marked.changed == 3
    first = min(ids.values())
    inbox.mark(db, ada, [first], "applied")
    with pytest.raises(Conflict):
        wishing.undo(db, bea, marked.action)
    assert wishing.undo(db, ada, marked.action) == (2, ())
    assert sorted(matched(db, ada).values()) == ["applied", "new", "new"]


def test_what_was_done_is_forgotten_as_scans_are(db):
    ada, acme = person(db), company(db)
    postings(db, acme.board_id, "Baker")
    db.commit()
    wish(db, ada, acme.company_id)
    old = inbox.mark_all(db, ada, Wanted(), "seen").action
    recent = inbox.mark_all(db, ada, Wanted(), "saved").action
    days = get_settings().keep_days
    moved = "UPDATE match_actions SET at = now() - :age * interval '1 day' WHERE id = :id"
    db.execute(text(moved), [{"id": old, "age": days + 1}, {"id": recent, "age": days - 1}])
    db.commit()
    tasks.prune_actions()
    assert db.execute(text("SELECT id FROM match_actions")).scalars().all() == [recent]
    from celeryconfig import beat_schedule

    assert "actions.prune" in {one["task"] for one in beat_schedule.values()}


def test_an_application_has_a_date_and_a_note_and_loses_only_the_date_with_the_state(db):
    ada, acme = person(db), company(db)
    postings(db, acme.board_id, "Baker")
    db.commit()
    wish(db, ada, acme.company_id)
    (match,) = inbox.page(db, ada, Wanted(), most=10)
    inbox.mark(db, ada, [match["id"]], "applied", note="to Bea", set_note=True)
    now = inbox.get(db, ada, match["id"])
    assert (now["applied_on"], now["note"]) == (datetime.now(UTC).date(), "to Bea")
    inbox.mark(db, ada, [match["id"]], "saved")
    now = inbox.get(db, ada, match["id"])
    assert (now["applied_on"], now["note"]) == (None, "to Bea")


def test_all_older_than_a_moment_are_marked(db):
    ada, acme = person(db), company(db)
    postings(db, acme.board_id, "Baker", "Cook")
    db.execute(text("UPDATE postings SET first_seen_at = now() - interval '9 days' WHERE title = 'Cook'"))
    db.commit()
    wish(db, ada, acme.company_id)
    older = Wanted(states=("new",), older_than=datetime.now(UTC) - timedelta(days=5))
    assert inbox.mark_all(db, ada, older, "seen").changed == 1
    assert matched(db, ada) == {"Baker": "new", "Cook": "seen"}


def test_a_list_goes_on_where_it_ended(db):
    ada, acme = person(db), company(db)
    postings(db, acme.board_id, *[f"Job {number}" for number in range(7)])
    db.commit()
    wish(db, ada, acme.company_id)
    found, before = [], inbox.START
    while part := inbox.page(db, ada, Wanted(), before=before, most=3):
        found += [row["id"] for row in part]
        before = (part[-1]["found_us"], part[-1]["id"])
    assert found == sorted(found, reverse=True)
    assert len(set(found)) == 7
