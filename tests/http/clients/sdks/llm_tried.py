"""`llm`: models that its `extra-openai-models.yaml` names, as its documentation has it."""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

from proving import ANA, HELLO, KEY, PHOTO, TOO_LONG, URL, WEATHER, proved, raised, refused_once, until_idle

folder = tempfile.mkdtemp()
os.environ["LLM_USER_PATH"] = folder
settings = "supports_schema: true, supports_tools: true, vision: true, api_key_name: here"
lines = [
    f"- {{model_id: {name}, model_name: {name}, api_base: '{URL}/v1', {settings}}}\n"
    for name in ("builtin", "seeing", "slow")
]
pathlib.Path(folder, "extra-openai-models.yaml").write_text("".join(lines))
pathlib.Path(folder, "keys.json").write_text(json.dumps({"here": KEY}))

import base64  # noqa: E402

import llm  # noqa: E402
from pydantic import BaseModel  # noqa: E402


class Person(BaseModel):
    name: str
    age: int


def get_weather(city: str) -> str:
    """The current weather of a city."""
    return "sunny, 24 degrees"


def ask(text, name="builtin", key=KEY, **options):
    options = {"max_tokens": 80, "temperature": 0} | options
    return llm.get_model(name).prompt(text, key=key, **options)


whole = ask(HELLO, stream=False)
assert whole.text()
assert whole.usage().output > 0
proved("chat", "token counts")
pieces = list(ask(HELLO))
assert "".join(pieces) == whole.text()
proved("stream")
stream = iter(ask(HELLO, "slow", max_tokens=2000))
next(stream)
stream.close()
until_idle()
proved("leaving in the middle")
assert "sunny" in llm.get_model("builtin").chain(WEATHER, tools=[get_weather], options={"temperature": 0}).text()
proved("tools")
assert Person.model_validate_json(ask(ANA, schema=Person, stream=False).text()).age == 31
proved("structured output")
photo = llm.Attachment(type="image/png", content=base64.b64decode(PHOTO))
assert ask("What is this?", "seeing", max_tokens=5, attachments=[photo], stream=False).usage().output == 5
proved("images")
refused_once(lambda: ask(TOO_LONG).text())
proved("overflow")
raised(lambda: ask(HELLO, key="wrong").text())
proved("wrong key")
asked = subprocess.run([sys.executable, "-m", "llm", "-m", "builtin", HELLO], capture_output=True, text=True)
assert asked.returncode == 0, asked.stderr
assert asked.stdout.strip()
