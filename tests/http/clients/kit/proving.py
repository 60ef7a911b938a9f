"""What the clients' scripts share. Runs in the environment of each, so it needs nothing but Python."""

from __future__ import annotations

import gc
import json
import os
import time
import urllib.request

URL = os.environ["LLAMA_WORKER_URL"]
KEY = os.environ["OPENAI_API_KEY"]
PHOTO = os.environ["LLAMA_WORKER_PHOTO"]
"""A PNG file in base64."""
SOUND = os.environ["LLAMA_WORKER_SOUND"]
"""A WAV file in base64."""
HELLO = "Hello!"
WEATHER = "What is the weather in Lisbon?"
ANA = "Extract the person as JSON: Ana is 31 years old."
TOO_LONG = "word " * 9000
_PATIENCE_SECONDS = 15.0
"""The slow model needs longer for what the scripts leave in the middle."""


def proved(*abilities: str) -> None:
    for ability in abilities:
        print(f"proved: {ability}", flush=True)


def asked() -> int:
    """How often the server was asked for something by POST."""
    return _counts()["posts"]


def until_idle() -> None:
    """Wait until the engine has stopped. Raises TimeoutError when it goes on.

    Some libraries let go of a stream only when Python collects its garbage: the stream of `openai` and its own iterator
    hold each other.
    """
    until = time.monotonic() + _PATIENCE_SECONDS
    while _counts()["running"]:
        gc.collect()
        if time.monotonic() > until:
            raise TimeoutError("The engine goes on.")
        time.sleep(0.02)


def raised(ask, kind=Exception) -> Exception:
    """The error with which something fails, which is no failure of the script itself."""
    try:
        ask()
    except kind as error:
        return error
    raise AssertionError("It did not fail.")


def refused_once(ask, kind=Exception) -> Exception:
    """The same, where the server must have been asked once only."""
    before = asked()
    error = raised(ask, kind)
    assert asked() == before + 1, f"asked {asked() - before} times"
    return error


def _counts() -> dict[str, int]:
    with urllib.request.urlopen(f"{URL}/-/counts") as answer:
        return json.load(answer)
