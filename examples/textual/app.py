"""A chat in the terminal with Textual: the worker lives in the app's own event loop, and nothing blocks it.

`python app.py [MODEL]`
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any, ClassVar

from textual import on, work
from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.widgets import Footer, Header, Input, Markdown, ProgressBar

from llama_worker import ChatSession, LlamaWorker, Operation, errors


class ChatApp(App[None]):
    """Type and press Enter; Escape stops an answer. `/model NAME` loads another model."""

    TITLE = "Textual and llama-worker"
    BINDINGS: ClassVar[list[BindingType]] = [
        ("escape", "stop", "Stop the answer"),
        ("ctrl+n", "new", "New conversation"),
        ("ctrl+q", "quit", "Quit"),
    ]
    CSS = """
    #loading { display: none; margin: 0 1; }
    #loading.shown { display: block; }
    Markdown { margin: 1 1 0 1; padding: 0 2; }
    Markdown > MarkdownParagraph { margin: 0; }
    #question { border: round $primary; }
    .user { background: $primary-muted; color: $text-primary; margin: 1 1 0 12; }
    .error { background: $error-muted; color: $text-error; }
    """

    def __init__(self, model_name: str = "builtin") -> None:
        super().__init__()
        self.worker = LlamaWorker()
        self.model_name = model_name
        self.session: ChatSession | None = None
        self.answer: Operation[Any, str] | None = None

    def compose(self) -> ComposeResult:
        yield Header(icon=" ")
        yield VerticalScroll(id="log")
        yield ProgressBar(total=1, show_eta=False, id="loading")
        yield Input(placeholder="Ask something, or /model PATH", id="question", disabled=True)
        yield Footer()

    def on_mount(self) -> None:
        self.load(self.model_name)

    async def on_unmount(self) -> None:
        await self.worker.cleanup()  # also ends an answer that is still on its way

    @work(exclusive=True)
    async def load(self, name: str) -> None:
        """Load a model with its progress shown; what goes wrong is told, and the model before goes on answering."""
        bar = self.query_one("#loading", ProgressBar)
        bar.add_class("shown")
        try:
            loading = self.worker.load_model(name)
            async for progress in loading:
                bar.update(progress=progress.value)
            model = await loading
            self.session = await model.create_session(system_prompt="You are helpful.")
            self.sub_title = model.name
        except errors.LlamaWorkerError as error:
            await self.say(f"**{error.code}**: {error}", "error")
        bar.remove_class("shown")
        self.listen()

    @on(Input.Submitted)
    async def submitted(self, event: Input.Submitted) -> None:
        question = event.value.strip()
        if not question:
            return
        event.input.clear()
        event.input.disabled = True
        if question.startswith("/model "):
            self.load(question.removeprefix("/model ").strip())
        else:
            self.ask(question)

    @work(exclusive=True)
    async def ask(self, question: str) -> None:
        """Show an answer as it comes. Textual cancels this task when the app ends, which stops the engine as well."""
        await self.say(question, "user")
        if self.session is None:
            await self.say("There is no model yet: load one with `/model PATH`.", "error")
            return self.listen()
        line = await self.say("", "assistant")
        stream = Markdown.get_stream(line)
        self.answer = self.session.prompt(question)
        try:
            async for text in self.answer:
                await stream.write(text)
            await self.answer
        except errors.OperationAborted:
            await stream.write(" *(stopped)*")
        except errors.LlamaWorkerError as error:  # of this answer; the conversation goes on
            await self.say(f"**{error.code}**: {error}", "error")
        finally:
            await asyncio.shield(stream.stop())
        self.listen()

    async def say(self, text: str, kind: str) -> Markdown:
        log = self.query_one("#log", VerticalScroll)
        line = Markdown(text, classes=kind)
        await log.mount(line)
        log.anchor()
        return line

    def listen(self) -> None:
        question = self.query_one("#question", Input)
        question.disabled = False
        question.focus()

    def action_stop(self) -> None:
        if self.answer is not None:
            self.answer.abort()  # the text so far stays in the conversation

    async def action_new(self) -> None:
        self.action_stop()
        if self.session is not None:
            self.session.reset_chat_history()
        await self.query_one("#log", VerticalScroll).remove_children()


if __name__ == "__main__":
    ChatApp(*sys.argv[1:2]).run()
