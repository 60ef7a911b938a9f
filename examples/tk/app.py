"""A chat in Tk, with the standard library alone: the worker is asked in threads, and Tk hears of it through a queue.

`python app.py [MODEL]`
"""

from __future__ import annotations

import queue
import sys
import threading
import tkinter as tk
from collections.abc import Callable
from tkinter import filedialog, ttk
from typing import Any

from llama_worker import errors
from llama_worker.sync import ChatSession, LlamaWorker, Operation

LOOK_EVERY = 20  # milliseconds


class ChatWindow:
    """Everything here runs in Tk's thread, but for `_load` and `_answer`, which hand to it what is to be shown."""

    def __init__(self, root: tk.Tk, model_name: str = "builtin") -> None:
        self.root = root
        self.worker = LlamaWorker()
        self.session: ChatSession | None = None
        self.operation: Operation[Any] | None = None
        self._calls: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()
        self._build()
        root.protocol("WM_DELETE_WINDOW", self.close)
        self._look()
        self.load(model_name)

    def _build(self) -> None:
        self.root.title("Tk and llama-worker")
        self.root.minsize(480, 320)
        if self.root.tk.call("tk", "windowingsystem") == "x11":  # elsewhere ttk looks like the system
            ttk.Style().theme_use("clam")
        top = ttk.Frame(self.root, padding=8)
        self.status = ttk.Label(top)
        self.bar = ttk.Progressbar(top, length=140)
        self.open = ttk.Button(top, text="Open model...", command=self.choose)
        self.log = tk.Text(self.root, wrap="word", state="disabled", padx=10, pady=6, relief="flat", font="TkTextFont")
        scroll = ttk.Scrollbar(self.root, command=self.log.yview)
        self.log.configure(height=14, yscrollcommand=scroll.set)
        self.log.tag_configure("user", foreground="#1d4ed8", spacing1=8, lmargin1=60, lmargin2=60)
        self.log.tag_configure("assistant", spacing1=4, spacing3=4)
        self.log.tag_configure("error", foreground="#b91c1c", spacing1=4)
        bottom = ttk.Frame(self.root, padding=8)
        self.question = ttk.Entry(bottom)
        self.question.bind("<Return>", lambda _: self.send_or_stop())
        self.button = ttk.Button(bottom, text="Send", command=self.send_or_stop)
        top.pack(fill="x")
        self.status.pack(side="left", expand=True, fill="x")
        self.open.pack(side="right")
        bottom.pack(side="bottom", fill="x")
        self.question.pack(side="left", expand=True, fill="x", padx=(0, 8))
        self.button.pack(side="right")
        scroll.pack(side="right", fill="y")
        self.log.pack(expand=True, fill="both")
        self.question.focus()

    def choose(self) -> None:
        if name := filedialog.askopenfilename(filetypes=[("Models", "*.gguf")]):
            self.load(name)

    def load(self, name: str) -> None:
        self.button.state(["disabled"])
        self.open.state(["disabled"])
        self.bar.pack(side="right", padx=8)
        self.status["text"] = f"Loading {name}"
        self._in_a_thread(self._load, name)

    def _load(self, name: str) -> None:
        try:
            model = self.worker.load_model(
                name, on_progress=lambda event: self._in_tk(self.bar.configure, value=100 * event.value)
            )
            self.session = model.create_session(system_prompt="You are helpful.")
        except errors.LlamaWorkerError as error:  # no such file, a broken one, too large for this machine...
            self._in_tk(self.say, f"{error} ({error.code})", "error")
        self._in_tk(self._loaded)

    def _loaded(self) -> None:
        self.bar.pack_forget()
        self.open.state(["!disabled"])
        self.button.state(["!disabled"])
        self.status["text"] = f"Model: {self.session.model.name}" if self.session else "No model: open one."

    def send_or_stop(self) -> None:
        if self.operation is not None:
            return self.operation.abort()  # the engine stops; what was said stays in the conversation
        question = self.question.get().strip()
        if question and self.session is not None and not self.button.instate(["disabled"]):
            self.question.delete(0, "end")
            self.say(question, "user")
            self.say("", "assistant")
            self.button["text"] = "Stop"
            self.operation = self.session.prompt(question)
            self._in_a_thread(self._answer, self.operation)

    def _answer(self, operation: Operation[Any]) -> None:
        try:
            for text in operation:
                self._in_tk(self.append, text)
            operation.result()
        except errors.OperationAborted:
            self._in_tk(self.append, " (stopped)")
        except errors.LlamaWorkerError as error:  # of this answer; the conversation goes on
            self._in_tk(self.say, f"{error} ({error.code})", "error")
        self._in_tk(self._answered)

    def _answered(self) -> None:
        self.operation = None
        self.button["text"] = "Send"

    def say(self, text: str, kind: str) -> None:
        self.append(("" if self.log.compare("end-1c", "==", "1.0") else "\n") + text, kind)

    def append(self, text: str, kind: str = "assistant") -> None:
        self.log["state"] = "normal"
        self.log.insert("end", text, kind)
        self.log["state"] = "disabled"
        self.log.see("end")

    def close(self) -> None:
        """Ends the engine, whatever it does; it takes a moment, so the window goes first."""
        self.root.withdraw()
        self.root.update()
        self.worker.cleanup()
        self.root.destroy()

    def _in_tk(self, call: Callable[..., object], *arguments: Any, **named: Any) -> None:
        self._calls.put(lambda: call(*arguments, **named))

    def _look(self) -> None:
        """Tk may be touched by its own thread only: this is where what the others have found out gets shown."""
        while not self._calls.empty():
            self._calls.get()()
        self.root.after(LOOK_EVERY, self._look)

    def _in_a_thread(self, work: Callable[..., None], *arguments: object) -> None:
        threading.Thread(target=work, args=arguments, daemon=True).start()


if __name__ == "__main__":
    window = tk.Tk()
    ChatWindow(window, *sys.argv[1:2])
    window.mainloop()
