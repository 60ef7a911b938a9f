"""The prompt: a line that can be edited, of more than one line when it must be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion, PathCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import HTML
from prompt_toolkit.history import History
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.shortcuts import CompleteStyle

_QUOTES = '"""'


class LineEditor:
    """Enter sends, unless the line ends with a backslash or \"\"\" is open; Ctrl-J and Alt-Enter begin another line.

    Ctrl-C clears what was typed, and leaves when nothing was. Tab completes commands and their files.
    """

    def __init__(self, commands: Iterable[str], history: History | None) -> None:
        self._session: PromptSession[str] = PromptSession(
            history=history,
            key_bindings=_keys(),
            completer=_Commands(commands),
            complete_style=CompleteStyle.READLINE_LIKE,
            complete_while_typing=False,
            multiline=True,
            prompt_continuation=_continuation,
            reserve_space_for_menu=0,
        )

    async def read(self, media: int = 0) -> str | None:
        """What was typed, without the quotes around it; None when there is nothing more to come.

        `media` is how many pictures and sounds go with it, which the prompt tells.
        """
        shown = f"<i>[{media} attached]</i> " if media else ""
        try:
            # At the prompt Ctrl-C is a key; the editor would take our signal handler away if it were let.
            text = await self._session.prompt_async(HTML(f"{shown}<b>&gt;&gt;&gt; </b>"), handle_sigint=False)
        except (EOFError, KeyboardInterrupt):
            return None
        return _unquoted(text.strip())


def _continuation(width: int, line: int, wraps: int) -> str:
    """What stands before another line; not before the rest of one that the terminal is too narrow for."""
    return "" if wraps else "... "


def _unquoted(text: str) -> str:
    if text.startswith(_QUOTES):
        return text.removeprefix(_QUOTES).removesuffix(_QUOTES).strip("\n")
    return text


def _is_open(text: str) -> bool:
    stripped = text.strip()
    return stripped.startswith(_QUOTES) and not (stripped.endswith(_QUOTES) and len(stripped) >= 2 * len(_QUOTES))


def _keys() -> KeyBindings:
    keys = KeyBindings()

    @keys.add("enter")
    def _(event: KeyPressEvent) -> None:
        buffer = event.current_buffer
        if buffer.document.text_before_cursor.endswith("\\"):
            buffer.delete_before_cursor()
            buffer.newline(copy_margin=False)
        elif _is_open(buffer.text):
            buffer.newline(copy_margin=False)
        else:
            buffer.validate_and_handle()

    @keys.add("c-j")
    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.newline(copy_margin=False)

    @keys.add("c-c")
    def _(event: KeyPressEvent) -> None:
        if event.current_buffer.text:
            event.current_buffer.reset()
        else:
            event.app.exit(exception=KeyboardInterrupt)

    return keys


class _Commands(Completer):
    """Commands while their word is typed, then files for those that take one."""

    def __init__(self, commands: Iterable[str]) -> None:
        self._commands = sorted(commands)
        self._paths = PathCompleter(expanduser=True)

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        text = document.text_before_cursor
        command, blank, rest = text.partition(" ")
        if not text.startswith("/"):
            return
        if not blank:
            yield from (Completion(name, -len(command)) for name in self._commands if name.startswith(command))
        elif command in ("/image", "/audio", "/save", "/load", "/model"):
            yield from self._paths.get_completions(Document(rest, len(rest)), complete_event)
