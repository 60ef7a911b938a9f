"""The worker at the other end of a port, as the handles at this end ask it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

from ...messages import CloseSession, Incoming
from ...messages.events import Downloading, Processing, Progress
from ...worker.generation.prompt_arguments import PromptArguments
from ...worker.home import Home
from ...worker.operations.operation import FILE_WORK, Kind, Operation
from ...worker.reply import Reply
from .generation import RemoteGeneration
from .operation import RequestFollower
from .requester import Requester, accepted

Result = TypeVar("Result")
_SHOWN: dict[Kind, type[Progress]] = {"download": Downloading, **dict.fromkeys(FILE_WORK, Processing)}


class RemoteWorker:
    """What a bridge, its models and its sessions share: all of them hold it, and none of them another.

    `track` is told of every operation that begins. `home` is where the bridge lives.
    """

    def __init__(self, requester: Requester, home: Home, track: Callable[[Operation[Any, Any]], object]) -> None:
        self.home = home
        self._requester = requester
        self._track = track

    def follow(
        self,
        kind: Kind,
        finish: Callable[[Any], Result | Awaitable[Result]],
        message: Callable[..., Incoming],
        **facts: Any,
    ) -> Operation[Result, Any]:
        """An operation that is no generation; `finish` makes its result of the last message, at once or awaited."""
        follower = RequestFollower(self._requester, partial(message, **facts))

        async def work(operation: Operation[Result, Any]) -> Result:
            result = finish(await follower.run())
            return await result if isinstance(result, Awaitable) else result

        shown = _SHOWN.get(kind, Progress)
        operation = Operation(kind, work, to_item=lambda event: event if isinstance(event, shown) else None)
        follower.begin(operation)
        self._track(operation)
        return operation

    def generate(
        self,
        kind: Kind,
        arguments: PromptArguments,
        after: Callable[[], Awaitable[None]],
        message: Callable[..., Incoming],
        **facts: Any,
    ) -> Operation[Reply[Any], str]:
        """A generation; `after` is awaited before it is finished, whatever its end."""
        make = partial(message, options=arguments.as_json, **facts)
        operation = RemoteGeneration(self._requester, arguments, make, after).begin(kind)
        self._track(operation)
        return operation

    async def request(self, message: Callable[..., Incoming], **facts: Any) -> Any:
        """Ask something that is no operation, and give its last message; raises the error that it tells of."""
        return accepted(await self._requester.ask(partial(message, **facts)).end)

    async def value(self, message: Callable[..., Incoming], **facts: Any) -> Any:
        """As `request`, for what is answered with a `result`."""
        return (await self.request(message, **facts)).value

    def post(self, message: Callable[..., Incoming], **facts: Any) -> None:
        """Ask something whose answer nobody needs."""
        self._requester.ask(partial(message, **facts))

    def close_session(self, session_id: str) -> None:
        """Let the other end forget a session that nobody holds here any more; called by finalizers, anywhere."""
        self._requester.ask_later(partial(CloseSession, session=session_id))
