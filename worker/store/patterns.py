"""What people look for, as LIKE takes it."""


def containing(words: str | None) -> str | None:
    """Return the pattern of LIKE for texts that contain these words; None for None."""
    if words is None:
        return None
    return "%" + words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
