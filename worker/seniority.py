"""How senior a role is: as the board says in a field of its own, else as its title says beyond doubt.

The scale is that of most boards, made finer in the middle: intern (with students and apprentices), entry, mid, senior,
lead (with staff and principal, who lead by what they know), manager (of people), director (with heads of), executive
(C-level, vice presidents, managing directors). Where a title names two levels, the higher one is the role's ("Senior
Engineering Manager"); where it offers two ("Senior / Lead Engineer"), or one in brackets, none is sure.
"""

import re
from functools import lru_cache

from worker.posting import Seniority
from worker.text import fold, plain_words

FIELDS = ("experienceLevel", "experience_level", "seniority", "experience", "experience_code", "minimumExperience")
"""Where extractors leave the board's word among the extras."""

# `not applicable`, `no experience required` and the like say nothing.
_BOARD_WORDS: dict[str, Seniority] = {
    **dict.fromkeys(
        ("intern", "internship", "trainee", "student", "student college", "student high school", "student school",
         "praktikant", "stagiaire", "estagio"), "intern"),
    **dict.fromkeys(("entry", "entry level", "junior", "graduate", "early career", "berufseinsteiger", "debutant"),
                    "entry"),
    **dict.fromkeys(("mid", "mid level", "intermediate", "medior", "mid senior", "mid senior level", "experienced",
                     "professional", "mittlere", "confirme", "pleno"), "mid"),
    **dict.fromkeys(("senior", "senior level", "sr"), "senior"),
    **dict.fromkeys(("lead", "staff", "principal", "team lead", "expert"), "lead"),
    **dict.fromkeys(("manager", "manager supervisor", "supervisor", "senior manager", "senior manager supervisor"),
                    "manager"),
    **dict.fromkeys(("director", "head"), "director"),
    **dict.fromkeys(("executive", "senior executive", "c level", "vp", "executive level"), "executive"),
}  # fmt: skip

# Asked from the highest level down, interns first. A title is folded: no case, no accents.
_TITLES: tuple[tuple[Seniority, re.Pattern[str]], ...] = (
    ("intern", re.compile(
        r"\b(?:interns?|internships?|co-?op|praktik(?:um|ant\w*)|pflichtpraktikum|werkstudent\w*|working student"
        r"|auszubildende\w*|ausbildung|azubi|duales studium|apprentice(?:ship)?|alternan(?:ce|t\w*)|apprenti\w*"
        r"|stagiaire|becari[oa]|(?:en )?practicas|tirocini\w+|stagista|estagi\w+|stagiair\w*|afstudeer\w*"
        r"|trainee(?:ship)?)\b|^stage\b(?! (?:manager|hand|crew|tech\w*|electric\w*|director|lead))"
    )),
    ("executive", re.compile(
        r"\b(?:c[etfiopmrd]o|cso|ciso|chro)\b|\bchief (?:\w+ ){1,3}officer\b|\b(?:[esa]?vp)\b|\bvice[ -]president\b"
        r"|^president\b|\bmanaging director\b|\bgeschaftsfuhr\w*|\bvorstand\b|\bdirect(?:eur|rice|or|ora) general\w*\b"
        r"|\bdirettore generale\b|\balgemeen directeur\b"
    )),
    ("director", re.compile(
        r"(?<!art )(?<!creative )(?<!music )(?<!funeral )\bdirector\b(?!['\u2019]s)|\bhead of\b|^head,|\bdirecteur\b"
        r"|\bdirectrice\b|\bdirectora\b|\bdiretora?\b|\bdirettrice\b|\bdirettore\b|\bdirektor\w*|\bbereichsleit\w+"
    )),
    ("manager", re.compile(
        r"\b(?:engineering|software development|web development|data science|machine learning|research|design|people"
        r"|team|general|regional|area|district|territory|store|shop|branch|restaurant|plant|department|shift|kitchen|hotel)"
        r" manager\b(?! -? ?(?:sales rep|trainee))|^(?:senior |sr\.? )?manager\b|\bsenior manager\b"
        r"|\bmanager (?:of|software engineering|engineering)\b|\babteilungsleit\w+|\bfilialleit\w+|\bmarktleit\w+"
        r"|^leit(?:er|erin|ung)\b|\bchef de service\b|\bjefe de (?:equipo|departamento|area|tienda)\b"
    )),
    ("lead", re.compile(
        r"\b(?:(?:tech(?:nical)?|team|squad|chapter) lead(?:er)?|lead|teamleit\w+|teamleider|teamlead|caporeparto"
        r"|capo team|chef d.equipe)\b(?! (?:gen\b|generat|qualif|manage|magnet|paint|abate|intake|nurtur))(?!-gen)"
        r"|\bprincipal\b(?!['\u2019]s)|\bstaff\b(?=[\w /&,+.-]{0,30}\b(?:engineer|developer|scientist|designer"
        r"|architect|researcher|programmer|product manager|technical program manager|sre)\b)"
    )),
    ("senior", re.compile(
        r"\b(?:senior[ae]?s?|sr\.?|snr)\b"
        r"(?!,? (?:living|care|center|centre|services|housing|citizens?|home|high|communit))"
    )),
    ("mid", re.compile(r"\b(?:mid[ -]?level|mid[ -]senior|medior|intermediate|semi[ -]?senior|confirmee?|pleno)\b")),
    ("entry", re.compile(
        r"\b(?:junior|jr\.?|entry[ -]level|early[ -]career|berufseinsteiger\w*|berufsanfanger\w*|absolvent\w*"
        r"|(?:new|recent|university|college) grad(?:uate)?s?|debutante?|recien graduad[oa]|neolaureat[oi]"
        r"|recem[ -]formad[oa])\b(?! (?:high|college|doctor))"
        r"|\bgraduate (?:engineer|developer|program\w*|scheme|analyst|software|consultant|trainee)"
    )),
)  # fmt: skip
# What any of them begins with: nearly half of all titles have none of it.
_ANY = re.compile(
    r"in?tern|stage|stagi|co-?op|prakti|practi|werkst|student|ausbild|auszub|azubi|studium|apprent|alternan|becari|tiroc|estagi"
    r"|trainee|afstud|c[etfopmirds]o\b|ciso|chro|chief|president|vp\b|direc|diret|dirett|direkt|geschafts|vorstand|head"
    r"|leit|manager|lead|princip|staff|capo|chef|jefe|senior|sr|snr|mid|medior|interm|confirm|pleno|junior|jr|entry|early"
    r"|beruf|absolv|grad|debut|neolaur|recem"
)
# "Senior / Lead", "Medior or Senior", "Junior to Mid-level"; and a level that is only offered: "(Senior) Engineer".
_LEVEL = r"(?:senior|sr\.?|junior|jr\.?|medior|mid(?:[ -]level)?|lead|staff|principal|intermediate|entry[ -]level)"
_SEVERAL = re.compile(rf"\b{_LEVEL} ?(?:/|,|\||-|\bor\b|\bto\b|\boder\b|\bou\b|&|\band\b|\bbis\b) ?{_LEVEL}(?!\w)")
_OFFERED = re.compile(r"\((?:senior|sr\.?|junior|jr\.?|lead|principal|staff)\)")
_BRACKETS = re.compile(r"\([^()]*\)")
_ALTERNATIVES = re.compile(r" / | or ")
# Roles named like a level, or after whom they work for.
_NO_LEVEL = re.compile(
    r"\b(?:chief of staff|executive assistant)\b(?:,? (?:to|for|of)\b.*)?|\b(?:assistant|secretary|e\.?a|p\.?a) to\b.*"
    r"|\b(?:report\w*|support\w*) to\b.*|\boffice of (?:the )?\w+|\bc[etfoi]o(?:['\u2019]s)? (?:office|assistant)\b"
    r"|\b(?:assisten\w*|sekretar\w*|referent\w*)\b.*\b(?:geschafts|vorstand|bereichs|direkt)\w*"
    r"|\b(?:assistant|secretaire)\w*\b.*\b(?:directeur|directrice)\b.*"
    r"|\b(?:assistant|vice|deputy) principal\b|^principal$|\bschool principal\b|\bdirector of photography\b"
    r"|\binterns? (?:coordinator|manager|program manager)\b|\bstaff (?:accountant|nurse|attorney|assistant|sergeant)\b"
)


@lru_cache(maxsize=512)
def of_word(word: str) -> Seniority | None:
    """Read a board's own word for the level of a role."""
    return _BOARD_WORDS.get(plain_words(word))


@lru_cache(maxsize=8192)
def of_title(title: str) -> Seniority | None:
    """Read the level that a title names, in English, German, French, Spanish, Italian, Dutch or Portuguese."""
    folded = fold(title)
    if not _ANY.search(folded) or _SEVERAL.search(folded):
        return None
    plain = _BRACKETS.sub(lambda found: _ALTERNATIVES.sub(", ", found[0]), _OFFERED.sub(" ", folded))
    levels = {_level(one.strip()) for one in _ALTERNATIVES.split(_NO_LEVEL.sub(" ", plain))}
    return levels.pop() if len(levels) == 1 else None


def _level(title: str) -> Seniority | None:
    return next((level for level, pattern in _TITLES if pattern.search(title)), None)
