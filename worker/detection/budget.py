"""What a detection may cost in all."""

import threading
import time

from worker.errors import BoardUnavailable


class BudgetSpent(BoardUnavailable):
    """The requests or the seconds of this detection are used up."""


class Budget:
    """So many requests within so many seconds, shared by the threads of one detection."""

    def __init__(self, requests: int, seconds: float) -> None:
        self.most = requests
        self.spent = 0
        self.started = time.monotonic()
        self._until = self.started + seconds
        self._lock = threading.Lock()

    def take(self) -> None:
        """Count a request that is about to be made. Raises BudgetSpent when there is none left."""
        with self._lock:
            if self.spent >= self.most:
                raise BudgetSpent(f"the {self.most} requests of a detection are used up")
            if self.seconds_left <= 0:
                raise BudgetSpent("the time of a detection is used up")
            self.spent += 1

    @property
    def left(self) -> int:
        """Requests that may still be made; none when the time is over."""
        return self.most - self.spent if self.seconds_left > 0 else 0

    @property
    def seconds_left(self) -> float:
        """Seconds until the detection has to end."""
        return self._until - time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.started
