"""Request bodies are bounded before anything reads them."""

from collections.abc import Mapping

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems

_TOO_LARGE = 413


class BodyLimit:
    """Answers 413 to bodies of over `most` bytes, or of what `more` allows for their path."""

    def __init__(self, app: ASGIApp, most: int, more: Mapping[str, int]) -> None:
        self.app = app
        self.most = most
        self.more = more

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request whose body is not too large."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        most = self.more.get(scope["path"], self.most)
        detail = f"the body may have at most {most:,} bytes"
        length = Headers(scope=scope).get("content-length", "")
        if length.isdecimal() and int(length) > most:
            refusal = problems.problem(scope, problems.of_status(_TOO_LARGE), detail, headers={"Connection": "close"})
            await refusal(scope, receive, send)
            return
        received = 0

        async def receive_counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > most:
                raise HTTPException(_TOO_LARGE, detail)
            return message

        await self.app(scope, receive_counted, send)
