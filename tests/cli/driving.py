"""The command line as people run it: in a pipe, and in a terminal of a chosen width."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pexpect

COMMAND = [sys.executable, "-m", "llama_worker"]
TIMEOUT = 60
_ESCAPES = re.compile(r"\x1b(?:\[[0-9;?]*[a-zA-Z]|[=>])")


def call(
    *arguments: str | Path, stdin: str | None = None, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """A command in a pipe; without `stdin` it has none."""
    given: dict[str, object] = {"input": stdin} if stdin is not None else {"stdin": subprocess.DEVNULL}
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        env=os.environ | dict(env or {}),
        **given,
    )


class Terminal:
    """A command in a terminal of so many columns."""

    def __init__(self, *arguments: str | Path, columns: int = 80, env: Mapping[str, str] | None = None) -> None:
        # Nobody answers this terminal's questions about the cursor's position.
        environment = {**os.environ, "PROMPT_TOOLKIT_NO_CPR": "1", "TERM": "xterm", **(env or {})}
        environment.pop("COLUMNS", None)
        self.child = pexpect.spawn(
            COMMAND[0],
            [*COMMAND[1:], *map(str, arguments)],
            encoding="utf-8",
            timeout=TIMEOUT,
            dimensions=(40, columns),
            env=environment,
        )
        self.child.delaybeforesend = None  # what is sent is told apart from what is shown, so that no wait is needed

    def wait_for_prompt(self) -> str:
        """What was shown until the line editor asks for bracketed paste, as it does when it begins to read."""
        self.child.expect_exact("\x1b[?2004h")
        return shown(self.child.before or "")

    def say(self, line: str) -> str:
        """Type a line at the prompt; gives what is shown until the next one."""
        self.child.send(f"{line}\r")
        return self.wait_for_prompt()

    def end(self) -> tuple[str, int | None]:
        """What is shown until the end, and the exit code."""
        self.child.expect(pexpect.EOF)
        self.child.close()
        return shown(self.child.before or ""), self.child.exitstatus


def shown(text: str) -> str:
    """Without what steers the terminal."""
    return _ESCAPES.sub("", text).replace("\r\n", "\n")
