"""`aider`: edits a file as the model says, once, by its command."""

import os
import pathlib
import subprocess
import sys
import tempfile

from proving import KEY, URL, asked, proved

folder = tempfile.mkdtemp()
pathlib.Path(folder, "notes.txt").write_text("Hello\n")
flags = "--no-git --no-show-model-warnings --no-check-update --no-analytics --yes-always --no-pretty --map-tokens 0"
command = [sys.executable, "-m", "aider", *flags.split(), "--model", "openai/builtin", "--message", "Say hello."]
environment = os.environ | {"OPENAI_API_BASE": f"{URL}/v1", "OPENAI_API_KEY": KEY, "HOME": folder}
before = asked()
told = subprocess.run([*command, "--chat-mode", "ask"], cwd=folder, env=environment, capture_output=True, text=True)
assert told.returncode == 0, told.stdout + told.stderr
assert asked() > before
assert "Tokens:" in told.stdout, told.stdout + told.stderr
proved("chat", "stream", "token counts")
