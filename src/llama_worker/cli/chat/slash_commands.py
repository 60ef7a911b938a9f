"""What begins with a slash in a chat."""

from __future__ import annotations

import shlex
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import click
from msgspec import Struct

from ...errors import LlamaWorkerError
from ...errors.nearest import nearest
from ...messages.mcp import McpTool
from ...options.plain import expanded
from ...worker.media.values import Audio, Image
from ..output.tables import print_facts
from ..output.texts import say
from .conversation import Conversation, tell
from .saved import place_of, saved_names

_KEYS = (
    'Enter sends. A backslash at the end of a line, Ctrl-J or Alt-Enter begin another one; """ begins and ends a text '
    "of several. Ctrl-C ends the thinking, then the answer; at the prompt it clears the line, then leaves. A text that "
    "begins with a slash is sent with two."
)
_NOBODY = "none"


class SlashCommand(Struct, frozen=True):
    """`argument` is what stands behind it, in the words of the help; in brackets when it may be left out. One without
    `run` ends the chat."""

    argument: str
    about: str
    run: Callable[[Conversation, str], Awaitable[None]] | None


async def obey(conversation: Conversation, line: str) -> bool:
    """Do what a line that begins with a slash says; False when it ends the chat. A mistake is told in one sentence."""
    word, _, argument = line.partition(" ")
    word, argument = _OTHER_NAMES.get(word, word), argument.strip()
    command = COMMANDS.get(word)
    if command is None:
        near = nearest(word, COMMANDS)
        hint = f"did you mean {near}?" if near else "/help tells which there are; // sends a text that begins so."
        say(f"There is no {word}: {hint}", err=True)
    elif command.run is None:
        return False
    elif not argument and command.argument and not command.argument.startswith("["):
        say(f"Write {word} {command.argument}.", err=True)
    else:
        await _carry_out(command.run(conversation, argument), argument)
    return True


async def _carry_out(command: Awaitable[None], argument: str) -> None:
    try:
        await command
    except LlamaWorkerError as error:
        tell(error)
    except OSError as error:
        say(f"error: {error.filename or argument}: {error.strerror}.", err=True)


async def _help(conversation: Conversation, _: str) -> None:
    print_facts((f"{name} {command.argument}".strip(), command.about) for name, command in COMMANDS.items())
    say(_KEYS)


async def _system(conversation: Conversation, text: str) -> None:
    if not text:
        say(conversation.system_prompt or "There is no system prompt; /system TEXT gives one.")
        return
    await conversation.say_system(None if text == _NOBODY else text)
    say("There is no system prompt any more." if text == _NOBODY else "The system prompt is another one now.", err=True)


async def _model(conversation: Conversation, name: str) -> None:
    if name:
        await conversation.use(name)
    say(f"Chatting with {conversation.name}.", err=True)


async def _save(conversation: Conversation, name: str) -> None:
    path = place_of(name)
    await conversation.save(path)
    say(f"Saved as {path}.", err=True)


async def _load(conversation: Conversation, name: str) -> None:
    if not name:
        click.echo("\n".join(saved_names()) or "Nothing is saved; /save NAME does it.")
        return
    count = await conversation.load(place_of(name))
    say(f"Loaded {name}: {count} messages.", err=True)


async def _image(conversation: Conversation, name: str) -> None:
    _attach(conversation, Image(_file(name)) if name else None)


async def _audio(conversation: Conversation, name: str) -> None:
    _attach(conversation, Audio(_file(name)) if name else None)


def _attach(conversation: Conversation, media: Image | Audio | None) -> None:
    if media is not None:
        conversation.attach(media)
        return
    conversation.media.clear()
    say("Nothing goes with the next message.", err=True)


async def _tools(conversation: Conversation, _: str) -> None:
    servers = await conversation.tools()
    if not servers:
        say("There are no MCP servers; --mcp FILE names some.")
    for server in servers:
        say(server.problem or f"{server.name}:")
        print_facts((f"  {tool.name}", _about(tool)) for tool in server.tools)


def _about(tool: McpTool) -> str:
    said = tool.description or "(it does not say what it does)"
    return said if tool.needs_approval else f"{said} (called without asking)"


async def _reset(conversation: Conversation, _: str) -> None:
    conversation.forget()
    say("The conversation is forgotten.", err=True)


def _file(name: str) -> Path:
    """A path as it is typed, or as terminals write it for a file that is dropped: in quotes, or with backslashes."""
    path = expanded(name)
    if path.exists():
        return path
    try:
        words = shlex.split(name)
    except ValueError:
        return path
    return expanded(words[0]) if len(words) == 1 else path


COMMANDS: Mapping[str, SlashCommand] = {
    "/help": SlashCommand("", "what there is", _help),
    "/system": SlashCommand("[TEXT]", "another system prompt, or what it is; `none` takes it away", _system),
    "/model": SlashCommand("[NAME]", "go on with another model, or which one it is", _model),
    "/image": SlashCommand("[FILE]", "show a picture with the next message, or none after all", _image),
    "/audio": SlashCommand("[FILE]", "play a sound with the next message, or none after all", _audio),
    "/save": SlashCommand("NAME", "keep the conversation under a name, or in a file", _save),
    "/load": SlashCommand("[NAME]", "go on with one that was saved, or which there are", _load),
    "/tools": SlashCommand("", "what the model may call on MCP servers", _tools),
    "/reset": SlashCommand("", "forget the conversation", _reset),
    "/bye": SlashCommand("", "leave", None),
}
_OTHER_NAMES = {"/?": "/help", "/exit": "/bye", "/quit": "/bye", "/q": "/bye", "/clear": "/reset"}
