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
_NUMBER = (
    r"\d{1,2}(?:,\d{2})+,\d{3}(?!\d)"  # 12,00,000 are twelve lakhs
    r"|\d{1,3}(?:[ \u00a0\u202f.'\u2019]\d{3}|,\s?\d{3})+(?:[.,]\d{1,2})?(?!\d)|\d{1,7}(?:[.,]\d{1,2})?(?!\d)"
)
_THOUSANDS = r"(?:\s?(?:[kK]|LPA|[lL]akhs?|L|[tT]housand|Tsd\.?)(?![A-Za-z]))?"
# Millions are no pay, and a part of a longer number is no amount.
_NO_MORE = r"(?!\s?(?:[mMbB]\b|[mM][mn]\b|[bB]n\b|[mM]illi|[bB]illi|[tT]rilli|Mio|Mrd|%|[.,]?\d)|/\d)"
_NO_CENTS = r"(?:[.,][-\u2013\u2014]{1,2}(?!\d))?"
_AMOUNT = rf"(?:{_CURRENCY}\s*)?(?:{_NUMBER}){_THOUSANDS}{_NO_MORE}{_NO_CENTS}(?:\s*{_CURRENCY}(?!\s?\d))?"
_NO_AMOUNT = r"(?![a-df-jl-y\s])"  # nothing that begins so is one: asked first, it makes a search three times as quick
_TO = (
    r"\s*(?:/\s?(?:h|hr|hour|day|wk|week|mo|month|yr|year))?\s*"
    r"(?:[-\u2010-\u2015\u2212~]+|\b(?:to|bis|à|al?|until|tot|till?|do|and|und|et|y|e|en)\b)\s*"
)
PAY = re.compile(rf"{_NO_AMOUNT}(?<![\w.,])(?P<low>{_AMOUNT})(?:{_TO}(?P<high>{_AMOUNT}))?(?P<more>\+)?")
"""An amount or a range of two, with or without a currency."""
PARTS = re.compile(
    rf"(?P<before>{_CURRENCY})?\s*(?P<number>{_NUMBER})\s*(?P<unit>{_THOUSANDS}){_NO_CENTS}\s*(?P<after>.*)"
)
# Each is spelt out and begins with its first letter, not with `\b`: so what begins like none is passed over at once.
CURRENCY = re.compile(
    "|".join((
        *(re.escape(sign[-1]) for sign in _SIGNS),
        *(rf"{word}(?<=\b{word})\b" for word in (*_CODES, "RMB", "Kr", "kr")),
        *(rf"{word}(?<=\b{word})" for word in ("zł", "Kč")),
        "Euro", "euro",
    ))
)  # fmt: skip
_DIGITS = re.compile(rb"0(?:[0.,' \xa0]*0|(?=[kK]))")
_ZEROS = bytes.maketrans(b"123456789", b"000000000")

_PERIODS: tuple[tuple[SalaryPeriod, str], ...] = (
    ("HOUR", r"hour(?:ly|s)?|hr|(?:p/)?h|stunden?\w*|std|heure|horaire|hora|uur|uurloon|ora|godz\w*|timme|timlön"),
    ("DAY", r"day|daily|diem|tag|tagessatz|jour|journalier|tjm|día|dia|dag|giorno"),
    ("WEEK", r"week(?:ly)?|wk|woche|wöchentlich|semaine|semana|settimana"),
    ("MONTH", (r"month(?:ly)?|mo|monat(?:lich)?|monats\w+|mois|mensuel\w*|mes|mensual\w*|mês|mensal|mese|mensil\w+"
              r"|maand|maandelijks|månad\w*|måned\w*|miesięcznie|miesiąc|mies|měsíc\w*|mth")),
    ("YEAR", (r"year(?:ly)?|yr|annum|annual(?:ly|ized|ised)?|p\.? ?a|jahr|jahres\w+|jährlich\w*|an|année|annuel\w*|año"
             r"|anual\w*|ano|anno|annu[aio]\w*|ral|jaar|jaarlijks|år|årlig\w*|rocznie|rok|lpa")),
)  # fmt: skip
_PERIOD = rf"\b(?:{'|'.join(rf'(?P<{name}>{words})' for name, words in _PERIODS)})\b"
PERIOD = re.compile(_PERIOD, re.IGNORECASE)
PERIOD_IN_FRONT = re.compile(r"\w{5,}|year|jahr|tjm|ral", re.IGNORECASE)
"""The words for a period that mean it in front of an amount, too; `a` and `h` are other words there."""
NO_PERIOD = re.compile(
    r"\b(?:bi-?|semi-?|fort|quarter|twice|every two|half)\s?(?:week|month|night|year|ann)?", re.IGNORECASE
)
_BEHIND = re.compile(
    r"(?>\W{0,3}(?:(?:gross|net|brutto|brut|bruts|bruto|lordi|lorda|base|ote|cash|salary|ctc|usd|eur)\W{1,3}){0,2}"
    r"(?:/|(?:per|an?|each|every|pro|par|por|al|the|je|im|de|om|i|na|all|die|der|le|la)\b\W{0,2})*\s*)" + _PERIOD,
    re.IGNORECASE,
)


def _any_of(words: str) -> re.Pattern[str]:
    """Compile a list of words, patterns without bars of their own, to what finds any of them as a whole word.

    Grouped by their initials, since a word of a text is then held against a few of them instead of all.
    """
    by_initial: dict[str, list[str]] = {}
    for word in words.split("|"):
        initial = r"\w*" if word.startswith(r"\w*") else word[0]
        by_initial.setdefault(initial, []).append(word.removeprefix(initial))
    groups = [f"{initial}(?:{'|'.join(others)})" for initial, others in by_initial.items()]
    return re.compile(rf"\b(?:{'|'.join(groups)})\b", re.IGNORECASE)


PAY_WORD = _any_of(
    r"salary|salaries|salaris|salario|salarié|salarial|pay|paid|pays|payrate|compensation|wages?|remuneration|earn|earns"
    r"|earning|earnings|ote|on[- ]target|hourly rate|daily rate|day rate|base|gehalt\w*|\w*gehalt|vergütung\w*|\w*lohn"
    r"|entgelt|verdienst\w*|brutto\w*|salaires?|rémunération\w*|bruts?|salarios?|sueldo|retribuci[oó]n|remuneraci[oó]n"
    r"|bruto|retribuzione|ral|stipendio|compenso|lord[ai]|salários?|remuneração|salaris\w*|loon|\w*lön|løn\w*|palkka"
    r"|wynagrodzeni\w+|pensja|widełki|mzda|ctc|tjm|tagessatz|fixe|gratification"
)
PAY_VERB = re.compile(r"pay|pays|paid|earn\w*", re.IGNORECASE)
"""Of these, those that companies also do to other ends: they pay a gym by the month."""
LAW = re.compile(
    r"\b(?:minimum wage|mindestlohn|smic|(?:customers|clients|users|members|companies|businesses) (?:\w+ )?pay)\b",
    re.IGNORECASE,
)
"""The wage of the law, and what others pay."""
NO_PAY_WORD = _any_of(
    r"bonus\w*|sign[- ]?on|signing|referrals?|stipends?|allowances?|zuschuss|budgets?|reimburs\w*|credits?|fund|funds"
    r"|funding|funded|fundraising|raised|raising|backed|revenues?|umsatz|arr|mrr|gmv|valuation|valued|invest\w*|series"
    r"|seed|spend|spending|deals?|acv|quotas?|pipeline|contracts?|portfolios?|assets|aum|transactions?|volumes?"
    r"|insurance|deductibles?|coverage|premiums?|401\s?\(?k\)?|match|matching|matched|pension|contributions?|donat\w+"
    r"|grants?|prizes?|discounts?|vouchers?|gift|relocation|equity|stocks?|rsus?|shares|savings?|save|costs?|price|prices"
    r"|pricing|fees?|profits?|sales|customers?|users|clients|tuition|education|learning|courses?|training|development"
    r"|weiterbildung\w*|wellness|wellbeing|gym|fitness|home office|equipment|laptops?|phone|internet|travel|meals?"
    r"|lunch|food|commut\w+|transport\w*|mileage|childcare|market|industry|projects?|purchases?|orders?|claims?|debt"
    r"|loans?|mortgages?|commissions?|perks?|benefits?|cap|award\w*|incentives?|tickets?|rewards?|co-?working|workspace"
    r"|rent|housing"
)
ON_TARGET = re.compile(r"\bote\b|on[- ]target|\btotal (?:cash|comp)", re.IGNORECASE)
FIRST_WORDS = re.compile(r"[,.;!?•|(+\n]| plus | with | and | und | et ")
"""Where the words that belong to an amount in front of them end."""
END_OF_CLAUSE = re.compile(r"[.;!?•|](?=\s|$)|[•|]|\s[-\u2013\u2014]\s")
ALONE = re.compile(r"[\W_]*(?:(?:up to|from|starting at|bis|bis zu|ab|jusqu.à|à partir de)\W*)?", re.IGNORECASE)
"""What may stand between the begin of a line and pay of which nothing else says that it is pay."""
UP_TO = re.compile(
    r"(?:\b(?:up to|bis(?: zu)?|jusqu.à|hasta|fino a|tot|max(?:imum|\.)?(?: of)?)|≤|<)\W*$", re.IGNORECASE
)
FROM = re.compile(
    r"(?:\b(?:from|ab|start(?:s|ing)?(?: (?:at|from))?|à partir de|desde|a partire da|vanaf|at least|od"
    r"|min(?:imum|\.)?(?: of)?|mindestens|minimum (?:\w+ ){1,3}(?:of|is)|mindest(?:gehalt|entgelt)\b[^.;\d]{0,40})"
    r"|≥|>)\W*$",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"\b(?:between|zwischen|entre|tussen|tra|fra|mellan|mellem|mellom)\W*$", re.IGNORECASE)
AND = re.compile(r"\b(?:and|und|et|y|e|en)\b")


def digits(text: str) -> list[tuple[int, int]]:
    """Return where what may be an amount begins and ends; nearly all descriptions have no more than ten of these.

    Every digit becomes a zero before: one byte is found several times as fast as any of ten characters.
    """
    alike = text.replace("\u2019", "'").replace("\u202f", " ").encode("latin-1", "replace").translate(_ZEROS)
    return [found.span() for found in _DIGITS.finditer(alike)]


def currency(signs: Sequence[str], countries: Sequence[str]) -> str | None:
    """Return the ISO 4217 code of an amount's signs; one that is spelt out counts before a sign.

    Signs that several countries have (`$`, `kr`) mean that of the only country of the posting that has them.
    """
    for sign in signs:
        if (spelt := sign[: len("USD")]) in _CODES:
            return spelt
    sign = signs[0].strip()
    word = sign.casefold().rstrip(".")
    if known := _SIGNS.get(sign.upper()) or _WORDS.get(word):
        return known
    shared = {code for country in countries if (code := _SHARED.get(word, {}).get(country))}
    return shared.pop() if len(shared) == 1 else None


def period_after(text: str) -> SalaryPeriod | None:
    """Return the period that the words right behind an amount name: ` / hour`, ` brutto im Jahr`."""
    found = _BEHIND.match(text)
    return found.lastgroup if found else None  # type: ignore[return-value]  # the groups are named after the periods
