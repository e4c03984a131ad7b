"""Saying what to watch: adding, importing, naming companies, and settings."""

import pytest
from sqlalchemy import text

from tests.cli.conftest import company
from worker.cli.naming import is_address
from worker.store import people, wishes

ACME = "https://boards.greenhouse.io/acme"


def names(db) -> list[str]:
    found = list(db.execute(text("SELECT name FROM companies ORDER BY id")).scalars())
    db.commit()
    return found


def test_any_address_of_a_board_adds_its_company(rolecall, db):
    ran = rolecall("add", "https://boards.greenhouse.io/acme/jobs/123?gh_src=x", "jobs.lever.co/umbrella-corp")
    assert ran.code == 0
    assert "Added Acme (company 1): https://" in ran.out
    assert names(db) == ["Acme", "Umbrella Corp"]


def test_adding_twice_says_so_and_keeps_the_name(rolecall, db):
    rolecall("add", ACME, "--name", "Acme Rockets")
    ran = rolecall("add", ACME)
    assert (ran.code, names(db)) == (0, ["Acme Rockets"])
    assert "Already there: Acme Rockets (company 1)" in ran.out


@pytest.mark.parametrize("extra", [["--name", "Both"], ["--name", " "]])
def test_a_name_is_for_one_address_and_not_empty(rolecall, db, extra):
    urls = [ACME, "https://jobs.lever.co/acme"][: 2 if extra[1] == "Both" else 1]
    ran = rolecall("add", *urls, *extra)
    assert (ran.code, names(db)) == (1, [])
    assert "--name is" in ran.err


def test_a_name_is_one_line_and_not_too_long(rolecall, db):
    assert rolecall("add", ACME, "--name", "Acme\x1b[31m\n\u202eInc ").code == 0
    assert "name of the company has 201 letters" in rolecall("add", ACME, "--name", "x" * 201).err
    assert names(db) == ["Acme[31m Inc"]


def test_a_file_is_imported_and_each_bad_line_is_named(rolecall, db, tmp_path):
    file = tmp_path / "list.csv"
    file.write_text(f"# mine\n{ACME}\nhttps://example.com/x\nUmbrella, https://jobs.lever.co/umbrella\n{ACME}\n")
    ran = rolecall("import", file)
    assert (ran.code, names(db)) == (1, ["Acme", "Umbrella"])
    assert ran.out == "4 lines with an address: 2 added, 1 already there, 1 not understood.\n"
    assert ran.err.startswith("Error: line 3: https://example.com/x is not the address of a board")


def test_standard_input_is_imported(rolecall, db):
    ran = rolecall("import", "-", stdin=f"\ufeff{ACME}\r\n".encode())
    assert (ran.code, names(db)) == (0, ["Acme"])


@pytest.mark.parametrize(
    ("content", "said"), [(None, "cannot be read (No such file or directory)"), (b"\x7fELF\0\0\1", "is no text")]
)
def test_what_is_no_list_is_refused(rolecall, db, tmp_path, content, said):
    file = tmp_path / "list"
    if content is not None:
        file.write_bytes(content)
    ran = rolecall("import", file)
    assert (ran.code, ran.out) == (1, "")
    assert said in ran.err


def test_companies_are_found_by_id_name_and_address(rolecall, db):
    company(db, "Acme")
    company(db, "42", "forty-two")
    for wanted, found in [("1", "Acme"), ("aCME", "Acme"), ("42", "42"), (f"{ACME}/jobs/1", "Acme")]:
        assert rolecall("settings", wanted, "--format", "json").rows[0]["company"] == found


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("Acmee", "There is no company 'Acmee'; did you mean Acme?"),
        ("lab", "There is no company 'lab'; did you mean Acme Labs?"),
        ("Zzz", "There is no company 'Zzz'; `rolecall companies` lists those there are."),
        ("99", "There is no company '99'; `rolecall companies` lists those there are."),
        ("9" * 40, f"There is no company '{'9' * 40}'; `rolecall companies` lists those there are."),
        ("", "An empty name names no company."),
        ("https://jobs.lever.co/umbrella", "https://jobs.lever.co/umbrella is not watched; add it with `rolecall add"),
    ],
)
def test_an_unknown_company_is_answered_with_close_names(rolecall, db, wanted, said):
    company(db, "Acme")
    company(db, "Acme Labs", "labs")
    ran = rolecall("postings", "--company", wanted)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(f"Error: {said}")


def test_an_ambiguous_name_lists_the_companies(rolecall, db):
    company(db, "Acme")
    company(db, "ACME", "acme-uk")
    ran = rolecall("scan", "acme")
    assert ran.code == 1
    assert ran.err.splitlines() == [
        "Error: Several companies are called 'acme'; name one by its id:",
        "  1  Acme  https://boards.greenhouse.io/acme",
        "  2  ACME  https://boards.greenhouse.io/acme-uk",
    ]


def test_without_any_company_the_way_to_add_one_is_named(rolecall, db):
    assert "nor any other yet; add one with `rolecall add ADDRESS`" in rolecall("settings", "Acme").err


@pytest.mark.parametrize(
    ("text_", "expected"),
    [("jobs.lever.co/acme", True), ("https://x", True), ("A/B Testing Inc.", False), ("Booking.com", False)],
)
def test_addresses_are_told_from_names(text_, expected):
    assert is_address(text_) is expected


def test_settings_are_stored_shown_and_taken_back(rolecall, db):
    added = company(db, "Acme")
    ran = rolecall("settings", "Acme", "--filter", "data engineer", "--filter", "-intern", "--off", "--format", "json")
    (row,) = ran.rows
    assert (row["title_filters"], row["enabled"]) == ("data engineer\n-intern", False)
    stored = wishes.setting(db, people.local(db)["id"], added.company_id)
    db.commit()
    assert (stored["title_filters"], stored["enabled"]) == ("data engineer\n-intern", False)
    assert "data engineer | -intern" in rolecall("settings", "Acme", "--on").out
    assert rolecall("settings", "Acme", "--no-filter", "--format", "json").rows[0]["title_filters"] == ""
    assert rolecall("settings", "Acme", "--no-filter", "--filter", "x").code == 1


def test_whoever_signs_in_has_settings_of_their_own(rolecall, db, settings):
    company(db, "Acme")
    settings(GOOGLE_CLIENT_ID="id", ROLECALL_SECRET_KEY="s" * 32)
    assert "people who sign in have their own" in rolecall("settings", "Acme").err


def test_a_bad_filter_is_pointed_at_and_changes_nothing(rolecall, db):
    added = company(db, "Acme")
    ran = rolecall("settings", "Acme", "--filter", "good", "--filter", '工程师 AND (python "data')
    assert (ran.code, ran.out) == (1, "")
    message, line, mark = ran.err.splitlines()
    assert message.startswith("Error: The title filter cannot be read: line 2, column 17: ")
    assert line == '  工程师 AND (python "data'
    assert mark.index("^") == 2 + 16 + 3  # three wide letters
    assert wishes.setting(db, people.local(db)["id"], added.company_id)["title_filters"] is None
    db.commit()


def test_a_mistake_far_out_in_a_long_filter_is_still_in_sight(rolecall, db):
    ran = rolecall("postings", "--filter", "word " * 100 + "(", "--format", "json")
    _, line, mark = ran.err.splitlines()
    assert (ran.code, ran.out) == (1, "")
    assert line[mark.index("^")] == "("
    assert len(line) < 80


def test_failing_boards_are_shown_with_cause_and_remedy(rolecall, db):
    company(db, "Fine")
    company(db, "Acme")
    db.execute(
        text("""
        UPDATE boards SET last_outcome = 'failed', failures = 3, error_kind = 'BoardUnavailable',
            error = 'the host could not be reached: \x1b[31mred' WHERE key = 'acme'
    """)
    )
    db.commit()
    ran = rolecall("boards", "--failing")
    title, cause, remedy = ran.out.splitlines()
    assert title == f"Acme  {ACME}"
    assert cause == "  failed, 3 times in a row: the host could not be reached: [31mred"
    assert "HTTPS_PROXY" in remedy
    assert [row["company"] for row in rolecall("boards", "--failing", "--format", "json").rows] == ["Acme"]
    db.execute(text("UPDATE boards SET last_outcome = 'changed', failures = 0"))
    db.commit()
    assert rolecall("boards", "--failing").out == "Every board was read well.\n"
