"""A stand-in for `worker.http.BoardClient`: answers by address, and remembers what it was asked."""

from collections.abc import Mapping
from typing import Any

from worker.errors import BoardNotFound
from worker.posting import WebPage

Call = tuple[str, str, Any, dict[str, str], bool]


class FakeHttp:
    """Answers by url without its query.

    An answer is a value, an exception to raise, or a callable of (url, params or body) that returns either. An address
    without an answer is a board that does not exist. `calls` holds (method, url, params or body, headers, redirects).
    """

    def __init__(self, answers: Mapping[str, object]) -> None:
        self.answers = dict(answers)
        self.calls: list[Call] = []

    def get_json(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        redirects: bool = True,
    ) -> Any:
        return self._answer("GET", url, dict(params or {}), headers, redirects)

    def post_json(self, url: str, body: Any, *, headers: Mapping[str, str] | None = None) -> Any:
        return self._answer("POST", url, body, headers, redirects=False)

    def get_text(
        self,
        url: str,
        *,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        redirects: bool = True,
    ) -> str:
        answer = self._answer("GET", url, dict(params or {}), headers, redirects)
        if not isinstance(answer, str):
            raise TypeError(f"{url} is asked for text; the test answers {type(answer).__name__}")
        return answer

    def get_page(self, url: str, *, headers: Mapping[str, str] | None = None, anywhere: bool = False) -> WebPage:
        answer = self._answer("GET", url, {}, headers, redirects=True)
        if isinstance(answer, WebPage):
            return answer
        content = answer if isinstance(answer, bytes) else answer.encode()
        return WebPage(url, content, content.decode(errors="replace"), "text/html")

    def _answer(self, method: str, url: str, sent: Any, headers: Mapping[str, str] | None, redirects: bool) -> Any:
        self.calls.append((method, url, sent, dict(headers or {}), redirects))
        address = url.partition("?")[0]
        if address not in self.answers:
            raise BoardNotFound(f"{address} does not exist in this test")
        answer = self.answers[address]
        if callable(answer) and not isinstance(answer, type):
            answer = answer(url, sent)
        if isinstance(answer, Exception):
            raise answer
        return answer
