"""The words and signs of pay in the languages of boards: currencies, periods, what pay is called and what it is not."""

import re
from collections.abc import Sequence

from worker.posting import SalaryPeriod

_SIGNS = {
    "US$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD",
    "R$": "BRL", "$": None, "€": "EUR", "£": "GBP", "₹": "INR", "¥": None, "₪": "ILS", "₩": "KRW", "₺": "TRY",
    "₴": "UAH", "₫": "VND", "₱": "PHP", "฿": "THB", "₦": "NGN",
}  # fmt: skip
_CODES = (
    "USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SGD", "HKD", "PLN", "SEK", "NOK", "DKK", "CZK", "HUF", "RON",
    "BGN", "INR", "ILS", "JPY", "CNY", "KRW", "BRL", "MXN", "ZAR", "TRY", "UAH", "AED", "SAR", "PHP", "MYR", "THB",
    "IDR", "VND", "COP", "CLP", "ARS", "EGP", "NGN", "KES", "TWD", "PKR", "PEN",
)  # fmt: skip
_KNOWN_CODES = frozenset((*_CODES, "RMB"))
_WORDS = {"euro": "EUR", "euros": "EUR", "zł": "PLN", "kč": "CZK", "rmb": "CNY"}
# Signs of several countries' currencies.
_SHARED: dict[str, dict[str, str]] = {
    "$": {"US": "USD", "CA": "CAD", "AU": "AUD", "NZ": "NZD", "SG": "SGD", "HK": "HKD", "PR": "USD"},
    "kr": {"SE": "SEK", "NO": "NOK", "DK": "DKK"},
    "¥": {"JP": "JPY", "CN": "CNY"},
}
HARD_CURRENCIES = frozenset(("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "NZD", "SGD", None))
"""Nobody earns 20,000 of these by the month or the hour. None stands for dollars of whichever country."""

_SIGN = "|".join(re.escape(sign) for sign in _SIGNS)
_CURRENCY = rf"(?:{_SIGN}|\b(?:{'|'.join(_CODES)})\b(?:\s?\$)?|\b[Ee]uros?\b|\bzł|\bKč|\b[Kk]r\b\.?|\bRMB\b)"
_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f.'\u2019]\d{3}|,\s?\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d{1,7}(?:[.,]\d{1,2})?(?!\d)"
_THOUSANDS = r"(?:\s?(?:[kK]|LPA|[lL]akhs?|L|[tT]housand|Tsd\.?)(?![A-Za-z]))?"
# Millions are no pay, and a part of a longer number is no amount.
_NO_MORE = r"(?!\s?(?:[mMbB]\b|[mM][mn]\b|[bB]n\b|[mM]illi|[bB]illi|[tT]rilli|Mio|Mrd|%|[.,]?\d))"
_AMOUNT = rf"(?:{_CURRENCY}\s*)?(?:{_NUMBER}){_THOUSANDS}{_NO_MORE}(?:\s*{_CURRENCY})?"
_TO = (
    r"\s*(?:/\s?(?:h|hr|hour))?\s*"
    r"(?:[-\u2010-\u2015\u2212~]+|\b(?:to|bis|à|al?|until|tot|till?|do|and|und|et|y|e|en)\b)\s*"
)
PAY = re.compile(rf"(?<![\w.,])(?P<low>{_AMOUNT})(?:{_TO}(?P<high>{_AMOUNT}))?(?P<more>\+)?")
"""An amount or a range of two, with or without a currency."""
PARTS = re.compile(rf"(?P<before>{_CURRENCY})?\s*(?P<number>{_NUMBER})\s*(?P<unit>{_THOUSANDS})\s*(?P<after>.*)")
_LIKE_CURRENCY = re.compile(rf"[{''.join({sign[-1] for sign in _SIGNS})}]|\b[A-Z]{{3}}\b|[Ee]uro|\bzł|\bKč|\b[Kk]r\b")
DIGITS = re.compile(r"[0-9][0-9.,'\u2019 \u00a0\u202f]*[0-9]|[0-9](?=[kK])")
"""What may be an amount; nearly all descriptions have no more than ten of these, and to find them is quick."""

_PERIODS: tuple[tuple[SalaryPeriod, str], ...] = (
    ("HOUR", r"hour(?:ly|s)?|hr|(?:p/)?h|stunden?\w*|std|heure|horaire|hora|uur|uurloon|ora|godz\w*|timme|timlön"),
    ("DAY", r"day|daily|diem|tag|tagessatz|jour|journalier|tjm|día|dia|dag|giorno"),
    ("WEEK", r"week(?:ly)?|wk|woche|wöchentlich|semaine|semana|settimana"),
    ("MONTH", (r"month(?:ly)?|mo|monat(?:lich)?|monats\w+|mois|mensuel\w*|mes|mensual\w*|mês|mensal|mese|mensil\w+"
              r"|maand|maandelijks|månad\w*|måned\w*|miesięcznie|miesiąc|mies|měsíc\w*|mth")),
    ("YEAR", (r"year(?:ly)?|yr|annum|annual(?:ly|ized|ised)?|p\.? ?a|jahr|jahres\w+|jährlich\w*|an|année|annuel\w*|año"
             r"|anual\w*|ano|anno|annu[aio]\w*|ral|jaar|jaarlijks|år|årlig\w*|rocznie|rok|lpa")),
)  # fmt: skip
PERIOD = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in _PERIODS), re.IGNORECASE)
PERIOD_IN_FRONT = re.compile(r"\w{5,}|year|jahr|tjm|ral", re.IGNORECASE)
"""The words for a period that mean it in front of an amount, too; `a` and `h` are other words there."""
NO_PERIOD = re.compile(
    r"\b(?:bi-?|semi-?|fort|quarter|twice|every two|half)\s?(?:week|month|night|year|ann)?", re.IGNORECASE
)
_PER = re.compile(
    r"\W{0,3}(?:(?:gross|net|brutto|brut|bruts|bruto|lordi|lorda|base|ote|cash|salary|ctc|usd|eur)\W{1,3}){0,2}"
    r"(?:/|(?:per|an?|each|every|pro|par|por|al|the|je|im|de|om|i|na|all|die|der|le|la)\b\W{0,2})*\s*",
    re.IGNORECASE,
)

PAY_WORD = re.compile(
    r"\b(?:salar(?:y|ies|is|io|ié|ial)|pay|paid|pays|payrate|compensation|wages?|remuneration|earn(?:s|ing|ings)?|ote"
    r"|on[- ]target|(?:hourly|daily|day) rate|base|gehalt\w*|\w*gehalt|vergütung\w*|\w*lohn|entgelt|verdienst\w*"
    r"|brutto\w*|salaires?|rémunération\w*|bruts?|salarios?|sueldo|retribuci[oó]n|remuneraci[oó]n|bruto|retribuzione"
    r"|ral|stipendio|compenso|lord[ai]|salários?|remuneração|salaris\w*|loon|\w*lön|løn\w*|palkka|wynagrodzeni\w+"
    r"|pensja|widełki|mzda|ctc|tjm|tagessatz|fixe|gratification)\b",
    re.IGNORECASE,
)
PAY_VERB = re.compile(r"pay|pays|paid|earn\w*", re.IGNORECASE)
"""Of these, those that companies also do to other ends: they pay a gym by the month."""
LAW = re.compile(r"\b(?:minimum wage|mindestlohn|smic)\b", re.IGNORECASE)
NO_PAY_WORD = re.compile(
    r"\b(?:bonus\w*|sign[- ]?on|signing|referrals?|stipends?|allowances?|zuschuss|budgets?|reimburs\w*|credits?"
    r"|fund(?:ing|ed|s|raising)?|raised|raising|backed|revenues?|umsatz|arr|mrr|gmv|valu(?:ation|ed)|invest\w*|series"
    r"|seed|spend(?:ing)?|deals?|acv|quotas?|pipeline|contracts?|portfolios?|assets|aum|transactions?|volumes?"
    r"|insurance|deductibles?|coverage|premiums?|401\s?\(?k\)?|match(?:ing|ed)?|pension|contributions?|donat\w+|grants?"
    r"|prizes?|discounts?|vouchers?|gift|relocation|equity|stocks?|rsus?|shares|savings?|save|costs?|pric(?:e|es|ing)"
    r"|fees?|profits?|sales|customers?|users|clients|tuition|education|learning|courses?|training|development"
    r"|weiterbildung\w*|wellness|wellbeing|gym|fitness|home office|equipment|laptops?|phone|internet|travel|meals?"
    r"|lunch|food|commut\w+|transport\w*|mileage|childcare|market|industry|projects?|purchases?|orders?|claims?|debt"
    r"|loans?|mortgages?|commissions?|perks?|benefits?|cap|award\w*|incentives?|tickets?|rewards?|co-?working|workspace"
    r"|rent|housing)\b",
    re.IGNORECASE,
)
ON_TARGET = re.compile(r"\bote\b|on[- ]target|\btotal (?:cash|comp)", re.IGNORECASE)
FIRST_WORDS = re.compile(r"[,.;!?•|(+\n]| plus | and | und | et ")
"""Where the words that belong to an amount in front of them end."""
END_OF_CLAUSE = re.compile(r"[.;!?•|](?=\s|$)|[•|]|\s[-\u2013\u2014]\s")
ALONE = re.compile(r"[\W_]*(?:(?:up to|from|starting at|bis|bis zu|ab|jusqu.à|à partir de)\W*)?", re.IGNORECASE)
"""What may stand between the begin of a line and pay of which nothing else says that it is pay."""
UP_TO = re.compile(
    r"(?:\bup to|\bbis(?: zu)?|\bjusqu.à|\bhasta|\bfino a|\btot|\bmax(?:imum|\.)?(?: of)?|≤|<)\W*$", re.IGNORECASE
)
FROM = re.compile(
    r"(?:\bfrom|\bab|\bstart(?:s|ing)?(?: (?:at|from))?|\bà partir de|\bdesde|\ba partire da|\bvanaf|\bat least|\bod"
    r"|\bmin(?:imum|\.)?(?: of)?|\bmindestens|≥|>)\W*$",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"\b(?:between|zwischen|entre|tussen|tra|fra|mellan|mellem|mellom)\W*$", re.IGNORECASE)
AND = re.compile(r"\b(?:and|und|et|y|e|en)\b")


def is_near_currency(text: str, start: int, end: int) -> bool:
    """Whether a part of a text has a currency in it; ten times as fast as to look for every one of them."""
    found = (one[0] for one in _LIKE_CURRENCY.finditer(text, start, end))
    return any(len(word) != len("USD") or word in _KNOWN_CODES for word in found)


def currency(signs: Sequence[str], countries: Sequence[str]) -> str | None:
    """Return the ISO 4217 code of an amount's signs; one that is spelt out counts before a sign.

    Signs that several countries have (`$`, `kr`) mean that of the only country of the posting that has them.
    """
    for sign in signs:
        if spelt := next((code for code in _CODES if code in sign), None):
            return spelt
    sign = signs[0].strip()
    word = sign.casefold().rstrip(".")
    known = _SIGNS.get(sign.upper()) or _WORDS.get(word)
    shared = {code for country in countries if (code := _SHARED.get(word, {}).get(country))}
    return known or (shared.pop() if len(shared) == 1 else None)


def period_after(text: str) -> SalaryPeriod | None:
    """Return the period that the words right behind an amount name: ` / hour`, ` brutto im Jahr`."""
    lead = _PER.match(text)
    found = PERIOD.match(text, lead.end() if lead else 0)
    return found.lastgroup if found else None  # type: ignore[return-value]  # the groups are named after the periods
