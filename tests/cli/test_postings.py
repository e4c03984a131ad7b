"""Asking for some postings and changes, not all."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.cli.conftest import company, event, posting
from worker.cli.postings import moment
from worker.errors import InvalidInput


@pytest.fixture
def boards(db, redis):
    acme, umbrella = company(db, "Acme"), company(db, "Umbrella")
    now = datetime.now(UTC)
    posting(db, acme.board_id, "1", title="Data Engineer", description_text="with Rust")
    posting(db, acme.board_id, "2", title="Sales Manager", first_seen_at=now - timedelta(hours=2))
    posting(db, umbrella.board_id, "3", title="Data Engineer (intern)", closed_at=now, first_seen_at=now)
    return acme, umbrella


def found(ran) -> list[str]:
    assert ran.code == 0, ran.err
    return [row["external_id"] for row in ran.rows]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["2", "1"]),
        (["--state", "all"], ["3", "2", "1"]),
        (["--state", "closed"], ["3"]),
        (["--company", "umbrella", "--state", "all"], ["3"]),
        (["--ats", "greenhouse"], ["2", "1"]),
        (["--ats", "lever"], []),
        (["--filter", "data engineer", "--state", "all"], ["3", "1"]),
        (["--filter", "data engineer", "--filter", "-intern", "--state", "all"], ["1"]),
        (["--since", "3h"], ["2"]),
        (["--since", "1h", "--state", "all"], ["3"]),
        (["--text", "rust"], ["1"]),
        (["--text", "%"], []),
        (["--filter", "data engineer", "--state", "all", "--limit", "1"], ["3"]),
    ],
)
def test_postings_are_chosen(rolecall, boards, arguments, expected):
    assert found(rolecall("postings", "--format", "json", *arguments)) == expected


def test_a_table_of_postings_fits_a_narrow_terminal(rolecall, db, boards):
    posting(db, boards[0].board_id, "4", title="Very " * 40 + "Senior", locations=["Llanfairpwllgwyngyll" * 2, "B"])
    lines = rolecall("postings").out.splitlines()
    assert max(map(len, lines)) <= 80
    assert lines[0].split() == ["ID", "TITLE", "COMPANY", "WHERE", "SEEN"]
    assert "Very Very" in lines[1]
    assert "…" in lines[1]
    assert lines[1].rstrip().endswith("2026-10-01")


def test_what_boards_say_cannot_steer_the_terminal(rolecall, db, boards):
    posting(db, boards[0].board_id, "5", title="[red]Engineer[/red] \x1b]0;owned\x07 two\nlines")
    out = rolecall("postings").out
    assert "\x1b" not in out
    assert "[red]Engineer[/red]" in out


def test_an_unknown_ats_is_answered_with_a_close_one(rolecall, boards):
    ran = rolecall("postings", "--ats", "greenhous")
    assert (ran.code, ran.err) == (1, "Error: Rolecall knows no ATS 'greenhous'; did you mean greenhouse?\n")
    assert "those it knows: adp, amazon," in rolecall("postings", "--ats", "zzz").err


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T09:30", datetime(2026, 11, 1, 9, 30, tzinfo=UTC)),
        (" 2026-11-01T09:30+02:00 ", datetime(2026, 11, 1, 7, 30, tzinfo=UTC)),
    ],
)
def test_points_in_time_are_read(written, expected, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    assert moment(written) == expected
    monkeypatch.undo()
    time.tzset()


def test_ages_are_read():
    for written, age in [("30min", timedelta(minutes=30)), ("2 w", timedelta(weeks=2)), ("7d", timedelta(days=7))]:
        assert abs(datetime.now(UTC) - age - moment(written)) < timedelta(minutes=1)
    assert moment("999999w") < datetime(1971, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize("written", ["yesterday", "", "7", "7y", "2026-13-01"])
def test_what_is_no_time_is_refused_with_examples(written):
    with pytest.raises(InvalidInput, match=r"a date \(2026-11-01\)"):
        moment(written)


def test_changes_are_listed_in_order_and_the_latest_are_kept(rolecall, db, boards):
    acme, umbrella = boards
    event(db, 1, acme.board_id, "opened", baseline=True, at=datetime.now(UTC) - timedelta(days=9))
    event(db, 1, acme.board_id, "updated", run=2, changes='{"title": ["a", "b"]}')
    event(db, 3, umbrella.board_id, "closed", run=3)

    def kinds(*arguments: str) -> list[str]:
        return [row["kind"] for row in rolecall("changes", "--format", "json", *arguments).rows]

    assert kinds() == ["opened", "updated", "closed"]
    assert kinds("--limit", "2") == ["updated", "closed"]
    assert kinds("--news") == ["updated", "closed"]
    assert kinds("--since", "1d") == ["updated", "closed"]
    assert kinds("--company", "Acme") == ["opened", "updated"]
    table = rolecall("changes", "--limit", "1")
    assert "closed" in table.out
    assert table.err == "2 earlier changes are left out: see them with --limit, or all with --format json.\n"
    assert rolecall("changes", "--format", "json").rows[1]["changes"] == {"title": ["a", "b"]}
