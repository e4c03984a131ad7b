"""The language of a text, by its script and its most frequent words; nothing where the text is too short or mixed.

Twenty words a language are enough to tell those of descriptions apart.
"""

import re
from collections import Counter
from itertools import permutations

_WORDS = {
    "en": "the and of to in with for you our we is are your will be on as this that or have from an by",
    "de": "und der die das mit für wir du dein deine ist im zu den von auf eine einen sie ein bei sowie unser oder",
    "fr": "et le la les des vous nous de du une dans pour avec est en sur votre notre au aux qui vos nos ou être",
    "es": "y el la los las de del en con para que una un por se nuestro tu tus nuestra como más es su te o",
    "it": "e il la di che per con del della un una in le dei gli sono nel si delle ai alla più nostra anche lavoro",
    "pt": "e o a de da do para com em que um uma os as no na por você se nossa são nosso dos das ou mais como",
    "ca": "i el la els les de del amb per que una un en a nosaltres al als més és seva nostra o aquest som",
    "nl": "en de het een van voor met je in is op zijn onze wij aan bij te dat jouw ons naar om ook jij",
    "sv": "och att i som en för med du är vi på av det till om den har ett din vår eller kommer inom oss",
    "da": "og at i til en af med for du er vi på det som den har din vores eller et også vil hvor dig",
    "nb": "og å i til en av med for du er vi på det som den har din vår eller et også vil deg oss ikke",
    "fi": "ja on ei se että sekä olet meillä sinulla tai kanssa työ sinun myös kun joka mukaan ovat voit tämä olemme",
    "pl": "i w z na do się oraz że jest o dla od nie za to pracy przez po jak lub są nas twoje co naszym",
    "cs": "a v se na je s pro do že o z k ve si to nebo jsme které být jsou práce za nás od jako",
    "sk": "a v sa na je s pre do že o z k vo si to alebo sme ktoré byť sú práca za nás od ako",
    "hu": "a az és egy hogy is nem van vagy meg ha de mint munka lesz ez ezt amely csapat számára",
    "ro": "și de în la cu pentru care este un o din să pe sau mai nu sunt ale al noastră prin ca unui",
    "hr": "i u je na se da za su s od će koji kao ili te o do iz naš biti nam rad svi ima",
    "tr": "ve bir bu için ile olarak veya en da de olan iş tüm çok daha gibi sahip ekip üzere olmak",
    "id": "dan yang untuk di dengan dari dalam kami ini atau adalah pada akan anda tidak ke serta oleh",
    "vi": "và của các cho có được trong với là những một không người công việc làm tại về khi năng",
}
_LANGUAGES_OF: dict[str, list[str]] = {}
for _language, _listed in _WORDS.items():
    for _word in _listed.split():
        _LANGUAGES_OF.setdefault(_word, []).append(_language)

_OTHER_SCRIPT = re.compile("[\u0370-\u1cff\u3040-\ud7af]")
_SCRIPTS = (
    ("kana", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("cyrillic", re.compile("[\u0400-\u04ff]")),
    ("el", re.compile("[\u0370-\u03ff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("ar", re.compile("[\u0600-\u06ff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
)
_PERSIAN = frozenset("پچژگ")
_UKRAINIAN, _RUSSIAN, _BULGARIAN = frozenset("іїєґ"), frozenset("ыэё"), frozenset("ъ")

_SLICE = 300
"""Characters from the start, the middle and the end: a text in two languages is told by them."""
_WORDS_LEAST = 25
_HITS_LEAST, _SHARE_LEAST = 8, 0.1
"""How many of a text's words, and what part of them, must be among a language's; lists have a tenth, prose a third."""
_CLEAR, _CLOSE = 2.0, 1.15
"""How many times as many words as the next language the first must have; related languages share many."""
_RELATED = frozenset(
    pair
    for languages in (("da", "nb", "sv"), ("cs", "sk"), ("es", "pt", "ca", "it"), ("hr", "pl"))
    for pair in permutations(languages, 2)
)
_SCRIPT_LEAST, _SCRIPT_SHARE = 40, 0.4


def of(text: str) -> str | None:
    """Return the ISO 639-1 code of a text's language, None if the text does not make it sure."""
    sample = _sample(text)
    if not sample.isascii() and _OTHER_SCRIPT.search(sample) and (found := _of_script(sample)):
        return found
    words = sample.lower().split()
    if len(words) < _WORDS_LEAST:
        return None
    hits = Counter([language for word in words if word in _LANGUAGES_OF for language in _LANGUAGES_OF[word]])
    return _sure(hits, len(words))


def _sure(hits: Counter[str], words: int) -> str | None:
    """Return the language with the most of a text's words, if it has enough of them and no other nearly as many."""
    first, second, *_ = [*sorted(hits, key=hits.__getitem__, reverse=True), "", ""]
    if hits[first] < max(_HITS_LEAST, words * _SHARE_LEAST):
        return None
    more = _CLOSE if (first, second) in _RELATED else _CLEAR
    return first if hits[first] >= hits[second] * more else None


def _sample(text: str) -> str:
    if len(text) <= 3 * _SLICE:
        return text
    middle = (len(text) - _SLICE) // 2
    return f"{text[:_SLICE]} {text[middle : middle + _SLICE]} {text[-_SLICE:]}"


def _of_script(sample: str) -> str | None:
    """Return the language of a text in a script that few languages share."""
    letters = sum(map(str.isalpha, sample))
    for name, pattern in _SCRIPTS:
        count = len(pattern.findall(sample))
        if name == "kana" and count >= _SCRIPT_LEAST // 2:
            return "ja"
        if count < _SCRIPT_LEAST or count < letters * _SCRIPT_SHARE:
            continue
        if name == "cyrillic":
            return _of_cyrillic(set(sample.casefold()))
        return "fa" if name == "ar" and _PERSIAN & set(sample) else name
    return None


def _of_cyrillic(letters: set[str]) -> str | None:
    if letters & _UKRAINIAN:
        return None if letters & _RUSSIAN else "uk"
    if letters & _RUSSIAN:
        return "ru"
    return "bg" if letters & _BULGARIAN else None
