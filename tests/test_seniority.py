"""The level of a role: the board's word for it, else what its title says beyond doubt."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker import seniority
from worker.posting import Seniority

LEVELS = get_args(Seniority)


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Marketing Intern", "intern"), ("Praktikant (m/w/d) Vertrieb", "intern"), ("Werkstudent:in Data", "intern"),
        ("Stage - Marketing digital", "intern"), ("Alternance Chef de projet", "intern"), ("Tirocinio HR", "intern"),
        ("Becario de Finanzas", "intern"), ("Estágio em Engenharia", "intern"), ("Stagiair Communicatie", "intern"),
        ("Auszubildende zum Koch", "intern"), ("Co-op, Firmware", "intern"),
        ("Junior Developer", "entry"), ("Jr. Accountant", "entry"), ("Entry-level Analyst", "entry"),
        ("New Grad Software Engineer", "entry"), ("Graduate Engineer", "entry"),
        ("Berufseinsteiger Consulting", "entry"),
        ("Medior Developer", "mid"), ("Mid-level Engineer", "mid"), ("Développeur confirmé", "mid"),
        ("Desenvolvedor Pleno", "mid"),
        ("Senior Engineer", "senior"), ("Sr. Analyst", "senior"), ("Développeur Sénior", "senior"),
        ("Engenheiro Sênior", "senior"), ("Senior Product Manager", "senior"),
        ("Senior Engineer (Berlin or Paris)", "senior"),
        ("Tech Lead", "lead"), ("Lead Designer", "lead"), ("Staff Engineer", "lead"), ("Teamleiter Verkauf", "lead"),
        ("Principal Scientist", "lead"), ("Senior Staff Software Engineer", "lead"), ("Chef d'équipe", "lead"),
        ("Engineering Manager", "manager"), ("Manager, Data", "manager"), ("Store Manager", "manager"),
        ("Abteilungsleiterin Einkauf", "manager"), ("Leiter Controlling", "manager"), ("General Manager", "manager"),
        ("Head of Sales", "director"), ("Director of Product", "director"), ("Senior Director, Legal", "director"),
        ("Directeur commercial", "director"), ("Direttore vendite", "director"),
        ("CTO", "executive"), ("Chief Financial Officer", "executive"), ("VP Engineering", "executive"),
        ("Geschäftsführer (m/w/d)", "executive"), ("Managing Director", "executive"),
        ("CIO", "executive"), ("Senior Executive Assistant to the CFO", "senior"),
    ],
)  # fmt: skip
def test_a_title_that_names_a_level_has_it(title: str, level: str):
    assert seniority.of_title(title) == level


@pytest.mark.parametrize(
    "title",
    [
        "Engineer", "Product Manager", "Account Executive", "Executive Assistant", "Lead Generation Specialist",
        "Internal Auditor", "International Sales", "Stage Manager", "Senior Living Nurse", "Staff Accountant",
        "Staff Nurse", "Principal", "Assistant Principal", "Chief of Staff", "Art Director", "Leads Coordinator",
        "(Senior) Developer", "Senior/Lead Engineer", "Junior to Senior Developer", "Medior or Senior Analyst",
        "Architect / Senior Architect", "Headhunter", "Assistant to the Managing Director", "Directory Editor",
        "Vice Principal", "Graduate Admissions Counselor", "Middle School Teacher", "Office Manager", "Engineer II",
        "Executive Assistant to the CEO", "Chief of Staff to the CEO", "Assistenz der Geschäftsführung (m/w/d)",
        "Assistant(e) du Directeur Général", "EA to CEO", "CFO Assistant",
    ],
)  # fmt: skip
def test_a_title_that_names_no_level_beyond_doubt_has_none(title: str):
    assert seniority.of_title(title) is None


@pytest.mark.parametrize(
    ("word", "level"),
    [
        ("Entry Level", "entry"), ("entry_level", "entry"), ("Mid-Senior Level", "mid"), ("mid_level", "mid"),
        ("experienced", "mid"), ("Senior level", "senior"), ("Director", "director"), ("Executive", "executive"),
        ("Internship", "intern"), ("student_college", "intern"), ("Student (College)", "intern"),
        ("Manager/Supervisor", "manager"), ("Not Applicable", None), ("Associate", None), ("3 years", None), ("", None),
    ],
)  # fmt: skip
def test_words_of_boards(word: str, level: str | None):
    assert seniority.of_word(word) == level


@pytest.mark.parametrize("level", LEVELS)
def test_a_level_is_a_word_for_itself(level: str):
    assert seniority.of_word(level) == level


@given(st.text(max_size=80))
def test_any_title_has_a_level_of_the_scale_or_none(title: str):
    assert seniority.of_title(title) in (None, *LEVELS)
    assert seniority.of_word(title) in (None, *LEVELS)


WORDS = [
    "Intern", "Junior", "Senior", "Lead", "Director", "VP", "Praktikum", "Werkstudent", "Leiter", "Graduate Engineer",
    "Head of Sales", "Team Manager", "Geschäftsführer", "CFO", "Medior", "Apprenticeship", "Trainee",
]  # fmt: skip


@given(st.sampled_from(WORDS), st.sampled_from(["", " Baker", ", Bread"]))
def test_no_level_is_missed_by_the_look_at_the_letters_that_spares_the_others(word: str, rest: str):
    assert seniority.of_title(word + rest) is not None
