"""When two postings are listings of one role, and when they are not."""

from dataclasses import replace
from itertools import permutations

import pytest

from worker.posting import Posting
from worker.roles import assign, listings

TEXT = "We build the machines that other people build upon, and we look after them by day and by night. " * 5


def posting(name: str, **fields) -> Posting:
    given = {"title": "Engineer", "url": f"https://acme.example/jobs/{10_000 + sum(map(ord, name))}", **fields}
    return Posting(external_id=name, **given)


def one_role(*postings: Posting) -> bool:
    """Whether postings that are read together are listings of one role."""
    return len(set(assign(listings(postings), {}).roles.values())) == 1


def one_role_in_turn(*postings: Posting) -> bool:
    """Whether postings that are read one after the other are."""
    known, roles = {}, set()
    for number, each in enumerate(postings, start=1):
        found = assign(listings([each]), known)
        ids = {-1: number}
        known |= {key: ids.get(role, role) for key, role in found.keys.items()}
        roles |= {ids.get(role, role) for role in found.roles.values()}
        roles = {found.joined.get(role, role) for role in roles}
    return len(roles) == 1


def together_and_in_turn(*postings: Posting) -> bool:
    together = one_role(*postings)
    assert one_role_in_turn(*postings) == together
    return together


BERLIN = posting("a", locations=["Berlin, Germany"], requisition_id="JR1988777", description_text=TEXT)


def test_a_requisition_on_two_boards_is_one_role():
    assert together_and_in_turn(BERLIN, posting("b", title="Ingenieur", requisition_id="jr1988777"))


def test_a_requisition_in_ten_cities_is_one_role():
    cities = [replace(BERLIN, external_id=str(n), url=f"https://acme.example/{n}9999") for n in range(10)]
    assert together_and_in_turn(*cities)


@pytest.mark.parametrize("word", ["1", "ENG", "Evergreen", "2024"[:3]])
def test_a_requisition_that_is_no_number_of_its_own_needs_the_title(word):
    first = posting("a", requisition_id=word)
    assert not together_and_in_turn(first, posting("b", title="Designer", requisition_id=word))
    assert together_and_in_turn(first, posting("b", requisition_id=word))


def test_places_and_genders_in_a_title_do_not_make_another_role():
    first = posting("a", title="Engineer (m/w/d) - Berlin", locations=["Berlin, Germany"], requisition_id="ENG")
    other = posting("b", title="Engineer, München (f/m/x)", locations=["München"], requisition_id="ENG")
    assert together_and_in_turn(first, other)


def test_title_and_place_alone_never_make_one_role():
    assert not together_and_in_turn(
        posting("a", locations=["Berlin"], department="R&D"), posting("b", locations=["Berlin"], department="R&D")
    )


def test_a_repost_with_the_same_words_is_one_role():
    first = posting("a", description_text=TEXT)
    assert together_and_in_turn(first, posting("b", description_text=TEXT))
    assert not together_and_in_turn(first, posting("b", description_text=TEXT + " In the team of tools."))
    assert not together_and_in_turn(first, posting("b", title="Designer", description_text=TEXT))


def test_a_short_description_tells_nothing():
    assert not together_and_in_turn(
        posting("a", description_text="Apply now!"), posting("b", description_text="Apply now!")
    )


def test_a_posting_that_leads_to_another_boards_posting_is_one_role_with_it():
    there = posting("a", url="https://acme.wd5.example/Careers/job/Berlin/Engineer_R-10442")
    here = posting("b", apply_url="https://acme.wd5.example/Careers/job/Berlin/Engineer_R-10442/apply")
    assert together_and_in_turn(there, here)


def test_a_form_for_everybody_makes_no_role():
    form = "https://acme.example/form"
    assert not together_and_in_turn(posting("a", apply_url=form), posting("b", apply_url=form))
    numbered = "https://acme.example/form/20261122/apply"
    assert not one_role(posting("a", apply_url=numbered), posting("b", apply_url=numbered))
    assert not together_and_in_turn(posting("a", apply_url=numbered), posting("b", title="Cook", apply_url=numbered))
    hosted = "https://careers2026.example/form"
    assert not together_and_in_turn(posting("a", apply_url=hosted), posting("b", apply_url=hosted))


def test_postings_of_one_page_are_told_apart_by_their_parameters():
    page = "https://acme.example/jobs/2026?gh_jid={}"
    assert not together_and_in_turn(posting("a", url=page.format(123456)), posting("b", url=page.format(123457)))


def test_a_listing_that_leads_to_two_roles_joins_them_in_the_older():
    [first] = listings([posting("a", requisition_id="R-10001")])
    [second] = listings([posting("b", url="https://acme.example/2/99999")])
    both = listings([posting("c", requisition_id="R-10001", url="https://acme.example/2/99999")])
    known = dict.fromkeys(first.keys, 7) | dict.fromkeys(second.keys, 3)
    found = assign(both, known)
    assert found.roles == {"c": 3}
    assert found.joined == {7: 3}
    assert (dict(found.keys), found.new) == ({}, 0)


def test_a_chain_of_listings_is_one_role_in_whatever_order_they_are_read():
    first = posting("a", requisition_id="R-10001")
    second = posting("b", requisition_id="R-10002", description_text=TEXT)
    both = posting("c", requisition_id="R-10001", description_text=TEXT)
    for order in permutations((first, second, both)):
        assert one_role(*order)


def test_the_employers_own_id_of_the_job_is_enough():
    first = posting("a", extras={"internal_job_id": 4567})
    assert together_and_in_turn(first, posting("b", title="Ingenieur", extras={"internal_job_id": "4567"}))
    assert not together_and_in_turn(first, posting("b", extras={"internal_job_id": 4568}))
