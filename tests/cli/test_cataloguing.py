"""`rolecall catalogue`."""


def test_a_search_shows_what_is_known(rolecall):
    ran = rolecall("catalogue", "search", "figma", "--format", "json")
    assert ran.code == 0
    assert ran.rows[0]["name"] == "Figma"
    assert ran.rows[0]["url"] == "https://job-boards.greenhouse.io/figma"


def test_a_board_of_the_catalogue_is_watched_with_one_command(rolecall, db):
    ran = rolecall("catalogue", "add", "Figma")
    assert ran.code == 0
    assert "Figma (https://job-boards.greenhouse.io/figma) is watched now" in ran.out
    assert [row["company"] for row in rolecall("boards", "--format", "json").rows] == ["Figma"]
    assert "was watched already" in rolecall("catalogue", "add", "figma").out


def test_a_name_that_is_not_exactly_one_boards_gets_the_choices(rolecall, db):
    ran = rolecall("catalogue", "add", "open")
    assert ran.code == 1
    assert "add the one that is meant by its address" in ran.err
    assert "https://" in ran.err
    unknown = rolecall("catalogue", "add", "there is no such company")
    assert unknown.code == 1
    assert "rolecall detect" in unknown.err
