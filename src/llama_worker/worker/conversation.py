"""A conversation: its messages, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NotRequired, TypedDict, cast, get_args

from ..engine.api.media import has_media
from ..errors import InvalidOptionsError
from ..messages import Role
from ..options.plain import check_json_depth, check_unicode, plain
from .media.content import check_content, check_total
from .structured.schemas import encode

ROLES: tuple[str, ...] = get_args(Role)
_NO_RESULTS: Mapping[str, str] = MappingProxyType({})


class Message(TypedDict):
    """One message, in the field's usual form; `content` is text or parts: `text`, `image_url` with a data URL,
    `input_audio`. The fields beyond `content` belong to function calls."""

    role: str
    content: str | list[dict[str, Any]] | None
    name: NotRequired[str]
    tool_calls: NotRequired[list[dict[str, Any]]]
    tool_call_id: NotRequired[str]
    reasoning_content: NotRequired[str]


def check_messages(messages: Iterable[Mapping[str, Any]]) -> list[Message]:
    """A deep copy of `messages`. Raises `InvalidOptionsError` naming the first message that is none."""
    if isinstance(messages, str | bytes | Mapping) or not isinstance(messages, Iterable):
        raise InvalidOptionsError("Messages must be a list of {role, content} objects.", path="messages")
    checked = [_check_message(message, f"messages[{index}]") for index, message in enumerate(messages)]
    check_total(checked)
    return checked


def check_text(text: Any, path: str = "messages[0].content") -> str:
    """A text, such as the content of a user's message. Raises `InvalidOptionsError` for what is none."""
    if not isinstance(text, str):
        raise InvalidOptionsError(f"{path} must be text.", path=path)
    check_unicode(text, path)
    return text


def check_results(results: Mapping[str, Any], messages: Sequence[Message]) -> dict[str, str]:
    """Results of calls as texts. Raises `InvalidOptionsError` when no call waits, or none of that id."""
    if not isinstance(results, Mapping):
        raise InvalidOptionsError("Results must be an object: {call id: result}.", path="results")
    waiting = {call["id"] for call in pending_calls(messages)}
    if unknown := results.keys() - waiting or ({""} if not waiting else set()):
        raise InvalidOptionsError(f"No call {min(unknown)!r} waits for a result.", path="results")
    return {id: _as_text(value, f"results.{id}") for id, value in results.items()}


def pending_calls(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """The calls of the last answer that nobody has answered yet."""
    answered = set[str]()
    for message in reversed(messages):
        if message["role"] == "tool":
            answered.add(message.get("tool_call_id", ""))
            continue
        return [call for call in message.get("tool_calls", ()) if call.get("id") not in answered]
    return []


def call_results(messages: Sequence[Message], results: Mapping[str, str]) -> list[Message]:
    """An answer to every call that waits for one; a call without a result is told so."""
    return [
        {
            "role": "tool",
            "tool_call_id": call["id"],
            "name": call["function"]["name"],
            "content": results.get(call["id"], "Error: the call was not made"),
        }
        for call in pending_calls(messages)
    ]


def answers_to_calls(messages: Sequence[Message], results: Mapping[str, str]) -> list[Message]:
    """`call_results` for calls that wait still: a prompt that was asked first closes them as not made.

    Raises `InvalidOptionsError` when it has.
    """
    return call_results(messages, check_results(results, messages))


def text_of(message: Message) -> str:
    """The text of a message without what stands in it beside text."""
    content = message["content"]
    if isinstance(content, list):
        return "\n".join(part["text"] for part in content if part.get("type") == "text")
    return content or ""


def closed_turn(messages: Sequence[Message], results: Mapping[str, str] = _NO_RESULTS) -> list[Message]:
    """What a turn that was cut short lacks: an answer to every call, and after those one to the user.

    Chat templates such as Mistral's and Gemma's refuse a user's message that follows a call or its result.
    """
    answers = call_results(messages, results)
    last = [*messages, *answers][-1:]
    closing: list[Message] = [{"role": "assistant", "content": ""}]
    return answers + closing if last and last[0]["role"] == "tool" else answers


def _check_message(message: Mapping[str, Any], path: str) -> Message:
    if not isinstance(message, Mapping):
        raise InvalidOptionsError(f"{path} must be an object with role and content.", path=path)
    role = message.get("role")
    if role not in ROLES:
        raise InvalidOptionsError(f"{path}.role must be one of {', '.join(ROLES)}, not {role!r}.", path=f"{path}.role")
    unknown = {str(key) for key in message} - Message.__required_keys__ - Message.__optional_keys__
    if unknown:
        raise InvalidOptionsError(f"{path} has an unknown field {min(unknown)!r}.", path=f"{path}.{min(unknown)}")
    content = message.get("content")
    if content is not None or not message.get("tool_calls"):
        content = check_content(content, f"{path}.content")
    if role == "assistant" and has_media([{"content": content}]):
        raise InvalidOptionsError(f"{path}.content must be text: a model says no more.", path=f"{path}.content")
    for name in ("name", "tool_call_id", "reasoning_content"):
        if not isinstance(message.get(name, ""), str):
            raise InvalidOptionsError(f"{path}.{name} must be text.", path=f"{path}.{name}")
    if "tool_calls" in message:
        _check_calls(message["tool_calls"], role, f"{path}.tool_calls")
    return cast(Message, plain({**message, "content": content}, path))


def _as_text(value: Any, path: str) -> str:
    if isinstance(value, str):
        return check_text(value, path)
    try:
        return encode(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise InvalidOptionsError(f"{path} cannot be written as JSON: {error}.", path=path) from error


def _check_calls(calls: Any, role: str, path: str) -> None:
    if role != "assistant" or not isinstance(calls, list):
        raise InvalidOptionsError(f"{path} must be a list, of an assistant's message.", path=path)
    for index, call in enumerate(calls):
        function = call.get("function") if isinstance(call, Mapping) else None
        where = f"{path}[{index}]"
        texts = (
            [function.get("name"), function.get("arguments"), call.get("id")] if isinstance(function, Mapping) else []
        )
        if not texts or not all(isinstance(text, str) for text in texts):
            raise InvalidOptionsError(f"{where} must be {{id, function: {{name, arguments}}}}, all text.", path=where)
        check_json_depth(str(texts[1]), f"{where}.function.arguments")


def with_system_prompt(messages: list[Message], system_prompt: str | None) -> list[Message]:
    """The messages, with a system prompt before those that have none."""
    if system_prompt is None or any(message["role"] == "system" for message in messages):
        return messages
    return [{"role": "system", "content": system_prompt}, *messages]
