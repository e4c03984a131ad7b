"""Lists of companies as files: what others write is understood, and what Rolecall writes gives the same again."""

import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from worker.criteria import Criteria
from worker.errors import InvalidInput
from worker.importing import import_lines, put_in_groups
from worker.list_files import FORMS, LINES_MOST, Line, parse_lines, written
from worker.store import companies, lists, people, wishes
from worker.store.lists import Listed
from worker.text import one_line

ACME = "https://jobs.lever.co/acme"


def opml(body: str) -> str:
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0"><head/><body>{body}</body></opml>'


def watched(db, user: int | None = None) -> list[tuple]:
    """Return what is watched in a form to compare: names, boards and groups, by the first board."""
    rows = [(one.name, sorted(one.boards), sorted(one.groups)) for one in lists.listed(db, user)]
    db.commit()
    return sorted(rows, key=lambda row: row[1])


def take_in(db, content: bytes | str) -> list:
    """Import a file for the local person."""
    found = import_lines(db, content if isinstance(content, str) else content.decode())
    put_in_groups(db, people.local(db)["id"], found)
    db.commit()
    return found


# --- what others write ------------------------------------------------------------------------------------------------


def test_an_export_of_a_feed_reader_is_understood():
    found = parse_lines(
        opml("""
        <outline text="Europe" title="Europe">
            <outline type="rss" text="Acme" xmlUrl="https://acme.example/feed" htmlUrl="https://jobs.lever.co/acme"/>
            <outline text="North">
                <outline TEXT="Globex" XMLURL="https://jobs.lever.co/globex"/>
            </outline>
        </outline>
        <outline text="Initech" url="https://jobs.lever.co/initech" category="/Boston/Work,robots, remote"/>
        <outline text="Umbrella" url="https://jobs.lever.co/umbrella" group="A, B"/>
        <outline text="an empty group"/>
        <ignored/>""")
    )
    assert [(line.number, line.name, line.address, line.others, line.groups) for line in found] == [
        (4, "Acme", "https://jobs.lever.co/acme", ["https://acme.example/feed"], ("Europe",)),
        (6, "Globex", "https://jobs.lever.co/globex", [], ("North",)),
        (9, "Initech", "https://jobs.lever.co/initech", [], ("robots", "remote")),
        (10, "Umbrella", "https://jobs.lever.co/umbrella", [], ("A, B",)),
    ]


def test_of_several_addresses_the_first_that_tells_a_board_counts(db):
    body = (
        '<outline text="A" htmlUrl="https://acme.example/blog" url="https://jobs.lever.co/acme" xmlUrl="no address"/>'
        '<outline text="B" htmlUrl="https://acme.example/blog" xmlUrl="https://acme.example/feed"/>'
    )
    first, second = take_in(db, opml(body))
    assert first.status == "added"
    assert second.reason.startswith("https://acme.example/feed is not the address of a board")


@pytest.mark.parametrize(
    ("table", "groups"),
    [
        (f"name,url,group\nAcme,{ACME},Europe\n", ("Europe",)),
        (f"url;tags\n{ACME};\"Europe; Robots ;; Europe\"\n", ("Europe", "Robots")),
        (f"Tag\tURL\nEurope, North\t{ACME}\n", ("Europe, North",)),
        (f"url,groups\n{ACME},\"A;\"\"B; C\"\"\"\n", ("A", "B; C")),
        (f"url,groups\n{ACME},\n", ()),
        (f"url,groups\n{ACME}\n", ()),
        (f"url,groups\n{ACME},'=A\n", ("=A",)),
    ],
)  # fmt: skip
def test_a_column_of_a_table_names_groups(table, groups):
    (line,) = parse_lines(table)
    assert (line.address, line.groups) == (ACME, groups)


def test_a_board_is_told_by_its_ats_and_name_where_no_address_tells_it(db):
    for content in ("recruitee/careers.acme.example\n", "ats,board\nrecruitee,careers.acme.example\n"):
        (result,) = take_in(db, content)
        assert result.company_id is not None
    assert [boards for _, boards, _ in watched(db)] == [
        [("recruitee", "careers.acme.example", "https://careers.acme.example")]
    ]
    for wrong in ("nobody/acme\n", "ats,board\nlever,a b c\n", "lever/\n"):
        (result,) = take_in(db, wrong)
        assert result.status == "error"


def test_rows_with_one_company_id_are_one_company(db):
    table = "name,url,company_id\nAcme,https://jobs.lever.co/acme,7\nAcme UK,https://jobs.lever.co/acmeuk,7\n"
    first, second = take_in(db, table + "Acme,https://jobs.lever.co/other,\nAcme,https://jobs.lever.co/acme,7\n")[:2]
    assert (first.status, second.status) == ("added", "added")
    assert first.company_id == second.company_id
    assert [(name, len(boards)) for name, boards, _ in watched(db)] == [("Acme", 2), ("Acme", 1)]


def test_a_company_that_is_watched_gets_no_board_of_somebody_elses_list(db):
    added = companies.add(db, name="Acme", ats="lever", key="acme", url=ACME)
    db.commit()
    results = take_in(db, f"url,company_id\n{ACME},1\nhttps://jobs.lever.co/fake,1\n")
    assert [result.status for result in results] == ["known", "added"]
    assert results[1].company_id != added.company_id


def test_groups_are_the_persons_own_made_where_there_are_none(db):
    person, other = people.local(db)["id"], people.add(db, email="other@acme.example")["id"]
    mine = wishes.add_group(db, person, name="EUROPE", criteria=Criteria(title_filters="baker"))
    before = wishes.version(db, person)
    results = import_lines(db, f"url,groups\n{ACME},Europe;New\nhttps://example.com,Never\n")
    moved = put_in_groups(db, person, results)
    db.commit()
    assert moved == [results[0].company_id]
    found = {group["name"]: group["company_ids"] for group in wishes.groups(db, person)}
    assert found == {"EUROPE": moved, "New": moved}
    assert wishes.group(db, person, mine)["title_filters"] == "baker"
    assert wishes.groups(db, other) == []
    assert wishes.version(db, person)[0] == before[0] + 1
    assert put_in_groups(db, person, import_lines(db, "https://jobs.lever.co/plain")) == []
    assert wishes.version(db, person)[0] == before[0] + 1


@pytest.mark.parametrize(
    ("line", "address", "name"),
    [
        ('"Company #1, Inc.", jobs.lever.co/one # a friend', "jobs.lever.co/one", "Company #1, Inc."),
        ("Acme, jobs.lever.co/acme #", "jobs.lever.co/acme", "Acme"),
        ('"#1", jobs.lever.co/one', "jobs.lever.co/one", "#1"),
        ("Board, jobs.lever.co/board", "jobs.lever.co/board", "Board"),
        ("Link, link.example", "link.example", "Link"),
        ("jobs.lever.co/a#b", "jobs.lever.co/a#b", None),
    ],
)
def test_a_remark_begins_outside_of_quotes_and_no_name_makes_a_header(line, address, name):
    assert parse_lines(line) == [Line(1, address, name)]


@pytest.mark.parametrize(
    "header", ["Company Name,Careers URL", "company_name;website", "Employer\tLink", '"Name","Url"']
)
def test_the_columns_of_a_table_are_known_by_what_people_call_them(header):
    delimiter = next(mark for mark in ";\t," if mark in header)
    row = f'"Acme, Inc."{delimiter}https://jobs.lever.co/acme'
    assert parse_lines(f"{header}\n{row}") == [Line(2, "https://jobs.lever.co/acme", "Acme, Inc.")]


# --- hostile files ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "address", "name"),
    [
        ("https://jobs.lever.co/acme, Acme Corp.", "https://jobs.lever.co/acme", "Acme Corp."),
        ("https://jobs.lever.co/acme,Acme", "https://jobs.lever.co/acme", "Acme"),
        ("Acme Corp: https://jobs.lever.co/acme", "https://jobs.lever.co/acme", "Acme Corp"),
        ("A-B \u2013 https://jobs.lever.co/acme", "https://jobs.lever.co/acme", "A-B"),
        ("- [Acme](https://jobs.lever.co/acme)", "(https://jobs.lever.co/acme)", "Acme"),
        ("2. 3M (https://jobs.lever.co/acme)", "(https://jobs.lever.co/acme)", "3M"),
        ("3. https://jobs.lever.co/acme", "https://jobs.lever.co/acme", None),
        ("https://jobs.lever.co/acme\tAcme", "https://jobs.lever.co/acme", "Acme"),
        ("https://jobs.lever.co/acme;Acme", "https://jobs.lever.co/acme", "Acme"),
        ("Acme;https://jobs.lever.co/acme", "https://jobs.lever.co/acme", "Acme"),
        ('"https://jobs.lever.co/acme","Acme, Inc."', "https://jobs.lever.co/acme", "Acme, Inc."),
        ('https://jobs.lever.co/acme, "Acme, Inc."', "https://jobs.lever.co/acme", "Acme, Inc."),
        ("https://acme.example/jobs?at=1,2", "https://acme.example/jobs?at=1,2", None),
        ("https://acme.example/jobs;at=1", "https://acme.example/jobs;at=1", None),
        ("https://acme.example/a,b/jobs", "https://acme.example/a,b/jobs", None),
        ("<https://jobs.lever.co/acme>", "<https://jobs.lever.co/acme>", None),
    ],
)
def test_a_name_stands_on_either_side_of_its_address(line, address, name):
    (found,) = parse_lines(line)
    assert (found.address, found.name) == (address, name)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("<opml", "the file's XML is broken"),
        ("<html><body/></html>", "the file's XML is a html document, not plain opml"),
        ('<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]><opml><body/></opml>', "brings a DTD"),
        ("<opml><body>" + '<outline text="x">' * 5000 + "</outline>" * 5000 + "</body></opml>", "XML is broken"),
        (opml('<outline url="x"/>' * (LINES_MOST + 1)), "10,001 lines"),
    ],
    ids=["cut off", "HTML", "DTD", "deep", "long"],
)
def test_a_hostile_or_broken_file_is_refused_as_a_whole(content, said):
    with pytest.raises(InvalidInput, match=said):
        parse_lines(content)


def test_entities_are_not_replaced():
    bomb = '<!DOCTYPE opml [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    tracemalloc.start()
    try:
        with pytest.raises(InvalidInput, match="brings a DTD"):
            parse_lines(bomb + ']><opml><body><outline text="&j;" url="x"/></body></opml>')
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_as_many_outlines_as_lines_may_be_imported():
    rows = "".join(f'<outline text="C{n}" url="https://jobs.lever.co/c{n}"/>' for n in range(LINES_MOST))
    assert len(parse_lines(opml(f'<outline text="All">{rows}</outline>'))) == LINES_MOST


# --- and back ---------------------------------------------------------------------------------------------------------

NASTY = [
    "Acme, Inc.", 'The "Best" Company', "#1 Hosting #2", "=cmd|' /C calc'!A0", "'=already", "'t Hart", "+49 Tools",
    "https://name.example", "Ünïcode ☃ 株式会社", "<b>&amp;</b>", "url", "Name; and; more", "tab\tless", "  spaces  ",
    "-", "@home", "a\\b", "%41", "''", "L'Oréal",
]  # fmt: skip


@pytest.fixture
def varied(db):
    """Companies with odd names, one with several boards, one whose address tells no board; groups across them."""
    person = people.local(db)["id"]
    ids = [
        companies.add(db, name=name, ats="lever", key=f"c{n}", url=f"https://jobs.lever.co/c{n}").company_id
        for n, name in enumerate(NASTY)
    ]
    own = "https://careers.acme.example"
    ids.append(companies.add(db, name="Own", ats="recruitee", key="careers.acme.example", url=own).company_id)
    db.execute(
        text(
            "INSERT INTO boards (company_id, ats, key, url) VALUES (:id, 'lever', 'two', 'https://jobs.lever.co/two')"
        ),
        {"id": ids[0]},
    )
    for number, name in enumerate(["Europe", "A; B, \"C\"", "=sum", "AI/ML", "Ünï <&>"]):  # fmt: skip
        group = wishes.add_group(db, person, name=name, criteria=Criteria())
        wishes.put_in_group(db, person, group, ids[:: number + 1])
    db.commit()
    return person


@pytest.mark.parametrize("form", FORMS)
def test_importing_an_export_gives_the_same_companies_boards_and_groups(db, varied, form):
    before = watched(db, varied)
    content = written(form, lists.listed(db, varied))
    db.execute(text("DELETE FROM companies"))
    db.execute(text("DELETE FROM groups"))
    db.commit()
    assert [result.reason for result in take_in(db, content) if result.status == "error"] == []
    after = watched(db, varied)
    tidy = [(" ".join(name.split()), boards, groups) for name, boards, groups in before]
    if form == "txt":  # plain lines have no groups, and know no company of two boards
        apart = [(name, [board], []) for name, boards, _ in tidy for board in boards]
        assert after == sorted(apart, key=lambda row: row[1])
    else:
        assert after == tidy
    again = take_in(db, content)
    assert {result.status for result in again} == {"known"}
    assert watched(db, varied) == after


def test_an_opml_export_shows_groups_as_outlines(db):
    person = people.local(db)["id"]
    table = "name,url,groups,company_id\n" + "".join(
        f"Acme,https://jobs.lever.co/{key},A;B,1\n" for key in ("acme", "acmeuk")
    )
    results = import_lines(db, table + "Plain,https://jobs.lever.co/plain,,2\n")
    put_in_groups(db, person, results)
    content = written("opml", lists.listed(db, person)).decode()
    place = '<outline text="{}" type="link" url="https://jobs.lever.co/{}" rolecall:ats="lever" rolecall:board="{}"'
    acme = [place.format("Acme", key, key) for key in ("acme", "acmeuk")]
    assert [line.strip() for line in content.splitlines()] == [
        "<?xml version='1.0' encoding='UTF-8'?>",
        '<opml xmlns:rolecall="urn:rolecall:list" version="2.0">',
        "<head>",
        "<title>Companies watched by Rolecall</title>",
        "</head>",
        "<body>",
        *(
            line
            for group in "AB"
            for line in (f'<outline text="{group}">', f"{acme[0]}>", f"{acme[1]}/>", "</outline>", "</outline>")
        ),
        f"{place.format('Plain', 'plain', 'plain')}/>",
        "</body>",
        "</opml>",
    ]


def test_no_cell_of_a_table_is_a_formula_and_an_empty_list_is_a_list(db):
    content = written("csv", [Listed(1, "=HYPERLINK(1)", [("lever", "a", ACME)], ["@group"])]).decode()
    assert content.splitlines()[1] == f'"\'=HYPERLINK(1)","{ACME}","lever","a","\'@group","1"'
    for form in FORMS:
        assert parse_lines(written(form, []).decode()) == []


names = st.text(st.characters(codec="utf-8", exclude_categories=("C",)), min_size=1, max_size=60)


@settings(max_examples=150, deadline=None)
@given(name=names, groups=st.lists(names, max_size=3))
def test_any_name_and_group_survives_each_kind_of_file(name, groups):
    tidy = one_line(name)
    wanted = tuple(dict.fromkeys(one for group in groups if (one := one_line(group))))
    for form in FORMS:
        found = parse_lines(written(form, [Listed(5, name, [("lever", "acme", ACME)], groups)]).decode())
        assert {line.name or "" for line in found} == {tidy}
        if form != "txt":
            assert tuple(dict.fromkeys(group for line in found for group in line.groups)) == wanted
