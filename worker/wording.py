"""Words that commands and pages have in common."""


def count(number: int, one: str, many: str | None = None) -> str:
    """Return "1 board", "1,200 boards", "3 companies"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def sentence(text: str) -> str:
    """Return an error's message as a sentence."""
    text = text.strip()
    if text.split(" ", 1)[0].isalpha():  # neither an address nor a host's name
        text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "!", "?")) or "\n" in text else f"{text}."
