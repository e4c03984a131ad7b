"""What came of a try to reach somebody."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a message arrived, and what was answered, without secrets.

    `gone`: the receiver wants no more of them. `wait`: seconds it wants to be left alone.
    """

    ok: bool
    text: str
    gone: bool = False
    wait: float = 0.0
