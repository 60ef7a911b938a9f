"""Where shells look for completion scripts, and the line that makes one look."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from msgspec import Struct

_NAME = "llama-worker"
_MARK = "# completion of llama-worker"
_BASH_COMPLETION = tuple(
    Path(root) / "share/bash-completion/bash_completion" for root in ("/usr", "/usr/local", "/opt/homebrew")
)


class Installation(Struct, frozen=True):
    """`file` is the script; `startup` what a shell reads when it begins, where it must be told of the script."""

    file: Path
    startup: Path | None = None

    def install(self, script: str) -> list[Path]:
        """Write what is not there yet; gives the files that were written. Raises OSError."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(script, encoding="utf-8")
        if self.startup is None or self._line in _text(self.startup).splitlines():
            return [self.file]
        before = _text(self.startup)
        gap = "" if not before or before.endswith("\n") else "\n"
        self.startup.parent.mkdir(parents=True, exist_ok=True)
        with self.startup.open("a", encoding="utf-8") as opened:
            opened.write(f"{gap}{self._line}\n")
        return [self.file, self.startup]

    def uninstall(self) -> None:
        """Remove the script and the line. Raises OSError."""
        self.file.unlink(missing_ok=True)
        if self.startup is not None and self._line in _text(self.startup).splitlines():
            kept = [line for line in _text(self.startup).splitlines(keepends=True) if line.rstrip("\n") != self._line]
            self.startup.write_text("".join(kept), encoding="utf-8", errors="surrogateescape")

    @property
    def _line(self) -> str:
        file = shlex.quote(str(self.file))
        return f"[ -f {file} ] && . {file}  {_MARK}"


def installation(shell: str) -> Installation:
    """Where one of `SHELLS` has its script."""
    home = Path.home()
    data = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    own = data / _NAME / f"completion.{shell}"
    if shell == "fish":
        config = Path(os.environ.get("XDG_CONFIG_HOME") or home / ".config")
        return Installation(config / "fish" / "completions" / f"{_NAME}.fish")
    if shell == "zsh":
        return Installation(own, Path(os.environ.get("ZDOTDIR") or home) / ".zshrc")
    if any(file.is_file() for file in _BASH_COMPLETION):
        return Installation(data / "bash-completion" / "completions" / _NAME)
    return Installation(own, home / (".bash_profile" if sys.platform == "darwin" else ".bashrc"))


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return ""
