"""The words vendors use for workplace, employment type, pay and countries, and what they mean.

A word is looked up as `plain_words` writes it: `FULL_TIME`, `FullTime` and `Full-time` are all `full time`. What is not
known here is None: a guess would be shown as a fact.
"""

import re
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global

from worker.posting import EmploymentType, SalaryPeriod, Workplace
from worker.text import plain_words

# Asked in this order, so that a mixture has a meaning: "Hybrid remote" is hybrid, and so is "Remote or on-site".
_HYBRID = (
    "hybrid", "hybride", "hybrides", "hibrido", "ibrido", "hybrydowa", "hybrydowo", "flexible", "flex",
    "semi presencial", "semipresencial", "home or office",
)  # fmt: skip
_REMOTE = (
    "remote", "temporarily remote", "telecommute", "telecommuting", "telework", "teleworking",
    "virtual", "distributed", "work from home", "working from home", "wfh", "home office", "homeoffice", "home based",
    "teletravail", "a distance", "telearbeit", "mobiles arbeiten", "ortsunabhangig", "thuiswerken", "op afstand",
    "remoto", "teletrabajo", "da remoto", "distans", "distansarbete", "hjemmekontor", "etatyo", "zdalna", "zdalnie",
    "フルリモート", "在宅勤務",
)  # fmt: skip
_ONSITE = (
    "onsite", "on site", "in office", "in the office", "office", "office based", "in person", "on premise",
    "on premises", "vor ort", "sur site", "presentiel", "op locatie", "op kantoor", "presencial", "in sede", "pa plats",
    "stacjonarna", "stacjonarnie",
)  # fmt: skip
# Teamtailor's, and words for other things beside others: "Fully on-site".
_WORKPLACE_CODES: dict[str, Workplace] = {"fully": "remote", "temporary": "remote", "none": "onsite"}
_AWAY = r"(?:remote|homeoffice|home office|telework|teletravail|teletrabajo|thuiswerken|wfh)"
_NOT_REMOTE = re.compile(
    rf"\b(?:no|non|not|keine?|ohne|without|pas de|sans|sin|geen|senza) (?:(?:eligible|suitable) for |an? )?{_AWAY}\b"
    rf"|\b{_AWAY} (?:work )?(?:is )?(?:not?|non|nein)\b"
)
_PARTLY = re.compile(r"\b(?:partial\w*|partiel\w*|partly|occasion\w*|teilweise|parcial\w*|parzial\w*|deels|delvis)\b")
_AWAY_OFFICE = re.compile(r"\b(?:home|remote|virtual) office\b")

# A location field that holds one of these names no place.
_WORK_MODEL_PLACES: dict[str, Workplace | None] = {
    **dict.fromkeys(("onsite", "on site", "in office", "office", "various", "flexible", "tbd", "n a", "none"), None),
    **dict.fromkeys(("hybrid", "hybrid remote", "remote hybrid", "hybride", "hybrid working"), "hybrid"),
    **dict.fromkeys(
        ("remote", "fully remote", "100 remote", "remote only", "remote first", "remote position", "distributed",
         "work from home", "wfh", "home office", "homeoffice", "home based", "virtual", "telecommute", "teletravail"),
        "remote",
    ),
}  # fmt: skip
_MANY_PLACES = re.compile(r"(?:\d+|multiple|many|several|various) (?:locations?|offices?|cities|sites?|places?)")

# The most particular condition of a mixture wins ("Part-time internship" is an internship), so the order counts.
# A working student is employed for up to 20 hours a week, so part-time. A trainee or an apprentice is in training
# and on the payroll, for which schema.org has no word.
_EMPLOYMENT: dict[EmploymentType, tuple[str, ...]] = {
    "INTERN": (
        "intern", "interns", "internship", "internships", "praktikum", "praktikant", "praktikantin", "pflichtpraktikum",
        "stage", "stagiaire", "stagiair", "co op", "coop", "becario", "practicas", "tirocinio", "estagio", "praktik",
        "インターン", "インターンシップ", "harjoittelu", "staz", "praktyki", "estagiario", "实习", "인턴",
    ),
    "VOLUNTEER": ("volunteer", "volunteers", "volunteering", "ehrenamt", "ehrenamtlich", "benevole", "benevolat",
                  "vrijwilliger", "vrijwilligerswerk", "voluntario"),
    "PER_DIEM": ("per diem", "prn", "pool prn"),
    "OTHER": ("other", "apprentice", "apprenticeship", "trainee", "traineeship", "ausbildung", "auszubildende",
              "apprentissage", "alternance", "fellowship", "duales studium", "leerling"),
    "TEMPORARY": (
        "temporary", "temp", "fixed term", "fixedterm", "limited term", "term limited", "seasonal", "interim",
        "interimaire", "befristet", "befristete", "befristeter", "aushilfe",
        "cdd", "duree determinee", "tijdelijk", "uitzendkracht", "uitzend",
        "temporal", "tempo determinato", "locum", "bepaalde tijd", "vikariat",
        "visstid", "visstidsanstallning", "契約社員", "派遣社員", "temporario", "maaraaikainen", "saisonnier",
    ),
    "CONTRACTOR": (
        "contract", "contractor", "contractors", "contract to hire", "freelance", "freelancer",
        "independent contractor", "1099", "self employed", "freie mitarbeit", "freiberuflich", "freier mitarbeiter",
        "independant", "zzp", "prestataire", "autonomo", "consulting contract", "業務委託", "b2b",
        "vacancy legal entity",  # Brazil: paid as a company of one's own
    ),
    "FULL_TIME": (
        "full time", "fulltime", "ft", "vollzeit", "temps plein", "temps complet", "voltijd", "voltijds",
        "tiempo completo", "jornada completa", "tempo pieno", "tempo integral", "heltid", "正社員",
        "full or part time", "full and part time", "full part time", "voll oder teilzeit", "voll und teilzeit",
        "voll teilzeit", "fuldtid", "fuldtidsstilling", "kokoaikainen", "kokoaikatyo", "pelny etat", "plny uvazek",
        "全职",
    ),
    "PART_TIME": (
        "part time", "parttime", "pt", "teilzeit", "temps partiel", "deeltijd", "deeltijds", "tiempo parcial",
        "media jornada", "tempo parziale", "deltid", "working student", "werkstudent", "werkstudentin", "minijob",
        "bijbaan", "アルバイト", "パート", "パートタイム", "osa aikainen", "osa aikatyo", "czesc etatu", "pol etatu",
        "niepelny etat", "castecny uvazek", "meio periodo", "兼职",
    ),
}  # fmt: skip
# Permanent work says nothing of hours, and a contract for good or of employment is no contractor's.
_PERMANENT = re.compile(
    r"\b(?:permanent|unbefristet\w*|nicht befristet\w*|open ended|employment contract|zero hours? contract|indefinite"
    r"|indefinido|indeterminee?|indeterminato|onbepaalde tijd|vast|cdi)\b"
)
_CONTRACT = re.compile(r"\b(?:contract|contrat|contrato|contratto|vertrag)\b")

_PERIODS: dict[str, SalaryPeriod] = {
    **dict.fromkeys(
        ("hour", "hours", "hourly", "hr", "ph", "p1h", "pt1h", "stunde", "stundlich", "heure", "uur", "hora"), "HOUR"),
    **dict.fromkeys(("day", "days", "daily", "p1d", "tag", "jour", "dag", "dia"), "DAY"),
    **dict.fromkeys(("week", "weeks", "weekly", "wk", "p1w", "woche", "semaine", "semana"), "WEEK"),
    **dict.fromkeys(
        ("month", "months", "monthly", "mo", "p1m", "monat", "monatlich", "mois", "mensuel", "maand", "maandelijks",
         "mes", "mensual"), "MONTH"),
    **dict.fromkeys(
        ("year", "years", "yearly", "yr", "annual", "annually", "annum", "pa", "p1y", "jahr", "jahrlich", "an", "annee",
         "annuel", "jaar", "jaarlijks", "ano", "anual"), "YEAR"),
}  # fmt: skip
_NO_SINGLE_PERIOD = re.compile(r"\b(?!1\b)\d+\b|\b(?:two|bi|semi|half|twice|four|fort\w+|quarter\w*)\b|\bbi\w+ly\b")
_NO_CURRENCY = "XXX"
_CURRENCY_SIGNS = {
    "EURO": "EUR", "EUROS": "EUR",
    "€": "EUR", "£": "GBP", "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD",
    "S$": "SGD", "HK$": "HKD", "R$": "BRL", "ZŁ": "PLN", "₹": "INR", "₪": "ILS", "₩": "KRW", "₺": "TRY", "₴": "UAH",
    "₫": "VND", "₱": "PHP", "฿": "THB", "₦": "NGN",
}  # fmt: skip

# Territories of CLDR that are no country of ISO 3166-1. Kosovo's XK stays: ISO leaves the code to its users.
_NO_COUNTRY = frozenset(("AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"))
# Names CLDR does not give in English, as `plain_words` writes them. Reading the native names from 16 of babel's
# locales instead would cost every process 14 MB.
_COUNTRY_NAMES = {
    "AE": "uae|emirates", "AT": "osterreich", "BA": "bosnia", "BE": "belgie|belgique|belgien", "BR": "brasil",
    "CD": "dr congo|democratic republic of the congo|congo kinshasa", "CG": "republic of the congo",
    "CH": "schweiz|suisse|svizzera", "CI": "ivory coast", "CN": "mainland china|prc|people s republic of china|中国",
    "CZ": "czech republic|cesko|ceska republika", "DE": "deutschland|federal republic of germany|allemagne",
    "DK": "danmark", "EE": "eesti", "ES": "espana", "FI": "suomi", "FR": "frankreich",
    "GB": "uk|u k|great britain|britain|england|scotland|wales|northern ireland|"
          "united kingdom of great britain and northern ireland",
    "GR": "ellada|hellas", "HK": "hong kong", "HR": "hrvatska", "HU": "magyarorszag", "IE": "republic of ireland|eire",
    "IR": "islamic republic of iran", "IS": "island", "IT": "italia", "JP": "日本", "KP": "dprk",
    "KR": "republic of korea|korea|korea republic of|한국|대한민국", "LA": "lao pdr", "LT": "lietuva", "LV": "latvija",
    "MD": "republic of moldova", "MK": "macedonia", "MM": "burma|myanmar", "MO": "macau|macao", "MX": "mexico",
    "NL": "holland|nederland", "NO": "norge|noreg", "PL": "polska", "PS": "palestine", "RO": "romania",
    "RU": "russian federation", "SE": "sverige", "SI": "slovenija", "SK": "slovak republic|slovensko",
    "SY": "syrian arab republic", "SZ": "swaziland", "TL": "east timor", "TR": "turkey", "TT": "trinidad",
    "TW": "taiwan province of china", "TZ": "united republic of tanzania",
    "US": "usa|u s|u s a|united states of america|the united states|america|etats unis|estados unidos",
    "VA": "holy see", "VN": "viet nam",
}  # fmt: skip
_LANGUAGE_TAG = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|\d{3}))?", re.IGNORECASE)


def _says(words: str, terms: tuple[str, ...]) -> bool:
    return any(f" {term} " in f" {words} " for term in terms)


@lru_cache(maxsize=1024)
def workplace(word: str) -> Workplace | None:
    """Read a vendor's word for where the work is done; Teamtailor's `fully` and `temporary` are remote, `none` is not.

    "Flexible" is hybrid, and so is what is remote in part or offers both remote and on-site work.
    """
    words = plain_words(word)
    if words in _WORKPLACE_CODES:
        return _WORKPLACE_CODES[words]
    if _NOT_REMOTE.search(words):
        return "onsite"
    remote, onsite = _says(words, _REMOTE), _says(_AWAY_OFFICE.sub("remote", words), _ONSITE)
    if _says(words, _HYBRID) or (remote and (onsite or _PARTLY.search(words))):
        return "hybrid"
    return "remote" if remote else "onsite" if onsite else None


@lru_cache(maxsize=4096)
def place(word: str) -> tuple[str | None, Workplace | None]:
    """Return a location if it names a place, else None, and the workplace it stands for if it is one instead."""
    words = plain_words(word)
    if words in _WORK_MODEL_PLACES:
        return None, _WORK_MODEL_PLACES[words]
    return (None if _MANY_PLACES.fullmatch(words) or not words else word), None


@lru_cache(maxsize=1024)
def employment_type(word: str) -> EmploymentType | None:
    """Read a vendor's word for the kind of employment; of a mixture the most particular kind."""
    words = plain_words(word)
    if _PERMANENT.search(words):
        words = _CONTRACT.sub(" ", _PERMANENT.sub(" ", words))
    for kind, terms in _EMPLOYMENT.items():
        if _says(words, terms):
            return kind
    return None


@lru_cache(maxsize=256)
def salary_period(word: str) -> SalaryPeriod | None:
    """Read what one amount of pay is for: `1 YEAR`, `per-hour-wage`, `monthly`; None for `two_weeks`, `biweekly`."""
    words = plain_words(word)
    if _NO_SINGLE_PERIOD.search(words):
        return None
    return next((_PERIODS[one] for one in words.split() if one in _PERIODS), None)


@lru_cache(maxsize=256)
def currency(word: str) -> str | None:
    """Read an ISO 4217 code or a sign that means one currency only; `$`, `¥` and `kr` mean several."""
    code = word.strip().upper()
    return code if code in Locale.parse("en").currencies and code != _NO_CURRENCY else _CURRENCY_SIGNS.get(code)


@lru_cache(maxsize=1024)
def country_code(word: str) -> str | None:
    """Read a country's alpha-2 or alpha-3 code or name as its ISO 3166-1 alpha-2 code."""
    words = _without_and(plain_words(word))
    return _countries().get(words) or _countries().get(words.removeprefix("the "))


@cache
def _countries() -> dict[str, str]:
    names = {code.lower(): code for code in _iso_codes()}
    for alias, codes in get_global("territory_aliases").items():
        if len(alias) == len("GBR") and alias.isalpha() and len(codes) == 1 and codes[0].lower() in names:
            names[alias.lower()] = codes[0]
    names["xkx"] = "XK"
    territories = Locale.parse("en").territories
    for code in _iso_codes():
        for name in _spellings(territories[code]):
            names.setdefault(name, code)
    names.update({_without_and(name): code for code, listed in _COUNTRY_NAMES.items() for name in listed.split("|")})
    return names


def _iso_codes() -> list[str]:
    codes = [str(code) for code in Locale.parse("en").territories]
    return [code for code in codes if re.fullmatch("[A-Z]{2}", code) and code not in _NO_COUNTRY]


def _spellings(name: str) -> tuple[str, str]:
    words = _without_and(plain_words(name))
    return words, re.sub(r"\bst\b", "saint", words)


def _without_and(words: str) -> str:
    """Leave out what one list writes as `and`, another as `&`, which `plain_words` drops."""
    return words.replace(" and ", " ")


@lru_cache(maxsize=256)
def language_tag(word: str) -> str | None:
    """Read a language as a BCP 47 tag in its usual spelling: `en`, `en-US`, `zh-Hant-TW`; None if there is none."""
    found = _LANGUAGE_TAG.fullmatch(word.strip())
    if not found:
        return None
    primary = get_global("language_aliases").get(found[1].lower(), found[1].lower())
    if primary not in Locale.parse("en").languages or primary in ("und", "mul", "zxx"):
        return None
    return "-".join(part for part in (primary, (found[2] or "").title(), (found[3] or "").upper()) if part)
