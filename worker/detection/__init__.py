"""Finding the board of a company: behind an address, on the company's own pages, or by its name.

`find_boards` looks; `find_one` looks for the one board that a person means. Both ask the network, politely and within
fixed bounds, and neither writes anything.
"""

from worker.detection.result import REMEDY, Candidate, Certainty, Detection, NotOneBoard
from worker.detection.search import find_boards, find_one

__all__ = ["REMEDY", "Candidate", "Certainty", "Detection", "NotOneBoard", "find_boards", "find_one"]
