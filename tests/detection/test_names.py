"""Names of companies, as people, boards and domains write them."""

import pytest

from worker import domains
from worker.detection import names


@pytest.mark.parametrize(
    ("wanted", "found", "likeness"),
    [
        ("Acme", "ACME", "same"),
        ("Acme Robotics", "acmerobotics", "same"),
        ("Acme Robotics", "Acme Robotics GmbH & Co. KG", "same"),
        ("Crédit Mutuel", "Credit Mutuel S.A.", "same"),
        ("Generali", "Generali S.p.A.", "same"),
        ("Procter & Gamble", "Procter and Gamble Co", "same"),
        ("The Trade Desk", "Trade Desk, Inc.", "same"),
        ("O'Reilly", "OReilly Ltd", "same"),
        ("Acme Holding AG", "Acme", "same"),
        ("Delta", "Delta Dental", "similar"),
        ("Acme Robotics", "Acme", "similar"),
        ("Delta Air Lines", "Delta Dental", "different"),
        ("Acme", "Zenith", "different"),
        ("AG", "AG", "same"),
        ("Acme", "", "different"),
        ("", "Acme", "different"),
        ("!!", "!!", "different"),
    ],
)
def test_names_are_compared_without_case_accents_and_legal_forms(wanted, found, likeness):
    assert names.likeness(wanted, found) == likeness


@pytest.mark.parametrize(
    ("name", "slugs"),
    [
        ("Acme", ["acme"]),
        ("Acme Robotics GmbH", ["acmerobotics", "acme-robotics", "acme"]),
        ("Société Générale", ["societegenerale", "societe-generale", "societe"]),
        ("AB Dynamics", ["abdynamics", "ab-dynamics"]),
        ("株式会社メルカリ", []),
        ("!", []),
    ],
)
def test_a_name_is_written_as_boards_are_likely_called(name, slugs):
    assert names.slugs([name]) == slugs


def test_names_that_say_the_same_are_tried_once():
    assert names.slugs(["getacme", "acme", "ACME"]) == ["getacme", "acme"]


@pytest.mark.parametrize(
    ("wanted", "title", "named"),
    [
        ("Acme Robotics", "Open roles | Acme Robotics", True),
        ("acmerobotics", "Careers at Acme Robotics", True),
        ("Acme", "Acme Jobs", True),
        ("Acme", "Acmeology", False),
        ("Acme Robotics", "Robotics at Acme", False),
        ("", "Acme", False),
    ],
)
def test_a_title_names_a_company_by_whole_words(wanted, title, named):
    assert names.is_named_in(wanted, title) is named


@pytest.mark.parametrize(
    ("host", "site", "owner"),
    [
        ("careers.acme.com", "acme.com", ["acme"]),
        ("acme.co.uk", "acme.co.uk", ["acme"]),
        ("www.jobs.acme.com.au", "acme.com.au", ["acme"]),
        ("getacme.io", "getacme.io", ["getacme", "acme"]),
        ("acme-hq.com", "acme-hq.com", ["acme hq", "acme"]),
        ("widget.com", "widget.com", ["widget"]),
        ("localhost", "localhost", ["localhost"]),
    ],
)
def test_a_host_tells_its_site_and_who_owns_it(host, site, owner):
    assert domains.site(host) == site
    assert names.of_host(host) == owner
